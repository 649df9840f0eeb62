//! The chain's last step: the message's verdicts and end or its tasks, in one statement per batch. Counts only while
//! the chain has not run yet, so that of two runs of one message the first wins.

use std::collections::HashSet;
use std::sync::Arc;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, SmallInt, Text};

use super::batch::{BatchLimits, Batcher};
use super::conn::{Hot, Store};
use super::error::StoreError;
use super::fresh::{self, FreshBatch};
use super::statement::{Statement, sql};
use super::stats::tally::{MessageEnd, OfMessage, Tally};
use super::types::{Id, Key};
use super::verdict_list::{self, KnownLists, StoredVerdicts};
use crate::domain::enums::{MessageStatus, TaskStatus};
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
    fn bytes(&self) -> usize {
        self.verdicts.text().len()
            + 200
            + self.tasks.iter().map(|task| task.rendered_content.len() + 300).sum::<usize>()
    }

    fn open(&self) -> i32 {
        i32::try_from(self.tasks.len()).unwrap_or(i32::MAX)
    }

    fn finished_at(&self) -> Option<i64> {
        self.status.finished().then_some(self.at.0)
    }

    /// Counts it where it ends here.
    fn count(&self, tally: &mut Tally) {
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
        let limits = BatchLimits { items: 256, bytes: 8 << 20, parallel };
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

sql!(
    InsertTask,
    "INSERT INTO channel_tasks (id, message_id, tenant_id, message_key, business_type, channel_type, \
     channel_config_id, message_type, rendered_content, recipient_from, recipient_count, status, max_retry, priority, \
     lane, lane_priority, due_at, step, send_at, claim, sent_by, expires_at, created_at, updated_at) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
);

fn status(task: &NewTask) -> &'static str {
    if task.lease.is_some() { TaskStatus::Sending } else { TaskStatus::Pending }.as_str()
}

/// When somebody should look at the task. For one that is being sent already its batch stands in.
fn due_at(task: &NewTask) -> Option<i64> {
    task.lease.is_none().then_some(task.due_at.0)
}

/// What stands in for the due times of what is booked.
fn fresh<'w>(items: impl Iterator<Item = &'w DispatchWrite> + Clone) -> Option<FreshBatch> {
    let booked =
        || items.clone().flat_map(|item| &item.tasks).filter_map(|task| task.lease.map(|lease| (task.id.0, lease)));
    let until = booked().map(|(_, lease)| lease.until).max()?;
    FreshBatch::tasks(booked().map(|(id, _)| id), until)
}

fn claim(task: &NewTask) -> i64 {
    task.lease.map_or(0, |lease| lease.claim)
}

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
        for task in &item.tasks {
            Statement::new(InsertTask)
                .bind::<Id, _>(Key::from(task.id))
                .bind::<Id, _>(Key::from(message.id))
                .bind::<Id, _>(Key::from(message.tenant_id))
                .bind::<Text, _>(message.message_id.as_str())
                .bind::<Text, _>(message.business_type.as_str())
                .bind::<Text, _>(task.channel_type.as_str())
                .bind::<Id, _>(Key::from(task.channel_config_id))
                .bind::<Text, _>(task.message_type.as_str())
                .bind::<Text, _>(&*task.rendered_content)
                .bind::<Integer, _>(task.recipient_from)
                .bind::<Integer, _>(task.recipient_count)
                .bind::<Text, _>(status(task))
                .bind::<Integer, _>(task.max_retry)
                .bind::<Integer, _>(task.priority)
                .bind::<Nullable<Text>, _>(message.lane.as_deref())
                .bind::<SmallInt, _>(i16::from(message.priority))
                .bind::<Nullable<BigInt>, _>(due_at(task))
                .bind::<Integer, _>(task.step)
                .bind::<Nullable<BigInt>, _>(task.send_at.map(|at| at.0))
                .bind::<BigInt, _>(claim(task))
                .bind::<Nullable<Id>, _>(message.sent_by.map(Key::from))
                .bind::<Nullable<BigInt>, _>(message.expires_at.map(|at| at.0))
                .bind::<BigInt, _>(item.at.0)
                .bind::<BigInt, _>(item.at.0)
                .execute(c)?;
        }
    }
    tally.insert_sqlite(c)?;
    if let Some(fresh) = fresh(items.iter().map(AsRef::as_ref)) {
        fresh.insert(c, fresh::TASKS)?;
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
     f AS (INSERT INTO fresh_batches (id, kind, look_at, ids) \
       SELECT id, 'TASKS', look_at, ids FROM unnest(?, ?, ?) AS f(id, look_at, ids) ON CONFLICT DO NOTHING), \
     t AS (INSERT INTO channel_tasks (id, message_id, tenant_id, message_key, business_type, channel_type, \
       channel_config_id, message_type, rendered_content, recipient_from, recipient_count, status, max_retry, \
       priority, lane, lane_priority, due_at, step, send_at, claim, sent_by, expires_at, created_at, updated_at) \
       SELECT id, message_id, tenant_id, message_key, business_type, channel_type, channel_config_id, message_type, \
       rendered_content, recipient_from, recipient_count, status, max_retry, priority, lane, lane_priority, \
       due_at, step, send_at, claim, sent_by, expires_at, at, at \
       FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AS t(id, message_id, tenant_id, \
       message_key, business_type, channel_type, channel_config_id, message_type, rendered_content, recipient_from, \
       recipient_count, status, max_retry, priority, lane, lane_priority, due_at, step, send_at, claim, sent_by, expires_at, at) \
       WHERE (message_id IN (SELECT id FROM m)) IS TRUE) \
     SELECT id FROM m"
    )
);

fn dispatch_statement<'w>(items: &[&'w DispatchWrite]) -> Statement<'w, Pg, Dispatch> {
    let tasks: Vec<(&'w DispatchWrite, &'w NewTask)> =
        items.iter().flat_map(|item| item.tasks.iter().map(move |task| (*item, task))).collect();
    let keys = |of: fn(&DispatchWrite, &NewTask) -> Key| tasks.iter().map(|(i, t)| of(i, t)).collect::<Vec<_>>();
    let texts =
        |of: fn(&'w DispatchWrite, &'w NewTask) -> &'w str| tasks.iter().map(|(i, t)| of(i, t)).collect::<Vec<_>>();
    let numbers = |of: fn(&NewTask) -> i32| tasks.iter().map(|(_, t)| of(t)).collect::<Vec<_>>();
    let fresh = fresh(items.iter().copied());
    let large = |of: fn(&NewTask) -> i64| tasks.iter().map(|(_, t)| of(t)).collect::<Vec<_>>();
    Statement::new(Dispatch)
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
        .bind::<Array<Text>, _>(vec!["PENDING", "SCHEDULED"])
        .bind::<Array<Id>, _>(fresh.iter().map(FreshBatch::id).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(fresh.iter().map(FreshBatch::look_at).collect::<Vec<_>>())
        .bind::<Array<Binary>, _>(fresh.into_iter().map(FreshBatch::into_ids).collect::<Vec<_>>())
        .bind::<Array<Id>, _>(keys(|_, t| t.id.into()))
        .bind::<Array<Id>, _>(keys(|i, _| i.message.id.into()))
        .bind::<Array<Id>, _>(keys(|i, _| i.message.tenant_id.into()))
        .bind::<Array<Text>, _>(texts(|i, _| &i.message.message_id))
        .bind::<Array<Text>, _>(texts(|i, _| &i.message.business_type))
        .bind::<Array<Text>, _>(texts(|_, t| t.channel_type.as_str()))
        .bind::<Array<Id>, _>(keys(|_, t| t.channel_config_id.into()))
        .bind::<Array<Text>, _>(texts(|_, t| t.message_type.as_str()))
        .bind::<Array<Text>, _>(texts(|_, t| &t.rendered_content))
        .bind::<Array<Integer>, _>(numbers(|t| t.recipient_from))
        .bind::<Array<Integer>, _>(numbers(|t| t.recipient_count))
        .bind::<Array<Text>, _>(texts(|_, t| status(t)))
        .bind::<Array<Integer>, _>(numbers(|t| t.max_retry))
        .bind::<Array<Integer>, _>(numbers(|t| t.priority))
        .bind::<Array<Nullable<Text>>, _>(tasks.iter().map(|(i, _)| i.message.lane.as_deref()).collect::<Vec<_>>())
        .bind::<Array<SmallInt>, _>(tasks.iter().map(|(i, _)| i16::from(i.message.priority)).collect::<Vec<_>>())
        .bind::<Array<Nullable<BigInt>>, _>(tasks.iter().map(|(_, t)| due_at(t)).collect::<Vec<_>>())
        .bind::<Array<Integer>, _>(numbers(|t| t.step))
        .bind::<Array<Nullable<BigInt>>, _>(tasks.iter().map(|(_, t)| t.send_at.map(|at| at.0)).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(large(claim))
        .bind::<Array<Nullable<Id>>, _>(
            tasks.iter().map(|(i, _)| i.message.sent_by.map(Key::from)).collect::<Vec<Option<Key>>>(),
        )
        .bind::<Array<Nullable<BigInt>>, _>(
            tasks.iter().map(|(i, _)| i.message.expires_at.map(|at| at.0)).collect::<Vec<Option<i64>>>(),
        )
        .bind::<Array<BigInt>, _>(tasks.iter().map(|(i, _)| i.at.0).collect::<Vec<_>>())
}
