//! WECHAT_WORK: a robot of a WeCom (企业微信) group. Its key, in the webhook's query, is its only credential.
//!
//! - [`body`]: the robot's JSON by message type; [`describe`]: its settings

mod body;
mod describe;

use std::sync::Arc;

use serde_json::{Map, Value};

use self::describe::DESCRIPTION;
use super::errcode::{self, Meaning, THROTTLE_SECONDS};
use super::guard::TargetAllow;
use super::http::{HttpRequest, HttpResponse};
use super::outcome::Outcome;
use super::redact::Secrets;
use super::settings::{Settings, query_value};
use super::{Adapter, AttemptFacts, BodyError, Channel, HttpChannel, MessageFacts, Opened, ProviderLimit, Transport};
use crate::domain::channel_config::RateLimit;
use crate::domain::content::Content;
use crate::domain::enums::{ChannelType, TimeUnit};

pub static ADAPTER: Adapter = Adapter {
    channel_type: ChannelType::WechatWork,
    description: &DESCRIPTION,
    secret_keys: &["webhook"],
    // Beyond it, a robot is throttled for minutes.
    provider_limit: Some(ProviderLimit {
        limit: RateLimit { count: 20, window: 1, unit: TimeUnit::Minute },
        host: "qyapi.weixin.qq.com",
        setting: "webhook",
    }),
    // A robot posts once to its group, however many people that is for.
    max_recipients: usize::MAX,
    idempotency_key: None,
    open,
    preview: || Arc::new(WeCom { mentioned: Vec::new(), url: String::new(), secrets: Secrets::default() }),
};

struct WeCom {
    /// Whom every text of this config mentions: mobile numbers, or `@all`.
    mentioned: Vec<String>,
    /// With the key in its query.
    url: String,
    secrets: Secrets,
}

fn open(config: &Map<String, Value>, allow: &TargetAllow) -> Opened {
    let mut settings = Settings::new(config, allow, DESCRIPTION.fields);
    let address = settings.url("webhook").and_then(|url| {
        let secrets = Secrets::default().and_parameter("key", &query_value(&url, "key")?);
        Some((url, secrets))
    });
    let mentioned = settings.mobiles("mentionedMobiles");
    settings.finish(
        address.map(|(url, secrets)| Arc::new(WeCom { mentioned, url: url.into(), secrets }) as Arc<dyn Channel>),
    )
}

impl std::fmt::Debug for WeCom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WeCom").finish_non_exhaustive()
    }
}

impl Channel for WeCom {
    fn body(&self, content: &Content, facts: &MessageFacts<'_>) -> Result<Value, BodyError> {
        body::body(content, &self.mentioned, facts)
    }

    fn transport(&self) -> Transport<'_> {
        Transport::Http(self)
    }
}

impl HttpChannel for WeCom {
    fn request(&self, body: &str, attempt: &AttemptFacts) -> HttpRequest {
        HttpRequest::json(self.url.clone(), body, attempt.at)
    }

    fn outcome(&self, response: &HttpResponse) -> Outcome {
        errcode::outcome(response, |code, _| meaning(code), |text| self.secrets.strike_short(text))
    }

    fn redact(&self, text: &str) -> String {
        self.secrets.strike(text)
    }
}

/// The errcodes of a group robot; none for a code that is not in the list.
fn meaning(code: i64) -> Option<Meaning> {
    Some(match code {
        -1 => Meaning::Retry,
        45_009 => Meaning::Throttle(THROTTLE_SECONDS),
        // The key is bad or the robot is gone.
        93_000 => Meaning::Config,
        // A parameter is wrong, the type is unknown, the media is empty, bad or expired, the text is too long.
        40_058 | 40_008 | 44_001 | 45_002 | 40_007 => Meaning::BadMessage,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::errcode::answer;
    use super::super::vectors::{http, issue_paths, opened, request_at};
    use super::*;
    use crate::domain::time::Timestamp;

    const WEBHOOK: &str = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa";

    #[test]
    fn the_body_is_posted_to_the_webhook() {
        let channel = opened(&ADAPTER, json!({"webhook": WEBHOOK, "mentionedMobiles": ["@all"]}));
        let request = request_at(&*channel, r#"{"a":1}"#, Timestamp::from_millis(5));
        assert_eq!((request.url.as_str(), &request.body[..]), (WEBHOOK, &br#"{"a":1}"#[..]));
    }

    #[test]
    fn mistakes_are_found_all_at_once() {
        for (config, paths) in [
            (json!({}), vec!["config.webhook"]),
            (json!({"webhook": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"}), vec!["config.webhook"]),
            (json!({"webhook": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="}), vec!["config.webhook"]),
            (json!({"webhook": "http://127.0.0.2:9090/wecom/cgi-bin/webhook/send?key=k"}), vec!["config.webhook"]),
            (
                json!({"webhook": "x", "mentionedMobiles": ["@all", "@some"], "secret": "s"}),
                vec!["config.secret", "config.webhook", "config.mentionedMobiles.1"],
            ),
            (json!({"webhook": "http://127.0.0.1:9090/wecom/cgi-bin/webhook/send?key=k"}), vec![]),
        ] {
            assert_eq!(issue_paths(&ADAPTER, config.clone()), paths, "{config}");
        }
    }

    #[test]
    fn each_code_of_the_table_is_known() {
        let channel = opened(&ADAPTER, json!({"webhook": WEBHOOK}));
        for (code, words, name) in [
            (0, "ok", "OK"),
            (-1, "system busy", "RETRY"),
            (93_000, "invalid webhook url, hint: [1], from ip: 1.2.3.4, more info at https://open.work", "CONFIG"),
            (45_009, "api freq out of limit", "THROTTLE"),
            (40_058, "markdown.content exceed max length 4096. invalid Request Parameter", "BAD_MSG"),
            (40_008, "invalid message type", "BAD_MSG"),
            (44_001, "empty media data", "BAD_MSG"),
            (45_002, "content too long", "BAD_MSG"),
            (40_007, "invalid media_id", "BAD_MSG"),
            (123_456, "something new", "BAD_MSG"),
        ] {
            let body = json!({"errcode": code, "errmsg": words}).to_string();
            assert_eq!(http(&*channel).outcome(&answer(200, &body)).name(), name, "{code}");
        }
    }

    #[test]
    fn the_key_is_not_shown() {
        let channel = opened(&ADAPTER, json!({"webhook": WEBHOOK}));
        let said = answer(200, r#"{"errcode":93000,"errmsg":"bad key 693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"}"#);
        assert_eq!(http(&*channel).outcome(&said), Outcome::config("93000 bad key ***"));
        assert!(!http(&*channel).response_text(&said).contains("693a91f6"));
        assert!(!format!("{channel:?}").contains("693a91f6"));
    }
}
