//! GraphQL: the public schema as code, one file per noun, mapping to the use cases in [`crate::services`].
//!
//! - [`schema`]: the roots put together, and [`Api`], through which every transport runs operations
//! - [`session`]: whose operation it is; [`limits`]: what an operation may cost; [`error`]: what goes wrong, and how it
//!   is told; [`scalar`], [`page`], [`node`]: shared pieces; [`loaders`]: lists read in batches
//! - [`send`], [`resend`], [`cancel`], [`many`], [`message`], [`task`], [`event`], [`explain`]: messages on their way; [`recipient`],
//!   [`reveal`]: who they are for
//! - [`failed`], [`bulk_job`]: what failed, and what operators do to much of it at once
//! - [`stats`]: numbers over time; [`backlog`]: how much waits; [`health`]: how a channel config does
//! - [`inbox`]: what users received; [`trial`]: test sends; [`channel_type`], [`channel_config`], [`channel_copy`],
//!   [`template`], [`business_type`], [`settings`]: configuration
//! - [`tenant`], [`api_key`]: access
//! - [`watch`]: live events, until the key or the reader's patience ends; [`follow`]: one message; [`present`]: where
//!   messages are when a subscription begins; [`cursor`]: resuming; [`live`]: what all subscriptions share

pub mod api_key;
pub mod backlog;
pub mod bulk_job;
pub mod business_type;
pub mod cancel;
pub mod channel_config;
pub mod channel_copy;
pub mod channel_type;
pub mod cursor;
pub mod error;
pub mod event;
pub mod explain;
pub mod failed;
mod follow;
pub mod health;
pub mod inbox;
pub mod limits;
mod live;
pub mod loaders;
pub mod many;
pub mod message;
pub mod node;
pub mod page;
mod present;
pub mod recipient;
pub mod resend;
pub mod reveal;
pub mod scalar;
pub mod schema;
pub mod send;
pub mod session;
pub mod settings;
pub mod stats;
pub mod task;
pub mod template;
pub mod tenant;
pub mod trial;
mod watch;

pub use schema::{Api, sdl};
pub use session::Session;
