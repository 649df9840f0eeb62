//! New tasks as rows: those that the chain planned, stored with its decision or with the message itself.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, SmallInt, Text};

use super::dispatch::DispatchWrite;
use super::fresh::FreshBatch;
use super::statement::{Sql, Statement, sql};
use super::types::{Id, Key};
use crate::domain::enums::TaskStatus;
use crate::domain::task::NewTask;

sql!(
    InsertTask,
    "INSERT INTO channel_tasks (id, message_id, tenant_id, message_key, business_type, channel_type, \
     channel_config_id, message_type, rendered_content, recipient_from, recipient_count, status, max_retry, priority, \
     lane, lane_priority, due_at, step, send_at, claim, sent_by, expires_at, created_at, updated_at) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
);

pub(super) fn status(task: &NewTask) -> &'static str {
    if task.lease.is_some() { TaskStatus::Sending } else { TaskStatus::Pending }.as_str()
}

/// When somebody should look at the task. For one that is being sent already its batch stands in.
pub(super) fn due_at(task: &NewTask) -> Option<i64> {
    task.lease.is_none().then_some(task.due_at.0)
}

pub(super) fn claim(task: &NewTask) -> i64 {
    task.lease.map_or(0, |lease| lease.claim)
}

/// What stands in for the due times of what is booked.
pub(super) fn fresh<'w>(items: impl Iterator<Item = &'w DispatchWrite> + Clone) -> Option<FreshBatch> {
    let booked =
        || items.clone().flat_map(|item| &item.tasks).filter_map(|task| task.lease.map(|lease| (task.id.0, lease)));
    let until = booked().map(|(_, lease)| lease.until).max()?;
    FreshBatch::tasks(booked().map(|(id, _)| id), until)
}

/// Binds the columns of one task from its channel's type on.
macro_rules! bind_task {
    ($statement:expr, $item:expr, $task:expr) => {
        $statement
            .bind::<Text, _>($task.channel_type.as_str())
            .bind::<Id, _>(Key::from($task.channel_config_id))
            .bind::<Text, _>($task.message_type.as_str())
            .bind::<Text, _>(&*$task.rendered_content)
            .bind::<Integer, _>($task.recipient_from)
            .bind::<Integer, _>($task.recipient_count)
            .bind::<Text, _>($crate::store::new_task::status($task))
            .bind::<Integer, _>($task.max_retry)
            .bind::<Integer, _>($task.priority)
            .bind::<Nullable<Text>, _>($item.message.lane.as_deref())
            .bind::<SmallInt, _>(i16::from($item.message.priority))
            .bind::<Nullable<BigInt>, _>($crate::store::new_task::due_at($task))
            .bind::<Integer, _>($task.step)
            .bind::<Nullable<BigInt>, _>($task.send_at.map(|at| at.0))
            .bind::<BigInt, _>($crate::store::new_task::claim($task))
            .bind::<Nullable<Id>, _>($item.message.sent_by.map(Key::from))
            .bind::<Nullable<BigInt>, _>($item.message.expires_at.map(|at| at.0))
            .bind::<BigInt, _>($item.at.0)
            .bind::<BigInt, _>($item.at.0)
    };
}
pub(super) use bind_task;

/// Stores the tasks of one message.
pub(super) fn insert_sqlite(c: &mut SqliteConnection, item: &DispatchWrite) -> QueryResult<()> {
    let message = &item.message;
    for task in &item.tasks {
        let statement = Statement::new(InsertTask)
            .bind::<Id, _>(Key::from(task.id))
            .bind::<Id, _>(Key::from(message.id))
            .bind::<Id, _>(Key::from(message.tenant_id))
            .bind::<Text, _>(message.message_id.as_str())
            .bind::<Text, _>(message.business_type.as_str());
        bind_task!(statement, item, task).execute(c)?;
    }
    Ok(())
}

/// The same in a statement of PostgreSQL, for messages whose ids are in the query of that name; [`bind`] binds.
macro_rules! insert_tasks {
    ($messages:literal) => {
        concat!(
            "INSERT INTO channel_tasks (id, message_id, tenant_id, message_key, business_type, channel_type, \
             channel_config_id, message_type, rendered_content, recipient_from, recipient_count, status, max_retry, \
             priority, lane, lane_priority, due_at, step, send_at, claim, sent_by, expires_at, created_at, updated_at) \
             SELECT id, message_id, tenant_id, message_key, business_type, channel_type, channel_config_id, \
             message_type, rendered_content, recipient_from, recipient_count, status, max_retry, priority, lane, \
             lane_priority, due_at, step, send_at, claim, sent_by, expires_at, at, at \
             FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AS t(id, message_id, \
             tenant_id, message_key, business_type, channel_type, channel_config_id, message_type, rendered_content, \
             recipient_from, recipient_count, status, max_retry, priority, lane, lane_priority, due_at, step, send_at, \
             claim, sent_by, expires_at, at) WHERE (message_id IN (SELECT id FROM ",
            $messages,
            ")) IS TRUE"
        )
    };
}
pub(super) use insert_tasks;

/// Binds the tasks of these messages for [`insert_tasks!`].
pub(super) fn bind<'w, S: Sql>(statement: Statement<'w, Pg, S>, items: &[&'w DispatchWrite]) -> Statement<'w, Pg, S> {
    let tasks: Vec<(&'w DispatchWrite, &'w NewTask)> =
        items.iter().flat_map(|item| item.tasks.iter().map(move |task| (*item, task))).collect();
    let keys = |of: fn(&DispatchWrite, &NewTask) -> Key| tasks.iter().map(|(i, t)| of(i, t)).collect::<Vec<_>>();
    let texts =
        |of: fn(&'w DispatchWrite, &'w NewTask) -> &'w str| tasks.iter().map(|(i, t)| of(i, t)).collect::<Vec<_>>();
    let numbers = |of: fn(&NewTask) -> i32| tasks.iter().map(|(_, t)| of(t)).collect::<Vec<_>>();
    statement
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
        .bind::<Array<BigInt>, _>(tasks.iter().map(|(_, t)| claim(t)).collect::<Vec<_>>())
        .bind::<Array<Nullable<Id>>, _>(
            tasks.iter().map(|(i, _)| i.message.sent_by.map(Key::from)).collect::<Vec<Option<Key>>>(),
        )
        .bind::<Array<Nullable<BigInt>>, _>(
            tasks.iter().map(|(i, _)| i.message.expires_at.map(|at| at.0)).collect::<Vec<Option<i64>>>(),
        )
        .bind::<Array<BigInt>, _>(tasks.iter().map(|(i, _)| i.at.0).collect::<Vec<_>>())
}
