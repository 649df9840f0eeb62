//! DEDUPLICATION (150): the same content to the same recipients within five minutes is sent once. Off by default.

use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::domain::canonical::feed;
use crate::domain::code::ErrorCode;
use crate::domain::enums::MessageStatus;
use crate::domain::message::PendingMessage;
use crate::pipeline::chain::Chain;
use crate::pipeline::state::{Flow, HandlerError, State};

/// How long a fingerprint is remembered.
const WINDOW: Duration = Duration::from_secs(300);

pub async fn run(chain: &Chain, state: &mut State) -> Result<Flow, HandlerError> {
    let fingerprint = fingerprint(&state.message, &state.data);
    let own = state.message.id.to_string();
    let away = |error: crate::limits::LimitsError| HandlerError::Unavailable(error.to_string());
    let owner = if state.dry {
        chain.limits.peek_owner(&fingerprint, state.now).await.map_err(away)?.unwrap_or_else(|| own.clone())
    } else {
        chain.limits.first_owner(&fingerprint, &own, WINDOW).await.map_err(away)?
    };
    if owner == own {
        return Ok(Flow::Continue);
    }
    Ok(Flow::stop(
        MessageStatus::Skipped,
        ErrorCode::DuplicateMessage,
        format!("the same content went to the same recipients within 5 minutes, with {owner}"),
    ))
}

/// Of tenant, business type, data, recipients, content and the message that is sent once more. The order of keys in the
/// data does not matter, and no two messages that differ share a text.
fn fingerprint(message: &PendingMessage, data: &Value) -> [u8; 32] {
    let mut hasher = Sha256::new();
    feed(&mut hasher, data);
    feed(
        &mut hasher,
        &json!([
            message.tenant_id,
            message.business_type,
            &*message.recipients,
            message.options.content,
            // Sending once more is on purpose, so the origin is no duplicate of it; doing so twice is.
            message.options.resent_from,
        ]),
    );
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::enums::{ExecutionMode, MessageType};
    use crate::domain::id::{MessageId, TenantId};
    use crate::domain::message::{InlineContent, MessageOptions};
    use crate::domain::recipient::Recipient;
    use crate::domain::time::Timestamp;

    const NOW: Timestamp = Timestamp::from_millis(1_795_228_200_000);

    fn message() -> PendingMessage {
        PendingMessage {
            id: MessageId::new(NOW),
            message_id: "m-1".to_owned(),
            tenant_id: TenantId(uuid::Uuid::nil()),
            store_id: None,
            business_type: "ORDER".to_owned(),
            business_data: "{}".into(),
            options: MessageOptions::default(),
            recipients: std::sync::Arc::default(),
            execution_mode: ExecutionMode::Parallel,
            lane: None,
            priority: 5,
            status: MessageStatus::Pending,
            sent_by: None,
            expires_at: None,
            created_at: NOW,
            due_at: NOW,
        }
    }

    fn with_content(title: Option<&str>, body: &str) -> [u8; 32] {
        let mut message = message();
        let title = title.map(str::to_owned);
        message.options.content = Some(InlineContent { title, body: body.to_owned(), message_type: None });
        fingerprint(&message, &json!({}))
    }

    #[test]
    fn the_order_of_keys_in_the_data_does_not_matter() {
        let of = |data: Value| fingerprint(&message(), &data);
        assert_eq!(of(json!({"x": 1, "y": {"a": 1, "b": 2}})), of(json!({"y": {"b": 2, "a": 1}, "x": 1})));
        assert_ne!(of(json!({"x": 1, "y": 2})), of(json!({"x": 2, "y": 1})));
        assert_ne!(of(json!({"x": [1, 2]})), of(json!({"x": [2, 1]})));
    }

    #[test]
    fn what_differs_in_anything_that_counts_is_no_duplicate() {
        let plain = fingerprint(&message(), &json!({}));
        let changed = |change: fn(&mut PendingMessage)| {
            let mut message = message();
            change(&mut message);
            fingerprint(&message, &json!({}))
        };
        // The messageId and the time do not count.
        assert_eq!(plain, changed(|m| (m.id, m.message_id) = (MessageId::new(NOW), "m-2".to_owned())));
        let all = [
            plain,
            changed(|m| m.tenant_id = TenantId::new(NOW)),
            changed(|m| m.business_type = "OTHER".to_owned()),
            changed(|m| {
                let someone = Recipient { user_id: Some("u".to_owned()), ..Recipient::default() };
                m.recipients = vec![someone].into();
            }),
            changed(|m| m.options.resent_from = Some(MessageId::new(NOW))),
            with_content(None, "b"),
            with_content(Some(""), "b"),
            with_content(Some("b"), ""),
            // Where a title ends and its body begins counts too.
            with_content(Some("a\0b"), "c"),
            with_content(Some("a"), "b\0c"),
            changed(|m| {
                let message_type = Some(MessageType::Markdown);
                m.options.content = Some(InlineContent { title: None, body: "b".to_owned(), message_type });
            }),
        ];
        for (number, one) in all.iter().enumerate() {
            assert!(!all[..number].contains(one), "{number}");
        }
    }
}
