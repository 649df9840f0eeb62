//! The closed sets of the public contract. Each value has one spelling, used in the API, the database and logs.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

macro_rules! text_enum {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Enum)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] #[graphql(name = $text)] $variant,)*
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    other => Err(format!(concat!("`{}` is not a ", stringify!($name)), other)),
                }
            }
        }
    )*};
}

text_enum! {
    /// A kind of channel that messages travel over.
    ChannelType {
        /// The recipient's inbox in Posthorn itself.
        Local = "LOCAL",
        /// DingTalk group robot.
        Dingtalk = "DINGTALK",
        /// WeCom (企业微信) group robot.
        WechatWork = "WECHAT_WORK",
        /// Feishu / Lark bot.
        Feishu = "FEISHU",
        /// Text message.
        Sms = "SMS",
        /// Electronic mail.
        Email = "EMAIL",
        /// Push notification to a device.
        Push = "PUSH",
        /// HTTP call to the receiver's address, by the Standard Webhooks specification.
        Webhook = "WEBHOOK",
        /// A queue of another system.
        Queue = "QUEUE",
        /// The internal platform Tianyuan (天元).
        Tianyuan = "TIANYUAN",
        /// The internal platform Zhaohu (招呼).
        Zhaohu = "ZHAOHU",
    }

    /// The form of a message's content.
    MessageType {
        /// Plain text.
        Text = "TEXT",
        /// Markdown with a title.
        Markdown = "MARKDOWN",
        /// A title and text that lead to an address.
        Link = "LINK",
        /// A title, text and buttons.
        Card = "CARD",
        /// A list of links with pictures.
        Feed = "FEED",
        /// A picture.
        Image = "IMAGE",
        /// Up to eight articles.
        News = "NEWS",
        /// A file.
        File = "FILE",
    }

    /// Where a message is on its way.
    MessageStatus {
        /// Accepted for a later time (scheduledAt).
        Scheduled = "SCHEDULED",
        /// Accepted, the chain has not run yet.
        Pending = "PENDING",
        /// The chain has run; its tasks are under way.
        Processing = "PROCESSING",
        /// Every task succeeded.
        Success = "SUCCESS",
        /// Some tasks succeeded, some did not.
        PartialSuccess = "PARTIAL_SUCCESS",
        /// Nothing was delivered.
        Failed = "FAILED",
        /// Nothing had to be sent: every recipient or channel was gated out by a rule.
        Skipped = "SKIPPED",
        /// Cancelled before anything was sent.
        Cancelled = "CANCELLED",
    }

    /// Where one channel's share of a message is on its way.
    TaskStatus {
        /// Waits for a worker or for its time.
        Pending = "PENDING",
        /// A worker has claimed it.
        Sending = "SENDING",
        /// The provider took it.
        Success = "SUCCESS",
        /// An attempt failed; another follows at nextRetryAt.
        Retry = "RETRY",
        /// Will not be delivered.
        Failed = "FAILED",
        /// Cancelled before it was sent.
        Cancelled = "CANCELLED",
    }

    /// In which order a message's channels are used.
    ExecutionMode {
        /// All channels at once (default).
        Parallel = "PARALLEL",
        /// One after another, in order of priority, whatever the outcome.
        Sequential = "SEQUENTIAL",
        /// Groups of equal priority, lowest number first; see continueOnFail and skipOnSuccess in the settings.
        Priority = "PRIORITY",
    }

    /// Where in the organisation a user belongs.
    UserType {
        /// Head office (总行).
        HeadOffice = "HEAD_OFFICE",
        /// Branch (分行).
        Branch = "BRANCH",
    }

    /// The kind of a recipient's device.
    DeviceType {
        /// iPhone or iPad.
        Ios = "IOS",
        /// Android.
        Android = "ANDROID",
        /// Browser.
        Web = "WEB",
    }

    /// The kind of customer that a recipient is.
    CustomerType {
        /// A natural person.
        Personal = "PERSONAL",
        /// A merchant.
        Merchant = "MERCHANT",
        /// A store of a merchant.
        Store = "STORE",
    }

    /// Unit of a rate limit's window.
    TimeUnit {
        /// Seconds.
        Second = "SECOND",
        /// Minutes.
        Minute = "MINUTE",
        /// Hours.
        Hour = "HOUR",
        /// Days of 24 hours.
        Day = "DAY",
    }

    /// What happens to a channel over its limit or outside its window.
    OverLimitPolicy {
        /// Wait for the next free slot (default).
        Defer = "DEFER",
        /// Drop the channel from this message with RATE_LIMITED or OUTSIDE_TIME_WINDOW.
        Reject = "REJECT",
    }

    /// What becomes of a task of which nobody knows whether the provider got it.
    UnknownPolicy {
        /// It is tried again while retries are left: it may arrive twice (default).
        Retry = "RETRY",
        /// It ends as FAILED: it may not have arrived.
        Fail = "FAIL",
    }

    /// What a channel config's circuit breaker does.
    BreakerState {
        /// Tasks are sent.
        Closed = "CLOSED",
        /// The provider failed too often in a row and is left alone; tasks wait.
        Open = "OPEN",
        /// One task is sent to see whether the provider works again; the others wait.
        HalfOpen = "HALF_OPEN",
    }

    /// When a channel config sends.
    DeliveryMode {
        /// As soon as a worker is free.
        Immediate = "IMMEDIATE",
        /// By a job that runs on the config's cron schedule.
        Scheduled = "SCHEDULED",
    }

    /// What the holder of a key may do.
    Role {
        /// Everything, every tenant.
        PlatformAdmin = "PLATFORM_ADMIN",
        /// Everything within one tenant.
        TenantAdmin = "TENANT_ADMIN",
        /// Configs are read-only; may send, retry, cancel.
        Operator = "OPERATOR",
        /// May only send and read what it sent: for business systems.
        Sender = "SENDER",
        /// May only read.
        Viewer = "VIEWER",
    }

    /// What a bulk job does to the failed tasks that it is about.
    BulkKind {
        /// They are sent again, with fresh retry counts.
        Retry = "RETRY",
        /// They leave the failed set for good; their messages stay as they are.
        Discard = "DISCARD",
    }

    /// Where a bulk job is.
    BulkStatus {
        /// At work, or about to be.
        Running = "RUNNING",
        /// Stopped until it is resumed.
        Paused = "PAUSED",
        /// Through with all its tasks.
        Done = "DONE",
        /// Stopped for good by an operator; what was done stays done.
        Cancelled = "CANCELLED",
        /// Could not go on; what was done stays done.
        Failed = "FAILED",
    }

    /// What a handler of the chain decided.
    VerdictOutcome {
        /// Goes on.
        Pass = "PASS",
        /// The handler is switched off or has nothing to say about this message.
        Skip = "SKIP",
        /// Sent later: see the task's sendAt.
        Defer = "DEFER",
        /// This channel or recipient is taken out; the rest goes on.
        Drop = "DROP",
        /// The message ends here.
        Stop = "STOP",
    }
}

impl MessageStatus {
    /// Ended, one way or the other: it will not change again but by retryMessage.
    pub const fn finished(self) -> bool {
        !matches!(self, Self::Scheduled | Self::Pending | Self::Processing)
    }
}

impl TaskStatus {
    /// Ended, one way or the other.
    pub const fn finished(self) -> bool {
        matches!(self, Self::Success | Self::Failed | Self::Cancelled)
    }
}

impl BulkStatus {
    /// Ended: it will not change again.
    pub const fn finished(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled | Self::Failed)
    }
}
