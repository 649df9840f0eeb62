//! What Posthorn does, seen from outside: a module per noun or verb, each test on its own server. `both!` runs a test on
//! SQLite with the in-process queue, and on PostgreSQL with Redis.
//!
//! - [`messages`], [`batch`], [`door`]: what is accepted, and what is refused with nothing stored
//! - [`dingtalk`], [`wecom`], [`webhook`], [`inbox`]: the channels
//! - [`configs`], [`templates`], [`slow_templates`], [`business_types`]: configuration and its mistakes
//! - [`channel_types`], [`trials`], [`copies`]: what helps those who configure: descriptions, test sends, copies
//! - [`many`], [`masks`], [`exports`]: much at once, recipients hidden and shown, messages as files
//! - [`chain`], [`windows`], [`rates`], [`pacing`], [`explain`], [`foretold`]: the handlers' verdicts; [`modes`]: the order of channels
//! - [`retry`], [`unknown`], [`breaker`], [`cancel`], [`resend`]: what happens when a provider fails, and when someone intervenes
//! - [`failed`], [`bulk_jobs`]: what failed, and what is done to much of it at once
//! - [`stats`], [`backlog`]: numbers over time, how full lanes are, how channels do
//! - [`access`], [`keys`]: roles, tenants, keys
//! - [`subscriptions`], [`resuming`], [`slow_readers`]: what is told live, to whom, and until when
//! - [`settings`], [`rest`], [`limits`], [`schema`]: the rest of the API
//! - [`cli`], [`retention`]: the commands that people type; [`traces`]: what a collector gets
//! - [`fairness`]: who has to wait for whom
//! - [`faults`], [`instances`], [`start`], [`check`]: crashes, a broker that is away, several instances, bad configuration
//! - [`chaos`]: the fault suite: harm of every kind while messages flow, and a ledger that must add up

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, clippy::disallowed_methods)]

mod access;
mod backlog;
mod batch;
mod breaker;
mod bulk_jobs;
mod business_types;
mod cancel;
mod chain;
mod channel_types;
mod chaos;
mod check;
mod cli;
mod configs;
mod copies;
mod dingtalk;
mod door;
mod explain;
mod exports;
mod failed;
mod fairness;
mod faults;
mod foretold;
mod inbox;
mod instances;
mod keys;
mod limits;
mod many;
mod masks;
mod messages;
mod modes;
mod pacing;
mod rates;
mod resend;
mod rest;
mod resuming;
mod retention;
mod retry;
mod schema;
mod settings;
mod slow_readers;
mod slow_templates;
mod start;
mod stats;
mod subscriptions;
mod templates;
mod traces;
mod trials;
mod unknown;
mod webhook;
mod wecom;
mod windows;
