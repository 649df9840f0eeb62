//! Runs the handlers on one message, in order, each with its verdict, its duration and its timeout.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::state::{Flow, HandlerError, State};
use super::{HANDLERS, HandlerInfo, Takes};
use crate::catalog::TenantCatalog;
use crate::domain::code::ErrorCode;
use crate::domain::enums::{MessageStatus, VerdictOutcome};
use crate::domain::message::{Failure, PendingMessage};
use crate::domain::settings::Settings;
use crate::domain::task::NewTask;
use crate::domain::time::Clock;
use crate::domain::verdict::Verdict;
use crate::limits::Limits;

/// The chain and what its handlers need besides the message.
#[derive(Clone)]
pub struct Chain {
    pub limits: Limits,
    pub clock: Clock,
}

/// What the chain decided about a message.
#[derive(Debug)]
pub struct Decision {
    /// PROCESSING where tasks are planned; otherwise the message ends so.
    pub status: MessageStatus,
    pub failure: Option<Failure>,
    pub verdicts: Vec<Verdict>,
    pub tasks: Vec<NewTask>,
}

/// Something that the chain needs is away; the message is to be tried again later, unchanged.
#[derive(Debug, thiserror::Error)]
#[error("{handler}: {reason}")]
pub struct ChainUnavailable {
    pub handler: &'static str,
    pub reason: String,
}

impl Chain {
    /// Decides about one message. With `dry`, nothing is counted or reserved.
    ///
    /// # Errors
    /// Where something a handler needs is away. A handler that fails or outlasts its timeout is no error: it ends that
    /// message.
    pub async fn decide(
        &self,
        message: Arc<PendingMessage>,
        tenant: Arc<TenantCatalog>,
        settings: Arc<Settings>,
        dry: bool,
    ) -> Result<Decision, ChainUnavailable> {
        let mut state = State::new(message, tenant, Arc::clone(&settings), self.clock.now(), dry);
        let mut end = (MessageStatus::Processing, None);
        for handler in HANDLERS {
            let (enabled, timeout) = in_force(handler, &settings);
            state.handler = (handler.name, handler.order);
            if !enabled {
                state.say(VerdictOutcome::Skip, None, Some("switched off in the settings".to_owned()));
                if let Some(last) = state.verdicts.last_mut() {
                    last.duration_us = Some(0);
                }
                continue;
            }
            let (said, started) = (state.verdicts.len(), Instant::now());
            let flow = match tokio::time::timeout(timeout, super::run(handler.name, self, &mut state)).await {
                Ok(Ok(flow)) => flow,
                Ok(Err(HandlerError::Unavailable(reason))) => {
                    return Err(ChainUnavailable { handler: handler.name, reason });
                }
                Ok(Err(HandlerError::Failed(reason))) => {
                    tracing::error!(message.id = %state.message.id, handler = handler.name, reason, "handler failed");
                    failed(ErrorCode::HandlerError, handler, &reason)
                }
                Err(_elapsed) => {
                    let reason = format!("took longer than {} s", timeout.as_secs());
                    failed(ErrorCode::HandlerTimeout, handler, &reason)
                }
            };
            if let Flow::Stop(status, failure) = flow {
                state.say(VerdictOutcome::Stop, Some(failure.code.as_str()), Some(failure.message.clone()));
                end = (status, Some(failure));
            } else if state.verdicts.len() == said {
                state.say(VerdictOutcome::Pass, None, None);
            }
            if let Some(last) = state.verdicts.last_mut() {
                last.duration_us = Some(u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX));
            }
            if end.1.is_some() {
                state.tasks.clear();
                break;
            }
        }
        Ok(Decision { status: end.0, failure: end.1, verdicts: state.verdicts, tasks: state.tasks })
    }
}

fn failed(code: ErrorCode, handler: &HandlerInfo, reason: &str) -> Flow {
    Flow::stop(MessageStatus::Failed, code, format!("handler {} {reason}", handler.name))
}

/// Whether a run of the chain takes something for a message of this tenant that it would be wrong to take for one that is
/// not stored in the end.
pub(super) fn takes(tenant: &TenantCatalog, settings: &Settings) -> bool {
    HANDLERS.iter().any(|handler| match handler.takes {
        Takes::Nothing => false,
        Takes::Always => in_force(handler, settings).0,
        Takes::Slots => tenant.limited() && in_force(handler, settings).0,
    })
}

/// Whether a handler is on, and how long it may take.
fn in_force(handler: &HandlerInfo, settings: &Settings) -> (bool, Duration) {
    let setting = settings.handlers.iter().find(|setting| setting.name == handler.name);
    let enabled = handler.required || setting.map_or(handler.enabled, |setting| setting.enabled);
    let seconds = setting.map_or(handler.timeout_seconds, |setting| setting.timeout_seconds);
    (enabled, Duration::from_secs(u64::try_from(seconds).unwrap_or(10)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::settings::HandlerSetting;

    #[test]
    fn the_table_is_in_order_and_names_are_unique() {
        assert!(HANDLERS.windows(2).all(|pair| pair[0].order < pair[1].order && pair[0].name != pair[1].name));
    }

    #[test]
    fn settings_switch_what_is_not_required() {
        let mut settings = Settings::default();
        let (on, timeout) = in_force(&HANDLERS[1], &settings);
        assert!(!on);
        assert_eq!(timeout, Duration::from_secs(10));
        let say = |name: &str, enabled| HandlerSetting { name: name.to_owned(), enabled, timeout_seconds: 3 };
        settings.handlers = vec![say("DEDUPLICATION", true), say("CHANNEL_ROUTER", false)];
        assert_eq!(in_force(&HANDLERS[1], &settings), (true, Duration::from_secs(3)));
        assert!(in_force(&HANDLERS[3], &settings).0, "the router can't be switched off");
    }
}
