//! Health, pages, headers.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use super::*;

#[tokio::test]
async fn the_server_says_how_it_is() {
    let server = Server::start().await;
    let (status, ready) = server.get("/readyz", None).await;
    assert_eq!((status, ready), (StatusCode::OK, json!({"ready": true, "database": "ok", "queue": "ok"})));
    assert_eq!(server.get("/healthz", None).await.0, StatusCode::OK);
    assert_eq!(server.get("/metrics", None).await.0, StatusCode::OK);
}

#[tokio::test]
async fn an_instance_about_to_stop_is_not_ready_and_sends_callers_elsewhere() {
    let server = Server::start().await;
    let ask = async |path| server.ask(Request::get(path).body(Body::empty()).unwrap()).await;
    assert!(ask("/healthz").await.headers().get("connection").is_none());
    server.shutdown.cancel();
    let (status, body) = server.get("/readyz", None).await;
    let said = json!({"ready": false, "database": "ok", "queue": "ok", "stopping": true});
    assert_eq!((status, body), (StatusCode::SERVICE_UNAVAILABLE, said));
    let response = ask("/healthz").await;
    assert_eq!((response.status(), &response.headers()["connection"]), (StatusCode::OK, &"close".parse().unwrap()));
}

#[tokio::test]
async fn every_answer_has_a_request_id_and_careful_headers() {
    let server = Server::start().await;
    for path in ["/", "/style.css", "/graphiql", "/graphiql/start.js", "/schema.graphql", "/nowhere", "/graphiql/x"] {
        let request = Request::get(path).header("x-request-id", "mine-1").body(Body::empty()).unwrap();
        let response = server.ask(request).await;
        let found = if path.ends_with("where") || path.ends_with("/x") { 404 } else { 200 };
        assert_eq!(response.status(), found, "{path}");
        let headers = response.headers();
        assert_eq!(headers["x-request-id"], "mine-1");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        let policy = headers["content-security-policy"].to_str().unwrap();
        let scripts = policy.replace("script-src 'self';", "");
        assert!(policy.starts_with("default-src 'self'") && !scripts.contains("script-src"), "{path}: {policy}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_refused_in_json() {
    let server = Server::start().await;
    let (status, answer) = server.get("/nowhere", None).await;
    assert_eq!((status, answer["errorCode"].as_str()), (StatusCode::NOT_FOUND, Some("NOT_FOUND")));
    let (status, answer) = server.get("/api/messages", None).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer["errorCode"], "METHOD_NOT_ALLOWED");
}

#[tokio::test]
async fn an_instance_that_only_works_serves_no_api() {
    let server = Server::start().await;
    let metrics = PrometheusBuilder::new().build_recorder().handle();
    let app = HttpApp::new(server.services.clone(), metrics, CancellationToken::new());
    let router = crate::http::probes_router(app);
    for (path, status) in [("/healthz", 200), ("/readyz", 200), ("/metrics", 200), ("/graphql", 404), ("/", 404)] {
        let response = router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
    }
}
