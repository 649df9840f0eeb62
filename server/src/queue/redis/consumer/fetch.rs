//! What a worker asks Redis for: new jobs, those whose delivery it missed, and those that others have not kept.

use std::collections::HashSet;
use std::time::Instant;

use fred::clients::Client;
use fred::error::Error;
use fred::interfaces::{ClientLike, StreamsInterface};
use fred::types::Value;

use super::held::Waits;
use super::turns::Turns;
use super::{BLOCK, Desk, RECOVER_EVERY};
use crate::queue::job::PRIORITIES;
use crate::queue::redis::entry::{Entry, Fetched};
use crate::queue::redis::{GROUP, impatient};

/// What the fetching task does now and then.
pub(super) struct Rounds {
    pub(super) reclaim_at: Instant,
    pub(super) recover_at: Option<Instant>,
    pub(super) recover_until: Instant,
    pub(super) turns: Turns,
}

impl Desk {
    /// What there is to do.
    pub(super) async fn fetch(&self, want: usize, rounds: &mut Rounds) -> Result<Fetched, Error> {
        let now = self.instant();
        if rounds.recover_at.is_some_and(|at| at <= now) {
            let known = self.known();
            let mut missed = self.read(usize::from(u16::MAX), "0", (0, 0)).await?.entries;
            missed.retain(|entry| !known.contains(&(entry.priority, entry.id.clone())));
            if missed.len() <= want {
                rounds.recover_at = Some(now + RECOVER_EVERY).filter(|at| *at < rounds.recover_until);
            }
            missed.truncate(want);
            if !missed.is_empty() {
                tracing::info!(lane = %self.lane, jobs = missed.len(), "found jobs whose delivery was missed");
                return Ok(missed.into());
            }
        }
        if rounds.reclaim_at <= now {
            let known = self.known();
            let mut left = self.reclaim(want).await?;
            if left.len() < want {
                rounds.reclaim_at = now + self.shared().options.reclaim_after / 3;
            }
            // What is still in hand here has only been slow.
            left.retain(|entry| !known.contains(&(entry.priority, entry.id.clone())));
            if !left.is_empty() {
                tracing::info!(lane = %self.lane, jobs = left.len(), "took over jobs that nobody kept");
                return Ok(left.into());
            }
        }
        let kept = rounds.turns.kept(want);
        let fetched = self.read(want, ">", kept).await?;
        rounds.turns.brought(fetched.entries.len(), want, kept.0);
        self.held.waits(Waits::after(&fetched, want));
        Ok(fetched)
    }

    /// What is in hand now. To be asked before Redis is: what is acknowledged meanwhile would seem to be unknown.
    fn known(&self) -> HashSet<(usize, String)> {
        self.in_hand().keys().cloned().collect()
    }

    /// Reads new jobs (`>`), or what this consumer holds already (`0`), by priority, but for those that are kept for others.
    async fn read(&self, want: usize, from: &str, kept: (usize, usize)) -> Result<Fetched, Error> {
        let shared = self.shared();
        let mut args = vec![GROUP.into(), self.name.as_str().into(), Value::from(want.to_string()), from.into()];
        args.extend([kept.0, kept.1].map(|number| Value::from(number.to_string())));
        match self.held.rooms(want) {
            None => args.push("-1".into()),
            Some((usual, fewer)) => {
                args.push(usual.to_string().into());
                let pairs = fewer.into_iter().flat_map(|(share, room)| [share.simple().to_string(), room.to_string()]);
                args.extend(pairs.map(Value::from));
            }
        }
        shared.scripts.fetch.run(&shared.client, self.keys.streams_and_lined(), args).await.map(Fetched::from_script)
    }

    /// Takes over what others have not kept.
    async fn reclaim(&self, want: usize) -> Result<Vec<Entry>, Error> {
        let shared = self.shared();
        let numbers = [shared.options.reclaim_after.as_millis().to_string(), want.to_string()];
        let args = [GROUP.into(), self.name.as_str().into()].into_iter().chain(numbers.map(Value::from)).collect();
        shared
            .scripts
            .reclaim
            .run(&shared.client, self.keys.streams.clone(), args)
            .await
            .map(|answer| Entry::from_script(answer.into_array()))
    }

    /// Waits for a job. It may bring one of each priority at once, so a few more than there are hands.
    pub(super) async fn wait(&self, waiting: &Client) -> Result<Vec<Entry>, Error> {
        let block = u64::try_from(BLOCK.as_millis()).ok();
        let keys = self.keys.streams.clone();
        let ids = vec![">"; PRIORITIES];
        let waiting = waiting.with_options(&impatient());
        match waiting.xreadgroup::<Value, _, _, _, _>(GROUP, self.name.as_str(), Some(1), block, false, keys, ids).await
        {
            Ok(found) => Ok(Entry::from_read(found, &self.keys)),
            // The streams were deleted: the next fetch makes them again.
            Err(error) if ["NOGROUP", "UNBLOCKED"].iter().any(|text| error.details().contains(text)) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}
