//! What operators do to messages: cancelMessage and retryMessage.

use serde_json::json;

use super::*;
use crate::bus::{Told, Topic};
use crate::domain::enums::{MessageStatus, TaskStatus};
use crate::domain::message::NewMessage;
use crate::queue::Lane;
use crate::services::message::MessageRef;
use crate::store::testing::{message, task};

const FAIL: &str = "UPDATE channel_tasks SET status = 'FAILED', error_code = 'BAD_MSG', due_at = NULL";

#[tokio::test]
async fn what_was_committed_is_answered_as_done_whatever_can_be_read_afterwards() {
    let stage = Stage::open().await;
    let now = stage.clock.now();
    let message = NewMessage { tenant_id: stage.tenant.id, ..message(now) };
    stage.store.plan(&message, vec![task(now), task(now)]).await;
    stage.store.sql(FAIL).await;
    stage.store.sql("UPDATE messages SET status = 'FAILED', error_code = 'ALL_CHANNELS_FAILED', open_channels = 0, failed_channels = 2").await;
    let mut watcher = stage.services.bus.watch(Topic::Message(message.id), None).await.unwrap();
    // From now on no task can be read, and of one not even its channel.
    stage.store.sql("UPDATE channel_tasks SET attempts = '{no'").await;
    let first = "UPDATE channel_tasks SET channel_type = 'PIGEON' WHERE id = (SELECT id FROM channel_tasks ORDER BY id LIMIT 1)";
    stage.store.sql(first).await;
    let of = || MessageRef::Id(message.id);
    let retried = stage.services.retry_message(&stage.admin, of()).await.unwrap();
    assert!(retried.is_ok(), "{retried:?}");
    let lane = Lane::deliver(ChannelType::Webhook, None);
    assert_eq!(stage.services.queue.depth(&lane).await.unwrap().waiting, 1);
    let again = stage.services.retry_message(&stage.admin, of()).await.unwrap();
    assert_eq!(json!(again.unwrap_err().failure.code.as_str()), "NOTHING_TO_RETRY");
    let done = stage.services.cancel_message(&stage.admin, of()).await.unwrap();
    assert!(done.outcome.is_ok(), "{done:?}");
    let mut told = Vec::new();
    for _ in 0..2 {
        let Some(Ok(Told::Status(_, event))) = watcher.next().await else { panic!("nothing told") };
        told.push((event.message_status, event.task.as_ref().map(|task| task.status)));
    }
    assert_eq!(told, [(MessageStatus::Processing, Some(TaskStatus::Pending)), (MessageStatus::Cancelled, None),]);
}
