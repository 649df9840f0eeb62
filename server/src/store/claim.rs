//! Claiming tasks: the conditional update that makes one worker the only one to send. A claim is a lease: when it has
//! run out, the sweeper takes the outcome as unknown.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, SmallInt, Text};
use uuid::Uuid;

use super::batch::{BatchLimits, Batcher};
use super::conn::{Hot, Store};
use super::error::StoreError;
use super::statement::{Statement, sql};
use super::types::{Id, Key};
use crate::domain::id::TaskId;
use crate::domain::task::{ClaimedTask, rests_since};
use crate::domain::time::{Clock, Timestamp};

/// A claimed task's row, read alike from both databases.
#[derive(QueryableByName)]
struct ClaimedRow {
    #[diesel(sql_type = Id)]
    id: Key,
    #[diesel(sql_type = Id)]
    message_id: Key,
    #[diesel(sql_type = Id)]
    tenant_id: Key,
    #[diesel(sql_type = Text)]
    message_key: String,
    #[diesel(sql_type = Text)]
    business_type: String,
    #[diesel(sql_type = Text)]
    channel_type: String,
    #[diesel(sql_type = Id)]
    channel_config_id: Key,
    #[diesel(sql_type = Text)]
    message_type: String,
    #[diesel(sql_type = Text)]
    rendered_content: String,
    #[diesel(sql_type = Integer)]
    recipient_from: i32,
    #[diesel(sql_type = Integer)]
    recipient_count: i32,
    #[diesel(sql_type = Integer)]
    retry_count: i32,
    #[diesel(sql_type = Integer)]
    max_retry: i32,
    #[diesel(sql_type = Nullable<Text>)]
    lane: Option<String>,
    #[diesel(sql_type = SmallInt)]
    lane_priority: i16,
    #[diesel(sql_type = Nullable<Id>)]
    sent_by: Option<Key>,
    #[diesel(sql_type = Nullable<BigInt>)]
    expires_at: Option<i64>,
    #[diesel(sql_type = BigInt)]
    created_at: i64,
    #[diesel(sql_type = BigInt)]
    claim: i64,
    #[diesel(sql_type = Integer)]
    step: i32,
    #[diesel(sql_type = Nullable<BigInt>)]
    send_at: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    result_message: Option<String>,
}

impl ClaimedRow {
    fn into_task(self) -> Result<ClaimedTask, StoreError> {
        Ok(ClaimedTask {
            id: self.id.into(),
            message_id: self.message_id.into(),
            tenant_id: self.tenant_id.into(),
            message_key: self.message_key,
            business_type: self.business_type,
            channel_type: self.channel_type.parse().map_err(StoreError::corrupt)?,
            channel_config_id: self.channel_config_id.into(),
            message_type: self.message_type.parse().map_err(StoreError::corrupt)?,
            rendered_content: self.rendered_content.into(),
            recipient_from: self.recipient_from,
            recipient_count: self.recipient_count,
            retry_count: self.retry_count,
            max_retry: self.max_retry,
            lane: self.lane,
            lane_priority: u8::try_from(self.lane_priority).unwrap_or(9),
            sent_by: self.sent_by.map(Into::into),
            expires_at: self.expires_at.map(Timestamp),
            created_at: Timestamp(self.created_at),
            claim: self.claim,
            step: self.step,
            held: self.send_at.is_some(),
            rests_since: self.result_message.as_deref().and_then(rests_since),
            throttled_since: None,
        })
    }
}

/// A task to claim, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct ClaimWrite {
    pub task_id: TaskId,
    /// Random, made before the claim: where the answer to it is lost, the same claim may be asked for again.
    pub claim: i64,
    pub lease: Duration,
}

impl Store {
    /// The writer that claims. Its answer is None where there is nothing to claim: the task has ended, is not due, or
    /// another worker has it.
    pub fn claim_writer(&self, clock: Clock) -> Batcher<ClaimWrite, Option<Arc<ClaimedTask>>> {
        let store = self.clone();
        let parallel = if self.is_postgres() { 2 } else { 1 };
        let limits = BatchLimits { items: 256, bytes: usize::MAX, parallel, patient: false };
        Batcher::spawn(
            limits,
            |_| 1,
            move |items| {
                let (store, clock) = (store.clone(), clock.clone());
                async move { claim(&store, &clock, items).await }
            },
        )
    }
}

async fn claim(
    store: &Store,
    clock: &Clock,
    items: Arc<Vec<ClaimWrite>>,
) -> Result<Vec<Option<Arc<ClaimedTask>>>, StoreError> {
    let now = clock.now();
    let rows = match store.hot().await? {
        Hot::Sqlite(writer) => {
            let items = Arc::clone(&items);
            let claim_all = move |c: &mut SqliteConnection| {
                let mut rows = Vec::with_capacity(items.len());
                for item in items.iter() {
                    rows.extend(claim_sqlite(c, item, now)?);
                }
                Ok(rows)
            };
            writer.run(claim_all).await?
        }
        Hot::Postgres(mut conn) => {
            let mut sorted: Vec<&ClaimWrite> = items.iter().collect();
            sorted.sort_unstable_by_key(|item| item.task_id);
            let statement = Statement::<Pg, _>::new(Claim)
                .bind::<BigInt, _>(now.0)
                .bind::<Array<Id>, _>(sorted.iter().map(|item| Key::from(item.task_id)).collect::<Vec<_>>())
                .bind::<Array<BigInt>, _>(sorted.iter().map(|item| item.claim).collect::<Vec<_>>())
                .bind::<Array<BigInt>, _>(sorted.iter().map(|item| now.plus(item.lease).0).collect::<Vec<_>>())
                .bind::<Array<Text>, _>(vec!["PENDING", "RETRY"])
                .bind::<BigInt, _>(now.plus(CLOCK_SLACK).0)
                .bind::<Text, _>("SENDING");
            diesel_async::RunQueryDsl::load::<ClaimedRow>(statement, &mut *conn).await?
        }
    };
    let mut claimed = HashMap::with_capacity(rows.len());
    for row in rows {
        let id: Uuid = row.id.0;
        match row.into_task() {
            Ok(task) => drop(claimed.insert(id, Arc::new(task))),
            // Its neighbours are claimed and must be sent; this one ends by its lease.
            Err(error) => tracing::error!(task.id = %TaskId(id), %error, "a claimed task can't be read"),
        }
    }
    // The same task twice in one batch: the first has it.
    Ok(items.iter().map(|item| claimed.remove(&item.task_id.0)).collect())
}

/// A job that arrives is due by the clock of whoever announced it, which may be a little ahead of ours.
const CLOCK_SLACK: Duration = Duration::from_secs(2);

sql!(
    /// The statuses are bound, not written out: otherwise the planner may take the partial index over what is unfinished,
    /// made while it was empty, and walk the whole backlog for each task.
    Claim,
    "UPDATE channel_tasks t SET status = 'SENDING', claim = i.claim, updated_at = ?, due_at = i.lease \
     FROM unnest(?, ?, ?) AS i(id, claim, lease) \
     WHERE t.id = i.id AND (t.status = ANY(?) AND t.due_at <= ? OR t.status = ? AND t.claim = i.claim) \
     RETURNING t.id, t.message_id, t.tenant_id, t.message_key, t.business_type, t.channel_type, \
     t.channel_config_id, t.message_type, t.rendered_content, t.recipient_from, t.recipient_count, t.retry_count, \
     t.max_retry, t.lane, t.lane_priority, t.sent_by, t.expires_at, t.created_at, t.claim, t.step, t.send_at, \
     t.result_message"
);

sql!(
    ClaimOne,
    "UPDATE channel_tasks SET status = 'SENDING', claim = ?, updated_at = ?, due_at = ? \
     WHERE id = ? AND (status IN ('PENDING', 'RETRY') AND due_at <= ? OR status = 'SENDING' AND claim = ?) \
     RETURNING id, message_id, tenant_id, message_key, business_type, channel_type, channel_config_id, message_type, \
     rendered_content, recipient_from, recipient_count, retry_count, max_retry, lane, lane_priority, sent_by, \
     expires_at, created_at, claim, step, send_at, result_message"
);

fn claim_sqlite(c: &mut SqliteConnection, item: &ClaimWrite, now: Timestamp) -> QueryResult<Option<ClaimedRow>> {
    Statement::new(ClaimOne)
        .bind::<BigInt, _>(item.claim)
        .bind::<BigInt, _>(now.0)
        .bind::<BigInt, _>(now.plus(item.lease).0)
        .bind::<Id, _>(Key::from(item.task_id))
        .bind::<BigInt, _>(now.plus(CLOCK_SLACK).0)
        .bind::<BigInt, _>(item.claim)
        .get_result(c)
        .optional()
}
