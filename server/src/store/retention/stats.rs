//! Numbers over time that are old enough: deleted a span at a time, by the primary key.

use diesel::sql_types::{BigInt, Nullable};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;

use super::super::conn::{Store, on};
use super::super::error::StoreError;
use super::due::Due;
use super::{PAUSE, Removed};
use crate::domain::retention::Kind;
use crate::domain::time::Timestamp;

const TABLE: &str = "stat_rollups";

/// The width of the rows in seconds, and the span that one statement deletes, in microseconds.
const fn widths(kind: Kind) -> (i32, i64) {
    match kind {
        Kind::StatsByMinute => (60, 3_600_000_000),
        _ => (3600, 24 * 3_600_000_000),
    }
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Nullable<BigInt>)]
    oldest: Option<i64>,
    #[diesel(sql_type = BigInt)]
    goes: i64,
}

async fn look(store: &Store, kind: Kind, before: Timestamp) -> Result<Found, StoreError> {
    let (width, _) = widths(kind);
    let query = format!(
        "SELECT min(at) AS oldest, count(*) FILTER (WHERE at < {}) AS goes FROM {TABLE} WHERE width = {width}",
        before.0
    );
    let mut conn = store.read().await?;
    on!(conn, c => sql_query(query.as_str()).get_result(c).await)
}

/// Those before `before`, oldest first.
pub(super) async fn remove(
    store: &Store,
    kind: Kind,
    before: Timestamp,
    removed: &mut Removed,
) -> Result<(), StoreError> {
    let (width, span) = widths(kind);
    let Some(oldest) = look(store, kind, before).await?.oldest else { return Ok(()) };
    let mut from = oldest;
    while from < before.0 {
        let to = (from + span).min(before.0);
        let query = format!(
            "DELETE FROM {TABLE} WHERE width = {width} AND at >= {from} AND at < {to} \
             AND tenant_id IN (SELECT id FROM tenants)"
        );
        let mut conn = store.write().await?;
        let rows = on!(conn, c => sql_query(query.as_str()).execute(c).await)?;
        drop(conn);
        if rows > 0 {
            removed.add(TABLE, rows);
            tokio::time::sleep(PAUSE).await;
        }
        from = to;
    }
    Ok(())
}

/// What [`remove`] would remove.
pub(super) async fn due(store: &Store, kind: Kind, before: Timestamp) -> Result<Due, StoreError> {
    let found = look(store, kind, before).await?;
    Ok(Due {
        what: TABLE,
        oldest: found.oldest.map(Timestamp),
        rows: u64::try_from(found.goes).unwrap_or(0),
        partitions: 0,
        stay: 0,
    })
}
