//! Migrations, embedded in the binary, and the monthly partitions on PostgreSQL.

use diesel::migration::{Migration, MigrationSource};
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::{Raw, Store};
use super::error::StoreError;

const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");

/// Where the database's schema stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    pub applied: Vec<String>,
    pub pending: Vec<String>,
    /// Applied migrations that this binary does not know: the database is newer.
    pub unknown: Vec<String>,
}

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
        Ok(MigrationStatus {
            pending: known.iter().filter(|name| !applied.contains(name)).cloned().collect(),
            unknown: applied.iter().filter(|name| !known.contains(name)).cloned().collect(),
            applied,
        })
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

fn refuse_newer(status: &MigrationStatus) -> Result<(), MigrateError> {
    match status.unknown.as_slice() {
        [] => Ok(()),
        [name, ..] => Err(MigrateError::Newer(name.clone())),
    }
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
