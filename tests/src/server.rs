//! `posthorn serve` on either backend: one or several instances on one database, killed when dropped.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;

use tempfile::TempDir;

use crate::api::Api;
use crate::process::Process;
use crate::services;
use crate::wait::poll_until;

/// The PLATFORM_ADMIN key of every test server.
pub const BOOTSTRAP_KEY: &str = "ph_test_bootstrap_key_0123456789abcdef";
/// 32 bytes in base64.
pub const SECRET_KEY: &str = "dGVzdC1zZWNyZXQta2V5LXRlc3Qtc2VjcmV0LWtleSE=";
/// Another 32 bytes.
pub const OTHER_SECRET_KEY: &str = "YW5vdGhlci1rZXktYW5vdGhlci1rZXktYW5vdGhlciE=";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// SQLite and an in-process queue.
    Embedded,
    /// PostgreSQL and Redis.
    Scaled,
}

/// Where a server keeps what it must not lose; instances that share it are one installation.
#[derive(Clone)]
pub struct Place {
    pub backend: Backend,
    directory: Arc<TempDir>,
    pub database_url: Option<String>,
    pub redis_url: Option<String>,
}

impl Place {
    pub async fn new(backend: Backend) -> Self {
        let directory = Arc::new(tempfile::Builder::new().prefix("posthorn-test").tempdir().unwrap());
        let (database_url, redis_url) = match backend {
            Backend::Embedded => (None, None),
            Backend::Scaled => (Some(services::new_database().await), Some(services::new_redis_database())),
        };
        Self { backend, directory, database_url, redis_url }
    }

    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub fn data_dir(&self) -> PathBuf {
        self.directory().join("data")
    }

    /// The environment of a server here.
    pub fn environment(&self) -> Vec<(String, OsString)> {
        let mut environment: Vec<(String, OsString)> = vec![
            ("POSTHORN_LISTEN".into(), "127.0.0.1:0".into()),
            ("POSTHORN_DATA_DIR".into(), self.data_dir().into()),
            ("POSTHORN_BOOTSTRAP_KEY".into(), BOOTSTRAP_KEY.into()),
            ("POSTHORN_TARGET_ALLOW".into(), "127.0.0.0/8".into()),
            ("POSTHORN_LOG".into(), "info".into()),
            // Tests have no load balancer that would have to notice.
            ("POSTHORN_DRAIN_SECONDS".into(), "0".into()),
        ];
        if let Some(url) = &self.database_url {
            environment.push(("DATABASE_URL".into(), url.into()));
            environment.push(("POSTHORN_SECRET_KEY".into(), SECRET_KEY.into()));
        }
        if let Some(url) = &self.redis_url {
            environment.push(("REDIS_URL".into(), url.into()));
        }
        environment
    }

    /// Everything that the database holds, as bytes to search in.
    pub async fn everything_stored(&self) -> Vec<u8> {
        match &self.database_url {
            None => {
                let mut all = Vec::new();
                for entry in std::fs::read_dir(self.data_dir()).unwrap() {
                    let path = entry.unwrap().path();
                    if path.is_file() {
                        all.extend(std::fs::read(path).unwrap());
                    }
                }
                all
            }
            Some(url) => {
                let client = services::connect(url).await;
                let tables = client
                    .query("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'", &[])
                    .await
                    .unwrap();
                let mut all = Vec::new();
                for table in tables {
                    let table: String = table.get(0);
                    for row in client.query(&format!("SELECT t::text FROM {table} t"), &[]).await.unwrap() {
                        all.extend_from_slice(row.get::<_, &str>(0).as_bytes());
                        all.push(b'\n');
                    }
                }
                all
            }
        }
    }
}

/// How a server is to be started.
#[derive(Clone)]
pub struct Builder {
    place: Place,
    /// The command that becomes the binary, where that is not started by itself.
    by: Vec<String>,
    arguments: Vec<String>,
    environment: Vec<(String, OsString)>,
}

impl Builder {
    pub fn at(place: &Place) -> Self {
        Self { place: place.clone(), by: Vec::new(), arguments: vec!["serve".into()], environment: Vec::new() }
    }

    /// Sets a variable, in the place of what it would be otherwise.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    #[must_use]
    pub fn arg(mut self, argument: &str) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Starts it by a command that is given the binary and its arguments and becomes it.
    #[must_use]
    pub fn by(mut self, command: &[&str]) -> Self {
        self.by = command.iter().map(|word| (*word).to_owned()).collect();
        self
    }

    /// Starts another version's binary in place of the one under test.
    #[must_use]
    pub fn of(self, binary: &Path) -> Self {
        self.by(&["sh", "-c", "shift; exec \"$0\" \"$@\"", binary.to_str().unwrap()])
    }

    fn spawn(&self) -> Process {
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        let mut environment = self.place.environment();
        environment.extend(self.environment.iter().cloned());
        Process::start_by(&self.by, &arguments, &environment, self.place.directory())
    }

    /// Starts the server and waits until it is ready.
    pub async fn start(self) -> Server {
        let mut process = self.spawn();
        let url = process.address().await;
        let server = Server { builder: self, process, url };
        server.wait_ready().await;
        server
    }
}

pub struct Server {
    builder: Builder,
    process: Process,
    /// `http://127.0.0.1:PORT`
    pub url: String,
}

impl Server {
    /// One instance, alone on a database of its own.
    pub async fn start(backend: Backend) -> Self {
        Self::build(backend).await.start().await
    }

    pub async fn build(backend: Backend) -> Builder {
        Builder::at(&Place::new(backend).await)
    }

    pub fn place(&self) -> &Place {
        &self.builder.place
    }

    /// Another instance on the same database, not started yet.
    pub fn another(&self) -> Builder {
        Builder::at(self.place())
    }

    pub async fn wait_ready(&self) {
        let api = self.platform();
        poll_until("/readyz", async || (api.get("/readyz").await.0 == 200).then_some(())).await;
    }

    /// A client with the bootstrap key.
    pub fn platform(&self) -> Api {
        Api::new(&self.url, Some(BOOTSTRAP_KEY))
    }

    /// A client with another key.
    pub fn api(&self, key: &str) -> Api {
        Api::new(&self.url, Some(key))
    }

    pub fn anonymous(&self) -> Api {
        Api::new(&self.url, None)
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Whether the process still runs.
    pub fn runs(&mut self) -> bool {
        self.process.runs()
    }

    /// SIGTERM, and goes on.
    pub fn ask_to_end(&self) {
        self.process.ask_to_end();
    }

    /// Waits for its end.
    pub async fn end(&mut self) -> ExitStatus {
        self.process.end().await
    }

    pub fn kill9(&mut self) {
        self.process.kill9();
    }

    pub async fn terminate(&mut self) -> ExitStatus {
        self.process.terminate().await
    }

    /// Starts it again after [`Self::kill9`] or [`Self::terminate`]; the address changes.
    pub async fn start_again(&mut self) {
        self.process = self.builder.spawn();
        self.url = self.process.address().await;
        self.wait_ready().await;
    }

    /// From the next start on it is another version's binary, or the one under test again.
    pub fn becomes(&mut self, binary: Option<&Path>) {
        let builder = self.builder.clone();
        self.builder = binary.map_or_else(|| builder.clone().by(&[]), |binary| builder.clone().of(binary));
    }

    /// Starts it again, with a variable set otherwise from now on.
    pub async fn start_again_with(&mut self, name: &str, value: &str) {
        self.builder.environment.push((name.into(), value.into()));
        self.start_again().await;
    }

    pub fn log(&self) -> String {
        self.process.log()
    }

    pub fn output(&self) -> String {
        self.process.output()
    }
}
