//! How much waits: in the lanes, for a time to come, and for an operator.

use std::sync::Arc;

use super::{ServiceError, Services};
use crate::channels::ADAPTERS;
use crate::domain::actor::{Action, Actor};
use crate::domain::backlog::{Backlog, LaneLoad};
use crate::queue::{Lane, LaneKind, PRIORITIES, QueueError};
use crate::store::{StoreError, backlog};

impl Services {
    /// What of a tenant's work is not on its way; with a platform key that names none, of everyone's.
    ///
    /// # Errors
    /// `NotFound` where there is no such tenant.
    pub async fn backlog(&self, actor: &Actor, tenant: Option<&str>) -> Result<Backlog, ServiceError> {
        Self::require(actor, Action::ReadStats)?;
        let tenant = self.tenant_scope(actor, tenant).await?;
        let mut conn = self.store.read().await?;
        let deferred_messages = backlog::deferred(&mut conn, tenant, self.clock.now()).await?;
        Ok(Backlog { deferred_messages, failed_tasks: backlog::failed(&mut conn, tenant).await? })
    }

    /// How full the lanes are. They are everyone's, so only for platform keys.
    ///
    /// # Errors
    /// `Forbidden` with a tenant's key; `Store` where database or queue do not answer.
    pub async fn lanes(&self, actor: &Actor) -> Result<Vec<LaneLoad>, ServiceError> {
        Self::require(actor, Action::ReadStats)?;
        if actor.tenant_id.is_some() {
            return Err(ServiceError::Forbidden("only a platform key may look at the lanes".to_owned()));
        }
        let mut lanes = Vec::new();
        for green in std::iter::once(None).chain(self.catalog.lanes().await?.into_iter().map(Arc::from).map(Some)) {
            lanes.push(Lane::process(green.clone()));
            lanes.extend(ADAPTERS.iter().map(|adapter| Lane::deliver(adapter.channel_type, green.clone())));
        }
        let loads = futures::future::join_all(lanes.iter().map(|lane| self.load_of(lane))).await;
        loads.into_iter().collect::<Result<_, _>>().map_err(|error| {
            tracing::warn!(%error, "the lanes could not be looked at");
            StoreError::Unavailable("the queue does not answer".to_owned()).into()
        })
    }

    async fn load_of(&self, lane: &Lane) -> Result<LaneLoad, QueueError> {
        let depth = self.queue.depth(lane).await?;
        let mut oldest_at = None;
        if depth.waiting + depth.in_hand > 0 {
            let priorities = (0..PRIORITIES).map(|priority| u8::try_from(priority).unwrap_or(u8::MAX));
            let oldest = priorities.map(|priority| self.queue.oldest(lane, priority, None));
            for oldest in futures::future::join_all(oldest).await {
                oldest_at = [oldest_at, oldest?].into_iter().flatten().min();
            }
        }
        let settings = self.catalog.settings();
        Ok(LaneLoad {
            lane: lane.to_string(),
            waiting: depth.waiting,
            delayed: depth.delayed,
            in_hand: depth.in_hand,
            oldest_at,
            workers_per_instance: match lane.kind {
                LaneKind::Process => settings.workers.process_concurrency,
                LaneKind::Deliver(_) => settings.workers.deliver_concurrency,
            },
        })
    }
}
