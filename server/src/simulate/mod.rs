//! The provider simulator: plays DingTalk, WeCom and webhook receivers, so that Posthorn can be tried, tested and measured
//! without an account anywhere.
//!
//! - [`provider`]: who is played; [`dingtalk`], [`wecom`], [`webhook`]: what each of them checks
//! - [`script`]: the failures, secrets and limits that `POST /script` asks for; [`place`]: which requests they are about
//! - [`answer`]: what is answered; [`received`], [`log`]: what arrived
//! - [`routes`]: the addresses; [`page`]: the list for people
//!
//! Conventions of its own: the access token, key or media id `unknown` is refused as one that does not exist. A request that
//! is scripted to be reset or to hang is taken like any other: its sender cannot know. A `msgUuid` or `webhook-id` that
//! was taken before is answered well and reaches nobody twice; only webhooks show the repetition in `/received`. A robot
//! that was too fast is free again as soon as its last minute allows, not after the ten minutes of the real ones.

mod answer;
mod dingtalk;
mod log;
mod page;
mod place;
mod provider;
mod received;
mod routes;
mod script;
mod webhook;
mod wecom;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use log::Count;
pub use place::Place;
pub use script::Script;

use crate::domain::time::Clock;

/// Messages a minute that the real robots of DingTalk and WeCom take.
pub const ROBOT_RATE_PER_MINUTE: u32 = 20;

/// The simulator's state; clones share it.
#[derive(Clone)]
pub struct Simulator {
    inner: Arc<Inner>,
}

struct Inner {
    clock: Clock,
    /// Where no script says otherwise; 0: no limit.
    rate_per_minute: u32,
    rules: script::Rules,
    log: log::Log,
    stop: CancellationToken,
}

impl Simulator {
    /// `rate_per_minute` holds for each robot where no script says otherwise; 0: no limit.
    pub fn new(clock: Clock, rate_per_minute: u32) -> Self {
        let (rules, log, stop) = Default::default();
        Self { inner: Arc::new(Inner { clock, rate_per_minute, rules, log, stop }) }
    }

    /// As `POST /script`: says what is wrong where the script can't be put into force.
    pub fn apply(&self, script: &Script) -> Result<(), String> {
        self.inner.rules.apply(script)
    }

    /// As `GET /received/count`.
    pub fn count(&self, place: &Place) -> Count {
        self.inner.log.count(place)
    }

    /// As `DELETE /received`: forgets what arrived, not what was scripted.
    pub fn clear(&self) {
        self.inner.log.clear();
    }

    /// Serves on `listen` (port 0 picks one) until [`Running::stop`].
    pub async fn listen(self, listen: SocketAddr) -> io::Result<Running> {
        let listener = TcpListener::bind(listen).await?;
        let addr = listener.local_addr()?;
        let listener = listener.tap_io(|stream| {
            // answers are small and must not wait for each other; where it can't be set they merely wait
            let _ = stream.set_nodelay(true);
        });
        let shutdown = self.inner.stop.clone();
        let app = router(self.clone());
        let stopped = shutdown.clone().cancelled_owned();
        let task = tokio::spawn(async move { axum::serve(listener, app).with_graceful_shutdown(stopped).await });
        Ok(Running { addr, simulator: self, task, shutdown })
    }
}

/// A simulator that serves.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    pub simulator: Simulator,
    /// Ends after `shutdown` is cancelled and open requests are answered.
    pub task: JoinHandle<io::Result<()>>,
    pub shutdown: CancellationToken,
}

impl Running {
    /// Answers what is open, lets hanging requests go, and ends.
    pub async fn stop(self) -> io::Result<()> {
        self.shutdown.cancel();
        self.task.await.map_err(io::Error::other)?
    }
}

/// Starts a simulator with the rate limits of the real providers.
pub async fn start(listen: SocketAddr, clock: Clock) -> io::Result<Running> {
    Simulator::new(clock, ROBOT_RATE_PER_MINUTE).listen(listen).await
}

/// Every address of the simulator.
pub fn router(simulator: Simulator) -> Router {
    routes::router(simulator)
}

#[cfg(test)]
mod tests;
