//! Accepting one message alone on PostgreSQL. What a batch's statement is made for, lists, takes most of its time when there
//! is one of each; this one does the same with plain values, in a third of the database's time.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, SmallInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::accept::{AcceptWrite, StoredRow, bind_message, fresh};
use super::dispatch::DispatchWrite;
use super::fresh;
use super::new_task::bind_task;
use super::statement::{Sql, Statement, sql};
use super::types::{Id, Key};
use crate::domain::task::NewTask;

/// `n` is the message, unless its messageId is taken.
macro_rules! message {
    () => {
        concat!(
            "WITH i(id, message_id, tenant_id, business_type, created_at, digest) AS (VALUES (?, ?, ?, ?, ?, ?)), \
             k AS (INSERT INTO message_keys (tenant_id, message_id, id, digest) \
               SELECT tenant_id, message_id, id, digest FROM i WHERE digest IS NOT NULL \
               ON CONFLICT DO NOTHING RETURNING id), \
             n AS MATERIALIZED (SELECT * FROM i WHERE digest IS NULL OR id IN (SELECT id FROM k)), \
             f AS (",
            crate::store::fresh::insert_batches!(),
            "), \
             w AS (INSERT INTO messages (id, message_id, tenant_id, store_id, business_type, business_data, options, \
               recipients, execution_mode, lane, priority, status, sent_by, due_at, scheduled_at, expires_at, created_at, \
               updated_at, total_channels, open_channels, failed_channels, verdicts) \
               SELECT id, message_id, tenant_id, ?, business_type, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, created_at, ?, ?, ?, \
               ?, ? FROM n), \
             r AS (INSERT INTO recipients (tenant_id, address, message_id) \
               SELECT n.tenant_id, a.address, n.id FROM n, unnest(?) AS a(address)), \
             s AS (",
            crate::store::stats::count_into!(),
            "SELECT created_at - created_at % 60000000, tenant_id, 'ACCEPTED', business_type, '', \
               '00000000-0000-0000-0000-000000000000'::uuid, '', '', -1, 1 FROM n) "
        )
    };
}

sql!(
    /// Without a task yet.
    AcceptOne,
    concat!(message!(), "SELECT id FROM n")
);

sql!(
    /// With one task.
    AcceptOneSent,
    concat!(
        message!(),
        ", t AS (INSERT INTO channel_tasks (id, message_id, tenant_id, message_key, business_type, channel_type, \
           channel_config_id, message_type, rendered_content, recipient_from, recipient_count, status, max_retry, \
           priority, lane, lane_priority, due_at, step, send_at, claim, sent_by, expires_at, created_at, updated_at) \
           SELECT ?, id, tenant_id, message_id, business_type, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? \
           FROM n) \
         SELECT id FROM n"
    )
);

/// What of the statement's parts the message has.
pub(super) enum One<'w> {
    Alone(&'w AcceptWrite),
    WithTask(&'w AcceptWrite, &'w DispatchWrite, &'w NewTask),
}

impl<'w> One<'w> {
    /// Where it is one message that has not ended, with one task at most.
    pub(super) fn of(items: &'w [AcceptWrite]) -> Option<Self> {
        let [item] = items else { return None };
        match &item.decided {
            None => Some(Self::Alone(item)),
            Some(decided) => match &*decided.tasks {
                [task] if item.finished_at().is_none() && item.failure().is_none() => {
                    Some(Self::WithTask(item, decided, task))
                }
                _ => None,
            },
        }
    }

    /// Stores it; no row where its messageId is taken.
    pub(super) async fn store(self, c: &mut AsyncPgConnection) -> QueryResult<Vec<StoredRow>> {
        match self {
            Self::Alone(item) => bind(Statement::new(AcceptOne), item).load(c).await,
            Self::WithTask(item, decided, task) => {
                let statement = bind(Statement::new(AcceptOneSent), item).bind::<Id, _>(Key::from(task.id));
                bind_task!(statement, decided, task).load(c).await
            }
        }
    }
}

fn bind<'w, S: Sql>(statement: Statement<'w, Pg, S>, item: &'w AcceptWrite) -> Statement<'w, Pg, S> {
    let message = &item.message;
    let (open, lost) = item.channels();
    let statement = statement
        .bind::<Id, _>(Key::from(message.id))
        .bind::<Text, _>(message.message_id.as_str())
        .bind::<Id, _>(Key::from(message.tenant_id))
        .bind::<Text, _>(message.business_type.as_str())
        .bind::<BigInt, _>(message.created_at.0)
        .bind::<Nullable<Binary>, _>(message.digest.as_ref().map(<[u8; 32]>::as_slice));
    let statement = fresh::bind(statement, fresh(std::slice::from_ref(item)))
        .bind::<Nullable<Text>, _>(message.store_id.as_deref());
    bind_message!(statement, item)
        .bind::<BigInt, _>(item.updated_at())
        .bind::<Integer, _>(open.saturating_add(lost))
        .bind::<Integer, _>(open)
        .bind::<Integer, _>(lost)
        .bind::<Text, _>(item.verdicts())
        .bind::<Array<Text>, _>(item.addresses.iter().map(String::as_str).collect::<Vec<_>>())
}
