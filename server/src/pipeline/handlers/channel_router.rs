//! CHANNEL_ROUTER (300): the channels that the tenant's and store's configs give, within what the message targets.

use crate::domain::code::ErrorCode;
use crate::domain::enums::{ChannelType, MessageStatus, VerdictOutcome};
use crate::domain::message::Failure;
use crate::pipeline::state::{Flow, HandlerError, State};

pub fn run(state: &mut State) -> Result<Flow, HandlerError> {
    let mut kept = Vec::new();
    for candidate in state.take_candidates() {
        if let Err(reason) = &candidate.channel.channel {
            let failure =
                Failure::new(ErrorCode::NoChannel, format!("{} can't be used: {reason}", candidate.describe()));
            state.drop_channel(&candidate, MessageStatus::Failed, failure);
        } else if candidate.channel_type() == ChannelType::Local
            && !state.message.recipients.iter().any(|recipient| recipient.user_id.is_some())
        {
            let failure = Failure::new(ErrorCode::NoChannel, "LOCAL needs a recipient with a userId".to_owned());
            state.drop_channel(&candidate, MessageStatus::Failed, failure);
        } else {
            kept.push(candidate);
        }
    }
    if kept.is_empty() && state.last_drop.is_none() {
        let wanted = state.message.options.target_channels.as_ref().map(|wanted| {
            let names: Vec<_> = wanted.iter().map(|channel| channel.as_str()).collect();
            format!(" among targetChannels {}", names.join(", "))
        });
        let store = state.message.store_id.as_ref().map(|store| format!(", store {store}"));
        return Ok(Flow::stop(
            MessageStatus::Failed,
            ErrorCode::NoChannel,
            format!(
                "no enabled channel config{} for tenant {}{}",
                wanted.unwrap_or_default(),
                state.tenant.tenant.code,
                store.unwrap_or_default()
            ),
        ));
    }
    for candidate in &kept {
        let level = if candidate.channel.config.store_id.is_some() { "store" } else { "tenant" };
        state.say_of(candidate, VerdictOutcome::Pass, None, format!("{}, {level} level", candidate.describe()));
    }
    Ok(state.go_on_with(kept))
}
