//! Clock jumps of an hour, forward and back. The server's clock is moved by libfaketime, its timers are not.
//!
//! Due times are times of day. So after a jump forward what was for later is sent at once, and what waited for an earlier channel
//! has waited for an hour. After a jump back what was due at the later time waits until the clock has come there again, and so does
//! what a rate limit lets through; all else that is accepted from then on is sent at once. Nothing is lost and nothing comes
//! twice either way, not even what is being sent when the clock jumps.

use std::path::PathBuf;
use std::time::Duration;

use posthorn_tests::ledger::refuse_where_asked;
use posthorn_tests::load::Stream;
use posthorn_tests::provider::Deed;
use posthorn_tests::*;

use super::close;

/// The library looks at the file every second, counted in whole ones.
const NOTICED: Duration = Duration::from_millis(2500);

/// The clock of some servers.
struct FakeClock {
    file: PathBuf,
    library: &'static str,
}

impl FakeClock {
    /// None where there is no such library, and the test is to be skipped then.
    fn at(place: &Place, name: &str) -> Option<Self> {
        let Some(library) = posthorn_tests::services::faketime() else {
            skip("POSTHORN_SKIP_FAKETIME", "libfaketime is for Linux only");
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
    let stream = Stream { steps: false, ..Stream::default() };
    let mut ledger = Ledger::open_with(name, &fleet.stage, &fleet.urls(serving), stream).await;
    // So that there is something in hand when the clock jumps.
    refuse_where_asked(&ledger.provider, |dice| Deed::After(dice.millis(0, 1500), Box::new(Deed::Answer(200))));
    let mut ahead = 0;
    for _ in 0..short_or_long(1, 8) {
        ledger.flows(20).await;
        ahead += HOUR;
        clock.jump(&mut ledger, ahead, "an hour forward").await;
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
    ledger.flows(20).await;
    close(ledger, &fleet).await;
}

/// A limit counts by the clock too: after a jump back nothing goes out until the clock has come to where it was, since nobody
/// can tell slots that were given away in error from others.
async fn limits(backend: Backend) {
    let place = Place::new(backend).await;
    let Some(clock) = FakeClock::at(&place, "clock") else { return };
    let stage = Stage::on(clock.with(Builder::at(&place)).start().await).await;
    let receiver = Receiver::start().await;
    let limit = json!({ "rateLimit": { "count": 5, "window": 2, "unit": "SECOND" } });
    stage.webhook(&receiver, "/hook", limit).await;
    let send = async || {
        for _ in 0..12 {
            stage.api.accept(text("x")).await;
        }
    };
    send().await;
    receiver.wait_arrivals("/hook", 12).await;
    clock.set(HOUR);
    tokio::time::sleep(NOTICED).await;
    send().await;
    receiver.wait_arrivals("/hook", 24).await;
    clock.set(0);
    tokio::time::sleep(NOTICED).await;
    send().await;
    // An hour later.
    clock.set(HOUR);
    receiver.wait_arrivals("/hook", 36).await;
    let all = stage.api.wait_all_finished(SOON).await;
    assert!(all.iter().all(|(_, status)| status == "SUCCESS"), "{all:?}");
    // By the true time no stretch of a window holds more than was allowed, before and after the jump forward. What waited for the
    // clock to come back may come closer together, as after an outage.
    for (jump, arrivals) in receiver.all().chunks(12).enumerate().take(2) {
        for pair in arrivals.windows(6) {
            let apart = pair[5].at - pair[0].at;
            assert!(apart > Duration::from_millis(1500), "6 within {apart:?}, in part {jump}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_embedded() {
    limits(Backend::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_scaled() {
    limits(Backend::Scaled).await;
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
