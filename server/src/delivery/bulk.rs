//! Bulk jobs at work: many failed tasks sent again or discarded, page by page, at a given rate. Every instance with
//! workers looks for jobs; a lease sees to it that one at a time works at each.
//!
//! A page is one transaction: its tasks, their messages, the timeline, and the job's own position and counts. So a crash
//! repeats nothing, and a job that is paused or cancelled begins no other page.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::pages::Pages;
use crate::announce::Announcer;
use crate::bus::Bus;
use crate::catalog::Catalog;
use crate::domain::enums::{BulkKind, BulkStatus, ChannelType, MessageStatus, TaskStatus};
use crate::domain::event::{Event, StatusEvent, TaskChange};
use crate::domain::id::{BulkJobId, InstanceId, TenantId};
use crate::domain::time::{Clock, Timestamp};
use crate::limits::Limits;
use crate::store::failed::{self, Revived};
use crate::store::{Store, StoreError, bulk_job};

/// How often jobs are looked for, and how long after a failure a page is tried again.
const PERIOD: Duration = Duration::from_millis(500);
/// The lease on a job, renewed with each page.
const LEASE: Duration = Duration::from_secs(10);
/// Pages that one instance has under way.
const AT_ONCE: usize = 16;
/// A page that is refused so often in a row, and not because the database is away, fails its job.
const PATIENCE: usize = 5;

/// Works at bulk jobs.
#[derive(Clone)]
pub struct BulkRunner {
    pub store: Store,
    pub limits: Limits,
    pub catalog: Catalog,
    pub announcer: Announcer,
    pub bus: Bus,
    pub clock: Clock,
    pub instance: InstanceId,
}

/// What a page did.
struct Page {
    revived: Vec<Revived>,
    /// How long after its beginning the next page may begin.
    pace: Duration,
}

impl BulkRunner {
    /// Works until `shutdown`; a page that has begun is ended.
    pub async fn run(self, shutdown: CancellationToken) {
        let (runner, pages) = (Arc::new(self), Arc::new(Pages::new(AT_ONCE)));
        let mut working: HashMap<BulkJobId, JoinHandle<()>> = HashMap::new();
        while !shutdown.is_cancelled() {
            working.retain(|_, task| !task.is_finished());
            match runner.running().await {
                Ok(jobs) => {
                    for (id, tenant) in jobs {
                        if !working.contains_key(&id) && runner.leased(id).await {
                            let (runner, pages, stop) = (Arc::clone(&runner), Arc::clone(&pages), shutdown.clone());
                            let work = async move { runner.work(id, tenant, &pages, stop).await };
                            working.insert(id, tokio::spawn(work));
                        }
                    }
                }
                Err(error) => tracing::debug!(%error, "bulk jobs wait for the database"),
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(PERIOD) => {}
            }
        }
        futures::future::join_all(working.into_values()).await;
    }

    async fn running(&self) -> Result<Vec<(BulkJobId, Option<TenantId>)>, StoreError> {
        bulk_job::running(&mut self.store.read().await?).await
    }

    /// Whether this instance is the one that works at the job.
    async fn leased(&self, id: BulkJobId) -> bool {
        let leased = self.limits.try_lease(&format!("bulk:{id}"), &self.instance.to_string(), LEASE).await;
        leased.unwrap_or_else(|error| {
            tracing::debug!(job.id = %id, %error, "a bulk job waits");
            false
        })
    }

    /// Works at one job until it ends, is paused, or another instance has it.
    async fn work(&self, id: BulkJobId, tenant: Option<TenantId>, pages: &Pages, shutdown: CancellationToken) {
        let mut refusals = 0;
        while let Some(Some(leave)) = shutdown.run_until_cancelled(pages.next(tenant)).await {
            if !self.leased(id).await {
                return;
            }
            let began = self.clock.instant();
            let page = self.page(id).await;
            drop(leave);
            let pace = match page {
                Ok(None) => return,
                Ok(Some(page)) => {
                    refusals = 0;
                    self.announce(page.revived).await;
                    page.pace
                }
                Err(error) => {
                    tracing::warn!(job.id = %id, %error, "a page of a bulk job failed");
                    refusals += usize::from(!error.transient());
                    if refusals == PATIENCE && self.fail(id).await.is_ok() {
                        return;
                    }
                    PERIOD
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(pace.saturating_sub(self.clock.since(began))) => {}
            }
        }
    }

    /// Handles the next page; None where there is none to handle.
    async fn page(&self, id: BulkJobId) -> Result<Option<Page>, StoreError> {
        let now = self.clock.now();
        let mut conn = self.store.begin().await?;
        let Some(job) = bulk_job::hold(&mut conn, id, now).await? else { return Ok(None) };
        let limit = i64::from(job.page_size());
        let tasks = failed::page(&mut conn, &job.filter, job.created_at, job.position, limit).await?;
        let Some(last) = tasks.last() else {
            bulk_job::finish(&mut conn, &job, now).await?;
            conn.commit().await?;
            tracing::info!(job.id = %id, job.kind = %job.kind, job.done = job.done, "a bulk job is done");
            return Ok(None);
        };
        let by = format!("{} (bulk job {id})", job.created_by);
        let revived = match job.kind {
            BulkKind::Retry => {
                let patience = self.catalog.settings().timeout.all_channels();
                failed::revive(&mut conn, &tasks, &by, patience, now).await?
            }
            BulkKind::Discard => Vec::new(),
        };
        let done = match job.kind {
            BulkKind::Retry => revived.len(),
            BulkKind::Discard => failed::discard(&mut conn, &tasks, &by, now).await?,
        };
        let (done, skipped) = (number(done), number(tasks.len() - done));
        bulk_job::advance(&mut conn, &job, *last, done, skipped).await?;
        conn.commit().await?;
        metrics::counter!("posthorn_bulk_tasks_total", "kind" => job.kind.as_str())
            .increment(u64::try_from(done).unwrap_or(0));
        Ok(Some(Page { revived, pace: job.pace(done) }))
    }

    /// Gives up on a job whose page is refused again and again.
    async fn fail(&self, id: BulkJobId) -> Result<(), StoreError> {
        tracing::error!(job.id = %id, "a bulk job failed");
        let mut conn = self.store.write().await?;
        let text = Some("the database refused a page again and again; the log says why");
        let from = [BulkStatus::Running];
        bulk_job::change_status(&mut conn, id, &from, BulkStatus::Failed, text, self.clock.now()).await?;
        Ok(())
    }

    /// Tells queue and watchers of tasks that wait again. What is lost here the sweeper finds.
    async fn announce(&self, revived: Vec<Revived>) {
        let now = self.clock.now();
        let mut jobs = Vec::with_capacity(revived.len());
        let mut events = Vec::new();
        let watched = self.bus.watched();
        for task in revived {
            let Ok(channel_type) = task.channel_type.parse::<ChannelType>() else {
                tracing::error!(task.id = %task.id, "the channel of a task can't be read");
                continue;
            };
            let job = Announcer::deliver(task.id, channel_type, task.lane.as_deref(), task.lane_priority);
            jobs.push((job.of(task.channel_config_id.0), task.due_at));
            if watched {
                events.push(event(task, channel_type, now));
            }
        }
        // Before the queue: what it makes of them is told after.
        if !events.is_empty() {
            self.bus.publish(events);
            self.bus.settle().await;
        }
        self.announcer.announce(jobs).await;
    }
}

fn event(task: Revived, channel_type: ChannelType, at: Timestamp) -> Event {
    Event::Status(StatusEvent {
        at,
        id: task.message_id,
        message_id: task.message_key,
        tenant_id: task.tenant_id,
        business_type: task.business_type,
        sent_by: task.sent_by,
        message_status: MessageStatus::Processing,
        task: Some(TaskChange {
            task_id: task.id,
            channel_type,
            status: TaskStatus::Pending,
            retry_count: 0,
            result_message: task.result_message,
        }),
    })
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
