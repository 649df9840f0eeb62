//! The simulator's addresses: what providers offer, and how to look inside.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Query, Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::answer::Answer;
use super::log::{Claim, Entry, Fate};
use super::place::{Place, parse_query};
use super::provider::{Call, Judgement, Provider};
use super::received::{Outcome, Received};
use super::script::{Script, Settings, Silence};
use super::{Simulator, page};

/// Bytes of a request that are read: a picture of 2 MiB in base64, and some.
const BODY_LIMIT: usize = 4 * 1024 * 1024;
/// Items of one `/received` answer.
const PAGE: usize = 1000;
const PAGE_LIMIT: usize = 10_000;
/// Longest that `/received` waits.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn router(simulator: Simulator) -> Router {
    Router::new()
        .route("/dingtalk/robot/send", any(dingtalk))
        .route("/wecom/cgi-bin/webhook/send", any(wecom))
        .route("/webhook/{name}", post(webhook).put(webhook))
        .route("/received", get(received).delete(clear))
        .route("/received/count", get(count))
        .route("/script", post(script))
        .route("/", get(page::list))
        .route("/style.css", get(page::style))
        .fallback(nowhere)
        .layer(DefaultBodyLimit::disable())
        .with_state(simulator)
}

async fn dingtalk(State(simulator): State<Simulator>, request: Request) -> Response {
    play(&simulator, Provider::Dingtalk, request).await
}

async fn wecom(State(simulator): State<Simulator>, request: Request) -> Response {
    play(&simulator, Provider::Wecom, request).await
}

async fn webhook(State(simulator): State<Simulator>, request: Request) -> Response {
    play(&simulator, Provider::Webhook, request).await
}

/// Reads, judges, keeps and answers one request; nothing is locked while it waits.
async fn play(simulator: &Simulator, provider: Provider, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_LIMIT).await else {
        return failure(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large or was cut off");
    };
    let path = parts.uri.path();
    let query = parse_query(parts.uri.query().unwrap_or_default());
    let now = simulator.inner.clock.now();
    let settings = simulator.inner.rules.settings(path, &query);
    let call = Call { method: &parts.method, query: &query, headers: &parts.headers, body: &body };
    let judgement = provider.judge(&call, &settings, now, path);

    let valid = matches!(judgement, Judgement::Fine { .. });
    let silence = settings.fault.as_ref().and_then(|fault| fault.silence);
    let (fate, answer) = decide(simulator, provider, judgement, &settings);
    let log = &simulator.inner.log;
    if fate == Fate::Duplicate && !provider.shows_duplicates() {
        log.count_only(path, fate);
    } else {
        let outcome = Outcome { valid, fate, answer: &answer, silence };
        log.keep(Received::new(now, path, query, &parts.headers, &body, &outcome), fate);
    }

    if !settings.latency.is_zero() {
        tokio::time::sleep(settings.latency).await;
    }
    match silence {
        None => answer.into_response(),
        Some(Silence::Reset) => broken_off(),
        Some(Silence::Hang) => {
            simulator.inner.stop.cancelled().await;
            broken_off()
        }
    }
}

/// A scripted failure comes before everything else, except that a message whose sender is left in the dark is taken.
fn decide(simulator: &Simulator, provider: Provider, judgement: Judgement, settings: &Settings) -> (Fate, Answer) {
    let scripted = settings.fault.as_ref().filter(|fault| fault.silence.is_none());
    let scripted = scripted.map(|fault| Answer::scripted(fault, provider.coded()));
    match (&scripted, provider.coded()) {
        (Some(answer), false) if answer.status.is_success() => {} // another way of saying yes
        (Some(answer), _) => return (Fate::Refused, answer.clone()),
        (None, _) => {}
    }
    let (once, paced) = match judgement {
        Judgement::Refused(answer) => return (Fate::Refused, answer),
        Judgement::Fine { once, paced } => (once, paced),
    };
    let limit = settings.rate_per_minute.unwrap_or(simulator.inner.rate_per_minute);
    let claim = Claim { once: once.as_deref(), paced: paced.as_deref().map(|key| (key, limit)) };
    match simulator.inner.log.enter(claim, simulator.inner.clock.now()) {
        Entry::Taken => (Fate::Accepted, scripted.unwrap_or_else(|| provider.taken(false))),
        Entry::Repeated => (Fate::Duplicate, scripted.unwrap_or_else(|| provider.taken(true))),
        Entry::TooFast => (Fate::Refused, provider.too_fast()),
    }
}

/// An answer whose body fails before its first byte: the server closes the connection and nothing was written to it.
fn broken_off() -> Response {
    let failing = futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("scripted reset")) });
    Response::new(Body::from_stream(failing))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    #[serde(default)]
    since: u64,
    path: Option<String>,
    limit: Option<usize>,
    /// Milliseconds to wait for the first item, at most a minute.
    #[serde(default)]
    wait_ms: u64,
}

impl Asked {
    fn place(&self) -> Result<Place, String> {
        Place::parse(self.path.as_deref().unwrap_or("/"))
    }
}

#[derive(Serialize)]
struct Items<'a> {
    items: Vec<&'a Received>,
    next: u64,
}

async fn received(State(simulator): State<Simulator>, asked: Result<Query<Asked>, BadQuery>) -> Response {
    let place = asked.map_err(|error| error.body_text()).and_then(|Query(asked)| Ok((asked.place()?, asked)));
    let (place, asked) = match place {
        Ok(found) => found,
        Err(text) => return failure(StatusCode::BAD_REQUEST, &text),
    };
    let limit = asked.limit.unwrap_or(PAGE).min(PAGE_LIMIT);
    let patience = Duration::from_millis(asked.wait_ms).min(PATIENCE);
    let page = simulator.inner.log.page_within(asked.since, &place, limit, patience).await;
    json_response(&Items { items: page.items.iter().map(AsRef::as_ref).collect(), next: page.next })
}

type BadQuery = axum::extract::rejection::QueryRejection;

async fn count(State(simulator): State<Simulator>, asked: Result<Query<Asked>, BadQuery>) -> Response {
    match asked.map_err(|error| error.body_text()).and_then(|Query(asked)| asked.place()) {
        Ok(place) => json_response(&simulator.count(&place)),
        Err(text) => failure(StatusCode::BAD_REQUEST, &text),
    }
}

async fn clear(State(simulator): State<Simulator>) -> StatusCode {
    simulator.clear();
    StatusCode::NO_CONTENT
}

async fn script(State(simulator): State<Simulator>, body: Bytes) -> Response {
    match Script::parse(&body).and_then(|script| simulator.apply(&script)) {
        Ok(()) => json_response(&json!({"ok": true})),
        Err(text) => failure(StatusCode::BAD_REQUEST, &text),
    }
}

async fn nowhere(uri: Uri) -> Result<Response, Infallible> {
    let known = "/dingtalk/robot/send, /wecom/cgi-bin/webhook/send, /webhook/{name}, /received, /script";
    Ok(failure(StatusCode::NOT_FOUND, &format!("nothing at {}; there is {known}", uri.path())))
}

fn failure(status: StatusCode, text: &str) -> Response {
    Answer::json(status, &json!({"error": text})).into_response()
}

fn json_response<T: Serialize>(value: &T) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => failure(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}
