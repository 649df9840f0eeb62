//! The dry run of sendMessage. The schema is complete; the answer comes with a later version.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::channel_config::ChannelConfig;
use super::error::Result;
use super::message::Recipient;
use super::scalar::{DateTime, JsonOutput};
use super::send::SendMessageInput;
use super::session::actor;
use super::template::Template;
use crate::domain::code::ErrorCode;
use crate::domain::enums::{ChannelType, MessageType, VerdictOutcome};

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
    /// When it would be sent.
    send_at: DateTime,
}

/// What sendMessage would do now with this input. Nothing is stored, counted or sent.
#[derive(SimpleObject)]
pub struct SendExplanation {
    /// Whether sendMessage would accept it.
    accepted: bool,
    /// Why not: a stable code.
    error_code: Option<String>,
    /// Why not, in words.
    error_message: Option<String>,
    /// What each handler would decide, in the chain's order.
    verdicts: Vec<HandlerVerdict>,
    /// The tasks that would be made.
    tasks: Vec<PlannedTask>,
}

#[derive(Default)]
pub struct ExplainQuery;

#[Object]
impl ExplainQuery {
    /// What sendMessage would do now with this input. Not available yet: answers UNSUPPORTED.
    async fn explain_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message.")] input: SendMessageInput,
    ) -> Result<SendExplanation> {
        actor(ctx)?;
        drop(input);
        Ok(SendExplanation {
            accepted: false,
            error_code: Some(ErrorCode::Unsupported.as_str().to_owned()),
            error_message: Some("explainSend is not available yet, it comes with a later version".to_owned()),
            verdicts: Vec::new(),
            tasks: Vec::new(),
        })
    }
}
