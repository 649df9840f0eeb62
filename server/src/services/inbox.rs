//! Inboxes: what users received over LOCAL.

use super::message::{cursor, unknowable};
use super::{ServiceError, Services};
use crate::domain::actor::{Action, Actor};
use crate::domain::id::InboxId;
use crate::domain::inbox::InboxMessage;
use crate::domain::page::{Page, PageRequest};
use crate::store::inbox as rows;

impl Services {
    /// A user's inbox, newest first; an item's cursor is its id.
    pub async fn inbox(
        &self,
        actor: &Actor,
        tenant: Option<String>,
        user_id: &str,
        unread_only: bool,
        page: PageRequest,
    ) -> Result<Page<InboxMessage>, ServiceError> {
        Self::require_inbox(actor)?;
        let tenant = self.tenant_for(actor, tenant.as_deref(), "tenantId").await?;
        let after = cursor(page.after.as_deref())?;
        if unknowable(user_id) {
            return Ok(Page { items: Vec::new(), has_next: false, total: None });
        }
        let mut conn = self.store.read().await?;
        let mut items = rows::list(&mut conn, tenant.tenant.id, user_id, unread_only, after, page.first + 1).await?;
        let has_next = items.len() > page.first;
        items.truncate(page.first);
        Ok(Page { items, has_next, total: None })
    }

    /// One inbox entry, where the actor may see it.
    pub async fn inbox_message(&self, actor: &Actor, id: InboxId) -> Result<Option<InboxMessage>, ServiceError> {
        Self::require_inbox(actor)?;
        let found = rows::by_id(&mut self.store.read().await?, id).await?;
        Ok(found.filter(|message| actor.sees(message.tenant_id)))
    }

    /// How many entries the user has not read.
    pub async fn unread_count(
        &self,
        actor: &Actor,
        tenant: Option<String>,
        user_id: &str,
    ) -> Result<i64, ServiceError> {
        Self::require_inbox(actor)?;
        let tenant = self.tenant_for(actor, tenant.as_deref(), "tenantId").await?;
        if unknowable(user_id) {
            return Ok(0);
        }
        Ok(rows::unread(&mut self.store.read().await?, tenant.tenant.id, user_id).await?)
    }

    /// Marks entries (all of the user's where `ids` is None) as read; answers how many became so by this call.
    pub async fn mark_read(
        &self,
        actor: &Actor,
        tenant: Option<String>,
        user_id: &str,
        ids: Option<Vec<InboxId>>,
    ) -> Result<i64, ServiceError> {
        Self::require(actor, Action::Operate)?;
        let tenant = self.tenant_for(actor, tenant.as_deref(), "input.tenantId").await?;
        if unknowable(user_id) {
            return Ok(0);
        }
        let now = self.clock.now();
        let count = rows::mark_read(&mut self.store.write().await?, tenant.tenant.id, user_id, ids, now).await?;
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// A SENDER reads what it sent; inboxes hold everyone's.
    fn require_inbox(actor: &Actor) -> Result<(), ServiceError> {
        Self::require(actor, Action::ReadMessages)?;
        if actor.only_sent_by().is_some() {
            return Err(ServiceError::Forbidden("a SENDER key may not read inboxes".to_owned()));
        }
        Ok(())
    }
}
