//! The key that seals secrets: where it comes from, and whether it is the one that this database's secrets are sealed with.

use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use secrecy::{ExposeSecret, SecretString};

use super::database::create_private;
use super::{StartError, cannot};
use crate::config::{Config, Database};
use crate::domain::chance::secret_bytes;
use crate::store::seal::Sealer;
use crate::store::{Store, fact};

/// The name of a known text that is kept sealed, and that text.
const CHECK: (&str, &str) = ("secret_check", "posthorn");
const FILE: &str = "secret.key";

/// Looks at the key that was given, if one was. Changes nothing.
///
/// # Errors
/// Where it is no key, or there must be one and is none.
pub(super) fn check(config: &Config) -> Result<(), StartError> {
    match &config.secret_key {
        Some(key) => read(key, "POSTHORN_SECRET_KEY").map(drop),
        None if matches!(config.database, Database::Postgres(_)) => Err(cannot(
            "POSTHORN_SECRET_KEY is not set: with PostgreSQL every instance needs the same key; make one with \
             `head -c 32 /dev/urandom | base64`",
        )),
        None => Ok(()),
    }
}

/// What seals and opens secrets, by the key that was given or (embedded) is generated into the data directory once.
///
/// # Errors
/// Where there is no key, or it is none.
pub(super) fn sealer(config: &Config) -> Result<Sealer, StartError> {
    if let Some(sealer) = present_sealer(config)? {
        return Ok(sealer);
    }
    let path = config.data_dir.join(FILE);
    let key = base64::engine::general_purpose::STANDARD.encode(secret_bytes::<32>());
    write_private(&path, &key).map_err(|error| cannot(format!("{}: {error}", path.display())))?;
    read(&key.into(), FILE)
}

/// The same, without making a key: None, where one is yet to be generated.
fn present_sealer(config: &Config) -> Result<Option<Sealer>, StartError> {
    check(config)?;
    if let Some(key) = &config.secret_key {
        return read(key, "POSTHORN_SECRET_KEY").map(Some);
    }
    let path = config.data_dir.join(FILE);
    match std::fs::read_to_string(&path) {
        Ok(key) => read(&key.trim().to_owned().into(), &path.display().to_string()).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot(format!("{} can't be read: {error}", path.display()))),
    }
}

fn read(keys: &SecretString, name: &str) -> Result<Sealer, StartError> {
    Sealer::from_base64_list(keys.expose_secret()).map_err(|error| cannot(format!("{name}: {error}")))
}

/// Sees to it that this database's secrets are sealed with this key. A key that is not among those they were sealed with
/// is refused: it is noticed now, not when the first channel can't be opened.
///
/// # Errors
/// Where it is not the right one, or the database doesn't answer.
pub(super) async fn settle(sealer: &Sealer, store: &Store) -> Result<(), StartError> {
    let (name, text) = CHECK;
    let sealed = sealer.seal(text, name.as_bytes()).map_err(|error| cannot(error.to_string()))?;
    let mut conn = store.write().await.map_err(|error| cannot(error.to_string()))?;
    let known = fact::get_or_set(&mut conn, name, &sealed).await.map_err(|error| cannot(error.to_string()))?;
    sealer.open(&known, name.as_bytes()).map_err(|_| not_the_key())?;
    if !sealer.sealed_by_first(&known) {
        fact::replace(&mut conn, name, &known, &sealed).await.map_err(|error| cannot(error.to_string()))?;
    }
    Ok(())
}

/// Whether the key at hand is this database's.
#[derive(Debug)]
pub enum KnownKey {
    Right(Sealer),
    /// Nothing was sealed yet, so any key will do.
    NotSetYet,
}

/// Looks whether the key at hand opens this database's secrets. Changes nothing.
///
/// # Errors
/// Where it doesn't, where there is none although secrets were sealed, or where the database doesn't answer.
pub async fn check_sealer(config: &Config, store: &Store) -> Result<KnownKey, StartError> {
    let sealer = present_sealer(config)?;
    let (name, _) = CHECK;
    let mut conn = store.read().await.map_err(|error| cannot(error.to_string()))?;
    let known = fact::get(&mut conn, name).await.map_err(|error| cannot(error.to_string()))?;
    match (sealer, known) {
        (_, None) => Ok(KnownKey::NotSetYet),
        (None, Some(_)) => Err(cannot(format!(
            "{} is missing, with which this database's secrets are sealed: put it back, or set POSTHORN_SECRET_KEY",
            config.data_dir.join(FILE).display()
        ))),
        (Some(sealer), Some(known)) => {
            sealer.open(&known, name.as_bytes()).map_err(|_| not_the_key())?;
            Ok(KnownKey::Right(sealer))
        }
    }
}

fn not_the_key() -> StartError {
    cannot(
        "POSTHORN_SECRET_KEY is not the key that this database's secrets are sealed with; to change the key, set \
         the new one first and keep the old one behind it: new,old",
    )
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
