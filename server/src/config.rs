//! Configuration: command line over environment over file over defaults. Any secret may be given as `…_FILE`.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::channels::TargetAllow;

/// What an instance does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Role {
    /// Serves the API and works the lanes.
    #[default]
    All,
    /// Serves the API only.
    Api,
    /// Works the lanes only; still serves /healthz, /readyz and /metrics.
    Worker,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// Settings as given: by option, environment variable, or (with the option's name in snake case) in the file.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Given {
    /// Configuration file (TOML); keys are the long options' names with underscores
    #[arg(long, env = "POSTHORN_CONFIG", global = true)]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// HTTP address; port 0 picks one [default: 127.0.0.1:8080]
    #[arg(long, env = "POSTHORN_LISTEN", global = true)]
    pub listen: Option<String>,
    /// SQLite file, generated secret key [default: ./data]
    #[arg(long, env = "POSTHORN_DATA_DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// sqlite://path or postgres://… [default: SQLite in the data directory]
    #[arg(long, env = "DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<String>,
    /// File that holds the database URL
    #[arg(long, env = "DATABASE_URL_FILE", global = true)]
    pub database_url_file: Option<PathBuf>,
    /// redis://, rediss://, redis-sentinel:// or redis-cluster:// [default: in-process]
    #[arg(long, env = "REDIS_URL", global = true, hide_env_values = true)]
    pub redis_url: Option<String>,
    /// File that holds the Redis URL
    #[arg(long, env = "REDIS_URL_FILE", global = true)]
    pub redis_url_file: Option<PathBuf>,
    /// base64, 32 bytes: seals channel secrets; several, comma-separated: the first seals, all open
    #[arg(long, env = "POSTHORN_SECRET_KEY", global = true, hide_env_values = true)]
    pub secret_key: Option<String>,
    /// File that holds the secret key
    #[arg(long, env = "POSTHORN_SECRET_KEY_FILE", global = true)]
    pub secret_key_file: Option<PathBuf>,
    /// An API key that exists with role PLATFORM_ADMIN
    #[arg(long, env = "POSTHORN_BOOTSTRAP_KEY", global = true, hide_env_values = true)]
    pub bootstrap_key: Option<String>,
    /// File that holds the bootstrap key
    #[arg(long, env = "POSTHORN_BOOTSTRAP_KEY_FILE", global = true)]
    pub bootstrap_key_file: Option<PathBuf>,
    /// Networks (CIDR, comma-separated) that channels may reach although private
    #[arg(long, env = "POSTHORN_TARGET_ALLOW", global = true)]
    pub target_allow: Option<String>,
    /// Tracing filter [default: info]
    #[arg(long, env = "POSTHORN_LOG", global = true)]
    pub log: Option<String>,
    /// text or json [default: text]
    #[arg(long, env = "POSTHORN_LOG_FORMAT", global = true)]
    pub log_format: Option<String>,
    /// How many of the latest status events are kept for whoever lost a connection: up to 640 bytes each in memory
    /// while somebody watches, and as much in Redis [default: 200000]
    #[arg(long, env = "POSTHORN_EVENTS_KEPT", global = true)]
    pub events_kept: Option<usize>,
    /// http:// or https:// of an OpenTelemetry collector that takes OTLP over HTTP: turns trace export on
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", global = true, hide_env_values = true)]
    pub otlp_endpoint: Option<String>,
    /// What the collector is told that this is [default: posthorn]
    #[arg(long, env = "OTEL_SERVICE_NAME", global = true)]
    pub otlp_service_name: Option<String>,
}

/// Which database.
#[derive(Debug, Clone)]
pub enum Database {
    Sqlite(PathBuf),
    Postgres(SecretString),
}

/// Settings in force.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    pub data_dir: PathBuf,
    pub database: Database,
    pub redis_url: Option<SecretString>,
    pub secret_key: Option<SecretString>,
    pub bootstrap_key: Option<SecretString>,
    pub target_allow: TargetAllow,
    pub log: String,
    pub log_format: LogFormat,
    /// How many of the latest status events are kept to resume from.
    pub events_kept: usize,
    /// Where traces are exported to; it may hold a password.
    pub otlp_endpoint: Option<SecretString>,
    pub otlp_service_name: String,
}

/// What is wrong with the configuration: one line, naming the setting.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

fn wrong(text: impl Into<String>) -> ConfigError {
    ConfigError(text.into())
}

const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);

/// How many status events may be kept: fewer than a mailbox holds would let nobody catch up.
const EVENTS_KEPT: RangeInclusive<usize> = 20_000..=50_000_000;

impl Given {
    /// Takes what is not given from the file, and reads secrets from their files.
    ///
    /// # Errors
    /// Where a file can't be read, or a value makes no sense.
    pub fn resolve(self) -> Result<Config, ConfigError> {
        let file = match &self.config {
            Some(path) => toml::from_str(&read(path, "--config")?)
                .map_err(|error| wrong(format!("{}: {}", path.display(), error.message())))?,
            None => Self::default(),
        };
        let data_dir = self.data_dir.or(file.data_dir).unwrap_or_else(|| PathBuf::from("./data"));
        let database_url = secret(
            "DATABASE_URL",
            (self.database_url, self.database_url_file),
            (file.database_url, file.database_url_file),
        )?;
        let database = database(database_url, &data_dir)?;
        let redis_url =
            secret("REDIS_URL", (self.redis_url, self.redis_url_file), (file.redis_url, file.redis_url_file))?;
        if redis_url.is_some() && matches!(database, Database::Sqlite(_)) {
            return Err(wrong(
                "REDIS_URL is set but the database is SQLite: several instances can't share a SQLite file; set \
                 DATABASE_URL=postgres://…, or unset REDIS_URL",
            ));
        }
        let allow = self.target_allow.or(file.target_allow).unwrap_or_default();
        Ok(Config {
            listen: match self.listen.or(file.listen) {
                None => DEFAULT_LISTEN,
                Some(text) => text.parse().map_err(|_| {
                    wrong(format!("POSTHORN_LISTEN: `{text}` is not an address and port like 127.0.0.1:8080"))
                })?,
            },
            secret_key: secret(
                "POSTHORN_SECRET_KEY",
                (self.secret_key, self.secret_key_file),
                (file.secret_key, file.secret_key_file),
            )?,
            bootstrap_key: secret(
                "POSTHORN_BOOTSTRAP_KEY",
                (self.bootstrap_key, self.bootstrap_key_file),
                (file.bootstrap_key, file.bootstrap_key_file),
            )?,
            target_allow: allow.parse().map_err(|error| wrong(format!("POSTHORN_TARGET_ALLOW: {error}")))?,
            log: self.log.or(file.log).unwrap_or_else(|| "info".to_owned()),
            log_format: match self.log_format.or(file.log_format).as_deref() {
                None | Some("text") => LogFormat::Text,
                Some("json") => LogFormat::Json,
                Some(other) => return Err(wrong(format!("POSTHORN_LOG_FORMAT must be text or json, not `{other}`"))),
            },
            events_kept: match self.events_kept.or(file.events_kept) {
                None => 200_000,
                Some(events) if EVENTS_KEPT.contains(&events) => events,
                Some(events) => {
                    let (least, most) = EVENTS_KEPT.into_inner();
                    return Err(wrong(format!("POSTHORN_EVENTS_KEPT must be {least} to {most}, not {events}")));
                }
            },
            otlp_endpoint: otlp_endpoint(self.otlp_endpoint.or(file.otlp_endpoint))?,
            otlp_service_name: self
                .otlp_service_name
                .or(file.otlp_service_name)
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| "posthorn".to_owned()),
            data_dir,
            database,
            redis_url,
        })
    }
}

type Source = (Option<String>, Option<PathBuf>);

/// A secret given itself or by a file; what is given outside the configuration file wins.
fn secret(name: &str, given: Source, file: Source) -> Result<Option<SecretString>, ConfigError> {
    for (value, path) in [given, file] {
        match (value.filter(|value| !value.is_empty()), path) {
            (Some(_), Some(_)) => return Err(wrong(format!("{name} and {name}_FILE are both set: unset one"))),
            (Some(value), None) => return Ok(Some(value.into())),
            (None, Some(path)) => return Ok(Some(read(&path, &format!("{name}_FILE"))?.trim().to_owned().into())),
            (None, None) => {}
        }
    }
    Ok(None)
}

fn read(path: &Path, name: &str) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| wrong(format!("{name}: {} can't be read: {error}", path.display())))
}

fn database(url: Option<SecretString>, data_dir: &Path) -> Result<Database, ConfigError> {
    let Some(url) = url else { return Ok(Database::Sqlite(data_dir.join("posthorn.db"))) };
    let text = url.expose_secret();
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return Ok(Database::Postgres(url));
    }
    if let Some(path) = text.strip_prefix("sqlite://").filter(|path| !path.is_empty()) {
        return Ok(Database::Sqlite(PathBuf::from(path)));
    }
    let scheme = text.split("://").next().unwrap_or_default();
    let hint = if text.contains("://") { format!(", not {scheme}://") } else { String::new() };
    Err(wrong(format!("DATABASE_URL must begin with postgres:// or sqlite://{hint}")))
}

fn otlp_endpoint(given: Option<String>) -> Result<Option<SecretString>, ConfigError> {
    let Some(text) = given.filter(|text| !text.is_empty()) else { return Ok(None) };
    match url::Url::parse(&text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(Some(text.into())),
        _ => Err(wrong("OTEL_EXPORTER_OTLP_ENDPOINT must be an address like http://collector:4318")),
    }
}

impl Config {
    /// As shown by `--print-config`: TOML, secrets masked.
    pub fn print(&self) -> String {
        let hidden =
            |secret: &Option<SecretString>| if secret.is_some() { "\"••••\"" } else { "\"\" # not set" };
        let database = match &self.database {
            Database::Sqlite(path) => format!("sqlite://{}", path.display()),
            Database::Postgres(url) => masked(url.expose_secret()),
        };
        let redis = self
            .redis_url
            .as_ref()
            .map_or_else(|| "\"\" # in-process".to_owned(), |url| format!("{:?}", masked(url.expose_secret())));
        let otlp = self
            .otlp_endpoint
            .as_ref()
            .map_or_else(|| "\"\" # no traces".to_owned(), |url| format!("{:?}", masked(url.expose_secret())));
        let format = match self.log_format {
            LogFormat::Text => "text",
            LogFormat::Json => "json",
        };
        format!(
            "listen = \"{}\"\ndata_dir = {:?}\ndatabase_url = {database:?}\nredis_url = {redis}\nsecret_key = {}\n\
             bootstrap_key = {}\ntarget_allow = \"{}\"\nlog = {:?}\nlog_format = \"{format}\"\n\
             events_kept = {}\notlp_endpoint = {otlp}\notlp_service_name = {:?}\n",
            self.listen,
            self.data_dir.display().to_string(),
            hidden(&self.secret_key),
            hidden(&self.bootstrap_key),
            self.target_allow,
            self.log,
            self.events_kept,
            self.otlp_service_name,
        )
    }
}

/// A URL without its password, wherever it stands: what follows the `?` may hold one too, so of that only names are
/// shown.
pub fn masked(url: &str) -> String {
    let Ok(mut url) = url::Url::parse(url) else { return "****".to_owned() };
    if url.password().is_some() && url.set_password(Some("****")).is_err() {
        return "****".to_owned();
    }
    const HARMLESS: &[&str] = &["sslmode", "host", "port", "dbname", "user", "application_name"];
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    if !pairs.is_empty() {
        let shown = pairs.iter().map(|(name, value)| {
            if HARMLESS.contains(&name.as_str()) { format!("{name}={value}") } else { format!("{name}=****") }
        });
        let query = shown.collect::<Vec<_>>().join("&");
        url.set_query(Some(&query));
    }
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_embedded() {
        let config = Given::default().resolve().unwrap();
        assert!(matches!(config.database, Database::Sqlite(path) if path == Path::new("./data/posthorn.db")));
        assert!(config.redis_url.is_none());
    }

    #[test]
    fn redis_with_sqlite_is_refused() {
        let given = Given { redis_url: Some("redis://localhost".to_owned()), ..Given::default() };
        assert!(given.resolve().unwrap_err().0.contains("SQLite"));
    }

    #[test]
    fn an_unknown_database_is_refused_with_a_hint() {
        let given = Given { database_url: Some("mysql://u:p@h/d".to_owned()), ..Given::default() };
        let error = given.resolve().unwrap_err().0;
        assert!(error.contains("postgres://") && !error.contains("u:p"), "{error}");
    }

    #[test]
    fn traces_go_to_an_http_address_only() {
        let given = |text: &str| Given { otlp_endpoint: Some(text.to_owned()), ..Given::default() };
        assert!(given("").resolve().unwrap().otlp_endpoint.is_none());
        assert!(given("http://127.0.0.1:4318").resolve().unwrap().otlp_endpoint.is_some());
        for wrong in ["collector:4317", "grpc://collector:4317", "http://"] {
            assert!(given(wrong).resolve().unwrap_err().0.contains("OTEL_EXPORTER_OTLP_ENDPOINT"), "{wrong}");
        }
    }

    #[test]
    fn the_number_of_events_kept_has_bounds() {
        let given = |events| Given { events_kept: events, ..Given::default() }.resolve();
        assert_eq!(given(None).unwrap().events_kept, 200_000);
        assert_eq!(given(Some(2_000_000)).unwrap().events_kept, 2_000_000);
        for wrong in [0, 19_999, 50_000_001] {
            assert!(given(Some(wrong)).unwrap_err().0.contains("POSTHORN_EVENTS_KEPT"), "{wrong}");
        }
    }

    #[test]
    fn secrets_are_masked_where_they_are_printed() {
        let given = Given {
            database_url: Some("postgres://me:hunter2@db/x".to_owned()),
            secret_key: Some("c2VjcmV0".to_owned()),
            otlp_endpoint: Some("https://me:hunter3@collector:4318".to_owned()),
            ..Given::default()
        };
        let printed = given.resolve().unwrap().print();
        assert!(printed.contains("me:****@db"), "{printed}");
        assert!(!printed.contains("hunter") && !printed.contains("c2VjcmV0"), "{printed}");
    }

    #[test]
    fn a_password_in_the_query_is_masked_too() {
        let shown = masked("postgres://me@db/x?sslmode=require&password=hunter2");
        assert_eq!(shown, "postgres://me@db/x?sslmode=require&password=****");
    }

    #[test]
    fn options_win_over_the_file() {
        let dir = std::env::temp_dir().join(format!("posthorn-config-{}", std::process::id()));
        std::fs::write(&dir, "log = \"debug\"\nlisten = \"127.0.0.1:1\"\n").unwrap();
        let given = Given { config: Some(dir.clone()), log: Some("warn".to_owned()), ..Given::default() };
        let config = given.resolve().unwrap();
        std::fs::remove_file(dir).unwrap();
        assert_eq!((config.log.as_str(), config.listen.port()), ("warn", 1));
    }
}
