//! The two databases behind one type: connections, transactions, and the macro `on!` that runs one Diesel
//! expression on either.

use std::path::Path;
use std::sync::Arc;

use diesel::SqliteConnection;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures::FutureExt;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::error::StoreError;
use super::postgres;
use super::shared::SharedWriter;
use super::wal;

/// A SQLite connection driven from async code.
pub type SqliteConn = SyncConnectionWrapper<SqliteConnection>;

/// The database. Cheap to clone.
#[derive(Clone)]
pub enum Store {
    Sqlite(SqliteStore),
    Postgres(PgStore),
}

#[derive(Clone)]
pub struct SqliteStore {
    path: Arc<Path>,
    /// SQLite has one writer at a time: waiting here is fairer and cheaper than its busy handler.
    writer: Arc<Mutex<SqliteConn>>,
    shared: SharedWriter,
    readers: Pool<SqliteConn>,
}

#[derive(Clone)]
pub struct PgStore {
    pool: Pool<AsyncPgConnection>,
    /// For the batching writers: generic plans, index scans only.
    hot: Pool<AsyncPgConnection>,
}

/// What the batching writers write with.
pub(super) enum Hot {
    Sqlite(SharedWriter),
    Postgres(Box<Object<AsyncPgConnection>>),
}

/// A connection, possibly within a transaction. Dropping it before [`Conn::commit`] rolls the transaction back.
pub struct Conn {
    side: Option<Side>,
    in_transaction: bool,
}

/// Which database a connection speaks to.
pub enum Side {
    SqliteWriter(OwnedMutexGuard<SqliteConn>),
    SqliteReader(Object<SqliteConn>),
    Postgres(Box<Object<AsyncPgConnection>>),
}

/// A borrowed connection for one statement.
pub enum Raw<'a> {
    Sqlite(&'a mut SqliteConn),
    Postgres(&'a mut AsyncPgConnection),
}

/// Runs one async Diesel expression on whichever database `$conn` speaks to:
/// `on!(conn, c => tenants::table.load::<Row>(c).await)?`.
macro_rules! on {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn.raw()? {
            $crate::store::conn::Raw::Sqlite($c) => $body.map_err($crate::store::error::StoreError::from),
            $crate::store::conn::Raw::Postgres($c) => $body.map_err($crate::store::error::StoreError::from),
        }
    };
}
pub(crate) use on;

/// In force on each SQLite connection: up to 2 MB of cache each, as the operating system has the file's pages too. FULL: what
/// was answered survives a power cut, and in batches costs next to nothing. The timeout comes first: another process may be
/// opening the file too.
const SQLITE_PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA cache_size = -2000; PRAGMA temp_store = MEMORY; \
     PRAGMA wal_autocheckpoint = 4000;";

/// On the connection of the hot path besides.
const SQLITE_HOT: &str = "PRAGMA cache_size = -4000;";

/// For who only looks: nothing is changed, not even the file's journal mode.
const SQLITE_LOOKING: &str = "PRAGMA busy_timeout = 10000; PRAGMA query_only = ON;";

const SQLITE_READERS: usize = 3;

impl PgStore {
    /// A connection outside the pools, closed when dropped.
    pub(super) async fn dedicated(&self) -> Result<AsyncPgConnection, StoreError> {
        self.pool.get().await.map(Object::take).map_err(unavailable)
    }
}

impl Store {
    /// Opens (and creates) a SQLite file.
    ///
    /// # Errors
    /// Where the file can't be opened or is not a database.
    pub async fn sqlite(path: &Path) -> Result<Self, StoreError> {
        Self::open_sqlite(path, SQLITE_PRAGMAS).await
    }

    /// Makes room for writing, where that is not made as it is needed: SQLite's log. To be called once, before much is written.
    ///
    /// # Errors
    /// Where the disk has no room for it, or refuses; nothing is missing then but some speed.
    pub async fn make_room(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(store) => wal::lay_out(&store.path).await,
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Opens a SQLite file that is there, so that nothing can be changed in it.
    ///
    /// # Errors
    /// Where the file can't be opened or is not a database.
    pub async fn sqlite_to_look(path: &Path) -> Result<Self, StoreError> {
        Self::open_sqlite(path, SQLITE_LOOKING).await
    }

    async fn open_sqlite(path: &Path, pragmas: &'static str) -> Result<Self, StoreError> {
        let url = path.to_string_lossy().into_owned();
        let hot = url.clone();
        let open = move |url: String| {
            async move {
                let mut conn = SqliteConn::establish(&url).await?;
                conn.batch_execute(pragmas).await.map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
                Ok(conn)
            }
            .boxed()
        };
        let writer =
            open(url.clone()).await.map_err(|e: diesel::ConnectionError| StoreError::Unavailable(e.to_string()))?;
        let mut config = ManagerConfig::default();
        config.custom_setup = Box::new(move |url: &str| open(url.to_owned()));
        let manager = AsyncDieselConnectionManager::<SqliteConn>::new_with_config(url, config);
        let readers = Pool::builder(manager)
            .max_size(SQLITE_READERS)
            .build()
            .map_err(|e| StoreError::Unavailable(e.to_string()))?;
        let writer = Arc::new(Mutex::new(writer));
        let open = move || {
            let mut conn: SqliteConnection = diesel::Connection::establish(&hot)?;
            [pragmas, SQLITE_HOT]
                .into_iter()
                .try_for_each(|set| diesel::connection::SimpleConnection::batch_execute(&mut conn, set))
                .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
            Ok(conn)
        };
        let shared = SharedWriter::spawn(open, Arc::clone(&writer))?;
        Ok(Self::Sqlite(SqliteStore { path: path.into(), writer, shared, readers }))
    }

    /// Connects to PostgreSQL.
    ///
    /// # Errors
    /// Where the server can't be reached or refuses the login.
    pub async fn postgres(url: &str) -> Result<Self, StoreError> {
        Self::open_postgres(url, postgres::Use::General, postgres::Use::Hot).await
    }

    /// Connects to PostgreSQL so that nothing can be changed there.
    ///
    /// # Errors
    /// Where the server can't be reached or refuses the login.
    pub async fn postgres_to_look(url: &str) -> Result<Self, StoreError> {
        Self::open_postgres(url, postgres::Use::Look, postgres::Use::Look).await
    }

    async fn open_postgres(url: &str, general: postgres::Use, hot: postgres::Use) -> Result<Self, StoreError> {
        let pool = postgres::pool(url, general)?;
        let hot = postgres::pool(url, hot)?;
        drop(pool.get().await.map_err(|e| StoreError::Unavailable(e.to_string()))?);
        Ok(Self::Postgres(PgStore { pool, hot }))
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Conn, StoreError> {
        let side = match self {
            Self::Sqlite(store) => Side::SqliteReader(store.readers.get().await.map_err(unavailable)?),
            Self::Postgres(store) => Side::Postgres(Box::new(store.pool.get().await.map_err(unavailable)?)),
        };
        Ok(Conn { side: Some(side), in_transaction: false })
    }

    /// A connection for single statements that write.
    pub async fn write(&self) -> Result<Conn, StoreError> {
        let side = match self {
            Self::Sqlite(store) => Side::SqliteWriter(Arc::clone(&store.writer).lock_owned().await),
            Self::Postgres(store) => Side::Postgres(Box::new(store.pool.get().await.map_err(unavailable)?)),
        };
        Ok(Conn { side: Some(side), in_transaction: false })
    }

    /// What the batching writers write with.
    pub(super) async fn hot(&self) -> Result<Hot, StoreError> {
        Ok(match self {
            Self::Sqlite(store) => Hot::Sqlite(store.shared.clone()),
            Self::Postgres(store) => Hot::Postgres(Box::new(store.hot.get().await.map_err(unavailable)?)),
        })
    }

    /// A connection within a new transaction.
    pub async fn begin(&self) -> Result<Conn, StoreError> {
        let mut conn = self.write().await?;
        // Before the statement: whoever drops this future in the middle of it must leave no open transaction behind.
        conn.in_transaction = true;
        match conn.raw()? {
            Raw::Sqlite(c) => c.batch_execute("BEGIN IMMEDIATE").await?,
            Raw::Postgres(c) => c.batch_execute("BEGIN").await?,
        }
        Ok(conn)
    }

    /// Whether the database answers.
    pub async fn ready(&self) -> Result<(), StoreError> {
        let mut conn = self.read().await?;
        on!(conn, c => diesel::select(diesel::dsl::sql::<diesel::sql_types::Integer>("1")).get_result::<i32>(c).await)?;
        Ok(())
    }

    pub const fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }
}

fn unavailable(error: impl std::fmt::Display) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

impl Conn {
    /// The connection itself, for `on!` and for what only one database can do.
    pub fn raw(&mut self) -> Result<Raw<'_>, StoreError> {
        match &mut self.side {
            Some(Side::SqliteWriter(conn)) => Ok(Raw::Sqlite(conn)),
            Some(Side::SqliteReader(conn)) => Ok(Raw::Sqlite(conn)),
            Some(Side::Postgres(conn)) => Ok(Raw::Postgres(conn)),
            None => Err(StoreError::Unavailable("the connection was given back".into())),
        }
    }

    /// Ends the transaction for good.
    ///
    /// # Errors
    /// Then nothing of it happened, or (the connection broke just now) nobody knows.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        match self.raw()? {
            Raw::Sqlite(c) => c.batch_execute("COMMIT").await?,
            Raw::Postgres(c) => c.batch_execute("COMMIT").await?,
        }
        self.in_transaction = false;
        Ok(())
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        if !self.in_transaction {
            return;
        }
        match self.side.take() {
            // Closing the connection rolls back; the pool makes a new one.
            Some(Side::Postgres(conn)) => drop(Object::take(*conn)),
            Some(Side::SqliteReader(conn)) => drop(Object::take(conn)),
            Some(Side::SqliteWriter(mut conn)) => {
                // The guard moves along, so that nobody writes before the rollback is through.
                tokio::spawn(async move {
                    // Where the transaction never began there is nothing to roll back, which is as good.
                    if let Err(error) = conn.batch_execute("ROLLBACK").await {
                        tracing::debug!(%error, "nothing was rolled back");
                    }
                });
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use crate::store::fact;
    use crate::store::testing::TestStore;

    // As the server runs: a dropped statement waits for its thread, which needs a second one.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_begin_that_nobody_waits_for_leaves_no_transaction_open() {
        let store = TestStore::open().await;
        for round in 0..20 {
            // Polled once, so that the statement is on its way, then dropped, as a request is whose client has gone. On a
            // busy machine it may even be through by then.
            drop(Box::pin(store.begin()).now_or_never());
            let name = format!("round {round}");
            let mut conn = store.begin().await.unwrap();
            assert_eq!(fact::get_or_set(&mut conn, &name, "kept").await.unwrap(), "kept");
            conn.commit().await.unwrap();
            let mut conn = store.write().await.unwrap();
            assert_eq!(fact::get_or_set(&mut conn, &name, "other").await.unwrap(), "kept");
        }
    }
}
