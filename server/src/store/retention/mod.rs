//! Removing what is older than its limit. Ids carry their time, so what is old is found by the primary key.
//!
//! - [`rows`]: small deletes, on SQLite, and on PostgreSQL in default partitions and in months too full to be dropped
//! - [`partitions`]: whole months on PostgreSQL: taken off the table under a short lock, what must stay put back, dropped
//! - [`months`]: which months of which table go, and what becomes of them
//! - [`timeline`]: emptying verdicts and attempts, on both
//! - [`stats`]: numbers over time, on both
//! - [`due`]: what would go; changes nothing

mod due;
mod months;
mod partitions;
mod rows;
mod stats;
#[cfg(test)]
mod tests;
mod timeline;

use std::time::Duration;

use super::conn::Store;
use super::error::StoreError;
use crate::domain::retention::Kind;
use crate::domain::time::Timestamp;

pub use due::Due;

/// Rows of one transaction.
const ROWS_AT_ONCE: usize = 500;
/// Messages of one transaction: each has rows in other tables too.
const MESSAGES_AT_ONCE: usize = 100;
/// Between two transactions, so that whoever else writes has the database most of the time.
const PAUSE: Duration = Duration::from_millis(50);

/// What one run removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Removed {
    /// Table (or `timelines`, for messages whose verdicts and attempts were emptied) and how many of its rows.
    pub rows: Vec<(&'static str, u64)>,
    /// Whole monthly partitions among that.
    pub partitions: u64,
    /// Partitions that are old enough and stay for now, because too many of their rows stay: all others were deleted.
    pub emptied: Vec<String>,
    /// Partitions that are old enough and stay for now, untouched: their table was busy.
    pub waiting: Vec<String>,
}

impl Removed {
    fn add(&mut self, what: &'static str, rows: usize) {
        let rows = u64::try_from(rows).unwrap_or(u64::MAX);
        match self.rows.iter_mut().find(|(known, _)| *known == what) {
            Some((_, sum)) => *sum += rows,
            None => self.rows.push((what, rows)),
        }
    }

    /// Rows of `what`.
    pub fn of(&self, what: &str) -> u64 {
        self.rows.iter().find(|(known, _)| *known == what).map_or(0, |(_, rows)| *rows)
    }

    /// Rows of all tables.
    pub fn total(&self) -> u64 {
        self.rows.iter().map(|(_, rows)| rows).sum()
    }
}

impl Store {
    /// Removes what of `kind` is older than `before`; takes as long as it takes. None where another process is at it.
    /// It may be dropped at any point: what is left is found by the next run.
    ///
    /// # Errors
    /// Where the database refuses; what was removed until then stays removed.
    pub async fn remove_old(
        &self,
        kind: Kind,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Removed>, StoreError> {
        let mut removed = Removed::default();
        match self {
            Self::Sqlite(_) => match kind {
                Kind::Messages => {
                    rows::messages(self, before, &mut removed).await?;
                    rows::bulk_jobs(self, before, &mut removed).await?;
                }
                Kind::Timeline => {
                    timeline::empty(self, before, &mut removed).await?;
                    rows::entries(self, before, &mut removed).await?;
                }
                Kind::Inbox => rows::inbox(self, before, &mut removed).await?,
                Kind::StatsByMinute | Kind::StatsByHour => stats::remove(self, kind, before, &mut removed).await?,
            },
            Self::Postgres(store) => {
                let Some(mut upkeep) = partitions::Upkeep::start(store, kind).await? else { return Ok(None) };
                match kind {
                    Kind::Messages => {
                        months::messages(self, &mut upkeep, before, now, &mut removed).await?;
                        rows::bulk_jobs(self, before, &mut removed).await?;
                    }
                    Kind::Timeline => {
                        timeline::empty(self, before, &mut removed).await?;
                        months::entries(&mut upkeep, before, &mut removed).await?;
                        rows::entries(self, before, &mut removed).await?;
                    }
                    Kind::Inbox => {
                        months::inbox(&mut upkeep, before, &mut removed).await?;
                        rows::inbox(self, before, &mut removed).await?;
                    }
                    Kind::StatsByMinute | Kind::StatsByHour => stats::remove(self, kind, before, &mut removed).await?,
                }
                upkeep.end().await?;
            }
        }
        Ok(Some(removed))
    }
}
