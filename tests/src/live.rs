//! Subscriptions: a `graphql-transport-ws` client, and one for server-sent events.

use std::collections::HashMap;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use reqwest::header::ACCEPT;
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::api::{Api, http_client};
use crate::wait::SOON;

/// How long a subscription may tell nothing: some tests wait for messages of half a minute later.
const PATIENCE: Duration = Duration::from_secs(60);

/// One thing that a subscription says.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The payload's `data`.
    Next(Value),
    /// Errors: it ends with them.
    Error(Value),
    Complete,
    /// The connection ended, with the close code where there is one.
    Closed(Option<u16>),
}

impl Event {
    #[track_caller]
    pub fn data(self) -> Value {
        match self {
            Self::Next(data) => data,
            other => panic!("an event with data was expected: {other:?}"),
        }
    }
}

/// A running subscription.
#[allow(async_fn_in_trait)] // tests run on one thread
pub trait Live {
    async fn event(&mut self) -> Event;

    /// Makes sure that the subscription is in force: a server may need a moment for that after it has read the request.
    /// `probe` does something that the subscription must tell of; the events of probes may still come later.
    async fn prove(&mut self, mut probe: impl AsyncFnMut()) {
        let started = std::time::Instant::now();
        loop {
            probe().await;
            if let Ok(event) = timeout(Duration::from_secs(1), self.event()).await {
                event.data();
                return;
            }
            assert!(started.elapsed() < SOON, "the subscription tells nothing");
        }
    }

    /// The next event that `wanted` lets through.
    async fn data_where(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let data = self.event().await.data();
            if wanted(&data) {
                return data;
            }
        }
    }
}

/// A WebSocket on which one subscription runs, or several that are told apart by their ids.
pub struct WebSocket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Cursors that the server's pings brought, by the subscription's id.
    pub cursors: HashMap<String, String>,
}

impl WebSocket {
    /// Connects without saying anything yet.
    pub async fn connect(api: &Api) -> Self {
        Self::connect_over(api, TcpSocket::new_v4().unwrap()).await
    }

    /// Connects with a receive buffer of a few kilobytes: what is not read soon blocks the server.
    pub async fn connect_narrow(api: &Api) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        Self::connect_over(api, socket).await
    }

    async fn connect_over(api: &Api, socket: TcpSocket) -> Self {
        Self::try_connect_over(api, socket).await.unwrap()
    }

    async fn try_connect_over(api: &Api, socket: TcpSocket) -> Result<Self, tungstenite::Error> {
        let url = format!("{}/graphql", api.url.replacen("http", "ws", 1));
        let mut request = url.into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let address = api.url.trim_start_matches("http://").parse().unwrap();
        let stream = MaybeTlsStream::Plain(socket.connect(address).await?);
        let (stream, response) = Box::pin(tokio_tungstenite::client_async(request, stream)).await?;
        assert_eq!(response.headers()["sec-websocket-protocol"], "graphql-transport-ws");
        Ok(Self { stream, cursors: HashMap::new() })
    }

    /// [`Self::subscribe`] where the server may be away: then none.
    pub async fn try_subscribe(api: &Api, query: &str, variables: Value) -> Option<Self> {
        let begins = async {
            let mut socket = Self::try_connect_over(api, TcpSocket::new_v4().unwrap()).await.ok()?;
            socket.try_say(init(api)).await?;
            let ack = socket.hear_on().await.ok()?;
            assert_eq!(ack["type"], "connection_ack", "{ack}");
            socket.try_say(subscribe("1", query, variables)).await?;
            Some(socket)
        };
        timeout(SOON, begins).await.ok()?
    }

    /// Connects, presents the key, and starts a subscription.
    pub async fn subscribe(api: &Api, query: &str, variables: Value) -> Self {
        let mut socket = Self::connect(api).await;
        socket.present_key(api).await;
        socket.start(query, variables).await;
        socket
    }

    pub async fn present_key(&mut self, api: &Api) {
        self.say(init(api)).await;
        match self.hear().await {
            Ok(ack) => assert_eq!(ack["type"], "connection_ack", "{ack}"),
            Err(code) => panic!("closed instead of acknowledged: {code:?}"),
        }
    }

    /// Starts the subscription `1`.
    pub async fn start(&mut self, query: &str, variables: Value) {
        self.start_as("1", query, variables).await;
    }

    /// Starts one more subscription.
    pub async fn start_as(&mut self, id: &str, query: &str, variables: Value) {
        self.say(subscribe(id, query, variables)).await;
    }

    pub async fn say(&mut self, message: Value) {
        self.stream.send(Message::text(message.to_string())).await.unwrap();
    }

    /// [`Self::say`] where the connection may be lost: then none.
    async fn try_say(&mut self, message: Value) -> Option<()> {
        self.stream.send(Message::text(message.to_string())).await.ok()
    }

    /// The next message of the protocol, or the close code. Signs of life do not count: they come for as long as nothing does.
    pub async fn hear(&mut self) -> Result<Value, Option<u16>> {
        timeout(PATIENCE, self.hear_on()).await.expect("a message in time")
    }

    async fn hear_on(&mut self) -> Result<Value, Option<u16>> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    match message["type"].as_str() {
                        Some("ping") => {
                            if let Some(cursors) = message["payload"]["cursors"].as_object() {
                                let told = cursors.iter().map(|(id, it)| (id.clone(), it.as_str().unwrap().to_owned()));
                                self.cursors.extend(told);
                            }
                            if self.try_say(json!({ "type": "pong" })).await.is_none() {
                                return Err(None);
                            }
                        }
                        Some("pong") => {}
                        _ => return Ok(message),
                    }
                }
                Some(Ok(Message::Close(frame))) => return Err(frame.map(|frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// The next event, however long it takes.
    pub async fn event_at_last(&mut self) -> Event {
        event(self.hear_on().await)
    }

    /// Whatever comes before the subscription completes.
    pub async fn rest(mut self) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            match self.event().await {
                Event::Next(data) => all.push(data),
                Event::Complete => return all,
                other => panic!("{other:?} after {all:?}"),
            }
        }
    }
}

impl Live for WebSocket {
    async fn event(&mut self) -> Event {
        event(self.hear().await)
    }
}

/// How a connection begins.
fn init(api: &Api) -> Value {
    let payload = api.key.as_ref().map(|key| json!({ "authorization": format!("Bearer {key}") }));
    json!({ "type": "connection_init", "payload": payload.unwrap_or_else(|| json!({})) })
}

/// How a subscription begins.
fn subscribe(id: &str, query: &str, variables: Value) -> Value {
    json!({ "id": id, "type": "subscribe", "payload": { "query": query, "variables": variables } })
}

/// What was heard, as an event.
fn event(heard: Result<Value, Option<u16>>) -> Event {
    let mut message = match heard {
        Ok(message) => message,
        Err(code) => return Event::Closed(code),
    };
    match message["type"].as_str() {
        // Errors of a subscription's start may come as `error`, or as a `next` without data.
        Some("next") if message["payload"].get("errors").is_some() => Event::Error(message["payload"]["errors"].take()),
        Some("next") => Event::Next(message["payload"]["data"].take()),
        Some("error") => Event::Error(message["payload"].take()),
        Some("complete") => Event::Complete,
        _ => panic!("unexpected: {message}"),
    }
}

/// A subscription over server-sent events, in distinct connections mode.
pub struct EventStream {
    response: reqwest::Response,
    buffer: String,
    /// The id of the last event.
    pub last_id: Option<String>,
}

impl EventStream {
    pub async fn subscribe(api: &Api, query: &str, variables: Value) -> Self {
        Self::resume(api, query, variables, None).await
    }

    /// Subscribes with the id of the last event that was seen, as a reader does that comes back.
    pub async fn resume(api: &Api, query: &str, variables: Value, last_id: Option<&str>) -> Self {
        let mut request = http_client()
            .post(format!("{}/graphql", api.url))
            .header(ACCEPT, "text/event-stream")
            .json(&json!({ "query": query, "variables": variables }));
        if let Some(key) = &api.key {
            request = request.bearer_auth(key);
        }
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        let kind = response.headers()["content-type"].to_str().unwrap();
        assert!(kind.starts_with("text/event-stream"), "{kind}");
        Self { response, buffer: String::new(), last_id: None }
    }
}

impl Live for EventStream {
    async fn event(&mut self) -> Event {
        timeout(PATIENCE, self.hear_on()).await.expect("an event in time")
    }
}

impl EventStream {
    async fn hear_on(&mut self) -> Event {
        loop {
            while let Some((block, rest)) = self.buffer.split_once("\n\n") {
                let event = read_block(block);
                if let Some(id) = block.lines().find_map(|line| line.strip_prefix("id:")) {
                    self.last_id = Some(id.trim().to_owned());
                }
                self.buffer = rest.to_owned();
                if let Some(event) = event {
                    return event;
                }
            }
            match self.response.chunk().await {
                Ok(Some(bytes)) => self.buffer.push_str(&String::from_utf8_lossy(&bytes).replace("\r\n", "\n")),
                Ok(None) | Err(_) => return Event::Closed(None),
            }
        }
    }
}

/// An event, or None for comments that keep the connection alive.
fn read_block(block: &str) -> Option<Event> {
    let mut name = "";
    let mut data = String::new();
    for line in block.lines() {
        if let Some(value) = line.strip_prefix("event:") {
            name = value.trim();
        } else if let Some(value) = line.strip_prefix("data:") {
            data.push_str(value.trim_start());
        }
    }
    match name {
        "next" => {
            let mut answer: Value = serde_json::from_str(&data).unwrap();
            Some(match answer.get_mut("errors") {
                Some(errors) => Event::Error(errors.take()),
                None => Event::Next(answer["data"].take()),
            })
        }
        "complete" => Some(Event::Complete),
        _ => None,
    }
}
