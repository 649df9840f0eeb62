//! Outcomes: what became of claimed tasks, and by that of their messages, in one statement per batch. An outcome
//! counts only under the claim it was made with, so a message's counters move exactly once per task.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, SmallInt, Text};

use super::batch::{BatchLimits, Batcher, CONFLICT_RETRIES};
use super::conn::{Hot, Store};
use super::error::StoreError;
use super::statement::{Statement, sql};
use super::stats::tally::{MessageEnd, OfMessage, OfTask, Tally, TaskTurn};
use super::step::{Released, Skipped, record_step};
use super::types::{Id, Key};
use crate::domain::enums::{MessageStatus, TaskStatus};
use crate::domain::stats::{NOT_MEASURED, step_of};
use crate::domain::task::TaskResult;
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
struct OutcomeWrite {
    result: Arc<TaskResult>,
    attempt: Option<String>,
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
        let attempt = result.attempt.as_ref().map(serde_json::to_string).transpose().map_err(StoreError::corrupt)?;
        let Some(rules) = result.rules else {
            return self.batcher.put(OutcomeWrite { result, attempt }).await;
        };
        if !result.status.finished() {
            let write = OutcomeWrite { result: Arc::clone(&result), attempt: attempt.clone() };
            let recorded = self.batcher.put(write).await?;
            if recorded.counted {
                return Ok(recorded);
            }
            // The claim is no longer ours; or the message was cancelled, so that this is the task's end after all.
        }
        let mut tries = 0;
        loop {
            match record_step(&self.store, self.clock.now(), &result, attempt.as_deref(), &rules).await {
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
        let limits = BatchLimits { items: 256, bytes: 8 << 20, parallel };
        let weigh = |item: &OutcomeWrite| 300 + item.result.third_party_response.as_ref().map_or(0, String::len);
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
        Hot::Sqlite(writer) => writer
            .run(move |c| record_sqlite(c, now.0, &items))
            .await?
            .into_iter()
            .map(|(task, message)| recorded(task.as_deref(), message.as_deref()))
            .collect(),
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
                    Some(claim) => drop(tasks.insert((row.id.0, claim), row.status)),
                    None => drop(ends.insert(row.id.0, row.status)),
                }
            }
            items
                .iter()
                .zip(first)
                .map(|(item, first)| {
                    let end = ends.get(&item.result.message_id.0).map(String::as_str);
                    let task = tasks.get(&under(item)).filter(|_| first);
                    recorded(task.map(String::as_str), end)
                })
                .collect()
        }
    }
}

/// What was changed: the task's new status, and the message's where a task of it has ended.
fn recorded(task: Option<&str>, message: Option<&str>) -> Result<Recorded, StoreError> {
    let task_status = task.map(|text| text.parse().map_err(StoreError::corrupt)).transpose()?;
    let message_status = message.map(|text| text.parse().map_err(StoreError::corrupt)).transpose()?;
    Ok(Recorded {
        ended: false,
        counted: task_status.is_some(),
        task_status: task_status.unwrap_or(TaskStatus::Sending),
        message_status: message_status.unwrap_or(MessageStatus::Processing),
        released: Vec::new(),
        skipped: Vec::new(),
    })
}

/// Marks one outcome of each message that ended.
fn mark_ends(items: &[OutcomeWrite], results: &mut [Recorded]) {
    let mut seen = std::collections::HashSet::new();
    for (item, result) in items.iter().zip(results).rev() {
        let last = result.counted && result.message_status.finished();
        result.ended = last && seen.insert(item.result.message_id);
    }
}

/// How ended tasks, summed up in `e`, change their message `m`: one text for both databases. The first CASE is
/// `domain::state::message_end`. Right of `=`, columns have their old values.
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

sql!(
    /// A cancelled task that has a step is left out: its end is recorded by `step`, as others may wait for it.
    EndTask,
    "UPDATE channel_tasks SET status = CASE WHEN cancel_at IS NOT NULL AND ? THEN 'CANCELLED' ELSE ? END, \
     retry_count = ?, due_at = CASE WHEN cancel_at IS NULL THEN ? END, \
     result_message = COALESCE(?, result_message), third_party_response = COALESCE(?, third_party_response), \
     attempts = CASE WHEN ? IS NULL THEN attempts WHEN attempts = '[]' THEN '[' || ? || ']' \
       ELSE substr(attempts, 1, length(attempts) - 1) || ',' || ? || ']' END, \
     error_code = CASE WHEN ? IS NULL THEN error_code ELSE ? END, updated_at = ?, \
     finished_at = CASE WHEN cancel_at IS NOT NULL THEN ? ELSE ? END \
     WHERE id = ? AND status = 'SENDING' AND claim = ? AND (? OR step = 0 OR cancel_at IS NULL) \
     RETURNING status, tenant_id, business_type, channel_type, channel_config_id"
);

sql!(
    EndMessage,
    concat!(
        "UPDATE messages AS m SET ",
        end_message!(),
        "FROM (SELECT ? AS id, 1 AS ended, ? AS succeeded, ? AS failed, ? AS code, ? AS reason, ? AS at) AS e \
     WHERE m.id = e.id RETURNING status, error_code, created_at, scheduled_at"
    )
);

fn record_sqlite(
    c: &mut SqliteConnection,
    now: i64,
    items: &[OutcomeWrite],
) -> QueryResult<Vec<(Option<String>, Option<String>)>> {
    let (mut tasks, mut ends, mut tally) = (Vec::with_capacity(items.len()), HashMap::new(), Tally::default());
    for item in items {
        let result = &item.result;
        let task = record_task(c, now, item)?;
        if let Some(task) = &task {
            let status = task.status.parse().unwrap_or(result.status);
            let turn = TaskTurn { status, error_code: result.task_error_code(), took: took(result), at: now };
            if status.finished() || (status == TaskStatus::Retry && result.attempt.is_some()) {
                tally.task(task.counted(), turn);
            }
            // Waiting again, it ends all the same where it was cancelled.
            if status.finished() {
                let end = end_message(c, now, result)?;
                end.count(task, now, &mut tally);
                ends.insert(result.message_id, end.status);
            }
        }
        tasks.push(task.map(|task| task.status));
    }
    tally.insert_sqlite(c)?;
    // Several outcomes of one message in one batch: all report where it ended up.
    let of = |item: &OutcomeWrite| ends.get(&item.result.message_id).cloned();
    Ok(items.iter().zip(tasks).map(|(item, task)| (task, of(item))).collect())
}

fn end_message(c: &mut SqliteConnection, now: i64, result: &TaskResult) -> QueryResult<EndedMessage> {
    Statement::new(EndMessage)
        .bind::<Id, _>(Key::from(result.message_id))
        .bind::<Integer, _>(i32::from(result.status == TaskStatus::Success))
        .bind::<Integer, _>(i32::from(result.status == TaskStatus::Failed))
        .bind::<Nullable<Text>, _>(result.error_code.map(|code| code.as_str()))
        .bind::<Nullable<Text>, _>(result.result_message.as_deref())
        .bind::<BigInt, _>(now)
        .get_result(c)
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

/// The task as it is now; none where the claim is no longer ours.
fn record_task(c: &mut SqliteConnection, now: i64, item: &OutcomeWrite) -> QueryResult<Option<ChangedTask>> {
    let result = &item.result;
    let attempt = item.attempt.as_deref();
    Statement::new(EndTask)
        .bind::<Bool, _>(!result.status.finished())
        .bind::<Text, _>(result.status.as_str())
        .bind::<Integer, _>(result.retry_count)
        .bind::<Nullable<BigInt>, _>(due_at(result))
        .bind::<Nullable<Text>, _>(result.result_message.as_deref())
        .bind::<Nullable<Text>, _>(result.third_party_response.as_deref())
        .bind::<Nullable<Text>, _>(attempt)
        .bind::<Nullable<Text>, _>(attempt)
        .bind::<Nullable<Text>, _>(attempt)
        .bind::<Nullable<Text>, _>(attempt)
        .bind::<Nullable<Text>, _>(result.task_error_code())
        .bind::<BigInt, _>(now)
        .bind::<BigInt, _>(now)
        .bind::<Nullable<BigInt>, _>(result.status.finished().then_some(now))
        .bind::<Id, _>(Key::from(result.task_id))
        .bind::<BigInt, _>(result.claim)
        .bind::<Bool, _>(result.status.finished())
        .get_result(c)
        .optional()
}

/// A task's row on SQLite.
#[derive(QueryableByName)]
struct ChangedTask {
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Id)]
    tenant_id: Key,
    #[diesel(sql_type = Text)]
    business_type: String,
    #[diesel(sql_type = Text)]
    channel_type: String,
    #[diesel(sql_type = Id)]
    channel_config_id: Key,
}

impl ChangedTask {
    fn counted(&self) -> OfTask<'_> {
        OfTask {
            tenant: self.tenant_id,
            business_type: &self.business_type,
            channel_type: &self.channel_type,
            config: self.channel_config_id,
        }
    }
}

/// The row of its message on SQLite.
#[derive(QueryableByName)]
struct EndedMessage {
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Nullable<Text>)]
    error_code: Option<String>,
    #[diesel(sql_type = BigInt)]
    created_at: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    scheduled_at: Option<i64>,
}

impl EndedMessage {
    /// Counts it where it has ended with that task.
    fn count(&self, task: &ChangedTask, now: i64, tally: &mut Tally) {
        let Some(status) = self.status.parse().ok().filter(|status: &MessageStatus| status.finished()) else { return };
        let since = self.scheduled_at.map_or(self.created_at, |at| at.max(self.created_at));
        let of = OfMessage { tenant: task.tenant_id, business_type: &task.business_type };
        tally.ended(of, MessageEnd { status, error_code: self.error_code.as_deref(), since, at: now });
    }
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
    /// As in `claim`, the status is bound so that the planner looks tasks up by id.
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
         ELSE left(t.attempts, -1) || ',' || i.attempt || ']' END, \
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
        .bind::<Text, _>(TaskStatus::Sending.as_str())
}
