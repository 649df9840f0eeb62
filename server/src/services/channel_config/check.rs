//! What a channel config must be, and how a draft becomes one: defaults, what stays on a change, secrets sealed.

use std::str::FromStr;

use chrono_tz::Tz;
use secrecy::ExposeSecret;
use serde_json::{Map, Value};

use super::{ChannelConfigDraft, TimeWindowDraft};
use crate::catalog::{Catalog, secrets};
use crate::channels::{Adapter, adapter};
use crate::domain::channel_config::ChannelConfig;
use crate::domain::enums::{DeliveryMode, OverLimitPolicy, UnknownPolicy};
use crate::domain::id::{ChannelConfigId, TenantId};
use crate::domain::issue::{Issue, IssueCode};
use crate::domain::time::Timestamp;
use crate::domain::window::TimeWindow;
use crate::services::ServiceError;
use crate::services::input::{Checks, fixed};
use crate::store::seal::OpenError;

pub(super) const MAX_NAME: usize = 64;
pub(super) const MAX_STORE_ID: usize = 64;
const MAX_SCHEDULE: usize = 128;
/// Bytes of JSON.
const MAX_CONFIG: usize = 32 << 10;
const MAX_PRIORITY: i32 = 1_000_000;
const DEFAULT_PRIORITY: i32 = 100;

/// A new config of a tenant.
pub(super) fn created(
    catalog: &Catalog,
    draft: ChannelConfigDraft,
    tenant_id: TenantId,
    now: Timestamp,
) -> Result<ChannelConfig, ServiceError> {
    let mut checks = Checks::default();
    let blank = ChannelConfig {
        id: ChannelConfigId::new(now),
        tenant_id,
        store_id: draft.store_id.as_deref().and_then(|id| checks.optional_text("input.storeId", id, MAX_STORE_ID)),
        channel_type: draft.channel_type,
        name: String::new(),
        config: Value::Object(Map::new()),
        priority: DEFAULT_PRIORITY,
        enabled: true,
        rate_limit: None,
        on_rate_limit: OverLimitPolicy::Defer,
        time_window: None,
        on_closed_window: OverLimitPolicy::Defer,
        on_unknown: UnknownPolicy::Retry,
        delivery_mode: DeliveryMode::Immediate,
        schedule: None,
        created_at: now,
        updated_at: now,
    };
    apply(catalog, draft, blank, checks)
}

/// A stored config with a draft's changes.
pub(super) fn changed(
    catalog: &Catalog,
    draft: ChannelConfigDraft,
    mut before: ChannelConfig,
    other_tenant: Option<Issue>,
    now: Timestamp,
) -> Result<ChannelConfig, ServiceError> {
    let mut checks = Checks::default();
    checks.extend(other_tenant);
    if draft.channel_type != before.channel_type {
        checks.add(fixed("input.channelType", "channel type"));
        // Its keys would be unknown to the stored type: noise.
        checks.finish()?;
        return Ok(before);
    }
    if draft.store_id.as_deref().map(str::trim).is_some_and(|store| store != before.store_id.as_deref().unwrap_or("")) {
        checks.add(fixed("input.storeId", "store"));
    }
    before.updated_at = now.max(before.updated_at);
    apply(catalog, draft, before, checks)
}

fn apply(
    catalog: &Catalog,
    draft: ChannelConfigDraft,
    before: ChannelConfig,
    mut checks: Checks,
) -> Result<ChannelConfig, ServiceError> {
    let priority = draft.priority.unwrap_or(before.priority);
    let time_window = match &draft.time_window {
        Some(Some(given)) => window(given, &mut checks),
        Some(None) => None,
        None => before.time_window.clone(),
    };
    let rate_limit = draft.rate_limit.unwrap_or_else(|| before.rate_limit.clone());
    checks.extend(rate_limit.iter().flat_map(|limit| limit.issues("input.rateLimit")));
    let delivery_mode = draft.delivery_mode.unwrap_or(before.delivery_mode);
    let schedule = match &draft.schedule {
        Some(given) => checks.optional_text("input.schedule", given, MAX_SCHEDULE),
        None => before.schedule.clone(),
    };
    check_delivery(delivery_mode, schedule.as_deref(), &mut checks);
    let mut config = ChannelConfig {
        name: checks.text("input.name", &draft.name, MAX_NAME),
        priority: checks.range("input.priority", priority, 0, MAX_PRIORITY),
        enabled: draft.enabled.unwrap_or(before.enabled),
        rate_limit,
        on_rate_limit: draft.on_rate_limit.unwrap_or(before.on_rate_limit),
        time_window,
        on_closed_window: draft.on_closed_window.unwrap_or(before.on_closed_window),
        on_unknown: draft.on_unknown.unwrap_or(before.on_unknown),
        delivery_mode,
        schedule,
        ..before
    };
    let settings = adapter_settings(catalog, &config, draft.config, &mut checks);
    checks.finish()?;
    let secret_keys = adapter(config.channel_type).map_or(&[][..], |adapter| adapter.secret_keys);
    config.config = secrets::conceal(catalog.sealer(), secret_keys, config.id, settings)
        .map_err(|error| Issue::new("input.config", IssueCode::TooLong, error.to_string()))?;
    Ok(config)
}

fn window(given: &TimeWindowDraft, checks: &mut Checks) -> Option<TimeWindow> {
    let start = checks.range("input.timeWindow.startHour", given.start_hour, 0, 23);
    let end = checks.range("input.timeWindow.endHour", given.end_hour, 0, 23);
    let zone = given.timezone.as_deref().map(str::trim).filter(|zone| !zone.is_empty());
    let expected = "an IANA name such as Asia/Shanghai";
    let timezone = zone.and_then(|zone| checks.parsed::<Tz>("input.timeWindow.timezone", zone, expected));
    Some(TimeWindow { start_hour: u8::try_from(start).ok()?, end_hour: u8::try_from(end).ok()?, timezone })
}

fn check_delivery(mode: DeliveryMode, schedule: Option<&str>, checks: &mut Checks) {
    if let Some(schedule) = schedule
        && let Err(message) = read_schedule(schedule)
    {
        checks.add(Issue::invalid("input.schedule", message));
    }
    if mode == DeliveryMode::Scheduled {
        if schedule.is_none() {
            checks.add(Issue::required("input.schedule"));
        }
        checks.add(Issue::new("input.deliveryMode", IssueCode::Unsupported, "SCHEDULED is not available yet"));
    }
}

/// Five fields begin with the minute, six with the second.
fn read_schedule(text: &str) -> Result<cron::Schedule, String> {
    let full = match text.split_whitespace().count() {
        5 => format!("0 {text}"),
        6 => text.to_owned(),
        count => return Err(format!("must be a cron expression of five or six fields, not {count}")),
    };
    cron::Schedule::from_str(&full).map_err(|error| format!("is not a cron expression: {error}"))
}

/// The adapter's settings in the open, once the adapter is content with them.
fn adapter_settings(
    catalog: &Catalog,
    before: &ChannelConfig,
    given: Value,
    checks: &mut Checks,
) -> Map<String, Value> {
    let Some(adapter) = adapter(before.channel_type) else {
        let message = format!("{} is not available yet", before.channel_type);
        checks.add(Issue::new("input.channelType", IssueCode::Unsupported, message));
        return Map::new();
    };
    checks.json("input.config", &given, MAX_CONFIG);
    let Value::Object(mut settings) = given else {
        checks.add(Issue::invalid("input.config", "must be a JSON object"));
        return Map::new();
    };
    let issues = keep_secrets(catalog, adapter, before, &mut settings);
    // A secret that could not be taken over is not also missing.
    if issues.is_empty()
        && let Err(issues) = (adapter.open)(&settings, catalog.allow())
    {
        checks.extend(issues.into_iter().map(|issue| issue.under("input")));
    }
    checks.extend(issues);
    settings
}

/// Puts the stored secrets in the places of those that are absent or given as masks.
fn keep_secrets(
    catalog: &Catalog,
    adapter: &Adapter,
    before: &ChannelConfig,
    settings: &mut Map<String, Value>,
) -> Vec<Issue> {
    let mut issues = Vec::new();
    for key in adapter.secret_keys {
        let path = format!("input.config.{key}");
        let stored = before.config.get(*key);
        match settings.get_mut(*key) {
            // Of an object that is given, entries that are absent are gone.
            Some(Value::Object(entries)) => {
                let stored = stored.and_then(Value::as_object);
                for (name, given) in entries {
                    let stored = stored.and_then(|stored| stored.get(name));
                    issues.extend(keep_secret(catalog, before, stored, given, &format!("{path}.{name}")));
                }
            }
            Some(given @ Value::String(_)) => {
                issues.extend(keep_secret(catalog, before, stored, given, &path));
                if given.as_str().is_some_and(|text| text.trim().is_empty()) {
                    settings.remove(*key);
                }
            }
            Some(Value::Null) => drop(settings.remove(*key)),
            Some(_) => {}
            None => {
                let kept = stored.map(|stored| secrets::reveal_one(catalog.sealer(), before.id, stored));
                match kept.transpose() {
                    Ok(Some(kept)) => drop(settings.insert((*key).to_owned(), kept)),
                    Ok(None) => {}
                    Err(error) => issues.push(unopened(&path, &error)),
                }
            }
        }
    }
    issues
}

/// Puts the stored secret in the place of its mask.
fn keep_secret(
    catalog: &Catalog,
    before: &ChannelConfig,
    stored: Option<&Value>,
    given: &mut Value,
    path: &str,
) -> Option<Issue> {
    let text = given.as_str().filter(|text| text.contains(secrets::DOTS))?;
    let stored = stored.and_then(Value::as_str).map(|sealed| catalog.sealer().open(sealed, before.id.0.as_bytes()));
    match stored {
        Some(Ok(stored)) if text == secrets::mask(stored.expose_secret()) => {
            *given = Value::String(stored.expose_secret().to_owned());
            None
        }
        Some(Err(error)) if text == secrets::DOTS => Some(unopened(path, &error)),
        _ => Some(Issue::invalid(path, "is a mask that does not belong to the stored secret")),
    }
}

fn unopened(path: &str, error: &OpenError) -> Issue {
    Issue::invalid(path, format!("the stored secret can't be opened, give it again: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_have_five_or_six_fields() {
        for good in ["0 9 * * *", "*/5 * * * *", "30 0 9 * * *", "0 9 * * Mon-Fri"] {
            assert!(read_schedule(good).is_ok(), "{good}");
        }
        for (bad, said) in [
            ("* * * *", "must be a cron expression of five or six fields, not 4"),
            ("0 0 0 1 1 * 2030", "must be a cron expression of five or six fields, not 7"),
            ("0 25 * * *", "is not a cron expression"),
            ("every day at nine o'clock", "is not a cron expression"),
        ] {
            let message = read_schedule(bad).unwrap_err();
            assert!(message.starts_with(said), "{bad}: {message}");
        }
    }
}
