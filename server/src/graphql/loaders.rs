//! Lists read in batches: what many objects of one answer need is fetched with one statement. Access was checked on the
//! message that it hangs on.

use std::collections::HashMap;
use std::sync::OnceLock;

use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};

use super::error::{ApiError, Result};
use crate::domain::channel_config::{ChannelConfig, ChannelHealth};
use crate::domain::id::{ChannelConfigId, MessageId};
use crate::domain::message::{Message, MessageParts};
use crate::domain::task::Task;
use crate::domain::timeline::TimelineEntry;
use crate::services::Services;

/// The loaders of one operation, made when the first is needed.
pub struct Loaders {
    services: Services,
    batches: OnceLock<DataLoader<Batches, HashMapCache>>,
}

impl Loaders {
    pub fn new(services: Services) -> Self {
        Self { services, batches: OnceLock::new() }
    }

    fn batches(&self) -> &DataLoader<Batches, HashMapCache> {
        self.batches.get_or_init(|| {
            DataLoader::with_cache(Batches(self.services.clone()), tokio::spawn, HashMapCache::default())
        })
    }
}

/// The key of each kind of batch: the type says what is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TheMessage(pub MessageId);
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartsOf(pub MessageId);
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TasksOf(pub MessageId);
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimelineOf(pub MessageId);
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TheConfig(pub ChannelConfigId);
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HealthOf(pub ChannelConfigId);

/// Loads one thing, together with what others of the same operation ask for at the same time.
pub(super) async fn load<K>(ctx: &Context<'_>, key: K) -> Result<Option<<Batches as Loader<K>>::Value>>
where
    K: Send + Sync + std::hash::Hash + Eq + Clone + 'static,
    Batches: Loader<K, Error = ApiError>,
{
    let loaders: &Loaders = ctx.data_opt().ok_or_else(|| ApiError::internal("an operation runs without loaders"))?;
    loaders.batches().load_one(key).await
}

/// Fetches batches from the services.
pub struct Batches(Services);

macro_rules! batch {
    ($key:ident, $value:ty, $method:ident) => {
        impl Loader<$key> for Batches {
            type Value = $value;
            type Error = ApiError;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, $value>> {
                let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
                let found = self.0.$method(&ids).await?;
                Ok(found.into_iter().map(|(id, value)| ($key(id), value)).collect())
            }
        }
    };
}

batch!(TheMessage, Message, messages_by_id);
batch!(PartsOf, MessageParts, message_parts);
batch!(TasksOf, Vec<Task>, tasks_of);
batch!(TimelineOf, Vec<TimelineEntry>, timelines_of);
batch!(TheConfig, ChannelConfig, channel_configs_by_id);
batch!(HealthOf, ChannelHealth, channel_health);
