//! The input of resendMessage.

use async_graphql::InputObject;

use super::scalar::DateTime;
use crate::domain::enums::ChannelType;
use crate::services::resend::ResendInput;

/// What is to be otherwise than in the message that is sent once more. What is absent is as it was there, but for the
/// times: those of the old message do not count.
#[derive(InputObject, Default)]
pub struct ResendMessageInput {
    /// The new message's messageId: the idempotency key. Generated when absent.
    message_id: Option<String>,
    /// Restricts routing to these channels.
    target_channels: Option<Vec<ChannelType>>,
    /// Sends it at this time rather than at once.
    scheduled_at: Option<DateTime>,
    /// After this the new message is no longer worth sending: what is unsent is cancelled.
    expires_at: Option<DateTime>,
}

impl From<ResendMessageInput> for ResendInput {
    fn from(input: ResendMessageInput) -> Self {
        Self {
            message_id: input.message_id,
            target_channels: input.target_channels,
            scheduled_at: input.scheduled_at.map(|at| at.0),
            expires_at: input.expires_at.map(|at| at.0),
        }
    }
}
