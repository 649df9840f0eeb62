//! What is due and may be held by nobody: the sweeper's reads. The database is the truth, the queue a hint.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use uuid::Uuid;

use super::conn::{Conn, on};
use super::error::StoreError;
use super::schema::{channel_tasks, messages};
use super::types::Key;
use crate::domain::enums::ChannelType;
use crate::domain::id::{ChannelConfigId, MessageId, TaskId, TenantId};
use crate::domain::time::Timestamp;

/// A message whose chain is due.
#[derive(Debug, Clone)]
pub struct DueMessage {
    pub id: MessageId,
    pub tenant_id: TenantId,
    pub lane: Option<String>,
    pub priority: u8,
    pub due_at: Timestamp,
}

/// A task that is due.
#[derive(Debug, Clone)]
pub struct DueTask {
    pub id: TaskId,
    pub channel_config_id: ChannelConfigId,
    pub channel_type: ChannelType,
    pub lane: Option<String>,
    pub priority: u8,
    pub due_at: Timestamp,
}

/// A task whose claimer's lease has run out: nobody knows whether it was sent.
#[derive(Debug, Clone)]
pub struct LostTask {
    pub id: TaskId,
    pub message_id: MessageId,
    pub tenant_id: TenantId,
    pub channel_config_id: ChannelConfigId,
    pub claim: i64,
    pub retry_count: i32,
    pub max_retry: i32,
    pub channel_type: ChannelType,
    pub lane: Option<String>,
    pub priority: u8,
    pub step: i32,
}

fn level(priority: i16) -> u8 {
    u8::try_from(priority).unwrap_or(9)
}

/// Where a read of what is due goes on: behind this row. Many rows may share an instant.
#[derive(Debug, Clone, Copy)]
pub struct After {
    pub due_at: Timestamp,
    pub id: Uuid,
}

impl After {
    /// Before everything that is due at or after `at`.
    pub const fn from(at: Timestamp) -> Self {
        Self { due_at: at, id: Uuid::nil() }
    }
}

/// Messages due behind `after` and before `until`, soonest first, but none of the given lanes, priorities and tenants.
pub async fn due_messages(
    conn: &mut Conn,
    after: After,
    until: Timestamp,
    without: &[(Option<String>, u8, TenantId)],
    limit: i64,
) -> Result<Vec<DueMessage>, StoreError> {
    use messages as m;
    type Row = (Key, Key, Option<String>, i16, Option<i64>);
    let rows: Vec<Row> = on!(conn, c => {
        let behind = m::due_at.gt(after.due_at.0).or(m::due_at.eq(after.due_at.0).and(m::id.gt(Key(after.id))));
        let mut query = m::table
            .filter(m::due_at.ge(after.due_at.0).and(m::due_at.lt(until.0)))
            .filter(behind)
            .filter(m::status.eq_any(["SCHEDULED", "PENDING"]))
            .order((m::due_at, m::id))
            .limit(limit)
            .select((m::id, m::tenant_id, m::lane, m::priority, m::due_at))
            .into_boxed();
        for (lane, priority, tenant) in without {
            let same = m::priority.eq(i16::from(*priority)).and(m::tenant_id.eq(Key::from(*tenant)));
            // Null is neither equal to nor different from a name.
            query = match lane {
                None => query.filter(diesel::dsl::not(same.and(m::lane.is_null()))),
                Some(lane) => query.filter(m::lane.is_null().or(diesel::dsl::not(same.and(m::lane.eq(lane))))),
            };
        }
        query.load(c).await
    })?;
    Ok(rows
        .into_iter()
        .map(|(id, tenant_id, lane, priority, due_at)| DueMessage {
            id: id.into(),
            tenant_id: tenant_id.into(),
            lane,
            priority: level(priority),
            due_at: Timestamp(due_at.unwrap_or_default()),
        })
        .collect())
}

/// The channel types that this version knows. Tasks of others, as a newer version may write, are left to it: asked for in the
/// statement, so that they take no place on a page however many they are.
fn known() -> Vec<&'static str> {
    ChannelType::ALL.iter().map(|known| known.as_str()).collect()
}

/// Waiting tasks due behind `after` and before `until`, soonest first, but none of the given channel configs, lanes and
/// priorities.
pub async fn due_tasks(
    conn: &mut Conn,
    after: After,
    until: Timestamp,
    without: &[(ChannelConfigId, Option<String>, u8)],
    limit: i64,
) -> Result<Vec<DueTask>, StoreError> {
    use channel_tasks as t;
    type Row = (Key, Key, String, Option<String>, i16, Option<i64>);
    let rows: Vec<Row> = on!(conn, c => {
        let behind = t::due_at.gt(after.due_at.0).or(t::due_at.eq(after.due_at.0).and(t::id.gt(Key(after.id))));
        let mut query = t::table
            .filter(t::due_at.ge(after.due_at.0).and(t::due_at.lt(until.0)))
            .filter(behind)
            .filter(t::status.eq_any(["PENDING", "RETRY"]))
            .filter(t::channel_type.eq_any(known()))
            .order((t::due_at, t::id))
            .limit(limit)
            .select((t::id, t::channel_config_id, t::channel_type, t::lane, t::lane_priority, t::due_at))
            .into_boxed();
        for (config, lane, priority) in without {
            let same = t::lane_priority.eq(i16::from(*priority)).and(t::channel_config_id.eq(Key::from(*config)));
            query = match lane {
                None => query.filter(diesel::dsl::not(same.and(t::lane.is_null()))),
                Some(lane) => query.filter(t::lane.is_null().or(diesel::dsl::not(same.and(t::lane.eq(lane))))),
            };
        }
        query.load(c).await
    })?;
    let task = |(id, config, channel_type, lane, priority, due_at): Row| {
        Some(DueTask {
            id: id.into(),
            channel_config_id: config.into(),
            channel_type: readable(id, &channel_type)?,
            lane,
            priority: level(priority),
            due_at: Timestamp(due_at.unwrap_or_default()),
        })
    };
    Ok(rows.into_iter().filter_map(task).collect())
}

fn readable(id: Key, channel_type: &str) -> Option<ChannelType> {
    match channel_type.parse() {
        Ok(channel_type) => Some(channel_type),
        // Not asked for, see `known`.
        Err(error) => {
            tracing::error!(task.id = %TaskId::from(id), %error, "a task can't be read");
            None
        }
    }
}

/// Tasks in SENDING whose lease ended before `now`.
pub async fn lost_tasks(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<LostTask>, StoreError> {
    use channel_tasks as t;
    type Row = ((Key, Key, Key, Key), i64, i32, i32, String, Option<String>, i16, i32);
    let rows: Vec<Row> = on!(conn, c => t::table
        .filter(t::due_at.lt(now.0))
        .filter(t::status.eq("SENDING"))
        .filter(t::channel_type.eq_any(known()))
        .order(t::due_at)
        .limit(limit)
        .select((
            (t::id, t::message_id, t::tenant_id, t::channel_config_id),
            t::claim, t::retry_count, t::max_retry, t::channel_type, t::lane, t::lane_priority, t::step,
        ))
        .load(c)
        .await)?;
    let task = |(
        (id, message_id, tenant_id, config_id),
        claim,
        retry_count,
        max_retry,
        channel_type,
        lane,
        priority,
        step,
    ): Row| {
        Some(LostTask {
            id: id.into(),
            message_id: message_id.into(),
            tenant_id: tenant_id.into(),
            channel_config_id: config_id.into(),
            claim,
            retry_count,
            max_retry,
            channel_type: readable(id, &channel_type)?,
            lane,
            priority: level(priority),
            step,
        })
    };
    Ok(rows.into_iter().filter_map(task).collect())
}

/// The channel types of tasks that were due before `now` and that this version does not know.
pub async fn unknown_channel_types(conn: &mut Conn, now: Timestamp) -> Result<Vec<String>, StoreError> {
    use channel_tasks as t;
    on!(conn, c => t::table
        .filter(t::due_at.lt(now.0))
        .filter(t::channel_type.ne_all(known()))
        .select(t::channel_type)
        .distinct()
        .limit(100)
        .load(c)
        .await)
}

/// Ends every lease: for the start of the only process that works on this database.
pub async fn end_leases(conn: &mut Conn, now: Timestamp) -> Result<(), StoreError> {
    use channel_tasks as t;
    on!(conn, c => diesel::update(t::table.filter(t::status.eq("SENDING").and(t::due_at.gt(now.0))))
        .set(t::due_at.eq(now.0))
        .execute(c)
        .await)?;
    Ok(())
}

/// Notes that messages were announced again, so that the next sweep counts from now.
pub async fn messages_announced(conn: &mut Conn, ids: &[MessageId], now: Timestamp) -> Result<(), StoreError> {
    use messages as m;
    let ids: Vec<Key> = ids.iter().copied().map(Key::from).collect();
    on!(conn, c => diesel::update(m::table.filter(m::id.eq_any(ids)))
        .filter(m::status.eq("PENDING").or(m::status.eq("SCHEDULED")))
        .filter(m::due_at.le(now.0))
        .set(m::due_at.eq(now.0))
        .execute(c)
        .await)?;
    Ok(())
}

/// Notes that tasks were announced again.
pub async fn tasks_announced(conn: &mut Conn, ids: &[TaskId], now: Timestamp) -> Result<(), StoreError> {
    use channel_tasks as t;
    let ids: Vec<Key> = ids.iter().copied().map(Key::from).collect();
    on!(conn, c => diesel::update(t::table.filter(t::id.eq_any(ids)))
        .filter(t::status.eq("PENDING").or(t::status.eq("RETRY")))
        // One that was tried and failed meanwhile waits for its next time.
        .filter(t::due_at.le(now.0))
        .set(t::due_at.eq(now.0))
        .execute(c)
        .await)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::time::Clock;
    use crate::store::claim::ClaimWrite;
    use crate::store::testing::{TestStore, message, task};

    const NOW: Timestamp = Timestamp::from_millis(1_795_228_200_000);
    const PAGE: i64 = 50;

    #[tokio::test]
    async fn a_full_page_of_tasks_that_only_a_newer_version_knows_hides_nothing() {
        let store = TestStore::open().await;
        let tasks: Vec<_> = (0..=50).map(|number| task(NOW.plus(Duration::from_millis(number)))).collect();
        let ids: Vec<TaskId> = tasks.iter().map(|task| task.id).collect();
        let (last, due_at) = (tasks[50].id, tasks[50].due_at.0);
        store.plan(&message(NOW), tasks).await;
        store.sql(&format!("UPDATE channel_tasks SET channel_type = 'PIGEON' WHERE due_at < {due_at}")).await;
        let later = NOW.plus(Duration::from_secs(60));
        let mut conn = store.read().await.unwrap();
        let due = due_tasks(&mut conn, After::from(Timestamp(0)), later, &[], PAGE).await.unwrap();
        assert_eq!(due.iter().map(|task| task.id).collect::<Vec<_>>(), [last]);
        assert_eq!(unknown_channel_types(&mut conn, later).await.unwrap(), ["PIGEON"]);
        assert!(unknown_channel_types(&mut conn, NOW).await.unwrap().is_empty());
        drop(conn);
        // All are claimed, theirs by workers that know them, and all workers are lost.
        let claims = store.claim_writer(Clock::manual(NOW));
        for (task_id, claim) in ids.into_iter().zip(1..) {
            drop(claims.put(ClaimWrite { task_id, claim, lease: Duration::from_secs(30) }).await.unwrap());
        }
        let lost = lost_tasks(&mut store.read().await.unwrap(), later, PAGE).await.unwrap();
        assert_eq!(lost.iter().map(|task| task.id).collect::<Vec<_>>(), [last]);
    }
}
