//! The "process" lane's work: load a message, run the chain, store what it decided, announce its tasks.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::Semaphore;
use tracing::Instrument;

use super::chain::{Chain, Decision};
use crate::announce::{Announcer, Due};
use crate::bus::Bus;
use crate::catalog::{Catalog, TenantCatalog};
use crate::delivery::booking::Booking;
use crate::delivery::deliver::Deliverer;
use crate::domain::code::ErrorCode;
use crate::domain::enums::MessageStatus;
use crate::domain::event::{Event, StatusEvent};
use crate::domain::id::MessageId;
use crate::domain::message::{Failure, PendingMessage};
use crate::domain::task::NewTask;
use crate::domain::time::{Clock, Timestamp};
use crate::queue::JobError;
use crate::store::batch::{BatchLimits, Batcher};
use crate::store::dispatch::DispatchWrite;
use crate::store::verdict_list::StoredVerdicts;
use crate::store::{Store, StoreError, message};
use crate::traces;

/// The longest pause between two tries to store what the chain decided: a few seconds in all.
const WRITE_PATIENCE: Duration = Duration::from_secs(2);

/// How many messages are decided about at the door at once. That takes no time worth speaking of, so others wait; fewer than
/// the seats of the "process" lane, so that who is let in finds one.
const AT_THE_DOOR: usize = 64;

/// Messages that this process accepted moments ago: their chain need not read them back. A hint like the queue: what
/// is stored counts, by the condition on the dispatch write.
#[derive(Clone)]
pub struct Recent(Cache<MessageId, Arc<PendingMessage>>);

impl Recent {
    /// `bytes`: how much of them is kept.
    pub fn new(bytes: u64) -> Self {
        let weigh = |_: &MessageId, message: &Arc<PendingMessage>| {
            u32::try_from(message.business_data.len() + message.recipients.len() * 200 + 1000).unwrap_or(u32::MAX)
        };
        Self(Cache::builder().max_capacity(bytes).weigher(weigh).time_to_live(Duration::from_secs(60)).build())
    }

    pub fn put(&self, message: Arc<PendingMessage>) {
        self.0.insert(message.id, message);
    }

    fn take(&self, id: MessageId) -> Option<Arc<PendingMessage>> {
        self.0.remove(&id)
    }
}

/// Runs the chain on messages.
#[derive(Clone)]
pub struct Processor {
    pub(super) catalog: Catalog,
    pub(super) chain: Chain,
    pub(super) announcer: Announcer,
    bus: Bus,
    pub(super) clock: Clock,
    recent: Recent,
    deliverer: Deliverer,
    /// One for each message that may be decided about at the door at once.
    pub(super) door: Arc<Semaphore>,
    loader: Batcher<MessageId, Option<Arc<PendingMessage>>>,
    writer: Batcher<Arc<DispatchWrite>, bool>,
}

impl Processor {
    #[allow(clippy::too_many_arguments)] // each is a part of the house; a struct for them would be this one
    pub fn new(
        store: &Store,
        catalog: Catalog,
        chain: Chain,
        announcer: Announcer,
        bus: Bus,
        recent: Recent,
        clock: Clock,
        deliverer: Deliverer,
    ) -> Self {
        let (loader, writer) = (loader(store, &clock, &bus), store.dispatch_writer());
        let door = Arc::new(Semaphore::new(AT_THE_DOOR));
        Self { catalog, chain, announcer, bus, clock, recent, deliverer, door, loader, writer }
    }

    /// Runs the chain on one message. Does nothing when it has run before.
    ///
    /// # Errors
    /// `Retry` where something needed is away: nothing was stored.
    pub async fn handle(&self, id: MessageId) -> Result<(), JobError> {
        let message = match self.recent.take(id) {
            Some(message) => message,
            None => match self.loader.put(id).await.map_err(|error| later("message.load", id, &error))? {
                Some(message) => message,
                None => return Ok(()),
            },
        };
        let now = self.clock.now();
        if message.due_at > now {
            let job = Announcer::process(id, message.lane.as_deref(), message.priority).of(message.tenant_id.0);
            self.announcer.announce(vec![(job, message.due_at)]).await;
            return Ok(());
        }
        let span = traces::chain(&message);
        self.run(message).instrument(span).await
    }

    async fn run(&self, message: Arc<PendingMessage>) -> Result<(), JobError> {
        let id = message.id;
        let tenant = self.catalog.tenant(message.tenant_id).await.map_err(|error| later("tenant.load", id, &error))?;
        let Some(tenant) = tenant else {
            tracing::error!(message.id = %id, tenant.id = %message.tenant_id, "a message's tenant is gone");
            return Err(JobError::Fail);
        };
        let settings = self.catalog.settings();
        let decision = self
            .chain
            .decide(Arc::clone(&message), Arc::clone(&tenant), settings, false)
            .await
            .map_err(|error| later("chain", id, &error))?;
        traces::decided(decision.status.as_str(), decision.failure.as_ref().map(|failure| failure.code.as_str()));
        self.store(message, &tenant, decision).await
    }

    /// Books the tasks that this process can send at once.
    pub(super) async fn book(
        &self,
        message: &PendingMessage,
        tenant: &TenantCatalog,
        tasks: &mut [NewTask],
        now: Timestamp,
        mut may_wait: bool,
    ) -> Vec<Option<Booking>> {
        let mut bookings = Vec::with_capacity(tasks.len());
        for task in tasks {
            let booking = match tenant.channel(task.channel_config_id) {
                Some(open) if task.due_at <= now && task.send_at.is_none() => {
                    let booking = self.deliverer.book(open, message.lane.as_deref(), message.priority, may_wait).await;
                    // Once: what is held already must not lie idle, and the caller has waited enough.
                    may_wait = false;
                    booking
                }
                _ => None,
            };
            task.lease = booking.as_ref().map(|booking| booking.lease);
            bookings.push(booking);
        }
        bookings
    }

    async fn store(
        &self,
        message: Arc<PendingMessage>,
        tenant: &TenantCatalog,
        mut decision: Decision,
    ) -> Result<(), JobError> {
        let id = message.id;
        let now = self.clock.now();
        // Without waiting: this holds a hand of the chain's lane.
        let bookings = self.book(&message, tenant, &mut decision.tasks, now, false).await;
        let write = write_of(message, decision, now).map_err(|error| later("verdicts", id, &error))?;
        match self.write(&write).await {
            Ok(Written::Won) => self.go_on(&write, bookings).await,
            Ok(Written::Perhaps) => self.go_on_in_doubt(&write).await,
            Ok(Written::Lost) => {}
            // What the database will not have now it will not have later: the message ends instead of waiting for ever.
            Err(error) if !error.transient() && !write.status.finished() => {
                tracing::error!(message.id = %id, %error, "what the chain decided can't be stored");
                let failure = Failure::new(ErrorCode::HandlerError, "what the chain decided can't be stored");
                let status = MessageStatus::Failed;
                let end = Decision { status, failure: Some(failure), verdicts: Vec::new(), tasks: Vec::new(), lost: 0 };
                return Box::pin(self.store(Arc::clone(&write.message), tenant, end)).await;
            }
            Err(error) => return Err(later("dispatch", id, &error)),
        }
        Ok(())
    }

    /// Stores what was decided, and tries again for a while where the database does not answer: to run the chain again
    /// would take another slot of each rate limit.
    async fn write(&self, write: &Arc<DispatchWrite>) -> Result<Written, StoreError> {
        let mut in_doubt = false;
        let mut wait = Duration::from_millis(50);
        loop {
            match self.writer.put(Arc::clone(write)).await {
                Ok(true) => return Ok(Written::Won),
                Ok(false) => return Ok(if in_doubt { Written::Perhaps } else { Written::Lost }),
                Err(error) if error.transient() && wait < WRITE_PATIENCE => {
                    in_doubt = true;
                    tracing::debug!(message.id = %write.message.id, %error, "what the chain decided waits to be stored");
                    tokio::time::sleep(wait).await;
                    wait *= 2;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Tells the watchers and the lanes.
    pub(super) async fn go_on(&self, write: &DispatchWrite, bookings: Vec<Option<Booking>>) {
        let message = &write.message;
        metrics::counter!("posthorn_messages_processed_total", "status" => write.status.as_str()).increment(1);
        if self.bus.watched() {
            self.bus.publish(vec![Event::Status(changed(message, write.status, write.at))]);
        }
        let mut jobs = Vec::new();
        for (task, booking) in write.tasks.iter().zip(bookings) {
            match booking {
                Some(booking) => self.deliverer.start(booking, message, task, write.at).await,
                None => jobs.push(job(message, task)),
            }
        }
        if !jobs.is_empty() {
            // Other instances may tell of these tasks next.
            self.bus.settle().await;
            self.announcer.announce(jobs).await;
        }
    }

    /// Another run of the chain was first, or this one, whose answer was lost. Announcing does no harm in either case.
    pub(super) async fn go_on_in_doubt(&self, write: &DispatchWrite) {
        for task in &write.tasks {
            if let Some(lease) = task.lease {
                self.deliverer.doubt(task.id, lease);
            }
        }
        self.announcer.announce(write.tasks.iter().map(|task| job(&write.message, task)).collect()).await;
    }
}

/// A decision as it is stored.
pub(super) fn write_of(
    message: Arc<PendingMessage>,
    decision: Decision,
    at: Timestamp,
) -> Result<Arc<DispatchWrite>, serde_json::Error> {
    Ok(Arc::new(DispatchWrite {
        verdicts: StoredVerdicts::new(decision.verdicts)?,
        status: decision.status,
        // PostgreSQL holds no NUL in a text.
        failure: decision.failure.map(|failure| Failure::new(failure.code, failure.message.replace('\0', ""))),
        tasks: decision.tasks,
        lost: i32::try_from(decision.lost).unwrap_or(i32::MAX),
        at,
        message,
    }))
}

/// What became of the chain's decision.
enum Written {
    Won,
    /// Another run of the chain was first.
    Lost,
    /// Another run was first, or this one and nobody heard of it.
    Perhaps,
}

fn job(message: &PendingMessage, task: &NewTask) -> Due {
    let job = Announcer::deliver(task.id, task.channel_type, message.lane.as_deref(), message.priority);
    (job.of(task.channel_config_id.0), task.due_at)
}

/// The event that a message's status changed.
pub fn changed(message: &PendingMessage, status: MessageStatus, at: Timestamp) -> StatusEvent {
    StatusEvent {
        at,
        id: message.id,
        message_id: message.message_id.clone(),
        tenant_id: message.tenant_id,
        business_type: message.business_type.clone(),
        sent_by: message.sent_by,
        message_status: status,
        task: None,
    }
}

fn later(what: &str, id: MessageId, error: &dyn std::fmt::Display) -> JobError {
    tracing::warn!(message.id = %id, %error, what, "processing waits");
    JobError::Retry { after: Duration::from_secs(1) }
}

/// Loads messages in batches: what is asked for while a query runs shares the next.
fn loader(store: &Store, clock: &Clock, bus: &Bus) -> Batcher<MessageId, Option<Arc<PendingMessage>>> {
    let (store, clock, bus) = (store.clone(), clock.clone(), bus.clone());
    let limits = BatchLimits { items: 128, bytes: usize::MAX, parallel: 2, patient: false };
    Batcher::spawn(
        limits,
        |_| 1,
        move |ids: Arc<Vec<MessageId>>| {
            let (store, clock, bus) = (store.clone(), clock.clone(), bus.clone());
            async move {
                let (found, unreadable) = message::pending(&mut store.read().await?, &ids).await?;
                if !unreadable.is_empty() {
                    let ended = message::fail_unreadable(&store, &unreadable, clock.now()).await?;
                    for event in &ended {
                        metrics::counter!("posthorn_messages_processed_total", "status" => event.message_status.as_str())
                            .increment(1);
                    }
                    if bus.watched() {
                        bus.publish(ended.into_iter().map(Event::Status).collect());
                    }
                }
                let mut found: HashMap<_, _> =
                    found.into_iter().map(|message| (message.id, Arc::new(message))).collect();
                Ok::<_, StoreError>(ids.iter().map(|id| found.remove(id)).collect())
            }
        },
    )
}
