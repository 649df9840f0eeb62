//! The LOCAL channel's rows: written by delivery, read by their users.

use std::collections::HashSet;
use std::sync::Arc;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::batch::{BatchLimits, Batcher};
use super::conn::{Conn, Hot, Store, on};
use super::error::StoreError;
use super::schema::inbox;
use super::types::Key;
use crate::domain::id::{InboxId, TaskId, TenantId};
use crate::domain::inbox::InboxMessage;
use crate::domain::time::Timestamp;

/// The id of what a task puts into a user's inbox: the task's time, then a digest of both, so that a task delivered
/// twice is stored once.
pub fn inbox_id(task: TaskId, user_id: &str) -> InboxId {
    let digest = Sha256::new().chain_update(task.0.as_bytes()).chain_update(user_id.as_bytes()).finalize();
    let mut bytes = [0u8; 16];
    bytes[..6].copy_from_slice(&task.0.as_bytes()[..6]);
    bytes[6..].copy_from_slice(&digest[..10]);
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    InboxId(Uuid::from_bytes(bytes))
}

#[derive(Insertable, Queryable, Selectable, Clone)]
#[diesel(table_name = inbox)]
struct InboxRow {
    id: Key,
    tenant_id: Key,
    user_id: String,
    message_id: String,
    business_type: String,
    message_type: String,
    title: Option<String>,
    body: String,
    content: String,
    read_at: Option<i64>,
    created_at: i64,
}

impl TryFrom<InboxRow> for InboxMessage {
    type Error = StoreError;
    fn try_from(row: InboxRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            tenant_id: row.tenant_id.into(),
            user_id: row.user_id,
            message_id: row.message_id,
            business_type: row.business_type,
            message_type: row.message_type.parse().map_err(StoreError::corrupt)?,
            title: row.title,
            body: row.body,
            content: row.content,
            read_at: row.read_at.map(Timestamp),
            created_at: Timestamp(row.created_at),
        })
    }
}

/// Rows of one statement.
const CHUNK: usize = 1000;

type NewRow = (InboxRow, diesel::dsl::Eq<inbox::task_id, Key>);

/// What a task puts into inboxes.
#[derive(Clone)]
pub struct InboxWrite {
    rows: Arc<Vec<NewRow>>,
}

impl InboxWrite {
    pub fn new(task: TaskId, items: Vec<InboxMessage>) -> Self {
        let row = |item: InboxMessage| {
            let row = InboxRow {
                id: item.id.into(),
                tenant_id: item.tenant_id.into(),
                user_id: item.user_id,
                message_id: item.message_id,
                business_type: item.business_type,
                message_type: item.message_type.as_str().to_owned(),
                title: item.title,
                body: item.body,
                content: item.content,
                read_at: None,
                created_at: item.created_at.0,
            };
            (row, inbox::task_id.eq(Key::from(task)))
        };
        Self { rows: Arc::new(items.into_iter().map(row).collect()) }
    }

    fn bytes(&self) -> usize {
        self.rows.iter().map(|(row, _)| row.body.len() + row.content.len() + 200).sum()
    }
}

impl Store {
    /// The writer of inboxes. Users who have a task's entry already keep theirs; its answer names those that are new.
    pub fn inbox_writer(&self) -> Batcher<InboxWrite, Vec<InboxId>> {
        let store = self.clone();
        let limits = BatchLimits { items: 256, bytes: 8 << 20, parallel: 1, patient: self.is_postgres() };
        Batcher::spawn(limits, InboxWrite::bytes, move |items| {
            let store = store.clone();
            async move { deliver(&store, items).await }
        })
    }
}

async fn deliver(store: &Store, items: Arc<Vec<InboxWrite>>) -> Result<Vec<Vec<InboxId>>, StoreError> {
    let stored: HashSet<Uuid> = match store.hot().await? {
        Hot::Sqlite(writer) => {
            let items = Arc::clone(&items);
            let insert = move |c: &mut SqliteConnection| {
                let mut stored = HashSet::new();
                for (row, task) in items.iter().flat_map(|item| item.rows.iter()) {
                    let query = diesel::insert_or_ignore_into(inbox::table).values((row, task));
                    if diesel::RunQueryDsl::execute(query, c)? == 1 {
                        stored.insert(row.id.0);
                    }
                }
                Ok(stored)
            };
            writer.run_with_others(insert).await?
        }
        Hot::Postgres(mut conn) => {
            let mut stored = HashSet::new();
            let rows: Vec<&NewRow> = items.iter().flat_map(|item| item.rows.iter()).collect();
            for chunk in rows.chunks(CHUNK) {
                let new: Vec<Key> = diesel::insert_into(inbox::table)
                    .values(chunk.iter().map(|(row, task)| (row, task)).collect::<Vec<_>>())
                    .on_conflict_do_nothing()
                    .returning(inbox::id)
                    .get_results(&mut **conn)
                    .await?;
                stored.extend(new.into_iter().map(|key| key.0));
            }
            stored
        }
    };
    let of = |item: &InboxWrite| {
        item.rows.iter().map(|(row, _)| row.id).filter(|id| stored.contains(&id.0)).map(InboxId::from).collect()
    };
    Ok(items.iter().map(of).collect())
}

/// A user's inbox, newest first, after the given entry.
pub async fn list(
    conn: &mut Conn,
    tenant: TenantId,
    user_id: &str,
    unread_only: bool,
    after: Option<InboxId>,
    limit: usize,
) -> Result<Vec<InboxMessage>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows: Vec<InboxRow> = on!(conn, c => {
        let mut query = inbox::table
            .filter(inbox::tenant_id.eq(Key::from(tenant)))
            .filter(inbox::user_id.eq(user_id))
            .select(InboxRow::as_select())
            .order(inbox::id.desc())
            .limit(limit)
            .into_boxed();
        if unread_only {
            query = query.filter(inbox::read_at.is_null());
        }
        if let Some(after) = after {
            query = query.filter(inbox::id.lt(Key::from(after)));
        }
        query.load(c).await
    })?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// One entry.
pub async fn by_id(conn: &mut Conn, id: InboxId) -> Result<Option<InboxMessage>, StoreError> {
    let row: Option<InboxRow> = on!(conn, c => inbox::table
        .find(Key::from(id))
        .select(InboxRow::as_select())
        .first(c)
        .await
        .optional())?;
    row.map(TryInto::try_into).transpose()
}

/// How many entries the user has not read.
pub async fn unread(conn: &mut Conn, tenant: TenantId, user_id: &str) -> Result<i64, StoreError> {
    on!(conn, c => inbox::table
        .filter(inbox::tenant_id.eq(Key::from(tenant)))
        .filter(inbox::user_id.eq(user_id))
        .filter(inbox::read_at.is_null())
        .count()
        .get_result(c)
        .await)
}

/// Marks entries (all of the user's when `ids` is None) as read; answers how many became so.
pub async fn mark_read(
    conn: &mut Conn,
    tenant: TenantId,
    user_id: &str,
    ids: Option<Vec<InboxId>>,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let ids: Option<Vec<Key>> = ids.map(|ids| ids.into_iter().map(Key::from).collect());
    on!(conn, c => {
        let unread = inbox::table
            .filter(inbox::tenant_id.eq(Key::from(tenant)))
            .filter(inbox::user_id.eq(user_id))
            .filter(inbox::read_at.is_null());
        match ids {
            None => diesel::update(unread).set(inbox::read_at.eq(now.0)).execute(c).await,
            Some(ids) => {
                diesel::update(unread.filter(inbox::id.eq_any(ids))).set(inbox::read_at.eq(now.0)).execute(c).await
            }
        }
    })
}
