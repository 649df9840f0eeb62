//! DINGTALK: a custom robot of a DingTalk group, reached by its webhook, with or without signing (加签).
//!
//! - [`body`]: the robot's JSON by message type; [`answer`]: its errcodes; [`describe`]: its settings

mod answer;
mod body;
mod describe;

use std::sync::Arc;

use serde_json::{Map, Value};
use url::form_urlencoded::byte_serialize;

use self::describe::DESCRIPTION;
use super::errcode;
use super::guard::TargetAllow;
use super::http::{HttpRequest, HttpResponse};
use super::mac::MacKey;
use super::outcome::Outcome;
use super::redact::Secrets;
use super::settings::{Settings, query_value};
use super::{Adapter, AttemptFacts, BodyError, Channel, HttpChannel, MessageFacts, Opened, ProviderLimit, Transport};
use crate::domain::channel_config::RateLimit;
use crate::domain::content::Content;
use crate::domain::enums::{ChannelType, TimeUnit};

pub static ADAPTER: Adapter = Adapter {
    channel_type: ChannelType::Dingtalk,
    description: &DESCRIPTION,
    secret_keys: &["webhook", "secret"],
    // Beyond it, a robot is throttled for minutes.
    provider_limit: Some(ProviderLimit {
        limit: RateLimit { count: 20, window: 1, unit: TimeUnit::Minute },
        host: "oapi.dingtalk.com",
        setting: "webhook",
    }),
    // A robot posts once to its group, however many people that is for.
    idempotency_key: Some("msgUuid"),
    max_recipients: usize::MAX,
    open,
    preview: || {
        Arc::new(DingTalk {
            mentions: Mentions::default(),
            url: String::new(),
            signing: None,
            secrets: Secrets::default(),
        })
    },
};

/// Most people that one message may mention.
const MAX_MENTIONS: usize = 50;

struct DingTalk {
    mentions: Mentions,
    /// With the access token in its query.
    url: String,
    signing: Option<Signing>,
    secrets: Secrets,
}

/// Whom every message of this config mentions.
#[derive(Debug, Default)]
struct Mentions {
    mobiles: Vec<String>,
    all: bool,
}

struct Signing {
    secret: String,
    key: MacKey,
}

fn open(config: &Map<String, Value>, allow: &TargetAllow) -> Opened {
    let mut settings = Settings::new(config, allow, DESCRIPTION.fields);
    let address = settings.url("webhook").and_then(|url| {
        let token = query_value(&url, "access_token")?;
        Some((url, token))
    });
    let signing = settings
        .text("secret")
        .map(|secret| Signing { secret: secret.to_owned(), key: MacKey::new(secret.as_bytes()) });
    let mentions = Mentions { mobiles: settings.mobiles("atMobiles"), all: settings.flag("atAll") };
    let made = address.map(|(url, token)| {
        let secret = signing.as_ref().map_or("", |signing| &signing.secret);
        let secrets = Secrets::default().and_parameter("access_token", &token).and(secret);
        Arc::new(DingTalk { mentions, url: url.into(), signing, secrets }) as Arc<dyn Channel>
    });
    settings.finish(made)
}

impl Signing {
    /// What is added to the URL's query: the time in milliseconds, and the signature of it.
    fn query(&self, millis: i64) -> String {
        let timestamp = millis.to_string();
        let sign = self.key.sign(&[timestamp.as_bytes(), b"\n", self.secret.as_bytes()]);
        let sign: String = byte_serialize(sign.as_bytes()).collect();
        format!("&timestamp={timestamp}&sign={sign}")
    }
}

impl std::fmt::Debug for DingTalk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DingTalk").field("signed", &self.signing.is_some()).finish_non_exhaustive()
    }
}

impl Channel for DingTalk {
    fn body(&self, content: &Content, facts: &MessageFacts<'_>) -> Result<Value, BodyError> {
        body::body(content, &self.mentions, facts)
    }

    fn transport(&self) -> Transport<'_> {
        Transport::Http(self)
    }
}

impl HttpChannel for DingTalk {
    fn request(&self, body: &str, attempt: &AttemptFacts) -> HttpRequest {
        let mut url = self.url.clone();
        if let Some(signing) = &self.signing {
            url.push_str(&signing.query(attempt.at.as_millis()));
        }
        HttpRequest::json(url, body, attempt.at)
    }

    fn outcome(&self, response: &HttpResponse) -> Outcome {
        errcode::outcome(response, answer::meaning, |text| self.secrets.strike_short(text))
    }

    fn redact(&self, text: &str) -> String {
        self.secrets.strike(text)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::vectors::{http, issue_paths, opened, request_at, vector};
    use super::*;
    use crate::domain::time::Timestamp;

    const WEBHOOK: &str = "https://oapi.dingtalk.com/robot/send?access_token=tokentoken";

    #[test]
    fn requests_are_signed_as_the_vectors_say() {
        for id in ["dingtalk_robot_sign", "dingtalk_robot_sign_needs_urlencoding"] {
            let vector = vector(id);
            let channel = opened(&ADAPTER, json!({"webhook": WEBHOOK, "secret": vector["input"]["secret"]}));
            let millis = vector["input"]["timestamp"].as_str().unwrap();
            let request = request_at(&*channel, "{}", Timestamp::from_millis(millis.parse().unwrap()));
            let sign = vector["expected"]["sign_query_value"].as_str().unwrap();
            assert_eq!(request.url, format!("{WEBHOOK}&timestamp={millis}&sign={sign}"), "{id}");
            if let Some(query) = vector["expected"]["query"].as_str() {
                assert!(request.url.ends_with(query));
            }
        }
    }

    #[test]
    fn without_a_secret_the_address_is_used_as_it_is() {
        for config in [json!({"webhook": WEBHOOK}), json!({"webhook": WEBHOOK, "secret": null, "atAll": true})] {
            let channel = opened(&ADAPTER, config);
            let request = request_at(&*channel, r#"{"a":1}"#, Timestamp::from_millis(5));
            assert_eq!(request.url, WEBHOOK);
            assert_eq!(&request.body[..], br#"{"a":1}"#);
            assert_eq!(request.headers["content-type"], "application/json; charset=utf-8");
        }
    }

    #[test]
    fn the_simulators_address_is_taken() {
        let config = json!({"webhook": "http://127.0.0.1:9090/dingtalk/robot/send?access_token=t"});
        assert_eq!(issue_paths(&ADAPTER, config), Vec::<String>::new());
    }

    #[test]
    fn mistakes_are_found_all_at_once() {
        let many: Vec<_> = (0..51).map(|n| format!("138000000{n:02}")).collect();
        for (config, paths) in [
            (json!({}), vec!["config.webhook"]),
            (json!({"webhook": ""}), vec!["config.webhook"]),
            (json!({"webhook": "https://oapi.dingtalk.com/robot/send"}), vec!["config.webhook"]),
            (json!({"webhook": "https://oapi.dingtalk.com/robot/send?access_token="}), vec!["config.webhook"]),
            (json!({"webhook": format!("{WEBHOOK}&timestamp=1&sign=x")}), vec!["config.webhook"]),
            (json!({"webhook": "http://oapi.dingtalk.com/robot/send?access_token=t"}), vec!["config.webhook"]),
            (json!({"webhook": WEBHOOK, "atMobiles": many}), vec!["config.atMobiles"]),
            (
                json!({"webhook": 5, "secret": "abc", "atMobiles": ["x"], "atAll": "yes", "keyword": "k"}),
                vec!["config.keyword", "config.webhook", "config.secret", "config.atMobiles.0", "config.atAll"],
            ),
        ] {
            assert_eq!(issue_paths(&ADAPTER, config.clone()), paths, "{config}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let channel = opened(&ADAPTER, json!({"webhook": WEBHOOK, "secret": "SECsecretsecret"}));
        let shown = format!("{channel:?}");
        let answer = errcode::answer(200, r#"{"errcode":300005,"errmsg":"tokentoken SECsecretsecret"}"#);
        let outcome = http(&*channel).outcome(&answer);
        let text = http(&*channel).response_text(&answer);
        assert_eq!(outcome, Outcome::config("300005 *** ***"));
        assert_eq!(text, r#"{"errcode":300005,"errmsg":"*** ***"}"#);
        assert!(!shown.contains("tokentoken") && !shown.contains("secretsecret"), "{shown}");
    }

    #[test]
    fn a_short_token_leaves_the_providers_words_readable() {
        let channel = opened(&ADAPTER, json!({"webhook": "http://127.0.0.1:9090/dingtalk/robot/send?access_token=t"}));
        let answer = errcode::answer(200, r#"{"errcode":130101,"errmsg":"send too fast, access_token=t"}"#);
        let outcome = http(&*channel).outcome(&answer);
        assert_eq!((outcome.name(), outcome.detail()), ("THROTTLE", "130101 send too fast, access_token=***"));
        assert_eq!(
            http(&*channel).response_text(&answer),
            r#"{"errcode":130101,"errmsg":"send too fast, access_token=***"}"#
        );
    }
}
