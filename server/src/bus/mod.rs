//! The event bus: what changes is told to whoever watches, live and best effort. Nobody may rely on it for work; the
//! database is the truth. Within this process when embedded, over Redis pub/sub when scaled out.
//!
//! - [`redis`]: the bus over Redis; [`wire`]: how events travel there

mod redis;
mod wire;

use std::sync::Arc;

use futures::Stream;
use tokio::sync::broadcast;

use crate::domain::event::Event;
use crate::redis::{RedisConnectError, RedisConnection};

use self::redis::RedisBus;

/// Tells events to all subscribers. Cheap to clone.
#[derive(Clone)]
pub enum Bus {
    Memory(broadcast::Sender<Arc<Event>>),
    Redis(Arc<RedisBus>),
}

/// So many events were missed, since the subscriber was too slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} events were missed")]
pub struct Lagged(pub u64);

impl Bus {
    /// For one instance. A subscriber that is more than `capacity` events behind misses some.
    pub fn memory(capacity: usize) -> Self {
        Self::Memory(channel(capacity))
    }

    /// For many instances, on channels that start with `prefix`. Takes a connection of its own to listen. `capacity` also
    /// bounds the events that wait to be sent; what does not fit is lost.
    pub async fn redis(connection: &RedisConnection, prefix: &str, capacity: usize) -> Result<Self, RedisConnectError> {
        RedisBus::start(connection, prefix, channel(capacity), capacity).await.map(|bus| Self::Redis(Arc::new(bus)))
    }

    /// Tells the events, in order, to whoever watches. Never waits and never fails; next to no cost when nobody does.
    pub fn publish(&self, events: Vec<Event>) {
        match self {
            Self::Memory(local) => deliver(local, events),
            Self::Redis(bus) => bus.publish(events),
        }
    }

    /// Whether anyone may be watching, here or in another instance: if not, events need not even be made.
    pub fn watched(&self) -> bool {
        match self {
            Self::Memory(local) => local.receiver_count() > 0,
            Self::Redis(bus) => bus.watched(),
        }
    }

    /// Events of this instance from now on; those of other instances a moment later, since these send only when they
    /// know that somebody watches. Where that matters, use [`Self::watch`].
    pub fn subscribe(&self) -> Subscription {
        match self {
            Self::Memory(local) => Subscription { events: local.subscribe() },
            Self::Redis(bus) => Subscription { events: bus.subscribe() },
        }
    }

    /// Subscribes and waits (two seconds at most) until the other instances have been told.
    pub async fn watch(&self) -> Subscription {
        let subscription = self.subscribe();
        if let Self::Redis(bus) = self {
            bus.announce().await;
        }
        subscription
    }
}

/// One watcher's view of the bus.
pub struct Subscription {
    events: broadcast::Receiver<Arc<Event>>,
}

impl Subscription {
    /// The next event, or how many were missed; none once the bus has ended. Safe to cancel.
    pub async fn next(&mut self) -> Option<Result<Arc<Event>, Lagged>> {
        match self.events.recv().await {
            Ok(event) => Some(Ok(event)),
            Err(broadcast::error::RecvError::Lagged(missed)) => Some(Err(Lagged(missed))),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }

    pub fn into_stream(self) -> impl Stream<Item = Result<Arc<Event>, Lagged>> + Send + 'static {
        futures::stream::unfold(self, |mut this| async { this.next().await.map(|event| (event, this)) })
    }
}

fn channel(capacity: usize) -> broadcast::Sender<Arc<Event>> {
    broadcast::Sender::new(capacity.clamp(1, 1 << 20))
}

fn deliver(local: &broadcast::Sender<Arc<Event>>, events: Vec<Event>) {
    if local.receiver_count() == 0 {
        return;
    }
    for event in events {
        // Fails when the last subscriber has just gone, which is fine.
        let _ = local.send(Arc::new(event));
    }
}

#[cfg(test)]
mod tests;
