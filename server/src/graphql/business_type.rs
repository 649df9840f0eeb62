//! Business types: what kinds of events a tenant sends messages about.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::error::{DeletePayload, Result, known_id, outcome, payload};
use super::limits::page_cost;
use super::page::{connection, page_request};
use super::scalar::DateTime;
use super::session::{actor, services};
use crate::domain;
use crate::services::business_type::BusinessTypeDraft;

/// What kind of event a message is about, with its priority and lane.
#[derive(SimpleObject, Clone)]
pub struct BusinessType {
    /// Global id.
    #[graphql(owned)]
    pub id: ID,
    /// The tenant it belongs to.
    tenant_id: ID,
    /// What messages name it by; unique in the tenant.
    code: String,
    /// A name for people.
    name: String,
    /// Whether its messages are accepted.
    enabled: bool,
    /// 0 (first) to 9 (last).
    priority: i32,
    /// Name of a green-channel lane; the general lane when absent.
    lane: Option<String>,
    /// When it was made.
    created_at: DateTime,
    /// When it last changed.
    updated_at: DateTime,
}

impl From<domain::business_type::BusinessType> for BusinessType {
    fn from(of: domain::business_type::BusinessType) -> Self {
        Self {
            id: of.id.into(),
            tenant_id: of.tenant_id.into(),
            code: of.code,
            name: of.name,
            enabled: of.enabled,
            priority: of.priority,
            lane: of.lane,
            created_at: of.created_at.into(),
            updated_at: of.updated_at.into(),
        }
    }
}

impl BusinessType {
    pub fn cursor(&self) -> String {
        self.id.0.clone()
    }
}

connection!(
    counted BusinessType,
    BusinessTypeEdge,
    BusinessTypeConnection,
    "A business type in a list.",
    "A page of business types."
);

/// A business type to register.
#[derive(InputObject)]
pub struct BusinessTypeInput {
    /// A tenant's id or code; needed only with a platform key.
    tenant_id: Option<ID>,
    /// What messages name it by; unique in the tenant.
    code: String,
    /// A name for people.
    name: String,
    /// True when absent.
    enabled: Option<bool>,
    /// 0 (first) to 9 (last).
    priority: Option<i32>,
    /// Name of a green-channel lane; the general lane when absent.
    lane: Option<String>,
}

impl From<BusinessTypeInput> for BusinessTypeDraft {
    fn from(input: BusinessTypeInput) -> Self {
        Self {
            tenant: input.tenant_id.map(Into::into),
            code: input.code,
            name: input.name,
            enabled: input.enabled,
            priority: input.priority,
            lane: input.lane,
        }
    }
}

payload! {
    /// What creating or updating a business type yields.
    BusinessTypePayload {
        /// The business type as it is now.
        business_type: BusinessType
    }
}

#[derive(Default)]
pub struct BusinessTypeQuery;

#[Object]
impl BusinessTypeQuery {
    /// The registered business types, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn business_types(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A tenant's id or code; a tenant's key sees its own only.")] tenant_id: Option<ID>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The endCursor of the page before.")] after: Option<String>,
    ) -> Result<BusinessTypeConnection> {
        let request = page_request(first, after)?;
        let tenant = tenant_id.map(Into::into);
        let page = services(ctx)?.business_types(actor(ctx)?, tenant, request.clone()).await?;
        Ok(BusinessTypeConnection::new(page, &request))
    }
}

#[derive(Default)]
pub struct BusinessTypeMutation;

#[Object]
impl BusinessTypeMutation {
    /// Registers a business type.
    async fn create_business_type(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The business type.")] input: BusinessTypeInput,
    ) -> Result<BusinessTypePayload> {
        Ok(outcome(services(ctx)?.create_business_type(actor(ctx)?, input.into()).await)?.into())
    }

    /// Changes a business type.
    async fn update_business_type(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "The whole business type.")] input: BusinessTypeInput,
    ) -> Result<BusinessTypePayload> {
        let done = match known_id(&id, "business type") {
            Ok(id) => outcome(services(ctx)?.update_business_type(actor(ctx)?, id, input.into()).await)?,
            Err(errors) => Err(errors),
        };
        Ok(done.into())
    }

    /// Deletes a business type. Messages that name it go on as unregistered ones.
    async fn delete_business_type(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<DeletePayload> {
        let done = match known_id(&id, "business type") {
            Ok(id) => outcome(services(ctx)?.delete_business_type(actor(ctx)?, id).await)?,
            Err(errors) => Err(errors),
        };
        Ok(done.into())
    }
}
