//! Tenants: made and changed by the platform's administrators.

use chrono_tz::Tz;

use super::input::{Checks, MAX_NAME, taken};
use super::{ServiceError, Services};
use crate::catalog::Scope;
use crate::domain::actor::{Action, Actor};
use crate::domain::id::TenantId;
use crate::domain::issue::Issue;
use crate::domain::tenant::Tenant;
use crate::domain::time::Timestamp;
use crate::store::{StoreError, error, revision, tenant};

/// A tenant as its maker describes it. On a change, what is absent stays.
#[derive(Debug, Clone)]
pub struct TenantDraft {
    /// 1 to 64 letters, digits, `_`, `-`, `.`; unique.
    pub code: String,
    pub name: String,
    /// IANA name; `Asia/Shanghai` when absent.
    pub timezone: Option<String>,
    pub enabled: Option<bool>,
    pub strict_business_types: Option<bool>,
}

impl Services {
    /// The tenant that the actor's key belongs to, whatever its role; none for platform keys.
    pub async fn own_tenant(&self, actor: &Actor) -> Result<Option<Tenant>, ServiceError> {
        let Some(id) = actor.tenant_id else { return Ok(None) };
        Ok(self.catalog.tenant(id).await?.map(|catalog| catalog.tenant.clone()))
    }

    /// Those that the actor sees: a tenant's key its own only.
    pub async fn tenants(&self, actor: &Actor) -> Result<Vec<Tenant>, ServiceError> {
        Self::require(actor, Action::ReadConfig)?;
        let mut conn = self.store.read().await?;
        Ok(match actor.tenant_id {
            Some(own) => tenant::by_id(&mut conn, own).await?.into_iter().collect(),
            None => tenant::all(&mut conn).await?,
        })
    }

    pub async fn tenant(&self, actor: &Actor, id: TenantId) -> Result<Option<Tenant>, ServiceError> {
        Self::require(actor, Action::ReadConfig)?;
        if !actor.sees(id) {
            return Ok(None);
        }
        let mut conn = self.store.read().await?;
        Ok(tenant::by_id(&mut conn, id).await?)
    }

    pub async fn create_tenant(&self, actor: &Actor, draft: TenantDraft) -> Result<Tenant, ServiceError> {
        Self::require(actor, Action::ManagePlatform)?;
        let now = self.clock.now();
        let id = TenantId::new(now);
        let tenant = checked(&draft, id, None, now)?;
        let mut conn = self.store.begin().await?;
        revision::bump(&mut conn, Scope::Tenant(id)).await?;
        tenant::insert(&mut conn, &tenant).await.map_err(code_taken)?;
        conn.commit().await?;
        self.catalog.forget(Scope::Tenant(id));
        Ok(tenant)
    }

    pub async fn update_tenant(&self, actor: &Actor, id: TenantId, draft: TenantDraft) -> Result<Tenant, ServiceError> {
        Self::require(actor, Action::ManagePlatform)?;
        let now = self.clock.now();
        let mut conn = self.store.begin().await?;
        revision::bump(&mut conn, Scope::Tenant(id)).await?;
        let before = tenant::by_id(&mut conn, id).await?.ok_or(ServiceError::NotFound("tenant"))?;
        let tenant = checked(&draft, id, Some(before), now)?;
        tenant::update(&mut conn, &tenant).await.map_err(code_taken)?;
        conn.commit().await?;
        self.catalog.forget(Scope::Tenant(id));
        Ok(tenant)
    }
}

fn code_taken(error: StoreError) -> ServiceError {
    if error::taken(&error) { taken("input.code", "another tenant has this code") } else { error.into() }
}

fn checked(draft: &TenantDraft, id: TenantId, before: Option<Tenant>, now: Timestamp) -> Result<Tenant, ServiceError> {
    let mut checks = Checks::default();
    let code = checks.text("input.code", &draft.code, 64);
    let mut letters = code.chars();
    let starts_well = letters.next().is_none_or(|first| first.is_ascii_alphanumeric());
    if !starts_well || !letters.all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.')) {
        checks.add(Issue::invalid(
            "input.code",
            "must be ASCII letters, digits, `_`, `-` or `.`, beginning with a letter or digit",
        ));
    }
    let name = checks.text("input.name", &draft.name, MAX_NAME);
    let given = draft.timezone.as_deref().map(str::trim).filter(|zone| !zone.is_empty());
    let zone = given.and_then(|zone| checks.parsed::<Tz>("input.timezone", zone, "an IANA name such as Asia/Shanghai"));
    checks.finish()?;
    let before = before.as_ref();
    Ok(Tenant {
        id,
        code,
        name,
        timezone: zone.or(before.map(|tenant| tenant.timezone)).unwrap_or(Tz::Asia__Shanghai),
        enabled: draft.enabled.or(before.map(|tenant| tenant.enabled)).unwrap_or(true),
        strict_business_types: draft
            .strict_business_types
            .or(before.map(|tenant| tenant.strict_business_types))
            .unwrap_or(false),
        created_at: before.map_or(now, |tenant| tenant.created_at),
    })
}
