//! What arrived, oldest first and bounded in number and bytes, with what is needed to know a message again.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::Notify;

use super::place::Place;
use super::received::Received;
use crate::domain::time::Timestamp;

/// Requests that are kept, and the bytes that they may hold together.
const KEPT: usize = 100_000;
const KEPT_BYTES: usize = 256 * 1024 * 1024;
/// Keys of earlier messages that are remembered.
const REMEMBERED: usize = 500_000;
/// Robots and names that are counted apart; what is beyond shares one count.
const COUNTED: usize = 10_000;
const MINUTE: Duration = Duration::from_secs(60);

/// How many requests arrived since the last clearing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Count {
    /// Everything that arrived, refused and repeated requests too.
    pub count: u64,
    /// Messages that reached people: each once, however often it was sent.
    pub accepted: u64,
    /// Requests that were answered with a failure.
    pub refused: u64,
    /// Requests that repeated a message accepted before.
    pub duplicates: u64,
}

impl Count {
    fn add(&mut self, fate: Fate) {
        self.count += 1;
        match fate {
            Fate::Accepted => self.accepted += 1,
            Fate::Refused => self.refused += 1,
            Fate::Duplicate => self.duplicates += 1,
        }
    }

    fn sum(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            accepted: self.accepted + other.accepted,
            refused: self.refused + other.refused,
            duplicates: self.duplicates + other.duplicates,
        }
    }
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Accepted,
    Refused,
    Duplicate,
}

/// What a request that is in order asks of the log.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// Known before: a repetition.
    pub once: Option<&'a str>,
    /// Who shares a limit, and how many a minute are allowed.
    pub paced: Option<(&'a str, u32)>,
}

/// Whether a request in order is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    Taken,
    Repeated,
    TooFast,
}

#[derive(Debug, Default)]
struct Shelf {
    items: VecDeque<Arc<Received>>,
    bytes: usize,
    last_seq: u64,
    counts: HashMap<Box<str>, Count>,
    seen: HashSet<Arc<str>>,
    seen_order: VecDeque<Arc<str>>,
    recent: HashMap<Box<str>, VecDeque<Timestamp>>,
}

/// The simulator's memory. Each call holds its lock for a moment only.
#[derive(Debug, Default)]
pub struct Log {
    shelf: Mutex<Shelf>,
    arrived: Notify,
}

/// A page of what arrived.
#[derive(Debug)]
pub struct Page {
    pub items: Vec<Arc<Received>>,
    /// Where the next page begins: to be given as `since`.
    pub next: u64,
}

impl Log {
    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a request in order is taken; one that is counts against its rate and is known from now on.
    pub fn enter(&self, claim: Claim<'_>, now: Timestamp) -> Entry {
        let mut shelf = self.lock();
        if claim.once.is_some_and(|key| shelf.seen.contains(key)) {
            return Entry::Repeated;
        }
        if let Some((key, limit)) = claim.paced
            && limit > 0
            && !shelf.pace(key, limit as usize, now)
        {
            return Entry::TooFast;
        }
        if let Some(key) = claim.once {
            shelf.remember(key);
        }
        Entry::Taken
    }

    /// Keeps a request; `received.seq` is given here.
    pub fn keep(&self, mut received: Received, fate: Fate) {
        let mut shelf = self.lock();
        shelf.count(&received.path, fate);
        shelf.last_seq += 1;
        received.seq = shelf.last_seq;
        shelf.bytes += received.weight();
        shelf.items.push_back(Arc::new(received));
        let mut gone = Vec::new();
        while shelf.items.len() > KEPT || shelf.bytes > KEPT_BYTES {
            let Some(oldest) = shelf.items.pop_front() else { break };
            shelf.bytes -= oldest.weight();
            gone.push(oldest);
        }
        drop(shelf); // what is forgotten is freed outside the lock
        self.arrived.notify_waiters();
    }

    /// Counts a request without keeping it.
    pub fn count_only(&self, path: &str, fate: Fate) {
        self.lock().count(path, fate);
        self.arrived.notify_waiters();
    }

    /// At most `limit` requests after `since` that lie in `place`, oldest first.
    pub fn page(&self, since: u64, place: &Place, limit: usize) -> Page {
        let shelf = self.lock();
        let first = shelf.items.front().map_or(0, |item| item.seq);
        let skipped = usize::try_from(since.saturating_add(1).saturating_sub(first)).unwrap_or(usize::MAX);
        let mut page = Page { items: Vec::new(), next: since.min(shelf.last_seq) };
        for item in shelf.items.iter().skip(skipped) {
            if page.items.len() == limit {
                return page;
            }
            page.next = item.seq;
            if place.covers(&item.path, &item.query) {
                page.items.push(Arc::clone(item));
            }
        }
        page
    }

    /// As [`page`](Self::page), waiting up to `patience` until there is something on it.
    pub async fn page_within(&self, since: u64, place: &Place, limit: usize, patience: Duration) -> Page {
        let mut reached = since;
        let found = tokio::time::timeout(patience, async {
            loop {
                let mut arrived = std::pin::pin!(self.arrived.notified());
                arrived.as_mut().enable();
                let page = self.page(reached, place, limit);
                if !page.items.is_empty() {
                    return page;
                }
                reached = page.next;
                arrived.await;
            }
        });
        found.await.unwrap_or_else(|_elapsed| self.page(reached, place, limit))
    }

    /// The newest `limit` requests, newest first.
    pub fn newest(&self, limit: usize) -> Vec<Arc<Received>> {
        self.lock().items.iter().rev().take(limit).cloned().collect()
    }

    /// How many arrived in `place` since the last clearing, also those no longer kept. A place with a query is counted among
    /// what is kept.
    pub fn count(&self, place: &Place) -> Count {
        let shelf = self.lock();
        if place.names_query() {
            let mut count = Count::default();
            shelf.items.iter().filter(|it| place.covers(&it.path, &it.query)).for_each(|it| count.add(it.fate()));
            return count;
        }
        let counts = shelf.counts.iter().filter(|(path, _)| place.covers_path(path)).map(|(_, count)| *count);
        counts.fold(Count::default(), Count::sum)
    }

    /// As if nothing had ever arrived; only the numbering goes on.
    pub fn clear(&self) {
        let mut shelf = self.lock();
        let last_seq = shelf.last_seq;
        let full = std::mem::replace(&mut *shelf, Shelf { last_seq, ..Shelf::default() });
        drop(shelf);
        drop(full); // takes a moment: not under the lock
    }
}

impl Shelf {
    fn count(&mut self, path: &str, fate: Fate) {
        if let Some(count) = self.counts.get_mut(path) {
            return count.add(fate);
        }
        let path = if self.counts.len() < COUNTED { path } else { "/others" };
        self.counts.entry(path.into()).or_default().add(fate);
    }

    fn remember(&mut self, key: &str) {
        let key: Arc<str> = key.into();
        self.seen.insert(Arc::clone(&key));
        self.seen_order.push_back(key);
        if self.seen_order.len() > REMEMBERED
            && let Some(oldest) = self.seen_order.pop_front()
        {
            self.seen.remove(&oldest);
        }
    }

    /// A true sliding minute: whether one more fits, and if so it is counted.
    fn pace(&mut self, key: &str, limit: usize, now: Timestamp) -> bool {
        let since = now.minus(MINUTE);
        if self.recent.len() >= COUNTED && !self.recent.contains_key(key) {
            self.recent.retain(|_, times| times.back().is_some_and(|at| *at > since));
        }
        let times = match self.recent.get_mut(key) {
            Some(times) => times,
            None => self.recent.entry(key.into()).or_default(),
        };
        while times.front().is_some_and(|at| *at <= since) {
            times.pop_front();
        }
        let fits = times.len() < limit;
        if fits {
            times.push_back(now);
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::received::sample;

    fn all() -> Place {
        Place::parse("/").unwrap()
    }

    fn paced(limit: u32) -> Claim<'static> {
        Claim { once: None, paced: Some(("dingtalk T", limit)) }
    }

    #[test]
    fn the_twenty_first_within_a_minute_is_too_fast() {
        let log = Log::default();
        let start = Timestamp::from_millis(1_000_000);
        for n in 0..20 {
            assert_eq!(log.enter(paced(20), start.plus(Duration::from_secs(n))), Entry::Taken);
        }
        assert_eq!(log.enter(paced(20), start.plus(Duration::from_millis(59_999))), Entry::TooFast);
        assert_eq!(log.enter(paced(20), start.plus(Duration::from_secs(60))), Entry::Taken);
        assert_eq!(log.enter(paced(20), start.plus(Duration::from_secs(60))), Entry::TooFast);
        assert_eq!(log.enter(paced(0), start.plus(Duration::from_secs(60))), Entry::Taken);
    }

    #[test]
    fn a_key_is_known_again_only_once_it_was_taken() {
        let log = Log::default();
        let now = Timestamp::from_millis(0);
        let claim = |once, limit| Claim { once: Some(once), paced: Some(("robot", limit)) };
        assert_eq!(log.enter(claim("a", 1), now), Entry::Taken);
        assert_eq!(log.enter(claim("b", 1), now), Entry::TooFast);
        assert_eq!(log.enter(claim("b", 2), now), Entry::Taken);
        assert_eq!(log.enter(claim("a", 2), now), Entry::Repeated);
    }

    #[test]
    fn pages_go_on_where_the_last_ended() {
        let log = Log::default();
        for n in 0..5 {
            log.keep(sample(if n % 2 == 0 { "/webhook/a" } else { "/webhook/b" }), Fate::Accepted);
        }
        let a = Place::parse("/webhook/a").unwrap();
        let first = log.page(0, &a, 2);
        assert_eq!((first.items.iter().map(|it| it.seq).collect::<Vec<_>>(), first.next), (vec![1, 3], 3));
        let second = log.page(first.next, &a, 2);
        assert_eq!((second.items.iter().map(|it| it.seq).collect::<Vec<_>>(), second.next), (vec![5], 5));
        assert_eq!(log.page(5, &a, 2).next, 5);
        assert_eq!(log.page(99, &a, 2).next, 5);
        assert_eq!(log.count(&a).count, 3);
        assert_eq!(log.newest(2).iter().map(|it| it.seq).collect::<Vec<_>>(), [5, 4]);
    }

    #[test]
    fn memory_is_bounded_and_counts_are_not() {
        let log = Log::default();
        for _ in 0..KEPT + 10 {
            log.keep(sample("/webhook/a"), Fate::Accepted);
        }
        assert_eq!(log.page(0, &all(), usize::MAX).items.len(), KEPT);
        assert_eq!(log.page(0, &all(), 1).items[0].seq, 11);
        assert_eq!(log.count(&all()).accepted, KEPT as u64 + 10);
    }

    #[test]
    fn clearing_forgets_all_but_the_numbering() {
        let log = Log::default();
        let now = Timestamp::from_millis(0);
        let claim = Claim { once: Some("a"), paced: Some(("robot", 1)) };
        assert_eq!(log.enter(claim, now), Entry::Taken);
        log.keep(sample("/webhook/a"), Fate::Accepted);
        log.clear();
        assert_eq!(log.count(&all()), Count::default());
        assert_eq!(log.enter(claim, now), Entry::Taken);
        log.keep(sample("/webhook/a"), Fate::Refused);
        assert_eq!(log.page(0, &all(), 10).items[0].seq, 2);
        assert_eq!(log.count(&all()), Count { count: 1, refused: 1, ..Count::default() });
    }

    #[tokio::test]
    async fn a_reader_can_wait_for_the_next() {
        let log = Arc::new(Log::default());
        let (reader, place) = (Arc::clone(&log), all());
        let waiting = tokio::spawn(async move { reader.page_within(0, &place, 10, Duration::from_secs(30)).await });
        tokio::task::yield_now().await;
        log.keep(sample("/webhook/a"), Fate::Accepted);
        assert_eq!(waiting.await.unwrap().items.len(), 1);
        assert_eq!(log.page_within(1, &all(), 10, Duration::ZERO).await.items.len(), 0);
    }
}
