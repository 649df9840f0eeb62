//! Channel adapters: what a channel's settings mean, the provider's body for a content, the request that carries it,
//! and what the provider's answer says.
//!
//! - [`local`]: the inbox in Posthorn itself; [`dingtalk`], [`wecom`]: group robots; [`webhook`]: Standard Webhooks
//! - [`outcome`]: what became of an attempt, in one vocabulary for all providers
//! - [`http`]: the one HTTP client; [`guard`]: which addresses it may reach
//! - [`describe`]: what a channel is, as data; [`settings`]: reads a config's JSON by it; [`size`]: byte limits; [`mac`]: signatures; [`errcode`]: answers with an
//!   `errcode`; [`redact`]: secrets struck out of answers

pub mod describe;
pub mod dingtalk;
pub mod errcode;
pub mod guard;
pub mod http;
pub mod local;
pub mod mac;
pub mod outcome;
pub mod redact;
pub mod settings;
pub mod size;
#[cfg(test)]
mod vectors;
pub mod webhook;
pub mod wecom;

use std::sync::Arc;

use serde_json::{Map, Value};
use url::Url;

use self::describe::Description;
pub use self::guard::TargetAllow;
use self::http::{HttpRequest, HttpResponse};
pub use self::outcome::Outcome;
use crate::domain::channel_config::{ChannelConfig, RateLimit};
use crate::domain::code::ErrorCode;
use crate::domain::content::Content;
use crate::domain::enums::{ChannelType, UnknownPolicy};
use crate::domain::id::TaskId;
use crate::domain::issue::Issue;
use crate::domain::recipient::Recipient;
use crate::domain::time::Timestamp;

/// Every channel that Posthorn can send over. A new one is a file and a line here.
pub static ADAPTERS: &[&Adapter] = &[&local::ADAPTER, &dingtalk::ADAPTER, &wecom::ADAPTER, &webhook::ADAPTER];

/// The adapter of a channel type; none where that type is not available yet.
pub fn adapter(channel_type: ChannelType) -> Option<&'static Adapter> {
    ADAPTERS.iter().copied().find(|adapter| adapter.channel_type == channel_type)
}

/// What decides about an outcome that nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// The provider tells repetitions by this: trying again does no harm.
    Key(&'static str),
    /// The config's `onUnknown`.
    Policy(UnknownPolicy),
}

impl Unknown {
    /// For what is sent with this config.
    pub fn of(config: &ChannelConfig) -> Self {
        let key = adapter(config.channel_type).and_then(|adapter| adapter.idempotency_key);
        key.map_or(Self::Policy(config.on_unknown), Self::Key)
    }

    /// Whether to try again, and the sentence for the timeline. `retries_left`: whether it may be tried again at all.
    pub fn decide(self, retries_left: bool) -> (bool, String) {
        let (again, why) = match self {
            Self::Policy(UnknownPolicy::Fail) => (false, "onUnknown is FAIL".to_owned()),
            _ if !retries_left => (false, "no retry is left".to_owned()),
            Self::Key(key) => (true, format!("the provider tells repetitions by {key}")),
            Self::Policy(UnknownPolicy::Retry) => (true, "onUnknown is RETRY".to_owned()),
        };
        let what = if again { "tried again" } else { "not tried again" };
        (again, format!("it may have arrived; {what}: {why}"))
    }
}

/// A channel, or everything that is wrong with its settings.
pub type Opened = Result<Arc<dyn Channel>, Vec<Issue>>;

/// Makes channels of one type from their settings.
#[derive(Debug)]
pub struct Adapter {
    pub channel_type: ChannelType,
    /// Its settings, what it carries, its limits: for those who configure it.
    pub description: &'static Description,
    /// Keys of a config's JSON whose values are secret: those of the description's fields that say so.
    pub secret_keys: &'static [&'static str],
    /// What the provider tells repetitions by, as it is called there; none where a second attempt may arrive twice.
    pub idempotency_key: Option<&'static str>,
    /// How much the provider takes of one sender; none where it does not say.
    pub provider_limit: Option<ProviderLimit>,
    /// How many recipients one task may serve; a longer list is cut into several tasks.
    pub max_recipients: usize,
    /// Reads and checks settings. Reports every mistake at once, unknown keys too; paths begin with `config`.
    pub open: fn(&Map<String, Value>, &TargetAllow) -> Opened,
    /// A channel with neutral settings, for previews. Not to be sent with.
    pub preview: fn() -> Arc<dyn Channel>,
}

/// How much a provider takes of one sender. Kept to where a config names no limit of its own and sends to the provider itself:
/// what a gateway or a simulator takes is not known.
#[derive(Debug)]
pub struct ProviderLimit {
    pub limit: RateLimit,
    /// The provider's own host.
    pub host: &'static str,
    /// The setting that holds the address.
    pub setting: &'static str,
}

impl Adapter {
    /// The provider's limit, where a config with these settings keeps to it. A masked address will do.
    pub fn limit_with(&'static self, settings: &Map<String, Value>) -> Option<&'static RateLimit> {
        let provider = self.provider_limit.as_ref()?;
        let address = Url::parse(settings.get(provider.setting)?.as_str()?).ok()?;
        let host = address.host_str()?.trim_end_matches('.');
        (host == provider.host).then_some(&provider.limit)
    }
}

/// The limit that a config keeps to, as answers show the config.
pub fn limit_in_force(config: &ChannelConfig) -> Option<&RateLimit> {
    let settings = config.config.as_object();
    let of_provider = adapter(config.channel_type).zip(settings).and_then(|(it, settings)| it.limit_with(settings));
    config.limit_in_force(of_provider).map(|in_force| in_force.limit)
}

/// One channel config, opened. `Debug` shows no secret.
pub trait Channel: Send + Sync + std::fmt::Debug {
    /// The provider's JSON body for `content`, exactly as it will be sent. Fails where the channel cannot carry the
    /// content, or where a field is larger than it takes; nothing is cut.
    fn body(&self, content: &Content, facts: &MessageFacts<'_>) -> Result<Value, BodyError>;

    /// How the body gets to the recipients.
    fn transport(&self) -> Transport<'_>;

    /// How many sends of one config may be under way at once in this process.
    fn max_in_flight(&self) -> usize {
        16
    }
}

/// How a body gets to its recipients.
pub enum Transport<'a> {
    /// Written to the recipients' inboxes in Posthorn's own database.
    Inbox,
    /// Posted to the provider.
    Http(&'a dyn HttpChannel),
}

/// A channel that posts its body over HTTP.
pub trait HttpChannel: Send + Sync {
    /// The request for `body`, the JSON text of [`Channel::body`]. Signatures are made here, for this attempt's time.
    fn request(&self, body: &str, attempt: &AttemptFacts) -> HttpRequest;

    /// What the provider's answer means.
    fn outcome(&self, response: &HttpResponse) -> Outcome;

    /// `text` from the provider, without this channel's secrets.
    fn redact(&self, text: &str) -> String;

    /// The beginning of the answer's body, fit to be kept and shown: redacted, at most 2,000 bytes.
    fn response_text(&self, response: &HttpResponse) -> String {
        let text = self.redact(&String::from_utf8_lossy(&response.body));
        size::cut(&text, 2000).to_owned()
    }
}

/// What a body may say besides its content.
#[derive(Debug, Clone, Copy)]
pub struct MessageFacts<'a> {
    pub task_id: TaskId,
    /// The caller's messageId.
    pub message_id: &'a str,
    pub business_type: &'a str,
    /// The recipients that this task serves.
    pub recipients: &'a [Recipient],
    /// The message's businessData.
    pub business_data: &'a Value,
}

impl<'a> MessageFacts<'a> {
    /// The recipients' mobile numbers, blank ones left out.
    pub fn mobiles(&self) -> impl Iterator<Item = &'a str> {
        self.recipients
            .iter()
            .filter_map(|recipient| recipient.mobile.as_deref())
            .map(str::trim)
            .filter(|m| !m.is_empty())
    }
}

/// What a request may say besides its body.
#[derive(Debug, Clone, Copy)]
pub struct AttemptFacts {
    /// The same on every attempt: receivers tell repetitions by it.
    pub task_id: TaskId,
    /// When this attempt is made.
    pub at: Timestamp,
}

/// Why there is no body for a content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BodyError {
    /// `CONTENT_TOO_LARGE` or `TEMPLATE_RENDER_ERROR`.
    pub code: ErrorCode,
    /// Names the field; lower case, no full stop.
    pub message: String,
}

impl BodyError {
    /// The content is of a form that the channel does not carry.
    pub fn unfit(message: impl Into<String>) -> Self {
        Self { code: ErrorCode::TemplateRenderError, message: message.into() }
    }

    /// The content is larger than the channel takes.
    pub fn too_large(message: impl Into<String>) -> Self {
        Self { code: ErrorCode::ContentTooLarge, message: message.into() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::vectors::facts_of;
    use super::*;
    use crate::domain::content::Text;
    use crate::domain::enums::TimeUnit;

    #[test]
    fn each_channel_type_has_at_most_one_adapter() {
        for adapter in ADAPTERS {
            assert_eq!(ADAPTERS.iter().filter(|other| other.channel_type == adapter.channel_type).count(), 1);
        }
        assert!(adapter(ChannelType::Webhook).is_some());
        assert!(adapter(ChannelType::Sms).is_none());
    }

    #[test]
    fn a_key_at_the_provider_beats_the_policy_and_spent_retries_beat_both() {
        use UnknownPolicy::{Fail, Retry};
        for (unknown, left, again, told) in [
            (Unknown::Key("webhook-id"), true, true, "the provider tells repetitions by webhook-id"),
            (Unknown::Key("webhook-id"), false, false, "no retry is left"),
            (Unknown::Policy(Retry), true, true, "onUnknown is RETRY"),
            (Unknown::Policy(Retry), false, false, "no retry is left"),
            (Unknown::Policy(Fail), true, false, "onUnknown is FAIL"),
            (Unknown::Policy(Fail), false, false, "onUnknown is FAIL"),
        ] {
            let (decided, text) = unknown.decide(left);
            assert_eq!(decided, again, "{unknown:?}");
            assert!(text.ends_with(told), "{text}");
        }
    }

    #[test]
    fn a_robots_limit_holds_at_the_providers_own_host() {
        let twenty = RateLimit { count: 20, window: 1, unit: TimeUnit::Minute };
        for (adapter, host, rest) in [
            (&dingtalk::ADAPTER, "oapi.dingtalk.com", "/robot/send?access_token=tokentoken"),
            (&wecom::ADAPTER, "qyapi.weixin.qq.com", "/cgi-bin/webhook/send?key=keykeykey"),
        ] {
            let limit_at = |address: String| {
                let Value::Object(settings) = json!({ "webhook": address }) else { unreachable!() };
                adapter.limit_with(&settings)
            };
            for own in [
                format!("https://{host}{rest}"),
                format!("https://{}./x", host.to_uppercase()),
                format!("https://{host}:443/••••"),
            ] {
                assert_eq!(limit_at(own.clone()), Some(&twenty), "{own}");
            }
            for other in
                ["https://gateway.example.com", "http://127.0.0.1:9090", "https://x.oapi.dingtalk.com", "••••", ""]
            {
                assert_eq!(limit_at(format!("{other}{rest}")), None, "{other}");
            }
        }
        assert!(local::ADAPTER.provider_limit.is_none() && webhook::ADAPTER.provider_limit.is_none());
    }

    #[test]
    fn every_channel_previews_a_text() {
        let content = Content::Text(Text { text: "hello".into() });
        let data = json!({});
        for adapter in ADAPTERS {
            let body = (adapter.preview)().body(&content, &facts_of(&[], &data)).unwrap();
            assert!(body.to_string().contains("hello"), "{}", adapter.channel_type);
        }
    }

    #[test]
    fn every_adapter_names_unknown_keys() {
        let Value::Object(config) = json!({"surprise": 1}) else { unreachable!() };
        for adapter in ADAPTERS {
            let issues = (adapter.open)(&config, &TargetAllow::default()).unwrap_err();
            assert_eq!(issues[0].path, ["config", "surprise"], "{}", adapter.channel_type);
        }
    }
}
