//! Rolling restarts: one instance after the other is asked to end and started again, behind a load balancer that heeds /readyz.
//! No request is refused, what is in hand is finished or handed back, and each ends with exit code 0.

use std::time::{Duration, Instant};

use posthorn_tests::ledger::refuse_where_asked;
use posthorn_tests::provider::Deed;
use posthorn_tests::*;

use super::{close, open};

/// Ends one instance and starts it again. `serves`: the balancer must have turned away before the listener closes.
pub(super) async fn restart(ledger: &mut Ledger, fleet: &mut Fleet, number: usize, serves: bool) {
    ledger.dice.moment(0, 1500).await;
    let asked = Instant::now();
    let server = fleet.server(number);
    server.ask_to_end();
    if serves {
        let anonymous = server.anonymous();
        poll_until("/readyz to say no while it still answers", async || {
            let (status, body) = anonymous.get("/readyz").await;
            assert!(status == 200 || status == 503, "it no longer answers: {status} {body}");
            (status == 503).then_some(())
        })
        .await;
        poll_until("the balancer to turn away", async || (!ledger.load.is_ready(number)).then_some(())).await;
        assert_eq!(anonymous.get("/healthz").await.0, 200, "it answers until the balancer has turned away");
    }
    let status = fleet.server(number).end().await;
    assert_eq!(status.code(), Some(0), "{status}");
    // Five seconds for a provider, ten to finish, four to drain, and room for a slow machine.
    assert!(asked.elapsed() < Duration::from_secs(25), "it took {:?} to end", asked.elapsed());
    fleet.start_again(number).await;
    if serves {
        ledger.load.retarget(number, &fleet.url(number));
        poll_until("the balancer to turn back", async || ledger.load.is_ready(number).then_some(())).await;
    }
    ledger.fault("asked to end and started again");
}

async fn rolling(name: &str, roles: &[&str], serving: usize) {
    let build = Server::build(Backend::Scaled).await.env("POSTHORN_DRAIN_SECONDS", "4");
    let mut fleet = Fleet::start(build, roles).await;
    let mut ledger = open(name, &fleet, serving).await.followed();
    ledger.load.follow_readiness();
    // So that there is always something in hand.
    refuse_where_asked(&ledger.provider, |dice| Deed::After(dice.millis(0, 1500), Box::new(Deed::Answer(200))));
    ledger.flows(20).await;
    for _ in 0..short_or_long(1, 8) {
        for number in 0..roles.len() {
            restart(&mut ledger, &mut fleet, number, number < serving).await;
        }
    }
    ledger.flows(20).await;
    let requests = ledger.load.requests();
    let not_served = (requests.refused, requests.unanswered, requests.unavailable);
    assert_eq!(not_served, (0, 0, 0), "every request is answered: {requests:?}");
    close(ledger, &fleet).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_that_do_everything() {
    rolling("rolling restart, all", &["all", "all"], 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apis_and_workers() {
    rolling("rolling restart, api and worker", &["api", "api", "worker", "worker"], 2).await;
}

/// Nobody else can answer here: callers wait until it is back, and nothing comes twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_only_instance() {
    let build = Server::build(Backend::Embedded).await;
    let mut fleet = Fleet::start(build, &["all"]).await;
    let mut ledger = open("restart of the only instance", &fleet, 1).await;
    refuse_where_asked(&ledger.provider, |dice| Deed::After(dice.millis(0, 1500), Box::new(Deed::Answer(200))));
    for _ in 0..short_or_long(3, 15) {
        ledger.flows(20).await;
        restart(&mut ledger, &mut fleet, 0, false).await;
        ledger.load.retarget(0, &fleet.url(0));
    }
    ledger.flows(20).await;
    close(ledger, &fleet).await;
}

both! {
    /// A provider that says nothing holds up the end for as long as it may take to answer, and no longer.
    async fn a_silent_provider_does_not_hold_up_the_end(server: Server) {
        let mut stage = Stage::on(server).await;
        let name = format!("a_silent_provider_does_not_hold_up_the_end::{:?}", stage.backend());
        let urls = [stage.server.url.clone()];
        let mut ledger = Ledger::open(&name, &stage, &urls).await;
        ledger.flows(5).await;
        refuse_where_asked(&ledger.provider, |_| Deed::Silence);
        ledger.accepts(20).await;
        let asked = Instant::now();
        let status = stage.server.terminate().await;
        assert_eq!(status.code(), Some(0), "{status}");
        assert!(asked.elapsed() < Duration::from_secs(20), "it took {:?} to end", asked.elapsed());
        ledger.fault("asked to end while a provider is silent");
        refuse_where_asked(&ledger.provider, |_| Deed::Answer(200));
        stage.server.start_again().await;
        stage.follow();
        ledger.load.retarget(0, &stage.server.url);
        ledger.flows(5).await;
        ledger.close(&stage.api, &[&stage.server]).await;
    }
}
