//! PostgreSQL is restarted, crashes, is away, or stops answering: what is accepted stays accepted, and what was sent is not sent again,
//! as its outcome is written down once the database is back.

use std::time::Duration;

use posthorn_tests::*;

use super::{close, open};

/// Two instances on a PostgreSQL of their own.
async fn fleet() -> (Fleet, OwnPostgres) {
    let postgres = OwnPostgres::start();
    let mut place = Place::new(Backend::Scaled).await;
    place.database_url = Some(postgres.new_database().await);
    (Fleet::start(Builder::at(&place), &["all", "all"]).await, postgres)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_is_restarted() {
    let (fleet, mut postgres) = fleet().await;
    let mut ledger = open("postgres_is_restarted", &fleet, 2).await;
    for round in 0..short_or_long(2, 20) {
        ledger.flows(20).await;
        ledger.dice.moment(0, 1000).await;
        if round % 2 == 0 {
            postgres.stop();
            ledger.fault("PostgreSQL restarted");
        } else {
            postgres.crash();
            ledger.fault("PostgreSQL crashed");
        }
        ledger.dice.moment(0, 2000).await;
        postgres.start_again();
    }
    ledger.flows(20).await;
    close(ledger, &fleet).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_is_away() {
    let (fleet, mut postgres) = fleet().await;
    let mut ledger = open("postgres_is_away", &fleet, 2).await;
    for _ in 0..short_or_long(1, 3) {
        ledger.flows(20).await;
        ledger.dice.moment(0, 1000).await;
        postgres.stop();
        ledger.fault("PostgreSQL refuses connections");
        let before = ledger.load.requests();
        tokio::time::sleep(Duration::from_secs(short_or_long(8, 30))).await;
        let after = ledger.load.requests();
        assert_eq!(before.accepted, after.accepted, "nothing can have been stored");
        assert!(after.unavailable >= before.unavailable + 5, "callers are told");
        for server in fleet.servers() {
            assert_eq!(server.anonymous().get("/healthz").await.0, 200);
            assert_eq!(server.anonymous().get("/readyz").await.0, 503);
        }
        postgres.start_again();
    }
    ledger.flows(20).await;
    for server in fleet.servers() {
        server.wait_ready().await;
    }
    close(ledger, &fleet).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_stops_answering() {
    let (fleet, mut postgres) = fleet().await;
    let mut ledger = open("postgres_stops_answering", &fleet, 2).await;
    for _ in 0..short_or_long(1, 3) {
        ledger.flows(20).await;
        ledger.dice.moment(0, 1000).await;
        postgres.pause();
        ledger.fault("PostgreSQL without an answer");
        // Answers that were on their way.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let before = ledger.load.requests();
        tokio::time::sleep(Duration::from_secs(short_or_long(9, 29))).await;
        let after = ledger.load.requests();
        assert_eq!(before.accepted, after.accepted, "nothing can have been stored");
        assert!(after.unavailable + after.unanswered > before.unavailable + before.unanswered);
        assert_eq!(fleet.stage.server.anonymous().get("/healthz").await.0, 200);
        postgres.resume();
    }
    ledger.flows(20).await;
    for server in fleet.servers() {
        server.wait_ready().await;
    }
    close(ledger, &fleet).await;
}
