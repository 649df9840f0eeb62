//! The database: the only part that imports diesel.
//!
//! - [`conn`]: SQLite or PostgreSQL behind one type, transactions; [`postgres`], [`tls`]: what only PostgreSQL has
//! - [`migrate`]: embedded migrations; [`partitions`]: months made ahead
//! - [`shared`], [`statement`], [`wal`]: SQLite's one writer, prepared statements, the log laid out ahead; [`inlet`]: what writers take from;
//!   [`batch`]: batching writers; [`accept`], [`dispatch`], [`claim`], [`outcome`]: the four of the hot path
//!   [`fresh`], [`verdict_list`]: what these write once per batch, or once for all, instead of with each row
//! - [`sweep`]: what is due and held by nobody; [`retention`]: what is older than its limit
//! - [`message`], [`recipient`], [`task`], [`inbox`]: reading, retrying; [`cancel`]: taking back; [`waiting`]: waking what was put off
//! - [`failed`]: the failed set, read, sent again, discarded; [`bulk_job`]: jobs over it
//! - [`stats`]: numbers over time; [`backlog`]: how much waits or has failed; [`health`]: when configs last sent and failed
//! - [`tenant`], [`api_key`], [`business_type`], [`channel_config`], [`template`], [`settings`]: configuration
//! - [`fill`]: many copies of a message, to measure beside
//! - [`revision`]: tells other instances what changed; [`seal`]: secrets at rest
//! - [`schema`], [`types`], [`error`]: tables, column types, what can go wrong

pub mod accept;
mod accept_one;
mod accept_sqlite;
pub mod api_key;
pub mod backlog;
pub mod batch;
pub mod bulk_job;
pub mod business_type;
pub mod cancel;
pub mod channel_config;
pub mod claim;
pub mod conn;
pub mod dispatch;
pub mod error;
pub mod fact;
pub mod failed;
pub mod fill;
pub mod fresh;
pub mod health;
pub mod inbox;
mod inlet;
pub mod message;
pub mod message_list;
pub mod migrate;
mod new_task;
pub mod outcome;
mod outcome_sqlite;
pub mod partitions;
mod postgres;
pub mod recipient;
pub mod retention;
pub mod revision;
mod schema;
pub mod seal;
pub mod settings;
mod shared;
mod statement;
pub mod stats;
pub mod step;
pub mod sweep;
pub mod task;
pub mod template;
pub mod tenant;
#[cfg(test)]
pub mod testing;
mod tls;
mod types;
pub mod verdict_list;
pub mod waiting;
mod wal;

pub use conn::Store;
pub use error::StoreError;
