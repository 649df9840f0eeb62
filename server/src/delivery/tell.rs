//! Telling watchers of tasks that ended or wait again without having been in anybody's hand.

use crate::bus::Bus;
use crate::domain::event::{Event, StatusEvent};
use crate::domain::id::{MessageId, TaskId};
use crate::store::{Store, StoreError, message, task};

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
