//! The one HTTP client: posts a body to an address that the guard lets through, and reads a bounded answer.
//!
//! It follows no redirects and uses no proxy: both would reach places that the guard has not seen.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use ::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use bytes::{Bytes, BytesMut};
use chrono::DateTime;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use super::guard::{self, TargetAllow};
use super::outcome::Outcome;
use crate::domain::time::{Clock, Timestamp};

/// How much of an answer is read, in bytes.
pub const MAX_ANSWER: usize = 64 * 1024;
/// How long a connection may take to come about.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// No longer wait than this is taken from a `Retry-After`.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(86_400);

/// A POST. `Debug` shows the host only: the rest of the URL, the headers and the body may be secret.
#[derive(Clone)]
pub struct HttpRequest {
    pub url: String,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// When the attempt is made; a `Retry-After` that is a date counts from here.
    pub at: Timestamp,
}

impl HttpRequest {
    /// A request with a JSON body.
    pub fn json(url: String, body: &str, at: Timestamp) -> Self {
        let mut headers = HeaderMap::with_capacity(4);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        Self { url, headers, body: Bytes::copy_from_slice(body.as_bytes()), at }
    }
}

impl std::fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let host = Url::parse(&self.url).ok().and_then(|url| url.host_str().map(str::to_owned));
        f.debug_struct("HttpRequest").field("host", &host).field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
    pub status: u16,
    /// How long the other side asks to be left alone, at most [`MAX_RETRY_AFTER`].
    pub retry_after: Option<Duration>,
    /// The first [`MAX_ANSWER`] bytes.
    pub body: Bytes,
    /// There was more, or the connection broke off within the body.
    pub truncated: bool,
}

/// Why there is no answer. Texts name the host at most, never the rest of the URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    #[error("{host} is not a public address ({reason}); to reach it, list its network in {}", guard::SETTING)]
    Refused { host: String, reason: String },
    /// The request cannot be made at all.
    #[error("the request could not be made: {0}")]
    Malformed(String),
    /// Nothing was written: the message has certainly not arrived.
    #[error("no connection: {0}")]
    NotSent(String),
    /// Written, or begun to be: the message may have arrived.
    #[error("{0}")]
    Unanswered(String),
}

impl From<SendError> for Outcome {
    fn from(error: SendError) -> Self {
        let detail = error.to_string();
        match error {
            SendError::Refused { .. } | SendError::Malformed(_) => Self::config(detail),
            SendError::NotSent(_) => Self::retry(detail),
            SendError::Unanswered(_) => Self::ambiguous(detail),
        }
    }
}

/// The client could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not be set up: {0}")]
pub struct SetUpError(#[from] reqwest::Error);

/// Sends requests. Cheap to clone; all clones share the connections.
#[derive(Debug, Clone)]
pub struct HttpSender {
    client: reqwest::Client,
    allow: TargetAllow,
    clock: Clock,
}

impl HttpSender {
    /// A sender that reaches public addresses and those that `allow` lists.
    pub fn new(allow: TargetAllow, clock: Clock) -> Result<Self, SetUpError> {
        // Fails only where a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = builder(&allow).build().or_else(|error| {
            // A bare container may have no root certificates. Plain targets still work then.
            tracing::warn!(error = %innermost(&error), "no https targets can be reached: no root certificates");
            builder(&allow).tls_certs_only([]).build()
        })?;
        Ok(Self { client, allow, clock })
    }

    /// Posts `request`; the whole exchange may take `timeout`, the connection at most [`CONNECT_TIMEOUT`] of it.
    pub async fn send(&self, request: HttpRequest, timeout: Duration) -> Result<HttpResponse, SendError> {
        let url = Url::parse(&request.url).map_err(|error| SendError::Malformed(error.to_string()))?;
        // The client asks its resolver about names only; literal addresses are looked at here.
        if let Some(reason) = self.allow.refuses_host(&url) {
            let host = url.host_str().unwrap_or_default().to_owned();
            return Err(SendError::Refused { host, reason: reason.to_owned() });
        }
        let started = self.clock.instant();
        let call = self.client.post(url).headers(request.headers).body(request.body).timeout(timeout);
        let mut response = call.send().await.map_err(|error| explain(error, timeout))?;

        let status = response.status().as_u16();
        let now = request.at.plus(self.clock.since(started));
        let retry_after =
            response.headers().get(RETRY_AFTER).and_then(|value| read_retry_after(value.to_str().ok()?, now));
        let mut body = BytesMut::new();
        let truncated = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    let room = MAX_ANSWER - body.len();
                    body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if chunk.len() > room {
                        break true;
                    }
                }
                Ok(None) => break false,
                // The status is known, and says enough for most receivers.
                Err(_) => break true,
            }
        };
        Ok(HttpResponse { status, retry_after, body: body.freeze(), truncated })
    }
}

fn builder(allow: &TargetAllow) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("posthorn/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .dns_resolver(Guarded { allow: allow.clone() })
        .connect_timeout(CONNECT_TIMEOUT)
        // Idle connections are given up before most servers close them: a request that meets a closing connection
        // ends in doubt.
        .pool_idle_timeout(Duration::from_secs(30))
        .pool_max_idle_per_host(4096)
        .tcp_nodelay(true)
        .tcp_keepalive(Duration::from_secs(60))
}

/// The system's name resolution, less the addresses that may not be reached. Connections go to the addresses returned
/// here and no others, so a name cannot be swapped between the check and the call.
struct Guarded {
    allow: TargetAllow,
}

/// Every address of a name is out of bounds.
#[derive(Debug, thiserror::Error)]
#[error("{host} is out of bounds")]
struct OutOfBounds {
    host: String,
    reason: &'static str,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let allow = self.allow.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let mut refused = None;
            let mut open = Vec::with_capacity(found.len());
            for address in found {
                match allow.refuses(address.ip()) {
                    Some(reason) => refused = Some(reason),
                    None => open.push(address),
                }
            }
            match refused {
                Some(reason) if open.is_empty() => Err(OutOfBounds { host: name.as_str().to_owned(), reason }.into()),
                _ => Ok(Box::new(open.into_iter()) as Addrs),
            }
        })
    }
}

fn explain(error: reqwest::Error, timeout: Duration) -> SendError {
    if let Some(out) = causes(&error).find_map(|cause| cause.downcast_ref::<OutOfBounds>()) {
        return SendError::Refused { host: out.host.clone(), reason: out.reason.to_owned() };
    }
    // `Display` of the whole error holds the URL, so only its innermost cause is told.
    let cause = innermost(&error);
    if error.is_builder() {
        SendError::Malformed(cause)
    } else if error.is_connect() || error.is_dns() {
        SendError::NotSent(if error.is_timeout() { "timed out".to_owned() } else { cause })
    } else if error.is_timeout() {
        SendError::Unanswered(format!("no answer within {timeout:?}"))
    } else {
        SendError::Unanswered(format!("the connection broke before an answer: {cause}"))
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

fn innermost(error: &reqwest::Error) -> String {
    match causes(error).skip(1).last() {
        Some(cause) => cause.to_string(),
        None => "unknown cause".to_owned(),
    }
}

/// A `Retry-After`: seconds, or an HTTP date (RFC 9110, 10.2.3), of which a past one means at once.
pub fn read_retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let wait = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        let date = DateTime::parse_from_rfc2822(value).ok()?;
        Timestamp::from(date.to_utc()).since(now)
    };
    Some(wait.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests;
