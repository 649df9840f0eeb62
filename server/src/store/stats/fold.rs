//! Moving what was counted into the rollups. Rows are taken away and added up in one transaction, so a reader finds each of
//! them in one place. Who writes anew is never waited for.

use diesel_async::RunQueryDsl;

use super::super::conn::{Raw, Store};
use super::super::error::StoreError;

/// Rows of one transaction: on SQLite others wait for it.
const ROWS_AT_ONCE: usize = 5_000;

/// The lock of whoever moves rows on PostgreSQL, so that two of them do not wait for each other row by row.
const FOLDING: i64 = 0x706f_7374_0002;

/// What identifies a rollup's row.
const FILED: &str = "kind, business_type, channel_type, channel_config_id, status, error_code, latency";

fn rollup(taken: &str) -> String {
    format!(
        "INSERT INTO stat_rollups (width, tenant_id, at, {FILED}, count) \
         SELECT width, tenant_id, at - at % (width * {second}), {FILED}, CAST(sum(count) AS bigint) \
         FROM {taken} AS d CROSS JOIN (SELECT 60 AS width UNION ALL SELECT 3600) AS w \
         WHERE true GROUP BY width, tenant_id, at - at % (width * {second}), {FILED} \
         ORDER BY 1, 2, 3, {FILED} \
         ON CONFLICT (width, tenant_id, at, {FILED}) DO UPDATE SET count = stat_rollups.count + excluded.count",
        second = "CAST(1000000 AS bigint)",
    )
}

/// Moves all that was counted; nothing while another instance does. Answers how many rows that were.
///
/// # Errors
/// Then some of it waits for the next time; none is counted twice.
pub async fn fold(store: &Store) -> Result<usize, StoreError> {
    let mut moved = 0;
    loop {
        let rows = fold_some(store).await?;
        moved += rows;
        if rows < ROWS_AT_ONCE {
            return Ok(moved);
        }
    }
}

async fn fold_some(store: &Store) -> Result<usize, StoreError> {
    let mut conn = store.begin().await?;
    let rows = match conn.raw()? {
        // Nobody else writes meanwhile, so both statements see the same rows.
        Raw::Sqlite(c) => {
            let some = format!("stat_deltas ORDER BY rowid LIMIT {ROWS_AT_ONCE}");
            diesel::sql_query(rollup(&format!("(SELECT * FROM {some})"))).execute(c).await?;
            diesel::sql_query(format!("DELETE FROM stat_deltas WHERE rowid IN (SELECT rowid FROM {some})"))
                .execute(c)
                .await?
        }
        Raw::Postgres(c) => {
            let locked: Locked = diesel::sql_query(format!("SELECT pg_try_advisory_xact_lock({FOLDING}) AS locked"))
                .get_result(c)
                .await?;
            if !locked.locked {
                return Ok(0);
            }
            let query = format!(
                "WITH taken AS (DELETE FROM stat_deltas WHERE ctid = ANY(ARRAY(SELECT ctid FROM stat_deltas \
                 LIMIT {ROWS_AT_ONCE})) RETURNING *), rolled AS ({}) SELECT count(*) AS count FROM taken",
                rollup("taken")
            );
            let taken: Taken = diesel::sql_query(query).get_result(c).await?;
            usize::try_from(taken.count).unwrap_or(0)
        }
    };
    conn.commit().await?;
    Ok(rows)
}

#[derive(diesel::QueryableByName)]
struct Taken {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

#[derive(diesel::QueryableByName)]
struct Locked {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    locked: bool,
}
