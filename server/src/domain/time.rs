//! Times of day, and the clock that is passed in: nothing else in Posthorn asks the system for the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Microseconds since the Unix epoch, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis * 1000)
    }

    pub const fn as_millis(self) -> i64 {
        self.0 / 1000
    }

    pub const fn as_seconds(self) -> i64 {
        self.0 / 1_000_000
    }

    /// Later by `span`, at the end of time at the latest.
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }

    /// Earlier by `span`.
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; zero when it is not.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// As a calendar date and time; what lies outside chrono's range becomes the epoch.
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_micros())
    }
}

/// Where the time of day comes from, and the instants by which the time that passes is measured. Waiting is not its business:
/// timers are real, and a test that moves the clock wakes nobody.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    #[default]
    System,
    /// Says one time of day for ever, while time passes as it does: for what would be decided then.
    At(Timestamp),
    /// Stands still until it is moved: for tests.
    Manual(Arc<ManualTime>),
}

/// The time of a clock that a test moves.
#[derive(Debug)]
pub struct ManualTime {
    /// In microseconds, as [`Timestamp`].
    at: AtomicI64,
    /// The same moment as both of them see it.
    began: (Timestamp, Instant),
}

#[allow(clippy::disallowed_methods, reason = "the one place that may ask the system")]
impl Clock {
    pub fn manual(at: Timestamp) -> Self {
        Self::Manual(Arc::new(ManualTime { at: AtomicI64::new(at.0), began: (at, Instant::now()) }))
    }

    /// The time of day.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Utc::now().into(),
            Self::At(at) => *at,
            Self::Manual(time) => Timestamp(time.at.load(Ordering::SeqCst)),
        }
    }

    /// An instant that never goes back, whatever is done to the time of day: for how long something takes, and until when it
    /// may. It is to be compared with instants of this clock only.
    pub fn instant(&self) -> Instant {
        match self {
            Self::System | Self::At(_) => Instant::now(),
            Self::Manual(time) => time.began.1 + self.now().since(time.began.0),
        }
    }

    /// How long ago an instant of this clock is.
    pub fn since(&self, earlier: Instant) -> Duration {
        self.instant().saturating_duration_since(earlier)
    }

    /// Moves a manual clock on; no other can be moved.
    pub fn advance(&self, span: Duration) {
        if let Self::Manual(time) = self {
            time.at.fetch_add(i64::try_from(span.as_micros()).unwrap_or(0), Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_795_228_200_000);
    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_manual_clock_moves_both_its_time_of_day_and_its_instants() {
        let clock = Clock::manual(NOON);
        let (same, began) = (clock.clone(), clock.instant());
        assert_eq!((clock.now(), clock.since(began)), (NOON, Duration::ZERO));
        clock.advance(HOUR);
        assert_eq!((same.now().since(NOON), same.since(began)), (HOUR, HOUR));
    }

    #[test]
    fn a_clock_that_says_one_time_of_day_still_measures() {
        let clock = Clock::At(NOON);
        let began = clock.instant();
        clock.advance(HOUR);
        while clock.since(began).is_zero() {
            std::hint::spin_loop();
        }
        assert_eq!(clock.now(), NOON);
    }
}
