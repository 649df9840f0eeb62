//! For tests: the vectors of `vectors.json`, and message facts to make bodies with.

use std::sync::Arc;

use serde_json::{Value, json};

use super::http::HttpRequest;
use super::{Adapter, AttemptFacts, Channel, HttpChannel, MessageFacts, Transport};
use crate::domain::content::Content;
use crate::domain::enums::MessageType;
use crate::domain::id::TaskId;
use crate::domain::recipient::Recipient;
use crate::domain::time::Timestamp;

/// The vector of this id.
pub fn vector(id: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("vectors.json")).unwrap();
    all["vectors"].as_array().unwrap().iter().find(|vector| vector["id"] == id).unwrap().clone()
}

/// `task_` and the hexadecimal of one.
pub fn task_id() -> TaskId {
    "task_00000000000070008000000000000001".parse().unwrap()
}

pub fn facts_of<'a>(recipients: &'a [Recipient], business_data: &'a Value) -> MessageFacts<'a> {
    MessageFacts { task_id: task_id(), message_id: "m-1", business_type: "ORDER_NOTIFY", recipients, business_data }
}

pub fn mobile(number: &str) -> Recipient {
    Recipient { mobile: Some(number.into()), ..Recipient::default() }
}

/// One content of each message type, in the order of `MessageType::ALL`.
pub fn samples() -> Vec<Content> {
    let url = "https://a.example/";
    let values = [
        json!({"text": "hello"}),
        json!({"title": "T", "text": "**x**"}),
        json!({"title": "T", "text": "x", "url": url}),
        json!({"title": "T", "text": "x", "buttons": [{"title": "Go", "url": url}]}),
        json!({"links": [{"title": "T", "url": url, "imageUrl": "https://a.example/p.png"}]}),
        json!({"url": "https://a.example/p.png"}),
        json!({"articles": [{"title": "T", "description": "d", "url": url}]}),
        json!({"url": "https://a.example/r.pdf", "name": "report.pdf"}),
    ];
    MessageType::ALL.iter().zip(values).map(|(message_type, value)| content(*message_type, value)).collect()
}

pub fn content(message_type: MessageType, value: Value) -> Content {
    Content::from_json(message_type, &value).unwrap()
}

/// The dotted paths of the issues that opening this config raises.
pub fn issue_paths(adapter: &Adapter, config: Value) -> Vec<String> {
    let Value::Object(config) = config else { panic!("a config is an object") };
    let allow = "127.0.0.1".parse().unwrap();
    let issues = (adapter.open)(&config, &allow).err().unwrap_or_default();
    issues.iter().map(|issue| issue.path.join(".")).collect()
}

/// Opens a config that has nothing wrong with it.
pub fn opened(adapter: &Adapter, config: Value) -> Arc<dyn Channel> {
    let Value::Object(config) = config else { panic!("a config is an object") };
    (adapter.open)(&config, &"127.0.0.1".parse().unwrap()).unwrap()
}

/// The request that a channel makes of `{}`, at this time.
pub fn request_at(channel: &dyn Channel, body: &str, at: Timestamp) -> HttpRequest {
    http(channel).request(body, &AttemptFacts { task_id: task_id(), at })
}

pub fn http(channel: &dyn Channel) -> &dyn HttpChannel {
    match channel.transport() {
        Transport::Http(http) => http,
        Transport::Inbox => panic!("not an HTTP channel"),
    }
}
