//! Announcing work: which job goes to which lane, and how far ahead the queue is told. What it is not told, or refuses,
//! stays in the database, where the sweeper finds it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::domain::channel_config::ChannelConfig;
use crate::domain::enums::ChannelType;
use crate::domain::id::{MessageId, TaskId, TenantId};
use crate::domain::time::{Clock, Timestamp};
use crate::queue::{Job, Lane, Queue, Seat, Work};
use crate::store::step::Released;

/// Work due later than this is left to the sweeper, so that the queue stays small.
pub const HORIZON: Duration = Duration::from_secs(120);

/// Hands jobs to the queue.
#[derive(Clone)]
pub struct Announcer {
    queue: Queue,
    clock: Clock,
}

/// A job and when it is due.
pub type Due = (Job, Timestamp);

impl Announcer {
    pub const fn new(queue: Queue, clock: Clock) -> Self {
        Self { queue, clock }
    }

    /// The job that runs a message's chain. It should be given its tenant's share.
    pub fn process(id: MessageId, lane: Option<&str>, priority: u8) -> Job {
        Job { lane: Lane::process(lane.map(Arc::from)), priority, work: Work::Process(id), share: None }
    }

    /// The job that sends a task. It should be given its channel config's share.
    pub fn deliver(id: TaskId, channel_type: ChannelType, lane: Option<&str>, priority: u8) -> Job {
        Job { lane: Lane::deliver(channel_type, lane.map(Arc::from)), priority, work: Work::Deliver(id), share: None }
    }

    /// Announces the tasks of a step that may be sent now.
    pub async fn announce_released(&self, released: &[Released]) {
        if released.is_empty() {
            return;
        }
        let job = |task: &Released| {
            let job = Self::deliver(task.id, task.channel_type, task.lane.as_deref(), task.priority);
            (job.of(task.channel_config_id.0), task.due_at)
        };
        self.announce(released.iter().map(job).collect()).await;
    }

    /// A free hand of this process for a task of that config and lane.
    pub fn seat(&self, config: &ChannelConfig, lane: Option<&str>, priority: u8) -> Option<Seat> {
        self.queue.seat(&Lane::deliver(config.channel_type, lane.map(Arc::from)), Some(config.id.0), priority)
    }

    /// Told where such a hand may have become free; none where this process has no worker for it.
    pub fn freed(&self, config: &ChannelConfig, lane: Option<&str>) -> Option<Arc<Notify>> {
        self.queue.freed(&Lane::deliver(config.channel_type, lane.map(Arc::from)))
    }

    /// A free hand of this process for the chain of a message of that tenant, lane and priority.
    pub fn process_seat(&self, tenant: TenantId, lane: Option<&str>, priority: u8) -> Option<Seat> {
        self.queue.seat(&Lane::process(lane.map(Arc::from)), Some(tenant.0), priority)
    }

    /// Announces jobs at their times. Answers how many the queue did not take: its lane is full, or it is away.
    pub async fn announce(&self, jobs: Vec<Due>) -> usize {
        let now = self.clock.now();
        let far = now.plus(HORIZON);
        let (mut at_once, mut later) = (Vec::with_capacity(jobs.len()), Vec::new());
        for (job, due) in jobs {
            if due <= now {
                at_once.push(job);
            } else if due <= far {
                later.push((job, due));
            }
        }
        let mut refused = 0;
        if !at_once.is_empty() {
            refused += self.queue.push(at_once).await;
        }
        if !later.is_empty() {
            refused += self.queue.push_at(later).await;
        }
        if refused > 0 {
            tracing::debug!(refused, "the queue did not take every job; the sweeper will announce them");
        }
        refused
    }
}
