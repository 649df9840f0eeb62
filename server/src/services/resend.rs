//! Sending a message once more: as a new one, with what is stored of the old, through the same door.

use serde_json::Value;

use super::message::not_found;
use super::{ServiceError, Services};
use crate::domain::actor::{Action, Actor};
use crate::domain::code::ErrorCode;
use crate::domain::enums::ChannelType;
use crate::domain::id::MessageId;
use crate::domain::message::{Failure, Message, MessageParts};
use crate::domain::time::Timestamp;
use crate::intake::input::{Accepted, Refused, SendInput, SendOutcome};
use crate::services::message::MessageRef;
use crate::store::{StoreError, task};

/// What is to be otherwise than in the origin. Its times do not count: they are past as a rule.
#[derive(Debug, Clone, Default)]
pub struct ResendInput {
    /// The new message's; generated when absent.
    pub message_id: Option<String>,
    pub target_channels: Option<Vec<ChannelType>>,
    pub scheduled_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

impl Services {
    /// Sends what the message `id` holds as a new message that names it as its origin. Accepted or refused as any other;
    /// MESSAGE_NOT_FOUND where it does not exist for the actor, NOT_RESENDABLE where what is stored can't be read.
    ///
    /// # Errors
    /// `Forbidden` for roles that may not send; where the database is away.
    pub async fn resend_message(
        &self,
        actor: &Actor,
        id: &str,
        input: ResendInput,
    ) -> Result<SendOutcome, ServiceError> {
        Self::require(actor, Action::Send)?;
        let Ok(id) = id.parse::<MessageId>() else {
            let failure = Failure::new(ErrorCode::MessageNotFound, "no such message");
            return Ok(Err(Refused { failure, message_id: None }));
        };
        let of = MessageRef::Id(id);
        let Some(origin) = self.message(actor, of.clone()).await? else { return Ok(Err(not_found(&of))) };
        let message_id = input.message_id.clone();
        let parts = self.message_parts(&[id]).await?.remove(&id);
        let Some(again) = parts.and_then(|parts| again(&origin, &parts, input)) else {
            let failure = Failure::new(ErrorCode::NotResendable, format!("what is stored of {id} can't be read"));
            return Ok(Err(Refused { failure, message_id }));
        };
        let outcome = self.intake.accept(actor, again).await?;
        if let Ok(accepted) = &outcome
            && !accepted.duplicate
            && let Err(error) = self.note_resent(actor, &origin, accepted).await
        {
            // The new message names its origin; this entry only says so on the other side.
            tracing::warn!(message.id = %id, %error, "that a message was sent once more is missing in its timeline");
        }
        Ok(outcome)
    }

    async fn note_resent(&self, actor: &Actor, origin: &Message, accepted: &Accepted) -> Result<(), StoreError> {
        let detail = format!("by {}: sent once more as {}", actor.name, accepted.id);
        let mut conn = self.store.write().await?;
        task::note(&mut conn, origin.id, "RESENT", &detail, self.clock.now()).await
    }
}

/// The origin as a caller would hand it in now; none where its data can't be read.
fn again(origin: &Message, parts: &MessageParts, input: ResendInput) -> Option<SendInput> {
    let business_data: Value = serde_json::from_str(&parts.business_data).ok()?;
    let options = &origin.options;
    Some(SendInput {
        message_id: input.message_id,
        tenant: Some(origin.tenant_id.to_string()),
        store_id: origin.store_id.clone(),
        business_type: origin.business_type.clone(),
        business_data,
        target_channels: input.target_channels.or_else(|| options.target_channels.clone()),
        channel_options: options.channel_options.clone(),
        execution_mode: Some(origin.execution_mode),
        recipients: parts.recipients.to_vec(),
        content: options.content.clone(),
        scheduled_at: input.scheduled_at,
        expires_at: input.expires_at,
        attributes: options.attributes.clone(),
        resent_from: Some(origin.id),
    })
}
