//! For tests: whether what was counted agrees with the messages and tasks that are there.

use std::collections::BTreeMap;

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;

use super::super::conn::{Raw, Store};
use super::read::series;
use crate::domain::id::TenantId;
use crate::domain::stats::{Buckets, Counted, StatsFilter, StatsInterval, TASK_REOPENED};
use crate::domain::time::Timestamp;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

async fn stored(store: &Store, table: &str, tenant: TenantId) -> BTreeMap<String, i64> {
    let mut conn = store.read().await.unwrap();
    let query = |tenant| {
        let of = format!("FROM {table} WHERE tenant_id = {tenant} GROUP BY status");
        diesel::sql_query(format!("SELECT status, count(*) AS number {of}"))
    };
    let rows: Vec<Row> = match conn.raw().unwrap() {
        Raw::Sqlite(c) => query(format!("X'{}'", tenant.0.simple())).load(c).await.unwrap(),
        Raw::Postgres(c) => query(format!("'{}'", tenant.0)).load(c).await.unwrap(),
    };
    rows.into_iter().map(|row| (row.status, row.number)).collect()
}

/// Everything that was counted of a tenant between two instants against its rows: panics where they differ.
pub async fn audit(store: &Store, tenant: TenantId, from: Timestamp, to: Timestamp) {
    let open = |status: &str| ["SCHEDULED", "PENDING", "PROCESSING", "RETRY", "SENDING"].contains(&status);
    let (messages, tasks) = (stored(store, "messages", tenant).await, stored(store, "channel_tasks", tenant).await);
    for interval in [StatsInterval::Minute, StatsInterval::Hour, StatsInterval::Day] {
        let buckets = Buckets::new(interval, from, to, chrono_tz::Tz::UTC, usize::MAX).unwrap();
        let filter = StatsFilter { tenant_id: Some(tenant), ..StatsFilter::default() };
        let rows = series(&mut store.read().await.unwrap(), &filter, &buckets, None).await.unwrap();
        let sum = |kind: Counted, status: &str| {
            let of = rows.iter().filter(|row| row.kind == kind && (status.is_empty() || row.status == status));
            of.map(|row| i64::try_from(row.count).unwrap()).sum::<i64>()
        };
        let wrong = format!("{interval:?}: {rows:#?}");
        assert_eq!(sum(Counted::Accepted, ""), messages.values().sum::<i64>(), "{wrong}");
        for status in ["SUCCESS", "PARTIAL_SUCCESS", "FAILED", "SKIPPED", "CANCELLED"] {
            let now = messages.get(status).copied().unwrap_or(0);
            assert_eq!(sum(Counted::Ended, status) - sum(Counted::Reopened, status), now, "{status} {wrong}");
        }
        let under_way = sum(Counted::Accepted, "") - sum(Counted::Ended, "") + sum(Counted::Reopened, "");
        let now: i64 = messages.iter().filter(|(status, _)| open(status)).map(|(_, number)| number).sum();
        assert_eq!(under_way, now, "{wrong}");
        for (status, back) in [("SUCCESS", 0), ("CANCELLED", 0), ("FAILED", sum(Counted::Task, TASK_REOPENED))] {
            let now = tasks.get(status).copied().unwrap_or(0);
            assert_eq!(sum(Counted::Task, status) - back, now, "tasks {status} {wrong}");
        }
    }
}
