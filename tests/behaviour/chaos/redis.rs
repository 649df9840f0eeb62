//! Redis is killed and started again, emptied, or stops answering: nothing is lost, nothing comes twice, and who follows it
//! all knows the truth in the end.

use std::time::Duration;

use posthorn_tests::*;

use super::{close, open};

/// Two instances on a Redis of their own.
async fn fleet() -> (Fleet, OwnRedis) {
    let redis = OwnRedis::start();
    let mut place = Place::new(Backend::Scaled).await;
    place.redis_url = Some(redis.url());
    (Fleet::start(Builder::at(&place), &["all", "all"]).await, redis)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_is_killed_and_started_again() {
    let (fleet, mut redis) = fleet().await;
    let mut ledger = open("redis_is_killed_and_started_again", &fleet, 2).await.followed();
    for _ in 0..short_or_long(2, 20) {
        ledger.flows(20).await;
        ledger.dice.moment(0, 1000).await;
        redis.stop();
        ledger.fault("Redis killed");
        // Accepting goes on without it.
        ledger.accepts(30).await;
        ledger.dice.moment(0, 2000).await;
        redis.start_again();
    }
    ledger.flows(20).await;
    let requests = ledger.load.requests();
    assert_eq!((requests.unavailable, requests.refused), (0, 0), "callers do not notice: {requests:?}");
    close(ledger, &fleet).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_is_emptied() {
    let (fleet, redis) = fleet().await;
    let mut ledger = open("redis_is_emptied", &fleet, 2).await.followed();
    for _ in 0..short_or_long(4, 40) {
        ledger.flows(10).await;
        ledger.dice.moment(0, 700).await;
        redis.flush_all().await;
        ledger.fault("FLUSHALL");
    }
    ledger.flows(20).await;
    let requests = ledger.load.requests();
    assert_eq!((requests.unavailable, requests.refused), (0, 0), "callers do not notice: {requests:?}");
    close(ledger, &fleet).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_stops_answering() {
    let (fleet, mut redis) = fleet().await;
    let mut ledger = open("redis_stops_answering", &fleet, 2).await.followed();
    for _ in 0..short_or_long(1, 6) {
        ledger.flows(20).await;
        ledger.dice.moment(0, 1000).await;
        redis.pause();
        ledger.fault("Redis without an answer");
        tokio::time::sleep(Duration::from_secs(short_or_long(4, 15))).await;
        redis.resume();
    }
    ledger.flows(20).await;
    close(ledger, &fleet).await;
}
