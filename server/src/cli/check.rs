//! `posthorn check`: validates the configuration, reaches the database, Redis and each enabled channel's host; says what
//! is wrong and how to mend it. Sends nothing.

use std::time::Duration;

use secrecy::ExposeSecret;
use url::Url;

use super::{configure, say};
use crate::app::{open_sealer, open_store};
use crate::catalog::{Catalog, OpenChannel};
use crate::channels::{AttemptFacts, TargetAllow, Transport};
use crate::config::{Config, Database, Given, masked};
use crate::domain::id::TaskId;
use crate::domain::time::Clock;
use crate::store::Store;

const PATIENCE: Duration = Duration::from_secs(5);

/// Counts what is wrong while it is told.
#[derive(Default)]
struct Report {
    wrong: usize,
}

impl Report {
    fn tell(&mut self, what: &str, result: Result<String, String>) -> Result<(), String> {
        match result {
            Ok(detail) => say(&format!("ok     {what}: {detail}")),
            Err(reason) => {
                self.wrong += 1;
                say(&format!("WRONG  {what}: {reason}"))
            }
        }
    }
}

pub(super) async fn run(given: Given) -> Result<(), String> {
    let config = configure(given)?;
    let mut report = Report::default();
    report.tell("configuration", Ok(format!("listens on {}", config.listen)))?;
    if let Some(url) = &config.redis_url {
        report.tell("redis", redis(url.expose_secret()).await)?;
    }
    let store = match open_store(&config).await {
        Ok(store) => Some(store),
        Err(error) => {
            report.tell("database", Err(error.0))?;
            None
        }
    };
    if let Some(store) = store {
        let (name, migrated) = database(&config, &store).await;
        let usable = migrated.is_ok();
        report.tell(&name, migrated)?;
        if usable {
            channels(&config, &store, &mut report).await?;
        }
    }
    match report.wrong {
        0 => say("all is well"),
        count => Err(format!("{count} of the checks failed")),
    }
}

async fn redis(url: &str) -> Result<String, String> {
    let connection = crate::redis::connect(url).await.map_err(|error| error.to_string())?;
    connection.ping().await.map_err(|error| error.to_string())?;
    Ok(connection.address().to_owned())
}

async fn database(config: &Config, store: &Store) -> (String, Result<String, String>) {
    let name = match &config.database {
        Database::Sqlite(path) => format!("database sqlite://{}", path.display()),
        Database::Postgres(url) => format!("database {}", masked(url.expose_secret())),
    };
    let result = match store.migration_status().await {
        Err(error) => Err(error.to_string()),
        Ok(status) if status.refused.is_some() => Err("it is newer than this binary: use a newer posthorn".to_owned()),
        Ok(status) if !status.pending.is_empty() => {
            Err(format!("{} pending: run posthorn migrate", migrations(status.pending.len())))
        }
        Ok(status) => Ok(format!("{} applied", migrations(status.applied.len()))),
    };
    (name, result)
}

fn migrations(count: usize) -> String {
    if count == 1 { "1 migration".to_owned() } else { format!("{count} migrations") }
}

async fn channels(config: &Config, store: &Store, report: &mut Report) -> Result<(), String> {
    let sealer = match open_sealer(config, store).await {
        Ok(sealer) => sealer,
        Err(error) => return report.tell("secret key", Err(error.0)),
    };
    report.tell("secret key", Ok("opens this database's secrets".to_owned()))?;
    let clock = Clock::System;
    let catalog = Catalog::open(store.clone(), sealer, config.target_allow.clone(), clock.clone())
        .await
        .map_err(|error| error.to_string())?;
    for tenant in tenants(store, &catalog).await? {
        for open in tenant.channels.iter().filter(|open| open.config.enabled) {
            let what =
                format!("{} \"{}\" of tenant {}", open.config.channel_type, open.config.name, tenant.tenant.code);
            report.tell(&what, reach(open, &config.target_allow, &clock).await)?;
        }
    }
    Ok(())
}

async fn tenants(
    store: &Store,
    catalog: &Catalog,
) -> Result<Vec<std::sync::Arc<crate::catalog::TenantCatalog>>, String> {
    let mut conn = store.read().await.map_err(|error| error.to_string())?;
    let all = crate::store::tenant::all(&mut conn).await.map_err(|error| error.to_string())?;
    drop(conn);
    let mut found = Vec::with_capacity(all.len());
    for tenant in all {
        found.extend(catalog.tenant(tenant.id).await.map_err(|error| error.to_string())?);
    }
    Ok(found)
}

/// Opens the channel and connects to its host, as a send would.
async fn reach(open: &OpenChannel, allow: &TargetAllow, clock: &Clock) -> Result<String, String> {
    let channel = open.channel.as_ref().map_err(Clone::clone)?;
    let Transport::Http(http) = channel.transport() else { return Ok("needs nothing".to_owned()) };
    let now = clock.now();
    let url = http.request("{}", &AttemptFacts { task_id: TaskId::new(now), at: now }).url;
    let url = Url::parse(&url).map_err(|error| error.to_string())?;
    let host = url.host_str().ok_or("the address has no host")?.trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().ok_or("the address has no port")?;
    let lookup = tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host.as_str(), port)));
    let addresses: Vec<_> = lookup
        .await
        .map_err(|_| format!("{host} was not resolved within {} s", PATIENCE.as_secs()))?
        .map_err(|error| format!("{host} can't be resolved: {error}"))?
        .collect();
    let Some(address) = addresses.iter().find(|address| allow.refuses(address.ip()).is_none()) else {
        return Err(format!(
            "{host} is in a private network: list it in POSTHORN_TARGET_ALLOW to let channels reach it"
        ));
    };
    tokio::time::timeout(PATIENCE, tokio::net::TcpStream::connect(address))
        .await
        .map_err(|_| format!("{host}:{port} did not answer within {} s", PATIENCE.as_secs()))?
        .map_err(|error| format!("{host}:{port}: {error}"))?;
    Ok(format!("{host}:{port} answers"))
}
