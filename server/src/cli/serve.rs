//! `posthorn serve`: migrate, serve HTTP, work the lanes; on SIGTERM finish what is in hand and exit 0.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{configure, configure_to_serve, say, stop_signal};
use crate::app::App;
use crate::config::{Config, Database, Given, Role};
use crate::domain::chance::Chance;
use crate::domain::time::Clock;
use crate::http::{self, HttpApp};
use crate::services::Services;

/// How long what is in hand may take to finish once the instance is to stop,
/// beyond the longest that a provider may take.
const STOP_MARGIN: Duration = Duration::from_secs(10);

/// How long an instance that has others beside it goes on answering once it is to stop, where nothing else is asked for.
const DRAIN: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    given: Given,
    /// What this instance does
    #[arg(long, env = "POSTHORN_ROLE", value_enum, default_value_t = Role::All)]
    role: Role,
    /// Seconds for which requests are still answered once it is to stop, while /readyz says no: time for a load balancer to
    /// look elsewhere [default: 5 with PostgreSQL; 0 with SQLite, which has one instance only]
    #[arg(long, env = "POSTHORN_DRAIN_SECONDS", value_parser = clap::value_parser!(u64).range(0..=300))]
    drain_seconds: Option<u64>,
    /// Show the configuration in force, secrets masked, and exit
    #[arg(long)]
    print_config: bool,
}

pub(super) async fn run(args: ServeArgs) -> Result<(), String> {
    if args.print_config {
        return say(configure(args.given)?.print().trim_end());
    }
    let (config, traces) = configure_to_serve(args.given)?;
    let asked_to_stop = stop_signal();
    let mut greeted = false;
    let server = Server::start(&config, args.role, |address, key| {
        greeted = true;
        greet(address)?;
        show_first_key(key)
    })
    .await?;
    if !greeted {
        greet(server.address)?;
    }
    asked_to_stop.await;
    server.stop(drain(&config, &args.role, args.drain_seconds)).await;
    if let Some(traces) = traces {
        traces.end().await;
    }
    Ok(())
}

/// The first line of output.
pub(super) fn greet(address: SocketAddr) -> Result<(), String> {
    say(&format!("posthorn {} listens on http://{address}", env!("CARGO_PKG_VERSION")))
}

pub(super) fn show_first_key(key: &str) -> Result<(), String> {
    say(&format!("first start: this API key (role PLATFORM_ADMIN) is shown once: {key}"))
}

/// How long to go on answering once the instance is to stop.
fn drain(config: &Config, role: &Role, seconds: Option<u64>) -> Duration {
    match (role, seconds, &config.database) {
        (Role::Worker, ..) => Duration::ZERO,
        (_, Some(seconds), _) => Duration::from_secs(seconds),
        (_, None, Database::Postgres(_)) => DRAIN,
        (_, None, Database::Sqlite(_)) => Duration::ZERO,
    }
}

/// A running instance.
pub(super) struct Server {
    pub address: SocketAddr,
    pub services: Services,
    /// Ends work: lanes, schedules.
    rest: CancellationToken,
    /// Sends callers elsewhere.
    leaving: CancellationToken,
    /// Ends everything.
    shutdown: CancellationToken,
    parts: Vec<JoinHandle<()>>,
    _app: AppLock,
}

/// Keeps what must live as long as the instance.
struct AppLock(#[allow(dead_code)] Option<std::fs::File>);

impl Server {
    /// Starts it. Where a first API key is made, `show` gets it with the address; everything is in place by then, but nobody
    /// is answered yet.
    pub(super) async fn start(
        config: &Config,
        role: Role,
        show: impl FnOnce(SocketAddr, &str) -> Result<(), String>,
    ) -> Result<Self, String> {
        let listener = TcpListener::bind(config.listen)
            .await
            .map_err(|error| format!("POSTHORN_LISTEN {}: {error}", config.listen))?;
        let address = listener.local_addr().map_err(|error| format!("POSTHORN_LISTEN: {error}"))?;
        let metrics = metrics()?;
        let app = App::start(config, Clock::System, Chance::System, |key| show(address, key))
            .await
            .map_err(|error| error.0)?;
        let shutdown = CancellationToken::new();
        let (rest, leaving) = (shutdown.child_token(), shutdown.child_token());
        let mut parts = vec![app.services.catalog.spawn_refresh(shutdown.clone())];
        if role != Role::Api {
            parts.push(tokio::spawn(app.workers.run(rest.clone())));
            parts.push(tokio::spawn(app.schedule.run(rest.clone())));
            parts.push(tokio::spawn(app.bulk.run(rest.clone())));
        }
        let http = HttpApp::new(app.services.clone(), metrics.clone(), shutdown.clone()).leaving_by(leaving.clone());
        let router = if role == Role::Worker { http::probes_router(http) } else { http::router(http) };
        let stop = shutdown.clone();
        parts.push(tokio::spawn(async move {
            if let Err(error) = http::serve(listener, router, stop).await {
                tracing::error!(%error, "the HTTP server failed");
            }
        }));
        let upkeep = shutdown.clone();
        parts.push(tokio::spawn(async move {
            while !upkeep.is_cancelled() {
                metrics.run_upkeep();
                tokio::select! {
                    () = upkeep.cancelled() => {}
                    () = tokio::time::sleep(Duration::from_secs(5)) => {}
                }
            }
        }));
        Ok(Self { address, services: app.services, rest, leaving, shutdown, parts, _app: AppLock(app.lock) })
    }

    /// Stops taking work at once and requests after `drain` (or when asked to stop once more); lets what is in hand finish
    /// within the deadline.
    pub(super) async fn stop(self, drain: Duration) {
        tracing::info!("stopping");
        self.rest.cancel();
        self.leaving.cancel();
        if !drain.is_zero() {
            tokio::select! {
                () = tokio::time::sleep(drain) => {}
                () = stop_signal() => {}
            }
        }
        let longest = self.services.catalog.settings().timeout.single_channel_seconds;
        let deadline = Duration::from_secs(u64::try_from(longest).unwrap_or(30)) + STOP_MARGIN;
        self.shutdown.cancel();
        if tokio::time::timeout(deadline, futures::future::join_all(self.parts)).await.is_err() {
            tracing::warn!("what did not finish in time is left to the sweeper of the next instance");
        }
        // What the last work told.
        self.services.bus.end().await;
    }
}

fn metrics() -> Result<PrometheusHandle, String> {
    let buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &buckets)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|error| format!("metrics: {error}"))
}
