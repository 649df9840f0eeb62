//! Wiring: from a configuration to the running parts.
//!
//! - [`database`]: opening it, to use it or only to look
//! - [`secret_key`]: what seals secrets, and whether it is the right one

mod database;
mod secret_key;

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

pub use self::database::{open_store, open_store_to_look};
pub use self::secret_key::{KnownKey, check_sealer};

use crate::announce::Announcer;
use crate::bus::Bus;
use crate::catalog::Catalog;
use crate::catalog::rotation::seal_anew;
use crate::channels::http::HttpSender;
use crate::config::{Config, Database};
use crate::delivery::bulk::BulkRunner;
use crate::delivery::deliver::Deliverer;
use crate::delivery::jumps::Jumps;
use crate::delivery::sweep::{Sweeper, Unknowns};
use crate::domain::chance::Chance;
use crate::domain::id::InstanceId;
use crate::domain::time::Clock;
use crate::intake::Intake;
use crate::limits::Limits;
use crate::pipeline::chain::Chain;
use crate::pipeline::process::{Processor, Recent};
use crate::queue::{Queue, RedisOptions};
use crate::retention::Retention;
use crate::rollups::Folder;
use crate::services::Services;
use crate::services::api_key::{check_bootstrap_key, ensure_bootstrap_key};
use crate::store::Store;
use crate::store::fresh::list_all_that_is_left;
use crate::store::sweep::end_leases;
use crate::workers::Workers;
use crate::workers::schedule::Schedule;

/// What every key in Redis starts with.
const PREFIX: &str = "posthorn";
/// Jobs that the in-process queue holds per lane; the rest waits in the database.
const MEMORY_CAPACITY: usize = 20_000;
/// Events that a watcher may fall behind.
const BUS_CAPACITY: usize = 16_384;
/// How much of what was accepted moments ago is kept for the chain, in bytes.
const RECENT_BYTES: u64 = 16 << 20;

/// Why Posthorn can't start: one line, with what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(pub String);

fn cannot(text: impl Into<String>) -> StartError {
    StartError(text.into())
}

/// The running parts of one instance.
pub struct App {
    pub services: Services,
    pub workers: Workers,
    pub schedule: Schedule,
    pub bulk: BulkRunner,
    /// Held while a SQLite file is in use.
    pub lock: Option<std::fs::File>,
}

impl App {
    /// Brings up everything but the HTTP server and the workers. Where no platform key was ever made, one is made as the
    /// last step, and given to `show` before it is stored: a key that nobody saw would lock everybody out.
    ///
    /// # Errors
    /// Where a part can't be reached or makes no sense.
    pub async fn start(
        config: &Config,
        clock: Clock,
        chance: Chance,
        show: impl FnOnce(&str) -> Result<(), String>,
    ) -> Result<Self, StartError> {
        // Before anything is changed.
        let bootstrap = config.bootstrap_key.as_ref().map(ExposeSecret::expose_secret);
        check_bootstrap_key(bootstrap).map_err(|error| cannot(error.to_string()))?;
        secret_key::check(config)?;
        let lock = match &config.database {
            Database::Sqlite(path) => Some(database::lock(config, path)?),
            Database::Postgres(_) => None,
        };
        let sealer = secret_key::sealer(config)?;
        let store = open_store(config).await?;
        if let Err(error) = store.make_room().await {
            tracing::warn!(%error, "there is no room for the database's log yet; it takes it as it grows");
        }
        store.migrate().await.map_err(|error| cannot(error.to_string()))?;
        store.make_partitions(clock.now()).await.map_err(|error| cannot(error.to_string()))?;
        if lock.is_some() {
            // Nobody else has this file open, so whoever held tasks is gone.
            let mut conn = store.write().await.map_err(|error| cannot(error.to_string()))?;
            end_leases(&mut conn, clock.now()).await.map_err(|error| cannot(error.to_string()))?;
            drop(conn);
            list_all_that_is_left(&store, clock.now()).await.map_err(|error| cannot(error.to_string()))?;
        }
        secret_key::settle(&sealer, &store).await?;
        let changed = seal_anew(&store, &sealer).await.map_err(|error| cannot(error.to_string()))?;
        if changed > 0 {
            tracing::info!(configs = changed, "secrets were sealed anew with the first key; the older keys can go");
        }
        let catalog = Catalog::open(store.clone(), sealer, config.target_allow.clone(), clock.clone())
            .await
            .map_err(|error| cannot(error.to_string()))?;
        let http =
            HttpSender::new(config.target_allow.clone(), clock.clone()).map_err(|error| cannot(error.to_string()))?;
        let instance = InstanceId::new(clock.now());
        let (queue, limits, bus) = match &config.redis_url {
            None => (
                Queue::memory(clock.clone(), MEMORY_CAPACITY),
                Limits::memory(clock.clone()),
                Bus::memory(clock.clone(), chance.clone(), BUS_CAPACITY, config.events_kept),
            ),
            Some(url) => redis_parts(url, instance, &clock, &chance, config.events_kept).await?,
        };
        // Last: nothing that fails may come between the key and the one who reads it.
        ensure_bootstrap_key(&store, &clock, bootstrap, show).await.map_err(|error| cannot(error.to_string()))?;
        Ok(Self::assemble(store, catalog, http, queue, limits, bus, clock, chance, instance, lock))
    }

    #[allow(clippy::too_many_arguments)] // the one place where all parts meet
    fn assemble(
        store: Store,
        catalog: Catalog,
        http: HttpSender,
        queue: Queue,
        limits: Limits,
        bus: Bus,
        clock: Clock,
        chance: Chance,
        instance: InstanceId,
        lock: Option<std::fs::File>,
    ) -> Self {
        let announcer = Announcer::new(queue.clone(), clock.clone());
        let recent = Recent::new(RECENT_BYTES);
        let outcomes = store.outcome_writer(clock.clone());
        let chain = Chain { limits: limits.clone(), clock: clock.clone() };
        let intake =
            Intake::new(&store, catalog.clone(), announcer.clone(), bus.clone(), recent.clone(), clock.clone());
        let deliverer = Deliverer::new(
            &store,
            catalog.clone(),
            limits.clone(),
            announcer.clone(),
            bus.clone(),
            clock.clone(),
            chance,
            http.clone(),
            outcomes.clone(),
        );
        let processor = Processor::new(
            &store,
            catalog.clone(),
            chain,
            announcer.clone(),
            bus.clone(),
            recent,
            clock.clone(),
            deliverer.clone(),
        );
        let intake = intake.deciding(processor.clone());
        let sweeper = Sweeper {
            store: store.clone(),
            queue: queue.clone(),
            limits: limits.clone(),
            catalog: catalog.clone(),
            announcer: announcer.clone(),
            outcomes,
            bus: bus.clone(),
            clock: clock.clone(),
            jumps: Jumps::new(clock.now(), clock.instant()),
            unknown: Unknowns::default(),
            instance,
        };
        let retention = Retention {
            store: store.clone(),
            catalog: catalog.clone(),
            limits: limits.clone(),
            clock: clock.clone(),
            instance,
        };
        let folder = Folder { store: store.clone(), limits: limits.clone(), instance };
        let bulk = BulkRunner {
            store: store.clone(),
            limits: limits.clone(),
            catalog: catalog.clone(),
            announcer: announcer.clone(),
            bus: bus.clone(),
            clock: clock.clone(),
            instance,
        };
        Self {
            workers: Workers {
                queue: queue.clone(),
                catalog: catalog.clone(),
                processor: Arc::new(processor),
                deliverer: Arc::new(deliverer),
            },
            schedule: Schedule {
                sweeper: Arc::new(sweeper),
                retention: Arc::new(retention),
                folder: Arc::new(folder),
                store: store.clone(),
                clock: clock.clone(),
            },
            bulk,
            services: Services { store, catalog, queue, limits, announcer, bus, clock, http, intake: Arc::new(intake) },
            lock,
        }
    }
}

async fn redis_parts(
    url: &SecretString,
    instance: InstanceId,
    clock: &Clock,
    chance: &Chance,
    events_kept: usize,
) -> Result<(Queue, Limits, Bus), StartError> {
    let url = url.expose_secret();
    let connection = crate::redis::connect(url).await.map_err(|error| cannot(format!("REDIS_URL: {error}")))?;
    // Pub/sub knows no database numbers, so they are part of every name.
    let prefix = format!("{PREFIX}:{}", database_number(url));
    let options = RedisOptions::new(prefix.clone(), instance.to_string());
    let queue =
        Queue::redis(url, clock.clone(), options).await.map_err(|error| cannot(format!("REDIS_URL: {error}")))?;
    let prefix = format!("{prefix}:");
    let limits = Limits::redis(&connection, &prefix, clock.clone(), chance.clone());
    let bus = Bus::redis(&connection, &prefix, clock.clone(), chance.clone(), BUS_CAPACITY, events_kept)
        .await
        .map_err(|error| cannot(format!("REDIS_URL: {error}")))?;
    Ok((queue, limits, bus))
}

/// The database number in a Redis URL's path; 0 where it has none.
fn database_number(url: &str) -> u32 {
    url::Url::parse(url).ok().and_then(|url| url.path().trim_matches('/').parse().ok()).unwrap_or(0)
}
