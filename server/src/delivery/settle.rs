//! What an outcome makes of a task: done, again later, or failed. Pure.

use std::time::Duration;

use crate::channels::{Outcome, Unknown};
use crate::domain::code::ErrorCode;
use crate::domain::enums::TaskStatus;
use crate::domain::retry::backoff;
use crate::domain::settings::{ExecutionSettings, RetrySettings};
use crate::domain::task::{Attempt, ClaimedTask, TaskResult, WAITS, rests};
use crate::domain::time::Timestamp;
use crate::store::sweep::LostTask;

/// A task that was throttled for longer than this, from the first such attempt on, spends its retries and fails. So does one
/// that waited for longer for a provider that was left alone.
pub(super) const PATIENCE: Duration = Duration::from_secs(24 * 3600);

/// Longest text kept of a result or an answer, in characters.
const MAX_TEXT: usize = 2000;

/// What is known after an attempt.
#[derive(Debug)]
pub struct Attempted {
    pub outcome: Outcome,
    /// The provider's answer, redacted.
    pub response: Option<String>,
    pub took: Duration,
}

/// Decides what becomes of `task` after `attempted`. `random` is uniform in 0..1.
pub fn settle(
    task: &ClaimedTask,
    attempted: Attempted,
    unknown: Unknown,
    settings: &RetrySettings,
    now: Timestamp,
    random: f64,
) -> TaskResult {
    let Attempted { outcome, response, took } = attempted;
    let wait = backoff(settings, task.retry_count, random).max(outcome.wait().unwrap_or_default());
    let retries_left = task.retry_count < task.max_retry;
    let decided = matches!(outcome, Outcome::Ambiguous { .. }).then(|| unknown.decide(retries_left));
    let again = decided.as_ref().map_or(outcome.transient() && retries_left, |(again, _)| *again);
    let detail = match decided {
        Some((_, why)) => format!("{}; {why}", outcome.detail()),
        None => outcome.detail().to_owned(),
    };
    let (status, retry_count, due_at) = match &outcome {
        Outcome::Ok { .. } | Outcome::Partial { .. } => (TaskStatus::Success, task.retry_count, now),
        // Who asked for one attempt gets no second one, however little the first cost.
        Outcome::Throttle { wait, .. }
            if task.max_retry > 0 && now.since(task.throttled_since.unwrap_or(task.created_at)) < PATIENCE =>
        {
            // Spread over a tenth, so that what waited does not come back all at once.
            (TaskStatus::Retry, task.retry_count, now.plus(wait.mul_f64(1.0 + random / 10.0)))
        }
        _ if again => (TaskStatus::Retry, task.retry_count + 1, now.plus(wait)),
        _ => (TaskStatus::Failed, task.retry_count, now),
    };
    // What would wait beyond its expiry is looked at then, and ends.
    let due_at = task.expires_at.map_or(due_at, |end| due_at.min(end));
    let response = response.map(|text| clean(&text));
    // A success is followed by nothing that would overwrite its answer on the task.
    let kept = if status == TaskStatus::Success { None } else { response.clone() };
    TaskResult {
        task_id: task.id,
        message_id: task.message_id,
        claim: task.claim,
        status,
        retry_count,
        due_at,
        result_message: Some(clean(&detail)),
        third_party_response: response,
        error_code: None,
        attempt: Some(Attempt {
            at: now,
            outcome: outcome.name().to_owned(),
            detail: Some(clean(&detail)),
            duration_us: Some(u64::try_from(took.as_micros()).unwrap_or(u64::MAX)),
            response: kept,
        }),
        rules: None,
    }
}

/// Hands a claimed task back unsent, to be claimed again from `due_at` on, or at its expiry, to be ended.
pub fn hand_back(task: &ClaimedTask, due_at: Timestamp) -> TaskResult {
    let due_at = task.expires_at.map_or(due_at, |end| due_at.min(end));
    TaskResult {
        task_id: task.id,
        message_id: task.message_id,
        claim: task.claim,
        status: if task.retry_count > 0 { TaskStatus::Retry } else { TaskStatus::Pending },
        retry_count: task.retry_count,
        due_at,
        result_message: None,
        third_party_response: None,
        error_code: None,
        attempt: None,
        rules: None,
    }
}

/// The result of a task whose claimer is gone: nobody knows whether it was sent. Tried again as long as it may, and where
/// `unknown` lets it.
pub fn lose(task: &LostTask, unknown: Unknown, execution: ExecutionSettings, now: Timestamp) -> TaskResult {
    let (again, why) = unknown.decide(task.retry_count < task.max_retry);
    let detail = format!("the worker was lost before it recorded the outcome; {why}");
    TaskResult {
        task_id: task.id,
        message_id: task.message_id,
        claim: task.claim,
        status: if again { TaskStatus::Retry } else { TaskStatus::Failed },
        retry_count: if again { task.retry_count + 1 } else { task.retry_count },
        // The lease was wait enough.
        due_at: now,
        result_message: Some(detail.clone()),
        third_party_response: None,
        error_code: None,
        attempt: Some(unanswered(now, "AMBIGUOUS", detail)),
        rules: (task.step > 0).then_some(execution),
    }
}

/// The same for a task that waits until its channel config may send again; the task says why.
pub fn put_off(task: &ClaimedTask, due_at: Timestamp, why: &str) -> TaskResult {
    TaskResult { result_message: Some(clean(&format!("{WAITS}{why}"))), ..hand_back(task, due_at) }
}

/// The same for a task that waits for its config's circuit breaker, and has since then.
pub fn rest(task: &ClaimedTask, due_at: Timestamp, since: Timestamp, reason: &str) -> TaskResult {
    TaskResult { result_message: Some(clean(&rests(since, reason))), ..hand_back(task, due_at) }
}

/// Why a claimed task ends without an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Its channel config can't be used any more.
    Unusable,
    /// expiresAt has passed.
    Expired,
    /// It waited for longer than all channels may take together.
    TimedOut,
    /// Its config's window has closed before it was sent, and the config defers nothing.
    Closed,
    /// It waited for its config's circuit breaker for too long.
    Rested,
}

/// Ends a claimed task that was not attempted.
pub fn give_up(task: &ClaimedTask, end: End, reason: &str, now: Timestamp) -> TaskResult {
    let (status, code, error_code) = match end {
        End::Unusable => (TaskStatus::Failed, "CONFIG", None),
        End::TimedOut => (TaskStatus::Failed, "CHANNELS_TIMEOUT", None),
        End::Closed => {
            let code = ErrorCode::OutsideTimeWindow;
            (TaskStatus::Failed, code.as_str(), Some(code))
        }
        End::Rested => (TaskStatus::Failed, "CIRCUIT_OPEN", None),
        End::Expired => (TaskStatus::Cancelled, ErrorCode::Expired.as_str(), Some(ErrorCode::Expired)),
    };
    TaskResult {
        task_id: task.id,
        message_id: task.message_id,
        claim: task.claim,
        status,
        retry_count: task.retry_count,
        due_at: now,
        result_message: Some(clean(&format!("{code}: {reason}"))),
        third_party_response: None,
        error_code,
        attempt: Some(unanswered(now, code, clean(reason))),
        rules: None,
    }
}

/// How it went for a task of which no provider said anything.
fn unanswered(at: Timestamp, outcome: &str, detail: String) -> Attempt {
    Attempt { at, outcome: outcome.to_owned(), detail: Some(detail), duration_us: None, response: None }
}

/// A provider's text as it may be stored: PostgreSQL holds no NUL, and nothing is kept without bound.
fn clean(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(MAX_TEXT).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::enums::{ChannelType, MessageType, UnknownPolicy};
    use crate::domain::id::{ChannelConfigId, MessageId, TaskId, TenantId};
    use crate::domain::state::task_may_become;

    const NOW: Timestamp = Timestamp::from_millis(1_795_228_200_000);

    pub(in crate::delivery) fn task(retry_count: i32, max_retry: i32) -> ClaimedTask {
        ClaimedTask {
            id: TaskId::new(NOW),
            message_id: MessageId::new(NOW),
            tenant_id: TenantId::new(NOW),
            message_key: "m".to_owned(),
            business_type: "B".to_owned(),
            channel_type: ChannelType::Webhook,
            channel_config_id: ChannelConfigId::new(NOW),
            message_type: MessageType::Text,
            rendered_content: "{}".into(),
            recipient_from: 0,
            recipient_count: 0,
            retry_count,
            max_retry,
            lane: None,
            lane_priority: 5,
            sent_by: None,
            expires_at: None,
            created_at: NOW,
            claim: 7,
            step: 0,
            held: false,
            rests_since: None,
            throttled_since: None,
        }
    }

    fn after(task: &ClaimedTask, outcome: Outcome) -> TaskResult {
        let attempted = Attempted { outcome, response: None, took: Duration::from_millis(3) };
        let settings = RetrySettings { jitter: 0.0, ..RetrySettings::default() };
        settle(task, attempted, Unknown::Key("webhook-id"), &settings, NOW, 0.0)
    }

    #[test]
    fn an_attempt_keeps_its_answer_where_it_did_not_succeed_cut_as_the_tasks_is() {
        let long = format!("a\0{}", "好".repeat(MAX_TEXT + 5));
        for (outcome, kept) in
            [(Outcome::ok("fine"), false), (Outcome::retry("busy"), true), (Outcome::config("removed"), true)]
        {
            let attempted = Attempted { outcome, response: Some(long.clone()), took: Duration::from_millis(3) };
            let settings = RetrySettings::default();
            let result = settle(&task(0, 3), attempted, Unknown::Key("webhook-id"), &settings, NOW, 0.0);
            let response = result.third_party_response.unwrap();
            assert_eq!(response, format!("a{}", "好".repeat(MAX_TEXT - 1)));
            assert_eq!(result.attempt.unwrap().response, kept.then_some(response));
        }
    }

    #[test]
    fn an_unknown_outcome_is_tried_again_or_not_as_the_policy_says_and_the_attempt_tells() {
        for (policy, status) in [(UnknownPolicy::Retry, TaskStatus::Retry), (UnknownPolicy::Fail, TaskStatus::Failed)] {
            let attempted =
                Attempted { outcome: Outcome::ambiguous("no answer"), response: None, took: Duration::from_secs(1) };
            let settings = RetrySettings::default();
            let result = settle(&task(0, 3), attempted, Unknown::Policy(policy), &settings, NOW, 0.0);
            assert_eq!(result.status, status);
            assert_eq!(result.task_error_code(), Some("AMBIGUOUS"));
            let told = result.attempt.unwrap().detail.unwrap();
            assert!(told.starts_with("no answer; ") && told.ends_with(policy.as_str()), "{told}");
        }
    }

    #[test]
    fn a_transient_failure_is_tried_again_until_the_retries_are_spent() {
        let result = after(&task(1, 3), Outcome::retry("busy"));
        assert_eq!((result.status, result.retry_count), (TaskStatus::Retry, 2));
        assert_eq!(result.due_at.since(NOW), Duration::from_secs(120));
        assert_eq!(after(&task(3, 3), Outcome::retry("busy")).status, TaskStatus::Failed);
        assert_eq!(after(&task(0, 0), Outcome::ambiguous("timeout")).status, TaskStatus::Failed);
    }

    #[test]
    fn retry_after_is_honoured_where_it_is_longer() {
        let wait = Duration::from_secs(600);
        let result = after(&task(0, 3), Outcome::Retry { detail: "503".to_owned(), after: Some(wait) });
        assert_eq!(result.due_at.since(NOW), wait);
    }

    #[test]
    fn throttling_spends_no_retry() {
        let throttle = || Outcome::Throttle { detail: "130101".to_owned(), wait: Duration::from_secs(60) };
        let result = after(&task(3, 3), throttle());
        assert_eq!((result.status, result.retry_count), (TaskStatus::Retry, 3));
        let mut old = task(3, 3);
        old.created_at = NOW.minus(PATIENCE);
        assert_eq!(after(&old, throttle()).status, TaskStatus::Failed);
        // It was to wait first, or an operator let it begin anew.
        old.throttled_since = Some(NOW.minus(PATIENCE / 2));
        assert_eq!(after(&old, throttle()).status, TaskStatus::Retry);
    }

    #[test]
    fn one_attempt_only_is_one_where_the_provider_throttles_too() {
        let result =
            after(&task(0, 0), Outcome::Throttle { detail: "130101".to_owned(), wait: Duration::from_secs(60) });
        assert_eq!((result.status, result.task_error_code()), (TaskStatus::Failed, Some("THROTTLE")));
    }

    #[test]
    fn what_can_never_work_fails_at_once() {
        assert_eq!(after(&task(0, 3), Outcome::config("robot removed")).status, TaskStatus::Failed);
        assert_eq!(after(&task(0, 3), Outcome::bad_message("too long")).status, TaskStatus::Failed);
    }

    proptest! {
        #[test]
        fn every_result_is_a_transition_of_the_state_machine(
            retries in 0i32..5, most in 0i32..5, kind in 0usize..6, text in ".{0,40}",
        ) {
            let outcome = match kind {
                0 => Outcome::ok(text),
                1 => Outcome::retry(text),
                2 => Outcome::Throttle { detail: text, wait: Duration::from_secs(60) },
                3 => Outcome::ambiguous(text),
                4 => Outcome::config(text),
                _ => Outcome::bad_message(text),
            };
            let result = after(&task(retries, most), outcome);
            prop_assert!(task_may_become(TaskStatus::Sending, result.status));
            prop_assert!(result.retry_count <= most.max(retries));
            prop_assert!(!result.result_message.unwrap_or_default().contains('\0'));
        }
    }
}
