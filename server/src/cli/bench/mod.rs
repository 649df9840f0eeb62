//! `posthorn bench`: measures a server of its own, the whole way of a message, with the load and the provider in this
//! process. What it prints was measured then and there; nothing is weakened for it (durability is the default).
//!
//! - [`server`]: an instance, a process of its own; [`stand`]: what is measured, set up; [`costs`]: what it costs
//! - [`connection`], [`resp`]: lean clients of HTTP and Redis; [`sink`]: a lean provider that notes when what arrives
//! - [`singles`], [`batches`], [`growth`], [`others`]: the workloads; [`limits`]: what the machine can do at most
//! - [`report`]: figures, the table, the JSON

#![allow(clippy::disallowed_methods, reason = "what is measured here is real time, and nothing else can be")]

mod batches;
mod connection;
mod costs;
mod growth;
mod limits;
mod others;
mod report;
mod resp;
mod server;
mod singles;
mod sink;
mod stand;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use self::batches::{Scenario, end_to_end};
use self::report::Report;
use self::server::Backend;
use self::singles::Way;
use self::stand::{Channel, Stand};
use super::say;

/// Connections at once, for single sends.
const CONCURRENCIES: [usize; 4] = [1, 16, 64, 256];
/// How long single sends go on for each concurrency.
const SINGLES_FOR: Duration = Duration::from_secs(4);
/// The steady rate, and for how long.
const STEADY: (u32, Duration) = (1000, Duration::from_secs(10));
const TENANTS: [u32; 3] = [1, 100, 10_000];
const WORKERS: [usize; 3] = [1, 2, 4];

/// What can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// One message alone, single requests from many connections, a steady rate
    Singles,
    /// Batches, followed to their end
    Batches,
    /// 1, 2 and 4 instances that send, besides one that accepts
    Instances,
    /// 200,000 messages in one go
    Backlog,
    /// 1, 100 and 10,000 tenants
    Tenants,
    /// Many stored messages, and queries among them
    Stored,
    /// Single messages beside a provider that never answers, and beside a long queue
    Others,
}

#[derive(Debug, Args)]
pub struct BenchArgs {
    /// PostgreSQL and Redis to measure as well, besides the embedded form; the database should be an empty one
    #[arg(long, env = "POSTHORN_BENCH_DATABASE_URL", requires = "redis_url", hide_env_values = true)]
    database_url: Option<String>,
    #[arg(long, env = "POSTHORN_BENCH_REDIS_URL", requires = "database_url", hide_env_values = true)]
    redis_url: Option<String>,
    /// Messages of each workload
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    messages: u32,
    /// Measure these parts only
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Part::value_variants().to_vec())]
    parts: Vec<Part>,
    /// How many messages are stored already, one size after the other, for the part `stored`
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 1_000_000, 5_000_000],
        value_parser = clap::value_parser!(u32).range(1000..=100_000_000))]
    stored: Vec<u32>,
    /// Write the figures to this file as JSON
    #[arg(long)]
    json: Option<PathBuf>,
}

pub(super) async fn run(mut args: BenchArgs) -> Result<(), String> {
    let mut backends = vec![Backend::Embedded];
    if let (Some(database_url), Some(redis_url)) = (args.database_url.take(), args.redis_url.take()) {
        backends.push(Backend::Scaled { database_url, redis_url });
    }
    let mut report = Report::default();
    for backend in backends {
        let name = backend.name();
        say(&format!("\n== {name}\n"))?;
        measure(backend, &args, &mut report).await?;
    }
    if let Some(path) = args.json {
        std::fs::write(&path, report.json()?).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

async fn measure(backend: Backend, args: &BenchArgs, report: &mut Report) -> Result<(), String> {
    let name = backend.name();
    let has = |part| args.parts.contains(&part);
    let mut stand = Stand::start(backend, args.messages).await?;
    report.add(name, stand.server().at_rest()?)?;
    let sample = stand.sample().await?;
    let limits = limits::measure(&stand, &sample).await?;
    report.compare_with(limits);
    report.add(name, limits.figures())?;
    report.add(name, limits::commits(&stand).await?)?;
    if has(Part::Singles) {
        report.add(name, singles::alone(&stand).await?)?;
        for concurrency in CONCURRENCIES {
            for way in [Way::GraphQl, Way::Rest] {
                report.add(name, singles::closed_loop(&mut stand, way, concurrency, SINGLES_FOR).await?)?;
            }
        }
        report.add(name, singles::accepting_alone(&mut stand, 64, SINGLES_FOR).await?)?;
        report.add(name, singles::open_loop(&mut stand, STEADY.0, STEADY.1).await?)?;
    }
    if has(Part::Batches) {
        let webhook = Scenario::over(&[Channel::Webhook]);
        for scenario in [
            webhook.clone(),
            Scenario::over(&[Channel::Local]),
            Scenario::over(&[Channel::Dingtalk]),
            Scenario::over(&Channel::ALL),
            webhook.clone().delayed(Duration::from_millis(50)),
            webhook.failing_once(10),
        ] {
            report.add(name, end_to_end(&mut stand, &scenario).await?)?;
        }
    }
    if has(Part::Backlog) {
        report.add(name, growth::backlog(&mut stand).await?)?;
    }
    report.add(name, stand.peak()?)?;
    if has(Part::Instances) && matches!(stand.backend, Backend::Scaled { .. }) {
        report.add(name, growth::instances(&mut stand, &WORKERS).await?)?;
    }
    if has(Part::Tenants) {
        report.add(name, growth::tenants(&mut stand, &TENANTS).await?)?;
    }
    if has(Part::Stored) {
        growth::stored(&mut stand, &sample, &args.stored, report).await?;
    }
    // What never ends would be counted by those that wait for an end.
    if has(Part::Others) {
        report.add(name, others::measure(&mut stand).await?)?;
    }
    stand.stop().await
}
