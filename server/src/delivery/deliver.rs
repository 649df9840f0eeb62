//! The "deliver" lanes' work: claim a task, send it over its channel, record the outcome.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::settle::{Attempted, End, give_up, hand_back, settle};
use crate::announce::Announcer;
use crate::bus::Bus;
use crate::catalog::{Catalog, OpenChannel};
use crate::channels::http::HttpSender;
use crate::channels::{AttemptFacts, Channel, Outcome, Transport};
use crate::domain::enums::{MessageStatus, TaskStatus};
use crate::domain::event::{Event, StatusEvent, TaskChange};
use crate::domain::id::{ChannelConfigId, InboxId, MessageId, TaskId};
use crate::domain::recipient::Recipient;
use crate::domain::settings::Settings;
use crate::domain::task::{ClaimedTask, TaskResult};
use crate::domain::time::{Clock, Timestamp};
use crate::limits::Limits;
use crate::queue::JobError;
use crate::store::batch::{BatchLimits, Batcher};
use crate::store::claim::ClaimWrite;
use crate::store::inbox::InboxWrite;
use crate::store::outcome::OutcomeWriter;
use crate::store::{Store, StoreError};

/// Beyond the provider's timeout: the time to record what it answered.
const LEASE_MARGIN: Duration = Duration::from_secs(30);

/// A claim that took longer is given back.
const CLAIM_PATIENCE: Duration = Duration::from_secs(10);

/// How long a claimed task waits for its config's turn before it is handed back.
const TURN_PATIENCE: Duration = Duration::from_secs(2);

/// Recipients of LOCAL tasks in memory at once; a larger task counts as this many.
const INBOX_ROOM: u32 = 40_000;

/// The longest pause that throttling leads to, and what it starts from is the provider's own.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// How a config was throttled lately.
#[derive(Debug, Clone, Copy, Default)]
struct Throttled {
    /// In a row.
    times: u32,
    /// When the pause ends that the last time led to.
    until: Timestamp,
}

/// Sends tasks.
#[derive(Clone)]
pub struct Deliverer {
    catalog: Catalog,
    limits: Limits,
    announcer: Announcer,
    bus: Bus,
    clock: Clock,
    http: HttpSender,
    claims: Batcher<ClaimWrite, Option<Arc<ClaimedTask>>>,
    outcomes: OutcomeWriter,
    recipients: Batcher<MessageId, Option<Arc<Vec<Recipient>>>>,
    inboxes: Batcher<InboxWrite, Vec<InboxId>>,
    /// How often each config was throttled in a row: each time doubles the pause.
    throttled: Arc<Mutex<HashMap<ChannelConfigId, Throttled>>>,
    /// How many tasks wait for their config's turn.
    waiting: Waiters,
    /// Recipients that LOCAL may hold in memory at once.
    inbox_room: Arc<Semaphore>,
}

impl Deliverer {
    #[allow(clippy::too_many_arguments)] // each is a part of the house; a struct for them would be this one
    pub fn new(
        store: &Store,
        catalog: Catalog,
        limits: Limits,
        announcer: Announcer,
        bus: Bus,
        clock: Clock,
        http: HttpSender,
        outcomes: OutcomeWriter,
    ) -> Self {
        Self {
            claims: store.claim_writer(clock.clone()),
            recipients: recipient_loader(store),
            inboxes: store.inbox_writer(),
            throttled: Arc::default(),
            waiting: Waiters::default(),
            inbox_room: Arc::new(Semaphore::new(INBOX_ROOM as usize)),
            catalog,
            limits,
            announcer,
            bus,
            clock,
            http,
            outcomes,
        }
    }

    /// Sends one task, unless it has ended, is not due, or another worker has it.
    ///
    /// # Errors
    /// `Retry` where the database is away: nothing was claimed.
    pub async fn handle(&self, id: TaskId) -> Result<(), JobError> {
        let settings = self.catalog.settings();
        let timeout = seconds(settings.timeout.single_channel_seconds);
        let lease = timeout + TURN_PATIENCE + LEASE_MARGIN;
        let asked = Instant::now();
        let claimed = self.claims.put(ClaimWrite { task_id: id, lease }).await.map_err(|error| {
            tracing::warn!(task.id = %id, %error, "delivery waits");
            JobError::Retry { after: Duration::from_secs(1) }
        })?;
        let Some(task) = claimed else { return Ok(()) };
        self.publish(&task, TaskStatus::Sending, task.retry_count, None, MessageStatus::Processing);
        let result = if asked.elapsed() < CLAIM_PATIENCE {
            self.attempt(&task, &settings, timeout).await
        } else {
            // The lease runs since the claim was asked for; what is left of it may not be enough.
            hand_back(&task, self.clock.now())
        };
        self.record(&task, result, lease).await;
        Ok(())
    }

    async fn attempt(&self, task: &Arc<ClaimedTask>, settings: &Settings, timeout: Duration) -> TaskResult {
        let now = self.clock.now();
        if task.expires_at.is_some_and(|end| end <= now) {
            return give_up(task, End::Expired, "expiresAt passed", now);
        }
        let tenant = match self.catalog.tenant(task.tenant_id).await {
            Ok(tenant) => tenant,
            Err(error) => {
                tracing::warn!(task.id = %task.id, %error, "delivery waits");
                return hand_back(task, now.plus(Duration::from_secs(5)));
            }
        };
        let Some(open) = tenant.as_ref().and_then(|tenant| tenant.channel(task.channel_config_id)) else {
            return give_up(task, End::Unusable, "the channel config was deleted", now);
        };
        if !open.config.enabled {
            return give_up(task, End::Unusable, "the channel config is disabled", now);
        }
        let channel = match &open.channel {
            Ok(channel) => channel,
            Err(reason) => return give_up(task, End::Unusable, reason, now),
        };
        if let Some(until) = self.limits.paused_until(open.config.id, now) {
            return hand_back(task, until);
        }
        let Some(permit) = self.turn(open, channel.max_in_flight()).await else {
            let wait = Duration::from_millis(500) + Duration::from_secs(2).mul_f64(rand::random());
            return hand_back(task, self.clock.now().plus(wait));
        };
        let started = Instant::now();
        let (outcome, response) = self.send(task, &**channel, timeout).await;
        drop(permit);
        let took = started.elapsed();
        metrics::histogram!("posthorn_send_seconds", "channel" => task.channel_type.as_str())
            .record(took.as_secs_f64());
        metrics::counter!("posthorn_attempts_total", "channel" => task.channel_type.as_str(), "outcome" => outcome.name())
            .increment(1);
        self.heed_throttling(open, &outcome).await;
        let attempted = Attempted { outcome, response, took };
        settle(task, attempted, &settings.retry, self.clock.now(), rand::random())
    }

    /// The config's turn, waited for a moment; no more wait at once than may send at once, so that one slow provider
    /// does not hold all hands of its lane.
    async fn turn<'c>(&self, open: &'c OpenChannel, most: usize) -> Option<SemaphorePermit<'c>> {
        if let Ok(permit) = open.permits.try_acquire() {
            return Some(permit);
        }
        let _waiting = Waiting::enter(&self.waiting, open.config.id, most)?;
        tokio::time::timeout(TURN_PATIENCE, open.permits.acquire()).await.ok()?.ok()
    }

    async fn send(
        &self,
        task: &Arc<ClaimedTask>,
        channel: &dyn Channel,
        timeout: Duration,
    ) -> (Outcome, Option<String>) {
        match channel.transport() {
            Transport::Inbox => (self.send_to_inboxes(task).await, None),
            Transport::Http(http) => {
                let facts = AttemptFacts { task_id: task.id, at: self.clock.now() };
                let request = http.request(&task.rendered_content, &facts);
                match self.http.send(request, timeout).await {
                    Ok(response) => (http.outcome(&response), Some(http.response_text(&response))),
                    Err(error) => (error.into(), None),
                }
            }
        }
    }

    async fn send_to_inboxes(&self, task: &Arc<ClaimedTask>) -> Outcome {
        let room = u32::try_from(task.recipient_count).unwrap_or(1).clamp(1, INBOX_ROOM);
        let Ok(_room) = self.inbox_room.acquire_many(room).await else {
            return Outcome::retry("shutting down");
        };
        let all = match self.recipients.put(task.message_id).await {
            Ok(Some(all)) => all,
            Ok(None) => return Outcome::bad_message("the message is gone"),
            Err(error) => return unstored(task, &error),
        };
        let from = usize::try_from(task.recipient_from).unwrap_or(0).min(all.len());
        let count = usize::try_from(task.recipient_count).unwrap_or(0);
        let slice = &all[from..all.len().min(from + count)];
        let entries = match super::local::entries(task, slice, self.clock.now()) {
            Ok(entries) => entries,
            Err(reason) => return Outcome::bad_message(reason),
        };
        let users = entries.len();
        let watched = self.bus.watched().then(|| entries.clone());
        match self.inboxes.put(InboxWrite::new(task.id, entries)).await {
            Ok(new) => {
                if let Some(entries) = watched {
                    let new: std::collections::HashSet<_> = new.into_iter().collect();
                    let events = entries.into_iter().filter(|entry| new.contains(&entry.id)).map(Event::Inbox);
                    self.bus.publish(events.collect());
                }
                Outcome::ok(format!("stored for {users} user{}", if users == 1 { "" } else { "s" }))
            }
            Err(error) => unstored(task, &error),
        }
    }

    /// A provider that throttles pauses the whole config, for twice as long each time in a row.
    async fn heed_throttling(&self, open: &OpenChannel, outcome: &Outcome) {
        let id = open.config.id;
        let wait = {
            let mut throttled = self.throttled.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            match outcome {
                Outcome::Throttle { wait, .. } => {
                    let now = self.clock.now();
                    let last = throttled.entry(id).or_default();
                    // Sends that were under way together are answered alike: that is one throttling, not many.
                    (now >= last.until).then(|| {
                        let pause = wait.saturating_mul(1 << last.times.min(10)).min(LONGEST_PAUSE.max(*wait));
                        *last = Throttled { times: last.times + 1, until: now.plus(pause) };
                        pause
                    })
                }
                Outcome::Ok { .. } => {
                    throttled.remove(&id);
                    None
                }
                _ => None,
            }
        };
        if let Some(wait) = wait {
            tracing::warn!(config.id = %id, seconds = wait.as_secs(), "the provider throttles, the config pauses");
            if let Err(error) = self.limits.pause(id, self.clock.now().plus(wait)).await {
                tracing::warn!(config.id = %id, %error, "the pause could not be shared");
            }
        }
    }

    /// Records an outcome, again and again while the lease lasts: what was sent must not be forgotten.
    async fn record(&self, task: &ClaimedTask, result: TaskResult, lease: Duration) {
        let result = Arc::new(result);
        let deadline = Instant::now() + lease;
        let mut wait = Duration::from_millis(50);
        let recorded = loop {
            match self.outcomes.put(Arc::clone(&result)).await {
                Ok(recorded) => break recorded,
                Err(error) if Instant::now() < deadline => {
                    tracing::warn!(task.id = %task.id, %error, "an outcome waits to be recorded");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(Duration::from_secs(2));
                }
                Err(error) => {
                    tracing::error!(task.id = %task.id, %error, "an outcome could not be recorded; it is unknown now");
                    return;
                }
            }
        };
        if !recorded.counted {
            tracing::warn!(task.id = %task.id, "the lease had run out before the outcome was recorded");
            return;
        }
        let text = result.result_message.clone();
        self.publish(task, result.status, result.retry_count, text, recorded.message_status);
        if recorded.ended {
            metrics::counter!("posthorn_messages_finished_total", "status" => recorded.message_status.as_str())
                .increment(1);
        }
        if matches!(result.status, TaskStatus::Retry | TaskStatus::Pending) {
            let job = Announcer::deliver(task.id, task.channel_type, task.lane.as_deref(), task.lane_priority);
            self.announcer.announce(vec![(job, result.due_at)]).await;
        }
    }

    fn publish(
        &self,
        task: &ClaimedTask,
        status: TaskStatus,
        retry_count: i32,
        result_message: Option<String>,
        message_status: MessageStatus,
    ) {
        if !self.bus.watched() {
            return;
        }
        self.bus.publish(vec![Event::Status(StatusEvent {
            at: self.clock.now(),
            id: task.message_id,
            message_id: task.message_key.clone(),
            tenant_id: task.tenant_id,
            business_type: task.business_type.clone(),
            sent_by: task.sent_by,
            message_status,
            task: Some(TaskChange {
                task_id: task.id,
                channel_type: task.channel_type,
                status,
                retry_count,
                result_message,
            }),
        })]);
    }
}

fn unstored(task: &ClaimedTask, error: &StoreError) -> Outcome {
    tracing::warn!(task.id = %task.id, %error, "an inbox could not be written");
    if error.transient() {
        Outcome::retry("the inbox is unavailable")
    } else {
        Outcome::bad_message("the inbox refused it")
    }
}

fn seconds(count: i32) -> Duration {
    Duration::from_secs(u64::try_from(count).unwrap_or(30))
}

/// Loads the recipients of messages, which only LOCAL needs when it sends.
fn recipient_loader(store: &Store) -> Batcher<MessageId, Option<Arc<Vec<Recipient>>>> {
    let store = store.clone();
    let limits = BatchLimits { items: 16, bytes: usize::MAX, parallel: 2 };
    Batcher::spawn(
        limits,
        |_| 1,
        move |ids: Arc<Vec<MessageId>>| {
            let store = store.clone();
            async move {
                let mut conn = store.read().await?;
                let parts = crate::store::message::parts(&mut conn, &ids).await?;
                Ok(ids.iter().map(|id| parts.get(id).map(|parts| Arc::clone(&parts.recipients))).collect())
            }
        },
    )
}

/// How many tasks wait for each config's turn.
type Waiters = Arc<Mutex<HashMap<ChannelConfigId, usize>>>;

/// A task that waits for its config's turn, while it lives.
struct Waiting<'w> {
    waiters: &'w Waiters,
    id: ChannelConfigId,
}

impl<'w> Waiting<'w> {
    /// None where `most` wait already.
    fn enter(waiters: &'w Waiters, id: ChannelConfigId, most: usize) -> Option<Self> {
        let mut counts = waiters.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let count = counts.entry(id).or_default();
        (*count < most).then(|| {
            *count += 1;
            Self { waiters, id }
        })
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut counts = self.waiters.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.id) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.id);
            }
        }
    }
}
