//! Following both streams while somebody watches here, on a connection of its own; and reading what came before for
//! those who resume.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use fred::clients::Client;
use fred::prelude::*;
use tokio::sync::{Mutex, Notify, watch};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::super::hub::Hub;
use super::super::order::Order;
use super::super::position::Position;
use super::super::{KEPT_FOR, WatchError};
use super::Names;
use super::read::{Entry, Read, Tail};
use super::signs::{NOTICED_WITHIN, Signs};
use super::watchers::Watchers;
use crate::domain::event::StatusEvent;
use crate::domain::inbox::InboxMessage;
use crate::redis::{RedisConnection, Script};

static BEGIN: Script = Script::new(include_str!("begin.lua"));

/// How long a subscriber waits for the stream to be followed.
const BEGIN_PATIENCE: Duration = Duration::from_secs(2);
/// How long Redis holds a read on which nothing comes, and how long its answer may take beyond that.
const BLOCK: Duration = Duration::from_secs(2);
const READ_PATIENCE: Duration = Duration::from_secs(8);
const READ_AGAIN_AFTER: Duration = Duration::from_millis(200);
/// Entries of one read.
const PAGE: u64 = 1_000;
/// How much more is read for one who resumes, since others who lost their connection with it will ask too.
const MARGIN: Duration = Duration::from_secs(10);
/// Messages that are kept in mind while older events are put in order.
const ORDERED: usize = 16_384;

pub(super) struct Follower {
    connection: RedisConnection,
    names: Arc<Names>,
    hub: Arc<Hub>,
    watchers: Arc<Watchers>,
    wanted: Notify,
    /// Who else appends status events.
    signs: Signs,
    /// Changes whenever following has begun.
    begun: watch::Sender<u64>,
    /// One reads older events at a time; the others may find what they need then.
    backfilling: Mutex<()>,
}

impl Follower {
    pub fn start(
        connection: &RedisConnection,
        names: Arc<Names>,
        hub: Arc<Hub>,
        watchers: Arc<Watchers>,
        stop: &CancellationToken,
    ) -> Arc<Self> {
        let follower = Arc::new(Self {
            connection: connection.clone(),
            names,
            hub,
            watchers,
            wanted: Notify::new(),
            signs: Signs::default(),
            begun: watch::Sender::new(0),
            backfilling: Mutex::new(()),
        });
        tokio::spawn(stop.clone().run_until_cancelled_owned(run(Arc::clone(&follower))));
        follower
    }

    /// Waits until the streams are followed.
    pub async fn begin(&self) -> Result<(), WatchError> {
        let mut begun = self.begun.subscribe();
        self.wanted.notify_one();
        let following = timeout(BEGIN_PATIENCE, begun.wait_for(|_| self.hub.follows())).await;
        if matches!(following, Ok(Ok(_))) { Ok(()) } else { Err(WatchError::Unavailable) }
    }

    /// The ends of both streams, once all instances send.
    async fn ends(&self) -> Result<(Position, Position), Error> {
        let Names { status, inbox, watched, .. } = &*self.names;
        let keys: Vec<String> =
            [watched, &status.log, &status.head, &inbox.log, &inbox.head].into_iter().cloned().collect();
        let client = self.connection.ready()?;
        let ends: Vec<u64> = BEGIN.run(client, keys, vec![KEPT_FOR.as_millis().to_string()]).await?;
        let [stamp, number, inbox_stamp, inbox_number] = ends[..] else {
            return Err(Error::new(ErrorKind::Protocol, "four numbers were expected"));
        };
        self.watchers.tell_all().await?;
        Ok((Position { stamp, number }, Position { stamp: inbox_stamp, number: inbox_number }))
    }

    /// Follows until nobody watches any more.
    async fn follow(&self, client: &Client, (status, inbox): (Position, Position)) {
        let (mut status, mut inbox) = (Tail::new(status), Tail::new(inbox));
        let clock = &self.hub.clock;
        let mut looked = clock.instant();
        loop {
            match self.read(client, &status, &inbox).await {
                Ok(mut found) => {
                    let entries = found.remove(&self.names.status.log).unwrap_or_default();
                    self.signs.hear(&entries, clock.instant());
                    self.tell_status(status.read(entries));
                    self.tell_inbox(inbox.read(found.remove(&self.names.inbox.log).unwrap_or_default()));
                    if self.signs.silent(clock.instant()) {
                        tracing::warn!("an instance fell silent; events that it did not tell are lost");
                        self.hub.fell_silent(NOTICED_WITHIN);
                    }
                }
                Err(error) => {
                    tracing::debug!(%error, "events could not be read");
                    sleep(READ_AGAIN_AFTER).await;
                    self.signs.wait_anew(clock.instant());
                }
            }
            if clock.since(looked) > BLOCK {
                looked = clock.instant();
                if self.hub.rest() {
                    return;
                }
            }
            if !self.hub.follows() {
                return;
            }
        }
    }

    async fn read(&self, client: &Client, status: &Tail, inbox: &Tail) -> Result<HashMap<String, Vec<Entry>>, Error> {
        let keys = vec![self.names.status.log.clone(), self.names.inbox.log.clone()];
        let ids = vec![status.last.to_string(), inbox.last.to_string()];
        let block = u64::try_from(BLOCK.as_millis()).ok();
        match timeout(BLOCK + READ_PATIENCE, client.xread_map(Some(PAGE), block, keys, ids)).await {
            Ok(answer) => answer,
            Err(_) => {
                let _ = timeout(READ_PATIENCE, client.force_reconnection()).await;
                Err(Error::new(ErrorKind::Timeout, "no answer to a read"))
            }
        }
    }

    fn tell_status(&self, all: Vec<Read<StatusEvent>>) {
        let mut events = Vec::with_capacity(all.len());
        for read in all {
            match read {
                Read::Event(position, event) => events.push((position, event)),
                Read::Lost => {
                    self.hub.append(events.drain(..));
                    self.hub.lost(false);
                }
            }
        }
        self.hub.append(events);
    }

    fn tell_inbox(&self, all: Vec<Read<InboxMessage>>) {
        for read in all {
            match read {
                Read::Event(_, Some(message)) => self.hub.tell_inbox(message),
                Read::Event(_, None) => {}
                Read::Lost => self.hub.lost(true),
            }
        }
    }

    /// Reads what came after a position and before what is in memory. Where the position is gone nothing changes.
    pub async fn backfill(&self, after: Position) -> Result<(), WatchError> {
        let _alone = self.backfilling.lock().await;
        let (before, end) = self.hub.reach();
        if after.number >= before.number || after.stamp > end.stamp {
            return Ok(());
        }
        let unavailable = |error: Error| {
            tracing::debug!(%error, "older events could not be read");
            WatchError::Unavailable
        };
        let mut from = after.stamp.saturating_sub(MARGIN.as_millis() as u64).to_string();
        let mut entries = Vec::new();
        let client = self.connection.ready().map_err(unavailable)?;
        let began: Option<u64> = client.hget(&self.names.status.head, "began").await.map_err(unavailable)?;
        loop {
            let page: Vec<Entry> = client
                .xrange_values(&self.names.status.log, from, before.to_string(), Some(PAGE))
                .await
                .map_err(unavailable)?;
            let Some((last, _)) = page.last() else { break };
            from = format!("({last}");
            entries.extend(page);
        }
        let silent_until = self.signs.look_back(&entries, before, self.hub.clock.instant());
        self.put_in_front(began, entries, end, silent_until);
        Ok(())
    }

    /// What came until `silent_until` is left out.
    fn put_in_front(&self, began: Option<u64>, mut entries: Vec<Entry>, end: Position, silent_until: Option<u64>) {
        let Some(first) = entries.first().and_then(|(id, _)| id.parse::<Position>().ok()) else { return };
        let mut before = match began {
            // The log from its very beginning.
            Some(stamp) if first.number == 1 => Position { stamp, number: 0 },
            _ => {
                entries.remove(0);
                first
            }
        };
        let mut older = Vec::with_capacity(entries.len());
        let mut order = Order::new(ORDERED);
        let mut last = before;
        for read in Tail::new(before).read::<StatusEvent>(entries) {
            match read {
                Read::Event(position, event) => {
                    if position.number != last.number + 1 {
                        return;
                    }
                    last = position;
                    if silent_until.is_some_and(|until| position.stamp <= until) {
                        before = Position::hole_before(position.number + 1);
                        continue;
                    }
                    let age = Duration::from_millis(end.stamp.saturating_sub(position.stamp));
                    older.push((position, event.and_then(|event| order.admit(event)).map(Arc::new), age));
                }
                // Who resumes from before this would not be told what is missing.
                Read::Lost => {
                    before = Position::hole_before(last.number + 1);
                    older.clear();
                }
            }
        }
        self.hub.prepend(before, older);
    }
}

/// Follows whenever it is wanted.
async fn run(follower: Arc<Follower>) {
    let mut client = None;
    loop {
        follower.wanted.notified().await;
        let clock = &follower.hub.clock;
        let wanted = clock.instant();
        while clock.since(wanted) < BEGIN_PATIENCE && !follower.hub.follows() {
            if client.is_none() {
                client = follower.connection.dedicated().await.ok();
            }
            let (Some(client), Ok(ends)) = (&client, follower.ends().await) else {
                sleep(READ_AGAIN_AFTER).await;
                continue;
            };
            follower.signs.forget();
            follower.hub.begin(ends.0);
            follower.begun.send_modify(|times| *times += 1);
            follower.follow(client, ends).await;
        }
    }
}
