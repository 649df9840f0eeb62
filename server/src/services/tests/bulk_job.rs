//! Bulk jobs where no worker runs: who may start and steer them, and what they may become.

use super::*;
use crate::domain::enums::{BulkKind, BulkStatus};
use crate::domain::id::BulkJobId;
use crate::services::bulk_job::{BulkDraft, Steer};
use crate::services::failed::FailedTaskFilter;

fn draft() -> BulkDraft {
    BulkDraft::default()
}

#[tokio::test]
async fn a_job_is_steered_as_far_as_it_has_not_ended() {
    let stage = Stage::open().await;
    let (services, admin) = (&stage.services, &stage.admin);
    let job = services.start_bulk_job(admin, BulkKind::Retry, draft()).await.unwrap();
    assert_eq!((job.status, job.total, job.rate_per_second), (BulkStatus::Running, Some(0), 100));
    assert_eq!((job.tenant_id, job.filter.tenant_id), (Some(stage.tenant.id), Some(stage.tenant.id)));
    let steer = async |how| services.steer_bulk_job(admin, job.id, how).await;
    // Each is done once, and once more changes nothing.
    for (how, status) in [
        (Steer::Resume, BulkStatus::Running),
        (Steer::Pause, BulkStatus::Paused),
        (Steer::Pause, BulkStatus::Paused),
        (Steer::Resume, BulkStatus::Running),
        (Steer::Pause, BulkStatus::Paused),
        (Steer::Cancel, BulkStatus::Cancelled),
        (Steer::Cancel, BulkStatus::Cancelled),
    ] {
        assert_eq!(steer(how).await.unwrap().status, status, "{how:?}");
    }
    for how in [Steer::Pause, Steer::Resume] {
        assert_eq!(issues(steer(how).await), at("id", IssueCode::Conflict));
    }
    let kept = services.bulk_job(admin, job.id).await.unwrap().unwrap();
    assert_eq!((kept.status, kept.finished_at), (BulkStatus::Cancelled, Some(stage.clock.now())));
    let unknown = services.steer_bulk_job(admin, BulkJobId::new(stage.clock.now()), Steer::Pause).await;
    assert_eq!(not_found(unknown), "bulk job");
}

#[tokio::test]
async fn operators_start_jobs_viewers_look_and_senders_do_neither() {
    let stage = Stage::open().await;
    let services = &stage.services;
    let of = |role| actor(role, stage.tenant.id);
    let job = services.start_bulk_job(&of(Role::Operator), BulkKind::Discard, draft()).await.unwrap();
    assert_eq!(job.created_by, of(Role::Operator).name);
    assert_eq!(services.bulk_job(&of(Role::Viewer), job.id).await.unwrap(), Some(job.clone()));
    for role in [Role::Viewer, Role::Sender] {
        assert!(forbidden(services.start_bulk_job(&of(role), BulkKind::Retry, draft()).await), "{role}");
        assert!(forbidden(services.steer_bulk_job(&of(role), job.id, Steer::Cancel).await), "{role}");
    }
    assert!(forbidden(services.bulk_job(&of(Role::Sender), job.id).await));
    assert!(forbidden(services.bulk_jobs(&of(Role::Sender), None, first(9)).await));
    assert_eq!(services.bulk_jobs(&of(Role::Viewer), None, first(9)).await.unwrap().items, [job]);
}

#[tokio::test]
async fn a_tenant_has_a_bounded_number_of_unfinished_jobs() {
    let stage = Stage::open().await;
    let (_, other_admin) = stage.other().await;
    let (services, admin) = (&stage.services, &stage.admin);
    let mut last = None;
    for _ in 0..20 {
        stage.clock.advance(std::time::Duration::from_millis(1));
        last = Some(services.start_bulk_job(admin, BulkKind::Retry, draft()).await.unwrap().id);
    }
    let more = services.start_bulk_job(admin, BulkKind::Retry, draft()).await;
    assert_eq!(issues(more), at("input", IssueCode::Conflict));
    services.start_bulk_job(&other_admin, BulkKind::Retry, draft()).await.unwrap();
    services.start_bulk_job(&stage.platform, BulkKind::Retry, draft()).await.unwrap();
    services.steer_bulk_job(admin, last.unwrap(), Steer::Pause).await.unwrap();
    assert_eq!(
        issues(services.start_bulk_job(admin, BulkKind::Retry, draft()).await),
        at("input", IssueCode::Conflict)
    );
    services.steer_bulk_job(admin, last.unwrap(), Steer::Cancel).await.unwrap();
    services.start_bulk_job(admin, BulkKind::Retry, draft()).await.unwrap();
    let page = services.bulk_jobs(admin, None, first(9)).await.unwrap();
    assert!(page.has_next && page.items.len() == 9 && page.items.is_sorted_by_key(|job| std::cmp::Reverse(job.id)));
}

#[tokio::test]
async fn every_mistake_of_an_input_is_named_at_once() {
    let stage = Stage::open().await;
    let (services, now) = (&stage.services, stage.clock.now());
    let filter = FailedTaskFilter {
        tenant: Some("nobody".to_owned()),
        error_code: Some(String::new()),
        channel_config_id: Some("chc_1".to_owned()),
        business_type: Some("x".repeat(129)),
        failed_from: Some(now),
        failed_to: Some(now),
        ..FailedTaskFilter::default()
    };
    let draft = BulkDraft { filter, rate_per_second: Some(10_001) };
    let found = issues(services.start_bulk_job(&stage.platform, BulkKind::Retry, draft).await);
    let expected = [
        ("input.ratePerSecond", IssueCode::Invalid),
        ("input.filter.errorCode", IssueCode::Required),
        ("input.filter.businessType", IssueCode::TooLong),
        ("input.filter.failedTo", IssueCode::Invalid),
        ("input.filter.tenantId", IssueCode::NotFound),
        ("input.filter.channelConfigId", IssueCode::NotFound),
    ];
    assert_eq!(found, expected.map(|(path, code)| (path.to_owned(), code)));
    assert!(services.bulk_jobs(&stage.platform, None, first(9)).await.unwrap().items.is_empty());
}
