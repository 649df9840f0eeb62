//! Wiring: from a configuration to the running parts.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use secrecy::{ExposeSecret, SecretString};

use crate::announce::Announcer;
use crate::bus::Bus;
use crate::catalog::Catalog;
use crate::catalog::rotation::seal_anew;
use crate::channels::http::HttpSender;
use crate::config::{Config, Database, masked};
use crate::delivery::bulk::BulkRunner;
use crate::delivery::deliver::Deliverer;
use crate::delivery::jumps::Jumps;
use crate::delivery::sweep::{Sweeper, Unknowns};
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
use crate::store::fresh::list_all_that_is_left;
use crate::store::seal::Sealer;
use crate::store::sweep::end_leases;
use crate::store::{Store, fact};
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
    /// The API key that was generated because there was none: to be printed once.
    pub generated_key: Option<String>,
    /// Held while a SQLite file is in use.
    pub lock: Option<std::fs::File>,
}

/// Opens the database, migrated or not.
///
/// # Errors
/// Where it can't be reached.
pub async fn open_store(config: &Config) -> Result<Store, StartError> {
    match &config.database {
        Database::Sqlite(path) => {
            make_folder(config, path)?;
            Store::sqlite(path).await.map_err(|error| cannot(format!("{}: {error}", path.display())))
        }
        Database::Postgres(url) => Store::postgres(url.expose_secret())
            .await
            .map_err(|error| cannot(format!("DATABASE_URL {}: {error}", masked(url.expose_secret())))),
    }
}

impl App {
    /// Brings up everything but the HTTP server and the workers.
    ///
    /// # Errors
    /// Where a part can't be reached or makes no sense.
    pub async fn start(config: &Config, clock: Clock) -> Result<Self, StartError> {
        let lock = match &config.database {
            Database::Sqlite(path) => Some(lock(config, path)?),
            Database::Postgres(_) => None,
        };
        // Before anything is changed.
        drop(secret_key(config)?);
        let store = open_store(config).await?;
        store.migrate().await.map_err(|error| cannot(error.to_string()))?;
        store.make_partitions(clock.now()).await.map_err(|error| cannot(error.to_string()))?;
        if lock.is_some() {
            // Nobody else has this file open, so whoever held tasks is gone.
            let mut conn = store.write().await.map_err(|error| cannot(error.to_string()))?;
            end_leases(&mut conn, clock.now()).await.map_err(|error| cannot(error.to_string()))?;
            drop(conn);
            list_all_that_is_left(&store, clock.now()).await.map_err(|error| cannot(error.to_string()))?;
        }
        let sealer = open_sealer(config, &store).await?;
        let changed = seal_anew(&store, &sealer).await.map_err(|error| cannot(error.to_string()))?;
        if changed > 0 {
            tracing::info!(configs = changed, "secrets were sealed anew with the first key; the older keys can go");
        }
        let bootstrap = config.bootstrap_key.as_ref().map(ExposeSecret::expose_secret);
        let generated_key = crate::services::api_key::ensure_bootstrap_key(&store, &clock, bootstrap)
            .await
            .map_err(|error| cannot(error.to_string()))?;
        let catalog = Catalog::open(store.clone(), sealer, config.target_allow.clone(), clock.clone())
            .await
            .map_err(|error| cannot(error.to_string()))?;
        let http = HttpSender::new(config.target_allow.clone()).map_err(|error| cannot(error.to_string()))?;
        let instance = InstanceId::new(clock.now());
        let (queue, limits, bus) = match &config.redis_url {
            None => (
                Queue::memory(clock.clone(), MEMORY_CAPACITY),
                Limits::memory(clock.clone()),
                Bus::memory(BUS_CAPACITY),
            ),
            Some(url) => redis_parts(url, instance, &clock).await?,
        };
        Ok(Self::assemble(store, catalog, http, queue, limits, bus, clock, instance, generated_key, lock))
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
        instance: InstanceId,
        generated_key: Option<String>,
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
        let sweeper = Sweeper {
            store: store.clone(),
            queue: queue.clone(),
            limits: limits.clone(),
            catalog: catalog.clone(),
            announcer: announcer.clone(),
            outcomes,
            bus: bus.clone(),
            clock: clock.clone(),
            jumps: Jumps::new(clock.now(), std::time::Instant::now()),
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
            generated_key,
            lock,
        }
    }
}

async fn redis_parts(
    url: &SecretString,
    instance: InstanceId,
    clock: &Clock,
) -> Result<(Queue, Limits, Bus), StartError> {
    let url = url.expose_secret();
    let connection = crate::redis::connect(url).await.map_err(|error| cannot(format!("REDIS_URL: {error}")))?;
    // Pub/sub knows no database numbers, so they are part of every name.
    let prefix = format!("{PREFIX}:{}", database_number(url));
    let options = RedisOptions::new(prefix.clone(), instance.to_string());
    let queue =
        Queue::redis(url, clock.clone(), options).await.map_err(|error| cannot(format!("REDIS_URL: {error}")))?;
    let prefix = format!("{prefix}:");
    let limits = Limits::redis(&connection, &prefix, clock.clone());
    let bus =
        Bus::redis(&connection, &prefix, BUS_CAPACITY).await.map_err(|error| cannot(format!("REDIS_URL: {error}")))?;
    Ok((queue, limits, bus))
}

/// The database number in a Redis URL's path; 0 where it has none.
fn database_number(url: &str) -> u32 {
    url::Url::parse(url).ok().and_then(|url| url.path().trim_matches('/').parse().ok()).unwrap_or(0)
}

/// One process per SQLite file: a second one would keep a queue of its own over the same rows.
fn lock(config: &Config, database: &Path) -> Result<std::fs::File, StartError> {
    make_folder(config, database)?;
    let path = database.with_extension("lock");
    let file = std::fs::File::create(&path)
        .map_err(|error| cannot(format!("{} can't be written: {error}", path.display())))?;
    file.try_lock().map_err(|_| {
        cannot(format!(
            "{} is in use by another posthorn; to run several instances set DATABASE_URL=postgres://… and REDIS_URL",
            database.display()
        ))
    })?;
    Ok(file)
}

/// Makes the data directory. A folder that DATABASE_URL names must be there: a mistyped one is better noticed.
fn make_folder(config: &Config, database: &Path) -> Result<(), StartError> {
    let Some(folder) = database.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    if folder == config.data_dir {
        create_private(folder)
            .map_err(|error| cannot(format!("POSTHORN_DATA_DIR {} can't be created: {error}", folder.display())))
    } else if folder.is_dir() {
        Ok(())
    } else {
        Err(cannot(format!("DATABASE_URL: there is no directory {}", folder.display())))
    }
}

/// Makes a folder that only its owner may enter: messages are in it, and people's numbers. One that is there already
/// keeps its rights.
fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The key that seals secrets: as given, or (embedded) generated into the data directory once.
fn secret_key(config: &Config) -> Result<SecretString, StartError> {
    if let Some(key) = &config.secret_key {
        return Ok(key.clone());
    }
    if matches!(config.database, Database::Postgres(_)) {
        return Err(cannot(
            "POSTHORN_SECRET_KEY is not set: with PostgreSQL every instance needs the same key; make one with \
             `head -c 32 /dev/urandom | base64`",
        ));
    }
    let path = config.data_dir.join("secret.key");
    match std::fs::read_to_string(&path) {
        Ok(key) => Ok(key.trim().to_owned().into()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = base64::engine::general_purpose::STANDARD.encode(rand::random::<[u8; 32]>());
            write_private(&path, &key).map_err(|error| cannot(format!("{}: {error}", path.display())))?;
            Ok(key.into())
        }
        Err(error) => Err(cannot(format!("{} can't be read: {error}", path.display()))),
    }
}

/// What seals and opens secrets. A key that is not among those this database's secrets were sealed with is refused: it
/// is noticed now, not when the first channel can't be opened.
///
/// # Errors
/// Where there is no key, or not the right one.
pub async fn open_sealer(config: &Config, store: &Store) -> Result<Sealer, StartError> {
    let sealer = Sealer::from_base64_list(secret_key(config)?.expose_secret())
        .map_err(|error| cannot(format!("POSTHORN_SECRET_KEY: {error}")))?;
    let (name, text) = ("secret_check", "posthorn");
    let sealed = sealer.seal(text, name.as_bytes()).map_err(|error| cannot(error.to_string()))?;
    let mut conn = store.write().await.map_err(|error| cannot(error.to_string()))?;
    let known = fact::get_or_set(&mut conn, name, &sealed).await.map_err(|error| cannot(error.to_string()))?;
    match sealer.open(&known, name.as_bytes()) {
        Ok(_) => {
            if !sealer.sealed_by_first(&known) {
                fact::replace(&mut conn, name, &known, &sealed).await.map_err(|error| cannot(error.to_string()))?;
            }
            Ok(sealer)
        }
        Err(_) => Err(cannot(
            "POSTHORN_SECRET_KEY is not the key that this database's secrets are sealed with; to change the key, set \
             the new one first and keep the old one behind it: new,old",
        )),
    }
}

/// Writes a file that only its owner may read; on the disk before it is used.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        create_private(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}
