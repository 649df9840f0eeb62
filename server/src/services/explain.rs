//! The dry run of sending: the same checks, the same chain, the same code, and nothing is stored, counted or sent.

use std::sync::Arc;

use super::{ServiceError, Services};
use crate::domain::actor::{Action, Actor};
use crate::domain::channel_config::ChannelConfig;
use crate::domain::code::ErrorCode;
use crate::domain::id::MessageId;
use crate::domain::message::PendingMessage;
use crate::domain::message::{Failure, NewMessage};
use crate::domain::recipient::Recipient;
use crate::domain::task::NewTask;
use crate::domain::template::Template;
use crate::domain::time::Clock;
use crate::domain::verdict::Verdict;
use crate::intake::input::{Rejected, SendInput};
use crate::pipeline::chain::Chain;
use crate::store::{StoreError, message as rows};

/// A task that would be made.
pub struct Planned {
    pub task: NewTask,
    /// Secrets masked; without its settings for keys that may not read configs.
    pub config: ChannelConfig,
    /// None for keys that may not read templates.
    pub template: Option<Template>,
}

/// What sending would do.
pub struct Explanation {
    pub accepted: bool,
    /// Why it is not accepted, or how the message would end at once.
    pub failure: Option<Failure>,
    pub verdicts: Vec<Verdict>,
    pub tasks: Vec<Planned>,
    /// All of the message's.
    pub recipients: Arc<Vec<Recipient>>,
}

impl Explanation {
    fn of(accepted: bool, failure: Failure) -> Self {
        Self { accepted, failure: Some(failure), verdicts: Vec::new(), tasks: Vec::new(), recipients: Arc::default() }
    }

    fn known(id: MessageId) -> Self {
        let text = format!("accepted before as {id}: nothing is sent again");
        Self::of(true, Failure::new(ErrorCode::DuplicateMessage, text))
    }
}

impl Services {
    /// What sending this would do now; for a scheduled message, what it would do then.
    ///
    /// # Errors
    /// Where something the chain needs is away.
    pub async fn explain(&self, actor: &Actor, input: SendInput) -> Result<Explanation, ServiceError> {
        Self::require(actor, Action::Send)?;
        let asked_id = input.message_id.clone();
        let (message, tenant) = match self.intake.check(actor, input).await? {
            Ok(made) => made,
            Err(Rejected::Refused(failure)) => return Ok(Explanation::of(false, failure)),
            Err(Rejected::Known(accepted)) => return Ok(Explanation::known(accepted.id)),
        };
        if asked_id.is_some()
            && let Some(explanation) = self.explain_known(&message).await?
        {
            return Ok(explanation);
        }
        let clock = Clock::At(message.due_at().max(self.clock.now()));
        let chain = Chain { limits: self.limits.clone(), clock };
        let recipients = Arc::clone(&message.recipients);
        let decision = chain
            .decide(Arc::new(PendingMessage::from(&message)), Arc::clone(&tenant), self.catalog.settings(), true)
            .await
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let may_read = actor.may(Action::ReadConfig);
        let mut tasks = Vec::with_capacity(decision.tasks.len());
        for task in decision.tasks {
            let Some(open) = tenant.channel(task.channel_config_id) else { continue };
            let mut config = self.masked(open.config.clone());
            if !may_read {
                config.config = serde_json::json!({});
            }
            let template = match task.template.filter(|_| may_read) {
                Some(id) => self.template(actor, id).await?,
                None => None,
            };
            tasks.push(Planned { task, config, template });
        }
        Ok(Explanation { accepted: true, failure: decision.failure, verdicts: decision.verdicts, tasks, recipients })
    }

    /// What was accepted under the same messageId before decides alone.
    async fn explain_known(&self, message: &NewMessage) -> Result<Option<Explanation>, ServiceError> {
        let mut conn = self.store.read().await?;
        let known = rows::key_of(&mut conn, message.tenant_id, &message.message_id).await?;
        Ok(known.map(|(id, digest)| {
            if message.digest.is_some_and(|own| digest == own) {
                return Explanation::known(id);
            }
            let text = format!("messageId {} was accepted before with other content", message.message_id);
            Explanation::of(false, Failure::new(ErrorCode::IdempotencyConflict, text))
        }))
    }
}
