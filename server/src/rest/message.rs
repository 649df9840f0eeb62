//! `POST /api/messages`, `POST /api/messages/batch`, `GET /api/messages/{messageId}`.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::answer::{BatchAnswer, Found, MessageAnswer, SendAnswer, failed, refused, sent};
use crate::domain::actor::{Action, Actor};
use crate::domain::code::ErrorCode;
use crate::domain::mask::Masker;
use crate::domain::message::Failure;
use crate::graphql::Session;
use crate::graphql::send::SendMessageInput;
use crate::http::HttpApp;
use crate::http::auth::Caller;
use crate::http::body::BodyError;
use crate::http::request::{RequestId, refusal};
use crate::services::message::{MAX_BATCH, MessageRef, Refused, SendInput};
use crate::services::{ServiceError, Services};
use crate::store::StoreError;

/// The session of a request. Comes before the body is read: who has no key has nothing to say.
pub struct Known(pub(super) Arc<Session>);

impl FromRequestParts<HttpApp> for Known {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &HttpApp) -> Result<Self, Response> {
        match Caller::of(&parts.headers, app.services()).await {
            Ok(Caller::Known(session)) => Ok(Self(session)),
            Ok(Caller::Unknown | Caller::Refused) => Err(refusal(
                StatusCode::UNAUTHORIZED,
                "UNAUTHENTICATED",
                "a valid API key is needed, as `Authorization: Bearer <key>`",
            )),
            Err(error) => {
                let id = parts.extensions.get::<RequestId>().cloned().unwrap_or_else(|| RequestId(String::new()));
                Err(failed(ServiceError::Store(error), &id))
            }
        }
    }
}

/// A request's body, refused in the words of the REST form.
pub struct Whole(Bytes);

impl FromRequest<HttpApp> for Whole {
    type Rejection = Response;

    async fn from_request(request: Request, app: &HttpApp) -> Result<Self, Response> {
        let read = Bytes::from_request(request, app).await;
        read.map(Self).map_err(|rejection| BodyError::from_rejection(rejection).into_rest())
    }
}

/// `POST /api/messages`: a SendMessageInput as JSON.
pub async fn send(
    State(app): State<HttpApp>,
    Extension(id): Extension<RequestId>,
    Known(session): Known,
    Whole(body): Whole,
) -> Response {
    match strict::<SendMessageInput>(&body) {
        Ok(input) => sent(app.services().send(&session.actor, input.into()).await, &id),
        Err(message) => refused(ErrorCode::ValidationError, &message),
    }
}

/// The forms that a batch may have. Items stay text, so that a malformed one fails alone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch<'b> {
    #[serde(borrow, alias = "messages")]
    inputs: Vec<&'b RawValue>,
}

/// `POST /api/messages/batch`: an array of SendMessageInput, or an object that has it under `inputs` or `messages`.
pub async fn send_batch(
    State(app): State<HttpApp>,
    Extension(id): Extension<RequestId>,
    Known(session): Known,
    Whole(body): Whole,
) -> Response {
    let items = match items(&body) {
        Ok(items) => items,
        Err(message) => return refused(ErrorCode::ValidationError, &message),
    };
    if items.len() > MAX_BATCH {
        let message = format!("a batch may have {MAX_BATCH} messages, not {}", items.len());
        return refused(ErrorCode::BatchTooLarge, &message);
    }
    let mut read: Vec<Result<(), String>> = Vec::with_capacity(items.len());
    let mut inputs: Vec<SendInput> = Vec::with_capacity(items.len());
    for item in items {
        read.push(strict::<SendMessageInput>(item.get().as_bytes()).map(|input| inputs.push(input.into())));
    }
    let mut outcomes = match app.services().send_batch(&session.actor, inputs).await {
        Ok(outcomes) => outcomes.into_iter(),
        Err(error) => return failed(error, &id),
    };
    let results: Vec<SendAnswer> = read
        .into_iter()
        .filter_map(|item| match item {
            Ok(()) => outcomes.next(),
            Err(message) => {
                Some(Err(Refused { failure: Failure::new(ErrorCode::ValidationError, message), message_id: None }))
            }
        })
        .map(Into::into)
        .collect();
    (StatusCode::ACCEPTED, Json(BatchAnswer::from(results))).into_response()
}

fn items(body: &[u8]) -> Result<Vec<&RawValue>, String> {
    let array = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    if array { strict(body) } else { strict::<Batch<'_>>(body).map(|batch| batch.inputs) }
}

/// Reads JSON without passing over anything; the message says what is wrong and where.
fn strict<'b, T: Deserialize<'b>>(body: &'b [u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| format!("the body is not as expected: {error}"))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Which {
    /// A tenant's id or code; needed only with a platform key.
    tenant_id: Option<String>,
}

/// `GET /api/messages/{messageId}?tenantId=`: the message, its tasks and its timeline.
pub async fn read(
    State(app): State<HttpApp>,
    Extension(id): Extension<RequestId>,
    Known(session): Known,
    message_id: Result<Path<String>, PathRejection>,
    which: Result<Query<Which>, QueryRejection>,
) -> Response {
    let tenant = match which {
        Ok(Query(which)) => which.tenant_id,
        Err(rejection) => return refused(ErrorCode::ValidationError, &rejection.body_text()),
    };
    let message_id = match message_id {
        Ok(Path(message_id)) => message_id,
        Err(rejection) => return refused(ErrorCode::ValidationError, &rejection.body_text()),
    };
    let of = MessageRef::Key { message_id, tenant };
    match found(app.services(), &session.actor, of).await {
        Ok(Some(found)) => Json(MessageAnswer::from(found)).into_response(),
        Ok(None) => refused(ErrorCode::MessageNotFound, "message not found"),
        Err(error) => failed(error, &id),
    }
}

/// A message and all that is answered with it, where the actor may see it.
async fn found(services: &Services, actor: &Actor, of: MessageRef) -> Result<Option<Found>, ServiceError> {
    let Some(message) = services.message(actor, of).await? else { return Ok(None) };
    let ids = [message.id];
    let parts = services.message_parts(&ids).await?.remove(&message.id);
    let masker = match &parts {
        _ if actor.may(Action::SeeRecipients) => None,
        Some(parts) => Some(Masker::new(&parts.recipients)),
        // Nobody knows what would have to be masked.
        None => return Err(StoreError::Corrupt("the message's recipients can't be read".to_owned()).into()),
    };
    let tasks = services.tasks_of(&ids).await?.remove(&message.id).unwrap_or_default();
    let timeline = services.timelines_of(&ids).await?.remove(&message.id).unwrap_or_default();
    let mut configs: Vec<_> = tasks.iter().map(|task| task.channel_config_id).collect();
    configs.sort_unstable();
    configs.dedup();
    let configs =
        if actor.may(Action::ReadConfig) { services.channel_configs_by_id(&configs).await? } else { HashMap::new() };
    Ok(Some(Found { message, parts, tasks, timeline, configs, masker, now: services.clock.now() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(json: &str) -> Result<SendInput, String> {
        strict::<SendMessageInput>(json.as_bytes()).map(Into::into)
    }

    #[test]
    fn a_message_is_read_in_camel_case() {
        let read = input(
            r#"{"messageId":"m-1","businessType":"ORDER","businessData":{"orderId":"1"},"targetChannels":["WECHAT_WORK"],
                "channelOptions":[{"channelType":"WEBHOOK","maxRetry":1}],"recipients":[{"userId":"u1","deviceType":"IOS"}],
                "scheduledAt":"2026-11-21T10:00:00+08:00","attributes":{"locale":"zh-CN"}}"#,
        )
        .unwrap();
        assert_eq!(read.message_id.as_deref(), Some("m-1"));
        assert_eq!(read.channel_options[0].max_retry, Some(1));
        assert_eq!(read.recipients[0].user_id.as_deref(), Some("u1"));
        assert_eq!(read.scheduled_at.map(|at| at.as_seconds()), Some(1_795_226_400));
    }

    #[test]
    fn what_is_unknown_missing_or_of_the_wrong_kind_is_named() {
        for (json, named) in [
            (r#"{"businessData":{}}"#, "businessType"),
            (r#"{"businessType":"A","businessData":{},"mesageId":"x"}"#, "mesageId"),
            (r#"{"businessType":"A","businessData":{},"recipients":[{"user":"x"}]}"#, "user"),
            (r#"{"businessType":"A","businessData":{},"targetChannels":["FAX"]}"#, "FAX"),
            (r#"{"businessType":"A","businessData":{},"scheduledAt":"soon"}"#, "soon"),
            (r#"{"businessType":"A","businessData":{}} x"#, "trailing"),
            ("", "EOF"),
        ] {
            let message = input(json).unwrap_err();
            assert!(message.contains(named), "{json}: {message}");
        }
    }

    #[test]
    fn a_batch_is_an_array_or_an_object_that_holds_one() {
        for body in [r#" [{},{"a":1}]"#, r#"{"inputs":[{},{"a":1}]}"#, r#"{"messages":[{},{"a":1}]}"#] {
            assert_eq!(items(body.as_bytes()).unwrap().len(), 2, "{body}");
        }
        for body in [r#"{"inputs":{}}"#, r#"{"inputs":[],"more":1}"#, "[", "7"] {
            assert!(items(body.as_bytes()).is_err(), "{body}");
        }
    }
}
