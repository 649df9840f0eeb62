//! Telling watchers, and the metrics, of what ended or waits again without having been in anybody's hand.

use crate::bus::Bus;
use crate::domain::enums::MessageStatus;
use crate::domain::event::{Event, StatusEvent};
use crate::domain::id::{MessageId, TaskId};
use crate::store::{Store, StoreError, message, task};

/// Counts a message that ended after its chain had run, or was cancelled.
pub fn count_end(status: MessageStatus) {
    metrics::counter!("posthorn_messages_finished_total", "status" => status.as_str()).increment(1);
}

/// Tells of a message's tasks as they are now. Without watchers nothing is read.
pub(super) async fn tell_present(bus: &Bus, store: &Store, id: MessageId, tasks: &[TaskId]) {
    if bus.watched()
        && let Err(error) = read_and_tell(bus, store, id, tasks).await
    {
        tracing::warn!(message.id = %id, %error, "watchers were not told of a change");
    }
}

async fn read_and_tell(bus: &Bus, store: &Store, id: MessageId, tasks: &[TaskId]) -> Result<(), StoreError> {
    let mut conn = store.read().await?;
    let Some(of) = message::by_ids(&mut conn, &[id]).await?.pop() else { return Ok(()) };
    let all = task::of_messages(&mut conn, &[id]).await?.into_iter();
    let events = all.filter(|task| tasks.contains(&task.id)).map(|task| Event::Status(StatusEvent::of_task(&of, task)));
    bus.publish(events.collect());
    bus.settle().await;
    Ok(())
}
