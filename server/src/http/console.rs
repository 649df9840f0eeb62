//! The web console: what `npm run build` wrote into `console/dist`, from within the binary. Files under `assets/` have a
//! digest in their names and are kept for ever; the page itself is asked for each time. A binary that was built without
//! the console has the start page in its place.

use std::borrow::Cow;

use axum::extract::Request;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, VARY,
};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use rust_embed::{EmbeddedFile, RustEmbed};

use super::pages;
use super::request::no_such_path;

#[derive(RustEmbed)]
#[folder = "../console/dist"]
#[allow_missing = true]
struct Dist;

/// Ant Design writes its styles into the page; scripts come from files only.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    base-uri 'none'; frame-ancestors 'none'; form-action 'self'; object-src 'none'";

const PAGE: &str = "index.html";

/// `GET /`.
pub async fn index(headers: HeaderMap) -> Response {
    match variant(PAGE, &headers) {
        Some(found) => answer(PAGE, found),
        None => pages::index().await,
    }
}

/// Whatever no route serves: a file of the console, or an address within it, which its page knows what to do with.
pub async fn file(request: Request) -> Response {
    let (method, headers) = (request.method(), request.headers());
    let path = request.uri().path().trim_start_matches('/');
    if *method != Method::GET && *method != Method::HEAD {
        return no_such_path().await;
    }
    if let Some(found) = variant(path, headers) {
        return answer(path, found);
    }
    let page = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|it| it.contains("text/html"));
    let of_the_api = ["api/", "graphql", "assets/"].iter().any(|prefix| path.starts_with(prefix));
    match variant(PAGE, headers) {
        Some(found) if page && !of_the_api => answer(PAGE, found),
        _ => no_such_path().await,
    }
}

/// A file, packed as well as the browser understands, and how it is packed.
fn variant(path: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    if [".br", ".gz"].iter().any(|packed| path.ends_with(packed)) {
        return None;
    }
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let understands = |name: &str| accepted.split(',').any(|item| item.split(';').next().unwrap_or("").trim() == name);
    [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(name, _)| understands(name))
        .find_map(|(name, suffix)| Some((Dist::get(&format!("{path}{suffix}"))?, Some(name))))
        .or_else(|| Some((Dist::get(path)?, None)))
}

fn answer(path: &str, (file, packed): (EmbeddedFile, Option<&'static str>)) -> Response {
    let kept = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (CONTENT_TYPE, media(path)),
        (CACHE_CONTROL, kept),
        (VARY, "accept-encoding"),
        (CONTENT_SECURITY_POLICY, POLICY),
    ];
    let body = match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    let mut response = (StatusCode::OK, headers, body).into_response();
    if let Some(packed) = packed {
        response.headers_mut().insert(CONTENT_ENCODING, axum::http::HeaderValue::from_static(packed));
    }
    response
}

fn media(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, suffix)| suffix) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
