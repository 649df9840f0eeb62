//! Test sends: one message straight through a channel config, and a template over one.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::error::{Result, outcome, payload};
use super::scalar::{JsonInput, JsonOutput};
use super::send::{InlineContentInput, RecipientInput};
use super::session::{actor, services};
use super::template::TemplateInput;
use crate::services::trial as service;

/// A channel config to try.
#[derive(InputObject)]
pub struct TestChannelConfigInput {
    /// The channel config, enabled or not.
    id: ID,
    /// What to send; a short text that says what it is when absent.
    content: Option<InlineContentInput>,
    /// Whom the body names, 10 at most; nobody when absent.
    recipients: Option<Vec<RecipientInput>>,
}

impl From<TestChannelConfigInput> for service::ConfigTrial {
    fn from(input: TestChannelConfigInput) -> Self {
        Self {
            id: input.id.into(),
            content: input.content.map(Into::into),
            recipients: input.recipients.unwrap_or_default().into_iter().map(Into::into).collect(),
        }
    }
}

/// A template to try over a channel config. Exactly one of templateId and template is needed.
#[derive(InputObject)]
pub struct TestTemplateInput {
    /// The channel config, enabled or not, of the template's channel type.
    channel_config_id: ID,
    /// A stored template, enabled or not.
    template_id: Option<ID>,
    /// A template that need not be stored.
    template: Option<TemplateInput>,
    /// The data to render it with; the template's sample data when absent.
    business_data: Option<JsonInput>,
    /// Whom the body names, 10 at most; nobody when absent.
    recipients: Option<Vec<RecipientInput>>,
}

impl From<TestTemplateInput> for service::TemplateTrial {
    fn from(input: TestTemplateInput) -> Self {
        Self {
            config_id: input.channel_config_id.into(),
            id: input.template_id.map(Into::into),
            template: input.template.map(Into::into),
            business_data: input.business_data.map(|data| data.0),
            recipients: input.recipients.unwrap_or_default().into_iter().map(Into::into).collect(),
        }
    }
}

/// What a test send found.
#[derive(SimpleObject)]
pub struct TestSend {
    /// Whether the provider took it; true for LOCAL, which has none.
    success: bool,
    /// As an attempt's outcome in the timeline: OK, PARTIAL, RETRY, THROTTLE, TOKEN, BAD_MSG, BAD_RCPT, CONFIG or AMBIGUOUS. SKIPPED for
    /// LOCAL: the body was made and nothing was written.
    outcome: &'static str,
    /// The outcome, unless it went well, as a task's errorCode.
    error_code: Option<&'static str>,
    /// The outcome in words.
    message: String,
    /// How long the provider took, in milliseconds.
    duration_ms: f64,
    /// The body as the provider got it, as previewTemplate shows it; signatures and tokens are not part of it.
    request: JsonOutput,
    /// What the provider answered, without secrets, 2,000 bytes at most.
    response: Option<String>,
}

impl From<service::Trial> for TestSend {
    fn from(trial: service::Trial) -> Self {
        Self {
            success: trial.success,
            outcome: trial.outcome,
            error_code: trial.error_code(),
            message: trial.message,
            duration_ms: trial.took.as_secs_f64() * 1000.0,
            request: trial.request.into(),
            response: trial.response,
        }
    }
}

payload! {
    /// What a test send yields.
    TestSendPayload {
        /// What it found; null where nothing was sent because of the input.
        test_send: TestSend
    }
}

#[derive(Default)]
pub struct TrialMutation;

#[Object]
impl TrialMutation {
    /// Sends one message by a channel config, straight through its adapter, and waits for the provider's answer. No message is
    /// stored, nothing is retried, and its circuit breaker is neither asked nor told. One a second per config, 30 a minute per
    /// key (60 for PLATFORM_ADMIN), and within the config's rate limit: otherwise error TOO_MANY_REQUESTS.
    async fn test_channel_config(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which config, and what to send.")] input: TestChannelConfigInput,
    ) -> Result<TestSendPayload> {
        Ok(outcome(services(ctx)?.try_channel_config(actor(ctx)?, input.into()).await)?.into())
    }

    /// Renders a template, stored or not, and sends that by a channel config as testChannelConfig does.
    async fn test_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which template, over which config, with which data.")] input: TestTemplateInput,
    ) -> Result<TestSendPayload> {
        Ok(outcome(services(ctx)?.try_template(actor(ctx)?, input.into()).await)?.into())
    }
}
