//! A mistake in input: where, what, and a stable code. Becomes a `UserError` in GraphQL.

use async_graphql::Enum;

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
#[graphql(name = "UserErrorCode")]
pub enum IssueCode {
    /// Not of the expected form or range.
    Invalid,
    /// Absent although it is needed.
    Required,
    /// Longer than allowed.
    TooLong,
    /// Another object has this name or code.
    Taken,
    /// What it refers to does not exist.
    NotFound,
    /// Contradicts another field or the present state.
    Conflict,
    /// Not valid Liquid.
    TemplateSyntax,
    /// The template reads a variable that the data lacks.
    MissingVariable,
    /// Not available (yet) for this kind.
    Unsupported,
}

/// A mistake in input. Whatever reported it changed nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Path of input fields, outermost first, e.g. `["input", "rateLimit", "count"]`.
    pub path: Vec<String>,
    /// Lower case, no full stop.
    pub message: String,
    pub code: IssueCode,
}

impl Issue {
    /// `path` in dotted form: `"config.webhook"`.
    pub fn new(path: &str, code: IssueCode, message: impl Into<String>) -> Self {
        Self { path: path.split('.').map(str::to_owned).collect(), message: message.into(), code }
    }

    pub fn invalid(path: &str, message: impl Into<String>) -> Self {
        Self::new(path, IssueCode::Invalid, message)
    }

    pub fn required(path: &str) -> Self {
        let field = path.rsplit('.').next().unwrap_or(path);
        Self::new(path, IssueCode::Required, format!("{field} is required"))
    }

    /// The same issue as seen from one level further out.
    pub fn under(mut self, outer: &str) -> Self {
        self.path.splice(0..0, outer.split('.').map(str::to_owned));
        self
    }
}

impl std::fmt::Display for Issue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path.join("."), self.message)
    }
}
