//! What a handler of the chain decided, as kept in the message's timeline.

use serde::{Deserialize, Serialize};

use super::enums::{ChannelType, VerdictOutcome};
use super::id::ChannelConfigId;
use super::time::Timestamp;

/// One decision. Short keys: verdicts ride on the message row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The handler's name, e.g. `TIME_WINDOW`.
    #[serde(rename = "h")]
    pub handler: String,
    #[serde(rename = "n")]
    pub order: u16,
    #[serde(rename = "o")]
    pub outcome: VerdictOutcome,
    /// A stable code where there is more to say than the outcome, e.g. `RATE_LIMITED`.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Names the rule, config or list entry that decided.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub channel_type: Option<ChannelType>,
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    pub channel_config_id: Option<ChannelConfigId>,
    #[serde(rename = "a")]
    pub at: Timestamp,
    /// Microseconds that the handler took; on a handler's last verdict only.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub duration_us: Option<u64>,
}
