//! The task that keeps house: it moves what has become due, says what is still in hand, and removes consumers that are
//! gone. It goes on while the worker's hands are full.

use std::sync::Arc;
use std::time::Duration;

use fred::error::Error;
use fred::types::Value;

use super::Desk;
use crate::queue::job::PRIORITIES;
use crate::queue::redis::{CHUNK, GROUP, number};

/// How often jobs for later are looked at when the next is not due before.
const PROMOTE_EVERY: Duration = Duration::from_millis(100);
/// Consumers that were silent for this long and hold nothing are removed.
const FORGET_AFTER: Duration = Duration::from_secs(600);

impl Desk {
    /// Moves what has become due, says what is still in hand, and removes consumers that are gone.
    pub(super) async fn keep_house(self: Arc<Self>) {
        let (keep_every, now) = (self.shared().options.reclaim_after / 3, self.instant());
        let (mut keep_at, mut forget_at) = (now + keep_every, now);
        let mut wait = Duration::ZERO;
        while self.pause(wait).await {
            wait = self.promote().await.unwrap_or(10 * PROMOTE_EVERY);
            if keep_at <= self.instant() && self.keep().await.is_ok() {
                keep_at = self.instant() + keep_every;
            }
            if forget_at <= self.instant() && self.forget().await.is_ok() {
                forget_at = self.instant() + FORGET_AFTER / 2;
            }
        }
    }

    /// Moves jobs that have become due, and returns how long to wait for the next.
    async fn promote(&self) -> Result<Duration, Error> {
        let shared = self.shared();
        loop {
            let now = shared.clock.now();
            let mut args = self.queue.put_args();
            args.extend([now.0.into(), Value::from(CHUNK.to_string())]);
            let answer = shared.scripts.promote.run(&shared.client, self.keys.all_but_dead(), args).await?;
            let answer = answer.into_array();
            let moved = answer.first().map(number).unwrap_or(0);
            let next = answer.get(1).and_then(Value::as_str).and_then(|due| due.parse::<f64>().ok());
            let next = next.map(|due| Duration::from_micros((due - now.0 as f64).max(0.0) as u64));
            match next {
                Some(wait) if wait.is_zero() && moved >= CHUNK / 4 => {}
                // Due, but the lane has room for a few at most.
                Some(wait) if wait.is_zero() => return Ok(PROMOTE_EVERY),
                // A timer's millisecond more, so that it is not woken just too early.
                Some(wait) => return Ok((wait + Duration::from_micros(500)).min(PROMOTE_EVERY)),
                None => return Ok(PROMOTE_EVERY),
            }
        }
    }

    /// Tells the others that what has been in hand for long still is.
    async fn keep(&self) -> Result<(), Error> {
        let shared = self.shared();
        let mut slow: [Vec<Value>; PRIORITIES] = Default::default();
        for ((priority, id), since) in self.in_hand().iter() {
            if shared.clock.since(*since) >= shared.options.reclaim_after / 4 {
                slow[*priority].push(id.as_str().into());
            }
        }
        for (ids, stream) in slow.into_iter().zip(&self.keys.streams) {
            for ids in ids.chunks(CHUNK) {
                let start = [GROUP.into(), self.name.as_str().into(), "0".into()];
                let args = start.into_iter().chain(ids.iter().cloned()).chain(["JUSTID".into()]).collect();
                shared.scripts.keep.run(&shared.client, vec![stream.clone()], args).await?;
            }
        }
        Ok(())
    }

    async fn forget(&self) -> Result<(), Error> {
        let shared = self.shared();
        let args = vec![GROUP.into(), Value::from(FORGET_AFTER.as_millis().to_string())];
        shared.scripts.forget.run(&shared.client, self.keys.streams.clone(), args).await.map(drop)
    }
}
