//! What must be counted or owned in one place for all instances: rate limits, who was first, pauses, breakers and leases.
//! In this process when embedded, in Redis when scaled out; both answer alike.
//!
//! - [`sliding`]: the sliding window itself, pure; [`pace`]: a config's limit together with its daily window
//! - [`expiring`]: maps whose entries go by themselves
//! - [`breakers`]: what this process knows of all circuit breakers
//! - [`memory`], [`redis`]: the two implementations

mod breakers;
mod expiring;
mod memory;
pub mod pace;
mod redis;
mod sliding;

use std::sync::Arc;
use std::time::Duration;

use crate::domain::breaker::Breaker;
use crate::domain::chance::Chance;
use crate::domain::enums::OverLimitPolicy;
use crate::domain::id::{ChannelConfigId, MessageId};
use crate::domain::time::{Clock, Timestamp};
use crate::redis::RedisConnection;

use self::breakers::Breakers;
pub use self::breakers::{ByConfig, Changed, Failing};
use self::memory::MemoryLimits;
use self::redis::RedisLimits;
use self::sliding::Request;

/// The answer to a wish for a slot in a rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reservation {
    /// The slot is the caller's: now, or later with DEFER.
    At(Timestamp),
    /// Nothing was recorded; `next` is when a slot would be free.
    Refused { next: Timestamp },
}

/// Why there is no answer. Callers wait a little and ask again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitsError {
    #[error("redis gave no answer to {verb}: {reason}")]
    Unavailable { verb: &'static str, reason: String },
    #[error("a limit of {count} per {window:?} is out of range")]
    OutOfRange { count: u32, window: Duration, earliest: Timestamp },
}

/// Rate limits, first owners, pauses, breakers and leases. Cheap to clone.
#[derive(Clone)]
pub enum Limits {
    Memory(Arc<MemoryLimits>),
    Redis(Arc<RedisLimits>),
}

/// The latest instant that Redis can keep exactly, less a margin for slots that lie further on: in the year 2223.
const LATEST: i64 = 8_000_000_000_000_000;

impl Limits {
    /// For one instance. `clock` decides when leases and first owners end and what may be forgotten.
    pub fn memory(clock: Clock) -> Self {
        Self::Memory(Arc::new(MemoryLimits::new(clock)))
    }

    /// For many instances. Every key starts with `prefix`, `posthorn:` as a rule. Spawns a task that follows the pauses
    /// of other instances, so this must be called within a runtime.
    pub fn redis(connection: &RedisConnection, prefix: &str, clock: Clock, chance: Chance) -> Self {
        Self::Redis(RedisLimits::start(connection, prefix, clock, chance))
    }

    /// Takes a slot at `earliest` or later, so that no stretch of `window` (half open) ever holds more than `count`.
    ///
    /// With DEFER the slot may lie in the future and is reserved; with REJECT a slot later than `earliest` is refused.
    /// `earliest` is not before the clock, in any order; `count` is 1 or more. `who` may have to ask again because
    /// something else failed, and keeps the slot it has (with Redis; in this process nothing fails in between).
    ///
    /// # Errors
    /// [`LimitsError::Unavailable`] within about two seconds when Redis is away.
    pub async fn reserve(
        &self,
        who: Option<MessageId>,
        key: &str,
        count: u32,
        window: Duration,
        earliest: Timestamp,
        policy: OverLimitPolicy,
    ) -> Result<Reservation, LimitsError> {
        let request = request(count, window, earliest, policy)?;
        match self {
            Self::Memory(memory) => Ok(memory.reserve(key, &request)),
            Self::Redis(redis) => Box::pin(redis.reserve(key, &request, who)).await,
        }
    }

    /// As [`Self::reserve`], with a slot that may lie in the future, but not beyond `latest`.
    ///
    /// # Errors
    /// As [`Self::reserve`].
    pub async fn reserve_until(
        &self,
        key: &str,
        count: u32,
        window: Duration,
        earliest: Timestamp,
        latest: Timestamp,
    ) -> Result<Reservation, LimitsError> {
        let request = Request { latest: latest.0, ..request(count, window, earliest, OverLimitPolicy::Reject)? };
        match self {
            Self::Memory(memory) => Ok(memory.reserve(key, &request)),
            Self::Redis(redis) => Box::pin(redis.reserve(key, &request, None)).await,
        }
    }

    /// Takes `n` slots at once: the same as asking [`Self::reserve`] `n` times. In order, earliest first.
    pub async fn reserve_many(
        &self,
        key: &str,
        count: u32,
        window: Duration,
        earliest: Timestamp,
        policy: OverLimitPolicy,
        n: usize,
    ) -> Result<Vec<Reservation>, LimitsError> {
        let request = request(count, window, earliest, policy)?;
        match self {
            Self::Memory(memory) => Ok(memory.reserve_many(key, &request, n)),
            Self::Redis(redis) => Box::pin(redis.reserve_many(key, &request, n)).await,
        }
    }

    /// What [`Self::reserve`] would answer now, recording nothing.
    pub async fn peek(
        &self,
        key: &str,
        count: u32,
        window: Duration,
        earliest: Timestamp,
        policy: OverLimitPolicy,
    ) -> Result<Reservation, LimitsError> {
        let request = request(count, window, earliest, policy)?;
        match self {
            Self::Memory(memory) => Ok(memory.peek(key, &request)),
            Self::Redis(redis) => Box::pin(redis.peek(key, &request)).await,
        }
    }

    /// Who was the first to show this fingerprint within `ttl`: `owner` itself, or one before. The first one asking
    /// again is still the first; asking does not lengthen the time.
    pub async fn first_owner(&self, fingerprint: &[u8; 32], owner: &str, ttl: Duration) -> Result<String, LimitsError> {
        match self {
            Self::Memory(memory) => Ok(memory.first_owner(fingerprint, owner, ttl)),
            Self::Redis(redis) => Box::pin(redis.first_owner(fingerprint, owner, ttl)).await,
        }
    }

    /// Of those who own the fingerprint now who still does so at `at` (now, where that is past), if anyone; recording nothing.
    pub async fn peek_owner(&self, fingerprint: &[u8; 32], at: Timestamp) -> Result<Option<String>, LimitsError> {
        match self {
            Self::Memory(memory) => Ok(memory.peek_owner(fingerprint, at)),
            Self::Redis(redis) => Box::pin(redis.peek_owner(fingerprint, at)).await,
        }
    }

    /// Pauses a channel config until then; a pause is never shortened. This instance knows at once, even when there is
    /// an error; the others within about half a second.
    pub async fn pause(&self, config: ChannelConfigId, until: Timestamp) -> Result<(), LimitsError> {
        match self {
            Self::Memory(memory) => {
                memory.pause(config, until);
                Ok(())
            }
            Self::Redis(redis) => Box::pin(redis.pause(config, until)).await,
        }
    }

    /// Ends a config's pause, if it has one. This instance knows at once, even when there is an error; the others within
    /// about half a second.
    pub async fn lift_pause(&self, config: ChannelConfigId) -> Result<(), LimitsError> {
        match self {
            Self::Memory(memory) => {
                memory.lift_pause(config);
                Ok(())
            }
            Self::Redis(redis) => Box::pin(redis.lift_pause(config)).await,
        }
    }

    /// The config's breaker as this instance knows it, at most half a second old; none where it is closed and has seen
    /// no failure. Answered from memory, at no cost.
    pub fn breaker(&self, config: ChannelConfigId) -> Option<Breaker> {
        self.known_breakers().get(config).map(|known| known.breaker.clone())
    }

    fn known_breakers(&self) -> &Breakers {
        match self {
            Self::Memory(memory) => &memory.breakers,
            Self::Redis(redis) => &redis.breakers,
        }
    }

    /// To be held from when a failure is known until it is counted.
    pub fn failing(&self, config: ChannelConfigId) -> Failing<'_> {
        self.known_breakers().failing(config)
    }

    /// The config's provider answered: failures that are being counted no longer belong to the row before.
    pub fn answered(&self, config: ChannelConfigId) {
        self.known_breakers().answered(config);
    }

    /// All breakers that have seen failures, as [`Self::breaker`] knows them.
    pub fn breakers(&self) -> Arc<ByConfig> {
        self.known_breakers().all()
    }

    /// Changes a config's breaker for all instances, one change at a time. `change` gives none where there is nothing to
    /// change, and may be asked more than once. Nobody else has a part in a change that is answered.
    ///
    /// # Errors
    /// [`LimitsError::Unavailable`] when Redis is away; then nothing is changed.
    pub async fn change_breaker(
        &self,
        config: ChannelConfigId,
        change: impl Fn(&Breaker) -> Option<Breaker>,
    ) -> Result<Option<Changed>, LimitsError> {
        match self {
            Self::Memory(memory) => Ok(memory.breakers.change(config, change)),
            Self::Redis(redis) => Box::pin(redis.change_breaker(config, change)).await,
        }
    }

    /// The same for this instance alone, for while Redis is away: what Redis says later counts.
    pub fn change_breaker_here(
        &self,
        config: ChannelConfigId,
        change: impl Fn(&Breaker) -> Option<Breaker>,
    ) -> Option<Changed> {
        self.known_breakers().change(config, change)
    }

    /// Closes a config's breaker and forgets its failures. This instance knows at once, even when there is an error; the
    /// others within about half a second.
    pub async fn reset_breaker(&self, config: ChannelConfigId) -> Result<(), LimitsError> {
        match self {
            Self::Memory(memory) => {
                memory.breakers.set(config, "");
                Ok(())
            }
            Self::Redis(redis) => Box::pin(redis.reset_breaker(config)).await,
        }
    }

    /// Until when the config is paused, if it is at `now`. Answered from memory, at no cost.
    pub fn paused_until(&self, config: ChannelConfigId, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Memory(memory) => memory.paused_until(config, now),
            Self::Redis(redis) => redis.paused_until(config, now),
        }
    }

    /// Whether `holder` holds the lease `name` now: it was free or run out, or `holder`'s own, which renews it for
    /// another `ttl`.
    pub async fn try_lease(&self, name: &str, holder: &str, ttl: Duration) -> Result<bool, LimitsError> {
        match self {
            Self::Memory(memory) => Ok(memory.try_lease(name, holder, ttl)),
            Self::Redis(redis) => Box::pin(redis.try_lease(name, holder, ttl)).await,
        }
    }
}

fn request(count: u32, window: Duration, earliest: Timestamp, policy: OverLimitPolicy) -> Result<Request, LimitsError> {
    let out_of_range = LimitsError::OutOfRange { count, window, earliest };
    if count == 0 || earliest.0.abs() > LATEST {
        return Err(out_of_range);
    }
    let Some(window) = i64::try_from(window.as_micros()).ok().filter(|&micros| micros <= LATEST / 8) else {
        return Err(out_of_range);
    };
    let latest = match policy {
        OverLimitPolicy::Defer => i64::MAX,
        OverLimitPolicy::Reject => earliest.0,
    };
    Ok(Request { count: usize::try_from(count).unwrap_or(usize::MAX), window, earliest: earliest.0, latest })
}

#[cfg(test)]
mod tests;
