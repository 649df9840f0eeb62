//! `posthorn bench`: measures a server of its own, the whole way of a message, with the load and the provider in this
//! process. What it prints was measured then and there; nothing is weakened for it (durability is the default).
//!
//! - [`server`]: the server under test, a process of its own; what it costs by `/proc`
//! - [`connection`]: a lean HTTP client; [`sink`]: a lean provider that notes when what arrives
//! - [`load`]: the workloads; [`report`]: figures, the table, the JSON

mod connection;
mod load;
mod report;
mod server;
mod sink;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use self::load::{Bench, Channel, Scenario};
use self::report::Report;
use self::server::{Backend, Server};
use self::sink::Sink;
use super::say;
use crate::domain::time::Clock;
use crate::simulate::Simulator;

/// Connections at once, for single sends.
const CONCURRENCIES: [usize; 4] = [1, 16, 64, 256];
/// How long single sends go on for each concurrency.
const SINGLES_FOR: Duration = Duration::from_secs(4);

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
    /// Write the figures to this file as JSON
    #[arg(long)]
    json: Option<PathBuf>,
}

pub(super) async fn run(args: BenchArgs) -> Result<(), String> {
    let mut backends = vec![Backend::Embedded];
    if let (Some(database_url), Some(redis_url)) = (args.database_url, args.redis_url) {
        backends.push(Backend::Scaled { database_url, redis_url });
    }
    let mut report = Report::default();
    for backend in backends {
        let name = backend.name();
        say(&format!("\n== {name}\n"))?;
        measure(backend, args.messages, &mut report).await?;
    }
    if let Some(path) = args.json {
        std::fs::write(&path, report.json()?).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

async fn measure(backend: Backend, messages: u32, report: &mut Report) -> Result<(), String> {
    let sink = Sink::start(messages as usize).await.map_err(|error| format!("the sink: {error}"))?;
    let simulator = Simulator::new(Clock::System, 0);
    let simulator =
        simulator.listen(([127, 0, 0, 1], 0).into()).await.map_err(|error| format!("simulator: {error}"))?;
    let name = backend.name();
    let server = Server::start(&backend).await?;
    report.add(name, server.at_rest()?)?;
    let bench = Bench { server, sink, simulator: simulator.addr, messages };
    bench.prepare().await?;

    let alone = bench.alone(Scenario::new(&[Channel::Webhook])).await?;
    report.add(name, alone)?;
    for concurrency in CONCURRENCIES {
        for way in [load::Way::GraphQl, load::Way::Rest] {
            report.add(name, bench.singles(way, concurrency, SINGLES_FOR).await?)?;
        }
    }
    let mut scenarios = vec![
        Scenario::new(&[Channel::Webhook]),
        Scenario::new(&[Channel::Local]),
        Scenario::new(&[Channel::Dingtalk]),
        Scenario::new(&[Channel::Webhook, Channel::Local, Channel::Dingtalk]),
    ];
    scenarios.push(Scenario { delay: Duration::from_millis(50), ..Scenario::new(&[Channel::Webhook]) });
    scenarios.push(Scenario { fail_every: 10, ..Scenario::new(&[Channel::Webhook]) });
    for scenario in scenarios {
        report.add(name, bench.end_to_end(&scenario).await?)?;
    }
    report.add(name, bench.server.peak()?)?;
    bench.server.stop().await?;
    simulator.stop().await.map_err(|error| error.to_string())
}
