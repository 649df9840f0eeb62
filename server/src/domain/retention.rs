//! What is kept for how long: kinds of rows, each with a limit in calendar months.

use chrono::Months;

use super::settings::RetentionSettings;
use super::time::Timestamp;

/// A kind of rows with a limit, and a job, of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Messages that have ended, with their tasks, recipients and idempotency keys.
    Messages,
    /// Verdicts, attempts and operator actions; messages and tasks stay.
    Timeline,
    /// What LOCAL put into inboxes.
    Inbox,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Messages, Self::Timeline, Self::Inbox];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Timeline => "timeline",
            Self::Inbox => "inbox",
        }
    }

    /// How many months this kind is kept.
    pub fn months(self, settings: &RetentionSettings) -> u32 {
        let months = match self {
            Self::Messages => settings.messages_months,
            Self::Timeline => settings.timeline_months,
            Self::Inbox => settings.inbox_months,
        };
        u32::try_from(months).unwrap_or(1).max(1)
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
        assert_eq!(Kind::ALL.map(|kind| kind.months(&settings)), [24, 2, 7]);
    }
}
