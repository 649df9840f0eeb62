//! RATE_LIMIT (400): a channel over its config's sliding window waits for the next free slot at which its window is open,
//! or is taken out.

use crate::domain::channel_config::{LimitInForce, RateLimit};
use crate::domain::code::ErrorCode;
use crate::domain::enums::{MessageStatus, OverLimitPolicy, VerdictOutcome};
use crate::domain::message::Failure;
use crate::domain::time::Timestamp;
use crate::limits::pace::count;
use crate::limits::{LimitsError, Reservation};
use crate::pipeline::chain::Chain;
use crate::pipeline::state::{Candidate, Flow, HandlerError, State};

fn away(error: LimitsError) -> HandlerError {
    match error {
        LimitsError::Unavailable { .. } => HandlerError::Unavailable(error.to_string()),
        LimitsError::OutOfRange { .. } => HandlerError::Failed(error.to_string()),
    }
}

/// What the limit says about one channel.
enum Slot {
    At(Timestamp),
    /// The limit rejects.
    Refused,
    /// The next free slot lies outside of the window, which rejects.
    Closed(Timestamp),
    /// The next free slot comes when the message is no longer worth sending.
    TooLate(Timestamp),
}

pub async fn run(chain: &Chain, state: &mut State) -> Result<Flow, HandlerError> {
    let mut checked = 0;
    let mut kept = Vec::new();
    for mut candidate in state.take_candidates() {
        let Some(LimitInForce { limit, of_provider }) = candidate.channel.limit() else {
            kept.push(candidate);
            continue;
        };
        let limit = limit.clone();
        checked += 1;
        let of = if of_provider { "the provider of " } else { "" };
        let rule = format!("{} per {} {} of {of}{}", limit.count, limit.window, limit.unit, candidate.describe());
        let drop_as =
            |status, code, text: String| (status, Failure::new(code, format!("limit {rule} is used up{text}")));
        let (status, failure) = match ask(chain, state, &candidate, &limit).await.map_err(away)? {
            Slot::At(slot) => {
                if slot > candidate.send_at {
                    let detail = format!("limit {rule} is used up, next free slot {}", text(slot));
                    state.say_of(&candidate, VerdictOutcome::Defer, Some(ErrorCode::RateLimited.as_str()), detail);
                    candidate.send_at = slot;
                }
                kept.push(candidate);
                continue;
            }
            Slot::Refused => drop_as(MessageStatus::Skipped, ErrorCode::RateLimited, String::new()),
            Slot::Closed(slot) => {
                let why = format!(", next free slot {} is outside its window", text(slot));
                drop_as(MessageStatus::Skipped, ErrorCode::OutsideTimeWindow, why)
            }
            Slot::TooLate(slot) => {
                let why = format!(", next free slot {} is after expiresAt", text(slot));
                drop_as(MessageStatus::Cancelled, ErrorCode::Expired, why)
            }
        };
        state.drop_channel(&candidate, status, failure);
    }
    if checked == 0 {
        state.say(VerdictOutcome::Skip, None, Some("no channel has a rate limit".to_owned()));
    }
    Ok(state.go_on_with(kept))
}

async fn ask(chain: &Chain, state: &State, candidate: &Candidate, limit: &RateLimit) -> Result<Slot, LimitsError> {
    let config = &candidate.channel.config;
    let pace = candidate.channel.pace(state.tenant.tenant.timezone, &state.settings);
    let key = pace.plan_key(state.message.store_id.as_deref(), limit);
    let (span, policy) = (limit.span(), config.on_rate_limit);
    let mut from = candidate.send_at;
    let defers = policy == OverLimitPolicy::Defer;
    // Looked at first where not every slot will do, so that none is taken in vain.
    if defers && (pace.window.is_some() || state.message.expires_at.is_some()) {
        let slot = if config.on_closed_window == OverLimitPolicy::Reject {
            let peeked = chain.limits.peek(&key, count(limit), span, from, policy).await?;
            let (Reservation::At(slot) | Reservation::Refused { next: slot }) = peeked;
            if pace.next_open(slot) > slot {
                return Ok(Slot::Closed(slot));
            }
            slot
        } else {
            let (start, slot) = chain.limits.first_open_slot(&pace, limit, &key, from).await?;
            from = start;
            slot
        };
        if state.message.expires_at.is_some_and(|end| end <= slot) {
            return Ok(Slot::TooLate(slot));
        }
    }
    let answer = if state.dry {
        chain.limits.peek(&key, count(limit), span, from, policy).await?
    } else {
        chain.limits.reserve(Some(state.message.id), &key, count(limit), span, from, policy).await?
    };
    Ok(match answer {
        Reservation::At(slot) if defers => Slot::At(pace.next_open(slot)),
        Reservation::At(slot) => Slot::At(slot),
        Reservation::Refused { .. } => Slot::Refused,
    })
}

fn text(slot: Timestamp) -> String {
    slot.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
