//! The server under test: `posthorn serve` as a process of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::connection::Connection;
use super::report::{Figure, Unit};

pub(super) const KEY: &str = "ph_bench_bootstrap_key_0123456789abcdef";
const READY_WITHIN: Duration = Duration::from_secs(60);

/// What the server keeps its data in.
pub(super) enum Backend {
    Embedded,
    Scaled { database_url: String, redis_url: String },
}

impl Backend {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Scaled { .. } => "PostgreSQL + Redis",
        }
    }
}

pub(super) struct Server {
    child: Child,
    pub(super) address: String,
    binary: PathBuf,
    started_in: Duration,
}

impl Server {
    /// Starts one instance, with its data in `folder`; a role other than `all` needs PostgreSQL.
    pub(super) async fn start(backend: &Backend, role: &str, folder: &Path) -> Result<Self, String> {
        let binary = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut command = Command::new(&binary);
        command
            .args(["serve", "--role", role])
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
            .env("POSTHORN_LISTEN", "127.0.0.1:0")
            .env("POSTHORN_DATA_DIR", folder)
            .env("POSTHORN_TARGET_ALLOW", "127.0.0.0/8")
            .env("POSTHORN_BOOTSTRAP_KEY", KEY)
            .env("POSTHORN_LOG", "warn")
            .env("POSTHORN_DRAIN_SECONDS", "0");
        if let Backend::Scaled { database_url, redis_url } = backend {
            command
                .env("DATABASE_URL", database_url)
                .env("REDIS_URL", redis_url)
                .env("POSTHORN_SECRET_KEY", "YmVuY2gtc2VjcmV0LWtleS1iZW5jaC1zZWNyZXQta2U=");
        }
        let asked = Instant::now();
        let mut child = command.spawn().map_err(|error| format!("{}: {error}", binary.display()))?;
        let output = child.stdout.take().ok_or("the server has no output")?;
        let line = BufReader::new(output).lines().next_line().await.map_err(|error| error.to_string())?;
        let line = line.ok_or("the server ended before it was ready")?;
        let address = line
            .split_once("http://")
            .map(|(_, rest)| rest.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or(rest).to_owned())
            .ok_or_else(|| format!("no address in: {line}"))?;
        let mut server = Self { child, address, binary, started_in: Duration::ZERO };
        while !server.ready().await {
            if asked.elapsed() > READY_WITHIN {
                return Err("the server does not become ready".to_owned());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        server.started_in = asked.elapsed();
        Ok(server)
    }

    async fn ready(&self) -> bool {
        match self.connect().await {
            Ok(mut connection) => connection.get("/readyz").await.is_ok_and(|(status, _)| status == 200),
            Err(_) => false,
        }
    }

    pub(super) async fn connect(&self) -> Result<Connection, String> {
        Connection::open(&self.address, KEY).await.map_err(|error| format!("{}: {error}", self.address))
    }

    /// One GraphQL request that must succeed.
    pub(super) async fn graphql(&self, query: &str, input: Value) -> Result<Value, String> {
        let body = json!({ "query": query, "variables": { "input": input } }).to_string();
        let (status, text) =
            self.connect().await?.post("/graphql", &body).await.map_err(|error| format!("{query}: {error}"))?;
        let answer: Value = serde_json::from_str(&text).unwrap_or_default();
        let errors = answer["data"].as_object().and_then(|data| data.values().next()).map(|it| &it["userErrors"]);
        if status != 200 || answer.get("errors").is_some() || errors.is_some_and(|errors| *errors != json!([])) {
            return Err(format!("{query}: {status} {text}"));
        }
        Ok(answer)
    }

    /// Messages that came to an end since the server started.
    pub(super) async fn finished(&self, connection: &mut Connection) -> Result<u64, String> {
        let (_, text) = connection.get("/metrics").await.map_err(|error| format!("/metrics: {error}"))?;
        let value = |line: &str| line.rsplit(' ').next().and_then(|value| value.parse::<f64>().ok());
        let lines = text.lines().filter(|line| line.starts_with("posthorn_messages_finished_total"));
        Ok(lines.filter_map(value).sum::<f64>() as u64)
    }

    /// A line of `/proc/*/status`, in MB.
    fn memory(&self, name: &str) -> Result<f64, String> {
        let id = self.child.id().ok_or("the server has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).map_err(|error| error.to_string())?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or_else(|| format!("no {name}"))?;
        let kilobytes = line.trim_matches(|c: char| !c.is_ascii_digit()).parse::<f64>().map_err(|e| e.to_string())?;
        Ok(kilobytes / 1024.0)
    }

    pub(super) fn at_rest(&self) -> Result<Vec<Figure>, String> {
        let size = std::fs::metadata(&self.binary).map_err(|error| error.to_string())?.len() as f64 / (1 << 20) as f64;
        Ok(vec![
            Figure::new("start until ready", self.started_in.as_secs_f64() * 1000.0, Unit::Milliseconds),
            Figure::new("binary", size, Unit::Megabytes),
            Figure::new("server memory, idle", self.memory("VmRSS:")?, Unit::Megabytes),
        ])
    }

    pub(super) fn peak(&self) -> Result<Vec<Figure>, String> {
        Ok(vec![Figure::new("server memory, peak of the whole run", self.memory("VmHWM:")?, Unit::Megabytes)])
    }

    /// In milliseconds.
    pub(super) const fn started_in(&self) -> f64 {
        self.started_in.as_millis() as f64
    }

    pub(super) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    pub(super) async fn stop(mut self) -> Result<(), String> {
        if let Some(id) = self.child.id() {
            let asked = Command::new("kill").arg(id.to_string()).status().await.map_err(|error| error.to_string())?;
            if !asked.success() {
                return Err("the server could not be asked to stop".to_owned());
            }
        }
        let status = self.child.wait().await.map_err(|error| error.to_string())?;
        if status.success() { Ok(()) } else { Err(format!("the server ended with {status}")) }
    }
}
