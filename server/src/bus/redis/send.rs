//! Appending to a stream: in order, each event once, many in one go. What can't be sent waits, up to a bound; beyond it
//! events are lost, which their numbers tell. While somebody watches, a sign of life is appended every two seconds, and at
//! the end a last word: who falls silent without it may have taken events along.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fred::prelude::*;
use serde::Serialize;
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::signs::{ALIVE, BYE, SIGN_EVERY};
use super::watchers::Watchers;
use super::{Kept, Stream};
use crate::domain::chance::Chance;
use crate::redis::{RedisConnection, Script};

static APPEND: Script = Script::new(include_str!("append.lua"));

/// Events that are appended in one go at most, and their text in bytes beyond which no more are added.
const MERGED: usize = 500;
const LONG_ENOUGH: usize = 256 * 1024;
/// How long is waited for what was published to be appended.
const SETTLE_PATIENCE: Duration = Duration::from_millis(100);
/// The same at the end.
const LAST_PATIENCE: Duration = Duration::from_secs(2);
/// So that instances do not try in step.
const APART: Duration = Duration::from_millis(20);
/// Between tries to append.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// Appends to one stream.
pub(super) struct Writer<T> {
    shared: Arc<Shared>,
    batches: mpsc::UnboundedSender<Vec<(u64, Said<T>)>>,
    /// Most events that may wait.
    capacity: usize,
}

/// What an entry says.
enum Said<T> {
    Event(T),
    /// [`ALIVE`] or [`BYE`].
    Sign(&'static str),
}

struct Shared {
    connection: RedisConnection,
    watchers: Arc<Watchers>,
    chance: Chance,
    log: String,
    head: String,
    /// Where the last number of this origin is kept.
    from: String,
    kept: Kept,
    /// The number of the last event. Held while a batch is put into the queue, so that it is in the order of numbers.
    last: Mutex<u64>,
    waiting: AtomicUsize,
    /// Redis does not take any at present.
    troubled: AtomicBool,
    /// More came than fits; said once until all that waited has gone.
    overflowed: AtomicBool,
    /// A sign of life is not appended yet.
    sign_waits: AtomicBool,
    /// The last word was put: what still comes is followed by another.
    ended: AtomicBool,
    /// The number up to which all were appended, or given up.
    done: watch::Sender<u64>,
}

impl<T: Serialize + Send + Sync + 'static> Writer<T> {
    pub fn start(
        (connection, watchers, chance, stop): (&RedisConnection, &Arc<Watchers>, &Chance, &CancellationToken),
        stream: &Stream,
        kept: Kept,
        capacity: usize,
    ) -> Self {
        let origin = chance.name();
        let shared = Arc::new(Shared {
            connection: connection.clone(),
            watchers: Arc::clone(watchers),
            chance: chance.clone(),
            log: stream.log.clone(),
            head: stream.head.clone(),
            from: format!("{}{}", stream.from, &origin[..12]),
            kept,
            last: Mutex::new(0),
            waiting: AtomicUsize::new(0),
            troubled: AtomicBool::new(false),
            overflowed: AtomicBool::new(false),
            sign_waits: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            done: watch::Sender::new(0),
        });
        let (batches, receiver) = mpsc::unbounded_channel();
        tokio::spawn(send(Arc::clone(&shared), receiver, stop.clone()));
        Self { shared, batches, capacity }
    }

    /// Never waits and never fails.
    pub fn put(&self, events: Vec<T>) {
        if events.is_empty() {
            return;
        }
        let count = events.len();
        let last_word = self.shared.ended.load(Ordering::Relaxed).then_some(Said::Sign(BYE));
        self.say(events.into_iter().map(Said::Event).chain(last_word).collect(), count);
    }

    /// `count` of these are events.
    fn say(&self, all: Vec<Said<T>>, count: usize) {
        let shared = &self.shared;
        let mut last = shared.last.lock().unwrap_or_else(PoisonError::into_inner);
        let first = *last + 1;
        *last += all.len() as u64;
        if shared.waiting.fetch_add(count, Ordering::Relaxed) + count > self.capacity {
            shared.waiting.fetch_sub(count, Ordering::Relaxed);
            metrics::counter!("posthorn_bus_events_dropped_total").increment(count as u64);
            if !shared.overflowed.swap(true, Ordering::Relaxed) {
                tracing::warn!("events come faster than redis takes them, watchers miss some");
            }
            return;
        }
        // Fails only when the sending task has ended, that is when the bus has.
        let _ = self.batches.send((first..).zip(all).collect());
    }

    /// Waits until all that was put so far is in the stream; not where Redis does not take any.
    pub async fn settle(&self) {
        let target = *self.shared.last.lock().unwrap_or_else(PoisonError::into_inner);
        let mut done = self.shared.done.subscribe();
        let in_vain = || [&self.shared.troubled, &self.shared.overflowed].iter().any(|it| it.load(Ordering::Relaxed));
        if *done.borrow() >= target || in_vain() {
            return;
        }
        let _ = timeout(SETTLE_PATIENCE, done.wait_for(|done| *done >= target)).await;
    }

    /// Says every two seconds, while somebody is known to watch, that this origin is alive; at once when somebody begins to.
    pub async fn live(&self) {
        loop {
            let shared = &self.shared;
            let says = shared.watchers.known() && !shared.ended.load(Ordering::Relaxed);
            if says && !shared.sign_waits.swap(true, Ordering::Relaxed) {
                self.say(vec![Said::Sign(ALIVE)], 0);
            }
            let _ = timeout(SIGN_EVERY, self.shared.watchers.asked()).await;
        }
    }

    /// Says that this origin ends, and waits (two seconds at most) until that and all before it is in the stream.
    pub async fn end(&self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        self.say(vec![Said::Sign(BYE)], 0);
        let target = *self.shared.last.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = timeout(LAST_PATIENCE, self.shared.done.subscribe().wait_for(|done| *done >= target)).await;
    }

    #[cfg(test)]
    pub fn waiting(&self) -> usize {
        self.shared.waiting.load(Ordering::Relaxed)
    }
}

/// Sends what waits; ends with the bus.
async fn send<T: Serialize + Send + Sync + 'static>(
    shared: Arc<Shared>,
    mut batches: mpsc::UnboundedReceiver<Vec<(u64, Said<T>)>>,
    stop: CancellationToken,
) {
    while let Some(mut events) = batches.recv().await {
        while events.len() < MERGED {
            let Ok(more) = batches.try_recv() else { break };
            events.extend(more);
        }
        let mut rest = events.as_slice();
        while !rest.is_empty() {
            let (pairs, taken) = write(rest);
            shared.append(pairs, &stop).await;
            shared.done.send_replace(rest[taken - 1].0);
            rest = &rest[taken..];
        }
        let count = events.iter().filter(|(_, said)| matches!(said, Said::Event(_))).count();
        if count < events.len() {
            shared.sign_waits.store(false, Ordering::Relaxed);
        }
        if shared.waiting.fetch_sub(count, Ordering::Relaxed) == count {
            shared.overflowed.store(false, Ordering::Relaxed);
        }
    }
}

impl Shared {
    /// Appends, and tries again while Redis is away and somebody watches.
    async fn append(&self, pairs: Vec<Value>, stop: &CancellationToken) {
        let keys = vec![self.log.clone(), self.head.clone(), self.from.clone()];
        let limits = [self.kept.entries.to_string(), self.kept.time.as_millis().to_string()];
        let arguments: Vec<Value> = limits.into_iter().map(Value::from).chain(pairs).collect();
        let mut pause = PAUSES.0;
        loop {
            let answer = match self.connection.ready() {
                Ok(client) => APPEND.run::<Value, _>(client, keys.clone(), arguments.clone()).await,
                Err(error) => Err(error),
            };
            let Err(error) = answer else {
                self.troubled.store(false, Ordering::Relaxed);
                return;
            };
            tracing::debug!(%error, "events wait to be appended");
            self.troubled.store(true, Ordering::Relaxed);
            if !self.watchers.anywhere() || stop.is_cancelled() {
                return;
            }
            let _ = timeout(pause, stop.cancelled()).await;
            sleep(self.chance.part_of(APART)).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }
}

/// Numbers and texts of events from the front, as many as go together, and how many those are. One that can't be
/// written is empty.
fn write<T: Serialize>(events: &[(u64, Said<T>)]) -> (Vec<Value>, usize) {
    let mut pairs = Vec::with_capacity(2 * events.len().min(MERGED));
    let mut length = 0;
    for (number, event) in events.iter().take(MERGED) {
        let text = match event {
            Said::Event(event) => serde_json::to_string(event).unwrap_or_default(),
            Said::Sign(sign) => (*sign).to_owned(),
        };
        length += text.len();
        pairs.push(Value::from(number.to_string()));
        pairs.push(Value::from(text));
        if length > LONG_ENOUGH {
            break;
        }
    }
    let taken = pairs.len() / 2;
    (pairs, taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_batch_is_cut() {
        let long = "x".repeat(LONG_ENOUGH / 3);
        let events: Vec<_> = (1..=10u64).map(|number| (number, Said::Event(long.clone()))).collect();
        assert_eq!(write(&events).1, 3);
        let many: Vec<_> = (1..=1_000u64).map(|number| (number, Said::Event("x"))).collect();
        let (pairs, taken) = write(&many);
        assert_eq!((pairs.len(), taken), (2 * MERGED, MERGED));
        assert_eq!(pairs[..2], [Value::from("1"), Value::from("\"x\"")]);
        assert_eq!(write(&[(7, Said::<u64>::Sign(BYE))]).0, [Value::from("7"), Value::from(BYE)]);
    }
}
