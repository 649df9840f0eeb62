//! What happened to a message, one line each.

use super::id::TaskId;
use super::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineEntry {
    pub at: Timestamp,
    /// A handler's name (`VALIDATION`, `TIME_WINDOW`, …), or `ATTEMPT`, `RECEIPT`, `STATUS`, `OPERATOR`.
    pub stage: String,
    pub outcome: String,
    pub detail: Option<String>,
    pub duration_us: Option<u64>,
    pub task_id: Option<TaskId>,
    /// Of an attempt: what the provider answered, redacted; recipients in clear.
    pub third_party_response: Option<String>,
}
