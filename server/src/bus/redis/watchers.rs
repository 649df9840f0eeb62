//! Which instances have watchers. Those that have say so on a pub/sub channel, at once when the first comes and every
//! two seconds, and keep a key in Redis for those that start; the others send events only while they know of one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fred::clients::SubscriberClient;
use fred::prelude::*;
use fred::types::{Expiration, Message};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, broadcast};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::super::KEPT_FOR;
use super::super::hub::Hub;
use super::Names;
use crate::domain::chance::Chance;
use crate::redis::{RedisConnectError, RedisConnection};

const ANNOUNCE_EVERY: Duration = Duration::from_secs(2);
/// How long an announcement counts: longer than the key in Redis, so that a log with the key has no holes.
const KNOWN_FOR: Duration = Duration::from_secs(KEPT_FOR.as_secs() + 60);
/// After a start nobody is known; by then one that watches has said so.
const UNKNOWN_FOR: Duration = Duration::from_secs(7);
/// The listening connection is asked for a sign of life this often; one that gives none is made anew.
const PING_EVERY: Duration = Duration::from_secs(5);
/// How long a start waits for the subscription, which is made later if Redis goes away just then.
const FIRST_SUBSCRIBE: Duration = Duration::from_secs(5);
const SUBSCRIBE_AGAIN_AFTER: Duration = Duration::from_millis(250);
/// How long other instances have to say that they have heard.
const ANSWER_PATIENCE: Duration = Duration::from_secs(1);
/// In a cluster it is not known how many have to.
const CLUSTER_PATIENCE: Duration = Duration::from_millis(100);

pub(super) struct Watchers {
    connection: RedisConnection,
    listener: SubscriberClient,
    names: Arc<Names>,
    hub: Arc<Hub>,
    subscribed: AtomicBool,
    started: Instant,
    /// Until when others are known to watch, in milliseconds since `started`.
    until: AtomicU64,
    /// The same without the time after a start in which they merely may.
    surely_until: AtomicU64,
    /// Somebody began to watch.
    begun: Notify,
    /// What the answers to this instance's question are known by, and how many came.
    question: String,
    answers: AtomicI64,
    answered: Notify,
}

impl Watchers {
    pub async fn start(
        connection: &RedisConnection,
        names: Arc<Names>,
        hub: Arc<Hub>,
        chance: &Chance,
        stop: &CancellationToken,
    ) -> Result<Arc<Self>, RedisConnectError> {
        let watchers = Arc::new(Self {
            connection: connection.clone(),
            listener: connection.subscriber().await?,
            names,
            started: hub.clock.instant(),
            hub,
            subscribed: AtomicBool::new(false),
            until: AtomicU64::new(0),
            surely_until: AtomicU64::new(0),
            begun: Notify::new(),
            question: chance.name(),
            answers: AtomicI64::new(0),
            answered: Notify::new(),
        });
        // Receivers first, so that nothing is missed between.
        let (messages, reconnects) = (watchers.listener.message_rx(), watchers.listener.reconnect_rx());
        let _ = timeout(FIRST_SUBSCRIBE, watchers.subscribe()).await;
        tokio::spawn(stop.clone().run_until_cancelled_owned(listen(Arc::clone(&watchers), messages)));
        tokio::spawn(stop.clone().run_until_cancelled_owned(announce(Arc::clone(&watchers))));
        let keeping = (Arc::clone(&watchers), stop.clone());
        tokio::spawn(async move {
            let (watchers, stop) = keeping;
            stop.run_until_cancelled(keep_subscribed(&watchers, reconnects)).await;
            let _ = watchers.listener.quit().await;
        });
        Ok(watchers)
    }

    /// Whether somebody may be watching, in any instance.
    pub fn anywhere(&self) -> bool {
        self.hub.watched()
            || self.millis() < self.until.load(Ordering::Relaxed)
            || !self.subscribed.load(Ordering::Relaxed)
    }

    /// Whether somebody is known to watch, in any instance.
    pub fn known(&self) -> bool {
        self.hub.watched() || self.millis() < self.surely_until.load(Ordering::Relaxed)
    }

    /// Waits until some instance begins to watch.
    pub async fn asked(&self) {
        self.begun.notified().await;
    }

    /// Tells the other instances that somebody watches here, and waits (a second at most) until they have heard.
    pub async fn tell_all(&self) -> Result<(), Error> {
        self.answers.store(0, Ordering::SeqCst);
        let heard: i64 = self.say(format!("?{}", self.question)).await?;
        let clustered = self.connection.config().server.is_clustered();
        let patience = if clustered { CLUSTER_PATIENCE } else { ANSWER_PATIENCE };
        let all = async {
            loop {
                let answered = self.answered.notified();
                if self.answers.load(Ordering::SeqCst) >= heard && !clustered {
                    return;
                }
                answered.await;
            }
        };
        if timeout(patience, all).await.is_err() && !clustered {
            tracing::debug!("not every instance answered that it heard of a watcher");
        }
        Ok(())
    }

    async fn say(&self, text: String) -> Result<i64, Error> {
        self.connection.ready()?.publish(&self.names.watchers, text).await
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.hub.clock.since(self.started).as_millis()).unwrap_or(u64::MAX)
    }

    fn known_for(&self, time: Duration) {
        let until = self.millis() + time.as_millis() as u64;
        self.until.fetch_max(until, Ordering::Relaxed);
        if time == KNOWN_FOR {
            self.surely_until.fetch_max(until, Ordering::Relaxed);
        }
    }

    async fn hear(&self, text: &str) {
        self.known_for(KNOWN_FOR);
        if let Some(question) = text.strip_prefix('?') {
            self.begun.notify_waiters();
            if let Err(error) = self.say(format!("!{question}")).await {
                tracing::debug!(%error, "another instance was not answered");
            }
        }
        if text.strip_prefix('!') == Some(&self.question) {
            self.answers.fetch_add(1, Ordering::SeqCst);
            self.answered.notify_waiters();
        }
    }

    async fn subscribe(&self) {
        self.subscribed.store(false, Ordering::Relaxed);
        while let Err(error) = self.listener.subscribe(&self.names.watchers).await {
            tracing::debug!(%error, "the event bus is not subscribed yet");
            sleep(SUBSCRIBE_AGAIN_AFTER).await;
        }
        // What was announced meanwhile has left a key; and who watches now says so again soon.
        let watched = match self.connection.ready() {
            Ok(client) => client.exists::<i64, _>(&self.names.watched).await.unwrap_or(0) > 0,
            Err(_) => false,
        };
        self.known_for(if watched { KNOWN_FOR } else { UNKNOWN_FOR });
        self.subscribed.store(true, Ordering::Relaxed);
    }

    async fn announce(&self) -> Result<(), Error> {
        let expiry = Some(Expiration::PX(i64::try_from(KEPT_FOR.as_millis()).unwrap_or(i64::MAX)));
        self.connection.ready()?.set::<(), _, _>(&self.names.watched, "1", expiry, None, false).await?;
        self.say(String::new()).await.map(|_| ())
    }

    #[cfg(test)]
    pub fn forget(&self) {
        self.until.store(0, Ordering::Relaxed);
        self.surely_until.store(0, Ordering::Relaxed);
    }
}

async fn listen(watchers: Arc<Watchers>, mut messages: broadcast::Receiver<Message>) {
    loop {
        match messages.recv().await {
            Ok(message) => watchers.hear(&message.value.as_str().unwrap_or_default()).await,
            Err(RecvError::Lagged(_)) => watchers.known_for(KNOWN_FOR),
            Err(RecvError::Closed) => return,
        }
    }
}

async fn announce(watchers: Arc<Watchers>) {
    let clock = &watchers.hub.clock;
    let mut announced = clock.instant();
    loop {
        sleep(ANNOUNCE_EVERY).await;
        if watchers.hub.watchers() == 0 {
            announced = clock.instant();
            continue;
        }
        match watchers.announce().await {
            Ok(()) => {
                if clock.since(announced) > KEPT_FOR {
                    // Others took it that nobody watches any more.
                    watchers.hub.lost(false);
                    watchers.hub.lost(true);
                }
                announced = clock.instant();
            }
            Err(error) => tracing::debug!(%error, "other instances could not be told that events are watched here"),
        }
    }
}

/// Subscribes again after every reconnect, and finds out when the connection is dead without having been closed.
async fn keep_subscribed(watchers: &Watchers, mut reconnects: broadcast::Receiver<Server>) {
    if !watchers.subscribed.load(Ordering::Relaxed) {
        watchers.subscribe().await;
    }
    loop {
        tokio::select! {
            reconnect = reconnects.recv() => match reconnect {
                Ok(_) | Err(RecvError::Lagged(_)) => watchers.subscribe().await,
                Err(RecvError::Closed) => return,
            },
            () = sleep(PING_EVERY) => {
                // An answer that stays away makes the client reconnect.
                let _ = watchers.listener.ping::<()>(None).await;
            }
        }
    }
}
