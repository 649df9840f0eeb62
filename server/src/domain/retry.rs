//! Backoff between the attempts of a task.

use std::time::Duration;

use super::settings::RetrySettings;

/// How long to wait after a transient failure, with `retries` retries already made: interval × multiplier^retries,
/// capped, then spread by the jitter share in both directions. `random` is uniform in 0..1.
pub fn backoff(settings: &RetrySettings, retries: i32, random: f64) -> Duration {
    let base = f64::from(settings.interval_seconds) * settings.backoff_multiplier.powi(retries.max(0));
    let capped = base.min(f64::from(settings.max_interval_seconds));
    let spread = 1.0 + settings.jitter * (2.0 * random - 1.0);
    Duration::from_millis((capped * spread * 1000.0).max(0.0) as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn settings(jitter: f64) -> RetrySettings {
        RetrySettings { jitter, ..RetrySettings::default() }
    }

    #[test]
    fn the_default_doubles_from_a_minute() {
        let waits: Vec<_> = (0..4).map(|retries| backoff(&settings(0.0), retries, 0.5).as_secs()).collect();
        assert_eq!(waits, [60, 120, 240, 480]);
    }

    #[test]
    fn the_cap_holds() {
        assert_eq!(backoff(&settings(0.0), 60, 0.5).as_secs(), 3600);
    }

    proptest! {
        #[test]
        fn jitter_stays_within_its_share(retries in 0i32..100, random in 0.0f64..1.0, jitter in 0.0f64..=1.0) {
            let exact = backoff(&settings(0.0), retries, 0.5).as_secs_f64();
            let spread = backoff(&settings(jitter), retries, random).as_secs_f64();
            prop_assert!(spread >= exact * (1.0 - jitter) - 0.001);
            prop_assert!(spread <= exact * (1.0 + jitter) + 0.001);
        }
    }
}
