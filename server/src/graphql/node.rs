//! Global ids: any object by its id, whose prefix says what it is.

use async_graphql::{Context, ID, Interface, Object};

use super::api_key::ApiKey;
use super::bulk_job::BulkJob;
use super::business_type::BusinessType;
use super::channel_config::ChannelConfig;
use super::error::Result;
use super::inbox::InboxMessage;
use super::message::Message;
use super::session::{actor, services};
use super::task::ChannelTask;
use super::template::Template;
use super::tenant::Tenant;
use crate::domain::id;
use crate::services::message::MessageRef;

/// An object with a global id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Global id."))]
pub enum Node {
    Message(Message),
    ChannelTask(ChannelTask),
    InboxMessage(InboxMessage),
    ChannelConfig(ChannelConfig),
    Template(Template),
    BusinessType(BusinessType),
    Tenant(Tenant),
    ApiKey(ApiKey),
    BulkJob(BulkJob),
}

#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Any object by its global id; null when there is none, or not for the asking key.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The global id.")] id: ID) -> Result<Option<Node>> {
        let (services, actor) = (services(ctx)?, actor(ctx)?);
        /// Parses the id, asks the services, wraps what is found.
        macro_rules! look_up {
            ($($kind:ident => $method:ident as $object:ty,)*) => {
                match id.split_once('_').map(|(prefix, _)| prefix) {
                    Some(id::MessageId::PREFIX) => match id.parse() {
                        Ok(id) => {
                            let found = services.message(actor, MessageRef::Id(id)).await?;
                            found.map(|found| Message::from(found).into())
                        }
                        Err(_) => None,
                    },
                    $(Some(id::$kind::PREFIX) => match id.parse::<id::$kind>() {
                        Ok(id) => services.$method(actor, id).await?.map(|found| <$object>::from(found).into()),
                        Err(_) => None,
                    },)*
                    _ => None,
                }
            };
        }
        Ok(look_up! {
            TaskId => task as ChannelTask,
            InboxId => inbox_message as InboxMessage,
            ChannelConfigId => channel_config as ChannelConfig,
            TemplateId => template as Template,
            BusinessTypeId => business_type as BusinessType,
            TenantId => tenant as Tenant,
            ApiKeyId => api_key as ApiKey,
            BulkJobId => bulk_job as BulkJob,
        })
    }
}
