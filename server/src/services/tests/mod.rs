//! Use cases against a real database: what they refuse, what they change, and what they keep apart.

mod access;
mod api_key;
mod bulk_job;
mod business_type;
mod channel_config;
mod explain;
mod operator;
mod settings;
mod template;
mod tenant;

use serde_json::{Value, json};

use super::business_type::BusinessTypeDraft;
use super::channel_config::ChannelConfigDraft;
use super::template::TemplateDraft;
use super::tenant::TenantDraft;
use super::{ServiceError, Services};
use crate::catalog::Catalog;
use crate::channels::TargetAllow;
use crate::domain::actor::Actor;
use crate::domain::enums::{ChannelType, MessageType, Role};
use crate::domain::id::{ApiKeyId, TenantId};
use crate::domain::issue::IssueCode;
use crate::domain::page::PageRequest;
use crate::domain::tenant::Tenant;
use crate::domain::time::{Clock, Timestamp};
use crate::store::seal::Sealer;
use crate::store::testing::TestStore;

/// Services on a fresh database, with one tenant, and a clock that stands still.
struct Stage {
    services: Services,
    store: TestStore,
    clock: Clock,
    /// A platform key's holder.
    platform: Actor,
    tenant: Tenant,
    /// The administrator of `tenant`.
    admin: Actor,
}

impl Stage {
    async fn open() -> Self {
        let store = TestStore::open().await;
        let clock = Clock::manual(Timestamp::from_millis(1_795_228_200_000));
        let sealer = Sealer::new(vec![[7; 32]]).unwrap();
        let allow: TargetAllow = "127.0.0.1".parse().unwrap();
        let catalog = Catalog::open(store.clone(), sealer, allow, clock.clone()).await.unwrap();
        let services = Services::for_tests(store.clone(), catalog, clock.clone());
        let platform = Actor::system();
        let tenant = services.create_tenant(&platform, tenant_draft("acme")).await.unwrap();
        let admin = actor(Role::TenantAdmin, tenant.id);
        Self { services, store, clock, platform, tenant, admin }
    }

    /// Another tenant, and its administrator.
    async fn other(&self) -> (Tenant, Actor) {
        let tenant = self.services.create_tenant(&self.platform, tenant_draft("other")).await.unwrap();
        let admin = actor(Role::TenantAdmin, tenant.id);
        (tenant, admin)
    }

    /// A second instance on the same database.
    async fn instance(&self) -> Catalog {
        let (sealer, allow) = (self.services.catalog.sealer().clone(), self.services.catalog.allow().clone());
        Catalog::open(self.store.clone(), sealer, allow, self.clock.clone()).await.unwrap()
    }
}

fn actor(role: Role, tenant: TenantId) -> Actor {
    let key_id = Some(ApiKeyId::new(Timestamp::default()));
    Actor { key_id, name: format!("a {role}"), role, tenant_id: Some(tenant) }
}

fn tenant_draft(code: &str) -> TenantDraft {
    TenantDraft {
        code: code.to_owned(),
        name: "Name".to_owned(),
        timezone: None,
        enabled: None,
        strict_business_types: None,
    }
}

fn business_type_draft(code: &str) -> BusinessTypeDraft {
    BusinessTypeDraft {
        tenant: None,
        code: code.to_owned(),
        name: "Name".to_owned(),
        enabled: None,
        priority: None,
        lane: None,
    }
}

fn channel_draft(channel_type: ChannelType, config: Value) -> ChannelConfigDraft {
    ChannelConfigDraft {
        tenant: None,
        store_id: None,
        channel_type,
        name: "Name".to_owned(),
        config,
        priority: None,
        enabled: None,
        rate_limit: None,
        on_rate_limit: None,
        time_window: None,
        on_closed_window: None,
        on_unknown: None,
        delivery_mode: None,
        schedule: None,
    }
}

const WEBHOOK: &str = "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef";
const SECRET: &str = "SEC0000000000000000000000000000000000000000000000000000000000a1b2";

fn dingtalk_draft() -> ChannelConfigDraft {
    channel_draft(ChannelType::Dingtalk, json!({"webhook": WEBHOOK, "secret": SECRET}))
}

fn template_draft(content: Value) -> TemplateDraft {
    TemplateDraft {
        tenant: None,
        business_type: "ORDER".to_owned(),
        channel_type: ChannelType::Dingtalk,
        message_type: MessageType::Text,
        name: "Name".to_owned(),
        content,
        locale: None,
        enabled: None,
        sample_data: None,
    }
}

fn first(first: usize) -> PageRequest {
    PageRequest { first, after: None }
}

/// The issues of a refused input: path and code.
#[track_caller]
fn issues<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> Vec<(String, IssueCode)> {
    match result.unwrap_err() {
        ServiceError::Invalid(issues) => issues.into_iter().map(|issue| (issue.path.join("."), issue.code)).collect(),
        other => panic!("expected issues, got {other:?}"),
    }
}

/// One issue.
fn at(path: &str, code: IssueCode) -> Vec<(String, IssueCode)> {
    vec![(path.to_owned(), code)]
}

/// What was not found.
#[track_caller]
fn not_found<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> &'static str {
    match result.unwrap_err() {
        ServiceError::NotFound(what) => what,
        other => panic!("expected not found, got {other:?}"),
    }
}

#[track_caller]
fn forbidden<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> bool {
    matches!(result.unwrap_err(), ServiceError::Forbidden(_))
}
