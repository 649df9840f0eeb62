//! Cancelling a message at any stage, and a truthful answer about what had already gone.

use super::message::{MessageRef, accepted, not_found};
use super::{ServiceError, Services};
use crate::delivery::tell::count_end;
use crate::domain::actor::{Action, Actor};
use crate::domain::code::ErrorCode;
use crate::domain::enums::{MessageStatus, TaskStatus};
use crate::domain::message::Failure;
use crate::domain::task::Task;
use crate::intake::input::{Refused, SendOutcome};
use crate::store::cancel::Cancelled;

/// What a cancellation found, task by task, at the instant at which it took effect.
#[derive(Debug, Clone, Default)]
pub struct Cancellation {
    /// Taken back: they will not be sent.
    pub cancelled: Vec<Task>,
    /// The provider had taken them before.
    pub sent: Vec<Task>,
    /// Being sent: whether they go shows when they end. They are not tried again.
    pub under_way: Vec<Task>,
    /// They had failed or been cancelled before.
    pub ended: Vec<Task>,
}

/// What became of a request to cancel.
#[derive(Debug)]
pub struct CancelOutcome {
    pub outcome: SendOutcome,
    /// None where there is no such message.
    pub cancellation: Option<Cancellation>,
}

impl Cancellation {
    fn of(done: Cancelled) -> Self {
        let mut found = Self::default();
        for task in done.tasks {
            let part = match task.status {
                TaskStatus::Success => &mut found.sent,
                TaskStatus::Sending => &mut found.under_way,
                _ if done.taken.contains(&task.id) => &mut found.cancelled,
                _ => &mut found.ended,
            };
            part.push(task);
        }
        found
    }

    /// Those of the cancelled that may have gone all the same: the outcome of an earlier attempt is unknown.
    pub fn perhaps_sent(&self) -> impl Iterator<Item = &Task> {
        let unknown = |task: &&Task| task.attempts.iter().any(|attempt| attempt.outcome == "AMBIGUOUS");
        self.cancelled.iter().filter(unknown)
    }
}

impl Services {
    /// Cancels what is not yet sent, and sees to it that what is being sent is not tried again. NOT_CANCELLABLE, and nothing
    /// changed, where the message has ended.
    ///
    /// # Errors
    /// `Forbidden` for roles that may not operate; where the database is away.
    pub async fn cancel_message(&self, actor: &Actor, of: MessageRef) -> Result<CancelOutcome, ServiceError> {
        Self::require(actor, Action::Operate)?;
        let Some(message) = self.message(actor, of.clone()).await? else {
            return Ok(CancelOutcome { outcome: Err(not_found(&of)), cancellation: None });
        };
        let now = self.clock.now();
        let done = self.store.cancel_message(message.id, &actor.name, now).await?;
        let Some(status) = done.status else {
            let ended = self.message(actor, MessageRef::Id(message.id)).await?;
            let status = ended.map_or(MessageStatus::Cancelled, |message| message.status);
            let failure = Failure::new(ErrorCode::NotCancellable, format!("the message has ended: {status}"));
            let outcome = Err(Refused { failure, message_id: Some(message.message_id) });
            return Ok(CancelOutcome { outcome, cancellation: Some(Cancellation::of(done)) });
        };
        if status.finished() {
            count_end(status);
        }
        // What is only marked has not changed for those who watch.
        if status.finished() || !done.taken.is_empty() {
            self.tell(&message, status, done.changes(), now).await;
        }
        Ok(CancelOutcome { outcome: Ok(accepted(message)), cancellation: Some(Cancellation::of(done)) })
    }
}
