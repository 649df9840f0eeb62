//! System settings: platform-wide numbers and switches.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::error::{Result, outcome, payload};
use super::scalar::DateTime;
use super::session::{actor, services};
use crate::domain;
use crate::domain::enums::ExecutionMode;
use crate::pipeline::{HANDLERS, HandlerInfo};
use crate::services::settings as service;

/// How failed attempts are repeated.
#[derive(SimpleObject)]
pub struct RetrySettings {
    /// Retries after the first attempt.
    max_count: i32,
    /// Wait before the first retry.
    interval_seconds: i32,
    /// Each wait is so many times the one before.
    backoff_multiplier: f64,
    /// No wait is longer.
    max_interval_seconds: i32,
    /// 0 to 1: share of the interval that is random.
    jitter: f64,
}

/// How failed attempts are repeated. What is absent stays as it is.
#[derive(InputObject)]
pub struct RetrySettingsInput {
    /// Retries after the first attempt, 0 to 20.
    max_count: Option<i32>,
    /// Wait before the first retry, 1 to 86400.
    interval_seconds: Option<i32>,
    /// Each wait is so many times the one before, 1 to 10.
    backoff_multiplier: Option<f64>,
    /// No wait is longer; up to 604800.
    max_interval_seconds: Option<i32>,
    /// 0 to 1: share of the interval that is random.
    jitter: Option<f64>,
}

/// How long sending may take.
#[derive(SimpleObject)]
pub struct TimeoutSettings {
    /// One call of a provider.
    single_channel_seconds: i32,
    /// All channels of a message.
    all_channels_seconds: i32,
}

/// How long sending may take. What is absent stays as it is.
#[derive(InputObject)]
pub struct TimeoutSettingsInput {
    /// One call of a provider, 1 to 300.
    single_channel_seconds: Option<i32>,
    /// All channels of a message, 1 to 3600.
    all_channels_seconds: Option<i32>,
}

/// In which order channels are used.
#[derive(SimpleObject)]
pub struct ExecutionSettings {
    /// Where a message does not choose.
    mode: ExecutionMode,
    /// PRIORITY: a group that failed does not keep the next from its turn.
    continue_on_fail: bool,
    /// PRIORITY: groups after one that succeeded are left out.
    skip_on_success: bool,
}

/// In which order channels are used. What is absent stays as it is.
#[derive(InputObject)]
pub struct ExecutionSettingsInput {
    /// Where a message does not choose.
    mode: Option<ExecutionMode>,
    /// PRIORITY: a group that failed does not keep the next from its turn.
    continue_on_fail: Option<bool>,
    /// PRIORITY: groups after one that succeeded are left out.
    skip_on_success: Option<bool>,
}

/// One handler of the chain.
#[derive(SimpleObject)]
pub struct HandlerSetting {
    /// Its name, e.g. TIME_WINDOW.
    name: String,
    /// Its place in the chain, smaller first.
    order: i32,
    /// Whether it runs.
    enabled: bool,
    /// What takes longer stops the message.
    timeout_seconds: i32,
}

/// Changes to one handler of the chain. What is absent stays as it is.
#[derive(InputObject)]
pub struct HandlerSettingInput {
    /// Which one, e.g. TIME_WINDOW.
    name: String,
    /// Whether it runs.
    enabled: Option<bool>,
    /// What takes longer stops the message, 1 to 300.
    timeout_seconds: Option<i32>,
}

/// How much is worked on at once.
#[derive(SimpleObject)]
pub struct WorkerSettings {
    /// Messages in the chain, per instance and lane.
    process_concurrency: i32,
    /// Sends, per instance and lane.
    deliver_concurrency: i32,
}

/// How much is worked on at once. What is absent stays as it is.
#[derive(InputObject)]
pub struct WorkerSettingsInput {
    /// Messages in the chain, per instance and lane, 1 to 10000.
    process_concurrency: Option<i32>,
    /// Sends, per instance and lane, 1 to 10000.
    deliver_concurrency: Option<i32>,
}

/// How long rows are kept, in months. What is older is removed at night; what has not ended stays whatever its age.
#[derive(SimpleObject)]
pub struct RetentionSettings {
    /// Messages with their tasks, from their end on.
    messages_months: i32,
    /// Timelines, from their message's end on: verdicts, attempts, operator actions. The message stays.
    timeline_months: i32,
    /// Inbox entries, read or not.
    inbox_months: i32,
}

/// How long rows are kept, in months. What is absent stays as it is.
#[derive(InputObject)]
pub struct RetentionSettingsInput {
    /// Messages with their tasks, from their end on, 1 to 120.
    messages_months: Option<i32>,
    /// Timelines, from their message's end on, 1 to 120.
    timeline_months: Option<i32>,
    /// Inbox entries, read or not, 1 to 120.
    inbox_months: Option<i32>,
}

/// When a channel config whose provider fails again and again is left alone for a while.
#[derive(SimpleObject)]
pub struct BreakerSettings {
    /// Whether there are circuit breakers at all.
    enabled: bool,
    /// Transient failures in a row that open one; a task's repetitions count once.
    failures: i32,
    /// How long it then rests before one task is tried; twice as long after each try that failed.
    open_seconds: i32,
    /// No rest is longer.
    max_open_seconds: i32,
}

/// When a channel config whose provider fails again and again is left alone. What is absent stays as it is.
#[derive(InputObject)]
pub struct BreakerSettingsInput {
    /// Whether there are circuit breakers at all.
    enabled: Option<bool>,
    /// Transient failures in a row that open one, 1 to 1000.
    failures: Option<i32>,
    /// How long it then rests before one task is tried, 1 to 3600.
    open_seconds: Option<i32>,
    /// No rest is longer; openSeconds to 86400.
    max_open_seconds: Option<i32>,
}

/// Platform-wide; in force on every instance within two seconds of a change.
#[derive(SimpleObject)]
pub struct SystemSettings {
    /// How failed attempts are repeated.
    retry: RetrySettings,
    /// How long sending may take.
    timeout: TimeoutSettings,
    /// In which order channels are used.
    execution: ExecutionSettings,
    /// The chain, in its order.
    handlers: Vec<HandlerSetting>,
    /// How much is worked on at once.
    workers: WorkerSettings,
    /// How long rows are kept.
    retention: RetentionSettings,
    /// When a channel config whose provider fails is left alone.
    breaker: BreakerSettings,
    /// Grows by one with each change.
    version: i32,
    /// When it last changed.
    updated_at: DateTime,
    /// The name of the key that changed it.
    updated_by: Option<String>,
}

impl From<service::StoredSettings> for SystemSettings {
    fn from(stored: service::StoredSettings) -> Self {
        let settings = stored.settings;
        Self {
            retry: RetrySettings {
                max_count: settings.retry.max_count,
                interval_seconds: settings.retry.interval_seconds,
                backoff_multiplier: settings.retry.backoff_multiplier,
                max_interval_seconds: settings.retry.max_interval_seconds,
                jitter: settings.retry.jitter,
            },
            timeout: TimeoutSettings {
                single_channel_seconds: settings.timeout.single_channel_seconds,
                all_channels_seconds: settings.timeout.all_channels_seconds,
            },
            execution: ExecutionSettings {
                mode: settings.execution.mode,
                continue_on_fail: settings.execution.continue_on_fail,
                skip_on_success: settings.execution.skip_on_success,
            },
            handlers: handlers(&settings.handlers),
            workers: WorkerSettings {
                process_concurrency: settings.workers.process_concurrency,
                deliver_concurrency: settings.workers.deliver_concurrency,
            },
            retention: RetentionSettings {
                messages_months: settings.retention.messages_months,
                timeline_months: settings.retention.timeline_months,
                inbox_months: settings.retention.inbox_months,
            },
            breaker: BreakerSettings {
                enabled: settings.breaker.enabled,
                failures: settings.breaker.failures,
                open_seconds: settings.breaker.open_seconds,
                max_open_seconds: settings.breaker.max_open_seconds,
            },
            version: stored.version,
            updated_at: stored.updated_at.into(),
            updated_by: stored.updated_by,
        }
    }
}

/// The chain's handlers as they are in force: what the settings say over what the handlers say of themselves.
fn handlers(said: &[domain::settings::HandlerSetting]) -> Vec<HandlerSetting> {
    let in_force = |handler: &HandlerInfo| {
        let said = said.iter().find(|said| said.name == handler.name);
        HandlerSetting {
            name: handler.name.to_owned(),
            order: handler.order.into(),
            enabled: handler.required || said.map_or(handler.enabled, |said| said.enabled),
            timeout_seconds: said.map_or(handler.timeout_seconds, |said| said.timeout_seconds),
        }
    };
    HANDLERS.iter().map(in_force).collect()
}

/// What is absent stays as it is.
#[derive(InputObject)]
pub struct SystemSettingsInput {
    /// How failed attempts are repeated.
    retry: Option<RetrySettingsInput>,
    /// How long sending may take.
    timeout: Option<TimeoutSettingsInput>,
    /// In which order channels are used.
    execution: Option<ExecutionSettingsInput>,
    /// Handlers to change.
    handlers: Option<Vec<HandlerSettingInput>>,
    /// How much is worked on at once.
    workers: Option<WorkerSettingsInput>,
    /// How long rows are kept.
    retention: Option<RetentionSettingsInput>,
    /// When a channel config whose provider fails is left alone.
    breaker: Option<BreakerSettingsInput>,
}

impl From<SystemSettingsInput> for service::SettingsPatch {
    fn from(input: SystemSettingsInput) -> Self {
        Self {
            retry: input.retry.map(|retry| service::RetryPatch {
                max_count: retry.max_count,
                interval_seconds: retry.interval_seconds,
                backoff_multiplier: retry.backoff_multiplier,
                max_interval_seconds: retry.max_interval_seconds,
                jitter: retry.jitter,
            }),
            timeout: input.timeout.map(|timeout| service::TimeoutPatch {
                single_channel_seconds: timeout.single_channel_seconds,
                all_channels_seconds: timeout.all_channels_seconds,
            }),
            execution: input.execution.map(|execution| service::ExecutionPatch {
                mode: execution.mode,
                continue_on_fail: execution.continue_on_fail,
                skip_on_success: execution.skip_on_success,
            }),
            handlers: input.handlers.map(|handlers| {
                handlers
                    .into_iter()
                    .map(|handler| service::HandlerPatch {
                        name: handler.name,
                        enabled: handler.enabled,
                        timeout_seconds: handler.timeout_seconds,
                    })
                    .collect()
            }),
            workers: input.workers.map(|workers| service::WorkerPatch {
                process_concurrency: workers.process_concurrency,
                deliver_concurrency: workers.deliver_concurrency,
            }),
            retention: input.retention.map(|retention| service::RetentionPatch {
                messages_months: retention.messages_months,
                timeline_months: retention.timeline_months,
                inbox_months: retention.inbox_months,
            }),
            breaker: input.breaker.map(|breaker| service::BreakerPatch {
                enabled: breaker.enabled,
                failures: breaker.failures,
                open_seconds: breaker.open_seconds,
                max_open_seconds: breaker.max_open_seconds,
            }),
        }
    }
}

payload! {
    /// What changing the system settings yields.
    SystemSettingsPayload {
        /// The settings as they are now.
        settings: SystemSettings
    }
}

#[derive(Default)]
pub struct SettingsQuery;

#[Object]
impl SettingsQuery {
    /// The settings in force.
    async fn system_settings(&self, ctx: &Context<'_>) -> Result<SystemSettings> {
        Ok(services(ctx)?.system_settings(actor(ctx)?).await?.into())
    }
}

#[derive(Default)]
pub struct SettingsMutation;

#[Object]
impl SettingsMutation {
    /// Changes the settings, all or nothing.
    async fn update_system_settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to change.")] input: SystemSettingsInput,
    ) -> Result<SystemSettingsPayload> {
        Ok(outcome(services(ctx)?.update_system_settings(actor(ctx)?, input.into()).await)?.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_chain_is_shown_with_what_is_in_force() {
        let said =
            domain::settings::HandlerSetting { name: "DEDUPLICATION".to_owned(), enabled: true, timeout_seconds: 3 };
        let shown = handlers(&[said]);
        assert_eq!(shown.len(), HANDLERS.len());
        assert!(shown.windows(2).all(|pair| pair[0].order < pair[1].order));
        let changed = shown.iter().find(|handler| handler.name == "DEDUPLICATION").unwrap();
        assert_eq!((changed.order, changed.enabled, changed.timeout_seconds), (150, true, 3));
    }
}
