//! The providers that are played, what each of them looks at, and what it thinks of a request.

use axum::http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::answer::{API_FREQ, Answer, TOO_FAST};
use super::script::Settings;
use super::{dingtalk, webhook, wecom};
use crate::domain::time::Timestamp;

/// A request as a provider sees it.
pub struct Call<'a> {
    pub method: &'a Method,
    pub query: &'a [(String, String)],
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}

impl Call<'_> {
    /// The first value of a query parameter.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A header's value, where it is there once and readable.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// What a provider thinks of a request, before rate and repetition count.
pub enum Judgement {
    Fine {
        /// A second request with this key was sent before: it must not reach people twice.
        once: Option<String>,
        /// Requests with the same key share a rate limit.
        paced: Option<String>,
    },
    Refused(Answer),
}

/// The providers that are played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    Dingtalk,
    Wecom,
    Webhook,
}

impl Provider {
    pub fn judge(self, call: &Call<'_>, settings: &Settings, now: Timestamp, path: &str) -> Judgement {
        match self {
            Self::Dingtalk => dingtalk::judge(call, settings, now),
            Self::Wecom => wecom::judge(call),
            Self::Webhook => webhook::judge(call, settings, now, path),
        }
    }

    /// Whether failures are told by a code in a 200 rather than by the HTTP status.
    pub fn coded(self) -> bool {
        !matches!(self, Self::Webhook)
    }

    /// Whether a repeated request shows up among what arrived, marked as a duplicate.
    pub fn shows_duplicates(self) -> bool {
        matches!(self, Self::Webhook)
    }

    pub fn taken(self, duplicate: bool) -> Answer {
        match (self, duplicate) {
            (Self::Dingtalk | Self::Wecom, _) => Answer::ok(),
            (Self::Webhook, false) => webhook::taken(),
            (Self::Webhook, true) => webhook::taken_before(),
        }
    }

    pub fn too_fast(self) -> Answer {
        match self {
            Self::Dingtalk => Answer::errcode(130101, TOO_FAST),
            Self::Wecom => Answer::errcode(45009, API_FREQ),
            Self::Webhook => {
                let status = axum::http::StatusCode::TOO_MANY_REQUESTS;
                Answer { retry_after: Some(60), ..Answer::json(status, &json!({"error": "too many requests"})) }
            }
        }
    }
}

/// A text with something in it.
pub fn filled(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}
