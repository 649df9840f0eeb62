//! Platform-wide settings: in the database, in force on every instance within two seconds.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::enums::ExecutionMode;
use super::issue::Issue;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetrySettings {
    /// Retries after the first attempt, 0 to 20.
    pub max_count: i32,
    /// 1 to 86400.
    pub interval_seconds: i32,
    /// 1 to 10.
    pub backoff_multiplier: f64,
    /// `interval_seconds` to 604800.
    pub max_interval_seconds: i32,
    /// 0 to 1: share of the interval that is random.
    pub jitter: f64,
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self { max_count: 3, interval_seconds: 60, backoff_multiplier: 2.0, max_interval_seconds: 3600, jitter: 0.1 }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TimeoutSettings {
    /// For one call of a provider, 1 to 300.
    pub single_channel_seconds: i32,
    /// For all channels of a message, 1 to 3600.
    pub all_channels_seconds: i32,
}

impl TimeoutSettings {
    /// How long a task of a later step waits for the earlier ones.
    pub fn all_channels(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.all_channels_seconds).unwrap_or(120))
    }
}

impl Default for TimeoutSettings {
    fn default() -> Self {
        Self { single_channel_seconds: 30, all_channels_seconds: 120 }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExecutionSettings {
    /// Where a message does not choose.
    pub mode: ExecutionMode,
    pub continue_on_fail: bool,
    pub skip_on_success: bool,
}

impl Default for ExecutionSettings {
    fn default() -> Self {
        Self { mode: ExecutionMode::Parallel, continue_on_fail: true, skip_on_success: false }
    }
}

/// What the settings say of one handler of the chain; name and order are the chain's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HandlerSetting {
    pub name: String,
    pub enabled: bool,
    /// 1 to 300.
    pub timeout_seconds: i32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkerSettings {
    /// Messages in the chain at once, per instance and lane, 1 to 10000.
    pub process_concurrency: i32,
    /// Sends at once, per instance and lane, 1 to 10000.
    pub deliver_concurrency: i32,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self { process_concurrency: 256, deliver_concurrency: 2048 }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetentionSettings {
    /// Messages with their tasks, from their end on, 1 to 120.
    pub messages_months: i32,
    /// What the chain decided and which attempts were made, from the message's end on, 1 to 120.
    pub timeline_months: i32,
    /// What LOCAL put into inboxes, 1 to 120.
    pub inbox_months: i32,
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self { messages_months: 12, timeline_months: 3, inbox_months: 12 }
    }
}

/// When a config whose provider fails is left alone. See [`super::breaker`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BreakerSettings {
    pub enabled: bool,
    /// Transient failures in a row that open it, 1 to 1000.
    pub failures: i32,
    /// The first rest, 1 to 3600; each one after a failed probe is twice as long.
    pub open_seconds: i32,
    /// No rest is longer; `open_seconds` to 86400.
    pub max_open_seconds: i32,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self { enabled: true, failures: 10, open_seconds: 30, max_open_seconds: 600 }
    }
}

/// The values; who changed them and when is kept beside them. What a stored version lacks has its default.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub retry: RetrySettings,
    pub timeout: TimeoutSettings,
    pub execution: ExecutionSettings,
    /// Only handlers that differ from their own defaults.
    pub handlers: Vec<HandlerSetting>,
    pub workers: WorkerSettings,
    pub retention: RetentionSettings,
    pub breaker: BreakerSettings,
}

impl Settings {
    /// Whether the handler of that name, which is on where nothing is said of it, is switched off.
    pub fn switched_off(&self, handler: &str) -> bool {
        self.handlers.iter().any(|setting| setting.name == handler && !setting.enabled)
    }

    /// Everything that is out of range, with paths below `input`.
    pub fn issues(&self) -> Vec<Issue> {
        let mut issues = Vec::new();
        let mut range = |path: &str, value: f64, low: f64, high: f64| {
            if !(low..=high).contains(&value) {
                issues.push(Issue::invalid(path, format!("must be {low} to {high}")));
            }
        };
        range("input.retry.maxCount", f64::from(self.retry.max_count), 0.0, 20.0);
        range("input.retry.intervalSeconds", f64::from(self.retry.interval_seconds), 1.0, 86_400.0);
        range("input.retry.backoffMultiplier", self.retry.backoff_multiplier, 1.0, 10.0);
        range("input.retry.maxIntervalSeconds", f64::from(self.retry.max_interval_seconds), 1.0, 604_800.0);
        range("input.retry.jitter", self.retry.jitter, 0.0, 1.0);
        range("input.timeout.singleChannelSeconds", f64::from(self.timeout.single_channel_seconds), 1.0, 300.0);
        range("input.timeout.allChannelsSeconds", f64::from(self.timeout.all_channels_seconds), 1.0, 3600.0);
        range("input.workers.processConcurrency", f64::from(self.workers.process_concurrency), 1.0, 10_000.0);
        range("input.workers.deliverConcurrency", f64::from(self.workers.deliver_concurrency), 1.0, 10_000.0);
        range("input.retention.messagesMonths", f64::from(self.retention.messages_months), 1.0, 120.0);
        range("input.retention.timelineMonths", f64::from(self.retention.timeline_months), 1.0, 120.0);
        range("input.retention.inboxMonths", f64::from(self.retention.inbox_months), 1.0, 120.0);
        range("input.breaker.failures", f64::from(self.breaker.failures), 1.0, 1000.0);
        range("input.breaker.openSeconds", f64::from(self.breaker.open_seconds), 1.0, 3600.0);
        range("input.breaker.maxOpenSeconds", f64::from(self.breaker.max_open_seconds), 1.0, 86_400.0);
        for (index, handler) in self.handlers.iter().enumerate() {
            range(&format!("input.handlers.{index}.timeoutSeconds"), f64::from(handler.timeout_seconds), 1.0, 300.0);
        }
        if self.retry.max_interval_seconds < self.retry.interval_seconds {
            issues.push(Issue::invalid("input.retry.maxIntervalSeconds", "must not be below intervalSeconds"));
        }
        if self.breaker.max_open_seconds < self.breaker.open_seconds {
            issues.push(Issue::invalid("input.breaker.maxOpenSeconds", "must not be below openSeconds"));
        }
        if self.timeout.all_channels_seconds < self.timeout.single_channel_seconds {
            issues.push(Issue::invalid("input.timeout.allChannelsSeconds", "must not be below singleChannelSeconds"));
        }
        issues
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_in_range() {
        assert_eq!(Settings::default().issues(), []);
    }

    #[test]
    fn settings_are_checked_as_a_whole() {
        let mut settings = Settings::default();
        settings.retry.interval_seconds = 7200;
        settings.retry.jitter = 1.5;
        let paths: Vec<_> = settings.issues().into_iter().map(|issue| issue.path.join(".")).collect();
        assert_eq!(paths, ["input.retry.jitter", "input.retry.maxIntervalSeconds"]);
    }

    #[test]
    fn a_stored_version_without_a_newer_part_reads_as_its_default() {
        let settings: Settings = serde_json::from_str(r#"{"retry":{"max_count":7}}"#).unwrap();
        assert_eq!(settings.retry.max_count, 7);
        assert_eq!(settings.retry.interval_seconds, 60);
        assert_eq!(settings.workers, WorkerSettings::default());
        assert_eq!(settings.retention, RetentionSettings::default());
        assert_eq!(settings.breaker, BreakerSettings::default());
    }
}
