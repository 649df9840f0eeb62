//! The dry run of sendMessage.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};

use super::channel_config::ChannelConfig;
use super::error::Result;
use super::recipient::Recipient;
use super::scalar::{DateTime, JsonOutput};
use super::send::SendMessageInput;
use super::session::{actor, services};
use super::template::Template;
use crate::domain;
use crate::domain::enums::{ChannelType, MessageType, VerdictOutcome};
use crate::domain::verdict::Verdict;
use crate::services::explain::{Explanation, Planned};

/// What a handler of the chain decided.
#[derive(SimpleObject)]
pub struct HandlerVerdict {
    /// The handler's name, e.g. TIME_WINDOW.
    handler: String,
    /// The handler's place in the chain.
    order: i32,
    /// What it decided.
    outcome: VerdictOutcome,
    /// A stable code where there is more to say than the outcome.
    code: Option<String>,
    /// Names the rule, config or list entry that decided.
    detail: Option<String>,
    /// The channel that it is about.
    channel_type: Option<ChannelType>,
    /// The channel config that it is about.
    channel_config_id: Option<ID>,
}

/// A task that would be made.
#[derive(SimpleObject)]
pub struct PlannedTask {
    /// The kind of channel.
    channel_type: ChannelType,
    /// The config that it would be sent with.
    channel_config: ChannelConfig,
    /// The template that it would be rendered from.
    template: Option<Template>,
    /// The form of its content.
    message_type: MessageType,
    /// The body that the provider would be handed.
    rendered_content: Option<JsonOutput>,
    /// Those of the recipients that it would serve.
    recipients: Vec<Recipient>,
    /// When it would be sent, or, after other channels of the message, not before this.
    send_at: DateTime,
}

/// What sendMessage would do now with this input. Nothing is stored, counted or sent.
#[derive(SimpleObject)]
pub struct SendExplanation {
    /// Whether sendMessage would accept it.
    accepted: bool,
    /// Why it would not be accepted, or how the message would end without a task: a stable code. DUPLICATE_MESSAGE: it was accepted
    /// before, and nothing would be sent again.
    error_code: Option<String>,
    /// The same in words.
    error_message: Option<String>,
    /// What each handler would decide, in the chain's order.
    verdicts: Vec<HandlerVerdict>,
    /// The tasks that would be made.
    tasks: Vec<PlannedTask>,
}

impl From<Verdict> for HandlerVerdict {
    fn from(verdict: Verdict) -> Self {
        Self {
            handler: verdict.handler,
            order: verdict.order.into(),
            outcome: verdict.outcome,
            code: verdict.code,
            detail: verdict.detail,
            channel_type: verdict.channel_type,
            channel_config_id: verdict.channel_config_id.map(Into::into),
        }
    }
}

impl PlannedTask {
    fn new(planned: Planned, recipients: &Arc<Vec<domain::recipient::Recipient>>) -> Self {
        let Planned { task, config, template } = planned;
        Self {
            channel_type: task.channel_type,
            channel_config: config.into(),
            template: template.map(Into::into),
            message_type: task.message_type,
            rendered_content: Some(JsonOutput::from_text(&task.rendered_content)),
            // The caller has just named them.
            recipients: Recipient::slice(recipients, task.recipient_from, task.recipient_count, false),
            send_at: task.send_at.unwrap_or(task.due_at).into(),
        }
    }
}

impl From<Explanation> for SendExplanation {
    fn from(explanation: Explanation) -> Self {
        let Explanation { accepted, failure, verdicts, tasks, recipients } = explanation;
        Self {
            accepted,
            error_code: failure.as_ref().map(|failure| failure.code.as_str().to_owned()),
            error_message: failure.map(|failure| failure.message),
            verdicts: verdicts.into_iter().map(Into::into).collect(),
            tasks: tasks.into_iter().map(|planned| PlannedTask::new(planned, &recipients)).collect(),
        }
    }
}

#[derive(Default)]
pub struct ExplainQuery;

#[Object]
impl ExplainQuery {
    /// What sendMessage would do now with this input, decided by the same chain; for a scheduled message, what it would do
    /// at that time. Nothing is stored, counted or sent.
    async fn explain_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message.")] input: SendMessageInput,
    ) -> Result<SendExplanation> {
        Ok(services(ctx)?.explain(actor(ctx)?, input.into()).await?.into())
    }
}
