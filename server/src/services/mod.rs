//! The use cases: what GraphQL and REST both call. Access, validation and idempotency live here, once.

use std::sync::Arc;

use crate::announce::Announcer;
use crate::bus::Bus;
use crate::catalog::Catalog;
use crate::channels::http::HttpSender;
use crate::domain::issue::Issue;
use crate::domain::time::Clock;
use crate::intake::Intake;
use crate::limits::Limits;
use crate::queue::Queue;
use crate::store::{Store, StoreError};

mod access;
pub mod api_key;
pub mod backlog;
pub mod bulk_job;
pub mod business_type;
pub mod cancel;
pub mod channel_config;
pub mod channel_type;
pub mod explain;
pub mod failed;
pub mod health;
pub mod inbox;
mod input;
pub mod many;
pub mod message;
pub mod resend;
pub mod reveal;
pub mod settings;
pub mod stats;
pub mod template;
pub mod tenant;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod timeline;
pub mod trial;

/// Everything that use cases work with. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    pub store: Store,
    pub catalog: Catalog,
    pub queue: Queue,
    pub limits: Limits,
    pub announcer: Announcer,
    pub bus: Bus,
    pub clock: Clock,
    /// For test sends: all others go through the workers.
    pub http: HttpSender,
    pub intake: Arc<Intake>,
}

/// Why a use case was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The role does not allow it.
    #[error("{0}")]
    Forbidden(String),
    /// No such object, or not in the caller's tenant.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// Mistakes in the input; nothing was changed.
    #[error("invalid input")]
    Invalid(Vec<Issue>),
    /// Asked for more often than is allowed; says when to try again.
    #[error("{0}")]
    TooMany(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Issue> for ServiceError {
    fn from(issue: Issue) -> Self {
        Self::Invalid(vec![issue])
    }
}
