//! When configs last sent and last failed: kept in memory as attempts end, and written every few seconds, so that it costs
//! the tasks nothing. A crash forgets the last seconds of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::channel_config::{ChannelFailure, ChannelHealth};
use crate::domain::enums::TaskStatus;
use crate::domain::id::ChannelConfigId;
use crate::domain::task::TaskResult;
use crate::domain::time::Clock;
use crate::store::Store;

/// How often it is written at most.
const EVERY: Duration = Duration::from_secs(2);

/// What attempts of this process have shown since it was last written. Clones share it.
#[derive(Clone)]
pub(super) struct HealthBook {
    store: Store,
    clock: Clock,
    book: Arc<Mutex<Book>>,
}

#[derive(Default)]
struct Book {
    seen: BTreeMap<ChannelConfigId, ChannelHealth>,
    written: Option<Instant>,
}

impl HealthBook {
    pub(super) fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock, book: Arc::default() }
    }

    /// Notes how an attempt ended. What ended without one (handed back, expired) says nothing about its config.
    pub(super) fn note(&self, config: ChannelConfigId, result: &TaskResult) {
        let Some(attempt) = result.attempt.as_ref().filter(|attempt| attempt.duration_us.is_some()) else { return };
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        let health = book.seen.entry(config).or_default();
        if result.status == TaskStatus::Success {
            health.last_success_at = health.last_success_at.max(Some(attempt.at));
        } else if health.last_failure.as_ref().is_none_or(|last| last.at <= attempt.at) {
            let (code, message) = (attempt.outcome.clone(), attempt.detail.clone());
            health.last_failure = Some(ChannelFailure { at: attempt.at, code, message });
        }
    }

    /// Writes what was noted, where it is time to, or `now`.
    pub(super) async fn write(&self, now: bool) {
        let seen = {
            let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
            if book.seen.is_empty() || !(now || book.written.is_none_or(|written| self.clock.since(written) >= EVERY)) {
                return;
            }
            book.written = Some(self.clock.instant());
            std::mem::take(&mut book.seen)
        };
        if let Err(error) = self.store.note_health(seen.clone()).await {
            tracing::debug!(%error, "when configs last sent is noted later");
            self.keep(seen);
        }
    }

    /// Takes back what could not be written, where nothing later was noted meanwhile.
    fn keep(&self, seen: BTreeMap<ChannelConfigId, ChannelHealth>) {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        for (config, earlier) in seen {
            let health = book.seen.entry(config).or_default();
            health.last_success_at = health.last_success_at.max(earlier.last_success_at);
            health.last_failure = health.last_failure.take().or(earlier.last_failure);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{MessageId, TaskId};
    use crate::domain::task::Attempt;
    use crate::domain::time::Timestamp;
    use crate::store::health::by_ids;
    use crate::store::testing::TestStore;

    fn result(status: TaskStatus, at: i64, took: Option<u64>) -> TaskResult {
        let outcome = if status == TaskStatus::Success { "OK" } else { "RETRY" };
        TaskResult {
            task_id: TaskId::new(Timestamp(1)),
            message_id: MessageId::new(Timestamp(1)),
            claim: 1,
            status,
            retry_count: 0,
            due_at: Timestamp(at),
            result_message: None,
            third_party_response: None,
            error_code: None,
            attempt: Some(Attempt {
                at: Timestamp(at),
                outcome: outcome.to_owned(),
                detail: Some(format!("at {at}")),
                duration_us: took,
                response: None,
            }),
            rules: None,
        }
    }

    #[tokio::test]
    async fn attempts_are_noted_and_what_was_not_attempted_is_not() {
        let store = TestStore::open().await;
        let (book, config) =
            (HealthBook::new(store.clone(), Clock::manual(Timestamp(1))), ChannelConfigId::new(Timestamp(1)));
        book.note(config, &result(TaskStatus::Failed, 5, None));
        book.write(true).await;
        let read = async || by_ids(&mut store.read().await.unwrap(), &[config]).await.unwrap().pop();
        assert_eq!(read().await, None);
        book.note(config, &result(TaskStatus::Success, 30, Some(7)));
        book.note(config, &result(TaskStatus::Retry, 20, Some(7)));
        // An attempt that ended earlier is recorded later.
        book.note(config, &result(TaskStatus::Failed, 10, Some(7)));
        book.write(true).await;
        let (_, health) = read().await.unwrap();
        assert_eq!(health.last_success_at, Some(Timestamp(30)));
        let failure = health.last_failure.unwrap();
        assert_eq!(
            (failure.at, failure.code.as_str(), failure.message.as_deref()),
            (Timestamp(20), "RETRY", Some("at 20"))
        );
    }

    #[tokio::test]
    async fn what_could_not_be_written_does_not_replace_what_came_later() {
        let store = TestStore::open().await;
        let (book, config) =
            (HealthBook::new(store.clone(), Clock::manual(Timestamp(1))), ChannelConfigId::new(Timestamp(1)));
        book.note(config, &result(TaskStatus::Retry, 20, Some(7)));
        let earlier = std::mem::take(&mut book.book.lock().unwrap().seen);
        book.note(config, &result(TaskStatus::Retry, 40, Some(7)));
        book.keep(earlier);
        assert_eq!(book.book.lock().unwrap().seen[&config].last_failure.as_ref().unwrap().at, Timestamp(40));
    }
}
