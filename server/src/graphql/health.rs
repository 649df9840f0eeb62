//! How a channel config does: its circuit breaker, and when it last sent and failed.

use async_graphql::{Context, SimpleObject};

use super::error::Result;
use super::loaders::{HealthOf, load};
use super::scalar::DateTime;
use super::session::services;
use crate::domain::enums::BreakerState;
use crate::domain::id::ChannelConfigId;

/// The circuit breaker of a channel config, the same for all instances, as one of them knew it within the last half second.
/// It opens after so many transient failures in a row (timeouts, refused connections, 5xx; not throttling, and nothing that
/// is wrong with a single message), as the system settings say; any other answer of the provider ends the row.
#[derive(SimpleObject)]
pub struct ChannelBreaker {
    /// What it does.
    state: BreakerState,
    /// The last of the failures, in words; absent after an answer.
    reason: Option<String>,
    /// When it opened; absent while it is closed.
    opened_at: Option<DateTime>,
    /// When one task is sent to see whether the provider works again; absent while it is closed.
    retry_at: Option<DateTime>,
    /// Transient failures in a row; a task's repetitions count once.
    consecutive_failures: i32,
}

impl ChannelBreaker {
    pub(super) fn of(ctx: &Context<'_>, config: ChannelConfigId) -> Result<Self> {
        let services = services(ctx)?;
        let breaker = services.breaker(config).unwrap_or_default();
        Ok(Self {
            state: breaker.state(services.clock.now()),
            opened_at: breaker.opened_at().map(Into::into),
            retry_at: breaker.retry_at().map(Into::into),
            consecutive_failures: i32::try_from(breaker.failures).unwrap_or(i32::MAX),
            reason: Some(breaker.reason).filter(|reason| !reason.is_empty()),
        })
    }
}

/// When a channel config last sent something and when it last failed to, on whatever instance: a few seconds behind, and
/// what happened in the last seconds before a crash may be missing. Only attempts count, not what ended unsent.
#[derive(SimpleObject)]
pub struct ChannelHealth {
    /// When the provider last took something; absent where it never did.
    last_success_at: Option<DateTime>,
    /// When an attempt last failed, for now or for good; absent where none did.
    last_failure_at: Option<DateTime>,
    /// What became of that attempt, as in the timeline, e.g. RETRY, THROTTLE, CONFIG, BAD_MSG, AMBIGUOUS.
    last_error_code: Option<String>,
    /// The same in words: the task's resultMessage, in which there are no secrets.
    last_error_message: Option<String>,
    /// Transient failures in a row, as the circuit breaker counts them; 0 where it is switched off, and for LOCAL.
    consecutive_failures: i32,
}

impl ChannelHealth {
    pub(super) async fn of(ctx: &Context<'_>, config: ChannelConfigId) -> Result<Self> {
        let known = load(ctx, HealthOf(config)).await?.unwrap_or_default();
        let (at, code, message) = match known.last_failure {
            Some(failure) => (Some(failure.at.into()), Some(failure.code), failure.message),
            None => (None, None, None),
        };
        let breaker = services(ctx)?.breaker(config).unwrap_or_default();
        Ok(Self {
            last_success_at: known.last_success_at.map(Into::into),
            last_failure_at: at,
            last_error_code: code,
            last_error_message: message,
            consecutive_failures: i32::try_from(breaker.failures).unwrap_or(i32::MAX),
        })
    }
}
