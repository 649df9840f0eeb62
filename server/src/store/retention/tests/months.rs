//! Whole partitions: on PostgreSQL only, so these tests do nothing where no server is named.

use super::super::partitions::{PUT_BACK, Upkeep};
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

    /// Lets a run remove what a dry one said before: how many messages, how many of the old ones stay, how many
    /// partitions go.
    async fn foretold_and_removed(&self) -> (u64, u64, u64) {
        let before = self.counts().await;
        let due = self.due(Kind::Messages, 12).await.remove(0);
        assert_eq!(self.counts().await, before, "a dry run changes nothing");
        let removed = self.remove(Kind::Messages, 12).await;
        assert_eq!((removed.of("messages"), removed.partitions), (due.rows, due.partitions), "{due:?}, {removed:?}");
        let tables = ["messages", "channel_tasks", "recipients", "message_keys"];
        for (rows, (table, left)) in before.into_iter().zip(tables.into_iter().zip(self.counts().await)) {
            assert_eq!(i64::try_from(removed.of(table)).unwrap(), rows - left, "{table}: {removed:?}");
        }
        (due.rows, due.stay, due.partitions)
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
async fn a_month_in_which_many_stay_loses_the_others_and_goes_once_few_do() {
    let Some(stage) = on_postgres().await else { return };
    let mut open = Vec::new();
    for n in 0..=PUT_BACK {
        stage.ended(&format!("ended {n}"), day(2025, 10, 5)).await;
        open.push(stage.accept(&format!("open {n}"), day(2025, 10, 10)).await);
    }
    let all = i64::try_from(open.len()).unwrap();
    assert_eq!(stage.counts().await[..4], [2 * all, all, 2 * all, 2 * all]);
    // Two empty months of three tables; and of October the tasks, none of which is needed any more.
    assert_eq!(stage.foretold_and_removed().await, (all as u64, all as u64, 7));
    assert_eq!(stage.counts().await[..4], [all, 0, all, all]);
    assert_eq!(stage.count("messages_y2025m10").await, all);
    assert_eq!(stage.count("recipients_y2025m10").await, all);
    let removed = stage.remove(Kind::Messages, 12).await;
    assert_eq!((removed.total(), removed.partitions), (0, 0), "{removed:?}");
    assert_eq!((removed.emptied, removed.waiting), (vec!["messages_y2025m10".to_owned()], Vec::new()));
    // One has ended for long enough: the rest is few enough to be put aside.
    stage.end(open[0], day(2025, 11, 1)).await;
    assert_eq!(stage.foretold_and_removed().await, (1, all as u64 - 1, 2));
    assert_eq!(stage.counts().await[..4], [all - 1, 0, all - 1, all - 1]);
    assert_eq!(stage.count("messages_default").await, all - 1);
    assert_eq!(stage.count("recipients_default").await, all - 1);
}

#[tokio::test]
async fn a_month_of_tasks_is_judged_by_its_own_rows() {
    let Some(stage) = on_postgres().await else { return };
    let mut open = Vec::new();
    for n in 0..PUT_BACK {
        stage.ended(&format!("ended {n}"), day(2025, 10, 5)).await;
        let id = stage.accept(&format!("open {n}"), day(2025, 10, 10)).await;
        stage.send(id, day(2025, 10, 10), false).await;
        stage.send(id, day(2025, 10, 11), false).await;
        open.push(id);
    }
    let all = i64::try_from(open.len()).unwrap();
    assert_eq!(stage.counts().await[..4], [2 * all, 3 * all, 2 * all, 2 * all]);
    // Of October the messages and recipients go: few of them stay. Their tasks are too many.
    assert_eq!(stage.foretold_and_removed().await, (all as u64, all as u64, 8));
    assert_eq!(stage.counts().await[..4], [all, 2 * all, all, all]);
    assert_eq!(stage.count("messages_default").await, all);
    assert_eq!(stage.count("channel_tasks_y2025m10").await, 2 * all, "no task of a message that stays is lost");
    let removed = stage.remove(Kind::Messages, 12).await;
    assert_eq!((removed.total(), removed.partitions), (0, 0), "{removed:?}");
    assert_eq!((removed.emptied, removed.waiting), (vec!["channel_tasks_y2025m10".to_owned()], Vec::new()));
    // All but one have ended for long enough.
    for id in &open[1..] {
        stage.end(*id, day(2025, 11, 1)).await;
    }
    assert_eq!(stage.foretold_and_removed().await, (all as u64 - 1, 1, 1));
    assert_eq!(stage.counts().await[..4], [1, 2, 1, 1]);
    assert_eq!(stage.count("channel_tasks_default").await, 2);
}

#[tokio::test]
async fn a_month_in_which_many_stay_holds_up_no_other() {
    let Some(stage) = on_postgres().await else { return };
    let mut open = Vec::new();
    for n in 0..=PUT_BACK {
        open.push(stage.accept(&format!("open {n}"), day(2025, 9, 10)).await);
    }
    let all = i64::try_from(open.len()).unwrap();
    // Planned a month after they were accepted.
    let task = stage.send(open[0], day(2025, 10, 2), false).await;
    let late = stage.accept("late", day(2025, 9, 11)).await;
    stage.send(late, day(2025, 10, 2), true).await;
    stage.ended("october", day(2025, 10, 5)).await;
    assert_eq!(stage.counts().await[..4], [all + 2, 3, all + 2, all + 2]);
    // Of August and October all three tables, of September the tasks.
    assert_eq!(stage.foretold_and_removed().await, (2, all as u64, 7));
    assert_eq!(stage.counts().await[..4], [all, 1, all, all]);
    assert_eq!(stage.count("messages_y2025m09").await, all);
    assert_eq!(stage.count(&format!("channel_tasks_default WHERE id = '{}'", task.0)).await, 1);
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
    let due = stage.due(Kind::Messages, 12).await.remove(0);
    let removed = stage.remove(Kind::Messages, 12).await;
    assert_eq!((removed.of("messages"), removed.of("message_keys")), (1, 1), "{removed:?}");
    // Of August and September all three tables; October's are no partitions any more.
    assert_eq!((due.rows, due.partitions, removed.partitions), (1, 6, 6));
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
    assert_eq!(stage.foretold_and_removed().await, (0, 1, 9));
    assert_eq!(stage.count(&format!("channel_tasks WHERE id = '{}'", task.0)).await, 1);
    assert_eq!(stage.count("channel_tasks").await, 2);
    // A month later the younger one goes, and with it its task in the default partition.
    let removed = stage.store.remove_old(Kind::Messages, day(2025, 12, 2), stage.now).await.unwrap().unwrap();
    assert_eq!((removed.of("messages"), removed.of("channel_tasks")), (1, 1), "{removed:?}");
    assert_eq!(stage.names().await, ["open"]);
}
