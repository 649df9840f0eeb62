//! Accepting messages on SQLite: a statement for each row, within the batch's transaction.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Integer, Nullable, SmallInt, Text};

use super::accept::{AcceptResult, AcceptWrite, bind_message, fresh, verdict};
use super::new_task;
use super::schema::message_keys;
use super::statement::{Statement, sql};
use super::stats::tally::{OfMessage, Tally};
use super::types::{Id, Key};

sql!(InsertKey, "INSERT OR IGNORE INTO message_keys (tenant_id, message_id, id, digest) VALUES (?, ?, ?, ?)");

sql!(
    InsertMessage,
    "INSERT INTO messages (id, message_id, tenant_id, store_id, business_type, business_data, options, \
     recipients, execution_mode, lane, priority, status, sent_by, due_at, scheduled_at, expires_at, created_at, \
     updated_at, error_code, error_message, total_channels, open_channels, failed_channels, verdicts, finished_at) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
);

sql!(InsertAddress, "INSERT INTO recipients (tenant_id, address, message_id) VALUES (?, ?, ?)");

pub(super) fn accept_sqlite(c: &mut SqliteConnection, items: &[AcceptWrite]) -> QueryResult<Vec<AcceptResult>> {
    let (mut results, mut tally) = (Vec::with_capacity(items.len()), Tally::default());
    for item in items {
        let message = &item.message;
        let new = match &message.digest {
            Some(digest) => Statement::new(InsertKey)
                .bind::<Id, _>(Key::from(message.tenant_id))
                .bind::<Text, _>(message.message_id.as_str())
                .bind::<Id, _>(Key::from(message.id))
                .bind::<Binary, _>(digest.as_slice())
                .execute(c)?,
            // A generated messageId is the id itself and needs no key.
            None => 1,
        };
        if new == 0 {
            let (id, digest): (Key, Vec<u8>) = message_keys::table
                .find((Key::from(message.tenant_id), &message.message_id))
                .select((message_keys::id, message_keys::digest))
                .first(c)?;
            results.push(verdict(message, id, &digest));
            continue;
        }
        let (open, lost) = item.channels();
        let statement = Statement::new(InsertMessage)
            .bind::<Id, _>(Key::from(message.id))
            .bind::<Text, _>(message.message_id.as_str())
            .bind::<Id, _>(Key::from(message.tenant_id))
            .bind::<Nullable<Text>, _>(message.store_id.as_deref())
            .bind::<Text, _>(message.business_type.as_str());
        bind_message!(statement, item)
            .bind::<BigInt, _>(message.created_at.0)
            .bind::<BigInt, _>(item.updated_at())
            .bind::<Nullable<Text>, _>(item.failure().map(|failure| failure.code.as_str()))
            .bind::<Nullable<Text>, _>(item.failure().map(|failure| failure.message.as_str()))
            .bind::<Integer, _>(open.saturating_add(lost))
            .bind::<Integer, _>(open)
            .bind::<Integer, _>(lost)
            .bind::<Text, _>(item.verdicts())
            .bind::<Nullable<BigInt>, _>(item.finished_at())
            .execute(c)?;
        for address in &item.addresses {
            Statement::new(InsertAddress)
                .bind::<Id, _>(Key::from(message.tenant_id))
                .bind::<Text, _>(address.as_str())
                .bind::<Id, _>(Key::from(message.id))
                .execute(c)?;
        }
        let of = OfMessage { tenant: message.tenant_id.into(), business_type: &message.business_type };
        tally.accepted(of, message.created_at);
        if let Some(decided) = &item.decided {
            decided.count(&mut tally);
            new_task::insert_sqlite(c, decided)?;
        }
        results.push(AcceptResult::Stored);
    }
    tally.insert_sqlite(c)?;
    for fresh in fresh(items) {
        fresh.insert(c)?;
    }
    Ok(results)
}
