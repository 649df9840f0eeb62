//! The breakers of all configs as this process knows them: read by every worker before every send, so reading costs
//! nothing. A config without an entry has a closed breaker that has seen no failure; mostly there are no entries at all.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
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
    counting: Mutex<HashMap<ChannelConfigId, Counting>>,
    /// How many entries `counting` has.
    counted: AtomicUsize,
}

/// Failures of a config that happened and are not counted yet, which may take a round trip.
#[derive(Default)]
struct Counting {
    failures: usize,
    /// Answers of the provider since the first of them.
    answers: u64,
}

/// Stands for a failure until it is counted.
pub struct Failing<'a> {
    breakers: &'a Breakers,
    config: ChannelConfigId,
    answers: u64,
}

impl Failing<'_> {
    /// Whether the provider has answered since this failure: then the row that it was part of has ended.
    pub fn answered_since(&self) -> bool {
        self.breakers.counting().get(&self.config).is_some_and(|counting| counting.answers != self.answers)
    }
}

impl Drop for Failing<'_> {
    fn drop(&mut self) {
        let mut all = self.breakers.counting();
        if let Some(counting) = all.get_mut(&self.config) {
            counting.failures -= 1;
            if counting.failures == 0 {
                all.remove(&self.config);
            }
        }
        self.breakers.counted.store(all.len(), Ordering::Release);
    }
}

impl Breakers {
    fn counting(&self) -> MutexGuard<'_, HashMap<ChannelConfigId, Counting>> {
        self.counting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To be held from when a failure is known until it is counted.
    pub fn failing(&self, config: ChannelConfigId) -> Failing<'_> {
        let mut all = self.counting();
        let counting = all.entry(config).or_default();
        counting.failures += 1;
        let answers = counting.answers;
        self.counted.store(all.len(), Ordering::Release);
        Failing { breakers: self, config, answers }
    }

    /// The provider answered: what fails from now on begins a new row. Costs nothing while no failure is being counted.
    pub fn answered(&self, config: ChannelConfigId) {
        if self.counted.load(Ordering::Acquire) > 0
            && let Some(counting) = self.counting().get_mut(&config)
        {
            counting.answers += 1;
        }
    }

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
