//! `posthorn check`: validates the configuration, reaches the database, Redis and each enabled channel's host; says what
//! is wrong and how to mend it. Sends nothing and changes nothing.
//!
//! - [`reach`]: a channel's host, and why it could not be reached

mod reach;

use secrecy::ExposeSecret;

use super::{configure, say};
use crate::app::{KnownKey, check_sealer, open_store_to_look};
use crate::catalog::Catalog;
use crate::config::{Config, Database, Given, masked};
use crate::domain::time::Clock;
use crate::store::{Store, settings};

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
    match open_store_to_look(&config).await {
        Err(error) => report.tell("database", Err(error.0))?,
        Ok(None) => {
            let name = database_name(&config);
            report.tell(&name, Ok("there is none yet; the first start makes it".to_owned()))?;
        }
        Ok(Some(store)) => {
            let migrated = database(&store).await;
            let usable = migrated.is_ok();
            report.tell(&database_name(&config), migrated)?;
            if usable {
                channels(&config, &store, &mut report).await?;
            }
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

fn database_name(config: &Config) -> String {
    match &config.database {
        Database::Sqlite(path) => format!("database sqlite://{}", path.display()),
        Database::Postgres(url) => format!("database {}", masked(url.expose_secret())),
    }
}

async fn database(store: &Store) -> Result<String, String> {
    match store.migration_status().await {
        Err(error) => Err(error.to_string()),
        Ok(status) if status.refused.is_some() => Err("it is newer than this binary: use a newer posthorn".to_owned()),
        Ok(status) if !status.pending.is_empty() => {
            Err(format!("{} pending: run posthorn migrate", migrations(status.pending.len())))
        }
        Ok(status) => Ok(format!("{} applied", migrations(status.applied.len()))),
    }
}

fn migrations(count: usize) -> String {
    if count == 1 { "1 migration".to_owned() } else { format!("{count} migrations") }
}

async fn channels(config: &Config, store: &Store, report: &mut Report) -> Result<(), String> {
    let sealer = match check_sealer(config, store).await {
        Ok(KnownKey::Right(sealer)) => sealer,
        Ok(KnownKey::NotSetYet) => {
            return report.tell("secret key", Ok("not set yet; the first start keeps it".to_owned()));
        }
        Err(error) => return report.tell("secret key", Err(error.0)),
    };
    report.tell("secret key", Ok("opens this database's secrets".to_owned()))?;
    // The first start stores them, before there can be any channels.
    let mut conn = store.read().await.map_err(|error| error.to_string())?;
    if settings::newest(&mut conn).await.map_err(|error| error.to_string())?.is_none() {
        return Ok(());
    }
    drop(conn);
    let clock = Clock::System;
    let catalog = Catalog::open(store.clone(), sealer, config.target_allow.clone(), clock.clone())
        .await
        .map_err(|error| error.to_string())?;
    for tenant in tenants(store, &catalog).await? {
        for open in tenant.channels.iter().filter(|open| open.config.enabled) {
            let what =
                format!("{} \"{}\" of tenant {}", open.config.channel_type, open.config.name, tenant.tenant.code);
            report.tell(&what, reach::reach(open, &config.target_allow, &clock).await)?;
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
