//! Small deletes: on SQLite all of it, on PostgreSQL what lies in the default partitions, and in months of messages too
//! full to be dropped. Found by the primary key, in transactions of a few hundred rows with a pause after each.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::super::conn::{Conn, Raw, Store, on};
use super::super::error::StoreError;
use super::super::message::floor_id;
use super::super::schema::{bulk_jobs, channel_tasks, inbox, message_keys, messages, recipients, timeline_entries};
use super::super::types::{Id, Key};
use super::partitions::Upkeep;
use super::{MESSAGES_AT_ONCE, PAUSE, ROWS_AT_ONCE, Removed, timeline};
use crate::domain::id::MessageId;
use crate::domain::recipient::Recipient;
use crate::domain::time::Timestamp;

/// A message that goes, with what finds its rows in other tables.
#[derive(Queryable, QueryableByName)]
pub(super) struct Old {
    #[diesel(sql_type = Id)]
    pub(super) id: Key,
    #[diesel(sql_type = Id)]
    pub(super) tenant_id: Key,
    #[diesel(sql_type = Text)]
    message_id: String,
    #[diesel(sql_type = Text)]
    recipients: String,
}

impl Old {
    /// As its rows in `recipients` have them.
    pub(super) fn addresses(&self) -> Vec<String> {
        let all: Vec<Recipient> = serde_json::from_str(&self.recipients).unwrap_or_else(|error| {
            tracing::error!(message.id = %MessageId::from(self.id), %error, "recipients can't be read");
            Vec::new()
        });
        let mut addresses: Vec<String> =
            all.iter().flat_map(|recipient| recipient.addresses()).map(str::to_owned).collect();
        addresses.sort_unstable();
        addresses.dedup();
        addresses
    }
}

/// A partition, and what reads it: past the last row that goes there may be millions that stay, and the pool's
/// statements have a timeout.
struct Part<'a> {
    upkeep: &'a mut Upkeep,
    name: &'a str,
}

/// Messages that ended before `before`, oldest first, behind `after`.
async fn old_messages(
    store: &Store,
    part: Option<&mut Part<'_>>,
    before: Timestamp,
    after: Uuid,
) -> Result<Vec<Old>, StoreError> {
    use messages as m;
    let limit = i64::try_from(MESSAGES_AT_ONCE).unwrap_or(i64::MAX);
    if let Some(part) = part {
        let query = format!(
            "SELECT id, tenant_id, message_id, recipients FROM \"{}\" \
             WHERE id > $1 AND id < $2 AND finished_at < $3 ORDER BY id LIMIT $4",
            part.name
        );
        return Ok(diesel::sql_query(query)
            .bind::<Id, _>(Key(after))
            .bind::<Id, _>(floor_id(before))
            .bind::<BigInt, _>(before.0)
            .bind::<BigInt, _>(limit)
            .load(&mut part.upkeep.c)
            .await?);
    }
    let mut conn = store.read().await?;
    on!(conn, c => m::table
        .filter(m::id.gt(Key(after)).and(m::id.lt(floor_id(before))))
        .filter(m::finished_at.lt(before.0))
        .order(m::id)
        .limit(limit)
        .select((m::id, m::tenant_id, m::message_id, m::recipients))
        .load(c)
        .await)
}

/// Messages that ended before `before`, with their tasks, recipients and keys.
pub(super) async fn messages(store: &Store, before: Timestamp, removed: &mut Removed) -> Result<(), StoreError> {
    delete_old(store, None, before, removed).await
}

/// Those of one partition; what is theirs goes wherever it is.
pub(super) async fn messages_of(
    store: &Store,
    upkeep: &mut Upkeep,
    name: &str,
    before: Timestamp,
    removed: &mut Removed,
) -> Result<(), StoreError> {
    delete_old(store, Some(Part { upkeep, name }), before, removed).await
}

async fn delete_old(
    store: &Store,
    mut part: Option<Part<'_>>,
    before: Timestamp,
    removed: &mut Removed,
) -> Result<(), StoreError> {
    let mut after = Uuid::nil();
    loop {
        let old = old_messages(store, part.as_mut(), before, after).await?;
        let Some(last) = old.last() else { return Ok(()) };
        after = last.id.0;
        let (mut group, mut rows) = (Vec::new(), 0);
        for message in old {
            let mut addresses = message.addresses();
            // One message may have thousands: all but the last few hundred go ahead of it.
            while addresses.len() > ROWS_AT_ONCE {
                let some = addresses.split_off(addresses.len() - ROWS_AT_ONCE);
                let gone = delete_addresses(&mut store.write().await?, &message, &some).await?;
                removed.add("recipients", gone);
                tokio::time::sleep(PAUSE).await;
            }
            rows += addresses.len() + 4;
            group.push((message, addresses));
            if rows >= ROWS_AT_ONCE {
                delete_messages(store, std::mem::take(&mut group), before, removed).await?;
                rows = 0;
            }
        }
        delete_messages(store, group, before, removed).await?;
    }
}

/// In one transaction, those that have not begun anew meanwhile.
async fn delete_messages(
    store: &Store,
    group: Vec<(Old, Vec<String>)>,
    before: Timestamp,
    removed: &mut Removed,
) -> Result<(), StoreError> {
    use message_keys as k;
    if group.is_empty() {
        return Ok(());
    }
    let ids: Vec<Key> = group.iter().map(|(message, _)| message.id).collect();
    let mut conn = store.begin().await?;
    let gone: Vec<Key> = on!(conn, c => diesel::delete(messages::table.filter(messages::id.eq_any(ids)))
        .filter(messages::finished_at.lt(before.0))
        .returning(messages::id)
        .get_results(c)
        .await)?;
    let tasks = on!(conn, c => diesel::delete(channel_tasks::table)
        .filter(channel_tasks::message_id.eq_any(gone.clone()))
        .execute(c)
        .await)?;
    let (mut addresses, mut keys) = (0, 0);
    for (message, list) in group.iter().filter(|(message, _)| gone.contains(&message.id)) {
        addresses += delete_addresses(&mut conn, message, list).await?;
        keys += on!(conn, c => diesel::delete(k::table.find((message.tenant_id, &message.message_id)))
            .filter(k::id.eq(message.id))
            .execute(c)
            .await)?;
    }
    conn.commit().await?;
    removed.add("messages", gone.len());
    removed.add("channel_tasks", tasks);
    removed.add("recipients", addresses);
    removed.add("message_keys", keys);
    tokio::time::sleep(PAUSE).await;
    Ok(())
}

async fn delete_addresses(conn: &mut Conn, message: &Old, addresses: &[String]) -> Result<usize, StoreError> {
    use recipients as r;
    if addresses.is_empty() {
        return Ok(0);
    }
    on!(conn, c => diesel::delete(r::table)
        .filter(r::tenant_id.eq(message.tenant_id))
        .filter(r::address.eq_any(addresses))
        .filter(r::message_id.eq(message.id))
        .execute(c)
        .await)
}

/// Bulk jobs that ended before `before`. There are few, so on neither database are they in partitions.
pub(super) async fn bulk_jobs(store: &Store, before: Timestamp, removed: &mut Removed) -> Result<(), StoreError> {
    use bulk_jobs as b;
    let limit = i64::try_from(ROWS_AT_ONCE).unwrap_or(i64::MAX);
    loop {
        let mut conn = store.read().await?;
        let old: Vec<Key> = on!(conn, c => b::table
            .filter(b::id.lt(floor_id(before)).and(b::finished_at.lt(before.0)))
            .order(b::id)
            .limit(limit)
            .select(b::id)
            .load(c)
            .await)?;
        drop(conn);
        if old.is_empty() {
            return Ok(());
        }
        let mut conn = store.write().await?;
        let gone = on!(conn, c => diesel::delete(b::table.filter(b::id.eq_any(old))).execute(c).await)?;
        drop(conn);
        removed.add("bulk_jobs", gone);
        tokio::time::sleep(PAUSE).await;
    }
}

/// What was put into inboxes before `before`. An id has the time of its task, which a retry may deliver much later.
pub(super) async fn inbox(store: &Store, before: Timestamp, removed: &mut Removed) -> Result<(), StoreError> {
    use inbox as i;
    let limit = i64::try_from(ROWS_AT_ONCE).unwrap_or(i64::MAX);
    let mut after = Key(Uuid::nil());
    loop {
        let mut conn = store.read().await?;
        let old: Vec<Key> = match conn.raw()? {
            Raw::Sqlite(c) => {
                i::table
                    .filter(i::id.gt(after).and(i::id.lt(floor_id(before))).and(i::created_at.lt(before.0)))
                    .order(i::id)
                    .limit(limit)
                    .select(i::id)
                    .load(c)
                    .await?
            }
            Raw::Postgres(c) => {
                let query = "SELECT id FROM inbox_default WHERE id > $1 AND id < $2 AND created_at < $3 \
                             ORDER BY id LIMIT $4";
                diesel::sql_query(query)
                    .bind::<Id, _>(after)
                    .bind::<Id, _>(floor_id(before))
                    .bind::<BigInt, _>(before.0)
                    .bind::<BigInt, _>(limit)
                    .load::<Found>(c)
                    .await?
                    .into_iter()
                    .map(|row| row.id)
                    .collect()
            }
        };
        drop(conn);
        let Some(last) = old.last() else { return Ok(()) };
        after = *last;
        let mut conn = store.write().await?;
        let gone = on!(conn, c => diesel::delete(i::table.filter(i::id.eq_any(old))).execute(c).await)?;
        drop(conn);
        removed.add("inbox", gone);
        tokio::time::sleep(PAUSE).await;
    }
}

#[derive(QueryableByName)]
pub(super) struct Found {
    #[diesel(sql_type = Id)]
    pub(super) id: Key,
}

/// An operator's action, and whose it is.
#[derive(Queryable, QueryableByName)]
struct Entry {
    #[diesel(sql_type = Id)]
    id: Key,
    #[diesel(sql_type = Id)]
    message_id: Key,
}

/// What operators did before `before`. Messages that they made to begin anew have new attempts, so their timelines are
/// looked at once more.
pub(super) async fn entries(store: &Store, before: Timestamp, removed: &mut Removed) -> Result<(), StoreError> {
    use timeline_entries as e;
    let limit = i64::try_from(ROWS_AT_ONCE).unwrap_or(i64::MAX);
    loop {
        let mut conn = store.read().await?;
        let old: Vec<Entry> = match conn.raw()? {
            Raw::Sqlite(c) => {
                e::table
                    .filter(e::id.lt(floor_id(before)))
                    .order(e::id)
                    .limit(limit)
                    .select((e::id, e::message_id))
                    .load(c)
                    .await?
            }
            Raw::Postgres(c) => {
                let query = "SELECT id, message_id FROM timeline_entries_default WHERE id < $1 ORDER BY id LIMIT $2";
                diesel::sql_query(query).bind::<Id, _>(floor_id(before)).bind::<BigInt, _>(limit).load(c).await?
            }
        };
        drop(conn);
        if old.is_empty() {
            return Ok(());
        }
        let mut conn = store.begin().await?;
        timeline::later(&mut conn, old.iter().map(|entry| entry.message_id).collect()).await?;
        let ids: Vec<Key> = old.iter().map(|entry| entry.id).collect();
        let gone = on!(conn, c => diesel::delete(e::table.filter(e::id.eq_any(ids))).execute(c).await)?;
        conn.commit().await?;
        removed.add("timeline_entries", gone);
        tokio::time::sleep(PAUSE).await;
    }
}
