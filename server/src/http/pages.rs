//! What is served as files, all from within the binary: the start page, the schema, GraphiQL.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::request::no_such_path;
use crate::graphql::sdl;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

/// GraphiQL sets styles on elements, and its stylesheet has fonts and pictures within.
const GRAPHIQL_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; \
    img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

static INDEX: &str = include_str!("../../../console/index.html");
static STYLE: &str = include_str!("../../../console/style.css");
static GRAPHIQL: &str = include_str!("../../../console/graphiql/index.html");
/// Files beside GraphiQL's page: name, media type, content.
static GRAPHIQL_FILES: &[(&str, &str, &str)] = &[
    ("start.js", JS, include_str!("../../../console/graphiql/start.js")),
    ("start.css", CSS, include_str!("../../../console/graphiql/start.css")),
    ("graphiql.min.js", JS, include_str!("../../../console/graphiql/graphiql.min.js")),
    ("graphiql.min.css", CSS, include_str!("../../../console/graphiql/graphiql.min.css")),
    ("react.production.min.js", JS, include_str!("../../../console/graphiql/react.production.min.js")),
    ("react-dom.production.min.js", JS, include_str!("../../../console/graphiql/react-dom.production.min.js")),
    ("graphql-ws.min.js", JS, include_str!("../../../console/graphiql/graphql-ws.min.js")),
];

static SCHEMA: LazyLock<String> = LazyLock::new(sdl);

/// Asked for each time: a newer binary may have the console in its place.
pub async fn index() -> Response {
    ([(CACHE_CONTROL, "no-cache")], file(HTML, INDEX)).into_response()
}

pub async fn style() -> Response {
    file(CSS, STYLE)
}

pub async fn schema() -> Response {
    file("text/plain; charset=utf-8", &SCHEMA)
}

pub async fn graphiql() -> Response {
    ([(CONTENT_SECURITY_POLICY, GRAPHIQL_POLICY)], file(HTML, GRAPHIQL)).into_response()
}

pub async fn graphiql_file(Path(name): Path<String>) -> Response {
    match GRAPHIQL_FILES.iter().find(|(own, ..)| *own == name) {
        Some((_, media, content)) => file(media, content),
        None => no_such_path().await,
    }
}

/// A file of this version: a newer binary may bring another under the same name.
fn file(media: &'static str, content: &'static str) -> Response {
    ([(CONTENT_TYPE, media), (CACHE_CONTROL, "public, max-age=300")], content).into_response()
}
