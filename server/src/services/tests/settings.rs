//! The platform's settings.

use super::*;
use crate::domain::enums::ExecutionMode;
use crate::domain::settings::HandlerSetting;
use crate::services::settings::{ExecutionPatch, HandlerPatch, RetryPatch, SettingsPatch, TimeoutPatch, WorkerPatch};

fn retry(patch: RetryPatch) -> SettingsPatch {
    SettingsPatch { retry: Some(patch), ..SettingsPatch::default() }
}

fn handler(name: &str, enabled: Option<bool>, timeout_seconds: Option<i32>) -> HandlerPatch {
    HandlerPatch { name: name.to_owned(), enabled, timeout_seconds }
}

fn handlers(patches: Vec<HandlerPatch>) -> SettingsPatch {
    SettingsPatch { handlers: Some(patches), ..SettingsPatch::default() }
}

#[tokio::test]
async fn a_patch_changes_what_it_names_everywhere() {
    let stage = Stage::open().await;
    let services = &stage.services;
    let first = services.system_settings(&stage.admin).await.unwrap();
    assert_eq!((first.version, first.settings.retry.max_count, first.updated_by), (1, 3, None));
    let elsewhere = stage.instance().await;
    let mut changed = elsewhere.settings_changed();
    assert_eq!(*changed.borrow_and_update(), 1);

    let patch = SettingsPatch {
        retry: Some(RetryPatch { max_count: Some(7), ..RetryPatch::default() }),
        execution: Some(ExecutionPatch {
            mode: Some(ExecutionMode::Priority),
            skip_on_success: Some(true),
            ..ExecutionPatch::default()
        }),
        workers: Some(WorkerPatch { deliver_concurrency: Some(9), ..WorkerPatch::default() }),
        ..SettingsPatch::default()
    };
    let second = services.update_system_settings(&stage.platform, patch).await.unwrap();
    assert_eq!((second.version, second.updated_by.as_deref()), (2, Some("posthorn")));
    assert_eq!((second.settings.retry.max_count, second.settings.retry.interval_seconds), (7, 60));
    assert_eq!((second.settings.workers.deliver_concurrency, second.settings.workers.process_concurrency), (9, 256));
    let execution = &second.settings.execution;
    assert_eq!((execution.mode, execution.skip_on_success), (ExecutionMode::Priority, true));
    assert_eq!(*services.catalog.settings(), second.settings);
    assert_eq!(services.system_settings(&stage.platform).await.unwrap(), second);

    assert_eq!(elsewhere.settings().retry.max_count, 3);
    elsewhere.refresh().await.unwrap();
    assert!(changed.has_changed().unwrap());
    assert_eq!((*changed.borrow_and_update(), elsewhere.settings().retry.max_count), (2, 7));
    // What changes nothing makes no version.
    let same = services.update_system_settings(&stage.platform, retry(RetryPatch::default())).await.unwrap();
    assert_eq!(same.version, 2);
}

#[tokio::test]
async fn settings_are_checked_as_a_whole() {
    let stage = Stage::open().await;
    let refused =
        async |patch: SettingsPatch| issues(stage.services.update_system_settings(&stage.platform, patch).await);
    let slow = RetryPatch { interval_seconds: Some(7200), max_count: Some(21), ..RetryPatch::default() };
    let expected =
        [at("input.retry.maxCount", IssueCode::Invalid), at("input.retry.maxIntervalSeconds", IssueCode::Invalid)];
    assert_eq!(refused(retry(slow)).await, expected.concat());
    let timeout = TimeoutPatch { all_channels_seconds: Some(5), ..TimeoutPatch::default() };
    let timeout = SettingsPatch { timeout: Some(timeout), ..SettingsPatch::default() };
    assert_eq!(refused(timeout).await, at("input.timeout.allChannelsSeconds", IssueCode::Invalid));
    assert_eq!(stage.services.system_settings(&stage.platform).await.unwrap().version, 1);
}

#[tokio::test]
async fn handlers_are_switched_and_timed_by_name() {
    let stage = Stage::open().await;
    let update = async |patches| stage.services.update_system_settings(&stage.platform, handlers(patches)).await;
    let setting =
        |name: &str, enabled, timeout_seconds| HandlerSetting { name: name.to_owned(), enabled, timeout_seconds };
    let patches = vec![handler("RATE_LIMIT", Some(false), None), handler("DEDUPLICATION", Some(true), Some(20))];
    let stored = update(patches).await.unwrap();
    let expected = [setting("DEDUPLICATION", true, 20), setting("RATE_LIMIT", false, 10)];
    assert_eq!(stored.settings.handlers, expected);
    // Only what differs from a handler's own default is kept.
    let stored = update(vec![handler("RATE_LIMIT", Some(true), None), handler("DEDUPLICATION", None, Some(30))]).await;
    assert_eq!(stored.unwrap().settings.handlers, [setting("DEDUPLICATION", true, 30)]);

    let wrong = vec![
        handler("DEDUPLICATION", None, Some(301)),
        handler("NOPE", None, None),
        handler("VALIDATION", Some(false), None),
        handler("DEDUPLICATION", None, None),
    ];
    let expected = [
        at("input.handlers.0.timeoutSeconds", IssueCode::Invalid),
        at("input.handlers.1.name", IssueCode::NotFound),
        at("input.handlers.2.enabled", IssueCode::Unsupported),
        at("input.handlers.3.name", IssueCode::Conflict),
    ];
    assert_eq!(issues(update(wrong).await), expected.concat());
}

#[tokio::test]
async fn changes_at_the_same_time_all_count() {
    let stage = Stage::open().await;
    let update = |patch| stage.services.update_system_settings(&stage.platform, patch);
    let (one, two, three) = tokio::join!(
        update(retry(RetryPatch { max_count: Some(1), ..RetryPatch::default() })),
        update(retry(RetryPatch { interval_seconds: Some(2), ..RetryPatch::default() })),
        update(retry(RetryPatch { jitter: Some(0.5), ..RetryPatch::default() })),
    );
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    let stored = stage.services.system_settings(&stage.platform).await.unwrap();
    let retry = &stored.settings.retry;
    assert_eq!((stored.version, retry.max_count, retry.interval_seconds, retry.jitter), (4, 1, 2, 0.5));
    assert_eq!(stage.services.catalog.settings().retry, *retry);
}
