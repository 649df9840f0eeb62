//! The event bus: what changes is told to whoever watches. Nobody may rely on it for work; the database is the truth.
//! Within this process when embedded, over a Redis stream when scaled out. The latest events are kept for a while, so
//! that a subscriber that lost its connection can resume.
//!
//! - [`hub`]: who watches what here, and handing events out; [`subscription`]: one subscriber's side
//! - [`log`]: the latest events; [`position`]: places in it
//! - [`order`]: keeps each message's events in order
//! - [`memory`]: the bus of one process; [`redis`]: the bus over Redis

mod hub;
mod log;
mod memory;
mod order;
mod position;
mod redis;
mod subscription;

use std::sync::Arc;
use std::time::Duration;

use self::hub::{Hub, Refused};
pub use self::hub::{Missed, Told, Topic};
use self::log::LogLimits;
use self::memory::MemoryBus;
pub use self::order::{Order, stage};
pub use self::position::Position;
use self::redis::RedisBus;
pub use self::subscription::Subscription;
use crate::domain::chance::Chance;
use crate::domain::event::Event;
use crate::domain::time::Clock;
use crate::redis::{RedisConnectError, RedisConnection};

/// For so long events are kept to resume from, and are still logged after the last watcher has gone.
pub const KEPT_FOR: Duration = Duration::from_secs(600);

/// How much of the log a process holds in memory, where it is to keep so many events. 640 bytes are
/// more than most take.
const fn in_memory(kept: usize) -> LogLimits {
    LogLimits { age: KEPT_FOR, events: kept, bytes: kept.saturating_mul(640) }
}

/// Tells events to all subscribers. Cheap to clone.
#[derive(Clone)]
pub enum Bus {
    Memory(MemoryBus),
    Redis(Arc<RedisBus>),
}

/// Why a subscription can't begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WatchError {
    /// What came after the position is no longer kept, or never was.
    #[error("the log of events does not reach back to the cursor")]
    Expired,
    /// Redis does not answer.
    #[error("live events are unavailable at the moment, try again shortly")]
    Unavailable,
}

impl Bus {
    /// For one instance. A subscriber that falls more than `capacity` events behind is dropped. `kept` status events can
    /// be resumed from.
    pub fn memory(clock: Clock, chance: Chance, capacity: usize, kept: usize) -> Self {
        Self::Memory(MemoryBus::start(Hub::new(clock, capacity, KEPT_FOR, in_memory(kept)), chance))
    }

    /// For many instances, with keys and channels that start with `prefix`. Takes connections of its own to listen.
    /// `capacity` also bounds the events that wait to be sent.
    pub async fn redis(
        connection: &RedisConnection,
        prefix: &str,
        clock: Clock,
        chance: Chance,
        capacity: usize,
        kept: usize,
    ) -> Result<Self, RedisConnectError> {
        let hub = Hub::new(clock, capacity, redis::LINGER, in_memory(kept));
        RedisBus::start(connection, prefix, hub, chance, (capacity, kept)).await.map(|bus| Self::Redis(Arc::new(bus)))
    }

    fn hub(&self) -> &Arc<Hub> {
        match self {
            Self::Memory(bus) => &bus.hub,
            Self::Redis(bus) => bus.hub(),
        }
    }

    /// Tells the events, in order, to whoever watches. Never waits and never fails; next to no cost when nobody does.
    pub fn publish(&self, events: Vec<Event>) {
        match self {
            Self::Memory(bus) => bus.publish(events),
            Self::Redis(bus) => bus.publish(events),
        }
    }

    /// Whether anyone may be watching, here or in another instance, or did a moment ago and may come back: if not,
    /// events need not even be made.
    pub fn watched(&self) -> bool {
        match self {
            Self::Memory(bus) => bus.hub.watched(),
            Self::Redis(bus) => bus.watched(),
        }
    }

    /// Waits until the status events published so far come before those that other instances publish from now on: a
    /// round trip where somebody watches, and never long. To be called before work is handed to other instances.
    pub async fn settle(&self) {
        if let Self::Redis(bus) = self {
            bus.settle().await;
        }
    }

    /// Waits, not for long, until what was published so far can be read by other instances, and tells them that nothing comes
    /// after it. To be called when the instance ends.
    pub async fn end(&self) {
        if let Self::Redis(bus) = self {
            bus.end().await;
        }
    }

    /// Subscribes: from now on, whichever instance publishes, or from right after a position.
    ///
    /// # Errors
    /// Where the position can't be resumed from, and where Redis does not answer within two seconds.
    pub async fn watch(&self, topic: Topic, after: Option<Position>) -> Result<Subscription, WatchError> {
        let mut backfilled = false;
        // The first turn may find that nobody watched so far, the second that the position is older than what this
        // instance has; and somebody may always come in between.
        for _ in 0..5 {
            match self.hub().subscribe(topic.clone(), after) {
                Ok(subscription) => return Ok(subscription),
                Err(Refused::Idle) => match self {
                    Self::Memory(bus) => bus.begin(),
                    Self::Redis(bus) => bus.begin().await?,
                },
                Err(Refused::Expired) => match (self, after) {
                    (Self::Redis(bus), Some(after)) if !backfilled => {
                        bus.backfill(after).await?;
                        backfilled = true;
                    }
                    _ => return Err(WatchError::Expired),
                },
            }
        }
        Err(WatchError::Unavailable)
    }
}

#[cfg(test)]
pub mod tests;
