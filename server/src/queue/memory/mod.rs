//! The queue in this process, for one instance: bounded, and gone when the process ends, as the database is the truth.
//!
//! - `shelves`: the jobs of one lane, as plain data; `shelf`: those of one priority, in turns; `later`: those for later

mod later;
mod shelf;
mod shelves;

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Sleep, sleep};

use self::shelves::Shelves;
use super::job::{Hands, Job, LaneDepth, Share, Work};
use super::lane::Lane;
use super::worker::{Delivery, Receipt, Source};
use crate::domain::time::{Clock, Timestamp};

/// The longest sleep until a delayed job is due: the system's clock may be set meanwhile.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// The same where the clock is moved by hand, which wakes nobody.
const LONGEST_SLEEP_BY_HAND: Duration = Duration::from_millis(10);

/// A queue in this process. Clones share it.
#[derive(Clone)]
pub struct MemoryQueue {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Clock,
    capacity: usize,
    lanes: RwLock<HashMap<Lane, Arc<MemoryLane>>>,
}

pub(super) struct MemoryLane {
    lane: Lane,
    state: Mutex<State>,
    /// Told of each hand that becomes free.
    freed: Arc<Notify>,
}

struct State {
    shelves: Shelves,
    /// Idle workers, by the number of their source.
    idle: Vec<(u64, Waker)>,
    sources: u64,
    /// How many jobs the workers here do at once.
    hands: Hands,
}

impl MemoryQueue {
    /// Each lane holds at most `capacity` jobs that are due, and as many for later.
    pub(super) fn new(clock: Clock, capacity: usize) -> Self {
        Self { shared: Arc::new(Shared { clock, capacity, lanes: RwLock::default() }) }
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    fn lane(&self, lane: &Lane) -> Arc<MemoryLane> {
        let known = self.shared.lanes.read().unwrap_or_else(PoisonError::into_inner).get(lane).cloned();
        known.unwrap_or_else(|| {
            let mut lanes = self.shared.lanes.write().unwrap_or_else(PoisonError::into_inner);
            let new = || Arc::new(MemoryLane::new(lane.clone(), self.shared.capacity));
            lanes.entry(lane.clone()).or_insert_with(new).clone()
        })
    }

    pub(super) fn push(&self, jobs: Vec<Job>) -> usize {
        let now = self.shared.clock.now();
        self.put(jobs.into_iter().map(|job| (job, now)), now)
    }

    pub(super) fn push_at(&self, jobs: Vec<(Job, Timestamp)>) -> usize {
        self.put(jobs.into_iter(), self.shared.clock.now())
    }

    fn put(&self, jobs: impl Iterator<Item = (Job, Timestamp)>, now: Timestamp) -> usize {
        let mut refused = 0;
        let mut jobs = jobs.peekable();
        // Neighbours in a batch mostly share a lane: it is looked up and locked once for all of them.
        while let Some((first, _)) = jobs.peek() {
            let lane = self.lane(&first.lane);
            let mut state = lane.lock();
            while let Some((job, due)) = jobs.next_if(|(job, _)| job.lane == lane.lane) {
                let taken = if due <= now {
                    state.shelves.push((job.work, job.share), job.priority, now)
                } else {
                    state.shelves.push_at((job.work, job.share), job.priority, due)
                };
                refused += usize::from(!taken);
            }
            MemoryLane::wake(state);
        }
        refused
    }

    pub(super) fn oldest(&self, lane: &Lane, priority: u8, of: Share) -> Option<Timestamp> {
        let lane = self.lane(lane);
        let mut state = lane.lock();
        state.shelves.promote(self.shared.clock.now());
        let oldest = state.shelves.oldest(priority, of);
        MemoryLane::wake(state);
        oldest
    }

    pub(super) fn depth(&self, lane: &Lane) -> LaneDepth {
        self.lane(lane).lock().shelves.depth()
    }

    /// A seat where a hand is free that no waiting job will have.
    pub(super) fn seat(&self, lane: &Lane, share: Share) -> Option<MemorySeat> {
        let lane = self.lane(lane);
        let mut state = lane.lock();
        // Jobs that wait although a worker is idle wait for their share, not for a hand.
        let contested = state.shelves.waiting() > 0 && state.idle.is_empty();
        let hands = state.hands;
        if contested || state.shelves.held() >= hands.all || !state.shelves.has_room(share, hands) {
            return None;
        }
        state.shelves.keep(share);
        drop(state);
        Some(MemorySeat { lane, clock: self.shared.clock.clone(), share, filled: false })
    }

    /// Told of each hand of the lane that becomes free.
    pub(super) fn freed(&self, lane: &Lane) -> Arc<Notify> {
        Arc::clone(&self.lane(lane).freed)
    }

    /// A source of this lane's jobs for one worker with so many hands.
    pub(super) fn source(&self, lane: &Lane, hands: Hands) -> MemorySource {
        let lane = self.lane(lane);
        let number = {
            let mut state = lane.lock();
            state.sources += 1;
            state.hands = Hands { all: state.hands.all + hands.all, ..hands };
            state.sources
        };
        lane.freed.notify_waiters();
        MemorySource { lane, clock: self.shared.clock.clone(), number, hands: hands.all, timer: None }
    }
}

impl MemoryLane {
    fn new(lane: Lane, capacity: usize) -> Self {
        Self {
            lane,
            state: Mutex::new(State {
                shelves: Shelves::new(capacity),
                idle: Vec::new(),
                sources: 0,
                hands: Hands::from(0),
            }),
            freed: Arc::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes idle workers, after letting go of the lock, so that they do not wait for it.
    fn wake(mut state: MutexGuard<'_, State>) {
        if state.idle.is_empty() {
            return;
        }
        let idle = std::mem::take(&mut state.idle);
        drop(state);
        for (_, waker) in idle {
            waker.wake();
        }
    }
}

/// Hands a lane's jobs to one worker.
pub(super) struct MemorySource {
    lane: Arc<MemoryLane>,
    clock: Clock,
    number: u64,
    hands: usize,
    timer: Option<Pin<Box<Sleep>>>,
}

impl MemorySource {
    /// Takes a job, or parks the waker and says how long to sleep for a delayed job at most.
    fn take(&self, cx: &Context<'_>) -> Result<Delivery, Option<Duration>> {
        let mut state = self.lane.lock();
        let due = state.shelves.next_due();
        let now = due.map(|_| self.clock.now());
        if let Some(now) = now {
            state.shelves.promote(now);
        }
        let hands = state.hands;
        if let Some((work, share, priority)) = state.shelves.take(hands) {
            drop(state);
            let receipt = MemoryReceipt { lane: self.lane.clone(), work, acknowledged: false };
            return Ok(Delivery { priority, work, share, receipt: Receipt::Memory(receipt) });
        }
        state.idle.retain(|(number, _)| *number != self.number);
        state.idle.push((self.number, cx.waker().clone()));
        // Nothing that waits here wants the free hands, so who waits for a seat may have one.
        self.lane.freed.notify_waiters();
        let longest = if matches!(self.clock, Clock::System) { LONGEST_SLEEP } else { LONGEST_SLEEP_BY_HAND };
        // Tokio's timers are good to the millisecond; half of one more keeps them from firing just too early.
        let wait = |due: Timestamp, now| due.since(now).min(longest) + Duration::from_micros(500);
        Err(state.shelves.next_due().zip(now).map(|(due, now)| wait(due, now)))
    }
}

impl Source for MemorySource {
    fn poll_delivery(&mut self, cx: &mut Context<'_>) -> Poll<Option<Delivery>> {
        loop {
            match self.take(cx) {
                Ok(delivery) => return Poll::Ready(Some(delivery)),
                Err(None) => {
                    self.timer = None;
                    return Poll::Pending;
                }
                Err(Some(wait)) => {
                    let timer = match &mut self.timer {
                        Some(timer) => {
                            timer.set(sleep(wait));
                            timer
                        }
                        none => none.insert(Box::pin(sleep(wait))),
                    };
                    if timer.as_mut().poll(cx).is_pending() {
                        return Poll::Pending;
                    }
                }
            }
        }
    }

    fn close(&mut self) {}
}

impl Drop for MemorySource {
    fn drop(&mut self) {
        let mut state = self.lane.lock();
        state.idle.retain(|(number, _)| *number != self.number);
        state.hands.all = state.hands.all.saturating_sub(self.hands);
    }
}

/// See [`super::Seat`].
pub(super) struct MemorySeat {
    lane: Arc<MemoryLane>,
    clock: Clock,
    share: Share,
    filled: bool,
}

impl MemorySeat {
    pub(super) fn fill(mut self, job: &Job) -> bool {
        self.filled = true;
        let mut state = self.lane.lock();
        let taken = state.shelves.push_seated((job.work, self.share), job.priority, self.clock.now());
        MemoryLane::wake(state);
        taken
    }
}

impl Drop for MemorySeat {
    fn drop(&mut self) {
        if !self.filled {
            let mut state = self.lane.lock();
            state.shelves.release(self.share);
            // A job may wait for the share's room.
            MemoryLane::wake(state);
            self.lane.freed.notify_waiters();
        }
    }
}

/// Stands for a job in hand. Dropped without acknowledgement, it puts the job back.
pub(super) struct MemoryReceipt {
    lane: Arc<MemoryLane>,
    work: Work,
    acknowledged: bool,
}

impl MemoryReceipt {
    pub(super) fn acknowledge(mut self) {
        self.acknowledged = true;
        let mut state = self.lane.lock();
        // What waits in the lane comes first.
        if state.shelves.finish(self.work) {
            MemoryLane::wake(state);
        } else {
            drop(state);
        }
        self.lane.freed.notify_waiters();
    }
}

impl Drop for MemoryReceipt {
    fn drop(&mut self) {
        if !self.acknowledged {
            let mut state = self.lane.lock();
            state.shelves.put_back(self.work);
            MemoryLane::wake(state);
            self.lane.freed.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests;
