//! Tenants.

use chrono_tz::Tz;

use super::*;

#[tokio::test]
async fn a_tenant_is_made_changed_and_found_by_code_and_id() {
    let stage = Stage::open().await;
    let services = &stage.services;
    assert_eq!((stage.tenant.timezone, stage.tenant.enabled), (Tz::Asia__Shanghai, true));
    let draft = TenantDraft {
        timezone: Some("Europe/Berlin".to_owned()),
        enabled: Some(false),
        strict_business_types: Some(true),
        ..tenant_draft("Acme.2")
    };
    services.update_tenant(&stage.platform, stage.tenant.id, draft).await.unwrap();
    // What is absent stays; the cache follows at once.
    let after = services.update_tenant(&stage.platform, stage.tenant.id, tenant_draft("Acme.3")).await.unwrap();
    assert_eq!((after.timezone, after.enabled, after.strict_business_types), (Tz::Europe__Berlin, false, true));
    let cached = services.catalog.tenant_by_code_or_id("Acme.3").await.unwrap().unwrap();
    assert_eq!((cached.tenant.id, cached.tenant.enabled), (stage.tenant.id, false));
    assert!(services.catalog.tenant_by_code_or_id("acme").await.unwrap().is_none());
    assert_eq!(services.tenant(&stage.admin, stage.tenant.id).await.unwrap().unwrap().code, "Acme.3");
}

#[tokio::test]
async fn what_is_wrong_with_a_tenant_is_named() {
    let stage = Stage::open().await;
    let services = &stage.services;
    let create = async |draft: TenantDraft| issues(services.create_tenant(&stage.platform, draft).await);
    assert_eq!(create(tenant_draft("acme")).await, at("input.code", IssueCode::Taken));
    assert_eq!(create(tenant_draft("")).await, at("input.code", IssueCode::Required));
    assert_eq!(create(tenant_draft(&"x".repeat(65))).await, at("input.code", IssueCode::TooLong));
    for code in ["_x", "a b", "租户", "a/b"] {
        assert_eq!(create(tenant_draft(code)).await, at("input.code", IssueCode::Invalid), "{code}");
    }
    let zone = TenantDraft { timezone: Some("Mars/Base".to_owned()), name: " ".to_owned(), ..tenant_draft("x") };
    let expected = [at("input.name", IssueCode::Required), at("input.timezone", IssueCode::Invalid)].concat();
    assert_eq!(create(zone).await, expected);
    let (other, _) = stage.other().await;
    let taken = services.update_tenant(&stage.platform, other.id, tenant_draft("acme")).await;
    assert_eq!(issues(taken), at("input.code", IssueCode::Taken));
    let nobody = TenantId::new(Timestamp::default());
    assert_eq!(not_found(services.update_tenant(&stage.platform, nobody, tenant_draft("x")).await), "tenant");
    let codes: Vec<_> =
        services.tenants(&stage.platform).await.unwrap().into_iter().map(|tenant| tenant.code).collect();
    assert_eq!(codes, ["acme", "other"]);
}

#[tokio::test]
async fn a_tenants_key_sees_its_own_tenant_only() {
    let stage = Stage::open().await;
    let (other, other_admin) = stage.other().await;
    let seen = stage.services.tenants(&other_admin).await.unwrap();
    assert_eq!(seen.iter().map(|tenant| tenant.id).collect::<Vec<_>>(), [other.id]);
    assert!(stage.services.tenant(&other_admin, stage.tenant.id).await.unwrap().is_none());
    assert!(stage.services.tenant(&stage.platform, other.id).await.unwrap().is_some());
}
