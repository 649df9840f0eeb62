//! A migrated database for one test: a SQLite file of its own, or, where POSTHORN_TEST_POSTGRES names a server
//! (`postgres://user@host:port`, without a database), a database of its own there.

use std::ops::Deref;
use std::path::PathBuf;

use diesel_async::SimpleAsyncConnection;
use uuid::Uuid;

use super::conn::{Raw, Store};

/// The store, and what goes away with it.
pub struct TestStore {
    store: Store,
    directory: PathBuf,
}

impl TestStore {
    pub async fn open() -> Self {
        let name = format!("posthorn_test_{}", Uuid::now_v7().simple());
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
