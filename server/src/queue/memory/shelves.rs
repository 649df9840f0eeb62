//! The jobs of one lane as plain data: one shelf per priority, what is in hand, and what is for later. The same work is
//! never waiting twice; handed in again while it is in hand, it waits for that to end.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::domain::time::Timestamp;
use crate::queue::job::{LaneDepth, PRIORITIES, Work, shelf};

pub(super) struct Shelves {
    capacity: usize,
    /// What is due and in nobody's hands, with the time it was handed in.
    waiting: [VecDeque<(Work, Timestamp)>; PRIORITIES],
    /// Everything that is waiting or in hand.
    known: HashMap<Work, Place>,
    /// Jobs on the shelves, and those that will come back to one: never more than the capacity, but for what a broken
    /// worker puts back.
    load: usize,
    /// What is for later, by time and then in order of arrival.
    later: BTreeMap<(Timestamp, u64), (Work, u8)>,
    later_keys: HashMap<Work, (Timestamp, u64)>,
    arrivals: u64,
}

enum Place {
    Waiting,
    InHand {
        priority: u8,
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
            known: HashMap::new(),
            load: 0,
            later: BTreeMap::new(),
            later_keys: HashMap::new(),
            arrivals: 0,
        }
    }

    /// Puts work on its shelf. Returns whether it is waiting now, or will be when it is no longer in hand.
    pub(super) fn push(&mut self, work: Work, priority: u8, now: Timestamp) -> bool {
        let full = self.load >= self.capacity;
        match self.known.entry(work) {
            Entry::Occupied(mut place) => match place.get_mut() {
                Place::InHand { again: again @ None, .. } => {
                    if full {
                        return false;
                    }
                    *again = Some((priority, now));
                    self.load += 1;
                }
                Place::Waiting | Place::InHand { .. } => {}
            },
            Entry::Vacant(_) if full => return false,
            Entry::Vacant(place) => {
                place.insert(Place::Waiting);
                self.waiting[shelf(priority)].push_back((work, now));
                self.load += 1;
            }
        }
        true
    }

    /// Keeps work for later, in place of the same work for another time. Returns whether there was room for it.
    pub(super) fn push_at(&mut self, work: Work, priority: u8, due: Timestamp) -> bool {
        match self.later_keys.get(&work) {
            Some(earlier) => {
                self.later.remove(earlier);
            }
            None if self.later.len() >= self.capacity => return false,
            None => {}
        }
        self.arrivals += 1;
        let key = (due, self.arrivals);
        self.later.insert(key, (work, priority));
        self.later_keys.insert(work, key);
        true
    }

    /// Moves what has become due onto the shelves, as far as they have room.
    pub(super) fn promote(&mut self, now: Timestamp) {
        while let Some((&(due, _), &(work, priority))) = self.later.first_key_value() {
            if due > now || !self.push(work, priority, due) {
                return;
            }
            self.later.pop_first();
            self.later_keys.remove(&work);
        }
    }

    /// When to promote next; none when nothing is for later, or there is no room for it.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.later.first_key_value().filter(|_| self.load < self.capacity).map(|((due, _), _)| *due)
    }

    /// Takes the first job of the lowest priority number in hand.
    pub(super) fn take(&mut self) -> Option<(Work, u8)> {
        for (priority, shelf) in (0u8..).zip(&mut self.waiting) {
            if let Some((work, since)) = shelf.pop_front() {
                self.known.insert(work, Place::InHand { priority, since, again: None });
                self.load -= 1;
                return Some((work, priority));
            }
        }
        None
    }

    /// Work in hand is done. Returns whether an idle worker should have a look.
    pub(super) fn finish(&mut self, work: Work) -> bool {
        let was_full = self.load >= self.capacity;
        match self.known.remove(&work) {
            Some(Place::InHand { again: Some((priority, at)), .. }) => {
                self.known.insert(work, Place::Waiting);
                self.waiting[shelf(priority)].push_back((work, at));
                true
            }
            Some(Place::InHand { .. }) => was_full && !self.later.is_empty(),
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
            && let Place::InHand { priority, since, again } = std::mem::replace(place, Place::Waiting)
        {
            self.waiting[shelf(priority)].push_front((work, since));
            self.load += usize::from(again.is_none());
        }
    }

    /// How many jobs wait or are in hand.
    pub(super) fn busy(&self) -> usize {
        self.known.len()
    }

    /// When the oldest job of this priority, waiting or in hand, was handed in.
    pub(super) fn oldest(&self, priority: u8) -> Option<Timestamp> {
        let waiting = self.waiting[shelf(priority)].front().map(|(_, since)| *since);
        let in_hand = self.known.values().filter_map(|place| match place {
            Place::InHand { priority: its, since, .. } if shelf(*its) == shelf(priority) => Some(*since),
            Place::InHand { .. } | Place::Waiting => None,
        });
        in_hand.chain(waiting).min()
    }

    pub(super) fn depth(&self) -> LaneDepth {
        let waiting = self.waiting.iter().map(VecDeque::len).sum();
        LaneDepth { waiting, in_hand: self.known.len() - waiting, delayed: self.later.len() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::id::MessageId;

    fn work(number: u8) -> Work {
        Work::Process(MessageId(Uuid::from_u128(u128::from(number))))
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn drain(shelves: &mut Shelves) -> Vec<Work> {
        std::iter::from_fn(|| shelves.take()).map(|(work, _)| work).collect()
    }

    #[test]
    fn low_numbers_go_first_and_equals_in_order_of_arrival() {
        let mut shelves = Shelves::new(10);
        for (number, priority) in [(1, 9), (2, 5), (3, 0), (4, 5), (5, 0), (6, 200)] {
            assert!(shelves.push(work(number), priority, at(1)));
        }
        assert_eq!(drain(&mut shelves), [3, 5, 2, 4, 1, 6].map(work));
    }

    #[test]
    fn the_same_work_waits_once() {
        let mut shelves = Shelves::new(10);
        assert!(shelves.push(work(1), 5, at(1)));
        assert!(shelves.push(work(1), 5, at(2)));
        assert_eq!(drain(&mut shelves), [work(1)]);
    }

    #[test]
    fn work_handed_in_while_in_hand_runs_again() {
        let mut shelves = Shelves::new(10);
        shelves.push(work(1), 5, at(1));
        assert!(shelves.take().is_some());
        assert!(shelves.push(work(1), 5, at(2)));
        assert!(shelves.push(work(1), 5, at(3)));
        assert_eq!(shelves.take(), None, "not before the first run has ended");
        assert!(shelves.finish(work(1)));
        assert_eq!(drain(&mut shelves), [work(1)]);
        assert!(!shelves.finish(work(1)));
        assert_eq!(shelves.depth(), LaneDepth::default());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut shelves = Shelves::new(2);
        assert!(shelves.push(work(1), 5, at(1)) && shelves.push(work(2), 5, at(1)));
        assert!(!shelves.push(work(3), 0, at(1)));
        assert!(shelves.push(work(2), 5, at(1)), "it is waiting already");
        assert!(shelves.push_at(work(4), 5, at(9)) && shelves.push_at(work(5), 5, at(9)));
        assert!(!shelves.push_at(work(6), 5, at(9)));
        assert!(shelves.push_at(work(4), 5, at(8)), "it replaces itself");
        // What is due stays where it is until there is room.
        shelves.promote(at(9));
        assert_eq!(shelves.depth(), LaneDepth { waiting: 2, in_hand: 0, delayed: 2 });
        assert_eq!(shelves.next_due(), None);
        assert!(shelves.take().is_some());
        shelves.promote(at(9));
        assert_eq!(shelves.depth(), LaneDepth { waiting: 2, in_hand: 1, delayed: 1 });
    }

    #[test]
    fn later_work_comes_in_order_of_its_time_and_can_be_moved() {
        let mut shelves = Shelves::new(10);
        shelves.push_at(work(1), 5, at(30));
        shelves.push_at(work(2), 5, at(20));
        shelves.push_at(work(3), 5, at(20));
        shelves.push_at(work(1), 5, at(10));
        assert_eq!(shelves.next_due(), Some(at(10)));
        shelves.promote(at(9));
        assert_eq!(shelves.take(), None);
        shelves.promote(at(20));
        assert_eq!(drain(&mut shelves), [1, 2, 3].map(work));
        assert_eq!(shelves.depth(), LaneDepth { waiting: 0, in_hand: 3, delayed: 0 });
    }

    #[test]
    fn the_oldest_is_waiting_or_in_hand() {
        let mut shelves = Shelves::new(10);
        assert_eq!(shelves.oldest(5), None);
        shelves.push(work(1), 5, at(1));
        shelves.push(work(2), 5, at(2));
        shelves.push(work(3), 4, at(3));
        assert!(shelves.take().is_some() && shelves.take().is_some());
        assert_eq!((shelves.oldest(4), shelves.oldest(5)), (Some(at(3)), Some(at(1))));
        shelves.finish(work(1));
        assert_eq!(shelves.oldest(5), Some(at(2)));
    }

    #[test]
    fn work_put_back_is_first_again() {
        let mut shelves = Shelves::new(10);
        shelves.push(work(1), 5, at(1));
        shelves.push(work(2), 5, at(2));
        assert!(shelves.take().is_some());
        shelves.push(work(1), 5, at(3));
        shelves.put_back(work(1));
        assert_eq!(shelves.oldest(5), Some(at(1)));
        assert_eq!(drain(&mut shelves), [1, 2].map(work));
    }

    #[derive(Debug, Clone)]
    enum Step {
        Push(u8, u8),
        PushAt(u8, u8, u8),
        Take,
        /// Finish, or put back, the n-th in hand.
        Finish(usize),
        PutBack(usize),
        Pass(u8),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            4 => (0u8..40, 0u8..10).prop_map(|(work, priority)| Step::Push(work, priority)),
            2 => (0u8..40, 0u8..10, 0u8..30).prop_map(|(work, priority, wait)| Step::PushAt(work, priority, wait)),
            4 => Just(Step::Take),
            3 => (0usize..8).prop_map(Step::Finish),
            1 => (0usize..8).prop_map(Step::PutBack),
            1 => (0u8..10).prop_map(Step::Pass),
        ];
        prop::collection::vec(step, 0..300)
    }

    proptest! {
        #[test]
        fn nothing_taken_is_lost_or_in_hand_twice(steps in steps(), capacity in 1usize..20) {
            let mut shelves = Shelves::new(capacity);
            let mut now = 1000;
            let mut in_hand: Vec<Work> = Vec::new();
            // Runs that were promised (accepted while not waiting) and have not started.
            let mut owed: std::collections::HashSet<Work> = Default::default();
            let mut later: HashMap<Work, i64> = HashMap::new();
            for step in steps {
                match step {
                    Step::Push(number, priority) => {
                        if shelves.push(work(number), priority, at(now)) {
                            owed.insert(work(number));
                        } else {
                            prop_assert!(owed.len() >= capacity && !owed.contains(&work(number)));
                        }
                    }
                    Step::PushAt(number, priority, wait) => {
                        let due = now + i64::from(wait);
                        if shelves.push_at(work(number), priority, at(due)) {
                            later.insert(work(number), due);
                        } else {
                            prop_assert!(later.len() >= capacity && !later.contains_key(&work(number)));
                        }
                    }
                    Step::Take => {
                        shelves.promote(at(now));
                        let delayed = shelves.depth().delayed;
                        // What was due has moved, except where there was no room.
                        let due: Vec<Work> = later.iter().filter(|(_, due)| **due <= now).map(|(w, _)| *w).collect();
                        if later.len() - due.len() == delayed {
                            for work in due {
                                later.remove(&work);
                                owed.insert(work);
                            }
                        } else {
                            let left: Vec<Work> = due.into_iter().filter(|w| !shelves.later_keys.contains_key(w)).collect();
                            for work in left {
                                later.remove(&work);
                                owed.insert(work);
                            }
                            prop_assert!(shelves.load >= capacity);
                        }
                        match shelves.take() {
                            Some((work, _)) => {
                                prop_assert!(!in_hand.contains(&work));
                                prop_assert!(owed.remove(&work));
                                in_hand.push(work);
                            }
                            None => prop_assert!(owed.iter().all(|work| in_hand.contains(work))),
                        }
                    }
                    Step::Finish(n) if n < in_hand.len() => { shelves.finish(in_hand.swap_remove(n)); }
                    Step::PutBack(n) if n < in_hand.len() => {
                        let work = in_hand.swap_remove(n);
                        shelves.put_back(work);
                        owed.insert(work);
                    }
                    Step::Finish(_) | Step::PutBack(_) => {}
                    Step::Pass(seconds) => now += i64::from(seconds),
                }
                let depth = shelves.depth();
                prop_assert_eq!(depth.in_hand, in_hand.len());
                prop_assert_eq!(depth.delayed, later.len());
                prop_assert_eq!(shelves.load, owed.len());
                prop_assert_eq!(shelves.later.len(), shelves.later_keys.len());
            }
            // In the end everything that was promised comes out, in order of priority.
            for work in in_hand.drain(..) {
                shelves.finish(work);
            }
            let mut last = 0;
            while let Some((work, priority)) = shelves.take() {
                prop_assert!(priority >= last && owed.remove(&work));
                last = priority;
            }
            prop_assert!(owed.is_empty());
        }
    }
}
