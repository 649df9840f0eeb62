//! A change that watchers see live: what the event bus carries.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::enums::{ChannelType, MessageStatus, TaskStatus};
use super::id::{ApiKeyId, MessageId, TaskId, TenantId};
use super::inbox::InboxMessage;
use super::message::Message;
use super::task::Task;
use super::time::Timestamp;

/// A change of a message's or of a task's status.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StatusEvent {
    pub at: Timestamp,
    pub id: MessageId,
    /// The caller's messageId.
    pub message_id: String,
    pub tenant_id: TenantId,
    pub business_type: String,
    /// The key that sent the message: a SENDER sees only its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_by: Option<ApiKeyId>,
    pub message_status: MessageStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskChange>,
}

impl StatusEvent {
    /// A message's present status.
    pub fn of_message(message: &Message) -> Self {
        Self {
            at: message.updated_at,
            id: message.id,
            message_id: message.message_id.clone(),
            tenant_id: message.tenant_id,
            business_type: message.business_type.clone(),
            sent_by: message.sent_by,
            message_status: message.status,
            task: None,
        }
    }

    /// A task's present status.
    pub fn of_task(message: &Message, task: Task) -> Self {
        let change = TaskChange {
            task_id: task.id,
            channel_type: task.channel_type,
            status: task.status,
            retry_count: task.retry_count,
            result_message: task.result_message,
        };
        Self { at: task.updated_at, task: Some(change), ..Self::of_message(message) }
    }
}

impl StatusEvent {
    /// What tells this event from any other: `evt_` and 32 hex digits, made from all that it says.
    pub fn key(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.id.0.as_bytes());
        hash.update(self.at.0.to_be_bytes());
        hash.update(self.message_status.as_str());
        if let Some(task) = &self.task {
            hash.update(b"/");
            hash.update(task.task_id.0.as_bytes());
            hash.update(task.retry_count.to_be_bytes());
            hash.update(task.status.as_str());
            hash.update(b"/");
            hash.update(task.result_message.as_deref().unwrap_or_default());
        }
        format!("evt_{}", hex::encode(&hash.finalize()[..16]))
    }
}

/// The part of a status event that says which task changed, and how.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TaskChange {
    pub task_id: TaskId,
    pub channel_type: ChannelType,
    pub status: TaskStatus,
    pub retry_count: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_message: Option<String>,
}

/// What the bus carries.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Event {
    Status(StatusEvent),
    Inbox(InboxMessage),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_keeps_its_key_on_its_way_and_shares_it_with_no_other() {
        let at = Timestamp(1_795_228_200_123_456);
        let whole = StatusEvent {
            at,
            id: MessageId::new(at),
            message_id: "m".to_owned(),
            tenant_id: TenantId::new(at),
            business_type: "ORDER".to_owned(),
            sent_by: None,
            message_status: MessageStatus::Processing,
            task: None,
        };
        let change = |status, retry_count| TaskChange {
            task_id: TaskId(uuid::Uuid::nil()),
            channel_type: ChannelType::Webhook,
            status,
            retry_count,
            result_message: None,
        };
        let of_task = |status, count| StatusEvent { task: Some(change(status, count)), ..whole.clone() };
        let events = [
            whole.clone(),
            StatusEvent { at: Timestamp(at.0 + 1), ..whole.clone() },
            StatusEvent { message_status: MessageStatus::Success, ..whole.clone() },
            of_task(TaskStatus::Sending, 0),
            of_task(TaskStatus::Sending, 1),
            of_task(TaskStatus::Retry, 1),
        ];
        let keys: std::collections::HashSet<_> = events.iter().map(StatusEvent::key).collect();
        assert_eq!(keys.len(), events.len());
        for event in events {
            let text = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<StatusEvent>(&text).unwrap().key(), event.key());
        }
    }
}
