//! A message in a user's inbox: what the LOCAL channel delivers.

use super::enums::MessageType;
use super::id::{InboxId, TenantId};
use super::time::Timestamp;

#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct InboxMessage {
    pub id: InboxId,
    pub tenant_id: TenantId,
    pub user_id: String,
    /// The caller's messageId.
    pub message_id: String,
    pub business_type: String,
    pub message_type: MessageType,
    pub title: Option<String>,
    pub body: String,
    /// JSON text: the whole rendered content.
    pub content: String,
    pub read_at: Option<Timestamp>,
    pub created_at: Timestamp,
}
