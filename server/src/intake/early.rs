//! Messages that the chain decided about at the door: stored once, with their tasks, and sent at once.

use std::sync::Arc;

use super::{Intake, accepted_event};
use crate::bus::Bus;
use crate::catalog::TenantCatalog;
use crate::domain::event::Event;
use crate::domain::message::NewMessage;
use crate::pipeline::door::Early;
use crate::pipeline::process::Processor;
use crate::store::StoreError;
use crate::store::accept::{AcceptResult, AcceptWrite};
use crate::store::batch::Batcher;

/// Where messages are decided about before they are stored.
#[derive(Clone)]
pub(super) struct Door(Arc<Parts>);

struct Parts {
    processor: Processor,
    writer: Batcher<AcceptWrite, AcceptResult>,
    bus: Bus,
}

/// What became of a message at the door.
pub(super) enum Entered {
    /// It was stored, or was there already; there is nothing left to do.
    Written(AcceptResult),
    /// It is to go the usual way.
    Not(AcceptWrite),
}

impl Door {
    pub fn new(processor: Processor, writer: Batcher<AcceptWrite, AcceptResult>, bus: Bus) -> Self {
        Self(Arc::new(Parts { processor, writer, bus }))
    }

    /// Decides about the message, stores it with that, and hands its tasks over.
    ///
    /// # Errors
    /// Where the database is away: nothing was stored, or nobody knows.
    pub async fn enter(
        &self,
        message: &Arc<NewMessage>,
        tenant: &Arc<TenantCatalog>,
        write: AcceptWrite,
    ) -> Result<Entered, StoreError> {
        if message.due_at() > message.created_at {
            return Ok(Entered::Not(write));
        }
        let early = self.0.processor.decide_early(tenant, message).await;
        let Some(early) = early else { return Ok(Entered::Not(write)) };
        let (parts, stored, decided) = (Arc::clone(&self.0), Arc::clone(message), Arc::clone(&early.write));
        // A task of its own: a caller that goes away must not leave stored what nobody sends.
        let stored = tokio::spawn(async move { parts.store(&stored, write.decided(decided), early).await });
        match stored.await.map_err(StoreError::corrupt)? {
            Ok(result) => Ok(Entered::Written(result)),
            // What the database will not have of it may be part of what was decided.
            Err(error) if !error.transient() => {
                let plain = AcceptWrite::new(Arc::clone(message)).map_err(StoreError::corrupt)?;
                Ok(Entered::Not(plain))
            }
            Err(error) => Err(error),
        }
    }
}

impl Parts {
    async fn store(&self, message: &NewMessage, write: AcceptWrite, early: Early) -> Result<AcceptResult, StoreError> {
        match self.writer.put(write).await {
            Ok(AcceptResult::Stored) => {
                Intake::count(1);
                if self.bus.watched() {
                    self.bus.publish(vec![Event::Status(accepted_event(message))]);
                }
                self.processor.go_on_early(early).await;
                Ok(AcceptResult::Stored)
            }
            Err(error) if error.transient() => {
                self.processor.doubt_early(early).await;
                Err(error)
            }
            result => result,
        }
    }
}
