//! A provider played in this process: it keeps what arrives and answers as the test says. Other than the simulator it checks
//! nothing by itself, so that the test's own checks are independent of the binary's.

use std::collections::{HashMap, HashSet, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::wait::{SOON, within};

/// A request that arrived.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub at: Instant,
    pub path: String,
    pub query: HashMap<String, String>,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Arrival {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no header {name}: {self:?}")).to_str().unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("not JSON ({error}): {self:?}"))
    }

    /// `webhook-id`: which task this is.
    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }
}

/// How a request is answered.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    pub delay: Duration,
}

impl Answer {
    /// 2xx without a body worth reading; the robots' success where JSON is read.
    pub fn ok() -> Self {
        Self::json(r#"{"errcode":0,"errmsg":"ok"}"#)
    }

    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new(), delay: Duration::ZERO }
    }

    pub fn json(body: &str) -> Self {
        Self { body: body.to_owned(), headers: vec![("content-type", "application/json".into())], ..Self::status(200) }
    }

    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

#[derive(Default)]
struct Book {
    arrivals: Vec<Arrival>,
    next: HashMap<String, VecDeque<Answer>>,
    always: HashMap<String, Answer>,
}

struct Shared {
    book: Mutex<Book>,
    held: watch::Sender<bool>,
    /// Who is connected, once accepted.
    peers: watch::Sender<HashSet<SocketAddr>>,
}

pub struct Receiver {
    shared: Arc<Shared>,
    address: String,
    server: tokio::task::JoinHandle<()>,
}

impl Receiver {
    pub async fn start() -> Self {
        let shared = Arc::new(Shared {
            book: Mutex::default(),
            held: watch::Sender::new(false),
            peers: watch::Sender::default(),
        });
        let router = Router::new().fallback(receive).with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let listener = Counted { listener, shared: Arc::clone(&shared) };
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { shared, address, server }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Adds an answer to those for the next requests at `path`; without any, the answer is [`Answer::ok`].
    pub fn answer(&self, path: &str, answer: Answer) {
        self.shared.book.lock().unwrap().next.entry(path.to_owned()).or_default().push_back(answer);
    }

    /// What requests at `path` get from now on where no [`Self::answer`] is left.
    pub fn answer_always(&self, path: &str, answer: Answer) {
        self.shared.book.lock().unwrap().always.insert(path.to_owned(), answer);
    }

    /// Keeps every request waiting for its answer until [`Self::release`].
    pub fn hold(&self) {
        self.shared.held.send_replace(true);
    }

    pub fn release(&self) {
        self.shared.held.send_replace(false);
    }

    /// Waits until every connection of senders that are gone has been read to its end, so that [`Self::all`] holds
    /// everything they wrote. Senders that are still there keep it waiting.
    pub async fn drained(&self) {
        // Connections are accepted in the order they were made: all older ones are in once this one is.
        let marker = TcpStream::connect(&self.address).await.unwrap();
        let own = marker.local_addr().unwrap();
        let mut peers = self.shared.peers.subscribe();
        let drained = async {
            peers.wait_for(|peers| peers.contains(&own)).await.unwrap();
            drop(marker);
            peers.wait_for(HashSet::is_empty).await.unwrap();
        };
        tokio::time::timeout(SOON, drained).await.expect("connections stay open");
    }

    pub fn all(&self) -> Vec<Arrival> {
        self.shared.book.lock().unwrap().arrivals.clone()
    }

    /// What arrived at `path`, oldest first.
    pub fn arrivals(&self, path: &str) -> Vec<Arrival> {
        self.all().into_iter().filter(|arrival| arrival.path == path).collect()
    }

    /// Waits until `count` requests have arrived; more than that is a failure.
    pub async fn wait_arrivals(&self, path: &str, count: usize) -> Vec<Arrival> {
        self.wait_arrivals_within(SOON, path, count).await
    }

    pub async fn wait_arrivals_within(&self, deadline: Duration, path: &str, count: usize) -> Vec<Arrival> {
        within(deadline, &format!("{count} requests at {path}"), async || {
            let arrivals = self.arrivals(path);
            assert!(arrivals.len() <= count, "{} instead of {count} requests at {path}", arrivals.len());
            (arrivals.len() == count).then_some(arrivals)
        })
        .await
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A listener that tells who is connected.
struct Counted {
    listener: TcpListener,
    shared: Arc<Shared>,
}

impl axum::serve::Listener for Counted {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, peer) = axum::serve::Listener::accept(&mut self.listener).await;
        self.shared.peers.send_modify(|peers| _ = peers.insert(peer));
        (Connection { stream, peer, shared: Arc::clone(&self.shared) }, peer)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    shared: Arc<Shared>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.shared.peers.send_modify(|peers| _ = peers.remove(&self.peer));
    }
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

async fn receive(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, 64 << 20).await else {
        return StatusCode::BAD_REQUEST.into_response(); // Half a request, from a sender that is gone, has not arrived.
    };
    let path = parts.uri.path().to_owned();
    let answer = {
        let mut book = shared.book.lock().unwrap();
        let query = parts.uri.query().map(read_query).unwrap_or_default();
        book.arrivals.push(Arrival { at: Instant::now(), path: path.clone(), query, headers: parts.headers, body });
        let next = book.next.get_mut(&path).and_then(VecDeque::pop_front);
        next.or_else(|| book.always.get(&path).cloned()).unwrap_or_else(Answer::ok)
    };
    tokio::time::sleep(answer.delay).await;
    let _ = shared.held.subscribe().wait_for(|held| !held).await;
    let mut response = (StatusCode::from_u16(answer.status).unwrap(), answer.body).into_response();
    for (name, value) in answer.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

fn read_query(query: &str) -> HashMap<String, String> {
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn hmac_base64(key: &[u8], message: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message);
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}

/// What DingTalk's `sign` must be, before URL encoding.
pub fn dingtalk_sign(secret: &str, timestamp: &str) -> String {
    hmac_base64(secret.as_bytes(), format!("{timestamp}\n{secret}").as_bytes())
}

/// What `webhook-signature` must be by the Standard Webhooks specification.
pub fn standard_signature(secret: &str, arrival: &Arrival) -> String {
    let key = base64::engine::general_purpose::STANDARD.decode(secret.trim_start_matches("whsec_")).unwrap();
    let mut content = format!("{}.{}.", arrival.id(), arrival.header("webhook-timestamp")).into_bytes();
    content.extend_from_slice(&arrival.body);
    format!("v1,{}", hmac_base64(&key, &content))
}
