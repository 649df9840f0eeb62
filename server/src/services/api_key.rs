//! API keys: made with a random secret that is shown once, and the key that a fresh installation starts with.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::input::{Checks, MAX_NAME};
use super::{ServiceError, Services};
use crate::catalog::Scope;
use crate::domain::actor::{Action, Actor};
use crate::domain::api_key::ApiKey;
use crate::domain::chance::secret_bytes;
use crate::domain::enums::Role;
use crate::domain::id::{ApiKeyId, TenantId};
use crate::domain::issue::{Issue, IssueCode};
use crate::domain::time::{Clock, Timestamp};
use crate::store::{Store, StoreError, api_key, revision};

/// An API key as its maker describes it.
#[derive(Debug, Clone)]
pub struct ApiKeyDraft {
    pub name: String,
    /// A tenant's id or code; needed only with a platform key, and never for a platform key.
    pub tenant: Option<String>,
    pub role: Role,
    pub expires_at: Option<Timestamp>,
}

/// The name of the key that the platform starts with.
const BOOTSTRAP: &str = "bootstrap";
/// Fewer characters could be guessed.
const MIN_BOOTSTRAP: usize = 16;
const MAX_BOOTSTRAP: usize = 512;
/// Characters of a key that are shown.
const PREFIX: usize = 10;

const NOT_FOUND: ServiceError = ServiceError::NotFound("API key");

impl Services {
    /// Newest first, revoked and expired ones too; with a platform key and no tenant named, every tenant's and the
    /// platform's own.
    pub async fn api_keys(&self, actor: &Actor, tenant: Option<String>) -> Result<Vec<ApiKey>, ServiceError> {
        Self::require(actor, Action::ManageKeys)?;
        let tenant = self.tenant_scope(actor, tenant.as_deref()).await?;
        let mut conn = self.store.read().await?;
        Ok(api_key::list(&mut conn, tenant).await?)
    }

    pub async fn api_key(&self, actor: &Actor, id: ApiKeyId) -> Result<Option<ApiKey>, ServiceError> {
        Self::require(actor, Action::ManageKeys)?;
        let mut conn = self.store.read().await?;
        Ok(api_key::by_id(&mut conn, id).await?.filter(|key| sees(actor, key)))
    }

    /// The new key's record, and the key itself: it can't be shown again.
    pub async fn create_api_key(&self, actor: &Actor, draft: ApiKeyDraft) -> Result<(ApiKey, String), ServiceError> {
        Self::require(actor, Action::ManageKeys)?;
        let tenant_id = self.tenant_of_new(actor, &draft).await?;
        let now = self.clock.now();
        let mut checks = Checks::default();
        let name = checks.text("input.name", &draft.name, MAX_NAME);
        if tenant_id.is_none() && name == BOOTSTRAP {
            checks.add(Issue::new("input.name", IssueCode::Taken, "this name is for the key of the start"));
        }
        if draft.expires_at.is_some_and(|end| end <= now) {
            checks.add(Issue::invalid("input.expiresAt", "must be in the future"));
        }
        checks.finish()?;
        let secret = new_secret();
        let key = ApiKey { expires_at: draft.expires_at, ..record(name, tenant_id, draft.role, &secret, now) };
        let mut conn = self.store.begin().await?;
        revision::bump(&mut conn, Scope::Keys).await?;
        api_key::insert(&mut conn, &key, &hash(&secret)).await?;
        conn.commit().await?;
        self.catalog.forget(Scope::Keys);
        Ok((key, secret))
    }

    async fn tenant_of_new(&self, actor: &Actor, draft: &ApiKeyDraft) -> Result<Option<TenantId>, ServiceError> {
        if draft.role != Role::PlatformAdmin {
            let tenant = self.tenant_for(actor, draft.tenant.as_deref(), "input.tenantId").await?;
            return Ok(Some(tenant.tenant.id));
        }
        if actor.role != Role::PlatformAdmin {
            return Err(ServiceError::Forbidden(format!("the role {} may not make platform keys", actor.role)));
        }
        if draft.tenant.as_deref().is_some_and(|tenant| !tenant.is_empty()) {
            let message = "a PLATFORM_ADMIN key belongs to no tenant";
            return Err(Issue::new("input.tenantId", IssueCode::Conflict, message).into());
        }
        Ok(None)
    }

    /// Makes a key invalid, everywhere within two seconds. One that is revoked already stays as it is.
    pub async fn revoke_api_key(&self, actor: &Actor, id: ApiKeyId) -> Result<ApiKey, ServiceError> {
        Self::require(actor, Action::ManageKeys)?;
        let mut conn = self.store.begin().await?;
        revision::bump(&mut conn, Scope::Keys).await?;
        let before = api_key::by_id(&mut conn, id).await?.filter(|key| sees(actor, key)).ok_or(NOT_FOUND)?;
        if before.revoked_at.is_some() {
            return Ok(before);
        }
        let now = self.clock.now();
        api_key::revoke(&mut conn, id, now).await?;
        conn.commit().await?;
        self.catalog.forget(Scope::Keys);
        Ok(ApiKey { revoked_at: Some(now), ..before })
    }
}

fn sees(actor: &Actor, key: &ApiKey) -> bool {
    actor.tenant_id.is_none() || actor.tenant_id == key.tenant_id
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// `ph_` and 256 random bits.
fn new_secret() -> String {
    format!("ph_{}", URL_SAFE_NO_PAD.encode(secret_bytes::<32>()))
}

fn record(name: String, tenant_id: Option<TenantId>, role: Role, secret: &str, now: Timestamp) -> ApiKey {
    // Of a key that somebody chose, and that may be short, no more than a quarter.
    let shown = PREFIX.min(secret.chars().count() / 4);
    ApiKey {
        id: ApiKeyId::new(now),
        name,
        tenant_id,
        role,
        prefix: secret.chars().take(shown).collect(),
        created_at: now,
        last_used_at: None,
        expires_at: None,
        revoked_at: None,
    }
}

/// Why there is no key to start with. Never repeats the key.
#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    #[error("POSTHORN_BOOTSTRAP_KEY must have 16 to 512 visible ASCII characters")]
    Unfit,
    #[error("POSTHORN_BOOTSTRAP_KEY is the key of a tenant already: choose another")]
    OfTenant,
    #[error("the first API key could not be shown: {0}")]
    NotShown(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Looks whether `given` is fit to be a key.
///
/// # Errors
/// Where it isn't.
pub fn check_bootstrap_key(given: Option<&str>) -> Result<(), BootstrapError> {
    let fit = |given: &str| {
        let visible = given.bytes().all(|byte| byte.is_ascii_graphic());
        visible && (MIN_BOOTSTRAP..=MAX_BOOTSTRAP).contains(&given.len())
    };
    if given.is_none_or(fit) { Ok(()) } else { Err(BootstrapError::Unfit) }
}

/// Sees to it that somebody can log in. With `given`, that key exists, is valid and is the only valid one named
/// "bootstrap"; without, and where no platform key was ever made, one is made and given to `show`. That comes before it
/// is stored: whatever ends the process in between, nobody is locked out by a key that nobody saw.
/// Safe when several instances start at once.
///
/// # Errors
/// Where `given` is not fit to be a key, `show` fails (then no key is made), or the database doesn't answer.
pub async fn ensure_bootstrap_key(
    store: &Store,
    clock: &Clock,
    given: Option<&str>,
    show: impl FnOnce(&str) -> Result<(), String>,
) -> Result<(), BootstrapError> {
    check_bootstrap_key(given)?;
    let now = clock.now();
    let mut conn = store.begin().await?;
    // Without a change, the transaction is rolled back, and nobody forgets anything.
    revision::bump(&mut conn, Scope::Keys).await?;
    let platform = api_key::of_role(&mut conn, Role::PlatformAdmin).await?;
    let Some(given) = given else {
        if !platform.is_empty() {
            return Ok(());
        }
        let secret = new_secret();
        let key = record(BOOTSTRAP.to_owned(), None, Role::PlatformAdmin, &secret, now);
        api_key::insert(&mut conn, &key, &hash(&secret)).await?;
        show(&secret).map_err(BootstrapError::NotShown)?;
        return Ok(conn.commit().await?);
    };
    let mut changed = false;
    let present = match api_key::by_hash(&mut conn, &hash(given)).await? {
        Some(key) if key.role != Role::PlatformAdmin => return Err(BootstrapError::OfTenant),
        Some(key) => {
            if !key.valid_at(now) {
                api_key::restore(&mut conn, key.id).await?;
                changed = true;
            }
            key.id
        }
        None => {
            let key = record(BOOTSTRAP.to_owned(), None, Role::PlatformAdmin, given, now);
            api_key::insert(&mut conn, &key, &hash(given)).await?;
            changed = true;
            key.id
        }
    };
    for old in platform {
        if old.name == BOOTSTRAP && old.id != present && old.revoked_at.is_none() {
            api_key::revoke(&mut conn, old.id, now).await?;
            changed = true;
        }
    }
    if changed {
        conn.commit().await?;
    }
    Ok(())
}
