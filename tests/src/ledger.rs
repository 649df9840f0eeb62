//! The ledger of a fault test: a steady stream of messages, a provider with a book, and at the end the account of what became
//! of every message. A test opens it, does harm, and closes it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::api::Api;
use crate::audit::{Account, audit};
use crate::dice::Dice;
use crate::load::{GROUPED, LAST, Load, REFUSING, Stream};
use crate::provider::{Deed, Provider};
use crate::server::Server;
use crate::stage::{Stage, WEBHOOK_SECRET};
use crate::subscriber::Subscriber;
use crate::wait::{poll_until, within};

/// Long enough for leases to run out and for a dead worker's jobs to be taken over.
const RECOVERY: Duration = Duration::from_secs(240);

/// The path of the provider that refuses everything.
pub const REFUSING_PATH: &str = "/refusing";

/// What is open in the API's words.
const OPEN: [&str; 3] = ["SCHEDULED", "PENDING", "PROCESSING"];

pub struct Ledger {
    name: String,
    seed: u64,
    pub dice: Dice,
    pub load: Load,
    pub provider: Provider,
    key: String,
    subscriber: Option<Subscriber>,
    /// What was under way in these spans may come again: the fault forbids knowing.
    doubts: Vec<(Instant, Instant)>,
    faults: BTreeMap<String, u32>,
    started: Instant,
}

impl Ledger {
    /// Sets up the tenant and starts the stream, to the servers at `urls`. `name` is that of the test.
    pub async fn open(name: &str, stage: &Stage, urls: &[String]) -> Self {
        Self::open_with(name, stage, urls, Stream::default()).await
    }

    /// [`Self::open`] with a stream of another kind.
    pub async fn open_with(name: &str, stage: &Stage, urls: &[String], stream: Stream) -> Self {
        let (mut dice, seed) = Dice::of(name);
        println!("{name}: POSTHORN_CHAOS_SEED={seed}");
        let provider = Provider::start(dice.fork()).await;
        refuse_where_asked(&provider, |_| Deed::Answer(200));
        stage
            .platform
            .settings(json!({
                "retry": { "maxCount": 20, "intervalSeconds": 1, "backoffMultiplier": 1.0, "maxIntervalSeconds": 1 },
                "timeout": { "singleChannelSeconds": 5, "allChannelsSeconds": 600 },
            }))
            .await;
        let config = |path| json!({ "url": provider.url(path), "secret": WEBHOOK_SECRET });
        stage.api.create_channel_config("WEBHOOK", config("/hook"), json!({})).await;
        stage.api.create_channel_config("WEBHOOK", config(REFUSING_PATH), json!({ "storeId": REFUSING })).await;
        stage.local(json!({})).await;
        let grouped = |name: &str, priority: i32| json!({ "storeId": GROUPED, "name": name, "priority": priority });
        stage.api.create_channel_config("WEBHOOK", config("/hook"), grouped("first", 1)).await;
        stage.local(grouped("at the same time", 1)).await;
        stage.api.create_channel_config("WEBHOOK", config("/last"), grouped(LAST, 2)).await;
        let key = stage.api.key.clone().unwrap();
        let load = Load::start(&key, urls, stream, &mut dice);
        Self {
            name: name.to_owned(),
            seed,
            dice,
            load,
            provider,
            key,
            subscriber: None,
            doubts: Vec::new(),
            faults: BTreeMap::new(),
            started: Instant::now(),
        }
    }

    /// From now on somebody follows every change, at the servers that callers send to; at the end it must know the truth.
    #[must_use]
    pub fn followed(mut self) -> Self {
        self.subscriber = Some(Subscriber::start(&self.key, self.load.targets()));
        self
    }

    /// Notes that harm was done.
    pub fn fault(&mut self, kind: &str) {
        *self.faults.entry(kind.to_owned()).or_default() += 1;
    }

    /// What was under way less than `span` ago may come again. What a killed process wrote may be read a little later.
    pub fn doubt(&mut self, span: Duration) {
        let now = Instant::now();
        self.doubts.push((now.checked_sub(span).unwrap_or(self.started), now + Duration::from_millis(500)));
    }

    /// What was under way at some time since `from` may come again.
    pub fn doubt_since(&mut self, from: Instant) {
        self.doubts.push((from, Instant::now()));
    }

    /// Waits until that many more messages have been accepted and that many more requests have reached the provider.
    pub async fn flows(&self, count: usize) {
        let (accepted, delivered) = (self.load.accepted() + count, self.provider.count() + count);
        within(Duration::from_secs(120), "messages to flow", async || {
            (self.load.accepted() >= accepted && self.provider.count() >= delivered).then_some(())
        })
        .await;
    }

    /// Waits until that many more messages have been accepted.
    pub async fn accepts(&self, count: usize) {
        let accepted = self.load.accepted() + count;
        within(Duration::from_secs(120), "messages to be accepted", async || {
            (self.load.accepted() >= accepted).then_some(())
        })
        .await;
    }

    /// Ends the stream, waits until every message has ended, and draws up the account; panics with what does not add up.
    /// `api` reads, `servers` are all that run.
    pub async fn close(self, api: &Api, servers: &[&Server]) -> Account {
        let Self { name, seed, load, provider, subscriber, doubts, faults, started, .. } = self;
        let book = load.finish().await;
        let calm = Instant::now();
        wait_until_all_ended(api).await;
        let recovery = calm.elapsed();
        for server in servers {
            no_panic(server).await;
        }
        let mut account = audit(api, &book, &provider.deliveries(), &doubts).await;
        let mut subscribed = Value::Null;
        if let Some(subscriber) = subscriber {
            let followed = subscriber.finish(&api.messages(json!({})).await).await;
            subscribed = json!({ "heard": followed.heard, "resumed": followed.resumed, "presentRead": followed.read });
            account.wrong.extend(followed.wrong);
        }
        let report = json!({
            "test": name, "seed": seed, "seconds": started.elapsed().as_secs(), "faults": faults,
            "misdeeds": provider.deeds(),
            "accepted": account.accepted, "delivered": account.delivered, "failed": account.failed,
            "cancelled": account.cancelled, "lost": account.lost.len(), "repeated": account.repeated,
            "unknownAttempts": account.unknown_attempts, "storedWithoutAnswer": account.stored_unanswered,
            "requests": {
                "accepted": book.requests.accepted, "duplicates": book.requests.duplicates,
                "refused": book.requests.refused, "unanswered": book.requests.unanswered,
                "unavailable": book.requests.unavailable,
            },
            "recoverySeconds": recovery.as_secs_f64().round(),
            "subscriber": subscribed,
        });
        println!("chaos {report}");
        account.assert_good();
        account
    }
}

/// The provider refuses what is for the refusing store, and does otherwise what `deed` says.
pub fn refuse_where_asked(provider: &Provider, mut deed: impl FnMut(&mut Dice) -> Deed + Send + 'static) {
    provider.script(move |path, dice| if path == REFUSING_PATH { Deed::Answer(400) } else { deed(dice) });
}

async fn wait_until_all_ended(api: &Api) {
    let query = "query($filter: MessageFilter) {
        it: messages(filter: $filter, first: 1) { nodes { messageId status tasks { status retryCount nextRetryAt } } } }";
    let mut last = Value::Null;
    let started = Instant::now();
    within(RECOVERY + Duration::from_secs(60), "every message to end", async || {
        let page = api.gql(query, json!({ "filter": { "status": OPEN } })).await["it"]["nodes"].take();
        let open = page[0].is_object();
        last = page;
        assert!(started.elapsed() < RECOVERY, "still open after {RECOVERY:?}: {last}");
        (!open).then_some(())
    })
    .await;
}

/// A handler that panics is a bug, whatever the fault.
async fn no_panic(server: &Server) {
    let anonymous = server.anonymous();
    let metrics = poll_until("/metrics", async || {
        let (status, text) = anonymous.get("/metrics").await;
        (status == 200).then_some(text)
    })
    .await;
    let metrics = metrics.as_str().unwrap();
    for line in metrics.lines().filter(|line| line.starts_with("posthorn_job_panics_total")) {
        assert!(line.ends_with(" 0"), "a job panicked: {line}");
    }
    assert!(!server.log().contains("panicked at"), "something panicked");
}
