//! The jobs of one lane, step by step and at random.

use proptest::prelude::*;

use super::*;
use crate::domain::id::MessageId;

fn work(number: u8) -> Work {
    Work::Process(MessageId(Uuid::from_u128(u128::from(number))))
}

/// Work that is in nobody's share.
fn plain(number: u8) -> Errand {
    (work(number), None)
}

fn of(number: u8, share: u128) -> Errand {
    (work(number), Some(Uuid::from_u128(share)))
}

fn take(shelves: &mut Shelves) -> Option<(Work, u8)> {
    shelves.take(Hands::from(100)).map(|(work, _, priority)| (work, priority))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

fn drain(shelves: &mut Shelves) -> Vec<Work> {
    std::iter::from_fn(|| take(shelves)).map(|(work, _)| work).collect()
}

#[test]
fn low_numbers_go_first_and_equals_in_order_of_arrival() {
    let mut shelves = Shelves::new(10);
    for (number, priority) in [(1, 9), (2, 5), (3, 0), (4, 5), (5, 0), (6, 200)] {
        assert!(shelves.push(plain(number), priority, at(1)));
    }
    assert_eq!(drain(&mut shelves), [3, 5, 2, 4, 1, 6].map(work));
}

#[test]
fn the_same_work_waits_once() {
    let mut shelves = Shelves::new(10);
    assert!(shelves.push(plain(1), 5, at(1)));
    assert!(shelves.push(plain(1), 5, at(2)));
    assert_eq!(drain(&mut shelves), [work(1)]);
}

#[test]
fn work_handed_in_while_in_hand_runs_again() {
    let mut shelves = Shelves::new(10);
    shelves.push(plain(1), 5, at(1));
    assert!(take(&mut shelves).is_some());
    assert!(shelves.push(plain(1), 5, at(2)));
    assert!(shelves.push(plain(1), 5, at(3)));
    assert_eq!(take(&mut shelves), None, "not before the first run has ended");
    assert!(shelves.finish(work(1)));
    assert_eq!(drain(&mut shelves), [work(1)]);
    assert!(!shelves.finish(work(1)));
    assert_eq!(shelves.depth(), LaneDepth::default());
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut shelves = Shelves::new(2);
    assert!(shelves.push(plain(1), 5, at(1)) && shelves.push(plain(2), 5, at(1)));
    assert!(!shelves.push(plain(3), 0, at(1)));
    assert!(shelves.push(plain(2), 5, at(1)), "it is waiting already");
    assert!(shelves.push_at(plain(4), 5, at(9)) && shelves.push_at(plain(5), 5, at(9)));
    assert!(!shelves.push_at(plain(6), 5, at(9)));
    assert!(shelves.push_at(plain(4), 5, at(8)), "it replaces itself");
    // What is due stays where it is until there is room.
    shelves.promote(at(9));
    assert_eq!(shelves.depth(), LaneDepth { waiting: 2, in_hand: 0, delayed: 2 });
    assert_eq!(shelves.next_due(), None);
    assert!(take(&mut shelves).is_some());
    shelves.promote(at(9));
    assert_eq!(shelves.depth(), LaneDepth { waiting: 2, in_hand: 1, delayed: 1 });
}

#[test]
fn later_work_comes_in_order_of_its_time_and_can_be_moved() {
    let mut shelves = Shelves::new(10);
    shelves.push_at(plain(1), 5, at(30));
    shelves.push_at(plain(2), 5, at(20));
    shelves.push_at(plain(3), 5, at(20));
    shelves.push_at(plain(1), 5, at(10));
    assert_eq!(shelves.next_due(), Some(at(10)));
    shelves.promote(at(9));
    assert_eq!(take(&mut shelves), None);
    shelves.promote(at(20));
    assert_eq!(drain(&mut shelves), [1, 2, 3].map(work));
    assert_eq!(shelves.depth(), LaneDepth { waiting: 0, in_hand: 3, delayed: 0 });
}

#[test]
fn the_oldest_is_waiting_or_in_hand() {
    let mut shelves = Shelves::new(10);
    assert_eq!(shelves.oldest(5, None), None);
    shelves.push(plain(1), 5, at(1));
    shelves.push(plain(2), 5, at(2));
    shelves.push(plain(3), 4, at(3));
    assert!(take(&mut shelves).is_some() && take(&mut shelves).is_some());
    assert_eq!((shelves.oldest(4, None), shelves.oldest(5, None)), (Some(at(3)), Some(at(1))));
    shelves.finish(work(1));
    assert_eq!(shelves.oldest(5, None), Some(at(2)));
}

#[test]
fn work_put_back_is_first_again() {
    let mut shelves = Shelves::new(10);
    shelves.push(plain(1), 5, at(1));
    shelves.push(plain(2), 5, at(2));
    assert!(take(&mut shelves).is_some());
    shelves.push(plain(1), 5, at(3));
    shelves.put_back(work(1));
    assert_eq!(shelves.oldest(5, None), Some(at(1)));
    assert_eq!(drain(&mut shelves), [1, 2].map(work));
}

#[test]
fn a_long_line_for_later_takes_nobody_elses_room() {
    let mut shelves = Shelves::new(100);
    for number in 0..100 {
        assert!(shelves.push_at(of(number, 1), 5, at(10)));
    }
    assert!(!shelves.push_at(of(100, 1), 5, at(10)));
    assert!(!shelves.push_at(plain(101), 5, at(10)), "what is in nobody's share has no reserve");
    for number in 110..110 + u8::try_from(RESERVE).unwrap() {
        assert!(shelves.push_at(of(number, 2), 5, at(10)));
    }
    assert!(!shelves.push_at(of(250, 2), 5, at(10)));
    assert!(shelves.push_at(of(250, 2), 4, at(10)), "each priority has its own line");
}

#[test]
fn what_is_due_passes_by_a_line_that_is_full() {
    let mut shelves = Shelves::new(100);
    for number in 0..100 {
        assert!(shelves.push(of(number, 1), 5, at(1)));
        assert!(shelves.push_at(of(100 + number, 1), 5, at(5)));
    }
    assert_eq!(shelves.next_due(), None);
    assert!(shelves.push_at(of(200, 2), 5, at(6)));
    assert_eq!(shelves.next_due(), Some(at(6)), "not the one that finds no place");
    shelves.promote(at(5));
    assert_eq!(shelves.depth(), LaneDepth { waiting: 100, in_hand: 0, delayed: 101 });
    shelves.promote(at(6));
    assert_eq!(shelves.depth(), LaneDepth { waiting: 101, in_hand: 0, delayed: 100 });
    assert_eq!([take(&mut shelves), take(&mut shelves)], [Some((work(0), 5)), Some((work(200), 5))]);
    // Now there is room for one of the others.
    assert_eq!(shelves.next_due(), Some(at(5)));
    shelves.promote(at(6));
    assert_eq!(shelves.depth(), LaneDepth { waiting: 100, in_hand: 2, delayed: 99 });
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

#[test]
fn each_share_has_its_turn_within_a_priority() {
    let mut shelves = Shelves::new(100);
    for number in 0..5 {
        shelves.push(of(number, 1), 5, at(1));
    }
    shelves.push(of(10, 2), 5, at(2));
    shelves.push(of(20, 3), 5, at(3));
    shelves.push(of(21, 3), 5, at(3));
    shelves.push(of(30, 1), 4, at(4));
    assert_eq!(shelves.oldest(5, None), Some(at(1)));
    assert_eq!(drain(&mut shelves), [30, 0, 10, 20, 1, 21, 2, 3, 4].map(work));
}

#[test]
fn urgent_work_of_one_share_holds_up_nobody_else() {
    let mut shelves = Shelves::new(200);
    for number in 0..100 {
        shelves.push(of(number, 1), 0, at(1));
    }
    for (number, share, priority) in [(100, 2, 5), (101, 2, 5), (102, 1, 5), (110, 3, 9), (120, 1, 3)] {
        shelves.push(of(number, share), priority, at(2));
    }
    let order = drain(&mut shelves);
    let place = |number: u8| order.iter().position(|its| *its == work(number)).unwrap();
    // One in eight, by turns.
    assert_eq!([100, 110, 101].map(place), [7, 15, 23]);
    // What is the share's own goes by priority.
    let own: Vec<Work> = order.iter().copied().filter(|its| ![100, 101, 110].map(work).contains(its)).collect();
    let expected: Vec<Work> = (0..100).chain([120, 102]).map(work).collect();
    assert_eq!(own, expected);
}

#[test]
fn a_full_lane_has_room_for_a_few_of_each_share() {
    let mut shelves = Shelves::new(100);
    let taken = (0..120).filter(|number| shelves.push(of(*number, 1), 5, at(1))).count();
    assert_eq!(taken, 100);
    let taken = (120..250).filter(|number| shelves.push(of(*number, 2), 5, at(1))).count();
    assert_eq!(taken, RESERVE);
    assert!(!shelves.push(plain(251), 5, at(1)));
    let mut order = drain(&mut shelves);
    order.truncate(4);
    assert_eq!(order, [0, 120, 1, 121].map(work));
}

#[test]
fn a_share_that_has_its_hands_waits_and_the_others_go_on() {
    let hands = Hands { all: 10, of_one: Some(3) };
    let mut shelves = Shelves::new(100);
    for number in 0..10 {
        shelves.push(of(number, 1), 5, at(1));
    }
    let mut taken = || shelves.take(hands).map(|(work, ..)| work);
    assert_eq!([taken(), taken(), taken(), taken()], [Some(work(0)), Some(work(1)), Some(work(2)), None]);
    assert!(!shelves.has_room(of(0, 1).1, hands) && shelves.has_room(of(0, 2).1, hands));
    shelves.push(of(50, 2), 5, at(2));
    shelves.push(plain(60), 5, at(2));
    let mut taken = || shelves.take(hands).map(|(work, ..)| work);
    assert_eq!([taken(), taken(), taken()], [Some(work(50)), Some(work(60)), None]);
    assert!(shelves.finish(work(1)), "somebody waits for this");
    assert_eq!(shelves.take(hands).map(|(work, ..)| work), Some(work(3)));
    shelves.keep(of(70, 1).1);
    assert!(shelves.push_seated(of(70, 1), 5, at(3)));
    assert_eq!(shelves.take(hands).map(|(work, ..)| work), Some(work(70)), "a hand was kept for it");
    assert_eq!(shelves.depth(), LaneDepth { waiting: 6, in_hand: 6, delayed: 0 });
    shelves.keep(of(0, 2).1);
    shelves.keep(of(0, 2).1);
    assert!(!shelves.has_room(of(0, 2).1, hands), "what is kept counts");
    shelves.release(of(0, 2).1);
    assert!(shelves.push_seated(of(4, 2), 5, at(3)), "it is waiting already, and needs no hand");
    assert_eq!((shelves.held(), shelves.depth().in_hand), (6, 6));
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
                    if shelves.push(of(number, u128::from(number % 3)), priority, at(now)) {
                        owed.insert(work(number));
                    } else {
                        prop_assert!(owed.len() >= capacity && !owed.contains(&work(number)));
                    }
                }
                Step::PushAt(number, priority, wait) => {
                    let due = now + i64::from(wait);
                    if shelves.push_at(of(number, u128::from(number % 3)), priority, at(due)) {
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
                        let left: Vec<Work> = due.into_iter().filter(|w| !shelves.later.holds(*w)).collect();
                        for work in left {
                            later.remove(&work);
                            owed.insert(work);
                        }
                        prop_assert!(shelves.load >= capacity);
                    }
                    match take(&mut shelves) {
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
        }
        // In the end everything that was promised comes out, in order of priority but for one in eight.
        for work in in_hand.drain(..) {
            shelves.finish(work);
        }
        let mut in_order = OTHERS_TURN;
        loop {
            let first = shelves.waiting.iter().position(|shelf| shelf.len() > 0);
            let Some((work, priority)) = take(&mut shelves) else { break };
            prop_assert!(owed.remove(&work));
            if Some(usize::from(priority)) == first {
                in_order += 1;
            } else {
                prop_assert!(in_order >= OTHERS_TURN - 1);
                in_order = 0;
            }
        }
        prop_assert!(owed.is_empty());
    }
}
