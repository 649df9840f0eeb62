//! The door: what a caller hands in is checked, gets its tenant, lane and priority, is stored, and only then answered.
//!
//! - [`input`]: what callers hand in, and what they are answered
//! - [`check`]: its shape (pure)
//! - [`digest`]: what makes two requests the same (pure)
//! - `early`: messages that the chain decides about before they are stored

pub mod check;
pub mod digest;
mod early;
pub mod input;

use std::collections::HashSet;
use std::sync::Arc;

use crate::announce::Announcer;
use crate::bus::Bus;
use crate::catalog::{Catalog, TenantCatalog};
use crate::domain::actor::Actor;
use crate::domain::business_type::DEFAULT_PRIORITY;
use crate::domain::code::ErrorCode;
use crate::domain::event::{Event, StatusEvent};
use crate::domain::id::MessageId;
use crate::domain::message::{Failure, MessageOptions, NewMessage, PendingMessage};
use crate::domain::time::Clock;
use crate::pipeline::process::{Processor, Recent};
use crate::store::accept::{AcceptResult, AcceptWrite};
use crate::store::batch::Batcher;
use crate::store::{Store, StoreError, message};
use early::{Door, Entered};
use input::{Accepted, Refused, Rejected, SendInput, SendOutcome};

/// What became of a request, and the message where it is new.
type Stored = (SendOutcome, Option<Arc<NewMessage>>);

/// Accepts messages.
pub struct Intake {
    catalog: Catalog,
    store: Store,
    writer: Batcher<AcceptWrite, AcceptResult>,
    announcer: Announcer,
    bus: Bus,
    recent: Recent,
    clock: Clock,
    /// None in a process without workers.
    door: Option<Door>,
}

impl Intake {
    pub fn new(store: &Store, catalog: Catalog, announcer: Announcer, bus: Bus, recent: Recent, clock: Clock) -> Self {
        let writer = store.accept_writer();
        Self { catalog, store: store.clone(), writer, announcer, bus, recent, clock, door: None }
    }

    /// The same, and messages are decided about at the door where they can be.
    #[must_use]
    pub fn deciding(mut self, processor: Processor) -> Self {
        self.door = Some(Door::new(processor, self.writer.clone(), self.bus.clone()));
        self
    }

    /// Accepts one message.
    ///
    /// # Errors
    /// Where the database is away: nothing was stored, or nobody knows; the same messageId may be sent again.
    pub async fn accept(&self, actor: &Actor, input: SendInput) -> Result<SendOutcome, StoreError> {
        let (outcome, new) = self.store(actor, input).await?;
        self.hand_on(new.as_slice()).await;
        Ok(outcome)
    }

    /// Accepts messages, each on its own; answers in their order. One that could not be stored is refused with
    /// UNAVAILABLE.
    ///
    /// # Errors
    /// Where none could be stored because the database is away.
    pub async fn accept_all(&self, actor: &Actor, inputs: Vec<SendInput>) -> Result<Vec<SendOutcome>, StoreError> {
        let ids: Vec<_> = inputs.iter().map(|input| input.message_id.clone()).collect();
        let stored = self.store_all(actor, inputs).await;
        let (mut outcomes, mut new, mut failed) = (Vec::with_capacity(stored.len()), Vec::new(), Vec::new());
        for (result, message_id) in stored.into_iter().zip(ids) {
            match result {
                Ok((outcome, message)) => {
                    outcomes.push(outcome);
                    new.extend(message);
                }
                Err(error) => {
                    tracing::warn!(%error, "a message of a batch could not be stored");
                    let failure = Failure::new(ErrorCode::Unavailable, "not stored, try again with the same messageId");
                    outcomes.push(Err(Refused { failure, message_id }));
                    failed.push(error);
                }
            }
        }
        self.hand_on(&new).await;
        if failed.len() == outcomes.len()
            && let Some(error) = failed.pop()
        {
            return Err(error);
        }
        Ok(outcomes)
    }

    /// Stores the messages together, but one that repeats the messageId of an earlier one after that: the first counts.
    async fn store_all(&self, actor: &Actor, inputs: Vec<SendInput>) -> Vec<Result<Stored, StoreError>> {
        let mut seen = HashSet::new();
        let (mut first, mut repeated) = (Vec::with_capacity(inputs.len()), Vec::new());
        for (index, input) in inputs.into_iter().enumerate() {
            let new = input.message_id.as_ref().is_none_or(|id| seen.insert((input.tenant.clone(), id.clone())));
            if new { &mut first } else { &mut repeated }.push((index, input));
        }
        let store = |(index, input)| async move { (index, self.store(actor, input).await) };
        let mut stored: Vec<(usize, _)> = futures::future::join_all(first.into_iter().map(store)).await;
        stored.extend(futures::future::join_all(repeated.into_iter().map(store)).await);
        stored.sort_unstable_by_key(|(index, _)| *index);
        stored.into_iter().map(|(_, stored)| stored).collect()
    }

    /// Checks and stores one message; the second part is set where it is new and yet to be handed on.
    async fn store(&self, actor: &Actor, input: SendInput) -> Result<Stored, StoreError> {
        let asked_id = input.message_id.clone();
        let refuse = |failure| Ok((Err(Refused { failure, message_id: asked_id.clone() }), None));
        let (message, tenant) = match self.check(actor, input).await? {
            Ok((message, tenant)) => (Arc::new(message), tenant),
            Err(Rejected::Refused(failure)) => return refuse(failure),
            Err(Rejected::Known(accepted)) => return Ok((Ok(accepted), None)),
        };
        let write = AcceptWrite::new(Arc::clone(&message)).map_err(StoreError::corrupt)?;
        let entered = match &self.door {
            Some(door) => door.enter(&message, &tenant, write).await?,
            None => Entered::Not(write),
        };
        let (result, handed_on) = match entered {
            Entered::Written(result) => (result, true),
            Entered::Not(write) => (self.writer.put(write).await?, false),
        };
        let (id, duplicate) = match result {
            AcceptResult::Stored => (message.id, false),
            AcceptResult::Duplicate(id) => (id, true),
            AcceptResult::Conflict(_) => {
                let text = format!("messageId {} was accepted before with other content", message.message_id);
                return refuse(Failure::new(ErrorCode::IdempotencyConflict, text));
            }
        };
        let accepted = Accepted { id, message_id: message.message_id.clone(), tenant_id: message.tenant_id, duplicate };
        Ok((Ok(accepted), (!duplicate && !handed_on).then_some(message)))
    }

    /// Checks a request and makes the message of it that would be stored.
    pub async fn check(
        &self,
        actor: &Actor,
        input: SendInput,
    ) -> Result<Result<(NewMessage, Arc<TenantCatalog>), Rejected>, StoreError> {
        if let Err(failure) = check::form(&input) {
            return Ok(Err(Rejected::Refused(failure)));
        }
        let tenant = match self.tenant(actor, input.tenant.as_deref()).await? {
            Ok(tenant) => tenant,
            Err(failure) => return Ok(Err(Rejected::Refused(failure))),
        };
        if let Err(failure) = check::times(&input, self.clock.now()).and_then(|()| open_to(&tenant, &input)) {
            let known = self.known(&tenant, input).await?;
            return Ok(Err(known.map_or(Rejected::Refused(failure), Rejected::Known)));
        }
        Ok(Ok((self.message(actor, &tenant, input), tenant)))
    }

    /// The same request where it was accepted before: what became of time and configuration since is no matter to it.
    async fn known(&self, tenant: &TenantCatalog, input: SendInput) -> Result<Option<Accepted>, StoreError> {
        let (digest, tenant_id) = (digest::of(&input), tenant.tenant.id);
        let Some(message_id) = input.message_id else { return Ok(None) };
        let known = message::key_of(&mut self.store.read().await?, tenant_id, &message_id).await?;
        let same = known.filter(|(_, of)| *of == digest);
        Ok(same.map(|(id, _)| Accepted { id, message_id, tenant_id, duplicate: true }))
    }

    /// Tells the lanes and the watchers of new messages. They are stored: should any of this be lost, the sweeper finds
    /// them.
    async fn hand_on(&self, new: &[Arc<NewMessage>]) {
        if new.is_empty() {
            return;
        }
        Self::count(new.len() as u64);
        if self.bus.watched() {
            self.bus.publish(new.iter().map(|message| Event::Status(accepted_event(message))).collect());
            self.bus.settle().await;
        }
        let mut jobs = Vec::with_capacity(new.len());
        for message in new {
            let due_at = message.due_at();
            if due_at <= message.created_at {
                self.recent.put(Arc::new(PendingMessage::from(&**message)));
            }
            let job = Announcer::process(message.id, message.lane.as_deref(), message.priority);
            jobs.push((job.of(message.tenant_id.0), due_at));
        }
        self.announcer.announce(jobs).await;
    }

    fn count(accepted: u64) {
        metrics::counter!("posthorn_messages_accepted_total").increment(accepted);
    }

    async fn tenant(
        &self,
        actor: &Actor,
        asked: Option<&str>,
    ) -> Result<Result<Arc<TenantCatalog>, Failure>, StoreError> {
        let found = match (asked, actor.tenant_id) {
            (Some(asked), _) => self.catalog.tenant_by_code_or_id(asked).await?.filter(|t| actor.sees(t.tenant.id)),
            (None, Some(own)) => self.catalog.tenant(own).await?,
            (None, None) => {
                let text = "tenantId is required with a platform key";
                return Ok(Err(Failure::new(ErrorCode::ValidationError, text)));
            }
        };
        Ok(match found {
            None => Err(Failure::new(
                ErrorCode::TenantNotFound,
                format!("no tenant {}", asked.unwrap_or_default().chars().take(80).collect::<String>()),
            )),
            Some(tenant) => Ok(tenant),
        })
    }

    fn message(&self, actor: &Actor, tenant: &TenantCatalog, input: SendInput) -> NewMessage {
        let business_type = tenant.business_types.get(&input.business_type);
        let settings = self.catalog.settings();
        let execution_mode = input.execution_mode.unwrap_or(settings.execution.mode);
        let digest = input.message_id.is_some().then(|| digest::of(&input));
        let now = self.clock.now();
        let id = MessageId::new(now);
        let business_data = input.business_data.to_string();
        let mut target_channels = input.target_channels;
        if let Some(channels) = &mut target_channels {
            let mut seen = Vec::with_capacity(channels.len());
            channels.retain(|channel| {
                !seen.contains(channel) && {
                    seen.push(*channel);
                    true
                }
            });
        }
        NewMessage {
            id,
            message_id: input.message_id.unwrap_or_else(|| id.to_string()),
            tenant_id: tenant.tenant.id,
            store_id: input.store_id,
            business_type: input.business_type,
            business_data: business_data.into(),
            options: MessageOptions {
                target_channels,
                channel_options: input.channel_options,
                content: input.content,
                attributes: input.attributes,
                resent_from: input.resent_from,
            },
            recipients: Arc::new(input.recipients),
            execution_mode,
            lane: business_type.and_then(|found| found.lane.clone()),
            priority: u8::try_from(business_type.map_or(DEFAULT_PRIORITY, |found| found.priority)).unwrap_or(9),
            scheduled_at: input.scheduled_at,
            expires_at: input.expires_at,
            sent_by: actor.key_id,
            created_at: now,
            digest,
        }
    }
}

/// Whether a tenant, as it is configured now, takes such a message.
fn open_to(tenant: &TenantCatalog, input: &SendInput) -> Result<(), Failure> {
    if !tenant.tenant.enabled {
        let text = format!("tenant {} is disabled", tenant.tenant.code);
        return Err(Failure::new(ErrorCode::TenantDisabled, text));
    }
    match tenant.business_types.get(&input.business_type) {
        Some(found) if !found.enabled => {
            let text = format!("business type {} is disabled", found.code);
            Err(Failure::new(ErrorCode::BusinessTypeDisabled, text))
        }
        None if tenant.tenant.strict_business_types => {
            let text = format!("no business type {}", input.business_type);
            Err(Failure::new(ErrorCode::BusinessTypeNotFound, text))
        }
        _ => Ok(()),
    }
}

fn accepted_event(message: &NewMessage) -> StatusEvent {
    StatusEvent {
        at: message.created_at,
        id: message.id,
        message_id: message.message_id.clone(),
        tenant_id: message.tenant_id,
        business_type: message.business_type.clone(),
        sent_by: message.sent_by,
        message_status: message.status(),
        task: None,
    }
}
