//! What is kept for how long: kinds of rows, each with a limit.

use std::fmt;
use std::time::Duration;

use chrono::Months;

use super::settings::RetentionSettings;
use super::stats::{HOURS_KEPT_MONTHS, MINUTES_KEPT};
use super::time::Timestamp;

/// A kind of rows with a limit, and a job, of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Messages that have ended, with their tasks, recipients and idempotency keys; and bulk jobs that have.
    Messages,
    /// Verdicts, attempts and operator actions; messages and tasks stay.
    Timeline,
    /// What LOCAL put into inboxes.
    Inbox,
    /// Numbers over time by minute.
    StatsByMinute,
    /// Numbers over time by hour.
    StatsByHour,
}

/// How long rows are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Calendar months.
    Months(u32),
    Hours(u32),
}

impl Limit {
    /// What is older than this goes.
    pub fn before(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Months(months) => months_before(now, months),
            Self::Hours(hours) => now.minus(Duration::from_secs(3600 * u64::from(hours))),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Months(1) => f.write_str("1 month"),
            Self::Months(months) => write!(f, "{months} months"),
            Self::Hours(hours) => write!(f, "{hours} hours"),
        }
    }
}

impl Kind {
    pub const ALL: [Self; 5] = [Self::Messages, Self::Timeline, Self::Inbox, Self::StatsByMinute, Self::StatsByHour];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Timeline => "timeline",
            Self::Inbox => "inbox",
            Self::StatsByMinute => "stats-minutes",
            Self::StatsByHour => "stats-hours",
        }
    }

    /// How long this kind is kept. The limits of numbers over time are no settings.
    pub fn limit(self, settings: &RetentionSettings) -> Limit {
        let months = |months: i32| Limit::Months(u32::try_from(months).unwrap_or(1).max(1));
        match self {
            Self::Messages => months(settings.messages_months),
            Self::Timeline => months(settings.timeline_months),
            Self::Inbox => months(settings.inbox_months),
            Self::StatsByMinute => Limit::Hours(u32::try_from(MINUTES_KEPT.as_secs() / 3600).unwrap_or(u32::MAX)),
            Self::StatsByHour => Limit::Months(HOURS_KEPT_MONTHS),
        }
    }
}

/// `months` calendar months before `now`, in UTC: from the 31st to the last day of a shorter month.
pub fn months_before(now: Timestamp, months: u32) -> Timestamp {
    // Out of the calendar's range nothing is old enough.
    now.to_utc().checked_sub_months(Months::new(months)).map_or(Timestamp(0), Timestamp::from)
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;

    fn at(year: i32, month: u32, day: u32) -> Timestamp {
        Utc.with_ymd_and_hms(year, month, day, 3, 7, 0).unwrap().into()
    }

    #[test]
    fn months_are_those_of_the_calendar() {
        assert_eq!(months_before(at(2026, 11, 21), 12), at(2025, 11, 21));
        assert_eq!(months_before(at(2026, 2, 28), 3), at(2025, 11, 28));
        assert_eq!(months_before(at(2026, 5, 31), 3), at(2026, 2, 28));
    }

    #[test]
    fn each_kind_has_its_own_limit() {
        let settings = RetentionSettings { messages_months: 24, timeline_months: 2, inbox_months: 7 };
        let limits = Kind::ALL.map(|kind| kind.limit(&settings).to_string());
        assert_eq!(limits, ["24 months", "2 months", "7 months", "48 hours", "13 months"]);
        assert_eq!(Limit::Months(1).to_string(), "1 month");
    }

    #[test]
    fn hours_are_counted_from_now() {
        assert_eq!(Limit::Hours(48).before(at(2026, 3, 1)), at(2026, 2, 27));
    }
}
