//! How many sends of a channel config may be under way at once. A config that is read again keeps its permits as long
//! as any is in use, so that a change of something else does not let twice as many through.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Semaphore;

use crate::domain::id::ChannelConfigId;

#[derive(Default)]
pub(super) struct Permits {
    of: Mutex<HashMap<ChannelConfigId, (usize, Weak<Semaphore>)>>,
}

impl Permits {
    /// The permits of a config, `limit` in all. Another limit makes new ones.
    pub(super) fn of(&self, id: ChannelConfigId, limit: usize) -> Arc<Semaphore> {
        let limit = limit.clamp(1, Semaphore::MAX_PERMITS);
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((held, permits)) = of.get(&id)
            && *held == limit
            && let Some(permits) = permits.upgrade()
        {
            return permits;
        }
        if of.len() == of.capacity() {
            of.retain(|_, (_, permits)| permits.strong_count() > 0);
        }
        let permits = Arc::new(Semaphore::new(limit));
        of.insert(id, (limit, Arc::downgrade(&permits)));
        permits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    #[test]
    fn a_config_keeps_its_permits_while_they_are_held_and_its_limit_is_the_same() {
        let permits = Permits::default();
        let id = ChannelConfigId::new(Timestamp::default());
        let held = permits.of(id, 2);
        assert!(Arc::ptr_eq(&held, &permits.of(id, 2)));
        let other = permits.of(id, 3);
        assert!(!Arc::ptr_eq(&held, &other));
        assert_eq!(other.available_permits(), 3);
        assert!(!Arc::ptr_eq(&other, &permits.of(ChannelConfigId::new(Timestamp::default()), 3)));
    }

    #[test]
    fn what_nobody_holds_is_not_kept() {
        let permits = Permits::default();
        for _ in 0..1000 {
            permits.of(ChannelConfigId::new(Timestamp::default()), 1);
        }
        assert!(permits.of.lock().unwrap().len() < 10);
    }
}
