//! The platform's settings: changed in part, checked as a whole, kept in every version.

use super::input::Checks;
use super::{ServiceError, Services};
use crate::catalog::Scope;
use crate::domain::actor::{Action, Actor};
use crate::domain::enums::ExecutionMode;
use crate::domain::issue::{Issue, IssueCode};
use crate::domain::settings::{HandlerSetting, Settings};
use crate::pipeline::HANDLERS;
pub use crate::store::settings::StoredSettings;
use crate::store::{revision, settings};

/// Changes of settings; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct SettingsPatch {
    pub retry: Option<RetryPatch>,
    pub timeout: Option<TimeoutPatch>,
    pub execution: Option<ExecutionPatch>,
    /// By name; handlers that are not named stay.
    pub handlers: Option<Vec<HandlerPatch>>,
    pub workers: Option<WorkerPatch>,
    pub retention: Option<RetentionPatch>,
    pub breaker: Option<BreakerPatch>,
}

#[derive(Debug, Clone, Default)]
pub struct RetryPatch {
    pub max_count: Option<i32>,
    pub interval_seconds: Option<i32>,
    pub backoff_multiplier: Option<f64>,
    pub max_interval_seconds: Option<i32>,
    pub jitter: Option<f64>,
}

#[derive(Debug, Clone, Default)]
pub struct TimeoutPatch {
    pub single_channel_seconds: Option<i32>,
    pub all_channels_seconds: Option<i32>,
}

#[derive(Debug, Clone, Default)]
pub struct ExecutionPatch {
    pub mode: Option<ExecutionMode>,
    pub continue_on_fail: Option<bool>,
    pub skip_on_success: Option<bool>,
}

#[derive(Debug, Clone, Default)]
pub struct HandlerPatch {
    pub name: String,
    pub enabled: Option<bool>,
    pub timeout_seconds: Option<i32>,
}

#[derive(Debug, Clone, Default)]
pub struct WorkerPatch {
    pub process_concurrency: Option<i32>,
    pub deliver_concurrency: Option<i32>,
}

#[derive(Debug, Clone, Default)]
pub struct RetentionPatch {
    pub messages_months: Option<i32>,
    pub timeline_months: Option<i32>,
    pub inbox_months: Option<i32>,
}

#[derive(Debug, Clone, Default)]
pub struct BreakerPatch {
    pub enabled: Option<bool>,
    pub failures: Option<i32>,
    pub open_seconds: Option<i32>,
    pub max_open_seconds: Option<i32>,
}

/// Where changes come so fast that none gets through, this many tries are made.
const TRIES: usize = 3;

impl Services {
    pub async fn system_settings(&self, actor: &Actor) -> Result<StoredSettings, ServiceError> {
        Self::require(actor, Action::ReadConfig)?;
        let mut conn = self.store.read().await?;
        let stored = settings::newest(&mut conn).await?;
        Ok(stored.unwrap_or_else(|| self.defaults()))
    }

    /// Stores a new version, in force here at once and on every instance within two seconds. A patch that changes
    /// nothing makes no version.
    pub async fn update_system_settings(
        &self,
        actor: &Actor,
        patch: SettingsPatch,
    ) -> Result<StoredSettings, ServiceError> {
        Self::require(actor, Action::ManagePlatform)?;
        for _ in 0..TRIES {
            let mut conn = self.store.begin().await?;
            revision::bump(&mut conn, Scope::Settings).await?;
            let before = settings::newest(&mut conn).await?.unwrap_or_else(|| self.defaults());
            let patched = patched(&before.settings, &patch)?;
            if patched == before.settings {
                return Ok(before);
            }
            let stored = StoredSettings {
                settings: patched,
                version: before.version + 1,
                updated_at: self.clock.now(),
                updated_by: Some(actor.name.clone()),
            };
            if settings::insert(&mut conn, &stored).await? {
                conn.commit().await?;
                self.catalog.reload_settings().await?;
                return Ok(stored);
            }
        }
        Err(Issue::new("input", IssueCode::Conflict, "the settings are being changed by others: try again").into())
    }

    fn defaults(&self) -> StoredSettings {
        StoredSettings { settings: Settings::default(), version: 1, updated_at: self.clock.now(), updated_by: None }
    }
}

fn set<T: Copy>(value: &mut T, patch: Option<T>) {
    if let Some(patch) = patch {
        *value = patch;
    }
}

fn patched(before: &Settings, patch: &SettingsPatch) -> Result<Settings, ServiceError> {
    let mut settings = before.clone();
    let mut checks = Checks::default();
    if let Some(patch) = &patch.retry {
        set(&mut settings.retry.max_count, patch.max_count);
        set(&mut settings.retry.interval_seconds, patch.interval_seconds);
        set(&mut settings.retry.backoff_multiplier, patch.backoff_multiplier);
        set(&mut settings.retry.max_interval_seconds, patch.max_interval_seconds);
        set(&mut settings.retry.jitter, patch.jitter);
    }
    if let Some(patch) = &patch.timeout {
        set(&mut settings.timeout.single_channel_seconds, patch.single_channel_seconds);
        set(&mut settings.timeout.all_channels_seconds, patch.all_channels_seconds);
    }
    if let Some(patch) = &patch.execution {
        set(&mut settings.execution.mode, patch.mode);
        set(&mut settings.execution.continue_on_fail, patch.continue_on_fail);
        set(&mut settings.execution.skip_on_success, patch.skip_on_success);
    }
    if let Some(patch) = &patch.workers {
        set(&mut settings.workers.process_concurrency, patch.process_concurrency);
        set(&mut settings.workers.deliver_concurrency, patch.deliver_concurrency);
    }
    if let Some(patch) = &patch.breaker {
        set(&mut settings.breaker.enabled, patch.enabled);
        set(&mut settings.breaker.failures, patch.failures);
        set(&mut settings.breaker.open_seconds, patch.open_seconds);
        set(&mut settings.breaker.max_open_seconds, patch.max_open_seconds);
    }
    if let Some(patch) = &patch.retention {
        set(&mut settings.retention.messages_months, patch.messages_months);
        set(&mut settings.retention.timeline_months, patch.timeline_months);
        set(&mut settings.retention.inbox_months, patch.inbox_months);
    }
    // The paths of handlers are those of the patch, so they are checked as they are merged.
    let mut handlers = std::mem::take(&mut settings.handlers);
    checks.extend(settings.issues());
    merge_handlers(&mut handlers, patch.handlers.as_deref().unwrap_or_default(), &mut checks);
    settings.handlers = handlers;
    checks.finish()?;
    Ok(settings)
}

/// Keeps in `handlers` only those that differ from their own defaults, in the order of the chain.
fn merge_handlers(handlers: &mut Vec<HandlerSetting>, patches: &[HandlerPatch], checks: &mut Checks) {
    for (index, patch) in patches.iter().enumerate() {
        let at = |field: &str| format!("input.handlers.{index}.{field}");
        let Some(own) = HANDLERS.iter().find(|handler| handler.name == patch.name) else {
            let known: Vec<_> = HANDLERS.iter().map(|handler| handler.name).collect();
            let message = format!("no such handler, expected one of {}", known.join(", "));
            checks.add(Issue::new(&at("name"), IssueCode::NotFound, message));
            continue;
        };
        if patches.iter().take(index).any(|other| other.name == patch.name) {
            checks.add(Issue::new(&at("name"), IssueCode::Conflict, "is named twice"));
        }
        if patch.enabled == Some(false) && own.required {
            checks.add(Issue::new(&at("enabled"), IssueCode::Unsupported, "this handler can't be switched off"));
        }
        if let Some(seconds) = patch.timeout_seconds {
            checks.range(&at("timeoutSeconds"), seconds, 1, 300);
        }
        let (mut enabled, mut timeout_seconds) = handlers
            .iter()
            .find(|handler| handler.name == patch.name)
            .map_or((own.enabled, own.timeout_seconds), |handler| (handler.enabled, handler.timeout_seconds));
        set(&mut enabled, patch.enabled);
        set(&mut timeout_seconds, patch.timeout_seconds);
        handlers.retain(|handler| handler.name != patch.name);
        if (enabled, timeout_seconds) != (own.enabled, own.timeout_seconds) {
            handlers.push(HandlerSetting { name: patch.name.clone(), enabled, timeout_seconds });
        }
    }
    let order = |name: &str| HANDLERS.iter().find(|handler| handler.name == name).map(|handler| handler.order);
    handlers.sort_by_key(|handler| order(&handler.name));
}
