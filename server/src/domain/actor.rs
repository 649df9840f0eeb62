//! Who asks for something, and what they may do.

use super::enums::Role;
use super::id::{ApiKeyId, TenantId};

/// The holder of a valid API key, or Posthorn itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// None for Posthorn itself (demo data, jobs).
    pub key_id: Option<ApiKeyId>,
    /// The key's name, for the record.
    pub name: String,
    pub role: Role,
    /// None for platform keys.
    pub tenant_id: Option<TenantId>,
}

/// Something that roles allow or forbid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Hand in messages.
    Send,
    /// Read messages, tasks, timelines, inboxes; a SENDER only what it sent.
    ReadMessages,
    /// See in clear who messages are for.
    SeeRecipients,
    /// Have it shown, message by message, which is noted.
    RevealRecipients,
    /// Cancel, retry, discard, mark as read.
    Operate,
    /// Look at what operators have under way.
    ReadJobs,
    /// Read numbers over all of a tenant's messages, and how its channels do.
    ReadStats,
    /// Read configs, templates, business types, settings.
    ReadConfig,
    /// Change configs, templates, business types.
    WriteConfig,
    /// Read and change the API keys of one's tenant.
    ManageKeys,
    /// Change tenants and the platform's settings.
    ManagePlatform,
}

impl Actor {
    /// Posthorn itself.
    pub fn system() -> Self {
        Self { key_id: None, name: "posthorn".to_owned(), role: Role::PlatformAdmin, tenant_id: None }
    }

    /// What the role allows, before the tenant is looked at.
    pub const fn may(&self, action: Action) -> bool {
        use Action::{
            ManagePlatform, Operate, ReadConfig, ReadJobs, ReadMessages, ReadStats, RevealRecipients, SeeRecipients,
            Send,
        };
        match self.role {
            Role::PlatformAdmin => true,
            Role::TenantAdmin => !matches!(action, ManagePlatform),
            Role::Operator => {
                matches!(action, Send | ReadMessages | RevealRecipients | Operate | ReadJobs | ReadStats | ReadConfig)
            }
            // It reads what it sent itself.
            Role::Sender => matches!(action, Send | ReadMessages | SeeRecipients),
            Role::Viewer => matches!(action, ReadMessages | ReadJobs | ReadStats | ReadConfig),
        }
    }

    /// Whether this tenant's objects exist for the actor.
    pub fn sees(&self, tenant: TenantId) -> bool {
        self.tenant_id.is_none_or(|own| own == tenant)
    }

    /// The key whose messages alone the actor may read; None: everyone's in its tenant.
    pub fn only_sent_by(&self) -> Option<ApiKeyId> {
        match self.role {
            Role::Sender => self.key_id,
            _ => None,
        }
    }
}
