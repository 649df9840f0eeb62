//! The DingTalk group robot: signature, shape, size and keywords, refused with the codes that DingTalk uses.

use std::time::Duration;

use axum::http::{Method, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use super::answer::Answer;
use super::provider::{Call, Judgement, filled};
use super::script::Settings;
use crate::domain::time::Timestamp;

/// Bytes of a whole request body.
const BODY_LIMIT: usize = 20_000;
/// How far a signature's timestamp may be from the provider's clock.
const TOLERANCE: Duration = Duration::from_secs(3600);
const MORE: &str = ", more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]";

pub fn judge(call: &Call<'_>, settings: &Settings, now: Timestamp) -> Judgement {
    match check(call, settings, now) {
        Ok((token, uuid)) => Judgement::Fine {
            once: uuid.map(|uuid| format!("dingtalk {token} {uuid}")),
            paced: Some(format!("dingtalk {token}")),
        },
        Err((code, text)) => Judgement::Refused(Answer::errcode(code, &text)),
    }
}

type Refusal = (i64, String);

fn missing(name: &str) -> Refusal {
    (40035, format!("缺少参数 {name}"))
}

fn check<'a>(call: &'a Call<'_>, settings: &Settings, now: Timestamp) -> Result<(&'a str, Option<String>), Refusal> {
    if *call.method != Method::POST {
        return Err((43002, "需要POST请求".to_owned()));
    }
    let token = call.query("access_token").filter(|it| !it.is_empty()).ok_or_else(|| missing("access_token"))?;
    if token == "unknown" {
        return Err((300005, "token is not exist".to_owned()));
    }
    let json = call.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !json.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/json")) {
        return Err((43004, "invalid Content-Type, application/json expected".to_owned()));
    }
    check_signature(call, settings.secret.as_deref(), now)?;
    if call.body.len() > BODY_LIMIT {
        return Err((460101, format!("message too long, exceed {BODY_LIMIT} bytes")));
    }
    let body: Value = serde_json::from_slice(call.body).map_err(|_| missing("json"))?;
    check_shape(&body)?;
    if let Some(keywords) = &settings.keywords {
        let kind = body["msgtype"].as_str().unwrap_or_default();
        if !keywords.iter().any(|keyword| occurs(&body[kind], keyword)) {
            return Err((310000, format!("keywords not in content{MORE}")));
        }
    }
    let uuid = body["msgUuid"].as_str().filter(|uuid| !uuid.is_empty()).map(str::to_owned);
    Ok((token, uuid))
}

/// A robot without a secret takes any signature, but not one from long ago.
fn check_signature(call: &Call<'_>, secret: Option<&str>, now: Timestamp) -> Result<(), Refusal> {
    let (timestamp, sign) = (call.query("timestamp"), call.query("sign"));
    if timestamp.is_none() && sign.is_none() && secret.is_none() {
        return Ok(());
    }
    let wrong = || (310000, format!("sign not match{MORE}"));
    let sign = sign.ok_or_else(wrong)?;
    let timestamp = timestamp.unwrap_or_default();
    let millis: i64 = timestamp.parse().map_err(|_| (310000, format!("invalid timestamp{MORE}")))?;
    if u128::from(now.as_millis().abs_diff(millis)) > TOLERANCE.as_millis() {
        return Err((310000, format!("invalid timestamp{MORE}")));
    }
    match secret {
        Some(secret) if !signature_fits(timestamp, secret, sign) => Err(wrong()),
        _ => Ok(()),
    }
}

/// Whether `sign` (decoded from the query) is base64(HMAC-SHA256(secret, timestamp + "\n" + secret)).
fn signature_fits(timestamp: &str, secret: &str, sign: &str) -> bool {
    let Ok(given) = STANDARD.decode(sign) else { return false };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    mac.update(timestamp.as_bytes());
    mac.update(b"\n");
    mac.update(secret.as_bytes());
    mac.verify_slice(&given).is_ok()
}

fn check_shape(body: &Value) -> Result<(), Refusal> {
    let kind = body["msgtype"].as_str().ok_or_else(|| missing("msgtype"))?;
    let required: &[&str] = match kind {
        "text" => &["content"],
        "link" => &["title", "text", "messageUrl"],
        "markdown" | "actionCard" => &["title", "text"],
        "feedCard" => &[],
        other => return Err((400105, format!("msgtype not support: {other}"))),
    };
    let message = &body[kind];
    need(message, kind, required)?;
    match kind {
        "actionCard" => {
            let single = filled(&message["singleTitle"]) && filled(&message["singleURL"]);
            if !single {
                need_each(message, kind, "btns", &["title", "actionURL"])?;
            }
        }
        "feedCard" => need_each(message, kind, "links", &["title", "messageURL", "picURL"])?,
        _ => {}
    }
    Ok(())
}

fn need(part: &Value, name: &str, keys: &[&str]) -> Result<(), Refusal> {
    match keys.iter().find(|key| !filled(&part[**key])) {
        Some(key) => Err(missing(&format!("{name}.{key}"))),
        None => Ok(()),
    }
}

fn need_each(part: &Value, name: &str, list: &str, keys: &[&str]) -> Result<(), Refusal> {
    let entries = part[list].as_array().filter(|entries| !entries.is_empty());
    let entries = entries.ok_or_else(|| missing(&format!("{name}.{list}")))?;
    entries.iter().enumerate().try_for_each(|(n, entry)| need(entry, &format!("{name}.{list}[{n}]"), keys))
}

/// Whether a text anywhere in the message holds the keyword.
fn occurs(part: &Value, keyword: &str) -> bool {
    match part {
        Value::String(text) => text.contains(keyword),
        Value::Array(entries) => entries.iter().any(|entry| occurs(entry, keyword)),
        Value::Object(fields) => fields.values().any(|field| occurs(field, keyword)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::place::parse_query;
    use axum::http::{HeaderMap, HeaderValue};
    use proptest::prelude::*;

    const SECRET: &str = "SECthis_is_a_test_secret_000";

    fn refusal(query: &str, secret: Option<&str>, keywords: &[&str], now_millis: i64, body: &str) -> Option<Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        let query = parse_query(query);
        let call = Call { method: &Method::POST, query: &query, headers: &headers, body: body.as_bytes() };
        let keywords: Vec<String> = keywords.iter().map(|&it| it.to_owned()).collect();
        let settings = Settings {
            secret: secret.map(Into::into),
            keywords: (!keywords.is_empty()).then(|| keywords.as_slice().into()),
            ..Settings::default()
        };
        check(&call, &settings, Timestamp::from_millis(now_millis)).err()
    }

    fn code_of(body: &str) -> i64 {
        refusal("access_token=T", None, &[], 0, body).map_or(0, |(code, _)| code)
    }

    #[test]
    fn published_signatures_are_taken() {
        assert!(signature_fits("1700000000000", SECRET, "WpjJWHHACZOL2x6OpmRsGVkq6tksMG/gx25MmZL7NWU="));
        assert!(signature_fits("1700000000002", SECRET, "h6geU1ADL7/nqbcO4sx+JiAzA8/57it0iAzCpnxoMiA="));
        assert!(!signature_fits("1700000000001", SECRET, "h6geU1ADL7/nqbcO4sx+JiAzA8/57it0iAzCpnxoMiA="));
        assert!(!signature_fits("1700000000002", "SECother", "h6geU1ADL7/nqbcO4sx+JiAzA8/57it0iAzCpnxoMiA="));
    }

    #[test]
    fn a_sign_that_was_not_url_encoded_is_refused() {
        let body = r#"{"msgtype":"text","text":{"content":"x"}}"#;
        let now = 1_700_000_000_000;
        let good = "access_token=T&timestamp=1700000000002&sign=h6geU1ADL7%2FnqbcO4sx%2BJiAzA8%2F57it0iAzCpnxoMiA%3D";
        let bad = "access_token=T&timestamp=1700000000002&sign=h6geU1ADL7/nqbcO4sx+JiAzA8/57it0iAzCpnxoMiA=";
        assert_eq!(refusal(good, Some(SECRET), &[], now, body), None);
        let (code, text) = refusal(bad, Some(SECRET), &[], now, body).unwrap();
        assert_eq!(code, 310000);
        assert!(text.starts_with("sign not match"), "{text}");
    }

    #[test]
    fn timestamps_may_be_an_hour_off() {
        let body = r#"{"msgtype":"text","text":{"content":"x"}}"#;
        let query = "access_token=T&timestamp=1700000000000&sign=WpjJWHHACZOL2x6OpmRsGVkq6tksMG%2Fgx25MmZL7NWU%3D";
        for secret in [Some(SECRET), None] {
            for late in [-3_600_000, 0, 3_600_000] {
                assert_eq!(refusal(query, secret, &[], 1_700_000_000_000 + late, body), None);
            }
            for late in [-3_600_001, 3_600_001] {
                let (code, text) = refusal(query, secret, &[], 1_700_000_000_000 + late, body).unwrap();
                assert_eq!(code, 310000);
                assert!(text.starts_with("invalid timestamp"), "{text}");
            }
        }
        for odd in ["", "x", "1.5", "-9223372036854775808", "9223372036854775807"] {
            let (code, text) = refusal(&format!("access_token=T&timestamp={odd}&sign=x"), None, &[], 0, body).unwrap();
            assert!(code == 310000 && text.starts_with("invalid timestamp"), "{text}");
        }
        let (code, text) = refusal("access_token=T", Some(SECRET), &[], 0, body).unwrap();
        assert_eq!(code, 310000);
        assert!(text.starts_with("sign not match"), "{text}");
    }

    #[test]
    fn each_message_type_has_its_required_fields() {
        for good in [
            r#"{"msgtype":"text","text":{"content":"x"},"at":{"atMobiles":["13800000000"]}}"#,
            r#"{"msgtype":"link","link":{"title":"T","text":"b","messageUrl":"https://a"}}"#,
            r#"{"msgtype":"markdown","markdown":{"title":"T","text":"b"}}"#,
            r#"{"msgtype":"actionCard","actionCard":{"title":"T","text":"b","singleTitle":"s","singleURL":"https://a"}}"#,
            r#"{"msgtype":"actionCard","actionCard":{"title":"T","text":"b","btns":[{"title":"s","actionURL":"https://a"}]}}"#,
            r#"{"msgtype":"feedCard","feedCard":{"links":[{"title":"T","messageURL":"https://a","picURL":"https://b"}]}}"#,
        ] {
            assert_eq!(code_of(good), 0, "{good}");
        }
        for bad in [
            "{",
            "{}",
            r#"{"msgtype":"text"}"#,
            r#"{"msgtype":"text","text":{"content":""}}"#,
            r#"{"msgtype":"link","link":{"title":"T","text":"b"}}"#,
            r#"{"msgtype":"markdown","markdown":{"text":"b"}}"#,
            r#"{"msgtype":"actionCard","actionCard":{"title":"T","text":"b","singleTitle":"s"}}"#,
            r#"{"msgtype":"actionCard","actionCard":{"title":"T","text":"b","btns":[]}}"#,
            r#"{"msgtype":"feedCard","feedCard":{"links":[{"title":"T","messageUrl":"https://a","picUrl":"https://b"}]}}"#,
        ] {
            assert_eq!(code_of(bad), 40035, "{bad}");
        }
        assert_eq!(code_of(r#"{"msgtype":"voice","voice":{}}"#), 400105);
    }

    #[test]
    fn size_token_and_keywords_are_checked() {
        let fit = |bytes: usize| {
            let frame = r#"{"msgtype":"text","text":{"content":""}}"#.len();
            format!(r#"{{"msgtype":"text","text":{{"content":"{}"}}}}"#, "x".repeat(bytes - frame))
        };
        assert_eq!(code_of(&fit(20_000)), 0);
        assert_eq!(code_of(&fit(20_001)), 460101);
        let body = r#"{"msgtype":"text","text":{"content":"告警: 磁盘"}}"#;
        assert_eq!(refusal("", None, &[], 0, body), Some((40035, "缺少参数 access_token".into())));
        assert_eq!(refusal("access_token=unknown", None, &[], 0, body), Some((300005, "token is not exist".into())));
        assert_eq!(refusal("access_token=T", None, &["订单", "告警"], 0, body), None);
        let (code, text) = refusal("access_token=T", None, &["订单"], 0, body).unwrap();
        assert_eq!(code, 310000);
        assert!(text.starts_with("keywords not in content"), "{text}");
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(body in ".{0,200}", query in ".{0,80}", now in -(1i64 << 52)..1 << 52) {
            let answer = refusal(&format!("access_token=T&{query}"), Some(SECRET), &["k"], now, &body);
            prop_assert!(answer.is_some());
        }
    }
}
