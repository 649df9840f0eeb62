//! Cancelling and retrying many messages at once.

use async_graphql::{Context, ID, Object};

use super::error::Result;
use super::send::{BatchSendResult, SendResult};
use super::session::{actor, services};

#[derive(Default)]
pub struct ManyMutation;

#[Object]
impl ManyMutation {
    /// Cancels what is not yet sent of up to 1000 messages, each as cancelMessage does, with an answer for each in the order
    /// of the ids. Safe to repeat.
    async fn cancel_messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global ids of the messages.")] ids: Vec<ID>,
    ) -> Result<BatchSendResult> {
        let ids = ids.into_iter().map(Into::into).collect();
        let done = services(ctx)?.cancel_messages(actor(ctx)?, ids).await?;
        Ok(done.into_iter().map(SendResult::cancelled).collect::<Vec<_>>().into())
    }

    /// Sends the FAILED tasks of up to 1000 messages again, each as retryMessage does, with an answer for each in the order of
    /// the ids. Safe to repeat. For more, or by other criteria, see retryTasks.
    async fn retry_messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global ids of the messages.")] ids: Vec<ID>,
    ) -> Result<BatchSendResult> {
        let ids = ids.into_iter().map(Into::into).collect();
        Ok(services(ctx)?.retry_messages(actor(ctx)?, ids).await?.into())
    }
}
