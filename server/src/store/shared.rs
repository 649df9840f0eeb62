//! SQLite's one writer, shared: what several writers want to write while a transaction commits goes into the next one
//! together, so that they also share its wait for the disk.

use std::sync::Arc;

use diesel::{Connection, QueryResult, SqliteConnection};
use tokio::sync::{Mutex, mpsc, oneshot};

use super::conn::SqliteConn;
use super::error::StoreError;

/// Works put into one transaction at most.
const TOGETHER: usize = 64;

/// Told whether the transaction that the work was part of is on the disk.
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
type Work = Box<dyn FnOnce(&mut SqliteConnection) -> Answer + Send>;

/// Runs work on the writing connection. Cheap to clone.
#[derive(Clone)]
pub(super) struct SharedWriter {
    sender: mpsc::Sender<Work>,
}

impl SharedWriter {
    pub(super) fn spawn(writer: Arc<Mutex<SqliteConn>>) -> Self {
        let (sender, receiver) = mpsc::channel(TOGETHER);
        tokio::spawn(write(writer, receiver));
        Self { sender }
    }

    /// Runs `work` within a transaction; its result is given once that is on the disk. Work that fails is undone alone.
    pub(super) async fn run<R, F>(&self, work: F) -> Result<R, StoreError>
    where
        R: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> QueryResult<R> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |c| {
            // Nested in the shared transaction this is a savepoint.
            let result = c.transaction(work);
            Box::new(move |committed| {
                // A caller that no longer waits has given up; its work is written all the same.
                let _ = answer.send(committed.and_then(|()| result.map_err(StoreError::from)));
            })
        });
        let gone = || StoreError::Unavailable("the writer has stopped".to_owned());
        self.sender.send(work).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

async fn write(writer: Arc<Mutex<SqliteConn>>, mut receiver: mpsc::Receiver<Work>) {
    while let Some(first) = receiver.recv().await {
        let mut connection = writer.lock().await;
        let mut works = vec![first];
        while works.len() < TOGETHER
            && let Ok(next) = receiver.try_recv()
        {
            works.push(next);
        }
        let done = connection
            .spawn_blocking(move |c| {
                let mut answers = Vec::with_capacity(works.len());
                let committed = c.immediate_transaction(|c| {
                    answers.extend(works.into_iter().map(|work| work(c)));
                    QueryResult::Ok(())
                });
                Ok((answers, committed))
            })
            .await;
        drop(connection);
        match done {
            Ok((answers, committed)) => {
                let committed = committed.map_err(StoreError::from);
                for answer in answers {
                    answer(committed.clone());
                }
            }
            // The thread died with the answers; whoever waits hears that the writer is gone.
            Err(error) => tracing::error!(%error, "a write was lost"),
        }
    }
}
