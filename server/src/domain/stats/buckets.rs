//! The spans of a series: minutes and hours of UTC, days of a time zone.

use chrono::{Days, NaiveTime, Offset, TimeZone};
use chrono_tz::Tz;

use super::StatsInterval;
use crate::domain::time::Timestamp;

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A series' buckets, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buckets {
    /// The beginning of each, and the end of the last.
    bounds: Vec<Timestamp>,
    /// What the rows are read by: minutes or hours, in seconds.
    pub width: i32,
    /// What the database adds rows up to, in microseconds, before they are sorted into buckets.
    pub span: i64,
    /// Added before a row's time is cut to a span, in microseconds.
    pub shift: i64,
}

impl Buckets {
    /// The buckets from the one that `from` is in to the one before `to`; None where they are more than `most`.
    pub fn new(interval: StatsInterval, from: Timestamp, to: Timestamp, zone: Tz, most: usize) -> Option<Self> {
        let bounds = match interval {
            StatsInterval::Minute => even(from, to, MINUTE, most)?,
            StatsInterval::Hour => even(from, to, HOUR, most)?,
            StatsInterval::Day => days(from, to, zone, most)?,
        };
        let (width, span, shift) = match interval {
            StatsInterval::Minute => (60, MINUTE, 0),
            StatsInterval::Hour => (3600, HOUR, 0),
            // Where all days are alike the database can add up whole days.
            StatsInterval::Day => match bounds.first() {
                Some(first) if bounds.windows(2).all(|pair| pair[1].0 - pair[0].0 == DAY) && first.0 % HOUR == 0 => {
                    (3600, DAY, -(first.0 % DAY))
                }
                _ => (3600, HOUR, 0),
            },
        };
        Some(Self { bounds, width, span, shift })
    }

    pub fn len(&self) -> usize {
        self.bounds.len() - 1
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the first begins.
    pub fn from(&self) -> Timestamp {
        self.bounds.first().copied().unwrap_or_default()
    }

    /// Where the last ends.
    pub fn to(&self) -> Timestamp {
        self.bounds.last().copied().unwrap_or_default()
    }

    /// The beginning of each.
    pub fn starts(&self) -> &[Timestamp] {
        &self.bounds[..self.len()]
    }

    /// Which of them an instant is in.
    pub fn position(&self, at: Timestamp) -> Option<usize> {
        let after = self.bounds.partition_point(|bound| *bound <= at);
        after.checked_sub(1).filter(|position| *position < self.len())
    }
}

/// Buckets of `span` microseconds of UTC.
fn even(from: Timestamp, to: Timestamp, span: i64, most: usize) -> Option<Vec<Timestamp>> {
    let first = from.0.div_euclid(span);
    let last = to.0.saturating_add(span - 1).div_euclid(span).max(first + 1);
    (last - first <= i64::try_from(most).unwrap_or(i64::MAX))
        .then(|| (first..=last).map(|n| Timestamp(n * span)).collect())
}

/// Days of a zone, from midnight to midnight.
fn days(from: Timestamp, to: Timestamp, zone: Tz, most: usize) -> Option<Vec<Timestamp>> {
    let mut day = from.to_utc().with_timezone(&zone).date_naive();
    let mut bounds = Vec::new();
    loop {
        let naive = day.and_time(NaiveTime::MIN);
        // Where the clocks go forward at midnight the day begins an hour later.
        let begin = zone.from_local_datetime(&naive).earliest().map_or_else(
            || {
                let offset = zone.offset_from_utc_datetime(&naive).fix();
                naive.and_utc() - chrono::Duration::seconds(i64::from(offset.local_minus_utc()))
            },
            |begin| begin.to_utc(),
        );
        let begin = Timestamp::from(begin);
        bounds.push(begin);
        if bounds.len() > 1 && begin >= to {
            return Some(bounds);
        }
        if bounds.len() > most {
            return None;
        }
        day = day.checked_add_days(Days::new(1))?;
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse::<chrono::DateTime<Utc>>().unwrap().into()
    }

    proptest! {
        #[test]
        fn every_instant_of_a_range_is_in_one_bucket(
            from in 1_700_000_000i64..1_900_000_000, length in 1i64..5_000_000, zone in 0usize..4, inside in 0.0..1.0f64,
        ) {
            let zones = [Tz::UTC, Tz::Asia__Shanghai, Tz::Asia__Kolkata, Tz::America__New_York];
            let (from, to) = (Timestamp(from * 1_000_000), Timestamp((from + length) * 1_000_000));
            let at = Timestamp(from.0 + ((to.0 - from.0) as f64 * inside) as i64);
            for interval in [StatsInterval::Minute, StatsInterval::Hour, StatsInterval::Day] {
                let buckets = Buckets::new(interval, from, to, zones[zone], 100_000).unwrap();
                prop_assert!(buckets.from() <= from && buckets.to() >= to);
                let position = buckets.position(at.min(Timestamp(to.0 - 1)).max(from)).unwrap();
                prop_assert!(buckets.starts()[position] <= at);
                // What the database adds up is in one bucket as a whole.
                let row = at.0 - at.0.rem_euclid(i64::from(buckets.width) * 1_000_000);
                let cut = row - (row + buckets.shift).rem_euclid(buckets.span);
                if row >= buckets.from().0 {
                    prop_assert_eq!(buckets.position(Timestamp(cut.max(buckets.from().0))), buckets.position(Timestamp(row)));
                }
            }
        }
    }

    #[test]
    fn days_are_those_of_the_zone() {
        let day = |from, to, zone| Buckets::new(StatsInterval::Day, at(from), at(to), zone, 40).unwrap();
        let shanghai = day("2026-11-20T17:00:00Z", "2026-11-22T15:00:00Z", Tz::Asia__Shanghai);
        assert_eq!(shanghai.starts(), [at("2026-11-20T16:00:00Z"), at("2026-11-21T16:00:00Z")]);
        assert_eq!((shanghai.span, shanghai.len()), (DAY, 2));
        // The clocks go back on the first of November 2026.
        let new_york = day("2026-10-31T12:00:00Z", "2026-11-02T12:00:00Z", Tz::America__New_York);
        let starts = ["2026-10-31T04:00:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"].map(at);
        assert_eq!((new_york.starts(), new_york.span), (starts.as_slice(), HOUR));
        assert_eq!(
            Buckets::new(StatsInterval::Day, at("2026-01-01T00:00:00Z"), at("2026-02-15T00:00:00Z"), Tz::UTC, 40),
            None
        );
    }

    #[test]
    fn a_range_takes_whole_buckets() {
        let hours =
            Buckets::new(StatsInterval::Hour, at("2026-11-21T10:30:00Z"), at("2026-11-21T12:00:01Z"), Tz::UTC, 3)
                .unwrap();
        assert_eq!((hours.from(), hours.to()), (at("2026-11-21T10:00:00Z"), at("2026-11-21T13:00:00Z")));
        assert_eq!(Buckets::new(StatsInterval::Hour, hours.from(), hours.to(), Tz::UTC, 2), None);
    }
}
