//! How much waits: lanes, what is deferred, what has failed.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::error::Result;
use super::scalar::DateTime;
use super::session::{actor, services};
use crate::domain;

/// How full a lane is, on all instances together. Lanes are the platform's: every tenant's work goes through them. With Redis,
/// a job that an instance takes up the moment it arises never enters the queue, and is in none of these numbers.
#[derive(SimpleObject)]
pub struct LaneStats {
    /// `process` (the chain) or `deliver.<channel type>`, and the name of the green channel behind a dot where it is one's.
    lane: String,
    /// Jobs that are due and in nobody's hands.
    waiting: i32,
    /// Jobs for a later time, two minutes ahead at most; what is due later waits in the database.
    delayed: i32,
    /// Jobs that workers have in hand.
    in_hand: i32,
    /// When the oldest job that waits or is in hand was handed in; absent where there is none.
    oldest_at: Option<DateTime>,
    /// How long ago that was, in seconds; absent where there is none.
    oldest_age_seconds: Option<f64>,
    /// Jobs of this lane that each instance with workers does at once, as the settings say.
    workers_per_instance: i32,
}

/// A number that is counted only so far, so that it costs little.
#[derive(SimpleObject)]
pub struct CappedCount {
    /// The number, 10000 at most.
    value: i32,
    /// Whether there are perhaps more.
    capped: bool,
}

impl From<domain::backlog::CappedCount> for CappedCount {
    fn from(count: domain::backlog::CappedCount) -> Self {
        Self { value: whole(count.value), capped: count.capped }
    }
}

/// What is not on its way.
#[derive(SimpleObject)]
pub struct Backlog {
    /// Messages with a task that waits for a time to come: an opening of its window, a slot of its rate limit, a provider that
    /// is left alone. Not what waits to be tried again, or for an earlier channel.
    deferred_messages: CappedCount,
    /// Tasks that ended FAILED and were not discarded.
    failed_tasks: CappedCount,
}

/// A number that GraphQL's Int may be too small for.
pub(super) fn whole(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

#[derive(Default)]
pub struct BacklogQuery;

#[Object]
impl BacklogQuery {
    /// How full the lanes are. Only with a platform key.
    async fn lane_stats(&self, ctx: &Context<'_>) -> Result<Vec<LaneStats>> {
        let services = services(ctx)?;
        let lanes = services.lanes(actor(ctx)?).await?;
        let now = services.clock.now();
        let stats = |lane: domain::backlog::LaneLoad| LaneStats {
            lane: lane.lane,
            waiting: whole(lane.waiting),
            delayed: whole(lane.delayed),
            in_hand: whole(lane.in_hand),
            oldest_at: lane.oldest_at.map(Into::into),
            oldest_age_seconds: lane.oldest_at.map(|at| now.since(at).as_secs_f64()),
            workers_per_instance: lane.workers_per_instance,
        };
        Ok(lanes.into_iter().map(stats).collect())
    }

    /// How much of a tenant's work is not on its way: deferred or failed.
    async fn backlog(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A tenant's id or code; with a platform key everyone's work when absent.")] tenant_id: Option<
            ID,
        >,
    ) -> Result<Backlog> {
        let backlog = services(ctx)?.backlog(actor(ctx)?, tenant_id.as_deref().map(String::as_str)).await?;
        Ok(Backlog { deferred_messages: backlog.deferred_messages.into(), failed_tasks: backlog.failed_tasks.into() })
    }
}
