//! Numbers over time: what is counted of messages and tasks, and how it can be asked for.
//!
//! - [`histogram`]: durations by steps of a fixed log scale; [`buckets`]: the spans of a series

mod buckets;
mod histogram;

use std::time::Duration;

use async_graphql::Enum;

pub use self::buckets::Buckets;
pub use self::histogram::{Histogram, LAST_STEP, NOT_MEASURED, step_of};
use super::enums::{ChannelType, MessageStatus, TaskStatus};
use super::id::{ChannelConfigId, TenantId};

/// How long numbers by minute are kept.
pub const MINUTES_KEPT: Duration = Duration::from_secs(48 * 3600);
/// How long numbers by hour are kept, in months.
pub const HOURS_KEPT_MONTHS: u32 = 13;

/// What happened to messages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageCounts {
    pub accepted: u64,
    pub succeeded: u64,
    pub partially_succeeded: u64,
    pub failed: u64,
    pub skipped: u64,
    pub cancelled: u64,
    /// Ended ones that operators set under way again.
    pub reopened: u64,
    /// From acceptance, or the time that a message was scheduled for, to its end.
    pub latency: Histogram,
}

/// What happened to channel tasks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskCounts {
    pub sent: u64,
    pub failed: u64,
    pub cancelled: u64,
    /// Attempts after which a task waits to be tried again.
    pub retried: u64,
    /// Failed ones that operators let wait again.
    pub reopened: u64,
    /// How long attempts took.
    pub send_duration: Histogram,
}

/// What was counted of a group in a span.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    pub messages: MessageCounts,
    pub tasks: TaskCounts,
}

/// What a row of numbers is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Counted {
    /// Messages accepted.
    Accepted,
    /// Messages that ended, by the status that they have then.
    Ended,
    /// Ended messages that were set under way again, by the status that they had.
    Reopened,
    /// Tasks, by what became of them: an end, RETRY, or [`TASK_REOPENED`].
    Task,
}

/// The status under which a failed task is counted that waits again.
pub const TASK_REOPENED: &str = "REOPENED";

impl Counted {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "ACCEPTED",
            Self::Ended => "ENDED",
            Self::Reopened => "REOPENED",
            Self::Task => "TASK",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Accepted, Self::Ended, Self::Reopened, Self::Task].into_iter().find(|kind| kind.as_str() == text)
    }
}

impl Counts {
    pub fn add(&mut self, kind: Counted, status: &str, step: i16, count: u64) {
        let (messages, tasks) = (&mut self.messages, &mut self.tasks);
        match kind {
            Counted::Accepted => messages.accepted += count,
            Counted::Reopened => messages.reopened += count,
            Counted::Ended => {
                messages.latency.add(step, count);
                match status.parse() {
                    Ok(MessageStatus::Success) => messages.succeeded += count,
                    Ok(MessageStatus::PartialSuccess) => messages.partially_succeeded += count,
                    Ok(MessageStatus::Failed) => messages.failed += count,
                    Ok(MessageStatus::Skipped) => messages.skipped += count,
                    Ok(MessageStatus::Cancelled) => messages.cancelled += count,
                    // No end, so no statement counts it.
                    Ok(MessageStatus::Scheduled | MessageStatus::Pending | MessageStatus::Processing) | Err(_) => {}
                }
            }
            Counted::Task => {
                tasks.send_duration.add(step, count);
                match status.parse() {
                    Ok(TaskStatus::Success) => tasks.sent += count,
                    Ok(TaskStatus::Failed) => tasks.failed += count,
                    Ok(TaskStatus::Cancelled) => tasks.cancelled += count,
                    Ok(TaskStatus::Retry) => tasks.retried += count,
                    _ if status == TASK_REOPENED => tasks.reopened += count,
                    _ => {}
                }
            }
        }
    }

    pub fn merge(&mut self, other: &Self) {
        let (messages, tasks) = (&mut self.messages, &mut self.tasks);
        for (sum, more) in [
            (&mut messages.accepted, other.messages.accepted),
            (&mut messages.succeeded, other.messages.succeeded),
            (&mut messages.partially_succeeded, other.messages.partially_succeeded),
            (&mut messages.failed, other.messages.failed),
            (&mut messages.skipped, other.messages.skipped),
            (&mut messages.cancelled, other.messages.cancelled),
            (&mut messages.reopened, other.messages.reopened),
            (&mut tasks.sent, other.tasks.sent),
            (&mut tasks.failed, other.tasks.failed),
            (&mut tasks.cancelled, other.tasks.cancelled),
            (&mut tasks.retried, other.tasks.retried),
            (&mut tasks.reopened, other.tasks.reopened),
        ] {
            *sum += more;
        }
        messages.latency.merge(&other.messages.latency);
        tasks.send_duration.merge(&other.tasks.send_duration);
    }
}

/// How long a bucket of a series is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum StatsInterval {
    /// A minute. Kept for 48 hours.
    Minute,
    /// An hour of UTC. Kept for 13 months.
    Hour,
    /// A day of the time zone, from midnight to midnight; made of hours, so it begins with the first full hour of UTC in zones
    /// that are not whole hours off. Kept for 13 months.
    Day,
}

/// By what numbers are set apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum StatsGroupBy {
    /// The message's business type.
    BusinessType,
    /// The task's kind of channel: numbers of tasks only.
    ChannelType,
    /// The task's channel config, deleted or not: numbers of tasks only.
    ChannelConfig,
    /// The status in which messages ended (or which they had when they were reopened): numbers of messages only, and none of
    /// accepted ones.
    Status,
    /// The errorCode with which messages or tasks ended, or tasks were tried again; what has none is not counted, so nor is what
    /// was accepted. Messages and tasks have different codes, so most groups have numbers of one of them.
    ErrorCode,
}

/// Which numbers are wanted: all that is given must match.
#[derive(Debug, Clone, Default)]
pub struct StatsFilter {
    /// None: every tenant's.
    pub tenant_id: Option<TenantId>,
    pub business_type: Option<String>,
    pub channel_type: Option<ChannelType>,
    pub channel_config_id: Option<ChannelConfigId>,
}

impl StatsFilter {
    /// Whether it names a channel, so that numbers of messages can't be answered.
    pub const fn by_channel(&self) -> bool {
        self.channel_type.is_some() || self.channel_config_id.is_some()
    }
}

/// A group's numbers.
#[derive(Debug, Clone)]
pub struct GroupStats {
    /// None: everything, or what no group of its own was made for.
    pub key: Option<String>,
    pub total: Counts,
    /// One for each bucket.
    pub series: Vec<Counts>,
}

/// What was asked for: totals, and the same over time.
#[derive(Debug, Clone)]
pub struct Stats {
    pub buckets: Buckets,
    pub total: Counts,
    /// The largest first; what no group of its own was made for last.
    pub groups: Vec<GroupStats>,
}
