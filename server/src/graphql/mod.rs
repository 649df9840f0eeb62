//! GraphQL: the public schema as code, one file per noun, mapping to the use cases in [`crate::services`].
//!
//! - [`schema`]: the roots put together, and [`Api`], through which every transport runs operations
//! - [`session`]: whose operation it is; [`limits`]: what an operation may cost; [`error`]: what goes wrong, and how it
//!   is told; [`scalar`], [`page`], [`node`]: shared pieces; [`loaders`]: lists read in batches
//! - [`send`], [`resend`], [`cancel`], [`message`], [`task`], [`event`], [`explain`]: messages on their way
//! - [`failed`], [`bulk_job`]: what failed, and what operators do to much of it at once
//! - [`inbox`]: what users received; [`channel_config`], [`template`], [`business_type`], [`settings`]: configuration
//! - [`tenant`], [`api_key`]: access
//! - [`watch`]: live events, filtered and in order

pub mod api_key;
pub mod bulk_job;
pub mod business_type;
pub mod cancel;
pub mod channel_config;
pub mod error;
pub mod event;
pub mod explain;
pub mod failed;
pub mod inbox;
pub mod limits;
pub mod loaders;
pub mod message;
pub mod node;
pub mod page;
pub mod resend;
pub mod scalar;
pub mod schema;
pub mod send;
pub mod session;
pub mod settings;
pub mod task;
pub mod template;
pub mod tenant;
mod watch;

pub use schema::{Api, sdl};
pub use session::Session;
