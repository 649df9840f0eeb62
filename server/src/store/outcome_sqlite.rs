//! Outcomes on SQLite. Its one writer runs this within a transaction, so what is read here is still so when it is written:
//! task and message are read together and updated by their keys, which costs a third of `UPDATE … RETURNING`.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};

use super::outcome::{OutcomeWrite, took};
use super::statement::{Statement, sql};
use super::stats::tally::{MessageEnd, OfMessage, OfTask, Tally, TaskTurn};
use super::types::{Id, Key};
use crate::domain::code::ErrorCode;
use crate::domain::enums::{MessageStatus, TaskStatus};
use crate::domain::id::MessageId;
use crate::domain::state::message_end;
use crate::domain::task::TaskResult;

/// A claimed task and its message, before the outcome.
#[derive(QueryableByName)]
struct Claimed {
    #[diesel(sql_type = Id)]
    tenant_id: Key,
    #[diesel(sql_type = Text)]
    business_type: String,
    #[diesel(sql_type = Text)]
    channel_type: String,
    #[diesel(sql_type = Id)]
    channel_config_id: Key,
    /// Length of the list of attempts, in bytes.
    #[diesel(sql_type = Integer)]
    attempts: i32,
    #[diesel(sql_type = Bool)]
    cancelled: bool,
    #[diesel(sql_type = Nullable<Text>)]
    error_code: Option<String>,
    #[diesel(sql_type = Integer)]
    total: i32,
    #[diesel(sql_type = Integer)]
    success: i32,
    #[diesel(sql_type = Integer)]
    failed: i32,
    #[diesel(sql_type = Integer)]
    open: i32,
    #[diesel(sql_type = BigInt)]
    created_at: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    scheduled_at: Option<i64>,
}

sql!(
    /// A cancelled task that has a step is left out: its end is recorded by `step`, as others may wait for it.
    ReadClaimed,
    "SELECT t.tenant_id, t.business_type, t.channel_type, t.channel_config_id, octet_length(t.attempts) AS attempts, \
     t.cancel_at IS NOT NULL AS cancelled, m.error_code, m.total_channels AS total, m.success_channels AS success, \
     m.failed_channels AS failed, m.open_channels AS open, m.created_at, m.scheduled_at \
     FROM channel_tasks t CROSS JOIN messages m \
     WHERE t.id = ? AND t.status = 'SENDING' AND t.claim = ? AND (? OR t.step = 0 OR t.cancel_at IS NULL) \
     AND m.id = t.message_id"
);

sql!(
    UpdateTask,
    "UPDATE channel_tasks SET status = ?, retry_count = ?, due_at = ?, result_message = COALESCE(?, result_message), \
     third_party_response = COALESCE(?, third_party_response), \
     attempts = substr(attempts, 1, length(attempts) - 1) || ?, error_code = CASE WHEN ? THEN ? ELSE error_code END, \
     updated_at = ?, finished_at = ? WHERE id = ?"
);

sql!(
    MoveMessage,
    "UPDATE messages SET open_channels = ?, success_channels = ?, failed_channels = ?, updated_at = ? WHERE id = ?"
);

sql!(
    EndMessage,
    "UPDATE messages SET open_channels = ?, success_channels = ?, failed_channels = ?, updated_at = ?, status = ?, \
     finished_at = ? WHERE id = ?"
);

sql!(
    EndMessageFor,
    "UPDATE messages SET open_channels = ?, success_channels = ?, failed_channels = ?, updated_at = ?, status = ?, \
     finished_at = ?, error_code = ?, error_message = ? WHERE id = ?"
);

/// What became of a task and of its message; none where the claim is no longer ours, or the message goes on.
pub(super) type Changed = (Option<TaskStatus>, Option<MessageStatus>);

/// Records outcomes, one after the other.
pub(super) fn record(c: &mut SqliteConnection, now: i64, items: &[OutcomeWrite]) -> QueryResult<Vec<Changed>> {
    let (mut tasks, mut ends, mut tally) = (Vec::with_capacity(items.len()), HashMap::new(), Tally::default());
    for item in items {
        let result = &item.result;
        let claimed: Option<Claimed> = Statement::new(ReadClaimed)
            .bind::<Id, _>(Key::from(result.task_id))
            .bind::<BigInt, _>(result.claim)
            .bind::<Bool, _>(result.status.finished())
            .get_result(c)
            .optional()?;
        let Some(claimed) = claimed else {
            tasks.push(None);
            continue;
        };
        // Waiting again, it ends all the same where it was cancelled.
        let waits = !result.status.finished();
        let status = if waits && claimed.cancelled { TaskStatus::Cancelled } else { result.status };
        update_task(c, now, item, &claimed, status)?;
        let turn = TaskTurn { status, error_code: result.task_error_code(), took: took(result), at: now };
        if status.finished() || (status == TaskStatus::Retry && result.attempt.is_some()) {
            tally.task(claimed.counted(), turn);
        }
        if status.finished() {
            let end = move_message(c, now, result, &claimed, status, &mut tally)?;
            ends.insert(result.message_id, end);
        }
        tasks.push(Some(status));
    }
    tally.insert_sqlite(c)?;
    // Several outcomes of one message in one batch: all report where it ended up.
    let of = |id: &MessageId| ends.get(id).copied();
    Ok(items.iter().zip(tasks).map(|(item, task)| (task, of(&item.result.message_id))).collect())
}

fn update_task(
    c: &mut SqliteConnection,
    now: i64,
    item: &OutcomeWrite,
    claimed: &Claimed,
    status: TaskStatus,
) -> QueryResult<()> {
    let result = &item.result;
    let attempts = usize::try_from(claimed.attempts).unwrap_or(0);
    let end = match item.attempt_behind(attempts) {
        None => "]".to_owned(),
        Some(attempt) if attempts == "[]".len() => format!("{attempt}]"),
        Some(attempt) => format!(",{attempt}]"),
    };
    Statement::new(UpdateTask)
        .bind::<Text, _>(status.as_str())
        .bind::<Integer, _>(result.retry_count)
        .bind::<Nullable<BigInt>, _>((!status.finished()).then_some(result.due_at.0))
        .bind::<Nullable<Text>, _>(result.result_message.as_deref())
        .bind::<Nullable<Text>, _>(result.third_party_response.as_deref())
        .bind::<Text, _>(end)
        .bind::<Bool, _>(item.attempt.is_some())
        .bind::<Nullable<Text>, _>(result.task_error_code())
        .bind::<BigInt, _>(now)
        .bind::<Nullable<BigInt>, _>(status.finished().then_some(now))
        .bind::<Id, _>(Key::from(result.task_id))
        .execute(c)?;
    Ok(())
}

/// Moves the message's counters by a task that has ended, and ends it with its last one; its status then. The same on
/// PostgreSQL is `end_message!`.
fn move_message(
    c: &mut SqliteConnection,
    now: i64,
    result: &TaskResult,
    claimed: &Claimed,
    status: TaskStatus,
    tally: &mut Tally,
) -> QueryResult<MessageStatus> {
    let id = Key::from(result.message_id);
    let open = claimed.open - 1;
    let success = claimed.success + i32::from(status == TaskStatus::Success);
    let failed = claimed.failed + i32::from(status == TaskStatus::Failed);
    if open > 0 {
        Statement::new(MoveMessage)
            .bind::<Integer, _>(open)
            .bind::<Integer, _>(success)
            .bind::<Integer, _>(failed)
            .bind::<BigInt, _>(now)
            .bind::<Id, _>(id)
            .execute(c)?;
        return Ok(MessageStatus::Processing);
    }
    let end = message_end(claimed.total, success, failed);
    let code = match result.error_code {
        _ if success > 0 => None,
        None if failed > 0 => Some(ErrorCode::AllChannelsFailed),
        code => code,
    };
    match code {
        None => Statement::new(EndMessage)
            .bind::<Integer, _>(open)
            .bind::<Integer, _>(success)
            .bind::<Integer, _>(failed)
            .bind::<BigInt, _>(now)
            .bind::<Text, _>(end.as_str())
            .bind::<BigInt, _>(now)
            .bind::<Id, _>(id)
            .execute(c)?,
        Some(code) => Statement::new(EndMessageFor)
            .bind::<Integer, _>(open)
            .bind::<Integer, _>(success)
            .bind::<Integer, _>(failed)
            .bind::<BigInt, _>(now)
            .bind::<Text, _>(end.as_str())
            .bind::<BigInt, _>(now)
            .bind::<Text, _>(code.as_str())
            .bind::<Nullable<Text>, _>(result.result_message.as_deref())
            .bind::<Id, _>(id)
            .execute(c)?,
    };
    tally.ended(
        OfMessage { tenant: claimed.tenant_id, business_type: &claimed.business_type },
        MessageEnd {
            status: end,
            error_code: code.map(|code| code.as_str()).or(claimed.error_code.as_deref()),
            since: claimed.scheduled_at.map_or(claimed.created_at, |at| at.max(claimed.created_at)),
            at: now,
        },
    );
    Ok(end)
}

impl Claimed {
    fn counted(&self) -> OfTask<'_> {
        OfTask {
            tenant: self.tenant_id,
            business_type: &self.business_type,
            channel_type: &self.channel_type,
            config: self.channel_config_id,
        }
    }
}
