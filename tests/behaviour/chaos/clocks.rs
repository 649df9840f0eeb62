//! Clock jumps of an hour, forward and back. The server's clock is moved by libfaketime, its timers are not.
//!
//! Due times and leases are times of day. So after a jump forward what is being sent seems to have been for too long: it is taken
//! for lost and comes again. After a jump back, what was due at the later time waits until the clock has come there again; what
//! is accepted from then on is sent at once. Nothing is lost either way.

use std::path::PathBuf;
use std::time::Duration;

use posthorn_tests::*;

use super::{close, open};

/// Jumps are noticed within a second; what was sent in that time came before or after.
const NOTICED: Duration = Duration::from_millis(1500);

/// The clock of some servers.
struct FakeClock {
    file: PathBuf,
    library: &'static str,
}

impl FakeClock {
    /// None where there is no such library, which is said.
    fn at(place: &Place, name: &str) -> Option<Self> {
        let Some(library) = posthorn_tests::services::faketime() else {
            eprintln!("skipped: libfaketime is for Linux only");
            return None;
        };
        let clock = Self { file: place.directory().join(name), library };
        clock.set(0);
        Some(clock)
    }

    /// A server that goes by this clock.
    fn with(&self, build: Builder) -> Builder {
        build
            .env("LD_PRELOAD", self.library)
            .env("FAKETIME_TIMESTAMP_FILE", self.file.as_os_str())
            .env("FAKETIME_CACHE_DURATION", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("NO_FAKE_STAT", "1")
    }

    /// So many seconds ahead of the real time.
    fn set(&self, seconds: i64) {
        let new = self.file.with_extension("new");
        std::fs::write(&new, format!("{seconds:+}\n")).unwrap();
        std::fs::rename(new, &self.file).unwrap();
    }

    /// Moves it, and waits until the servers that go by it have noticed.
    async fn jump(&self, ledger: &mut Ledger, seconds: i64, kind: &str) {
        self.set(seconds);
        tokio::time::sleep(NOTICED).await;
        ledger.fault(kind);
    }
}

const HOUR: i64 = 3600;

async fn jumps(name: &str, mut fleet: Fleet, clock: &FakeClock) {
    let serving = fleet.servers().len();
    let mut ledger = open(name, &fleet, serving).await;
    let mut ahead = 0;
    for _ in 0..short_or_long(1, 8) {
        ledger.flows(20).await;
        ahead += HOUR;
        clock.jump(&mut ledger, ahead, "an hour forward").await;
        // What was being sent in that moment.
        ledger.doubt(2 * NOTICED);
        ledger.flows(20).await;
        ahead -= HOUR;
        clock.jump(&mut ledger, ahead, "an hour back").await;
        // What is new is sent at once, whatever waits for the clock.
        ledger.flows(20).await;
        // An instance that begins now finds its way too.
        fleet.terminate(0).await;
        fleet.start_again(0).await;
        ledger.load.retarget(0, &fleet.url(0));
        ledger.flows(20).await;
    }
    // The hour has passed: what waited for it is due.
    clock.jump(&mut ledger, ahead + HOUR, "an hour forward").await;
    ledger.doubt(2 * NOTICED);
    ledger.flows(20).await;
    close(ledger, &fleet).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn embedded() {
    let place = Place::new(Backend::Embedded).await;
    let Some(clock) = FakeClock::at(&place, "clock") else { return };
    let fleet = Fleet::start(clock.with(Builder::at(&place)), &["all"]).await;
    jumps("clock jumps, embedded", fleet, &clock).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scaled() {
    let place = Place::new(Backend::Scaled).await;
    let Some(clock) = FakeClock::at(&place, "clock") else { return };
    let fleet = Fleet::start(clock.with(Builder::at(&place)), &["all", "all"]).await;
    jumps("clock jumps, scaled", fleet, &clock).await;
}
