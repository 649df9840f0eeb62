//! What goes wrong, and how a caller is told: expected failures as `userErrors`, the rest as top-level errors with
//! `extensions.code`. Internal texts go to the log, never to a caller.

use async_graphql::{Error, ErrorExtensions, ID, Response, ServerError, SimpleObject, Value};

use crate::domain::issue::{Issue, IssueCode};
use crate::services::ServiceError;
use crate::store::StoreError;

/// The codes that `extensions.code` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    Unauthenticated,
    Forbidden,
    NotFound,
    BadInput,
    TooComplex,
    TooManyRequests,
    Unavailable,
    Internal,
    /// A subscriber was too slow, or events were lost on their way to it.
    Lagged,
    /// What came after a subscriber's cursor is no longer kept.
    CursorExpired,
}

impl Code {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::BadInput => "BAD_INPUT",
            Self::TooComplex => "TOO_COMPLEX",
            Self::TooManyRequests => "TOO_MANY_REQUESTS",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
            Self::Lagged => "LAGGED",
            Self::CursorExpired => "CURSOR_EXPIRED",
        }
    }
}

/// Why a field could not be answered. Its message is for the caller.
///
/// It has no `Display` on purpose: that would let async-graphql convert it without its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    pub code: Code,
    pub message: String,
}

pub type Result<T, E = ApiError> = std::result::Result<T, E>;

impl ApiError {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub fn bad_input(message: impl Into<String>) -> Self {
        Self::new(Code::BadInput, message)
    }

    pub fn unauthenticated() -> Self {
        Self::new(Code::Unauthenticated, "a valid API key is needed, as `Authorization: Bearer <key>`")
    }

    pub fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("{what} not found"))
    }

    /// Something that can't happen did; `what` goes to the log.
    pub fn internal(what: impl std::fmt::Display) -> Self {
        tracing::error!(error = %what, "an operation failed");
        Self::new(Code::Internal, INTERNAL)
    }
}

/// What callers read instead of an internal text.
pub const INTERNAL: &str = "something went wrong inside Posthorn";
/// What callers read while the database is away.
pub const UNAVAILABLE: &str = "the database is unavailable at the moment, try again shortly";

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if error.transient() {
            tracing::warn!(error = %error, "the database is unavailable");
            Self::new(Code::Unavailable, UNAVAILABLE)
        } else {
            Self::internal(error)
        }
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Forbidden(message) => Self::new(Code::Forbidden, message),
            ServiceError::NotFound(what) => Self::not_found(what),
            ServiceError::Invalid(issues) => Self::bad_input(in_one_line(&issues)),
            ServiceError::TooMany(message) => Self::new(Code::TooManyRequests, message),
            ServiceError::Store(error) => error.into(),
        }
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Self::new(error.message).extend_with(|_, extensions| extensions.set("code", error.code.as_str()))
    }
}

/// Issues for where there is room for one text only.
pub fn in_one_line(issues: &[Issue]) -> String {
    issues.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// A problem with the caller's input. Returned in a payload's userErrors; the mutation changed nothing.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub struct UserError {
    /// Path of input fields, e.g. `["input", "rateLimit", "count"]`.
    field: Option<Vec<String>>,
    /// What is wrong and what was expected.
    message: String,
    /// What kind of mistake it is.
    code: IssueCode,
}

impl From<Issue> for UserError {
    fn from(issue: Issue) -> Self {
        Self { field: Some(issue.path), message: issue.message, code: issue.code }
    }
}

impl UserError {
    /// No such object, or not in the caller's tenant.
    pub fn unknown_id(what: &str) -> Self {
        Self { field: Some(vec!["id".to_owned()]), message: format!("{what} not found"), code: IssueCode::NotFound }
    }

    /// The same where there is no `input`: the mutation's arguments are the input's fields.
    pub fn of_argument(mut self) -> Self {
        if let Some(field) = &mut self.field
            && field.len() > 1
            && field[0] == "input"
        {
            field.remove(0);
        }
        self
    }
}

/// The object that a mutation yielded, or what was wrong with its input.
pub type Outcome<T> = std::result::Result<T, Vec<UserError>>;

/// Sorts a use case's end into payload and top-level error. What was not found lies in the input where it is a tenant,
/// and is the `id` otherwise.
pub fn outcome<T>(result: std::result::Result<T, ServiceError>) -> Result<Outcome<T>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(ServiceError::Invalid(issues)) => Ok(Err(issues.into_iter().map(UserError::from).collect())),
        Err(ServiceError::NotFound("tenant")) => {
            Ok(Err(vec![Issue::new("input.tenantId", IssueCode::NotFound, "tenant not found").into()]))
        }
        Err(ServiceError::NotFound(what)) => Ok(Err(vec![UserError::unknown_id(what)])),
        Err(error) => Err(error.into()),
    }
}

/// The typed id of a mutation's `id` argument; what is not one looks like an object that is not there.
pub fn known_id<T: std::str::FromStr>(id: &ID, what: &str) -> Outcome<T> {
    id.parse().map_err(|_| vec![UserError::unknown_id(what)])
}

/// Declares a payload type of one object and its user errors, made from an [`Outcome`].
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $(#[$fdoc:meta])* $field:ident: $object:ty }) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$fdoc])*
            $field: Option<$object>,
            /// What was wrong with the input; empty when it was done.
            user_errors: Vec<$crate::graphql::error::UserError>,
        }

        impl<T: Into<$object>> From<$crate::graphql::error::Outcome<T>> for $name {
            fn from(outcome: $crate::graphql::error::Outcome<T>) -> Self {
                match outcome {
                    Ok(object) => Self { $field: Some(object.into()), user_errors: Vec::new() },
                    Err(user_errors) => Self { $field: None, user_errors },
                }
            }
        }
    };
}
pub(super) use payload;

payload! {
    /// What a delete mutation yields.
    DeletePayload {
        /// The id of what is gone.
        deleted_id: ID
    }
}

/// Completes a response's errors before they leave: those of async-graphql itself get their code, internal ones lose
/// their text, and both internal and unavailable ones name the request for whoever reads the log.
pub fn dress(response: &mut Response, request_id: &str) {
    for error in &mut response.errors {
        let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code")).cloned();
        let code = code.unwrap_or_else(|| {
            let code = classify(error);
            if code == Code::Internal {
                tracing::error!(error = %error.message, "a field failed with an error of no known kind");
                INTERNAL.clone_into(&mut error.message);
            }
            let code = Value::from(code.as_str());
            error.extensions.get_or_insert_default().set("code", code.clone());
            code
        });
        if code == Value::from("INTERNAL") || code == Value::from("UNAVAILABLE") {
            error.extensions.get_or_insert_default().set("requestId", request_id);
        }
    }
}

/// The kind of an error that no resolver of ours made.
fn classify(error: &ServerError) -> Code {
    const LIMITS: [&str; 3] =
        ["Query is too complex", "Query is nested too deep", "The recursion depth of the query cannot"];
    if error.source.is_some() {
        Code::Internal
    } else if LIMITS.iter().any(|limit| error.message.starts_with(limit)) {
        Code::TooComplex
    } else {
        Code::BadInput
    }
}

/// A response that refuses a whole operation.
pub fn refusal(error: ApiError) -> Response {
    let error: Error = error.into();
    let mut refused = ServerError::new(error.message, None);
    refused.extensions = error.extensions;
    Response::from_errors(vec![refused])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(response: &Response) -> serde_json::Value {
        serde_json::to_value(&response.errors).unwrap()[0]["extensions"]["code"].clone()
    }

    #[test]
    fn a_drivers_text_never_leaves() {
        let lost = ApiError::from(StoreError::Unavailable("connection to 10.0.0.7 refused".to_owned()));
        assert_eq!((lost.code, lost.message.as_str()), (Code::Unavailable, UNAVAILABLE));
        let broken = ApiError::from(ServiceError::Store(StoreError::Corrupt("column x".to_owned())));
        assert_eq!((broken.code, broken.message.as_str()), (Code::Internal, INTERNAL));
    }

    #[test]
    fn foreign_errors_lose_their_text_and_name_the_request() {
        let mut response = Response::from_errors(vec![
            Error::new_with_source("secret").into_server_error(async_graphql::Pos::default()),
        ]);
        dress(&mut response, "r-1");
        assert_eq!(code_of(&response), "INTERNAL");
        let text = serde_json::to_string(&response).unwrap();
        assert!(!text.contains("secret"));
        assert!(text.contains("\"requestId\":\"r-1\""));
    }

    #[test]
    fn the_limits_and_mistakes_that_async_graphql_finds_get_codes() {
        for (message, code) in [
            ("Query is too complex.", "TOO_COMPLEX"),
            ("Query is nested too deep.", "TOO_COMPLEX"),
            ("Unknown field \"x\" on type \"Query\".", "BAD_INPUT"),
        ] {
            let mut response = Response::from_errors(vec![ServerError::new(message, None)]);
            dress(&mut response, "r-1");
            assert_eq!(code_of(&response), code);
            assert_eq!(response.errors[0].message, message);
        }
    }

    #[test]
    fn expected_failures_become_user_errors_and_the_rest_top_level_ones() {
        let invalid = outcome::<()>(Err(Issue::invalid("input.name", "too odd").into())).unwrap().unwrap_err();
        assert_eq!(invalid[0].field, Some(vec!["input".to_owned(), "name".to_owned()]));
        let gone = outcome::<()>(Err(ServiceError::NotFound("template"))).unwrap().unwrap_err();
        assert_eq!((gone[0].field.clone(), gone[0].code), (Some(vec!["id".to_owned()]), IssueCode::NotFound));
        let tenant = outcome::<()>(Err(ServiceError::NotFound("tenant"))).unwrap().unwrap_err();
        assert_eq!(tenant[0].field, Some(vec!["input".to_owned(), "tenantId".to_owned()]));
        let forbidden = outcome::<()>(Err(ServiceError::Forbidden("no".to_owned()))).unwrap_err();
        assert_eq!(forbidden.code, Code::Forbidden);
    }
}
