//! What all subscriptions share, so that thousands of them cost little: one look a second at each key, and reads of the
//! database in batches.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::session::Session;
use crate::domain::id::{ApiKeyId, MessageId};
use crate::domain::message::Message;
use crate::domain::task::Task;
use crate::services::Services;
use crate::store::batch::{BatchLimits, Batcher};

/// How often a subscriber's key is looked at again: revocation is in force within two seconds, the cache included.
const KEY_CHECK: Duration = Duration::from_secs(1);

/// Shared by all subscriptions of this process. Cheap to clone.
#[derive(Clone)]
pub(super) struct Live {
    keys: Arc<Mutex<HashMap<ApiKeyId, watch::Receiver<bool>>>>,
    pub messages: Batcher<MessageId, Option<Message>>,
    pub tasks: Batcher<MessageId, Vec<Task>>,
}

impl Live {
    pub fn new(services: &Services) -> Self {
        let (of_messages, of_tasks) = (services.clone(), services.clone());
        let messages = Batcher::spawn(
            BatchLimits { items: 256, bytes: usize::MAX, parallel: 2, patient: false },
            |_| 1,
            move |ids: Arc<Vec<MessageId>>| {
                let services = of_messages.clone();
                async move {
                    let found = services.messages_by_id(&ids).await?;
                    Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
                }
            },
        );
        // Tasks bring their bodies along, so fewer at once.
        let tasks = Batcher::spawn(
            BatchLimits { items: 32, bytes: usize::MAX, parallel: 2, patient: false },
            |_| 1,
            move |ids: Arc<Vec<MessageId>>| {
                let services = of_tasks.clone();
                async move {
                    let found = services.tasks_of(&ids).await?;
                    Ok(ids.iter().map(|id| found.get(id).cloned().unwrap_or_default()).collect())
                }
            },
        );
        Self { keys: Arc::default(), messages, tasks }
    }

    /// Turns false when the session's key is no longer valid. However many watch with one key, it is looked at once.
    pub fn validity(&self, services: &Services, session: &Arc<Session>) -> watch::Receiver<bool> {
        let Some(id) = session.actor.key_id else { return watch::channel(true).1 };
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(valid) = keys.get(&id) {
            return valid.clone();
        }
        let (sender, valid) = watch::channel(true);
        keys.insert(id, valid.clone());
        tokio::spawn(look_after(self.clone(), services.clone(), Arc::clone(session), id, sender));
        valid
    }
}

/// Looks at a key for as long as somebody watches with it.
async fn look_after(live: Live, services: Services, session: Arc<Session>, id: ApiKeyId, sender: watch::Sender<bool>) {
    loop {
        sleep(KEY_CHECK).await;
        let valid = session.still_valid(&services).await;
        let mut keys = live.keys.lock().unwrap_or_else(PoisonError::into_inner);
        // The one that is left is in the table.
        if !valid || sender.receiver_count() <= 1 {
            keys.remove(&id);
            sender.send_replace(valid);
            return;
        }
    }
}
