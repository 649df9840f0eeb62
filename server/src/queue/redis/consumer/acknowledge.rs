//! The task that acknowledges: it tells Redis what is done, and gives back what was not handed out.

use std::sync::Arc;

use bytes::Bytes;
use fred::error::Error;
use fred::types::Value;
use futures::future::join_all;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::{Desk, LAST_PATIENCE, Trouble};
use crate::queue::job::PRIORITIES;
use crate::queue::redis::{CHUNK, GROUP};

/// What a worker's handlers and its backend tell the acknowledging task.
pub(super) enum Note {
    Done {
        priority: usize,
        id: String,
    },
    /// Fetched and not handed out.
    GiveBack {
        priority: usize,
        id: String,
        stored: Vec<u8>,
    },
}

impl Desk {
    /// Acknowledges what is done: whatever comes in during one call goes into the next, without timers.
    pub(super) async fn acknowledge_on(self: Arc<Self>, mut noted: mpsc::Receiver<Note>) {
        let mut notes = Vec::with_capacity(CHUNK);
        let mut trouble = Trouble::default();
        let mut give_up_at = None;
        while noted.recv_many(&mut notes, CHUNK).await > 0 {
            loop {
                let Err(error) = self.write(&notes).await else {
                    trouble.over(&self.lane);
                    break;
                };
                let wait = trouble.wait(&self.lane, &error);
                if !self.pause(wait).await {
                    let give_up_at = *give_up_at.get_or_insert_with(|| self.instant() + LAST_PATIENCE);
                    if self.instant() >= give_up_at {
                        break;
                    }
                    sleep(wait).await;
                }
            }
            let mut in_hand = self.in_hand();
            for note in notes.drain(..) {
                let (Note::Done { priority, id } | Note::GiveBack { priority, id, .. }) = note;
                in_hand.remove(&(priority, id));
            }
        }
        // Every hand, the fetching task and the source are gone: nobody will ask for this consumer again.
        let shared = self.shared();
        let args = vec![GROUP.into(), self.name.clone().into()];
        let _ = shared.scripts.leave.run(&shared.client, self.keys.streams.clone(), args).await;
    }

    async fn write(&self, notes: &[Note]) -> Result<(), Error> {
        let shared = self.shared();
        let mut done: [Vec<Value>; PRIORITIES] = Default::default();
        let mut back: [Vec<Value>; PRIORITIES] = Default::default();
        for note in notes {
            match note {
                Note::Done { priority, id } => done[*priority].push(id.as_str().into()),
                Note::GiveBack { priority, id, stored } => {
                    back[*priority].push(id.as_str().into());
                    back[*priority].push(Value::from(Bytes::copy_from_slice(stored)));
                }
            }
        }
        let scripts = [(&shared.scripts.acknowledge, done), (&shared.scripts.give_back, back)];
        let calls = scripts.into_iter().flat_map(|(script, lists)| {
            lists.into_iter().zip(&self.keys.streams).filter(|(list, _)| !list.is_empty()).map(move |(list, stream)| {
                let args = std::iter::once(GROUP.into()).chain(list).collect();
                script.run(&shared.client, vec![stream.clone()], args)
            })
        });
        join_all(calls).await.into_iter().try_for_each(|answer| answer.map(drop))
    }
}
