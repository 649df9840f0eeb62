//! Random numbers: the source that is passed in, and secrets, which come from the system always. Nothing else in Posthorn
//! draws any.

#![allow(clippy::disallowed_methods, reason = "the one place that may draw")]

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::distr::{Distribution, StandardUniform};
use rand::rngs::{StdRng, SysRng};
use rand::{RngExt, SeedableRng, TryRng};

/// Where random numbers come from that spread things or tell them apart. Not for secrets: those are [`secret_bytes`].
#[derive(Debug, Clone, Default)]
pub enum Chance {
    /// A generator of each thread's own: nobody waits for another.
    #[default]
    System,
    /// The same numbers for the same seed: for tests. Clones go on where the others are.
    Seeded(Arc<Mutex<StdRng>>),
}

impl Chance {
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// Any value of a whole number or array, each as likely; of `f64` one from 0 to below 1.
    pub fn draw<T>(&self) -> T
    where
        StandardUniform: Distribution<T>,
    {
        match self {
            Self::System => rand::random(),
            Self::Seeded(generator) => generator.lock().unwrap_or_else(PoisonError::into_inner).random(),
        }
    }

    /// From nothing to less than `span`.
    pub fn part_of(&self, span: Duration) -> Duration {
        span.mul_f64(self.draw())
    }

    /// 32 hexadecimal digits that nobody else has.
    pub fn name(&self) -> String {
        format!("{:032x}", self.draw::<u128>())
    }
}

/// For keys, nonces and whatever must not be guessed: from the system's generator, which no test can seed.
///
/// # Panics
/// Where the system gives none: rather no secret than one that can be guessed.
pub fn secret_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = SysRng.try_fill_bytes(&mut bytes) {
        panic!("the system gives no random numbers: {error}");
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_clones_share_them() {
        let draws = |chance: Chance| [chance.draw::<u64>(), chance.clone().draw(), chance.draw()];
        let drawn = draws(Chance::seeded(7));
        assert_eq!(drawn, draws(Chance::seeded(7)));
        assert_ne!(drawn, draws(Chance::seeded(8)));
        assert!(drawn[0] != drawn[1] && drawn[1] != drawn[2]);
    }

    #[test]
    fn a_part_is_less_than_the_whole_and_names_differ() {
        for chance in [Chance::System, Chance::seeded(1)] {
            let whole = Duration::from_millis(20);
            assert!((0..1000).all(|_| chance.part_of(whole) < whole));
            let (one, other) = (chance.name(), chance.name());
            assert!(one != other && one.len() == 32);
        }
    }

    #[test]
    fn secrets_are_never_the_same() {
        assert_ne!(secret_bytes::<32>(), secret_bytes::<32>());
    }
}
