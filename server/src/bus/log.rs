//! The latest events in memory, so that whoever lost a connection can be told what it missed. Bounded by age, by count
//! and by bytes. Pure.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::position::Position;
use crate::domain::event::StatusEvent;

/// How much the log holds.
#[derive(Debug, Clone, Copy)]
pub struct LogLimits {
    pub age: Duration,
    pub events: usize,
    /// Roughly.
    pub bytes: usize,
}

/// The log no longer reaches back to a position, or never had it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the log does not reach back to there")]
pub struct Expired;

/// An event and its place.
pub type Placed = (Position, Arc<StatusEvent>);

struct Entry {
    position: Position,
    at: Instant,
    bytes: usize,
    /// None: a number that tells nothing.
    event: Option<Arc<StatusEvent>>,
}

/// Consecutive events, all that came after a known position.
pub struct Log {
    limits: LogLimits,
    /// Everything that came after this one is here.
    before: Position,
    entries: VecDeque<Entry>,
    bytes: usize,
}

impl Log {
    pub fn new(limits: LogLimits, before: Position) -> Self {
        Self { limits, before, entries: VecDeque::new(), bytes: 0 }
    }

    /// Forgets everything, to go on after another position.
    pub fn reset(&mut self, before: Position) {
        *self = Self::new(self.limits, before);
    }

    /// The position of the last event.
    pub fn end(&self) -> Position {
        self.entries.back().map_or(self.before, |entry| entry.position)
    }

    /// Everything after this position is here.
    pub fn before(&self) -> Position {
        self.before
    }

    /// Appends the event with the next number. Where the number is another one, what came before is forgotten.
    pub fn push(&mut self, position: Position, event: Option<Arc<StatusEvent>>, now: Instant) {
        if position.number != self.end().number.wrapping_add(1) {
            self.reset(Position::hole_before(position.number));
        }
        let entry = Entry::new(position, event, now);
        self.bytes += entry.bytes;
        self.entries.push_back(entry);
        self.trim(now);
    }

    /// Puts older events in front, as far as they join on: all that came after `before`. `ages` are theirs by now.
    pub fn prepend(
        &mut self,
        before: Position,
        older: Vec<(Position, Option<Arc<StatusEvent>>, Duration)>,
        now: Instant,
    ) {
        if older.last().is_none_or(|(last, ..)| *last != self.before) {
            return;
        }
        for (position, event, age) in older.into_iter().rev() {
            let entry = Entry::new(position, event, now.checked_sub(age).unwrap_or(now));
            self.bytes += entry.bytes;
            self.entries.push_front(entry);
        }
        self.before = before;
        self.trim(now);
    }

    /// Drops what is too old or too much. The newest event stays.
    pub fn trim(&mut self, now: Instant) {
        while let Some(first) = self.entries.front() {
            let much = self.entries.len() > self.limits.events || self.bytes > self.limits.bytes;
            let old = now.saturating_duration_since(first.at) > self.limits.age;
            if !(old || (much && self.entries.len() > 1)) {
                return;
            }
            self.bytes -= first.bytes;
            self.before = first.position;
            self.entries.pop_front();
        }
    }

    /// Events after a position, `most` at once at most, and the position to go on from; `wanted` chooses.
    ///
    /// # Errors
    /// Where something that came after the position is no longer here.
    pub fn after(
        &self,
        position: Position,
        most: usize,
        wanted: impl Fn(&StatusEvent) -> bool,
    ) -> Result<(Vec<Placed>, Position), Expired> {
        /// Entries looked at in one go: whoever appends has to wait.
        const STRIDE: usize = 50_000;
        let (mut found, mut reached) = (Vec::new(), position);
        for entry in self.entries.range(self.index_after(position)?..).take(STRIDE) {
            if found.len() >= most {
                break;
            }
            reached = entry.position;
            if let Some(event) = &entry.event
                && wanted(event)
            {
                found.push((entry.position, Arc::clone(event)));
            }
        }
        Ok((found, reached))
    }

    fn index_after(&self, position: Position) -> Result<usize, Expired> {
        if position == self.before {
            return Ok(0);
        }
        let first = self.entries.front().ok_or(Expired)?.position.number;
        let index = usize::try_from(position.number.checked_sub(first).ok_or(Expired)?).map_err(|_| Expired)?;
        match self.entries.get(index) {
            Some(entry) if entry.position == position => Ok(index + 1),
            _ => Err(Expired),
        }
    }
}

impl Entry {
    fn new(position: Position, event: Option<Arc<StatusEvent>>, at: Instant) -> Self {
        let texts = event.as_ref().map_or(0, |event| {
            let result = event.task.as_ref().and_then(|task| task.result_message.as_ref()).map_or(0, String::len);
            size_of::<StatusEvent>() + event.message_id.len() + event.business_type.len() + result
        });
        Self { position, at, bytes: size_of::<Self>() + 64 + texts, event }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::status;
    use super::*;

    const LIMITS: LogLimits = LogLimits { age: Duration::from_secs(600), events: 5, bytes: 1 << 20 };

    fn at(number: u64) -> Position {
        Position { stamp: 7, number }
    }

    fn log(to: u64, now: Instant) -> Log {
        let mut log = Log::new(LIMITS, at(0));
        for number in 1..=to {
            log.push(at(number), Some(Arc::new(status(&number.to_string()))), now);
        }
        log
    }

    fn marks(log: &Log, after: Position) -> Result<Vec<String>, Expired> {
        let (found, _) = log.after(after, 100, |_| true)?;
        Ok(found.into_iter().map(|(_, event)| event.message_id.clone()).collect())
    }

    #[test]
    fn what_came_after_a_position_is_found() {
        let log = log(4, Instant::now());
        assert_eq!(marks(&log, at(0)).unwrap(), ["1", "2", "3", "4"]);
        assert_eq!(marks(&log, at(3)).unwrap(), ["4"]);
        assert!(marks(&log, at(4)).unwrap().is_empty());
        assert_eq!(log.end(), at(4));
        for strange in [at(5), Position { stamp: 8, number: 3 }, Position { stamp: 8, number: 0 }] {
            assert_eq!(marks(&log, strange), Err(Expired), "{strange}");
        }
    }

    #[test]
    fn it_is_read_in_pieces() {
        let log = log(5, Instant::now());
        let (found, reached) = log.after(at(0), 2, |event| event.message_id != "1").unwrap();
        assert_eq!((found.len(), reached), (2, at(3)));
        let (found, reached) = log.after(reached, 2, |event| event.message_id == "5").unwrap();
        assert_eq!((found.len(), reached), (1, at(5)));
    }

    #[test]
    fn it_is_bounded_by_count_and_says_how_far_it_reaches_back() {
        let log = log(9, Instant::now());
        assert_eq!(marks(&log, at(3)), Err(Expired));
        assert_eq!(marks(&log, at(4)).unwrap(), ["5", "6", "7", "8", "9"], "the last that was dropped will do");
    }

    #[test]
    fn it_is_bounded_by_bytes() {
        let mut log = Log::new(LogLimits { bytes: 3_000, ..LIMITS }, at(0));
        for number in 1..=4 {
            log.push(at(number), Some(Arc::new(status(&"x".repeat(1_000)))), Instant::now());
        }
        assert_eq!(marks(&log, at(1)), Err(Expired));
        assert!(log.bytes <= 3_000);
        log.push(at(5), Some(Arc::new(status(&"x".repeat(10_000)))), Instant::now());
        assert_eq!(marks(&log, at(4)).unwrap().len(), 1, "the newest stays");
    }

    #[test]
    fn it_is_bounded_by_age_and_a_quiet_log_still_knows_its_end() {
        let start = Instant::now();
        let mut log = log(3, start);
        log.trim(start + LIMITS.age);
        assert_eq!(marks(&log, at(0)).unwrap().len(), 3);
        log.trim(start + LIMITS.age + Duration::from_secs(1));
        assert_eq!(marks(&log, at(2)), Err(Expired));
        assert!(marks(&log, at(3)).unwrap().is_empty(), "nothing came after the last");
    }

    #[test]
    fn a_number_that_does_not_follow_begins_anew() {
        let mut log = log(3, Instant::now());
        log.push(at(7), Some(Arc::new(status("7"))), Instant::now());
        for lost in [at(3), at(6), at(0)] {
            assert_eq!(marks(&log, lost), Err(Expired), "{lost}");
        }
        assert!(marks(&log, at(7)).unwrap().is_empty());
    }

    #[test]
    fn older_events_are_put_in_front_where_they_join_on() {
        let now = Instant::now();
        let older = |from: u64, to: u64| {
            (from..=to)
                .map(|number| (at(number), Some(Arc::new(status(&number.to_string()))), Duration::ZERO))
                .collect()
        };
        let mut log = Log::new(LIMITS, at(3));
        log.push(at(4), Some(Arc::new(status("4"))), now);
        log.prepend(at(0), older(1, 2), now);
        assert_eq!(marks(&log, at(1)), Err(Expired), "they do not join on");
        log.prepend(at(1), older(2, 3), now);
        assert_eq!(marks(&log, at(1)).unwrap(), ["2", "3", "4"]);
        assert_eq!(marks(&log, at(0)), Err(Expired));
    }
}
