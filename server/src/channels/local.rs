//! LOCAL: the recipients' inboxes in Posthorn itself. The body is also what WEBHOOK posts, which adds the recipients.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::describe::{Description, OWN_BODY};
use super::guard::TargetAllow;
use super::settings::Settings;
use super::{Adapter, BodyError, Channel, MessageFacts, Opened, Transport};
use crate::domain::content::Content;
use crate::domain::enums::ChannelType;

pub static ADAPTER: Adapter = Adapter {
    channel_type: ChannelType::Local,
    description: &DESCRIPTION,
    secret_keys: &[],
    // A row of the inbox each: bounded, so that one task stays one short transaction.
    // An entry's id is made from the task and the user.
    idempotency_key: Some("the entry's id"),
    provider_limit: None,
    max_recipients: 10_000,
    open,
    preview: || Arc::new(Local),
};

static DESCRIPTION: Description = Description {
    title: "Inbox",
    about: "The recipients' inboxes in Posthorn itself: recipients need a userId. There is nothing to set.",
    fields: &[],
    carries: OWN_BODY,
};

#[derive(Debug)]
struct Local;

fn open(config: &Map<String, Value>, allow: &TargetAllow) -> Opened {
    Settings::new(config, allow, DESCRIPTION.fields).finish(Some(Arc::new(Local) as Arc<dyn Channel>))
}

impl Channel for Local {
    fn body(&self, content: &Content, facts: &MessageFacts<'_>) -> Result<Value, BodyError> {
        let mut body = plain_body(content, facts)?;
        body.insert("data".into(), facts.business_data.clone());
        Ok(Value::Object(body))
    }

    fn transport(&self) -> Transport<'_> {
        Transport::Inbox
    }

    fn max_in_flight(&self) -> usize {
        1024
    }
}

/// The body of channels that are Posthorn's own, all but `data`: what the message is, its text for reading, and its
/// content with the template's keys.
pub fn plain_body(content: &Content, facts: &MessageFacts<'_>) -> Result<Map<String, Value>, BodyError> {
    let mut body = Map::new();
    body.insert("messageId".into(), facts.message_id.into());
    body.insert("businessType".into(), facts.business_type.into());
    body.insert("messageType".into(), content.message_type().as_str().into());
    if let Some(title) = content.title() {
        body.insert("title".into(), title.into());
    }
    body.insert("body".into(), content.plain().into());
    let content =
        serde_json::to_value(content).map_err(|error| BodyError::unfit(format!("the content is not JSON: {error}")))?;
    body.insert("content".into(), content);
    Ok(body)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::vectors::{facts_of, mobile, samples};
    use super::*;

    fn bodies() -> Vec<Value> {
        let data = json!({"orderId": "1"});
        let recipients = [mobile("13800000000")];
        samples().iter().map(|content| Local.body(content, &facts_of(&recipients, &data)).unwrap()).collect()
    }

    #[test]
    fn a_body_has_the_text_the_whole_content_and_the_data_but_no_recipients() {
        let bodies = bodies();
        assert_eq!(
            bodies[0].to_string(),
            r#"{"messageId":"m-1","businessType":"ORDER_NOTIFY","messageType":"TEXT","body":"hello","content":{"text":"hello"},"data":{"orderId":"1"}}"#
        );
        assert_eq!(
            bodies[1],
            json!({
                "messageId": "m-1",
                "businessType": "ORDER_NOTIFY",
                "messageType": "MARKDOWN",
                "title": "T",
                "body": "**x**",
                "content": {"title": "T", "text": "**x**"},
                "data": {"orderId": "1"}
            })
        );
        assert_eq!(
            bodies[3]["content"],
            json!({"title": "T", "text": "x", "buttons": [{"title": "Go", "url": "https://a.example/"}]})
        );
    }

    #[test]
    fn every_message_type_has_text_to_read() {
        let read: Vec<_> = bodies().iter().map(|body| body["body"].as_str().unwrap().to_owned()).collect();
        assert_eq!(
            read,
            [
                "hello",
                "**x**",
                "T\nx\nhttps://a.example/",
                "T\nx\nGo: https://a.example/",
                "T https://a.example/",
                "https://a.example/p.png",
                "T https://a.example/",
                "report.pdf https://a.example/r.pdf"
            ]
        );
    }

    #[test]
    fn there_is_nothing_to_set() {
        assert!(open(&Map::new(), &TargetAllow::default()).is_ok());
        assert!(matches!(Local.transport(), Transport::Inbox));
    }
}
