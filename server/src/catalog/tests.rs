//! What the hot path reads: routing, template variants, keys, and how changes come into force.

use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;
use serde_json::{Value, json};

use super::{Catalog, Scope, TenantCatalog, secrets};
use crate::channels::TargetAllow;
use crate::domain::api_key::ApiKey;
use crate::domain::channel_config::ChannelConfig;
use crate::domain::enums::{ChannelType, DeliveryMode, MessageType, OverLimitPolicy, Role, UnknownPolicy};
use crate::domain::id::{ApiKeyId, ChannelConfigId, TemplateId, TenantId};
use crate::domain::template::Template;
use crate::domain::tenant::Tenant;
use crate::domain::time::{Clock, Timestamp};
use crate::store::seal::Sealer;
use crate::store::testing::TestStore;
use crate::store::{Store, api_key, channel_config, revision, template, tenant};

const NOW: Timestamp = Timestamp::from_millis(1_795_228_200_000);

fn sealer() -> Sealer {
    Sealer::new(vec![[7; 32]]).unwrap()
}

async fn catalog(store: &Store) -> Catalog {
    Catalog::open(store.clone(), sealer(), TargetAllow::default(), Clock::manual(NOW)).await.unwrap()
}

async fn new_tenant(store: &Store) -> TenantId {
    let id = TenantId::new(NOW);
    let tenant = Tenant {
        id,
        code: "acme".to_owned(),
        name: "Acme".to_owned(),
        timezone: Tz::UTC,
        enabled: true,
        strict_business_types: false,
        created_at: NOW,
    };
    let mut conn = store.write().await.unwrap();
    tenant::insert(&mut conn, &tenant).await.unwrap();
    id
}

fn config(tenant_id: TenantId, channel_type: ChannelType, store_id: Option<&str>, priority: i32) -> ChannelConfig {
    ChannelConfig {
        id: ChannelConfigId::new(NOW),
        tenant_id,
        store_id: store_id.map(str::to_owned),
        channel_type,
        name: format!("{channel_type} {store_id:?} {priority}"),
        config: json!({}),
        priority,
        enabled: true,
        rate_limit: None,
        on_rate_limit: OverLimitPolicy::Defer,
        time_window: None,
        on_closed_window: OverLimitPolicy::Defer,
        on_unknown: UnknownPolicy::Retry,
        delivery_mode: DeliveryMode::Immediate,
        schedule: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// Stores as another instance would.
async fn store_config(store: &Store, config: &ChannelConfig) {
    let mut conn = store.begin().await.unwrap();
    revision::bump(&mut conn, Scope::Tenant(config.tenant_id)).await.unwrap();
    channel_config::insert(&mut conn, config).await.unwrap();
    conn.commit().await.unwrap();
}

async fn store_template(store: &Store, tenant_id: TenantId, locale: Option<&str>, content: Value) {
    let template = Template {
        id: TemplateId::new(NOW),
        tenant_id,
        business_type: "ORDER".to_owned(),
        channel_type: ChannelType::Local,
        message_type: MessageType::Text,
        name: locale.unwrap_or("default").to_owned(),
        content,
        locale: locale.map(str::to_owned),
        enabled: true,
        variables: Vec::new(),
        sample_data: None,
        version: 1,
        created_at: NOW,
        updated_at: NOW,
    };
    let mut conn = store.write().await.unwrap();
    template::insert(&mut conn, &template, None).await.unwrap();
}

fn names(catalog: &TenantCatalog, store_id: Option<&str>) -> Vec<String> {
    catalog.route(store_id).iter().map(|channel| channel.config.name.clone()).collect()
}

#[tokio::test]
async fn a_stores_config_wins_over_the_tenants_of_the_same_channel_type() {
    let store = TestStore::open().await;
    let tenant = new_tenant(&store).await;
    let local = ChannelType::Local;
    store_config(&store, &config(tenant, local, None, 5)).await;
    store_config(&store, &config(tenant, ChannelType::Webhook, None, 1)).await;
    store_config(&store, &config(tenant, local, Some("s1"), 9)).await;
    store_config(&store, &config(tenant, local, Some("s1"), 2)).await;
    store_config(&store, &ChannelConfig { enabled: false, ..config(tenant, local, Some("s2"), 1) }).await;
    let catalog = catalog(&store).await.tenant(tenant).await.unwrap().unwrap();
    let tenants_own = ["WEBHOOK None 1", "LOCAL None 5"];
    assert_eq!(names(&catalog, None), tenants_own);
    assert_eq!(names(&catalog, Some("s1")), ["WEBHOOK None 1", "LOCAL Some(\"s1\") 2", "LOCAL Some(\"s1\") 9"]);
    assert_eq!(names(&catalog, Some("s2")), tenants_own, "a disabled config takes nothing over");
    assert_eq!(names(&catalog, Some("s3")), tenants_own);
    assert_eq!(catalog.channels.len(), 5);
}

#[tokio::test]
async fn a_channel_that_cannot_be_opened_leaves_its_neighbours_alone() {
    let store = TestStore::open().await;
    let tenant = new_tenant(&store).await;
    let good = config(tenant, ChannelType::Local, None, 1);
    let unsealed = ChannelConfig {
        config: json!({"webhook": "https://oapi.dingtalk.com/robot/send?access_token=x"}),
        ..config(tenant, ChannelType::Dingtalk, None, 1)
    };
    let missing = config(tenant, ChannelType::Sms, None, 1);
    for config in [&good, &unsealed, &missing] {
        store_config(&store, config).await;
    }
    let catalog = catalog(&store).await.tenant(tenant).await.unwrap().unwrap();
    assert!(catalog.channel(good.id).unwrap().channel.is_ok());
    let why = |id| catalog.channel(id).unwrap().channel.as_ref().unwrap_err().clone();
    assert_eq!(why(unsealed.id), "config.webhook: the value is not sealed");
    assert_eq!(why(missing.id), "SMS is not available yet");
}

#[tokio::test]
async fn a_template_is_found_by_locale_then_language_then_default() {
    let store = TestStore::open().await;
    let tenant = new_tenant(&store).await;
    for locale in [Some("zh-CN"), Some("zh"), None] {
        store_template(&store, tenant, locale, json!({"text": "x"})).await;
    }
    store_template(&store, tenant, Some("fr"), json!({"text": "{{ broken"})).await;
    let catalog = catalog(&store).await.tenant(tenant).await.unwrap().unwrap();
    let found = |locale| catalog.template("ORDER", ChannelType::Local, locale).map(|open| open.template.name.as_str());
    for (wanted, name) in [
        (Some("zh-CN"), "zh-CN"),
        (Some("ZH-cn"), "zh-CN"),
        (Some("zh-TW"), "zh"),
        (Some("zh-Hans-SG"), "zh"),
        (Some("en-US"), "default"),
        (Some(""), "default"),
        (None, "default"),
    ] {
        assert_eq!(found(wanted), Some(name), "{wanted:?}");
    }
    assert!(catalog.template("ORDER", ChannelType::Dingtalk, None).is_none());
    assert!(catalog.template("OTHER", ChannelType::Local, None).is_none());
    let broken = catalog.template("ORDER", ChannelType::Local, Some("fr")).unwrap();
    assert!(broken.compiled.as_ref().unwrap_err().contains("line 1"));
}

#[tokio::test]
async fn a_change_elsewhere_comes_into_force_with_the_next_look() {
    let store = TestStore::open().await;
    let tenant = new_tenant(&store).await;
    let catalog = catalog(&store).await;
    let webhook = ChannelType::Webhook;
    let first = config(tenant, webhook, None, 1);
    let Value::Object(settings) =
        json!({"url": "https://example.com/", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
    else {
        unreachable!()
    };
    let sealed = secrets::conceal(&sealer(), &["secret"], first.id, settings).unwrap();
    store_config(&store, &ChannelConfig { config: sealed, ..first.clone() }).await;
    let before = catalog.tenant(tenant).await.unwrap().unwrap();
    assert!(before.channel(first.id).unwrap().channel.is_ok());
    assert!(Arc::ptr_eq(&before, &catalog.tenant(tenant).await.unwrap().unwrap()), "it is cached");

    store_config(&store, &config(tenant, ChannelType::Local, None, 1)).await;
    assert_eq!(catalog.tenant(tenant).await.unwrap().unwrap().channels.len(), 1);
    catalog.refresh().await.unwrap();
    let after = catalog.tenant(tenant).await.unwrap().unwrap();
    assert_eq!(after.channels.len(), 2);
    let permits = |catalog: &TenantCatalog| Arc::clone(&catalog.channel(first.id).unwrap().permits);
    assert!(Arc::ptr_eq(&permits(&before), &permits(&after)), "what is under way still counts");
    // Without a change, a look forgets nothing.
    catalog.refresh().await.unwrap();
    assert!(Arc::ptr_eq(&after, &catalog.tenant(tenant).await.unwrap().unwrap()));
}

#[tokio::test]
async fn the_poll_finds_changes_by_itself_and_ends_when_told() {
    let store = TestStore::open().await;
    let catalog = catalog(&store).await;
    let shutdown = tokio_util::sync::CancellationToken::new();
    let poll = catalog.spawn_refresh(shutdown.clone());
    let mut changed = catalog.settings_changed();
    let mut conn = store.begin().await.unwrap();
    revision::bump(&mut conn, Scope::Settings).await.unwrap();
    let mut stored = crate::store::settings::newest(&mut conn).await.unwrap().unwrap();
    stored.version += 1;
    stored.settings.retry.max_count = 9;
    assert!(crate::store::settings::insert(&mut conn, &stored).await.unwrap());
    conn.commit().await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), changed.changed()).await.unwrap().unwrap();
    assert_eq!(catalog.settings().retry.max_count, 9);
    shutdown.cancel();
    poll.await.unwrap();
}

#[tokio::test]
async fn many_who_ask_for_a_tenant_at_once_share_one_load() {
    let store = TestStore::open().await;
    let tenant = new_tenant(&store).await;
    let catalog = catalog(&store).await;
    let asked = (0..50).map(|_| catalog.tenant(tenant));
    let found: Vec<_> =
        futures::future::join_all(asked).await.into_iter().map(|found| found.unwrap().unwrap()).collect();
    assert!(found.iter().all(|catalog| Arc::ptr_eq(catalog, &found[0])));
    let unknown = TenantId::new(NOW);
    assert!(catalog.tenant(unknown).await.unwrap().is_none());
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_no_trace() {
    let store = TestStore::open().await;
    let tenant = new_tenant(&store).await;
    let mut conn = store.begin().await.unwrap();
    let revision = revision::bump(&mut conn, Scope::Tenant(tenant)).await.unwrap();
    channel_config::insert(&mut conn, &config(tenant, ChannelType::Local, None, 1)).await.unwrap();
    drop(conn);
    let mut conn = store.begin().await.unwrap();
    assert_eq!(revision::bump(&mut conn, Scope::Keys).await.unwrap(), revision);
    conn.commit().await.unwrap();
    let mut conn = store.read().await.unwrap();
    assert_eq!(revision::since(&mut conn, 0).await.unwrap(), [(Scope::Keys, revision)]);
    assert!(channel_config::of_tenant(&mut conn, tenant).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_use_of_a_key_is_noted_at_most_once_a_minute() {
    let store = TestStore::open().await;
    let clock = Clock::manual(NOW);
    let catalog = Catalog::open(store.clone(), sealer(), TargetAllow::default(), clock.clone()).await.unwrap();
    let key = ApiKey {
        id: ApiKeyId::new(NOW),
        name: "k".to_owned(),
        tenant_id: None,
        role: Role::PlatformAdmin,
        prefix: "ph_".to_owned(),
        created_at: NOW,
        last_used_at: None,
        expires_at: None,
        revoked_at: None,
    };
    let hash = sha2::Digest::finalize(<sha2::Sha256 as sha2::Digest>::new_with_prefix(b"the key"));
    let mut conn = store.write().await.unwrap();
    api_key::insert(&mut conn, &key, &hash.into()).await.unwrap();
    drop(conn);
    for (seconds, noted) in [(0, 0), (59, 0), (60, 60), (100, 60), (125, 125)] {
        let at = NOW.plus(Duration::from_secs(seconds));
        clock.advance(at.since(clock.now()));
        assert!(catalog.authenticate("the key").await.unwrap().is_some());
        let expected = NOW.plus(Duration::from_secs(noted));
        // The note is made in the background.
        let noted = async {
            loop {
                let mut conn = store.read().await.unwrap();
                let seen = api_key::by_id(&mut conn, key.id).await.unwrap().unwrap().last_used_at;
                if seen == Some(expected) {
                    return;
                }
                drop(conn);
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), noted).await.unwrap();
    }
}
