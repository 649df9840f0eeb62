//! What channels there are, and what each needs: forms are made from this.

use async_graphql::{Context, Object, SimpleObject};

use super::channel_config::RateLimit;
use super::error::Result;
use super::limits::list_cost;
use super::scalar::JsonOutput;
use super::session::{actor, services};
use crate::channels::describe::{Carried, Limit, Unit, content_keys, content_schema};
use crate::domain::enums::{ChannelType, MessageType};
use crate::services::channel_type::Described;

/// Channel types and message types of each that complexity reckons with.
const TYPES: usize = 8;

/// A kind of channel that this server can send over.
pub struct ChannelTypeDescription(Described);

/// A kind of channel that this server can send over.
#[Object]
impl ChannelTypeDescription {
    /// The kind of channel.
    #[graphql(name = "type")]
    async fn channel_type(&self) -> ChannelType {
        self.0.adapter.channel_type
    }

    /// What people call it.
    async fn title(&self) -> &str {
        self.0.adapter.description.title
    }

    /// A sentence about it.
    async fn description(&self) -> &str {
        self.0.adapter.description.about
    }

    /// The settings of a new config (its `config`) as JSON Schema, draft 2020-12: titles, descriptions, forms, what is required,
    /// defaults; `writeOnly` marks secrets. Made from what the server itself checks by. In an update a secret may also be left out, or
    /// handed back as the mask that was shown. Not in it: addresses that this server may not reach, and headers that differ in
    /// case only, are refused.
    async fn config_schema(&self) -> JsonOutput {
        self.0.schema.clone().into()
    }

    /// Settings that are secret: sealed when stored, masked when shown.
    async fn secret_keys(&self) -> &[&'static str] {
        self.0.adapter.secret_keys
    }

    /// The message types that it takes.
    #[graphql(complexity = "list_cost(TYPES, child_complexity)")]
    async fn message_types(&self) -> Vec<CarriedMessageType> {
        self.0.adapter.description.carries.iter().map(CarriedMessageType).collect()
    }

    /// So many recipients in one task at most; what has more is cut into several. Null where there is no limit.
    async fn max_recipients(&self) -> Option<i32> {
        Some(self.0.adapter.max_recipients).filter(|most| *most < usize::MAX).and_then(|most| i32::try_from(most).ok())
    }

    /// How much the provider takes of one sender. Kept to where a config has no rateLimit and sends to the provider's own host;
    /// onRateLimit says what happens beyond it. Null where the provider does not say.
    async fn provider_limit(&self) -> Option<ProviderLimit> {
        let provider = self.0.adapter.provider_limit.as_ref()?;
        Some(ProviderLimit { limit: (&provider.limit).into(), host: provider.host })
    }

    /// What the provider tells repetitions by, as it is called there. Null where it can't: then a config's onUnknown decides
    /// what becomes of an unknown outcome.
    async fn idempotency_key(&self) -> Option<&str> {
        self.0.adapter.idempotency_key
    }
}

/// How much a provider takes of one sender.
#[derive(SimpleObject)]
pub struct ProviderLimit {
    /// So much at most.
    limit: RateLimit,
    /// The provider's own host.
    host: &'static str,
}

/// A message type as one kind of channel takes it.
pub struct CarriedMessageType(&'static Carried);

/// A message type as one kind of channel takes it.
#[Object]
impl CarriedMessageType {
    /// The form of the content.
    async fn message_type(&self) -> MessageType {
        self.0.message_type
    }

    /// How the provider calls what it becomes, as a rule.
    async fn sent_as(&self) -> &str {
        self.0.sent_as
    }

    /// Keys that a template's content must have.
    async fn required_keys(&self) -> Vec<&'static str> {
        content_keys(self.0).required
    }

    /// Keys that a template's content may have.
    async fn optional_keys(&self) -> Vec<&'static str> {
        content_keys(self.0).optional
    }

    /// Keys of which a template's content must have exactly one; empty where there is no such choice.
    async fn exactly_one_of(&self) -> Vec<&'static str> {
        content_keys(self.0).one_of
    }

    /// A template's content as JSON Schema, draft 2020-12. Every string in it is a Liquid template.
    async fn content_schema(&self) -> JsonOutput {
        content_schema(self.0).into()
    }

    /// How much of it the provider takes, after rendering. What is larger is refused, nothing is cut.
    async fn limits(&self) -> Vec<ContentLimit> {
        self.0.limits.iter().map(Into::into).collect()
    }
}

/// How much a provider takes.
#[derive(SimpleObject)]
pub struct ContentLimit {
    /// The key of the content that it is about, with a dot below lists; null where it is about the whole body.
    key: Option<&'static str>,
    /// The provider's name for it.
    field: &'static str,
    /// So much at most.
    max: i32,
    /// What is counted.
    unit: Unit,
}

impl From<&Limit> for ContentLimit {
    fn from(limit: &Limit) -> Self {
        let max = i32::try_from(limit.most).unwrap_or(i32::MAX);
        Self { key: limit.key, field: limit.field, max, unit: limit.unit }
    }
}

#[derive(Default)]
pub struct ChannelTypeQuery;

#[Object]
impl ChannelTypeQuery {
    /// The kinds of channel that this server can send over, each with its settings' schema, what it carries and its limits.
    #[graphql(complexity = "list_cost(TYPES, child_complexity)")]
    async fn channel_types(&self, ctx: &Context<'_>) -> Result<Vec<ChannelTypeDescription>> {
        let types = services(ctx)?.channel_types(actor(ctx)?)?;
        Ok(types.into_iter().map(ChannelTypeDescription).collect())
    }
}
