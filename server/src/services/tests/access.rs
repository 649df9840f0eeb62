//! Roles and tenants: the same rules for every noun.

use super::*;
use crate::domain::actor::Action;

#[tokio::test]
async fn a_tenants_key_implies_its_tenant_and_never_reaches_another() {
    let stage = Stage::open().await;
    let (other, _) = stage.other().await;
    let services = &stage.services;
    let own = async |given: Option<&str>| services.tenant_for(&stage.admin, given, "input.tenantId").await;
    for given in [None, Some(""), Some("acme"), Some(stage.tenant.id.to_string().as_str())] {
        assert_eq!(own(given).await.unwrap().tenant.id, stage.tenant.id, "{given:?}");
    }
    for given in ["other", "nobody", &other.id.to_string(), "\0"] {
        assert_eq!(not_found(own(Some(given)).await), "tenant");
    }
}

#[tokio::test]
async fn a_platform_key_must_name_the_tenant_of_what_it_makes() {
    let stage = Stage::open().await;
    let of = async |given: Option<&str>| stage.services.tenant_for(&stage.platform, given, "input.tenantId").await;
    assert_eq!(issues(of(None).await), at("input.tenantId", IssueCode::Required));
    assert_eq!(of(Some("acme")).await.unwrap().tenant.id, stage.tenant.id);
    assert_eq!(of(Some(&stage.tenant.id.to_string())).await.unwrap().tenant.id, stage.tenant.id);
    for unknown in ["nobody", "\0", &TenantId::new(Timestamp::default()).to_string()] {
        assert_eq!(not_found(of(Some(unknown)).await), "tenant");
    }
}

#[tokio::test]
async fn roles_limit_what_keys_may_do() {
    let stage = Stage::open().await;
    let services = &stage.services;
    for role in [Role::Operator, Role::Sender, Role::Viewer] {
        let holder = actor(role, stage.tenant.id);
        assert!(forbidden(services.create_business_type(&holder, business_type_draft("X")).await));
        assert!(forbidden(services.create_channel_config(&holder, dingtalk_draft()).await));
        assert!(forbidden(services.create_template(&holder, template_draft(json!({"text": "x"}))).await));
        assert!(forbidden(services.api_keys(&holder, None).await));
        let may_read = role != Role::Sender;
        assert_eq!(services.business_types(&holder, None, first(1)).await.is_ok(), may_read);
        assert_eq!(services.channel_configs(&holder, Default::default(), first(1)).await.is_ok(), may_read);
        assert_eq!(services.templates(&holder, Default::default(), first(1)).await.is_ok(), may_read);
        assert_eq!(services.system_settings(&holder).await.is_ok(), may_read);
        assert_eq!(services.tenants(&holder).await.is_ok(), may_read);
    }
    assert!(forbidden(services.create_tenant(&stage.admin, tenant_draft("x")).await));
    assert!(forbidden(services.update_tenant(&stage.admin, stage.tenant.id, tenant_draft("x")).await));
    assert!(forbidden(services.update_system_settings(&stage.admin, Default::default()).await));
    // Nothing came of any of it.
    assert_eq!(services.tenants(&stage.platform).await.unwrap().len(), 1);
    assert_eq!(services.business_types(&stage.platform, None, first(9)).await.unwrap().total, Some(0));
    assert_eq!(services.channel_configs(&stage.platform, Default::default(), first(9)).await.unwrap().total, Some(0));
    assert_eq!(services.templates(&stage.platform, Default::default(), first(9)).await.unwrap().total, Some(0));
    let refusal = Services::require(&actor(Role::Viewer, stage.tenant.id), Action::WriteConfig).unwrap_err();
    assert_eq!(refusal.to_string(), "the role VIEWER may not change the configuration");
}
