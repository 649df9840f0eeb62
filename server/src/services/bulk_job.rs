//! Bulk jobs: what operators do to many failed tasks at once. Made and steered here; `delivery::bulk` does the work.

use super::failed::FailedTaskFilter;
use super::input::{self, Checks};
use super::{ServiceError, Services};
use crate::domain::actor::{Action, Actor};
use crate::domain::bulk_job::{BulkJob, DEFAULT_RATE, RATES};
use crate::domain::enums::{BulkKind, BulkStatus};
use crate::domain::id::BulkJobId;
use crate::domain::issue::{Issue, IssueCode};
use crate::domain::page::{Page, PageRequest};
use crate::store::bulk_job;

/// Jobs of one tenant that have not ended, and as many over every tenant.
const MAX_UNFINISHED: i64 = 20;

const NOT_FOUND: ServiceError = ServiceError::NotFound("bulk job");

/// A job as an operator asks for it.
#[derive(Debug, Clone, Default)]
pub struct BulkDraft {
    pub filter: FailedTaskFilter,
    /// Tasks per second, 1 to 10000; 100 when absent.
    pub rate_per_second: Option<i32>,
}

/// What an operator does to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steer {
    Pause,
    Resume,
    Cancel,
}

impl Steer {
    /// The statuses in which it changes something, and what it makes of them.
    const fn change(self) -> (&'static [BulkStatus], BulkStatus) {
        match self {
            Self::Pause => (&[BulkStatus::Running], BulkStatus::Paused),
            Self::Resume => (&[BulkStatus::Paused], BulkStatus::Running),
            Self::Cancel => (&[BulkStatus::Running, BulkStatus::Paused], BulkStatus::Cancelled),
        }
    }
}

impl Services {
    /// Starts a job over the tasks that have failed until now. A worker begins within a second.
    ///
    /// # Errors
    /// `Invalid` where the input makes no sense or too many jobs are unfinished; nothing was started then.
    pub async fn start_bulk_job(
        &self,
        actor: &Actor,
        kind: BulkKind,
        draft: BulkDraft,
    ) -> Result<BulkJob, ServiceError> {
        Self::require(actor, Action::Operate)?;
        let mut checks = Checks::default();
        let rate = draft.rate_per_second.unwrap_or(DEFAULT_RATE);
        let rate_per_second = checks.range("input.ratePerSecond", rate, *RATES.start(), *RATES.end());
        let filter = self.failed_filter(actor, draft.filter, "input.filter", checks).await?;
        let unfinished = bulk_job::unfinished(&mut self.store.read().await?, filter.tenant_id).await?;
        if unfinished >= MAX_UNFINISHED {
            let message = format!("there are {unfinished} unfinished bulk jobs already: let some end, or cancel them");
            return Err(Issue::new("input", IssueCode::Conflict, message).into());
        }
        let now = self.clock.now();
        let total = self.store.count_failed(&filter, now).await?;
        let job = BulkJob {
            id: BulkJobId::new(now),
            tenant_id: filter.tenant_id,
            kind,
            status: BulkStatus::Running,
            filter,
            rate_per_second,
            total: total.map(|total| i32::try_from(total).unwrap_or(i32::MAX)),
            done: 0,
            skipped: 0,
            position: None,
            error_message: None,
            created_by: actor.name.clone(),
            created_at: now,
            updated_at: now,
            finished_at: None,
        };
        bulk_job::insert(&mut self.store.write().await?, &job).await?;
        tracing::info!(job.id = %job.id, job.kind = %kind, job.total = job.total, "a bulk job was started");
        Ok(job)
    }

    /// One job, where the actor may see it.
    pub async fn bulk_job(&self, actor: &Actor, id: BulkJobId) -> Result<Option<BulkJob>, ServiceError> {
        Self::require(actor, Action::ReadJobs)?;
        let found = bulk_job::by_id(&mut self.store.read().await?, id).await?;
        Ok(found.filter(|job| visible(actor, job)))
    }

    /// Jobs newest first; an item's cursor is its id.
    pub async fn bulk_jobs(
        &self,
        actor: &Actor,
        tenant: Option<String>,
        page: PageRequest,
    ) -> Result<Page<BulkJob>, ServiceError> {
        Self::require(actor, Action::ReadJobs)?;
        let tenant = self.tenant_scope(actor, tenant.as_deref()).await?;
        let after = input::after(&page)?;
        let mut items = bulk_job::page(&mut self.store.read().await?, tenant, after, input::limit(&page)).await?;
        let has_next = items.len() > page.first;
        items.truncate(page.first);
        Ok(Page { items, has_next, total: None })
    }

    /// Pauses, resumes or cancels a job. When this has answered, a paused or cancelled job touches no other task; doing
    /// it once more is no mistake.
    ///
    /// # Errors
    /// `NotFound`; a conflict where the job has ended otherwise.
    pub async fn steer_bulk_job(&self, actor: &Actor, id: BulkJobId, steer: Steer) -> Result<BulkJob, ServiceError> {
        Self::require(actor, Action::Operate)?;
        self.bulk_job(actor, id).await?.ok_or(NOT_FOUND)?;
        let (from, to) = steer.change();
        let now = self.clock.now();
        let changed = bulk_job::change_status(&mut self.store.write().await?, id, from, to, None, now).await?;
        if let Some(job) = changed {
            tracing::info!(job.id = %id, job.status = %to, "a bulk job was steered");
            return Ok(job);
        }
        let job = self.bulk_job(actor, id).await?.ok_or(NOT_FOUND)?;
        if job.status == to {
            return Ok(job);
        }
        Err(Issue::new("id", IssueCode::Conflict, format!("the bulk job has ended: {}", job.status)).into())
    }
}

fn visible(actor: &Actor, job: &BulkJob) -> bool {
    match job.tenant_id {
        Some(tenant) => actor.sees(tenant),
        // Over every tenant: for those who see every tenant.
        None => actor.tenant_id.is_none(),
    }
}
