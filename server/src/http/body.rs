//! Reading GraphQL operations from a request: JSON, JSON arrays, multipart uploads, query strings.

use async_graphql::http::{MultipartOptions, parse_query_string, receive_batch_body};
use async_graphql::{BatchRequest, Request};
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use crate::graphql::error::ApiError;
use crate::graphql::limits::MAX_OPERATIONS;

/// Files in one multipart request.
const MAX_FILES: usize = 10;

/// Why a body holds no operation.
#[derive(Debug)]
pub enum BodyError {
    TooLarge,
    Malformed(ApiError),
}

impl BodyError {
    fn malformed(message: impl Into<String>) -> Self {
        Self::Malformed(ApiError::bad_input(message))
    }

    pub fn from_rejection(rejection: BytesRejection) -> Self {
        if rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::TooLarge
        } else {
            Self::malformed("the body could not be read")
        }
    }

    /// The refusal in the form of REST's.
    pub fn into_rest(self) -> Response {
        match self {
            Self::TooLarge => too_large(),
            Self::Malformed(error) => {
                super::request::refusal(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", &error.message)
            }
        }
    }
}

pub const TOO_LARGE_TEXT: &str = "the body is larger than a request may be";

fn too_large() -> Response {
    super::request::refusal(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", TOO_LARGE_TEXT)
}

/// The operations of a POST.
pub async fn operations(content_type: Option<&str>, body: &Bytes) -> Result<BatchRequest, BodyError> {
    let kind = content_type.map(|text| text.split(';').next().unwrap_or(text).trim().to_ascii_lowercase());
    let batch = match kind.as_deref() {
        Some("multipart/form-data") => {
            let options = MultipartOptions::default().max_file_size(body.len()).max_num_files(MAX_FILES);
            receive_batch_body(content_type, futures::io::Cursor::new(body), options)
                .await
                .map_err(|error| BodyError::malformed(format!("the multipart body can't be read: {error}")))?
        }
        None => json(body)?,
        Some(kind) if kind.ends_with("json") => json(body)?,
        Some(other) => return Err(BodyError::malformed(format!("application/json was expected, not {other:?}"))),
    };
    if let BatchRequest::Batch(requests) = &batch
        && !(1..=MAX_OPERATIONS).contains(&requests.len())
    {
        let message = format!("an array of operations must have 1 to {MAX_OPERATIONS} of them, not {}", requests.len());
        return Err(BodyError::malformed(message));
    }
    Ok(batch)
}

/// An operation or an array of them. The first byte tells: trying both would read everything twice.
fn json(body: &Bytes) -> Result<BatchRequest, BodyError> {
    let array = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let read = if array {
        serde_json::from_slice::<Vec<Request>>(body).map(BatchRequest::Batch)
    } else {
        serde_json::from_slice(body).map(BatchRequest::Single)
    };
    read.map_err(|error| BodyError::malformed(format!("the body is not a GraphQL request: {error}")))
}

/// The operation in the query string of a GET.
pub fn operation(query: &str) -> Result<Request, BodyError> {
    parse_query_string(query)
        .map_err(|error| BodyError::malformed(format!("the query string is not a GraphQL request: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(content_type: Option<&str>, body: &str) -> Result<BatchRequest, BodyError> {
        operations(content_type, &Bytes::copy_from_slice(body.as_bytes())).await
    }

    #[tokio::test]
    async fn one_operation_or_an_array_of_them() {
        let one = read(Some("application/json; charset=utf-8"), r#" {"query":"{a}","variables":null}"#).await.unwrap();
        assert!(matches!(one, BatchRequest::Single(request) if request.query == "{a}"));
        let two = read(None, r#"[{"query":"{a}"},{"query":"{b}"}]"#).await.unwrap();
        assert!(matches!(two, BatchRequest::Batch(requests) if requests[1].query == "{b}"));
    }

    #[tokio::test]
    async fn what_is_not_an_operation_is_refused() {
        let many = format!("[{}]", vec![r#"{"query":"{a}"}"#; MAX_OPERATIONS + 1].join(","));
        for (kind, body) in [
            (None, ""),
            (None, "[]"),
            (None, "{"),
            (None, "7"),
            (None, many.as_str()),
            (Some("text/plain"), r#"{"query":"{a}"}"#),
            (Some("multipart/form-data"), "x"),
        ] {
            assert!(matches!(read(kind, body).await, Err(BodyError::Malformed(_))), "{kind:?} {body}");
        }
    }

    #[tokio::test]
    async fn a_multipart_request_brings_files() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n\
                    {\"query\":\"{a}\",\"variables\":{\"file\":null}}\r\n\
                    --b\r\nContent-Disposition: form-data; name=\"map\"\r\n\r\n{\"0\":[\"variables.file\"]}\r\n\
                    --b\r\nContent-Disposition: form-data; name=\"0\"; filename=\"a.txt\"\r\n\
                    Content-Type: text/plain\r\n\r\nhello\r\n--b--\r\n";
        let read = read(Some("multipart/form-data; boundary=b"), body).await.unwrap();
        assert!(matches!(read, BatchRequest::Single(request) if request.uploads.len() == 1));
    }

    #[test]
    fn a_query_string_holds_an_operation() {
        assert_eq!(operation("query=%7Ba%7D&variables=%7B%22x%22%3A1%7D").unwrap().query, "{a}");
        assert!(operation("query={a}&variables=nonsense").is_err());
    }
}
