//! Channel configs: their checks, and secrets that never come out.

use super::*;
use crate::catalog::secrets::mask;
use crate::domain::channel_config::RateLimit;
use crate::domain::enums::{DeliveryMode, OverLimitPolicy, TimeUnit};
use crate::domain::id::ChannelConfigId;
use crate::services::channel_config::{ChannelConfigFilter, TimeWindowDraft};
use crate::store::channel_config as stored;

/// The adapter's settings as stored, opened.
async fn plain(stage: &Stage, id: ChannelConfigId) -> Value {
    let mut conn = stage.store.read().await.unwrap();
    let config = stored::by_id(&mut conn, id).await.unwrap().unwrap();
    let keys = crate::channels::adapter(config.channel_type).unwrap().secret_keys;
    let sealer = stage.services.catalog.sealer();
    crate::catalog::secrets::reveal(sealer, keys, id, &config.config).unwrap().into()
}

#[tokio::test]
async fn secrets_are_sealed_in_the_database_and_masked_in_answers() {
    let stage = Stage::open().await;
    let (services, admin) = (&stage.services, &stage.admin);
    let made = services.create_channel_config(admin, dingtalk_draft()).await.unwrap();
    let masked = json!({
        "webhook": "https://oapi.dingtalk.com/robot/send?access_token=••••",
        "secret": "••••a1b2"
    });
    assert_eq!(made.config, masked);
    assert_eq!(services.channel_config(admin, made.id).await.unwrap().unwrap().config, masked);
    let page = services.channel_configs(admin, Default::default(), first(9)).await.unwrap();
    assert_eq!((page.items[0].config.clone(), page.total), (masked.clone(), Some(1)));
    assert_eq!(services.channel_configs_by_id(&[made.id]).await.unwrap()[&made.id].config, masked);

    let mut conn = stage.store.read().await.unwrap();
    let raw = stored::by_id(&mut conn, made.id).await.unwrap().unwrap().config;
    drop(conn);
    assert!(raw["webhook"].as_str().is_some_and(Sealer::is_sealed));
    assert!(raw["secret"].as_str().is_some_and(Sealer::is_sealed));
    assert!(!raw.to_string().contains("access_token"));
    assert_eq!(plain(&stage, made.id).await, json!({"webhook": WEBHOOK, "secret": SECRET}));
    let cached = services.catalog.tenant(stage.tenant.id).await.unwrap().unwrap();
    let open = cached.channel(made.id).unwrap();
    assert!(open.channel.is_ok());
    assert!(!format!("{open:?}").contains("0123456789abcdef"));
}

#[tokio::test]
async fn a_form_may_send_back_what_it_got() {
    let stage = Stage::open().await;
    let (services, admin) = (&stage.services, &stage.admin);
    let made = services.create_channel_config(admin, dingtalk_draft()).await.unwrap();
    let update = async |config: Value| {
        services.update_channel_config(admin, made.id, channel_draft(ChannelType::Dingtalk, config)).await
    };
    // Masks and absent secrets stay, other keys are replaced.
    update(made.config.clone()).await.unwrap();
    update(json!({"atAll": true})).await.unwrap();
    assert_eq!(plain(&stage, made.id).await, json!({"atAll": true, "webhook": WEBHOOK, "secret": SECRET}));
    let after = update(json!({"webhook": mask(WEBHOOK), "secret": "SECnew"})).await.unwrap();
    assert_eq!(after.config, json!({"webhook": mask(WEBHOOK), "secret": "••••"}));
    assert_eq!(plain(&stage, made.id).await, json!({"webhook": WEBHOOK, "secret": "SECnew"}));
    // Null takes an optional secret away.
    assert_eq!(update(json!({"secret": null})).await.unwrap().config, json!({"webhook": mask(WEBHOOK)}));
    // What is not this config's mask is no secret.
    let foreign = update(json!({"webhook": "https://other.example.com/?access_token=••••"})).await;
    assert_eq!(issues(foreign), at("input.config.webhook", IssueCode::Invalid));
    assert_eq!(issues(update(json!({"webhook": null})).await), at("input.config.webhook", IssueCode::Required));
    assert_eq!(plain(&stage, made.id).await, json!({"webhook": WEBHOOK}));
}

#[tokio::test]
async fn a_lost_sealing_key_is_told_and_mended_by_giving_the_secret_again() {
    let mut stage = Stage::open().await;
    let made = stage.services.create_channel_config(&stage.admin, dingtalk_draft()).await.unwrap();
    let sealer = Sealer::new(vec![[8; 32]]).unwrap();
    let allow = stage.services.catalog.allow().clone();
    let catalog = Catalog::open(stage.store.clone(), sealer, allow, stage.clock.clone()).await.unwrap();
    stage.services = Services::for_tests(stage.store.clone(), catalog, stage.clock.clone());
    let services = &stage.services;
    let cached = services.catalog.tenant(stage.tenant.id).await.unwrap().unwrap();
    let reason = cached.channel(made.id).unwrap().channel.as_ref().unwrap_err().clone();
    assert!(reason.starts_with("config.webhook: the value was sealed with the key "), "{reason}");
    let shown = services.channel_config(&stage.admin, made.id).await.unwrap().unwrap();
    assert_eq!(shown.config, json!({"webhook": "••••", "secret": "••••"}));
    let kept = channel_draft(ChannelType::Dingtalk, shown.config);
    let expected =
        [at("input.config.webhook", IssueCode::Invalid), at("input.config.secret", IssueCode::Invalid)].concat();
    assert_eq!(issues(services.update_channel_config(&stage.admin, made.id, kept).await), expected);
    services.update_channel_config(&stage.admin, made.id, dingtalk_draft()).await.unwrap();
    let cached = services.catalog.tenant(stage.tenant.id).await.unwrap().unwrap();
    assert!(cached.channel(made.id).unwrap().channel.is_ok());
}

#[tokio::test]
async fn what_is_wrong_with_a_config_is_named() {
    let stage = Stage::open().await;
    let create = async |draft| issues(stage.services.create_channel_config(&stage.admin, draft).await);
    let local = || channel_draft(ChannelType::Local, json!({}));
    assert_eq!(
        create(channel_draft(ChannelType::Sms, json!({}))).await,
        at("input.channelType", IssueCode::Unsupported)
    );
    assert_eq!(create(channel_draft(ChannelType::Local, json!("x"))).await, at("input.config", IssueCode::Invalid));
    let unknown = channel_draft(ChannelType::Dingtalk, json!({"webhook": WEBHOOK, "surprise": 1}));
    assert_eq!(create(unknown).await, at("input.config.surprise", IssueCode::Invalid));
    let plain_http =
        channel_draft(ChannelType::Dingtalk, json!({"webhook": "http://oapi.dingtalk.com/?access_token=1"}));
    assert_eq!(create(plain_http).await, at("input.config.webhook", IssueCode::Invalid));
    let big = channel_draft(ChannelType::Local, json!({"x": "x".repeat(33 << 10)}));
    assert_eq!(create(big).await[0], ("input.config".to_owned(), IssueCode::TooLong));
    let nul = channel_draft(ChannelType::Webhook, json!({"url": "https://example.com/", "secret": "whsec_\0"}));
    assert_eq!(create(nul).await[0], ("input.config".to_owned(), IssueCode::Invalid));

    let mut draft = local();
    draft.name = "x".repeat(65);
    draft.priority = Some(-1);
    draft.store_id = Some("a\0b".to_owned());
    draft.rate_limit = Some(Some(RateLimit { count: 0, window: 0, unit: TimeUnit::Second }));
    draft.time_window =
        Some(Some(TimeWindowDraft { start_hour: -1, end_hour: 24, timezone: Some("Mars/Base".to_owned()) }));
    draft.schedule = Some("* * *".to_owned());
    let mut found = create(draft).await;
    found.sort_by(|one, two| one.0.cmp(&two.0));
    let expected = [
        at("input.name", IssueCode::TooLong),
        at("input.priority", IssueCode::Invalid),
        at("input.rateLimit.count", IssueCode::Invalid),
        at("input.rateLimit.window", IssueCode::Invalid),
        at("input.schedule", IssueCode::Invalid),
        at("input.storeId", IssueCode::Invalid),
        at("input.timeWindow.endHour", IssueCode::Invalid),
        at("input.timeWindow.startHour", IssueCode::Invalid),
        at("input.timeWindow.timezone", IssueCode::Invalid),
    ];
    assert_eq!(found, expected.concat());
    let mut scheduled = local();
    scheduled.delivery_mode = Some(DeliveryMode::Scheduled);
    let expected =
        [at("input.schedule", IssueCode::Required), at("input.deliveryMode", IssueCode::Unsupported)].concat();
    assert_eq!(create(scheduled).await, expected);
    assert_eq!(
        stage.services.channel_configs(&stage.admin, Default::default(), first(9)).await.unwrap().total,
        Some(0)
    );
}

#[tokio::test]
async fn a_change_keeps_what_it_does_not_name_and_what_is_fixed() {
    let stage = Stage::open().await;
    stage.other().await;
    let (services, admin) = (&stage.services, &stage.admin);
    let mut draft = channel_draft(ChannelType::Local, json!({}));
    draft.store_id = Some("s1".to_owned());
    draft.priority = Some(7);
    draft.rate_limit = Some(Some(RateLimit { count: 5, window: 1, unit: TimeUnit::Minute }));
    draft.on_rate_limit = Some(OverLimitPolicy::Reject);
    draft.time_window =
        Some(Some(TimeWindowDraft { start_hour: 22, end_hour: 5, timezone: Some("Asia/Tokyo".to_owned()) }));
    draft.schedule = Some("0 9 * * *".to_owned());
    let made = services.create_channel_config(admin, draft).await.unwrap();
    let mut change = channel_draft(ChannelType::Local, json!({}));
    change.enabled = Some(false);
    let after = services.update_channel_config(admin, made.id, change).await.unwrap();
    assert_eq!((after.enabled, after.priority, after.store_id.as_deref()), (false, 7, Some("s1")));
    assert_eq!((&after.rate_limit, &after.time_window), (&made.rate_limit, &made.time_window));
    assert_eq!((after.on_rate_limit, after.schedule.as_deref()), (OverLimitPolicy::Reject, Some("0 9 * * *")));
    assert_eq!(services.channel_config(admin, made.id).await.unwrap().unwrap().time_window, made.time_window);

    let mut lifted = channel_draft(ChannelType::Local, json!({}));
    (lifted.rate_limit, lifted.time_window) = (Some(None), Some(None));
    let after = services.update_channel_config(admin, made.id, lifted).await.unwrap();
    assert_eq!((after.rate_limit, after.time_window), (None, None));

    let other_type = services.update_channel_config(admin, made.id, dingtalk_draft()).await;
    assert_eq!(issues(other_type), at("input.channelType", IssueCode::Conflict));
    let mut moved = channel_draft(ChannelType::Local, json!({}));
    moved.store_id = Some("s2".to_owned());
    moved.tenant = Some("other".to_owned());
    let expected = [at("input.tenantId", IssueCode::Conflict), at("input.storeId", IssueCode::Conflict)].concat();
    assert_eq!(issues(services.update_channel_config(&stage.platform, made.id, moved).await), expected);
}

#[tokio::test]
async fn a_deleted_config_is_left_for_the_tasks_that_name_it() {
    let stage = Stage::open().await;
    let (services, admin) = (&stage.services, &stage.admin);
    let made = services.create_channel_config(admin, dingtalk_draft()).await.unwrap();
    assert_eq!(services.delete_channel_config(admin, made.id).await.unwrap(), made.id);
    assert!(services.channel_config(admin, made.id).await.unwrap().is_none());
    assert_eq!(services.channel_configs(admin, Default::default(), first(9)).await.unwrap().total, Some(0));
    assert_eq!(not_found(services.delete_channel_config(admin, made.id).await), "channel config");
    assert_eq!(not_found(services.update_channel_config(admin, made.id, dingtalk_draft()).await), "channel config");
    assert_eq!(services.channel_configs_by_id(&[made.id]).await.unwrap()[&made.id].name, "Name");
    let cached = services.catalog.tenant(stage.tenant.id).await.unwrap().unwrap();
    assert!(cached.channel(made.id).is_none() && cached.route(None).is_empty());
}

#[tokio::test]
async fn tenants_do_not_see_each_others_configs() {
    let stage = Stage::open().await;
    let (_, other_admin) = stage.other().await;
    let services = &stage.services;
    let made = services.create_channel_config(&stage.admin, dingtalk_draft()).await.unwrap();
    assert!(services.channel_config(&other_admin, made.id).await.unwrap().is_none());
    let change = services.update_channel_config(&other_admin, made.id, dingtalk_draft()).await;
    assert_eq!(not_found(change), "channel config");
    assert_eq!(not_found(services.delete_channel_config(&other_admin, made.id).await), "channel config");
    assert_eq!(services.channel_configs(&other_admin, Default::default(), first(9)).await.unwrap().total, Some(0));
    let of_acme = ChannelConfigFilter { tenant: Some("acme".to_owned()), ..Default::default() };
    assert_eq!(not_found(services.channel_configs(&other_admin, of_acme.clone(), first(9)).await), "tenant");
    assert_eq!(services.channel_configs(&stage.platform, of_acme, first(9)).await.unwrap().total, Some(1));
}

#[tokio::test]
async fn lists_are_filtered() {
    let stage = Stage::open().await;
    let (services, admin) = (&stage.services, &stage.admin);
    let mut of_store = channel_draft(ChannelType::Local, json!({}));
    of_store.store_id = Some("s1".to_owned());
    of_store.enabled = Some(false);
    services.create_channel_config(admin, of_store).await.unwrap();
    services.create_channel_config(admin, dingtalk_draft()).await.unwrap();
    let count = async |filter| {
        let page = services.channel_configs(admin, filter, first(9)).await.unwrap();
        assert_eq!(page.total, i64::try_from(page.items.len()).ok());
        page.items.len()
    };
    let any = ChannelConfigFilter::default;
    assert_eq!(count(any()).await, 2);
    assert_eq!(count(ChannelConfigFilter { store_id: Some("s1".to_owned()), ..any() }).await, 1);
    assert_eq!(count(ChannelConfigFilter { enabled: Some(true), ..any() }).await, 1);
    assert_eq!(count(ChannelConfigFilter { channel_type: Some(ChannelType::Local), ..any() }).await, 1);
    let both = ChannelConfigFilter { channel_type: Some(ChannelType::Local), enabled: Some(true), ..any() };
    assert_eq!(count(both).await, 0);
}

#[tokio::test]
async fn each_header_of_a_webhook_is_a_secret() {
    let stage = Stage::open().await;
    let (services, admin) = (&stage.services, &stage.admin);
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let config = json!({"url": "https://example.com/hook", "secret": secret,
        "headers": {"authorization": "Bearer 0123456789abcdef", "x-zone": "eu"}});
    let made = services.create_channel_config(admin, channel_draft(ChannelType::Webhook, config)).await.unwrap();
    assert_eq!(made.config["headers"], json!({"authorization": "••••cdef", "x-zone": "••••"}));
    let mut conn = stage.store.read().await.unwrap();
    let raw = stored::by_id(&mut conn, made.id).await.unwrap().unwrap().config;
    drop(conn);
    assert!(raw["headers"]["x-zone"].as_str().is_some_and(Sealer::is_sealed), "{raw}");
    assert!(!raw.to_string().contains("0123456789"));

    let headers = async |given: Value| {
        let change = json!({"url": "https://example.com/hook", "headers": given});
        let draft = channel_draft(ChannelType::Webhook, change);
        services.update_channel_config(admin, made.id, draft).await?;
        Ok::<_, ServiceError>(plain(&stage, made.id).await["headers"].take())
    };
    // A mask stays what it stands for, what is absent is gone, what is new is taken.
    let after = headers(json!({"authorization": "••••cdef", "x-new": "n"})).await.unwrap();
    assert_eq!(after, json!({"authorization": "Bearer 0123456789abcdef", "x-new": "n"}));
    let wrong = headers(json!({"x-new": "••••cdef"})).await.unwrap_err();
    assert!(format!("{wrong:?}").contains("x-new"), "{wrong:?}");
    assert_eq!(headers(json!({})).await.unwrap(), json!({}));
}
