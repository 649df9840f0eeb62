//! The bus over Redis pub/sub. Own events too come back from Redis, so that all watchers see the same order; only when
//! Redis is away are they delivered to local watchers directly. Batches are numbered, so that never both happens.
//!
//! While nobody watches anywhere nothing is sent: an instance with watchers says so on a second channel, at once when
//! one comes and again every two seconds.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use fred::clients::SubscriberClient;
use fred::prelude::*;
use fred::types::Message;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, broadcast, mpsc};
use tokio::time::{sleep, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{deliver, wire};
use crate::domain::event::Event;
use crate::redis::{RedisConnectError, RedisConnection};

/// Events that go into one PUBLISH if they wait anyway.
const MERGED: usize = 1_000;
const ANNOUNCE_EVERY: Duration = Duration::from_secs(2);
/// How long an announcement counts: two of them may get lost.
const WATCHED_FOR: Duration = Duration::from_secs(7);
/// The listening connection is asked for a sign of life this often; one that gives none is made anew.
const PING_EVERY: Duration = Duration::from_secs(5);
/// How long a start waits for the subscription, which is made later if Redis goes away just then.
const FIRST_SUBSCRIBE: Duration = Duration::from_secs(5);
const SUBSCRIBE_AGAIN_AFTER: Duration = Duration::from_millis(250);

/// See [`super::Bus`].
pub struct RedisBus {
    shared: Arc<Shared>,
    batches: mpsc::UnboundedSender<Vec<Event>>,
    /// Most events that may wait to be sent.
    capacity: usize,
    _tasks: DropGuard,
}

struct Shared {
    local: broadcast::Sender<Arc<Event>>,
    /// This bus among all, in what it sends.
    origin: String,
    /// The channel events go to; and that of the announcements. Both lie on one node of a cluster.
    events: String,
    watchers: String,
    connection: RedisConnection,
    listener: SubscriberClient,
    subscribed: AtomicBool,
    /// Events that wait to be sent.
    waiting: AtomicUsize,
    dropping: AtomicBool,
    /// The last own batch that was delivered here, over Redis or directly.
    delivered: Mutex<u64>,
    started: Instant,
    /// Until when others are known to watch, in milliseconds since `started`.
    watched_until: AtomicU64,
    watcher_came: Notify,
}

impl RedisBus {
    pub async fn start(
        connection: &RedisConnection,
        prefix: &str,
        local: broadcast::Sender<Arc<Event>>,
        capacity: usize,
    ) -> Result<Self, RedisConnectError> {
        let listener = connection.subscriber().await?;
        let shared = Arc::new(Shared {
            local,
            origin: uuid::Uuid::from_bytes(rand::random()).simple().to_string(),
            events: format!("{prefix}{{bus}}:events"),
            watchers: format!("{prefix}{{bus}}:watchers"),
            connection: connection.clone(),
            listener,
            subscribed: AtomicBool::new(false),
            waiting: AtomicUsize::new(0),
            dropping: AtomicBool::new(false),
            delivered: Mutex::new(0),
            started: Instant::now(),
            watched_until: AtomicU64::new(0),
            watcher_came: Notify::new(),
        });
        // Receivers first, so that nothing is missed between.
        let (messages, reconnects) = (shared.listener.message_rx(), shared.listener.reconnect_rx());
        let _ = timeout(FIRST_SUBSCRIBE, shared.subscribe_channels()).await;
        let (batches, receiver) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        tokio::spawn(send(shared.clone(), receiver));
        tokio::spawn(stop.clone().run_until_cancelled_owned(receive(shared.clone(), messages)));
        tokio::spawn(stop.clone().run_until_cancelled_owned(announce(shared.clone())));
        let keeping = (shared.clone(), stop.clone());
        tokio::spawn(async move {
            let (shared, stop) = keeping;
            stop.run_until_cancelled(keep_subscribed(&shared, reconnects)).await;
            let _ = shared.listener.quit().await;
        });
        Ok(Self { shared, batches, capacity, _tasks: stop.drop_guard() })
    }

    pub fn watched(&self) -> bool {
        self.shared.local.receiver_count() > 0
            || self.shared.millis() < self.shared.watched_until.load(Ordering::Relaxed)
    }

    pub fn publish(&self, events: Vec<Event>) {
        if events.is_empty() || !self.watched() {
            return;
        }
        let (shared, count) = (&self.shared, events.len());
        if shared.waiting.fetch_add(count, Ordering::Relaxed) + count > self.capacity {
            shared.waiting.fetch_sub(count, Ordering::Relaxed);
            metrics::counter!("posthorn_bus_events_dropped_total").increment(count as u64);
            if !shared.dropping.swap(true, Ordering::Relaxed) {
                tracing::warn!("events come faster than redis takes them, watchers miss some");
            }
            return;
        }
        // Fails only when the sending task has ended, that is when the runtime shuts down.
        let _ = self.batches.send(events);
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Event>> {
        let events = self.shared.local.subscribe();
        self.shared.watcher_came.notify_one();
        events
    }

    pub async fn announce(&self) {
        self.shared.announce().await;
    }
}

impl Shared {
    fn millis(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    async fn tell(&self, channel: &str, text: Vec<u8>) -> Result<(), Error> {
        self.connection.ready()?.publish(channel, Value::Bytes(text.into())).await
    }

    /// From now on others are taken to watch.
    fn watchers_heard(&self) {
        self.watched_until.fetch_max(self.millis() + WATCHED_FOR.as_millis() as u64, Ordering::Relaxed);
    }

    /// Tells the other instances that somebody watches here.
    async fn announce(&self) {
        if let Err(error) = self.tell(&self.watchers, Vec::new()).await {
            tracing::debug!(%error, "other instances could not be told that events are watched here");
        }
    }

    /// Whether what is sent will come back.
    fn listening(&self) -> bool {
        self.subscribed.load(Ordering::Relaxed) && self.listener.is_connected()
    }

    /// Delivers an own batch to local watchers, unless that was done before.
    fn deliver_own(&self, number: u64, events: impl FnOnce() -> Vec<Event>) {
        // Held while delivering, so that the two ways can't overtake each other.
        let mut delivered = self.delivered.lock().unwrap_or_else(PoisonError::into_inner);
        if *delivered < number {
            *delivered = number;
            if self.local.receiver_count() > 0 {
                deliver(&self.local, events());
            }
        }
    }

    async fn subscribe_channels(&self) {
        self.subscribed.store(false, Ordering::Relaxed);
        let channels = vec![self.events.clone(), self.watchers.clone()];
        while let Err(error) = self.listener.subscribe(channels.clone()).await {
            tracing::debug!(%error, "the event bus is not subscribed yet");
            sleep(SUBSCRIBE_AGAIN_AFTER).await;
        }
        self.subscribed.store(true, Ordering::Relaxed);
        // Announcements may have been missed meanwhile.
        self.watchers_heard();
    }
}

/// Sends what waits, in order, one PUBLISH after the other; ends with the bus.
async fn send(shared: Arc<Shared>, mut batches: mpsc::UnboundedReceiver<Vec<Event>>) {
    let mut number = 0;
    while let Some(mut events) = batches.recv().await {
        while events.len() < MERGED {
            let Ok(more) = batches.try_recv() else { break };
            events.extend(more);
        }
        if shared.waiting.fetch_sub(events.len(), Ordering::Relaxed) == events.len() {
            shared.dropping.store(false, Ordering::Relaxed);
        }
        while !events.is_empty() {
            number += 1;
            let (text, taken) = wire::write(&shared.origin, number, &events);
            let rest = events.split_off(taken);
            let sent = shared.tell(&shared.events, text).await;
            if let Err(error) = &sent {
                tracing::debug!(%error, "events were not sent");
            }
            if sent.is_err() || !shared.listening() {
                shared.deliver_own(number, || events);
            }
            events = rest;
        }
    }
}

async fn receive(shared: Arc<Shared>, mut messages: broadcast::Receiver<Message>) {
    loop {
        match messages.recv().await {
            Ok(message) if *message.channel == *shared.watchers => shared.watchers_heard(),
            Ok(message) if *message.channel == *shared.events => {
                if let Some(batch) = message.value.as_bytes().and_then(wire::read) {
                    if batch.origin == shared.origin {
                        shared.deliver_own(batch.number, || wire::read_events(batch.events));
                    } else if shared.local.receiver_count() > 0 {
                        deliver(&shared.local, wire::read_events(batch.events));
                    }
                }
            }
            Ok(_) => {}
            Err(RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "batches of events came too fast, watchers miss some")
            }
            Err(RecvError::Closed) => return,
        }
    }
}

async fn announce(shared: Arc<Shared>) {
    loop {
        if shared.local.receiver_count() > 0 {
            shared.announce().await;
        }
        tokio::select! {
            () = shared.watcher_came.notified() => {}
            () = sleep(ANNOUNCE_EVERY) => {}
        }
    }
}

/// Subscribes again after every reconnect, and finds out when the connection is dead without having been closed.
async fn keep_subscribed(shared: &Shared, mut reconnects: broadcast::Receiver<Server>) {
    if !shared.subscribed.load(Ordering::Relaxed) {
        shared.subscribe_channels().await;
    }
    loop {
        tokio::select! {
            reconnect = reconnects.recv() => match reconnect {
                Ok(_) | Err(RecvError::Lagged(_)) => shared.subscribe_channels().await,
                Err(RecvError::Closed) => return,
            },
            () = sleep(PING_EVERY) => {
                // An answer that stays away makes the client reconnect.
                let _ = shared.listener.ping::<()>(None).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::event;
    use super::*;
    use crate::redis::testing::RedisServer;

    #[tokio::test]
    async fn nothing_is_sent_until_somebody_watches_anywhere() {
        let server = RedisServer::start();
        let connection = crate::redis::connect(&server.url()).await.unwrap();
        let start = async || RedisBus::start(&connection, "test:", broadcast::Sender::new(8), 8).await.unwrap();
        let (one, two) = (start().await, start().await);
        assert!(one.watched(), "just started, it can't know");
        one.shared.watched_until.store(0, Ordering::Relaxed);
        one.publish(vec![event("unseen")]);
        assert_eq!(one.shared.waiting.load(Ordering::Relaxed), 0);

        let mut events = two.subscribe();
        two.announce().await;
        let asked = Instant::now();
        while !one.watched() {
            assert!(asked.elapsed() < Duration::from_secs(10), "the other instance did not hear of the watcher");
            tokio::task::yield_now().await;
        }
        one.publish(vec![event("seen")]);
        let seen = timeout(Duration::from_secs(10), events.recv()).await.unwrap().unwrap();
        assert_eq!(super::super::tests::mark(&seen), "seen");
    }

    #[tokio::test]
    async fn what_waits_is_bounded() {
        let server = RedisServer::start();
        let connection = crate::redis::connect(&server.url()).await.unwrap();
        let bus = RedisBus::start(&connection, "test:", broadcast::Sender::new(8), 8).await.unwrap();
        // Nothing is awaited in between, so the sending task can't take any.
        for _ in 0..5 {
            bus.publish(vec![event("a"), event("b"), event("c")]);
        }
        assert_eq!(bus.shared.waiting.load(Ordering::Relaxed), 6);
        assert!(bus.shared.dropping.load(Ordering::Relaxed));
    }
}
