//! What holds for every request: an id, a time limit, an answer even after a panic, headers, a measurement.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CONNECTION, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::domain::id::uuid_v7;
use crate::domain::time::Clock;
use crate::graphql::error::{INTERNAL, UNAVAILABLE};
use crate::traces;

/// How long a request may take until its answer begins. Subscriptions begin at once.
const TIME_LIMIT: Duration = Duration::from_secs(60);
/// Pages load what Posthorn itself serves, and nothing else.
const CONTENT_POLICY: &str = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

pub static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id under which a request is found in the log. Callers may choose it by `x-request-id`.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

impl RequestId {
    fn of(headers: &HeaderMap, clock: &Clock) -> Self {
        let chosen = headers.get(&X_REQUEST_ID).and_then(|id| id.to_str().ok()).filter(|id| presentable(id));
        Self(chosen.map_or_else(|| uuid_v7(clock.now()).simple().to_string(), str::to_owned))
    }
}

/// Fit for logs: short, and of letters, digits, dots, dashes and underscores.
fn presentable(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

/// The middleware around all routes.
pub async fn around(
    State((leaving, clock)): State<(CancellationToken, Clock)>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = clock.instant();
    let id = RequestId::of(request.headers(), &clock);
    let method = request.method().clone();
    let version = request.version();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let route = path.as_ref().map_or("other", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("http", request.id = %id.0, http.method = %method, http.route = %route);
    let traced = traces::request(method_label(&method), &route, &id.0, request.headers());
    request.extensions_mut().insert(id.clone());

    let answer = AssertUnwindSafe(tokio::time::timeout(TIME_LIMIT, next.run(request))).catch_unwind();
    let mut response = match answer.instrument(span.clone()).instrument(traced.clone()).await {
        Ok(Ok(response)) => response,
        Ok(Err(_elapsed)) => {
            span.in_scope(|| tracing::warn!("a request took longer than {} s", TIME_LIMIT.as_secs()));
            refusal(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", "the request took too long")
        }
        Err(_panic) => {
            span.in_scope(|| tracing::error!("a request's handler panicked"));
            internal(&id)
        }
    };

    span.in_scope(
        || tracing::debug!(http.status = response.status().as_u16(), took = ?clock.since(started), "answered"),
    );
    traces::answered(&traced, response.status().as_u16());
    let status = response.status().as_str().to_owned();
    metrics::histogram!("posthorn_http_request_seconds", "method" => method_label(&method), "route" => route, "status" => status)
        .record(clock.since(started).as_secs_f64());
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id.0) {
        headers.insert(X_REQUEST_ID.clone(), id);
    }
    // The next request on this connection would meet its end.
    if leaving.is_cancelled() && version <= Version::HTTP_11 {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(CONTENT_POLICY));
    response
}

/// Methods as a metric's label: callers can't make up new ones.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        _ => "OTHER",
    }
}

/// An answer that says no, in the form that all of them have outside of GraphQL.
pub fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({"errorCode": code, "errorMessage": message}))).into_response()
}

/// Something that can't happen did. The log knows more, under the request's id.
pub fn internal(id: &RequestId) -> Response {
    let body = json!({"errorCode": "INTERNAL", "errorMessage": INTERNAL, "requestId": id.0});
    (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response()
}

/// The database is away.
pub fn unavailable(id: &RequestId) -> Response {
    let body = json!({"errorCode": "UNAVAILABLE", "errorMessage": UNAVAILABLE, "requestId": id.0});
    (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
}

pub async fn no_such_path() -> Response {
    refusal(StatusCode::NOT_FOUND, "NOT_FOUND", "there is nothing at this path")
}

pub async fn no_such_method() -> Response {
    refusal(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "this path does not take this method")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callers_request_id_is_kept_when_it_is_fit_for_logs() {
        let id = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(&X_REQUEST_ID, HeaderValue::from_str(text).unwrap());
            RequestId::of(&headers, &Clock::System).0
        };
        assert_eq!(id("order-1.a_b"), "order-1.a_b");
        for text in ["", "a b", "<script>", &"x".repeat(65)] {
            let made = id(text);
            assert_ne!(made, text);
            assert_eq!(made.len(), 32);
        }
    }
}
