//! Removing old rows, on a real database: SQLite, or PostgreSQL where a server is named.
//!
//! - [`messages`], [`timeline`], [`inbox`]: what goes and what stays, on both
//! - [`months`]: what only whole partitions have

mod inbox;
mod messages;
mod months;
mod timeline;

use std::sync::Arc;

use chrono::{TimeZone, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

use super::*;
use crate::domain::enums::ExecutionMode;
use crate::domain::id::{MessageId, TaskId, TenantId};
use crate::domain::message::NewMessage;
use crate::domain::recipient::Recipient;
use crate::domain::retention::months_before;
use crate::store::accept::AcceptWrite;
use crate::store::conn::{Conn, Raw, on};
use crate::store::schema::{channel_tasks, messages as m};
use crate::store::testing::TestStore;
use crate::store::types::Key;

fn day(year: i32, month: u32, day: u32) -> Timestamp {
    Utc.with_ymd_and_hms(year, month, day, 12, 0, 0).unwrap().into()
}

/// A database in November 2026, with partitions for the months that the tests use.
struct Stage {
    store: TestStore,
    tenant: TenantId,
    now: Timestamp,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Stage {
    async fn open() -> Self {
        let store = TestStore::open().await;
        for month in [day(2025, 8, 1), day(2026, 6, 1), day(2026, 10, 1)] {
            store.make_partitions(month).await.unwrap();
        }
        let now = day(2026, 11, 21);
        Self { store, tenant: TenantId::new(now), now }
    }

    /// Accepts a message at `at`, for the user that is named like it.
    async fn accept(&self, name: &str, at: Timestamp) -> MessageId {
        self.accept_for(name, at, &[name]).await
    }

    async fn accept_for(&self, name: &str, at: Timestamp, users: &[&str]) -> MessageId {
        let recipient = |user: &&str| Recipient { user_id: Some((*user).to_owned()), ..Recipient::default() };
        let message = NewMessage {
            id: MessageId::new(at),
            message_id: name.to_owned(),
            tenant_id: self.tenant,
            store_id: None,
            business_type: "NOTICE".to_owned(),
            business_data: "{}".into(),
            options: Default::default(),
            recipients: Arc::new(users.iter().map(recipient).collect()),
            execution_mode: ExecutionMode::Parallel,
            lane: None,
            priority: 5,
            scheduled_at: None,
            expires_at: None,
            sent_by: None,
            created_at: at,
            digest: Some([7; 32]),
        };
        let id = message.id;
        self.store.accept_writer().put(AcceptWrite::new(Arc::new(message)).unwrap()).await.unwrap();
        id
    }

    /// Gives a message a verdict, and a task with an attempt that was made at `at`; both end then, where `ended`.
    async fn send(&self, id: MessageId, at: Timestamp, ended: bool) -> TaskId {
        use channel_tasks as t;
        let task = TaskId::new(at);
        let finished = ended.then_some(at.0);
        let status = |end: &'static str, open: &'static str| if ended { end } else { open };
        let mut conn = self.store.write().await.unwrap();
        let inserted: Result<usize, StoreError> = async {
            on!(conn, c => diesel::insert_into(t::table)
                .values((
                    (t::id.eq(Key::from(task)), t::message_id.eq(Key::from(id)), t::tenant_id.eq(Key::from(self.tenant))),
                    (t::message_key.eq("key"), t::business_type.eq("NOTICE"), t::channel_type.eq("LOCAL")),
                    (t::channel_config_id.eq(Key::from(task)), t::message_type.eq("TEXT"), t::rendered_content.eq("{}")),
                    (t::recipient_from.eq(0), t::recipient_count.eq(1), t::max_retry.eq(3), t::priority.eq(1)),
                    (t::retry_count.eq(0), t::lane_priority.eq(5), t::due_at.eq(at.0), t::claim.eq(0)),
                    (t::status.eq(status("SUCCESS", "RETRY")), t::attempts.eq(format!(r#"[{{"a":{},"o":"OK"}}]"#, at.0))),
                    (t::created_at.eq(at.0), t::updated_at.eq(at.0), t::finished_at.eq(finished)),
                ))
                .execute(c)
                .await)
        }
        .await;
        assert_eq!(inserted.unwrap(), 1);
        let verdicts = format!(r#"[{{"handler":"VALIDATION","at":{}}}]"#, at.0);
        let updated: Result<usize, StoreError> = async {
            on!(conn, c => diesel::update(m::table.find(Key::from(id)))
                .set((
                    m::status.eq(status("SUCCESS", "PROCESSING")),
                    m::verdicts.eq(verdicts),
                    m::finished_at.eq(finished),
                ))
                .execute(c)
                .await)
        }
        .await;
        assert_eq!(updated.unwrap(), 1);
        task
    }

    /// Accepted and sent at once.
    async fn ended(&self, name: &str, at: Timestamp) -> MessageId {
        let id = self.accept(name, at).await;
        self.send(id, at, true).await;
        id
    }

    /// Lets a message end at `at`, whatever is open.
    async fn end(&self, id: MessageId, at: Timestamp) {
        let id = self.literal(id.0);
        for (table, key) in [("messages", "id"), ("channel_tasks", "message_id")] {
            self.sql(&format!("UPDATE {table} SET status = 'SUCCESS', finished_at = {} WHERE {key} = {id}", at.0))
                .await;
        }
    }

    fn literal(&self, id: uuid::Uuid) -> String {
        if self.store.is_postgres() { format!("'{id}'::uuid") } else { format!("X'{}'", id.simple()) }
    }

    async fn sql(&self, text: &str) {
        let mut conn: Conn = self.store.write().await.unwrap();
        match conn.raw().unwrap() {
            Raw::Sqlite(c) => drop(diesel::sql_query(text).execute(c).await.unwrap()),
            Raw::Postgres(c) => drop(diesel::sql_query(text).execute(c).await.unwrap()),
        }
    }

    async fn count(&self, from: &str) -> i64 {
        let query = format!("SELECT count(*) AS count FROM {from}");
        let mut conn: Conn = self.store.write().await.unwrap();
        let count: Count = match conn.raw().unwrap() {
            Raw::Sqlite(c) => diesel::sql_query(query).get_result(c).await.unwrap(),
            Raw::Postgres(c) => diesel::sql_query(query).get_result(c).await.unwrap(),
        };
        count.count
    }

    /// Rows of every table that holds something.
    async fn counts(&self) -> [i64; 7] {
        let mut counts = [0; 7];
        let tables =
            ["messages", "channel_tasks", "recipients", "message_keys", "timeline_entries", "timeline_later", "inbox"];
        for (count, table) in counts.iter_mut().zip(tables) {
            *count = self.count(table).await;
        }
        counts
    }

    /// The messages that are there, by the caller's names for them, in the order of their ids.
    async fn names(&self) -> Vec<String> {
        let mut conn = self.store.read().await.unwrap();
        let names: Result<Vec<String>, StoreError> =
            async { on!(conn, c => m::table.order(m::id).select(m::message_id).load(c).await) }.await;
        names.unwrap()
    }

    async fn remove(&self, kind: Kind, months: u32) -> Removed {
        self.store.remove_old(kind, months_before(self.now, months), self.now).await.unwrap().unwrap()
    }

    async fn due(&self, kind: Kind, months: u32) -> Vec<Due> {
        self.store.due_for_removal(kind, months_before(self.now, months)).await.unwrap()
    }
}
