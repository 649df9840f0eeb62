//! `posthorn simulate`: the provider simulator.

use std::net::SocketAddr;

use clap::Args;

use super::{say, stop_signal};
use crate::domain::time::Clock;
use crate::simulate::{ROBOT_RATE_PER_MINUTE, Simulator};

#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// Address; port 0 picks one
    #[arg(long, env = "POSTHORN_SIMULATE_LISTEN", default_value = "127.0.0.1:9090")]
    listen: SocketAddr,
    /// Let robots send as fast as they like, instead of 20 messages a minute
    #[arg(long)]
    no_rate_limit: bool,
}

pub(super) async fn run(args: SimulateArgs) -> Result<(), String> {
    let rate = if args.no_rate_limit { 0 } else { ROBOT_RATE_PER_MINUTE };
    let asked_to_stop = stop_signal();
    let running = Simulator::new(Clock::System, rate)
        .listen(args.listen)
        .await
        .map_err(|error| format!("--listen {}: {error}", args.listen))?;
    say(&format!("posthorn simulator listens on http://{}", running.addr))?;
    asked_to_stop.await;
    running.stop().await.map_err(|error| error.to_string())
}
