//! A channel config's turns: how many of its tasks may be under way at once, and how many wait for that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OwnedSemaphorePermit;

use crate::catalog::OpenChannel;
use crate::domain::id::ChannelConfigId;
use crate::domain::time::Clock;

/// How long a claimed task waits for its config's turn before it is handed back.
pub(super) const TURN_PATIENCE: Duration = Duration::from_secs(2);
/// How long the chain waits for a turn to book. What is booked is stored once and claimed by that; what is not goes over
/// the queue and is claimed later. So a moment is well spent while turns become free.
const BOOKING_PATIENCE: Duration = Duration::from_millis(20);
/// Where that was in vain, nobody tries for so long: a slow provider must not slow the chain.
const VAIN_FOR: Duration = Duration::from_secs(1);

/// Who waits for which config's turn.
#[derive(Clone)]
pub(super) struct Turns {
    clock: Clock,
    queues: Arc<Mutex<HashMap<ChannelConfigId, Queue>>>,
}

#[derive(Default)]
struct Queue {
    waiting: usize,
    /// When somebody waited to book in vain.
    in_vain: Option<Instant>,
}

impl Turns {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, queues: Arc::default() }
    }

    /// The config's turn, waited for a moment; no more wait at once than the `most` that may send at once, so that one
    /// slow provider does not hold all hands of its lane.
    pub(super) async fn take(&self, open: &OpenChannel, most: usize) -> Option<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&open.permits).try_acquire_owned() {
            return Some(permit);
        }
        let _waiting = self.wait(open.config.id, most)?;
        tokio::time::timeout(TURN_PATIENCE, Arc::clone(&open.permits).acquire_owned()).await.ok()?.ok()
    }

    /// The config's turn for a task that is not stored yet.
    pub(super) async fn book(&self, open: &OpenChannel, most: usize) -> Option<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&open.permits).try_acquire_owned() {
            return Some(permit);
        }
        let id = open.config.id;
        if self.lock().get(&id).and_then(|queue| queue.in_vain).is_some_and(|at| self.clock.since(at) < VAIN_FOR) {
            return None;
        }
        let _waiting = self.wait(id, most)?;
        match tokio::time::timeout(BOOKING_PATIENCE, Arc::clone(&open.permits).acquire_owned()).await {
            Ok(permit) => permit.ok(),
            Err(_elapsed) => {
                self.lock().entry(id).or_default().in_vain = Some(self.clock.instant());
                None
            }
        }
    }

    /// None where `most` wait already.
    fn wait(&self, id: ChannelConfigId, most: usize) -> Option<Waiting<'_>> {
        let mut queues = self.lock();
        let queue = queues.entry(id).or_default();
        (queue.waiting < most).then(|| {
            queue.waiting += 1;
            Waiting { turns: self, id }
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ChannelConfigId, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task that waits for its config's turn, while it lives.
struct Waiting<'t> {
    turns: &'t Turns,
    id: ChannelConfigId,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut queues = self.turns.lock();
        if let Some(queue) = queues.get_mut(&self.id) {
            queue.waiting = queue.waiting.saturating_sub(1);
            if queue.waiting == 0 && queue.in_vain.is_none_or(|at| self.turns.clock.since(at) >= VAIN_FOR) {
                queues.remove(&self.id);
            }
        }
    }
}
