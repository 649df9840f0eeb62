//! Reading stored messages: for the chain, for answers, in pages.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::conn::{Conn, Store, on};
use super::error::StoreError;
use super::schema::{message_keys, messages, timeline_entries};
use super::stats::tally::{MessageEnd, OfMessage, Tally};
use super::types::Key;
use super::verdict_list;
use crate::domain::code::ErrorCode;
use crate::domain::enums::{ExecutionMode, MessageStatus};
use crate::domain::event::StatusEvent;
use crate::domain::id::{MessageId, TenantId};
use crate::domain::message::{Message, MessageOptions, MessageParts, PendingMessage};
use crate::domain::recipient::Recipient;
use crate::domain::time::Timestamp;
use crate::domain::timeline::TimelineEntry;
use crate::domain::verdict::Verdict;

#[derive(Queryable, Selectable)]
#[diesel(table_name = messages)]
pub(super) struct MessageRow {
    id: Key,
    message_id: String,
    tenant_id: Key,
    store_id: Option<String>,
    business_type: String,
    options: String,
    execution_mode: String,
    status: String,
    error_code: Option<String>,
    error_message: Option<String>,
    total_channels: i32,
    success_channels: i32,
    failed_channels: i32,
    sent_by: Option<Key>,
    scheduled_at: Option<i64>,
    expires_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
    finished_at: Option<i64>,
}

impl TryFrom<MessageRow> for Message {
    type Error = StoreError;
    fn try_from(row: MessageRow) -> Result<Self, StoreError> {
        let id = MessageId::from(row.id);
        // One bad row must not hold up the page that it is on: what can't be read is shown as if it had not been given.
        let options = serde_json::from_str(&row.options).unwrap_or_else(|error| {
            tracing::error!(message.id = %id, %error, "a message's options can't be read");
            MessageOptions::default()
        });
        let execution_mode = row.execution_mode.parse().unwrap_or_else(|error| {
            tracing::error!(message.id = %id, %error, "a message's execution mode can't be read");
            ExecutionMode::Parallel
        });
        Ok(Self {
            id,
            message_id: row.message_id,
            tenant_id: row.tenant_id.into(),
            store_id: row.store_id,
            business_type: row.business_type,
            options,
            execution_mode,
            status: row.status.parse().map_err(StoreError::corrupt)?,
            error_code: row.error_code,
            error_message: row.error_message,
            total_channels: row.total_channels,
            success_channels: row.success_channels,
            failed_channels: row.failed_channels,
            sent_by: row.sent_by.map(Into::into),
            scheduled_at: row.scheduled_at.map(Timestamp),
            expires_at: row.expires_at.map(Timestamp),
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
            finished_at: row.finished_at.map(Timestamp),
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = messages)]
struct PendingRow {
    id: Key,
    message_id: String,
    tenant_id: Key,
    store_id: Option<String>,
    business_type: String,
    business_data: String,
    options: String,
    recipients: String,
    execution_mode: String,
    lane: Option<String>,
    priority: i16,
    status: String,
    sent_by: Option<Key>,
    expires_at: Option<i64>,
    created_at: i64,
    due_at: Option<i64>,
}

impl TryFrom<PendingRow> for PendingMessage {
    type Error = StoreError;
    fn try_from(row: PendingRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            message_id: row.message_id,
            tenant_id: row.tenant_id.into(),
            store_id: row.store_id,
            business_type: row.business_type,
            business_data: row.business_data.into(),
            options: serde_json::from_str(&row.options).map_err(StoreError::corrupt)?,
            recipients: Arc::new(serde_json::from_str(&row.recipients).map_err(StoreError::corrupt)?),
            execution_mode: row.execution_mode.parse().map_err(StoreError::corrupt)?,
            lane: row.lane,
            priority: u8::try_from(row.priority).unwrap_or(9),
            status: row.status.parse().map_err(StoreError::corrupt)?,
            sent_by: row.sent_by.map(Into::into),
            expires_at: row.expires_at.map(Timestamp),
            created_at: Timestamp(row.created_at),
            due_at: Timestamp(row.due_at.unwrap_or(row.created_at)),
        })
    }
}

fn keys(ids: &[MessageId]) -> Vec<Key> {
    ids.iter().copied().map(Key::from).collect()
}

/// Messages whose chain has not run, by id, and which of them can't be read; what has ended or does not exist is left out.
pub async fn pending(conn: &mut Conn, ids: &[MessageId]) -> Result<(Vec<PendingMessage>, Vec<MessageId>), StoreError> {
    let open = [MessageStatus::Pending.as_str(), MessageStatus::Scheduled.as_str()];
    let rows: Vec<PendingRow> = on!(conn, c => messages::table
        .filter(messages::id.eq_any(keys(ids)))
        .filter(messages::status.eq_any(open))
        .select(PendingRow::as_select())
        .load(c)
        .await)?;
    let (mut messages, mut unreadable) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        let id = MessageId::from(row.id);
        match PendingMessage::try_from(row) {
            Ok(message) => messages.push(message),
            // One bad row must not hold up those that were asked for with it.
            Err(error) => {
                tracing::error!(message.id = %id, %error, "a message can't be read, it fails");
                unreadable.push(id);
            }
        }
    }
    Ok((messages, unreadable))
}

/// Ends messages that can't be read and whose chain has therefore not run: nobody else would, and they would be announced
/// for ever. Answers what is to be told of it.
pub async fn fail_unreadable(store: &Store, ids: &[MessageId], now: Timestamp) -> Result<Vec<StatusEvent>, StoreError> {
    let open = [MessageStatus::Pending.as_str(), MessageStatus::Scheduled.as_str()];
    let (status, code) = (MessageStatus::Failed, ErrorCode::HandlerError);
    let mut conn = store.begin().await?;
    type Row = (Key, String, Key, String, Option<Key>, i64, Option<i64>);
    let rows: Vec<Row> = on!(conn, c => diesel::update(messages::table)
        .filter(messages::id.eq_any(keys(ids)))
        .filter(messages::status.eq_any(open))
        .set((
            messages::status.eq(status.as_str()),
            messages::error_code.eq(code.as_str()),
            messages::due_at.eq(None::<i64>),
            messages::error_message.eq("what is stored of this message can't be read"),
            messages::updated_at.eq(now.0),
            messages::finished_at.eq(now.0),
        ))
        .returning((
            messages::id,
            messages::message_id,
            messages::tenant_id,
            messages::business_type,
            messages::sent_by,
            messages::created_at,
            messages::scheduled_at,
        ))
        .get_results(c)
        .await)?;
    let (mut tally, mut events) = (Tally::default(), Vec::with_capacity(rows.len()));
    for (id, message_id, tenant, business_type, sent_by, created_at, scheduled_at) in rows {
        let since = scheduled_at.map_or(created_at, |at| at.max(created_at));
        let end = MessageEnd { status, error_code: Some(code.as_str()), since, at: now.0 };
        tally.ended(OfMessage { tenant, business_type: &business_type }, end);
        events.push(StatusEvent {
            at: now,
            id: id.into(),
            message_id,
            tenant_id: tenant.into(),
            business_type,
            sent_by: sent_by.map(Into::into),
            message_status: status,
            task: None,
        });
    }
    tally.insert(&mut conn).await?;
    conn.commit().await?;
    Ok(events)
}

/// Messages by id.
pub async fn by_ids(conn: &mut Conn, ids: &[MessageId]) -> Result<Vec<Message>, StoreError> {
    let rows: Vec<MessageRow> = on!(conn, c => messages::table
        .filter(messages::id.eq_any(keys(ids)))
        .select(MessageRow::as_select())
        .load(c)
        .await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The id behind a messageId: generated, or the caller's.
pub async fn id_of(conn: &mut Conn, tenant: TenantId, message_id: &str) -> Result<Option<MessageId>, StoreError> {
    let id: Option<Key> = match message_id.parse::<MessageId>() {
        Ok(generated) => on!(conn, c => messages::table
            .filter(messages::id.eq(Key::from(generated)).and(messages::tenant_id.eq(Key::from(tenant))))
            .filter(messages::message_id.eq(message_id))
            .select(messages::id)
            .first(c)
            .await
            .optional())?,
        Err(_) => on!(conn, c => message_keys::table
            .find((Key::from(tenant), message_id))
            .select(message_keys::id)
            .first(c)
            .await
            .optional())?,
    };
    Ok(id.map(Into::into))
}

/// The id and the content's digest of what was accepted under a messageId.
pub async fn key_of(
    conn: &mut Conn,
    tenant: TenantId,
    message_id: &str,
) -> Result<Option<(MessageId, Vec<u8>)>, StoreError> {
    let found: Option<(Key, Vec<u8>)> = on!(conn, c => message_keys::table
        .find((Key::from(tenant), message_id))
        .select((message_keys::id, message_keys::digest))
        .first(c)
        .await
        .optional())?;
    Ok(found.map(|(id, digest)| (id.into(), digest)))
}

/// The big parts of messages.
pub async fn parts(conn: &mut Conn, ids: &[MessageId]) -> Result<HashMap<MessageId, MessageParts>, StoreError> {
    let rows: Vec<(Key, String, String)> = on!(conn, c => messages::table
        .filter(messages::id.eq_any(keys(ids)))
        .select((messages::id, messages::business_data, messages::recipients))
        .load(c)
        .await)?;
    let mut parts = HashMap::with_capacity(rows.len());
    for (id, business_data, recipients) in rows {
        match serde_json::from_str::<Vec<Recipient>>(&recipients) {
            Ok(recipients) => {
                let found = MessageParts { business_data: business_data.into(), recipients: Arc::new(recipients) };
                parts.insert(id.into(), found);
            }
            Err(error) => tracing::error!(message.id = %MessageId::from(id), %error, "recipients can't be read"),
        }
    }
    Ok(parts)
}

/// The stores that messages are about.
pub async fn stores(conn: &mut Conn, ids: &[MessageId]) -> Result<HashMap<MessageId, Option<String>>, StoreError> {
    let rows: Vec<(Key, Option<String>)> = on!(conn, c => messages::table
        .filter(messages::id.eq_any(keys(ids)))
        .select((messages::id, messages::store_id))
        .load(c)
        .await)?;
    Ok(rows.into_iter().map(|(id, store)| (id.into(), store)).collect())
}

/// What the chain decided about messages.
pub async fn verdicts(conn: &mut Conn, ids: &[MessageId]) -> Result<HashMap<MessageId, Vec<Verdict>>, StoreError> {
    let rows: Vec<(Key, Option<String>)> = on!(conn, c => messages::table
        .filter(messages::id.eq_any(keys(ids)))
        .select((messages::id, messages::verdicts))
        .load(c)
        .await)?;
    let texts = rows.into_iter().filter_map(|(id, text)| Some((id, text?))).collect();
    Ok(verdict_list::read(conn, texts).await?.into_iter().map(|(id, verdicts)| (id.into(), verdicts)).collect())
}

/// The rare entries of messages' timelines.
pub async fn entries(conn: &mut Conn, ids: &[MessageId]) -> Result<Vec<(MessageId, TimelineEntry)>, StoreError> {
    use timeline_entries as t;
    type Row = (Key, i64, String, String, Option<String>, Option<Key>);
    let rows: Vec<Row> = on!(conn, c => t::table
        .filter(t::message_id.eq_any(keys(ids)))
        .order(t::id)
        .select((t::message_id, t::at, t::stage, t::outcome, t::detail, t::task_id))
        .load(c)
        .await)?;
    Ok(rows
        .into_iter()
        .map(|(message_id, at, stage, outcome, detail, task_id)| {
            let entry = TimelineEntry {
                at: Timestamp(at),
                stage,
                outcome,
                detail,
                duration_us: None,
                task_id: task_id.map(Into::into),
                third_party_response: None,
            };
            (message_id.into(), entry)
        })
        .collect())
}

/// The smallest id that a message made at `at` can have: creation times are ranges of ids, which the primary key and
/// the partitions serve.
pub(super) fn floor_id(at: Timestamp) -> Key {
    let millis = u64::try_from(at.as_millis()).unwrap_or(0) & 0xffff_ffff_ffff;
    Key(Uuid::from_u128(u128::from(millis) << 80))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::store::stats::audit::audit;
    use crate::store::testing::{TestStore, message};

    #[tokio::test]
    async fn messages_that_cannot_be_read_end_and_are_counted_and_told_once() {
        let now = Timestamp::from_millis(1_795_228_200_000);
        let store = TestStore::open().await;
        let (spoilt, fine) = (message(now), message(now));
        store.accept(&spoilt).await;
        store.sql("UPDATE messages SET options = '{no'").await;
        store.accept(&fine).await;
        let (read, unreadable) = pending(&mut store.read().await.unwrap(), &[spoilt.id, fine.id]).await.unwrap();
        assert_eq!((read.len(), unreadable.as_slice()), (1, [spoilt.id].as_slice()));
        let later = now.plus(Duration::from_secs(3));
        let told = fail_unreadable(&store, &unreadable, later).await.unwrap();
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].id, told[0].message_status, told[0].at), (spoilt.id, MessageStatus::Failed, later));
        assert!(fail_unreadable(&store, &unreadable, later).await.unwrap().is_empty());
        audit(&store, spoilt.tenant_id, now, later.plus(Duration::from_secs(60))).await;
    }
}
