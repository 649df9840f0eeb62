//! Tenants: whose messages, configs and keys are kept apart from everyone else's.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::error::{Result, known_id, outcome, payload};
use super::scalar::DateTime;
use super::session::{actor, services};
use crate::domain;
use crate::services::tenant::TenantDraft;

/// A party whose messages, configs and keys are kept apart from everyone else's.
#[derive(SimpleObject, Clone)]
pub struct Tenant {
    /// Global id.
    #[graphql(owned)]
    pub id: ID,
    /// A short unique name, usable wherever a tenant's id is.
    code: String,
    /// A name for people.
    name: String,
    /// IANA name, e.g. Asia/Shanghai.
    timezone: String,
    /// Whether it may send.
    enabled: bool,
    /// Rejects business types that are not registered.
    strict_business_types: bool,
    /// When it was made.
    created_at: DateTime,
}

impl From<domain::tenant::Tenant> for Tenant {
    fn from(tenant: domain::tenant::Tenant) -> Self {
        Self {
            id: tenant.id.into(),
            code: tenant.code,
            name: tenant.name,
            timezone: tenant.timezone.name().to_owned(),
            enabled: tenant.enabled,
            strict_business_types: tenant.strict_business_types,
            created_at: tenant.created_at.into(),
        }
    }
}

/// A tenant to store.
#[derive(InputObject)]
pub struct TenantInput {
    /// A short unique name.
    code: String,
    /// A name for people.
    name: String,
    /// IANA name, e.g. Asia/Shanghai.
    timezone: Option<String>,
    /// True when absent.
    enabled: Option<bool>,
    /// Rejects business types that are not registered; false when absent.
    strict_business_types: Option<bool>,
}

impl From<TenantInput> for TenantDraft {
    fn from(input: TenantInput) -> Self {
        Self {
            code: input.code,
            name: input.name,
            timezone: input.timezone,
            enabled: input.enabled,
            strict_business_types: input.strict_business_types,
        }
    }
}

payload! {
    /// What creating or updating a tenant yields.
    TenantPayload {
        /// The tenant as it is now.
        tenant: Tenant
    }
}

#[derive(Default)]
pub struct TenantQuery;

#[Object]
impl TenantQuery {
    /// All tenants; a tenant's key sees its own only.
    async fn tenants(&self, ctx: &Context<'_>) -> Result<Vec<Tenant>> {
        Ok(services(ctx)?.tenants(actor(ctx)?).await?.into_iter().map(Into::into).collect())
    }
}

#[derive(Default)]
pub struct TenantMutation;

#[Object]
impl TenantMutation {
    /// Adds a tenant.
    async fn create_tenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tenant.")] input: TenantInput,
    ) -> Result<TenantPayload> {
        Ok(outcome(services(ctx)?.create_tenant(actor(ctx)?, input.into()).await)?.into())
    }

    /// Changes a tenant.
    async fn update_tenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "The whole tenant.")] input: TenantInput,
    ) -> Result<TenantPayload> {
        let done = match known_id(&id, "tenant") {
            Ok(id) => match services(ctx)?.update_tenant(actor(ctx)?, id, input.into()).await {
                // Here the tenant is the object itself, not a part of the input.
                Err(crate::services::ServiceError::NotFound(what)) => {
                    Err(vec![super::error::UserError::unknown_id(what)])
                }
                result => outcome(result)?,
            },
            Err(errors) => Err(errors),
        };
        Ok(done.into())
    }
}
