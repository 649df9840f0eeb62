//! Removes what is older than the settings' limits: a job per kind, once a day, and the command `posthorn retention`.

use std::time::Duration;

use crate::catalog::Catalog;
use crate::domain::id::InstanceId;
use crate::domain::retention::Kind;
use crate::domain::settings::RetentionSettings;
use crate::domain::time::Clock;
use crate::limits::Limits;
use crate::store::retention::Removed;
use crate::store::{Store, StoreError};

/// Of several instances the first one runs a night's job; the others find the lease taken. Should it take longer, the
/// database sees to it that no two run at once.
const LEASE: Duration = Duration::from_secs(600);

/// The jobs of one instance.
pub struct Retention {
    pub store: Store,
    pub catalog: Catalog,
    pub limits: Limits,
    pub clock: Clock,
    pub instance: InstanceId,
}

impl Retention {
    /// One run for one kind; does nothing where another instance has it.
    pub async fn run(&self, kind: Kind) {
        let name = kind.as_str();
        match self.limits.try_lease(&format!("retention.{name}"), &self.instance.to_string(), LEASE).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(retention.kind = name, %error, "retention waits for tomorrow");
                return;
            }
        }
        let settings = self.catalog.settings();
        match remove(&self.store, &self.clock, kind, &settings.retention).await {
            Ok(Some(_)) => {}
            Ok(None) => tracing::info!(retention.kind = name, "retention is under way elsewhere"),
            Err(error) => tracing::warn!(retention.kind = name, %error, "retention was cut short"),
        }
    }
}

/// Removes what of `kind` is older than its limit, and says so in the log and the metric. None where another process is
/// at it.
///
/// # Errors
/// Where the database refuses; what was removed until then stays removed.
pub async fn remove(
    store: &Store,
    clock: &Clock,
    kind: Kind,
    settings: &RetentionSettings,
) -> Result<Option<Removed>, StoreError> {
    let (name, now, limit) = (kind.as_str(), clock.now(), kind.limit(settings));
    let Some(removed) = store.remove_old(kind, limit.before(now), now).await? else { return Ok(None) };
    metrics::counter!("posthorn_retention_removed_total", "kind" => name).increment(removed.total());
    let rows: Vec<String> = removed.rows.iter().map(|(what, rows)| format!("{what} {rows}")).collect();
    tracing::info!(
        retention.kind = name,
        retention.limit = %limit,
        retention.partitions = removed.partitions,
        rows = rows.join(", "),
        "removed what was older than its limit"
    );
    for partition in &removed.emptied {
        tracing::info!(
            retention.kind = name,
            partition,
            "a partition was emptied of what is older than the limit, and stays for now: too many of its rows stay"
        );
    }
    for partition in &removed.waiting {
        tracing::warn!(
            retention.kind = name,
            partition,
            "a partition that is old enough stays for now: its table was busy"
        );
    }
    Ok(Some(removed))
}
