//! Where a worker takes jobs from its own process, without Redis between: a seat is one of its hands, and so that others
//! share in what this process accepts, not all hands have one. Nothing overtakes so what waits in Redis and is more urgent.

use std::sync::Arc;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc};

use super::held::{Held, HeldJob};
use crate::queue::job::{Job, Share, shelf};
use crate::queue::worker::{Delivery, Receipt};

/// The seats of a lane's worker in this process.
pub(in crate::queue) struct Counter {
    seats: Arc<Semaphore>,
    hands: Arc<Semaphore>,
    held: Arc<Held>,
    /// Weak: the worker's source ends with its fetching task.
    hand_out: mpsc::WeakSender<Delivery>,
}

impl Counter {
    pub(super) fn new(
        seats: usize,
        hands: &Arc<Semaphore>,
        held: &Arc<Held>,
        hand_out: &mpsc::Sender<Delivery>,
    ) -> Self {
        let seats = Arc::new(Semaphore::new(seats));
        Self { seats, hands: Arc::clone(hands), held: Arc::clone(held), hand_out: hand_out.downgrade() }
    }

    /// Told where a seat may have become free.
    pub(in crate::queue) fn freed(&self) -> Arc<Notify> {
        self.held.freed()
    }

    /// A free seat for a job of this share and priority, unless the worker has ended.
    pub(in crate::queue) fn seat(&self, share: Share, priority: u8) -> Option<RedisSeat> {
        let hand_out = self.hand_out.upgrade().filter(|hand_out| !hand_out.is_closed())?;
        // Before anything is taken: who must not have it must not keep it from others, not even for a moment.
        if !self.held.has_seat(share, shelf(priority)) {
            return None;
        }
        let seat = Arc::clone(&self.seats).try_acquire_owned().ok()?;
        let hand = Arc::clone(&self.hands).try_acquire_owned().ok()?;
        // Last: what is counted in and out again tells those who wait that a job has ended.
        let held = self.held.try_seat(share, shelf(priority))?;
        Some(RedisSeat { place: [seat, hand], held, hand_out })
    }
}

/// See [`crate::queue::Seat`].
pub(in crate::queue) struct RedisSeat {
    place: [OwnedSemaphorePermit; 2],
    held: HeldJob,
    hand_out: mpsc::Sender<Delivery>,
}

impl RedisSeat {
    pub(in crate::queue) fn fill(self, job: Job) -> bool {
        let Job { priority, work, share, .. } = job;
        let receipt = Receipt::Local(LocalReceipt { _place: self.place, _held: self.held });
        self.hand_out.try_send(Delivery { priority, work, share, receipt }).is_ok()
    }
}

/// Stands for a job in hand that came from this process; its end frees the seat.
pub(in crate::queue) struct LocalReceipt {
    _place: [OwnedSemaphorePermit; 2],
    _held: HeldJob,
}
