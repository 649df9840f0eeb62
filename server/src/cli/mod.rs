//! The commands of the `posthorn` binary, a file each.

pub mod bench;
pub mod check;
pub mod demo;
mod log;
pub mod migrate;
pub mod retention;
pub mod send;
pub mod serve;
pub mod simulate;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use secrecy::{ExposeSecret, SecretString};

use crate::config::{Config, ConfigError, Given};
use crate::traces::Traces;

/// A message centre: business systems hand it a message once; it decides who gets it over which channels, renders it,
/// sends it, retries what fails, and lets people watch every step.
#[derive(Debug, Parser)]
#[command(name = "posthorn", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Migrate the database, serve HTTP, work the lanes
    Serve(serve::ServeArgs),
    /// Bring the database's schema up to this version and exit
    Migrate(migrate::MigrateArgs),
    /// Print the GraphQL schema (SDL)
    Schema,
    /// Check the configuration, the database, Redis and each enabled channel
    Check(Given),
    /// Remove what is older than the retention settings allow, and exit
    Retention(retention::RetentionArgs),
    /// Run the provider simulator
    Simulate(simulate::SimulateArgs),
    /// Serve with a simulator and sample data: the first thing to run
    Demo(demo::DemoArgs),
    /// Send one message through a running server and follow it to the end
    Send(Box<send::SendArgs>),
    /// Measure a server of its own: how many messages a second, how fast, at what cost
    Bench(bench::BenchArgs),
}

impl Cli {
    /// Runs the command. 0: done; 1: it failed, and said so in one line; 2: bad usage.
    pub async fn run(self) -> ExitCode {
        // Callers, watchers and providers take a socket each, and the limit that is usual is 1024. Where it can't be raised, it
        // stays as it is.
        let _ = rlimit::increase_nofile_limit(u64::MAX);
        let result = match self.command {
            Command::Serve(args) => serve::run(args).await,
            Command::Migrate(args) => migrate::run(args).await,
            Command::Schema => say(crate::graphql::sdl().trim_end()),
            Command::Check(given) => check::run(given).await,
            Command::Retention(args) => retention::run(args).await,
            Command::Simulate(args) => simulate::run(args).await,
            Command::Demo(args) => demo::run(args).await,
            Command::Bench(args) => bench::run(args).await,
            Command::Send(args) => match send::run(*args).await {
                Ok(true) => Ok(()),
                Ok(false) => return ExitCode::FAILURE,
                Err(error) => {
                    complain(&error);
                    return ExitCode::from(2);
                }
            },
        };
        match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                complain(&error);
                ExitCode::FAILURE
            }
        }
    }
}

/// Writes a line to standard output.
///
/// # Errors
/// Where nobody reads it any more.
pub fn say(line: &str) -> Result<(), String> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(|error| format!("standard output: {error}"))
}

/// Writes why a command failed, on one line of standard error.
fn complain(error: &str) {
    use std::io::Write as _;
    let line = error.split_whitespace().collect::<Vec<_>>().join(" ");
    // With standard error closed there is nobody left to tell.
    let _ = writeln!(std::io::stderr().lock(), "posthorn: {line}");
}

/// Resolves the configuration and starts the log.
fn configure(given: Given) -> Result<Config, String> {
    let config = given.resolve().map_err(|ConfigError(text)| text)?;
    log::start(&config, None)?;
    Ok(config)
}

/// The same, and starts the export of traces where a collector is named. The caller is to end it.
fn configure_to_serve(given: Given) -> Result<(Config, Option<Traces>), String> {
    let config = given.resolve().map_err(|ConfigError(text)| text)?;
    let start = |url: &SecretString| Traces::start(url.expose_secret(), &config.otlp_service_name);
    let traces = config.otlp_endpoint.as_ref().map(start).transpose()?;
    log::start(&config, traces.as_ref())?;
    Ok((config, traces))
}

/// Ends when the process is asked to stop. It listens from the call on, not only once it is awaited.
fn stop_signal() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    async move {
        let interrupted = async {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        #[cfg(unix)]
        if let Ok(mut terminate) = terminate {
            tokio::select! {
                () = interrupted => {}
                _ = terminate.recv() => {}
            }
            return;
        }
        interrupted.await;
    }
}
