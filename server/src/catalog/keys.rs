//! API keys by their hash. A change of any key forgets all: keys are few and their records small.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use moka::sync::Cache;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use crate::domain::api_key::ApiKey;
use crate::domain::time::{Clock, Timestamp};
use crate::store::{Store, StoreError, api_key};

const MAX_KEYS: u64 = 100_000;
/// Unknown keys are remembered for a moment, so that a caller with a wrong one costs no query per request; not many,
/// since anybody can make them up.
const MAX_UNKNOWN: u64 = 10_000;
const UNKNOWN_FOR: Duration = Duration::from_secs(2);
/// How precise `lastUsedAt` is.
const NOTE_EVERY: Duration = Duration::from_secs(60);
/// Longer than any key: no need to hash it.
const MAX_LENGTH: usize = 512;

type Hash = [u8; 32];

pub(super) struct Keys {
    known: Cache<Hash, Arc<Slot>>,
    unknown: Cache<Hash, u64>,
    /// Grows with each change; what was begun under an older one does not count.
    epoch: AtomicU64,
}

struct Slot {
    epoch: u64,
    key: OnceCell<Option<Known>>,
}

#[derive(Clone)]
struct Known {
    key: Arc<ApiKey>,
    /// Microseconds; when its use was last noted.
    noted: Arc<AtomicI64>,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            known: Cache::new(MAX_KEYS),
            unknown: Cache::builder().max_capacity(MAX_UNKNOWN).time_to_live(UNKNOWN_FOR).build(),
            epoch: AtomicU64::new(0),
        }
    }
}

impl Keys {
    pub(super) fn forget(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.known.invalidate_all();
    }

    pub(super) async fn authenticate(
        &self,
        store: &Store,
        clock: &Clock,
        presented: &str,
    ) -> Result<Option<Arc<ApiKey>>, StoreError> {
        if presented.is_empty() || presented.len() > MAX_LENGTH {
            return Ok(None);
        }
        let hash: Hash = Sha256::digest(presented.as_bytes()).into();
        let epoch = self.epoch.load(Ordering::Acquire);
        if self.unknown.get(&hash) == Some(epoch) {
            return Ok(None);
        }
        let slot = self.slot(hash, epoch);
        let known = slot.key.get_or_try_init(|| load(store, &hash)).await?;
        let Some(known) = known else {
            self.unknown.insert(hash, epoch);
            self.known.invalidate(&hash);
            return Ok(None);
        };
        let now = clock.now();
        if !known.key.valid_at(now) {
            return Ok(None);
        }
        known.note_use(store, now);
        Ok(Some(Arc::clone(&known.key)))
    }

    fn slot(&self, hash: Hash, epoch: u64) -> Arc<Slot> {
        let fresh = || Arc::new(Slot { epoch, key: OnceCell::new() });
        let slot = self.known.get_with(hash, fresh);
        if slot.epoch >= epoch {
            return slot;
        }
        let slot = fresh();
        self.known.insert(hash, Arc::clone(&slot));
        slot
    }
}

async fn load(store: &Store, hash: &Hash) -> Result<Option<Known>, StoreError> {
    let mut conn = store.read().await?;
    let key = api_key::by_hash(&mut conn, hash).await?;
    Ok(key.map(|key| {
        let noted = key.last_used_at.map_or(i64::MIN, |at| at.0);
        Known { key: Arc::new(key), noted: Arc::new(AtomicI64::new(noted)) }
    }))
}

impl Known {
    fn note_use(&self, store: &Store, now: Timestamp) {
        let noted = self.noted.load(Ordering::Relaxed);
        if Timestamp(noted).plus(NOTE_EVERY) > now
            || self.noted.compare_exchange(noted, now.0, Ordering::Relaxed, Ordering::Relaxed).is_err()
        {
            return;
        }
        let (store, id) = (store.clone(), self.key.id);
        tokio::spawn(async move {
            let noted = async {
                let mut conn = store.write().await?;
                api_key::used(&mut conn, id, now).await
            };
            if let Err(error) = noted.await {
                tracing::debug!(%error, key.id = %id, "the use of an API key could not be noted");
            }
        });
    }
}
