//! The "process" lane's work: load a message, run the chain, store what it decided, announce its tasks.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use super::chain::{Chain, Decision};
use crate::announce::Announcer;
use crate::bus::Bus;
use crate::catalog::Catalog;
use crate::domain::code::ErrorCode;
use crate::domain::enums::MessageStatus;
use crate::domain::event::{Event, StatusEvent};
use crate::domain::id::MessageId;
use crate::domain::message::{Failure, PendingMessage};
use crate::domain::time::{Clock, Timestamp};
use crate::queue::JobError;
use crate::store::batch::{BatchLimits, Batcher};
use crate::store::dispatch::DispatchWrite;
use crate::store::{Store, StoreError};

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
    catalog: Catalog,
    chain: Chain,
    announcer: Announcer,
    bus: Bus,
    clock: Clock,
    recent: Recent,
    loader: Batcher<MessageId, Option<Arc<PendingMessage>>>,
    writer: Batcher<DispatchWrite, bool>,
}

impl Processor {
    pub fn new(
        store: &Store,
        catalog: Catalog,
        chain: Chain,
        announcer: Announcer,
        bus: Bus,
        recent: Recent,
        clock: Clock,
    ) -> Self {
        Self { catalog, chain, announcer, bus, clock, recent, loader: loader(store), writer: store.dispatch_writer() }
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
            let job = Announcer::process(id, message.lane.as_deref(), message.priority);
            self.announcer.announce(vec![(job, message.due_at)]).await;
            return Ok(());
        }
        let tenant = self.catalog.tenant(message.tenant_id).await.map_err(|error| later("tenant.load", id, &error))?;
        let Some(tenant) = tenant else {
            tracing::error!(message.id = %id, tenant.id = %message.tenant_id, "a message's tenant is gone");
            return Err(JobError::Fail);
        };
        let settings = self.catalog.settings();
        let decision = self
            .chain
            .decide(Arc::clone(&message), tenant, settings, false)
            .await
            .map_err(|error| later("chain", id, &error))?;
        self.store(message, decision).await
    }

    async fn store(&self, message: Arc<PendingMessage>, decision: Decision) -> Result<(), JobError> {
        let id = message.id;
        let now = self.clock.now();
        let verdicts = serde_json::to_string(&decision.verdicts).map_err(|error| later("verdicts", id, &error))?;
        let jobs: Vec<_> = decision
            .tasks
            .iter()
            .map(|task| {
                let job = Announcer::deliver(task.id, task.channel_type, message.lane.as_deref(), message.priority);
                (job, task.due_at)
            })
            .collect();
        let status = decision.status;
        let message_ends = status.finished();
        let write = DispatchWrite {
            message: Arc::clone(&message),
            verdicts,
            status,
            // PostgreSQL holds no NUL in a text.
            failure: decision.failure.map(|failure| Failure::new(failure.code, failure.message.replace('\0', ""))),
            tasks: decision.tasks,
            at: now,
        };
        let won = match self.writer.put(write).await {
            // What the database will not have now it will not have later: the message ends instead of waiting for ever.
            Err(error) if !error.transient() && !message_ends => {
                tracing::error!(message.id = %id, %error, "what the chain decided can't be stored");
                let failure = Failure::new(ErrorCode::HandlerError, "what the chain decided can't be stored");
                let status = MessageStatus::Failed;
                let end = Decision { status, failure: Some(failure), verdicts: Vec::new(), tasks: Vec::new() };
                return Box::pin(self.store(message, end)).await;
            }
            result => result.map_err(|error| later("dispatch", id, &error))?,
        };
        if !won {
            return Ok(());
        }
        metrics::counter!("posthorn_messages_processed_total", "status" => status.as_str()).increment(1);
        if self.bus.watched() {
            self.bus.publish(vec![Event::Status(changed(&message, status, now))]);
        }
        if !jobs.is_empty() {
            self.announcer.announce(jobs).await;
        }
        Ok(())
    }
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
fn loader(store: &Store) -> Batcher<MessageId, Option<Arc<PendingMessage>>> {
    let store = store.clone();
    let limits = BatchLimits { items: 128, bytes: usize::MAX, parallel: 2 };
    Batcher::spawn(
        limits,
        |_| 1,
        move |ids: Arc<Vec<MessageId>>| {
            let store = store.clone();
            async move {
                let mut conn = store.read().await?;
                let found = crate::store::message::pending(&mut conn, &ids).await?;
                let mut found: HashMap<_, _> =
                    found.into_iter().map(|message| (message.id, Arc::new(message))).collect();
                Ok::<_, StoreError>(ids.iter().map(|id| found.remove(id)).collect())
            }
        },
    )
}
