//! GraphQL over WebSocket, by the protocol graphql-transport-ws
//! (<https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>): any operation, subscriptions above all.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::{Request, Response as GraphqlResponse};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::response::Response;
use futures::stream::{AbortHandle, BoxStream, SelectAll, SplitSink, SplitStream, abortable, once};
use futures::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{interval, sleep, timeout};
use tracing::Instrument;

use super::HttpApp;
use super::auth::Caller;
use super::request::RequestId;
use crate::graphql::cursor::Reached;
use crate::graphql::error::{ApiError, Code, refusal};
use crate::graphql::schema::Resuming;

const PROTOCOL: &str = "graphql-transport-ws";
/// `connection_init` must come within.
const INIT_TIME: Duration = Duration::from_secs(10);
/// How often the other side is asked for a sign of life, and after how long without one it is given up.
const PING_EVERY: Duration = Duration::from_secs(20);
const SILENCE: Duration = Duration::from_secs(60);
/// How long the other side may take to read a message before it is dropped, and after that to hear why.
const SEND_TIME: Duration = Duration::from_secs(10);
const CLOSE_TIME: Duration = Duration::from_secs(5);
/// The close code for a reader that is too slow. graphql-transport-ws gives it no other meaning, and clients reconnect.
const TOO_SLOW: u16 = 4410;
/// Operations under way on one connection.
const MAX_OPERATIONS: usize = 100;

/// What clients send.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Said {
    ConnectionInit {
        #[serde(default)]
        payload: Option<Value>,
    },
    Ping {
        #[serde(default)]
        payload: Option<Value>,
    },
    Pong {},
    Subscribe {
        id: String,
        payload: Box<Request>,
    },
    Complete {
        id: String,
    },
}

/// An operation under way.
struct Operation {
    stop: AbortHandle,
    reached: Arc<Reached>,
}

/// Why a connection ends.
#[derive(Debug)]
enum End {
    /// The other side has gone, or does not listen.
    Gone,
    /// With a close code of the protocol, or of WebSocket itself.
    Close(u16, String),
}

fn close(code: u16, reason: &str) -> End {
    End::Close(code, reason.to_owned())
}

/// Answers an upgrade request.
pub async fn upgrade(app: HttpApp, headers: &HeaderMap, id: RequestId, upgrade: WebSocketUpgrade) -> Response {
    let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let upgrade = upgrade.protocols([PROTOCOL]).max_message_size(app.body_limit);
    let spoken = upgrade.selected_protocol().is_some();
    let span = tracing::Span::current();
    upgrade.on_upgrade(move |socket| {
        let serve = async move {
            let heard = app.services().clock.instant();
            let (sink, stream) = socket.split();
            let mut connection = Connection {
                app,
                id,
                sink,
                authorization,
                caller: None,
                operations: HashMap::new(),
                responses: SelectAll::new(),
                heard,
            };
            let end = if spoken {
                connection.run(stream).await
            } else {
                close(4406, &format!("Subprotocol not acceptable, {PROTOCOL} is spoken here"))
            };
            connection.end(end).await;
        };
        serve.instrument(span)
    })
}

struct Connection {
    app: HttpApp,
    id: RequestId,
    sink: SplitSink<WebSocket, Message>,
    /// The upgrade request's header, for clients that can set one.
    authorization: Option<String>,
    /// None until `connection_init` came.
    caller: Option<Caller>,
    /// By the id that the client gave.
    operations: HashMap<String, Operation>,
    /// What the operations yield: their responses, and none at the end. Only those that have something are looked at.
    responses: SelectAll<BoxStream<'static, (String, Option<GraphqlResponse>)>>,
    heard: Instant,
}

impl Connection {
    async fn run(&mut self, mut stream: SplitStream<WebSocket>) -> End {
        let mut pings = interval(PING_EVERY);
        let init = sleep(INIT_TIME);
        tokio::pin!(init);
        let shutdown = self.app.shutdown.clone();
        loop {
            let step = tokio::select! {
                () = shutdown.cancelled() => Err(close(1001, "Going away")),
                () = &mut init, if self.caller.is_none() => Err(close(4408, "Connection initialisation timeout")),
                _ = pings.tick() => self.ping().await,
                message = stream.next() => match message {
                    Some(Ok(message)) => self.hear(message).await,
                    Some(Err(_)) | None => Err(End::Gone),
                },
                Some((id, response)) = self.responses.next(), if !self.responses.is_empty() => {
                    self.deliver(id, response).await
                }
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn end(&mut self, end: End) {
        if let End::Close(code, reason) = end {
            let frame = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
            let _ = timeout(CLOSE_TIME, self.sink.send(frame)).await;
        }
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(SEND_TIME, self.sink.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => {
                metrics::counter!("posthorn_bus_slow_watchers_total").increment(1);
                Err(close(TOO_SLOW, "Too slow: messages were not read in time"))
            }
        }
    }

    async fn say(&mut self, what: Value) -> Result<(), End> {
        self.send(Message::Text(what.to_string().into())).await
    }

    async fn ping(&mut self) -> Result<(), End> {
        if self.app.services().clock.since(self.heard) > SILENCE {
            return Err(End::Gone);
        }
        self.send(Message::Ping(bytes::Bytes::new())).await?;
        self.say_cursors().await
    }

    /// Tells how far the subscriptions have come, so that the cursors of those that are told little do not grow old.
    async fn say_cursors(&mut self) -> Result<(), End> {
        let reached = self.operations.iter().filter_map(|(id, operation)| Some((id, operation.reached.taken()?)));
        let cursors: HashMap<_, _> = reached.collect();
        if cursors.is_empty() {
            return Ok(());
        }
        let message = json!({"type": "ping", "payload": {"cursors": cursors}});
        self.say(message).await
    }

    async fn hear(&mut self, message: Message) -> Result<(), End> {
        self.heard = self.app.services().clock.instant();
        let said = match &message {
            Message::Text(text) => serde_json::from_str(text),
            Message::Binary(bytes) => serde_json::from_slice(bytes),
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(_) => return Err(End::Gone),
        };
        match said.map_err(|error| close(4400, &short(&format!("Invalid message: {error}"))))? {
            Said::ConnectionInit { payload } => self.init(payload).await,
            Said::Ping { payload } => {
                let pong = payload.map_or_else(|| json!({"type": "pong"}), |it| json!({"type": "pong", "payload": it}));
                self.say(pong).await
            }
            Said::Pong {} => Ok(()),
            Said::Subscribe { id, payload } => self.subscribe(id, *payload).await,
            Said::Complete { id } => {
                if let Some(operation) = self.operations.remove(&id) {
                    operation.stop.abort();
                }
                Ok(())
            }
        }
    }

    async fn init(&mut self, payload: Option<Value>) -> Result<(), End> {
        if self.caller.is_some() {
            return Err(close(4429, "Too many initialisation requests"));
        }
        let by_payload = payload.as_ref().and_then(authorization_in);
        let caller = match by_payload.or(self.authorization.as_deref()) {
            None => Caller::Unknown,
            Some(text) => Caller::of_text(text, self.app.services()).await.map_err(|error| {
                tracing::warn!(%error, "a key could not be looked up");
                close(1013, "Try again later")
            })?,
        };
        if matches!(caller, Caller::Refused) {
            return Err(close(4403, "Forbidden"));
        }
        self.caller = Some(caller);
        self.say(json!({"type": "connection_ack"})).await
    }

    async fn subscribe(&mut self, id: String, request: Request) -> Result<(), End> {
        let session = match &self.caller {
            None => return Err(close(4401, "Unauthorized")),
            Some(Caller::Known(session)) => Some(session.clone()),
            Some(Caller::Unknown | Caller::Refused) => None,
        };
        if self.operations.contains_key(&id) {
            return Err(End::Close(4409, short(&format!("Subscriber for {id} already exists"))));
        }
        if self.operations.len() >= MAX_OPERATIONS {
            let message = format!("a connection may have {MAX_OPERATIONS} operations under way");
            return self.deliver(id, Some(refusal(ApiError::new(Code::TooManyRequests, message)))).await;
        }
        let reached = Arc::<Reached>::default();
        let resuming = Resuming { reached: Arc::clone(&reached), last_event_id: None };
        // Whatever it needs of the database, its key's check included, it waits for by itself; this connection does not.
        let responses = self.app.api.stream_later(request, session, self.id.0.clone(), resuming);
        let (responses, stop) = abortable(responses.map(Some).chain(once(async { None })));
        self.operations.insert(id.clone(), Operation { stop, reached });
        self.responses.push(responses.map(move |response| (id.clone(), response)).boxed());
        Ok(())
    }

    /// Hands over what an operation yielded.
    async fn deliver(&mut self, id: String, response: Option<GraphqlResponse>) -> Result<(), End> {
        let Some(response) = response else {
            self.operations.remove(&id);
            return self.say(json!({"id": id, "type": "complete"})).await;
        };
        if never_ran(&response) {
            if let Some(operation) = self.operations.remove(&id) {
                operation.stop.abort();
            }
            return self.say(json!({"id": id, "type": "error", "payload": response.errors})).await;
        }
        self.say(json!({"id": id, "type": "next", "payload": response})).await
    }
}

/// Whether the operation was refused as a whole. Errors of fields have a path.
fn never_ran(response: &GraphqlResponse) -> bool {
    !response.errors.is_empty() && response.errors.iter().all(|error| error.path.is_empty())
}

/// The key that a `connection_init` brings. Clients differ in how they write the name.
fn authorization_in(payload: &Value) -> Option<&str> {
    let fields = payload.as_object()?;
    fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization")).and_then(|(_, value)| value.as_str())
}

/// Close reasons have 123 bytes at most.
fn short(text: &str) -> String {
    let mut end = text.len().min(120);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_the_payload_is_found_however_its_name_is_written() {
        for name in ["authorization", "Authorization"] {
            assert_eq!(authorization_in(&json!({ name: "Bearer x" })), Some("Bearer x"));
        }
        assert_eq!(authorization_in(&json!({"authorization": 7})), None);
        assert_eq!(authorization_in(&json!("Bearer x")), None);
    }

    #[test]
    fn reasons_are_cut_between_characters() {
        assert_eq!(short("abc"), "abc");
        let long = short(&"消".repeat(60));
        assert_eq!(long.len(), 120);
        assert_eq!(short(&format!("a{}", "消".repeat(60))).len(), 118);
    }

    #[test]
    fn messages_of_the_protocol_are_read() {
        let said = |text: &str| serde_json::from_str::<Said>(text);
        assert!(matches!(said(r#"{"type":"connection_init"}"#), Ok(Said::ConnectionInit { payload: None })));
        assert!(matches!(said(r#"{"type":"pong"}"#), Ok(Said::Pong {})));
        let subscribe = said(r#"{"type":"subscribe","id":"1","payload":{"query":"{a}"}}"#);
        assert!(matches!(subscribe, Ok(Said::Subscribe { id, .. }) if id == "1"));
        for text in ["", "{}", r#"{"type":"start"}"#, r#"{"type":"subscribe","id":1,"payload":{}}"#] {
            assert!(said(text).is_err(), "{text}");
        }
    }
}
