//! Jobs that run on a schedule, by apalis-cron: the sweeper every two seconds, numbers over time rolled up every ten, partitions
//! and retention once a day. A run that outlasts its interval is not doubled: the next one waits for it.

use std::convert::Infallible;
use std::str::FromStr;
use std::sync::Arc;

use apalis_core::worker::builder::WorkerBuilder;
use apalis_cron::{CronScheduler, Tick};
use tokio_util::sync::CancellationToken;

use crate::delivery::sweep::Sweeper;
use crate::domain::retention::Kind;
use crate::domain::time::Clock;
use crate::retention::Retention;
use crate::rollups::Folder;
use crate::store::Store;

/// Each job with its cron expression (seconds first), in UTC.
const SWEEP: &str = "*/2 * * * * *";
const FOLD: &str = "*/10 * * * * *";
const PARTITIONS: &str = "0 17 3 * * *";
/// At quiet hours, one after the other.
const RETENTION: [(&str, Kind, &str); 5] = [
    ("retention-messages", Kind::Messages, "0 7 4 * * *"),
    ("retention-timeline", Kind::Timeline, "0 27 4 * * *"),
    ("retention-inbox", Kind::Inbox, "0 47 4 * * *"),
    ("retention-stats-minutes", Kind::StatsByMinute, "0 57 4 * * *"),
    ("retention-stats-hours", Kind::StatsByHour, "0 2 5 * * *"),
];

/// What runs on a schedule.
#[derive(Clone)]
pub struct Schedule {
    pub sweeper: Arc<Sweeper>,
    pub retention: Arc<Retention>,
    pub folder: Arc<Folder>,
    pub store: Store,
    pub clock: Clock,
}

impl Schedule {
    /// Runs the jobs until `shutdown`. The first sweep is made at once: what a crash left is not to wait.
    pub async fn run(self, shutdown: CancellationToken) {
        let sweeper = Arc::clone(&self.sweeper);
        sweeper.sweep().await;
        let sweep = job("sweep", SWEEP, shutdown.clone(), move || {
            let sweeper = Arc::clone(&sweeper);
            async move { sweeper.sweep().await }
        });
        let folder = Arc::clone(&self.folder);
        let fold = job("fold", FOLD, shutdown.clone(), move || {
            let folder = Arc::clone(&folder);
            async move { folder.fold().await }
        });
        let (store, clock) = (self.store, self.clock);
        let retention = RETENTION.map(|(name, kind, cron)| {
            let retention = Arc::clone(&self.retention);
            job(name, cron, shutdown.clone(), move || {
                let retention = Arc::clone(&retention);
                async move { retention.run(kind).await }
            })
        });
        let partitions = job("partitions", PARTITIONS, shutdown, move || {
            let (store, now) = (store.clone(), clock.now());
            async move {
                if let Err(error) = store.make_partitions(now).await {
                    tracing::warn!(%error, "partitions could not be made");
                }
            }
        });
        tokio::join!(sweep, fold, partitions, futures::future::join_all(retention));
    }
}

/// Runs `body` by the cron expression until `shutdown`; should the worker end by itself, it is started again.
async fn job<F, Fut>(name: &'static str, cron: &str, shutdown: CancellationToken, body: F)
where
    F: Fn() -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let schedule = match cron::Schedule::from_str(cron) {
        Ok(schedule) => schedule,
        Err(error) => {
            tracing::error!(name, %error, "the schedule is no cron expression");
            return;
        }
    };
    while !shutdown.is_cancelled() {
        let body = body.clone();
        let worker = WorkerBuilder::new(name).backend(CronScheduler::new(schedule.clone())).build(move |_: Tick| {
            let body = body.clone();
            async move {
                body().await;
                Ok::<(), Infallible>(())
            }
        });
        tokio::select! {
            () = shutdown.cancelled() => return,
            ended = worker.run() => {
                if let Err(error) = ended {
                    tracing::warn!(name, %error, "a scheduled job's worker ended and is started again");
                }
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            }
        }
    }
}
