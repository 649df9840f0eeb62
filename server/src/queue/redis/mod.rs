//! The queue in Redis Streams, for any number of instances. This folder is the only one of the queue that knows fred.
//!
//! Per lane and priority a stream `{prefix}:{lane}:pN` with one consumer group, where an entry lives until it is
//! acknowledged, and behind it, once a few jobs wait, a line per share; per lane, priority and share a sorted set
//! `…:later:N:<share>` by due time; and per lane a short stream `…:dead` of what this version cannot read. The lane is the hash tag, braces included, so that a lane lies
//! on one node of a cluster.
//!
//! - `scripts`: what Redis does in one step; `entry`: what a fetch brings
//! - `consumer`: one worker's fetching, acknowledging and housekeeping

mod consumer;
mod entry;
mod scripts;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use fred::clients::Client;
use fred::error::Error;
use fred::interfaces::{ClientLike, EventInterface};
use fred::types::config::{Config, Options, ReconnectPolicy, UnresponsiveConfig};
use fred::types::{Builder, Key, RespVersion, Value};
use futures::future::join_all;
use tokio::sync::Notify;

use self::consumer::Counter;
pub(super) use self::consumer::{Consumer, LocalReceipt, RedisReceipt, RedisSeat, RedisSource};
use self::entry::{Entry, Fetched};
use self::scripts::Scripts;
use super::job::{Hands, Job, LaneDepth, PRIORITIES, QueueError, Share, shelf, stored};
use super::lane::Lane;
use crate::domain::time::{Clock, Timestamp};

/// The consumer group of every stream.
const GROUP: &str = "workers";
/// Redis does nothing else while a script runs, so scripts stay this small.
const CHUNK: usize = 500;
/// Jobs that any worker may have at once, per lane and priority; beyond them each share has its turn. A new share's first
/// job waits for no more than these, so it is a small number; but enough that shares need not be told apart where the
/// workers keep up.
const FRONT: usize = 64;
/// So many jobs of each share and priority find room in a lane that others have filled, be they due or for later: about what
/// a share with 50 a second has between two looks of the sweeper, which brings what finds no room.
const RESERVE: usize = 96;
/// A command without an answer after this time has failed.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long the first connection may take.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);

/// How the queue uses Redis.
#[derive(Debug, Clone)]
pub struct RedisOptions {
    /// What every key starts with.
    pub prefix: String,
    /// Names this process among the consumers: no two that run at once may share it.
    pub instance: String,
    /// How many due jobs a lane holds, and how many for later.
    pub capacity_per_lane: usize,
    /// A job that its consumer has not kept for this long is taken over by another.
    pub reclaim_after: Duration,
}

impl RedisOptions {
    /// 100,000 jobs a lane; jobs are taken over after 30 seconds.
    pub fn new(prefix: impl Into<String>, instance: impl Into<String>) -> Self {
        Self {
            prefix: prefix.into(),
            instance: instance.into(),
            capacity_per_lane: 100_000,
            reclaim_after: Duration::from_secs(30),
        }
    }
}

/// A queue in Redis. Clones share its connections.
#[derive(Clone)]
pub struct RedisQueue {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Clock,
    options: RedisOptions,
    config: Config,
    client: Client,
    scripts: Scripts,
    lanes: RwLock<HashMap<Lane, Arc<LaneKeys>>>,
    consumers: AtomicU64,
    /// Where workers of this process take jobs without Redis between, by lane.
    counters: RwLock<HashMap<Lane, Counter>>,
}

/// The keys of a lane.
struct LaneKeys {
    /// By priority.
    streams: Vec<Key>,
    /// How many jobs are in the lines of all shares and priorities.
    lined: Key,
    /// What is for later: the name that its lines begin with, when something of each is due, how many jobs are in them.
    later: [Key; 3],
    dead: Key,
}

impl Shared {
    /// The configuration of a connection that reads and waits: it goes on trying from the start.
    fn config_for_waiting(&self) -> Config {
        Config { fail_fast: false, ..self.config.clone() }
    }
}

impl LaneKeys {
    fn new(prefix: &str, lane: &Lane) -> Self {
        let key = |name: &str| Key::from(format!("{prefix}:{{{lane}}}:{name}"));
        Self {
            streams: (0..PRIORITIES).map(|priority| key(&format!("p{priority}"))).collect(),
            lined: key("lined"),
            later: ["later", "later:heads", "later:count"].map(key),
            dead: key("dead"),
        }
    }

    fn streams_and_lined(&self) -> Vec<Key> {
        self.streams.iter().chain([&self.lined]).cloned().collect()
    }

    fn all_but_dead(&self) -> Vec<Key> {
        self.streams.iter().chain([&self.lined]).chain(&self.later).cloned().collect()
    }
}

impl RedisQueue {
    pub(super) async fn connect(url: &str, clock: Clock, options: RedisOptions) -> Result<Self, QueueError> {
        let mut config = Config::from_url(url).map_err(|error| QueueError::Config(error.details().to_owned()))?;
        config.version = RespVersion::RESP2;
        let client = client(&config, PATIENCE)?;
        let connected = tokio::time::timeout(CONNECT_PATIENCE, client.init()).await;
        let reached = match connected {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(unavailable(&error)),
            Err(_) => Err(QueueError::Unavailable("no connection within five seconds".to_owned())),
        };
        if let Err(error) = reached {
            let _ = client.quit().await;
            return Err(error);
        }
        log_outages(&client);
        let scripts = Scripts::new();
        let (lanes, consumers, counters) = (RwLock::default(), AtomicU64::new(0), RwLock::default());
        Ok(Self { shared: Arc::new(Shared { clock, options, config, client, scripts, lanes, consumers, counters }) })
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    fn keys(&self, lane: &Lane) -> Arc<LaneKeys> {
        let known = self.shared.lanes.read().unwrap_or_else(PoisonError::into_inner).get(lane).cloned();
        known.unwrap_or_else(|| {
            let mut lanes = self.shared.lanes.write().unwrap_or_else(PoisonError::into_inner);
            let new = || Arc::new(LaneKeys::new(&self.shared.options.prefix, lane));
            lanes.entry(lane.clone()).or_insert_with(new).clone()
        })
    }

    fn capacity(&self) -> Value {
        Value::Integer(i64::try_from(self.shared.options.capacity_per_lane).unwrap_or(i64::MAX))
    }

    /// What `put` in the scripts asks for first.
    fn put_args(&self) -> Vec<Value> {
        let number = |number: usize| Value::from(number.to_string());
        vec![self.capacity(), GROUP.into(), number(FRONT), number(RESERVE)]
    }

    pub(super) fn seat(&self, lane: &Lane, share: Share, priority: u8) -> Option<RedisSeat> {
        self.shared.counters.read().unwrap_or_else(PoisonError::into_inner).get(lane)?.seat(share, priority)
    }

    /// Told where a seat of the lane may have become free; none where no worker is.
    pub(super) fn freed(&self, lane: &Lane) -> Option<Arc<Notify>> {
        Some(self.shared.counters.read().unwrap_or_else(PoisonError::into_inner).get(lane)?.freed())
    }

    /// The place where a worker that starts takes jobs of this process; a former one's closes.
    fn open_counter(&self, lane: &Lane, counter: Counter) {
        self.shared.counters.write().unwrap_or_else(PoisonError::into_inner).insert(lane.clone(), counter);
    }

    /// Jobs go to a worker in this process while one has a free seat: that spares Redis three commands each, and what
    /// is more than this process does at once is everybody's.
    pub(super) async fn push(&self, jobs: Vec<Job>) -> usize {
        let seated =
            |job: &Job| self.seat(&job.lane, job.share, job.priority).is_some_and(|seat| seat.fill(job.clone()));
        let jobs: Vec<_> = jobs.into_iter().filter(|job| !seated(job)).collect();
        if jobs.is_empty() { 0 } else { self.push_out(jobs).await }
    }

    /// Hands jobs to Redis.
    async fn push_out(&self, jobs: Vec<Job>) -> usize {
        let calls = by_lane(jobs, |job| (job, ())).into_iter().flat_map(|(lane, members)| {
            let keys = self.keys(&lane);
            chunks(members).map(move |chunk| {
                let keys = keys.streams_and_lined();
                async move {
                    let all = chunk.len();
                    let mut args = self.put_args();
                    args.extend(chunk.into_iter().map(|(member, ())| member));
                    match self.shared.scripts.push.run(&self.shared.client, keys, args).await {
                        Ok(taken) => all - number(&taken).min(all),
                        Err(error) => not_taken(all, &error),
                    }
                }
            })
        });
        // fred writes what is under way at once in one go, and reads the answers as they come.
        join_all(calls).await.into_iter().sum()
    }

    pub(super) async fn push_at(&self, jobs: Vec<(Job, Timestamp)>) -> usize {
        let now = self.shared.clock.now();
        let (due, later): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|(_, at)| *at <= now);
        let calls = by_lane(later, |job| job).into_iter().flat_map(|(lane, members)| {
            let keys = self.keys(&lane);
            chunks(members).map(move |chunk| {
                let keys = keys.later.to_vec();
                async move {
                    let all = chunk.len();
                    let mut args = Vec::with_capacity(2 * all + 2);
                    args.extend([self.capacity(), Value::from(RESERVE.to_string())]);
                    args.extend(chunk.into_iter().flat_map(|(member, at)| [Value::Integer(at.0), member]));
                    match self.shared.scripts.push_at.run(&self.shared.client, keys, args).await {
                        Ok(refused) => number(&refused).min(all),
                        Err(error) => not_taken(all, &error),
                    }
                }
            })
        });
        let due = self.push(due.into_iter().map(|(job, _)| job).collect());
        let (later, due) = tokio::join!(join_all(calls), due);
        later.into_iter().sum::<usize>() + due
    }

    pub(super) async fn oldest(&self, lane: &Lane, priority: u8, of: Share) -> Result<Option<Timestamp>, QueueError> {
        let stream = self.keys(lane).streams[shelf(priority)].clone();
        let share = of.map(|share| Value::from(share.simple().to_string())).into_iter().collect();
        let answer = self.shared.scripts.oldest.run(&self.shared.client, vec![stream], share).await;
        let millis = answer.map_err(|error| unavailable(&error))?;
        Ok(millis.as_str().and_then(|millis| millis.parse().ok()).map(Timestamp::from_millis))
    }

    pub(super) async fn depth(&self, lane: &Lane) -> Result<LaneDepth, QueueError> {
        let keys = self.keys(lane).all_but_dead();
        let answer = self.shared.scripts.depth.run(&self.shared.client, keys, vec![GROUP.into()]).await;
        let counts: Vec<usize> = answer.map_err(|error| unavailable(&error))?.into_array().iter().map(number).collect();
        let [all, in_hand, delayed] = counts[..] else {
            return Err(QueueError::Unavailable("an answer of three numbers was expected".to_owned()));
        };
        Ok(LaneDepth { waiting: all.saturating_sub(in_hand), in_hand, delayed })
    }

    pub(super) async fn ready(&self) -> bool {
        self.shared.client.with_options(&impatient()).ping::<Value>(None).await.is_ok()
    }

    /// Opens a lane for one worker.
    pub(super) fn open(&self, lane: &Lane, hands: Hands) -> (RedisSource, Consumer) {
        consumer::open(self.clone(), lane, hands)
    }
}

/// A client that reconnects for ever, and whose commands fail after `patience`.
fn client(config: &Config, patience: Duration) -> Result<Client, QueueError> {
    Builder::from_config(config.clone())
        .with_performance_config(|performance| performance.default_command_timeout = patience)
        .with_connection_config(|connection| {
            connection.connection_timeout = Duration::from_secs(2);
            connection.internal_command_timeout = Duration::from_secs(2);
            connection.max_command_attempts = 1;
            connection.max_command_buffer_len = 100_000;
            connection.reconnect_on_auth_error = true;
            connection.tcp.nodelay = Some(true);
            connection.unresponsive =
                UnresponsiveConfig { max_timeout: Some(Duration::from_secs(3)), interval: Duration::from_secs(1) };
        })
        .set_policy(ReconnectPolicy::new_exponential(0, 50, 1000, 2))
        .build()
        .map_err(|error| QueueError::Config(error.details().to_owned()))
}

/// Says once that Redis went away, and once that it is back.
fn log_outages(client: &Client) {
    let away = Arc::new(AtomicBool::new(false));
    let back = away.clone();
    drop(client.on_error(move |(error, _)| {
        if !away.swap(true, Ordering::Relaxed) {
            tracing::warn!(%error, "redis is away, jobs are refused");
        }
        async { Ok(()) }
    }));
    drop(client.on_reconnect(move |_| {
        if back.swap(false, Ordering::Relaxed) {
            tracing::info!("redis is back, jobs are taken");
        }
        async { Ok(()) }
    }));
}

/// Options for a command that fails at once when the connection is down.
fn impatient() -> Options {
    Options { fail_fast: true, max_attempts: Some(1), ..Options::default() }
}

fn unavailable(error: &Error) -> QueueError {
    QueueError::Unavailable(error.to_string())
}

fn not_taken(jobs: usize, error: &Error) -> usize {
    tracing::debug!(jobs, %error, "redis did not take jobs, the sweeper will announce them again");
    jobs
}

/// Groups jobs by lane, in order of arrival, each as its member: a digit for the priority, then the stored job.
fn by_lane<J, T>(jobs: Vec<J>, split: impl Fn(J) -> (Job, T)) -> Vec<(Lane, Vec<(Value, T)>)> {
    let mut lanes: Vec<(Lane, Vec<(Value, T)>)> = Vec::new();
    for job in jobs {
        let (Job { lane, priority, work, share }, with) = split(job);
        let member = (Value::from(format!("{}{}", shelf(priority), stored(work, share))), with);
        match lanes.iter_mut().rev().find(|(its, _)| *its == lane) {
            Some((_, members)) => members.push(member),
            None => lanes.push((lane, vec![member])),
        }
    }
    lanes
}

fn chunks<T>(mut members: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    std::iter::from_fn(move || {
        let rest = members.split_off(members.len().min(CHUNK));
        Some(std::mem::replace(&mut members, rest)).filter(|chunk| !chunk.is_empty())
    })
}

fn number(value: &Value) -> usize {
    value.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests;
