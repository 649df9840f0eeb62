//! What is for later: a line for each share and priority, by time and then in order of arrival, so that a long line takes
//! nobody else's room and is before nobody else's jobs.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;

use crate::domain::time::Timestamp;
use crate::queue::job::{Share, Work, shelf};

/// What is waiting: some work, and whose share it comes out of.
pub(super) type Errand = (Work, Share);

/// A share's jobs for one shelf.
pub(super) type Line = (usize, Share);

/// When a job is due, and the number of its arrival.
type Key = (Timestamp, u64);

/// Where a line begins.
pub(super) type Head = (Key, Line);

#[derive(Default)]
pub(super) struct Later {
    /// None is empty.
    lines: HashMap<Line, BTreeMap<Key, (Errand, u8)>>,
    heads: BTreeSet<Head>,
    places: HashMap<Work, (Line, Key)>,
    arrivals: u64,
}

pub(super) fn line_of(share: Share, priority: u8) -> Line {
    (shelf(priority), share)
}

impl Later {
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(super) fn holds(&self, work: Work) -> bool {
        self.places.contains_key(&work)
    }

    /// How many jobs are in a line.
    pub(super) fn line(&self, line: Line) -> usize {
        self.lines.get(&line).map_or(0, BTreeMap::len)
    }

    /// Puts a job into its line, in place of the same work for another time.
    pub(super) fn put(&mut self, errand: Errand, priority: u8, due: Timestamp) {
        if let Some((line, key)) = self.places.remove(&errand.0) {
            self.remove(line, key);
        }
        self.arrivals += 1;
        let (line, key) = (line_of(errand.1, priority), (due, self.arrivals));
        let jobs = self.lines.entry(line).or_default();
        let head = jobs.first_key_value().map(|(key, _)| *key);
        jobs.insert(key, (errand, priority));
        self.places.insert(errand.0, (line, key));
        if head.is_none_or(|head| key < head) {
            self.move_head(line, head, Some(key));
        }
    }

    /// The lines in the order of their first jobs; those behind a head, where there is one.
    pub(super) fn heads(&self, behind: Option<Head>) -> impl Iterator<Item = Head> {
        let from = behind.map_or(Bound::Unbounded, Bound::Excluded);
        self.heads.range((from, Bound::Unbounded)).copied()
    }

    /// A line's first job, its priority, and when it is due.
    pub(super) fn first(&self, line: Line) -> Option<(Errand, u8, Timestamp)> {
        let (&(due, _), &(errand, priority)) = self.lines.get(&line)?.first_key_value()?;
        Some((errand, priority, due))
    }

    /// Takes a line's first job away.
    pub(super) fn pop(&mut self, line: Line) {
        if let Some((&key, &(errand, _))) = self.lines.get(&line).and_then(BTreeMap::first_key_value) {
            self.places.remove(&errand.0);
            self.remove(line, key);
        }
    }

    fn remove(&mut self, line: Line, key: Key) {
        let Some(jobs) = self.lines.get_mut(&line) else { return };
        let head = jobs.first_key_value().map(|(key, _)| *key);
        jobs.remove(&key);
        let next = jobs.first_key_value().map(|(key, _)| *key);
        if next.is_none() {
            self.lines.remove(&line);
        }
        self.move_head(line, head, next);
    }

    fn move_head(&mut self, line: Line, from: Option<Key>, to: Option<Key>) {
        if from == to {
            return;
        }
        if let Some(key) = from {
            self.heads.remove(&(key, line));
        }
        if let Some(key) = to {
            self.heads.insert((key, line));
        }
    }
}
