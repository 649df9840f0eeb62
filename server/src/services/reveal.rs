//! Recipients in clear for those who are shown masks otherwise. Each time leaves a line in the log.

use std::sync::Arc;

use super::message::MessageRef;
use super::{ServiceError, Services};
use crate::domain::actor::{Action, Actor};
use crate::domain::recipient::Recipient;

impl Services {
    /// A message's recipients in clear.
    ///
    /// # Errors
    /// `Forbidden` for roles that may not; `NotFound` where there is no such message for the actor.
    pub async fn reveal_recipients(&self, actor: &Actor, of: MessageRef) -> Result<Arc<Vec<Recipient>>, ServiceError> {
        Self::require(actor, Action::RevealRecipients)?;
        let message = self.message(actor, of).await?.ok_or(ServiceError::NotFound("message"))?;
        let parts = self.message_parts(&[message.id]).await?.remove(&message.id);
        let recipients = parts.map(|parts| parts.recipients).ok_or(ServiceError::NotFound("message"))?;
        let key = actor.key_id.map(|key| key.to_string()).unwrap_or_default();
        tracing::info!(
            target: "posthorn::audit",
            action = "reveal_recipients",
            message.id = %message.id,
            tenant.id = %message.tenant_id,
            actor.key = key,
            actor.name = %actor.name,
            actor.role = %actor.role,
            recipients = recipients.len(),
            "recipients were revealed"
        );
        Ok(recipients)
    }
}
