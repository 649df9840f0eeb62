//! Messages as they are stored, with their tasks and timeline.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use serde::Serialize;

use super::error::{ApiError, Result};
use super::limits::{ENTRIES, RECIPIENTS, TASKS, list_cost, page_cost};
use super::loaders::{TasksOf, TimelineOf, load};
use super::page::{connection, page_request};
use super::recipient::{Recipient, hides_recipients, masker, parts};
use super::scalar::{DateTime, JsonOutput};
use super::session::{actor, services};
use super::task::ChannelTask;
use crate::domain;
use crate::domain::enums::{ChannelType, ExecutionMode, MessageStatus};
use crate::domain::id::MessageId;
use crate::domain::mask::Masker;
use crate::services::message as service;
use crate::services::message::MessageRef;

/// A stored message.
#[derive(Clone)]
pub struct Message(pub Arc<domain::message::Message>);

impl From<domain::message::Message> for Message {
    fn from(message: domain::message::Message) -> Self {
        Self(Arc::new(message))
    }
}

impl Message {
    pub fn cursor(&self) -> String {
        self.0.id.to_string()
    }
}

/// What a business system handed in, and where it is.
#[Object]
impl Message {
    /// Global id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The caller's messageId, or the generated one.
    async fn message_id(&self) -> &str {
        &self.0.message_id
    }

    /// The tenant it belongs to.
    async fn tenant_id(&self) -> ID {
        self.0.tenant_id.into()
    }

    /// The store within the tenant that it is about.
    async fn store_id(&self) -> Option<ID> {
        self.0.store_id.as_ref().map(ID::from)
    }

    /// What kind of event it is about.
    async fn business_type(&self) -> &str {
        &self.0.business_type
    }

    /// The data that templates render. Where recipients are masked, so are they in here.
    async fn business_data(&self, ctx: &Context<'_>) -> Result<JsonOutput> {
        let parts = parts(ctx, self.0.id).await?;
        Ok(JsonOutput::masked_text(&parts.business_data, masker(ctx, self.0.id).await?.as_ref()))
    }

    /// The channels that it is restricted to, where the caller did so.
    async fn target_channels(&self) -> Option<&[ChannelType]> {
        self.0.options.target_channels.as_deref()
    }

    /// In which order its channels are used.
    async fn execution_mode(&self) -> ExecutionMode {
        self.0.execution_mode
    }

    /// Where it is on its way.
    async fn status(&self) -> MessageStatus {
        self.0.status
    }

    /// Why it ended other than well: a stable code.
    async fn error_code(&self) -> Option<&str> {
        self.0.error_code.as_deref()
    }

    /// Why it ended other than well, in words.
    async fn error_message(&self) -> Option<&str> {
        self.0.error_message.as_deref()
    }

    /// How many tasks it has, and channels that failed before there was a task for them (TEMPLATE_RENDER_ERROR,
    /// CONTENT_TOO_LARGE).
    async fn total_channels(&self) -> i32 {
        self.0.total_channels
    }

    /// How many of them have succeeded.
    async fn success_channels(&self) -> i32 {
        self.0.success_channels
    }

    /// How many of them have failed.
    async fn failed_channels(&self) -> i32 {
        self.0.failed_channels
    }

    /// Who it is for. Numbers, addresses, ids and names are masked for roles that may not see them (OPERATOR, VIEWER):
    /// see revealRecipients.
    #[graphql(complexity = "list_cost(RECIPIENTS, child_complexity)")]
    async fn recipients(&self, ctx: &Context<'_>) -> Result<Vec<Recipient>> {
        let parts = parts(ctx, self.0.id).await?;
        Ok(Recipient::all(&parts.recipients, hides_recipients(ctx)?))
    }

    /// Whether recipients are masked in this answer.
    async fn recipients_masked(&self, ctx: &Context<'_>) -> Result<bool> {
        hides_recipients(ctx)
    }

    /// Further routing keys and free tags, as the caller gave them.
    async fn attributes(&self, ctx: &Context<'_>) -> Result<Option<JsonOutput>> {
        let Some(mut attributes) = self.0.options.attributes.clone() else { return Ok(None) };
        if let Some(masker) = masker(ctx, self.0.id).await? {
            masker.json(&mut attributes);
        }
        Ok(Some(attributes.into()))
    }

    /// The message that this one sends once more, where resendMessage made it. That one may be gone meanwhile.
    async fn resent_from(&self) -> Option<ID> {
        self.0.options.resent_from.map(Into::into)
    }

    /// When it is to be sent, where the caller chose a time.
    async fn scheduled_at(&self) -> Option<DateTime> {
        self.0.scheduled_at.map(Into::into)
    }

    /// When it is no longer worth sending.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(Into::into)
    }

    /// When it was accepted.
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

    /// One for each channel config and chunk of recipients.
    #[graphql(complexity = "list_cost(TASKS, child_complexity)")]
    async fn tasks(&self, ctx: &Context<'_>) -> Result<Vec<ChannelTask>> {
        let tasks = load(ctx, TasksOf(self.0.id)).await?.unwrap_or_default();
        Ok(tasks.into_iter().map(Into::into).collect())
    }

    /// What happened to the message, oldest first: each handler's verdict, each attempt, each receipt.
    #[graphql(complexity = "list_cost(ENTRIES, child_complexity)")]
    async fn timeline(&self, ctx: &Context<'_>) -> Result<Vec<TimelineEntry>> {
        let entries = load(ctx, TimelineOf(self.0.id)).await?.unwrap_or_default();
        // Recipients are read for answers only, and once for all of them.
        let answers = entries.iter().any(|entry| entry.third_party_response.is_some())
            && ctx.look_ahead().field("thirdPartyResponse").exists();
        let masker = if answers { masker(ctx, self.0.id).await? } else { None };
        Ok(entries.into_iter().map(|entry| TimelineEntry::new(entry, masker.as_ref())).collect())
    }
}

/// One thing that happened to a message.
#[derive(SimpleObject, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// When.
    at: DateTime,
    /// A handler's name (VALIDATION, TIME_WINDOW, ...), or ATTEMPT, RECEIPT, STATUS, OPERATOR.
    stage: String,
    /// How it went: a verdict's or attempt's outcome, or the new status.
    outcome: String,
    /// Names the rule, config or answer that decided.
    detail: Option<String>,
    /// How long it took, in milliseconds.
    duration_ms: Option<f64>,
    /// The task it is about.
    task_id: Option<ID>,
    /// Of an ATTEMPT: what the provider answered to it, the first 2,000 bytes; null where no answer came, and for failed attempts of before this was kept
    /// or beyond the first thirty or so of one task. Where recipients are masked, so are they in here.
    third_party_response: Option<String>,
}

impl TimelineEntry {
    /// `masker` is there for who may not see recipients.
    pub fn new(entry: domain::timeline::TimelineEntry, masker: Option<&Masker>) -> Self {
        #[allow(clippy::cast_precision_loss)] // exact for centuries
        let duration_ms = entry.duration_us.map(|us| us as f64 / 1000.0);
        Self {
            at: entry.at.into(),
            stage: entry.stage,
            outcome: entry.outcome,
            detail: entry.detail,
            duration_ms,
            task_id: entry.task_id.map(Into::into),
            third_party_response: entry.third_party_response.map(|text| match masker {
                Some(masker) => masker.text(&text).into_owned(),
                None => text,
            }),
        }
    }
}

connection!(Message, MessageEdge, MessageConnection, "A message in a list.", "A page of messages.");

/// Which messages are wanted: all that is given must match.
#[derive(InputObject, Default)]
pub struct MessageFilter {
    /// A tenant's id or code; a tenant's key sees its own only.
    tenant_id: Option<ID>,
    /// The store within the tenant.
    store_id: Option<ID>,
    /// Any of these.
    status: Option<Vec<MessageStatus>>,
    /// The business type's code.
    business_type: Option<String>,
    /// Messages with a task on this channel.
    channel_type: Option<ChannelType>,
    /// The caller's messageId.
    message_id: Option<String>,
    /// Matches a recipient's userId, mobile, email or deviceNo exactly.
    recipient: Option<String>,
    /// Accepted at this time or later.
    created_from: Option<DateTime>,
    /// Accepted before this time.
    created_to: Option<DateTime>,
}

impl From<MessageFilter> for service::MessageFilter {
    fn from(filter: MessageFilter) -> Self {
        Self {
            tenant: filter.tenant_id.map(Into::into),
            store_id: filter.store_id.map(Into::into),
            status: filter.status.unwrap_or_default(),
            business_type: filter.business_type,
            channel_type: filter.channel_type,
            message_id: filter.message_id,
            recipient: filter.recipient,
            created_from: filter.created_from.map(|at| at.0),
            created_to: filter.created_to.map(|at| at.0),
        }
    }
}

/// Which message is meant; none where the id is not one of a message.
pub(super) fn message_ref(
    message_id: Option<String>,
    tenant: Option<ID>,
    id: Option<ID>,
) -> Result<Option<MessageRef>> {
    match (message_id, id) {
        (Some(message_id), None) => Ok(Some(MessageRef::Key { message_id, tenant: tenant.map(Into::into) })),
        (None, Some(id)) => Ok(id.parse::<MessageId>().ok().map(MessageRef::Id)),
        _ => Err(ApiError::bad_input("exactly one of messageId and id is needed")),
    }
}

#[derive(Default)]
pub struct MessageQuery;

#[Object]
impl MessageQuery {
    /// By the caller's messageId (with tenantId for platform keys) or by id.
    async fn message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The caller's messageId.")] message_id: Option<String>,
        #[graphql(desc = "The tenant's id or code; needed only with a platform key and messageId.")] tenant_id: Option<
            ID,
        >,
        #[graphql(desc = "The global id.")] id: Option<ID>,
    ) -> Result<Option<Message>> {
        let Some(of) = message_ref(message_id, tenant_id, id)? else { return Ok(None) };
        Ok(services(ctx)?.message(actor(ctx)?, of).await?.map(Into::into))
    }

    /// Newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all that the key may see when absent.")] filter: Option<MessageFilter>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The endCursor of the page before.")] after: Option<String>,
    ) -> Result<MessageConnection> {
        let request = page_request(first, after)?;
        let filter = filter.unwrap_or_default().into();
        let page = services(ctx)?.messages(actor(ctx)?, filter, request.clone()).await?;
        Ok(MessageConnection::new(page, &request))
    }
}
