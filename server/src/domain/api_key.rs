//! An API key's record. The key itself is shown once and stored as a hash.

use super::enums::Role;
use super::id::{ApiKeyId, TenantId};
use super::time::Timestamp;

#[derive(Debug, Clone)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    /// None for platform keys.
    pub tenant_id: Option<TenantId>,
    pub role: Role,
    /// First characters, to tell keys apart.
    pub prefix: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

impl ApiKey {
    /// Neither revoked nor expired.
    pub fn valid_at(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}
