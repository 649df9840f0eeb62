//! Timelines: emptied where they ride on rows that stay, removed where they are rows.

use super::*;
use crate::store::message::{by_ids, entries, verdicts};
use crate::store::task::of_messages;

impl Stage {
    /// Verdicts, attempts and entries that a message's timeline has.
    async fn timeline(&self, id: MessageId) -> [usize; 3] {
        let mut conn = self.store.read().await.unwrap();
        let text = if self.store.is_postgres() { "verdicts IS NOT NULL" } else { "verdicts NOT NULL" };
        drop(verdicts(&mut conn, &[MessageId::new(self.now)]).await.unwrap());
        let entries = entries(&mut conn, &[id]).await.unwrap().len();
        let attempts = of_messages(&mut conn, &[id]).await.unwrap().iter().map(|task| task.attempts.len()).sum();
        drop(conn);
        let verdicts = self.count(&format!("messages WHERE id = {} AND {text}", self.literal(id.0))).await;
        [usize::try_from(verdicts).unwrap(), attempts, entries]
    }

    async fn retry(&self, id: MessageId, at: Timestamp) {
        self.sql(&format!(
            "UPDATE channel_tasks SET status = 'FAILED', error_code = 'BAD_MSG' WHERE message_id = {}",
            self.literal(id.0)
        ))
        .await;
        assert_eq!(self.store.retry_message(id, "an operator", Duration::from_secs(120), at).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn old_timelines_are_emptied_while_messages_and_tasks_stay() {
    let stage = Stage::open().await;
    let old = stage.ended("old", day(2026, 6, 5)).await;
    let open = stage.accept("open", day(2026, 7, 5)).await;
    stage.send(open, day(2026, 7, 5), false).await;
    let young = stage.ended("young", day(2026, 9, 5)).await;
    assert_eq!(stage.timeline(old).await, [1, 1, 0]);
    let before = stage.counts().await;

    let due = stage.due(Kind::Timeline, 3).await;
    assert_eq!((due[0].what, due[0].rows, due[0].stay, due[0].oldest), ("timelines", 1, 1, Some(day(2026, 6, 5))));
    assert_eq!((due[1].what, due[1].rows), ("timeline_entries", 0));
    assert_eq!((stage.counts().await, stage.timeline(old).await), (before, [1, 1, 0]), "a dry run changes nothing");

    let removed = stage.remove(Kind::Timeline, 3).await;
    assert_eq!((removed.of("timelines"), removed.total()), (1, 1), "{removed:?}");
    assert_eq!(stage.timeline(old).await, [0, 0, 0]);
    assert_eq!(stage.timeline(open).await, [1, 1, 0]);
    assert_eq!(stage.timeline(young).await, [1, 1, 0]);
    let mut conn = stage.store.read().await.unwrap();
    assert_eq!(by_ids(&mut conn, &[old]).await.unwrap().len(), 1);
    assert_eq!(of_messages(&mut conn, &[old]).await.unwrap().len(), 1);
    drop(conn);
    assert_eq!(stage.remove(Kind::Timeline, 3).await.total(), 0, "what was passed is not walked again");

    // The one that had not ended has its turn when it has.
    stage.end(open, day(2026, 11, 1)).await;
    assert_eq!(stage.remove(Kind::Timeline, 3).await.total(), 0);
    stage.end(open, day(2026, 8, 1)).await;
    assert_eq!(stage.due(Kind::Timeline, 3).await[0].rows, 1);
    assert_eq!(stage.remove(Kind::Timeline, 3).await.of("timelines"), 1);
    assert_eq!(stage.timeline(open).await, [0, 0, 0]);
    assert_eq!(stage.counts().await, [3, 3, 3, 3, 0, 0, 0]);
}

#[tokio::test]
async fn what_operators_did_goes_and_a_message_that_began_anew_is_emptied_once_more() {
    let stage = Stage::open().await;
    let id = stage.ended("m", day(2026, 6, 5)).await;
    stage.remove(Kind::Timeline, 3).await;
    assert_eq!(stage.timeline(id).await, [0, 0, 0]);
    stage.retry(id, day(2026, 7, 20)).await;
    let attempts = "UPDATE channel_tasks SET attempts = '[{\"a\":1,\"o\":\"OK\"}]'";
    stage.sql(attempts).await;
    stage.end(id, day(2026, 7, 21)).await;
    assert_eq!(stage.timeline(id).await, [0, 1, 1]);
    // Once for the entry, which names the message; once for the message.
    let due = stage.due(Kind::Timeline, 3).await;
    assert_eq!((due[1].what, due[1].rows), ("timeline_entries", 1));
    assert_eq!(stage.remove(Kind::Timeline, 3).await.of("timeline_entries"), 1);
    stage.remove(Kind::Timeline, 3).await;
    assert_eq!(stage.timeline(id).await, [0, 0, 0]);
    assert_eq!(stage.counts().await, [1, 1, 1, 1, 0, 0, 0]);
}

#[tokio::test]
async fn many_timelines_are_emptied_page_by_page() {
    let stage = Stage::open().await;
    for n in 0..230 {
        stage.ended(&format!("{n}"), day(2026, 6, 5)).await;
    }
    assert_eq!(stage.remove(Kind::Timeline, 3).await.of("timelines"), 230);
    assert_eq!(stage.count("messages WHERE verdicts IS NOT NULL").await, 0);
    assert_eq!(stage.count("channel_tasks WHERE attempts <> '[]'").await, 0);
    assert_eq!(stage.count("messages").await, 230);
}
