//! A business type: what kind of event a message is about, with its priority and lane.

use super::id::{BusinessTypeId, TenantId};
use super::time::Timestamp;

#[derive(Debug, Clone)]
pub struct BusinessType {
    pub id: BusinessTypeId,
    pub tenant_id: TenantId,
    pub code: String,
    pub name: String,
    pub enabled: bool,
    /// 0 (first) to 9 (last).
    pub priority: i32,
    /// Name of a green-channel lane; the general lane when absent.
    pub lane: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What a message of an unregistered business type gets.
pub const DEFAULT_PRIORITY: i32 = 5;
