//! Numbers over time, kept as they happen: what a batch or a transaction changes it also counts, in rows of its own that
//! nobody updates (`stat_deltas`). So each message and task is counted exactly once, whatever crashes, and writers never
//! wait for each other. Every few seconds the rows are moved into `stat_rollups`, by minute and by hour; readers add both.
//!
//! - [`tally`]: what SQLite's writers, and transactions of operators and steps, have counted
//! - [`fold`]: moves what was counted into the rollups
//! - [`read`]: totals and series; [`audit`]: whether they agree with the messages and tasks that are there
//!
//! On PostgreSQL the statements of the hot path count by themselves; the macros here are the parts that they share.

#[cfg(test)]
pub mod audit;
pub mod fold;
pub mod read;
pub(super) mod tally;
#[cfg(test)]
mod tests;

/// Where counted rows go; a SELECT of these columns follows.
macro_rules! count_into {
    () => {
        "INSERT INTO stat_deltas (at, tenant_id, kind, business_type, channel_type, channel_config_id, status, \
         error_code, latency, count) "
    };
}

/// Counts the messages `m` that have ended, of those that a statement has changed. The number is that of
/// `domain::stats::step_of`: two steps for each doubling.
macro_rules! ended_messages {
    () => {
        "SELECT m.finished_at - m.finished_at % 60000000, m.tenant_id, 'ENDED', m.business_type, '', \
         '00000000-0000-0000-0000-000000000000'::uuid, m.status, COALESCE(m.error_code, ''), \
         CASE WHEN m.status IN ('SUCCESS', 'PARTIAL_SUCCESS', 'FAILED') THEN LEAST(79, floor(2.885390081777927 * \
           ln(GREATEST(m.finished_at - GREATEST(m.scheduled_at, m.created_at), 1)::float8)))::smallint \
           ELSE -1::smallint END, count(*) \
         FROM m WHERE m.finished_at IS NOT NULL GROUP BY 1, 2, 4, 7, 8, 9"
    };
}

pub(super) use {count_into, ended_messages};
