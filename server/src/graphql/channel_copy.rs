//! Copying channel configs between a tenant's stores.

use async_graphql::{Context, ID, Object};

use super::channel_config::ChannelConfigPayload;
use super::error::{Result, known_id, outcome};
use super::session::{actor, services};
use crate::services::channel_config::ChannelConfigCopy;

#[derive(Default)]
pub struct ChannelCopyMutation;

#[Object]
impl ChannelCopyMutation {
    /// Copies a channel config to a store of its tenant, or to the tenant as a whole, with its secrets. The copy is disabled
    /// unless asked otherwise, and independent from then on. A config of the same channel type and name in that place is a
    /// conflict: TAKEN.
    async fn copy_channel_config(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The config to copy.")] id: ID,
        #[graphql(desc = "The store that the copy is for; the whole tenant when absent.")] store_id: Option<ID>,
        #[graphql(desc = "The copy's name; the original's with \"(copy)\" behind it when absent.")] name: Option<
            String,
        >,
        #[graphql(desc = "Whether messages are routed to the copy; false when absent.")] enabled: Option<bool>,
    ) -> Result<ChannelConfigPayload> {
        let copy = ChannelConfigCopy { store_id: store_id.map(Into::into), name, enabled: enabled.unwrap_or(false) };
        let done = match known_id(&id, "channel config") {
            Ok(id) => outcome(services(ctx)?.copy_channel_config(actor(ctx)?, id, copy).await)?,
            Err(errors) => Err(errors),
        };
        Ok(done.into())
    }
}
