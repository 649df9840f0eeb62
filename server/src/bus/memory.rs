//! The bus within one process. Publishing only puts events into a queue; a task of its own hands them out.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;

use super::hub::{Hub, sort};
use super::position::Position;
use crate::domain::chance::Chance;
use crate::domain::event::Event;

/// Events that may wait to be handed out.
const MOST_WAITING: usize = 100_000;
/// How often it is looked whether anybody still watches.
const HOUSEKEEPING: Duration = Duration::from_secs(20);

/// See [`super::Bus`].
#[derive(Clone)]
pub struct MemoryBus {
    pub(super) hub: Arc<Hub>,
    chance: Chance,
    batches: mpsc::UnboundedSender<Vec<Event>>,
    waiting: Arc<Waiting>,
}

#[derive(Default)]
struct Waiting {
    events: AtomicUsize,
    /// So many were lost.
    lost: AtomicUsize,
}

impl MemoryBus {
    pub fn start(hub: Arc<Hub>, chance: Chance) -> Self {
        let (batches, receiver) = mpsc::unbounded_channel();
        let waiting = Arc::<Waiting>::default();
        tokio::spawn(hand_out(Arc::clone(&hub), receiver, Arc::clone(&waiting)));
        Self { hub, chance, batches, waiting }
    }

    pub fn publish(&self, events: Vec<Event>) {
        if events.is_empty() || !self.hub.watched() {
            return;
        }
        let count = events.len();
        if self.waiting.events.fetch_add(count, Ordering::Relaxed) + count > MOST_WAITING {
            self.waiting.events.fetch_sub(count, Ordering::Relaxed);
            self.waiting.lost.fetch_add(count, Ordering::Relaxed);
            metrics::counter!("posthorn_bus_events_dropped_total").increment(count as u64);
            return;
        }
        // Fails only when the task has ended, that is when the runtime shuts down.
        let _ = self.batches.send(events);
    }

    /// Begins a log of which no position was ever given out.
    pub fn begin(&self) {
        self.hub.begin(Position { stamp: self.chance.draw::<u64>() >> 16, number: 0 });
    }
}

async fn hand_out(hub: Arc<Hub>, mut batches: mpsc::UnboundedReceiver<Vec<Event>>, waiting: Arc<Waiting>) {
    loop {
        match timeout(HOUSEKEEPING, batches.recv()).await {
            Ok(Some(events)) => {
                waiting.events.fetch_sub(events.len(), Ordering::Relaxed);
                if waiting.lost.swap(0, Ordering::Relaxed) > 0 {
                    tracing::warn!("events came faster than they could be told, watchers miss some");
                    hub.lost(false);
                    hub.lost(true);
                }
                let (status, inbox) = sort(events);
                hub.append_next(status);
                for message in inbox {
                    hub.tell_inbox(message);
                }
            }
            Ok(None) => return hub.end(),
            Err(_) => {
                hub.rest();
            }
        }
    }
}
