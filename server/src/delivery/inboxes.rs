//! Sending over LOCAL: the recipients are read, and each gets the message into an inbox.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::bus::Bus;
use crate::channels::Outcome;
use crate::domain::event::Event;
use crate::domain::id::{InboxId, MessageId};
use crate::domain::recipient::Recipient;
use crate::domain::task::ClaimedTask;
use crate::domain::time::Clock;
use crate::store::batch::{BatchLimits, Batcher};
use crate::store::inbox::InboxWrite;
use crate::store::{Store, StoreError};

/// Recipients of LOCAL tasks in memory at once; a larger task counts as this many.
const ROOM: u32 = 40_000;

/// The inboxes of all users.
#[derive(Clone)]
pub(super) struct Inboxes {
    bus: Bus,
    clock: Clock,
    recipients: Batcher<MessageId, Option<Arc<Vec<Recipient>>>>,
    writer: Batcher<InboxWrite, Vec<InboxId>>,
    /// Recipients that may be held in memory at once.
    room: Arc<Semaphore>,
}

impl Inboxes {
    pub(super) fn new(store: &Store, bus: Bus, clock: Clock) -> Self {
        Self {
            bus,
            clock,
            recipients: recipient_loader(store),
            writer: store.inbox_writer(),
            room: Arc::new(Semaphore::new(ROOM as usize)),
        }
    }

    /// Puts the task into the inboxes of its recipients.
    pub(super) async fn deliver(&self, task: &ClaimedTask) -> Outcome {
        let room = u32::try_from(task.recipient_count).unwrap_or(1).clamp(1, ROOM);
        let Ok(_room) = self.room.acquire_many(room).await else {
            return Outcome::retry("shutting down");
        };
        let all = match self.recipients.put(task.message_id).await {
            Ok(Some(all)) => all,
            Ok(None) => return Outcome::bad_message("the message is gone"),
            Err(error) => return unstored(task, &error),
        };
        let from = usize::try_from(task.recipient_from).unwrap_or(0).min(all.len());
        let count = usize::try_from(task.recipient_count).unwrap_or(0);
        let slice = &all[from..all.len().min(from + count)];
        let entries = match super::local::entries(task, slice, self.clock.now()) {
            Ok(entries) => entries,
            Err(reason) => return Outcome::bad_message(reason),
        };
        let users = entries.len();
        let watched = self.bus.watched().then(|| entries.clone());
        match self.writer.put(InboxWrite::new(task.id, entries)).await {
            Ok(new) => {
                if let Some(entries) = watched {
                    let new: HashSet<_> = new.into_iter().collect();
                    let events = entries.into_iter().filter(|entry| new.contains(&entry.id)).map(Event::Inbox);
                    self.bus.publish(events.collect());
                }
                Outcome::ok(format!("stored for {users} user{}", if users == 1 { "" } else { "s" }))
            }
            Err(error) => unstored(task, &error),
        }
    }
}

fn unstored(task: &ClaimedTask, error: &StoreError) -> Outcome {
    tracing::warn!(task.id = %task.id, %error, "an inbox could not be written");
    if error.transient() {
        Outcome::retry("the inbox is unavailable")
    } else {
        Outcome::bad_message("the inbox refused it")
    }
}

/// Loads the recipients of messages, which only LOCAL needs when it sends.
fn recipient_loader(store: &Store) -> Batcher<MessageId, Option<Arc<Vec<Recipient>>>> {
    let store = store.clone();
    let limits = BatchLimits { items: 16, bytes: usize::MAX, parallel: 2, patient: false };
    Batcher::spawn(
        limits,
        |_| 1,
        move |ids: Arc<Vec<MessageId>>| {
            let store = store.clone();
            async move {
                let mut conn = store.read().await?;
                let parts = crate::store::message::parts(&mut conn, &ids).await?;
                Ok(ids.iter().map(|id| parts.get(id).map(|parts| Arc::clone(&parts.recipients))).collect())
            }
        },
    )
}
