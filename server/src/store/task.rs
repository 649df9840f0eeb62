//! Reading stored tasks, and letting the failed ones of a message wait again.

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::batch::CONFLICT_RETRIES;
use super::conn::{Conn, Store, on};
use super::error::StoreError;
use super::failed::{self, Revived};
use super::schema::{channel_tasks, timeline_entries};
use super::types::Key;
use crate::domain::enums::TaskStatus;
use crate::domain::id::{EntryId, MessageId, TaskId};
use crate::domain::task::{self as domain, Attempt, ClaimedTask, Task};
use crate::domain::time::Timestamp;

#[derive(Queryable, Selectable)]
#[diesel(table_name = channel_tasks)]
pub(super) struct TaskRow {
    pub(super) id: Key,
    message_id: Key,
    tenant_id: Key,
    message_key: String,
    channel_type: String,
    channel_config_id: Key,
    message_type: String,
    rendered_content: String,
    recipient_from: i32,
    recipient_count: i32,
    status: String,
    retry_count: i32,
    max_retry: i32,
    due_at: Option<i64>,
    result_message: Option<String>,
    third_party_response: Option<String>,
    attempts: String,
    error_code: Option<String>,
    created_at: i64,
    updated_at: i64,
    finished_at: Option<i64>,
    discarded_at: Option<i64>,
}

impl TryFrom<TaskRow> for Task {
    type Error = StoreError;
    fn try_from(row: TaskRow) -> Result<Self, StoreError> {
        let status: TaskStatus = row.status.parse().map_err(StoreError::corrupt)?;
        Ok(Self {
            id: row.id.into(),
            message_id: row.message_id.into(),
            tenant_id: row.tenant_id.into(),
            message_key: row.message_key,
            channel_type: row.channel_type.parse().map_err(StoreError::corrupt)?,
            channel_config_id: row.channel_config_id.into(),
            message_type: row.message_type.parse().map_err(StoreError::corrupt)?,
            rendered_content: row.rendered_content,
            recipient_from: row.recipient_from,
            recipient_count: row.recipient_count,
            status,
            retry_count: row.retry_count,
            max_retry: row.max_retry,
            due_at: row.due_at.filter(|_| matches!(status, TaskStatus::Pending | TaskStatus::Retry)).map(Timestamp),
            result_message: row.result_message,
            third_party_response: row.third_party_response,
            attempts: serde_json::from_str(&row.attempts).map_err(StoreError::corrupt)?,
            error_code: row.error_code,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
            finished_at: row.finished_at.map(Timestamp),
            discarded_at: row.discarded_at.map(Timestamp),
        })
    }
}

/// The tasks of messages, in the order of their channels; one that can't be read is left out, so that it does not hold up
/// those that were asked for with it.
pub async fn of_messages(conn: &mut Conn, ids: &[MessageId]) -> Result<Vec<Task>, StoreError> {
    let ids: Vec<Key> = ids.iter().copied().map(Key::from).collect();
    let rows: Vec<TaskRow> = on!(conn, c => channel_tasks::table
        .filter(channel_tasks::message_id.eq_any(ids))
        .order((channel_tasks::priority, channel_tasks::id))
        .select(TaskRow::as_select())
        .load(c)
        .await)?;
    let mut tasks = Vec::with_capacity(rows.len());
    for row in rows {
        let id = TaskId::from(row.id);
        match Task::try_from(row) {
            Ok(task) => tasks.push(task),
            Err(error) => tracing::error!(task.id = %id, %error, "a task can't be read"),
        }
    }
    Ok(tasks)
}

/// One task.
pub async fn by_id(conn: &mut Conn, id: TaskId) -> Result<Option<Task>, StoreError> {
    let row: Option<TaskRow> = on!(conn, c => channel_tasks::table
        .find(Key::from(id))
        .select(TaskRow::as_select())
        .first(c)
        .await
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// Since when a task that was throttled just now is: the first of its last attempts in a row of which the same is true, those
/// left out that were made before an operator let its message begin anew.
pub async fn throttled_since(store: &Store, task: &ClaimedTask, now: Timestamp) -> Result<Timestamp, StoreError> {
    use {channel_tasks as t, timeline_entries as e};
    let mut conn = store.read().await?;
    let attempts: String = on!(conn, c => t::table.find(Key::from(task.id)).select(t::attempts).first(c).await)?;
    let retried: Option<i64> = on!(conn, c => e::table
        .filter(e::message_id.eq(Key::from(task.message_id)).and(e::outcome.eq("RETRIED")))
        .select(diesel::dsl::max(e::at))
        .first(c)
        .await)?;
    let attempts: Vec<Attempt> = serde_json::from_str(&attempts).map_err(StoreError::corrupt)?;
    Ok(domain::throttled_since(&attempts, retried.map(Timestamp)).unwrap_or(now))
}

impl Store {
    /// Lets the failed tasks of a message wait again, with fresh retry counts; not those that were discarded. Those of later
    /// steps wait for the earlier ones, for `patience` at most. Nothing is changed where there are none. Tried again where
    /// another transaction got in the way.
    ///
    /// # Errors
    /// Where the database is away: nothing was changed, or nobody knows.
    pub async fn retry_message(
        &self,
        id: MessageId,
        by: &str,
        patience: Duration,
        now: Timestamp,
    ) -> Result<Vec<Revived>, StoreError> {
        let mut tries = 0;
        loop {
            match retry(self, id, by, patience, now).await {
                Err(StoreError::Conflict(_)) if tries < CONFLICT_RETRIES => tries += 1,
                done => return done,
            }
        }
    }
}

async fn retry(
    store: &Store,
    id: MessageId,
    by: &str,
    patience: Duration,
    now: Timestamp,
) -> Result<Vec<Revived>, StoreError> {
    use channel_tasks as t;
    let mut conn = store.begin().await?;
    let failed: Vec<Key> = on!(conn, c => t::table
        .filter(t::message_id.eq(Key::from(id)))
        .filter(t::status.eq("FAILED").and(t::discarded_at.is_null()))
        .order(t::id)
        .select(t::id)
        .load(c)
        .await)?;
    let failed: Vec<TaskId> = failed.into_iter().map(Into::into).collect();
    let revived = failed::revive(&mut conn, &failed, by, patience, now).await?;
    conn.commit().await?;
    Ok(revived)
}

/// Writes an operator's action into the message's timeline.
pub async fn note(
    conn: &mut Conn,
    id: MessageId,
    outcome: &str,
    detail: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    use timeline_entries as e;
    on!(conn, c => diesel::insert_into(e::table)
        .values((
            e::id.eq(Key::from(EntryId::new(now))),
            e::message_id.eq(Key::from(id)),
            e::at.eq(now.0),
            e::stage.eq("OPERATOR"),
            e::outcome.eq(outcome),
            e::detail.eq(detail),
        ))
        .execute(c)
        .await)?;
    Ok(())
}
