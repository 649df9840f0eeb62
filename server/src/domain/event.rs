//! A change that watchers see live: what the event bus carries.

use serde::{Deserialize, Serialize};

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
