//! Channel configs: how a tenant or one of its stores reaches a channel. Secrets go in and never come out: answers
//! show masks, and a form may send a mask back to keep what is stored.

mod check;
mod copy;

use std::collections::HashMap;
use std::time::Duration;

pub use self::copy::ChannelConfigCopy;
use super::{ServiceError, Services, input};
use crate::announce::Announcer;
use crate::catalog::{Scope, secrets};
use crate::domain::actor::{Action, Actor};
use crate::domain::breaker::Breaker;
use crate::domain::channel_config::{ChannelConfig, RateLimit};
use crate::domain::enums::{ChannelType, DeliveryMode, OverLimitPolicy, UnknownPolicy};
use crate::domain::id::ChannelConfigId;
use crate::domain::page::{Page, PageRequest};
use crate::limits::LimitsError;
use crate::store::channel_config::Filter;
use crate::store::sweep::DueTask;
use crate::store::{StoreError, channel_config, revision, waiting};

/// A channel config as its maker describes it. On a change, what is absent stays.
#[derive(Debug, Clone)]
pub struct ChannelConfigDraft {
    /// A tenant's id or code; needed only with a platform key. Can't be changed.
    pub tenant: Option<String>,
    /// The store that it is for; the tenant as a whole when absent. Can't be changed.
    pub store_id: Option<String>,
    /// Can't be changed.
    pub channel_type: ChannelType,
    pub name: String,
    /// The adapter's settings. On a change they replace the old ones as a whole, but a secret that is absent, or given
    /// as its mask, stays; null takes it away.
    pub config: serde_json::Value,
    /// 0 to 1000000, smaller first; 100 when absent.
    pub priority: Option<i32>,
    pub enabled: Option<bool>,
    /// `Some(None)` takes it away.
    pub rate_limit: Option<Option<RateLimit>>,
    pub on_rate_limit: Option<OverLimitPolicy>,
    /// `Some(None)` takes it away.
    pub time_window: Option<Option<TimeWindowDraft>>,
    pub on_closed_window: Option<OverLimitPolicy>,
    pub on_unknown: Option<UnknownPolicy>,
    pub delivery_mode: Option<DeliveryMode>,
    /// A cron expression of five or six fields; empty takes it away.
    pub schedule: Option<String>,
}

/// A time window as given.
#[derive(Debug, Clone)]
pub struct TimeWindowDraft {
    /// 0 to 23.
    pub start_hour: i32,
    /// 0 to 23; open to the end of this hour.
    pub end_hour: i32,
    /// IANA name; the tenant's when absent.
    pub timezone: Option<String>,
}

/// Which configs are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct ChannelConfigFilter {
    /// A tenant's id or code.
    pub tenant: Option<String>,
    pub store_id: Option<String>,
    pub channel_type: Option<ChannelType>,
    pub enabled: Option<bool>,
}

/// Tasks that are woken at once.
const WAKE_PAGE: i64 = 1000;
/// For how long tasks are woken while the caller waits; the rest comes when it would have anyway.
const WAKE_PATIENCE: Duration = Duration::from_secs(5);

const NOT_FOUND: ServiceError = ServiceError::NotFound("channel config");

impl Services {
    /// Newest first, secrets masked.
    pub async fn channel_configs(
        &self,
        actor: &Actor,
        filter: ChannelConfigFilter,
        page: PageRequest,
    ) -> Result<Page<ChannelConfig>, ServiceError> {
        Self::require(actor, Action::ReadConfig)?;
        let filter = Filter {
            tenant: self.tenant_scope(actor, filter.tenant.as_deref()).await?,
            store_id: filter.store_id.filter(|store| !store.contains('\0')),
            channel_type: filter.channel_type,
            enabled: filter.enabled,
        };
        let after = input::after(&page)?;
        let mut conn = self.store.read().await?;
        let found = channel_config::page(&mut conn, &filter, after, input::limit(&page)).await?;
        let total = channel_config::count(&mut conn, &filter).await?;
        drop(conn);
        let masked = found.into_iter().map(|config| self.masked(config)).collect();
        Ok(input::page_of(&page, masked, total))
    }

    /// With its secrets masked.
    pub async fn channel_config(
        &self,
        actor: &Actor,
        id: ChannelConfigId,
    ) -> Result<Option<ChannelConfig>, ServiceError> {
        Self::require(actor, Action::ReadConfig)?;
        let mut conn = self.store.read().await?;
        let found = channel_config::by_id(&mut conn, id).await?.filter(|config| actor.sees(config.tenant_id));
        Ok(found.map(|config| self.masked(config)))
    }

    /// Configs that tasks name, deleted ones too, secrets masked. Whoever asks has checked access to the tasks.
    pub async fn channel_configs_by_id(
        &self,
        ids: &[ChannelConfigId],
    ) -> Result<HashMap<ChannelConfigId, ChannelConfig>, StoreError> {
        let mut conn = self.store.read().await?;
        let found = channel_config::by_ids(&mut conn, ids).await?;
        Ok(found.into_iter().map(|config| (config.id, self.masked(config))).collect())
    }

    /// The new config, secrets masked.
    pub async fn create_channel_config(
        &self,
        actor: &Actor,
        draft: ChannelConfigDraft,
    ) -> Result<ChannelConfig, ServiceError> {
        Self::require(actor, Action::WriteConfig)?;
        let tenant = self.tenant_for(actor, draft.tenant.as_deref(), "input.tenantId").await?.tenant.id;
        let config = check::created(&self.catalog, draft, tenant, self.clock.now())?;
        let mut conn = self.store.begin().await?;
        revision::bump(&mut conn, Scope::Tenant(tenant)).await?;
        channel_config::insert(&mut conn, &config).await?;
        conn.commit().await?;
        self.catalog.forget(Scope::Tenant(tenant));
        Ok(self.masked(config))
    }

    /// The config as it is now, secrets masked.
    pub async fn update_channel_config(
        &self,
        actor: &Actor,
        id: ChannelConfigId,
        draft: ChannelConfigDraft,
    ) -> Result<ChannelConfig, ServiceError> {
        Self::require(actor, Action::WriteConfig)?;
        let tenant = self.channel_config(actor, id).await?.ok_or(NOT_FOUND)?.tenant_id;
        let other_tenant = self.same_tenant(actor, draft.tenant.as_deref(), tenant).await?;
        let mut conn = self.store.begin().await?;
        revision::bump(&mut conn, Scope::Tenant(tenant)).await?;
        let before = channel_config::by_id(&mut conn, id).await?.ok_or(NOT_FOUND)?;
        let config = check::changed(&self.catalog, draft, before, other_tenant, self.clock.now())?;
        channel_config::update(&mut conn, &config).await?;
        conn.commit().await?;
        self.catalog.forget(Scope::Tenant(tenant));
        // What failed may have been mended by this.
        let rested = self.limits.breaker(id).is_some_and(|breaker| !breaker.closed());
        self.close_breaker(id).await;
        if rested {
            self.wake(id).await?;
        }
        Ok(self.masked(config))
    }

    async fn close_breaker(&self, id: ChannelConfigId) {
        if let Err(error) = self.limits.reset_breaker(id).await {
            tracing::warn!(config.id = %id, %error, "a breaker could not be closed on all instances");
        }
    }

    pub async fn delete_channel_config(
        &self,
        actor: &Actor,
        id: ChannelConfigId,
    ) -> Result<ChannelConfigId, ServiceError> {
        Self::require(actor, Action::WriteConfig)?;
        let tenant = self.channel_config(actor, id).await?.ok_or(NOT_FOUND)?.tenant_id;
        let mut conn = self.store.begin().await?;
        revision::bump(&mut conn, Scope::Tenant(tenant)).await?;
        channel_config::delete(&mut conn, id, self.clock.now()).await?;
        conn.commit().await?;
        self.catalog.forget(Scope::Tenant(tenant));
        self.close_breaker(id).await;
        Ok(id)
    }

    /// Closes the config's circuit breaker and ends its pause, on all instances; what waited for either is sent now.
    ///
    /// # Errors
    /// Besides the usual, where Redis is away: then only this instance knows.
    pub async fn reset_channel_config_breaker(
        &self,
        actor: &Actor,
        id: ChannelConfigId,
    ) -> Result<ChannelConfig, ServiceError> {
        Self::require(actor, Action::Operate)?;
        let config = self.channel_config(actor, id).await?.ok_or(NOT_FOUND)?;
        let away = |error: LimitsError| StoreError::Unavailable(error.to_string());
        self.limits.reset_breaker(id).await.map_err(away)?;
        self.limits.lift_pause(id).await.map_err(away)?;
        tracing::info!(config.id = %id, actor = %actor.name, "the breaker was reset and the pause lifted");
        self.wake(id).await?;
        Ok(config)
    }

    /// Announces tasks that waited until they may be sent with this config.
    async fn wake(&self, id: ChannelConfigId) -> Result<(), StoreError> {
        let deadline = self.clock.instant() + WAKE_PATIENCE;
        loop {
            let now = self.clock.now();
            let woken = waiting::wake(&self.store, id, now, WAKE_PAGE).await?;
            let all = woken.len() < usize::try_from(WAKE_PAGE).unwrap_or(0);
            let job = |task: DueTask| {
                let job = Announcer::deliver(task.id, task.channel_type, task.lane.as_deref(), task.priority);
                (job.of(task.channel_config_id.0), now)
            };
            self.announcer.announce(woken.into_iter().map(job).collect()).await;
            if all || self.clock.instant() >= deadline {
                return Ok(());
            }
        }
    }

    /// A config's circuit breaker; none where it is closed and has seen no failure, or there are none by the settings.
    pub fn breaker(&self, id: ChannelConfigId) -> Option<Breaker> {
        self.limits.breaker(id).filter(|_| self.catalog.settings().breaker.enabled)
    }

    pub(super) fn masked(&self, config: ChannelConfig) -> ChannelConfig {
        secrets::masked(self.catalog.sealer(), config)
    }
}
