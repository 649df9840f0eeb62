//! Heeding providers that throttle: the whole config pauses, for twice as long each time in a row.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::channels::Outcome;
use crate::domain::id::ChannelConfigId;
use crate::domain::time::Timestamp;

/// The longest pause that throttling leads to, unless the provider asks for a longer one.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// A pause that is not in force this long after it began was lifted.
const SETTLED: Duration = Duration::from_secs(1);

/// How a config was throttled lately.
#[derive(Debug, Clone, Copy, Default)]
struct Throttled {
    /// In a row.
    times: u32,
    /// The pause that the last time led to.
    from: Timestamp,
    until: Timestamp,
}

/// How often each config was throttled in a row.
#[derive(Clone, Default)]
pub(super) struct Throttling(Arc<Mutex<HashMap<ChannelConfigId, Throttled>>>);

impl Throttling {
    /// Takes note of an outcome. `paused`: whether the config is now. Answers how long it is to pause, if it is.
    pub(super) fn note(
        &self,
        id: ChannelConfigId,
        outcome: &Outcome,
        paused: bool,
        now: Timestamp,
    ) -> Option<Duration> {
        let mut throttled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Outcome::Throttle { wait, .. } => {
                let last = throttled.entry(id).or_default();
                // Sends that were under way together are answered alike: that is one throttling, not many.
                let lifted = !paused && now.since(last.from) >= SETTLED;
                (now >= last.until || lifted).then(|| {
                    let pause = wait.saturating_mul(1 << last.times.min(10)).min(LONGEST_PAUSE.max(*wait));
                    *last = Throttled { times: last.times + 1, from: now, until: now.plus(pause) };
                    pause
                })
            }
            Outcome::Ok { .. } => {
                throttled.remove(&id);
                None
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttle() -> Outcome {
        Outcome::Throttle { detail: "130101".to_owned(), wait: Duration::from_secs(60) }
    }

    #[test]
    fn each_throttling_in_a_row_doubles_the_pause_and_a_success_ends_the_row() {
        let (throttling, id) = (Throttling::default(), ChannelConfigId::new(Timestamp(0)));
        let mut now = Timestamp(0);
        for seconds in [60, 120, 240, 480, 600, 600] {
            let pause = throttling.note(id, &throttle(), false, now);
            assert_eq!(pause, Some(Duration::from_secs(seconds)));
            now = now.plus(Duration::from_secs(seconds));
        }
        assert_eq!(throttling.note(id, &Outcome::ok("sent"), false, now), None);
        assert_eq!(throttling.note(id, &throttle(), false, now), Some(Duration::from_secs(60)));
    }

    #[test]
    fn answers_to_what_was_under_way_together_are_one_throttling() {
        let (throttling, id) = (Throttling::default(), ChannelConfigId::new(Timestamp(0)));
        assert!(throttling.note(id, &throttle(), false, Timestamp(0)).is_some());
        for _ in 0..20 {
            assert_eq!(throttling.note(id, &throttle(), true, Timestamp(1)), None);
        }
        let later = Timestamp(0).plus(Duration::from_secs(60));
        assert_eq!(throttling.note(id, &throttle(), false, later), Some(Duration::from_secs(120)));
    }

    #[test]
    fn throttling_after_a_pause_was_lifted_is_another() {
        let (throttling, id) = (Throttling::default(), ChannelConfigId::new(Timestamp(0)));
        assert!(throttling.note(id, &throttle(), false, Timestamp(0)).is_some());
        assert_eq!(throttling.note(id, &throttle(), true, Timestamp(0).plus(SETTLED)), None);
        let again = throttling.note(id, &throttle(), false, Timestamp(0).plus(SETTLED));
        assert_eq!(again, Some(Duration::from_secs(120)));
    }
}
