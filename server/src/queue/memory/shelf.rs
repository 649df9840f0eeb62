//! The waiting jobs of one priority: a line for each share, and whose turn it is, so that a long line delays nobody but
//! itself.

use std::collections::{HashMap, VecDeque};

use crate::domain::time::Timestamp;
use crate::queue::job::{Share, Work};

#[derive(Default)]
pub(super) struct Shelf {
    /// None is empty.
    lines: HashMap<Share, VecDeque<(Work, Timestamp)>>,
    /// The shares that have a line, each once; the next one first.
    turns: VecDeque<Share>,
    len: usize,
}

impl Shelf {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// How many jobs of this share wait here.
    pub(super) fn line(&self, share: Share) -> usize {
        self.lines.get(&share).map_or(0, VecDeque::len)
    }

    /// Puts a job at the end of its line, with the time it was handed in.
    pub(super) fn push(&mut self, work: Work, share: Share, since: Timestamp) {
        let line = self.lines.entry(share).or_default();
        if line.is_empty() {
            self.turns.push_back(share);
        }
        line.push_back((work, since));
        self.len += 1;
    }

    /// Puts a job back to where it was taken from.
    pub(super) fn put_back(&mut self, work: Work, share: Share, since: Timestamp) {
        let line = self.lines.entry(share).or_default();
        if line.is_empty() {
            self.turns.push_front(share);
        }
        line.push_front((work, since));
        self.len += 1;
    }

    /// Takes the first job of the next share that may have one.
    pub(super) fn take(&mut self, may: impl Fn(Share) -> bool) -> Option<(Work, Share, Timestamp)> {
        for _ in 0..self.turns.len() {
            let share = self.turns.pop_front()?;
            if !may(share) {
                self.turns.push_back(share);
                continue;
            }
            let line = self.lines.get_mut(&share)?;
            let (work, since) = line.pop_front()?;
            if line.is_empty() {
                self.lines.remove(&share);
            } else {
                self.turns.push_back(share);
            }
            self.len -= 1;
            return Some((work, share, since));
        }
        None
    }

    /// When the oldest job here was handed in; with `of` a share, the oldest in its line.
    pub(super) fn oldest(&self, of: Share) -> Option<Timestamp> {
        let since = |line: &VecDeque<(Work, Timestamp)>| line.front().map(|(_, since)| *since);
        match of {
            Some(_) => self.lines.get(&of).and_then(since),
            None => self.lines.values().filter_map(since).min(),
        }
    }
}
