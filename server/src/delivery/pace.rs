//! Keeping to a config's rate limit and daily window when tasks are sent, whatever brought them: their first attempt, a
//! retry, an outage that ended, a bulk job. The chain plans slots by the same limit, so as a rule a task that comes at its
//! time finds room. What finds none takes a new slot of the plan and is handed back until then.
//!
//! Configs with neither pay nothing. Which limit is in force the opened config says ([`OpenChannel::limit`]).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;

use super::settle::{End, give_up, hand_back};
use crate::catalog::OpenChannel;
use crate::domain::channel_config::RateLimit;
use crate::domain::enums::OverLimitPolicy;
use crate::domain::id::MessageId;
use crate::domain::settings::Settings;
use crate::domain::task::{ClaimedTask, TaskResult};
use crate::domain::time::{Clock, Timestamp};
use crate::limits::pace::{Pace, count};
use crate::limits::{Limits, LimitsError, Reservation};
use crate::store::batch::{BatchLimits, Batcher};
use crate::store::{Store, StoreError, message};

/// How long a task waits in its worker's hand for room: what comes at its planned time is a little early or late.
pub(super) const PACE_PATIENCE: Duration = Duration::from_secs(1);
/// A window that opens so soon is waited for: clocks of instances differ.
const NEARLY_OPEN: Duration = Duration::from_secs(2);
/// How long a task is handed back for while it can't be known whether it may go.
const UNKNOWN: Duration = Duration::from_secs(1);

/// Says when tasks may be sent.
#[derive(Clone)]
pub(super) struct Pacer {
    limits: Limits,
    clock: Clock,
    /// The store that each message is about: part of a limit's name.
    stores: Batcher<MessageId, Option<String>>,
}

impl Pacer {
    pub(super) fn new(store: &Store, limits: Limits, clock: Clock) -> Self {
        Self { limits, clock, stores: stores(store) }
    }

    /// None where the task may be sent now; otherwise what becomes of it instead.
    pub(super) async fn hold(
        &self,
        task: &ClaimedTask,
        open_channel: &OpenChannel,
        zone: Tz,
        settings: &Settings,
    ) -> Option<TaskResult> {
        let config = &open_channel.config;
        let pace = open_channel.pace(zone, settings);
        let now = self.clock.now();
        let open = pace.next_open(now);
        if open > now && config.on_closed_window == OverLimitPolicy::Reject {
            return Some(give_up(task, End::Closed, "the config's time window has closed before it was sent", now));
        }
        let limit = match pace.limit {
            // As planned, but for the clocks: the slot counts.
            _ if open > now && open.since(now) <= NEARLY_OPEN => return Some(waits(task, open, "the time window")),
            None if open > now => return Some(waits(task, open, "the time window")),
            None => return None,
            Some(limit) => limit,
        };
        let asked = async {
            let store = self.store_of(task, &pace).await?;
            let plan = pace.plan_key(store.as_deref(), limit);
            if open > now {
                return Ok(Some(self.limits.reserve_open(&pace, limit, &plan, open).await?));
            }
            let Some(next) = self.room(limit, &pace.sent_key(store.as_deref()), now).await? else { return Ok(None) };
            Ok(Some(self.limits.reserve_open(&pace, limit, &plan, next).await?))
        };
        match asked.await {
            Ok(None) => None,
            Ok(Some(slot)) if open > now => Some(waits(task, slot, "the time window")),
            Ok(Some(slot)) => Some(waits(task, slot, "the rate limit")),
            Err(Unknown::Never(reason)) => {
                tracing::error!(task.id = %task.id, config.id = %config.id, reason, "a rate limit can't be kept");
                None
            }
            Err(Unknown::Away(reason)) => {
                tracing::warn!(task.id = %task.id, reason, "delivery waits");
                Some(hand_back(task, now.plus(UNKNOWN)))
            }
        }
    }

    /// Waits for room if there is some in a moment; otherwise says when there will be. Apart from the plan, whose slots may
    /// lie far ahead: in this log are the instants at which something was sent.
    async fn room(&self, limit: &RateLimit, sent: &str, now: Timestamp) -> Result<Option<Timestamp>, LimitsError> {
        let latest = now.plus(PACE_PATIENCE);
        Ok(match self.limits.reserve_until(sent, count(limit), limit.span(), now, latest).await? {
            Reservation::At(slot) => {
                tokio::time::sleep(slot.since(self.clock.now())).await;
                None
            }
            Reservation::Refused { next } => Some(next),
        })
    }

    async fn store_of(&self, task: &ClaimedTask, pace: &Pace<'_>) -> Result<Option<String>, Unknown> {
        match &pace.config.store_id {
            _ if !pace.per_store() => Ok(None),
            Some(store) => Ok(Some(store.clone())),
            None => self.stores.put(task.message_id).await.map_err(|error| Unknown::Away(error.to_string())),
        }
    }
}

/// Why it is not known whether a task may go.
enum Unknown {
    /// What is asked does not answer.
    Away(String),
    /// It never will be.
    Never(String),
}

impl From<LimitsError> for Unknown {
    fn from(error: LimitsError) -> Self {
        match error {
            LimitsError::Unavailable { .. } => Self::Away(error.to_string()),
            LimitsError::OutOfRange { .. } => Self::Never(error.to_string()),
        }
    }
}

fn waits(task: &ClaimedTask, until: Timestamp, what: &str) -> TaskResult {
    let text = until.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    TaskResult { result_message: Some(format!("waits for {what} until {text}")), ..hand_back(task, until) }
}

fn stores(store: &Store) -> Batcher<MessageId, Option<String>> {
    let store = store.clone();
    let limits = BatchLimits { items: 128, bytes: usize::MAX, parallel: 1, patient: false };
    Batcher::spawn(
        limits,
        |_| 1,
        move |ids: Arc<Vec<MessageId>>| {
            let store = store.clone();
            async move {
                let mut found: HashMap<_, _> = message::stores(&mut store.read().await?, &ids).await?;
                Ok::<_, StoreError>(ids.iter().map(|id| found.remove(id).flatten()).collect())
            }
        },
    )
}
