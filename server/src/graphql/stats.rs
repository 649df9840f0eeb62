//! Numbers over time: totals and series for charts.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};
use uuid::Uuid;

use super::backlog::whole;
use super::channel_config::ChannelConfig;
use super::error::Result;
use super::loaders::{TheConfig, load};
use super::scalar::DateTime;
use super::session::{actor, services};
use crate::domain::actor::Action;
use crate::domain::enums::ChannelType;
use crate::domain::id::ChannelConfigId;
use crate::domain::stats::{self as domain, StatsGroupBy, StatsInterval};
use crate::domain::time::Timestamp;
use crate::services::stats::{MOST_BUCKETS, MOST_BUCKETS_GROUPED, MOST_GROUPS, StatsRequest};

/// How long things took: read from a histogram of fixed steps, so exact to a factor of 1.41.
#[derive(SimpleObject)]
pub struct DurationStats {
    /// How many were measured.
    count: i32,
    /// Half of them took no longer, in milliseconds; absent where nothing was measured.
    p50_ms: Option<f64>,
    /// 99 of 100 took no longer, in milliseconds; absent where nothing was measured.
    p99_ms: Option<f64>,
}

impl From<&domain::Histogram> for DurationStats {
    fn from(histogram: &domain::Histogram) -> Self {
        let rounded = |ms: f64| (ms * 1000.0).round() / 1000.0;
        Self {
            count: whole(histogram.count()),
            p50_ms: histogram.quantile_ms(0.5).map(rounded),
            p99_ms: histogram.quantile_ms(0.99).map(rounded),
        }
    }
}

/// What happened to messages. Events are counted when they happen, each once: a message that an operator sets under way again
/// counts in `reopened`, and once more when it ends again. So over all time the messages that are in an end's status now are
/// those that ended so, less those that were reopened from it (groupBy STATUS tells both); and `accepted`, less all ends, plus
/// `reopened`, are under way. Discarding failed tasks changes nothing here. Numbers end at 2147483647.
#[derive(SimpleObject)]
pub struct MessageCounts {
    /// Accepted; absent where groupBy is STATUS or ERROR_CODE, which accepted messages do not have.
    accepted: Option<i32>,
    /// Ended as SUCCESS.
    succeeded: i32,
    /// Ended as PARTIAL_SUCCESS.
    partially_succeeded: i32,
    /// Ended as FAILED.
    failed: i32,
    /// Ended as SKIPPED.
    skipped: i32,
    /// Ended as CANCELLED.
    cancelled: i32,
    /// Set under way again after their end, by retryMessage or retryTasks.
    reopened: i32,
    /// From acceptance (or scheduledAt, where that is later) to the end, of those that ended as SUCCESS, PARTIAL_SUCCESS or
    /// FAILED.
    latency: DurationStats,
}

/// What happened to channel tasks, counted when it happened: a failed task that an operator lets wait again counts in
/// `reopened`, and once more when it ends again. Numbers end at 2147483647.
#[derive(SimpleObject)]
pub struct TaskCounts {
    /// Taken by the provider.
    sent: i32,
    /// Ended as FAILED.
    failed: i32,
    /// Ended as CANCELLED: by cancelMessage, by expiresAt, or because an earlier channel decided so.
    cancelled: i32,
    /// Attempts that failed for now, after which the task waits for the next.
    retried: i32,
    /// Failed ones that wait again, by retryMessage or retryTasks.
    reopened: i32,
    /// How long attempts took, whatever became of them.
    send_duration: DurationStats,
}

/// What was counted in a span.
#[derive(SimpleObject)]
pub struct StatsCounts {
    /// Numbers of messages; absent with a filter or groups by channel, since a message may have several.
    messages: Option<MessageCounts>,
    /// Numbers of channel tasks; absent where groupBy is STATUS.
    tasks: Option<TaskCounts>,
}

/// A bucket of a series.
#[derive(SimpleObject)]
pub struct StatsBucket {
    /// When it begins; it ends where the next begins.
    at: DateTime,
    /// What was counted in it; zeros where nothing was.
    counts: StatsCounts,
}

/// The numbers of a group.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct StatsGroup {
    /// What its members have in common: a business type's code, a channel type, the id of a channel config, a status, an error
    /// code. Absent where groupBy is, and on the group of all that is beyond the 20 largest, which is the last.
    key: Option<String>,
    /// Over the whole range.
    total: StatsCounts,
    /// Every bucket of the range, the earliest first.
    buckets: Vec<StatsBucket>,
    #[graphql(skip)]
    config: Option<ChannelConfigId>,
}

#[ComplexObject]
impl StatsGroup {
    /// The channel config that the group is about, deleted or not; absent where groupBy is not CHANNEL_CONFIG.
    async fn channel_config(&self, ctx: &Context<'_>) -> Result<Option<ChannelConfig>> {
        let Some(id) = self.config.filter(|_| actor(ctx).is_ok_and(|actor| actor.may(Action::ReadConfig))) else {
            return Ok(None);
        };
        Ok(load(ctx, TheConfig(id)).await?.map(Into::into))
    }
}

/// Numbers of messages and channel tasks, in total and over time. They are kept as they happen, so asking costs the same
/// however many messages there are; what was committed before the question is in the answer.
#[derive(SimpleObject)]
pub struct MessageStats {
    /// Where the first bucket begins: `from` or a little earlier.
    from: DateTime,
    /// Where the last bucket ends: `to` or a little later.
    to: DateTime,
    /// How long a bucket is.
    interval: StatsInterval,
    /// Over the whole range and all groups.
    total: StatsCounts,
    /// The groups, the largest first; without groupBy there is one.
    groups: Vec<StatsGroup>,
}

/// Which numbers are wanted: all that is given must match.
#[derive(InputObject, Default)]
pub struct MessageStatsFilter {
    /// A tenant's id or code; a tenant's key sees its own only. With a platform key every tenant's when absent.
    tenant_id: Option<ID>,
    /// The business type's code.
    business_type: Option<String>,
    /// The kind of channel: then there are numbers of tasks only.
    channel_type: Option<ChannelType>,
    /// The channel config, deleted or not: then there are numbers of tasks only.
    channel_config_id: Option<ID>,
}

/// Which numbers make sense for what was asked for.
#[derive(Clone, Copy)]
struct Answerable {
    messages: bool,
    accepted: bool,
    tasks: bool,
}

impl Answerable {
    fn counts(self, counts: &domain::Counts) -> StatsCounts {
        let (messages, tasks) = (&counts.messages, &counts.tasks);
        StatsCounts {
            messages: self.messages.then(|| MessageCounts {
                accepted: self.accepted.then(|| whole(messages.accepted)),
                succeeded: whole(messages.succeeded),
                partially_succeeded: whole(messages.partially_succeeded),
                failed: whole(messages.failed),
                skipped: whole(messages.skipped),
                cancelled: whole(messages.cancelled),
                reopened: whole(messages.reopened),
                latency: (&messages.latency).into(),
            }),
            tasks: self.tasks.then(|| TaskCounts {
                sent: whole(tasks.sent),
                failed: whole(tasks.failed),
                cancelled: whole(tasks.cancelled),
                retried: whole(tasks.retried),
                reopened: whole(tasks.reopened),
                send_duration: (&tasks.send_duration).into(),
            }),
        }
    }
}

/// The cost of an answer. Its numbers are in memory by then, so ten buckets count as one.
fn stats_cost(grouped: bool, each: usize) -> usize {
    let buckets = if grouped { MOST_BUCKETS_GROUPED * (MOST_GROUPS + 1) } else { MOST_BUCKETS };
    1 + buckets / 10 * each
}

#[derive(Default)]
pub struct StatsQuery;

#[Object]
impl StatsQuery {
    /// How many messages were accepted and how they ended, how many channel tasks were sent, failed or tried again, and how
    /// long it took. There may be 1500 buckets, or 200 with groups.
    #[graphql(complexity = "stats_cost(group_by.is_some(), child_complexity)")]
    #[allow(clippy::too_many_arguments)] // the arguments of the query
    async fn message_stats(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all that the key may see when absent.")] filter: Option<MessageStatsFilter>,
        #[graphql(desc = "From the beginning of the bucket that this is in.")] from: DateTime,
        #[graphql(desc = "To the end of the bucket that is under way then; now when absent.")] to: Option<DateTime>,
        #[graphql(desc = "How long a bucket is.")] interval: StatsInterval,
        #[graphql(desc = "By what numbers are set apart; not at all when absent.")] group_by: Option<StatsGroupBy>,
        #[graphql(desc = "IANA name of the zone whose days DAY means; the tenant's, or UTC, when absent.")]
        timezone: Option<String>,
    ) -> Result<MessageStats> {
        let filter = filter.unwrap_or_default();
        let by_channel = filter.channel_type.is_some() || filter.channel_config_id.is_some();
        let request = StatsRequest {
            tenant: filter.tenant_id.map(Into::into),
            from: from.0,
            to: to.map(|to| to.0),
            interval,
            group_by,
            timezone,
            business_type: filter.business_type,
            channel_type: filter.channel_type,
            channel_config_id: filter.channel_config_id.map(Into::into),
        };
        let stats = services(ctx)?.message_stats(actor(ctx)?, request).await?;
        let of_channels = matches!(group_by, Some(StatsGroupBy::ChannelType | StatsGroupBy::ChannelConfig));
        let answerable = Answerable {
            messages: !by_channel && !of_channels,
            accepted: !matches!(group_by, Some(StatsGroupBy::Status | StatsGroupBy::ErrorCode)),
            tasks: group_by != Some(StatsGroupBy::Status),
        };
        let by_config = group_by == Some(StatsGroupBy::ChannelConfig);
        let starts = stats.buckets.starts();
        let group = |group: domain::GroupStats| {
            let bucket = |(at, counts): (&Timestamp, &domain::Counts)| StatsBucket {
                at: DateTime::from(*at),
                counts: answerable.counts(counts),
            };
            let id = group.key.as_deref().filter(|_| by_config).and_then(|key| Uuid::try_parse(key).ok());
            let config = id.map(ChannelConfigId);
            StatsGroup {
                key: config.map_or(group.key, |config| Some(config.to_string())),
                total: answerable.counts(&group.total),
                buckets: starts.iter().zip(&group.series).map(bucket).collect(),
                config,
            }
        };
        Ok(MessageStats {
            from: stats.buckets.from().into(),
            to: stats.buckets.to().into(),
            interval,
            total: answerable.counts(&stats.total),
            groups: stats.groups.into_iter().map(group).collect(),
        })
    }
}
