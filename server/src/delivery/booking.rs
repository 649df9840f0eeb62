//! Tasks that the process that makes them sends at once: booked before they are stored, stored as claimed, and handed to
//! a worker of their lane without a look at the database between. A booking holds a free hand of the lane and the
//! config's turn, so what is booked never waits for either.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::OwnedSemaphorePermit;

use crate::domain::id::TaskId;
use crate::domain::message::PendingMessage;
use crate::domain::task::{ClaimedTask, Lease, NewTask};
use crate::domain::time::Timestamp;
use crate::queue::Seat;

/// A free hand, and the turn of the task's channel config. Dropped, both are free for others.
pub struct Booking {
    pub(super) seat: Seat,
    pub(super) turn: OwnedSemaphorePermit,
    pub(super) asked: Instant,
    pub lease: Lease,
}

/// A booked task on its way to the worker's hand.
pub(super) enum Booked {
    Claimed {
        task: Arc<ClaimedTask>,
        turn: OwnedSemaphorePermit,
        /// When the lease began, at the latest.
        asked: Instant,
    },
    /// Whether it was stored is not known: the answer was lost. Claiming again with the same claim tells.
    InDoubt { lease: Lease },
}

/// What is on its way.
#[derive(Clone, Default)]
pub(super) struct Bookings(Arc<Mutex<HashMap<TaskId, Booked>>>);

impl Bookings {
    fn lock(&self) -> MutexGuard<'_, HashMap<TaskId, Booked>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn put(&self, id: TaskId, booked: Booked) {
        self.lock().insert(id, booked);
    }

    /// Forgets doubts that no worker of this process came to ask about: another had the job.
    pub(super) fn forget_old_doubts(&self, now: Timestamp) {
        self.lock().retain(|_, booked| !matches!(booked, Booked::InDoubt { lease } if lease.until <= now));
    }

    pub(super) fn take(&self, id: TaskId) -> Option<Booked> {
        self.lock().remove(&id)
    }

    /// Takes all that no worker has begun.
    pub(super) fn take_all(&self) -> Vec<Booked> {
        self.lock().drain().map(|(_, booked)| booked).collect()
    }
}

/// The task as it was stored under `lease`.
pub(super) fn claimed(message: &PendingMessage, task: &NewTask, lease: Lease, at: Timestamp) -> ClaimedTask {
    ClaimedTask {
        id: task.id,
        message_id: message.id,
        tenant_id: message.tenant_id,
        message_key: message.message_id.clone(),
        business_type: message.business_type.clone(),
        channel_type: task.channel_type,
        channel_config_id: task.channel_config_id,
        message_type: task.message_type,
        rendered_content: Arc::clone(&task.rendered_content),
        recipient_from: task.recipient_from,
        recipient_count: task.recipient_count,
        retry_count: 0,
        max_retry: task.max_retry,
        lane: message.lane.clone(),
        lane_priority: message.priority,
        sent_by: message.sent_by,
        expires_at: message.expires_at,
        created_at: at,
        claim: lease.claim,
        step: task.step,
        held: false,
        rests_since: None,
        throttled_since: None,
    }
}
