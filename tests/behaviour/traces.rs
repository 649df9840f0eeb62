//! Traces: what a collector gets, and that one which is away or never answers harms nothing.

use std::time::{Duration, Instant};

use posthorn_tests::*;

/// A stage whose server exports to `collector` as often as every `milliseconds`.
async fn traced(backend: Backend, collector: &str, milliseconds: u32) -> Stage {
    let build = Server::build(backend).await.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector);
    Stage::on(build.env("OTEL_BSP_SCHEDULE_DELAY", milliseconds.to_string()).start().await).await
}

/// Everything that the collector got, as bytes to search in.
fn exported(collector: &Receiver) -> Vec<u8> {
    collector.arrivals("/v1/traces").iter().flat_map(|arrival| arrival.body.to_vec()).collect()
}

/// How often `part` is in `all`.
fn count(all: &[u8], part: &[u8]) -> usize {
    all.windows(part.len()).filter(|window| *window == part).count()
}

both! {
    async fn a_message_is_one_trace_which_the_end_sends(backend: Backend) {
        let collector = Receiver::start().await;
        // Longer than the test takes: what arrives was sent at the end.
        let mut stage = traced(backend, &collector.url(""), 600_000).await;
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        let key = stage.api.key.clone().unwrap();
        let id = stage.api.accept(text("nobody else's business")).await;
        let message = stage.api.wait_status(&id, "SUCCESS").await;
        assert!(collector.all().is_empty());
        assert_eq!(stage.server.terminate().await.code(), Some(0));

        let arrivals = collector.arrivals("/v1/traces");
        assert_eq!(arrivals.len(), collector.all().len());
        assert_eq!(arrivals[0].header("content-type"), "application/x-protobuf");
        let all = exported(&collector);
        for part in ["posthorn", "POST /graphql", "chain", "deliver WEBHOOK", message["id"].as_str().unwrap()] {
            assert!(count(&all, part.as_bytes()) > 0, "no {part} in what was exported");
        }
        // The chain's span and the delivery's have the message's id as the id of their trace.
        let hex = message["id"].as_str().unwrap().trim_start_matches("msg_").to_owned();
        let trace: Vec<u8> = (0..16).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect();
        assert_eq!(count(&all, &trace), 2);
        // The first span's id is the second half: once as its own, once as the delivery's parent, twice within the trace's.
        assert_eq!(count(&all, &trace[8..]), 4);
        for secret in ["nobody else's business", key.as_str(), "/readyz"] {
            assert_eq!(count(&all, secret.as_bytes()), 0, "{secret} was exported");
        }
        assert!(!stage.server.log().contains("chain{"), "spans for the collector are in the log");
    }
}

#[tokio::test]
async fn a_request_belongs_to_its_callers_trace() {
    let collector = Receiver::start().await;
    let stage = traced(Backend::Embedded, &collector.url(""), 50).await;
    let client = reqwest::Client::new();
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let sent = client.get(format!("{}/api/messages/none", stage.server.url));
    let answer = sent.header("traceparent", format!("00-{trace}-b7ad6b7169203331-01")).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    let trace: Vec<u8> = (0..16).map(|at| u8::from_str_radix(&trace[2 * at..2 * at + 2], 16).unwrap()).collect();
    poll_until("the caller's trace", async || (count(&exported(&collector), &trace) == 1).then_some(())).await;
}

#[tokio::test]
async fn a_share_of_the_traces_may_be_none() {
    let collector = Receiver::start().await;
    let build = Server::build(Backend::Embedded).await.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url(""));
    let mut stage = Stage::on(build.env("OTEL_TRACES_SAMPLER", "always_off").start().await).await;
    stage.local(json!({})).await;
    let id = stage.api.accept(text("x")).await;
    stage.api.wait_status(&id, "SUCCESS").await;
    assert_eq!(stage.server.terminate().await.code(), Some(0));
    assert!(collector.all().is_empty());
}

#[tokio::test]
async fn a_collector_that_is_away_costs_one_warning() {
    let mut stage = traced(Backend::Embedded, "http://127.0.0.1:1", 50).await;
    stage.local(json!({})).await;
    let warnings = |stage: &Stage| stage.server.log().matches("the collector takes no traces").count();
    for round in 0..3 {
        let id = stage.api.accept(text("x")).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        if round == 0 {
            poll_until("a warning", async || (warnings(&stage) == 1).then_some(())).await;
        }
    }
    assert_eq!(stage.server.terminate().await.code(), Some(0));
    assert_eq!(warnings(&stage), 1);
}

#[tokio::test]
async fn a_collector_that_never_answers_delays_nothing() {
    let collector = Receiver::start().await;
    collector.hold();
    let mut stage = traced(Backend::Embedded, &collector.url(""), 50).await;
    stage.local(json!({})).await;
    poll_until("a batch", async || (!collector.all().is_empty()).then_some(())).await;
    for _ in 0..3 {
        let id = stage.api.accept(text("x")).await;
        stage.api.wait_status(&id, "SUCCESS").await;
    }
    let begun = Instant::now();
    assert_eq!(stage.server.terminate().await.code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
}
