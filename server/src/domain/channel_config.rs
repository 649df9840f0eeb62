//! A channel config: how a tenant, or one of its stores, reaches a channel.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::enums::{ChannelType, DeliveryMode, OverLimitPolicy, TimeUnit, UnknownPolicy};
use super::id::{ChannelConfigId, TenantId};
use super::issue::Issue;
use super::time::Timestamp;
use super::window::TimeWindow;

/// At most `count` messages in any stretch of `window` × `unit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimit {
    /// 1 to [`RateLimit::MAX_COUNT`].
    pub count: i32,
    /// 1 or more.
    pub window: i32,
    pub unit: TimeUnit,
}

impl RateLimit {
    /// A log of this many instants is kept per limit.
    pub const MAX_COUNT: i32 = 100_000;
    /// Longest window.
    pub const MAX_SPAN: Duration = Duration::from_secs(31 * 86_400);

    pub fn span(&self) -> Duration {
        let seconds = match self.unit {
            TimeUnit::Second => 1,
            TimeUnit::Minute => 60,
            TimeUnit::Hour => 3600,
            TimeUnit::Day => 86_400,
        };
        Duration::from_secs(u64::try_from(self.window).unwrap_or(0).saturating_mul(seconds))
    }

    /// What is out of range, below `path`.
    pub fn issues(&self, path: &str) -> Vec<Issue> {
        let mut issues = Vec::new();
        if !(1..=Self::MAX_COUNT).contains(&self.count) {
            issues.push(Issue::invalid(&format!("{path}.count"), format!("must be 1 to {}", Self::MAX_COUNT)));
        }
        if self.window < 1 {
            issues.push(Issue::invalid(&format!("{path}.window"), "must be 1 or more"));
        } else if self.span() > Self::MAX_SPAN {
            issues.push(Issue::invalid(&format!("{path}.window"), "must be at most 31 days"));
        }
        issues
    }
}

/// The limit that a config keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitInForce<'c> {
    pub limit: &'c RateLimit,
    /// It is what the provider takes of one sender: for whichever store a message is, it counts.
    pub of_provider: bool,
}

/// A stored channel config. `config` is as sealed in the database: see `store::seal`.
#[derive(Debug, Clone)]
pub struct ChannelConfig {
    pub id: ChannelConfigId,
    pub tenant_id: TenantId,
    pub store_id: Option<String>,
    pub channel_type: ChannelType,
    pub name: String,
    /// The adapter's settings; each secret is a sealed string.
    pub config: Value,
    /// Smaller first.
    pub priority: i32,
    pub enabled: bool,
    pub rate_limit: Option<RateLimit>,
    pub on_rate_limit: OverLimitPolicy,
    pub time_window: Option<TimeWindow>,
    pub on_closed_window: OverLimitPolicy,
    /// Counts only where the provider has no idempotency key: see `channels::Adapter`.
    pub on_unknown: UnknownPolicy,
    pub delivery_mode: DeliveryMode,
    pub schedule: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl ChannelConfig {
    /// Its own limit, else its provider's.
    pub fn limit_in_force<'c>(&'c self, of_provider: Option<&'c RateLimit>) -> Option<LimitInForce<'c>> {
        let own = self.rate_limit.as_ref().map(|limit| LimitInForce { limit, of_provider: false });
        own.or_else(|| of_provider.map(|limit| LimitInForce { limit, of_provider: true }))
    }
}

/// When a config last sent something, and when it last failed to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChannelHealth {
    pub last_success_at: Option<Timestamp>,
    pub last_failure: Option<ChannelFailure>,
}

/// An attempt that failed, as its timeline has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelFailure {
    pub at: Timestamp,
    pub code: String,
    pub message: Option<String>,
}
