//! Outcomes: what became of claimed tasks, and by that of their messages, in one statement per batch. An outcome
//! counts only under the claim it was made with, so a message's counters move exactly once per task.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, SmallInt, Text};

use super::batch::{BatchLimits, Batcher, CONFLICT_RETRIES};
use super::conn::{Hot, Store};
use super::error::StoreError;
use super::outcome_sqlite::{self, Changed};
use super::statement::{Statement, sql};
use super::step::{Released, Skipped, record_step};
use super::types::{Id, Key};
use crate::domain::enums::{MessageStatus, TaskStatus};
use crate::domain::stats::{NOT_MEASURED, step_of};
use crate::domain::task::{ANSWERS_FIT, TaskResult};
use crate::domain::time::{Clock, Timestamp};

/// What an outcome changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// This outcome was the message's last: true for one of them only.
    pub ended: bool,
    /// False where the claim was no longer ours: nothing was changed.
    pub counted: bool,
    /// What became of the task: CANCELLED instead of waiting again where the message was cancelled meanwhile.
    pub task_status: TaskStatus,
    pub message_status: MessageStatus,
    /// Tasks of the next step, which may be sent now. They are to be announced.
    pub released: Vec<Released>,
    /// Tasks of later steps that will not be sent.
    pub skipped: Vec<Skipped>,
}

#[derive(Debug, Clone)]
pub(super) struct OutcomeWrite {
    pub(super) result: Arc<TaskResult>,
    pub(super) attempt: Option<String>,
}

impl OutcomeWrite {
    fn new(result: Arc<TaskResult>) -> Result<Self, StoreError> {
        let attempt = result.attempt.as_ref().map(serde_json::to_string).transpose().map_err(StoreError::corrupt)?;
        Ok(Self { result, attempt })
    }

    /// The attempt as it is added to a list of so many bytes: without its answer where that is long.
    pub(super) fn attempt_behind(&self, attempts: usize) -> Option<Cow<'_, str>> {
        let text = self.attempt.as_deref()?;
        let long = self.result.attempt.as_ref().filter(|of| attempts > ANSWERS_FIT && of.response.is_some());
        let brief = long.and_then(|of| serde_json::to_string(&of.without_response()).ok());
        Some(brief.map_or(Cow::Borrowed(text), Cow::Owned))
    }
}

/// The writer of outcomes.
#[derive(Clone)]
pub struct OutcomeWriter {
    batcher: Batcher<OutcomeWrite, Recorded>,
    store: Store,
    clock: Clock,
}

impl OutcomeWriter {
    /// Records one outcome.
    ///
    /// # Errors
    /// Where it could not be recorded; trying again is safe.
    pub async fn put(&self, result: Arc<TaskResult>) -> Result<Recorded, StoreError> {
        let write = OutcomeWrite::new(result)?;
        let Some(rules) = write.result.rules else {
            return self.batcher.put(write).await;
        };
        if !write.result.status.finished() {
            let recorded = self.batcher.put(write.clone()).await?;
            if recorded.counted {
                return Ok(recorded);
            }
            // The claim is no longer ours; or the message was cancelled, so that this is the task's end after all.
        }
        let mut tries = 0;
        loop {
            match record_step(&self.store, self.clock.now(), &write, &rules).await {
                Err(StoreError::Conflict(_)) if tries < CONFLICT_RETRIES => tries += 1,
                recorded => return recorded,
            }
        }
    }
}

impl Store {
    /// The writer that records what became of claimed tasks.
    pub fn outcome_writer(&self, clock: Clock) -> OutcomeWriter {
        let store = self.clone();
        let parallel = if self.is_postgres() { 2 } else { 1 };
        let limits = BatchLimits { items: 256, bytes: 8 << 20, parallel, patient: self.is_postgres() };
        let weigh = |item: &OutcomeWrite| {
            let answer = item.result.third_party_response.as_ref().map_or(0, String::len);
            // An attempt that keeps its answer carries it once more.
            300 + if item.result.attempt.as_ref().is_some_and(|of| of.response.is_some()) { 2 * answer } else { answer }
        };
        let batcher = {
            let (store, clock) = (store.clone(), clock.clone());
            Batcher::spawn(limits, weigh, move |items| {
                let (store, clock) = (store.clone(), clock.clone());
                async move { record(&store, clock.now(), items).await }
            })
        };
        OutcomeWriter { batcher, store, clock }
    }
}

async fn record(store: &Store, now: Timestamp, items: Arc<Vec<OutcomeWrite>>) -> Result<Vec<Recorded>, StoreError> {
    let mut results = write(store, now, Arc::clone(&items)).await?;
    mark_ends(&items, &mut results);
    Ok(results)
}

async fn write(store: &Store, now: Timestamp, items: Arc<Vec<OutcomeWrite>>) -> Result<Vec<Recorded>, StoreError> {
    match store.hot().await? {
        Hot::Sqlite(writer) => {
            let changed = writer.run_with_others(move |c| outcome_sqlite::record(c, now.0, &items)).await?;
            Ok(changed.into_iter().map(recorded).collect())
        }
        Hot::Postgres(mut conn) => {
            let c = &mut *conn;
            // A statement can't tell two outcomes under one claim apart (a worker's and the sweeper's): the first counts.
            let mut seen = std::collections::HashSet::new();
            let under = |item: &OutcomeWrite| (item.result.task_id.0, item.result.claim);
            let first: Vec<bool> = items.iter().map(|item| seen.insert(under(item))).collect();
            let mut sorted: Vec<&OutcomeWrite> =
                items.iter().zip(&first).filter(|(_, first)| **first).map(|(item, _)| item).collect();
            sorted.sort_unstable_by_key(|item| (item.result.message_id, item.result.task_id));
            let rows = diesel_async::RunQueryDsl::load::<ChangedRow>(outcome_statement(now, &sorted), c).await?;
            let (mut tasks, mut ends) = (HashMap::new(), HashMap::new());
            for row in rows {
                match row.claim {
                    Some(claim) => {
                        tasks.insert((row.id.0, claim), row.status.parse().map_err(StoreError::corrupt)?);
                    }
                    None => {
                        ends.insert(row.id.0, row.status.parse().map_err(StoreError::corrupt)?);
                    }
                }
            }
            let changed = |item: &OutcomeWrite, first| {
                let task = tasks.get(&under(item)).copied().filter(|_| first);
                recorded((task, ends.get(&item.result.message_id.0).copied()))
            };
            Ok(items.iter().zip(first).map(|(item, first)| changed(item, first)).collect())
        }
    }
}

fn recorded((task, message): Changed) -> Recorded {
    Recorded {
        ended: false,
        counted: task.is_some(),
        task_status: task.unwrap_or(TaskStatus::Sending),
        message_status: message.unwrap_or(MessageStatus::Processing),
        released: Vec::new(),
        skipped: Vec::new(),
    }
}

/// Marks one outcome of each message that ended.
fn mark_ends(items: &[OutcomeWrite], results: &mut [Recorded]) {
    let mut seen = std::collections::HashSet::new();
    for (item, result) in items.iter().zip(results).rev() {
        let last = result.counted && result.message_status.finished();
        result.ended = last && seen.insert(item.result.message_id);
    }
}

/// How ended tasks, summed up in `e`, change their message `m`. The first CASE is `domain::state::message_end`. Right of `=`, columns have their old values.
macro_rules! end_message {
    () => {
        "open_channels = m.open_channels - e.ended, success_channels = m.success_channels + e.succeeded, \
         failed_channels = m.failed_channels + e.failed, updated_at = e.at, \
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
         finished_at = CASE WHEN m.open_channels > e.ended THEN m.finished_at ELSE e.at END "
    };
}

/// How long the attempt took, as a step of the log scale.
pub(super) fn took(result: &TaskResult) -> i16 {
    let micros = result.attempt.as_ref().and_then(|attempt| attempt.duration_us);
    micros.map_or(NOT_MEASURED, |micros| step_of(i64::try_from(micros).unwrap_or(i64::MAX)))
}

/// When somebody is to look at the task again.
fn due_at(result: &TaskResult) -> Option<i64> {
    (!result.status.finished()).then_some(result.due_at.0)
}

#[derive(QueryableByName)]
struct ChangedRow {
    #[diesel(sql_type = Id)]
    id: Key,
    #[diesel(sql_type = Text)]
    status: String,
    /// Set on a task's row, null on a message's.
    #[diesel(sql_type = Nullable<BigInt>)]
    claim: Option<i64>,
}

sql!(
    /// As in `claim`, the status is bound so that the planner looks tasks up by id. `r` is what `Attempt::without_response` leaves out.
    Outcome,
    concat!(
    "WITH i AS MATERIALIZED (SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
     AS i(id, claim, status, finished, retry_count, due_at, result_message, response, attempt, error_code, code, took)), \
     n(at) AS (VALUES (?::bigint)), \
     t AS (UPDATE channel_tasks t SET \
       status = CASE WHEN t.cancel_at IS NOT NULL AND NOT i.finished THEN 'CANCELLED' ELSE i.status END, retry_count = i.retry_count, \
       due_at = CASE WHEN t.cancel_at IS NULL THEN i.due_at END, \
       result_message = COALESCE(i.result_message, t.result_message), \
       third_party_response = COALESCE(i.response, t.third_party_response), \
       attempts = CASE WHEN i.attempt IS NULL THEN t.attempts WHEN t.attempts = '[]' THEN '[' || i.attempt || ']' \
         ELSE left(t.attempts, -1) || ',' || CASE WHEN octet_length(t.attempts) <= ? THEN i.attempt \
           ELSE (i.attempt::jsonb - 'r')::text END || ']' END, \
       error_code = CASE WHEN i.attempt IS NULL THEN t.error_code ELSE i.error_code END, \
       updated_at = n.at, finished_at = CASE WHEN i.finished OR t.cancel_at IS NOT NULL THEN n.at END \
       FROM i, n WHERE t.id = i.id AND t.status = ? AND t.claim = i.claim \
       AND (i.finished OR t.step = 0 OR t.cancel_at IS NULL) \
       RETURNING t.id, t.message_id, t.status, t.result_message, t.claim, i.code, t.tenant_id, t.business_type, \
       t.channel_type, t.channel_config_id, i.attempt IS NOT NULL AS attempted, i.error_code AS attempt_code, i.took), \
     e AS (SELECT message_id, count(*)::int AS ended, count(*) FILTER (WHERE status = 'SUCCESS')::int AS succeeded, \
       count(*) FILTER (WHERE status = 'FAILED')::int AS failed, max(result_message) AS reason, \
       max(code) AS code, max(n.at) AS at \
       FROM t, n WHERE status IN ('SUCCESS', 'FAILED', 'CANCELLED') GROUP BY message_id ORDER BY message_id), \
     m AS (UPDATE messages m SET ",
    end_message!(),
    "FROM e WHERE m.id = e.message_id RETURNING m.id, m.status, m.tenant_id, m.business_type, m.error_code, \
       m.created_at, m.scheduled_at, m.finished_at), \
     s AS (",
    super::stats::count_into!(),
    super::stats::ended_messages!(),
    " UNION ALL SELECT n.at - n.at % 60000000, t.tenant_id, 'TASK', t.business_type, t.channel_type, \
       t.channel_config_id, t.status, COALESCE(t.attempt_code, ''), t.took, count(*) \
       FROM t, n WHERE t.status IN ('SUCCESS', 'FAILED', 'CANCELLED') OR t.status = 'RETRY' AND t.attempted \
       GROUP BY 1, 2, 4, 5, 6, 7, 8, 9) \
     SELECT id, status, claim FROM t UNION ALL SELECT id, status, NULL FROM m"
)
);

fn outcome_statement<'w>(now: Timestamp, items: &[&'w OutcomeWrite]) -> Statement<'w, Pg, Outcome> {
    let texts = |of: fn(&'w OutcomeWrite) -> Option<&'w str>| items.iter().map(|i| of(i)).collect::<Vec<_>>();
    Statement::new(Outcome)
        .bind::<Array<Id>, _>(items.iter().map(|i| Key::from(i.result.task_id)).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(items.iter().map(|i| i.result.claim).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(items.iter().map(|i| i.result.status.as_str()).collect::<Vec<_>>())
        .bind::<Array<Bool>, _>(items.iter().map(|i| i.result.status.finished()).collect::<Vec<_>>())
        .bind::<Array<Integer>, _>(items.iter().map(|i| i.result.retry_count).collect::<Vec<_>>())
        .bind::<Array<Nullable<BigInt>>, _>(items.iter().map(|i| due_at(&i.result)).collect::<Vec<_>>())
        .bind::<Array<Nullable<Text>>, _>(texts(|i| i.result.result_message.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(texts(|i| i.result.third_party_response.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(texts(|i| i.attempt.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(texts(|i| i.result.task_error_code()))
        .bind::<Array<Nullable<Text>>, _>(texts(|i| i.result.error_code.map(|code| code.as_str())))
        .bind::<Array<SmallInt>, _>(items.iter().map(|i| took(&i.result)).collect::<Vec<_>>())
        .bind::<BigInt, _>(now.0)
        .bind::<Integer, _>(i32::try_from(ANSWERS_FIT).unwrap_or(i32::MAX))
        .bind::<Text, _>(TaskStatus::Sending.as_str())
}
