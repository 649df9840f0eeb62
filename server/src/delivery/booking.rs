//! Tasks that the process that makes them sends at once: booked before they are stored, stored as claimed, and handed to
//! a worker of their lane without a look at the database between. A booking holds a free hand of the lane and the
//! config's turn, so what is booked never waits for either.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::OwnedSemaphorePermit;

use super::deliver::{Deliverer, LEASE_MARGIN, lease};
use super::line::Of;
use super::settle::hand_back;
use crate::announce::Announcer;
use crate::catalog::OpenChannel;
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

impl Deliverer {
    /// Books a task that is due and about to be stored, where this process can send it at once or, where the task `may_wait` for
    /// that, in a moment.
    pub async fn book(&self, open: &OpenChannel, lane: Option<&str>, priority: u8, may_wait: bool) -> Option<Booking> {
        let config = &open.config;
        let channel = open.channel.as_ref().ok()?;
        let settings = self.catalog.settings();
        let resting = self.resting(&settings);
        if self.limits.paused_until(config.id, self.clock.now()).is_some() || !resting.closed(config.id) {
            return None;
        }
        let seat = || self.announcer.seat(config, lane, priority);
        let at_once = || Some((Arc::clone(&open.permits).try_acquire_owned().ok()?, seat()?));
        let soon = async {
            loop {
                let freed = self.announcer.freed(config, lane)?;
                let freed = freed.notified();
                let turn = Arc::clone(&open.permits).acquire_owned().await.ok()?;
                if let Some(seat) = seat() {
                    return Some((turn, seat));
                }
                // Others may have the turn meanwhile: those whose task is in hand.
                drop(turn);
                freed.await;
            }
        };
        let of = Of { config: config.id, lane: lane.map(Arc::from), priority };
        let most = if may_wait { channel.max_in_flight() } else { 0 };
        let (turn, seat) = self.lines.stand(of, most, at_once, soon).await?;
        let now = self.clock.now();
        let lease = Lease { claim: self.chance.draw(), until: now.plus(lease(&settings)) };
        Some(Booking { seat, turn, asked: self.clock.instant(), lease })
    }

    /// Hands a booked task, stored at `at`, to its worker.
    pub async fn start(&self, booking: Booking, message: &PendingMessage, task: &NewTask, at: Timestamp) {
        let Booking { seat, turn, asked, lease } = booking;
        let claimed = Arc::new(claimed(message, task, lease, at));
        self.bookings.put(task.id, Booked::Claimed { task: claimed, turn, asked });
        let job = Announcer::deliver(task.id, task.channel_type, message.lane.as_deref(), message.priority)
            .of(task.channel_config_id.0);
        // The worker is ending: the task is free for others.
        if !seat.fill(job)
            && let Some(booked) = self.bookings.take(task.id)
        {
            self.free(booked).await;
        }
    }

    /// What was booked with this lease may be stored or not: the answer was lost. The task is to be announced.
    pub fn doubt(&self, id: TaskId, lease: Lease) {
        self.bookings.forget_old_doubts(self.clock.now());
        self.bookings.put(id, Booked::InDoubt { lease });
    }

    pub(super) async fn free(&self, booked: Booked) {
        if let Booked::Claimed { task, .. } = booked {
            self.record(&task, hand_back(&task, self.clock.now()), LEASE_MARGIN).await;
        }
    }
}
