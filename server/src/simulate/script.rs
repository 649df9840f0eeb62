//! What `POST /script` asks for: secrets, latency, rate and the failures to come, each kept per place.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use serde::Deserialize;

use super::place::Place;

/// The body of `POST /script`. What is absent stays as it was.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Script {
    /// What it is about, e.g. `/dingtalk`, `/webhook/orders`, `/dingtalk/robot/send?access_token=T`.
    pub path: String,
    /// Forgets every earlier script at or below `path`, before the rest of this one counts.
    #[serde(default)]
    pub clear: bool,
    /// DingTalk: the robot's `SEC…`; webhook: the name's `whsec_…`. An empty text takes the secret away.
    pub secret: Option<String>,
    /// DingTalk's keyword list: one of them must occur in the text. An empty list takes it away.
    pub keywords: Option<Vec<String>>,
    /// Messages a minute per robot; 0: as many as you like.
    pub rate_per_minute: Option<u32>,
    /// Milliseconds before each answer, until changed.
    pub latency_ms: Option<u64>,
    /// How many requests fail from now on. With a failure below and without this: all, until `clear` or `failNext` 0.
    pub fail_next: Option<u64>,
    /// The provider's code in the body of the answer.
    pub errcode: Option<i64>,
    /// The text to it; the provider's usual one when absent.
    pub errmsg: Option<String>,
    /// HTTP status of the answer, 200 to 599.
    pub status: Option<u16>,
    /// Seconds in a `Retry-After` header.
    pub retry_after: Option<u64>,
    /// A `Location` header, for redirects.
    pub location: Option<String>,
    /// The whole body of the answer, as it stands here.
    pub body: Option<String>,
    /// Takes the message, then closes the connection without an answer.
    #[serde(default)]
    pub reset: bool,
    /// Takes the message and never answers.
    #[serde(default)]
    pub hang: bool,
}

impl Script {
    /// Reads JSON; the message says which key is wrong.
    pub fn parse(json: &[u8]) -> Result<Self, String> {
        let script: Self = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        if let Some(status) = script.status
            && !(200..=599).contains(&status)
        {
            return Err(format!("`status` must be 200 to 599, not {status}"));
        }
        if script.reset && script.hang {
            return Err("`reset` and `hang` exclude each other".to_owned());
        }
        Ok(script)
    }

    fn fault(&self) -> Option<Fault> {
        let fault = Fault {
            errcode: self.errcode,
            errmsg: self.errmsg.clone(),
            status: self.status,
            retry_after: self.retry_after,
            location: self.location.clone(),
            body: self.body.clone(),
            silence: match (self.reset, self.hang) {
                (true, _) => Some(Silence::Reset),
                (_, true) => Some(Silence::Hang),
                _ => None,
            },
        };
        (self.fail_next.is_some() || fault != Fault::default()).then_some(fault)
    }
}

/// How a scripted request fails.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fault {
    pub errcode: Option<i64>,
    pub errmsg: Option<String>,
    pub status: Option<u16>,
    pub retry_after: Option<u64>,
    pub location: Option<String>,
    pub body: Option<String>,
    pub silence: Option<Silence>,
}

/// The message is taken, but its sender never hears of it: the case where a caller cannot know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// The connection is closed.
    Reset,
    /// The connection stays open.
    Hang,
}

#[derive(Debug)]
struct Failing {
    fault: Fault,
    left: AtomicU64,
}

impl Failing {
    fn take(&self) -> bool {
        self.left
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| match left {
                0 => None,
                u64::MAX => Some(u64::MAX),
                left => Some(left - 1),
            })
            .is_ok()
    }
}

#[derive(Debug, Clone)]
struct Rule {
    place: Place,
    secret: Option<Arc<str>>,
    keywords: Option<Arc<[String]>>,
    rate_per_minute: Option<u32>,
    latency: Option<Duration>,
    failing: Option<Arc<Failing>>,
}

/// Everything scripted so far, most particular place first.
#[derive(Debug, Default)]
pub struct Rules {
    rules: ArcSwap<Vec<Rule>>,
}

/// What the rules say about one request. Each value comes from the most particular place that sets it.
#[derive(Debug, Default)]
pub struct Settings {
    pub secret: Option<Arc<str>>,
    pub keywords: Option<Arc<[String]>>,
    pub rate_per_minute: Option<u32>,
    pub latency: Duration,
    pub fault: Option<Fault>,
}

impl Rules {
    /// Puts a script into force; says what is wrong with it where it can't be.
    pub fn apply(&self, script: &Script) -> Result<(), String> {
        let place = Place::parse(&script.path)?;
        let fault = script.fault();
        self.rules.rcu(|before| {
            let mut rules: Vec<Rule> = before.as_ref().clone();
            if script.clear {
                rules.retain(|rule| !place.contains(&rule.place));
            }
            let index = rules.iter().position(|rule| rule.place == place).unwrap_or_else(|| {
                rules.push(Rule {
                    place: place.clone(),
                    secret: None,
                    keywords: None,
                    rate_per_minute: None,
                    latency: None,
                    failing: None,
                });
                rules.len() - 1
            });
            let rule = &mut rules[index];
            if let Some(secret) = &script.secret {
                rule.secret = Some(secret.as_str().into());
            }
            if let Some(keywords) = &script.keywords {
                rule.keywords = Some(keywords.as_slice().into());
            }
            rule.rate_per_minute = script.rate_per_minute.or(rule.rate_per_minute);
            rule.latency = script.latency_ms.map(Duration::from_millis).or(rule.latency);
            if let Some(fault) = &fault {
                let left = AtomicU64::new(script.fail_next.unwrap_or(u64::MAX));
                rule.failing = Some(Arc::new(Failing { fault: fault.clone(), left }));
            }
            rules.sort_by_key(|rule| std::cmp::Reverse(rule.place.weight()));
            rules
        });
        Ok(())
    }

    /// What holds for a request; a failure that is due is counted off.
    pub fn settings(&self, path: &str, query: &[(String, String)]) -> Settings {
        let rules = self.rules.load();
        let mut found = Settings::default();
        let mut latency = None;
        for rule in rules.iter().filter(|rule| rule.place.covers(path, query)) {
            found.secret = found.secret.or_else(|| rule.secret.clone());
            found.keywords = found.keywords.or_else(|| rule.keywords.clone());
            found.rate_per_minute = found.rate_per_minute.or(rule.rate_per_minute);
            latency = latency.or(rule.latency);
            if found.fault.is_none() {
                found.fault = rule.failing.as_ref().filter(|it| it.take()).map(|it| it.fault.clone());
            }
        }
        found.latency = latency.unwrap_or_default();
        found.secret = found.secret.filter(|secret| !secret.is_empty());
        found.keywords = found.keywords.filter(|keywords| !keywords.is_empty());
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(scripts: &[&str]) -> Rules {
        let rules = Rules::default();
        for script in scripts {
            rules.apply(&Script::parse(script.as_bytes()).unwrap()).unwrap();
        }
        rules
    }

    #[test]
    fn failures_count_down_and_latency_stays() {
        let rules = rules(&[
            r#"{"path":"/dingtalk","latencyMs":50}"#,
            r#"{"path":"/dingtalk","failNext":2,"errcode":130101,"status":200}"#,
        ]);
        for _ in 0..2 {
            let settings = rules.settings("/dingtalk/robot/send", &[]);
            assert_eq!(settings.fault.and_then(|fault| fault.errcode), Some(130101));
            assert_eq!(settings.latency, Duration::from_millis(50));
        }
        let after = rules.settings("/dingtalk/robot/send", &[]);
        assert_eq!((after.fault, after.latency), (None, Duration::from_millis(50)));
    }

    #[test]
    fn the_longest_place_wins_value_by_value() {
        let rules = rules(&[
            r#"{"path":"/webhook","latencyMs":5,"status":500}"#,
            r#"{"path":"/webhook/a","latencyMs":1,"secret":"whsec_AAAA"}"#,
        ]);
        let a = rules.settings("/webhook/a", &[]);
        assert_eq!(a.latency, Duration::from_millis(1));
        assert_eq!(a.secret.as_deref(), Some("whsec_AAAA"));
        assert_eq!(a.fault.and_then(|fault| fault.status), Some(500));
        let b = rules.settings("/webhook/b", &[]);
        assert_eq!((b.latency, b.secret), (Duration::from_millis(5), None));
        assert!(rules.settings("/dingtalk/robot/send", &[]).fault.is_none());
    }

    #[test]
    fn a_failure_without_a_count_lasts_until_cleared() {
        let rules = rules(&[r#"{"path":"/wecom","errcode":-1}"#]);
        for _ in 0..5 {
            assert!(rules.settings("/wecom/cgi-bin/webhook/send", &[]).fault.is_some());
        }
        rules.apply(&Script::parse(br#"{"path":"/","clear":true}"#).unwrap()).unwrap();
        assert!(rules.settings("/wecom/cgi-bin/webhook/send", &[]).fault.is_none());
    }

    #[test]
    fn unknown_keys_and_odd_values_are_named() {
        let error = Script::parse(br#"{"path":"/x","failNow":1}"#).unwrap_err();
        assert!(error.contains("failNow") && error.contains("failNext"), "{error}");
        assert!(Script::parse(br#"{"failNext":1}"#).unwrap_err().contains("path"));
        assert!(Script::parse(br#"{"path":"/x","status":99}"#).unwrap_err().contains("200 to 599"));
        assert!(Script::parse(br#"{"path":"/x","reset":true,"hang":true}"#).is_err());
        let bare = Script { path: "x".into(), ..Script::default() };
        assert!(Rules::default().apply(&bare).is_err());
    }
}
