//! SQLite's one writer, shared: what several writers want to write while a transaction commits goes into the next one
//! together, so that they also share its wait for the disk.

use std::sync::Arc;

use diesel::{QueryResult, SqliteConnection};
use tokio::sync::{Mutex, mpsc, oneshot};

use super::conn::SqliteConn;
use super::error::StoreError;

/// Works put into one transaction at most.
const TOGETHER: usize = 64;

/// Something to write, and who waits for it. It may be run again after a transaction that failed.
trait Work: Send {
    fn run(&mut self, c: &mut SqliteConnection) -> QueryResult<()>;
    /// Tells whoever waits whether the last run is on the disk.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Writing<R, F> {
    work: F,
    result: Option<R>,
    answer: oneshot::Sender<Result<R, StoreError>>,
}

impl<R, F> Work for Writing<R, F>
where
    R: Send,
    F: Fn(&mut SqliteConnection) -> QueryResult<R> + Send,
{
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

/// Runs work on the writing connection. Cheap to clone.
#[derive(Clone)]
pub(super) struct SharedWriter {
    sender: mpsc::Sender<Box<dyn Work>>,
}

impl SharedWriter {
    pub(super) fn spawn(writer: Arc<Mutex<SqliteConn>>) -> Self {
        let (sender, receiver) = mpsc::channel(TOGETHER);
        tokio::spawn(write(writer, receiver));
        Self { sender }
    }

    /// Runs `work` within a transaction; its result is given once that is on the disk. Work that fails is undone alone.
    /// It may be run twice, and only the last run counts.
    pub(super) async fn run<R, F>(&self, work: F) -> Result<R, StoreError>
    where
        R: Send + 'static,
        F: Fn(&mut SqliteConnection) -> QueryResult<R> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let gone = || StoreError::Unavailable("the writer has stopped".to_owned());
        self.sender.send(Box::new(Writing { work, result: None, answer })).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

async fn write(writer: Arc<Mutex<SqliteConn>>, mut receiver: mpsc::Receiver<Box<dyn Work>>) {
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
                let together = together(c, &mut works);
                // One that fails must not take the others with it. Savepoints would do that too, at a cost to all.
                if together.is_err() && works.len() > 1 {
                    let alone = |mut work: Box<dyn Work>| {
                        let committed = c.immediate_transaction(|c| work.run(c));
                        (work, committed.map_err(StoreError::from))
                    };
                    return Ok(works.into_iter().map(alone).collect());
                }
                let committed = together.map_err(StoreError::from);
                Ok(works.into_iter().map(|work| (work, committed.clone())).collect::<Vec<_>>())
            })
            .await;
        drop(connection);
        match done {
            Ok(done) => done.into_iter().for_each(|(work, committed)| work.answer(committed)),
            // The thread died with the answers; whoever waits hears that the writer is gone.
            Err(error) => tracing::error!(%error, "a write was lost"),
        }
    }
}

fn together(c: &mut SqliteConnection, works: &mut [Box<dyn Work>]) -> QueryResult<()> {
    c.immediate_transaction(|c| works.iter_mut().try_for_each(|work| work.run(c)))
}
