//! Daily time windows, in whole hours of a time zone; they may wrap past midnight.

use chrono::{DateTime, Duration, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::time::Timestamp;

/// Open from the start of `start_hour` to the end of `end_hour`, each 0-23. `end_hour` before `start_hour` wraps past
/// midnight: 22-5 is open from 22:00 to 05:59:59.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimeWindow {
    pub start_hour: u8,
    pub end_hour: u8,
    /// The tenant's zone when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<Tz>,
}

impl TimeWindow {
    fn contains_hour(&self, hour: u32) -> bool {
        let (start, end) = (u32::from(self.start_hour), u32::from(self.end_hour));
        if start <= end { (start..=end).contains(&hour) } else { hour >= start || hour <= end }
    }

    /// The first instant at or after `at` at which the window is open; `at` itself when it is open then.
    ///
    /// Local hours that a daylight-saving change skips are passed over, and an hour that it repeats is open twice.
    pub fn next_open(&self, at: Timestamp, tenant_zone: Tz) -> Timestamp {
        let zone = self.timezone.unwrap_or(tenant_zone);
        let local = at.to_utc().with_timezone(&zone);
        if self.contains_hour(local.hour()) {
            return at;
        }
        // Zone offsets are not all whole hours, so walk by local hours: at most a day and a change of the clock.
        let mut candidate = top_of_hour(local);
        for _ in 0..50 {
            candidate = top_of_hour(candidate + Duration::hours(1));
            if self.contains_hour(candidate.hour()) {
                return candidate.with_timezone(&Utc).into();
            }
        }
        at
    }
}

fn top_of_hour(local: DateTime<Tz>) -> DateTime<Tz> {
    let past = i64::from(local.minute()) * 60 + i64::from(local.second());
    let whole = local - Duration::seconds(past);
    whole.timezone().timestamp_opt(whole.timestamp(), 0).single().unwrap_or(whole)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc).into()
    }

    fn window(start_hour: u8, end_hour: u8) -> TimeWindow {
        TimeWindow { start_hour, end_hour, timezone: Some(chrono_tz::Asia::Shanghai) }
    }

    #[test]
    fn an_open_window_lets_through_at_once() {
        let now = at("2026-11-21T02:30:00Z"); // 10:30 in Shanghai
        assert_eq!(window(9, 17).next_open(now, Tz::UTC), now);
        // The end hour is open to its end.
        let late = at("2026-11-21T09:59:59Z"); // 17:59:59
        assert_eq!(window(9, 17).next_open(late, Tz::UTC), late);
    }

    #[test]
    fn a_closed_window_names_its_next_opening() {
        assert_eq!(window(9, 17).next_open(at("2026-11-21T10:00:00Z"), Tz::UTC), at("2026-11-22T01:00:00Z"));
        assert_eq!(window(9, 17).next_open(at("2026-11-20T22:15:30Z"), Tz::UTC), at("2026-11-21T01:00:00Z"));
    }

    #[test]
    fn a_window_wraps_past_midnight() {
        let night = window(22, 5);
        let three = at("2026-11-20T19:00:00Z"); // 03:00
        assert_eq!(night.next_open(three, Tz::UTC), three);
        assert_eq!(night.next_open(at("2026-11-21T04:20:00Z"), Tz::UTC), at("2026-11-21T14:00:00Z"));
    }

    #[test]
    fn the_tenants_zone_stands_in_for_an_absent_one() {
        let window = TimeWindow { start_hour: 9, end_hour: 9, timezone: None };
        assert_eq!(window.next_open(at("2026-11-21T00:00:00Z"), chrono_tz::Asia::Kolkata), at("2026-11-21T03:30:00Z"));
    }

    #[test]
    fn an_hour_that_daylight_saving_skips_is_passed_over() {
        let window = TimeWindow { start_hour: 2, end_hour: 2, timezone: Some(chrono_tz::Europe::Berlin) };
        // 2027-03-28 has no 02:xx in Berlin; the next is on the 29th, at 00:00 UTC.
        assert_eq!(window.next_open(at("2027-03-28T00:30:00Z"), Tz::UTC), at("2027-03-29T00:00:00Z"));
    }

    proptest! {
        #[test]
        fn the_next_opening_is_open_and_within_two_days(
            start in 0u8..24, end in 0u8..24, seconds in 1_700_000_000i64..1_900_000_000,
        ) {
            let window = TimeWindow { start_hour: start, end_hour: end, timezone: Some(chrono_tz::Europe::Berlin) };
            let now = Timestamp::from_millis(seconds * 1000);
            let open = window.next_open(now, Tz::UTC);
            prop_assert!(open >= now);
            prop_assert!(open.since(now).as_secs() <= 2 * 86_400);
            let hour = open.to_utc().with_timezone(&chrono_tz::Europe::Berlin).hour();
            prop_assert!(window.contains_hour(hour));
            // Nothing earlier is open: a second before it is closed, unless it is already open now.
            if open > now {
                let before = (open.to_utc() - Duration::seconds(1)).with_timezone(&chrono_tz::Europe::Berlin);
                prop_assert!(!window.contains_hour(before.hour()));
            }
        }
    }
}
