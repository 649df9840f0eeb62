//! The sweeper: announces again what is due and held by nobody, ahead of time what is due soon, and takes the outcome
//! of a task whose lease has run out as unknown. On several instances one sweeps at a time.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::announce::{Announcer, HORIZON};
use crate::domain::enums::TaskStatus;
use crate::domain::id::InstanceId;
use crate::domain::task::{Attempt, TaskResult};
use crate::domain::time::{Clock, Timestamp};
use crate::limits::Limits;
use crate::queue::{Job, Lane, Queue};
use crate::store::outcome::OutcomeWriter;
use crate::store::sweep::{due_messages, due_tasks, lost_tasks, messages_announced, tasks_announced};
use crate::store::{Store, StoreError};

/// How often the sweeper runs.
pub const PERIOD: Duration = Duration::from_secs(2);
/// What has been due for less is still on its way to the queue.
const GRACE: Duration = Duration::from_secs(3);
/// Rows of one read.
const PAGE: i64 = 1000;
/// Reads of one sweep: a backlog that waits in its lane is looked through only so far.
const PAGES: usize = 20;
/// The sweeper's lease on being the one that sweeps.
const LEASE: Duration = Duration::from_secs(10);

pub struct Sweeper {
    pub store: Store,
    pub queue: Queue,
    pub limits: Limits,
    pub announcer: Announcer,
    pub outcomes: OutcomeWriter,
    pub clock: Clock,
    pub instance: InstanceId,
}

impl Sweeper {
    /// One sweep; does nothing while another instance sweeps or the queue is away.
    pub async fn sweep(&self) {
        match self.limits.try_lease("sweeper", &self.instance.to_string(), LEASE).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::debug!(%error, "the sweeper waits");
                return;
            }
        }
        for (what, result) in
            [("lost tasks", self.lost().await), ("messages", self.messages().await), ("tasks", self.tasks().await)]
        {
            if let Err(error) = result {
                tracing::warn!(%error, what, "a sweep was cut short");
            }
        }
    }

    /// Tasks whose claimer is gone: nobody knows whether they were sent. They are tried again as long as they may.
    async fn lost(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let lost = lost_tasks(&mut self.store.read().await?, now, PAGE).await?;
        for task in lost {
            tracing::warn!(task.id = %task.id, "a worker was lost while it sent; the outcome is unknown");
            let again = task.retry_count < task.max_retry;
            let detail = "the worker was lost before it recorded the outcome";
            let result = Arc::new(TaskResult {
                task_id: task.id,
                message_id: task.message_id,
                claim: task.claim,
                status: if again { TaskStatus::Retry } else { TaskStatus::Failed },
                retry_count: if again { task.retry_count + 1 } else { task.retry_count },
                // The lease was wait enough.
                due_at: now,
                result_message: Some(detail.to_owned()),
                third_party_response: None,
                error_code: None,
                attempt: Some(Attempt {
                    at: now,
                    outcome: "AMBIGUOUS".to_owned(),
                    detail: Some(detail.to_owned()),
                    duration_us: None,
                }),
            });
            if self.outcomes.put(result).await?.counted && again {
                let job = Announcer::deliver(task.id, task.channel_type, task.lane.as_deref(), task.priority);
                self.announcer.announce(vec![(job, now)]).await;
            }
        }
        Ok(())
    }

    async fn messages(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut held = Held::new(&self.queue);
        let mut from = Timestamp(i64::MIN);
        for _ in 0..PAGES {
            let due = due_messages(&mut self.store.read().await?, from, now.minus(GRACE), PAGE).await?;
            let Some(last) = due.last() else { break };
            from = Timestamp(last.due_at.0 + 1);
            let (mut jobs, mut ids) = (Vec::new(), Vec::new());
            for message in &due {
                let job = Announcer::process(message.id, message.lane.as_deref(), message.priority);
                if !held.holds(&job, message.due_at).await {
                    jobs.push((job, now));
                    ids.push(message.id);
                }
            }
            if !ids.is_empty() {
                if !self.queue.deduplicates() {
                    tracing::info!(messages = ids.len(), "announcing messages that nobody held");
                    messages_announced(&mut self.store.write().await?, &ids, now).await?;
                }
                if self.announcer.announce(jobs).await > 0 {
                    break;
                }
            }
        }
        let soon = due_messages(&mut self.store.read().await?, now, now.plus(HORIZON), PAGE).await?;
        let jobs = soon
            .into_iter()
            .map(|message| (Announcer::process(message.id, message.lane.as_deref(), message.priority), message.due_at));
        self.announcer.announce(jobs.collect()).await;
        Ok(())
    }

    async fn tasks(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut held = Held::new(&self.queue);
        let mut from = Timestamp(i64::MIN);
        for _ in 0..PAGES {
            let due = due_tasks(&mut self.store.read().await?, from, now.minus(GRACE), PAGE).await?;
            let Some(last) = due.last() else { break };
            from = Timestamp(last.due_at.0 + 1);
            let (mut jobs, mut ids) = (Vec::new(), Vec::new());
            for task in &due {
                let job = Announcer::deliver(task.id, task.channel_type, task.lane.as_deref(), task.priority);
                if !held.holds(&job, task.due_at).await {
                    jobs.push((job, now));
                    ids.push(task.id);
                }
            }
            if !ids.is_empty() {
                if !self.queue.deduplicates() {
                    tracing::info!(tasks = ids.len(), "announcing tasks that nobody held");
                    tasks_announced(&mut self.store.write().await?, &ids, now).await?;
                }
                if self.announcer.announce(jobs).await > 0 {
                    break;
                }
            }
        }
        let soon = due_tasks(&mut self.store.read().await?, now, now.plus(HORIZON), PAGE).await?;
        let jobs = soon.into_iter().map(|task| {
            (Announcer::deliver(task.id, task.channel_type, task.lane.as_deref(), task.priority), task.due_at)
        });
        self.announcer.announce(jobs.collect()).await;
        Ok(())
    }
}

/// What the lanes hold, asked once per lane and priority of a sweep. A lane hands out in order, so what was due before
/// its oldest entry is not in it any more. A queue that takes no job twice is simply told again.
struct Held<'a> {
    queue: &'a Queue,
    oldest: HashMap<(Lane, u8), Option<Timestamp>>,
}

impl<'a> Held<'a> {
    fn new(queue: &'a Queue) -> Self {
        Self { queue, oldest: HashMap::new() }
    }

    async fn holds(&mut self, job: &Job, due_at: Timestamp) -> bool {
        if self.queue.deduplicates() {
            return false;
        }
        let key = (job.lane.clone(), job.priority);
        let oldest = match self.oldest.get(&key) {
            Some(oldest) => *oldest,
            None => match self.queue.oldest(&job.lane, job.priority).await {
                Ok(oldest) => *self.oldest.entry(key).or_insert(oldest),
                // The queue is away: announcing would be in vain.
                Err(_) => return true,
            },
        };
        oldest.is_some_and(|oldest| oldest <= due_at.plus(GRACE))
    }
}
