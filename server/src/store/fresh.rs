//! Fresh batches: rows that are written together are, as a rule, dealt with a moment later. An index entry each, so that
//! the sweeper finds them should they be lost, would cost more than all else about them (on PostgreSQL also every later
//! update would have to touch all indexes). So one row stands in for the whole batch; what is left of the batch when it
//! is looked at gets its `due_at`, and with it the index entry.

use std::time::Duration;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Text};
use uuid::Uuid;

use super::conn::{Store, on};
use super::error::StoreError;
use super::schema::{channel_tasks, fresh_batches, messages};
use super::statement::{Sql, Statement, sql};
use super::types::{Id, Key};
use crate::domain::time::Timestamp;

/// How long messages that are due at once may take to the end of their chain before they count as waiting.
const MESSAGES_AFTER: Duration = Duration::from_secs(10);

const MESSAGES: &str = "MESSAGES";
const TASKS: &str = "TASKS";

/// Batches looked at in one transaction.
const AT_ONCE: i64 = 20;

/// The rows of one writer's batch that have no `due_at`.
pub(super) struct FreshBatch {
    /// The first row's.
    id: Key,
    kind: &'static str,
    look_at: i64,
    /// 16 bytes each.
    ids: Vec<u8>,
}

impl FreshBatch {
    /// Of what was accepted at `now`; None where nothing was.
    pub(super) fn messages(ids: impl Iterator<Item = Uuid>, now: Timestamp) -> Option<Self> {
        Self::of(MESSAGES, ids, now.plus(MESSAGES_AFTER))
    }

    /// Of tasks whose leases are over by `until`; None where there are none.
    pub(super) fn tasks(ids: impl Iterator<Item = Uuid>, until: Timestamp) -> Option<Self> {
        Self::of(TASKS, ids, until)
    }

    fn of(kind: &'static str, ids: impl Iterator<Item = Uuid>, look_at: Timestamp) -> Option<Self> {
        let mut ids = ids.peekable();
        let id = Key(*ids.peek()?);
        let mut bytes = Vec::with_capacity(16 * ids.size_hint().0.max(1));
        ids.for_each(|id| bytes.extend_from_slice(id.as_bytes()));
        Some(Self { id, kind, look_at: look_at.0, ids: bytes })
    }

    /// Stores it, within the transaction that stores its rows.
    pub(super) fn insert(&self, c: &mut SqliteConnection) -> QueryResult<()> {
        Statement::new(InsertBatch)
            .bind::<Id, _>(self.id)
            .bind::<Text, _>(self.kind)
            .bind::<BigInt, _>(self.look_at)
            .bind::<Binary, _>(self.ids.as_slice())
            .execute(c)?;
        Ok(())
    }
}

sql!(
    /// A batch whose answer was lost is written again, under the same id.
    InsertBatch,
    "INSERT OR IGNORE INTO fresh_batches (id, kind, look_at, ids) VALUES (?, ?, ?, ?)"
);

/// The same in a statement of PostgreSQL; [`bind`] binds.
macro_rules! insert_batches {
    () => {
        "INSERT INTO fresh_batches (id, kind, look_at, ids) \
         SELECT id, kind, look_at, ids FROM unnest(?, ?, ?, ?) AS f(id, kind, look_at, ids) ON CONFLICT DO NOTHING"
    };
}
pub(super) use insert_batches;

/// Binds batches for [`insert_batches!`].
pub(super) fn bind<S: Sql>(statement: Statement<'_, Pg, S>, batches: Vec<FreshBatch>) -> Statement<'_, Pg, S> {
    statement
        .bind::<Array<Id>, _>(batches.iter().map(|batch| batch.id).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(batches.iter().map(|batch| batch.kind).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(batches.iter().map(|batch| batch.look_at).collect::<Vec<_>>())
        .bind::<Array<Binary>, _>(batches.into_iter().map(|batch| batch.ids).collect::<Vec<_>>())
}

fn keys(ids: &[u8]) -> impl Iterator<Item = Key> {
    ids.chunks_exact(16).filter_map(|id| Uuid::from_slice(id).ok()).map(Key)
}

/// Gives what is left of the batches whose time has come its `due_at`, so that it is found by that.
///
/// # Errors
/// Then some batches stay, to be looked at again.
pub async fn list_what_is_left(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    list(store, now, now).await
}

/// The same with all batches: for the start of the only process that works on this database.
///
/// # Errors
/// Then some batches stay.
pub async fn list_all_that_is_left(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    list(store, Timestamp(i64::MAX), now).await
}

async fn list(store: &Store, until: Timestamp, now: Timestamp) -> Result<(), StoreError> {
    loop {
        let mut conn = store.begin().await?;
        let due = fresh_batches::table
            .filter(fresh_batches::look_at.le(until.0))
            .order((fresh_batches::look_at, fresh_batches::id))
            .select((fresh_batches::id, fresh_batches::kind, fresh_batches::look_at, fresh_batches::ids))
            .limit(AT_ONCE);
        let batches: Vec<(Key, String, i64, Vec<u8>)> = on!(conn, c => diesel_async::RunQueryDsl::load(due, c).await)?;
        let last = i64::try_from(batches.len()).unwrap_or(AT_ONCE) < AT_ONCE;
        if !batches.is_empty() {
            let of = |kind| batches.iter().filter(move |batch| batch.1 == kind).flat_map(|batch| keys(&batch.3));
            let (waiting, sent): (Vec<Key>, Vec<Key>) = (of(MESSAGES).collect(), of(TASKS).collect());
            let left = messages::table
                .filter(messages::id.eq_any(waiting))
                .filter(messages::status.eq("PENDING"))
                .filter(messages::due_at.is_null());
            let update = diesel::update(left).set(messages::due_at.eq(messages::created_at.nullable()));
            on!(conn, c => diesel_async::RunQueryDsl::execute(update, c).await)?;
            let left = channel_tasks::table
                .filter(channel_tasks::id.eq_any(sent))
                .filter(channel_tasks::status.eq("SENDING"))
                .filter(channel_tasks::due_at.is_null());
            // The lease is over, or its holder is known to be gone.
            let update = diesel::update(left).set(channel_tasks::due_at.eq(now.0));
            on!(conn, c => diesel_async::RunQueryDsl::execute(update, c).await)?;
            let seen: Vec<Key> = batches.iter().map(|batch| batch.0).collect();
            let latest = batches.last().map_or(i64::MIN, |batch| batch.2);
            let seen =
                fresh_batches::table.filter(fresh_batches::look_at.le(latest)).filter(fresh_batches::id.eq_any(seen));
            on!(conn, c => diesel_async::RunQueryDsl::execute(diesel::delete(seen), c).await)?;
        }
        conn.commit().await?;
        if last {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::code::ErrorCode;
    use crate::domain::enums::{ExecutionMode, MessageStatus};
    use crate::domain::id::{MessageId, TenantId};
    use crate::domain::message::{Failure, NewMessage};
    use crate::store::accept::AcceptWrite;
    use crate::store::dispatch::DispatchWrite;
    use crate::store::message::pending;
    use crate::store::sweep::{After, due_messages};
    use crate::store::testing::TestStore;
    use crate::store::verdict_list::StoredVerdicts;

    const NOW: Timestamp = Timestamp::from_millis(1_795_228_200_000);

    fn message(scheduled_at: Option<Timestamp>) -> Arc<NewMessage> {
        let id = MessageId::new(NOW);
        Arc::new(NewMessage {
            id,
            message_id: id.to_string(),
            tenant_id: TenantId::new(NOW),
            store_id: None,
            business_type: "NOTICE".to_owned(),
            business_data: "{}".into(),
            options: Default::default(),
            recipients: Arc::default(),
            execution_mode: ExecutionMode::Parallel,
            lane: None,
            priority: 5,
            scheduled_at,
            expires_at: None,
            sent_by: None,
            created_at: NOW,
            digest: None,
        })
    }

    async fn found(store: &Store, until: Timestamp) -> Vec<MessageId> {
        let mut conn = store.read().await.unwrap();
        let due = due_messages(&mut conn, After::from(Timestamp(0)), until, &[], 100).await.unwrap();
        due.into_iter().map(|message| message.id).collect()
    }

    #[tokio::test]
    async fn only_what_was_left_is_found_by_its_time() {
        let store = TestStore::open().await;
        let (done, left, later) = (message(None), message(None), message(Some(NOW.plus(Duration::from_secs(60)))));
        let writes = [&done, &left, &later].map(|message| AcceptWrite::new(Arc::clone(message)).unwrap());
        for result in store.accept_writer().put_all(writes.into()).await {
            result.unwrap();
        }
        let pending = pending(&mut store.read().await.unwrap(), &[done.id]).await.unwrap().0.remove(0);
        let end = DispatchWrite {
            message: Arc::new(pending),
            verdicts: StoredVerdicts::new(Vec::new()).unwrap(),
            status: MessageStatus::Skipped,
            failure: Some(Failure::new(ErrorCode::DuplicateMessage, "the same was sent already")),
            tasks: Vec::new(),
            lost: 0,
            at: NOW,
        };
        assert!(store.dispatch_writer().put(Arc::new(end)).await.unwrap());
        let long_after = NOW.plus(Duration::from_secs(3600));
        assert_eq!(found(&store, long_after).await, [later.id]);
        // Too early to call them left.
        list_what_is_left(&store, NOW.plus(MESSAGES_AFTER).minus(Duration::from_secs(1))).await.unwrap();
        assert_eq!(found(&store, long_after).await, [later.id]);
        list_what_is_left(&store, NOW.plus(MESSAGES_AFTER)).await.unwrap();
        assert_eq!(found(&store, long_after).await, [left.id, later.id]);
        assert_eq!(batches(&store).await.unwrap(), 0);
    }

    async fn batches(store: &Store) -> Result<i64, StoreError> {
        let mut conn = store.read().await?;
        on!(conn, c => diesel_async::RunQueryDsl::get_result(fresh_batches::table.count(), c).await)
    }
}
