//! Notices what other instances changed, by asking twice a second for the revisions after the last seen one.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::{Catalog, Scope};
use crate::store::{StoreError, revision};

/// A change is to be in force everywhere within two seconds, also when asking fails once.
const EVERY: Duration = Duration::from_millis(500);

impl Catalog {
    /// Looks for changes twice a second and forgets what changed, until `shutdown`.
    pub fn spawn_refresh(&self, shutdown: CancellationToken) -> JoinHandle<()> {
        let catalog = self.clone();
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut failing = false;
            while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
                match catalog.refresh().await {
                    Ok(()) => failing = false,
                    Err(error) if !failing => {
                        failing = true;
                        tracing::warn!(%error, "changes of the configuration can't be read; asking again");
                    }
                    Err(_) => {}
                }
            }
        })
    }

    /// Forgets what changed since the last call.
    ///
    /// # Errors
    /// Where the database doesn't answer; the next call makes up for it.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let seen = self.seen();
        let mut conn = self.inner.store.read().await?;
        let changes = revision::since(&mut conn, seen).await?;
        drop(conn);
        let mut newest = seen;
        for (scope, revision) in changes {
            match scope {
                Scope::Settings => self.reload_settings().await?,
                Scope::Tenant(_) | Scope::Keys => self.forget(scope),
            }
            newest = newest.max(revision);
        }
        self.inner.revision.fetch_max(newest, Ordering::AcqRel);
        Ok(())
    }
}
