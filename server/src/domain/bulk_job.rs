//! A bulk job: what an operator does to many failed tasks at once, in the background, page by page.

use std::time::Duration;

use super::enums::{BulkKind, BulkStatus};
use super::failed::FailedFilter;
use super::id::{BulkJobId, TaskId, TenantId};
use super::time::Timestamp;

/// Tasks of one page at most: so long is a transaction that others wait for.
const MAX_PAGE: i32 = 200;
/// Pages a second, where the rate allows for more than one task each.
const PAGES_PER_SECOND: i32 = 4;

/// Tasks per second that a job may be told to handle.
pub const RATES: std::ops::RangeInclusive<i32> = 1..=10_000;
/// Where the operator names no rate.
pub const DEFAULT_RATE: i32 = 100;

/// A job and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkJob {
    pub id: BulkJobId,
    /// None: it is about every tenant's tasks.
    pub tenant_id: Option<TenantId>,
    pub kind: BulkKind,
    pub status: BulkStatus,
    /// Of these only what had failed when the job was made.
    pub filter: FailedFilter,
    /// Tasks per second, one of [`RATES`].
    pub rate_per_second: i32,
    /// How many tasks there were at the start; None where they took too long to count.
    pub total: Option<i32>,
    /// Tasks that were sent again or discarded.
    pub done: i32,
    /// Tasks that were no longer failed when their turn came.
    pub skipped: i32,
    /// The last task that was handled.
    pub position: Option<TaskId>,
    pub error_message: Option<String>,
    /// The name of the operator's key.
    pub created_by: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

impl BulkJob {
    /// How many tasks a page has: few enough for an even pace and short transactions.
    pub fn page_size(&self) -> i32 {
        (self.rate_per_second / PAGES_PER_SECOND).clamp(1, MAX_PAGE)
    }

    /// How long after a page of `count` tasks has begun the next one may begin.
    pub fn pace(&self, count: i32) -> Duration {
        let count = u32::try_from(count).unwrap_or(0);
        Duration::from_secs(1) * count / u32::try_from(self.rate_per_second).unwrap_or(1).max(1)
    }

    /// `total` where more was met than counted: what fails while it is counted may be missed.
    pub fn total_at_least(&self, met: i32) -> Option<i32> {
        self.total.map(|total| total.max(met))
    }

    /// `skipped` at the end: what was counted at the start and not met any more was no longer failed.
    pub fn skipped_at_the_end(&self) -> i32 {
        self.total.map_or(self.skipped, |total| self.skipped.max(total - self.done))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(rate_per_second: i32) -> BulkJob {
        let at = Timestamp::from_millis(1_000);
        BulkJob {
            id: BulkJobId::new(at),
            tenant_id: None,
            kind: BulkKind::Retry,
            status: BulkStatus::Running,
            filter: FailedFilter::default(),
            rate_per_second,
            total: Some(10),
            done: 6,
            skipped: 1,
            position: None,
            error_message: None,
            created_by: "me".to_owned(),
            created_at: at,
            updated_at: at,
            finished_at: None,
        }
    }

    #[test]
    fn full_pages_make_the_rate() {
        for rate in [1, 2, 3, 4, 7, 100, 999, 10_000] {
            let job = job(rate);
            let page = job.page_size();
            assert!((1..=MAX_PAGE).contains(&page));
            let seconds = job.pace(page).as_secs_f64();
            assert!((f64::from(page) / seconds - f64::from(rate)).abs() < 0.01, "{rate}");
            assert!(seconds <= 1.0, "a pause would wait for {seconds} seconds");
        }
        assert_eq!(job(1).pace(0), Duration::ZERO);
    }

    #[test]
    fn what_was_counted_and_not_met_was_skipped() {
        assert_eq!(job(1).skipped_at_the_end(), 4);
        assert_eq!(BulkJob { total: None, ..job(1) }.skipped_at_the_end(), 1);
        assert_eq!(job(1).total_at_least(12), Some(12));
        assert_eq!(job(1).total_at_least(7), Some(10));
    }
}
