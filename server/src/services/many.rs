//! Cancelling and retrying many messages at once, each on its own.

use futures::stream::{StreamExt, TryStreamExt, iter};

use super::cancel::CancelOutcome;
use super::message::{MAX_BATCH, MessageRef};
use super::{ServiceError, Services};
use crate::domain::actor::{Action, Actor};
use crate::domain::code::ErrorCode;
use crate::domain::message::Failure;
use crate::intake::input::{Refused, SendOutcome};

/// Messages that are worked at side by side: each is a transaction.
const AT_ONCE: usize = 8;

impl Services {
    /// Cancels messages by their ids; answers in their order, each as [`Services::cancel_message`] would. Safe to repeat.
    ///
    /// # Errors
    /// `Forbidden`. Those for which the database was away are refused as UNAVAILABLE.
    pub async fn cancel_messages(&self, actor: &Actor, ids: Vec<String>) -> Result<Vec<CancelOutcome>, ServiceError> {
        Self::require(actor, Action::Operate)?;
        let refuse = |refused| CancelOutcome { outcome: Err(refused), cancellation: None };
        if let Some(refused) = too_many(&ids) {
            return Ok(refused.into_iter().map(refuse).collect());
        }
        let one = |id: String| async move {
            match reference(&id) {
                Ok(of) => match self.cancel_message(actor, of).await {
                    Err(ServiceError::Store(error)) if error.transient() => Ok(refuse(unavailable())),
                    done => done,
                },
                Err(refused) => Ok(refuse(refused)),
            }
        };
        iter(ids).map(one).buffered(AT_ONCE).try_collect().await
    }

    /// Sends the failed tasks of messages again; answers in the order of the ids, each as [`Services::retry_message`] would.
    /// Safe to repeat.
    ///
    /// # Errors
    /// `Forbidden`. Those for which the database was away are refused as UNAVAILABLE.
    pub async fn retry_messages(&self, actor: &Actor, ids: Vec<String>) -> Result<Vec<SendOutcome>, ServiceError> {
        Self::require(actor, Action::Operate)?;
        if let Some(refused) = too_many(&ids) {
            return Ok(refused.into_iter().map(Err).collect());
        }
        let one = |id: String| async move {
            match reference(&id) {
                Ok(of) => match self.retry_message(actor, of).await {
                    Err(ServiceError::Store(error)) if error.transient() => Ok(Err(unavailable())),
                    done => done,
                },
                Err(refused) => Ok(Err(refused)),
            }
        };
        iter(ids).map(one).buffered(AT_ONCE).try_collect().await
    }
}

fn unavailable() -> Refused {
    let failure = Failure::new(ErrorCode::Unavailable, "the database is unavailable at the moment, try again shortly");
    Refused { failure, message_id: None }
}

fn reference(id: &str) -> Result<MessageRef, Refused> {
    let unknown = |_| Refused {
        failure: Failure::new(
            ErrorCode::MessageNotFound,
            format!("no message {}", id.chars().take(80).collect::<String>()),
        ),
        message_id: None,
    };
    id.parse().map(MessageRef::Id).map_err(unknown)
}

/// A refusal for each, where there are more than one call may be about.
fn too_many(ids: &[String]) -> Option<Vec<Refused>> {
    let count = ids.len();
    (count > MAX_BATCH).then(|| {
        let text = format!("{count} messages, at most {MAX_BATCH} are allowed");
        let refuse = |_| Refused { failure: Failure::new(ErrorCode::BatchTooLarge, text.clone()), message_id: None };
        ids.iter().map(refuse).collect()
    })
}
