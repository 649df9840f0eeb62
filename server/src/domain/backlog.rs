//! How much waits: in the lanes, for a time, and for an operator.

use super::time::Timestamp;

/// A number that is counted only so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CappedCount {
    pub value: u32,
    /// There are as many at least, perhaps more.
    pub capped: bool,
}

/// What of a tenant's (or everyone's) work is not on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Messages with a task that waits for its time.
    pub deferred_messages: CappedCount,
    /// Failed tasks that nobody has discarded.
    pub failed_tasks: CappedCount,
}

/// How full a lane is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneLoad {
    pub lane: String,
    pub waiting: usize,
    pub delayed: usize,
    pub in_hand: usize,
    /// When the oldest job that waits or is in hand was handed in.
    pub oldest_at: Option<Timestamp>,
    /// Jobs that each instance with workers does at once.
    pub workers_per_instance: i32,
}
