//! A tenant: whose messages, configs and keys are kept apart from everyone else's.

use chrono_tz::Tz;

use super::id::TenantId;
use super::time::Timestamp;

#[derive(Debug, Clone)]
pub struct Tenant {
    pub id: TenantId,
    pub code: String,
    pub name: String,
    pub timezone: Tz,
    pub enabled: bool,
    /// Rejects business types that are not registered.
    pub strict_business_types: bool,
    pub created_at: Timestamp,
}
