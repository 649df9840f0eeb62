//! The harness of the black-box tests: it starts the real `posthorn` binary on either backend and speaks its public API.
//! Only the providers are played by others: the binary's own simulator, or the [`receiver::Receiver`] in this process.
//!
//! - [`services`]: a private PostgreSQL and Redis for the test process
//! - [`process`]: a run of the binary, with what it wrote
//! - [`server`]: `posthorn serve`, one or several on one database
//! - [`stage`]: a server with a tenant on it, as most tests want it
//! - [`api`]: a GraphQL and REST client with one key, and a method for each thing that tests do often
//! - [`failed`]: the same for the failed set and the jobs over it
//! - [`stats`]: numbers over time, and whether they agree with what is there
//! - [`live`]: subscriptions over WebSocket and over server-sent events
//! - [`past`]: making what is stored seem old
//! - [`simulator`], [`receiver`], [`provider`]: the providers' side; the last one misbehaves
//! - [`ledger`], [`load`], [`audit`]: what must be true after any fault; [`dice`]: at which random moments the faults come
//! - [`subscriber`]: what somebody is told who follows it all; [`targets`]: the servers that are sent to
//! - [`fleet`]: several instances of which some are killed
//! - [`wait`]: waiting for a condition instead of for a time
//! - [`both!`]: runs a test's body on both backends

// Tests report by panicking; the server's rules about clocks and clients are not theirs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::disallowed_methods
)]

pub mod api;
pub mod audit;
pub mod dice;
pub mod failed;
pub mod fleet;
pub mod ledger;
pub mod live;
pub mod load;
pub mod past;
pub mod process;
pub mod provider;
pub mod receiver;
pub mod server;
pub mod services;
pub mod simulator;
pub mod stage;
pub mod stats;
pub mod subscriber;
pub mod targets;
pub mod wait;

pub use api::{Api, FINISHED, created, merge, refused};
pub use chrono;
pub use dice::{Dice, long, short_or_long};
pub use diesel;
pub use fleet::Fleet;
pub use ledger::Ledger;
pub use live::{Event, EventStream, Live, WebSocket};
pub use receiver::{Answer, Arrival, Receiver, dingtalk_sign, standard_signature};
pub use serde_json::{Value, json};
pub use server::{BOOTSTRAP_KEY, Backend, Builder, OTHER_SECRET_KEY, Place, SECRET_KEY, Server};
pub use services::{OwnPostgres, OwnRedis};
pub use simulator::Simulator;
pub use stage::{SetUp, Stage, WEBHOOK_SECRET, entries, outcomes, text, text_with};
pub use wait::{SOON, poll_until, within};

/// Runs each body on both backends: `async fn name(x: T) { … }` becomes the tests `name::embedded` and `name::scaled`, with
/// `T` set up by [`SetUp`]: a [`Backend`], a started [`Server`] or a [`Stage`].
#[macro_export]
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($arg:ident: $kind:ty) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn on_backend(backend: $crate::Backend) {
                let $arg: $kind = Box::pin(<$kind as $crate::SetUp>::set_up(backend)).await;
                $crate::wait::bounded(Box::pin(async move $body)).await
            }

            $(#[$meta])*
            #[tokio::test]
            async fn embedded() {
                Box::pin(on_backend($crate::Backend::Embedded)).await
            }

            $(#[$meta])*
            #[tokio::test]
            async fn scaled() {
                Box::pin(on_backend($crate::Backend::Scaled)).await
            }
        }
    )*};
}

/// A time relative to now, as RFC 3339 in UTC.
pub fn from_now(seconds: i64) -> String {
    (chrono::Utc::now() + chrono::Duration::seconds(seconds)).to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// Leaves a test out where `variable` is set, and says so.
///
/// # Panics
/// Where it is not: a proof that did not run must not look like one.
pub fn skip(variable: &str, why: &str) {
    assert!(std::env::var_os(variable).is_some(), "{why}; with {variable}=1 this test is left out");
    eprintln!("left out, since {variable} is set: {why}");
}

/// A text that no other test uses.
pub fn unique(prefix: &str) -> String {
    format!("{prefix}-{}", uuid::Uuid::now_v7().simple())
}

/// Panics unless `actual` holds everything that `expected` does: objects may have more keys, all else must be equal.
#[track_caller]
pub fn assert_holds(actual: &Value, expected: &Value) {
    if let Some(path) = difference(actual, expected, "$") {
        panic!("differs at {path}\n  actual: {actual}\nexpected: {expected}");
    }
}

fn difference(actual: &Value, expected: &Value, path: &str) -> Option<String> {
    match (actual, expected) {
        (Value::Object(actual), Value::Object(expected)) => expected.iter().find_map(|(key, value)| {
            let path = format!("{path}.{key}");
            match actual.get(key) {
                None => Some(format!("{path} (absent)")),
                Some(found) => difference(found, value, &path),
            }
        }),
        (Value::Array(actual), Value::Array(expected)) if actual.len() == expected.len() => actual
            .iter()
            .zip(expected)
            .enumerate()
            .find_map(|(index, (actual, expected))| difference(actual, expected, &format!("{path}[{index}]"))),
        (actual, expected) => (actual != expected).then(|| path.to_owned()),
    }
}
