//! Taking back what is not yet sent, at whatever stage a message is. What is being sent at that moment can't be taken
//! back; it is marked, so that it is not tried again should the attempt fail (see `outcome`), also where it is all that is
//! left.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::batch::CONFLICT_RETRIES;
use super::conn::{Conn, Raw, Store, on};
use super::error::StoreError;
use super::schema::{channel_tasks as t, messages as m};
use super::stats::tally::{MessageEnd, OfMessage, OfTask, Tally, TaskTurn};
use super::task::{note, of_messages};
use super::types::Key;
use crate::domain::code::ErrorCode;
use crate::domain::enums::{ExecutionMode, MessageStatus, TaskStatus};
use crate::domain::event::TaskChange;
use crate::domain::id::{MessageId, TaskId};
use crate::domain::state::message_end;
use crate::domain::stats::NOT_MEASURED;
use crate::domain::task::Task;
use crate::domain::time::Timestamp;

/// What a cancellation found and did.
#[derive(Debug, Clone)]
pub struct Cancelled {
    /// Where the message stands now; none where nothing of it was open, and nothing was changed.
    pub status: Option<MessageStatus>,
    /// The tasks that were taken back.
    pub taken: Vec<TaskId>,
    /// All tasks of the message as the cancellation left them.
    pub tasks: Vec<Task>,
}

impl Cancelled {
    /// What changed, for those who watch.
    pub fn changes(&self) -> Vec<TaskChange> {
        let taken = self.tasks.iter().filter(|task| self.taken.contains(&task.id));
        let change = |task: &Task| TaskChange {
            task_id: task.id,
            channel_type: task.channel_type,
            status: task.status,
            retry_count: task.retry_count,
            result_message: task.result_message.clone(),
        };
        taken.map(change).collect()
    }
}

/// The open tasks of a message as a cancellation found them.
struct Open {
    /// They waited, and were taken back.
    taken: Vec<TaskId>,
    /// They are being sent, and were marked.
    marked: usize,
    /// They are being sent and were marked before.
    marked_before: bool,
}

impl Store {
    /// Cancels what is not yet sent, and marks what is being sent, in one transaction, which is tried again where another
    /// got in its way.
    ///
    /// # Errors
    /// Where the database is away: nothing was changed, or nobody knows; trying again is safe.
    pub async fn cancel_message(&self, id: MessageId, by: &str, now: Timestamp) -> Result<Cancelled, StoreError> {
        let mut tries = 0;
        loop {
            match cancel(self, id, by, now).await {
                Err(StoreError::Conflict(_)) if tries < CONFLICT_RETRIES => tries += 1,
                done => return done,
            }
        }
    }
}

async fn cancel(store: &Store, id: MessageId, by: &str, now: Timestamp) -> Result<Cancelled, StoreError> {
    let mut conn = store.begin().await?;
    let key = Key::from(id);
    let unplanned = m::status.eq("PENDING").or(m::status.eq("SCHEDULED"));
    let whole: Option<(Key, String, i64)> = on!(conn, c => diesel::update(m::table.filter(m::id.eq(key)).filter(unplanned))
        .set((m::status.eq("CANCELLED"), m::due_at.eq(None::<i64>), m::updated_at.eq(now.0), m::finished_at.eq(now.0)))
        .returning((m::tenant_id, m::business_type, m::created_at))
        .get_result(c)
        .await
        .optional())?;
    if let Some((tenant, business_type, since)) = whole {
        let end = MessageEnd { status: MessageStatus::Cancelled, error_code: None, since, at: now.0 };
        let mut tally = Tally::default();
        tally.ended(OfMessage { tenant, business_type: &business_type }, end);
        tally.insert(&mut conn).await?;
        note(&mut conn, id, "CANCELLED", &format!("by {by}, before anything was sent"), now).await?;
        conn.commit().await?;
        return Ok(Cancelled { status: Some(MessageStatus::Cancelled), taken: Vec::new(), tasks: Vec::new() });
    }
    hold(&mut conn, key).await?;
    let mut tally = Tally::default();
    let Open { taken, marked, marked_before } = take_back(&mut conn, key, now, &mut tally).await?;
    let status = match taken.len() + marked {
        // It was cancelled before, and is not through yet.
        0 => marked_before.then_some(MessageStatus::Processing),
        _ => Some(end(&mut conn, id, taken.len(), by, now, &mut tally).await?),
    };
    tally.insert(&mut conn).await?;
    let tasks = of_messages(&mut conn, &[id]).await?;
    conn.commit().await?;
    Ok(Cancelled { status, taken, tasks })
}

/// Locks the message's open tasks, so that none of them goes on between the statements that follow. SQLite has one
/// writer anyway.
async fn hold(conn: &mut Conn, message: Key) -> Result<(), StoreError> {
    let Raw::Postgres(c) = conn.raw()? else { return Ok(()) };
    let mode: Option<String> = m::table.find(message).select(m::execution_mode).first(c).await.optional()?;
    // The end of a task with a step locks the message first, that of any other its task.
    if mode.is_some_and(|mode| mode != ExecutionMode::Parallel.as_str()) {
        m::table.find(message).select(m::id).for_update().load::<Key>(c).await?;
    }
    let open = t::status.eq_any(["PENDING", "RETRY", "SENDING"]);
    let tasks = t::table.filter(t::message_id.eq(message)).filter(open);
    tasks.order(t::id).select(t::id).for_update().load::<Key>(c).await?;
    Ok(())
}

/// Cancels the tasks that wait, and marks those that are under way.
async fn take_back(conn: &mut Conn, message: Key, now: Timestamp, tally: &mut Tally) -> Result<Open, StoreError> {
    let waiting = t::status.eq("PENDING").or(t::status.eq("RETRY"));
    let taken: Vec<(Key, Key, String, String, Key)> = on!(conn, c => diesel::update(t::table.filter(t::message_id.eq(message)).filter(waiting))
        .set((
            t::status.eq("CANCELLED"),
            t::due_at.eq(None::<i64>),
            t::result_message.eq("cancelled"),
            t::updated_at.eq(now.0),
            t::finished_at.eq(now.0),
        ))
        .returning((t::id, t::tenant_id, t::business_type, t::channel_type, t::channel_config_id))
        .get_results(c)
        .await)?;
    for (_, tenant, business_type, channel_type, config) in &taken {
        let turn = TaskTurn { status: TaskStatus::Cancelled, error_code: None, took: NOT_MEASURED, at: now.0 };
        tally.task(OfTask { tenant: *tenant, business_type, channel_type, config: *config }, turn);
    }
    let under_way = t::table.filter(t::message_id.eq(message)).filter(t::status.eq("SENDING"));
    let before: i64 = on!(conn, c => under_way.filter(t::cancel_at.is_not_null()).count().get_result(c).await)?;
    let unmarked = under_way.filter(t::cancel_at.is_null());
    let marked = on!(conn, c => diesel::update(unmarked).set(t::cancel_at.eq(now.0)).execute(c).await)?;
    Ok(Open { taken: taken.into_iter().map(|(id, ..)| id.into()).collect(), marked, marked_before: before > 0 })
}

/// Counts the tasks that were taken back, ends the message where none is open any more, and notes it all.
async fn end(
    conn: &mut Conn,
    id: MessageId,
    taken: usize,
    by: &str,
    now: Timestamp,
    tally: &mut Tally,
) -> Result<MessageStatus, StoreError> {
    let key = Key::from(id);
    let count = i32::try_from(taken).unwrap_or(i32::MAX);
    type Row = (i32, i32, i32, i32, Key, String, i64, Option<i64>);
    let (open, total, success, failed, tenant, business_type, created_at, scheduled_at): Row = on!(conn, c => diesel::update(m::table.find(key))
        .set((m::open_channels.eq(m::open_channels - count), m::updated_at.eq(now.0)))
        .returning((
            m::open_channels,
            m::total_channels,
            m::success_channels,
            m::failed_channels,
            m::tenant_id,
            m::business_type,
            m::created_at,
            m::scheduled_at,
        ))
        .get_result(c)
        .await)?;
    let mut status = MessageStatus::Processing;
    if open == 0 {
        status = message_end(total, success, failed);
        let failure = status == MessageStatus::Failed;
        on!(conn, c => diesel::update(m::table.find(key))
            .set((
                m::status.eq(status.as_str()),
                failure.then(|| m::error_code.eq(ErrorCode::AllChannelsFailed.as_str())),
                m::finished_at.eq(now.0),
            ))
            .execute(c)
            .await)?;
        let error_code = failure.then_some(ErrorCode::AllChannelsFailed.as_str());
        let since = scheduled_at.map_or(created_at, |at| at.max(created_at));
        let of = OfMessage { tenant, business_type: &business_type };
        tally.ended(of, MessageEnd { status, error_code, since, at: now.0 });
    }
    // Not the total: some channels may have failed without a task.
    let tasks: i64 = on!(conn, c => t::table.filter(t::message_id.eq(key)).count().get_result(c).await)?;
    let detail = format!("by {by}: {count} of {tasks} tasks taken back, {success} already delivered, {open} under way");
    note(conn, id, "CANCELLED", &detail, now).await?;
    Ok(status)
}
