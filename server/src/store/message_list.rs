//! Lists of messages, newest first, by any filter.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::conn::{Conn, on};
use super::error::StoreError;
use super::message::{MessageRow, floor_id, id_of};
use super::schema::{channel_tasks, messages, recipients};
use super::types::Key;
use crate::domain::enums::{ChannelType, MessageStatus};
use crate::domain::id::{ApiKeyId, MessageId, TenantId};
use crate::domain::message::Message;
use crate::domain::time::Timestamp;

/// Which messages a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageQuery {
    /// None: every tenant's.
    pub tenant_id: Option<TenantId>,
    /// Only what this key sent.
    pub sent_by: Option<ApiKeyId>,
    pub store_id: Option<String>,
    pub status: Vec<MessageStatus>,
    pub business_type: Option<String>,
    pub channel_type: Option<ChannelType>,
    pub message_id: Option<String>,
    pub recipient: Option<String>,
    pub created_from: Option<Timestamp>,
    pub created_to: Option<Timestamp>,
}

impl MessageQuery {
    /// Whether nothing is asked for but a tenant and a recipient.
    fn only_recipient(&self) -> bool {
        let rest = Self { tenant_id: None, recipient: None, ..self.clone() };
        rest == Self::default()
    }

    /// Whether a tenant is asked for what failed or was skipped, and nothing else: the index `messages_error` holds these
    /// few in the order of their ids. A CHECK on the table keeps to it that none of them is without an error code.
    fn only_errors(&self) -> bool {
        let with_code = |status: &MessageStatus| matches!(status, MessageStatus::Failed | MessageStatus::Skipped);
        // Across tenants the index is in no order: the newest are found sooner by walking all messages.
        self.tenant_id.is_some() && !self.status.is_empty() && self.status.iter().all(with_code)
    }
}

macro_rules! list_query {
    ($query:expr, $after:expr, $limit:expr) => {{
        let query: &MessageQuery = $query;
        let mut q =
            messages::table.select(MessageRow::as_select()).order(messages::id.desc()).limit($limit).into_boxed();
        if let Some(tenant) = query.tenant_id {
            q = q.filter(messages::tenant_id.eq(Key::from(tenant)));
        }
        if let Some(key) = query.sent_by {
            q = q.filter(messages::sent_by.eq(Key::from(key)));
        }
        if let Some(store) = &query.store_id {
            q = q.filter(messages::store_id.eq(store));
        }
        if !query.status.is_empty() {
            q = q.filter(messages::status.eq_any(query.status.iter().map(|status| status.as_str())));
        }
        if query.only_errors() {
            q = q.filter(messages::error_code.is_not_null());
        }
        if let Some(business_type) = &query.business_type {
            q = q.filter(messages::business_type.eq(business_type));
        }
        if let Some(message_id) = &query.message_id {
            q = q.filter(messages::message_id.eq(message_id));
        }
        if let Some(channel_type) = query.channel_type {
            q = q.filter(diesel::dsl::exists(
                channel_tasks::table
                    .filter(channel_tasks::message_id.eq(messages::id))
                    .filter(channel_tasks::channel_type.eq(channel_type.as_str()))
                    .select(channel_tasks::id),
            ));
        }
        if let Some(recipient) = &query.recipient {
            let mut found =
                recipients::table.filter(recipients::address.eq(recipient)).select(recipients::message_id).into_boxed();
            if let Some(tenant) = query.tenant_id {
                found = found.filter(recipients::tenant_id.eq(Key::from(tenant)));
                // The newest are enough where nothing else can drop one of them.
                if query.only_recipient() {
                    if let Some(after) = $after {
                        found = found.filter(recipients::message_id.lt(Key::from(after)));
                    }
                    found = found.order(recipients::message_id.desc()).limit($limit);
                }
            }
            q = q.filter(messages::id.eq_any(found));
        }
        if let Some(from) = query.created_from {
            q = q.filter(messages::id.ge(floor_id(from))).filter(messages::created_at.ge(from.0));
        }
        if let Some(to) = query.created_to {
            let next = Timestamp(to.0.saturating_add(1000));
            q = q.filter(messages::id.lt(floor_id(next))).filter(messages::created_at.le(to.0));
        }
        if let Some(after) = $after {
            q = q.filter(messages::id.lt(Key::from(after)));
        }
        q
    }};
}

/// Messages newest first, after the given one.
pub async fn list(
    conn: &mut Conn,
    query: &MessageQuery,
    after: Option<MessageId>,
    limit: usize,
) -> Result<Vec<Message>, StoreError> {
    let mut query = query.clone();
    // One message of one tenant: by its key, instead of walking the tenant's messages.
    if let (Some(tenant), Some(message_id)) = (query.tenant_id, query.message_id.take()) {
        match id_of(conn, tenant, &message_id).await? {
            None => return Ok(Vec::new()),
            Some(id) if after.is_some_and(|after| id >= after) => return Ok(Vec::new()),
            Some(id) => {
                let at = Timestamp::from_millis(i64::try_from(id.0.as_u128() >> 80).unwrap_or(0));
                query.created_from = Some(query.created_from.map_or(at, |from| from.max(at)));
                query.message_id = Some(message_id);
            }
        }
    }
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows: Vec<MessageRow> = on!(conn, c => list_query!(&query, after, limit).load(c).await)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

#[cfg(test)]
mod tests;
