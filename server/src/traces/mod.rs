//! Traces: spans of requests, of the chain and of deliveries, exported where a collector is named. Where none is, nobody
//! is interested in these spans, and making one is a look at a flag.
//!
//! All spans of a message are one trace, on whichever instances they happen: its id is the message's.
//!
//! - [`export`]: the way to the collector, over OTLP; [`sampling`]: which traces are exported

mod export;
mod sampling;

use std::cell::Cell;

use axum::http::HeaderMap;
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

pub use self::export::Traces;
use crate::domain::id::MessageId;
use crate::domain::message::PendingMessage;
use crate::domain::task::ClaimedTask;

/// The target of all spans that are made here: they are for the collector, not for the log.
pub const TARGET: &str = "posthorn::spans";

/// The span of a request. It belongs to its caller's trace, where a `traceparent` header names one. Probes have none: they
/// come every few seconds, and tell nothing.
pub fn request(method: &str, route: &str, request_id: &str, headers: &HeaderMap) -> Span {
    if matches!(route, "/healthz" | "/readyz" | "/metrics") {
        return Span::none();
    }
    let span = tracing::info_span!(
        target: TARGET,
        parent: None,
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = tracing::field::Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = tracing::field::Empty,
        request.id = request_id,
    );
    if !span.is_disabled() {
        let caller = TraceContextPropagator::new().extract_with_context(&Context::new(), &Headers(headers));
        // It can't fail: the span was not entered yet.
        let _ = span.set_parent(caller);
    }
    span
}

/// Notes how a request was answered.
pub fn answered(span: &Span, status: u16) {
    span.record("http.response.status_code", status);
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}

/// The span of a message's way through the chain: the root of the message's trace.
pub fn chain(message: &PendingMessage) -> Span {
    let make = || {
        tracing::info_span!(
            target: TARGET,
            parent: None,
            "chain",
            otel.kind = "consumer",
            otel.status_code = tracing::field::Empty,
            message.id = %message.id,
            message.status = tracing::field::Empty,
            error.code = tracing::field::Empty,
            tenant.id = %message.tenant_id,
            business_type = %message.business_type,
        )
    };
    as_root_of(message.id, make)
}

/// Notes what the chain decided.
pub fn decided(status: &str, error_code: Option<&str>) {
    let span = Span::current();
    span.record("message.status", status);
    if let Some(code) = error_code {
        span.record("error.code", code);
        span.record("otel.status_code", "ERROR");
    }
}

/// The span of one attempt to deliver a task.
pub fn delivery(task: &ClaimedTask) -> Span {
    let span = tracing::info_span!(
        target: TARGET,
        parent: None,
        "deliver",
        otel.name = format!("deliver {}", task.channel_type),
        otel.kind = "client",
        otel.status_code = tracing::field::Empty,
        message.id = %task.message_id,
        task.id = %task.id,
        task.retries = task.retry_count,
        tenant.id = %task.tenant_id,
        config.id = %task.channel_config_id,
        outcome = tracing::field::Empty,
    );
    if !span.is_disabled() {
        let _ = span.set_parent(Context::new().with_remote_span_context(root_of(task.message_id)));
    }
    span
}

/// Notes what came of the attempt.
pub fn attempted(outcome: &'static str) {
    let span = Span::current();
    span.record("outcome", outcome);
    if outcome != "OK" {
        span.record("otel.status_code", "ERROR");
    }
}

/// The first span of a message's trace, as every instance knows it without asking.
fn root_of(message: MessageId) -> SpanContext {
    let (trace, span) = ids_of(message);
    let flags = if sampling::chosen(trace) { TraceFlags::SAMPLED } else { TraceFlags::default() };
    SpanContext::new(trace, span, flags, true, TraceState::default())
}

fn ids_of(message: MessageId) -> (TraceId, SpanId) {
    let bytes = message.0.into_bytes();
    // The second half is random, but for two bits.
    let [.., a, b, c, d, e, f, g, h] = bytes;
    (TraceId::from_bytes(bytes), SpanId::from_bytes([a, b, c, d, e, f, g, h]))
}

thread_local! {
    /// The ids of the span that is being made, where they are not to be random.
    static CHOSEN: Cell<Option<(TraceId, SpanId)>> = const { Cell::new(None) };
}

fn as_root_of(message: MessageId, make: impl FnOnce() -> Span) -> Span {
    let span = make();
    if !span.is_disabled() {
        CHOSEN.set(Some(ids_of(message)));
        // This begins the span, which asks for its ids.
        drop(span.context());
        CHOSEN.set(None);
    }
    span
}

/// Ids of spans: random, but for a message's first span.
#[derive(Debug)]
struct Ids;

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        CHOSEN.get().map_or_else(|| RandomIdGenerator::default().new_trace_id(), |(trace, _)| trace)
    }

    fn new_span_id(&self) -> SpanId {
        CHOSEN.get().map_or_else(|| RandomIdGenerator::default().new_span_id(), |(_, span)| span)
    }
}

/// A request's headers, to read `traceparent` from.
struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(axum::http::HeaderName::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    #[test]
    fn a_trace_has_its_messages_id() {
        let message = MessageId::new(Timestamp::from_millis(1_700_000_000_000));
        let (trace, span) = ids_of(message);
        assert_eq!(format!("msg_{trace}"), message.to_string());
        assert!(trace.to_string().ends_with(&span.to_string()));
        assert!(root_of(message).is_valid() && root_of(message).is_remote());
    }

    #[test]
    fn without_a_collector_no_span_is_made() {
        let span = request("POST", "/graphql", "r1", &HeaderMap::new());
        assert!(span.is_disabled());
        assert!(request("GET", "/readyz", "r1", &HeaderMap::new()).is_disabled());
    }
}
