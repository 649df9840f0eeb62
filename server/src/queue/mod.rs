//! Lanes: job queues in this process or in Redis, worked by apalis workers.
//!
//! The database is the truth and the queue is a hint: a job may be delivered twice and may be lost. Whoever handles a
//! job looks at its row first, and the sweeper announces again what is due and in nobody's hands.
//!
//! - `lane`: the named queues
//! - `job`: what travels through them, and how it is stored
//! - `worker`: apalis workers over either queue
//! - `memory`: the queue in this process
//! - `redis`: the queue in Redis Streams

mod job;
mod lane;
mod memory;
mod redis;
mod worker;

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use self::job::{Hands, Job, JobError, LaneDepth, PRIORITIES, QueueError, Share, Work};
pub use self::lane::{Lane, LaneKind, ParseLaneError};
pub use self::memory::MemoryQueue;
use self::memory::MemorySeat;
use self::redis::RedisSeat;
pub use self::redis::{RedisOptions, RedisQueue};
use crate::domain::time::{Clock, Timestamp};

/// The job queue. Clones share it.
#[derive(Clone)]
pub enum Queue {
    Memory(MemoryQueue),
    Redis(RedisQueue),
}

/// A free hand of a worker in this process, kept for one job: what fills it is worked at once, and by this process.
/// Dropped, it is free for others.
pub struct Seat(AnySeat);

enum AnySeat {
    Memory(MemorySeat),
    Redis(RedisSeat),
}

impl Seat {
    /// Hands over a job of the seat's lane. Returns whether it was taken: not where the worker has ended meanwhile.
    #[must_use = "a job that was not taken is in nobody's hands"]
    pub fn fill(self, job: Job) -> bool {
        match self.0 {
            AnySeat::Memory(seat) => seat.fill(&job),
            AnySeat::Redis(seat) => seat.fill(job),
        }
    }
}

impl Queue {
    /// A queue in this process. Each lane holds at most `capacity_per_lane` jobs that are due and as many for later.
    pub fn memory(clock: Clock, capacity_per_lane: usize) -> Self {
        Self::Memory(MemoryQueue::new(clock, capacity_per_lane))
    }

    /// A queue in Redis (6.2 or newer; single, sentinel or cluster, by the URL's scheme).
    ///
    /// # Errors
    /// When the URL is malformed, or Redis cannot be reached within five seconds. Once connected, Redis may come and go.
    pub async fn redis(url: &str, clock: Clock, options: RedisOptions) -> Result<Self, QueueError> {
        Ok(Self::Redis(RedisQueue::connect(url, clock, options).await?))
    }

    /// Hands in jobs that are due now, each batch in one round trip. Returns how many were not taken, because their
    /// lane is full or the broker is away (then it fails within a second or so); the sweeper announces them later.
    #[must_use = "jobs that were not taken may be worth a log line"]
    pub async fn push(&self, jobs: Vec<Job>) -> usize {
        let refused = match self {
            Self::Memory(queue) => queue.push(jobs),
            Self::Redis(queue) => Box::pin(queue.push(jobs)).await,
        };
        count_refused(refused)
    }

    /// A free hand for a job of this lane, share and priority, where a worker in this process has one. None where a job waits
    /// for it: with Redis, as far as is known here, where one waits that is more urgent, or has waited long enough.
    pub fn seat(&self, lane: &Lane, share: Share, priority: u8) -> Option<Seat> {
        match self {
            Self::Memory(queue) => queue.seat(lane, share).map(AnySeat::Memory),
            Self::Redis(queue) => queue.seat(lane, share, priority).map(AnySeat::Redis),
        }
        .map(Seat)
    }

    /// Told of each hand of the lane that becomes free in this process; none where no worker is. Whoever found no seat gets the
    /// next one by it: ask for it before looking, so that nothing is missed between.
    pub fn freed(&self, lane: &Lane) -> Option<Arc<Notify>> {
        match self {
            Self::Memory(queue) => Some(queue.freed(lane)),
            Self::Redis(queue) => queue.freed(lane),
        }
    }

    /// Hands in jobs for a later time. The same job with another time replaces the earlier one. Returns how many were
    /// not taken, as [`Self::push`] does. A time that has passed means now.
    #[must_use = "jobs that were not taken may be worth a log line"]
    pub async fn push_at(&self, jobs: Vec<(Job, Timestamp)>) -> usize {
        let refused = match self {
            Self::Memory(queue) => queue.push_at(jobs),
            Self::Redis(queue) => Box::pin(queue.push_at(jobs)).await,
        };
        count_refused(refused)
    }

    /// When the oldest job of this lane and priority that is waiting, or in hand and not acknowledged, was handed in;
    /// none when there is no such job. With `of` a share, the oldest of its jobs. What was due well before that, and is still not done, is lost to the queue.
    ///
    /// Jobs for a later time are handed in when they become due: with Redis up to a tenth of a second after that, by
    /// the clock of the Redis server. Allow for that, and for the time between a commit and its push.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn oldest(&self, lane: &Lane, priority: u8, of: Share) -> Result<Option<Timestamp>, QueueError> {
        match self {
            Self::Memory(queue) => Ok(queue.oldest(lane, priority, of)),
            Self::Redis(queue) => Box::pin(queue.oldest(lane, priority, of)).await,
        }
    }

    /// How full a lane is.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn depth(&self, lane: &Lane) -> Result<LaneDepth, QueueError> {
        match self {
            Self::Memory(queue) => Ok(queue.depth(lane)),
            Self::Redis(queue) => Box::pin(queue.depth(lane)).await,
        }
    }

    /// Whether a job that waits already is not taken a second time: then announcing again costs next to nothing.
    pub const fn deduplicates(&self) -> bool {
        matches!(self, Self::Memory(_))
    }

    /// Whether the queue answers, within a second.
    pub async fn ready(&self) -> bool {
        match self {
            Self::Memory(_) => true,
            Self::Redis(queue) => Box::pin(queue.ready()).await,
        }
    }

    /// Works a lane: hands its jobs to `handler`, at most as many at once as there are `hands` (at least 1), on the Tokio
    /// pool.
    ///
    /// A job is acknowledged when its handler has ended; a handler that panics is logged and its job acknowledged. The
    /// broker being away pauses the work and nothing else. When `shutdown` is cancelled no further jobs are fetched,
    /// what is in hand is finished and acknowledged, and the task ends; the caller sets the deadline. Aborting the task
    /// leaves unacknowledged jobs to be recovered, as a crash would.
    pub fn work<F, Fut>(
        &self,
        lane: Lane,
        hands: impl Into<Hands>,
        shutdown: CancellationToken,
        handler: F,
    ) -> JoinHandle<()>
    where
        F: Fn(Job) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        let hands = hands.into();
        tokio::spawn(worker::run(self.clone(), lane, Hands { all: hands.all.max(1), ..hands }, shutdown, handler))
    }

    fn clock(&self) -> &Clock {
        match self {
            Self::Memory(queue) => queue.clock(),
            Self::Redis(queue) => queue.clock(),
        }
    }
}

fn count_refused(refused: usize) -> usize {
    if refused > 0 {
        metrics::counter!("posthorn_queue_refused_total").increment(refused as u64);
    }
    refused
}
