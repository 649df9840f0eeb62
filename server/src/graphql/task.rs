//! Channel tasks: one channel's share of a message.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::channel_config::ChannelConfig;
use super::error::Result;
use super::limits::{RECIPIENTS, list_cost};
use super::loaders::{TheConfig, load};
use super::recipient::{Recipient, hides_recipients, masker, parts};
use super::scalar::{DateTime, JsonOutput};
use super::session::{actor, services};
use crate::domain::actor::Action;
use crate::domain::enums::{ChannelType, MessageType, TaskStatus};
use crate::domain::task::Task;

/// A stored task.
#[derive(Clone)]
pub struct ChannelTask(Arc<Task>);

impl From<Task> for ChannelTask {
    fn from(task: Task) -> Self {
        Self(Arc::new(task))
    }
}

impl ChannelTask {
    pub fn cursor(&self) -> String {
        self.0.id.to_string()
    }
}

/// One channel's share of a message, and what became of it.
#[Object]
impl ChannelTask {
    /// Global id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The messageId of the message it belongs to.
    async fn message_id(&self) -> &str {
        &self.0.message_key
    }

    /// The kind of channel.
    async fn channel_type(&self) -> ChannelType {
        self.0.channel_type
    }

    /// The config that it is sent with; null for keys that may not read configs.
    async fn channel_config(&self, ctx: &Context<'_>) -> Result<Option<ChannelConfig>> {
        if !actor(ctx)?.may(Action::ReadConfig) {
            return Ok(None);
        }
        Ok(load(ctx, TheConfig(self.0.channel_config_id)).await?.map(Into::into))
    }

    /// The form of its content.
    async fn message_type(&self) -> MessageType {
        self.0.message_type
    }

    /// The body handed to the provider, after rendering. Where recipients are masked, so are they in here.
    async fn rendered_content(&self, ctx: &Context<'_>) -> Result<Option<JsonOutput>> {
        let masker = masker(ctx, self.0.message_id).await?;
        Ok(Some(JsonOutput::masked_text(&self.0.rendered_content, masker.as_ref())))
    }

    /// Where it is on its way.
    async fn status(&self) -> TaskStatus {
        self.0.status
    }

    /// Attempts that counted, without the first.
    async fn retry_count(&self) -> i32 {
        self.0.retry_count
    }

    /// So many retries at most.
    async fn max_retry(&self) -> i32 {
        self.0.max_retry
    }

    /// When it is tried next, where a time is set.
    async fn next_retry_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        Ok(self.0.next_retry_at(services(ctx)?.clock.now()).map(Into::into))
    }

    /// The last attempt's outcome, unless it went well: RETRY, THROTTLE, TOKEN, BAD_MSG, BAD_RCPT, CONFIG, AMBIGUOUS, CIRCUIT_OPEN or
    /// EXPIRED.
    async fn error_code(&self) -> Option<&str> {
        self.0.error_code.as_deref()
    }

    /// The last attempt's outcome in words.
    async fn result_message(&self) -> Option<&str> {
        self.0.result_message.as_deref()
    }

    /// What the provider answered to the last attempt.
    async fn third_party_response(&self, ctx: &Context<'_>) -> Result<Option<Cow<'_, str>>> {
        let Some(text) = self.0.third_party_response.as_deref() else { return Ok(None) };
        Ok(Some(match masker(ctx, self.0.message_id).await? {
            Some(masker) => Cow::Owned(masker.text(text).into_owned()),
            None => Cow::Borrowed(text),
        }))
    }

    /// Those of the message's recipients that it serves.
    #[graphql(complexity = "list_cost(RECIPIENTS, child_complexity)")]
    async fn recipients(&self, ctx: &Context<'_>) -> Result<Vec<Recipient>> {
        let masked = hides_recipients(ctx)?;
        let parts = parts(ctx, self.0.message_id).await?;
        Ok(Recipient::slice(&parts.recipients, self.0.recipient_from, self.0.recipient_count, masked))
    }

    /// When it was planned.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime {
        self.0.updated_at.into()
    }

    /// When it ended.
    async fn finished_at(&self) -> Option<DateTime> {
        self.0.finished_at.map(Into::into)
    }

    /// When an operator took it out of the failed set for good.
    async fn discarded_at(&self) -> Option<DateTime> {
        self.0.discarded_at.map(Into::into)
    }
}
