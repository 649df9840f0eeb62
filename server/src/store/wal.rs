//! SQLite's log (`-wal`), laid out ahead. It is made anew at each start, grows until the first checkpoint, and is written
//! over from then on. While a file grows, each sync also waits for the file system to record its size: on a disk where
//! a commit takes 0.2 ms, the first few hundred took 4 ms each.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use super::error::StoreError;

/// In bytes. More than what the log has when it is begun anew (`wal_autocheckpoint`, 4,000 pages of 4,120 bytes), by about
/// what one transaction writes.
const ROOM: u64 = 18 << 20;

/// A transaction too large for the cache is written to the log before it is through. This one comes to nothing.
const FILL: &str = "PRAGMA busy_timeout = 10000; PRAGMA cache_size = 50; BEGIN IMMEDIATE; \
     CREATE TABLE room (filling blob); INSERT INTO room VALUES (zeroblob(18800000)); ROLLBACK";

/// A disk that is full now must not stay so for what has no use. Each may fail: the transaction may have ended already, and
/// what can't be given back now is by a later checkpoint.
const GIVE_BACK: [&str; 2] = ["ROLLBACK", "PRAGMA wal_checkpoint(TRUNCATE)"];

/// Lays out the log of a database that is open elsewhere too (who closes it last removes the log).
///
/// # Errors
/// Where the disk has no room, or refuses. The database is as it was.
pub(super) async fn lay_out(database: &Path) -> Result<(), StoreError> {
    let url = database.to_string_lossy().into_owned();
    let filled = tokio::task::spawn_blocking(move || {
        let log = std::fs::metadata(format!("{url}-wal")).map_or(0, |log| log.len());
        if log >= ROOM {
            return Ok(());
        }
        // A connection of its own, whose cache goes with it.
        let mut conn = SqliteConnection::establish(&url).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        conn.batch_execute(FILL).map_err(|error| {
            for statement in GIVE_BACK {
                let _ = conn.batch_execute(statement);
            }
            StoreError::from(error)
        })
    });
    filled.await.map_err(StoreError::corrupt)?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chance::Chance;
    use crate::store::Store;

    #[tokio::test]
    async fn the_log_has_room_and_the_database_is_as_it_was() {
        let folder = std::env::temp_dir().join(format!("posthorn_test_{}", Chance::System.name()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("test.db");
        let store = Store::sqlite(&path).await.unwrap();
        store.migrate().await.unwrap();
        let log = || std::fs::metadata(folder.join("test.db-wal")).unwrap().len();
        let tables = || {
            let mut conn = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
            diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>("(SELECT count(*) FROM sqlite_master)"))
                .get_result::<i64>(&mut conn)
                .unwrap()
        };
        use diesel::RunQueryDsl;
        let before = tables();
        store.make_room().await.unwrap();
        assert!(log() >= ROOM, "{}", log());
        assert_eq!(tables(), before);
        // Once is enough.
        let laid_out = log();
        store.make_room().await.unwrap();
        assert_eq!(log(), laid_out);
        store.ready().await.unwrap();
        drop(store);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
