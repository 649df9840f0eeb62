//! Posthorn: a message centre. The map of the house, from the inside out; each layer knows only those above it:
//!
//! - [`domain`]: plain types and rules, no I/O
//! - [`store`]: the database; [`queue`]: the lanes; [`bus`]: live events; [`limits`]: rates, leases, pauses; [`redis`]:
//!   the connection that the scaled-out forms of the last two share
//! - [`channels`]: adapters to providers; [`templates`]: Liquid
//! - [`catalog`]: configuration, cached; [`announce`]: which job goes to which lane
//! - [`pipeline`]: the chain; [`delivery`]: claim, send, record, retry, sweep
//! - [`intake`]: the door; [`services`]: the use cases
//! - [`graphql`], [`rest`]: the two ways in, mappers over the use cases; [`http`]: the server around them
//! - [`retention`]: removes what is older than the settings' limits; [`rollups`]: sums up numbers over time
//! - [`traces`]: spans for a collector, made in the three before
//! - [`config`], [`app`], [`workers`]: settings, wiring, who works the lanes
//! - [`simulate`]: the provider simulator; [`cli`]: the commands

// Tests measure how long something really took, and some draw. What is built without them is held to the rules.
#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests measure real time, and call what they test"))]

pub mod announce;
pub mod app;
pub mod bus;
pub mod catalog;
pub mod channels;
pub mod cli;
pub mod config;
pub mod delivery;
pub mod domain;
pub mod graphql;
pub mod http;
pub mod intake;
#[cfg(test)]
mod layers;
pub mod limits;
pub mod pipeline;
pub mod queue;
pub mod redis;
pub mod rest;
pub mod retention;
pub mod rollups;
pub mod services;
pub mod simulate;
pub mod store;
pub mod templates;
pub mod traces;
pub mod workers;
