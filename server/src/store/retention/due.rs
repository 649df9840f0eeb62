//! What a run would remove, by the decisions that a run makes. Reads only, but reads all of that: it counts.

use diesel::{OptionalExtension as _, QueryableByName};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::super::conn::{PgStore, Raw, Store};
use super::super::error::StoreError;
use super::super::message::floor_id;
use super::partitions::{PUT_BACK, Upkeep};
use super::{months, stats, timeline};
use crate::domain::retention::Kind;
use crate::domain::time::Timestamp;

/// What would go of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The table, or `timelines`: messages whose verdicts and attempts would be emptied.
    pub what: &'static str,
    /// The oldest row there is, whether it would go or not. Of `timelines`: the oldest that was not looked at yet.
    pub oldest: Option<Timestamp>,
    pub rows: u64,
    /// Whole months among that, of this table and those that go with it.
    pub partitions: u64,
    /// Rows that are old enough and stay: they have not ended, or not long enough ago.
    pub stay: u64,
}

/// A table as the counting needs it.
struct Table {
    what: &'static str,
    /// Where the rows are.
    name: &'static str,
    /// Only ids behind this one count.
    after: Uuid,
    /// For SQL: whether an old row goes.
    goes: String,
    /// Whole months go where they can.
    monthly: bool,
}

impl Table {
    fn all(kind: Kind, before: Timestamp, mark: Uuid) -> Vec<Self> {
        let (nil, ended) = (Uuid::nil(), format!("finished_at < {}", before.0));
        let table = |what, name, after, goes, monthly| Self { what, name, after, goes, monthly };
        match kind {
            Kind::Messages => vec![
                table("messages", "messages", nil, ended.clone(), true),
                table("bulk_jobs", "bulk_jobs", nil, ended, false),
            ],
            Kind::Timeline => vec![
                table("timelines", "messages", mark, ended, false),
                table("timeline_entries", "timeline_entries", nil, "TRUE".to_owned(), true),
            ],
            Kind::Inbox => vec![table("inbox", "inbox", nil, format!("created_at < {}", before.0), true)],
            // Their rows have no ids.
            Kind::StatsByMinute | Kind::StatsByHour => Vec::new(),
        }
    }
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    goes: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    stays: i64,
}

impl Store {
    /// What [`Store::remove_old`] would remove of `kind` now. Changes nothing.
    ///
    /// # Errors
    /// Where the database can't be read.
    pub async fn due_for_removal(&self, kind: Kind, before: Timestamp) -> Result<Vec<Due>, StoreError> {
        if matches!(kind, Kind::StatsByMinute | Kind::StatsByHour) {
            return Ok(vec![stats::due(self, kind, before).await?]);
        }
        let mark = timeline::mark(&mut self.read().await?).await?;
        let waiting = if kind == Kind::Timeline { self.waiting(before).await? } else { 0 };
        let mut all = Vec::new();
        for table in Table::all(kind, before, mark) {
            let mut due = match self {
                Self::Sqlite(_) => self.on_sqlite(&table, before).await?,
                Self::Postgres(store) => on_postgres(store, &table, before).await?,
            };
            if due.what == "timelines" {
                due.rows += waiting;
            }
            all.push(due);
        }
        Ok(all)
    }

    /// Timelines that could not be emptied when their turn came, and can be now.
    async fn waiting(&self, before: Timestamp) -> Result<u64, StoreError> {
        let query = format!(
            "SELECT count(*) AS goes, 0 AS stays FROM timeline_later l JOIN messages m ON m.id = l.message_id \
             WHERE m.finished_at < {}",
            before.0
        );
        let mut conn = self.read().await?;
        let counted: Counted = match conn.raw()? {
            Raw::Sqlite(c) => diesel::sql_query(query).get_result(c).await?,
            Raw::Postgres(c) => {
                diesel::sql_query(query.replace("0 AS stays", "0::bigint AS stays")).get_result(c).await?
            }
        };
        Ok(number(counted.goes))
    }

    async fn on_sqlite(&self, table: &Table, before: Timestamp) -> Result<Due, StoreError> {
        let literal = |id: Uuid| format!("X'{}'", id.simple());
        let range = format!("id > {} AND id < {}", literal(table.after), literal(floor_id(before).0));
        let (name, goes) = (table.name, &table.goes);
        let count = format!(
            "SELECT count(*) FILTER (WHERE {goes}) AS goes, count(*) FILTER (WHERE ({goes}) IS NOT TRUE) AS stays \
             FROM {name} WHERE {range}"
        );
        let oldest = format!("SELECT id FROM {name} WHERE id > {} ORDER BY id LIMIT 1", literal(table.after));
        let mut conn = self.read().await?;
        let Raw::Sqlite(c) = conn.raw()? else { return Err(StoreError::corrupt("not SQLite")) };
        let counted: Counted = diesel::sql_query(count).get_result(c).await?;
        let oldest: Option<super::rows::Found> = diesel::sql_query(oldest).get_result(c).await.optional()?;
        Ok(Due {
            what: table.what,
            oldest: oldest.map(|row| time_of(row.id.0)),
            rows: number(counted.goes),
            partitions: 0,
            stay: number(counted.stays),
        })
    }
}

async fn on_postgres(store: &PgStore, table: &Table, before: Timestamp) -> Result<Due, StoreError> {
    let mut upkeep = Upkeep::open(store).await?;
    let (name, goes, limit) = (table.name, table.goes.as_str(), floor_id(before).0);
    let range = format!("id > '{}' AND id < '{limit}'", table.after);
    let mut due = Due { what: table.what, oldest: None, rows: 0, partitions: 0, stay: 0 };
    if table.monthly {
        count(&mut upkeep, &format!("{name}_default"), goes, &range, &mut due).await?;
        for retired in upkeep.left_over(name).await? {
            // Of messages, what stays was put back when they were taken off.
            let goes = if name == "messages" { "TRUE" } else { goes };
            count(&mut upkeep, &retired, goes, "TRUE", &mut due).await?;
        }
        let mut left = Vec::new();
        for month in upkeep.partitions(name).await? {
            if month.to > limit {
                left.push(month);
                continue;
            }
            let stay = count(&mut upkeep, &month.name, goes, "TRUE", &mut due).await?;
            // Inbox entries are put back without a lock, so any number of them.
            if name == "messages" && stay > PUT_BACK as u64 {
                left.push(month);
            } else {
                due.partitions += 1;
            }
        }
        if name == "messages" {
            due.partitions += months::would_follow(&mut upkeep, &left, before).await?;
        }
    } else {
        // Its rows go wherever they are.
        count(&mut upkeep, name, goes, &range, &mut due).await?;
    }
    let query = format!("SELECT id FROM {name} WHERE id > $1 ORDER BY id LIMIT $2");
    due.oldest = upkeep.ids(&query, table.after, 1).await?.into_iter().next().map(|id| time_of(id.0));
    Ok(due)
}

/// Adds what goes and what stays of the rows of `from` in `range`; answers what stays.
async fn count(upkeep: &mut Upkeep, from: &str, goes: &str, range: &str, due: &mut Due) -> Result<u64, StoreError> {
    let query = format!(
        "SELECT count(*) FILTER (WHERE {goes}) AS goes, count(*) FILTER (WHERE ({goes}) IS NOT TRUE) AS stays \
         FROM \"{from}\" WHERE {range}"
    );
    let counted: Counted = diesel::sql_query(query).get_result(&mut upkeep.c).await?;
    due.rows += number(counted.goes);
    due.stay += number(counted.stays);
    Ok(number(counted.stays))
}

fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// When an id was made, to the millisecond.
fn time_of(id: Uuid) -> Timestamp {
    Timestamp::from_millis(i64::try_from(id.as_u128() >> 80).unwrap_or(0))
}
