//! What channels there are, for those who configure them.

use serde_json::Value;

use super::{ServiceError, Services};
use crate::channels::describe::settings_schema;
use crate::channels::{ADAPTERS, Adapter};
use crate::domain::actor::{Action, Actor};

/// A channel type of this server.
#[derive(Debug)]
pub struct Described {
    pub adapter: &'static Adapter,
    /// Its settings as JSON Schema, as far as this server may reach.
    pub schema: Value,
}

impl Services {
    /// Every channel type that this server can send over.
    ///
    /// # Errors
    /// `Forbidden` for roles that may not read the configuration.
    pub fn channel_types(&self, actor: &Actor) -> Result<Vec<Described>, ServiceError> {
        Self::require(actor, Action::ReadConfig)?;
        let described = |adapter: &'static Adapter| Described {
            adapter,
            schema: settings_schema(adapter.channel_type.as_str(), adapter.description, self.catalog.allow()),
        };
        Ok(ADAPTERS.iter().copied().map(described).collect())
    }
}
