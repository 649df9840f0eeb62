//! Handing in messages, cancelling and retrying them. The inputs are those of the REST form too.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use serde::Deserialize;

use super::cancel::Cancellation;
use super::error::{Result, in_one_line};
use super::loaders::{TheMessage, load};
use super::message::Message;
use super::resend::ResendMessageInput;
use super::scalar::{DateTime, JsonInput};
use super::session::{actor, services};
use crate::domain;
use crate::domain::actor::Actor;
use crate::domain::code::ErrorCode;
use crate::domain::enums::{ChannelType, CustomerType, DeviceType, ExecutionMode, MessageType, UserType};
use crate::domain::message::{ChannelOption, Failure, InlineContent};
use crate::domain::recipient::Recipient;
use crate::services::ServiceError;
use crate::services::cancel::CancelOutcome;
use crate::services::message::{MessageRef, Refused, SendInput, SendOutcome};

/// Who a message is for. Which fields are needed depends on the channel.
#[derive(InputObject, Deserialize, Debug)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecipientInput {
    /// The user's id; LOCAL needs it.
    user_id: Option<String>,
    /// Where in the organisation the user belongs.
    user_type: Option<UserType>,
    /// Mobile number; robots mention it.
    mobile: Option<String>,
    /// Mail address.
    email: Option<String>,
    /// The device's number, for push notifications.
    device_no: Option<String>,
    /// The kind of device.
    device_type: Option<DeviceType>,
    /// The customer's number.
    customer_no: Option<String>,
    /// The kind of customer.
    customer_type: Option<CustomerType>,
    /// The customer's name.
    customer_name: Option<String>,
    /// A tag of the customer.
    customer_tag: Option<String>,
}

impl From<RecipientInput> for Recipient {
    fn from(input: RecipientInput) -> Self {
        Self {
            user_id: input.user_id,
            user_type: input.user_type,
            mobile: input.mobile,
            email: input.email,
            device_no: input.device_no,
            device_type: input.device_type,
            customer_no: input.customer_no,
            customer_type: input.customer_type,
            customer_name: input.customer_name,
            customer_tag: input.customer_tag,
        }
    }
}

/// Text to send as it is, without a template.
#[derive(InputObject, Deserialize, Debug)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InlineContentInput {
    /// The title, where the channel shows one.
    title: Option<String>,
    /// The text.
    body: String,
    /// TEXT when absent.
    message_type: Option<MessageType>,
}

/// What this message wants otherwise than a channel's config and the settings say.
#[derive(InputObject, Deserialize, Debug)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChannelOptionInput {
    /// The channel that this is about.
    channel_type: ChannelType,
    /// Order of channels within the message, smaller first.
    priority: Option<i32>,
    /// False: one attempt only.
    retry_on_fail: Option<bool>,
    /// Retries after the first attempt.
    max_retry: Option<i32>,
}

/// A message to send.
#[derive(InputObject, Deserialize, Debug)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendMessageInput {
    /// Chosen by the caller, unique per tenant: the idempotency key. Generated when absent.
    message_id: Option<String>,
    /// A tenant's id or code. Needed only with a platform key; a tenant's key implies it.
    tenant_id: Option<ID>,
    /// The store within the tenant that it is about: its channel configs win over the tenant's.
    store_id: Option<ID>,
    /// What kind of event it is about; chooses the templates.
    business_type: String,
    /// Business data: a JSON object that templates render.
    business_data: JsonInput,
    /// Restricts routing to these channels; absent: every channel that the rules and configs give.
    target_channels: Option<Vec<ChannelType>>,
    /// Wishes for single channels.
    channel_options: Option<Vec<ChannelOptionInput>>,
    /// In which order its channels are used; the settings' when absent.
    execution_mode: Option<ExecutionMode>,
    /// Who it is for.
    recipients: Option<Vec<RecipientInput>>,
    /// Sends this text as it is, without a template.
    content: Option<InlineContentInput>,
    /// Sends it at this time rather than at once.
    scheduled_at: Option<DateTime>,
    /// After this the message is no longer worth sending: what is unsent is cancelled.
    expires_at: Option<DateTime>,
    /// Further routing keys (subBusinessType, productCode, channelNo, institution, ...) and free tags.
    attributes: Option<JsonInput>,
}

impl From<SendMessageInput> for SendInput {
    fn from(input: SendMessageInput) -> Self {
        Self {
            message_id: input.message_id,
            tenant: input.tenant_id.map(Into::into),
            store_id: input.store_id.map(Into::into),
            business_type: input.business_type,
            business_data: input.business_data.0,
            target_channels: input.target_channels,
            channel_options: input.channel_options.unwrap_or_default().into_iter().map(Into::into).collect(),
            execution_mode: input.execution_mode,
            recipients: input.recipients.unwrap_or_default().into_iter().map(Into::into).collect(),
            content: input.content.map(Into::into),
            scheduled_at: input.scheduled_at.map(|at| at.0),
            expires_at: input.expires_at.map(|at| at.0),
            attributes: input.attributes.map(|json| json.0).filter(|json| !json.is_null()),
            resent_from: None,
        }
    }
}

impl From<ChannelOptionInput> for ChannelOption {
    fn from(input: ChannelOptionInput) -> Self {
        Self {
            channel_type: input.channel_type,
            priority: input.priority,
            retry_on_fail: input.retry_on_fail,
            max_retry: input.max_retry,
        }
    }
}

impl From<InlineContentInput> for InlineContent {
    fn from(input: InlineContentInput) -> Self {
        Self { title: input.title, body: input.body, message_type: input.message_type }
    }
}

/// What became of one message that was handed in, cancelled or retried.
pub struct SendResult {
    outcome: SendOutcome,
    cancellation: Option<Cancellation>,
    /// Whether others of the same answer are likely to need their messages too.
    in_batch: bool,
}

impl SendResult {
    /// One of many that were to be cancelled.
    pub(super) fn cancelled(done: CancelOutcome) -> Self {
        Self { outcome: done.outcome, cancellation: done.cancellation.map(Into::into), in_batch: true }
    }

    fn one(result: Result<SendOutcome, ServiceError>) -> Result<Self> {
        Ok(Self { outcome: settle(result)?, cancellation: None, in_batch: false })
    }
}

/// Turns the failures that a caller must expect into refusals; others stay errors.
pub fn settle(result: Result<SendOutcome, ServiceError>) -> Result<SendOutcome, ServiceError> {
    let failure = match result {
        Err(ServiceError::Invalid(issues)) => Failure::new(ErrorCode::ValidationError, in_one_line(&issues)),
        Err(ServiceError::NotFound("tenant")) => Failure::new(ErrorCode::TenantNotFound, "tenant not found"),
        Err(ServiceError::NotFound(what)) => Failure::new(ErrorCode::MessageNotFound, format!("{what} not found")),
        settled => return settled,
    };
    Ok(Err(Refused { failure, message_id: None }))
}

/// Whether a message exists for the actor.
fn visible(actor: &Actor, message: &domain::message::Message) -> bool {
    actor.sees(message.tenant_id) && actor.only_sent_by().is_none_or(|key| message.sent_by == Some(key))
}

/// What became of one message.
#[Object]
impl SendResult {
    /// Whether it was done, now or before.
    async fn success(&self) -> bool {
        self.outcome.is_ok()
    }

    /// The message's messageId, as given or generated.
    async fn message_id(&self) -> Option<&str> {
        match &self.outcome {
            Ok(accepted) => Some(&accepted.message_id),
            Err(refused) => refused.message_id.as_deref(),
        }
    }

    /// True where this messageId was accepted before: nothing is sent again.
    async fn duplicate(&self) -> bool {
        self.outcome.as_ref().is_ok_and(|accepted| accepted.duplicate)
    }

    /// Why it was not done: a stable code.
    async fn error_code(&self) -> Option<&str> {
        self.outcome.as_ref().err().map(|refused| refused.failure.code.as_str())
    }

    /// Why it was not done, in words.
    async fn error_message(&self) -> Option<&str> {
        self.outcome.as_ref().err().map(|refused| refused.failure.message.as_str())
    }

    /// The message as it is now.
    async fn message(&self, ctx: &Context<'_>) -> Result<Option<Message>> {
        let Ok(accepted) = &self.outcome else { return Ok(None) };
        let actor = actor(ctx)?;
        let found = if self.in_batch {
            load(ctx, TheMessage(accepted.id)).await?
        } else {
            services(ctx)?.messages_by_id(&[accepted.id]).await?.remove(&accepted.id)
        };
        Ok(found.filter(|message| visible(actor, message)).map(Into::into))
    }

    /// Of cancelMessage, refused or not: what it found, task by task. Null where there is no such message, and for all other
    /// mutations.
    async fn cancellation(&self) -> Option<&Cancellation> {
        self.cancellation.as_ref()
    }
}

/// What became of many messages that were handed in, cancelled or retried at once.
#[derive(SimpleObject)]
pub struct BatchSendResult {
    /// How many there were.
    total_count: i32,
    /// How many it was done with, now or before.
    success_count: i32,
    /// How many were refused.
    failed_count: i32,
    /// In the order of the inputs.
    results: Vec<SendResult>,
}

impl From<Vec<SendResult>> for BatchSendResult {
    fn from(results: Vec<SendResult>) -> Self {
        let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
        let done = results.iter().filter(|result| result.outcome.is_ok()).count();
        Self {
            total_count: count(results.len()),
            success_count: count(done),
            failed_count: count(results.len() - done),
            results,
        }
    }
}

impl From<Vec<SendOutcome>> for BatchSendResult {
    fn from(outcomes: Vec<SendOutcome>) -> Self {
        let result = |outcome| SendResult { outcome, cancellation: None, in_batch: true };
        outcomes.into_iter().map(result).collect::<Vec<_>>().into()
    }
}

#[derive(Default)]
pub struct MessageMutation;

#[Object]
impl MessageMutation {
    /// Hands in one message. Success means that it is stored and will be worked on whatever happens.
    async fn send_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message.")] input: SendMessageInput,
    ) -> Result<SendResult> {
        SendResult::one(services(ctx)?.send(actor(ctx)?, input.into()).await)
    }

    /// At most 1000 at a time; each stands or falls alone.
    async fn send_messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The messages.")] inputs: Vec<SendMessageInput>,
    ) -> Result<BatchSendResult> {
        let inputs = inputs.into_iter().map(Into::into).collect();
        Ok(services(ctx)?.send_batch(actor(ctx)?, inputs).await?.into())
    }

    /// Cancels what is not yet sent, at any stage, and tries nothing again. The answer's `cancellation` says what had already gone
    /// and what is under way. NOT_CANCELLABLE, and nothing changed, where the message has ended.
    async fn cancel_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The caller's messageId.")] message_id: String,
        #[graphql(desc = "The tenant's id or code; needed only with a platform key.")] tenant_id: Option<ID>,
    ) -> Result<SendResult> {
        let of = MessageRef::Key { message_id, tenant: tenant_id.map(Into::into) };
        let done = services(ctx)?.cancel_message(actor(ctx)?, of).await;
        let (outcome, cancellation) = match done {
            Ok(done) => (Ok(done.outcome), done.cancellation),
            Err(error) => (Err(error), None),
        };
        Ok(SendResult { cancellation: cancellation.map(Into::into), ..SendResult::one(outcome)? })
    }

    /// Sends the FAILED tasks again, with fresh retry counts.
    async fn retry_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The caller's messageId.")] message_id: String,
        #[graphql(desc = "The tenant's id or code; needed only with a platform key.")] tenant_id: Option<ID>,
    ) -> Result<SendResult> {
        let of = MessageRef::Key { message_id, tenant: tenant_id.map(Into::into) };
        SendResult::one(services(ctx)?.retry_message(actor(ctx)?, of).await)
    }

    /// Sends a message once more, as a new one with the same data, content, recipients and options that names its origin
    /// (resentFrom). Configs, templates and settings are those of now. Accepted or refused as sendMessage would.
    async fn resend_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the message.")] id: ID,
        #[graphql(desc = "What is to be otherwise.")] input: Option<ResendMessageInput>,
    ) -> Result<SendResult> {
        let input = input.unwrap_or_default().into();
        SendResult::one(services(ctx)?.resend_message(actor(ctx)?, &id, input).await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::issue::Issue;

    #[test]
    fn expected_failures_are_refusals_with_a_code() {
        for (error, code) in [
            (ServiceError::NotFound("tenant"), ErrorCode::TenantNotFound),
            (ServiceError::NotFound("message"), ErrorCode::MessageNotFound),
            (Issue::required("input.businessType").into(), ErrorCode::ValidationError),
        ] {
            let refused = settle(Err(error)).unwrap().unwrap_err();
            assert_eq!(refused.failure.code, code);
        }
        assert!(matches!(settle(Err(ServiceError::Forbidden("no".to_owned()))), Err(ServiceError::Forbidden(_))));
    }

    #[test]
    fn an_explicit_null_is_an_absent_attribute() {
        let json = r#"{"businessType":"A","businessData":{},"attributes":null,"recipients":null}"#;
        let input: SendInput = serde_json::from_str::<SendMessageInput>(json).unwrap().into();
        assert_eq!(input.attributes, None);
        assert!(input.recipients.is_empty());
    }
}
