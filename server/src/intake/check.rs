//! The shape of what callers hand in. Pure: nothing is looked up.

use std::time::Duration;

use serde_json::Value;

use super::input::SendInput;
use crate::domain::code::ErrorCode::{PayloadTooLarge, ValidationError};
use crate::domain::enums::MessageType;
use crate::domain::id::MessageId;
use crate::domain::message::Failure;
use crate::domain::time::Timestamp;

/// Most recipients of one message.
pub const MAX_RECIPIENTS: usize = 10_000;
/// Longest messageId, storeId and businessType, in bytes.
pub const MAX_KEY: usize = 128;
/// Longest field of a recipient, in bytes.
pub const MAX_ADDRESS: usize = 256;
/// Largest businessData, attributes and content together, in bytes of JSON.
pub const MAX_PAYLOAD: usize = 1 << 20;
/// How far ahead a message may be scheduled.
pub const MAX_AHEAD: Duration = Duration::from_secs(366 * 86_400);
/// Most targetChannels: more than there are, so that naming some of them twice does no harm.
pub const MAX_TARGETS: usize = 100;
/// Most retries that a message may ask for.
pub const MAX_RETRY: i32 = 20;

/// Shape and times.
///
/// # Errors
/// The first thing that is wrong, naming the field.
pub fn shape(input: &SendInput, now: Timestamp) -> Result<(), Failure> {
    form(input)?;
    times(input, now)
}

/// What is as wrong later as it is now.
///
/// # Errors
/// The first thing that is wrong, naming the field.
pub fn form(input: &SendInput) -> Result<(), Failure> {
    key("businessType", &input.business_type)?;
    if let Some(id) = &input.message_id {
        key("messageId", id)?;
        if id.parse::<MessageId>().is_ok() {
            return Err(invalid("messageId must not look like a generated one (msg_ and 32 hex digits)"));
        }
    }
    if let Some(id) = &input.store_id {
        key("storeId", id)?;
    }
    if !input.business_data.is_object() {
        return Err(invalid("businessData must be a JSON object"));
    }
    if input.attributes.as_ref().is_some_and(|attributes| !attributes.is_object()) {
        return Err(invalid("attributes must be a JSON object"));
    }
    let content =
        input.content.as_ref().map_or(0, |content| content.body.len() + content.title.as_ref().map_or(0, String::len));
    let size = weight(&input.business_data) + input.attributes.as_ref().map_or(0, weight) + content;
    if size > MAX_PAYLOAD {
        let text = format!("businessData, attributes and content take {size} bytes, at most {MAX_PAYLOAD} are allowed");
        return Err(Failure::new(PayloadTooLarge, text));
    }
    recipients(input)?;
    channels(input)?;
    if let Some(content) = &input.content {
        if content.body.trim().is_empty() {
            return Err(invalid("content.body must not be empty"));
        }
        if !matches!(content.message_type, None | Some(MessageType::Text | MessageType::Markdown)) {
            return Err(invalid("content.messageType must be TEXT or MARKDOWN; other types need a template"));
        }
    }
    Ok(())
}

/// What may have been right when it was handed in first.
///
/// # Errors
/// The first thing that is wrong, naming the field.
pub fn times(input: &SendInput, now: Timestamp) -> Result<(), Failure> {
    if input.scheduled_at.is_some_and(|at| at > now.plus(MAX_AHEAD)) {
        return Err(invalid("scheduledAt must be within a year"));
    }
    if let Some(end) = input.expires_at {
        if end <= now {
            return Err(invalid("expiresAt must be in the future"));
        }
        if input.scheduled_at.is_some_and(|at| end <= at) {
            return Err(invalid("expiresAt must be after scheduledAt"));
        }
    }
    Ok(())
}

fn recipients(input: &SendInput) -> Result<(), Failure> {
    let count = input.recipients.len();
    if count > MAX_RECIPIENTS {
        let text = format!("{count} recipients, at most {MAX_RECIPIENTS} are allowed");
        return Err(Failure::new(PayloadTooLarge, text));
    }
    for (index, recipient) in input.recipients.iter().enumerate() {
        let fields = [
            ("userId", &recipient.user_id),
            ("mobile", &recipient.mobile),
            ("email", &recipient.email),
            ("deviceNo", &recipient.device_no),
            ("customerNo", &recipient.customer_no),
            ("customerName", &recipient.customer_name),
            ("customerTag", &recipient.customer_tag),
        ];
        let mut given = false;
        for (name, value) in fields {
            let Some(value) = value else { continue };
            given = true;
            if value.is_empty() || value.len() > MAX_ADDRESS || value.contains(char::is_control) {
                let text =
                    format!("recipients.{index}.{name} must be 1 to {MAX_ADDRESS} bytes without control characters");
                return Err(invalid(text));
            }
        }
        if !given {
            return Err(invalid(format!("recipients.{index} names nobody")));
        }
    }
    Ok(())
}

fn channels(input: &SendInput) -> Result<(), Failure> {
    if input.target_channels.as_ref().is_some_and(Vec::is_empty) {
        return Err(invalid("targetChannels must name a channel, or be left out"));
    }
    if input.target_channels.as_ref().is_some_and(|channels| channels.len() > MAX_TARGETS) {
        return Err(invalid(format!("targetChannels must name at most {MAX_TARGETS} channels")));
    }
    for (index, option) in input.channel_options.iter().enumerate() {
        if input.channel_options[..index].iter().any(|other| other.channel_type == option.channel_type) {
            return Err(invalid(format!("channelOptions names {} twice", option.channel_type)));
        }
        if option.max_retry.is_some_and(|max| !(0..=MAX_RETRY).contains(&max)) {
            return Err(invalid(format!("channelOptions.{index}.maxRetry must be 0 to {MAX_RETRY}")));
        }
        if option.priority.is_some_and(|priority| !(0..=1_000_000).contains(&priority)) {
            return Err(invalid(format!("channelOptions.{index}.priority must be 0 to 1000000")));
        }
    }
    Ok(())
}

fn key(name: &str, value: &str) -> Result<(), Failure> {
    if value.trim().is_empty() {
        return Err(invalid(format!("{name} must not be empty")));
    }
    if value.len() > MAX_KEY {
        return Err(invalid(format!("{name} is longer than {MAX_KEY} bytes")));
    }
    if value.contains(char::is_control) {
        return Err(invalid(format!("{name} must not contain control characters")));
    }
    Ok(())
}

fn invalid(text: impl Into<String>) -> Failure {
    Failure::new(ValidationError, text)
}

/// About how many bytes a value takes as JSON, without writing it.
fn weight(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 5,
        Value::Number(_) => 8,
        Value::String(text) => text.len() + 2,
        Value::Array(items) => items.iter().map(|item| weight(item) + 1).sum::<usize>() + 2,
        Value::Object(object) => object.iter().map(|(key, value)| key.len() + weight(value) + 4).sum::<usize>() + 2,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::code::ErrorCode;
    use crate::domain::enums::ChannelType;
    use crate::domain::message::{ChannelOption, InlineContent};
    use crate::domain::recipient::Recipient;

    const NOW: Timestamp = Timestamp::from_millis(1_795_228_200_000);

    fn input() -> SendInput {
        SendInput {
            message_id: Some("m-1".to_owned()),
            tenant: None,
            store_id: None,
            business_type: "ORDER".to_owned(),
            business_data: json!({"id": 1}),
            target_channels: None,
            channel_options: Vec::new(),
            execution_mode: None,
            recipients: Vec::new(),
            content: None,
            scheduled_at: None,
            expires_at: None,
            attributes: None,
            resent_from: None,
        }
    }

    fn refused(change: impl FnOnce(&mut SendInput)) -> (ErrorCode, String) {
        let mut input = input();
        change(&mut input);
        let failure = shape(&input, NOW).unwrap_err();
        (failure.code, failure.message)
    }

    #[test]
    fn a_plain_message_passes() {
        assert_eq!(shape(&input(), NOW), Ok(()));
    }

    #[test]
    fn each_mistake_names_its_field() {
        let cases: Vec<(&str, (ErrorCode, String))> = vec![
            ("businessType", refused(|i| i.business_type = " ".to_owned())),
            ("messageId", refused(|i| i.message_id = Some("x".repeat(MAX_KEY + 1)))),
            ("messageId", refused(|i| i.message_id = Some("a\0b".to_owned()))),
            ("messageId", refused(|i| i.message_id = Some(MessageId::new(NOW).to_string()))),
            ("businessData", refused(|i| i.business_data = json!([1]))),
            ("attributes", refused(|i| i.attributes = Some(json!("x")))),
            ("targetChannels", refused(|i| i.target_channels = Some(Vec::new()))),
            ("recipients.0", refused(|i| i.recipients = vec![Recipient::default()])),
            (
                "channelOptions.0.maxRetry",
                refused(|i| {
                    i.channel_options = vec![ChannelOption {
                        channel_type: ChannelType::Sms,
                        priority: None,
                        retry_on_fail: None,
                        max_retry: Some(-1),
                    }];
                }),
            ),
            ("scheduledAt", refused(|i| i.scheduled_at = Some(NOW.plus(MAX_AHEAD * 2)))),
            ("expiresAt", refused(|i| i.expires_at = Some(NOW))),
            (
                "content.messageType",
                refused(|i| {
                    i.content = Some(InlineContent {
                        title: None,
                        body: "x".to_owned(),
                        message_type: Some(MessageType::Card),
                    });
                }),
            ),
        ];
        for (field, (code, message)) in cases {
            assert_eq!(code, ErrorCode::ValidationError, "{field}");
            assert!(message.contains(field), "{field}: {message}");
        }
    }

    #[test]
    fn what_is_too_large_says_so() {
        let (code, _) = refused(|i| i.business_data = json!({"x": "y".repeat(MAX_PAYLOAD)}));
        assert_eq!(code, ErrorCode::PayloadTooLarge);
        let text = |title: usize, body: usize| InlineContent {
            title: Some("t".repeat(title)),
            body: "b".repeat(body),
            message_type: None,
        };
        for (title, body) in [(MAX_PAYLOAD + 1, 1), (1, MAX_PAYLOAD + 1), (MAX_PAYLOAD / 2, MAX_PAYLOAD / 2 + 1)] {
            let (code, _) = refused(|i| i.content = Some(text(title, body)));
            assert_eq!(code, ErrorCode::PayloadTooLarge);
        }
        let (code, _) = refused(|i| i.attributes = Some(json!({"x": "y".repeat(MAX_PAYLOAD)})));
        assert_eq!(code, ErrorCode::PayloadTooLarge);
        let (code, _) = refused(|i| i.target_channels = Some(vec![ChannelType::Local; MAX_TARGETS + 1]));
        assert_eq!(code, ErrorCode::ValidationError);
        let someone = Recipient { user_id: Some("u".to_owned()), ..Recipient::default() };
        let (code, _) = refused(|i| i.recipients = vec![someone; MAX_RECIPIENTS + 1]);
        assert_eq!(code, ErrorCode::PayloadTooLarge);
    }
}
