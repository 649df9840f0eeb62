//! SQLite's one writer, shared: a thread of its own, with a connection of its own. What several writers want to write while
//! a transaction commits goes into the next one together, so that they also share its wait for the disk; and what nobody
//! waits for lets what somebody waits for come along.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};

use diesel::{ConnectionResult, QueryResult, SqliteConnection};
use tokio::sync::{Mutex, oneshot};

use super::conn::SqliteConn;
use super::error::StoreError;
use super::inlet::MOMENT;

/// Works put into one transaction at most.
const TOGETHER: usize = 64;

/// Something to write, and who waits for it. It may be run again after a transaction that failed.
trait Work: Send {
    /// Whether it may wait a moment for another to share the transaction with.
    fn patient(&self) -> bool;
    fn run(&mut self, c: &mut SqliteConnection) -> QueryResult<()>;
    /// Tells whoever waits whether the last run is on the disk.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Writing<R, F> {
    work: F,
    patient: bool,
    result: Option<R>,
    answer: oneshot::Sender<Result<R, StoreError>>,
}

impl<R, F> Work for Writing<R, F>
where
    R: Send,
    F: Fn(&mut SqliteConnection) -> QueryResult<R> + Send,
{
    fn patient(&self) -> bool {
        self.patient
    }

    fn run(&mut self, c: &mut SqliteConnection) -> QueryResult<()> {
        self.result = Some((self.work)(c)?);
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let nothing = || StoreError::corrupt("a write gave no result");
        // A caller that no longer waits has given up; its work is written all the same.
        let Self { result, answer, .. } = *self;
        let _ = answer.send(committed.and_then(|()| result.ok_or_else(nothing)));
    }
}

/// Hands work to the thread. Cheap to clone; the thread ends with the last of them.
#[derive(Clone)]
pub(super) struct SharedWriter {
    sender: Sender<Box<dyn Work>>,
}

impl SharedWriter {
    /// `open` makes the thread's connection. While it writes it holds `turn`, the connection by which all else is written:
    /// SQLite has one writer at a time. The thread is one of the runtime's, which ends no sooner than it: who closes a
    /// database last tidies it up.
    ///
    /// # Errors
    /// Where the connection can't be made.
    pub(super) fn spawn(
        open: impl Fn() -> ConnectionResult<SqliteConnection> + Send + 'static,
        turn: Arc<Mutex<SqliteConn>>,
    ) -> Result<Self, StoreError> {
        let connection = open().map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let (sender, receiver) = channel();
        let writer = Writer { connection, open, turn, receiver, busy: false };
        tokio::task::spawn_blocking(move || writer.run());
        Ok(Self { sender })
    }

    /// Runs `work` within a transaction; its result is given once that is on the disk. Work that fails is undone alone.
    /// It may be run twice, and only the last run counts.
    pub(super) async fn run<R, F>(&self, work: F) -> Result<R, StoreError>
    where
        R: Send + 'static,
        F: Fn(&mut SqliteConnection) -> QueryResult<R> + Send + 'static,
    {
        self.put(work, false).await
    }

    /// The same for what nobody waits for: where much is written, it waits a moment for others to share a transaction with.
    pub(super) async fn run_with_others<R, F>(&self, work: F) -> Result<R, StoreError>
    where
        R: Send + 'static,
        F: Fn(&mut SqliteConnection) -> QueryResult<R> + Send + 'static,
    {
        self.put(work, true).await
    }

    async fn put<R, F>(&self, work: F, patient: bool) -> Result<R, StoreError>
    where
        R: Send + 'static,
        F: Fn(&mut SqliteConnection) -> QueryResult<R> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let gone = || StoreError::Unavailable("the writer has stopped".to_owned());
        // No bound: each of the few batching writers waits for its answer before it sends more.
        self.sender.send(Box::new(Writing { work, patient, result: None, answer })).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

struct Writer<O> {
    connection: SqliteConnection,
    open: O,
    turn: Arc<Mutex<SqliteConn>>,
    receiver: Receiver<Box<dyn Work>>,
    /// Whether what somebody waited for came right after the transaction before: then more of it is to be expected.
    busy: bool,
}

impl<O: Fn() -> ConnectionResult<SqliteConnection>> Writer<O> {
    fn run(mut self) {
        while let Some((first, soon)) = self.next() {
            let mut works = vec![first];
            self.drain(&mut works);
            if works.iter().any(|work| !work.patient()) {
                self.busy = soon;
            } else if self.busy {
                self.wait_for_company(&mut works);
            }
            let turn = Arc::clone(&self.turn).blocking_lock_owned();
            self.drain(&mut works);
            let written = catch_unwind(AssertUnwindSafe(|| write(&mut self.connection, works)));
            drop(turn);
            match written {
                Ok(written) => written.into_iter().for_each(|(work, committed)| work.answer(committed)),
                // The works went with their answers, so whoever waits hears that the writer is gone. The connection may be in
                // the middle of something.
                Err(_) => {
                    tracing::error!("a write panicked and was undone");
                    match (self.open)() {
                        Ok(connection) => self.connection = connection,
                        Err(error) => return tracing::error!(%error, "nothing can be written any more"),
                    }
                }
            }
        }
    }

    /// The next work, and whether it came within a moment; None when nobody is left to send any.
    fn next(&self) -> Option<(Box<dyn Work>, bool)> {
        match self.receiver.recv_timeout(MOMENT) {
            Ok(work) => Some((work, true)),
            Err(RecvTimeoutError::Timeout) => self.receiver.recv().ok().map(|work| (work, false)),
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    /// Takes along what is there already.
    fn drain(&self, works: &mut Vec<Box<dyn Work>>) {
        while works.len() < TOGETHER
            && let Ok(next) = self.receiver.try_recv()
        {
            works.push(next);
        }
    }

    /// Takes along what comes until there is something that somebody waits for. Where that does not come within a moment, it
    /// is not expected the next time.
    fn wait_for_company(&mut self, works: &mut Vec<Box<dyn Work>>) {
        self.busy = false;
        while !self.busy
            && works.len() < TOGETHER
            && let Ok(next) = self.receiver.recv_timeout(MOMENT)
        {
            self.busy = !next.patient();
            works.push(next);
        }
    }
}

/// Runs the works in one transaction, or each in its own where that fails: one must not take the others with it. Savepoints
/// would do that too, at a cost to all.
fn write(c: &mut SqliteConnection, mut works: Vec<Box<dyn Work>>) -> Vec<(Box<dyn Work>, Result<(), StoreError>)> {
    let together = c.immediate_transaction(|c| works.iter_mut().try_for_each(|work| work.run(c)));
    if together.is_err() && works.len() > 1 {
        let alone = |mut work: Box<dyn Work>| {
            let committed = c.immediate_transaction(|c| work.run(c));
            (work, committed.map_err(StoreError::from))
        };
        return works.into_iter().map(alone).collect();
    }
    let committed = together.map_err(StoreError::from);
    works.into_iter().map(|work| (work, committed.clone())).collect()
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection;
    use diesel::prelude::*;
    use diesel::sql_types::BigInt;

    use super::*;
    use crate::domain::chance::Chance;
    use crate::store::conn::{Hot, Store};

    /// A database with an empty table, and its writer.
    async fn opened() -> (std::path::PathBuf, Store, SharedWriter) {
        let folder = std::env::temp_dir().join(format!("posthorn_test_{}", Chance::System.name()));
        std::fs::create_dir_all(&folder).unwrap();
        let store = Store::sqlite(&folder.join("test.db")).await.unwrap();
        let Hot::Sqlite(writer) = store.hot().await.unwrap() else { panic!("not SQLite") };
        writer.run(|c| c.batch_execute("CREATE TABLE n (n integer NOT NULL)")).await.unwrap();
        (folder, store, writer)
    }

    async fn stored(writer: &SharedWriter) -> i64 {
        let count = || diesel::select(diesel::dsl::sql::<BigInt>("(SELECT count(*) FROM n)"));
        writer.run(move |c| count().get_result(c)).await.unwrap()
    }

    #[tokio::test]
    async fn what_fails_or_panics_takes_nothing_else_along() {
        let (folder, store, writer) = opened().await;
        // While another has the turn they gather, so that they share a transaction.
        let turn = store.write().await.unwrap();
        let first = writer.run(|c| c.batch_execute("INSERT INTO n VALUES (1)"));
        let second = writer.run(|c| c.batch_execute("INSERT INTO n VALUES (NULL)"));
        let third = writer.run_with_others(|c| c.batch_execute("INSERT INTO n VALUES (3)"));
        let later = async {
            tokio::task::yield_now().await;
            drop(turn);
        };
        let (first, second, third, ()) = tokio::join!(first, second, third, later);
        first.unwrap();
        second.unwrap_err();
        third.unwrap();
        assert_eq!(stored(&writer).await, 2);
        let panicked = writer.run(|c| -> QueryResult<()> {
            c.batch_execute("INSERT INTO n VALUES (4)")?;
            panic!("in the middle of it")
        });
        assert!(matches!(panicked.await, Err(StoreError::Unavailable(_))));
        assert_eq!(stored(&writer).await, 2);
        // Alone, and nobody comes: written all the same.
        writer.run_with_others(|c| c.batch_execute("INSERT INTO n VALUES (5)")).await.unwrap();
        assert_eq!(stored(&writer).await, 3);
        drop((writer, store));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
