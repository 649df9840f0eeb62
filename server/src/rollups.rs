//! Rolls up numbers over time every few seconds, so that what readers have to add up stays small.

use std::time::Duration;

use crate::domain::id::InstanceId;
use crate::limits::Limits;
use crate::store::Store;
use crate::store::stats::fold::fold;

/// Of several instances one rolls up at a time. Should the lease be over before it is done, the database sees to it that no
/// two do.
const LEASE: Duration = Duration::from_secs(30);

/// The job of one instance.
pub struct Folder {
    pub store: Store,
    pub limits: Limits,
    pub instance: InstanceId,
}

impl Folder {
    /// One run; does nothing where another instance has it. What is left waits for the next, and is read meanwhile all the
    /// same.
    pub async fn fold(&self) {
        match self.limits.try_lease("stats.fold", &self.instance.to_string(), LEASE).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::debug!(%error, "numbers over time are rolled up later");
                return;
            }
        }
        match fold(&self.store).await {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(rows, "numbers over time were rolled up"),
            Err(error) => tracing::warn!(%error, "numbers over time are rolled up later"),
        }
    }
}
