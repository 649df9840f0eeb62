//! What the REST form answers: results in camelCase, failures as `{"errorCode", "errorMessage"}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::domain;
use crate::domain::code::ErrorCode;
use crate::domain::enums::{ChannelType, ExecutionMode, MessageStatus, TaskStatus};
use crate::graphql::error::ApiError;
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

/// A stored message with its tasks.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageAnswer {
    id: String,
    message_id: String,
    tenant_id: String,
    store_id: Option<String>,
    business_type: String,
    target_channels: Option<Vec<ChannelType>>,
    execution_mode: ExecutionMode,
    status: MessageStatus,
    error_code: Option<String>,
    error_message: Option<String>,
    total_channels: i32,
    success_channels: i32,
    failed_channels: i32,
    attributes: Option<serde_json::Value>,
    scheduled_at: Option<DateTime>,
    expires_at: Option<DateTime>,
    created_at: DateTime,
    updated_at: DateTime,
    finished_at: Option<DateTime>,
    tasks: Vec<TaskAnswer>,
}

/// One of its tasks.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskAnswer {
    id: String,
    channel_type: ChannelType,
    status: TaskStatus,
    retry_count: i32,
    max_retry: i32,
    result_message: Option<String>,
    created_at: DateTime,
    updated_at: DateTime,
    finished_at: Option<DateTime>,
}

impl MessageAnswer {
    pub fn new(message: domain::message::Message, tasks: Vec<domain::task::Task>) -> Self {
        Self {
            id: message.id.to_string(),
            message_id: message.message_id,
            tenant_id: message.tenant_id.to_string(),
            store_id: message.store_id,
            business_type: message.business_type,
            target_channels: message.options.target_channels,
            execution_mode: message.execution_mode,
            status: message.status,
            error_code: message.error_code,
            error_message: message.error_message,
            total_channels: message.total_channels,
            success_channels: message.success_channels,
            failed_channels: message.failed_channels,
            attributes: message.options.attributes,
            scheduled_at: message.scheduled_at.map(Into::into),
            expires_at: message.expires_at.map(Into::into),
            created_at: message.created_at.into(),
            updated_at: message.updated_at.into(),
            finished_at: message.finished_at.map(Into::into),
            tasks: tasks.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<domain::task::Task> for TaskAnswer {
    fn from(task: domain::task::Task) -> Self {
        Self {
            id: task.id.to_string(),
            channel_type: task.channel_type,
            status: task.status,
            retry_count: task.retry_count,
            max_retry: task.max_retry,
            result_message: task.result_message,
            created_at: task.created_at.into(),
            updated_at: task.updated_at.into(),
            finished_at: task.finished_at.map(Into::into),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::id::{MessageId, TenantId};
    use crate::domain::message::Failure;
    use crate::domain::time::Timestamp;
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
