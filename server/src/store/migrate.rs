//! Migrations, embedded in the binary, and the monthly partitions on PostgreSQL.

use diesel::migration::{Migration, MigrationSource};
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::{Raw, Store};
use super::error::StoreError;
use super::fact;

const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");

/// Where the database's schema stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    pub applied: Vec<String>,
    pub pending: Vec<String>,
    /// Applied migrations that this binary does not know: the database is newer.
    pub unknown: Vec<String>,
    /// The first of those beside which this binary may not run.
    pub refused: Option<String>,
}

/// A migration that leaves all in place that the binaries before it use says so by a fact: this, and its own version. The
/// value is the migration that a binary must know at least to run beside it. Without the fact none may that does not know
/// the migration itself.
const BESIDE: &str = "beside:";

/// Why a database could not be brought up to this version.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("migration failed: {0}")]
    Failed(String),
    #[error("the database is newer than this binary (unknown migration {0}): use a newer posthorn")]
    Newer(String),
}

/// Any fixed number: one migrates at a time.
const ADVISORY_LOCK: i64 = 0x706f_7374_686f_726e;

impl Store {
    /// Which migrations are applied, pending, and unknown to this binary.
    pub async fn migration_status(&self) -> Result<MigrationStatus, MigrateError> {
        let mut conn = self.write().await?;
        let (applied, known) = match conn.raw()? {
            Raw::Sqlite(c) => {
                let applied = c
                    .spawn_blocking(|c| {
                        use diesel::RunQueryDsl;
                        // A status must not be the first to change the file.
                        let there: Vec<Version> = diesel::sql_query(APPLIED_TABLE).load(c)?;
                        if there.is_empty() { Ok(there) } else { diesel::sql_query(APPLIED).load(c) }
                    })
                    .await
                    .map_err(StoreError::from)?;
                (applied, names::<diesel::sqlite::Sqlite>(&SQLITE)?)
            }
            Raw::Postgres(c) => (applied_on(c).await?, names::<diesel::pg::Pg>(&POSTGRES)?),
        };
        let applied: Vec<String> = applied.into_iter().map(|row| row.version).collect();
        let unknown: Vec<String> = applied.iter().filter(|name| !known.contains(name)).cloned().collect();
        let beside = if unknown.is_empty() { Vec::new() } else { fact::beginning_with(&mut conn, BESIDE).await? };
        Ok(status(&known, applied, unknown, &beside))
    }

    /// Brings the schema up to this version. Safe when several instances start at once.
    ///
    /// # Errors
    /// Where a migration fails, or the database is newer than this binary.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        match self {
            Self::Sqlite(_) => {
                let status = self.migration_status().await?;
                refuse_newer(&status)?;
                let mut conn = self.write().await?;
                if let Raw::Sqlite(c) = conn.raw()? {
                    c.spawn_blocking(|c| {
                        // As a whole, so that of several processes one does it and the others find it done.
                        c.immediate_transaction(|c| {
                            let done = c.run_pending_migrations(SQLITE).map(drop);
                            done.map_err(diesel::result::Error::QueryBuilderError)
                        })
                    })
                    .await
                    .map_err(|error| MigrateError::Failed(error.to_string()))?;
                }
            }
            Self::Postgres(pool) => {
                let mut conn = pool.dedicated().await?;
                conn.batch_execute("SET lock_timeout = 0; SET statement_timeout = 0")
                    .await
                    .map_err(StoreError::from)?;
                conn.batch_execute(&format!("SELECT pg_advisory_lock({ADVISORY_LOCK})"))
                    .await
                    .map_err(StoreError::from)?;
                let status = self.migration_status().await?;
                refuse_newer(&status)?;
                let mut harness = AsyncMigrationHarness::new(conn);
                let done = harness.run_pending_migrations(POSTGRES).map(|_| ()).map_err(|e| e.to_string());
                // The connection is closed here, which gives the lock back.
                drop(harness);
                done.map_err(MigrateError::Failed)?;
            }
        }
        Ok(())
    }
}

/// `beside` are the facts by which migrations say what may run beside them.
fn status(
    known: &[String],
    applied: Vec<String>,
    unknown: Vec<String>,
    beside: &[(String, String)],
) -> MigrationStatus {
    let pending: Vec<String> = known.iter().filter(|name| !applied.contains(name)).cloned().collect();
    let least = |name: &str| beside.iter().find(|(fact, _)| fact.strip_prefix(BESIDE) == Some(name));
    let may_stay = |name: &str| least(name).is_some_and(|(_, least)| known.contains(least));
    // What is pending would come after what it was written to come before.
    let refused = unknown.iter().find(|name| !pending.is_empty() || !may_stay(name)).cloned();
    MigrationStatus { applied, pending, unknown, refused }
}

fn refuse_newer(status: &MigrationStatus) -> Result<(), MigrateError> {
    if let Some(name) = &status.refused {
        return Err(MigrateError::Newer(name.clone()));
    }
    if let Some(newest) = status.unknown.last() {
        tracing::warn!(
            migration = newest,
            "the database is newer than this binary and lets it run all the same; upgrade it soon"
        );
    }
    Ok(())
}

const APPLIED_TABLE: &str = "SELECT name AS version FROM sqlite_master WHERE name = '__diesel_schema_migrations'";
const APPLIED: &str = "SELECT version FROM __diesel_schema_migrations ORDER BY version";

#[derive(diesel::QueryableByName)]
struct Version {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

async fn applied_on(c: &mut AsyncPgConnection) -> Result<Vec<Version>, StoreError> {
    use diesel_async::RunQueryDsl;

    #[derive(diesel::QueryableByName)]
    struct Exists {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        exists: bool,
    }
    let found: Exists = diesel::sql_query("SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS exists")
        .get_result(c)
        .await?;
    if found.exists { Ok(diesel::sql_query(APPLIED).load(c).await?) } else { Ok(Vec::new()) }
}

fn names<DB: diesel::backend::Backend>(source: &EmbeddedMigrations) -> Result<Vec<String>, MigrateError>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let migrations = source.migrations().map_err(|error| MigrateError::Failed(error.to_string()))?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

#[cfg(test)]
mod tests {
    use diesel_async::RunQueryDsl;

    use super::*;
    use crate::store::testing::TestStore;

    #[derive(diesel::QueryableByName)]
    struct Bare {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
    }

    #[tokio::test]
    async fn every_table_and_column_of_postgresql_says_what_it_is() {
        let store = TestStore::open().await;
        let mut conn = store.read().await.unwrap();
        // SQLite has no comments: its tables are the twins of these.
        let Raw::Postgres(c) = conn.raw().unwrap() else { return };
        let tables = "SELECT oid, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace \
             AND relkind IN ('r', 'p') AND NOT relispartition";
        let bare = format!(
            "WITH t AS ({tables}) \
             SELECT relname::text AS name FROM t WHERE obj_description(oid, 'pg_class') IS NULL UNION ALL \
             SELECT relname || '.' || attname FROM t JOIN pg_attribute a ON a.attrelid = t.oid \
             WHERE attnum > 0 AND NOT attisdropped AND col_description(t.oid, attnum) IS NULL"
        );
        let bare: Vec<Bare> = diesel::sql_query(bare).load(c).await.unwrap();
        let bare: Vec<String> = bare.into_iter().map(|row| row.name).collect();
        assert!(bare.is_empty(), "without a comment: {bare:?}");
        let known: Vec<Bare> =
            diesel::sql_query(format!("SELECT relname::text AS name FROM ({tables}) t")).load(c).await.unwrap();
        assert!(known.len() > 20, "only {} tables were looked at", known.len());
    }

    fn refused(known: &[&str], applied: &[&str], beside: &[(&str, &str)]) -> Option<String> {
        let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let beside: Vec<_> =
            beside.iter().map(|(name, least)| (format!("beside:{name}"), (*least).to_owned())).collect();
        let unknown = applied.iter().filter(|name| !known.contains(name)).map(|name| (*name).to_owned()).collect();
        status(&all(known), all(applied), unknown, &beside).refused
    }

    #[test]
    fn a_binary_runs_beside_newer_migrations_that_say_so_and_no_others() {
        assert_eq!(refused(&["1", "2"], &["1", "2"], &[]), None);
        assert_eq!(refused(&["1"], &["1", "2"], &[]).as_deref(), Some("2"), "nothing is said");
        assert_eq!(refused(&["1"], &["1", "2"], &[("2", "1")]), None);
        assert_eq!(refused(&["1"], &["1", "2", "3"], &[("2", "1")]).as_deref(), Some("3"));
        assert_eq!(
            refused(&["1"], &["1", "2", "3"], &[("2", "1"), ("3", "2")]).as_deref(),
            Some("3"),
            "too old for it"
        );
        assert_eq!(refused(&["1", "2"], &["1", "2", "3"], &[("2", "1"), ("3", "2")]), None);
        assert_eq!(refused(&["1", "2"], &["1", "3"], &[("3", "1")]).as_deref(), Some("3"), "2 can't come after 3");
    }

    /// What this version's migrations say of themselves names them and an earlier one.
    #[tokio::test]
    async fn the_migrations_name_themselves_and_earlier_ones() {
        let test = TestStore::open().await;
        let applied = test.migration_status().await.unwrap().applied;
        let mut conn = test.read().await.unwrap();
        for (fact, least) in fact::beginning_with(&mut conn, BESIDE).await.unwrap() {
            let name = fact.strip_prefix(BESIDE).unwrap().to_owned();
            assert!(applied.contains(&name) && applied.contains(&least) && least < name, "{fact}: {least}");
        }
    }
}
