//! GraphQL over HTTP: queries and mutations as JSON, subscriptions as server-sent events in distinct connections mode. For who
//! takes no JSON, queries and mutations are a stream of one event too.
//!
//! As `application/json`, a well-formed request is answered with 200 whatever became of its operation: that stands in
//! the answer. As `application/graphql-response+json`, one that was not executed is answered with 4xx.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{BatchRequest, BatchResponse, Request};
use async_graphql_axum::GraphQLResponse;
use axum::Extension;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequestParts, RawQuery, State, WebSocketUpgrade};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, UPGRADE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use futures::future::ready;
use futures::stream::{once, select, unfold};
use futures::{Stream, StreamExt};
use tokio::time::sleep;

use super::accept::{Accept, EVENT_STREAM, RESPONSE_JSON};
use super::auth::Caller;
use super::body::{BodyError, TOO_LARGE_TEXT, operation, operations};
use super::request::RequestId;
use super::{HttpApp, ws};
use crate::graphql::cursor::Reached;
use crate::graphql::error::{ApiError, dress, refusal};
use crate::graphql::schema::{Resuming, kind_of};

/// What a reader of server-sent events says when it comes back.
const LAST_EVENT_ID: &str = "last-event-id";
/// An idle stream is kept open by comments.
const KEEP_ALIVE: Duration = Duration::from_secs(12);

/// `POST /graphql`.
pub async fn post(
    State(app): State<HttpApp>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let batch = match body {
        Ok(body) => operations(content_type, &body).await,
        Err(rejection) => Err(BodyError::from_rejection(rejection)),
    };
    match batch {
        Ok(BatchRequest::Single(request)) => one(&app, &headers, id, request).await,
        Ok(BatchRequest::Batch(requests)) => many(&app, &headers, &id, requests).await,
        Err(error) => unreadable(&headers, error),
    }
}

/// `GET /graphql`: a query in the query string, a WebSocket, or somebody who looks for GraphiQL.
pub async fn get(
    State(app): State<HttpApp>,
    Extension(id): Extension<RequestId>,
    RawQuery(query): RawQuery,
    request: axum::extract::Request,
) -> Response {
    let (mut parts, _body) = request.into_parts();
    if parts.headers.contains_key(UPGRADE) {
        return match WebSocketUpgrade::from_request_parts(&mut parts, &app).await {
            Ok(upgrade) => ws::upgrade(app, &parts.headers, id, upgrade).await,
            Err(rejection) => rejection.into_response(),
        };
    }
    let query = query.unwrap_or_default();
    if query.is_empty() && Accept::of(&parts.headers).names("text/html") {
        return Redirect::to("/graphiql").into_response();
    }
    let mut request = match operation(&query) {
        Ok(request) => request,
        Err(error) => return unreadable(&parts.headers, error),
    };
    if kind_of(&mut request) == Some(OperationType::Mutation) {
        let error = refusal(ApiError::bad_input("a mutation must be sent by POST"));
        return answer(&parts.headers, StatusCode::METHOD_NOT_ALLOWED, error.into());
    }
    one(&app, &parts.headers, id, request).await
}

async fn one(app: &HttpApp, headers: &HeaderMap, id: RequestId, mut request: Request) -> Response {
    let accept = Accept::of(headers);
    let subscribes = kind_of(&mut request) == Some(OperationType::Subscription);
    let streamed = if subscribes { accept.streams() } else { accept.only_streams() };
    let session = match Caller::of(headers, app.services()).await {
        Ok(Caller::Known(session)) => Some(session),
        Ok(Caller::Unknown) => None,
        Ok(Caller::Refused) => return refuse(headers, streamed, &id, ApiError::unauthenticated()),
        Err(error) => return refuse(headers, streamed, &id, error.into()),
    };
    if streamed {
        let last_event_id = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()).filter(|id| !id.is_empty());
        let reached = Arc::<Reached>::default();
        let resuming = Resuming { reached: Arc::clone(&reached), last_event_id: last_event_id.map(str::to_owned) };
        let responses = app.api.stream(request, session, id.0, resuming);
        return events(responses.take_until(app.shutdown.clone().cancelled_owned()), reached);
    }
    if subscribes {
        let how = format!("subscriptions need a WebSocket, or `Accept: {EVENT_STREAM}`");
        return refuse(headers, streamed, &id, ApiError::bad_input(how));
    }
    let response = app.api.execute(request, session, &id.0).await;
    answer(headers, status_of(headers, &response), response.into())
}

/// An array of operations, one after another: together they get no more of the machine than one alone.
async fn many(app: &HttpApp, headers: &HeaderMap, id: &RequestId, requests: Vec<Request>) -> Response {
    let session = match Caller::of(headers, app.services()).await {
        Ok(Caller::Known(session)) => Some(session),
        Ok(Caller::Unknown) => None,
        Ok(Caller::Refused) => return refuse(headers, false, id, ApiError::unauthenticated()),
        Err(error) => return refuse(headers, false, id, error.into()),
    };
    let mut responses = Vec::with_capacity(requests.len());
    for request in requests {
        responses.push(app.api.execute(request, session.clone(), &id.0).await);
    }
    answer(headers, StatusCode::OK, BatchResponse::Batch(responses))
}

/// Refuses a whole request that was well-formed, in the form in which it would have been answered.
fn refuse(headers: &HeaderMap, streamed: bool, id: &RequestId, error: ApiError) -> Response {
    let mut response = refusal(error);
    dress(&mut response, &id.0);
    if streamed {
        return events(once(async { response }), Arc::default());
    }
    answer(headers, status_of(headers, &response), response.into())
}

/// The status, which says more than that the request was read in one of the media types only: there, what did not begin
/// is the request's fault (GraphQL over HTTP, 6.4.2).
fn status_of(headers: &HeaderMap, response: &async_graphql::Response) -> StatusCode {
    let begun = Accept::of(headers).json() != RESPONSE_JSON
        || response.errors.is_empty()
        || response.data != async_graphql::Value::Null
        || response.errors.iter().any(|error| !error.path.is_empty());
    if begun {
        return StatusCode::OK;
    }
    let code = |error: &async_graphql::ServerError| match error.extensions.as_ref()?.get("code")? {
        async_graphql::Value::String(code) => Some(code.clone()),
        _ => None,
    };
    match response.errors.iter().find_map(code).as_deref() {
        Some("UNAUTHENTICATED") => StatusCode::UNAUTHORIZED,
        Some("FORBIDDEN") => StatusCode::FORBIDDEN,
        Some("UNAVAILABLE") => StatusCode::SERVICE_UNAVAILABLE,
        Some("INTERNAL") => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

fn unreadable(headers: &HeaderMap, error: BodyError) -> Response {
    match error {
        BodyError::TooLarge => {
            let error = ApiError::bad_input(TOO_LARGE_TEXT);
            answer(headers, StatusCode::PAYLOAD_TOO_LARGE, refusal(error).into())
        }
        BodyError::Malformed(error) => answer(headers, StatusCode::BAD_REQUEST, refusal(error).into()),
    }
}

/// An answer in the media type that the caller prefers.
fn answer(headers: &HeaderMap, status: StatusCode, response: BatchResponse) -> Response {
    let media = Accept::of(headers).json();
    let mut answer = GraphQLResponse(response).into_response();
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media));
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.headers_mut().insert(VARY, HeaderValue::from_static("accept"));
    answer
}

/// `next` for each response, `complete` at the end. Events of a subscription have its cursor as their id, which moves on
/// while nothing is told.
fn events(responses: impl Stream<Item = async_graphql::Response> + Send + 'static, reached: Arc<Reached>) -> Response {
    let ids = Arc::clone(&reached);
    let moves = unfold(None, move |before| {
        let reached = Arc::clone(&ids);
        async move {
            loop {
                sleep(KEEP_ALIVE).await;
                let taken = reached.taken();
                if let Some(cursor) = taken.clone().filter(|_| taken != before) {
                    // Without data it is no event for the reader, but the id counts.
                    return Some((Event::default().id(cursor), taken));
                }
            }
        }
    });
    let told = responses
        .map(move |response| {
            let text = serde_json::to_string(&response).unwrap_or_default();
            let event = Event::default().event("next").data(text);
            match reached.last() {
                Some(cursor) => event.id(cursor),
                None => event,
            }
        })
        // Browsers pass over events that have no data.
        .chain(once(async { Event::default().event("complete").data("") }))
        .map(Some)
        .chain(once(async { None }));
    let events = select(told, moves.map(Some))
        .take_while(|event| ready(event.is_some()))
        .filter_map(ready)
        .map(Ok::<_, Infallible>);
    let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    ([(CACHE_CONTROL, "no-store"), (VARY, "accept")], stream).into_response()
}
