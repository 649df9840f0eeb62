//! Durations counted by steps of a fixed log scale: small, and two of them add up.

use std::collections::BTreeMap;

/// The highest step of the log scale: nine days and more.
pub const LAST_STEP: i16 = 79;
/// Where nothing was measured.
pub const NOT_MEASURED: i16 = -1;
/// Two steps for each doubling: 2 / ln 2. The statements in `store::stats` have the same number.
const STEPS_PER_E: f64 = 2.885_390_081_777_927;

/// The step of the log scale that a duration belongs to, from 0 (a microsecond): step `n` begins at 2^(n/2) µs.
pub fn step_of(micros: i64) -> i16 {
    let step = (STEPS_PER_E * (micros.max(1) as f64).ln()).floor();
    (step as i16).clamp(0, LAST_STEP)
}

/// How often a duration was in each step. Two of them add up to that of both.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Histogram(BTreeMap<i16, u64>);

impl Histogram {
    pub fn add(&mut self, step: i16, count: u64) {
        if step != NOT_MEASURED {
            *self.0.entry(step).or_default() += count;
        }
    }

    pub fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|(step, count)| self.add(*step, *count));
    }

    /// How many were measured.
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// The duration that a part of `quantile` (0 to 1) does not exceed, in milliseconds: exact to its step, which is a factor
    /// of 1.41 wide; within it, all are taken to be spread evenly. None where nothing was measured.
    pub fn quantile_ms(&self, quantile: f64) -> Option<f64> {
        let count = self.count();
        let (rank, mut below) = (quantile * count as f64, 0.0);
        for (step, of_step) in &self.0 {
            let of_step = *of_step as f64;
            if below + of_step >= rank {
                let within = ((rank - below) / of_step).clamp(0.0, 1.0);
                return Some(((f64::from(*step) + within) / 2.0).exp2() / 1000.0);
            }
            below += of_step;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn steps_double_every_two() {
        assert_eq!([0, 1, 3, 5, 1000, 1025, 1_000_000].map(step_of), [0, 0, 3, 4, 19, 20, 39]);
        assert_eq!((step_of(-5), step_of(i64::MAX)), (0, LAST_STEP));
    }

    #[test]
    fn a_quantile_of_nothing_is_nothing() {
        let mut histogram = Histogram::default();
        histogram.add(NOT_MEASURED, 7);
        assert_eq!((histogram.count(), histogram.quantile_ms(0.5)), (0, None));
    }

    proptest! {
        #[test]
        fn quantiles_are_right_to_a_step_and_histograms_add_up(
            one in prop::collection::vec(1i64..100_000_000, 1..200), two in prop::collection::vec(1i64..100_000_000, 0..200),
        ) {
            let of = |all: &[i64]| {
                let mut histogram = Histogram::default();
                all.iter().for_each(|micros| histogram.add(step_of(*micros), 1));
                histogram
            };
            let mut all = [one.clone(), two.clone()].concat();
            let mut sum = of(&one);
            sum.merge(&of(&two));
            prop_assert_eq!(&sum, &of(&all));
            all.sort_unstable();
            for quantile in [0.5, 0.99] {
                let rank = ((quantile * all.len() as f64).ceil() as usize).clamp(1, all.len());
                let (exact, told) = (all[rank - 1] as f64 / 1000.0, sum.quantile_ms(quantile).unwrap());
                prop_assert!(told / exact < 1.4143 && exact / told < 1.4143, "{} for {}", told, exact);
            }
        }
    }
}
