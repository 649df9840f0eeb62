//! The failed set: tasks that ended FAILED and were not discarded. Reading it, and what operators do to many of its
//! tasks at once (`revive`: sending them again). The partial index `channel_tasks_failed` holds it in both databases.

mod revive;

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

pub use self::revive::{Revived, revive};
use super::conn::{Conn, Raw, Store, on};
use super::error::StoreError;
use super::schema::{channel_tasks, timeline_entries};
use super::task::TaskRow;
use super::types::Key;
use crate::domain::failed::FailedFilter;
use crate::domain::id::{EntryId, MessageId, TaskId};
use crate::domain::task::Task;
use crate::domain::time::Timestamp;

/// The condition of the index, word for word: neither database uses it for another.
const FAILED: &str = "status = 'FAILED' AND error_code IS NOT NULL AND discarded_at IS NULL";

/// The tasks that `$filter` lets through, as a boxed query over `$select`.
macro_rules! matching {
    ($select:expr, $filter:expr) => {{
        use channel_tasks as t;
        let filter: &FailedFilter = $filter;
        let mut query = t::table.filter(diesel::dsl::sql::<Bool>(FAILED)).select($select).into_boxed();
        if let Some(tenant) = filter.tenant_id {
            query = query.filter(t::tenant_id.eq(Key::from(tenant)));
        }
        if let Some(key) = filter.sent_by {
            query = query.filter(t::sent_by.eq(Key::from(key)));
        }
        if let Some(code) = &filter.error_code {
            query = query.filter(t::error_code.eq(code));
        }
        if let Some(channel_type) = filter.channel_type {
            query = query.filter(t::channel_type.eq(channel_type.as_str()));
        }
        if let Some(config) = filter.channel_config_id {
            query = query.filter(t::channel_config_id.eq(Key::from(config)));
        }
        if let Some(business_type) = &filter.business_type {
            query = query.filter(t::business_type.eq(business_type));
        }
        if let Some(from) = filter.failed_from {
            query = query.filter(t::finished_at.ge(from.0));
        }
        if let Some(to) = filter.failed_to {
            query = query.filter(t::finished_at.lt(to.0));
        }
        query
    }};
}

/// Failed tasks newest first, after the given one. What can't be read is left out, and makes the page no shorter.
pub async fn list(
    conn: &mut Conn,
    filter: &FailedFilter,
    mut after: Option<TaskId>,
    limit: usize,
) -> Result<Vec<Task>, StoreError> {
    let mut tasks = Vec::with_capacity(limit);
    while tasks.len() < limit {
        let wanted = limit - tasks.len();
        let rows: Vec<TaskRow> = on!(conn, c => {
            let count = i64::try_from(wanted).unwrap_or(i64::MAX);
            let mut query = matching!(TaskRow::as_select(), filter).order(channel_tasks::id.desc()).limit(count);
            if let Some(after) = after {
                query = query.filter(channel_tasks::id.lt(Key::from(after)));
            }
            query.load(c).await
        })?;
        let last = rows.len() < wanted;
        for row in rows {
            let id = TaskId::from(row.id);
            after = Some(id);
            match Task::try_from(row) {
                Ok(task) => tasks.push(task),
                Err(error) => tracing::error!(task.id = %id, %error, "a task can't be read"),
            }
        }
        if last {
            break;
        }
    }
    Ok(tasks)
}

/// A page of a job: failed tasks in the order of their ids, behind `after`, of those that had failed until `until`.
pub async fn page(
    conn: &mut Conn,
    filter: &FailedFilter,
    until: Timestamp,
    after: Option<TaskId>,
    limit: i64,
) -> Result<Vec<TaskId>, StoreError> {
    let rows: Vec<Key> = on!(conn, c => {
        let mut query = matching!(channel_tasks::id, filter)
            .filter(channel_tasks::finished_at.le(until.0))
            .order(channel_tasks::id)
            .limit(limit);
        if let Some(after) = after {
            query = query.filter(channel_tasks::id.gt(Key::from(after)));
        }
        query.load(c).await
    })?;
    Ok(rows.into_iter().map(Into::into).collect())
}

impl Store {
    /// How many tasks had failed until `until`. On PostgreSQL None where counting takes longer than ten seconds.
    ///
    /// # Errors
    /// Where the database can't be asked.
    pub async fn count_failed(&self, filter: &FailedFilter, until: Timestamp) -> Result<Option<i64>, StoreError> {
        let mut conn = if self.is_postgres() { self.begin().await? } else { self.read().await? };
        if let Raw::Postgres(c) = conn.raw()? {
            c.batch_execute("SET LOCAL statement_timeout = '10s'").await?;
        }
        let counted: Result<i64, StoreError> = on!(conn, c => matching!(diesel::dsl::count_star(), filter)
            .filter(channel_tasks::finished_at.le(until.0))
            .first(c)
            .await);
        match counted {
            Ok(count) => {
                if self.is_postgres() {
                    conn.commit().await?;
                }
                Ok(Some(count))
            }
            Err(StoreError::Unavailable(text)) if text.contains("statement timeout") => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Takes those of the tasks that are failed out of the failed set for good; their messages stay as they are. Notes in
/// the messages' timelines that `by` did it. Answers how many there were. Needs a transaction.
pub async fn discard(conn: &mut Conn, ids: &[TaskId], by: &str, now: Timestamp) -> Result<usize, StoreError> {
    use channel_tasks as t;
    let ids: Vec<Key> = ids.iter().copied().map(Key::from).collect();
    let discarded: Vec<Key> = on!(conn, c => diesel::update(t::table.filter(t::id.eq_any(&ids)))
        .filter(diesel::dsl::sql::<Bool>(FAILED))
        .set((t::discarded_at.eq(now.0), t::updated_at.eq(now.0)))
        .returning(t::message_id)
        .get_results(c)
        .await)?;
    let count = discarded.len();
    let per_message = per_message(discarded.into_iter().map(Into::into));
    let text = |count| format!("by {by}: {count} failed {} discarded", if count == 1 { "task" } else { "tasks" });
    note(conn, &per_message, "DISCARDED", text, now).await?;
    Ok(count)
}

/// How many of the tasks each message has, in the order of the messages' ids.
fn per_message(messages: impl Iterator<Item = MessageId>) -> BTreeMap<MessageId, i32> {
    let mut counts = BTreeMap::new();
    for message in messages {
        *counts.entry(message).or_default() += 1;
    }
    counts
}

/// Writes an operator's action into the timelines of messages; `text` is told how many of a message's tasks it is about.
async fn note(
    conn: &mut Conn,
    per_message: &BTreeMap<MessageId, i32>,
    outcome: &'static str,
    text: impl Fn(i32) -> String,
    now: Timestamp,
) -> Result<(), StoreError> {
    use timeline_entries as e;
    if per_message.is_empty() {
        return Ok(());
    }
    let entries: Vec<_> = per_message
        .iter()
        .map(|(message, count)| {
            (
                e::id.eq(Key::from(EntryId::new(now))),
                e::message_id.eq(Key::from(*message)),
                e::at.eq(now.0),
                e::stage.eq("OPERATOR"),
                e::outcome.eq(outcome),
                e::detail.eq(text(*count)),
            )
        })
        .collect();
    match conn.raw()? {
        Raw::Postgres(c) => drop(diesel::insert_into(e::table).values(entries).execute(c).await?),
        // Here a batch is a statement each, so they go to the thread together.
        Raw::Sqlite(c) => {
            let insert = move |c: &mut SqliteConnection| {
                diesel::RunQueryDsl::execute(diesel::insert_into(e::table).values(&entries), c)
            };
            c.spawn_blocking(insert).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
