//! Outcomes: what became of claimed tasks, and by that of their messages, in one statement per batch. An outcome
//! counts only under the claim it was made with, so a message's counters move exactly once per task.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text};

use super::batch::{BatchLimits, Batcher};
use super::conn::{Raw, Store};
use super::error::StoreError;
use super::postgres::Statement;
use super::schema::{channel_tasks, messages};
use super::types::{Id, Key};
use crate::domain::code::ErrorCode;
use crate::domain::enums::{MessageStatus, TaskStatus};
use crate::domain::state::message_end;
use crate::domain::task::TaskResult;
use crate::domain::time::{Clock, Timestamp};

/// What an outcome changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// False where the claim was no longer ours: nothing was changed.
    pub counted: bool,
    pub message_status: MessageStatus,
}

#[derive(Debug, Clone)]
struct OutcomeWrite {
    result: Arc<TaskResult>,
    attempt: Option<String>,
}

/// The writer of outcomes.
#[derive(Clone)]
pub struct OutcomeWriter(Batcher<OutcomeWrite, Recorded>);

impl OutcomeWriter {
    /// Records one outcome.
    ///
    /// # Errors
    /// Where it could not be recorded; trying again is safe.
    pub async fn put(&self, result: Arc<TaskResult>) -> Result<Recorded, StoreError> {
        let attempt = result.attempt.as_ref().map(serde_json::to_string).transpose().map_err(StoreError::corrupt)?;
        self.0.put(OutcomeWrite { result, attempt }).await
    }
}

impl Store {
    /// The writer that records what became of claimed tasks.
    pub fn outcome_writer(&self, clock: Clock) -> OutcomeWriter {
        let store = self.clone();
        let parallel = if self.is_postgres() { 2 } else { 1 };
        let limits = BatchLimits { items: 256, bytes: 8 << 20, parallel };
        let weigh = |item: &OutcomeWrite| 300 + item.result.third_party_response.as_ref().map_or(0, String::len);
        OutcomeWriter(Batcher::spawn(limits, weigh, move |items| {
            let (store, clock) = (store.clone(), clock.clone());
            async move { record(&store, clock.now(), items).await }
        }))
    }
}

async fn record(store: &Store, now: Timestamp, items: Arc<Vec<OutcomeWrite>>) -> Result<Vec<Recorded>, StoreError> {
    let mut conn = store.hot().await?;
    match conn.raw()? {
        Raw::Sqlite(c) => c
            .spawn_blocking(move |c| c.immediate_transaction(|c| record_sqlite(c, now.0, &items)))
            .await?
            .into_iter()
            .map(|(counted, status)| recorded(counted, status.as_deref()))
            .collect(),
        Raw::Postgres(c) => {
            let mut sorted: Vec<&OutcomeWrite> = items.iter().collect();
            sorted.sort_unstable_by_key(|item| (item.result.message_id, item.result.task_id));
            let rows = diesel_async::RunQueryDsl::load::<ChangedRow>(outcome_statement(now, &sorted), c).await?;
            let mut tasks = std::collections::HashSet::new();
            let mut ends = HashMap::new();
            for row in rows {
                match row.message_status {
                    Some(status) => drop(ends.insert(row.id.0, status)),
                    None => drop(tasks.insert(row.id.0)),
                }
            }
            items
                .iter()
                .map(|item| {
                    let end = ends.get(&item.result.message_id.0).map(String::as_str);
                    recorded(tasks.contains(&item.result.task_id.0), end)
                })
                .collect()
        }
    }
}

fn recorded(counted: bool, message_status: Option<&str>) -> Result<Recorded, StoreError> {
    let message_status = match message_status {
        Some(text) => text.parse().map_err(StoreError::corrupt)?,
        None => MessageStatus::Processing,
    };
    Ok(Recorded { counted, message_status })
}

fn record_sqlite(
    c: &mut SqliteConnection,
    now: i64,
    items: &[OutcomeWrite],
) -> QueryResult<Vec<(bool, Option<String>)>> {
    use channel_tasks as t;
    let mut results = Vec::with_capacity(items.len());
    for item in items {
        let result = &item.result;
        let attempts: Option<String> = t::table
            .find(Key::from(result.task_id))
            .filter(t::status.eq(TaskStatus::Sending.as_str()).and(t::claim.eq(result.claim)))
            .select(t::attempts)
            .first(c)
            .optional()?;
        let Some(attempts) = attempts else {
            results.push((false, None));
            continue;
        };
        let finished = result.status.finished().then_some(now);
        diesel::update(t::table.find(Key::from(result.task_id)))
            .set((
                t::status.eq(result.status.as_str()),
                t::retry_count.eq(result.retry_count),
                t::due_at.eq(result.due_at.0),
                result.result_message.as_ref().map(|text| t::result_message.eq(text)),
                result.third_party_response.as_ref().map(|text| t::third_party_response.eq(text)),
                t::attempts.eq(appended(attempts, item.attempt.as_deref())),
                t::updated_at.eq(now),
                t::finished_at.eq(finished),
            ))
            .execute(c)?;
        let mut status = None;
        if result.status.finished() {
            status = Some(end_task_sqlite(c, now, result)?);
        }
        results.push((true, status));
    }
    // Several outcomes of one message in one batch: all report where it ended up.
    let ends: HashMap<_, _> = items
        .iter()
        .zip(&results)
        .filter_map(|(item, (_, status))| Some((item.result.message_id, status.clone()?)))
        .collect();
    for (item, (_, status)) in items.iter().zip(&mut results) {
        if let Some(end) = ends.get(&item.result.message_id) {
            *status = Some(end.clone());
        }
    }
    Ok(results)
}

fn appended(attempts: String, attempt: Option<&str>) -> String {
    match attempt {
        None => attempts,
        Some(attempt) if attempts.len() <= 2 => format!("[{attempt}]"),
        Some(attempt) => format!("{},{attempt}]", &attempts[..attempts.len() - 1]),
    }
}

fn end_task_sqlite(c: &mut SqliteConnection, now: i64, result: &TaskResult) -> QueryResult<String> {
    use messages as m;
    let succeeded = i32::from(result.status == TaskStatus::Success);
    let failed = i32::from(result.status == TaskStatus::Failed);
    let (open, total, success, failures, status): (i32, i32, i32, i32, String) =
        diesel::update(m::table.find(Key::from(result.message_id)))
            .set((
                m::open_channels.eq(m::open_channels - 1),
                m::success_channels.eq(m::success_channels + succeeded),
                m::failed_channels.eq(m::failed_channels + failed),
                m::updated_at.eq(now),
            ))
            .returning((m::open_channels, m::total_channels, m::success_channels, m::failed_channels, m::status))
            .get_result(c)?;
    if open > 0 {
        return Ok(status);
    }
    let end = message_end(total, success, failures);
    let code = match end {
        MessageStatus::Failed => Some(result.error_code.unwrap_or(ErrorCode::AllChannelsFailed)),
        MessageStatus::Cancelled => result.error_code,
        _ => None,
    };
    let failure = code.map(|code| (code.as_str(), result.result_message.clone().unwrap_or_default()));
    diesel::update(m::table.find(Key::from(result.message_id)))
        .set((
            m::status.eq(end.as_str()),
            m::error_code.eq(failure.as_ref().map(|(code, _)| *code)),
            m::error_message.eq(failure.as_ref().map(|(_, text)| text)),
            m::finished_at.eq(now),
        ))
        .execute(c)?;
    Ok(end.as_str().to_owned())
}

#[derive(QueryableByName)]
struct ChangedRow {
    #[diesel(sql_type = Id)]
    id: Key,
    /// Set on a message's row, null on a task's.
    #[diesel(sql_type = Nullable<Text>)]
    message_status: Option<String>,
}

/// The CASE that ends a message is `domain::state::message_end`.
const OUTCOME: &str = "WITH i AS MATERIALIZED (SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
     AS i(id, claim, status, finished, retry_count, due_at, result_message, response, attempt, code)), \
     n(at) AS (VALUES (?::bigint)), \
     t AS (UPDATE channel_tasks t SET status = i.status, retry_count = i.retry_count, due_at = i.due_at, \
       result_message = COALESCE(i.result_message, t.result_message), \
       third_party_response = COALESCE(i.response, t.third_party_response), \
       attempts = CASE WHEN i.attempt IS NULL THEN t.attempts WHEN t.attempts = '[]' THEN '[' || i.attempt || ']' \
         ELSE left(t.attempts, -1) || ',' || i.attempt || ']' END, \
       updated_at = n.at, finished_at = CASE WHEN i.finished THEN n.at END \
       FROM i, n WHERE t.id = i.id AND t.status = 'SENDING' AND t.claim = i.claim \
       RETURNING t.id, t.message_id, t.status, t.result_message, i.code), \
     e AS (SELECT message_id, count(*)::int AS ended, count(*) FILTER (WHERE status = 'SUCCESS')::int AS succeeded, \
       count(*) FILTER (WHERE status = 'FAILED')::int AS failed, max(result_message) AS reason, \
       max(code) AS code \
       FROM t WHERE status IN ('SUCCESS', 'FAILED', 'CANCELLED') GROUP BY message_id ORDER BY message_id), \
     m AS (UPDATE messages m SET open_channels = m.open_channels - e.ended, \
       success_channels = m.success_channels + e.succeeded, failed_channels = m.failed_channels + e.failed, \
       updated_at = n.at, \
       status = CASE WHEN m.open_channels > e.ended THEN m.status \
         WHEN m.total_channels > 0 AND m.success_channels + e.succeeded = m.total_channels THEN 'SUCCESS' \
         WHEN m.success_channels + e.succeeded > 0 THEN 'PARTIAL_SUCCESS' \
         WHEN m.failed_channels + e.failed > 0 THEN 'FAILED' ELSE 'CANCELLED' END, \
       error_code = CASE WHEN m.open_channels > e.ended OR m.success_channels + e.succeeded > 0 THEN m.error_code \
         WHEN e.code IS NOT NULL THEN e.code \
         WHEN m.failed_channels + e.failed > 0 THEN 'ALL_CHANNELS_FAILED' ELSE m.error_code END, \
       error_message = CASE WHEN m.open_channels > e.ended OR m.success_channels + e.succeeded > 0 \
         THEN m.error_message WHEN e.code IS NOT NULL OR m.failed_channels + e.failed > 0 THEN e.reason \
         ELSE m.error_message END, \
       finished_at = CASE WHEN m.open_channels > e.ended THEN m.finished_at ELSE n.at END \
       FROM e, n WHERE m.id = e.message_id RETURNING m.id, m.status) \
     SELECT id, NULL::text AS message_status FROM t UNION ALL SELECT id, status FROM m";

fn outcome_statement(now: Timestamp, items: &[&OutcomeWrite]) -> Statement {
    let texts = |of: fn(&OutcomeWrite) -> Option<String>| items.iter().map(|i| of(i)).collect::<Vec<_>>();
    Statement::new(OUTCOME)
        .bind::<Array<Id>, _>(items.iter().map(|i| Key::from(i.result.task_id)).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(items.iter().map(|i| i.result.claim).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(items.iter().map(|i| i.result.status.as_str()).collect::<Vec<_>>())
        .bind::<Array<Bool>, _>(items.iter().map(|i| i.result.status.finished()).collect::<Vec<_>>())
        .bind::<Array<Integer>, _>(items.iter().map(|i| i.result.retry_count).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(items.iter().map(|i| i.result.due_at.0).collect::<Vec<_>>())
        .bind::<Array<Nullable<Text>>, _>(texts(|i| i.result.result_message.clone()))
        .bind::<Array<Nullable<Text>>, _>(texts(|i| i.result.third_party_response.clone()))
        .bind::<Array<Nullable<Text>>, _>(texts(|i| i.attempt.clone()))
        .bind::<Array<Nullable<Text>>, _>(texts(|i| i.result.error_code.map(|code| code.as_str().to_owned())))
        .bind::<BigInt, _>(now.0)
}
