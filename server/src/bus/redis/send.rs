//! Appending to a stream: in order, each event once, many in one go. What can't be sent waits, up to a bound; beyond it
//! events are lost, which their numbers tell.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fred::prelude::*;
use serde::Serialize;
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::watchers::Watchers;
use super::{Kept, Stream};
use crate::redis::{RedisConnection, Script};

static APPEND: Script = Script::new(include_str!("append.lua"));

/// Events that are appended in one go at most, and their text in bytes beyond which no more are added.
const MERGED: usize = 500;
const LONG_ENOUGH: usize = 256 * 1024;
/// How long is waited for what was published to be appended.
const SETTLE_PATIENCE: Duration = Duration::from_millis(100);
/// Between tries to append.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// Appends to one stream.
pub(super) struct Writer<T> {
    shared: Arc<Shared>,
    batches: mpsc::UnboundedSender<Vec<(u64, T)>>,
    /// Most events that may wait.
    capacity: usize,
}

struct Shared {
    connection: RedisConnection,
    watchers: Arc<Watchers>,
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
    /// The number up to which all were appended, or given up.
    done: watch::Sender<u64>,
}

impl<T: Serialize + Send + Sync + 'static> Writer<T> {
    pub fn start(
        (connection, watchers, stop): (&RedisConnection, &Arc<Watchers>, &CancellationToken),
        stream: &Stream,
        kept: Kept,
        capacity: usize,
    ) -> Self {
        let origin = uuid::Uuid::from_bytes(rand::random()).simple().to_string();
        let shared = Arc::new(Shared {
            connection: connection.clone(),
            watchers: Arc::clone(watchers),
            log: stream.log.clone(),
            head: stream.head.clone(),
            from: format!("{}{}", stream.from, &origin[..12]),
            kept,
            last: Mutex::new(0),
            waiting: AtomicUsize::new(0),
            troubled: AtomicBool::new(false),
            overflowed: AtomicBool::new(false),
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
        let (shared, count) = (&self.shared, events.len());
        let mut last = shared.last.lock().unwrap_or_else(PoisonError::into_inner);
        let first = *last + 1;
        *last += count as u64;
        if shared.waiting.fetch_add(count, Ordering::Relaxed) + count > self.capacity {
            shared.waiting.fetch_sub(count, Ordering::Relaxed);
            metrics::counter!("posthorn_bus_events_dropped_total").increment(count as u64);
            if !shared.overflowed.swap(true, Ordering::Relaxed) {
                tracing::warn!("events come faster than redis takes them, watchers miss some");
            }
            return;
        }
        // Fails only when the sending task has ended, that is when the bus has.
        let _ = self.batches.send((first..).zip(events).collect());
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

    #[cfg(test)]
    pub fn waiting(&self) -> usize {
        self.shared.waiting.load(Ordering::Relaxed)
    }
}

/// Sends what waits; ends with the bus.
async fn send<T: Serialize + Send + Sync + 'static>(
    shared: Arc<Shared>,
    mut batches: mpsc::UnboundedReceiver<Vec<(u64, T)>>,
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
        if shared.waiting.fetch_sub(events.len(), Ordering::Relaxed) == events.len() {
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
            sleep(Duration::from_millis(rand::random_range(0..20))).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }
}

/// Numbers and texts of events from the front, as many as go together, and how many those are. One that can't be
/// written is empty.
fn write<T: Serialize>(events: &[(u64, T)]) -> (Vec<Value>, usize) {
    let mut pairs = Vec::with_capacity(2 * events.len().min(MERGED));
    let mut length = 0;
    for (number, event) in events.iter().take(MERGED) {
        let text = serde_json::to_string(event).unwrap_or_default();
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
        let events: Vec<_> = (1..=10u64).map(|number| (number, long.clone())).collect();
        assert_eq!(write(&events).1, 3);
        let many: Vec<_> = (1..=1_000u64).map(|number| (number, "x")).collect();
        let (pairs, taken) = write(&many);
        assert_eq!((pairs.len(), taken), (2 * MERGED, MERGED));
        assert_eq!(pairs[..2], [Value::from("1"), Value::from("\"x\"")]);
    }
}
