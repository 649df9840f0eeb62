//! API keys, and who is asking.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::error::{Outcome, Result, UserError, known_id, outcome};
use super::scalar::DateTime;
use super::session::{actor, services};
use super::tenant::Tenant;
use crate::domain;
use crate::domain::enums::Role;
use crate::services::api_key::ApiKeyDraft;

/// The record of an API key. The key itself is shown once, when it is made.
#[derive(SimpleObject, Clone)]
pub struct ApiKey {
    /// Global id.
    #[graphql(owned)]
    pub id: ID,
    /// A name for people.
    name: String,
    /// The tenant it belongs to; null for platform keys.
    tenant_id: Option<ID>,
    /// What its holder may do.
    role: Role,
    /// First characters, to tell keys apart.
    prefix: String,
    /// When it was made.
    created_at: DateTime,
    /// When it was last used, to the minute or so.
    last_used_at: Option<DateTime>,
    /// When it ceases to be valid.
    expires_at: Option<DateTime>,
    /// When it was revoked.
    revoked_at: Option<DateTime>,
}

impl From<domain::api_key::ApiKey> for ApiKey {
    fn from(key: domain::api_key::ApiKey) -> Self {
        Self {
            id: key.id.into(),
            name: key.name,
            tenant_id: key.tenant_id.map(Into::into),
            role: key.role,
            prefix: key.prefix,
            created_at: key.created_at.into(),
            last_used_at: key.last_used_at.map(Into::into),
            expires_at: key.expires_at.map(Into::into),
            revoked_at: key.revoked_at.map(Into::into),
        }
    }
}

/// An API key to make.
#[derive(InputObject)]
pub struct ApiKeyInput {
    /// A name for people.
    name: String,
    /// A tenant's id or code; absent with a platform key: a platform key.
    tenant_id: Option<ID>,
    /// What its holder may do.
    role: Role,
    /// When it ceases to be valid; never when absent.
    expires_at: Option<DateTime>,
}

impl From<ApiKeyInput> for ApiKeyDraft {
    fn from(input: ApiKeyInput) -> Self {
        Self {
            name: input.name,
            tenant: input.tenant_id.map(Into::into),
            role: input.role,
            expires_at: input.expires_at.map(|at| at.0),
        }
    }
}

/// What making or revoking a key yields.
#[derive(SimpleObject)]
pub struct ApiKeyPayload {
    /// The key's record as it is now.
    api_key: Option<ApiKey>,
    /// The key itself: shown this once.
    secret: Option<String>,
    /// What was wrong with the input; empty when it was done.
    user_errors: Vec<UserError>,
}

impl ApiKeyPayload {
    fn new(done: Outcome<(domain::api_key::ApiKey, Option<String>)>) -> Self {
        match done {
            Ok((key, secret)) => Self { api_key: Some(key.into()), secret, user_errors: Vec::new() },
            Err(user_errors) => Self { api_key: None, secret: None, user_errors },
        }
    }
}

/// Who is asking.
#[derive(SimpleObject)]
pub struct Viewer {
    /// The key's name.
    name: String,
    /// What the key's holder may do.
    role: Role,
    /// The tenant it belongs to; null for platform keys.
    tenant_id: Option<ID>,
    /// The same tenant, with its code, name and time zone.
    tenant: Option<Tenant>,
}

#[derive(Default)]
pub struct AccessQuery;

#[Object]
impl AccessQuery {
    /// Who is asking.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer> {
        let actor = actor(ctx)?;
        let tenant = services(ctx)?.own_tenant(actor).await?.map(Into::into);
        let tenant_id = actor.tenant_id.map(Into::into);
        Ok(Viewer { name: actor.name.clone(), role: actor.role, tenant_id, tenant })
    }

    /// The API keys of a tenant, or all that the asking key may see.
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A tenant's id or code; a tenant's key sees its own only.")] tenant_id: Option<ID>,
    ) -> Result<Vec<ApiKey>> {
        let keys = services(ctx)?.api_keys(actor(ctx)?, tenant_id.map(Into::into)).await?;
        Ok(keys.into_iter().map(Into::into).collect())
    }
}

#[derive(Default)]
pub struct AccessMutation;

#[Object]
impl AccessMutation {
    /// Makes an API key and shows it, this once.
    async fn create_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The key.")] input: ApiKeyInput,
    ) -> Result<ApiKeyPayload> {
        let done = outcome(services(ctx)?.create_api_key(actor(ctx)?, input.into()).await)?;
        Ok(ApiKeyPayload::new(done.map(|(key, secret)| (key, Some(secret)))))
    }

    /// Revokes an API key, everywhere within two seconds.
    async fn revoke_api_key(&self, ctx: &Context<'_>, #[graphql(desc = "Which one.")] id: ID) -> Result<ApiKeyPayload> {
        let done = match known_id(&id, "API key") {
            Ok(id) => outcome(services(ctx)?.revoke_api_key(actor(ctx)?, id).await)?,
            Err(errors) => Err(errors),
        };
        Ok(ApiKeyPayload::new(done.map(|key| (key, None))))
    }
}
