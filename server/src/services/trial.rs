//! Trials: one message straight through a channel config's adapter, to see whether it works. No message is stored, nothing is
//! routed, retried or counted as sent, and the circuit breaker learns nothing; the guard against addresses that are not
//! public, the timeout and the config's own rate limit hold as for any other attempt.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::input::Checks;
use super::template::TemplateDraft;
use super::{ServiceError, Services};
use crate::catalog::{OpenChannel, Scope};
use crate::channels::{AttemptFacts, BodyError, Channel, MessageFacts, Outcome, Transport};
use crate::domain::actor::{Action, Actor};
use crate::domain::code::ErrorCode;
use crate::domain::content::Content;
use crate::domain::enums::{MessageType, OverLimitPolicy, Role};
use crate::domain::id::{ChannelConfigId, TaskId, TemplateId};
use crate::domain::issue::{Issue, IssueCode};
use crate::domain::message::InlineContent;
use crate::domain::recipient::Recipient;
use crate::domain::time::Timestamp;
use crate::intake::check::shape;
use crate::intake::input::SendInput;
use crate::limits::pace::count;
use crate::limits::{LimitsError, Reservation};
use crate::pipeline::handlers::template_render::inline_content;
use crate::store::StoreError;

/// Recipients of a trial: it is for those who try it.
const MAX_RECIPIENTS: usize = 10;
/// No trial waits longer for a provider, whatever the settings allow: somebody waits for the answer.
const PATIENCE: Duration = Duration::from_secs(45);
/// Trials of one config.
const PER_CONFIG: (u32, Duration) = (1, Duration::from_secs(1));
const MINUTE: Duration = Duration::from_secs(60);
/// The messageId and business type that receivers see, where the trial has no other.
const MESSAGE_ID: &str = "test";
const BUSINESS_TYPE: &str = "TEST";

/// Trials of one key per minute.
const fn per_minute(role: Role) -> u32 {
    match role {
        Role::PlatformAdmin => 60,
        Role::TenantAdmin => 30,
        Role::Operator | Role::Sender | Role::Viewer => 1,
    }
}

/// A config to try.
#[derive(Debug, Clone)]
pub struct ConfigTrial {
    /// The config's id, as given.
    pub id: String,
    /// TEXT that says what it is when absent.
    pub content: Option<InlineContent>,
    pub recipients: Vec<Recipient>,
}

/// A template to try over a config: a stored one or an unsaved one.
#[derive(Debug, Clone)]
pub struct TemplateTrial {
    /// The config's id, as given.
    pub config_id: String,
    /// The stored template's id, as given.
    pub id: Option<String>,
    pub template: Option<TemplateDraft>,
    /// The template's sample data when absent.
    pub business_data: Option<Value>,
    pub recipients: Vec<Recipient>,
}

/// What a trial found.
#[derive(Debug, Clone)]
pub struct Trial {
    /// As an attempt's in the timeline; SKIPPED where there is no provider.
    pub outcome: &'static str,
    /// Whether the provider took it, or there is none.
    pub success: bool,
    /// The outcome in words.
    pub message: String,
    pub took: Duration,
    /// The body as the provider got it.
    pub request: Value,
    /// What the provider answered, redacted.
    pub response: Option<String>,
}

impl Trial {
    /// As a task's: the outcome, where it failed.
    pub fn error_code(&self) -> Option<&'static str> {
        (!self.success).then_some(self.outcome)
    }
}

/// What a trial says, besides over which config.
struct Said {
    content: Content,
    business_type: String,
    business_data: Value,
    recipients: Vec<Recipient>,
}

impl Services {
    /// Sends one message by a config, enabled or not, with its stored secrets.
    ///
    /// # Errors
    /// `Invalid` where the input makes no sense or the channel can't carry the content; `TooMany` over the limits.
    pub async fn try_channel_config(&self, actor: &Actor, trial: ConfigTrial) -> Result<Trial, ServiceError> {
        Self::require(actor, Action::WriteConfig)?;
        let open = self.trial_config(actor, &trial.id, "input.id").await?;
        let inline = trial.content.unwrap_or_else(|| InlineContent {
            title: None,
            body: format!("Test message from Posthorn over \"{}\".", open.config.name),
            message_type: Some(MessageType::Text),
        });
        let mut checks = Checks::default();
        check_said(&mut checks, &trial.recipients, Some(&inline), &json!({}), self.clock.now());
        checks.finish()?;
        let said = Said {
            content: inline_content(&inline),
            business_type: BUSINESS_TYPE.to_owned(),
            business_data: json!({}),
            recipients: trial.recipients,
        };
        self.run_trial(actor, &open, said, "input.content").await
    }

    /// Renders a template with the given data, or its sample data, and sends that by a config.
    ///
    /// # Errors
    /// As [`Services::try_channel_config`], and as a preview where the template or the data is at fault.
    pub async fn try_template(&self, actor: &Actor, trial: TemplateTrial) -> Result<Trial, ServiceError> {
        Self::require(actor, Action::WriteConfig)?;
        let open = self.trial_config(actor, &trial.config_id, "input.channelConfigId").await?;
        let (draft, path) = match (trial.id, trial.template) {
            (Some(id), None) => (self.stored_draft(actor, &id).await?, "input.templateId"),
            (None, Some(draft)) => (draft, "input.template"),
            _ => {
                let message = "exactly one of templateId and template is needed";
                return Err(Issue::new("input", IssueCode::Conflict, message).into());
            }
        };
        if let Some(given) = &draft.tenant
            && self.tenant_for(actor, Some(given), path).await?.tenant.id != open.config.tenant_id
        {
            return Err(Issue::new(path, IssueCode::Conflict, "the config is another tenant's").into());
        }
        if draft.channel_type != open.config.channel_type {
            let message = format!("is for {}, and the config for {}", draft.channel_type, open.config.channel_type);
            return Err(Issue::new(path, IssueCode::Conflict, message).into());
        }
        let at = |error| rooted(error, path);
        let data = draft.data_or_sample(trial.business_data);
        let content = self.rendered(&draft, &data).await.map_err(at)?;
        let mut checks = Checks::default();
        check_said(&mut checks, &trial.recipients, None, &data, self.clock.now());
        checks.finish()?;
        let said =
            Said { content, business_type: draft.business_type, business_data: data, recipients: trial.recipients };
        self.run_trial(actor, &open, said, path).await
    }

    async fn stored_draft(&self, actor: &Actor, id: &str) -> Result<TemplateDraft, ServiceError> {
        let unknown = || Issue::new("input.templateId", IssueCode::NotFound, "template not found");
        let id: TemplateId = id.parse().map_err(|_| unknown())?;
        Ok(self.template(actor, id).await?.ok_or_else(unknown)?.into())
    }

    /// The config as it is stored now, opened. Another instance may have changed it a moment ago.
    async fn trial_config(&self, actor: &Actor, id: &str, path: &str) -> Result<Arc<OpenChannel>, ServiceError> {
        let unknown = || ServiceError::from(Issue::new(path, IssueCode::NotFound, "channel config not found"));
        let id: ChannelConfigId = id.parse().map_err(|_| unknown())?;
        let stored = self.channel_config(actor, id).await?.ok_or_else(unknown)?;
        for fresh in [false, true] {
            if fresh {
                self.catalog.forget(Scope::Tenant(stored.tenant_id));
            }
            let tenant = self.catalog.tenant(stored.tenant_id).await?;
            if let Some(open) = tenant.as_ref().and_then(|tenant| tenant.channel(id))
                && (fresh || open.config.updated_at == stored.updated_at)
            {
                return Ok(Arc::clone(open));
            }
        }
        Err(unknown())
    }

    async fn run_trial(
        &self,
        actor: &Actor,
        open: &OpenChannel,
        said: Said,
        path: &str,
    ) -> Result<Trial, ServiceError> {
        let channel = match &open.channel {
            Ok(channel) => &**channel,
            Err(reason) => {
                let message = format!("the config can't be used: {reason}");
                return Err(Issue::new("input", IssueCode::Conflict, message).into());
            }
        };
        let now = self.clock.now();
        let task_id = TaskId::new(now);
        let facts = MessageFacts {
            task_id,
            message_id: MESSAGE_ID,
            business_type: &said.business_type,
            recipients: &said.recipients,
            business_data: &said.business_data,
        };
        let request = channel.body(&said.content, &facts).map_err(|error| body_issue(&error, path))?;
        self.admit_trial(actor, open).await?;
        let started = self.clock.instant();
        let (outcome, response) = self.send_trial(channel, task_id, &request).await;
        let took = self.clock.since(started);
        let trial = match outcome {
            None => Trial {
                outcome: "SKIPPED",
                success: true,
                message: "LOCAL has no provider: a message goes to its recipients' inboxes in Posthorn itself; the body was made \
                          and nothing was written"
                    .to_owned(),
                took,
                request,
                response,
            },
            Some(outcome) => Trial {
                outcome: outcome.name(),
                success: matches!(outcome, Outcome::Ok { .. } | Outcome::Partial { .. }),
                message: outcome.detail().to_owned(),
                took,
                request,
                response,
            },
        };
        tracing::info!(config.id = %open.config.id, actor = %actor.name, outcome = trial.outcome, "a channel config was tried");
        Ok(trial)
    }

    async fn send_trial(
        &self,
        channel: &dyn Channel,
        task_id: TaskId,
        body: &Value,
    ) -> (Option<Outcome>, Option<String>) {
        let Transport::Http(http) = channel.transport() else { return (None, None) };
        let request = http.request(&body.to_string(), &AttemptFacts { task_id, at: self.clock.now() });
        let seconds = u64::try_from(self.catalog.settings().timeout.single_channel_seconds).unwrap_or(30);
        match self.http.send(request, Duration::from_secs(seconds).min(PATIENCE)).await {
            Ok(response) => (Some(http.outcome(&response)), Some(http.response_text(&response))),
            Err(error) => (Some(error.into()), None),
        }
    }

    /// Keeps trials from being used as a hammer, and to what the provider lets through.
    async fn admit_trial(&self, actor: &Actor, open: &OpenChannel) -> Result<(), ServiceError> {
        let config = &open.config;
        let now = self.clock.now();
        if let Some(until) = self.limits.paused_until(config.id, now) {
            let seconds = until.since(now).as_secs() + 1;
            return Err(ServiceError::TooMany(format!(
                "the provider asked for a pause of the channel config: try again in {seconds} s"
            )));
        }
        let who = actor.key_id.map_or_else(|| "posthorn".to_owned(), |key| key.to_string());
        let settings = self.catalog.settings();
        let tenant = self.catalog.tenant(config.tenant_id).await?;
        let zone = tenant.as_ref().map_or(chrono_tz::Tz::UTC, |tenant| tenant.tenant.timezone);
        let pace = open.pace(zone, &settings);
        let (per_config, second) = PER_CONFIG;
        let mut limits = vec![
            (format!("trial:{}", config.id), per_config, second, "tests of one channel config"),
            (format!("trial:{who}"), per_minute(actor.role), MINUTE, "tests by one key"),
        ];
        if let Some(limit) = pace.limit {
            let key = pace.sent_key(config.store_id.as_deref());
            limits.push((key, count(limit), limit.span(), "messages by the config's rate limit"));
        }
        for (key, most, span, what) in limits {
            let answer = self.limits.reserve(None, &key, most, span, now, OverLimitPolicy::Reject).await;
            match answer {
                Ok(Reservation::At(_)) => {}
                Ok(Reservation::Refused { next }) => {
                    let wait = next.since(now).as_millis().div_ceil(1000);
                    let span = span.as_secs();
                    let text = format!("{most} per {span} s are allowed ({what}): try again in {wait} s");
                    return Err(ServiceError::TooMany(text));
                }
                Err(LimitsError::OutOfRange { .. }) => {}
                Err(error) => return Err(StoreError::Unavailable(error.to_string()).into()),
            }
        }
        Ok(())
    }
}

/// What a message of this shape would be refused for at the door.
fn check_said(
    checks: &mut Checks,
    recipients: &[Recipient],
    content: Option<&InlineContent>,
    business_data: &Value,
    now: Timestamp,
) {
    if recipients.len() > MAX_RECIPIENTS {
        let message = format!("a test has at most {MAX_RECIPIENTS} recipients");
        checks.add(Issue::new("input.recipients", IssueCode::TooLong, message));
    }
    let input = SendInput {
        message_id: None,
        tenant: None,
        store_id: None,
        business_type: BUSINESS_TYPE.to_owned(),
        business_data: business_data.clone(),
        target_channels: None,
        channel_options: Vec::new(),
        execution_mode: None,
        recipients: recipients.to_vec(),
        content: content.cloned(),
        scheduled_at: None,
        expires_at: None,
        attributes: None,
        resent_from: None,
    };
    if let Err(failure) = shape(&input, now) {
        let code = if failure.code == ErrorCode::PayloadTooLarge { IssueCode::TooLong } else { IssueCode::Invalid };
        checks.add(Issue::new("input", code, failure.message));
    }
}

fn body_issue(error: &BodyError, path: &str) -> ServiceError {
    let code = if error.code == ErrorCode::ContentTooLarge { IssueCode::TooLong } else { IssueCode::Invalid };
    Issue::new(path, code, &error.message).into()
}

/// A preview's issues as a trial's: its `input` is one of the trial's fields.
fn rooted(error: ServiceError, path: &str) -> ServiceError {
    let ServiceError::Invalid(issues) = error else { return error };
    let root: Vec<String> = path.split('.').map(str::to_owned).collect();
    let moved = issues.into_iter().map(|mut issue| {
        match issue.path.first().map(String::as_str) {
            Some("input") => drop(issue.path.splice(..1, root.iter().cloned())),
            _ => issue.path.insert(0, "input".to_owned()),
        }
        issue
    });
    ServiceError::Invalid(moved.collect())
}
