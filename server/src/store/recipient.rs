//! Recipients of stored messages, without the rest of them.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;

use super::conn::{Conn, on};
use super::error::StoreError;
use super::schema::messages;
use super::types::Key;
use crate::domain::id::MessageId;
use crate::domain::recipient::Recipient;

/// Lists that are longer as JSON text are read one by one, so that a page of messages never takes much memory.
const SHORT: &str = "length(recipients) <= 65536";

/// Recipients by message, of lists that are short. What can't be read, or is long, is left out.
pub async fn short_lists(conn: &mut Conn, ids: &[MessageId]) -> Result<HashMap<MessageId, Vec<Recipient>>, StoreError> {
    let keys: Vec<Key> = ids.iter().copied().map(Key::from).collect();
    let rows: Vec<(Key, String)> = on!(conn, c => messages::table
        .filter(messages::id.eq_any(&keys))
        .filter(sql::<Bool>(SHORT))
        .select((messages::id, messages::recipients))
        .load(c)
        .await)?;
    Ok(rows.into_iter().filter_map(|(id, text)| Some((id.into(), read(id, &text)?))).collect())
}

/// One message's recipients; none where there is no such message or its list can't be read.
pub async fn of_message(conn: &mut Conn, id: MessageId) -> Result<Vec<Recipient>, StoreError> {
    let text: Option<String> = on!(conn, c => messages::table
        .find(Key::from(id))
        .select(messages::recipients)
        .first(c)
        .await
        .optional())?;
    Ok(text.and_then(|text| read(id.into(), &text)).unwrap_or_default())
}

fn read(id: Key, text: &str) -> Option<Vec<Recipient>> {
    let unreadable = |error: &serde_json::Error| {
        tracing::error!(message.id = %MessageId::from(id), %error, "recipients can't be read");
    };
    serde_json::from_str(text).inspect_err(unreadable).ok()
}
