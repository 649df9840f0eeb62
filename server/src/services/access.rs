//! Who may do what, and in which tenant: the first question of every use case.

use std::sync::Arc;

use super::{ServiceError, Services};
use crate::catalog::TenantCatalog;
use crate::domain::actor::{Action, Actor};
use crate::domain::id::TenantId;
use crate::domain::issue::Issue;

const NO_TENANT: ServiceError = ServiceError::NotFound("tenant");

impl Services {
    /// # Errors
    /// `Forbidden` where the actor's role does not allow it.
    pub fn require(actor: &Actor, action: Action) -> Result<(), ServiceError> {
        if actor.may(action) {
            return Ok(());
        }
        let what = match action {
            Action::Send => "send messages",
            Action::ReadMessages => "read messages",
            Action::SeeRecipients | Action::RevealRecipients => "see recipients in clear",
            Action::Operate => "operate on messages",
            Action::ReadJobs => "look at bulk jobs",
            Action::ReadStats => "read statistics",
            Action::ReadConfig => "read the configuration",
            Action::WriteConfig => "change the configuration",
            Action::ManageKeys => "manage API keys",
            Action::ManagePlatform => "manage the platform",
        };
        Err(ServiceError::Forbidden(format!("the role {} may not {what}", actor.role)))
    }

    /// The tenant that a request is about: a tenant key's own, whether it is named or not; with a platform key the one
    /// that `given` names by id or code.
    ///
    /// # Errors
    /// An issue at `path` where a platform key names none; `NotFound` where there is no such tenant, or it is not the
    /// actor's: which of the two is not told.
    pub async fn tenant_for(
        &self,
        actor: &Actor,
        given: Option<&str>,
        path: &str,
    ) -> Result<Arc<TenantCatalog>, ServiceError> {
        let given = given.filter(|given| !given.is_empty());
        let Some(own) = actor.tenant_id else {
            let given = given.ok_or_else(|| Issue::required(path))?;
            return self.catalog.tenant_by_code_or_id(given).await?.ok_or(NO_TENANT);
        };
        let catalog = self.catalog.tenant(own).await?.ok_or(NO_TENANT)?;
        if given.is_some_and(|given| given != catalog.tenant.code && given.parse() != Ok(own)) {
            return Err(NO_TENANT);
        }
        Ok(catalog)
    }

    /// The tenant that a list is restricted to; none where a platform key names none and sees every tenant's.
    ///
    /// # Errors
    /// As [`Services::tenant_for`].
    pub async fn tenant_scope(&self, actor: &Actor, given: Option<&str>) -> Result<Option<TenantId>, ServiceError> {
        let given = given.filter(|given| !given.is_empty());
        if actor.tenant_id.is_none() && given.is_none() {
            return Ok(None);
        }
        Ok(Some(self.tenant_for(actor, given, "tenantId").await?.tenant.id))
    }

    /// Refuses a draft for a change that names another tenant than the one that the object belongs to.
    pub(super) async fn same_tenant(
        &self,
        actor: &Actor,
        given: Option<&str>,
        tenant: TenantId,
    ) -> Result<Option<Issue>, ServiceError> {
        match self.tenant_scope(actor, given).await? {
            Some(named) if named != tenant => Ok(Some(super::input::fixed("input.tenantId", "tenant"))),
            _ => Ok(None),
        }
    }
}
