//! Runs the handlers on one message, in order, each with its verdict, its duration and its timeout.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use futures::FutureExt;
use tokio::sync::Semaphore;

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

/// Turns at what keeps a thread busy for long. A core is left for all else, where there is more than one.
static TURNS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Arc::new(Semaphore::new(cores.saturating_sub(1).max(1)))
});

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
    /// Channels that failed before there was a task for them: they count towards the message's end.
    pub lost: usize,
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
        self.run(message, tenant, settings, dry, true).await
    }

    /// Decides about one message while somebody waits for it.
    ///
    /// # Errors
    /// As [`Self::decide`], and where a handler would have to wait for its turn.
    pub async fn decide_briefly(
        &self,
        message: Arc<PendingMessage>,
        tenant: Arc<TenantCatalog>,
        settings: Arc<Settings>,
    ) -> Result<Decision, ChainUnavailable> {
        self.run(message, tenant, settings, false, false).await
    }

    async fn run(
        &self,
        message: Arc<PendingMessage>,
        tenant: Arc<TenantCatalog>,
        settings: Arc<Settings>,
        dry: bool,
        takes_turns: bool,
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
            let (said, mut started) = (state.verdicts.len(), self.clock.instant());
            let mut ran = timed(&self.clock, handler, timeout, super::run(handler.name, self, &mut state)).await;
            if matches!(ran, Err(HandlerError::NeedsTurn)) {
                if !takes_turns {
                    return Err(ChainUnavailable { handler: handler.name, reason: "waits for a turn".to_owned() });
                }
                // Waiting for a turn is not the handler's time: those before it take it.
                state.turn = TURNS.clone().acquire_owned().await.ok().map(Arc::new);
                started = self.clock.instant();
                ran = timed(&self.clock, handler, timeout, super::run(handler.name, self, &mut state)).await;
                state.turn = None;
            }
            let flow = match ran {
                Ok(flow) => flow,
                Err(HandlerError::Unavailable(reason)) => {
                    return Err(ChainUnavailable { handler: handler.name, reason });
                }
                Err(error) => {
                    let reason = error.to_string();
                    tracing::error!(message.id = %state.message.id, handler = handler.name, reason, "handler failed");
                    failed(ErrorCode::HandlerError, handler, &reason)
                }
            };
            if let Flow::Stop(status, failure) = flow {
                state.say(VerdictOutcome::Stop, Some(failure.code.as_str()), Some(failure.message.clone()));
                end = (status, Some(failure));
            } else if state.verdicts.len() == said {
                state.say(VerdictOutcome::Pass, None, None);
            }
            if let Some(last) = state.verdicts.last_mut() {
                last.duration_us = Some(u64::try_from(self.clock.since(started).as_micros()).unwrap_or(u64::MAX));
            }
            if end.1.is_some() {
                state.tasks.clear();
                break;
            }
        }
        let (verdicts, tasks, lost) = (state.verdicts, state.tasks, state.lost);
        Ok(Decision { status: end.0, failure: end.1, verdicts, tasks, lost })
    }
}

/// Runs a handler to its end, which is also that it panicked, or took too long. One that does not await can't be
/// interrupted, so what it decided too late is not taken either.
async fn timed(
    clock: &Clock,
    handler: &HandlerInfo,
    timeout: Duration,
    run: impl Future<Output = Result<Flow, HandlerError>>,
) -> Result<Flow, HandlerError> {
    let started = clock.instant();
    match tokio::time::timeout(timeout, AssertUnwindSafe(run).catch_unwind()).await {
        Ok(Ok(Ok(_))) if clock.since(started) > timeout => Ok(too_slow(handler, timeout)),
        Ok(Ok(ran)) => ran,
        Ok(Err(_panic)) => {
            metrics::counter!("posthorn_job_panics_total").increment(1);
            Err(HandlerError::Failed("panicked".to_owned()))
        }
        Err(_elapsed) => Ok(too_slow(handler, timeout)),
    }
}

fn too_slow(handler: &HandlerInfo, timeout: Duration) -> Flow {
    failed(ErrorCode::HandlerTimeout, handler, &format!("took longer than {} s", timeout.as_secs()))
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

    /// A handler that decided in time would say this.
    const GO_ON: Result<Flow, HandlerError> = Ok(Flow::Continue);
    const MOMENT: Duration = Duration::from_millis(20);

    async fn end_of(timeout: Duration, run: impl Future<Output = Result<Flow, HandlerError>>) -> Option<ErrorCode> {
        match timed(&Clock::System, &HANDLERS[5], timeout, run).await.unwrap() {
            Flow::Continue => None,
            Flow::Stop(status, failure) => {
                assert_eq!(status, MessageStatus::Failed);
                assert!(failure.message.contains("TEMPLATE_RENDER took longer than"), "{}", failure.message);
                Some(failure.code)
            }
        }
    }

    #[tokio::test]
    async fn what_a_handler_decides_too_late_is_not_taken_whether_it_awaits_or_not() {
        assert_eq!(end_of(Duration::from_secs(10), async { GO_ON }).await, None);
        let endless = end_of(MOMENT, std::future::pending()).await;
        assert_eq!(endless, Some(ErrorCode::HandlerTimeout));
        let stalled = async {
            std::thread::sleep(MOMENT * 2);
            GO_ON
        };
        assert_eq!(end_of(MOMENT, stalled).await, Some(ErrorCode::HandlerTimeout));
        // What was away stays away: the message is tried again.
        let away = async {
            std::thread::sleep(MOMENT * 2);
            Err(HandlerError::Unavailable("redis".to_owned()))
        };
        let away = timed(&Clock::System, &HANDLERS[5], MOMENT, away).await;
        assert!(matches!(away, Err(HandlerError::Unavailable(_))), "{away:?}");
    }

    #[tokio::test]
    async fn a_panic_is_the_handlers_error_and_ends_there() {
        let run = async {
            tokio::task::yield_now().await;
            if true {
                panic!("a bug in a handler");
            }
            GO_ON
        };
        let ended = timed(&Clock::System, &HANDLERS[5], Duration::from_secs(10), run).await;
        assert!(matches!(ended, Err(HandlerError::Failed(_))), "{ended:?}");
    }
}
