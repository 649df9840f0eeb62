//! The breakers of all configs as this process knows them: read by every worker before every send, so reading costs
//! nothing. A config without an entry has a closed breaker that has seen no failure; mostly there are no entries at all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;

use crate::domain::breaker::Breaker;
use crate::domain::id::ChannelConfigId;

/// A breaker with the text that it is stored as.
#[derive(Debug, PartialEq, Eq)]
pub struct Known {
    pub text: String,
    pub breaker: Breaker,
}

/// Breakers by config.
pub type ByConfig = HashMap<ChannelConfigId, Arc<Known>>;

/// A change that was made.
#[derive(Debug, PartialEq, Eq)]
pub struct Changed {
    pub before: Breaker,
    pub after: Breaker,
}

/// See the module.
#[derive(Default)]
pub struct Breakers {
    known: ArcSwap<ByConfig>,
    /// Held while `known` is replaced: how often it was changed from here.
    changes: Mutex<u64>,
}

impl Breakers {
    pub fn all(&self) -> Arc<ByConfig> {
        self.known.load_full()
    }

    pub fn get(&self, config: ChannelConfigId) -> Option<Arc<Known>> {
        self.known.load().get(&config).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes a breaker here only. `change` gives none where there is nothing to change.
    pub fn change(&self, config: ChannelConfigId, change: impl Fn(&Breaker) -> Option<Breaker>) -> Option<Changed> {
        let mut changes = self.lock();
        let before = self.get(config).map(|known| known.breaker.clone()).unwrap_or_default();
        let after = change(&before)?;
        self.put(&mut changes, config, &stored(&after));
        Some(Changed { before, after })
    }

    /// Takes over what is stored for a config; what can't be read counts as nothing.
    pub fn set(&self, config: ChannelConfigId, text: &str) {
        let mut changes = self.lock();
        self.put(&mut changes, config, text);
    }

    fn put(&self, changes: &mut u64, config: ChannelConfigId, text: &str) {
        let mut all = ByConfig::clone(&self.known.load());
        match known(text) {
            Some(known) => all.insert(config, Arc::new(known)),
            None => all.remove(&config),
        };
        self.known.store(Arc::new(all));
        *changes += 1;
    }

    /// To be asked before all breakers are read anew.
    pub fn changes(&self) -> u64 {
        *self.lock()
    }

    /// Takes over all that is stored, unless something was changed from here since `changes` was asked for: then what was
    /// read may be older than that.
    pub fn replace(&self, stored: impl Iterator<Item = (ChannelConfigId, String)>, changes: u64) {
        let all: ByConfig = stored.filter_map(|(config, text)| Some((config, Arc::new(known(&text)?)))).collect();
        let now = self.lock();
        if *now == changes && **self.known.load() != all {
            self.known.store(Arc::new(all));
        }
    }
}

/// How a breaker is stored; empty where it need not be.
pub fn stored(breaker: &Breaker) -> String {
    if *breaker == Breaker::default() {
        return String::new();
    }
    serde_json::to_string(breaker).unwrap_or_default()
}

fn known(text: &str) -> Option<Known> {
    let breaker = serde_json::from_str(text).ok()?;
    Some(Known { text: text.to_owned(), breaker })
}
