//! A template: what is said about a business type over a channel, in a language.

use serde_json::Value;

use super::enums::{ChannelType, MessageType};
use super::id::{TemplateId, TenantId};
use super::time::Timestamp;

/// A stored template, in its newest version.
#[derive(Debug, Clone)]
pub struct Template {
    pub id: TemplateId,
    pub tenant_id: TenantId,
    pub business_type: String,
    pub channel_type: ChannelType,
    pub message_type: MessageType,
    pub name: String,
    /// Every string is a Liquid template.
    pub content: Value,
    /// BCP 47; the default variant when absent.
    pub locale: Option<String>,
    pub enabled: bool,
    /// Names that the content reads from the business data.
    pub variables: Vec<String>,
    /// A JSON object to try it with; previews and test sends use it where they are given no data.
    pub sample_data: Option<Value>,
    /// Grows by one with each change.
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}
