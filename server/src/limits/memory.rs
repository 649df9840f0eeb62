//! Limits within this process, for one instance.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;

use super::Reservation;
use super::breakers::Breakers;
use super::expiring::{Ends, ExpiringMap};
use super::sliding::{Request, SlidingLog};
use crate::domain::id::ChannelConfigId;
use crate::domain::time::{Clock, Timestamp};

/// Logs are kept a little longer than they matter, for wishes that were made a moment ago.
const GRACE: Duration = Duration::from_secs(60);

struct Owned {
    by: Box<str>,
    until: Timestamp,
}

impl Ends for SlidingLog {
    fn ends(&self) -> Timestamp {
        Self::ends(self).plus(GRACE)
    }
}

impl Ends for Owned {
    fn ends(&self) -> Timestamp {
        self.until
    }
}

/// See [`super::Limits`] for what each verb promises.
pub struct MemoryLimits {
    clock: Clock,
    logs: ExpiringMap<String, SlidingLog>,
    owners: ExpiringMap<[u8; 32], Owned>,
    leases: Mutex<HashMap<String, Owned>>,
    pauses: Pauses,
    pub breakers: Breakers,
}

impl MemoryLimits {
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            logs: ExpiringMap::new(),
            owners: ExpiringMap::new(),
            leases: Mutex::default(),
            pauses: Pauses::default(),
            breakers: Breakers::default(),
        }
    }

    pub fn reserve(&self, key: &str, request: &Request) -> Reservation {
        self.logs.change(key, self.clock.now(), SlidingLog::default, |log| log.reserve(request))
    }

    pub fn reserve_many(&self, key: &str, request: &Request, n: usize) -> Vec<Reservation> {
        self.logs
            .change(key, self.clock.now(), SlidingLog::default, |log| (0..n).map(|_| log.reserve(request)).collect())
    }

    pub fn peek(&self, key: &str, request: &Request) -> Reservation {
        self.logs.read(key, |log| match log {
            Some(log) => log.peek(request),
            None => SlidingLog::default().peek(request),
        })
    }

    pub fn first_owner(&self, fingerprint: &[u8; 32], owner: &str, ttl: Duration) -> String {
        let now = self.clock.now();
        let mine = || Owned { by: owner.into(), until: now.plus(ttl) };
        self.owners.change(fingerprint, now, mine, |owned| {
            if owned.until <= now {
                *owned = mine();
            }
            owned.by.to_string()
        })
    }

    pub fn peek_owner(&self, fingerprint: &[u8; 32], at: Timestamp) -> Option<String> {
        let at = at.max(self.clock.now());
        self.owners.read(fingerprint, |owned| owned.filter(|owned| owned.until > at).map(|owned| owned.by.to_string()))
    }

    pub fn pause(&self, config: ChannelConfigId, until: Timestamp) {
        self.pauses.lengthen([(config, until)], self.clock.now());
    }

    pub fn lift_pause(&self, config: ChannelConfigId) {
        self.pauses.lift(&[config]);
    }

    pub fn paused_until(&self, config: ChannelConfigId, now: Timestamp) -> Option<Timestamp> {
        self.pauses.until(config, now)
    }

    pub fn try_lease(&self, name: &str, holder: &str, ttl: Duration) -> bool {
        let now = self.clock.now();
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        let free = leases.get(name).is_none_or(|lease| lease.until <= now || &*lease.by == holder);
        if free {
            leases.retain(|_, lease| lease.until > now);
            leases.insert(name.to_owned(), Owned { by: holder.into(), until: now.plus(ttl) });
        }
        free
    }
}

/// Which configs are paused, for reading by every worker before every send.
#[derive(Default)]
pub struct Pauses(ArcSwap<HashMap<ChannelConfigId, Timestamp>>);

impl Pauses {
    /// Adds pauses or makes them longer, never shorter; those that ended before `now` are forgotten.
    pub fn lengthen(&self, pauses: impl IntoIterator<Item = (ChannelConfigId, Timestamp)>, now: Timestamp) {
        let pauses: Vec<_> = pauses.into_iter().collect();
        let known = self.0.load();
        let nothing_new = pauses.iter().all(|(config, until)| known.get(config).is_some_and(|held| held >= until));
        if nothing_new && known.values().all(|&until| until > now) {
            return;
        }
        self.0.rcu(|known| {
            let mut longer = HashMap::clone(known);
            longer.retain(|_, until| *until > now);
            for &(config, until) in pauses.iter().filter(|(_, until)| *until > now) {
                let held = longer.entry(config).or_insert(until);
                *held = until.max(*held);
            }
            longer
        });
    }

    /// Ends the pauses of these configs, whether they have any or not.
    pub fn lift(&self, configs: &[ChannelConfigId]) {
        if configs.iter().all(|config| !self.0.load().contains_key(config)) {
            return;
        }
        self.0.rcu(|known| {
            let mut fewer = HashMap::clone(known);
            fewer.retain(|config, _| !configs.contains(config));
            fewer
        });
    }

    pub fn until(&self, config: ChannelConfigId, now: Timestamp) -> Option<Timestamp> {
        self.0.load().get(&config).copied().filter(|&until| until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_owners_and_pauses_do_not_pile_up() {
        let clock = Clock::manual(Timestamp(0));
        let limits = MemoryLimits::new(clock.clone());
        for number in 0u64..20_000 {
            clock.advance(Duration::from_secs(1));
            let earliest = clock.now().0;
            limits.reserve(&number.to_string(), &Request { count: 5, window: 1_000_000, earliest, latest: i64::MAX });
            let mut fingerprint = [0; 32];
            fingerprint[..8].copy_from_slice(&number.to_be_bytes());
            limits.first_owner(&fingerprint, "me", Duration::from_secs(60));
            limits.try_lease(&number.to_string(), "me", Duration::from_secs(60));
            limits.pause(ChannelConfigId::new(clock.now()), clock.now().plus(Duration::from_secs(60)));
        }
        assert!(limits.logs.len() < 5_000, "{}", limits.logs.len());
        assert!(limits.owners.len() < 5_000, "{}", limits.owners.len());
        assert!(limits.leases.lock().unwrap().len() <= 60);
        assert!(limits.pauses.0.load().len() <= 60);
    }
}
