//! The chain: what is decided about a message between its acceptance and its channel tasks.
//!
//! - [`HANDLERS`]: the handlers, in order; adding one is a file in [`handlers`] and a line here
//! - [`chain`]: runs them on one message: verdicts, timeouts, durations
//! - [`state`]: what the handlers read and change
//! - [`process`]: loads messages in batches, runs the chain, stores what it decided
//! - [`door`]: the same before a message is stored, where nothing speaks against it

pub mod chain;
pub mod door;
pub mod handlers;
pub mod process;
pub mod state;

use handlers::{
    channel_dispatch, channel_router, deduplication, rate_limit, status_tracking, template_render, time_window,
    validation,
};

/// What a handler of the chain says of itself.
#[derive(Debug, Clone, Copy)]
pub struct HandlerInfo {
    pub name: &'static str,
    /// Its place in the chain, smaller first: the public convention by which a new handler finds its place.
    pub order: u16,
    /// Whether it is on where the settings say nothing.
    pub enabled: bool,
    /// The chain has no meaning without it.
    pub required: bool,
    /// Where the settings say nothing.
    pub timeout_seconds: i32,
    /// What it takes that would be missed if the message were not stored after all.
    takes: Takes,
}

/// What a handler takes for a message besides its time.
#[derive(Debug, Clone, Copy)]
enum Takes {
    Nothing,
    /// Something of every message.
    Always,
    /// Slots of its tenant's rate limits.
    Slots,
}

const fn info(name: &'static str, order: u16) -> HandlerInfo {
    HandlerInfo { name, order, enabled: true, required: false, timeout_seconds: 10, takes: Takes::Nothing }
}

/// The handlers, in order.
pub static HANDLERS: &[HandlerInfo] = &[
    HandlerInfo { required: true, ..info("VALIDATION", 100) },
    HandlerInfo { enabled: false, takes: Takes::Always, ..info("DEDUPLICATION", 150) },
    info("TIME_WINDOW", 200),
    HandlerInfo { required: true, ..info("CHANNEL_ROUTER", 300) },
    HandlerInfo { takes: Takes::Slots, ..info("RATE_LIMIT", 400) },
    HandlerInfo { required: true, timeout_seconds: 5, ..info("TEMPLATE_RENDER", 500) },
    HandlerInfo { required: true, ..info("CHANNEL_DISPATCH", 600) },
    HandlerInfo { required: true, ..info("STATUS_TRACKING", 700) },
];

/// Runs the handler of that name.
async fn run(name: &str, chain: &chain::Chain, state: &mut state::State) -> Result<state::Flow, state::HandlerError> {
    match name {
        "VALIDATION" => validation::run(state),
        "DEDUPLICATION" => deduplication::run(chain, state).await,
        "TIME_WINDOW" => time_window::run(state),
        "CHANNEL_ROUTER" => channel_router::run(state),
        "RATE_LIMIT" => rate_limit::run(chain, state).await,
        "TEMPLATE_RENDER" => template_render::run(chain, state).await,
        "CHANNEL_DISPATCH" => channel_dispatch::run(chain, state),
        "STATUS_TRACKING" => status_tracking::run(state),
        other => Err(state::HandlerError::Failed(format!("no handler is called {other}"))),
    }
}
