//! API keys, and the one that a fresh installation starts with.

use std::time::Duration;

use super::*;
use crate::services::api_key::{ApiKeyDraft, BootstrapError, ensure_bootstrap_key};

fn draft(role: Role) -> ApiKeyDraft {
    ApiKeyDraft { name: "Shop".to_owned(), tenant: None, role, expires_at: None }
}

#[tokio::test]
async fn a_key_is_shown_once_and_authenticates_until_it_is_revoked() {
    let stage = Stage::open().await;
    let services = &stage.services;
    let (key, secret) = services.create_api_key(&stage.admin, draft(Role::Sender)).await.unwrap();
    assert_eq!((secret.len(), &secret[..3], &secret[..10]), (46, "ph_", key.prefix.as_str()));
    assert_eq!(key.tenant_id, Some(stage.tenant.id));
    let elsewhere = stage.instance().await;
    for catalog in [&services.catalog, &elsewhere] {
        let found = catalog.authenticate(&secret).await.unwrap().unwrap();
        assert_eq!((found.id, found.role), (key.id, Role::Sender));
        assert!(catalog.authenticate(&secret[..45]).await.unwrap().is_none());
        assert!(catalog.authenticate("").await.unwrap().is_none());
    }
    let revoked = services.revoke_api_key(&stage.admin, key.id).await.unwrap();
    assert_eq!(revoked.revoked_at, Some(stage.clock.now()));
    assert!(services.catalog.authenticate(&secret).await.unwrap().is_none());
    elsewhere.refresh().await.unwrap();
    assert!(elsewhere.authenticate(&secret).await.unwrap().is_none());
    // Once more changes nothing.
    stage.clock.advance(Duration::from_secs(60));
    let again = services.revoke_api_key(&stage.admin, key.id).await.unwrap();
    assert_eq!(again.revoked_at, revoked.revoked_at);
}

#[tokio::test]
async fn a_key_ends_when_it_expires() {
    let stage = Stage::open().await;
    let services = &stage.services;
    let now = stage.clock.now();
    let past = ApiKeyDraft { expires_at: Some(now), ..draft(Role::Viewer) };
    assert_eq!(issues(services.create_api_key(&stage.admin, past).await), at("input.expiresAt", IssueCode::Invalid));
    let soon = ApiKeyDraft { expires_at: Some(now.plus(Duration::from_secs(5))), ..draft(Role::Viewer) };
    let (_, secret) = services.create_api_key(&stage.admin, soon).await.unwrap();
    assert!(services.catalog.authenticate(&secret).await.unwrap().is_some());
    stage.clock.advance(Duration::from_secs(5));
    assert!(services.catalog.authenticate(&secret).await.unwrap().is_none());
}

#[tokio::test]
async fn a_key_that_was_tried_before_it_existed_works_once_it_does() {
    let stage = Stage::open().await;
    let secret = "a-key-that-comes-later";
    assert!(stage.services.catalog.authenticate(secret).await.unwrap().is_none());
    ensure_bootstrap_key(&stage.store, &stage.clock, Some(secret), unexpected).await.unwrap();
    stage.services.catalog.refresh().await.unwrap();
    assert!(stage.services.catalog.authenticate(secret).await.unwrap().is_some());
}

#[tokio::test]
async fn keys_belong_to_the_tenant_of_who_makes_them() {
    let stage = Stage::open().await;
    let (other, other_admin) = stage.other().await;
    let services = &stage.services;
    assert!(forbidden(services.create_api_key(&stage.admin, draft(Role::PlatformAdmin)).await));
    let named = |role, tenant: &str| ApiKeyDraft { tenant: Some(tenant.to_owned()), ..draft(role) };
    assert_eq!(not_found(services.create_api_key(&stage.admin, named(Role::Viewer, "other")).await), "tenant");
    let missing = services.create_api_key(&stage.platform, draft(Role::Viewer)).await;
    assert_eq!(issues(missing), at("input.tenantId", IssueCode::Required));
    let needless = services.create_api_key(&stage.platform, named(Role::PlatformAdmin, "acme")).await;
    assert_eq!(issues(needless), at("input.tenantId", IssueCode::Conflict));
    let reserved = ApiKeyDraft { name: "bootstrap".to_owned(), ..draft(Role::PlatformAdmin) };
    let reserved = services.create_api_key(&stage.platform, reserved).await;
    assert_eq!(issues(reserved), at("input.name", IssueCode::Taken));
    let unnamed = ApiKeyDraft { name: String::new(), ..draft(Role::Viewer) };
    assert_eq!(issues(services.create_api_key(&stage.admin, unnamed).await), at("input.name", IssueCode::Required));
    assert_eq!(services.api_keys(&stage.platform, None).await.unwrap().len(), 0);

    let (mine, _) = services.create_api_key(&stage.platform, named(Role::TenantAdmin, "acme")).await.unwrap();
    let (theirs, _) = services.create_api_key(&other_admin, draft(Role::Operator)).await.unwrap();
    let (platforms, _) = services.create_api_key(&stage.platform, draft(Role::PlatformAdmin)).await.unwrap();
    assert_eq!((mine.tenant_id, theirs.tenant_id, platforms.tenant_id), (Some(stage.tenant.id), Some(other.id), None));
    for foreign in [theirs.id, platforms.id] {
        assert!(services.api_key(&stage.admin, foreign).await.unwrap().is_none());
        assert_eq!(not_found(services.revoke_api_key(&stage.admin, foreign).await), "API key");
    }
    let seen = services.api_keys(&stage.admin, None).await.unwrap();
    assert_eq!(seen.iter().map(|key| key.id).collect::<Vec<_>>(), [mine.id]);
    assert_eq!(services.api_keys(&stage.platform, None).await.unwrap().len(), 3);
    assert_eq!(services.api_keys(&stage.platform, Some("other".into())).await.unwrap()[0].id, theirs.id);
}

#[tokio::test]
async fn a_fresh_installation_makes_one_key_however_many_instances_start() {
    let stage = Stage::open().await;
    let shown = std::sync::Mutex::new(Vec::new());
    let start = || {
        ensure_bootstrap_key(&stage.store, &stage.clock, None, |key| {
            shown.lock().unwrap().push(key.to_owned());
            Ok(())
        })
    };
    let (one, two, three) = tokio::join!(start(), start(), start());
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    start().await.unwrap();
    let made = shown.into_inner().unwrap();
    assert_eq!(made.len(), 1);
    let found = stage.services.catalog.authenticate(&made[0]).await.unwrap().unwrap();
    assert_eq!((found.role, found.tenant_id, found.name.as_str()), (Role::PlatformAdmin, None, "bootstrap"));
}

#[tokio::test]
async fn a_first_key_that_can_not_be_shown_is_not_made() {
    let stage = Stage::open().await;
    let closed = |_: &str| Err("standard output: broken pipe".to_owned());
    let error = ensure_bootstrap_key(&stage.store, &stage.clock, None, closed).await.unwrap_err();
    assert!(matches!(error, BootstrapError::NotShown(_)), "{error}");
    let mut shown = None;
    let show = |key: &str| {
        shown = Some(key.to_owned());
        Ok(())
    };
    ensure_bootstrap_key(&stage.store, &stage.clock, None, show).await.unwrap();
    assert!(stage.services.catalog.authenticate(&shown.unwrap()).await.unwrap().is_some());
}

/// For starts at which no key is made.
fn unexpected(_: &str) -> Result<(), String> {
    panic!("a key was made")
}

#[tokio::test]
async fn a_given_bootstrap_key_is_valid_and_replaces_the_one_before() {
    let stage = Stage::open().await;
    let catalog = &stage.services.catalog;
    let start = async |given: &str| {
        let made = ensure_bootstrap_key(&stage.store, &stage.clock, Some(given), unexpected).await;
        catalog.refresh().await.unwrap();
        made
    };
    let valid = async |key: &str| catalog.authenticate(key).await.unwrap().is_some();
    for unfit in ["fifteen-letters", "", "with blanks in between", "umlauts äöü äöü äöü", &"x".repeat(513)] {
        let error = start(unfit).await.unwrap_err();
        assert!(matches!(error, BootstrapError::Unfit), "{unfit}");
    }
    start("first-bootstrap-key").await.unwrap();
    start("first-bootstrap-key").await.unwrap();
    assert!(valid("first-bootstrap-key").await);
    start("second-bootstrap-key").await.unwrap();
    assert!(valid("second-bootstrap-key").await && !valid("first-bootstrap-key").await);
    // Back again: the same record is valid once more.
    start("first-bootstrap-key").await.unwrap();
    assert!(valid("first-bootstrap-key").await && !valid("second-bootstrap-key").await);
    let keys = stage.services.api_keys(&stage.platform, None).await.unwrap();
    assert_eq!(keys.len(), 2);
    assert!(keys.iter().all(|key| key.prefix.len() <= 5), "no more than a quarter of a chosen key is shown");
    // Without one given, nothing is made, since there is a platform key.
    ensure_bootstrap_key(&stage.store, &stage.clock, None, unexpected).await.unwrap();
    let (_, secret) = stage.services.create_api_key(&stage.admin, draft(Role::Viewer)).await.unwrap();
    assert!(matches!(start(&secret).await.unwrap_err(), BootstrapError::OfTenant));
}
