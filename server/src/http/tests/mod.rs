//! The server as its callers see it, on a SQLite database of its own, without workers.
//!
//! - [`graphql`]: GraphQL over HTTP and SSE; [`rest`]: the REST form; [`pages`]: everything else

mod graphql;
mod pages;
mod rest;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::{HttpApp, Router, router};
use crate::announce::Announcer;
use crate::bus::Bus;
use crate::catalog::Catalog;
use crate::channels::TargetAllow;
use crate::channels::http::HttpSender;
use crate::domain::actor::Actor;
use crate::domain::chance::Chance;
use crate::domain::enums::Role;
use crate::domain::time::Clock;
use crate::intake::Intake;
use crate::limits::Limits;
use crate::pipeline::process::Recent;
use crate::queue::Queue;
use crate::services::Services;
use crate::services::api_key::ApiKeyDraft;
use crate::services::tenant::TenantDraft;
use crate::store::Store;
use crate::store::seal::Sealer;

/// A server with two tenants, `acme` and `other`.
pub(super) struct Server {
    router: Router,
    pub(super) services: Services,
    pub(super) shutdown: CancellationToken,
    /// Of the role TENANT_ADMIN in `acme`.
    pub(super) key: String,
    folder: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Server {
    pub(super) async fn start() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let folder = std::env::temp_dir().join(format!("posthorn-http-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let clock = Clock::System;
        let store = Store::sqlite(&folder.join("posthorn.db")).await.unwrap();
        store.migrate().await.unwrap();
        let sealer = Sealer::new(vec![[7; 32]]).unwrap();
        let catalog = Catalog::open(store.clone(), sealer, TargetAllow::default(), clock.clone()).await.unwrap();
        let queue = Queue::memory(clock.clone(), 1000);
        let (bus, announcer) =
            (Bus::memory(clock.clone(), Chance::System, 1000, 200_000), Announcer::new(queue.clone(), clock.clone()));
        let recent = Recent::new(1 << 20);
        let intake = Intake::new(&store, catalog.clone(), announcer.clone(), bus.clone(), recent, clock.clone());
        let limits = Limits::memory(clock.clone());
        let intake = Arc::new(intake);
        let http = HttpSender::new(TargetAllow::default(), clock.clone()).unwrap();
        let services = Services { store, catalog, queue, limits, announcer, bus, clock, http, intake };
        for code in ["acme", "other"] {
            let draft = TenantDraft {
                code: code.to_owned(),
                name: code.to_owned(),
                timezone: None,
                enabled: None,
                strict_business_types: None,
            };
            services.create_tenant(&Actor::system(), draft).await.unwrap();
        }
        let shutdown = CancellationToken::new();
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let router = router(HttpApp::new(services.clone(), metrics, shutdown.clone()));
        let mut server = Self { router, services, shutdown, key: String::new(), folder };
        server.key = server.key_of(Some("acme"), Role::TenantAdmin).await;
        server
    }

    /// A new key; of the platform without a tenant.
    pub(super) async fn key_of(&self, tenant: Option<&str>, role: Role) -> String {
        let name = format!("{} {role}", tenant.unwrap_or("platform"));
        let draft = ApiKeyDraft { name, tenant: tenant.map(str::to_owned), role, expires_at: None };
        self.services.create_api_key(&Actor::system(), draft).await.unwrap().1
    }

    pub(super) async fn ask(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// A POST of JSON with this key, or none; answers status and JSON.
    pub(super) async fn post(&self, path: &str, key: Option<&str>, body: String) -> (StatusCode, Value) {
        let mut request = Request::post(path).header("content-type", "application/json");
        if let Some(key) = key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        read(self.ask(request.body(Body::from(body)).unwrap()).await).await
    }

    pub(super) async fn get(&self, path: &str, key: Option<&str>) -> (StatusCode, Value) {
        let mut request = Request::get(path);
        if let Some(key) = key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        read(self.ask(request.body(Body::empty()).unwrap()).await).await
    }

    /// Runs an operation with the tenant admin's key.
    pub(super) async fn run(&self, query: &str, variables: Value) -> Value {
        self.run_as(Some(&self.key), query, variables).await
    }

    pub(super) async fn run_as(&self, key: Option<&str>, query: &str, variables: Value) -> Value {
        let body = json!({"query": query, "variables": variables}).to_string();
        let (status, answer) = self.post("/graphql", key, body).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }
}

async fn read(response: Response<Body>) -> (StatusCode, Value) {
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

/// The code of an answer's first error.
fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("none")
}
