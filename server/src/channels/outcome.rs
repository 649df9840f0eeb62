//! What became of an attempt to send, in one vocabulary for all providers.

use std::time::Duration;

/// The end of one attempt. Each carries a short text for people: the provider's code and words, never a secret or a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider took it.
    Ok { detail: String },
    /// Taken for some recipients only. They must not get it again.
    Partial { detail: String },
    /// Failed for now. Try again after the backoff, or after `after` where the provider said so and it is longer.
    Retry { detail: String, after: Option<Duration> },
    /// The provider limits this sender: nothing more over this config before `wait` has passed.
    Throttle { detail: String, wait: Duration },
    /// The access token was refused: get a new one and try once more.
    Token { detail: String },
    /// This recipient can never be reached.
    BadRecipient { detail: String },
    /// The provider will not take this content.
    BadMessage { detail: String },
    /// The channel's settings or rights are wrong: nothing sent over it can work.
    Config { detail: String },
    /// The request was written but no answer came: it may have been delivered.
    Ambiguous { detail: String },
}

impl Outcome {
    pub fn ok(detail: impl Into<String>) -> Self {
        Self::Ok { detail: detail.into() }
    }

    pub fn retry(detail: impl Into<String>) -> Self {
        Self::Retry { detail: detail.into(), after: None }
    }

    pub fn bad_message(detail: impl Into<String>) -> Self {
        Self::BadMessage { detail: detail.into() }
    }

    pub fn config(detail: impl Into<String>) -> Self {
        Self::Config { detail: detail.into() }
    }

    pub fn ambiguous(detail: impl Into<String>) -> Self {
        Self::Ambiguous { detail: detail.into() }
    }

    /// As written into an attempt.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Ok { .. } => "OK",
            Self::Partial { .. } => "PARTIAL",
            Self::Retry { .. } => "RETRY",
            Self::Throttle { .. } => "THROTTLE",
            Self::Token { .. } => "TOKEN",
            Self::BadRecipient { .. } => "BAD_RCPT",
            Self::BadMessage { .. } => "BAD_MSG",
            Self::Config { .. } => "CONFIG",
            Self::Ambiguous { .. } => "AMBIGUOUS",
        }
    }

    pub fn detail(&self) -> &str {
        match self {
            Self::Ok { detail }
            | Self::Partial { detail }
            | Self::Retry { detail, .. }
            | Self::Throttle { detail, .. }
            | Self::Token { detail }
            | Self::BadRecipient { detail }
            | Self::BadMessage { detail }
            | Self::Config { detail }
            | Self::Ambiguous { detail } => detail,
        }
    }

    /// Whether another attempt may do better.
    pub const fn transient(&self) -> bool {
        matches!(self, Self::Retry { .. } | Self::Throttle { .. } | Self::Token { .. } | Self::Ambiguous { .. })
    }

    /// The shortest wait before the next attempt that the provider asked for.
    pub const fn wait(&self) -> Option<Duration> {
        match self {
            Self::Retry { after, .. } => *after,
            Self::Throttle { wait, .. } => Some(*wait),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let wait = Duration::from_secs(60);
        let throttle = Outcome::Throttle { detail: "45009".into(), wait };
        assert!(throttle.transient() && Outcome::retry("x").transient() && Outcome::ambiguous("x").transient());
        for last in [Outcome::ok("x"), Outcome::config("x"), Outcome::bad_message("x")] {
            assert!(!last.transient(), "{}", last.name());
        }
        assert_eq!((throttle.name(), throttle.detail(), throttle.wait()), ("THROTTLE", "45009", Some(wait)));
    }
}
