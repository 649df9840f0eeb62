//! What is due and may be held by nobody: the sweeper's reads. The database is the truth, the queue a hint.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::conn::{Conn, on};
use super::error::StoreError;
use super::schema::{channel_tasks, messages};
use super::types::Key;
use crate::domain::enums::ChannelType;
use crate::domain::id::{MessageId, TaskId};
use crate::domain::time::Timestamp;

/// A message whose chain is due.
#[derive(Debug, Clone)]
pub struct DueMessage {
    pub id: MessageId,
    pub lane: Option<String>,
    pub priority: u8,
    pub due_at: Timestamp,
}

/// A task that is due.
#[derive(Debug, Clone)]
pub struct DueTask {
    pub id: TaskId,
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
    pub claim: i64,
    pub retry_count: i32,
    pub max_retry: i32,
    pub channel_type: ChannelType,
    pub lane: Option<String>,
    pub priority: u8,
}

fn level(priority: i16) -> u8 {
    u8::try_from(priority).unwrap_or(9)
}

/// Messages due in `from <= due_at < until`, soonest first.
pub async fn due_messages(
    conn: &mut Conn,
    from: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<DueMessage>, StoreError> {
    use messages as m;
    let rows: Vec<(Key, Option<String>, i16, i64)> = on!(conn, c => m::table
        .filter(m::due_at.ge(from.0).and(m::due_at.lt(until.0)))
        // As the partial index has it.
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("status IN ('SCHEDULED', 'PENDING')"))
        .order(m::due_at)
        .limit(limit)
        .select((m::id, m::lane, m::priority, m::due_at))
        .load(c)
        .await)?;
    Ok(rows
        .into_iter()
        .map(|(id, lane, priority, due_at)| DueMessage {
            id: id.into(),
            lane,
            priority: level(priority),
            due_at: Timestamp(due_at),
        })
        .collect())
}

/// Waiting tasks due in `from <= due_at < until`, soonest first.
pub async fn due_tasks(
    conn: &mut Conn,
    from: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<DueTask>, StoreError> {
    use channel_tasks as t;
    let rows: Vec<(Key, String, Option<String>, i16, i64)> = on!(conn, c => t::table
        .filter(t::due_at.ge(from.0).and(t::due_at.lt(until.0)))
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("status IN ('PENDING', 'RETRY', 'SENDING')"))
        .filter(t::status.ne("SENDING"))
        .order(t::due_at)
        .limit(limit)
        .select((t::id, t::channel_type, t::lane, t::lane_priority, t::due_at))
        .load(c)
        .await)?;
    rows.into_iter()
        .map(|(id, channel_type, lane, priority, due_at)| {
            Ok(DueTask {
                id: id.into(),
                channel_type: channel_type.parse().map_err(StoreError::corrupt)?,
                lane,
                priority: level(priority),
                due_at: Timestamp(due_at),
            })
        })
        .collect()
}

/// Tasks in SENDING whose lease ended before `now`.
pub async fn lost_tasks(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<LostTask>, StoreError> {
    use channel_tasks as t;
    type Row = (Key, Key, i64, i32, i32, String, Option<String>, i16);
    let rows: Vec<Row> = on!(conn, c => t::table
        .filter(t::due_at.lt(now.0))
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("status IN ('PENDING', 'RETRY', 'SENDING')"))
        .filter(t::status.eq("SENDING"))
        .order(t::due_at)
        .limit(limit)
        .select((
            t::id, t::message_id, t::claim, t::retry_count, t::max_retry, t::channel_type, t::lane, t::lane_priority,
        ))
        .load(c)
        .await)?;
    rows.into_iter()
        .map(|(id, message_id, claim, retry_count, max_retry, channel_type, lane, priority)| {
            Ok(LostTask {
                id: id.into(),
                message_id: message_id.into(),
                claim,
                retry_count,
                max_retry,
                channel_type: channel_type.parse().map_err(StoreError::corrupt)?,
                lane,
                priority: level(priority),
            })
        })
        .collect()
}

/// Ends every lease: for the start of the only process that works on this database.
pub async fn end_leases(conn: &mut Conn, now: Timestamp) -> Result<(), StoreError> {
    use channel_tasks as t;
    on!(conn, c => diesel::update(t::table.filter(t::status.eq("SENDING").and(t::due_at.gt(now.0))))
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("status IN ('PENDING', 'RETRY', 'SENDING')"))
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
        .set(t::due_at.eq(now.0))
        .execute(c)
        .await)?;
    Ok(())
}
