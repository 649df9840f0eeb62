//! Channel configs: how a tenant, or one of its stores, reaches a channel.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::error::{DeletePayload, Result, known_id, outcome, payload};
use super::health::{ChannelBreaker, ChannelHealth};
use super::limits::page_cost;
use super::page::{connection, page_request};
use super::scalar::{DateTime, JsonInput, JsonOutput};
use super::session::{actor, services};
use crate::channels::limit_in_force;
use crate::domain;
use crate::domain::enums::{ChannelType, DeliveryMode, OverLimitPolicy, TimeUnit, UnknownPolicy};
use crate::services::channel_config as service;

/// At most count messages in any stretch of window × unit.
#[derive(SimpleObject)]
pub struct RateLimit {
    /// So many messages.
    count: i32,
    /// So many units.
    window: i32,
    /// What window counts.
    unit: TimeUnit,
}

impl From<&domain::channel_config::RateLimit> for RateLimit {
    fn from(limit: &domain::channel_config::RateLimit) -> Self {
        Self { count: limit.count, window: limit.window, unit: limit.unit }
    }
}

/// At most count messages in any stretch of window × unit.
#[derive(InputObject)]
pub struct RateLimitInput {
    /// So many messages, 1 to 100000.
    count: i32,
    /// So many units; 31 days in all at most.
    window: i32,
    /// What window counts.
    unit: TimeUnit,
}

/// The hours of the day in which a channel may send.
#[derive(SimpleObject)]
pub struct TimeWindow {
    /// 0-23.
    start_hour: i32,
    /// 0-23; the window ends at the end of this hour, and may wrap past midnight.
    end_hour: i32,
    /// IANA name; the tenant's when absent.
    timezone: Option<String>,
}

/// The hours of the day in which a channel may send.
#[derive(InputObject)]
pub struct TimeWindowInput {
    /// 0-23.
    start_hour: i32,
    /// 0-23; the window ends at the end of this hour, and may wrap past midnight.
    end_hour: i32,
    /// IANA name; the tenant's when absent.
    timezone: Option<String>,
}

/// A stored channel config, its secrets masked.
#[derive(Clone)]
pub struct ChannelConfig(Arc<domain::channel_config::ChannelConfig>);

impl From<domain::channel_config::ChannelConfig> for ChannelConfig {
    fn from(config: domain::channel_config::ChannelConfig) -> Self {
        Self(Arc::new(config))
    }
}

impl ChannelConfig {
    pub fn cursor(&self) -> String {
        self.0.id.to_string()
    }
}

/// How a tenant, or one of its stores, reaches a channel.
#[Object]
impl ChannelConfig {
    /// Global id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The tenant it belongs to.
    async fn tenant_id(&self) -> ID {
        self.0.tenant_id.into()
    }

    /// The store that it is for; the whole tenant when absent.
    async fn store_id(&self) -> Option<ID> {
        self.0.store_id.as_ref().map(ID::from)
    }

    /// The kind of channel.
    async fn channel_type(&self) -> ChannelType {
        self.0.channel_type
    }

    /// A name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// As stored, each secret replaced by a mask.
    async fn config(&self) -> JsonOutput {
        self.0.config.clone().into()
    }

    /// Smaller first.
    async fn priority(&self) -> i32 {
        self.0.priority
    }

    /// Whether messages are routed to it.
    async fn enabled(&self) -> bool {
        self.0.enabled
    }

    /// How much it may send.
    async fn rate_limit(&self) -> Option<RateLimit> {
        self.0.rate_limit.as_ref().map(Into::into)
    }

    /// The limit that it keeps to: rateLimit; where there is none the provider's (ChannelTypeDescription.providerLimit), if it
    /// sends to the provider's own host. Null: it sends as much as there is.
    async fn rate_limit_in_force(&self) -> Option<RateLimit> {
        limit_in_force(&self.0).map(Into::into)
    }

    /// What happens over the rate limit.
    async fn on_rate_limit(&self) -> OverLimitPolicy {
        self.0.on_rate_limit
    }

    /// When it may send.
    async fn time_window(&self) -> Option<TimeWindow> {
        self.0.time_window.as_ref().map(|window| TimeWindow {
            start_hour: window.start_hour.into(),
            end_hour: window.end_hour.into(),
            timezone: window.timezone.map(|zone| zone.name().to_owned()),
        })
    }

    /// What happens outside of the time window.
    async fn on_closed_window(&self) -> OverLimitPolicy {
        self.0.on_closed_window
    }

    /// What an unknown outcome means: the request was written and no answer came, or the sender was lost meanwhile. Only
    /// where the provider has no idempotency key (today WECHAT_WORK); elsewhere such a task is always tried again.
    async fn on_unknown(&self) -> UnknownPolicy {
        self.0.on_unknown
    }

    /// Whether it sends at once or by a schedule.
    async fn delivery_mode(&self) -> DeliveryMode {
        self.0.delivery_mode
    }

    /// Cron expression of five or six fields.
    async fn schedule(&self) -> Option<&str> {
        self.0.schedule.as_deref()
    }

    /// Whether its provider works, or is left alone because it failed too often.
    async fn breaker(&self, ctx: &Context<'_>) -> Result<ChannelBreaker> {
        ChannelBreaker::of(ctx, self.0.id)
    }

    /// How it did lately.
    async fn health(&self, ctx: &Context<'_>) -> Result<ChannelHealth> {
        ChannelHealth::of(ctx, self.0.id).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime {
        self.0.updated_at.into()
    }
}

connection!(
    counted ChannelConfig,
    ChannelConfigEdge,
    ChannelConfigConnection,
    "A channel config in a list.",
    "A page of channel configs."
);

/// A channel config to store. An update replaces all of it; a masked secret stays as it was.
#[derive(InputObject)]
pub struct ChannelConfigInput {
    /// A tenant's id or code; needed only with a platform key.
    tenant_id: Option<ID>,
    /// The store that it is for; the whole tenant when absent.
    store_id: Option<ID>,
    /// The kind of channel; can't be changed later.
    channel_type: ChannelType,
    /// A name for people.
    name: String,
    /// Credentials and addresses of this channel type; secrets are write-only and stored encrypted.
    config: JsonInput,
    /// Smaller first.
    priority: Option<i32>,
    /// True when absent.
    enabled: Option<bool>,
    /// How much it may send; null in an update takes the limit away.
    rate_limit: MaybeUndefined<RateLimitInput>,
    /// What happens over the rate limit; DEFER when absent.
    on_rate_limit: Option<OverLimitPolicy>,
    /// When it may send; null in an update takes the window away.
    time_window: MaybeUndefined<TimeWindowInput>,
    /// What happens outside of the time window; DEFER when absent.
    on_closed_window: Option<OverLimitPolicy>,
    /// What an unknown outcome means where the provider has no idempotency key; RETRY when absent.
    on_unknown: Option<UnknownPolicy>,
    /// IMMEDIATE when absent.
    delivery_mode: Option<DeliveryMode>,
    /// Five or six fields; needed where deliveryMode is SCHEDULED.
    schedule: Option<String>,
}

/// Absent: None; null: Some(None).
fn given<T>(input: MaybeUndefined<T>) -> Option<Option<T>> {
    match input {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

impl From<ChannelConfigInput> for service::ChannelConfigDraft {
    fn from(input: ChannelConfigInput) -> Self {
        Self {
            tenant: input.tenant_id.map(Into::into),
            store_id: input.store_id.map(Into::into),
            channel_type: input.channel_type,
            name: input.name,
            config: input.config.0,
            priority: input.priority,
            enabled: input.enabled,
            rate_limit: given(input.rate_limit.map_value(|limit| domain::channel_config::RateLimit {
                count: limit.count,
                window: limit.window,
                unit: limit.unit,
            })),
            on_rate_limit: input.on_rate_limit,
            time_window: given(input.time_window.map_value(|window| service::TimeWindowDraft {
                start_hour: window.start_hour,
                end_hour: window.end_hour,
                timezone: window.timezone,
            })),
            on_closed_window: input.on_closed_window,
            on_unknown: input.on_unknown,
            delivery_mode: input.delivery_mode,
            schedule: input.schedule,
        }
    }
}

/// Which channel configs are wanted: all that is given must match.
#[derive(InputObject, Default)]
pub struct ChannelConfigFilter {
    /// A tenant's id or code; a tenant's key sees its own only.
    tenant_id: Option<ID>,
    /// The store within the tenant.
    store_id: Option<ID>,
    /// The kind of channel.
    channel_type: Option<ChannelType>,
    /// Enabled or disabled ones.
    enabled: Option<bool>,
}

impl From<ChannelConfigFilter> for service::ChannelConfigFilter {
    fn from(filter: ChannelConfigFilter) -> Self {
        Self {
            tenant: filter.tenant_id.map(Into::into),
            store_id: filter.store_id.map(Into::into),
            channel_type: filter.channel_type,
            enabled: filter.enabled,
        }
    }
}

payload! {
    /// What creating or updating a channel config yields.
    ChannelConfigPayload {
        /// The config as it is now.
        channel_config: ChannelConfig
    }
}

#[derive(Default)]
pub struct ChannelConfigQuery;

#[Object]
impl ChannelConfigQuery {
    /// One channel config.
    async fn channel_config(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Result<Option<ChannelConfig>> {
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(services(ctx)?.channel_config(actor(ctx)?, id).await?.map(Into::into))
    }

    /// Channel configs, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn channel_configs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all that the key may see when absent.")] filter: Option<ChannelConfigFilter>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The endCursor of the page before.")] after: Option<String>,
    ) -> Result<ChannelConfigConnection> {
        let request = page_request(first, after)?;
        let filter = filter.unwrap_or_default().into();
        let page = services(ctx)?.channel_configs(actor(ctx)?, filter, request.clone()).await?;
        Ok(ChannelConfigConnection::new(page, &request))
    }
}

#[derive(Default)]
pub struct ChannelConfigMutation;

#[Object]
impl ChannelConfigMutation {
    /// Adds a channel config.
    async fn create_channel_config(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The config.")] input: ChannelConfigInput,
    ) -> Result<ChannelConfigPayload> {
        Ok(outcome(services(ctx)?.create_channel_config(actor(ctx)?, input.into()).await)?.into())
    }

    /// Replaces a channel config; a secret whose mask is handed back stays as it was.
    async fn update_channel_config(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "The whole config.")] input: ChannelConfigInput,
    ) -> Result<ChannelConfigPayload> {
        let services = services(ctx)?;
        let done = match known_id(&id, "channel config") {
            Ok(id) => outcome(services.update_channel_config(actor(ctx)?, id, input.into()).await)?,
            Err(errors) => Err(errors),
        };
        Ok(done.into())
    }

    /// Closes a channel config's circuit breaker and ends the pause that its provider asked for, if any. What waited for
    /// either is sent now.
    async fn reset_channel_config_breaker(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<ChannelConfigPayload> {
        let done = match known_id(&id, "channel config") {
            Ok(id) => outcome(services(ctx)?.reset_channel_config_breaker(actor(ctx)?, id).await)?,
            Err(errors) => Err(errors),
        };
        Ok(done.into())
    }

    /// Deletes a channel config. Tasks that were sent with it go on naming it.
    async fn delete_channel_config(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<DeletePayload> {
        let done = match known_id(&id, "channel config") {
            Ok(id) => outcome(services(ctx)?.delete_channel_config(actor(ctx)?, id).await)?,
            Err(errors) => Err(errors),
        };
        Ok(done.into())
    }
}
