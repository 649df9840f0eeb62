//! Plain types and rules: no I/O, no clock of its own, no framework.
//!
//! - [`id`]: typed, prefixed ids built on UUIDv7
//! - [`time`]: times and the clock that is passed in; [`chance`]: random numbers and their source, which is passed in
//! - [`enums`]: the closed sets of the public contract
//! - [`code`]: the stable error codes and their HTTP status
//! - [`content`]: a message's content by message type, after rendering
//! - [`recipient`]: who a message is for
//! - [`message`], [`task`]: what is accepted, and what is sent of it
//! - [`state`]: the state machines of message and task; [`step`]: the order of tasks that are not sent all at once
//! - [`failed`]: which failed tasks are meant; [`bulk_job`]: what is done to many of them at once
//! - [`stats`]: numbers over time; [`backlog`]: how much waits
//! - [`verdict`]: what a handler of the chain decided
//! - [`channel_config`], [`template`], [`business_type`], [`tenant`], [`api_key`], [`settings`]: configuration
//! - [`window`]: time windows; [`retry`]: backoff; [`breaker`]: leaving a failing provider alone; [`retention`]: what is
//!   kept for how long
//! - [`event`]: a change that watchers see live
//! - [`canonical`]: JSON as a hash sees it
//! - [`issue`]: a mistake in input, with the field's path
//! - [`actor`]: who asks, and what they may do; [`page`]: keyset pages

pub mod actor;
pub mod api_key;
pub mod backlog;
pub mod breaker;
pub mod bulk_job;
pub mod business_type;
pub mod canonical;
pub mod chance;
pub mod channel_config;
pub mod code;
pub mod content;
pub mod enums;
pub mod event;
pub mod failed;
pub mod id;
pub mod inbox;
pub mod issue;
pub mod mask;
pub mod message;
pub mod page;
pub mod recipient;
pub mod retention;
pub mod retry;
pub mod settings;
pub mod state;
pub mod stats;
pub mod step;
pub mod task;
pub mod template;
pub mod tenant;
pub mod time;
pub mod timeline;
pub mod verdict;
pub mod window;
