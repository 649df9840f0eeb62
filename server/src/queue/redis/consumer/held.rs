//! How many jobs a worker has in hand, by share: so that no share has all of its hands, and what is beyond that waits in
//! its line.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use fred::types::Value;
use tokio::sync::Notify;
use uuid::Uuid;

use super::{Desk, Entry};
use crate::queue::job::{Hands, PRIORITIES, Share};
use crate::queue::redis::GROUP;

/// What one worker has in hand.
pub(super) struct Held {
    hands: Hands,
    counts: Mutex<Counts>,
    /// Told of each job that ends.
    ended: Notify,
}

#[derive(Default)]
struct Counts {
    busy: usize,
    of: HashMap<Uuid, usize>,
}

impl Held {
    pub(super) fn new(hands: Hands) -> Arc<Self> {
        Arc::new(Self { hands, counts: Mutex::default(), ended: Notify::new() })
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a job in until what is given is dropped; none where its share has all the hands it may have.
    pub(super) fn try_hold(self: &Arc<Self>, share: Share) -> Option<HeldJob> {
        self.count_in(share, false)
    }

    /// The same, room or not.
    pub(super) fn hold(self: &Arc<Self>, share: Share) -> Option<HeldJob> {
        self.count_in(share, true)
    }

    fn count_in(self: &Arc<Self>, share: Share, anyway: bool) -> Option<HeldJob> {
        let mut counts = self.lock();
        if let Some(share) = share {
            let own = counts.of.get(&share).copied().unwrap_or(0);
            if !anyway && self.hands.room(counts.busy, own) == 0 {
                return None;
            }
            counts.of.insert(share, own + 1);
        }
        counts.busy += 1;
        Some(HeldJob { held: Arc::clone(self), share })
    }

    /// How many jobs of any one share a fetch of `want` may bring, and what differs from that for shares that have some in
    /// hand. None: as many as there are.
    pub(super) fn rooms(&self, want: usize) -> Option<(usize, Vec<(Uuid, usize)>)> {
        self.hands.of_one?;
        let counts = self.lock();
        let usual = self.hands.room(counts.busy, 0).min(want);
        let room = |own: usize| self.hands.room(counts.busy, own);
        let fewer = counts.of.iter().map(|(share, own)| (*share, room(*own))).filter(|(_, room)| *room < usual);
        Some((usual, fewer.collect()))
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
}

impl Drop for HeldJob {
    fn drop(&mut self) {
        let mut counts = self.held.lock();
        counts.busy = counts.busy.saturating_sub(1);
        if let Some(share) = self.share
            && let Some(own) = counts.of.get_mut(&share)
        {
            *own = own.saturating_sub(1);
            if *own == 0 {
                counts.of.remove(&share);
            }
        }
        drop(counts);
        self.held.ended.notify_one();
    }
}

impl Desk {
    /// Puts back into line what is of a share that has all the hands it may have: any worker gets what is at a stream's
    /// front. Answers the others.
    pub(super) async fn line_up(&self, entries: Vec<Entry>) -> Vec<(Entry, Option<HeldJob>)> {
        let (mut kept, mut aside) = (Vec::with_capacity(entries.len()), Vec::new());
        for entry in entries {
            let share = entry.job().ok().and_then(|(_, share)| share);
            match self.held.try_hold(share) {
                Some(held) => kept.push((entry, Some(held))),
                None => aside.push(entry),
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
                    (entry, held)
                }));
            }
        }
        kept
    }
}
