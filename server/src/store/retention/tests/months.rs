//! Whole partitions: on PostgreSQL only, so these tests do nothing where no server is named.

use super::super::partitions::Upkeep;
use super::*;
use diesel_async::SimpleAsyncConnection;

impl Stage {
    async fn partitions(&self, table: &str) -> i64 {
        self.count(&format!("pg_inherits WHERE inhparent = '{table}'::regclass")).await
    }

    async fn upkeep(&self, kind: Kind) -> Option<Upkeep> {
        match &*self.store {
            Store::Postgres(store) => Upkeep::start(store, kind).await.unwrap(),
            Store::Sqlite(_) => panic!("not PostgreSQL"),
        }
    }
}

async fn on_postgres() -> Option<Stage> {
    let stage = Stage::open().await;
    stage.store.is_postgres().then_some(stage)
}

#[tokio::test]
async fn a_month_goes_only_when_all_of_it_is_old() {
    let Some(stage) = on_postgres().await else { return };
    stage.ended("october", day(2025, 10, 5)).await;
    stage.ended("november", day(2025, 11, 5)).await;
    let had = stage.partitions("messages").await;
    // August, September and October, of three tables.
    assert_eq!(stage.due(Kind::Messages, 12).await[0].partitions, 9);
    let removed = stage.remove(Kind::Messages, 12).await;
    assert_eq!((removed.partitions, removed.of("messages"), removed.of("message_keys")), (9, 1, 1), "{removed:?}");
    assert_eq!(stage.names().await, ["november"]);
    for table in ["messages", "recipients", "channel_tasks"] {
        assert_eq!(stage.partitions(table).await, had - 3, "{table}");
    }
    assert_eq!(stage.count("pg_class WHERE relname LIKE 'retired%'").await, 0);
    // The same months of other kinds are untouched.
    assert_eq!(stage.partitions("inbox").await, had);
}

#[tokio::test]
async fn a_month_in_which_much_has_not_ended_waits() {
    let Some(stage) = on_postgres().await else { return };
    let id = stage.ended("ended", day(2025, 10, 5)).await;
    let copies = "INSERT INTO messages SELECT (substr(id::text, 1, 24) || lpad(to_hex(n), 12, '0'))::uuid, message_id, \
        tenant_id, store_id, business_type, business_data, options, recipients, execution_mode, lane, priority, \
        'SCHEDULED', NULL, NULL, 0, 0, 0, 0, NULL, sent_by, due_at, scheduled_at, expires_at, created_at, updated_at, NULL \
        FROM messages, generate_series(1, 1001) n";
    stage.sql(copies).await;
    let due = stage.due(Kind::Messages, 12).await;
    assert_eq!((due[0].rows, due[0].stay, due[0].partitions), (0, 1001, 6));
    let removed = stage.remove(Kind::Messages, 12).await;
    assert_eq!((removed.of("messages"), removed.partitions), (0, 6), "{removed:?}");
    assert_eq!(removed.waiting, ["messages_y2025m10"]);
    assert_eq!(stage.counts().await[..4], [1002, 1, 1, 1], "what belongs to it waits with it");
    // One has ended: the rest is few enough to be put aside.
    stage
        .sql(&format!("DELETE FROM messages WHERE id = (SELECT id FROM messages WHERE id <> '{}' LIMIT 1)", id.0))
        .await;
    let removed = stage.remove(Kind::Messages, 12).await;
    assert_eq!((removed.of("messages"), removed.partitions, removed.waiting.len()), (1, 3, 0), "{removed:?}");
    assert_eq!(stage.count("messages_default WHERE status = 'SCHEDULED'").await, 1000);
}

#[tokio::test]
async fn a_busy_table_is_left_alone() {
    let Some(stage) = on_postgres().await else { return };
    stage.ended("old", day(2025, 10, 5)).await;
    let mut reader = stage.store.begin().await.unwrap();
    if let Raw::Postgres(c) = reader.raw().unwrap() {
        c.batch_execute("LOCK TABLE messages IN ACCESS SHARE MODE").await.unwrap();
    }
    let removed = stage.remove(Kind::Messages, 12).await;
    assert_eq!(removed.total(), 0);
    assert_eq!(removed.waiting, ["messages_y2025m08", "messages_y2025m09", "messages_y2025m10"]);
    drop(reader);
    assert_eq!(stage.remove(Kind::Messages, 12).await.of("messages"), 1);
}

#[tokio::test]
async fn what_a_run_left_behind_the_next_one_ends() {
    let Some(stage) = on_postgres().await else { return };
    stage.ended("old", day(2025, 10, 5)).await;
    for table in ["messages", "recipients", "channel_tasks"] {
        stage.sql(&format!("ALTER TABLE {table} DETACH PARTITION {table}_y2025m10")).await;
    }
    // Somebody's own archive keeps its name, and stays.
    stage.sql("CREATE TABLE archive AS SELECT * FROM messages_y2025m10").await;
    for table in ["messages", "recipients", "channel_tasks"] {
        stage.sql(&format!("ALTER TABLE {table}_y2025m10 RENAME TO retired_{table}_y2025m10")).await;
    }
    let removed = stage.remove(Kind::Messages, 12).await;
    assert_eq!((removed.of("messages"), removed.of("message_keys")), (1, 1), "{removed:?}");
    assert_eq!(stage.counts().await, [0; 7]);
    assert_eq!(stage.count("pg_class WHERE relname LIKE 'retired%'").await, 0);
    assert_eq!(stage.count("archive").await, 1);
}

#[tokio::test]
async fn one_process_at_a_time_removes_a_kind() {
    let Some(stage) = on_postgres().await else { return };
    let held = stage.upkeep(Kind::Messages).await;
    assert!(held.is_some());
    let before = months_before(stage.now, 12);
    assert_eq!(stage.store.remove_old(Kind::Messages, before, stage.now).await.unwrap(), None);
    assert!(stage.store.remove_old(Kind::Inbox, before, stage.now).await.unwrap().is_some());
}

#[tokio::test]
async fn tasks_made_in_an_old_month_for_a_message_that_stays_stay() {
    let Some(stage) = on_postgres().await else { return };
    let id = stage.accept("open", day(2025, 9, 30)).await;
    let task = stage.send(id, day(2025, 10, 1), false).await;
    // By a clock that is behind: the task seems older than its message.
    let next = stage.accept("next", day(2025, 11, 1)).await;
    stage.send(next, day(2025, 10, 31), true).await;
    let removed = stage.remove(Kind::Messages, 12).await;
    assert_eq!((removed.of("messages"), removed.of("channel_tasks")), (0, 0), "{removed:?}");
    assert_eq!(stage.count(&format!("channel_tasks WHERE id = '{}'", task.0)).await, 1);
    assert_eq!(stage.count("channel_tasks").await, 2);
    // A month later the younger one goes, and with it its task in the default partition.
    let removed = stage.store.remove_old(Kind::Messages, day(2025, 12, 2), stage.now).await.unwrap().unwrap();
    assert_eq!((removed.of("messages"), removed.of("channel_tasks")), (1, 1), "{removed:?}");
    assert_eq!(stage.names().await, ["open"]);
}
