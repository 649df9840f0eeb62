//! Bulk jobs: many failed tasks sent again or discarded in the background.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::error::{Result, known_id, outcome, payload};
use super::failed::FailedTaskFilter;
use super::limits::page_cost;
use super::page::{connection, page_request};
use super::scalar::DateTime;
use super::session::{actor, services};
use crate::domain;
use crate::domain::enums::{BulkKind, BulkStatus, ChannelType};
use crate::domain::failed::FailedFilter;
use crate::services::bulk_job::{BulkDraft, Steer};

/// What is done to many failed tasks at once, in the background. It is about tasks that had failed when it was made.
#[derive(SimpleObject, Clone)]
pub struct BulkJob {
    /// Global id.
    #[graphql(owned)]
    pub id: ID,
    /// What it does to the tasks.
    kind: BulkKind,
    /// Where it is.
    status: BulkStatus,
    /// How many tasks there were at the start; null where they took too long to count.
    total: Option<i32>,
    /// Tasks that were sent again or discarded so far.
    done: i32,
    /// Tasks that were no longer failed when their turn came: someone else had sent them again or discarded them.
    skipped: i32,
    /// So many tasks a second at most.
    rate_per_second: i32,
    /// Which tasks it is about.
    filter: BulkJobFilter,
    /// Why it could not go on, where it FAILED.
    error_message: Option<String>,
    /// The name of the key that made it.
    created_by: String,
    /// When it was made.
    created_at: DateTime,
    /// When it last changed.
    updated_at: DateTime,
    /// When it ended.
    finished_at: Option<DateTime>,
}

/// Which failed tasks a job is about: all that is set must match.
#[derive(SimpleObject, Clone)]
pub struct BulkJobFilter {
    /// The tenant; null where it is about every tenant's tasks.
    tenant_id: Option<ID>,
    /// The task's errorCode.
    error_code: Option<String>,
    /// The kind of channel.
    channel_type: Option<ChannelType>,
    /// The config that it was sent with.
    channel_config_id: Option<ID>,
    /// The business type's code.
    business_type: Option<String>,
    /// Failed at this time or later.
    failed_from: Option<DateTime>,
    /// Failed before this time.
    failed_to: Option<DateTime>,
}

impl From<FailedFilter> for BulkJobFilter {
    fn from(of: FailedFilter) -> Self {
        Self {
            tenant_id: of.tenant_id.map(Into::into),
            error_code: of.error_code,
            channel_type: of.channel_type,
            channel_config_id: of.channel_config_id.map(Into::into),
            business_type: of.business_type,
            failed_from: of.failed_from.map(Into::into),
            failed_to: of.failed_to.map(Into::into),
        }
    }
}

impl From<domain::bulk_job::BulkJob> for BulkJob {
    fn from(of: domain::bulk_job::BulkJob) -> Self {
        Self {
            id: of.id.into(),
            kind: of.kind,
            status: of.status,
            total: of.total,
            done: of.done,
            skipped: of.skipped,
            rate_per_second: of.rate_per_second,
            filter: of.filter.into(),
            error_message: of.error_message,
            created_by: of.created_by,
            created_at: of.created_at.into(),
            updated_at: of.updated_at.into(),
            finished_at: of.finished_at.map(Into::into),
        }
    }
}

impl BulkJob {
    pub fn cursor(&self) -> String {
        self.id.0.clone()
    }
}

connection!(BulkJob, BulkJobEdge, BulkJobConnection, "A bulk job in a list.", "A page of bulk jobs.");

/// What is to be done to many failed tasks.
#[derive(InputObject)]
pub struct BulkTasksInput {
    /// Which ones; `{}` for all that the key may see.
    filter: FailedTaskFilter,
    /// So many tasks a second at most: 1 to 10000; 100 when absent.
    rate_per_second: Option<i32>,
}

impl From<BulkTasksInput> for BulkDraft {
    fn from(input: BulkTasksInput) -> Self {
        Self { filter: input.filter.into(), rate_per_second: input.rate_per_second }
    }
}

payload! {
    /// What starting or steering a bulk job yields.
    BulkJobPayload {
        /// The job as it is now.
        bulk_job: BulkJob
    }
}

#[derive(Default)]
pub struct BulkJobQuery;

#[Object]
impl BulkJobQuery {
    /// A bulk job and how far it has come; null when there is none, or not for the asking key.
    async fn bulk_job(&self, ctx: &Context<'_>, #[graphql(desc = "Which one.")] id: ID) -> Result<Option<BulkJob>> {
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(services(ctx)?.bulk_job(actor(ctx)?, id).await?.map(Into::into))
    }

    /// The bulk jobs, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn bulk_jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A tenant's id or code; a tenant's key sees its own only.")] tenant_id: Option<ID>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The endCursor of the page before.")] after: Option<String>,
    ) -> Result<BulkJobConnection> {
        let request = page_request(first, after)?;
        let tenant = tenant_id.map(Into::into);
        let page = services(ctx)?.bulk_jobs(actor(ctx)?, tenant, request.clone()).await?;
        Ok(BulkJobConnection::new(page, &request))
    }
}

#[derive(Default)]
pub struct BulkJobMutation;

#[Object]
impl BulkJobMutation {
    /// Sends failed tasks again, with fresh retry counts, in the background. Safe to repeat: a task is sent again only
    /// while it is failed.
    async fn retry_tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tasks, and how fast.")] input: BulkTasksInput,
    ) -> Result<BulkJobPayload> {
        start(ctx, BulkKind::Retry, input).await
    }

    /// Takes failed tasks out of the failed set for good, in the background. Their messages stay as they are.
    async fn discard_tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tasks, and how fast.")] input: BulkTasksInput,
    ) -> Result<BulkJobPayload> {
        start(ctx, BulkKind::Discard, input).await
    }

    /// Pauses a bulk job: once this has answered it touches no other task until it is resumed.
    async fn pause_bulk_job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<BulkJobPayload> {
        steer(ctx, &id, Steer::Pause).await
    }

    /// Lets a paused bulk job go on.
    async fn resume_bulk_job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<BulkJobPayload> {
        steer(ctx, &id, Steer::Resume).await
    }

    /// Ends a bulk job early: once this has answered it touches no other task. What was done stays done.
    async fn cancel_bulk_job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<BulkJobPayload> {
        steer(ctx, &id, Steer::Cancel).await
    }
}

async fn start(ctx: &Context<'_>, kind: BulkKind, input: BulkTasksInput) -> Result<BulkJobPayload> {
    Ok(outcome(services(ctx)?.start_bulk_job(actor(ctx)?, kind, input.into()).await)?.into())
}

async fn steer(ctx: &Context<'_>, id: &ID, how: Steer) -> Result<BulkJobPayload> {
    let done = match known_id(id, "bulk job") {
        Ok(id) => outcome(services(ctx)?.steer_bulk_job(actor(ctx)?, id, how).await)?,
        Err(errors) => Err(errors),
    };
    Ok(done.into())
}
