//! Emptying timelines: verdicts and attempts ride on messages and tasks, which stay. A mark remembers how far this has
//! come, so that what was emptied is not walked again; what had not ended when the mark passed waits in
//! `timeline_later`.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::super::conn::{Conn, Raw, Store, on};
use super::super::error::StoreError;
use super::super::fact;
use super::super::message::floor_id;
use super::super::schema::{channel_tasks, messages, timeline_later};
use super::super::types::Key;
use super::{MESSAGES_AT_ONCE, PAUSE, Removed};
use crate::domain::time::Timestamp;

/// The fact that holds the mark: the id of the last message that was passed.
const MARK: &str = "timeline_mark";

/// The timelines of messages that ended before `before`.
pub(super) async fn empty(store: &Store, before: Timestamp, removed: &mut Removed) -> Result<(), StoreError> {
    // First those that wait, so that none is looked at twice.
    waiting(store, before, removed).await?;
    walk(store, before, removed).await
}

/// How far it has come.
pub(super) async fn mark(conn: &mut Conn) -> Result<Uuid, StoreError> {
    let mark = fact::get(conn, MARK).await?;
    mark.map_or(Ok(Uuid::nil()), |mark| mark.parse().map_err(StoreError::corrupt))
}

async fn walk(store: &Store, before: Timestamp, removed: &mut Removed) -> Result<(), StoreError> {
    let mut mark = mark(&mut store.read().await?).await?;
    fact::get_or_set(&mut store.write().await?, MARK, &mark.to_string()).await?;
    loop {
        let mut conn = store.read().await?;
        let page: Vec<Key> = on!(conn, c => messages::table
            .filter(messages::id.gt(Key(mark)).and(messages::id.lt(floor_id(before))))
            .order(messages::id)
            .limit(i64::try_from(MESSAGES_AT_ONCE).unwrap_or(i64::MAX))
            .select(messages::id)
            .load(c)
            .await)?;
        drop(conn);
        let Some(last) = page.last().copied() else { return Ok(()) };
        let mut conn = store.begin().await?;
        let ended = empty_ended(&mut conn, &page, before).await?;
        let open: Vec<Key> = page.into_iter().filter(|id| !ended.contains(id)).collect();
        later(&mut conn, open).await?;
        fact::replace(&mut conn, MARK, &mark.to_string(), &last.0.to_string()).await?;
        conn.commit().await?;
        removed.add("timelines", ended.len());
        mark = last.0;
        tokio::time::sleep(PAUSE).await;
    }
}

/// Of `ids`, empties those that ended before `before` and answers which they are.
async fn empty_ended(conn: &mut Conn, ids: &[Key], before: Timestamp) -> Result<Vec<Key>, StoreError> {
    use channel_tasks as t;
    let ended: Vec<Key> = on!(conn, c => diesel::update(messages::table.filter(messages::id.eq_any(ids.to_vec())))
        .filter(messages::finished_at.lt(before.0))
        .set(messages::verdicts.eq(None::<String>))
        .returning(messages::id)
        .get_results(c)
        .await)?;
    on!(conn, c => diesel::update(t::table.filter(t::message_id.eq_any(ended.clone())))
        .filter(t::attempts.ne("[]"))
        .set(t::attempts.eq("[]"))
        .execute(c)
        .await)?;
    Ok(ended)
}

/// Notes messages whose timelines are to be looked at again.
pub(super) async fn later(conn: &mut Conn, mut ids: Vec<Key>) -> Result<(), StoreError> {
    use timeline_later as l;
    ids.sort_unstable();
    ids.dedup();
    let rows: Vec<_> = ids.into_iter().map(|id| l::message_id.eq(id)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    match conn.raw()? {
        // Diesel's rows of one statement can't be told to ignore conflicts on SQLite.
        Raw::Sqlite(c) => {
            for row in rows {
                diesel::insert_or_ignore_into(l::table).values(row).execute(c).await?;
            }
        }
        Raw::Postgres(c) => {
            diesel::insert_into(l::table).values(rows).on_conflict_do_nothing().execute(c).await?;
        }
    }
    Ok(())
}

/// Those that had not ended when the mark passed them.
async fn waiting(store: &Store, before: Timestamp, removed: &mut Removed) -> Result<(), StoreError> {
    use timeline_later as l;
    let mut after = Key(Uuid::nil());
    loop {
        let mut conn = store.read().await?;
        let page: Vec<Key> = on!(conn, c => l::table
            .filter(l::message_id.gt(after))
            .order(l::message_id)
            .limit(i64::try_from(MESSAGES_AT_ONCE).unwrap_or(i64::MAX))
            .select(l::message_id)
            .load(c)
            .await)?;
        drop(conn);
        let Some(last) = page.last().copied() else { return Ok(()) };
        after = last;
        let mut conn = store.begin().await?;
        let ended = empty_ended(&mut conn, &page, before).await?;
        let open: Vec<Key> = on!(conn, c => messages::table
            .filter(messages::id.eq_any(page.clone()))
            .filter(messages::finished_at.is_null().or(messages::finished_at.ge(before.0)))
            .select(messages::id)
            .load(c)
            .await)?;
        // What was emptied, and what is no more.
        let done: Vec<Key> = page.into_iter().filter(|id| !open.contains(id)).collect();
        on!(conn, c => diesel::delete(l::table.filter(l::message_id.eq_any(done))).execute(c).await)?;
        conn.commit().await?;
        removed.add("timelines", ended.len());
        tokio::time::sleep(PAUSE).await;
    }
}
