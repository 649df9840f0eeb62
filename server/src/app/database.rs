//! Opening the database: to use it, or only to look at it.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::{StartError, cannot};
use crate::config::{Config, Database, masked};
use crate::store::{Store, StoreError};

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
        Database::Postgres(url) => Store::postgres(url.expose_secret()).await.map_err(|error| unreached(url, &error)),
    }
}

/// Opens the database so that nothing can be changed in it. None: it is a SQLite file that is not there yet.
///
/// # Errors
/// Where it can't be reached.
pub async fn open_store_to_look(config: &Config) -> Result<Option<Store>, StartError> {
    match &config.database {
        Database::Sqlite(path) if !path.exists() => match folder_of(path) {
            Some(folder) if folder != config.data_dir => check_folder(folder).map(|()| None),
            _ => Ok(None),
        },
        Database::Sqlite(path) => {
            let opened = Store::sqlite_to_look(path).await;
            opened.map(Some).map_err(|error| cannot(format!("{}: {error}", path.display())))
        }
        Database::Postgres(url) => {
            Store::postgres_to_look(url.expose_secret()).await.map(Some).map_err(|error| unreached(url, &error))
        }
    }
}

fn unreached(url: &SecretString, error: &StoreError) -> StartError {
    let reason = error.to_string();
    let remedy = remedy(&reason).map(|remedy| format!("; check {remedy}")).unwrap_or_default();
    cannot(format!("DATABASE_URL {}: {reason}{remedy}", masked(url.expose_secret())))
}

/// What to look at, by the words of the driver.
fn remedy(reason: &str) -> Option<&'static str> {
    let reason = reason.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| reason.contains(word));
    if says(&["connection refused"]) {
        Some("that PostgreSQL runs there, that it listens on that address, and the port")
    } else if says(&["lookup address", "name or service", "nodename nor servname", "resolve"]) {
        Some("the spelling of the host, and this machine's name server")
    } else if says(&["tls", "ssl", "certificate"]) {
        Some("whether the server has TLS, and sslmode: verify-full needs a certificate that this system trusts")
    } else if says(&["authentication", "pg_hba", "role"]) {
        Some("user and password, and that pg_hba.conf lets this machine in")
    } else if says(&["does not exist"]) {
        Some("the database's name; it must have been created")
    } else if says(&["timed out", "timeout", "unreachable"]) {
        Some("that the server runs, and that firewalls let this machine through")
    } else if says(&["too many"]) {
        Some("max_connections: an instance takes up to 21")
    } else {
        None
    }
}

/// One process per SQLite file: a second one would keep a queue of its own over the same rows.
pub(super) fn lock(config: &Config, database: &Path) -> Result<std::fs::File, StartError> {
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
    let Some(folder) = folder_of(database) else { return Ok(()) };
    if folder == config.data_dir {
        create_private(folder)
            .map_err(|error| cannot(format!("POSTHORN_DATA_DIR {} can't be created: {error}", folder.display())))
    } else {
        check_folder(folder)
    }
}

fn folder_of(database: &Path) -> Option<&Path> {
    database.parent().filter(|folder| !folder.as_os_str().is_empty())
}

fn check_folder(folder: &Path) -> Result<(), StartError> {
    if folder.is_dir() {
        return Ok(());
    }
    Err(cannot(format!("DATABASE_URL: there is no directory {}", folder.display())))
}

/// Makes a folder that only its owner may enter: messages are in it, and people's numbers. One that is there already
/// keeps its rights.
pub(super) fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_driver_says_leads_to_what_to_look_at() {
        for (reason, word) in [
            ("error connecting to server: Connection refused (os error 111)", "runs"),
            ("failed to lookup address information: Name or service not known", "spelling"),
            ("db error: FATAL: password authentication failed for user \"x\"", "password"),
            ("db error: FATAL: database \"x\" does not exist", "created"),
            ("error performing TLS handshake: server does not support TLS", "sslmode"),
        ] {
            assert!(remedy(reason).unwrap().contains(word), "{reason}");
        }
        assert_eq!(remedy("something else"), None);
    }
}
