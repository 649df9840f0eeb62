//! WEBHOOK: a POST to the receiver's own address, signed by the Standard Webhooks specification 1.0.0 (symmetric, `v1`).

mod describe;

use std::sync::Arc;

use ::http::header::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use self::describe::DESCRIPTION;
use super::describe::headers::{PREFIX, RESERVED};
use super::guard::TargetAllow;
use super::http::{HttpRequest, HttpResponse};
use super::local::plain_body;
use super::mac::MacKey;
use super::outcome::Outcome;
use super::redact::Secrets;
use super::settings::Settings;
use super::{Adapter, AttemptFacts, BodyError, Channel, HttpChannel, MessageFacts, Opened, Transport};
use crate::domain::content::Content;
use crate::domain::enums::ChannelType;

pub static ADAPTER: Adapter = Adapter {
    channel_type: ChannelType::Webhook,
    description: &DESCRIPTION,
    secret_keys: &["secret", "headers"],
    idempotency_key: Some("webhook-id"),
    provider_limit: None,
    max_recipients: usize::MAX,
    open,
    preview: || {
        Arc::new(Webhook {
            url: String::new(),
            key: MacKey::new(&[]),
            headers: HeaderMap::new(),
            hidden: Secrets::default(),
        })
    },
};

/// Bytes that the key of a secret may have.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

struct Webhook {
    url: String,
    key: MacKey,
    /// Sent along with every request.
    headers: HeaderMap,
    /// What an answer must not be shown with: the secret, the headers' values, the query.
    hidden: Secrets,
}

fn open(config: &Map<String, Value>, allow: &TargetAllow) -> Opened {
    let mut settings = Settings::new(config, allow, DESCRIPTION.fields);
    let url = settings.url("url");
    let secret = settings.text("secret");
    let key = secret.and_then(|secret| match key(secret) {
        Ok(key) => Some(key),
        Err(message) => {
            settings.wrong("secret", message);
            None
        }
    });
    let headers = read_headers(&mut settings);
    let mut hidden = Secrets::default().and(secret.unwrap_or_default());
    for value in headers.values().filter_map(|value| value.to_str().ok()) {
        let bare = ["Bearer ", "Basic "].iter().find_map(|scheme| value.strip_prefix(scheme));
        hidden = hidden.and(value).and(bare.unwrap_or_default());
    }
    if let Some(url) = &url {
        hidden = hidden.and(url.query().unwrap_or_default());
        for (name, value) in url.query_pairs() {
            hidden = hidden.and_parameter(&name, &value);
        }
    }
    let made =
        url.zip(key).map(|(url, key)| Arc::new(Webhook { url: url.into(), key, headers, hidden }) as Arc<dyn Channel>);
    settings.finish(made)
}

fn key(secret: &str) -> Result<MacKey, String> {
    let form = || format!("must be whsec_ and the base64 of {} to {} random bytes", KEY_BYTES.start(), KEY_BYTES.end());
    let encoded = secret.strip_prefix("whsec_").ok_or_else(form)?;
    let bytes = STANDARD.decode(encoded).map_err(|_| form())?;
    if KEY_BYTES.contains(&bytes.len()) { Ok(MacKey::new(&bytes)) } else { Err(form()) }
}

fn read_headers(settings: &mut Settings<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let entries = match settings.value("headers") {
        None => return headers,
        Some(Value::Object(entries)) => entries,
        Some(_) => {
            settings.wrong("headers", "must be an object of strings");
            return headers;
        }
    };
    for (name, value) in entries {
        match read_header(name, value, &headers) {
            Ok((name, value)) => {
                headers.insert(name, value);
            }
            Err(message) => settings.wrong_entry("headers", name, message),
        }
    }
    headers
}

fn read_header(name: &str, value: &Value, earlier: &HeaderMap) -> Result<(HeaderName, HeaderValue), &'static str> {
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| "is not a header name")?;
    if RESERVED.contains(&name.as_str()) || name.as_str().starts_with(PREFIX) {
        return Err("is set by Posthorn itself");
    }
    if earlier.contains_key(&name) {
        return Err("is given twice: the case of header names does not matter");
    }
    let text = value.as_str().ok_or("must be a string")?;
    let mut value = HeaderValue::from_str(text).map_err(|_| "must be printable ASCII on one line")?;
    if value.to_str().is_err() {
        return Err("must be printable ASCII on one line");
    }
    value.set_sensitive(true);
    Ok((name, value))
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("headers", &self.headers.len()).finish_non_exhaustive()
    }
}

impl Channel for Webhook {
    fn body(&self, content: &Content, facts: &MessageFacts<'_>) -> Result<Value, BodyError> {
        let mut body = plain_body(content, facts)?;
        if !facts.recipients.is_empty() {
            let recipients = serde_json::to_value(facts.recipients)
                .map_err(|error| BodyError::unfit(format!("the recipients are not JSON: {error}")))?;
            body.insert("recipients".into(), recipients);
        }
        body.insert("data".into(), facts.business_data.clone());
        Ok(Value::Object(body))
    }

    fn transport(&self) -> Transport<'_> {
        Transport::Http(self)
    }

    fn max_in_flight(&self) -> usize {
        // A receiver that takes 50 ms a request can still have 10,000 a second; a rate limit is the way to ask for less.
        1024
    }
}

impl HttpChannel for Webhook {
    fn request(&self, body: &str, attempt: &AttemptFacts) -> HttpRequest {
        let mut request = HttpRequest::json(self.url.clone(), body, attempt.at);
        let id = attempt.task_id.to_string();
        let signature = sign(&self.key, &id, attempt.at.as_seconds(), body);
        request.headers.extend(self.headers.clone());
        for (name, value) in [("webhook-id", id), ("webhook-signature", signature)] {
            // An id and base64 are always fit for a header.
            if let Ok(value) = HeaderValue::from_str(&value) {
                request.headers.insert(name, value);
            }
        }
        request.headers.insert("webhook-timestamp", attempt.at.as_seconds().into());
        request
    }

    /// The status alone decides; the body is the receiver's own.
    fn outcome(&self, response: &HttpResponse) -> Outcome {
        let status = response.status;
        let detail = format!("HTTP {status}");
        match status {
            200..300 => Outcome::Ok { detail },
            429 if response.retry_after.is_some() => {
                Outcome::Throttle { detail, wait: response.retry_after.unwrap_or_default() }
            }
            408 | 425 | 429 | 500.. => Outcome::Retry { detail, after: response.retry_after },
            300..=399 => Outcome::config(format!("{detail}: redirects are not followed")),
            401 | 403 | 404 | 405 | 410 => Outcome::Config { detail },
            _ => Outcome::BadMessage { detail },
        }
    }

    fn redact(&self, text: &str) -> String {
        self.hidden.strike(text)
    }
}

/// `v1,` and the signature of `id.seconds.body`.
fn sign(key: &MacKey, id: &str, seconds: i64, body: &str) -> String {
    let seconds = seconds.to_string();
    format!("v1,{}", key.sign(&[id.as_bytes(), b".", seconds.as_bytes(), b".", body.as_bytes()]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::vectors::{facts_of, http, issue_paths, mobile, opened, request_at, samples, task_id, vector};
    use super::*;
    use crate::domain::time::Timestamp;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn config() -> Value {
        json!({"url": "https://example.com/hook?token=hidden", "secret": SECRET, "headers": {"Authorization": "Bearer abc"}})
    }

    #[test]
    fn signatures_are_those_of_the_vectors() {
        for id in ["standard_webhooks_v1_svix", "standard_webhooks_v1_crate_test"] {
            let vector = vector(id);
            let input = &vector["input"];
            let key = key(input["secret"].as_str().unwrap()).unwrap();
            let seconds = input["webhook_timestamp"].as_i64().unwrap();
            let signed = sign(&key, input["webhook_id"].as_str().unwrap(), seconds, input["payload"].as_str().unwrap());
            assert_eq!(signed, vector["expected"]["signature"], "{id}");
        }
    }

    #[test]
    fn a_request_carries_its_id_time_and_signature() {
        let channel = opened(&ADAPTER, config());
        let body = r#"{"text":"字"}"#;
        let request = request_at(&*channel, body, Timestamp::from_millis(1_614_265_330_999));
        assert_eq!(request.url, "https://example.com/hook?token=hidden");
        assert_eq!(request.headers["webhook-id"], task_id().to_string());
        assert_eq!(request.headers["webhook-timestamp"], "1614265330");
        assert_eq!(request.headers["authorization"], "Bearer abc");
        assert_eq!(request.headers["content-type"], "application/json; charset=utf-8");
        // Another implementation agrees.
        let other = standardwebhooks::Webhook::new(SECRET).unwrap();
        let signature = other.sign(&task_id().to_string(), 1_614_265_330, body.as_bytes()).unwrap();
        assert_eq!(request.headers["webhook-signature"], signature);
        let later = request_at(&*channel, body, Timestamp::from_millis(1_614_265_390_000));
        assert_eq!(later.headers["webhook-id"], request.headers["webhook-id"]);
        assert_ne!(later.headers["webhook-signature"], request.headers["webhook-signature"]);
    }

    #[test]
    fn the_body_is_that_of_the_inbox_with_its_recipients() {
        let channel = opened(&ADAPTER, config());
        let data = json!({"orderId": "1"});
        let recipients = [mobile("13800000000")];
        assert_eq!(
            channel.body(&samples()[0], &facts_of(&recipients, &data)).unwrap().to_string(),
            r#"{"messageId":"m-1","businessType":"ORDER_NOTIFY","messageType":"TEXT","body":"hello","content":{"text":"hello"},"recipients":[{"mobile":"13800000000"}],"data":{"orderId":"1"}}"#
        );
        for content in samples() {
            let body = channel.body(&content, &facts_of(&[], &data)).unwrap();
            assert_eq!(body["messageType"], content.message_type().as_str());
            assert_eq!(body["content"], serde_json::to_value(&content).unwrap());
            assert_eq!(body.get("recipients"), None);
        }
    }

    #[test]
    fn the_status_decides() {
        let channel = opened(&ADAPTER, config());
        for (status, name) in [
            (200, "OK"),
            (204, "OK"),
            (299, "OK"),
            (301, "CONFIG"),
            (308, "CONFIG"),
            (400, "BAD_MSG"),
            (401, "CONFIG"),
            (404, "CONFIG"),
            (408, "RETRY"),
            (410, "CONFIG"),
            (413, "BAD_MSG"),
            (425, "RETRY"),
            (429, "THROTTLE"),
            (500, "RETRY"),
            (503, "RETRY"),
            (599, "RETRY"),
        ] {
            let wait = Some(std::time::Duration::from_secs(7));
            let response = HttpResponse { status, retry_after: wait, body: "x".into(), truncated: true };
            let outcome = http(&*channel).outcome(&response);
            assert_eq!(outcome.name(), name, "{status}");
            assert_eq!(outcome.wait(), wait.filter(|_| matches!(name, "RETRY" | "THROTTLE")), "{status}");
        }
        let unsaid = HttpResponse { status: 429, retry_after: None, body: "x".into(), truncated: false };
        assert_eq!(http(&*channel).outcome(&unsaid).name(), "RETRY", "nobody said for how long");
    }

    #[test]
    fn mistakes_are_found_all_at_once() {
        let with_secret = |secret: Value| json!({"url": "https://example.com", "secret": secret});
        let short = format!("whsec_{}", STANDARD.encode([0; 23]));
        let long = format!("whsec_{}", STANDARD.encode([0; 65]));
        for (config, paths) in [
            (json!({}), vec!["config.url", "config.secret"]),
            (with_secret(json!("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")), vec!["config.secret"]),
            (with_secret(json!("whsec_no base64")), vec!["config.secret"]),
            (with_secret(json!(short)), vec!["config.secret"]),
            (with_secret(json!(long)), vec!["config.secret"]),
            (with_secret(json!(format!("whsec_{}", STANDARD.encode([0; 64])))), vec![]),
            (
                json!({"url": "https://user@example.com", "secret": SECRET, "headers": [], "method": "PUT"}),
                vec!["config.method", "config.url", "config.headers"],
            ),
            (
                json!({"url": "https://example.com", "secret": SECRET, "headers": {
                    "X-Fine": "yes", "x-fine": "again", "Host": "a", "Content-Length": "1", "Transfer-Encoding": "chunked",
                    "Webhook-Id": "1", "bad name": "x", "X-Line": "a\nb", "X-Number": 5, "X-Umlaut": "ä"
                }}),
                vec![
                    "config.headers.x-fine",
                    "config.headers.Host",
                    "config.headers.Content-Length",
                    "config.headers.Transfer-Encoding",
                    "config.headers.Webhook-Id",
                    "config.headers.bad name",
                    "config.headers.X-Line",
                    "config.headers.X-Number",
                    "config.headers.X-Umlaut",
                ],
            ),
        ] {
            assert_eq!(issue_paths(&ADAPTER, config.clone()), paths, "{config}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let channel = opened(&ADAPTER, config());
        let shown = format!("{channel:?} {:?}", request_at(&*channel, "{}", Timestamp::default()));
        assert!(!shown.contains("hidden") && !shown.contains("abc") && !shown.contains("MfKQ"), "{shown}");
        let body = format!("you sent Bearer abc, {SECRET} and token=hidden");
        let response = HttpResponse { status: 400, retry_after: None, body: body.into(), truncated: false };
        assert_eq!(http(&*channel).response_text(&response), "you sent ***, *** and ***");
        assert_eq!(http(&*channel).outcome(&response).detail(), "HTTP 400");
    }
}
