//! Accepting messages: the idempotency key, the message and its recipients' addresses, in one statement per batch; and,
//! where the chain has decided already, its tasks.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, SmallInt, Text};
use uuid::Uuid;

use super::accept_one::One;
use super::accept_sqlite::accept_sqlite;
use super::batch::{BatchLimits, Batcher};
use super::conn::{Hot, Store};
use super::dispatch::DispatchWrite;
use super::error::{StoreError, taken};
use super::fresh::{self, FreshBatch};
use super::new_task;
use super::statement::{Statement, sql};
use super::types::{Id, Key};
use super::verdict_list::{self, KnownLists};
use crate::domain::id::MessageId;
use crate::domain::message::{Failure, NewMessage};

/// What became of a message at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcceptResult {
    Stored,
    /// This messageId was accepted before, with the same content.
    Duplicate(MessageId),
    /// This messageId was accepted before, with other content.
    Conflict(MessageId),
}

/// A message as its rows will hold it: rendered to text once, outside the writer.
#[derive(Debug, Clone)]
pub struct AcceptWrite {
    pub(super) message: Arc<NewMessage>,
    /// What the chain decided already: stored with the message, instead of after it.
    pub(super) decided: Option<Arc<DispatchWrite>>,
    pub(super) options: String,
    pub(super) recipients: String,
    pub(super) addresses: Vec<String>,
}

impl AcceptWrite {
    /// # Errors
    /// Where a part can't be written as JSON (which valid messages never cause).
    pub fn new(message: Arc<NewMessage>) -> Result<Self, serde_json::Error> {
        let mut addresses: Vec<String> =
            message.recipients.iter().flat_map(|recipient| recipient.addresses()).map(str::to_owned).collect();
        addresses.sort_unstable();
        addresses.dedup();
        Ok(Self {
            options: serde_json::to_string(&message.options)?,
            recipients: serde_json::to_string(&*message.recipients)?,
            addresses,
            message,
            decided: None,
        })
    }

    /// The same with what the chain decided about this message.
    #[must_use]
    pub fn decided(self, decided: Arc<DispatchWrite>) -> Self {
        Self { decided: Some(decided), ..self }
    }

    pub(super) fn status(&self) -> &'static str {
        self.decided.as_ref().map_or_else(|| self.message.status(), |decided| decided.status).as_str()
    }

    pub(super) fn failure(&self) -> Option<&Failure> {
        self.decided.as_ref()?.failure.as_ref()
    }

    /// Channels with a task, and those lost before there was one.
    pub(super) fn channels(&self) -> (i32, i32) {
        self.decided.as_ref().map_or((0, 0), |decided| (decided.open(), decided.lost))
    }

    pub(super) fn verdicts(&self) -> &str {
        self.decided.as_ref().map_or("[]", |decided| decided.verdicts.text())
    }

    pub(super) fn updated_at(&self) -> i64 {
        self.decided.as_ref().map_or(self.message.created_at, |decided| decided.at).0
    }

    pub(super) fn finished_at(&self) -> Option<i64> {
        self.decided.as_ref()?.finished_at()
    }

    /// When the chain is to run, where it is not at once.
    pub(super) fn due_at(&self) -> Option<i64> {
        let due_at = self.message.due_at();
        (due_at > self.message.created_at).then_some(due_at.0)
    }

    fn bytes(&self) -> usize {
        let decided = self.decided.as_ref().map_or(0, |decided| decided.bytes());
        self.message.business_data.len() + self.options.len() + self.recipients.len() * 2 + 300 + decided
    }
}

/// Binds a message's columns from its data to its expiry, for statements of one message.
macro_rules! bind_message {
    ($statement:expr, $item:expr) => {
        $statement
            .bind::<Text, _>(&*$item.message.business_data)
            .bind::<Text, _>($item.options.as_str())
            .bind::<Text, _>($item.recipients.as_str())
            .bind::<Text, _>($item.message.execution_mode.as_str())
            .bind::<Nullable<Text>, _>($item.message.lane.as_deref())
            .bind::<SmallInt, _>(i16::from($item.message.priority))
            .bind::<Text, _>($item.status())
            .bind::<Nullable<Id>, _>($item.message.sent_by.map(Key::from))
            .bind::<Nullable<BigInt>, _>($item.due_at())
            .bind::<Nullable<BigInt>, _>($item.message.scheduled_at.map(|at| at.0))
            .bind::<Nullable<BigInt>, _>($item.message.expires_at.map(|at| at.0))
    };
}
pub(super) use bind_message;

impl Store {
    /// The writer that accepts messages.
    pub fn accept_writer(&self) -> Batcher<AcceptWrite, AcceptResult> {
        let (store, known) = (self.clone(), KnownLists::default());
        let parallel = if self.is_postgres() { 3 } else { 1 };
        let limits = BatchLimits { items: 256, bytes: 8 << 20, parallel, patient: false };
        Batcher::spawn(limits, AcceptWrite::bytes, move |items| {
            let (store, known) = (store.clone(), known.clone());
            async move {
                let lists = Arc::new(known.missing(decided(&items).map(|decided| &decided.verdicts))?);
                let results = accept(&store, Arc::clone(&lists), items).await?;
                known.add(&lists);
                Ok(results)
            }
        })
    }
}

/// What was decided of these.
fn decided(items: &[AcceptWrite]) -> impl Iterator<Item = &DispatchWrite> + Clone {
    items.iter().filter_map(|item| item.decided.as_deref())
}

async fn accept(
    store: &Store,
    lists: Arc<Vec<(Uuid, String)>>,
    items: Arc<Vec<AcceptWrite>>,
) -> Result<Vec<AcceptResult>, StoreError> {
    match store.hot().await? {
        Hot::Sqlite(writer) => {
            let write = move |c: &mut SqliteConnection| {
                verdict_list::insert_sqlite(c, &lists)?;
                accept_sqlite(c, &items)
            };
            writer.run(write).await
        }
        Hot::Postgres(mut conn) => {
            let c = &mut *conn;
            verdict_list::insert_postgres(c, &lists).await?;
            let stored = match One::of(&items) {
                Some(one) => one.store(c).await,
                None => diesel_async::RunQueryDsl::load::<StoredRow>(accept_statement(&items), c).await,
            };
            let stored: HashSet<Uuid> = match stored.map_err(StoreError::from) {
                Ok(rows) => rows.into_iter().map(|row| row.id.0).collect(),
                // Nobody else makes this id: the answer to the first try was lost with its connection.
                Err(error) if taken(&error) && items.len() == 1 && items[0].message.digest.is_none() => {
                    return Ok(vec![AcceptResult::Stored]);
                }
                Err(error) => return Err(error),
            };
            let known = if stored.len() == items.len() {
                HashMap::new()
            } else {
                let taken: Vec<_> = items.iter().filter(|item| !stored.contains(&item.message.id.0)).collect();
                known_keys(c, &taken).await?
            };
            items
                .iter()
                .map(|item| {
                    let message = &item.message;
                    if stored.contains(&message.id.0) {
                        return Ok(AcceptResult::Stored);
                    }
                    known
                        .get(&(message.tenant_id.0, message.message_id.as_str()))
                        .map(|(id, digest)| verdict(message, *id, digest))
                        .ok_or_else(|| StoreError::Conflict("a message key was taken and vanished".to_owned()))
                })
                .collect()
        }
    }
}

pub(super) fn verdict(message: &NewMessage, id: Key, digest: &[u8]) -> AcceptResult {
    // The same row again: the answer to the first try was lost with its connection.
    if id.0 == message.id.0 {
        AcceptResult::Stored
    } else if message.digest.is_some_and(|own| digest == own) {
        AcceptResult::Duplicate(id.into())
    } else {
        AcceptResult::Conflict(id.into())
    }
}

/// What stands in for the due times of what is to be processed, or is sent, at once.
pub(super) fn fresh(items: &[AcceptWrite]) -> Vec<FreshBatch> {
    let waiting = items.iter().filter(|item| item.decided.is_none() && item.due_at().is_none());
    let now = waiting.clone().map(|item| item.message.created_at).max();
    let messages = now.and_then(|now| FreshBatch::messages(waiting.map(|item| item.message.id.0), now));
    messages.into_iter().chain(new_task::fresh(decided(items))).collect()
}

#[derive(QueryableByName)]
pub(super) struct StoredRow {
    #[diesel(sql_type = Id)]
    id: Key,
}

sql!(
    /// Sorted by key, so that two batches with the same keys wait for each other instead of deadlocking. The odd
    /// `(… IN …) IS TRUE` makes a hashed lookup of what would be planned as a nested loop over both lists.
    Accept,
    concat!(
    "WITH i AS MATERIALIZED (SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
     AS i(id, message_id, tenant_id, store_id, business_type, business_data, options, recipients, execution_mode, \
     lane, priority, status, sent_by, due_at, scheduled_at, expires_at, created_at, digest, updated_at, error_code, \
     error_message, open, lost, verdicts, finished_at)), \
     k AS (INSERT INTO message_keys (tenant_id, message_id, id, digest) \
       SELECT tenant_id, message_id, id, digest FROM i WHERE digest IS NOT NULL ORDER BY tenant_id, message_id \
       ON CONFLICT DO NOTHING RETURNING id), \
     n AS MATERIALIZED (SELECT id FROM k UNION ALL SELECT id FROM i WHERE digest IS NULL), \
     f AS (",
    super::fresh::insert_batches!(),
    "), \
     w AS (INSERT INTO messages (id, message_id, tenant_id, store_id, business_type, business_data, options, \
       recipients, execution_mode, lane, priority, status, sent_by, due_at, scheduled_at, expires_at, created_at, \
       updated_at, error_code, error_message, total_channels, open_channels, failed_channels, verdicts, finished_at) \
       SELECT id, message_id, tenant_id, store_id, business_type, business_data, options, recipients, execution_mode, \
       lane, priority, status, sent_by, due_at, scheduled_at, expires_at, created_at, updated_at, error_code, \
       error_message, open + lost, open, lost, verdicts, finished_at FROM i \
       WHERE (id IN (SELECT id FROM n)) IS TRUE), \
     r AS (INSERT INTO recipients (tenant_id, address, message_id) \
       SELECT * FROM unnest(?, ?, ?) AS r(tenant_id, address, message_id) \
       WHERE (message_id IN (SELECT id FROM n)) IS TRUE), \
     m AS (SELECT * FROM i WHERE finished_at IS NOT NULL AND (id IN (SELECT id FROM n)) IS TRUE), \
     s AS (",
    super::stats::count_into!(),
    "SELECT created_at - created_at % 60000000, tenant_id, 'ACCEPTED', business_type, '', \
       '00000000-0000-0000-0000-000000000000'::uuid, '', '', -1, count(*) \
       FROM i WHERE (id IN (SELECT id FROM n)) IS TRUE GROUP BY 1, 2, 4 UNION ALL ",
    super::stats::ended_messages!(),
    "), \
     t AS (",
    super::new_task::insert_tasks!("n"),
    ") \
     SELECT id FROM n"
    )
);

fn accept_statement(items: &[AcceptWrite]) -> Statement<'_, Pg, Accept> {
    let column = |of: fn(&NewMessage) -> Key| items.iter().map(|item| of(&item.message)).collect::<Vec<_>>();
    let texts = |of: fn(&AcceptWrite) -> &str| items.iter().map(of).collect::<Vec<_>>();
    let maybe_texts =
        |of: fn(&NewMessage) -> Option<&str>| items.iter().map(|item| of(&item.message)).collect::<Vec<_>>();
    let maybe_times =
        |of: fn(&NewMessage) -> Option<i64>| items.iter().map(|item| of(&item.message)).collect::<Vec<Option<i64>>>();
    let mut tenants = Vec::new();
    let mut addresses = Vec::new();
    let mut ids = Vec::new();
    for item in items {
        for address in &item.addresses {
            tenants.push(Key::from(item.message.tenant_id));
            addresses.push(address.as_str());
            ids.push(Key::from(item.message.id));
        }
    }
    let failures = |of: fn(&Failure) -> &str| items.iter().map(|i| i.failure().map(of)).collect::<Vec<_>>();
    let statement = Statement::new(Accept)
        .bind::<Array<Id>, _>(column(|m| m.id.into()))
        .bind::<Array<Text>, _>(texts(|i| &i.message.message_id))
        .bind::<Array<Id>, _>(column(|m| m.tenant_id.into()))
        .bind::<Array<Nullable<Text>>, _>(maybe_texts(|m| m.store_id.as_deref()))
        .bind::<Array<Text>, _>(texts(|i| &i.message.business_type))
        .bind::<Array<Text>, _>(texts(|i| &i.message.business_data))
        .bind::<Array<Text>, _>(texts(|i| &i.options))
        .bind::<Array<Text>, _>(texts(|i| &i.recipients))
        .bind::<Array<Text>, _>(texts(|i| i.message.execution_mode.as_str()))
        .bind::<Array<Nullable<Text>>, _>(maybe_texts(|m| m.lane.as_deref()))
        .bind::<Array<SmallInt>, _>(items.iter().map(|i| i16::from(i.message.priority)).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(texts(AcceptWrite::status))
        .bind::<Array<Nullable<Id>>, _>(
            items.iter().map(|i| i.message.sent_by.map(Key::from)).collect::<Vec<Option<Key>>>(),
        )
        .bind::<Array<Nullable<BigInt>>, _>(items.iter().map(AcceptWrite::due_at).collect::<Vec<_>>())
        .bind::<Array<Nullable<BigInt>>, _>(maybe_times(|m| m.scheduled_at.map(|at| at.0)))
        .bind::<Array<Nullable<BigInt>>, _>(maybe_times(|m| m.expires_at.map(|at| at.0)))
        .bind::<Array<BigInt>, _>(items.iter().map(|i| i.message.created_at.0).collect::<Vec<_>>())
        .bind::<Array<Nullable<Binary>>, _>(
            items.iter().map(|i| i.message.digest.as_ref().map(<[u8; 32]>::as_slice)).collect::<Vec<_>>(),
        )
        .bind::<Array<BigInt>, _>(items.iter().map(AcceptWrite::updated_at).collect::<Vec<_>>())
        .bind::<Array<Nullable<Text>>, _>(failures(|failure| failure.code.as_str()))
        .bind::<Array<Nullable<Text>>, _>(failures(|failure| &failure.message))
        .bind::<Array<Integer>, _>(items.iter().map(|i| i.channels().0).collect::<Vec<_>>())
        .bind::<Array<Integer>, _>(items.iter().map(|i| i.channels().1).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(texts(AcceptWrite::verdicts))
        .bind::<Array<Nullable<BigInt>>, _>(items.iter().map(AcceptWrite::finished_at).collect::<Vec<_>>());
    let statement = fresh::bind(statement, fresh(items))
        .bind::<Array<Id>, _>(tenants)
        .bind::<Array<Text>, _>(addresses)
        .bind::<Array<Id>, _>(ids);
    new_task::bind(statement, &decided(items).collect::<Vec<_>>())
}

sql!(
    Known,
    "SELECT k.tenant_id, k.message_id, k.id, k.digest FROM unnest(?, ?) AS i(tenant_id, message_id) \
     JOIN message_keys k ON k.tenant_id = i.tenant_id AND k.message_id = i.message_id"
);

#[derive(QueryableByName)]
struct KnownRow {
    #[diesel(sql_type = Id)]
    tenant_id: Key,
    #[diesel(sql_type = Text)]
    message_id: String,
    #[diesel(sql_type = Id)]
    id: Key,
    #[diesel(sql_type = Binary)]
    digest: Vec<u8>,
}

async fn known_keys<'a>(
    c: &mut diesel_async::AsyncPgConnection,
    items: &[&'a AcceptWrite],
) -> Result<HashMap<(Uuid, &'a str), (Key, Vec<u8>)>, StoreError> {
    let statement = Statement::new(Known)
        .bind::<Array<Id>, _>(items.iter().map(|item| Key::from(item.message.tenant_id)).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(items.iter().map(|item| item.message.message_id.clone()).collect::<Vec<_>>());
    let rows = diesel_async::RunQueryDsl::load::<KnownRow>(statement, c).await?;
    Ok(items
        .iter()
        .filter_map(|item| {
            let row = rows
                .iter()
                .find(|row| row.tenant_id.0 == item.message.tenant_id.0 && row.message_id == item.message.message_id)?;
            Some(((item.message.tenant_id.0, item.message.message_id.as_str()), (row.id, row.digest.clone())))
        })
        .collect())
}
