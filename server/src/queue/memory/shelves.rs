//! The jobs of one lane as plain data: a shelf per priority, what is in hand, and what is for later. The same work is
//! never waiting twice; handed in again while it is in hand, it waits for that to end.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use uuid::Uuid;

use super::later::{Errand, Later, Line, line_of};
use super::shelf::Shelf;
use crate::domain::time::Timestamp;
use crate::queue::job::{Hands, LaneDepth, OTHERS_TURN, PRIORITIES, Share, Work, shelf};

/// So many jobs of each share and priority find room in a lane that others have filled, be they due or for later: about what
/// a share with 50 a second has between two looks of the sweeper, which brings what finds no room.
const RESERVE: usize = 96;

pub(super) struct Shelves {
    capacity: usize,
    /// What is due and in nobody's hands, by priority.
    waiting: [Shelf; PRIORITIES],
    /// How many jobs in a row went before others that are less urgent, and which of those had a turn last.
    passed: usize,
    turn: usize,
    /// What is due for those that have a hand already, with priority and the time they were handed in.
    seated: VecDeque<(Errand, u8, Timestamp)>,
    /// Everything that is waiting or in hand.
    known: HashMap<Work, Place>,
    /// How many hands are taken, in all and by share: by what is in hand, and by what a hand is kept for.
    held: usize,
    held_of: HashMap<Uuid, usize>,
    /// How many of them are kept.
    kept: usize,
    /// Jobs on the shelves, and those that will come back to one: never more than the capacity, but for the reserves, and
    /// what a broken worker puts back.
    load: usize,
    later: Later,
}

enum Place {
    Waiting,
    InHand {
        priority: u8,
        share: Share,
        since: Timestamp,
        /// It was handed in again meanwhile, with this priority, at this time.
        again: Option<(u8, Timestamp)>,
    },
}

impl Shelves {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            waiting: Default::default(),
            passed: 0,
            turn: 0,
            seated: VecDeque::new(),
            known: HashMap::new(),
            held: 0,
            held_of: HashMap::new(),
            kept: 0,
            load: 0,
            later: Later::default(),
        }
    }

    /// Puts work on its shelf. Returns whether it is waiting now, or will be when it is no longer in hand.
    pub(super) fn push(&mut self, errand: Errand, priority: u8, now: Timestamp) -> bool {
        let (work, share) = errand;
        let room = self.has_place(line_of(share, priority));
        match self.known.entry(work) {
            Entry::Occupied(mut place) => match place.get_mut() {
                Place::InHand { again: again @ None, .. } => {
                    if !room {
                        return false;
                    }
                    *again = Some((priority, now));
                    self.load += 1;
                }
                Place::Waiting | Place::InHand { .. } => {}
            },
            Entry::Vacant(_) if !room => return false,
            Entry::Vacant(place) => {
                place.insert(Place::Waiting);
                self.waiting[shelf(priority)].push(work, share, now);
                self.load += 1;
            }
        }
        true
    }

    /// Whether one more job of a line finds its place on its shelf.
    fn has_place(&self, (shelf, share): Line) -> bool {
        self.load < self.capacity || share.is_some() && self.waiting[shelf].line(share) < RESERVE
    }

    /// Keeps a hand for one job of this share.
    pub(super) fn keep(&mut self, share: Share) {
        self.kept += 1;
        self.hold(share);
    }

    /// Keeps that hand no longer.
    pub(super) fn release(&mut self, share: Share) {
        self.kept -= 1;
        self.let_go(share);
    }

    /// Puts work into the hand that was kept for its share: it waits for nobody's turn.
    pub(super) fn push_seated(&mut self, errand: Errand, priority: u8, now: Timestamp) -> bool {
        match self.known.entry(errand.0) {
            Entry::Vacant(place) if self.load < self.capacity => {
                place.insert(Place::Waiting);
                self.seated.push_back((errand, priority, now));
                self.load += 1;
                true
            }
            _ => {
                self.release(errand.1);
                self.push(errand, priority, now)
            }
        }
    }

    /// Keeps work for later, in place of the same work for another time. Returns whether there was room for it.
    pub(super) fn push_at(&mut self, errand: Errand, priority: u8, due: Timestamp) -> bool {
        let (work, share) = errand;
        let reserved = share.is_some() && self.later.line(line_of(share, priority)) < RESERVE;
        let room = self.later.len() < self.capacity || reserved || self.later.holds(work);
        if room {
            self.later.put(errand, priority, due);
        }
        room
    }

    /// Moves what has become due onto the shelves, of each line as much as finds its place.
    pub(super) fn promote(&mut self, now: Timestamp) {
        let mut seen = None;
        loop {
            let next = self.later.heads(seen).next();
            let Some(head @ (_, line)) = next.filter(|((due, _), _)| *due <= now) else { return };
            while let Some((errand, priority, due)) = self.later.first(line)
                && due <= now
                && self.push(errand, priority, due)
            {
                self.later.pop(line);
            }
            seen = Some(head);
        }
    }

    /// When to promote next; none when nothing is for later, or none of it would find its place.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.later.heads(None).find(|(_, line)| self.has_place(*line)).map(|((due, _), _)| due)
    }

    /// Whether a share may have one more job in hand.
    pub(super) fn has_room(&self, share: Share, hands: Hands) -> bool {
        has_room(share, hands, self.held, &self.held_of)
    }

    /// Takes the first job of the lowest priority number in hand, of the next share that may have one; now and then one that
    /// is less urgent.
    pub(super) fn take(&mut self, hands: Hands) -> Option<(Work, Share, u8)> {
        let ((work, share), priority, since) = match self.seated.pop_front() {
            Some(seated) => {
                self.kept -= 1;
                seated
            }
            None => {
                let next = self.others_turn(hands).or_else(|| self.most_urgent(hands))?;
                self.hold(next.0.1);
                next
            }
        };
        self.known.insert(work, Place::InHand { priority, share, since, again: None });
        self.load -= 1;
        Some((work, share, priority))
    }

    fn most_urgent(&mut self, hands: Hands) -> Option<(Errand, u8, Timestamp)> {
        let (held, held_of) = (self.held, &self.held_of);
        let next = (0u8..).zip(&mut self.waiting).find_map(|(priority, shelf)| {
            let (work, share, since) = shelf.take(|share| has_room(share, hands, held, held_of))?;
            Some(((work, share), priority, since))
        })?;
        let others_wait = self.waiting[usize::from(next.1) + 1..].iter().any(|shelf| shelf.len() > 0);
        self.passed = if others_wait { self.passed + 1 } else { 0 };
        Some(next)
    }

    /// Where enough have gone before those that are less urgent: one of these, by turns, of a share that has nothing more
    /// urgent itself.
    fn others_turn(&mut self, hands: Hands) -> Option<(Errand, u8, Timestamp)> {
        if self.passed + 1 < OTHERS_TURN {
            return None;
        }
        let first = self.waiting.iter().position(|shelf| shelf.len() > 0)?;
        let (held, held_of) = (self.held, &self.held_of);
        for priority in (1..=PRIORITIES).map(|step| (self.turn + step) % PRIORITIES).filter(|it| *it > first) {
            let (above, rest) = self.waiting.split_at_mut(priority);
            let may = |share| {
                has_room(share, hands, held, held_of) && above[first..].iter().all(|shelf| shelf.line(share) == 0)
            };
            if let Some((work, share, since)) = rest[0].take(may) {
                (self.passed, self.turn) = (0, priority);
                return Some(((work, share), u8::try_from(priority).unwrap_or(u8::MAX), since));
            }
        }
        None
    }

    fn hold(&mut self, share: Share) {
        self.held += 1;
        if let Some(share) = share {
            *self.held_of.entry(share).or_default() += 1;
        }
    }

    fn let_go(&mut self, share: Share) {
        self.held -= 1;
        if let Some(share) = share
            && let Entry::Occupied(mut held) = self.held_of.entry(share)
        {
            *held.get_mut() -= 1;
            if *held.get() == 0 {
                held.remove();
            }
        }
    }

    /// Work in hand is done. Returns whether an idle worker should have a look.
    pub(super) fn finish(&mut self, work: Work) -> bool {
        let was_full = self.load >= self.capacity;
        match self.known.remove(&work) {
            Some(Place::InHand { share, again, .. }) => {
                self.let_go(share);
                if let Some((priority, at)) = again {
                    self.known.insert(work, Place::Waiting);
                    self.waiting[shelf(priority)].push(work, share, at);
                }
                // Something may have waited for this share.
                self.waiting() > 0 || was_full && !self.later.is_empty()
            }
            // Not in hand: acknowledged twice, which cannot happen.
            Some(Place::Waiting) => {
                self.known.insert(work, Place::Waiting);
                false
            }
            None => false,
        }
    }

    /// Work in hand was not done: it is the first of its shelf again.
    pub(super) fn put_back(&mut self, work: Work) {
        if let Some(place @ Place::InHand { .. }) = self.known.get_mut(&work)
            && let Place::InHand { priority, share, since, again } = std::mem::replace(place, Place::Waiting)
        {
            self.let_go(share);
            self.waiting[shelf(priority)].put_back(work, share, since);
            self.load += usize::from(again.is_none());
        }
    }

    /// How many jobs wait for their turn.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.iter().map(Shelf::len).sum()
    }

    /// How many hands are taken or kept.
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// When the oldest job of this priority, waiting or in hand, was handed in; with `of` a share, the oldest of its jobs.
    pub(super) fn oldest(&self, priority: u8, of: Share) -> Option<Timestamp> {
        let same = |its: u8, share: Share| shelf(its) == shelf(priority) && (of.is_none() || share == of);
        let seated = self.seated.iter().filter(|((_, share), its, _)| same(*its, *share)).map(|(.., since)| *since);
        let in_hand = self.known.values().filter_map(|place| match place {
            Place::InHand { priority: its, share, since, .. } if same(*its, *share) => Some(*since),
            Place::InHand { .. } | Place::Waiting => None,
        });
        in_hand.chain(seated).chain(self.waiting[shelf(priority)].oldest(of)).min()
    }

    pub(super) fn depth(&self) -> LaneDepth {
        let waiting = self.waiting() + self.seated.len();
        LaneDepth { waiting, in_hand: self.held - self.kept, delayed: self.later.len() }
    }
}

fn has_room(share: Share, hands: Hands, held: usize, held_of: &HashMap<Uuid, usize>) -> bool {
    share.is_none_or(|share| hands.room(held, held_of.get(&share).copied().unwrap_or(0)) > 0)
}

#[cfg(test)]
mod tests;
