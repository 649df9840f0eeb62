//! A concurrent map whose entries go by themselves some time after they have ended, so that it stays bounded by what
//! is alive.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::time::Timestamp;

const SHARDS: usize = 64;
/// A shard smaller than this is not worth sweeping.
const SMALLEST_SWEEP: usize = 32;

/// What knows from when on it may be forgotten.
pub trait Ends {
    fn ends(&self) -> Timestamp;
}

struct Shard<K, V> {
    entries: HashMap<K, V>,
    /// At how many entries to look for ended ones: twice what was alive the last time, so that the cost per new entry
    /// is constant.
    sweep_at: usize,
}

/// See the module.
pub struct ExpiringMap<K, V> {
    shards: Box<[Mutex<Shard<K, V>>]>,
    hasher: RandomState,
}

impl<K: Hash + Eq, V: Ends> ExpiringMap<K, V> {
    pub fn new() -> Self {
        let shard = |_| Mutex::new(Shard { entries: HashMap::new(), sweep_at: SMALLEST_SWEEP });
        Self { shards: (0..SHARDS).map(shard).collect(), hasher: RandomState::new() }
    }

    fn shard<Q: Hash + ?Sized>(&self, key: &Q) -> MutexGuard<'_, Shard<K, V>> {
        let index = self.hasher.hash_one(key) as usize % SHARDS;
        // Nothing below panics half way through a change, so a poisoned shard is still whole.
        self.shards[index].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the entry, ended or not.
    pub fn read<Q, R>(&self, key: &Q, look: impl FnOnce(Option<&V>) -> R) -> R
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        look(self.shard(key).entries.get(key))
    }

    /// Changes the entry, which is made first if there is none. Exact under concurrency: one at a time per key.
    pub fn change<Q, R>(&self, key: &Q, now: Timestamp, make: impl FnOnce() -> V, change: impl FnOnce(&mut V) -> R) -> R
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        let mut shard = self.shard(key);
        if let Some(entry) = shard.entries.get_mut(key) {
            return change(entry);
        }
        if shard.entries.len() >= shard.sweep_at {
            shard.sweep(now);
        }
        change(shard.entries.entry(key.to_owned()).or_insert_with(make))
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().unwrap().entries.len()).sum()
    }
}

impl<K: Hash + Eq, V: Ends> Shard<K, V> {
    fn sweep(&mut self, now: Timestamp) {
        self.entries.retain(|_, entry| entry.ends() > now);
        self.sweep_at = (self.entries.len() * 2).max(SMALLEST_SWEEP);
        self.entries.shrink_to(self.sweep_at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Ends for Timestamp {
        fn ends(&self) -> Timestamp {
            *self
        }
    }

    #[test]
    fn what_has_ended_is_forgotten_and_what_has_not_stays() {
        let map = ExpiringMap::<String, Timestamp>::new();
        for now in 0..100_000 {
            map.change(&format!("{now}"), Timestamp(now), || Timestamp(now + 1000), |_| ());
            // Up to twice what is alive, and the smallest size of each shard.
            if now % 100 == 0 {
                assert!(map.len() <= 2 * 1000 + SHARDS * SMALLEST_SWEEP * 2, "{}", map.len());
            }
        }
        for now in 99_001..100_000 {
            assert!(map.read(&*format!("{now}"), |entry| entry.is_some()));
        }
    }
}
