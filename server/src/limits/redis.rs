//! Limits in Redis, for many instances: a script per verb, so that each is one atomic round trip. Scripts are in `lua/`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fred::prelude::*;
use tokio::sync::Mutex;

use super::breakers::{Breakers, Changed, stored};
use super::memory::Pauses;
use super::sliding::Request;
use super::{LimitsError, Reservation};
use crate::domain::breaker::Breaker;
use crate::domain::chance::Chance;
use crate::domain::id::{ChannelConfigId, MessageId};
use crate::domain::time::{Clock, Timestamp};
use crate::redis::{RedisConnection, Script};

static RESERVE: Script = Script::new(include_str!("lua/reserve.lua"));
static FIRST_OWNER: Script = Script::new(include_str!("lua/first_owner.lua"));
static TRY_LEASE: Script = Script::new(include_str!("lua/try_lease.lua"));
static SWAP: Script = Script::new(include_str!("lua/swap.lua"));
static PAUSE: Script = Script::new(include_str!("lua/pause.lua"));

/// Logs are kept a little longer than they matter, for clocks that differ and wishes made a moment ago.
const GRACE: Duration = Duration::from_secs(60);
/// Longest life of a key that the caller chooses: ten years.
const LONGEST_LIFE: Duration = Duration::from_secs(10 * 365 * 86_400);
/// How many slots one run of the script may take, so that it never holds up Redis for more than a few milliseconds.
const MOST_AT_ONCE: usize = 5_000;
/// How often the pauses and breakers of other instances are looked up.
const FOLLOW_EVERY: Duration = Duration::from_millis(300);

/// Breakers that nobody changed for this long are forgotten: a week.
const BREAKERS_LIFE: Duration = Duration::from_secs(7 * 86_400);
/// How often a breaker's change is tried when others change it at the same time.
const SWAP_TRIES: u32 = 20;
/// The longest wait after the first try; longer by as much each time.
const SWAP_WAIT: Duration = Duration::from_millis(2);

/// See [`super::Limits`] for what each verb promises.
pub struct RedisLimits {
    connection: RedisConnection,
    prefix: String,
    clock: Clock,
    chance: Chance,
    /// Tells the members of all instances and runs apart.
    instance: String,
    calls: AtomicU64,
    pauses: Pauses,
    pub breakers: Breakers,
    /// Held while a breaker is changed: this process need not compete with itself.
    changing: Mutex<()>,
}

impl RedisLimits {
    pub fn start(connection: &RedisConnection, prefix: &str, clock: Clock, chance: Chance) -> Arc<Self> {
        let limits = Arc::new(Self {
            connection: connection.clone(),
            prefix: prefix.to_owned(),
            clock,
            instance: URL_SAFE_NO_PAD.encode(chance.draw::<[u8; 6]>()),
            chance,
            calls: AtomicU64::new(0),
            pauses: Pauses::default(),
            breakers: Breakers::default(),
            changing: Mutex::default(),
        });
        tokio::spawn(follow(Arc::downgrade(&limits)));
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

    pub async fn peek_owner(&self, fingerprint: &[u8; 32], at: Timestamp) -> Result<Option<String>, LimitsError> {
        let client = self.connection.ready().map_err(unavailable("peek_owner"))?;
        let key = self.owner_key(fingerprint);
        let owner: Option<String> = client.get(&key).await.map_err(unavailable("peek_owner"))?;
        let ahead = at.0.saturating_sub(self.clock.now().0) / 1000;
        if owner.is_none() || ahead <= 0 {
            return Ok(owner);
        }
        let left: i64 = client.pttl(&key).await.map_err(unavailable("peek_owner"))?;
        Ok(owner.filter(|_| left > ahead))
    }

    pub async fn pause(&self, config: ChannelConfigId, until: Timestamp) -> Result<(), LimitsError> {
        let now = self.clock.now();
        self.pauses.lengthen([(config, until)], now);
        let args = vec![config.to_string(), until.0.to_string(), now.0.to_string()];
        self.script("pause", &PAUSE, self.pauses_key(), args).await
    }

    pub async fn lift_pause(&self, config: ChannelConfigId) -> Result<(), LimitsError> {
        let now = self.clock.now();
        self.pauses.lift(&[config]);
        let args = vec![config.to_string(), (-now.0).to_string(), now.0.to_string()];
        self.script("lift_pause", &PAUSE, self.pauses_key(), args).await
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
        let known = known.into_iter().filter_map(|(id, until)| Some((id.parse().ok()?, Timestamp(until))));
        let (pauses, lifted): (Vec<_>, Vec<_>) = known.partition(|(_, until)| until.0 >= 0);
        self.pauses.lengthen(pauses, self.clock.now());
        let lifted: Vec<ChannelConfigId> = lifted.into_iter().map(|(config, _)| config).collect();
        self.pauses.lift(&lifted);
        Ok(())
    }

    fn breakers_key(&self) -> String {
        format!("{}{{breakers}}", self.prefix)
    }

    async fn refresh_breakers(&self) -> Result<(), LimitsError> {
        let client = self.connection.ready().map_err(unavailable("breakers"))?;
        let changes = self.breakers.changes();
        let all: HashMap<String, String> =
            client.hgetall(self.breakers_key()).await.map_err(unavailable("breakers"))?;
        self.breakers.replace(all.into_iter().filter_map(|(id, text)| Some((id.parse().ok()?, text))), changes);
        Ok(())
    }

    /// Changes the breaker that all instances share. Where others change it meanwhile, `change` is asked again.
    pub async fn change_breaker(
        &self,
        config: ChannelConfigId,
        change: impl Fn(&Breaker) -> Option<Breaker>,
    ) -> Result<Option<Changed>, LimitsError> {
        let _alone = self.changing.lock().await;
        for tries in 1..=SWAP_TRIES {
            let known = self.breakers.get(config);
            let before = known.as_ref().map(|known| known.breaker.clone()).unwrap_or_default();
            let Some(after) = change(&before) else { return Ok(None) };
            let (old, new) = (known.map(|known| known.text.clone()).unwrap_or_default(), stored(&after));
            let life = BREAKERS_LIFE.as_millis().to_string();
            let args = vec![config.to_string(), old, new.clone(), life];
            let answer: Vec<String> = self.script("breaker", &SWAP, self.breakers_key(), args).await?;
            match answer.get(1) {
                None => {
                    self.breakers.set(config, &new);
                    return Ok(Some(Changed { before, after }));
                }
                Some(actual) => self.breakers.set(config, actual),
            }
            // At random, so that two instances don't go on in step, with the same one winning each time.
            tokio::time::sleep(self.chance.part_of(SWAP_WAIT * tries)).await;
        }
        Err(LimitsError::Unavailable { verb: "breaker", reason: "others change it all the time".to_owned() })
    }

    pub async fn reset_breaker(&self, config: ChannelConfigId) -> Result<(), LimitsError> {
        let _alone = self.changing.lock().await;
        self.breakers.set(config, "");
        let client = self.connection.ready().map_err(unavailable("breaker"))?;
        client.hdel(self.breakers_key(), config.to_string()).await.map_err(unavailable("breaker"))
    }

    pub async fn try_lease(&self, name: &str, holder: &str, ttl: Duration) -> Result<bool, LimitsError> {
        let args = vec![holder.to_owned(), life(ttl)];
        let held: i64 = self.script("try_lease", &TRY_LEASE, self.key("lease", name), args).await?;
        Ok(held == 1)
    }
}

/// Keeps the local copies of all pauses and breakers fresh until the limits are dropped.
async fn follow(limits: Weak<RedisLimits>) {
    let mut away = false;
    while let Some(limits) = limits.upgrade() {
        match tokio::try_join!(limits.refresh_pauses(), limits.refresh_breakers()) {
            Ok(_) => away = false,
            Err(error) if !away => {
                tracing::warn!(%error, "pauses and breakers of other instances are not seen for now");
                away = true;
            }
            Err(_) => {}
        }
        drop(limits);
        tokio::time::sleep(FOLLOW_EVERY).await;
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
