//! Random moments that can be had again: a seeded generator, and how long a fault test is to run.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

/// Whether the long form of the fault suite runs (`make chaos`), rather than the short one of `make test`.
pub fn long() -> bool {
    std::env::var("POSTHORN_CHAOS").is_ok_and(|form| form == "long")
}

/// The first in the short form of the fault suite, the second in the long one.
pub fn short_or_long<T>(short_form: T, long_form: T) -> T {
    if long() { long_form } else { short_form }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): small, and good enough to pick moments.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The test's own generator and its seed: from `POSTHORN_CHAOS_SEED` where that is set. Tests of other names get other
    /// numbers from the same seed.
    pub fn of(test: &str) -> (Self, u64) {
        let seed = match std::env::var("POSTHORN_CHAOS_SEED") {
            Ok(seed) => seed.parse().unwrap_or_else(|_| panic!("POSTHORN_CHAOS_SEED is no number: {seed}")),
            Err(_) => uuid::Uuid::now_v7().as_u64_pair().1 >> 16,
        };
        let mut hasher = DefaultHasher::new();
        (test, seed).hash(&mut hasher);
        (Self(hasher.finish()), seed)
    }

    /// A generator that goes its own way from here.
    pub fn fork(&mut self) -> Self {
        Self(self.roll())
    }

    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to `end` - 1.
    pub fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }

    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    /// Milliseconds from `least` to `most`.
    pub fn millis(&mut self, least: u64, most: u64) -> Duration {
        Duration::from_millis(least + self.roll() % (most - least + 1))
    }

    /// Waits for a random time: the moment of a fault.
    pub async fn moment(&mut self, least: u64, most: u64) {
        tokio::time::sleep(self.millis(least, most)).await;
    }
}
