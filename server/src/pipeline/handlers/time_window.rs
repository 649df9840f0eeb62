//! TIME_WINDOW (200): a channel outside its config's daily window waits for the next opening, or is taken out.

use crate::domain::code::ErrorCode;
use crate::domain::enums::{MessageStatus, OverLimitPolicy, VerdictOutcome};
use crate::domain::message::Failure;
use crate::pipeline::state::{Flow, HandlerError, State};

pub fn run(state: &mut State) -> Result<Flow, HandlerError> {
    let zone = state.tenant.tenant.timezone;
    let mut checked = 0;
    let mut kept = Vec::new();
    for mut candidate in state.take_candidates() {
        let config = &candidate.channel.config;
        let Some(window) = &config.time_window else {
            kept.push(candidate);
            continue;
        };
        checked += 1;
        let open = window.next_open(candidate.send_at, zone);
        if open <= candidate.send_at {
            kept.push(candidate);
            continue;
        }
        let hours = format!(
            "window {:02}:00-{:02}:59 {} of {}",
            window.start_hour,
            window.end_hour,
            window.timezone.unwrap_or(zone),
            candidate.describe()
        );
        match config.on_closed_window {
            OverLimitPolicy::Defer if state.message.expires_at.is_some_and(|end| end <= open) => {
                let failure = Failure::new(ErrorCode::Expired, format!("closed by {hours} until after expiresAt"));
                state.drop_channel(&candidate, MessageStatus::Cancelled, failure);
            }
            OverLimitPolicy::Defer => {
                let until = open.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
                let detail = format!("closed by {hours}, opens {until}");
                state.say_of(&candidate, VerdictOutcome::Defer, Some(ErrorCode::OutsideTimeWindow.as_str()), detail);
                candidate.send_at = open;
                kept.push(candidate);
            }
            OverLimitPolicy::Reject => {
                let failure = Failure::new(ErrorCode::OutsideTimeWindow, format!("closed by {hours}"));
                state.drop_channel(&candidate, MessageStatus::Skipped, failure);
            }
        }
    }
    if checked == 0 {
        state.say(VerdictOutcome::Skip, None, Some("no channel has a time window".to_owned()));
    }
    Ok(state.go_on_with(kept))
}
