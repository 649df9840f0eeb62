//! What operators look at: alive, ready, measured.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::HttpApp;

/// `GET /healthz`: the process runs.
pub async fn alive() -> Response {
    Json(json!({"alive": true})).into_response()
}

/// `GET /readyz`: database and queue can be reached, and the instance is not about to stop.
pub async fn ready(State(app): State<HttpApp>) -> Response {
    let services = app.services();
    let (database, queue) = tokio::join!(services.store.ready(), services.queue.ready());
    if let Err(error) = &database {
        tracing::warn!(%error, "the database is not ready");
    }
    let word = |ok: bool| if ok { "ok" } else { "unavailable" };
    let stopping = app.leaving.is_cancelled();
    let ready = database.is_ok() && queue && !stopping;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut body = json!({"ready": ready, "database": word(database.is_ok()), "queue": word(queue)});
    if stopping {
        body["stopping"] = true.into();
    }
    (status, Json(body)).into_response()
}

/// `GET /metrics`: Prometheus text.
pub async fn metrics(State(app): State<HttpApp>) -> Response {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.render()).into_response()
}
