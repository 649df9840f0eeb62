//! Messages, with all that is theirs.

use super::*;
use crate::domain::bulk_job::BulkJob;
use crate::domain::enums::{BulkKind, BulkStatus};
use crate::domain::failed::FailedFilter;
use crate::domain::id::BulkJobId;
use crate::store::bulk_job;
use crate::store::message::id_of;
use crate::store::message_list::{MessageQuery, list};

#[tokio::test]
async fn what_ended_long_ago_goes_and_nothing_else() {
    let stage = Stage::open().await;
    stage.ended("old", day(2025, 9, 5)).await;
    let waiting = stage.accept("waiting", day(2025, 9, 10)).await;
    let sending = stage.accept("sending", day(2025, 10, 10)).await;
    stage.send(sending, day(2025, 10, 11), true).await;
    stage.send(sending, day(2025, 10, 12), false).await;
    // Accepted long ago for a day that is not long ago.
    let late = stage.accept("late", day(2025, 10, 20)).await;
    stage.send(late, day(2026, 7, 1), true).await;
    stage.ended("young", day(2026, 10, 1)).await;
    let before = stage.counts().await;
    assert_eq!(before, [5, 5, 5, 5, 0, 0, 0]);

    let due = stage.due(Kind::Messages, 12).await;
    assert_eq!((due[0].what, due[0].rows, due[0].stay), ("messages", 1, 3));
    assert_eq!(due[0].oldest, Some(day(2025, 9, 5)));
    assert_eq!(stage.counts().await, before, "a dry run changes nothing");

    let removed = stage.remove(Kind::Messages, 12).await;
    let rows = ["messages", "channel_tasks", "recipients", "message_keys"].map(|what| removed.of(what));
    assert_eq!((rows, removed.waiting.len()), ([1, 1, 1, 1], 0), "{removed:?}");
    assert_eq!(stage.names().await, ["waiting", "sending", "late", "young"]);
    assert_eq!(stage.counts().await, [4, 4, 4, 4, 0, 0, 0]);
    assert_eq!(removed.partitions, due[0].partitions);
    assert_eq!(stage.remove(Kind::Messages, 12).await.total(), 0);

    // Those that stayed are found as before, by key and by recipient.
    let mut conn = stage.store.read().await.unwrap();
    assert_eq!(id_of(&mut conn, stage.tenant, "waiting").await.unwrap(), Some(waiting));
    for (name, id) in [("waiting", waiting), ("sending", sending), ("late", late)] {
        let recipient = Some(name.to_owned());
        let query = MessageQuery { tenant_id: Some(stage.tenant), recipient, ..MessageQuery::default() };
        let found = list(&mut conn, &query, None, 10).await.unwrap();
        assert_eq!(found.iter().map(|message| message.id).collect::<Vec<_>>(), [id]);
    }
    assert_eq!(id_of(&mut conn, stage.tenant, "old").await.unwrap(), None);
    drop(conn);

    // They go once they have ended for as long.
    stage.end(waiting, day(2025, 11, 1)).await;
    stage.end(sending, day(2026, 11, 1)).await;
    let removed = stage.remove(Kind::Messages, 12).await;
    assert_eq!((removed.of("messages"), removed.partitions), (1, 0), "{removed:?}");
    assert_eq!(stage.names().await, ["sending", "late", "young"]);
    stage.end(sending, day(2025, 11, 1)).await;
    stage.remove(Kind::Messages, 12).await;
    assert_eq!(stage.counts().await, [2, 2, 2, 2, 0, 0, 0]);
}

#[tokio::test]
async fn a_message_with_thousands_of_recipients_goes_in_small_steps() {
    let stage = Stage::open().await;
    let users: Vec<String> = (0..1234).map(|n| format!("u{n}")).collect();
    let users: Vec<&str> = users.iter().map(String::as_str).collect();
    // On PostgreSQL too without a partition of its month: where one could not be made.
    let at = day(2024, 3, 3);
    let id = stage.accept_for("big", at, &users).await;
    stage.send(id, at, true).await;
    for n in 0..250 {
        stage.ended(&format!("small {n}"), at).await;
    }
    assert_eq!(stage.counts().await[..4], [251, 251, 1484, 251]);
    let removed = stage.remove(Kind::Messages, 12).await;
    let rows = ["messages", "channel_tasks", "recipients", "message_keys"].map(|what| removed.of(what));
    // Of three empty months, three tables each.
    let months = if stage.store.is_postgres() { 9 } else { 0 };
    assert_eq!((rows, removed.partitions), ([251, 251, 1484, 251], months));
    assert_eq!(stage.counts().await, [0; 7]);
}

#[tokio::test]
async fn a_key_is_free_again_once_its_message_is_gone() {
    let stage = Stage::open().await;
    stage.ended("again", day(2025, 9, 5)).await;
    stage.remove(Kind::Messages, 12).await;
    let id = stage.accept("again", stage.now).await;
    let mut conn = stage.store.read().await.unwrap();
    assert_eq!(id_of(&mut conn, stage.tenant, "again").await.unwrap(), Some(id));
}

impl Stage {
    /// A bulk job that was made at `at`.
    async fn job(&self, at: Timestamp, finished_at: Option<Timestamp>) -> BulkJobId {
        let job = BulkJob {
            id: BulkJobId::new(at),
            tenant_id: None,
            kind: BulkKind::Retry,
            status: if finished_at.is_some() { BulkStatus::Done } else { BulkStatus::Paused },
            filter: FailedFilter::default(),
            rate_per_second: 100,
            total: None,
            done: 0,
            skipped: 0,
            position: None,
            error_message: None,
            created_by: "an operator".to_owned(),
            created_at: at,
            updated_at: at,
            finished_at,
        };
        bulk_job::insert(&mut self.store.write().await.unwrap(), &job).await.unwrap();
        job.id
    }
}

#[tokio::test]
async fn bulk_jobs_go_as_long_after_their_end_as_messages() {
    let stage = Stage::open().await;
    let old = stage.job(day(2025, 9, 5), Some(day(2025, 9, 6))).await;
    let late = stage.job(day(2025, 9, 5), Some(day(2026, 1, 1))).await;
    let paused = stage.job(day(2025, 9, 5), None).await;
    let due = stage.due(Kind::Messages, 12).await;
    assert_eq!((due[1].what, due[1].rows, due[1].stay), ("bulk_jobs", 1, 2));
    assert_eq!(due[1].oldest, Some(day(2025, 9, 5)));
    assert_eq!(stage.remove(Kind::Messages, 12).await.of("bulk_jobs"), 1);
    let mut conn = stage.store.read().await.unwrap();
    for (id, stays) in [(old, false), (late, true), (paused, true)] {
        assert_eq!(bulk_job::by_id(&mut conn, id).await.unwrap().is_some(), stays);
    }
}
