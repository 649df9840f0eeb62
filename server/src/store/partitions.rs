//! Monthly partitions on PostgreSQL, made ahead of time: by range of the UUIDv7 ids, whose first 48 bits are
//! milliseconds.

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use diesel_async::SimpleAsyncConnection;
use uuid::Uuid;

use super::conn::{Raw, Store};
use super::error::StoreError;
use crate::domain::time::Timestamp;

/// Tables that grow with the messages, and the settings of their partitions: half of a page is for the second form of
/// its rows, which no index needs to know of then (HOT).
const TABLES: &[(&str, &str)] = &[
    ("messages", " WITH (fillfactor = 50)"),
    ("channel_tasks", " WITH (fillfactor = 50)"),
    ("recipients", ""),
    ("timeline_entries", ""),
    ("inbox", ""),
];

/// Months made ahead, after the present one.
const AHEAD: u32 = 3;

impl Store {
    /// Makes the partitions of this month and the next ones, where they are missing. Does nothing on SQLite.
    ///
    /// # Errors
    /// Where the database refuses; what could not be made stays in the default partition.
    pub async fn make_partitions(&self, now: Timestamp) -> Result<(), StoreError> {
        if !self.is_postgres() {
            return Ok(());
        }
        let mut conn = self.write().await?;
        let Raw::Postgres(c) = conn.raw()? else { return Ok(()) };
        for statement in statements(now) {
            if let Err(error) = c.batch_execute(&statement).await {
                tracing::warn!(%error, statement, "a partition could not be made; its rows go to the default partition");
            }
        }
        Ok(())
    }
}

fn statements(now: Timestamp) -> Vec<String> {
    let first = now.to_utc().date_naive().with_day(1).unwrap_or_default();
    let mut statements = Vec::new();
    for ahead in 0..=AHEAD {
        let Some(month) = first.checked_add_months(Months::new(ahead)) else { continue };
        let Some(next) = month.checked_add_months(Months::new(1)) else { continue };
        for (table, with) in TABLES {
            statements.push(format!(
                "CREATE TABLE IF NOT EXISTS {table}_y{}m{:02} PARTITION OF {table} FOR VALUES FROM ('{}') TO ('{}'){with}",
                month.year(),
                month.month(),
                floor(month),
                floor(next),
            ));
        }
    }
    statements
}

/// The smallest id of a day.
fn floor(day: NaiveDate) -> Uuid {
    let at: DateTime<Utc> = day.and_time(chrono::NaiveTime::MIN).and_utc();
    Uuid::from_u128(u128::from(u64::try_from(at.timestamp_millis()).unwrap_or(0)) << 80)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::MessageId;

    #[test]
    fn months_follow_each_other_without_a_gap() {
        let now = Timestamp::from_millis(1_795_228_200_000); // 2026-11-21
        let statements = statements(now);
        assert_eq!(statements.len(), TABLES.len() * 4);
        assert!(statements[0].starts_with("CREATE TABLE IF NOT EXISTS messages_y2026m11 "), "{}", statements[0]);
        let day = |y, m| floor(NaiveDate::from_ymd_opt(y, m, 1).unwrap()).to_string();
        assert!(statements[0].contains(&format!("FROM ('{}') TO ('{}')", day(2026, 11), day(2026, 12))));
        assert!(statements[TABLES.len()].contains(&format!("FROM ('{}') TO ('{}')", day(2026, 12), day(2027, 1))));
        let id = MessageId::new(now).0;
        assert!(floor(NaiveDate::from_ymd_opt(2026, 11, 1).unwrap()) < id);
        assert!(id < floor(NaiveDate::from_ymd_opt(2026, 12, 1).unwrap()));
    }
}
