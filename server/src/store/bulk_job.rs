//! Bulk jobs as they are stored: made, looked at, paused, and moved on page by page.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::conn::{Conn, on};
use super::error::StoreError;
use super::schema::bulk_jobs;
use super::types::Key;
use crate::domain::bulk_job::BulkJob;
use crate::domain::enums::BulkStatus;
use crate::domain::id::{BulkJobId, TaskId, TenantId};
use crate::domain::time::Timestamp;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = bulk_jobs)]
struct Row {
    id: Key,
    tenant_id: Option<Key>,
    kind: String,
    status: String,
    filter: String,
    rate_per_second: i32,
    total: Option<i32>,
    done: i32,
    skipped: i32,
    position: Option<Key>,
    error_message: Option<String>,
    created_by: String,
    created_at: i64,
    updated_at: i64,
    finished_at: Option<i64>,
}

impl TryFrom<&BulkJob> for Row {
    type Error = StoreError;
    fn try_from(job: &BulkJob) -> Result<Self, StoreError> {
        Ok(Self {
            id: job.id.into(),
            tenant_id: job.tenant_id.map(Into::into),
            kind: job.kind.as_str().to_owned(),
            status: job.status.as_str().to_owned(),
            filter: serde_json::to_string(&job.filter).map_err(StoreError::corrupt)?,
            rate_per_second: job.rate_per_second,
            total: job.total,
            done: job.done,
            skipped: job.skipped,
            position: job.position.map(Into::into),
            error_message: job.error_message.clone(),
            created_by: job.created_by.clone(),
            created_at: job.created_at.0,
            updated_at: job.updated_at.0,
            finished_at: job.finished_at.map(|at| at.0),
        })
    }
}

impl TryFrom<Row> for BulkJob {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            tenant_id: row.tenant_id.map(Into::into),
            kind: row.kind.parse().map_err(StoreError::corrupt)?,
            status: row.status.parse().map_err(StoreError::corrupt)?,
            filter: serde_json::from_str(&row.filter).map_err(StoreError::corrupt)?,
            rate_per_second: row.rate_per_second,
            total: row.total,
            done: row.done,
            skipped: row.skipped,
            position: row.position.map(Into::into),
            error_message: row.error_message,
            created_by: row.created_by,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
            finished_at: row.finished_at.map(Timestamp),
        })
    }
}

pub async fn insert(conn: &mut Conn, job: &BulkJob) -> Result<(), StoreError> {
    let row = Row::try_from(job)?;
    on!(conn, c => diesel::insert_into(bulk_jobs::table).values(&row).execute(c).await)?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: BulkJobId) -> Result<Option<BulkJob>, StoreError> {
    let row: Option<Row> = on!(conn, c => bulk_jobs::table
        .find(Key::from(id))
        .select(Row::as_select())
        .first(c)
        .await
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// Jobs newest first, after the given one; without a tenant everyone's.
pub async fn page(
    conn: &mut Conn,
    tenant: Option<TenantId>,
    after: Option<BulkJobId>,
    limit: i64,
) -> Result<Vec<BulkJob>, StoreError> {
    let rows: Vec<Row> = on!(conn, c => {
        let mut query =
            bulk_jobs::table.select(Row::as_select()).order(bulk_jobs::id.desc()).limit(limit).into_boxed();
        if let Some(tenant) = tenant {
            query = query.filter(bulk_jobs::tenant_id.eq(Key::from(tenant)));
        }
        if let Some(after) = after {
            query = query.filter(bulk_jobs::id.lt(Key::from(after)));
        }
        query.load(c).await
    })?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Jobs that are to be at work, each with its tenant (None: over every tenant), oldest first.
pub async fn running(conn: &mut Conn) -> Result<Vec<(BulkJobId, Option<TenantId>)>, StoreError> {
    let rows: Vec<(Key, Option<Key>)> = on!(conn, c => bulk_jobs::table
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("status = 'RUNNING'"))
        .order(bulk_jobs::id)
        .select((bulk_jobs::id, bulk_jobs::tenant_id))
        .load(c)
        .await)?;
    Ok(rows.into_iter().map(|(id, tenant)| (id.into(), tenant.map(Into::into))).collect())
}

/// How many jobs of a tenant (None: over every tenant) have not ended.
pub async fn unfinished(conn: &mut Conn, tenant: Option<TenantId>) -> Result<i64, StoreError> {
    use bulk_jobs as j;
    let open = [BulkStatus::Running.as_str(), BulkStatus::Paused.as_str()];
    on!(conn, c => {
        let mut query = j::table.filter(j::status.eq_any(open)).count().into_boxed();
        query = match tenant {
            Some(tenant) => query.filter(j::tenant_id.eq(Key::from(tenant))),
            None => query.filter(j::tenant_id.is_null()),
        };
        query.first(c).await
    })
}

/// Takes a job from one of the given statuses to another; None where it has none of them.
pub async fn change_status(
    conn: &mut Conn,
    id: BulkJobId,
    from: &[BulkStatus],
    to: BulkStatus,
    error_message: Option<&str>,
    now: Timestamp,
) -> Result<Option<BulkJob>, StoreError> {
    use bulk_jobs as j;
    let from: Vec<&str> = from.iter().map(|status| status.as_str()).collect();
    let row: Option<Row> = on!(conn, c => diesel::update(j::table.find(Key::from(id)))
        .filter(j::status.eq_any(from))
        .set((
            j::status.eq(to.as_str()),
            j::error_message.eq(error_message),
            j::updated_at.eq(now.0),
            j::finished_at.eq(to.finished().then_some(now.0)),
        ))
        .returning(Row::as_returning())
        .get_result(c)
        .await
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// The job, if it is to be at work. Within a transaction nobody else changes it before the end: another runner, or whoever
/// pauses it, waits for this page.
pub async fn hold(conn: &mut Conn, id: BulkJobId, now: Timestamp) -> Result<Option<BulkJob>, StoreError> {
    use bulk_jobs as j;
    let row: Option<Row> = on!(conn, c => diesel::update(j::table.find(Key::from(id)))
        .filter(j::status.eq(BulkStatus::Running.as_str()))
        .set(j::updated_at.eq(now.0))
        .returning(Row::as_returning())
        .get_result(c)
        .await
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// Moves a job on behind a page, in the transaction that has handled its tasks: `last` of it, `done` and `skipped` tasks.
pub async fn advance(conn: &mut Conn, job: &BulkJob, last: TaskId, done: i32, skipped: i32) -> Result<(), StoreError> {
    use bulk_jobs as j;
    let total = job.total_at_least(job.done + job.skipped + done + skipped);
    on!(conn, c => diesel::update(j::table.find(Key::from(job.id)))
        .set((
            j::position.eq(Key::from(last)),
            j::total.eq(total),
            j::done.eq(j::done + done),
            j::skipped.eq(j::skipped + skipped),
        ))
        .execute(c)
        .await)?;
    Ok(())
}

/// Ends a job that has no task left.
pub async fn finish(conn: &mut Conn, job: &BulkJob, now: Timestamp) -> Result<(), StoreError> {
    use bulk_jobs as j;
    on!(conn, c => diesel::update(j::table.find(Key::from(job.id)))
        .filter(j::status.eq(BulkStatus::Running.as_str()))
        .set((
            j::status.eq(BulkStatus::Done.as_str()),
            j::skipped.eq(job.skipped_at_the_end()),
            j::updated_at.eq(now.0),
            j::finished_at.eq(now.0),
        ))
        .execute(c)
        .await)?;
    Ok(())
}
