//! One request as it arrived, kept compactly, and how it is shown as JSON.

use std::borrow::Cow;

use axum::http::HeaderMap;
use bytes::Bytes;
use chrono::SecondsFormat;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::answer::Answer;
use super::log::Fate;
use super::script::Silence;
use crate::domain::time::Timestamp;

/// Bytes of a body that are kept.
const BODY_KEPT: usize = 64 * 1024;

/// A request and what became of it.
///
/// Texts are copied out of the connection's buffer, which would otherwise be kept alive as a whole.
#[derive(Debug)]
pub struct Received {
    pub seq: u64,
    pub at: Timestamp,
    pub path: Box<str>,
    pub query: Box<[(String, String)]>,
    /// `name: value` lines.
    headers: Box<str>,
    body: Box<[u8]>,
    body_bytes: usize,
    valid: bool,
    fate: Fate,
    status: u16,
    answer: Bytes,
    silence: Option<Silence>,
}

/// What was decided about a request.
pub struct Outcome<'a> {
    pub valid: bool,
    pub fate: Fate,
    pub answer: &'a Answer,
    pub silence: Option<Silence>,
}

impl Received {
    pub fn new(
        at: Timestamp,
        path: &str,
        query: Vec<(String, String)>,
        headers: &HeaderMap,
        body: &[u8],
        outcome: &Outcome<'_>,
    ) -> Self {
        let mut lines = String::with_capacity(256);
        for (name, value) in headers {
            lines.push_str(name.as_str());
            lines.push_str(": ");
            lines.push_str(&String::from_utf8_lossy(value.as_bytes()));
            lines.push('\n');
        }
        Self {
            seq: 0,
            at,
            path: path.into(),
            query: query.into(),
            headers: lines.into(),
            body: body[..body.len().min(BODY_KEPT)].into(),
            body_bytes: body.len(),
            valid: outcome.valid,
            fate: outcome.fate,
            status: outcome.answer.status.as_u16(),
            answer: outcome.answer.body.clone(),
            silence: outcome.silence,
        }
    }

    /// Bytes in memory, about.
    pub fn weight(&self) -> usize {
        let query: usize = self.query.iter().map(|(key, value)| key.len() + value.len() + 48).sum();
        size_of::<Self>() + self.path.len() + query + self.headers.len() + self.body.len() + self.answer.len()
    }

    pub fn fate(&self) -> Fate {
        self.fate
    }

    pub fn body_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    pub fn answer_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.answer)
    }

    pub fn status(&self) -> u16 {
        self.status
    }

    pub fn silence(&self) -> Option<Silence> {
        self.silence
    }
}

impl Serialize for Received {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("seq", &self.seq)?;
        map.serialize_entry("at", &self.at.to_utc().to_rfc3339_opts(SecondsFormat::Micros, true))?;
        map.serialize_entry("path", &self.path)?;
        map.serialize_entry("query", &Pairs(self.query.iter().map(|(key, value)| (key.as_str(), value.as_str()))))?;
        let headers = self.headers.lines().filter_map(|line| line.split_once(": "));
        map.serialize_entry("headers", &Pairs(headers))?;
        map.serialize_entry("body", &Shown(&self.body))?;
        map.serialize_entry("bodyBytes", &self.body_bytes)?;
        map.serialize_entry("valid", &self.valid)?;
        map.serialize_entry("accepted", &(self.fate == Fate::Accepted))?;
        map.serialize_entry("duplicate", &(self.fate == Fate::Duplicate))?;
        // nothing was answered where the sender was left in the dark
        let answered = self.silence.is_none();
        map.serialize_entry("status", &answered.then_some(self.status))?;
        map.serialize_entry("answer", &answered.then_some(Shown(&self.answer)))?;
        let silence = self.silence.map(|silence| match silence {
            Silence::Reset => "reset",
            Silence::Hang => "hang",
        });
        map.serialize_entry("silence", &silence)?;
        map.end()
    }
}

/// Pairs as a JSON object.
struct Pairs<I>(I);

impl<'a, I: Iterator<Item = (&'a str, &'a str)> + Clone> Serialize for Pairs<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.clone())
    }
}

/// Bytes as the JSON that they are, else as a text; never parsed into a tree and written again.
struct Shown<'a>(&'a [u8]);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serde_json::from_slice::<&RawValue>(self.0) {
            Ok(raw) => raw.serialize(serializer),
            Err(_) => String::from_utf8_lossy(self.0).serialize(serializer),
        }
    }
}

#[cfg(test)]
pub fn sample(path: &str) -> Received {
    let answer = Answer::ok();
    let outcome = Outcome { valid: true, fate: Fate::Accepted, answer: &answer, silence: None };
    Received::new(Timestamp(0), path, Vec::new(), &HeaderMap::new(), b"{}", &outcome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use serde_json::{Value, json};

    fn shown(body: &[u8], silence: Option<Silence>) -> Value {
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", HeaderValue::from_static("task_1"));
        let answer = Answer::ok();
        let outcome = Outcome { valid: true, fate: Fate::Duplicate, answer: &answer, silence };
        let query = vec![("access_token".to_owned(), "T".to_owned())];
        let received = Received::new(Timestamp::from_millis(1500), "/webhook/a", query, &headers, body, &outcome);
        serde_json::from_slice(&serde_json::to_vec(&received).unwrap()).unwrap()
    }

    #[test]
    fn everything_a_test_wants_to_know_is_shown() {
        assert_eq!(
            shown(br#"{"a": [1, "x"]}"#, None),
            json!({
                "seq": 0, "at": "1970-01-01T00:00:01.500000Z", "path": "/webhook/a", "query": {"access_token": "T"},
                "headers": {"webhook-id": "task_1"}, "body": {"a": [1, "x"]}, "bodyBytes": 15, "valid": true,
                "accepted": false, "duplicate": true, "status": 200, "answer": {"errcode": 0, "errmsg": "ok"},
                "silence": null
            })
        );
        let hanging = shown(b"{}", Some(Silence::Hang));
        assert_eq!(
            (&hanging["silence"], &hanging["answer"], &hanging["status"]),
            (&json!("hang"), &Value::Null, &Value::Null)
        );
    }

    #[test]
    fn bodies_that_are_not_json_are_texts_and_long_ones_are_cut() {
        assert_eq!(shown(b"plain \xff", None)["body"], "plain \u{fffd}");
        assert_eq!(shown(b"", None)["body"], "");
        let long = shown(format!("\"{}\"", "x".repeat(BODY_KEPT)).as_bytes(), None);
        assert_eq!(long["body"].as_str().map(str::len), Some(BODY_KEPT));
        assert_eq!(long["bodyBytes"], BODY_KEPT + 2);
    }
}
