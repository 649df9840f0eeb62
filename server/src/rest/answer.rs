//! What the REST form answers: results in camelCase, failures as `{"errorCode", "errorMessage"}`.

use std::collections::HashMap;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use crate::domain;
use crate::domain::channel_config::ChannelConfig;
use crate::domain::code::ErrorCode;
use crate::domain::enums::{ChannelType, ExecutionMode, MessageStatus, MessageType, TaskStatus};
use crate::domain::id::ChannelConfigId;
use crate::domain::mask::{self, Masker};
use crate::domain::message::{Message, MessageParts};
use crate::domain::recipient::Recipient;
use crate::domain::task::Task;
use crate::domain::time::Timestamp;
use crate::graphql::error::ApiError;
use crate::graphql::message::TimelineEntry;
use crate::graphql::scalar::DateTime;
use crate::graphql::send::settle;
use crate::http::request::{RequestId, internal, refusal, unavailable};
use crate::services::ServiceError;
use crate::services::message::{Refused, SendOutcome};

/// What became of one message: as GraphQL's SendResult, without the message.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SendAnswer {
    pub success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub message_id: Option<String>,
    pub duplicate: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<ErrorCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
}

impl From<SendOutcome> for SendAnswer {
    fn from(outcome: SendOutcome) -> Self {
        match outcome {
            Ok(accepted) => Self {
                success: true,
                id: Some(accepted.id.to_string()),
                message_id: Some(accepted.message_id),
                duplicate: accepted.duplicate,
                error_code: None,
                error_message: None,
            },
            Err(Refused { failure, message_id }) => Self {
                success: false,
                id: None,
                message_id,
                duplicate: false,
                error_code: Some(failure.code),
                error_message: Some(failure.message),
            },
        }
    }
}

impl SendAnswer {
    /// 202 when accepted, 200 for a duplicate, the code's own status otherwise.
    fn status(&self) -> StatusCode {
        match self.error_code {
            Some(code) => StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::BAD_REQUEST),
            None if self.duplicate => StatusCode::OK,
            None => StatusCode::ACCEPTED,
        }
    }
}

/// The answer to one send.
pub fn sent(result: Result<SendOutcome, ServiceError>, id: &RequestId) -> Response {
    match settle(result) {
        Ok(outcome) => {
            let answer = SendAnswer::from(outcome);
            (answer.status(), Json(answer)).into_response()
        }
        Err(error) => failed(error, id),
    }
}

/// What became of a batch: as GraphQL's BatchSendResult.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer {
    pub total_count: usize,
    pub success_count: usize,
    pub failed_count: usize,
    /// In the order of the inputs.
    pub results: Vec<SendAnswer>,
}

impl From<Vec<SendAnswer>> for BatchAnswer {
    fn from(results: Vec<SendAnswer>) -> Self {
        let success_count = results.iter().filter(|result| result.success).count();
        Self { total_count: results.len(), success_count, failed_count: results.len() - success_count, results }
    }
}

/// A failure that concerns the whole request.
pub fn failed(error: ServiceError, id: &RequestId) -> Response {
    match error {
        ServiceError::Forbidden(message) => refusal(StatusCode::FORBIDDEN, "FORBIDDEN", &message),
        ServiceError::NotFound("tenant") => refused(ErrorCode::TenantNotFound, "tenant not found"),
        ServiceError::NotFound(what) => refused(ErrorCode::MessageNotFound, &format!("{what} not found")),
        ServiceError::Invalid(issues) => {
            refused(ErrorCode::ValidationError, &crate::graphql::error::in_one_line(&issues))
        }
        ServiceError::TooMany(message) => refusal(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS", &message),
        ServiceError::Store(error) => {
            let away = error.transient();
            // Logs what it is told.
            drop(ApiError::from(error));
            if away { unavailable(id) } else { internal(id) }
        }
    }
}

/// A refusal with one of the stable codes.
pub fn refused(code: ErrorCode, message: &str) -> Response {
    let status = StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::BAD_REQUEST);
    refusal(status, code.as_str(), message)
}

/// What was read of a message to answer it.
pub struct Found {
    pub message: Message,
    /// None where what is stored can't be read.
    pub parts: Option<MessageParts>,
    pub tasks: Vec<Task>,
    pub timeline: Vec<domain::timeline::TimelineEntry>,
    /// Those of the tasks' configs that the caller may know of.
    pub configs: HashMap<ChannelConfigId, ChannelConfig>,
    /// Set for who may not see recipients.
    pub masker: Option<Masker>,
    pub now: Timestamp,
}

/// A stored message with its tasks and timeline: as GraphQL's Message.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageAnswer {
    id: String,
    message_id: String,
    tenant_id: String,
    store_id: Option<String>,
    business_type: String,
    business_data: Option<Value>,
    target_channels: Option<Vec<ChannelType>>,
    execution_mode: ExecutionMode,
    status: MessageStatus,
    error_code: Option<String>,
    error_message: Option<String>,
    total_channels: i32,
    success_channels: i32,
    failed_channels: i32,
    recipients: Option<Vec<Recipient>>,
    recipients_masked: bool,
    attributes: Option<Value>,
    resent_from: Option<String>,
    scheduled_at: Option<DateTime>,
    expires_at: Option<DateTime>,
    created_at: DateTime,
    updated_at: DateTime,
    finished_at: Option<DateTime>,
    tasks: Vec<TaskAnswer>,
    timeline: Vec<TimelineEntry>,
}

/// One of its tasks.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskAnswer {
    id: String,
    channel_type: ChannelType,
    channel_config: Option<ConfigAnswer>,
    message_type: MessageType,
    rendered_content: Value,
    status: TaskStatus,
    retry_count: i32,
    max_retry: i32,
    next_retry_at: Option<DateTime>,
    error_code: Option<String>,
    result_message: Option<String>,
    third_party_response: Option<String>,
    created_at: DateTime,
    updated_at: DateTime,
    finished_at: Option<DateTime>,
    discarded_at: Option<DateTime>,
}

/// The config that a task is sent with.
#[derive(Serialize)]
pub struct ConfigAnswer {
    id: String,
    name: String,
}

impl From<Found> for MessageAnswer {
    fn from(found: Found) -> Self {
        let Found { message, parts, tasks, timeline, configs, masker, now } = found;
        let masker = masker.as_ref();
        let task = |task: Task| {
            let config = configs.get(&task.channel_config_id);
            TaskAnswer::new(task, config, masker, now)
        };
        let recipients = parts.as_ref().map(|parts| match masker {
            Some(_) => parts.recipients.iter().map(mask::recipient).collect(),
            None => parts.recipients.to_vec(),
        });
        Self {
            id: message.id.to_string(),
            message_id: message.message_id,
            tenant_id: message.tenant_id.to_string(),
            store_id: message.store_id,
            business_type: message.business_type,
            business_data: parts.map(|parts| shown(&parts.business_data, masker)),
            target_channels: message.options.target_channels,
            execution_mode: message.execution_mode,
            status: message.status,
            error_code: message.error_code,
            error_message: message.error_message,
            total_channels: message.total_channels,
            success_channels: message.success_channels,
            failed_channels: message.failed_channels,
            recipients,
            recipients_masked: masker.is_some(),
            attributes: message.options.attributes.map(|attributes| masked(attributes, masker)),
            resent_from: message.options.resent_from.map(|id| id.to_string()),
            scheduled_at: message.scheduled_at.map(Into::into),
            expires_at: message.expires_at.map(Into::into),
            created_at: message.created_at.into(),
            updated_at: message.updated_at.into(),
            finished_at: message.finished_at.map(Into::into),
            tasks: tasks.into_iter().map(task).collect(),
            timeline: timeline.into_iter().map(|entry| TimelineEntry::new(entry, masker)).collect(),
        }
    }
}

impl TaskAnswer {
    fn new(task: Task, config: Option<&ChannelConfig>, masker: Option<&Masker>, now: Timestamp) -> Self {
        let next_retry_at = task.next_retry_at(now);
        let response = task.third_party_response;
        Self {
            id: task.id.to_string(),
            channel_type: task.channel_type,
            channel_config: config.map(|of| ConfigAnswer { id: of.id.to_string(), name: of.name.clone() }),
            message_type: task.message_type,
            rendered_content: shown(&task.rendered_content, masker),
            status: task.status,
            retry_count: task.retry_count,
            max_retry: task.max_retry,
            next_retry_at: next_retry_at.map(Into::into),
            error_code: task.error_code,
            result_message: task.result_message,
            third_party_response: response.map(|text| masker.map_or_else(|| text.clone(), |by| by.text(&text).into())),
            created_at: task.created_at.into(),
            updated_at: task.updated_at.into(),
            finished_at: task.finished_at.map(Into::into),
            discarded_at: task.discarded_at.map(Into::into),
        }
    }
}

/// Stored JSON text; what can't be read becomes null.
fn shown(text: &str, masker: Option<&Masker>) -> Value {
    masked(serde_json::from_str(text).unwrap_or_default(), masker)
}

fn masked(mut value: Value, masker: Option<&Masker>) -> Value {
    if let Some(masker) = masker {
        masker.json(&mut value);
    }
    value
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::id::{MessageId, TenantId};
    use crate::domain::message::Failure;
    use crate::services::message::Accepted;
    use crate::store::StoreError;

    fn accepted(duplicate: bool) -> SendOutcome {
        let at = Timestamp::from_millis(1_000);
        let (id, tenant_id) = (MessageId::new(at), TenantId::new(at));
        Ok(Accepted { id, message_id: "m-1".to_owned(), tenant_id, duplicate })
    }

    fn refusal_of(code: ErrorCode) -> SendOutcome {
        Err(Refused { failure: Failure::new(code, "no"), message_id: Some("m-1".to_owned()) })
    }

    #[test]
    fn the_status_says_what_became_of_it() {
        let id = RequestId("r-1".to_owned());
        for (outcome, status) in [
            (accepted(false), 202),
            (accepted(true), 200),
            (refusal_of(ErrorCode::ValidationError), 400),
            (refusal_of(ErrorCode::TenantDisabled), 403),
            (refusal_of(ErrorCode::TenantNotFound), 404),
            (refusal_of(ErrorCode::IdempotencyConflict), 409),
            (refusal_of(ErrorCode::PayloadTooLarge), 413),
            (refusal_of(ErrorCode::RateLimited), 429),
        ] {
            assert_eq!(sent(Ok(outcome), &id).status(), status);
        }
        for (error, status) in [
            (ServiceError::Forbidden("no".to_owned()), 403),
            (ServiceError::NotFound("tenant"), 404),
            (ServiceError::Store(StoreError::Unavailable("x".to_owned())), 503),
            (ServiceError::Store(StoreError::Corrupt("x".to_owned())), 500),
        ] {
            assert_eq!(sent(Err(error), &id).status(), status);
        }
    }

    #[test]
    fn a_refusal_names_code_and_message() {
        let answer = serde_json::to_value(SendAnswer::from(refusal_of(ErrorCode::IdempotencyConflict))).unwrap();
        assert_eq!(
            answer,
            json!({"success": false, "messageId": "m-1", "duplicate": false,
                "errorCode": "IDEMPOTENCY_CONFLICT", "errorMessage": "no"})
        );
    }

    #[test]
    fn a_batch_counts_its_results() {
        let batch = BatchAnswer::from(vec![accepted(false).into(), refusal_of(ErrorCode::ValidationError).into()]);
        assert_eq!((batch.total_count, batch.success_count, batch.failed_count), (2, 1, 1));
    }
}
