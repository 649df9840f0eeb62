//! Limits in Redis, for many instances: a script per verb, so that each is one atomic round trip. Scripts are in `lua/`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fred::prelude::*;

use super::memory::Pauses;
use super::sliding::Request;
use super::{LimitsError, Reservation};
use crate::domain::id::{ChannelConfigId, MessageId};
use crate::domain::time::{Clock, Timestamp};
use crate::redis::{RedisConnection, Script};

static RESERVE: Script = Script::new(include_str!("lua/reserve.lua"));
static FIRST_OWNER: Script = Script::new(include_str!("lua/first_owner.lua"));
static TRY_LEASE: Script = Script::new(include_str!("lua/try_lease.lua"));
static PAUSE: Script = Script::new(include_str!("lua/pause.lua"));

/// Logs are kept a little longer than they matter, for clocks that differ and wishes made a moment ago.
const GRACE: Duration = Duration::from_secs(60);
/// Longest life of a key that the caller chooses: ten years.
const LONGEST_LIFE: Duration = Duration::from_secs(10 * 365 * 86_400);
/// How many slots one run of the script may take, so that it never holds up Redis for more than a few milliseconds.
const MOST_AT_ONCE: usize = 5_000;
/// How often the pauses of other instances are looked up.
const PAUSES_EVERY: Duration = Duration::from_millis(300);

/// See [`super::Limits`] for what each verb promises.
pub struct RedisLimits {
    connection: RedisConnection,
    prefix: String,
    clock: Clock,
    /// Tells the members of all instances and runs apart.
    instance: String,
    calls: AtomicU64,
    pauses: Pauses,
}

impl RedisLimits {
    pub fn start(connection: &RedisConnection, prefix: &str, clock: Clock) -> Arc<Self> {
        let limits = Arc::new(Self {
            connection: connection.clone(),
            prefix: prefix.to_owned(),
            clock,
            instance: URL_SAFE_NO_PAD.encode(rand::random::<[u8; 6]>()),
            calls: AtomicU64::new(0),
            pauses: Pauses::default(),
        });
        tokio::spawn(follow_pauses(Arc::downgrade(&limits)));
        limits
    }

    /// The distinct part is the cluster's hash tag, so that keys spread over its nodes.
    fn key(&self, kind: &str, name: &str) -> String {
        format!("{}{kind}:{{{name}}}", self.prefix)
    }

    async fn script<R: FromValue>(
        &self,
        verb: &'static str,
        script: &Script,
        key: String,
        args: Vec<String>,
    ) -> Result<R, LimitsError> {
        let client = self.connection.ready().map_err(unavailable(verb))?;
        script.run(client, key, args).await.map_err(unavailable(verb))
    }

    pub async fn reserve(
        &self,
        key: &str,
        request: &Request,
        who: Option<MessageId>,
    ) -> Result<Reservation, LimitsError> {
        let member = who.map_or_else(|| self.member(), |who| format!("{}.", who.0.simple()));
        self.run(key, request, 1, &member).await?.pop().ok_or_else(|| misunderstood("reserve"))
    }

    pub async fn reserve_many(&self, key: &str, request: &Request, n: usize) -> Result<Vec<Reservation>, LimitsError> {
        let mut answers = Vec::with_capacity(n);
        while answers.len() < n {
            let member = self.member();
            answers.extend(self.run(key, request, (n - answers.len()).min(MOST_AT_ONCE), &member).await?);
        }
        Ok(answers)
    }

    pub async fn peek(&self, key: &str, request: &Request) -> Result<Reservation, LimitsError> {
        self.run(key, request, 1, "").await?.pop().ok_or_else(|| misunderstood("reserve"))
    }

    fn member(&self) -> String {
        format!("{}{:x}.", self.instance, self.calls.fetch_add(1, Ordering::Relaxed))
    }

    async fn run(&self, key: &str, request: &Request, n: usize, member: &str) -> Result<Vec<Reservation>, LimitsError> {
        let args = vec![
            request.count.to_string(),
            request.window.to_string(),
            request.earliest.to_string(),
            n.to_string(),
            request.latest.to_string(),
            self.clock.now().0.to_string(),
            GRACE.as_millis().to_string(),
            member.to_owned(),
        ];
        let answer: Vec<i64> = self.script("reserve", &RESERVE, self.key("limit", key), args).await?;
        reservations(&answer, n).ok_or_else(|| misunderstood("reserve"))
    }

    fn owner_key(&self, fingerprint: &[u8; 32]) -> String {
        self.key("first", &URL_SAFE_NO_PAD.encode(fingerprint))
    }

    pub async fn first_owner(&self, fingerprint: &[u8; 32], owner: &str, ttl: Duration) -> Result<String, LimitsError> {
        let args = vec![owner.to_owned(), life(ttl)];
        self.script("first_owner", &FIRST_OWNER, self.owner_key(fingerprint), args).await
    }

    pub async fn peek_owner(&self, fingerprint: &[u8; 32]) -> Result<Option<String>, LimitsError> {
        let client = self.connection.ready().map_err(unavailable("peek_owner"))?;
        client.get(self.owner_key(fingerprint)).await.map_err(unavailable("peek_owner"))
    }

    pub async fn pause(&self, config: ChannelConfigId, until: Timestamp) -> Result<(), LimitsError> {
        let now = self.clock.now();
        self.pauses.lengthen([(config, until)], now);
        let args = vec![config.to_string(), until.0.to_string(), now.0.to_string()];
        self.script("pause", &PAUSE, self.pauses_key(), args).await
    }

    pub fn paused_until(&self, config: ChannelConfigId, now: Timestamp) -> Option<Timestamp> {
        self.pauses.until(config, now)
    }

    fn pauses_key(&self) -> String {
        format!("{}{{pauses}}", self.prefix)
    }

    async fn refresh_pauses(&self) -> Result<(), LimitsError> {
        let client = self.connection.ready().map_err(unavailable("pauses"))?;
        let known: HashMap<String, i64> = client.hgetall(self.pauses_key()).await.map_err(unavailable("pauses"))?;
        let pauses = known.into_iter().filter_map(|(id, until)| Some((id.parse().ok()?, Timestamp(until))));
        self.pauses.lengthen(pauses, self.clock.now());
        Ok(())
    }

    pub async fn try_lease(&self, name: &str, holder: &str, ttl: Duration) -> Result<bool, LimitsError> {
        let args = vec![holder.to_owned(), life(ttl)];
        let held: i64 = self.script("try_lease", &TRY_LEASE, self.key("lease", name), args).await?;
        Ok(held == 1)
    }
}

/// Keeps the local copy of all pauses fresh until the limits are dropped.
async fn follow_pauses(limits: Weak<RedisLimits>) {
    let mut away = false;
    while let Some(limits) = limits.upgrade() {
        match limits.refresh_pauses().await {
            Ok(()) => away = false,
            Err(error) if !away => {
                tracing::warn!(%error, "pauses of other instances are not seen for now");
                away = true;
            }
            Err(_) => {}
        }
        drop(limits);
        tokio::time::sleep(PAUSES_EVERY).await;
    }
}

/// Milliseconds for Redis, which wants at least one.
fn life(ttl: Duration) -> String {
    ttl.min(LONGEST_LIFE).as_millis().max(1).to_string()
}

/// What the script answered, as `n` reservations; none if it makes no sense.
fn reservations(answer: &[i64], n: usize) -> Option<Vec<Reservation>> {
    let (&granted, instants) = answer.split_first()?;
    let (granted, next) = instants.split_at_checked(usize::try_from(granted).ok()?)?;
    let mut all: Vec<_> = granted.iter().map(|&slot| Reservation::At(Timestamp(slot))).collect();
    match next {
        [] => {}
        // What was refused once is refused to all after it: nothing changed in between.
        &[next] => all.resize(n, Reservation::Refused { next: Timestamp(next) }),
        _ => return None,
    }
    (all.len() == n).then_some(all)
}

fn unavailable(verb: &'static str) -> impl FnOnce(Error) -> LimitsError {
    move |error| LimitsError::Unavailable { verb, reason: error.to_string() }
}

fn misunderstood(verb: &'static str) -> LimitsError {
    LimitsError::Unavailable { verb, reason: "an answer of another form".to_owned() }
}
