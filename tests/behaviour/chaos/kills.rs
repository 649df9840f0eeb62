//! kill -9 at random moments: of workers, of APIs, of instances that do everything.

use std::time::Duration;

use posthorn_tests::*;

use super::{close, open};

/// What a killed process sent within this time it may not have written down. Kills come so often that this excuses most of what comes
/// again; the ledger asks besides for an attempt whose worker was lost, each time.
const UNWRITTEN: Duration = Duration::from_secs(3);

/// Kills an instance at a random moment and starts it again a moment later.
async fn kill(ledger: &mut Ledger, fleet: &mut Fleet, number: usize, serves: bool, works: bool) {
    ledger.dice.moment(100, 2500).await;
    fleet.kill9(number);
    if works {
        ledger.doubt(UNWRITTEN);
    }
    ledger.dice.moment(0, 1000).await;
    fleet.start_again(number).await;
    if serves {
        ledger.load.retarget(number, &fleet.url(number));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_and_apis_are_killed() {
    let build = Server::build(Backend::Scaled).await;
    let mut fleet = Fleet::start(build, &["api", "api", "worker", "worker"]).await;
    let mut ledger = open("workers_and_apis_are_killed", &fleet, 2).await.followed();
    ledger.flows(20).await;
    for round in 0..short_or_long(6, 44) {
        let number = ledger.dice.below(2);
        if round % 2 == 0 {
            kill(&mut ledger, &mut fleet, 2 + number, false, true).await;
            ledger.fault("kill -9 of a worker");
        } else {
            kill(&mut ledger, &mut fleet, number, true, false).await;
            ledger.fault("kill -9 of an API");
        }
    }
    ledger.flows(20).await;
    close(ledger, &fleet).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_only_instance_is_killed() {
    let build = Server::build(Backend::Embedded).await;
    let mut fleet = Fleet::start(build, &["all"]).await;
    let mut ledger = open("the_only_instance_is_killed", &fleet, 1).await;
    for _ in 0..short_or_long(5, 30) {
        ledger.flows(5).await;
        kill(&mut ledger, &mut fleet, 0, true, true).await;
        ledger.fault("kill -9 of the only instance");
    }
    ledger.flows(20).await;
    close(ledger, &fleet).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_three_is_killed_every_few_seconds() {
    let build = Server::build(Backend::Scaled).await;
    let mut fleet = Fleet::start(build, &["all", "all", "all"]).await;
    let mut ledger = open("one_of_three_is_killed_every_few_seconds", &fleet, 3).await.followed();
    ledger.flows(20).await;
    for _ in 0..short_or_long(5, 30) {
        ledger.dice.moment(1000, 2000).await;
        let number = ledger.dice.below(3);
        kill(&mut ledger, &mut fleet, number, true, true).await;
        ledger.fault("kill -9 of one of three");
    }
    ledger.flows(20).await;
    close(ledger, &fleet).await;
}
