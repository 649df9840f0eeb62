//! Tasks that wait until their channel config may send again: waking them when somebody says it may.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::conn::{Store, on};
use super::error::StoreError;
use super::schema::channel_tasks;
use super::sweep::DueTask;
use super::types::Key;
use crate::domain::id::ChannelConfigId;
use crate::domain::task::WAITS;
use crate::domain::time::Timestamp;

/// Makes tasks due now that were put off because of their config, or throttled: at most `limit`, soonest first. They are
/// to be announced. What waits for a rate limit, a window or its own backoff is left alone.
pub async fn wake(
    store: &Store,
    config: ChannelConfigId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<DueTask>, StoreError> {
    use channel_tasks as t;
    type Row = (Key, String, Option<String>, i16);
    let put_off = t::result_message.like(format!("{WAITS}%")).or(t::error_code.eq("THROTTLE"));
    let mut conn = store.read().await?;
    let rows: Vec<Row> = on!(&mut conn, c => t::table
        .filter(t::due_at.gt(now.0))
        .filter(t::status.eq_any(["PENDING", "RETRY"]))
        .filter(t::channel_config_id.eq(Key::from(config)))
        .filter(t::send_at.is_null())
        .filter(put_off.clone())
        .order(t::due_at)
        .limit(limit)
        .select((t::id, t::channel_type, t::lane, t::lane_priority))
        .load(c)
        .await)?;
    drop(conn);
    let ids: Vec<Key> = rows.iter().map(|row| row.0).collect();
    let mut conn = store.write().await?;
    for ids in ids.chunks(500) {
        on!(&mut conn, c => diesel::update(t::table.filter(t::id.eq_any(ids)))
            .filter(t::status.eq("PENDING").or(t::status.eq("RETRY")))
            .filter(t::due_at.gt(now.0))
            .set((t::due_at.eq(now.0), t::updated_at.eq(now.0)))
            .execute(c)
            .await)?;
    }
    let task = |(id, channel_type, lane, priority): Row| {
        let channel_type = channel_type.parse().ok()?;
        let priority = u8::try_from(priority).unwrap_or(9);
        Some(DueTask { id: id.into(), channel_config_id: config, channel_type, lane, priority, due_at: now })
    };
    Ok(rows.into_iter().filter_map(task).collect())
}
