//! A channel task: one channel's share of a message, and the attempts to send it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::code::ErrorCode;
use super::enums::{ChannelType, MessageType, TaskStatus};
use super::id::{ApiKeyId, ChannelConfigId, MessageId, TaskId, TemplateId, TenantId};
use super::settings::ExecutionSettings;
use super::time::Timestamp;

/// A task as the chain's last step writes it.
#[derive(Debug, Clone)]
pub struct NewTask {
    pub id: TaskId,
    pub channel_type: ChannelType,
    pub channel_config_id: ChannelConfigId,
    pub message_type: MessageType,
    /// JSON text, the provider's body.
    pub rendered_content: Arc<str>,
    /// The slice of the message's recipients that this task serves.
    pub recipient_from: i32,
    pub recipient_count: i32,
    pub max_retry: i32,
    /// Order of channels within the message, smaller first.
    pub priority: i32,
    /// When it may be sent; what waits for an earlier step: when it has waited too long.
    pub due_at: Timestamp,
    /// See [`super::step`].
    pub step: i32,
    /// Set while it waits for an earlier step: when it may be sent after that.
    pub send_at: Option<Timestamp>,
    /// What it was rendered from.
    pub template: Option<TemplateId>,
    /// Set where the process that makes it will send it at once: then it is claimed from the start.
    pub lease: Option<Lease>,
}

/// A worker's right to send a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Random, and another with each claim: an outcome counts only with the claim it was made under.
    pub claim: i64,
    /// From then on nobody knows what became of the attempt.
    pub until: Timestamp,
}

/// A task that this process has claimed: no other will send it before the lease ends.
#[derive(Debug, Clone)]
pub struct ClaimedTask {
    pub id: TaskId,
    pub message_id: MessageId,
    pub tenant_id: TenantId,
    /// The caller's messageId.
    pub message_key: String,
    pub business_type: String,
    pub channel_type: ChannelType,
    pub channel_config_id: ChannelConfigId,
    pub message_type: MessageType,
    pub rendered_content: Arc<str>,
    pub recipient_from: i32,
    pub recipient_count: i32,
    /// Attempts that counted before this one.
    pub retry_count: i32,
    pub max_retry: i32,
    pub lane: Option<String>,
    /// Of the message: 0 (first) to 9 (last).
    pub lane_priority: u8,
    pub sent_by: Option<ApiKeyId>,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// Changes with each claim: an outcome counts only with the claim it was made under.
    pub claim: i64,
    /// See [`super::step`].
    pub step: i32,
    /// It waited too long for an earlier step, and was claimed to be ended.
    pub held: bool,
    /// Since when it has waited for its config's circuit breaker, where that was the last that became of it.
    pub rests_since: Option<Timestamp>,
    /// Since when the provider has throttled it; none where that is not known, or not long.
    pub throttled_since: Option<Timestamp>,
}

/// How the result message of a task begins that waits for its config's circuit breaker; when it began to follows.
const RESTS: &str = "waits: the channel config's circuit breaker is open, since ";

/// The result message of a task that has waited for its config's circuit breaker since then.
pub fn rests(since: Timestamp, reason: &str) -> String {
    let since = since.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    format!("{RESTS}{since} for this task: {reason}")
}

/// What [`rests`] says of the time.
pub fn rests_since(result_message: &str) -> Option<Timestamp> {
    let since = result_message.strip_prefix(RESTS)?.split(' ').next()?;
    chrono::DateTime::parse_from_rfc3339(since).ok().map(|at| at.to_utc().into())
}

/// Since when the last attempts were throttled one after the other, those before `from` left out.
pub fn throttled_since(attempts: &[Attempt], from: Option<Timestamp>) -> Option<Timestamp> {
    let throttled = |attempt: &&Attempt| attempt.outcome == "THROTTLE" && from.is_none_or(|from| attempt.at >= from);
    attempts.iter().rev().take_while(throttled).last().map(|attempt| attempt.at)
}

/// How the result message of a task begins that waits until its channel config may send again.
pub const WAITS: &str = "waits: ";

/// A stored task, for answers.
#[derive(Debug, Clone)]
pub struct Task {
    pub id: TaskId,
    pub message_id: MessageId,
    pub tenant_id: TenantId,
    pub message_key: String,
    pub channel_type: ChannelType,
    pub channel_config_id: ChannelConfigId,
    pub message_type: MessageType,
    pub rendered_content: String,
    pub recipient_from: i32,
    pub recipient_count: i32,
    pub status: TaskStatus,
    pub retry_count: i32,
    pub max_retry: i32,
    pub due_at: Option<Timestamp>,
    pub result_message: Option<String>,
    pub third_party_response: Option<String>,
    pub attempts: Vec<Attempt>,
    /// The last attempt's outcome, unless it went well.
    pub error_code: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    /// When an operator took it out of the failed set.
    pub discarded_at: Option<Timestamp>,
}

impl Task {
    /// When it is tried again: set while it waits for a time that was chosen for it.
    pub fn next_retry_at(&self, now: Timestamp) -> Option<Timestamp> {
        match self.status {
            TaskStatus::Retry => self.due_at,
            TaskStatus::Pending => self.due_at.filter(|due| *due > now),
            _ => None,
        }
    }
}

/// One attempt to send a task. Short keys: attempts ride on the task row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When the outcome was known.
    #[serde(rename = "a")]
    pub at: Timestamp,
    /// `OK`, `RETRY`, `THROTTLE`, `BAD_RCPT`, `BAD_MSG`, `CONFIG`, `AMBIGUOUS`, …
    #[serde(rename = "o")]
    pub outcome: String,
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub duration_us: Option<u64>,
    /// What the provider answered, redacted: of what did not go well only, since the next attempt's answer takes its place on the
    /// task. Versions before it was kept pass over it when they read a row, and leave it as it is when they add an attempt.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
}

/// Where a task's attempts are longer than this together, in bytes, what comes is kept without its answer: the list is written anew
/// with each attempt, and one that is throttled all day has very many.
pub const ANSWERS_FIT: usize = 64 << 10;

impl Attempt {
    /// The same without the provider's answer.
    #[must_use]
    pub fn without_response(&self) -> Self {
        Self { response: None, ..self.clone() }
    }
}

/// What an attempt makes of a task.
#[derive(Debug, Clone)]
pub struct TaskResult {
    pub task_id: TaskId,
    pub message_id: MessageId,
    pub claim: i64,
    pub status: TaskStatus,
    pub retry_count: i32,
    /// With `RETRY` or `PENDING`: when to try again.
    pub due_at: Timestamp,
    pub result_message: Option<String>,
    pub third_party_response: Option<String>,
    /// The message's error code should it end with nothing delivered; ALL_CHANNELS_FAILED when None.
    pub error_code: Option<ErrorCode>,
    /// None where nothing was attempted (handed back to wait).
    pub attempt: Option<Attempt>,
    /// What its end means for the steps after it; none where the task has no step.
    pub rules: Option<ExecutionSettings>,
}

impl TaskResult {
    /// What the task is filed under while it has not succeeded: the attempt's outcome.
    pub fn task_error_code(&self) -> Option<&str> {
        self.attempt.as_ref().filter(|_| self.status != TaskStatus::Success).map(|attempt| attempt.outcome.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(status: TaskStatus, due: i64) -> Task {
        let at = Timestamp::from_millis(1_000);
        Task {
            id: TaskId::new(at),
            message_id: MessageId::new(at),
            tenant_id: TenantId::new(at),
            message_key: "m".to_owned(),
            channel_type: ChannelType::Webhook,
            channel_config_id: ChannelConfigId::new(at),
            message_type: MessageType::Text,
            rendered_content: "{}".to_owned(),
            recipient_from: 0,
            recipient_count: 1,
            status,
            retry_count: 0,
            max_retry: 3,
            due_at: Some(Timestamp::from_millis(due)),
            result_message: None,
            third_party_response: None,
            attempts: Vec::new(),
            error_code: None,
            created_at: at,
            updated_at: at,
            finished_at: None,
            discarded_at: None,
        }
    }

    #[test]
    fn only_a_task_that_waits_for_a_time_says_when() {
        let now = Timestamp::from_millis(2_000);
        assert_eq!(task(TaskStatus::Retry, 1_500).next_retry_at(now), Some(Timestamp::from_millis(1_500)));
        assert_eq!(task(TaskStatus::Pending, 2_500).next_retry_at(now), Some(Timestamp::from_millis(2_500)));
        assert_eq!(task(TaskStatus::Pending, 2_000).next_retry_at(now), None);
        assert_eq!(task(TaskStatus::Failed, 9_000).next_retry_at(now), None);
    }

    #[test]
    fn a_result_says_since_when_a_task_has_waited_for_the_breaker() {
        let since = Timestamp::from_millis(1_795_228_200_123);
        let text = rests(since, "HTTP 500");
        assert!(text.starts_with(WAITS) && text.ends_with(": HTTP 500"), "{text}");
        assert_eq!(rests_since(&text), Some(since));
        for other in ["", "HTTP 500", "waits: the provider asked for a pause of the channel config", RESTS] {
            assert_eq!(rests_since(other), None, "{other}");
        }
    }

    #[test]
    fn attempts_are_read_whether_or_not_they_keep_an_answer_by_this_version_and_the_one_before() {
        /// As attempts were before they kept answers.
        #[derive(Debug, PartialEq, Deserialize)]
        struct Earlier {
            a: Timestamp,
            o: String,
            d: Option<String>,
            u: Option<u64>,
        }
        let old = r#"[{"a":1000,"o":"RETRY","d":"HTTP 500","u":1500},{"a":2000,"o":"CONFIG"}]"#;
        let read: Vec<Attempt> = serde_json::from_str(old).unwrap();
        assert!(read.iter().all(|attempt| attempt.response.is_none()));
        assert_eq!(serde_json::to_string(&read).unwrap(), old, "what has no answer costs no byte");

        let answered = Attempt { response: Some("{\"errcode\":1,\"说\":\"忙\"}".to_owned()), ..read[0].clone() };
        let text = serde_json::to_string(&answered).unwrap();
        assert!(text.starts_with(r#"{"a":1000,"o":"RETRY","d":"HTTP 500","u":1500,"r":"#), "{text}");
        assert_eq!(serde_json::from_str::<Attempt>(&text).unwrap(), answered);
        let earlier: Earlier = serde_json::from_str(&text).unwrap();
        assert_eq!(
            earlier,
            serde_json::from_str(&serde_json::to_string(&answered.without_response()).unwrap()).unwrap()
        );
        assert_eq!((earlier.o.as_str(), earlier.d.as_deref(), earlier.u), ("RETRY", Some("HTTP 500"), Some(1500)));
        assert_eq!(earlier.a, Timestamp(1000));
    }

    #[test]
    fn throttling_counts_from_the_first_of_the_last_attempts_in_a_row_that_were_throttled() {
        let attempts: Vec<Attempt> = ["THROTTLE", "RETRY", "THROTTLE", "THROTTLE"]
            .into_iter()
            .zip(1..)
            .map(|(outcome, at)| Attempt {
                at: Timestamp(at),
                outcome: outcome.to_owned(),
                detail: None,
                duration_us: None,
                response: None,
            })
            .collect();
        assert_eq!(throttled_since(&attempts, None), Some(Timestamp(3)));
        assert_eq!(throttled_since(&attempts, Some(Timestamp(4))), Some(Timestamp(4)));
        assert_eq!(throttled_since(&attempts, Some(Timestamp(5))), None);
        assert_eq!(throttled_since(&attempts[..2], None), None);
        assert_eq!(throttled_since(&attempts[..1], None), Some(Timestamp(1)));
    }
}
