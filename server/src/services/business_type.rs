//! Business types: what kinds of events a tenant sends messages about, with their priority and green-channel lane.

use super::input::{self, Checks, MAX_NAME, taken};
use super::{ServiceError, Services};
use crate::catalog::Scope;
use crate::domain::actor::{Action, Actor};
use crate::domain::business_type::{BusinessType, DEFAULT_PRIORITY};
use crate::domain::id::{BusinessTypeId, TenantId};
use crate::domain::issue::{Issue, IssueCode};
use crate::domain::page::{Page, PageRequest};
use crate::domain::time::Timestamp;
use crate::store::conn::Conn;
use crate::store::{StoreError, business_type, error, revision};

/// Characters that a business type's code may have.
pub(super) const MAX_CODE: usize = 64;
/// Green-channel lanes over all tenants: each has workers of its own.
const MAX_LANES: usize = 32;
const MAX_LANE_NAME: usize = 32;

/// A business type as its maker describes it. On a change, what is absent stays; an empty lane is the general one.
#[derive(Debug, Clone)]
pub struct BusinessTypeDraft {
    /// A tenant's id or code; needed only with a platform key.
    pub tenant: Option<String>,
    /// Unique in its tenant.
    pub code: String,
    pub name: String,
    pub enabled: Option<bool>,
    /// 0 (first) to 9 (last); 5 when absent.
    pub priority: Option<i32>,
    /// `a-z`, `0-9`, `-`, at most 32 of them.
    pub lane: Option<String>,
}

const NOT_FOUND: ServiceError = ServiceError::NotFound("business type");

impl Services {
    pub async fn business_types(
        &self,
        actor: &Actor,
        tenant: Option<String>,
        page: PageRequest,
    ) -> Result<Page<BusinessType>, ServiceError> {
        Self::require(actor, Action::ReadConfig)?;
        let tenant = self.tenant_scope(actor, tenant.as_deref()).await?;
        let after = input::after(&page)?;
        let mut conn = self.store.read().await?;
        let items = business_type::page(&mut conn, tenant, after, input::limit(&page)).await?;
        let total = business_type::count(&mut conn, tenant).await?;
        Ok(input::page_of(&page, items, total))
    }

    pub async fn business_type(&self, actor: &Actor, id: BusinessTypeId) -> Result<Option<BusinessType>, ServiceError> {
        Self::require(actor, Action::ReadConfig)?;
        let mut conn = self.store.read().await?;
        Ok(business_type::by_id(&mut conn, id).await?.filter(|kind| actor.sees(kind.tenant_id)))
    }

    pub async fn create_business_type(
        &self,
        actor: &Actor,
        draft: BusinessTypeDraft,
    ) -> Result<BusinessType, ServiceError> {
        Self::require(actor, Action::WriteConfig)?;
        let tenant = self.tenant_for(actor, draft.tenant.as_deref(), "input.tenantId").await?.tenant.id;
        let now = self.clock.now();
        let (checks, kind) = checked(&draft, tenant, None, now);
        checks.finish()?;
        let mut conn = self.store.begin().await?;
        revision::bump(&mut conn, Scope::Tenant(tenant)).await?;
        lane_is_free(&mut conn, &kind).await?;
        business_type::insert(&mut conn, &kind).await.map_err(code_taken)?;
        conn.commit().await?;
        self.catalog.forget(Scope::Tenant(tenant));
        Ok(kind)
    }

    pub async fn update_business_type(
        &self,
        actor: &Actor,
        id: BusinessTypeId,
        draft: BusinessTypeDraft,
    ) -> Result<BusinessType, ServiceError> {
        Self::require(actor, Action::WriteConfig)?;
        let tenant = self.business_type(actor, id).await?.ok_or(NOT_FOUND)?.tenant_id;
        let other_tenant = self.same_tenant(actor, draft.tenant.as_deref(), tenant).await?;
        let mut conn = self.store.begin().await?;
        revision::bump(&mut conn, Scope::Tenant(tenant)).await?;
        let before = business_type::by_id(&mut conn, id).await?.ok_or(NOT_FOUND)?;
        let (mut checks, kind) = checked(&draft, tenant, Some(before), self.clock.now());
        checks.extend(other_tenant);
        checks.finish()?;
        lane_is_free(&mut conn, &kind).await?;
        business_type::update(&mut conn, &kind).await.map_err(code_taken)?;
        conn.commit().await?;
        self.catalog.forget(Scope::Tenant(tenant));
        Ok(kind)
    }

    pub async fn delete_business_type(
        &self,
        actor: &Actor,
        id: BusinessTypeId,
    ) -> Result<BusinessTypeId, ServiceError> {
        Self::require(actor, Action::WriteConfig)?;
        let tenant = self.business_type(actor, id).await?.ok_or(NOT_FOUND)?.tenant_id;
        let mut conn = self.store.begin().await?;
        revision::bump(&mut conn, Scope::Tenant(tenant)).await?;
        business_type::delete(&mut conn, id).await?;
        conn.commit().await?;
        self.catalog.forget(Scope::Tenant(tenant));
        Ok(id)
    }
}

fn code_taken(error: StoreError) -> ServiceError {
    if error::taken(&error) { taken("input.code", "the tenant has a business type of this code") } else { error.into() }
}

/// Refuses a lane that would be one too many.
async fn lane_is_free(conn: &mut Conn, kind: &BusinessType) -> Result<(), ServiceError> {
    let Some(lane) = &kind.lane else { return Ok(()) };
    let lanes = business_type::lanes(conn, false).await?;
    if lanes.contains(lane) || lanes.len() < MAX_LANES {
        return Ok(());
    }
    let message = format!("there are {MAX_LANES} lanes already, and no more are possible");
    Err(Issue::new("input.lane", IssueCode::Conflict, message).into())
}

fn checked(
    draft: &BusinessTypeDraft,
    tenant_id: TenantId,
    before: Option<BusinessType>,
    now: Timestamp,
) -> (Checks, BusinessType) {
    let mut checks = Checks::default();
    let before = before.as_ref();
    let lane = match &draft.lane {
        Some(given) => checks.optional_text("input.lane", given, MAX_LANE_NAME),
        None => before.and_then(|kind| kind.lane.clone()),
    };
    let letters = |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if lane.as_deref().is_some_and(|lane| !letters(lane)) {
        checks.add(Issue::invalid("input.lane", "must be of lower-case letters, digits and `-`"));
    }
    let priority = draft.priority.or(before.map(|kind| kind.priority)).unwrap_or(DEFAULT_PRIORITY);
    let kind = BusinessType {
        id: before.map_or_else(|| BusinessTypeId::new(now), |kind| kind.id),
        tenant_id,
        code: checks.text("input.code", &draft.code, MAX_CODE),
        name: checks.text("input.name", &draft.name, MAX_NAME),
        enabled: draft.enabled.or(before.map(|kind| kind.enabled)).unwrap_or(true),
        priority: checks.range("input.priority", priority, 0, 9),
        lane,
        created_at: before.map_or(now, |kind| kind.created_at),
        updated_at: now,
    };
    (checks, kind)
}
