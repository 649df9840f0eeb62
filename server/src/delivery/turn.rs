//! A channel config's turns: how many of its tasks may be under way at once, and how many wait for that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use crate::catalog::OpenChannel;
use crate::domain::id::ChannelConfigId;

/// How long a claimed task waits for its config's turn before it is handed back.
pub(super) const TURN_PATIENCE: Duration = Duration::from_secs(2);

/// Who waits for which config's turn.
#[derive(Clone, Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<ChannelConfigId, usize>>>);

impl Turns {
    /// The config's turn, waited for a moment; no more wait at once than the `most` that may send at once, so that one
    /// slow provider does not hold all hands of its lane.
    pub(super) async fn take(&self, open: &OpenChannel, most: usize) -> Option<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&open.permits).try_acquire_owned() {
            return Some(permit);
        }
        let _waiting = self.wait(open.config.id, most)?;
        tokio::time::timeout(TURN_PATIENCE, Arc::clone(&open.permits).acquire_owned()).await.ok()?.ok()
    }

    /// None where `most` wait already.
    fn wait(&self, id: ChannelConfigId, most: usize) -> Option<Waiting<'_>> {
        let mut waiting = self.lock();
        let waiting = waiting.entry(id).or_default();
        (*waiting < most).then(|| {
            *waiting += 1;
            Waiting { turns: self, id }
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ChannelConfigId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task that waits for its config's turn, while it lives.
struct Waiting<'t> {
    turns: &'t Turns,
    id: ChannelConfigId,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut waiting = self.turns.lock();
        if let Some(number) = waiting.get_mut(&self.id) {
            *number = number.saturating_sub(1);
            if *number == 0 {
                waiting.remove(&self.id);
            }
        }
    }
}
