//! RATE_LIMIT (400): a channel over its config's sliding window waits for the next free slot, or is taken out.

use crate::domain::code::ErrorCode;
use crate::domain::enums::{MessageStatus, OverLimitPolicy, VerdictOutcome};
use crate::domain::message::Failure;
use crate::limits::{LimitsError, Reservation};
use crate::pipeline::chain::Chain;
use crate::pipeline::state::{Flow, HandlerError, State};

fn away(error: LimitsError) -> HandlerError {
    match error {
        LimitsError::Unavailable { .. } => HandlerError::Unavailable(error.to_string()),
        LimitsError::OutOfRange { .. } => HandlerError::Failed(error.to_string()),
    }
}

pub async fn run(chain: &Chain, state: &mut State) -> Result<Flow, HandlerError> {
    let mut checked = 0;
    let mut kept = Vec::new();
    for mut candidate in state.take_candidates() {
        let config = &candidate.channel.config;
        let Some(limit) = &config.rate_limit else {
            kept.push(candidate);
            continue;
        };
        checked += 1;
        let key = format!("{}:{}:{}", config.tenant_id, state.message.store_id.as_deref().unwrap_or("-"), config.id);
        let count = u32::try_from(limit.count).unwrap_or(1);
        let (span, earliest, policy) = (limit.span(), candidate.send_at, config.on_rate_limit);
        let reservation = if state.dry {
            chain.limits.peek(&key, count, span, earliest, policy).await
        } else {
            chain.limits.reserve(Some(state.message.id), &key, count, span, earliest, policy).await
        };
        let rule = format!("{} per {} {} of {}", limit.count, limit.window, limit.unit, candidate.describe());
        match reservation.map_err(away)? {
            Reservation::At(slot) if slot <= earliest => kept.push(candidate),
            Reservation::At(slot) => {
                let until = slot.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
                let detail = format!("limit {rule} is used up, next free slot {until}");
                state.say_of(&candidate, VerdictOutcome::Defer, Some(ErrorCode::RateLimited.as_str()), detail);
                candidate.send_at = slot;
                kept.push(candidate);
            }
            Reservation::Refused { .. } => {
                let failure = Failure::new(ErrorCode::RateLimited, format!("limit {rule} is used up"));
                debug_assert_eq!(policy, OverLimitPolicy::Reject);
                state.drop_channel(&candidate, MessageStatus::Skipped, failure);
            }
        }
    }
    if checked == 0 {
        state.say(VerdictOutcome::Skip, None, Some("no channel has a rate limit".to_owned()));
    }
    Ok(state.go_on_with(kept))
}
