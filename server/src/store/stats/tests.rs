//! What is counted, and how it is read, on a real database: SQLite, or PostgreSQL where a server is named.

use std::time::Duration;

use diesel_async::RunQueryDsl;

use super::fold::fold;
use super::read::{StatsRow, largest_groups, series};
use super::tally::{MessageEnd, OfMessage, OfTask, Tally, TaskTurn};
use crate::domain::enums::{ChannelType, MessageStatus, TaskStatus};
use crate::domain::id::{ChannelConfigId, TenantId};
use crate::domain::retention::Kind;
use crate::domain::stats::{Buckets, Counted, StatsFilter, StatsGroupBy, StatsInterval, step_of};
use crate::domain::time::Timestamp;
use crate::store::conn::{Raw, on};
use crate::store::error::StoreError;
use crate::store::testing::TestStore;
use crate::store::types::Key;

/// 2026-11-21 02:30:00 UTC.
const NOW: Timestamp = Timestamp::from_millis(1_795_228_200_000);

struct Stage {
    store: TestStore,
    tenant: TenantId,
    configs: [ChannelConfigId; 2],
}

impl Stage {
    async fn open() -> Self {
        let store = TestStore::open().await;
        let stage =
            Self { store, tenant: TenantId::new(NOW), configs: [1, 2].map(|n| ChannelConfigId::new(Timestamp(n))) };
        stage.tenant(stage.tenant, "one").await;
        stage
    }

    async fn tenant(&self, id: TenantId, code: &str) {
        let tenant = crate::domain::tenant::Tenant {
            id,
            code: code.to_owned(),
            name: code.to_owned(),
            timezone: chrono_tz::Tz::UTC,
            enabled: true,
            strict_business_types: false,
            created_at: NOW,
        };
        crate::store::tenant::insert(&mut self.store.write().await.unwrap(), &tenant).await.unwrap();
    }

    async fn put(&self, tally: Tally) {
        let mut conn = self.store.begin().await.unwrap();
        tally.insert(&mut conn).await.unwrap();
        conn.commit().await.unwrap();
    }

    /// So many messages accepted and sent at `at`, each with a task over the given config.
    async fn send(&self, business_type: &str, config: usize, at: Timestamp, times: usize) {
        let mut tally = Tally::default();
        let tenant = Key::from(self.tenant);
        let of = OfMessage { tenant, business_type };
        let task = OfTask { tenant, business_type, channel_type: "WEBHOOK", config: self.configs[config].into() };
        for _ in 0..times {
            tally.accepted(of, at);
            let end = MessageEnd { status: MessageStatus::Success, error_code: None, since: at.0, at: at.0 + 5_000 };
            tally.ended(of, end);
            let turn = TaskTurn { status: TaskStatus::Success, error_code: None, took: step_of(3_000), at: at.0 };
            tally.task(task, turn);
        }
        self.put(tally).await;
    }

    fn own(&self) -> StatsFilter {
        StatsFilter { tenant_id: Some(self.tenant), ..StatsFilter::default() }
    }

    async fn series(&self, filter: &StatsFilter, buckets: &Buckets, by: Option<StatsGroupBy>) -> Vec<StatsRow> {
        let mut conn = self.store.read().await.unwrap();
        let groups = match by {
            Some(by) => largest_groups(&mut conn, filter, buckets, by, 1).await.unwrap(),
            None => Vec::new(),
        };
        series(&mut conn, filter, buckets, by.map(|by| (by, groups.as_slice()))).await.unwrap()
    }
}

fn hours(back: u64) -> Buckets {
    Buckets::new(StatsInterval::Hour, NOW.minus(Duration::from_secs(3600 * back)), NOW, chrono_tz::Tz::UTC, 100)
        .unwrap()
}

fn sum(rows: &[StatsRow], kind: Counted) -> u64 {
    rows.iter().filter(|row| row.kind == kind).map(|row| row.count).sum()
}

#[tokio::test]
async fn what_is_counted_is_read_at_once_and_the_same_when_it_is_rolled_up() {
    let stage = Stage::open().await;
    stage.send("ORDER", 0, NOW.minus(Duration::from_secs(7200)), 3).await;
    stage.send("ORDER", 0, NOW.minus(Duration::from_secs(7100)), 2).await;
    stage.send("NOTICE", 1, NOW.minus(Duration::from_secs(60)), 4).await;
    let read = async || {
        let mut rows = stage.series(&stage.own(), &hours(3), None).await;
        rows.sort_by_key(|row| (row.at, row.kind));
        rows
    };
    let before = read().await;
    assert_eq!(sum(&before, Counted::Accepted), 9);
    assert_eq!(fold(&stage.store).await.unwrap(), 9);
    assert_eq!(read().await, before);
    assert_eq!(fold(&stage.store).await.unwrap(), 0);
    // More of the same hour: partly rolled up, partly not.
    stage.send("NOTICE", 1, NOW.minus(Duration::from_secs(60)), 1).await;
    assert_eq!(sum(&read().await, Counted::Task), 10);
    fold(&stage.store).await.unwrap();
    let after = read().await;
    assert_eq!([Counted::Accepted, Counted::Ended, Counted::Task].map(|kind| sum(&after, kind)), [10; 3]);
    let steps: Vec<_> = after.iter().filter(|row| row.kind == Counted::Ended).map(|row| row.step).collect();
    assert_eq!(steps, [step_of(5_000); 2], "one row for each hour");
    let minutes = Buckets::new(StatsInterval::Minute, NOW.minus(Duration::from_secs(60)), NOW, chrono_tz::Tz::UTC, 5);
    assert_eq!(sum(&stage.series(&stage.own(), &minutes.unwrap(), None).await, Counted::Accepted), 5);
}

#[tokio::test]
async fn filters_and_groups_take_what_they_name() {
    let stage = Stage::open().await;
    let other = TenantId::new(NOW);
    stage.tenant(other, "other").await;
    stage.send("ORDER", 0, NOW.minus(Duration::from_secs(60)), 5).await;
    stage.send("it's", 1, NOW.minus(Duration::from_secs(60)), 2).await;
    let mut tally = Tally::default();
    tally.accepted(OfMessage { tenant: other.into(), business_type: "ORDER" }, NOW.minus(Duration::from_secs(60)));
    stage.put(tally).await;
    for rolled in [false, true] {
        if rolled {
            fold(&stage.store).await.unwrap();
        }
        let accepted = async |filter: StatsFilter| {
            let rows = stage.series(&filter, &hours(1), None).await;
            [Counted::Accepted, Counted::Task].map(|kind| sum(&rows, kind))
        };
        let own = || stage.own();
        assert_eq!(accepted(own()).await, [7, 7]);
        assert_eq!(accepted(StatsFilter::default()).await, [8, 7], "every tenant's");
        assert_eq!(accepted(StatsFilter { business_type: Some("it's".to_owned()), ..own() }).await, [2, 2]);
        assert_eq!(accepted(StatsFilter { business_type: Some("ORDE".to_owned()), ..own() }).await, [0, 0]);
        assert_eq!(accepted(StatsFilter { channel_type: Some(ChannelType::Webhook), ..own() }).await, [0, 7]);
        assert_eq!(accepted(StatsFilter { channel_type: Some(ChannelType::Local), ..own() }).await, [0, 0]);
        assert_eq!(accepted(StatsFilter { channel_config_id: Some(stage.configs[1]), ..own() }).await, [0, 2]);
        // The largest group has a name, what is beyond has none.
        for (by, largest, expected) in [
            (StatsGroupBy::BusinessType, "ORDER".to_owned(), [5, 2]),
            (StatsGroupBy::ChannelConfig, stage.configs[0].0.simple().to_string(), [5, 2]),
            (StatsGroupBy::ChannelType, "WEBHOOK".to_owned(), [7, 0]),
        ] {
            let rows = stage.series(&own(), &hours(1), Some(by)).await;
            let of = |group: Option<&str>| {
                let of: Vec<_> = rows.iter().filter(|row| row.group.as_deref() == group).cloned().collect();
                sum(&of, Counted::Task)
            };
            assert_eq!([of(Some(&largest)), of(None)], expected, "{by:?}");
        }
        let rows = stage.series(&own(), &hours(1), Some(StatsGroupBy::Status)).await;
        assert_eq!(rows.iter().map(|row| (row.kind, row.count)).collect::<Vec<_>>(), [(Counted::Ended, 7)]);
        assert_eq!(stage.series(&own(), &hours(1), Some(StatsGroupBy::ErrorCode)).await, []);
    }
}

#[tokio::test]
async fn what_was_counted_stays_as_long_as_it_is_to() {
    let stage = Stage::open().await;
    for hours in [1, 47, 49, 100] {
        stage.send("ORDER", 0, NOW.minus(Duration::from_secs(3600 * hours)), 1).await;
    }
    fold(&stage.store).await.unwrap();
    let by_minute = NOW.minus(Duration::from_secs(48 * 3600));
    let due = stage.store.due_for_removal(Kind::StatsByMinute, by_minute).await.unwrap();
    assert_eq!((due.len(), due[0].what, due[0].rows), (1, "stat_rollups", 6));
    let removed = stage.store.remove_old(Kind::StatsByMinute, by_minute, NOW).await.unwrap().unwrap();
    assert_eq!(removed.rows, [("stat_rollups", 6)]);
    assert_eq!(stage.store.due_for_removal(Kind::StatsByMinute, by_minute).await.unwrap()[0].rows, 0);
    let rows = |buckets: Option<Buckets>| async { stage.series(&stage.own(), &buckets.unwrap(), None).await };
    let span =
        |interval| Buckets::new(interval, NOW.minus(Duration::from_secs(400_000)), NOW, chrono_tz::Tz::UTC, 10_000);
    assert_eq!(sum(&rows(span(StatsInterval::Minute)).await, Counted::Accepted), 2);
    assert_eq!(sum(&rows(span(StatsInterval::Day)).await, Counted::Accepted), 4, "hours stay");
    let by_hour = NOW.minus(Duration::from_secs(50 * 3600));
    stage.store.remove_old(Kind::StatsByHour, by_hour, NOW).await.unwrap().unwrap();
    assert_eq!(sum(&rows(span(StatsInterval::Hour)).await, Counted::Accepted), 3);
}

#[tokio::test]
async fn many_rows_are_rolled_up_in_several_goes_and_by_several_instances() {
    let stage = Stage::open().await;
    let literal =
        |id: uuid::Uuid, postgres| if postgres { format!("'{id}'::uuid") } else { format!("X'{}'", id.simple()) };
    let mut conn = stage.store.write().await.unwrap();
    let postgres = matches!(conn.raw().unwrap(), Raw::Postgres(_));
    let query = format!(
        "INSERT INTO stat_deltas (at, tenant_id, kind, business_type, channel_type, channel_config_id, status, error_code, \
         latency, count) WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 12000) \
         SELECT {}, {}, 'ACCEPTED', 'ORDER', '', {}, '', '', -1, 2 FROM n",
        NOW.0,
        literal(stage.tenant.0, postgres),
        literal(uuid::Uuid::nil(), postgres)
    );
    let inserted: Result<usize, StoreError> =
        async { on!(conn, c => diesel::sql_query(query.as_str()).execute(c).await) }.await;
    assert_eq!(inserted.unwrap(), 12_000);
    drop(conn);
    let buckets = Buckets::new(StatsInterval::Hour, NOW, NOW, chrono_tz::Tz::UTC, 5).unwrap();
    let folds = futures::future::join(fold(&stage.store), fold(&stage.store));
    let reads = async {
        for _ in 0..5 {
            let rows = stage.series(&stage.own(), &buckets, None).await;
            assert_eq!(sum(&rows, Counted::Accepted), 24_000, "in one place at any moment");
        }
    };
    let ((one, two), ()) = futures::future::join(folds, reads).await;
    // Whoever finds the other at it leaves the rest to it.
    let rest = fold(&stage.store).await.unwrap();
    assert_eq!(one.unwrap() + two.unwrap() + rest, 12_000);
    assert_eq!(sum(&stage.series(&stage.own(), &buckets, None).await, Counted::Accepted), 24_000);
}
