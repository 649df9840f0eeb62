//! When channel configs last sent and last failed.

use std::collections::HashMap;

use super::Services;
use crate::domain::channel_config::ChannelHealth;
use crate::domain::id::ChannelConfigId;
use crate::store::{StoreError, health};

impl Services {
    /// What is known of several configs at once. Access was checked on each.
    ///
    /// # Errors
    /// Where the database can't be asked.
    pub async fn channel_health(
        &self,
        ids: &[ChannelConfigId],
    ) -> Result<HashMap<ChannelConfigId, ChannelHealth>, StoreError> {
        Ok(health::by_ids(&mut self.store.read().await?, ids).await?.into_iter().collect())
    }
}
