//! The fault suite: harm is done while messages flow, and at the end the [`Ledger`] must add up: what was accepted is delivered,
//! failed or cancelled, each delivered exactly once unless the fault forbids knowing, counters and timelines agree.
//!
//! Short by default; `make chaos` (POSTHORN_CHAOS=long) does each harm more often and for longer. Random moments come from
//! a seed that is printed; POSTHORN_CHAOS_SEED sets it. docs/reliability.md has the figures.
//!
//! - [`kills`]: workers, APIs and whole instances are killed
//! - [`redis`], [`postgres`]: the services are killed, emptied, restarted, or stop answering
//! - [`providers`]: slow answers, garbage, half answers, resets, 429
//! - [`disk`]: no room for SQLite
//! - [`clocks`]: jumps of an hour
//! - [`poison`]: jobs and rows that cannot be read, messages that cannot be rendered
//! - [`restarts`]: rolling restarts without a refused request
//! - [`starts`]: several instances begin at once
//! - [`versions`]: a newer version's database and jobs under older instances

use posthorn_tests::*;

mod clocks;
mod disk;
mod kills;
mod poison;
mod postgres;
mod providers;
mod redis;
mod restarts;
mod starts;
mod versions;

/// A ledger over the first `serving` instances of a fleet.
async fn open(name: &str, fleet: &Fleet, serving: usize) -> Ledger {
    Ledger::open(name, &fleet.stage, &fleet.urls(serving)).await
}

/// Ends it, with whatever instances run.
async fn close(ledger: Ledger, fleet: &Fleet) {
    ledger.close(&fleet.stage.api, &fleet.servers()).await;
}
