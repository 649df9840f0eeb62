//! How many jobs a worker has in hand, by share: so that no share has all of its hands, and what is beyond that waits in
//! its line. And what the last fetch left waiting: so that nothing less urgent gets a hand before it.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use fred::types::Value;
use tokio::sync::Notify;
use uuid::Uuid;

use super::{Desk, Entry};
use crate::queue::job::{Hands, PRIORITIES, Share};
use crate::queue::redis::GROUP;
use crate::queue::redis::entry::Fetched;

/// What one worker has in hand.
pub(super) struct Held {
    hands: Hands,
    /// Those of the hands that are seats. The same rule holds for them: with all of them in one share's hands, whatever the
    /// others hand in would have to go over Redis.
    seats: Hands,
    counts: Mutex<Counts>,
    /// Told of each job that ends: the fetching task.
    ended: Notify,
    /// Likewise, and where less waits in Redis, or hands were not needed for that: those who wait for a seat.
    freed: Arc<Notify>,
}

#[derive(Default)]
struct Counts {
    busy: usize,
    seated: usize,
    of: HashMap<Uuid, Own>,
    waits: Waits,
}

/// A share's jobs in hand.
#[derive(Clone, Copy, Default)]
struct Own {
    all: usize,
    /// Those of them that never were in Redis.
    seated: usize,
}

/// The first priority of which something waits in Redis, as the last fetch found it.
#[derive(Default)]
pub(super) struct Waits {
    /// For any hand; none where the fetch brought all that had room.
    pub(super) for_hands: Option<usize>,
    /// For one of its share's.
    pub(super) for_room: HashMap<Uuid, usize>,
}

impl Waits {
    /// After a fetch of `want`.
    pub(super) fn after(fetched: &Fetched, want: usize) -> Self {
        // What is more urgent than the last it brought was brought.
        let last = fetched.entries.last().filter(|_| fetched.entries.len() >= want);
        Self { for_hands: last.map(|entry| entry.priority), for_room: fetched.without_room.iter().copied().collect() }
    }

    fn first(&self, share: Share) -> Option<usize> {
        let for_room = share.and_then(|share| self.for_room.get(&share).copied());
        self.for_hands.into_iter().chain(for_room).min()
    }
}

impl Held {
    pub(super) fn new(hands: Hands, seats: usize) -> Arc<Self> {
        let seats = Hands { all: seats, ..hands };
        Arc::new(Self { hands, seats, counts: Mutex::default(), ended: Notify::new(), freed: Arc::default() })
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a job in until what is given is dropped; none where its share has all the hands it may have, or the next of
    /// them is for something more urgent that waits for it: a hand may have become free since that was passed over.
    pub(super) fn try_hold(self: &Arc<Self>, share: Share, priority: usize) -> Option<HeldJob> {
        let mut counts = self.lock();
        self.room(&counts, share)?;
        if share.and_then(|share| counts.waits.for_room.get(&share)).is_some_and(|first| *first < priority) {
            return None;
        }
        Some(self.count_in(&mut counts, share, false))
    }

    /// The same for a job that is not in Redis: none, too, where something more urgent waits there. Of what is as urgent, at
    /// least half of the share's hands are for those that wait.
    pub(super) fn try_seat(self: &Arc<Self>, share: Share, priority: usize) -> Option<HeldJob> {
        let mut counts = self.lock();
        self.may_sit(&counts, share, priority).then(|| self.count_in(&mut counts, share, true))
    }

    /// Whether there is one, for a look beforehand that takes nothing.
    pub(super) fn has_seat(&self, share: Share, priority: usize) -> bool {
        self.may_sit(&self.lock(), share, priority)
    }

    fn may_sit(&self, counts: &Counts, share: Share, priority: usize) -> bool {
        let Some(room) = self.room(counts, share) else { return false };
        let own = share.and_then(|share| counts.of.get(&share).copied()).unwrap_or_default();
        if share.is_some() && self.seats.room(counts.seated, own.seated) == 0 {
            return false;
        }
        match counts.waits.first(share).map(|first| first.cmp(&priority)) {
            Some(Ordering::Less) => false,
            Some(Ordering::Equal) => own.seated < own.all.saturating_add(room) / 2,
            Some(Ordering::Greater) | None => true,
        }
    }

    /// Counts a job in, room or not.
    pub(super) fn hold(self: &Arc<Self>, share: Share) -> HeldJob {
        self.count_in(&mut self.lock(), share, false)
    }

    /// How many more jobs of a share there may be; none where that is none.
    fn room(&self, counts: &Counts, share: Share) -> Option<usize> {
        let Some(share) = share else { return Some(usize::MAX) };
        let own = counts.of.get(&share).map_or(0, |own| own.all);
        Some(self.hands.room(counts.busy, own)).filter(|room| *room > 0)
    }

    fn count_in(self: &Arc<Self>, counts: &mut Counts, share: Share, seated: bool) -> HeldJob {
        if let Some(share) = share {
            let own = counts.of.entry(share).or_default();
            own.all += 1;
            own.seated += usize::from(seated);
        }
        counts.busy += 1;
        counts.seated += usize::from(seated);
        HeldJob { held: Arc::clone(self), share, seated }
    }

    /// Notes what waits now.
    pub(super) fn waits(&self, waits: Waits) {
        self.lock().waits = waits;
        self.freed.notify_waiters();
    }

    /// Notes that a job waits for room.
    fn waits_too(&self, share: Share, priority: usize) {
        if let Some(share) = share {
            let mut counts = self.lock();
            let first = counts.waits.for_room.entry(share).or_insert(priority);
            *first = priority.min(*first);
        }
    }

    /// How many jobs of any one share a fetch of `want` may bring, and what differs from that for shares that have some in
    /// hand. None: as many as there are.
    pub(super) fn rooms(&self, want: usize) -> Option<(usize, Vec<(Uuid, usize)>)> {
        self.hands.of_one?;
        let counts = self.lock();
        let usual = self.hands.room(counts.busy, 0).min(want);
        let room = |own: usize| self.hands.room(counts.busy, own);
        let fewer = counts.of.iter().map(|(share, own)| (*share, room(own.all))).filter(|(_, room)| *room < usual);
        Some((usual, fewer.collect()))
    }

    /// Told where a seat may have become free.
    pub(super) fn freed(&self) -> Arc<Notify> {
        Arc::clone(&self.freed)
    }

    /// Waits until a job ends.
    pub(super) async fn ended(&self) {
        self.ended.notified().await;
    }
}

/// Stands for a job in hand.
pub(in crate::queue) struct HeldJob {
    held: Arc<Held>,
    share: Share,
    seated: bool,
}

impl Drop for HeldJob {
    fn drop(&mut self) {
        let mut counts = self.held.lock();
        counts.busy = counts.busy.saturating_sub(1);
        counts.seated = counts.seated.saturating_sub(usize::from(self.seated));
        if let Some(share) = self.share
            && let Some(own) = counts.of.get_mut(&share)
        {
            own.all = own.all.saturating_sub(1);
            own.seated = own.seated.saturating_sub(usize::from(self.seated));
            if own.all == 0 {
                counts.of.remove(&share);
            }
        }
        drop(counts);
        self.held.ended.notify_one();
        self.held.freed.notify_waiters();
    }
}

impl Desk {
    /// Puts back into line what is of a share that has no hand for it: any worker gets what is at a stream's
    /// front. Answers the others.
    pub(super) async fn line_up(&self, entries: Vec<Entry>) -> Vec<(Entry, Option<HeldJob>)> {
        let (mut kept, mut aside) = (Vec::with_capacity(entries.len()), Vec::new());
        for entry in entries {
            let share = entry.job().ok().and_then(|(_, share)| share);
            match self.held.try_hold(share, entry.priority) {
                Some(held) => kept.push((entry, Some(held))),
                None => {
                    self.held.waits_too(share, entry.priority);
                    aside.push(entry);
                }
            }
        }
        if aside.is_empty() {
            return kept;
        }
        let shared = self.shared();
        let (mut lists, mut back): ([Vec<Value>; PRIORITIES], [Vec<Entry>; PRIORITIES]) = Default::default();
        for entry in aside {
            lists[entry.priority].push(entry.id.as_str().into());
            lists[entry.priority].push(Value::from(Bytes::copy_from_slice(&entry.stored)));
            back[entry.priority].push(entry);
        }
        for ((list, entries), stream) in lists.into_iter().zip(back).zip(&self.keys.streams) {
            if list.is_empty() {
                continue;
            }
            let keys = vec![stream.clone(), self.keys.lined.clone()];
            let args = std::iter::once(GROUP.into()).chain(list).collect();
            // Redis went away: then this worker does them, rather than nobody for a while.
            if shared.scripts.line_up.run(&shared.client, keys, args).await.is_err() {
                kept.extend(entries.into_iter().map(|entry| {
                    let held = self.held.hold(entry.job().ok().and_then(|(_, share)| share));
                    (entry, Some(held))
                }));
            }
        }
        kept
    }
}
