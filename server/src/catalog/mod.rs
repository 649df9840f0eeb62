//! The configuration as the hot path reads it: in memory, opened and compiled, loaded when first asked for and
//! forgotten when it changes, here at once and on other instances within two seconds.
//!
//! - [`tenant`]: all that is configured for one tenant, and how a message finds its channels and templates
//! - [`keys`]: API keys by their hash; [`secrets`]: secrets within channel configs; [`permits`]: sends under way
//! - [`load`]: from rows to what is cached; [`refresh`]: notices what other instances changed

mod keys;
mod load;
mod permits;
mod refresh;
pub mod rotation;
pub mod secrets;
pub mod tenant;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arc_swap::ArcSwap;
use moka::sync::Cache;
use tokio::sync::{OnceCell, watch};

use self::keys::Keys;
use self::permits::Permits;
pub use self::tenant::{OpenChannel, OpenTemplate, TenantCatalog};
use crate::channels::TargetAllow;
use crate::domain::api_key::ApiKey;
use crate::domain::id::{TemplateId, TenantId};
use crate::domain::settings::Settings;
use crate::domain::time::Clock;
pub use crate::store::revision::Scope;
use crate::store::seal::Sealer;
use crate::store::settings::StoredSettings;
use crate::store::{Store, StoreError, business_type, revision, settings, tenant as tenants};
use crate::templates::Compiled;

/// Tenants kept in memory; who was used least is loaded again when needed.
const MAX_TENANTS: u64 = 10_000;
/// Compiled templates kept, so that a change of a tenant compiles what is new only.
const MAX_COMPILED: u64 = 20_000;

/// The cached configuration. Cheap to clone.
#[derive(Clone)]
pub struct Catalog {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    sealer: Sealer,
    allow: TargetAllow,
    clock: Clock,
    settings: ArcSwap<Settings>,
    settings_version: watch::Sender<u64>,
    tenants: Cache<TenantId, Arc<Slot>>,
    /// Tenants by code. An entry may be out of date: whoever uses it compares.
    codes: Cache<String, TenantId>,
    compiled: Cache<(TemplateId, i32), Result<Compiled, String>>,
    keys: Keys,
    permits: Permits,
    /// The newest revision that [`Catalog::refresh`] has acted on.
    revision: AtomicI64,
}

/// Where a tenant is loaded once, however many ask. A forgotten slot is dropped as a whole, so that what was read
/// before a change is never found after it.
type Slot = OnceCell<Option<Arc<TenantCatalog>>>;

impl Catalog {
    /// Loads the settings, and stores the defaults where there are none yet. Everything else is loaded when it is
    /// first needed.
    ///
    /// # Errors
    /// Where the database doesn't answer, or holds settings of a newer version that can't be read.
    pub async fn open(store: Store, sealer: Sealer, allow: TargetAllow, clock: Clock) -> Result<Self, StoreError> {
        let mut conn = store.read().await?;
        let revision = revision::latest(&mut conn).await?;
        let newest = settings::newest(&mut conn).await?;
        drop(conn);
        let stored = match newest {
            Some(stored) => stored,
            None => first_settings(&store, &clock).await?,
        };
        let inner = Inner {
            store,
            sealer,
            allow,
            clock,
            settings_version: watch::Sender::new(number(stored.version)),
            settings: ArcSwap::from_pointee(stored.settings),
            tenants: Cache::new(MAX_TENANTS),
            codes: Cache::new(MAX_TENANTS),
            compiled: Cache::new(MAX_COMPILED),
            keys: Keys::default(),
            permits: Permits::default(),
            revision: AtomicI64::new(revision),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Drops what is cached of `scope`, so that a change is seen here at once. Settings are read again in the
    /// background; [`Catalog::reload_settings`] waits for it.
    pub fn forget(&self, scope: Scope) {
        match scope {
            Scope::Tenant(id) => self.inner.tenants.invalidate(&id),
            Scope::Keys => self.inner.keys.forget(),
            Scope::Settings => {
                let catalog = self.clone();
                tokio::spawn(async move {
                    if let Err(error) = catalog.reload_settings().await {
                        tracing::warn!(%error, "settings could not be read; the old ones stay in force for now");
                    }
                });
            }
        }
    }

    /// The record of a key that is valid now: known, not revoked, not expired. Notes its use, at most once a minute
    /// and in the background.
    ///
    /// # Errors
    /// Where the key is not cached and the database doesn't answer.
    pub async fn authenticate(&self, presented_key: &str) -> Result<Option<Arc<ApiKey>>, StoreError> {
        self.inner.keys.authenticate(&self.inner.store, &self.inner.clock, presented_key).await
    }

    /// All that is configured for a tenant.
    ///
    /// # Errors
    /// Where it is not cached and the database doesn't answer.
    pub async fn tenant(&self, id: TenantId) -> Result<Option<Arc<TenantCatalog>>, StoreError> {
        let slot = self.inner.tenants.get_with(id, Arc::default);
        let found = slot.get_or_try_init(|| self.inner.load_tenant(id)).await?.clone();
        if found.is_none() {
            // Somebody may create it.
            self.inner.tenants.invalidate(&id);
        }
        Ok(found)
    }

    /// The same by a tenant's id or code, as callers name it.
    ///
    /// # Errors
    /// Where it is not cached and the database doesn't answer.
    pub async fn tenant_by_code_or_id(&self, text: &str) -> Result<Option<Arc<TenantCatalog>>, StoreError> {
        if let Ok(id) = text.parse::<TenantId>()
            && let Some(found) = self.tenant(id).await?
        {
            return Ok(Some(found));
        }
        if let Some(id) = self.inner.codes.get(text)
            && let Some(found) = self.tenant(id).await?
            && found.tenant.code == text
        {
            return Ok(Some(found));
        }
        if text.contains('\0') {
            return Ok(None);
        }
        let mut conn = self.inner.store.read().await?;
        let id = tenants::id_of_code(&mut conn, text).await?;
        drop(conn);
        let Some(id) = id else { return Ok(None) };
        self.inner.codes.insert(text.to_owned(), id);
        self.tenant(id).await
    }

    /// The settings in force.
    pub fn settings(&self) -> Arc<Settings> {
        self.inner.settings.load_full()
    }

    /// Wakes when other settings come into force; the value is their version.
    pub fn settings_changed(&self) -> watch::Receiver<u64> {
        self.inner.settings_version.subscribe()
    }

    /// Puts the newest stored settings in force, if they aren't yet.
    ///
    /// # Errors
    /// Where they can't be read; then the old ones stay.
    pub async fn reload_settings(&self) -> Result<(), StoreError> {
        let mut conn = self.inner.store.read().await?;
        let newest = settings::newest(&mut conn).await?;
        drop(conn);
        if let Some(stored) = newest {
            self.inner.settings_version.send_if_modified(|version| {
                let newer = number(stored.version) > *version;
                if newer {
                    *version = number(stored.version);
                    self.inner.settings.store(Arc::new(stored.settings));
                }
                newer
            });
        }
        Ok(())
    }

    pub fn sealer(&self) -> &Sealer {
        &self.inner.sealer
    }

    /// Networks that channels may reach although they are not public.
    pub fn allow(&self) -> &TargetAllow {
        &self.inner.allow
    }

    /// The green-channel lanes that enabled business types name, each once, in order. Asks the database.
    pub async fn lanes(&self) -> Result<Vec<String>, StoreError> {
        let mut conn = self.inner.store.read().await?;
        business_type::lanes(&mut conn, true).await
    }

    /// The newest revision that this instance has acted on.
    fn seen(&self) -> i64 {
        self.inner.revision.load(Ordering::Acquire)
    }
}

async fn first_settings(store: &Store, clock: &Clock) -> Result<StoredSettings, StoreError> {
    let first = StoredSettings { settings: Settings::default(), version: 1, updated_at: clock.now(), updated_by: None };
    let mut conn = store.write().await?;
    if settings::insert(&mut conn, &first).await? {
        return Ok(first);
    }
    // Another instance starts at the same time.
    Ok(settings::newest(&mut conn).await?.unwrap_or(first))
}

fn number(version: i32) -> u64 {
    u64::try_from(version).unwrap_or(0)
}
