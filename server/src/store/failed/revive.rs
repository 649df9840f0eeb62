//! Sending failed tasks again: they wait once more, in the order that their message's execution mode asks for.

use std::collections::BTreeMap;
use std::time::Duration;

use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use diesel_async::RunQueryDsl;

use super::{FAILED, note, per_message};
use crate::domain::enums::MessageStatus;
use crate::domain::id::{ApiKeyId, ChannelConfigId, MessageId, TaskId, TenantId};
use crate::domain::time::Timestamp;
use crate::store::conn::{Conn, Raw, on};
use crate::store::error::StoreError;
use crate::store::schema::{channel_tasks, messages};
use crate::store::stats::tally::{OfMessage, OfTask, Tally};
use crate::store::types::Key;

/// A failed task that waits again, with what its announcement and its status event need.
#[derive(Debug, Clone)]
pub struct Revived {
    pub id: TaskId,
    pub message_id: MessageId,
    pub tenant_id: TenantId,
    /// The caller's messageId.
    pub message_key: String,
    pub business_type: String,
    pub channel_type: String,
    pub channel_config_id: ChannelConfigId,
    pub lane: Option<String>,
    pub lane_priority: u8,
    pub sent_by: Option<ApiKeyId>,
    pub result_message: Option<String>,
    /// Now; of those that wait for an earlier step: when they have waited too long.
    pub due_at: Timestamp,
}

/// Which of the tasks are failed, and which of these wait for an earlier step of their message again. All of them are
/// locked, and with steps their messages too, as the end of a step does: so no step ends in between.
async fn hold(conn: &mut Conn, ids: &[TaskId]) -> Result<(Vec<Key>, Vec<Key>), StoreError> {
    use channel_tasks as t;
    let ids: Vec<Key> = ids.iter().copied().map(Key::from).collect();
    let failed = t::table.filter(t::id.eq_any(&ids)).filter(diesel::dsl::sql::<Bool>(FAILED)).order(t::id).select((
        t::id,
        t::message_id,
        t::step,
    ));
    let failed: Vec<(Key, Key, i32)> = match conn.raw()? {
        Raw::Sqlite(c) => failed.load(c).await?,
        Raw::Postgres(c) => failed.for_update().load(c).await?,
    };
    let mut lowest: BTreeMap<Key, i32> = BTreeMap::new();
    for (_, message, step) in failed.iter().filter(|(.., step)| *step > 0) {
        let lowest = lowest.entry(*message).or_insert(*step);
        *lowest = (*lowest).min(*step);
    }
    if !lowest.is_empty() {
        let of: Vec<Key> = lowest.keys().copied().collect();
        if let Raw::Postgres(c) = conn.raw()? {
            let messages = messages::table.filter(messages::id.eq_any(&of)).order(messages::id);
            messages.select(messages::id).for_update().load::<Key>(c).await?;
        }
        let open: Vec<(Key, i32)> = on!(conn, c => t::table
            .filter(t::message_id.eq_any(&of))
            .filter(t::status.eq_any(["PENDING", "RETRY", "SENDING"]))
            .select((t::message_id, t::step))
            .load(c)
            .await)?;
        for (message, step) in open {
            if let Some(lowest) = lowest.get_mut(&message) {
                *lowest = step.min(*lowest);
            }
        }
    }
    let later = |(_, message, step): &&(Key, Key, i32)| lowest.get(message).is_some_and(|lowest| step > lowest);
    let held = failed.iter().filter(later).map(|(id, ..)| *id).collect();
    Ok((failed.into_iter().map(|(id, ..)| id).collect(), held))
}

/// Lets those of the tasks that are failed wait again, with fresh retry counts, and their messages with them. Those of
/// later steps wait for the earlier ones, for `patience` at most. Notes in the messages' timelines that `by` did it. Needs
/// a transaction.
pub async fn revive(
    conn: &mut Conn,
    ids: &[TaskId],
    by: &str,
    patience: Duration,
    now: Timestamp,
) -> Result<Vec<Revived>, StoreError> {
    use channel_tasks as t;
    type Row =
        (Key, Key, Key, String, String, String, Option<String>, i16, Option<Key>, Option<String>, Key, Option<String>);
    let (ids, held) = hold(conn, ids).await?;
    let deadline = now.plus(patience);
    let number = |at: Timestamp| at.0.into_sql::<BigInt>();
    let rows: Vec<Row> = on!(conn, c => diesel::update(t::table.filter(t::id.eq_any(&ids)))
        .filter(diesel::dsl::sql::<Bool>(FAILED))
        .set((
            t::status.eq("PENDING"),
            t::retry_count.eq(0),
            t::due_at.eq(case_when(t::id.eq_any(&held), number(deadline)).otherwise(number(now)).nullable()),
            t::send_at.eq(case_when(t::id.eq_any(&held), number(now))),
            // What has passed would end it at once; what lies ahead still holds.
            t::expires_at.eq(case_when(t::expires_at.gt(now.0), t::expires_at)),
            t::cancel_at.eq(None::<i64>),
            t::updated_at.eq(now.0),
            t::finished_at.eq(None::<i64>),
        ))
        .returning((
            t::id,
            t::message_id,
            t::tenant_id,
            t::message_key,
            t::business_type,
            t::channel_type,
            t::lane,
            t::lane_priority,
            t::sent_by,
            t::result_message,
            t::channel_config_id,
            t::error_code,
        ))
        .get_results(c)
        .await)?;
    let mut tally = Tally::default();
    for (_, _, tenant, _, business_type, channel_type, _, _, _, _, config, error_code) in &rows {
        let of = OfTask { tenant: *tenant, business_type, channel_type, config: *config };
        tally.task_reopened(of, error_code.as_deref(), now);
    }
    let revived: Vec<Revived> = rows
        .into_iter()
        .map(
            |(
                id,
                message,
                tenant,
                message_key,
                business_type,
                channel_type,
                lane,
                priority,
                sent_by,
                result_message,
                config,
                _,
            )| {
                Revived {
                    id: id.into(),
                    message_id: message.into(),
                    tenant_id: tenant.into(),
                    message_key,
                    business_type,
                    channel_type,
                    channel_config_id: config.into(),
                    lane,
                    lane_priority: u8::try_from(priority).unwrap_or(9),
                    sent_by: sent_by.map(Into::into),
                    result_message,
                    due_at: if held.contains(&id) { deadline } else { now },
                }
            },
        )
        .collect();
    let per_message = per_message(revived.iter().map(|task| task.message_id));
    reopen(conn, &per_message, now, &mut tally).await?;
    tally.insert(conn).await?;
    let text = |count| match count {
        1 => format!("by {by}: 1 failed task waits again"),
        _ => format!("by {by}: {count} failed tasks wait again"),
    };
    note(conn, &per_message, "RETRIED", text, now).await?;
    Ok(revived)
}

/// Sets messages under way again that have so many open tasks more and failed ones less.
async fn reopen(
    conn: &mut Conn,
    per_message: &BTreeMap<MessageId, i32>,
    now: Timestamp,
    tally: &mut Tally,
) -> Result<(), StoreError> {
    use messages as m;
    if per_message.is_empty() {
        return Ok(());
    }
    let all: Vec<Key> = per_message.keys().copied().map(Key::from).collect();
    type Row = (Key, String, String, Option<String>);
    let of = m::table.filter(m::id.eq_any(&all)).order(m::id).select((
        m::tenant_id,
        m::business_type,
        m::status,
        m::error_code,
    ));
    let before: Vec<Row> = match conn.raw()? {
        Raw::Sqlite(c) => of.load(c).await?,
        // In the order in which outcomes lock them, so that the two wait for each other instead of deadlocking.
        Raw::Postgres(c) => of.for_update().load(c).await?,
    };
    for (tenant, business_type, status, error_code) in &before {
        let status: MessageStatus = status.parse().map_err(StoreError::corrupt)?;
        if status.finished() {
            tally.reopened(OfMessage { tenant: *tenant, business_type }, status, error_code.as_deref(), now);
        }
    }
    let mut by_count: BTreeMap<i32, Vec<Key>> = BTreeMap::new();
    for (message, count) in per_message {
        by_count.entry(*count).or_default().push(Key::from(*message));
    }
    for (count, ids) in by_count {
        on!(conn, c => diesel::update(m::table.filter(m::id.eq_any(&ids)))
            .set((
                m::status.eq("PROCESSING"),
                m::open_channels.eq(m::open_channels + count),
                m::failed_channels.eq(m::failed_channels - count),
                m::error_code.eq(None::<String>),
                m::error_message.eq(None::<String>),
                m::updated_at.eq(now.0),
                m::finished_at.eq(None::<i64>),
            ))
            .execute(c)
            .await)?;
    }
    Ok(())
}
