//! The failed set: tasks that ended FAILED and that no operator has discarded.

use serde::{Deserialize, Serialize};

use super::enums::ChannelType;
use super::id::{ApiKeyId, ChannelConfigId, TenantId};
use super::time::Timestamp;

/// Which failed tasks are meant: all that is given must match. A bulk job keeps it as JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FailedFilter {
    /// None: every tenant's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<TenantId>,
    /// Only what this key sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_by: Option<ApiKeyId>,
    /// The last attempt's outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_type: Option<ChannelType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_config_id: Option<ChannelConfigId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_type: Option<String>,
    /// Failed at this instant or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_from: Option<Timestamp>,
    /// Failed before this instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_to: Option<Timestamp>,
}
