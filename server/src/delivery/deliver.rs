//! The "deliver" lanes' work: claim a task, send it over its channel, record the outcome.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::OwnedSemaphorePermit;
use tracing::Instrument;

use super::booking::{Booked, Bookings};
use super::health::HealthBook;
use super::inboxes::Inboxes;
use super::line::Lines;
use super::pace::{PACE_PATIENCE, Pacer};
use super::resting::{Resting, measure};
use super::settle::{Attempted, End, PATIENCE, give_up, hand_back, put_off, settle};
use super::throttle::Throttling;
use super::turn::{TURN_PATIENCE, Turns};
use crate::announce::Announcer;
use crate::bus::Bus;
use crate::catalog::{Catalog, OpenChannel};
use crate::channels::http::HttpSender;
use crate::channels::{AttemptFacts, Channel, Outcome, Transport, Unknown};
use crate::domain::chance::Chance;
use crate::domain::enums::{ChannelType, MessageStatus, TaskStatus};
use crate::domain::event::{Event, StatusEvent, TaskChange};
use crate::domain::id::{ChannelConfigId, TaskId};
use crate::domain::settings::Settings;
use crate::domain::task::{ClaimedTask, TaskResult};
use crate::domain::time::Clock;
use crate::limits::Limits;
use crate::queue::JobError;
use crate::store::Store;
use crate::store::batch::Batcher;
use crate::store::claim::ClaimWrite;
use crate::store::outcome::OutcomeWriter;
use crate::store::task::throttled_since;
use crate::traces;

/// Beyond the provider's timeout: the time to record what it answered.
pub(super) const LEASE_MARGIN: Duration = Duration::from_secs(30);

/// From asking for a claim to sending; what took longer is given back.
const CLAIM_PATIENCE: Duration = Duration::from_secs(10);

/// How often a claim is asked for whose answer was lost.
const CLAIM_TRIES: usize = 3;

/// Sends tasks.
#[derive(Clone)]
pub struct Deliverer {
    store: Store,
    pub(super) catalog: Catalog,
    pub(super) limits: Limits,
    pub(super) announcer: Announcer,
    bus: Bus,
    pub(super) clock: Clock,
    pub(super) chance: Chance,
    http: HttpSender,
    claims: Batcher<ClaimWrite, Option<Arc<ClaimedTask>>>,
    outcomes: OutcomeWriter,
    pub(super) bookings: Bookings,
    turns: Turns,
    pub(super) lines: Lines,
    pacer: Pacer,
    throttling: Throttling,
    inboxes: Inboxes,
    health: HealthBook,
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
        chance: Chance,
        http: HttpSender,
        outcomes: OutcomeWriter,
    ) -> Self {
        Self {
            store: store.clone(),
            claims: store.claim_writer(clock.clone()),
            bookings: Bookings::default(),
            turns: Turns::default(),
            lines: Lines::new(clock.clone()),
            pacer: Pacer::new(store, limits.clone(), clock.clone()),
            throttling: Throttling::default(),
            inboxes: Inboxes::new(store, bus.clone(), clock.clone()),
            health: HealthBook::new(store.clone(), clock.clone()),
            catalog,
            limits,
            announcer,
            bus,
            clock,
            chance,
            http,
            outcomes,
        }
    }

    /// Frees what was booked and not begun, when the workers have ended.
    pub async fn close(&self) {
        futures::future::join_all(self.bookings.take_all().into_iter().map(|booked| self.free(booked))).await;
        self.health.write(true).await;
    }

    /// Writes now and then when configs last sent and last failed.
    pub async fn write_health(&self) {
        self.health.write(false).await;
    }

    /// Sends one task, unless it has ended, is not due, or another worker has it.
    ///
    /// # Errors
    /// `Retry` where the database is away: nothing was claimed.
    pub async fn handle(&self, id: TaskId) -> Result<(), JobError> {
        let settings = self.catalog.settings();
        let lease = lease(&settings);
        let (task, turn, asked) = match self.bookings.take(id) {
            Some(Booked::Claimed { task, turn, asked }) => (task, Some(turn), asked),
            booked => {
                let claim = match booked {
                    Some(Booked::InDoubt { lease }) => lease.claim,
                    _ => self.chance.draw(),
                };
                let asked = self.clock.instant();
                let Some(task) = self.claim(ClaimWrite { task_id: id, claim, lease }).await? else { return Ok(()) };
                (task, None, asked)
            }
        };
        let span = traces::delivery(&task);
        self.deliver(&task, turn, asked, &settings).instrument(span).await;
        Ok(())
    }

    /// Sends a task that was claimed, and records what came of it. `asked` is when the claim was asked for.
    async fn deliver(
        &self,
        task: &Arc<ClaimedTask>,
        turn: Option<OwnedSemaphorePermit>,
        asked: Instant,
        settings: &Settings,
    ) {
        let it = (task.id, task.channel_type);
        self.publish_change(task, it, TaskStatus::Sending, task.retry_count, None, MessageStatus::Processing);
        let mut result = self.attempt(task, settings, turn, asked).await;
        result.rules = (task.step > 0).then_some(settings.execution);
        self.record(task, result, lease(settings)).await;
    }

    /// Claims, and asks again with the same claim where the answer was lost.
    async fn claim(&self, write: ClaimWrite) -> Result<Option<Arc<ClaimedTask>>, JobError> {
        let mut tries = 1;
        loop {
            match self.claims.put(write).await {
                Ok(claimed) => return Ok(claimed),
                Err(error) if error.transient() && tries < CLAIM_TRIES => {
                    tracing::debug!(task.id = %write.task_id, %error, "a claim is asked for again");
                    tokio::time::sleep(Duration::from_millis(100) * 2u32.pow(u32::try_from(tries).unwrap_or(0))).await;
                    tries += 1;
                }
                Err(error) => {
                    tracing::warn!(task.id = %write.task_id, %error, "delivery waits");
                    return Err(JobError::Retry { after: Duration::from_secs(1) });
                }
            }
        }
    }

    async fn attempt(
        &self,
        task: &Arc<ClaimedTask>,
        settings: &Settings,
        turn: Option<OwnedSemaphorePermit>,
        asked: Instant,
    ) -> TaskResult {
        let now = self.clock.now();
        // The lease runs since the claim was asked for; what is left of it may not be enough.
        let late = || self.clock.since(asked) > CLAIM_PATIENCE;
        if late() {
            return hand_back(task, now);
        }
        if task.expires_at.is_some_and(|end| end <= now) {
            return give_up(task, End::Expired, "expiresAt passed", now);
        }
        if task.held {
            let limit = settings.timeout.all_channels_seconds;
            let reason = format!("it waited for earlier channels for longer than {limit} s");
            return give_up(task, End::TimedOut, &reason, now);
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
            return put_off(task, until, "the provider asked for a pause of the channel config");
        }
        let resting = self.resting(settings);
        if let Some(result) = resting.holds(task, now, self.chance.draw()) {
            return result;
        }
        let turn = match turn {
            Some(turn) => turn,
            None => match self.turns.take(open, channel.max_in_flight()).await {
                Some(turn) => turn,
                None => {
                    let wait = Duration::from_millis(500) + self.chance.part_of(Duration::from_secs(2));
                    return hand_back(task, self.clock.now().plus(wait));
                }
            },
        };
        let zone = tenant.as_ref().map_or(chrono_tz::Tz::UTC, |tenant| tenant.tenant.timezone);
        if let Some(held) = self.pacer.hold(task, open, zone, settings).await {
            return held;
        }
        let probe = match resting.enter(task, lease(settings), self.clock.now()).await {
            Ok(probe) => probe,
            Err(result) => return result,
        };
        // What was waited for may have taken its time.
        if late() {
            return hand_back(task, self.clock.now());
        }
        let started = self.clock.instant();
        let (outcome, response) = self.send(task, &**channel, timeout(settings)).await;
        drop(turn);
        let took = self.clock.since(started);
        metrics::histogram!("posthorn_send_seconds", "channel" => task.channel_type.as_str())
            .record(took.as_secs_f64());
        metrics::counter!("posthorn_attempts_total", "channel" => task.channel_type.as_str(), "outcome" => outcome.name())
            .increment(1);
        traces::attempted(outcome.name());
        self.heed_throttling(open, &outcome).await;
        let throttled = matches!(outcome, Outcome::Throttle { .. });
        // An inbox has no provider that could be left alone.
        if matches!(channel.transport(), Transport::Http(_)) {
            resting.note(&open.config, task, probe, &outcome, self.clock.now()).await;
        }
        let now = self.clock.now();
        let attempted = Attempted { outcome, response, took };
        let decide = |task: &ClaimedTask| {
            settle(task, attempted, Unknown::of(&open.config), &settings.retry, now, self.chance.draw())
        };
        if !throttled || now.since(task.created_at) < PATIENCE {
            return decide(task);
        }
        // It may have been deferred, or begun anew: its time as a task is not that of its patience.
        let known = throttled_since(&self.store, task, now).await.unwrap_or_else(|error| {
            tracing::warn!(task.id = %task.id, %error, "since when a task is throttled can't be read");
            now
        });
        decide(&ClaimedTask { throttled_since: Some(known), ..ClaimedTask::clone(task) })
    }

    async fn send(
        &self,
        task: &Arc<ClaimedTask>,
        channel: &dyn Channel,
        timeout: Duration,
    ) -> (Outcome, Option<String>) {
        match channel.transport() {
            Transport::Inbox => (self.inboxes.deliver(task).await, None),
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

    pub(super) fn resting<'a>(&'a self, settings: &'a Settings) -> Resting<'a> {
        Resting { limits: &self.limits, settings: &settings.breaker, chance: &self.chance }
    }

    /// Publishes which circuit breakers are not closed. `shown` are those that were published before.
    pub fn measure(&self, shown: &mut HashSet<ChannelConfigId>) {
        measure(&self.limits, shown, self.clock.now());
    }

    /// A provider that throttles pauses the whole config.
    async fn heed_throttling(&self, open: &OpenChannel, outcome: &Outcome) {
        let id = open.config.id;
        let now = self.clock.now();
        let paused = self.limits.paused_until(id, now).is_some();
        if let Some(wait) = self.throttling.note(id, outcome, paused, now) {
            tracing::warn!(config.id = %id, seconds = wait.as_secs(), "the provider throttles, the config pauses");
            if let Err(error) = self.limits.pause(id, self.clock.now().plus(wait)).await {
                tracing::warn!(config.id = %id, %error, "the pause could not be shared");
            }
        }
    }

    /// Records an outcome, again and again while the lease lasts: what was sent must not be forgotten.
    pub(super) async fn record(&self, task: &ClaimedTask, result: TaskResult, lease: Duration) {
        let result = Arc::new(result);
        let deadline = self.clock.instant() + lease;
        let mut wait = Duration::from_millis(50);
        let recorded = loop {
            match self.outcomes.put(Arc::clone(&result)).await {
                Ok(recorded) => break recorded,
                Err(error) if self.clock.instant() < deadline => {
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
        self.health.note(task.channel_config_id, &result);
        let text = result.result_message.clone();
        let it = (task.id, task.channel_type);
        self.publish_change(task, it, recorded.task_status, result.retry_count, text, recorded.message_status);
        if recorded.ended {
            metrics::counter!("posthorn_messages_finished_total", "status" => recorded.message_status.as_str())
                .increment(1);
        }
        for skipped in recorded.skipped {
            let reason = Some(skipped.reason.to_owned());
            let change = (skipped.id, skipped.channel_type);
            self.publish_change(task, change, TaskStatus::Cancelled, 0, reason, recorded.message_status);
        }
        if !recorded.released.is_empty() || matches!(result.status, TaskStatus::Retry | TaskStatus::Pending) {
            // Other instances may tell of these tasks next.
            self.bus.settle().await;
        }
        self.announcer.announce_released(&recorded.released).await;
        if matches!(recorded.task_status, TaskStatus::Retry | TaskStatus::Pending) {
            let job = Announcer::deliver(task.id, task.channel_type, task.lane.as_deref(), task.lane_priority)
                .of(task.channel_config_id.0);
            self.announcer.announce(vec![(job, result.due_at)]).await;
        }
    }

    /// Tells watchers of a change of a task of the same message.
    fn publish_change(
        &self,
        of: &ClaimedTask,
        (task_id, channel_type): (TaskId, ChannelType),
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
            id: of.message_id,
            message_id: of.message_key.clone(),
            tenant_id: of.tenant_id,
            business_type: of.business_type.clone(),
            sent_by: of.sent_by,
            message_status,
            task: Some(TaskChange { task_id, channel_type, status, retry_count, result_message }),
        })]);
    }
}

/// How long a provider may take.
fn timeout(settings: &Settings) -> Duration {
    Duration::from_secs(u64::try_from(settings.timeout.single_channel_seconds).unwrap_or(30))
}

/// How long a claim holds: for the config's turn and pace, the provider's answer, and recording it.
pub(super) fn lease(settings: &Settings) -> Duration {
    timeout(settings) + TURN_PATIENCE + PACE_PATIENCE + LEASE_MARGIN
}
