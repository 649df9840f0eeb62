//! A migrated database for one test: a SQLite file of its own, or, where POSTHORN_TEST_POSTGRES names a server
//! (`postgres://user@host:port`, without a database), a database of its own there.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use diesel_async::SimpleAsyncConnection;

use super::accept::AcceptWrite;
use super::conn::{Raw, Store};
use super::dispatch::DispatchWrite;
use super::verdict_list::StoredVerdicts;
use crate::domain::chance::Chance;
use crate::domain::enums::{ChannelType, ExecutionMode, MessageStatus, MessageType};
use crate::domain::id::{ChannelConfigId, MessageId, TaskId, TenantId};
use crate::domain::message::{NewMessage, PendingMessage};
use crate::domain::task::NewTask;
use crate::domain::time::Timestamp;

/// The store, and what goes away with it.
pub struct TestStore {
    store: Store,
    directory: PathBuf,
}

impl TestStore {
    pub async fn open() -> Self {
        let name = format!("posthorn_test_{}", Chance::System.name());
        let directory = std::env::temp_dir().join(&name);
        let store = match std::env::var("POSTHORN_TEST_POSTGRES") {
            Ok(server) => {
                let url = format!("{server}/{name}");
                create_database(&server, &name).await;
                migrate_postgres(url.clone()).await;
                Store::postgres(&url).await.unwrap()
            }
            Err(_) => {
                std::fs::create_dir_all(&directory).unwrap();
                let store = Store::sqlite(&directory.join("test.db")).await.unwrap();
                store.migrate().await.unwrap();
                store
            }
        };
        Self { store, directory }
    }
}

/// A message of a tenant of its own.
pub fn message(at: Timestamp) -> NewMessage {
    let id = MessageId::new(at);
    NewMessage {
        id,
        message_id: id.to_string(),
        tenant_id: TenantId::new(at),
        store_id: None,
        business_type: "NOTICE".to_owned(),
        business_data: "{}".into(),
        options: Default::default(),
        recipients: Arc::default(),
        execution_mode: ExecutionMode::Parallel,
        lane: None,
        priority: 5,
        scheduled_at: None,
        expires_at: None,
        sent_by: None,
        created_at: at,
        digest: None,
    }
}

/// A task that is due at `at`.
pub fn task(at: Timestamp) -> NewTask {
    NewTask {
        id: TaskId::new(at),
        channel_type: ChannelType::Webhook,
        channel_config_id: ChannelConfigId::new(at),
        message_type: MessageType::Text,
        rendered_content: "{}".into(),
        recipient_from: 0,
        recipient_count: 0,
        max_retry: 3,
        priority: 0,
        due_at: at,
        step: 0,
        send_at: None,
        template: None,
        lease: None,
    }
}

impl TestStore {
    /// Accepts a message.
    pub async fn accept(&self, message: &NewMessage) {
        self.accept_writer().put(AcceptWrite::new(Arc::new(message.clone())).unwrap()).await.unwrap();
    }

    /// Accepts a message whose chain has planned these tasks.
    pub async fn plan(&self, message: &NewMessage, tasks: Vec<NewTask>) {
        self.accept(message).await;
        let write = DispatchWrite {
            message: Arc::new(PendingMessage::from(message)),
            verdicts: StoredVerdicts::new(Vec::new()).unwrap(),
            status: MessageStatus::Processing,
            failure: None,
            tasks,
            lost: 0,
            at: message.created_at,
        };
        assert!(self.dispatch_writer().put(Arc::new(write)).await.unwrap());
    }

    /// Runs a statement that both databases know.
    pub async fn sql(&self, text: &str) {
        match self.write().await.unwrap().raw().unwrap() {
            Raw::Sqlite(c) => c.batch_execute(text).await.unwrap(),
            Raw::Postgres(c) => c.batch_execute(text).await.unwrap(),
        }
    }
}

async fn create_database(server: &str, name: &str) {
    let admin = Store::postgres(&format!("{server}/postgres")).await.unwrap();
    let mut conn = admin.write().await.unwrap();
    if let Raw::Postgres(c) = conn.raw().unwrap() {
        c.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    }
}

/// Diesel's migrations block a thread of a runtime that has several; tests run on one.
async fn migrate_postgres(url: String) {
    let migrate = move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async { Store::postgres(&url).await.unwrap().migrate().await.unwrap() });
    };
    tokio::task::spawn_blocking(migrate).await.unwrap();
}

impl Deref for TestStore {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.store
    }
}

impl Drop for TestStore {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}
