//! What callers hand in, and what they are answered.

use serde_json::Value;

use crate::domain::enums::{ChannelType, ExecutionMode};
use crate::domain::id::{MessageId, TenantId};
use crate::domain::message::{ChannelOption, Failure, InlineContent};
use crate::domain::recipient::Recipient;
use crate::domain::time::Timestamp;

/// A message as a caller hands it in.
#[derive(Debug, Clone)]
pub struct SendInput {
    /// The idempotency key, unique per tenant; generated when absent.
    pub message_id: Option<String>,
    /// A tenant's id or code; needed only with a platform key.
    pub tenant: Option<String>,
    pub store_id: Option<String>,
    pub business_type: String,
    /// An object.
    pub business_data: Value,
    pub target_channels: Option<Vec<ChannelType>>,
    pub channel_options: Vec<ChannelOption>,
    pub execution_mode: Option<ExecutionMode>,
    pub recipients: Vec<Recipient>,
    pub content: Option<InlineContent>,
    pub scheduled_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    /// An object.
    pub attributes: Option<Value>,
    /// The message that this one sends once more. Callers can't say so themselves: resendMessage does.
    pub resent_from: Option<MessageId>,
}

/// A message that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub id: MessageId,
    /// The caller's, or the generated one.
    pub message_id: String,
    pub tenant_id: TenantId,
    /// It was accepted before: nothing is sent again.
    pub duplicate: bool,
}

/// A message that was not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub failure: Failure,
    /// The caller's, where one was given.
    pub message_id: Option<String>,
}

/// Why there is nothing to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejected {
    /// It was accepted before. It would be refused if it came for the first time now: its expiresAt has passed since, say.
    Known(Accepted),
    Refused(Failure),
}

pub type SendOutcome = Result<Accepted, Refused>;
