//! Who a message is for.

use serde::{Deserialize, Serialize};

use super::enums::{CustomerType, DeviceType, UserType};

/// A person, device or customer. Which fields are needed depends on the channel: LOCAL reads `userId`, robots
/// mention `mobile`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Recipient {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_type: Option<UserType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_no: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_type: Option<DeviceType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_no: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_type: Option<CustomerType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_tag: Option<String>,
}

impl Recipient {
    /// The values by which `MessageFilter.recipient` finds a message.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        [&self.user_id, &self.mobile, &self.email, &self.device_no].into_iter().filter_map(|address| address.as_deref())
    }
}
