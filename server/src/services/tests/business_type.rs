//! Business types and their lanes.

use super::*;

fn with_lane(code: &str, lane: &str) -> BusinessTypeDraft {
    BusinessTypeDraft { lane: Some(lane.to_owned()), ..business_type_draft(code) }
}

#[tokio::test]
async fn business_types_are_made_changed_and_deleted() {
    let stage = Stage::open().await;
    let (services, admin) = (&stage.services, &stage.admin);
    let made = services.create_business_type(admin, with_lane("ORDER", "vip")).await.unwrap();
    assert_eq!((made.priority, made.enabled, made.lane.as_deref()), (5, true, Some("vip")));
    let cached = services.catalog.tenant(stage.tenant.id).await.unwrap().unwrap();
    assert_eq!(cached.business_types["ORDER"].id, made.id);
    assert_eq!(services.catalog.lanes().await.unwrap(), ["vip"]);

    let draft = BusinessTypeDraft { priority: Some(0), enabled: Some(false), ..business_type_draft("ORDERS") };
    let changed = services.update_business_type(admin, made.id, draft).await.unwrap();
    assert_eq!((changed.priority, changed.enabled, changed.lane.as_deref()), (0, false, Some("vip")));
    assert!(services.catalog.lanes().await.unwrap().is_empty(), "a lane of a disabled business type is not in use");
    let general = services.update_business_type(admin, made.id, with_lane("ORDERS", "")).await.unwrap();
    assert_eq!((general.lane, general.priority), (None, 0));

    assert_eq!(services.delete_business_type(admin, made.id).await.unwrap(), made.id);
    assert_eq!(not_found(services.delete_business_type(admin, made.id).await), "business type");
    let cached = services.catalog.tenant(stage.tenant.id).await.unwrap().unwrap();
    assert!(cached.business_types.is_empty());
}

#[tokio::test]
async fn what_is_wrong_with_a_business_type_is_named() {
    let stage = Stage::open().await;
    let (services, admin) = (&stage.services, &stage.admin);
    let made = services.create_business_type(admin, business_type_draft("ORDER")).await.unwrap();
    let create = async |draft: BusinessTypeDraft| issues(services.create_business_type(admin, draft).await);
    assert_eq!(create(business_type_draft("ORDER")).await, at("input.code", IssueCode::Taken));
    assert_eq!(create(business_type_draft(" ")).await, at("input.code", IssueCode::Required));
    for priority in [-1, 10] {
        let draft = BusinessTypeDraft { priority: Some(priority), ..business_type_draft("X") };
        assert_eq!(create(draft).await, at("input.priority", IssueCode::Invalid));
    }
    assert_eq!(create(with_lane("X", "VIP")).await, at("input.lane", IssueCode::Invalid));
    assert_eq!(create(with_lane("X", &"x".repeat(33))).await, at("input.lane", IssueCode::TooLong));
    services.create_business_type(admin, business_type_draft("OTHER")).await.unwrap();
    let taken = services.update_business_type(admin, made.id, business_type_draft("OTHER")).await;
    assert_eq!(issues(taken), at("input.code", IssueCode::Taken));
    assert_eq!(services.business_types(admin, None, first(9)).await.unwrap().total, Some(2));
}

#[tokio::test]
async fn there_are_at_most_32_lanes_over_all_tenants() {
    let stage = Stage::open().await;
    let (_, other_admin) = stage.other().await;
    let services = &stage.services;
    for index in 0..32 {
        let holder = if index % 2 == 0 { &stage.admin } else { &other_admin };
        services.create_business_type(holder, with_lane(&format!("T{index}"), &format!("lane-{index}"))).await.unwrap();
    }
    let more = services.create_business_type(&stage.admin, with_lane("MORE", "lane-32")).await;
    assert_eq!(issues(more), at("input.lane", IssueCode::Conflict));
    services.create_business_type(&stage.admin, with_lane("MORE", "lane-31")).await.unwrap();
}

#[tokio::test]
async fn tenants_do_not_see_each_others_business_types() {
    let stage = Stage::open().await;
    let (other, other_admin) = stage.other().await;
    let services = &stage.services;
    let made = services.create_business_type(&stage.admin, business_type_draft("ORDER")).await.unwrap();
    services.create_business_type(&other_admin, business_type_draft("ORDER")).await.unwrap();
    assert!(services.business_type(&other_admin, made.id).await.unwrap().is_none());
    let change = services.update_business_type(&other_admin, made.id, business_type_draft("MINE")).await;
    assert_eq!(not_found(change), "business type");
    assert_eq!(not_found(services.delete_business_type(&other_admin, made.id).await), "business type");
    let page = services.business_types(&other_admin, None, first(9)).await.unwrap();
    assert_eq!(page.items.iter().map(|kind| kind.tenant_id).collect::<Vec<_>>(), [other.id]);
    assert_eq!(not_found(services.business_types(&other_admin, Some("acme".into()), first(9)).await), "tenant");
    // A platform key sees all, or those of the tenant that it names; it can't move one to another tenant.
    assert_eq!(services.business_types(&stage.platform, None, first(9)).await.unwrap().total, Some(2));
    assert_eq!(services.business_types(&stage.platform, Some("acme".into()), first(9)).await.unwrap().total, Some(1));
    let moved = BusinessTypeDraft { tenant: Some("other".to_owned()), ..business_type_draft("ORDER") };
    let refused = services.update_business_type(&stage.platform, made.id, moved).await;
    assert_eq!(issues(refused), at("input.tenantId", IssueCode::Conflict));
}

#[tokio::test]
async fn pages_go_from_the_newest_to_the_oldest() {
    let stage = Stage::open().await;
    let (services, admin) = (&stage.services, &stage.admin);
    for index in 0..5 {
        stage.clock.advance(std::time::Duration::from_millis(1));
        services.create_business_type(admin, business_type_draft(&format!("T{index}"))).await.unwrap();
    }
    let mut codes = Vec::new();
    let mut request = first(2);
    loop {
        let page = services.business_types(admin, None, request.clone()).await.unwrap();
        assert_eq!(page.total, Some(5));
        request.after = page.items.last().map(|kind| kind.id.to_string());
        codes.extend(page.items.into_iter().map(|kind| kind.code));
        if !page.has_next {
            break;
        }
    }
    assert_eq!(codes, ["T4", "T3", "T2", "T1", "T0"]);
    let bad = PageRequest { first: 2, after: Some("nonsense".to_owned()) };
    assert_eq!(issues(services.business_types(admin, None, bad).await), at("after", IssueCode::Invalid));
}
