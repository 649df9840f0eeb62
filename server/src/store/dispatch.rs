//! The chain's last step: the message's verdicts and end or its tasks, in one statement per batch. Counts only while
//! the chain has not run yet, so that of two runs of one message the first wins.

use std::collections::HashSet;
use std::sync::Arc;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text};

use super::batch::{BatchLimits, Batcher};
use super::conn::{Hot, Store};
use super::error::StoreError;
use super::fresh;
use super::new_task;
use super::statement::{Statement, sql};
use super::stats::tally::{MessageEnd, OfMessage, Tally};
use super::types::{Id, Key};
use super::verdict_list::{self, KnownLists, StoredVerdicts};
use crate::domain::enums::MessageStatus;
use crate::domain::message::{Failure, PendingMessage};
use crate::domain::task::NewTask;
use crate::domain::time::Timestamp;

/// What the chain made of a message.
#[derive(Debug, Clone)]
pub struct DispatchWrite {
    pub message: Arc<PendingMessage>,
    pub verdicts: StoredVerdicts,
    /// PROCESSING with tasks; otherwise the message ends here.
    pub status: MessageStatus,
    pub failure: Option<Failure>,
    pub tasks: Vec<NewTask>,
    /// Channels that have failed without a task.
    pub lost: i32,
    pub at: Timestamp,
}

impl DispatchWrite {
    pub(super) fn bytes(&self) -> usize {
        self.verdicts.text().len()
            + 200
            + self.tasks.iter().map(|task| task.rendered_content.len() + 300).sum::<usize>()
    }

    /// Its tasks.
    pub(super) fn open(&self) -> i32 {
        i32::try_from(self.tasks.len()).unwrap_or(i32::MAX)
    }

    pub(super) fn finished_at(&self) -> Option<i64> {
        self.status.finished().then_some(self.at.0)
    }

    /// Counts it where it ends here.
    pub(super) fn count(&self, tally: &mut Tally) {
        let message = &self.message;
        if self.status.finished() {
            let scheduled = message.status == MessageStatus::Scheduled;
            let since = if scheduled { message.due_at.max(message.created_at) } else { message.created_at };
            let error_code = self.failure.as_ref().map(|failure| failure.code.as_str());
            let of = OfMessage { tenant: message.tenant_id.into(), business_type: &message.business_type };
            tally.ended(of, MessageEnd { status: self.status, error_code, since: since.0, at: self.at.0 });
        }
    }
}

impl Store {
    /// The writer of the chain's results; its answer is whether this run of the chain was the one that counts.
    pub fn dispatch_writer(&self) -> Batcher<Arc<DispatchWrite>, bool> {
        let (store, known) = (self.clone(), KnownLists::default());
        let parallel = if self.is_postgres() { 2 } else { 1 };
        let limits = BatchLimits { items: 256, bytes: 8 << 20, parallel, patient: false };
        Batcher::spawn(
            limits,
            |write: &Arc<DispatchWrite>| write.bytes(),
            move |items| {
                let (store, known) = (store.clone(), known.clone());
                async move { dispatch(&store, &known, items).await }
            },
        )
    }
}

async fn dispatch(
    store: &Store,
    known: &KnownLists,
    items: Arc<Vec<Arc<DispatchWrite>>>,
) -> Result<Vec<bool>, StoreError> {
    let lists = Arc::new(known.missing(items.iter().map(|item| &item.verdicts))?);
    let won = match store.hot().await? {
        Hot::Sqlite(writer) => {
            let lists = Arc::clone(&lists);
            writer
                .run(move |c| {
                    verdict_list::insert_sqlite(c, &lists)?;
                    dispatch_sqlite(c, &items)
                })
                .await?
        }
        Hot::Postgres(mut conn) => {
            let c = &mut *conn;
            verdict_list::insert_postgres(c, &lists).await?;
            // A statement can't tell two runs of one message apart: the first counts.
            let mut seen = HashSet::new();
            let first: Vec<bool> = items.iter().map(|item| seen.insert(item.message.id)).collect();
            let mut sorted: Vec<&DispatchWrite> =
                items.iter().zip(&first).filter(|(_, first)| **first).map(|(item, _)| item.as_ref()).collect();
            sorted.sort_unstable_by_key(|item| item.message.id);
            let won: HashSet<_> = diesel_async::RunQueryDsl::load::<WonRow>(dispatch_statement(&sorted), c)
                .await?
                .into_iter()
                .map(|row| row.id.0)
                .collect();
            items.iter().zip(first).map(|(item, first)| first && won.contains(&item.message.id.0)).collect()
        }
    };
    known.add(&lists);
    Ok(won)
}

sql!(
    DecideMessage,
    "UPDATE messages SET status = ?, error_code = ?, error_message = ?, total_channels = ?, \
     open_channels = ?, failed_channels = ?, verdicts = ?, due_at = NULL, updated_at = ?, finished_at = ? \
     WHERE id = ? AND status IN ('PENDING', 'SCHEDULED')"
);

fn dispatch_sqlite(c: &mut SqliteConnection, items: &[Arc<DispatchWrite>]) -> QueryResult<Vec<bool>> {
    let (mut results, mut tally) = (Vec::with_capacity(items.len()), Tally::default());
    for item in items {
        let message = &item.message;
        let changed = Statement::new(DecideMessage)
            .bind::<Text, _>(item.status.as_str())
            .bind::<Nullable<Text>, _>(item.failure.as_ref().map(|failure| failure.code.as_str()))
            .bind::<Nullable<Text>, _>(item.failure.as_ref().map(|failure| failure.message.as_str()))
            .bind::<Integer, _>(item.open().saturating_add(item.lost))
            .bind::<Integer, _>(item.open())
            .bind::<Integer, _>(item.lost)
            .bind::<Text, _>(item.verdicts.text())
            .bind::<BigInt, _>(item.at.0)
            .bind::<Nullable<BigInt>, _>(item.finished_at())
            .bind::<Id, _>(Key::from(message.id))
            .execute(c)?;
        results.push(changed == 1);
        if changed == 0 {
            continue;
        }
        item.count(&mut tally);
        new_task::insert_sqlite(c, item)?;
    }
    tally.insert_sqlite(c)?;
    if let Some(fresh) = new_task::fresh(items.iter().map(AsRef::as_ref)) {
        fresh.insert(c)?;
    }
    Ok(results)
}

#[derive(QueryableByName)]
struct WonRow {
    #[diesel(sql_type = Id)]
    id: Key,
}

sql!(
    /// As in `claim`, the statuses are bound so that the planner looks messages up by id.
    Dispatch,
    concat!(
    "WITH i AS MATERIALIZED (SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?) \
     AS i(id, status, error_code, error_message, open, lost, verdicts, at, finished_at)), \
     m AS (UPDATE messages m SET status = i.status, error_code = i.error_code, error_message = i.error_message, \
       total_channels = i.open + i.lost, open_channels = i.open, failed_channels = i.lost, verdicts = i.verdicts, due_at = NULL, updated_at = i.at, \
       finished_at = i.finished_at \
       FROM i WHERE m.id = i.id AND m.status = ANY(?) \
       RETURNING m.id, m.tenant_id, m.business_type, m.status, m.error_code, m.created_at, m.scheduled_at, \
       m.finished_at), \
     s AS (",
    super::stats::count_into!(),
    super::stats::ended_messages!(),
    "), \
     f AS (",
    super::fresh::insert_batches!(),
    "), \
     t AS (",
    super::new_task::insert_tasks!("m"),
    ") \
     SELECT id FROM m"
    )
);

fn dispatch_statement<'w>(items: &[&'w DispatchWrite]) -> Statement<'w, Pg, Dispatch> {
    let fresh = new_task::fresh(items.iter().copied());
    let statement = Statement::new(Dispatch)
        .bind::<Array<Id>, _>(items.iter().map(|i| Key::from(i.message.id)).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(items.iter().map(|i| i.status.as_str()).collect::<Vec<_>>())
        .bind::<Array<Nullable<Text>>, _>(
            items.iter().map(|i| i.failure.as_ref().map(|failure| failure.code.as_str())).collect::<Vec<_>>(),
        )
        .bind::<Array<Nullable<Text>>, _>(
            items.iter().map(|i| i.failure.as_ref().map(|failure| failure.message.as_str())).collect::<Vec<_>>(),
        )
        .bind::<Array<Integer>, _>(items.iter().map(|i| i.open()).collect::<Vec<_>>())
        .bind::<Array<Integer>, _>(items.iter().map(|i| i.lost).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(items.iter().map(|i| i.verdicts.text()).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(items.iter().map(|i| i.at.0).collect::<Vec<_>>())
        .bind::<Array<Nullable<BigInt>>, _>(items.iter().map(|i| i.finished_at()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(vec!["PENDING", "SCHEDULED"]);
    new_task::bind(fresh::bind(statement, fresh.into_iter().collect()), items)
}
