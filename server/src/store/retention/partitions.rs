//! Whole months on PostgreSQL. A partition is taken off its table in one short transaction, in which what must stay is
//! put back (into the default partition); everything slow happens before, or after to a table that nobody looks at.

use std::time::Duration;

use diesel::sql_types::{Array, BigInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use uuid::Uuid;

use super::super::conn::PgStore;
use super::super::error::StoreError;
use super::super::types::{Id, Key};
use super::rows::Found;
use crate::domain::retention::Kind;

/// Taking a partition off waits no longer than this for the table's lock, because everyone else waits behind it.
const LOCK_TIMEOUT: &str = "100ms";
/// How often that is tried in one run, and the time in between.
const TRIES: u32 = 10;
const AGAIN_AFTER: Duration = if cfg!(test) { Duration::from_millis(5) } else { Duration::from_secs(3) };
/// Rows that are put back while the table is locked: some milliseconds' worth. A partition in which more must stay is
/// emptied of the others instead. Few in tests, so that these need few rows.
pub(super) const PUT_BACK: usize = if cfg!(test) { 5 } else { 1000 };
/// How tables are called that were taken off and not yet dropped. A user's own detached partitions are not.
const RETIRED: &str = "retired_";
/// Any number, the same on every instance; the kind is added.
const ADVISORY_LOCK: i64 = 0x706f_7374_7265_7400;

/// A connection for long statements, and the right to be the only one that removes rows of a kind. Both end when it is
/// dropped.
pub(super) struct Upkeep {
    pub(super) c: AsyncPgConnection,
}

/// A month of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Partition {
    pub(super) name: String,
    /// Its smallest id.
    pub(super) from: Uuid,
    /// The smallest id after it.
    pub(super) to: Uuid,
}

#[derive(diesel::QueryableByName)]
struct Listed {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    bounds: String,
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(diesel::QueryableByName)]
struct Locked {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    locked: bool,
}

impl Upkeep {
    /// None where another process has it.
    pub(super) async fn start(store: &PgStore, kind: Kind) -> Result<Option<Self>, StoreError> {
        let mut upkeep = Self::open(store).await?;
        let number = ADVISORY_LOCK + Kind::ALL.iter().position(|known| *known == kind).map_or(0, |at| at as i64);
        let locked: Locked = diesel::sql_query("SELECT pg_try_advisory_lock($1) AS locked")
            .bind::<BigInt, _>(number)
            .get_result(&mut upkeep.c)
            .await?;
        Ok(locked.locked.then_some(upkeep))
    }

    /// Lets others begin at once. Where this is not come to, they may once the server notices that the connection is gone.
    pub(super) async fn end(mut self) -> Result<(), StoreError> {
        self.c.batch_execute("SELECT pg_advisory_unlock_all()").await?;
        Ok(())
    }

    /// For reading only.
    pub(super) async fn open(store: &PgStore) -> Result<Self, StoreError> {
        let mut c = store.dedicated().await?;
        c.batch_execute("SET statement_timeout = 0").await?;
        Ok(Self { c })
    }

    /// The months of a table, oldest first.
    pub(super) async fn partitions(&mut self, table: &str) -> Result<Vec<Partition>, StoreError> {
        let listed: Vec<Listed> = diesel::sql_query(
            "SELECT c.relname::text AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds FROM pg_inherits i \
             JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = $1::regclass AND c.relkind = 'r'",
        )
        .bind::<Text, _>(table)
        .load(&mut self.c)
        .await?;
        let mut partitions: Vec<Partition> = listed.into_iter().filter_map(|row| row.partition()).collect();
        partitions.sort_by_key(|partition| partition.from);
        Ok(partitions)
    }

    /// What was taken off a table by a run that did not come to its end.
    pub(super) async fn left_over(&mut self, table: &str) -> Result<Vec<String>, StoreError> {
        let listed: Vec<Listed> = diesel::sql_query(
            "SELECT c.relname::text AS name, '' AS bounds FROM pg_class c \
             WHERE c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = $1::regclass) \
             AND c.relkind = 'r' AND NOT c.relispartition AND starts_with(c.relname::text, $2)",
        )
        .bind::<Text, _>(table)
        .bind::<Text, _>(format!("{RETIRED}{table}_y"))
        .load(&mut self.c)
        .await?;
        Ok(listed.into_iter().map(|row| row.name).collect())
    }

    /// Ids that `query` yields, `$1` being an id; the table is read without a lock that anyone would notice.
    pub(super) async fn ids(&mut self, query: &str, id: Uuid, number: i64) -> Result<Vec<Key>, StoreError> {
        let found: Vec<Found> =
            diesel::sql_query(query).bind::<Id, _>(Key(id)).bind::<BigInt, _>(number).load(&mut self.c).await?;
        Ok(found.into_iter().map(|row| row.id).collect())
    }

    /// A single number, where the query has no values of its own.
    pub(super) async fn count(&mut self, query: &str) -> Result<usize, StoreError> {
        let count: Count = diesel::sql_query(query).get_result(&mut self.c).await?;
        Ok(usize::try_from(count.count).unwrap_or(0))
    }

    /// Takes a partition off its table and answers what it is called now; None where the table was too busy. The rows
    /// of `stay`, and those that `more` (a query for ids, within the transaction) yields, are put back.
    pub(super) async fn take_off(
        &mut self,
        table: &str,
        partition: &Partition,
        stay: &[Key],
        more: Option<&str>,
    ) -> Result<Option<String>, StoreError> {
        for _ in 0..TRIES {
            match self.try_take_off(table, partition, stay, more).await {
                Ok(name) => return Ok(Some(name)),
                Err(error) => {
                    self.c.batch_execute("ROLLBACK").await?;
                    if !error.transient() {
                        return Err(error);
                    }
                    tracing::debug!(%error, partition = partition.name, "the table is busy");
                    tokio::time::sleep(AGAIN_AFTER).await;
                }
            }
        }
        Ok(None)
    }

    async fn try_take_off(
        &mut self,
        table: &str,
        partition: &Partition,
        stay: &[Key],
        more: Option<&str>,
    ) -> Result<String, StoreError> {
        let name = &partition.name;
        let retired = format!("{RETIRED}{name}");
        self.c
            .batch_execute(&format!(
                "BEGIN; SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'; \
                 ALTER TABLE {table} DETACH PARTITION \"{name}\"; ALTER TABLE \"{name}\" RENAME TO \"{retired}\""
            ))
            .await?;
        let mut stay = stay.to_vec();
        if let Some(more) = more {
            let found: Vec<Found> = diesel::sql_query(more).load(&mut self.c).await?;
            stay.extend(found.into_iter().map(|row| row.id));
        }
        if !stay.is_empty() {
            diesel::sql_query(format!(
                "WITH kept AS (DELETE FROM \"{retired}\" WHERE id = ANY($1) RETURNING *) \
                 INSERT INTO {table} SELECT * FROM kept"
            ))
            .bind::<Array<Id>, _>(stay)
            .execute(&mut self.c)
            .await?;
        }
        self.c.batch_execute("COMMIT").await?;
        Ok(retired)
    }

    /// Drops what was taken off, and says how many rows it had.
    pub(super) async fn drop_retired(&mut self, name: &str) -> Result<usize, StoreError> {
        let rows = self.count(&format!("SELECT count(*) AS count FROM \"{name}\"")).await?;
        self.c.batch_execute(&format!("DROP TABLE \"{name}\"")).await?;
        Ok(rows)
    }
}

impl Listed {
    /// From `FOR VALUES FROM ('…') TO ('…')`. The default partition has no bounds, and one with a name that leaves no
    /// room for the prefix is not ours.
    fn partition(self) -> Option<Partition> {
        let mut quoted = self.bounds.split('\'').skip(1).step_by(2).map(Uuid::try_parse);
        let (from, to) = (quoted.next()?.ok()?, quoted.next()?.ok()?);
        let plain = self.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        (plain && quoted.next().is_none() && self.name.len() <= 50).then_some(Partition { name: self.name, from, to })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(name: &str, bounds: &str) -> Option<Partition> {
        Listed { name: name.to_owned(), bounds: bounds.to_owned() }.partition()
    }

    #[test]
    fn bounds_are_read_as_postgresql_writes_them() {
        let bounds =
            "FOR VALUES FROM ('019a1e30-0000-0000-0000-000000000000') TO ('019ab8b0-c800-0000-0000-000000000000')";
        let partition = listed("messages_y2025m10", bounds).unwrap();
        assert_eq!(partition.from.to_string(), "019a1e30-0000-0000-0000-000000000000");
        assert!(partition.from < partition.to);
    }

    #[test]
    fn what_is_not_a_month_is_left_alone() {
        assert_eq!(listed("messages_default", "DEFAULT"), None);
        assert_eq!(
            listed("messages_y2025m10", "FOR VALUES FROM (MINVALUE) TO ('019ab8b0-c800-0000-0000-000000000000')"),
            None
        );
        let bounds =
            "FOR VALUES FROM ('019a1e30-0000-0000-0000-000000000000') TO ('019ab8b0-c800-0000-0000-000000000000')";
        assert_eq!(listed("Own \"name\"", bounds), None);
    }
}
