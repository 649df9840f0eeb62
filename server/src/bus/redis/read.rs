//! From a stream's entries to events, and noticing what is missing between them.

use std::collections::HashMap;

use fred::types::streams::XReadValue;
use serde::de::DeserializeOwned;

use super::super::position::Position;

/// An entry as Redis gives it.
pub(super) type Entry = XReadValue<String, String, String>;

/// Reads a stream on from a position.
pub(super) struct Tail {
    pub last: Position,
    /// The last number seen of each origin.
    origins: HashMap<String, u64>,
    /// The stream was not continuous: Redis has lost it, or it was trimmed before it was read.
    broken: bool,
}

/// What an entry says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read<T> {
    /// Before the next event some were lost.
    Lost,
    /// None: of a kind that this version does not know.
    Event(Position, Option<T>),
}

impl Tail {
    pub fn new(last: Position) -> Self {
        Self { last, origins: HashMap::new(), broken: false }
    }

    pub fn read<T: DeserializeOwned>(&mut self, entries: Vec<Entry>) -> Vec<Read<T>> {
        let mut all = Vec::with_capacity(entries.len());
        for (id, fields) in entries {
            let Ok(position) = id.parse::<Position>() else { continue };
            if position.number != self.last.number.wrapping_add(1) {
                self.broken = true;
            }
            self.last = position;
            let number = fields.get("number").and_then(|number| number.parse().ok()).unwrap_or(0);
            let origin = fields.get("from").cloned().unwrap_or_default();
            let lost = match self.origins.insert(origin, number) {
                Some(before) => number != before + 1,
                // Who has just started begins with 1; of others it is not known what they said meanwhile.
                None => self.broken && number != 1,
            };
            if lost {
                all.push(Read::Lost);
            }
            let event = fields.get("event").and_then(|text| serde_json::from_str(text).ok());
            all.push(Read::Event(position, event));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(position: Position, origin: &str, number: u64) -> Entry {
        let fields = [("from", origin.to_owned()), ("number", number.to_string()), ("event", number.to_string())];
        (position.to_string(), fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    fn at(stamp: u64, number: u64) -> Position {
        Position { stamp, number }
    }

    fn read(tail: &mut Tail, entries: Vec<Entry>) -> Vec<Option<u64>> {
        let told = tail.read::<u64>(entries).into_iter();
        told.map(|read| match read {
            Read::Lost => None,
            Read::Event(_, event) => event,
        })
        .collect()
    }

    #[test]
    fn what_is_missing_is_noticed() {
        let mut tail = Tail::new(at(5, 10));
        let first = vec![entry(at(5, 11), "a", 7), entry(at(6, 12), "b", 1), entry(at(6, 13), "a", 8)];
        assert_eq!(read(&mut tail, first), [Some(7), Some(1), Some(8)]);
        assert_eq!(read(&mut tail, vec![entry(at(7, 14), "a", 10)]), [None, Some(10)], "a has dropped one");
    }

    #[test]
    fn a_log_that_begins_anew_loses_nothing_unless_something_is_missing() {
        let mut tail = Tail::new(at(5, 10));
        read(&mut tail, vec![entry(at(5, 11), "a", 7), entry(at(5, 12), "b", 3)]);
        assert_eq!(read(&mut tail, vec![entry(at(9, 1), "a", 8), entry(at(9, 2), "c", 1)]), [Some(8), Some(1)]);
        assert_eq!(read(&mut tail, vec![entry(at(9, 3), "b", 5)]), [None, Some(5)]);
        assert_eq!(read(&mut tail, vec![entry(at(9, 4), "d", 5)]), [None, Some(5)], "it is not known what d said");
    }

    #[test]
    fn what_this_version_does_not_know_is_passed_over() {
        let mut tail = Tail::new(at(5, 0));
        let fields = [("from", "a"), ("number", "1"), ("event", "{\"later\":1}")];
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let told = tail.read::<u64>(vec![("5-1".to_owned(), fields)]);
        assert_eq!(told, [Read::Event(at(5, 1), None)]);
    }
}
