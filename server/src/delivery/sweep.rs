//! The sweeper: announces again what is due and held by nobody, ahead of time what is due soon, and takes the outcome
//! of a task whose lease has run out as unknown. On several instances one sweeps at a time.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::deliver::lease;
use super::jumps::Jumps;
use super::settle::lose;
use super::tell::{count_end, tell_present};
use crate::announce::{Announcer, Due, HORIZON};
use crate::bus::Bus;
use crate::catalog::Catalog;
use crate::channels::Unknown;
use crate::domain::enums::{TaskStatus, UnknownPolicy};
use crate::domain::id::{ChannelConfigId, InstanceId, MessageId, TaskId, TenantId};
use crate::domain::time::{Clock, Timestamp};
use crate::limits::Limits;
use crate::queue::{Job, Lane, Queue, Share};
use crate::store::fresh::list_what_is_left;
use crate::store::outcome::OutcomeWriter;
use crate::store::sweep::{
    After, due_messages, due_tasks, lost_tasks, messages_announced, tasks_announced, unknown_channel_types,
};
use crate::store::{Store, StoreError};

/// How often the sweeper runs.
pub const PERIOD: Duration = Duration::from_secs(2);
/// What has been due for less is still on its way to the queue.
const GRACE: Duration = Duration::from_secs(3);
/// Rows of one read.
const PAGE: i64 = 1000;
/// Reads of one sweep and span; and how many more that pass over those who have had much of the first ones.
const PAGES: usize = 20;
const PAGES_FOR_OTHERS: usize = 5;
/// How many groups a read passes over at most, and of how many shares the lanes are asked in a sweep.
const PASSED_OVER: usize = 100;
/// The sweeper's lease on being the one that sweeps.
const LEASE: Duration = Duration::from_secs(10);
/// How often tasks are looked for that this version can't read: it walks all that is due.
const UNKNOWN_PERIOD: Duration = Duration::from_secs(300);

pub struct Sweeper {
    pub store: Store,
    pub queue: Queue,
    pub limits: Limits,
    pub catalog: Catalog,
    pub announcer: Announcer,
    pub outcomes: OutcomeWriter,
    pub bus: Bus,
    pub clock: Clock,
    pub jumps: Jumps,
    pub unknown: Unknowns,
    pub instance: InstanceId,
}

impl Sweeper {
    /// One sweep; does nothing while another instance sweeps or the queue is away.
    pub async fn sweep(&self) {
        let lease = lease(&self.catalog.settings());
        // Asked on every instance, and not only when it is this one's turn: a jump is to be noticed when it happens.
        let believed = self.jumps.leases_can_be_believed(self.clock.now(), self.clock.instant(), lease);
        match self.limits.try_lease("sweeper", &self.instance.to_string(), LEASE).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::debug!(%error, "the sweeper waits");
                return;
            }
        }
        let left = list_what_is_left(&self.store, self.clock.now()).await;
        let lost = if believed { self.lost().await } else { Ok(()) };
        let results = [
            ("fresh batches", left),
            ("lost tasks", lost),
            ("messages", self.messages().await),
            ("tasks", self.tasks().await),
            ("unknown channels", self.unknown().await),
        ];
        for (what, result) in results {
            if let Err(error) = result {
                tracing::warn!(%error, what, "a sweep was cut short");
            }
        }
    }

    /// Tasks whose claimer is gone: nobody knows whether they were sent. They are tried again as long as they may, and
    /// as their config says.
    async fn lost(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let execution = self.catalog.settings().execution;
        let lost = lost_tasks(&mut self.store.read().await?, now, PAGE).await?;
        for task in lost {
            tracing::warn!(task.id = %task.id, "a worker was lost while it sent; the outcome is unknown");
            let tenant = match self.catalog.tenant(task.tenant_id).await {
                Ok(tenant) => tenant,
                Err(error) => {
                    tracing::warn!(task.id = %task.id, %error, "a lost task waits for the next sweep");
                    continue;
                }
            };
            let config = tenant.as_ref().and_then(|tenant| tenant.channel(task.channel_config_id));
            // Nothing is sent any more with a config that was deleted, so there trying again does no harm.
            let unknown = config.map_or(Unknown::Policy(UnknownPolicy::Retry), |open| Unknown::of(&open.config));
            let result = Arc::new(lose(&task, unknown, execution, now));
            let recorded = match self.outcomes.put(result).await {
                Ok(recorded) => recorded,
                Err(error) => {
                    tracing::warn!(task.id = %task.id, %error, "a lost task waits for the next sweep");
                    continue;
                }
            };
            if recorded.counted {
                let skipped = recorded.skipped.iter().map(|skipped| skipped.id);
                let changed: Vec<TaskId> = skipped.chain([task.id]).collect();
                tell_present(&self.bus, &self.store, task.message_id, &changed).await;
            }
            if recorded.ended {
                count_end(recorded.message_status);
            }
            self.announcer.announce_released(&recorded.released).await;
            if recorded.counted && recorded.task_status == TaskStatus::Retry {
                let job = Announcer::deliver(task.id, task.channel_type, task.lane.as_deref(), task.priority)
                    .of(task.channel_config_id.0);
                self.announcer.announce(vec![(job, now)]).await;
            }
        }
        Ok(())
    }

    async fn messages(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let lanes = self.lanes().await?;
        let mut held = Held::new(&self.queue);
        for (from, until, overdue) in spans(now) {
            let (mut after, mut groups) = (After::from(from), Groups::default());
            for page in 0..PAGES + PAGES_FOR_OTHERS {
                let without = groups.passed_over(page);
                let due = due_messages(&mut self.store.read().await?, after, until, without, PAGE).await?;
                let Some(last) = due.last() else { break };
                after = After { due_at: last.due_at, id: last.id.0 };
                let mut jobs: HashMap<(Option<String>, u8, TenantId), Announcement<MessageId>> = HashMap::new();
                for message in due {
                    let lane = message.lane.as_deref().filter(|lane| lanes.contains(*lane));
                    let job = Announcer::process(message.id, lane, message.priority).of(message.tenant_id.0);
                    let group = (message.lane, message.priority, message.tenant_id);
                    if overdue && held.holds(&job, message.due_at).await {
                        // What comes later in its line is held too.
                        groups.pass_over(group);
                        continue;
                    }
                    jobs.entry(group).or_default().push(message.id, job, message.due_at.max(now));
                }
                for (group, announcement) in jobs {
                    if overdue && !self.queue.deduplicates() {
                        tracing::info!(messages = announcement.ids.len(), "announcing messages that nobody held");
                        messages_announced(&mut self.store.write().await?, &announcement.ids, now).await?;
                    }
                    groups.count(&group, announcement.jobs.len());
                    if self.announcer.announce(announcement.jobs).await > 0 {
                        groups.pass_over(group);
                    }
                }
            }
        }
        Ok(())
    }

    async fn tasks(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let lanes = self.lanes().await?;
        let mut held = Held::new(&self.queue);
        for (from, until, overdue) in spans(now) {
            let (mut after, mut groups) = (After::from(from), Groups::default());
            for page in 0..PAGES + PAGES_FOR_OTHERS {
                let without = groups.passed_over(page);
                let due = due_tasks(&mut self.store.read().await?, after, until, without, PAGE).await?;
                let Some(last) = due.last() else { break };
                after = After { due_at: last.due_at, id: last.id.0 };
                let mut jobs: HashMap<(ChannelConfigId, Option<String>, u8), Announcement<TaskId>> = HashMap::new();
                for task in due {
                    let lane = task.lane.as_deref().filter(|lane| lanes.contains(*lane));
                    let job = Announcer::deliver(task.id, task.channel_type, lane, task.priority)
                        .of(task.channel_config_id.0);
                    let group = (task.channel_config_id, task.lane, task.priority);
                    if overdue && held.holds(&job, task.due_at).await {
                        groups.pass_over(group);
                        continue;
                    }
                    jobs.entry(group).or_default().push(task.id, job, task.due_at.max(now));
                }
                for (group, announcement) in jobs {
                    if overdue && !self.queue.deduplicates() {
                        tracing::info!(tasks = announcement.ids.len(), "announcing tasks that nobody held");
                        tasks_announced(&mut self.store.write().await?, &announcement.ids, now).await?;
                    }
                    groups.count(&group, announcement.jobs.len());
                    if self.announcer.announce(announcement.jobs).await > 0 {
                        groups.pass_over(group);
                    }
                }
            }
        }
        Ok(())
    }

    /// Says once which tasks are left to a version that knows their channel.
    async fn unknown(&self) -> Result<(), StoreError> {
        if !self.unknown.is_time(self.clock.instant()) {
            return Ok(());
        }
        let overdue = self.clock.now().minus(GRACE);
        for channel_type in unknown_channel_types(&mut self.store.read().await?, overdue).await? {
            if self.unknown.is_new(&channel_type) {
                tracing::error!(
                    channel = %channel_type,
                    "tasks wait for a version that knows their channel; cancelMessage ends them"
                );
            }
        }
        Ok(())
    }

    /// The green-channel lanes that have workers. What was accepted for another goes to the general lane.
    async fn lanes(&self) -> Result<HashSet<String>, StoreError> {
        Ok(self.catalog.lanes().await?.into_iter().collect())
    }
}

/// The channel types of stored tasks that this version does not know, as far as it was said.
#[derive(Debug, Default)]
pub struct Unknowns(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    looked: Option<Instant>,
    types: HashSet<String>,
}

impl Unknowns {
    fn is_time(&self, at: Instant) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = told.looked.is_none_or(|last| at.saturating_duration_since(last) >= UNKNOWN_PERIOD);
        if due {
            told.looked = Some(at);
        }
        due
    }

    fn is_new(&self, channel_type: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).types.insert(channel_type.to_owned())
    }
}

/// What a sweep looks at: what has been due for a while, and may be lost; and what is due soon.
fn spans(now: Timestamp) -> [(Timestamp, Timestamp, bool); 2] {
    [(Timestamp(0), now.minus(GRACE), true), (now, now.plus(HORIZON), false)]
}

/// Rows of one share, lane and priority, as they were met in a sweep: who has much to do must not keep the sweeper from the
/// others.
struct Groups<G> {
    passed_over: Vec<G>,
    had: HashMap<G, usize>,
}

impl<G> Default for Groups<G> {
    fn default() -> Self {
        Self { passed_over: Vec::new(), had: HashMap::new() }
    }
}

impl<G: Clone + Eq + std::hash::Hash> Groups<G> {
    /// Its lane is full, or holds what is older: what comes later of it need not be read.
    fn pass_over(&mut self, group: G) {
        if self.passed_over.len() < PASSED_OVER && !self.passed_over.contains(&group) {
            self.passed_over.push(group);
        }
    }

    fn count(&mut self, group: &G, rows: usize) {
        *self.had.entry(group.clone()).or_default() += rows;
    }

    /// What the read of this number passes over.
    fn passed_over(&mut self, page: usize) -> &[G] {
        if page == PAGES {
            let much = usize::try_from(PAGE).unwrap_or(usize::MAX);
            let greedy: Vec<G> =
                self.had.iter().filter(|(_, had)| **had > much).map(|(group, _)| group.clone()).collect();
            greedy.into_iter().for_each(|group| self.pass_over(group));
        }
        &self.passed_over
    }
}

/// Jobs of one group.
struct Announcement<I> {
    ids: Vec<I>,
    jobs: Vec<Due>,
}

impl<I> Default for Announcement<I> {
    fn default() -> Self {
        Self { ids: Vec::new(), jobs: Vec::new() }
    }
}

impl<I> Announcement<I> {
    fn push(&mut self, id: I, job: Job, due_at: Timestamp) {
        self.ids.push(id);
        self.jobs.push((job, due_at));
    }
}

/// What the lanes hold, asked once per lane and priority of a sweep, and where that is older, once per share. A line hands
/// out in order, so what was due before its oldest entry is not in it any more. A queue that takes no job twice is simply
/// told again.
struct Held<'a> {
    queue: &'a Queue,
    oldest: HashMap<(Lane, u8, Share), Option<Timestamp>>,
}

impl<'a> Held<'a> {
    fn new(queue: &'a Queue) -> Self {
        Self { queue, oldest: HashMap::new() }
    }

    async fn holds(&mut self, job: &Job, due_at: Timestamp) -> bool {
        if self.queue.deduplicates() {
            return false;
        }
        self.has_older(job, None, due_at).await && (job.share.is_none() || self.has_older(job, job.share, due_at).await)
    }

    async fn has_older(&mut self, job: &Job, of: Share, due_at: Timestamp) -> bool {
        let key = (job.lane.clone(), job.priority, of);
        let oldest = match self.oldest.get(&key) {
            Some(oldest) => *oldest,
            // There will be another sweep.
            None if self.oldest.len() >= PASSED_OVER => return true,
            None => match self.queue.oldest(&job.lane, job.priority, of).await {
                Ok(oldest) => *self.oldest.entry(key).or_insert(oldest),
                // The queue is away: announcing would be in vain.
                Err(_) => return true,
            },
        };
        oldest.is_some_and(|oldest| oldest <= due_at.plus(GRACE))
    }
}
