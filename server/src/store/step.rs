//! The end of a task that has others waiting for it: recorded in one transaction with what that means for them, so that
//! no crash leaves a message between two steps.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::conn::{Conn, Store, on};
use super::error::StoreError;
use super::outcome::{OutcomeWrite, Recorded, took};
use super::schema::{channel_tasks as t, messages as m};
use super::stats::tally::{MessageEnd, OfMessage, OfTask, Tally, TaskTurn};
use super::types::Key;
use crate::domain::code::ErrorCode;
use crate::domain::enums::{ChannelType, ExecutionMode, MessageStatus, TaskStatus};
use crate::domain::id::{ChannelConfigId, TaskId};
use crate::domain::settings::ExecutionSettings;
use crate::domain::state::message_end;
use crate::domain::stats::NOT_MEASURED;
use crate::domain::step::{Next, SKIPPED_AFTER_SUCCESS, StepRules, Stepped, next};
use crate::domain::time::Timestamp;

/// A task that may be sent now that an earlier step has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    pub id: TaskId,
    pub channel_config_id: ChannelConfigId,
    pub channel_type: ChannelType,
    pub lane: Option<String>,
    pub priority: u8,
    pub due_at: Timestamp,
}

/// A task that was skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub id: TaskId,
    pub channel_type: ChannelType,
    pub reason: &'static str,
}

/// A message's task, as far as the order is concerned.
#[derive(Queryable)]
struct Row {
    id: Key,
    step: i32,
    status: String,
    send_at: Option<i64>,
    due_at: Option<i64>,
    channel_config_id: Key,
    channel_type: String,
    lane: Option<String>,
    lane_priority: i16,
    result_message: Option<String>,
}

/// A message, as far as the order is concerned, and what it is counted under.
#[derive(Queryable)]
struct Of {
    execution_mode: String,
    success: i32,
    failed: i32,
    open: i32,
    total: i32,
    tenant: Key,
    business_type: String,
    created_at: i64,
    scheduled_at: Option<i64>,
}

impl Of {
    fn message(&self) -> OfMessage<'_> {
        OfMessage { tenant: self.tenant, business_type: &self.business_type }
    }

    fn task<'a>(&'a self, row: &'a Row) -> OfTask<'a> {
        OfTask {
            tenant: self.tenant,
            business_type: &self.business_type,
            channel_type: &row.channel_type,
            config: row.channel_config_id,
        }
    }
}

/// Records the end of a task with a step.
///
/// # Errors
/// Where nothing was recorded, or nobody knows; trying again is safe.
pub(super) async fn record_step(
    store: &Store,
    now: Timestamp,
    write: &OutcomeWrite,
    settings: &ExecutionSettings,
) -> Result<Recorded, StoreError> {
    let result = &*write.result;
    let mut conn = store.begin().await?;
    let key = Key::from(result.message_id);
    // The message first: of two ends at the same time one sees the other.
    let message: Option<Of> = on!(conn, c => diesel::update(m::table.find(key))
        .set(m::updated_at.eq(now.0))
        .returning((
            m::execution_mode,
            m::success_channels,
            m::failed_channels,
            m::open_channels,
            m::total_channels,
            m::tenant_id,
            m::business_type,
            m::created_at,
            m::scheduled_at,
        ))
        .get_result(c)
        .await
        .optional())?;
    let Some(of) = message else { return Ok(nothing()) };
    let mode: ExecutionMode = of.execution_mode.parse().map_err(StoreError::corrupt)?;
    let Some(ended) = end_task(&mut conn, now, write).await? else { return Ok(nothing()) };
    let rows: Vec<Row> = on!(conn, c => t::table
        .filter(t::message_id.eq(key))
        .order((t::step, t::id))
        .select((
            t::id, t::step, t::status, t::send_at, t::due_at, t::channel_config_id, t::channel_type, t::lane, t::lane_priority,
            t::result_message,
        ))
        .load(c)
        .await)?;
    let states = rows.iter().map(stepped).collect::<Result<Vec<_>, _>>()?;
    let (mut released, mut needless) = (Vec::new(), Vec::new());
    match next(&states, StepRules::of(mode, settings)) {
        Next::Nothing => {}
        Next::Release(step) => released = release(&mut conn, now, step, &rows).await?,
        Next::Skip(reason) => needless = skip(&mut conn, now, reason, &rows, &states).await?,
    }
    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    let success = of.success + i32::from(ended == TaskStatus::Success);
    let failed = of.failed + i32::from(ended == TaskStatus::Failed);
    let open = of.open - 1 - count(needless.len());
    let before = rows.iter().filter(|row| row.result_message.as_deref() == Some(SKIPPED_AFTER_SUCCESS)).count();
    let now_skipped = needless.iter().filter(|(_, reason)| *reason == SKIPPED_AFTER_SUCCESS).count();
    // Of all channels, those that failed without a task too.
    let due = of.total - count(before + now_skipped);
    let status = if open > 0 { MessageStatus::Processing } else { message_end(due, success, failed) };
    let failure = (open <= 0 && success == 0).then(|| match result.error_code {
        None if failed > 0 => Some(ErrorCode::AllChannelsFailed.as_str()),
        code => code.map(ErrorCode::as_str),
    });
    on!(conn, c => diesel::update(m::table.find(key))
        .set((
            m::success_channels.eq(success),
            m::failed_channels.eq(failed),
            m::open_channels.eq(open),
            (open <= 0).then(|| (m::status.eq(status.as_str()), m::finished_at.eq(now.0))),
            failure.map(|code| (m::error_code.eq(code), m::error_message.eq(result.result_message.as_deref()))),
        ))
        .execute(c)
        .await)?;
    let mut tally = Tally::default();
    let turn = |status, error_code, took| TaskTurn { status, error_code, took, at: now.0 };
    for row in &rows {
        if row.id == Key::from(result.task_id) {
            tally.task(of.task(row), turn(ended, result.task_error_code(), took(result)));
        } else if needless.iter().any(|(task, _)| row.id == task.id) {
            tally.task(of.task(row), turn(TaskStatus::Cancelled, None, NOT_MEASURED));
        }
    }
    if open <= 0 {
        let since = of.scheduled_at.map_or(of.created_at, |at| at.max(of.created_at));
        let error_code = failure.flatten();
        tally.ended(of.message(), MessageEnd { status, error_code, since, at: now.0 });
    }
    tally.insert(&mut conn).await?;
    conn.commit().await?;
    // Of a channel that this version does not know there is nothing to tell.
    let told = |(row, reason): (&Row, &'static str)| {
        Some(Skipped { id: row.id.into(), channel_type: row.channel_type.parse().ok()?, reason })
    };
    let skipped = needless.into_iter().filter_map(told).collect();
    Ok(Recorded { ended: open <= 0, counted: true, task_status: ended, message_status: status, released, skipped })
}

fn nothing() -> Recorded {
    Recorded {
        ended: false,
        counted: false,
        task_status: TaskStatus::Sending,
        message_status: MessageStatus::Processing,
        released: Vec::new(),
        skipped: Vec::new(),
    }
}

fn stepped(row: &Row) -> Result<Stepped, StoreError> {
    let status = row.status.parse().map_err(StoreError::corrupt)?;
    Ok(Stepped { step: row.step, status, held: row.send_at.is_some() })
}

/// Ends the task under its claim, and says as what: what would wait again is cancelled where the message was. None where the
/// claim is no longer ours, or it waits again.
async fn end_task(conn: &mut Conn, now: Timestamp, write: &OutcomeWrite) -> Result<Option<TaskStatus>, StoreError> {
    let result = &*write.result;
    let ours = t::table
        .filter(t::id.eq(Key::from(result.task_id)))
        .filter(t::status.eq(TaskStatus::Sending.as_str()))
        .filter(t::claim.eq(result.claim));
    let found: Option<(String, Option<i64>)> =
        on!(conn, c => ours.select((t::attempts, t::cancel_at)).first(c).await.optional())?;
    let Some((attempts, cancel_at)) = found else { return Ok(None) };
    let status = match cancel_at {
        _ if result.status.finished() => result.status,
        Some(_) => TaskStatus::Cancelled,
        None => return Ok(None),
    };
    let attempts = match (write.attempt_behind(attempts.len()), attempts.as_str()) {
        (None, _) => attempts,
        (Some(attempt), "[]") => format!("[{attempt}]"),
        (Some(attempt), earlier) => format!("{},{attempt}]", earlier.strip_suffix(']').unwrap_or(earlier)),
    };
    let changed = on!(conn, c => diesel::update(ours)
        .set((
            t::status.eq(status.as_str()),
            t::retry_count.eq(result.retry_count),
            t::due_at.eq(None::<i64>),
            result.result_message.as_deref().map(|text| t::result_message.eq(text)),
            result.third_party_response.as_deref().map(|text| t::third_party_response.eq(text)),
            t::attempts.eq(&attempts),
            write.attempt.as_ref().map(|_| t::error_code.eq(result.task_error_code())),
            t::updated_at.eq(now.0),
            t::finished_at.eq(now.0),
        ))
        .execute(c)
        .await)?;
    Ok((changed == 1).then_some(status))
}

/// Lets the tasks of a step go; but what has waited too long ends by itself.
async fn release(conn: &mut Conn, now: Timestamp, step: i32, rows: &[Row]) -> Result<Vec<Released>, StoreError> {
    let mut released = Vec::new();
    for row in rows.iter().filter(|row| row.step == step && row.due_at > Some(now.0)) {
        let Some(send_at) = row.send_at else { continue };
        let due_at = Timestamp(send_at).max(now);
        let held = t::table.filter(t::id.eq(row.id)).filter(t::status.eq("PENDING")).filter(t::send_at.is_not_null());
        let changed = on!(conn, c => diesel::update(held)
            .set((t::due_at.eq(due_at.0), t::send_at.eq(None::<i64>), t::updated_at.eq(now.0)))
            .execute(c)
            .await)?;
        // A version that knows its channel finds it by its time.
        let Ok(channel_type) = row.channel_type.parse() else { continue };
        if changed == 1 {
            released.push(Released {
                id: row.id.into(),
                channel_config_id: row.channel_config_id.into(),
                channel_type,
                lane: row.lane.clone(),
                priority: u8::try_from(row.lane_priority).unwrap_or(9),
                due_at,
            });
        }
    }
    Ok(released)
}

/// Cancels what waits for an earlier step.
async fn skip<'r>(
    conn: &mut Conn,
    now: Timestamp,
    reason: &'static str,
    rows: &'r [Row],
    states: &[Stepped],
) -> Result<Vec<(&'r Row, &'static str)>, StoreError> {
    let mut skipped = Vec::new();
    for (row, _) in rows.iter().zip(states).filter(|(_, state)| state.held && !state.status.finished()) {
        let waiting = t::table.filter(t::id.eq(row.id)).filter(t::status.eq("PENDING"));
        let changed = on!(conn, c => diesel::update(waiting)
            .set((
                t::status.eq(TaskStatus::Cancelled.as_str()),
                t::due_at.eq(None::<i64>),
                t::result_message.eq(reason),
                t::updated_at.eq(now.0),
                t::finished_at.eq(now.0),
            ))
            .execute(c)
            .await)?;
        if changed == 1 {
            skipped.push((row, reason));
        }
    }
    Ok(skipped)
}
