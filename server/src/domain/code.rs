//! The stable error codes: one table for GraphQL, REST and the console's translations.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal;)*) => {
        /// Why a message was refused, stopped or failed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ErrorCode { $($(#[$doc])* #[serde(rename = $text)] $name,)* }

        impl ErrorCode {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// The HTTP status of the REST form where this code refuses a request.
            pub const fn http_status(self) -> u16 {
                match self { $(Self::$name => $status),* }
            }
        }

        impl std::str::FromStr for ErrorCode {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok(Self::$name),)*
                    other => Err(format!("`{other}` is not an error code")),
                }
            }
        }
    };
}

codes! {
    // At the door: nothing is stored.
    /// The request is malformed.
    ValidationError = "VALIDATION_ERROR", 400;
    /// No tenant of this id or code.
    TenantNotFound = "TENANT_NOT_FOUND", 404;
    /// The tenant is switched off.
    TenantDisabled = "TENANT_DISABLED", 403;
    /// The tenant is strict and has not registered this business type.
    BusinessTypeNotFound = "BUSINESS_TYPE_NOT_FOUND", 404;
    /// The business type is switched off.
    BusinessTypeDisabled = "BUSINESS_TYPE_DISABLED", 403;
    /// This messageId was accepted before with other content.
    IdempotencyConflict = "IDEMPOTENCY_CONFLICT", 409;
    /// The message is larger than a message may be.
    PayloadTooLarge = "PAYLOAD_TOO_LARGE", 413;
    /// More messages than a batch may hold.
    BatchTooLarge = "BATCH_TOO_LARGE", 413;
    /// The message has ended, or all of it is on its way.
    NotCancellable = "NOT_CANCELLABLE", 409;
    /// The message has no failed task.
    NothingToRetry = "NOTHING_TO_RETRY", 409;
    /// What is stored of the message does not make a message again.
    NotResendable = "NOT_RESENDABLE", 409;
    /// No message of this id.
    MessageNotFound = "MESSAGE_NOT_FOUND", 404;
    /// Not available yet.
    Unsupported = "UNSUPPORTED", 400;

    /// It could not be stored, or nobody knows: the same messageId may be sent again.
    Unavailable = "UNAVAILABLE", 503;

    // In the chain: on the stored message.
    /// No enabled channel config is left.
    NoChannel = "NO_CHANNEL", 422;
    /// No template for this business type and channel.
    TemplateNotFound = "TEMPLATE_NOT_FOUND", 422;
    /// The template could not be rendered with the message's data.
    TemplateRenderError = "TEMPLATE_RENDER_ERROR", 422;
    /// The rendered body is larger than the channel takes.
    ContentTooLarge = "CONTENT_TOO_LARGE", 422;
    /// Outside the config's time window, and its policy is REJECT.
    OutsideTimeWindow = "OUTSIDE_TIME_WINDOW", 422;
    /// Over the config's rate limit, and its policy is REJECT.
    RateLimited = "RATE_LIMITED", 429;
    /// The same content went to the same recipients moments ago.
    DuplicateMessage = "DUPLICATE_MESSAGE", 409;
    /// A suppression rule gated every recipient out.
    Suppressed = "SUPPRESSED", 422;
    /// expiresAt passed before it was sent.
    Expired = "EXPIRED", 422;
    /// A handler of the chain took longer than its timeout.
    HandlerTimeout = "HANDLER_TIMEOUT", 500;
    /// A handler of the chain failed.
    HandlerError = "HANDLER_ERROR", 500;
    /// No channel delivered the message.
    AllChannelsFailed = "ALL_CHANNELS_FAILED", 502;
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
