//! Deciding at the door: where a hand of this process is free for it, the chain runs on a message before it is stored. So
//! the message is written once, with its tasks, and sent at once. All else goes by the "process" lane: what is for later,
//! what waits its turn behind others, and what takes a slot of a limit, which must not be taken for a message that may
//! turn out to be there already.

use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument;

use super::chain::{ChainUnavailable, takes};
use super::process::{Processor, write_of};
use crate::catalog::TenantCatalog;
use crate::delivery::booking::Booking;
use crate::domain::message::{NewMessage, PendingMessage};
use crate::store::dispatch::DispatchWrite;
use crate::traces;

/// How long a message waits to be let in. Deciding takes no time worth speaking of, unless something is wrong.
const DOOR_PATIENCE: Duration = Duration::from_millis(20);

/// What was decided about a message that is about to be stored. Dropped, it leaves nothing behind.
pub struct Early {
    /// To be stored with the message.
    pub write: Arc<DispatchWrite>,
    bookings: Vec<Option<Booking>>,
}

impl Processor {
    /// Runs the chain on a message that is about to be stored; none where it is to go the usual way.
    pub async fn decide_early(&self, tenant: &Arc<TenantCatalog>, message: &NewMessage) -> Option<Early> {
        let settings = self.catalog.settings();
        if takes(tenant, &settings) {
            return None;
        }
        let let_in = tokio::time::timeout(DOOR_PATIENCE, self.door.acquire()).await.ok()?.ok()?;
        let seat = self.announcer.process_seat(tenant.tenant.id, message.lane.as_deref(), message.priority)?;
        let message = Arc::new(PendingMessage::from(message));
        let decide = async {
            let decision = self.chain.decide_briefly(Arc::clone(&message), Arc::clone(tenant), settings).await?;
            traces::decided(decision.status.as_str(), decision.failure.as_ref().map(|failure| failure.code.as_str()));
            Ok::<_, ChainUnavailable>(decision)
        };
        let decision = decide.instrument(traces::chain(&message)).await;
        drop((seat, let_in));
        // Something is away, or would take long: the usual way waits for it.
        let mut decision = decision.ok()?;
        let now = self.clock.now();
        let bookings = self.book(&message, tenant, &mut decision.tasks, now, true).await;
        let write = write_of(message, decision, now).ok()?;
        Some(Early { write, bookings })
    }

    /// Goes on with what was stored.
    pub async fn go_on_early(&self, early: Early) {
        self.go_on(&early.write, early.bookings).await;
    }

    /// Nobody knows whether it was stored: a worker will see.
    pub async fn doubt_early(&self, early: Early) {
        drop(early.bookings);
        self.go_on_in_doubt(&early.write).await;
    }
}
