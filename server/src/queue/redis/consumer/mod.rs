//! One worker's consumer of a lane: a task that fetches, one that acknowledges and one that keeps house. None of them
//! ends because Redis is away; each waits and goes on.
//!
//! - here: the fetching task, and what the tasks share; `fetch`: what it asks Redis for
//! - `counter`: jobs handed over within this process; `held`: what is in hand, by share
//! - `turns`: which jobs of a fetch are for those that would wait behind more urgent ones
//! - `acknowledge`: telling Redis what is done
//! - `housekeeping`: delayed jobs, slow ones, and consumers that are gone; `trouble`: waiting while Redis is away

mod acknowledge;
mod counter;
mod fetch;
mod held;
mod housekeeping;
mod trouble;
mod turns;

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use fred::interfaces::{ClientLike, StreamsInterface};
use fred::types::Value;
use tokio::sync::mpsc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

use self::acknowledge::Note;
pub(in crate::queue) use self::counter::{Counter, LocalReceipt, RedisSeat};
use self::fetch::Rounds;
use self::held::{Held, HeldJob, Waits};
use self::trouble::Trouble;
use self::turns::Turns;
use super::{CONNECT_PATIENCE, Entry, Fetched, LaneKeys, RedisQueue, Shared, client, impatient};
use crate::queue::job::{Hands, Job};
use crate::queue::lane::Lane;
use crate::queue::worker::{Delivery, Receipt, Source};

/// Most jobs in one fetch.
const FETCH_MOST: usize = 256;
/// Three quarters of a worker's hands are for jobs that were handed over within this process: enough to be quick, and what comes
/// beyond is shared with the other instances.
const fn seats_of(hands: usize) -> usize {
    hands - hands.div_ceil(4)
}

/// How long an idle worker waits within one read, and so at most until it notices that it should end.
const BLOCK: Duration = Duration::from_secs(1);
/// For how long after Redis was away, and how often, a worker looks for jobs whose delivery it missed: what it asked for
/// before may still be carried out, for an answer that nobody reads.
const RECOVER_FOR: Duration = Duration::from_secs(10);
const RECOVER_EVERY: Duration = Duration::from_millis(500);
/// How often a worker looks again whose hands are free, while all jobs in line are of shares that have theirs.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How many unreadable entries a lane keeps, about.
const DEAD_KEPT: i64 = 1000;
/// How long a worker that ends tries to acknowledge what it has finished.
const LAST_PATIENCE: Duration = Duration::from_secs(3);

/// Stands for a job in hand. Dropped without acknowledgement, it leaves the job to be taken over.
pub(in crate::queue) struct RedisReceipt {
    priority: usize,
    id: String,
    stored: Vec<u8>,
    notes: mpsc::Sender<Note>,
    /// A free hand of the worker; none for the few jobs that an idle read brings beyond what was asked for.
    _hand: Option<OwnedSemaphorePermit>,
    _held: Option<HeldJob>,
}

impl RedisReceipt {
    /// Waits while the acknowledging task is far behind, so that a worker does not run ahead of an absent Redis.
    pub(in crate::queue) async fn acknowledge(self) {
        let _ = self.notes.send(Note::Done { priority: self.priority, id: self.id }).await;
    }

    fn give_back(self) {
        let Self { priority, id, stored, notes, .. } = self;
        let _ = notes.try_send(Note::GiveBack { priority, id, stored });
    }
}

/// Hands a lane's jobs to one worker.
pub(in crate::queue) struct RedisSource {
    deliveries: mpsc::Receiver<Delivery>,
    desk: Arc<Desk>,
}

impl Source for RedisSource {
    fn poll_delivery(&mut self, cx: &mut Context<'_>) -> Poll<Option<Delivery>> {
        self.deliveries.poll_recv(cx)
    }

    fn close(&mut self) {
        self.deliveries.close();
        while let Ok(delivery) = self.deliveries.try_recv() {
            self.desk.give_back(delivery);
        }
    }
}

/// The tasks behind a source. Dropped, they stop as in a crash.
pub(in crate::queue) struct Consumer {
    running: DropGuard,
    tasks: Vec<JoinHandle<()>>,
    desk: Arc<Desk>,
}

impl Consumer {
    /// Ends in order: what was not handed out goes back, what is done is acknowledged, the consumer's name is removed.
    pub(in crate::queue) async fn close(self) {
        drop(self.running);
        for task in self.tasks {
            let _ = task.await;
        }
        let left = std::mem::take(&mut *self.desk.left());
        if !left.is_empty() {
            self.desk.queue.push_out(left).await;
        }
    }
}

/// What the three tasks share.
struct Desk {
    queue: RedisQueue,
    lane: Lane,
    keys: Arc<LaneKeys>,
    /// The consumer's name within the group.
    name: String,
    running: CancellationToken,
    held: Arc<Held>,
    /// Priority and since when, of what was fetched and is not acknowledged, by entry id.
    in_hand: Mutex<HashMap<(usize, String), Instant>>,
    /// Jobs handed over within this process that the worker did not begin before it ended.
    left: Mutex<Vec<Job>>,
}

pub(super) fn open(queue: RedisQueue, lane: &Lane, hands: Hands) -> (RedisSource, Consumer) {
    let (concurrency, seats) = (hands.all, seats_of(hands.all));
    let serial = queue.shared.consumers.fetch_add(1, Ordering::Relaxed);
    let running = CancellationToken::new();
    let desk = Arc::new(Desk {
        name: format!("{}.{serial}", queue.shared.options.instance),
        keys: queue.keys(lane),
        lane: lane.clone(),
        running: running.clone(),
        held: Held::new(hands, seats),
        in_hand: Mutex::default(),
        left: Mutex::default(),
        queue,
    });
    let hands = Arc::new(Semaphore::new(concurrency));
    // Room for all seats, so that one can be filled without waiting.
    let (hand_out, deliveries) = mpsc::channel(FETCH_MOST + seats);
    // Room for every hand and every job that waits for one, so that giving back never has to wait.
    let (notes, noted) = mpsc::channel(concurrency + 2 * FETCH_MOST);
    desk.queue.open_counter(lane, Counter::new(seats, &hands, &desk.held, &hand_out));
    let source = desk.clone();
    let consumer = desk.clone();
    let tasks = vec![
        tokio::spawn(desk.clone().fetch_on(hands, hand_out, notes)),
        tokio::spawn(desk.clone().keep_house()),
        tokio::spawn(desk.acknowledge_on(noted)),
    ];
    (RedisSource { deliveries, desk: source }, Consumer { running: running.drop_guard(), tasks, desk: consumer })
}

impl Desk {
    fn shared(&self) -> &Shared {
        &self.queue.shared
    }

    fn instant(&self) -> Instant {
        self.shared().clock.instant()
    }

    fn in_hand(&self) -> MutexGuard<'_, HashMap<(usize, String), Instant>> {
        self.in_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn left(&self) -> MutexGuard<'_, Vec<Job>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was handed to the worker and not begun is others' to do.
    fn give_back(&self, delivery: Delivery) {
        match delivery.receipt {
            Receipt::Redis(receipt) => receipt.give_back(),
            Receipt::Local(_) => {
                let Delivery { priority, work, share, .. } = delivery;
                self.left().push(Job { lane: self.lane.clone(), priority, work, share });
            }
            Receipt::Memory(_) => {}
        }
    }

    /// Sleeps, but not beyond the end. Returns whether to go on.
    async fn pause(&self, span: Duration) -> bool {
        tokio::select! {
            () = self.running.cancelled() => false,
            () = sleep(span) => true,
        }
    }

    /// Fetches as many jobs as there are free hands, for as long as the worker runs.
    async fn fetch_on(
        self: Arc<Self>,
        hands: Arc<Semaphore>,
        hand_out: mpsc::Sender<Delivery>,
        notes: mpsc::Sender<Note>,
    ) {
        // A read that waits holds up its connection, so it gets one of its own.
        let waiting = match client(&self.shared().config_for_waiting(), 3 * BLOCK) {
            Ok(waiting) => waiting,
            Err(error) => {
                tracing::error!(lane = %self.lane, %error, "a connection to redis cannot be set up");
                return;
            }
        };
        drop(waiting.connect());
        let _ = timeout(CONNECT_PATIENCE, waiting.wait_for_connect()).await;
        let now = self.instant();
        let mut rounds = Rounds { reclaim_at: now, recover_at: None, recover_until: now, turns: Turns::default() };
        let mut trouble = Trouble::default();
        while let Some(mut free) = self.free_hands(&hands).await {
            let mut fetched = match self.fetch(free.num_permits(), &mut rounds).await {
                // What is in line is of shares that have all the hands they may have here.
                Ok(Fetched { entries, lined, .. }) if entries.is_empty() && lined > 0 => {
                    drop(free);
                    self.held.freed().notify_waiters();
                    let _ = timeout(LOOK_EVERY, self.held.ended()).await;
                    continue;
                }
                fetched => fetched.map(|fetched| fetched.entries),
            };
            if matches!(&fetched, Ok(none) if none.is_empty()) && !self.running.is_cancelled() {
                // One hand is enough to wait with; the others may be wanted by this process.
                drop(free.split(free.num_permits() - 1));
                self.held.freed().notify_waiters();
                fetched = self.wait(&waiting).await;
            }
            match fetched {
                Ok(entries) => {
                    trouble.over(&self.lane);
                    for (entry, held) in self.line_up(entries).await {
                        self.hand_out(entry, held, free.split(1), &hand_out, &notes).await;
                    }
                    drop(free);
                    self.held.freed().notify_waiters();
                }
                Err(error) => {
                    drop(free);
                    // What waits there can't be had: nothing overtakes it.
                    self.held.waits(Waits::default());
                    let now = self.instant();
                    (rounds.recover_at, rounds.recover_until) = (Some(now), now + RECOVER_FOR);
                    if !self.pause(trouble.wait(&self.lane, &error)).await {
                        break;
                    }
                }
            }
        }
        drop((hand_out, notes));
        let _ = timeout(LAST_PATIENCE, waiting.quit()).await;
    }

    /// Waits for a free hand, and takes up to a fetch's worth of them; none when the worker ends.
    async fn free_hands(&self, hands: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
        let mut free = tokio::select! {
            biased;
            () = self.running.cancelled() => return None,
            free = hands.clone().acquire_owned() => free.ok()?,
        };
        let more = hands.available_permits().min(FETCH_MOST - 1);
        if let Ok(more) = hands.clone().try_acquire_many_owned(u32::try_from(more).unwrap_or(0)) {
            free.merge(more);
        }
        Some(free)
    }

    async fn hand_out(
        &self,
        entry: Entry,
        held: Option<HeldJob>,
        hand: Option<OwnedSemaphorePermit>,
        hand_out: &mpsc::Sender<Delivery>,
        notes: &mpsc::Sender<Note>,
    ) {
        self.in_hand().insert((entry.priority, entry.id.clone()), self.instant());
        match entry.job() {
            Ok((work, share)) => {
                let priority = u8::try_from(entry.priority).unwrap_or(u8::MAX);
                let Entry { priority: shelf, id, stored } = entry;
                let receipt =
                    RedisReceipt { priority: shelf, id, stored, notes: notes.clone(), _hand: hand, _held: held };
                let delivery = Delivery { priority, work, share, receipt: Receipt::Redis(receipt) };
                if let Err(refused) = hand_out.send(delivery).await {
                    self.give_back(refused.0);
                }
            }
            Err(error) => {
                metrics::counter!("posthorn_queue_dead_total").increment(1);
                tracing::error!(lane = %self.lane, %error, "a job was put aside");
                let client = self.shared().client.with_options(&impatient());
                let keep = ("MAXLEN", "~", DEAD_KEPT);
                let fields = vec![("j", Value::from(bytes::Bytes::from(entry.stored)))];
                let key = self.keys.dead.clone();
                if client.xadd::<Value, _, _, _, _>(key, false, keep, "*", fields).await.is_ok() {
                    let _ = notes.send(Note::Done { priority: entry.priority, id: entry.id }).await;
                } else {
                    // Nobody keeps it, so that it is taken over, and put aside, later.
                    self.in_hand().remove(&(entry.priority, entry.id));
                }
            }
        }
    }
}
