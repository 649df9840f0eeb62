//! Whose operation it is: the key's holder, found before anything runs and at hand in every resolver.

use std::sync::Arc;

use async_graphql::Context;
use secrecy::{ExposeSecret, SecretString};

use super::error::{ApiError, Result};
use crate::domain::actor::Actor;
use crate::domain::api_key::ApiKey;
use crate::services::Services;
use crate::store::StoreError;

/// The holder of a valid key.
pub struct Session {
    pub actor: Actor,
    key: SecretString,
}

impl Session {
    /// The session of a key; none when the key is unknown, revoked or expired.
    ///
    /// # Errors
    /// When the database can't be asked.
    pub async fn open(services: &Services, key: &str) -> Result<Option<Arc<Self>>, StoreError> {
        let Some(found) = services.catalog.authenticate(key).await? else { return Ok(None) };
        Ok(Some(Arc::new(Self { actor: actor_of(&found), key: key.into() })))
    }

    /// Whether the key is still good; while the database is away it is taken to be.
    pub async fn still_valid(&self, services: &Services) -> bool {
        !matches!(services.catalog.authenticate(self.key.expose_secret()).await, Ok(None))
    }
}

fn actor_of(key: &ApiKey) -> Actor {
    Actor { key_id: Some(key.id), name: key.name.clone(), role: key.role, tenant_id: key.tenant_id }
}

/// The session of the running operation.
pub(super) fn session<'c>(ctx: &Context<'c>) -> Result<&'c Arc<Session>> {
    ctx.data_opt().ok_or_else(ApiError::unauthenticated)
}

/// Who asks.
pub(super) fn actor<'c>(ctx: &Context<'c>) -> Result<&'c Actor> {
    session(ctx).map(|session| &session.actor)
}

/// The use cases.
pub(super) fn services<'c>(ctx: &Context<'c>) -> Result<&'c Services> {
    ctx.data_opt().ok_or_else(|| ApiError::internal("the schema was built without services"))
}
