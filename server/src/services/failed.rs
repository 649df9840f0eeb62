//! The failed set: tasks that ended FAILED and that nobody has discarded.

use super::input::{self, Checks, MAX_NAME};
use super::{ServiceError, Services};
use crate::domain::actor::{Action, Actor};
use crate::domain::enums::ChannelType;
use crate::domain::failed::FailedFilter;
use crate::domain::id::ChannelConfigId;
use crate::domain::issue::{Issue, IssueCode};
use crate::domain::page::{Page, PageRequest};
use crate::domain::task::Task;
use crate::domain::time::Timestamp;
use crate::store::{channel_config, failed};

/// Which failed tasks are meant, as a caller says it: all that is given must match.
#[derive(Debug, Clone, Default)]
pub struct FailedTaskFilter {
    /// A tenant's id or code; a platform key that names none means every tenant.
    pub tenant: Option<String>,
    pub error_code: Option<String>,
    pub channel_type: Option<ChannelType>,
    pub channel_config_id: Option<String>,
    pub business_type: Option<String>,
    /// Failed at this instant or later.
    pub failed_from: Option<Timestamp>,
    /// Failed before this instant.
    pub failed_to: Option<Timestamp>,
}

impl Services {
    /// Failed tasks newest first; an item's cursor is its id.
    ///
    /// # Errors
    /// `NotFound` where the filter names a tenant that is not there; `Invalid` where it makes no sense or names a config that
    /// is not there.
    pub async fn failed_tasks(
        &self,
        actor: &Actor,
        filter: FailedTaskFilter,
        page: PageRequest,
    ) -> Result<Page<Task>, ServiceError> {
        Self::require(actor, Action::ReadMessages)?;
        // As other lists do: a tenant that is not there is no mistake in a field.
        self.tenant_scope(actor, filter.tenant.as_deref()).await?;
        let filter = self.failed_filter(actor, filter, "filter", Checks::default()).await?;
        let after = input::after(&page)?;
        let mut items = failed::list(&mut self.store.read().await?, &filter, after, page.first + 1).await?;
        let has_next = items.len() > page.first;
        items.truncate(page.first);
        Ok(Page { items, has_next, total: None })
    }

    /// The filter checked, with what the actor may see. `checks` holds what else was wrong with the input.
    pub(super) async fn failed_filter(
        &self,
        actor: &Actor,
        filter: FailedTaskFilter,
        path: &str,
        mut checks: Checks,
    ) -> Result<FailedFilter, ServiceError> {
        let at = |field: &str| format!("{path}.{field}");
        // An empty text is a mistake rather than no condition: a job over everything should be asked for as such.
        let mut text = |field: &str, given: Option<String>| given.map(|text| checks.text(&at(field), &text, MAX_NAME));
        let error_code = text("errorCode", filter.error_code);
        let business_type = text("businessType", filter.business_type);
        if let (Some(from), Some(to)) = (filter.failed_from, filter.failed_to)
            && from >= to
        {
            checks.add(Issue::invalid(&at("failedTo"), "must be later than failedFrom"));
        }
        let tenant_id = match self.tenant_scope(actor, filter.tenant.as_deref()).await {
            Err(ServiceError::NotFound(what)) => {
                checks.add(Issue::new(&at("tenantId"), IssueCode::NotFound, format!("{what} not found")));
                None
            }
            scope => scope?,
        };
        let mut channel_config_id = None;
        if let Some(given) = filter.channel_config_id {
            channel_config_id = self.config_of(actor, &given).await?;
            if channel_config_id.is_none() {
                let path = at("channelConfigId");
                checks.add(Issue::new(&path, IssueCode::NotFound, "channel config not found"));
            }
        }
        checks.finish()?;
        Ok(FailedFilter {
            tenant_id,
            sent_by: actor.only_sent_by(),
            error_code,
            channel_type: filter.channel_type,
            channel_config_id,
            business_type,
            failed_from: filter.failed_from,
            failed_to: filter.failed_to,
        })
    }

    /// The config of this id, deleted or not, where it exists for the actor.
    pub(super) async fn config_of(&self, actor: &Actor, id: &str) -> Result<Option<ChannelConfigId>, ServiceError> {
        let Ok(id) = id.parse::<ChannelConfigId>() else { return Ok(None) };
        let found = channel_config::by_ids(&mut self.store.read().await?, &[id]).await?;
        Ok(found.into_iter().find(|config| actor.sees(config.tenant_id)).map(|config| config.id))
    }
}
