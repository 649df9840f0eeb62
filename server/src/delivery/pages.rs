//! Whose page of a bulk job comes next: a few are under way at once, one of each tenant, by turns of tenants and then of a
//! tenant's jobs. So neither slow jobs nor many of them hold up those of others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::domain::id::TenantId;

/// Where the pages of all jobs wait. Whoever waits is served in the order of asking.
pub struct Pages {
    places: Arc<Semaphore>,
    /// Jobs over every tenant are like one tenant's.
    tenants: Mutex<HashMap<Option<TenantId>, Arc<tokio::sync::Mutex<()>>>>,
}

/// Leave for one page, until it is dropped.
pub struct Leave {
    _of_tenant: OwnedMutexGuard<()>,
    _place: OwnedSemaphorePermit,
}

impl Pages {
    pub fn new(at_once: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(at_once)), tenants: Mutex::default() }
    }

    /// Waits for leave; none where there will be none any more.
    pub async fn next(&self, tenant: Option<TenantId>) -> Option<Leave> {
        let line = {
            let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
            // Those that nobody waits in.
            tenants.retain(|_, line| Arc::strong_count(line) > 1);
            Arc::clone(tenants.entry(tenant).or_default())
        };
        let of_tenant = line.lock_owned().await;
        let place = Arc::clone(&self.places).acquire_owned().await.ok()?;
        Some(Leave { _of_tenant: of_tenant, _place: place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    #[tokio::test]
    async fn a_tenants_many_jobs_hold_up_nobody_elses() {
        let pages = Arc::new(Pages::new(2));
        let tenants: Vec<_> = (1..=3).map(|number| TenantId::new(Timestamp::from_millis(number))).collect();
        let order = Arc::new(Mutex::new(Vec::new()));
        let first = [pages.next(Some(tenants[0])).await, pages.next(None).await];
        let mut waiting = tokio::task::JoinSet::new();
        let asked = [0; 20].into_iter().chain([1, 1, 2]);
        for number in asked {
            let (pages, order, tenant) = (Arc::clone(&pages), Arc::clone(&order), tenants[number]);
            waiting.spawn(async move {
                let _leave = pages.next(Some(tenant)).await.unwrap();
                order.lock().unwrap().push(number);
                tokio::task::yield_now().await;
            });
            tokio::task::yield_now().await;
        }
        assert!(order.lock().unwrap().is_empty(), "both places are taken");
        drop(first);
        waiting.join_all().await;
        let order = order.lock().unwrap().clone();
        assert_eq!(order.len(), 23);
        let last = |number| order.iter().rposition(|its| *its == number).unwrap();
        assert!(last(1) <= 6 && last(2) <= 6, "{order:?}");
        drop(pages.next(None).await);
        assert_eq!(pages.tenants.lock().unwrap().len(), 1, "those that nobody waits in are forgotten");
    }
}
