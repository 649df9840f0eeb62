//! What a workload costs: CPU by `/proc`, and what PostgreSQL and Redis count themselves.

use std::path::Path;

use tokio_postgres::{Client, NoTls};

use super::report::{Figure, Unit};
use super::resp::Redis;
use super::server::Backend;

/// Clock ticks a second of `/proc/*/stat`, the same on every Linux that Rust's standard library runs on.
const TICKS: f64 = 100.0;

/// Everything that was used so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Costs {
    /// CPU seconds of the instances.
    server: f64,
    /// CPU seconds of all processes of that name on this machine; nothing where the database is elsewhere.
    postgres: f64,
    redis: f64,
    /// What PostgreSQL and Redis say; nothing on SQLite.
    counted: Option<Counted>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    /// None without the extension pg_stat_statements.
    statements: Option<f64>,
    /// Transactions that wrote something.
    commits: f64,
    wal_bytes: f64,
    /// Those within scripts included.
    redis_commands: f64,
}

/// Connections to ask by.
pub(super) struct Meter {
    asked: Option<(Client, Redis)>,
    statements: bool,
}

impl Meter {
    /// # Errors
    /// Where PostgreSQL or Redis can't be reached without TLS.
    pub(super) async fn open(backend: &Backend) -> Result<Self, String> {
        let Backend::Scaled { database_url, redis_url } = backend else {
            return Ok(Self { asked: None, statements: false });
        };
        let (client, connection) =
            tokio_postgres::connect(database_url, NoTls).await.map_err(|error| error.to_string())?;
        tokio::spawn(connection);
        // Fails where the server does not preload it: then statements are not counted.
        let statements = client.batch_execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements").await.is_ok()
            && client.batch_execute("SELECT 1 FROM pg_stat_statements LIMIT 1").await.is_ok();
        Ok(Self { asked: Some((client, Redis::open(redis_url).await?)), statements })
    }

    /// What the instances of these process ids and their neighbours have used.
    pub(super) async fn read(&mut self, instances: &[u32]) -> Result<Costs, String> {
        let mut costs = Costs::default();
        for id in instances {
            costs.server += cpu_of(&Path::new("/proc").join(id.to_string()));
        }
        for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            match std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default().trim() {
                "postgres" => costs.postgres += cpu_of(&entry.path()),
                "redis-server" | "valkey-server" => costs.redis += cpu_of(&entry.path()),
                _ => {}
            }
        }
        if let Some((client, redis)) = &mut self.asked {
            let query = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::float8,
                                (pg_current_wal_lsn() - '0/0'::pg_lsn)::float8";
            let row = client.query_one(query, &[]).await.map_err(|error| error.to_string())?;
            let statements = if self.statements {
                let query = "SELECT sum(calls)::float8 FROM pg_stat_statements";
                client.query_one(query, &[]).await.map_err(|error| error.to_string())?.get(0)
            } else {
                None
            };
            costs.counted = Some(Counted {
                statements,
                commits: row.get(0),
                wal_bytes: row.get(1),
                redis_commands: redis.commands_processed().await?,
            });
        }
        Ok(costs)
    }
}

impl Costs {
    /// The figures of what was used since `before` for so many messages.
    pub(super) fn since(&self, before: &Self, what: &str, messages: usize) -> Vec<Figure> {
        let messages = messages.max(1) as f64;
        let mut figures = Vec::new();
        for (part, now, then) in [
            ("server", self.server, before.server),
            ("PostgreSQL", self.postgres, before.postgres),
            ("Redis", self.redis, before.redis),
        ] {
            if now > then {
                let per_thousand = (now - then) * 1_000_000.0 / messages;
                figures.push(Figure::new(format!("{what}: {part}"), per_thousand, Unit::CpuPerThousand));
            }
        }
        if let (Some(now), Some(then)) = (self.counted, before.counted) {
            let each = |name: &str, now: f64, then: f64, unit| {
                Figure::new(format!("{what}: {name}"), (now - then) / messages, unit)
            };
            if let (Some(now), Some(then)) = (now.statements, then.statements) {
                figures.push(each("statements", now, then, Unit::PerMessage));
            }
            figures.push(each("commits", now.commits, then.commits, Unit::PerMessage));
            figures.push(each("WAL", now.wal_bytes, then.wal_bytes, Unit::BytesPerMessage));
            figures.push(each("Redis commands", now.redis_commands, then.redis_commands, Unit::PerMessage));
        }
        figures
    }
}

/// User and system time of a process.
fn cpu_of(process: &Path) -> f64 {
    let stat = std::fs::read_to_string(process.join("stat")).unwrap_or_default();
    // The second field is a name in brackets, which may hold blanks.
    let fields: Vec<&str> = stat.rsplit_once(") ").map_or(Vec::new(), |(_, rest)| rest.split(' ').collect());
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / TICKS
}
