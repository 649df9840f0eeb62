//! Inbox entries.

use super::*;
use crate::domain::enums::MessageType;
use crate::domain::inbox::InboxMessage;
use crate::store::inbox::{InboxWrite, inbox_id, list};

impl Stage {
    /// A task made at `made` puts something into a user's inbox at `at`.
    async fn deliver(&self, user: &str, made: Timestamp, at: Timestamp) {
        let task = TaskId::new(made);
        let entry = InboxMessage {
            id: inbox_id(task, user),
            tenant_id: self.tenant,
            user_id: user.to_owned(),
            message_id: "m".to_owned(),
            business_type: "NOTICE".to_owned(),
            message_type: MessageType::Text,
            title: None,
            body: "text".to_owned(),
            content: "{}".to_owned(),
            read_at: None,
            created_at: at,
        };
        self.store.inbox_writer().put(InboxWrite::new(task, vec![entry])).await.unwrap();
    }
}

#[tokio::test]
async fn old_entries_go_and_those_delivered_late_stay() {
    let stage = Stage::open().await;
    let (old, young) = (day(2025, 9, 5), day(2026, 9, 5));
    stage.deliver("u1", old, old).await;
    stage.deliver("u2", day(2024, 1, 1), day(2024, 1, 1)).await;
    stage.deliver("u3", young, young).await;
    // A task that was made long ago, and retried.
    stage.deliver("u4", old, young).await;
    let due = stage.due(Kind::Inbox, 12).await;
    assert_eq!((due[0].what, due[0].rows, due[0].stay, due[0].oldest), ("inbox", 2, 1, Some(day(2024, 1, 1))));
    assert_eq!(stage.count("inbox").await, 4, "a dry run changes nothing");
    let removed = stage.remove(Kind::Inbox, 12).await;
    assert_eq!((removed.of("inbox"), removed.total()), (2, 2), "{removed:?}");
    let mut conn = stage.store.read().await.unwrap();
    for (user, left) in [("u1", 0), ("u2", 0), ("u3", 1), ("u4", 1)] {
        assert_eq!(list(&mut conn, stage.tenant, user, false, None, 10).await.unwrap().len(), left, "{user}");
    }
    drop(conn);
    assert_eq!(stage.remove(Kind::Inbox, 12).await.total(), 0);
    assert_eq!(stage.remove(Kind::Inbox, 1).await.total(), 2);
    assert_eq!(stage.count("inbox").await, 0);
}

#[tokio::test]
async fn many_entries_go_in_small_steps() {
    let stage = Stage::open().await;
    for n in 0..1100 {
        let at = day(2025, 9, 1 + n % 28);
        stage.deliver(&format!("u{n}"), at, at).await;
    }
    assert_eq!(stage.remove(Kind::Inbox, 12).await.of("inbox"), 1100);
    assert_eq!(stage.count("inbox").await, 0);
}
