//! How much waits for its time and how much has failed, counted by partial indexes and only so far.

use diesel::QueryableByName;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

use super::conn::{Conn, Raw};
use super::error::StoreError;
use crate::domain::backlog::CappedCount;
use crate::domain::id::TenantId;
use crate::domain::time::Timestamp;

/// The highest number that is told.
const MOST: i64 = 10_000;
/// Rows that are looked at, of all tenants: beyond that the number is a lower bound.
const LOOKED_AT: i64 = 50_000;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = BigInt)]
    looked_at: i64,
}

impl Row {
    fn capped(&self) -> CappedCount {
        let capped = self.number > MOST || self.looked_at >= LOOKED_AT;
        CappedCount { value: u32::try_from(self.number.min(MOST)).unwrap_or(0), capped }
    }
}

/// Messages of which a task waits for a time to come: an opening of its window, a slot of its rate limit, a provider that is
/// left alone. Not those that wait to be tried again, or for an earlier channel.
pub async fn deferred(conn: &mut Conn, tenant: Option<TenantId>, now: Timestamp) -> Result<CappedCount, StoreError> {
    let rows = format!(
        "SELECT message_id, tenant_id, status, send_at FROM channel_tasks WHERE due_at > {} \
         ORDER BY due_at LIMIT {LOOKED_AT}",
        now.0
    );
    count(conn, tenant, "DISTINCT message_id", "status = 'PENDING' AND send_at IS NULL", &rows).await
}

/// Failed tasks that nobody has discarded.
pub async fn failed(conn: &mut Conn, tenant: Option<TenantId>) -> Result<CappedCount, StoreError> {
    // The tenant is part of the index, so others' rows are not looked at.
    let own = tenant.map_or_else(String::new, |tenant| format!(" AND {}", is(conn, tenant)));
    let rows = format!(
        "SELECT id, tenant_id, status FROM channel_tasks \
         WHERE error_code IS NOT NULL AND discarded_at IS NULL{own} ORDER BY id DESC LIMIT {LOOKED_AT}"
    );
    count(conn, tenant, "*", "status = 'FAILED'", &rows).await
}

fn is(conn: &mut Conn, tenant: TenantId) -> String {
    match conn.raw() {
        Ok(Raw::Postgres(_)) => format!("tenant_id = '{}'::uuid", tenant.0),
        _ => format!("tenant_id = X'{}'", tenant.0.simple()),
    }
}

async fn count(
    conn: &mut Conn,
    tenant: Option<TenantId>,
    what: &str,
    wanted: &str,
    rows: &str,
) -> Result<CappedCount, StoreError> {
    let own = tenant.map_or_else(|| "true".to_owned(), |tenant| is(conn, tenant));
    let query = format!(
        "SELECT count({what}) FILTER (WHERE {wanted} AND {own}) AS number, count(*) AS looked_at FROM ({rows}) AS r"
    );
    let row: Row = match conn.raw()? {
        Raw::Sqlite(c) => diesel::sql_query(query).get_result(c).await?,
        Raw::Postgres(c) => diesel::sql_query(query).get_result(c).await?,
    };
    Ok(row.capped())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_exact_until_it_says_otherwise() {
        let told = |number, looked_at| {
            let count = Row { number, looked_at }.capped();
            (count.value, count.capped)
        };
        assert_eq!(told(0, 0), (0, false));
        assert_eq!(told(10_000, 10_000), (10_000, false));
        assert_eq!(told(10_001, 10_001), (10_000, true));
        // Others' rows were in the way: there may be more behind them.
        assert_eq!(told(3, LOOKED_AT), (3, true));
        assert_eq!(told(3, LOOKED_AT - 1), (3, false));
    }
}
