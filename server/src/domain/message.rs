//! A message: what a business system handed in, and where it is.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::code::ErrorCode;
use super::enums::{ChannelType, ExecutionMode, MessageStatus, MessageType};
use super::id::{ApiKeyId, MessageId, TenantId};
use super::recipient::Recipient;
use super::time::Timestamp;

/// Text to send as it is, without a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InlineContent {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    pub body: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_type: Option<MessageType>,
}

/// What this message wants otherwise than a channel's config and the settings say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelOption {
    pub channel_type: ChannelType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_on_fail: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_retry: Option<i32>,
}

/// The parts of a message that only the chain reads: one JSON column.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MessageOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_channels: Option<Vec<ChannelType>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channel_options: Vec<ChannelOption>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<InlineContent>,
    /// A JSON object: further routing keys and free tags; `locale` chooses the template's variant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Value>,
    /// The message that this one sends once more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resent_from: Option<MessageId>,
}

impl MessageOptions {
    pub fn for_channel(&self, channel_type: ChannelType) -> Option<&ChannelOption> {
        self.channel_options.iter().find(|option| option.channel_type == channel_type)
    }

    /// BCP 47 language tag that the caller asked for.
    pub fn locale(&self) -> Option<&str> {
        self.attributes.as_ref()?.get("locale")?.as_str()
    }
}

/// A validated message, as it is stored when it is accepted.
#[derive(Debug, Clone)]
pub struct NewMessage {
    pub id: MessageId,
    /// The caller's messageId, or `id` as text.
    pub message_id: String,
    pub tenant_id: TenantId,
    pub store_id: Option<String>,
    pub business_type: String,
    /// JSON text of an object.
    pub business_data: Arc<str>,
    pub options: MessageOptions,
    pub recipients: Arc<Vec<Recipient>>,
    pub execution_mode: ExecutionMode,
    /// Green-channel lane; the general lane when absent.
    pub lane: Option<String>,
    /// 0 (first) to 9 (last).
    pub priority: u8,
    pub scheduled_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    /// The key that sent it.
    pub sent_by: Option<ApiKeyId>,
    pub created_at: Timestamp,
    /// Where the caller chose the messageId: SHA-256 of what was asked for. Two requests with one messageId must agree in
    /// it. A generated messageId comes once.
    pub digest: Option<[u8; 32]>,
}

impl NewMessage {
    pub fn status(&self) -> MessageStatus {
        match self.scheduled_at {
            Some(at) if at > self.created_at => MessageStatus::Scheduled,
            _ => MessageStatus::Pending,
        }
    }

    /// When the chain is to run.
    pub fn due_at(&self) -> Timestamp {
        self.scheduled_at.unwrap_or(self.created_at).max(self.created_at)
    }
}

/// What the chain needs of a stored message.
#[derive(Debug, Clone)]
pub struct PendingMessage {
    pub id: MessageId,
    pub message_id: String,
    pub tenant_id: TenantId,
    pub store_id: Option<String>,
    pub business_type: String,
    pub business_data: Arc<str>,
    pub options: MessageOptions,
    pub recipients: Arc<Vec<Recipient>>,
    pub execution_mode: ExecutionMode,
    pub lane: Option<String>,
    pub priority: u8,
    pub status: MessageStatus,
    pub sent_by: Option<ApiKeyId>,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub due_at: Timestamp,
}

impl From<&NewMessage> for PendingMessage {
    /// What the chain needs of a message, without reading it back.
    fn from(message: &NewMessage) -> Self {
        Self {
            id: message.id,
            message_id: message.message_id.clone(),
            tenant_id: message.tenant_id,
            store_id: message.store_id.clone(),
            business_type: message.business_type.clone(),
            business_data: Arc::clone(&message.business_data),
            options: message.options.clone(),
            recipients: Arc::clone(&message.recipients),
            execution_mode: message.execution_mode,
            lane: message.lane.clone(),
            priority: message.priority,
            status: message.status(),
            sent_by: message.sent_by,
            expires_at: message.expires_at,
            created_at: message.created_at,
            due_at: message.due_at(),
        }
    }
}

/// A stored message without its big parts, for lists and answers.
#[derive(Debug, Clone)]
pub struct Message {
    pub id: MessageId,
    pub message_id: String,
    pub tenant_id: TenantId,
    pub store_id: Option<String>,
    pub business_type: String,
    pub options: MessageOptions,
    pub execution_mode: ExecutionMode,
    pub status: MessageStatus,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    pub total_channels: i32,
    pub success_channels: i32,
    pub failed_channels: i32,
    pub sent_by: Option<ApiKeyId>,
    pub scheduled_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

/// The big parts of a stored message, loaded where they are asked for.
#[derive(Debug, Clone)]
pub struct MessageParts {
    pub business_data: Arc<str>,
    pub recipients: Arc<Vec<Recipient>>,
}

/// Why a message ended other than well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub code: ErrorCode,
    /// For the caller: names the thing and what was expected; no internals.
    pub message: String,
}

impl Failure {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}
