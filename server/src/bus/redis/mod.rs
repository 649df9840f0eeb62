//! The bus over Redis. Status events are appended to a stream, the log, that every instance with watchers follows: all
//! of them see the same order, and a connection that is lost for a while loses nothing. New inbox messages travel the
//! same way on a short stream of their own. Each instance numbers what it publishes, so that events that were lost all
//! the same (too many at once, or Redis lost them) are noticed by whoever reads on, and told as lost. So is it when an
//! instance falls silent, since it may have died before it told of what it did.
//!
//! While nobody watches anywhere nothing is sent.
//!
//! - [`send`]: appending; [`follow`]: following both streams, and reading what came before
//! - [`read`]: from entries to events; [`signs`]: which instances are alive; [`watchers`]: which have watchers

mod follow;
mod read;
mod send;
mod signs;
mod watchers;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::{CancellationToken, DropGuard};

use self::follow::Follower;
use self::send::Writer;
use self::watchers::Watchers;
use super::hub::{Hub, sort};
use super::position::Position;
use super::{KEPT_FOR, WatchError};
use crate::domain::chance::Chance;
use crate::domain::event::{Event, StatusEvent};
use crate::domain::inbox::InboxMessage;
use crate::redis::{RedisConnectError, RedisConnection};

/// An instance goes on following for so long after its last watcher has gone: shorter than the log is known to be
/// watched, so that it begins anew in time.
pub(super) const LINGER: Duration = Duration::from_secs(540);

/// Entries that a stream keeps at most, and for how long.
#[derive(Debug, Clone, Copy)]
struct Kept {
    entries: usize,
    time: Duration,
}

/// Nobody resumes these: they can be read. Only a reader that is cut off for a moment needs them.
const INBOX_KEPT: Kept = Kept { entries: 5_000, time: Duration::from_secs(60) };

/// The keys of the bus. All lie on one node of a cluster.
struct Names {
    /// The streams of status events and of inbox messages, each with its head.
    status: Stream,
    inbox: Stream,
    /// A key that is there while somebody watches.
    watched: String,
    /// The pub/sub channel on which instances say that somebody watches.
    watchers: String,
}

#[derive(Clone)]
struct Stream {
    log: String,
    head: String,
    /// What the last number of an origin is kept under, without the origin.
    from: String,
}

impl Names {
    fn new(prefix: &str) -> Self {
        let stream = |name: &str| Stream {
            log: format!("{prefix}{{bus}}:{name}"),
            head: format!("{prefix}{{bus}}:{name}:head"),
            from: format!("{prefix}{{bus}}:{name}:from:"),
        };
        Self {
            status: stream("log"),
            inbox: stream("inbox"),
            watched: format!("{prefix}{{bus}}:watched"),
            watchers: format!("{prefix}{{bus}}:watchers"),
        }
    }
}

/// See [`super::Bus`].
pub struct RedisBus {
    hub: Arc<Hub>,
    watchers: Arc<Watchers>,
    follower: Arc<Follower>,
    status: Arc<Writer<StatusEvent>>,
    inbox: Writer<InboxMessage>,
    _tasks: DropGuard,
}

impl RedisBus {
    pub async fn start(
        connection: &RedisConnection,
        prefix: &str,
        hub: Arc<Hub>,
        chance: Chance,
        (capacity, kept): (usize, usize),
    ) -> Result<Self, RedisConnectError> {
        let names = Arc::new(Names::new(prefix));
        let stop = CancellationToken::new();
        let watchers = Watchers::start(connection, Arc::clone(&names), Arc::clone(&hub), &chance, &stop).await?;
        let follower = Follower::start(connection, Arc::clone(&names), Arc::clone(&hub), Arc::clone(&watchers), &stop);
        let writer = (connection, &watchers, &chance, &stop);
        // A stream is cut by whole nodes: a few more than are promised.
        let kept = Kept { entries: kept + kept / 4, time: KEPT_FOR };
        let status = Arc::new(Writer::start(writer, &names.status, kept, capacity));
        let living = Arc::clone(&status);
        let live = async move { living.live().await };
        tokio::spawn(stop.clone().run_until_cancelled_owned(live));
        let inbox = Writer::start(writer, &names.inbox, INBOX_KEPT, capacity);
        Ok(Self { hub, watchers, follower, status, inbox, _tasks: stop.drop_guard() })
    }

    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    pub fn watched(&self) -> bool {
        self.watchers.anywhere()
    }

    pub fn publish(&self, events: Vec<Event>) {
        if events.is_empty() || !self.watched() {
            return;
        }
        let (status, inbox) = sort(events);
        self.status.put(status);
        self.inbox.put(inbox);
    }

    pub async fn settle(&self) {
        if self.watched() {
            self.status.settle().await;
        }
    }

    /// Waits until what was published is in the streams, and says that nothing comes after it.
    pub async fn end(&self) {
        if self.watched() {
            self.inbox.settle().await;
            self.status.end().await;
        }
    }

    /// Sees to it that events come in.
    pub async fn begin(&self) -> Result<(), WatchError> {
        self.follower.begin().await
    }

    /// Reads older events from Redis, back to a position where they are still there.
    pub async fn backfill(&self, after: Position) -> Result<(), WatchError> {
        self.follower.backfill(after).await
    }
}

impl Drop for RedisBus {
    fn drop(&mut self) {
        self.hub.end();
    }
}

#[cfg(test)]
mod tests;
