//! The sliding window as a log of the last granted instants: pure, and the model for the script that Redis runs.
//!
//! The log holds the `count` latest instants ever granted. A new one is put at least a window after the oldest of
//! them, so a stretch of one window that holds it holds at most the `count - 1` others of the log beside it. That is
//! so whatever the order of the wishes, and it makes every instant beyond the log irrelevant.

use std::collections::VecDeque;

use super::Reservation;
use crate::domain::time::Timestamp;

/// A wish for a slot. Times in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// 1 or more.
    pub count: usize,
    pub window: i64,
    pub earliest: i64,
    /// Rather none than a slot later than this.
    pub latest: i64,
}

/// The latest granted instants, in order.
#[derive(Debug, Default)]
pub struct SlidingLog {
    instants: VecDeque<i64>,
    /// The longest window that was asked for: how long the last instant matters.
    window: i64,
}

impl SlidingLog {
    /// What [`Self::reserve`] would answer.
    pub fn peek(&self, request: &Request) -> Reservation {
        let slot = match self.instants.len().checked_sub(request.count).and_then(|at| self.instants.get(at)) {
            Some(oldest) => request.earliest.max(oldest.saturating_add(request.window)),
            None => request.earliest,
        };
        if slot <= request.latest {
            Reservation::At(Timestamp(slot))
        } else {
            Reservation::Refused { next: Timestamp(slot) }
        }
    }

    pub fn reserve(&mut self, request: &Request) -> Reservation {
        let answer = self.peek(request);
        if let Reservation::At(Timestamp(slot)) = answer {
            let excess = (self.instants.len() + 1).saturating_sub(request.count);
            self.instants.drain(..excess);
            // Almost always the end, so this is cheap.
            let at = self.instants.partition_point(|&instant| instant <= slot);
            self.instants.insert(at, slot);
            self.window = self.window.max(request.window);
        }
        answer
    }

    /// From when on the log says nothing that an empty one would not.
    pub fn ends(&self) -> Timestamp {
        Timestamp(self.instants.back().map_or(i64::MIN, |last| last.saturating_add(self.window)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whether one more instant at `slot` keeps every stretch of a window at `count` or fewer.
    fn fits(granted: &[i64], slot: i64, count: usize, window: i64) -> bool {
        let mut all: Vec<_> = granted.iter().copied().chain([slot]).collect();
        all.sort_unstable();
        all.windows(count + 1).all(|run| run[count] - run[0] >= window)
    }

    proptest! {
        #[test]
        fn no_window_holds_more_than_count_whatever_the_order(
            count in 1usize..6, window in 1i64..50,
            wishes in prop::collection::vec((0i64..300, 0i64..60), 1..120),
        ) {
            let mut log = SlidingLog::default();
            let mut granted = Vec::new();
            for (earliest, patience) in wishes {
                let latest = if patience < 50 { earliest + patience } else { i64::MAX };
                let request = Request { count, window, earliest, latest };
                let foreseen = log.peek(&request);
                let answer = log.reserve(&request);
                prop_assert_eq!(foreseen, answer);
                match answer {
                    Reservation::At(Timestamp(slot)) => {
                        prop_assert!((earliest..=latest).contains(&slot));
                        prop_assert!(fits(&granted, slot, count, window));
                        granted.push(slot);
                    }
                    Reservation::Refused { next } => prop_assert!(next.0 > latest),
                }
                prop_assert!(log.instants.len() <= count);
                prop_assert!(log.instants.iter().is_sorted());
            }
        }

        #[test]
        fn nothing_is_wasted_while_wishes_do_not_go_back(
            count in 1usize..6, window in 1i64..50, steps in prop::collection::vec(0i64..30, 1..40),
        ) {
            let mut log = SlidingLog::default();
            let (mut granted, mut earliest) = (Vec::new(), 0);
            for step in steps {
                earliest += step;
                let answer = log.reserve(&Request { count, window, earliest, latest: i64::MAX });
                let first = (earliest..).find(|&slot| fits(&granted, slot, count, window)).unwrap();
                prop_assert_eq!(answer, Reservation::At(Timestamp(first)));
                granted.push(first);
            }
        }

        #[test]
        fn a_refusal_names_the_instant_that_is_granted_then(
            count in 1usize..5, window in 1i64..50, wishes in prop::collection::vec(0i64..100, 1..40),
        ) {
            let mut log = SlidingLog::default();
            for earliest in wishes {
                let request = Request { count, window, earliest, latest: earliest };
                if let Reservation::Refused { next } = log.reserve(&request) {
                    let before = Request { earliest: next.0 - 1, latest: next.0 - 1, ..request };
                    prop_assert_eq!(log.peek(&before), Reservation::Refused { next });
                    let then = Request { earliest: next.0, latest: next.0, ..request };
                    prop_assert_eq!(log.peek(&then), Reservation::At(next));
                }
            }
        }
    }

    #[test]
    fn a_limit_that_was_lowered_holds_from_the_next_wish_on() {
        let mut log = SlidingLog::default();
        let wish = |count| Request { count, window: 10, earliest: 0, latest: i64::MAX };
        for _ in 0..3 {
            assert_eq!(log.reserve(&wish(3)), Reservation::At(Timestamp(0)));
        }
        assert_eq!(log.reserve(&wish(1)), Reservation::At(Timestamp(10)));
        assert_eq!(log.reserve(&wish(1)), Reservation::At(Timestamp(20)));
        assert_eq!(log.instants.len(), 1);
    }
}
