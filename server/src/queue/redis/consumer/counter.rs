//! Where a worker takes jobs from its own process, without Redis between: a seat is one of its hands, and so that others
//! share in what this process accepts, not all hands have one.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::queue::job::Job;
use crate::queue::worker::{Delivery, Receipt};

/// The seats of a lane's worker in this process.
pub(in crate::queue) struct Counter {
    seats: Arc<Semaphore>,
    hands: Arc<Semaphore>,
    /// Weak: the worker's source ends with its fetching task.
    hand_out: mpsc::WeakSender<Delivery>,
}

impl Counter {
    pub(super) fn new(seats: usize, hands: &Arc<Semaphore>, hand_out: &mpsc::Sender<Delivery>) -> Self {
        let seats = Arc::new(Semaphore::new(seats));
        Self { seats, hands: Arc::clone(hands), hand_out: hand_out.downgrade() }
    }

    /// A free seat, unless the worker has ended.
    pub(in crate::queue) fn seat(&self) -> Option<RedisSeat> {
        let seat = Arc::clone(&self.seats).try_acquire_owned().ok()?;
        let hand = Arc::clone(&self.hands).try_acquire_owned().ok()?;
        let hand_out = self.hand_out.upgrade().filter(|hand_out| !hand_out.is_closed())?;
        Some(RedisSeat { place: [seat, hand], hand_out })
    }
}

/// See [`crate::queue::Seat`].
pub(in crate::queue) struct RedisSeat {
    place: [OwnedSemaphorePermit; 2],
    hand_out: mpsc::Sender<Delivery>,
}

impl RedisSeat {
    pub(in crate::queue) fn fill(self, job: Job) -> bool {
        let receipt = Receipt::Local(LocalReceipt { _place: self.place });
        self.hand_out.try_send(Delivery { priority: job.priority, work: job.work, receipt }).is_ok()
    }
}

/// Stands for a job in hand that came from this process; its end frees the seat.
pub(in crate::queue) struct LocalReceipt {
    _place: [OwnedSemaphorePermit; 2],
}
