//! The HTTP server: one table of routes, and what holds for every request.
//!
//! - [`auth`]: the key of a request; [`request`]: request ids, time limit, panics, headers
//! - [`graphql`]: GraphQL over HTTP and SSE; [`accept`]: in which form; [`body`]: reading operations; [`ws`]: GraphQL over WebSocket
//! - [`patience`]: connections that do not read are dropped
//! - [`probes`]: health, readiness, metrics; [`pages`]: what is served as files; [`console`]: the web console

mod accept;
pub mod auth;
pub mod body;
mod console;
mod graphql;
mod pages;
mod patience;
mod probes;
pub mod request;
mod ws;

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;

use self::patience::{PatientListener, WRITE_PATIENCE};
use crate::graphql::Api;
use crate::rest;
use crate::services::Services;

/// Bytes that a request may have where nothing else is configured: 10,000 recipients or 1000 messages fit.
pub const DEFAULT_BODY_LIMIT: usize = 8 * 1024 * 1024;
/// How long connections have to finish once the server is to stop.
const GRACE: Duration = Duration::from_secs(10);

/// What requests are answered with. Cheap to clone.
#[derive(Clone)]
pub struct HttpApp {
    pub api: Api,
    pub metrics: PrometheusHandle,
    /// Bytes.
    pub body_limit: usize,
    /// Ends what would go on for ever: subscriptions.
    pub shutdown: CancellationToken,
    /// Tells callers to go elsewhere: the instance answers for a while, and is no longer ready.
    leaving: CancellationToken,
}

impl HttpApp {
    pub fn new(services: Services, metrics: PrometheusHandle, shutdown: CancellationToken) -> Self {
        let leaving = shutdown.clone();
        Self { api: Api::new(services), metrics, body_limit: DEFAULT_BODY_LIMIT, shutdown, leaving }
    }

    /// The same, told by another token that it is about to stop.
    #[must_use]
    pub fn leaving_by(self, leaving: CancellationToken) -> Self {
        Self { leaving, ..self }
    }

    pub(crate) fn services(&self) -> &Services {
        self.api.services()
    }
}

/// All routes.
pub fn router(app: HttpApp) -> Router {
    let pages = Router::new()
        .route("/style.css", get(pages::style))
        .route("/schema.graphql", get(pages::schema))
        .route("/graphiql", get(pages::graphiql))
        .route("/graphiql/{file}", get(pages::graphiql_file))
        .layer(CompressionLayer::new());
    let routes = probes()
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/api/messages", post(rest::message::send))
        .route("/api/messages/batch", post(rest::message::send_batch))
        .route("/api/messages/{messageId}", get(rest::message::read))
        .route("/api/v1/messages/export", get(rest::export::export))
        .route("/", get(console::index))
        .fallback(console::file)
        .merge(pages);
    wrap(routes, app)
}

/// What an instance serves that only works: nothing but health and measurements.
pub fn probes_router(app: HttpApp) -> Router {
    wrap(probes().fallback(request::no_such_path), app)
}

fn probes() -> Router<HttpApp> {
    Router::new()
        .route("/healthz", get(probes::alive))
        .route("/readyz", get(probes::ready))
        .route("/metrics", get(probes::metrics))
}

/// What holds for every request.
fn wrap(routes: Router<HttpApp>, app: HttpApp) -> Router {
    routes
        .method_not_allowed_fallback(request::no_such_method)
        .layer(DefaultBodyLimit::max(app.body_limit))
        .layer(from_fn_with_state((app.leaving.clone(), app.services().clock.clone()), request::around))
        .with_state(app)
}

/// Serves until `shutdown` is cancelled, then lets requests in hand finish, ten seconds at most. Give the same token to
/// [`HttpApp`], so that subscriptions end too.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(listener: TcpListener, router: Router, shutdown: CancellationToken) -> std::io::Result<()> {
    // Answers are small and written at once: waiting to fill packets only delays them.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
    });
    let listener = PatientListener { inner: listener, patience: WRITE_PATIENCE };
    let stop = shutdown.clone();
    let serving = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).into_future();
    tokio::select! {
        ended = serving => ended,
        () = async { shutdown.cancelled().await; tokio::time::sleep(GRACE).await } => {
            tracing::warn!("connections that did not finish in time are dropped");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;
