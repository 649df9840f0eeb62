//! What the limits promise, checked on both implementations; `breakers`: pauses and breakers, which instances share.

mod breakers;

use std::collections::HashSet;
use std::future::Future;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

use super::*;
use crate::redis::testing::RedisServer;
use OverLimitPolicy::{Defer, Reject};

/// An instant like those of today, so that scores have as many digits as they will have.
const TODAY: i64 = 1_795_228_200_123_457;

fn at(micros: i64) -> Timestamp {
    Timestamp(TODAY + micros)
}

fn micros(span: i64) -> Duration {
    Duration::from_micros(span as u64)
}

async fn over_redis(server: &RedisServer) -> Limits {
    let connection = crate::redis::connect(&server.url()).await.unwrap();
    Limits::redis(&connection, "test:", Clock::manual(at(0)), Chance::System)
}

/// Runs the check on both implementations.
async fn both<F: Future<Output = ()>>(check: impl Fn(Limits) -> F) {
    check(Limits::memory(Clock::manual(at(0)))).await;
    let server = RedisServer::start();
    check(over_redis(&server).await).await;
}

fn granted(reservation: Reservation) -> Option<i64> {
    match reservation {
        Reservation::At(slot) => Some(slot.0),
        Reservation::Refused { .. } => None,
    }
}

/// Whether no stretch of a window holds more than `count` of them.
fn keeps(mut slots: Vec<i64>, count: usize, window: i64) -> bool {
    slots.sort_unstable();
    slots.windows(count + 1).all(|run| run[count] - run[0] >= window)
}

/// A run of wishes: count, window, and for each wish its earliest instant, whether to defer, and how many slots.
type Wishes = (u32, i64, Vec<(i64, bool, usize)>);

fn wishes() -> impl Strategy<Value = Wishes> {
    (1u32..6, 1i64..50, prop::collection::vec((0i64..200, any::<bool>(), 0usize..8), 1..25))
}

/// Memory and Redis answer the same, call by call, and keep the limit.
#[test]
fn redis_answers_as_memory_does() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = RedisServer::start();
    let redis = runtime.block_on(over_redis(&server));
    let memory = Limits::memory(Clock::manual(at(0)));
    let mut runner = TestRunner::new(Config { cases: 150, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&wishes(), |(count, window, wishes)| {
        let key = Chance::System.name();
        runtime.block_on(async {
            let mut slots = Vec::new();
            for (earliest, defer, n) in wishes {
                let (window, earliest) = (micros(window), at(earliest));
                let policy = if defer { Defer } else { Reject };
                let foreseen = redis.peek(&key, count, window, earliest, policy).await.unwrap();
                assert_eq!(foreseen, memory.peek(&key, count, window, earliest, policy).await.unwrap());
                let answers = if n == 0 {
                    vec![redis.reserve(None, &key, count, window, earliest, policy).await.unwrap()]
                } else {
                    redis.reserve_many(&key, count, window, earliest, policy, n).await.unwrap()
                };
                let expected = memory.reserve_many(&key, count, window, earliest, policy, n.max(1)).await.unwrap();
                prop_assert_eq!(foreseen, answers[0]);
                prop_assert_eq!(&answers, &expected);
                slots.extend(answers.into_iter().filter_map(granted));
            }
            prop_assert!(keeps(slots, count as usize, window));
            Ok(())
        })
    });
    outcome.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_is_exact_among_concurrent_callers() {
    both(|limits| async move {
        let mut callers = tokio::task::JoinSet::new();
        for caller in 0..200 {
            let limits = limits.clone();
            callers.spawn(async move {
                let earliest = at(caller * 7919 % 100);
                limits.reserve(None, "shared", 5, micros(1000), earliest, Defer).await.unwrap()
            });
        }
        let slots: Vec<_> = callers.join_all().await.into_iter().filter_map(granted).collect();
        assert_eq!(slots.len(), 200);
        assert!(slots.iter().max() >= Some(&(TODAY + 39 * 1000)));
        assert!(slots.iter().max() < Some(&(TODAY + 40 * 1000 + 100)), "slots were wasted");
        assert!(keeps(slots, 5, 1000));
    })
    .await;
}

#[tokio::test]
async fn rejecting_records_nothing_and_keys_are_apart() {
    both(|limits| async move {
        let second = Duration::from_secs(1);
        for _ in 0..3 {
            assert_eq!(limits.reserve(None, "a", 3, second, at(0), Reject).await.unwrap(), Reservation::At(at(0)));
        }
        for _ in 0..5 {
            let refused = Reservation::Refused { next: at(1_000_000) };
            assert_eq!(limits.reserve(None, "a", 3, second, at(1), Reject).await.unwrap(), refused);
        }
        assert_eq!(limits.reserve(None, "b", 3, second, at(1), Reject).await.unwrap(), Reservation::At(at(1)));
        let later = limits.reserve_many("a", 3, second, at(1_000_000), Reject, 5).await.unwrap();
        assert_eq!(later[..3], [Reservation::At(at(1_000_000)); 3]);
        assert_eq!(later[3..], [Reservation::Refused { next: at(2_000_000) }; 2]);
    })
    .await;
}

#[tokio::test]
async fn large_limits_and_batches_work() {
    both(|limits| async move {
        let hour = Duration::from_secs(3600);
        let answers = limits.reserve_many("big", 10_000, hour, at(0), Defer, 25_000).await.unwrap();
        assert_eq!(answers.len(), 25_000);
        assert_eq!(answers[9_999], Reservation::At(at(0)));
        assert_eq!(answers[10_000], Reservation::At(at(0).plus(hour)));
        assert_eq!(answers[24_999], Reservation::At(at(0).plus(hour * 2)));
        assert!(limits.reserve_many("big", 1, hour, at(0), Defer, 0).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn senseless_limits_are_refused() {
    both(|limits| async move {
        for (count, window, earliest) in
            [(0, 1, at(0)), (1, i64::MAX, at(0)), (1, 1, Timestamp(i64::MAX)), (1, 1, Timestamp(i64::MIN + 1))]
        {
            let answer = limits.reserve(None, "a", count, micros(window), earliest, Defer).await;
            assert!(matches!(answer, Err(LimitsError::OutOfRange { .. })), "{answer:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_first_owner_stays_the_owner() {
    both(|limits| async move {
        let (one, other) = ([1; 32], [2; 32]);
        let minute = Duration::from_secs(60);
        assert_eq!(limits.peek_owner(&one, Timestamp(0)).await.unwrap(), None);
        assert_eq!(limits.first_owner(&one, "msg_a", minute).await.unwrap(), "msg_a");
        assert_eq!(limits.first_owner(&one, "msg_b", minute).await.unwrap(), "msg_a");
        assert_eq!(limits.first_owner(&one, "msg_a", minute).await.unwrap(), "msg_a");
        assert_eq!(limits.first_owner(&other, "msg_b", minute).await.unwrap(), "msg_b");
        let now = at(0);
        for (at, owner) in
            [(Timestamp(0), Some("msg_a")), (now.plus(minute / 2), Some("msg_a")), (now.plus(2 * minute), None)]
        {
            assert_eq!(limits.peek_owner(&one, at).await.unwrap().as_deref(), owner);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_one_of_many_concurrent_owners_is_first() {
    both(|limits| async move {
        let mut callers = tokio::task::JoinSet::new();
        for caller in 0..100 {
            let limits = limits.clone();
            callers.spawn(async move {
                limits.first_owner(&[7; 32], &format!("msg_{caller}"), Duration::from_secs(60)).await.unwrap()
            });
        }
        let owners: HashSet<_> = callers.join_all().await.into_iter().collect();
        assert_eq!(owners.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn memory_forgets_an_owner_and_a_lease_in_time() {
    let clock = Clock::manual(at(0));
    let limits = Limits::memory(clock.clone());
    let minute = Duration::from_secs(60);
    limits.first_owner(&[1; 32], "a", minute).await.unwrap();
    assert!(limits.try_lease("sweep", "a", minute).await.unwrap());
    clock.advance(minute - micros(1));
    assert_eq!(limits.first_owner(&[1; 32], "b", minute).await.unwrap(), "a");
    assert!(!limits.try_lease("sweep", "b", minute).await.unwrap());
    clock.advance(micros(1));
    assert_eq!(limits.peek_owner(&[1; 32], clock.now()).await.unwrap(), None);
    assert_eq!(limits.first_owner(&[1; 32], "b", minute).await.unwrap(), "b");
    assert!(limits.try_lease("sweep", "b", minute).await.unwrap());
}

#[tokio::test]
async fn redis_forgets_an_owner_and_a_lease_in_time() {
    let server = RedisServer::start();
    let limits = over_redis(&server).await;
    let short = Duration::from_millis(50);
    limits.first_owner(&[1; 32], "a", short).await.unwrap();
    while limits.first_owner(&[1; 32], "b", Duration::from_secs(60)).await.unwrap() != "b" {}
    assert!(limits.try_lease("sweep", "a", short).await.unwrap());
    while !limits.try_lease("sweep", "b", Duration::from_secs(60)).await.unwrap() {}
    assert!(!limits.try_lease("sweep", "a", short).await.unwrap());
}

#[tokio::test]
async fn one_holder_has_a_lease_at_a_time_and_may_renew_it() {
    both(|limits| async move {
        let minute = Duration::from_secs(60);
        assert!(limits.try_lease("sweep", "a", minute).await.unwrap());
        assert!(!limits.try_lease("sweep", "b", minute).await.unwrap());
        assert!(limits.try_lease("sweep", "a", minute).await.unwrap());
        assert!(limits.try_lease("other", "b", minute).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_pause_is_seen_at_once_and_never_shortened() {
    both(|limits| async move {
        let (config, other) = (ChannelConfigId(Uuid::from_u128(1)), ChannelConfigId(Uuid::from_u128(2)));
        limits.pause(config, at(1000)).await.unwrap();
        limits.pause(config, at(500)).await.unwrap();
        assert_eq!(limits.paused_until(config, at(999)), Some(at(1000)));
        assert_eq!(limits.paused_until(config, at(1000)), None);
        assert_eq!(limits.paused_until(other, at(0)), None);
        limits.pause(config, at(2000)).await.unwrap();
        assert_eq!(limits.paused_until(config, at(1000)), Some(at(2000)));
    })
    .await;
}

#[tokio::test]
async fn another_instance_sees_a_pause_soon() {
    let server = RedisServer::start();
    let (one, two) = (over_redis(&server).await, over_redis(&server).await);
    let config = ChannelConfigId(Uuid::from_u128(1));
    one.pause(config, at(2000)).await.unwrap();
    two.pause(config, at(1000)).await.unwrap();
    let asked = std::time::Instant::now();
    while two.paused_until(config, at(0)) != Some(at(2000)) {
        assert!(asked.elapsed() < Duration::from_secs(3));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn nothing_stays_in_redis_for_ever() {
    let server = RedisServer::start();
    let limits = over_redis(&server).await;
    limits.reserve_many("a", 2, Duration::from_secs(60), at(0), Defer, 7).await.unwrap();
    limits.first_owner(&[1; 32], "a", Duration::from_secs(60)).await.unwrap();
    limits.try_lease("sweep", "a", Duration::from_secs(60)).await.unwrap();
    limits.pause(ChannelConfigId(Uuid::nil()), at(1000)).await.unwrap();
    let keys = server.cli(&["keys", "*"]);
    assert_eq!(keys.lines().count(), 4, "{keys}");
    for key in keys.lines() {
        assert!(key.starts_with("test:"), "{key}");
        let life: i64 = server.cli(&["pttl", key]).trim().parse().unwrap();
        assert!((1..=2 * 3_600_000).contains(&life), "{key} lives {life} ms");
    }
    assert_eq!(server.cli(&["zcard", "test:limit:{a}"]).trim(), "2");
    // The last slot is three windows on; the log must outlive the window after it.
    let life: i64 = server.cli(&["pttl", "test:limit:{a}"]).trim().parse().unwrap();
    assert!(life > 4 * 60_000, "{life}");
}

#[tokio::test]
async fn a_cluster_serves_every_verb() {
    let server = RedisServer::start_cluster();
    let url = server.url().replace("redis://", "redis-cluster://");
    let connection = crate::redis::connect(&url).await.unwrap();
    let limits = Limits::redis(&connection, "test:", Clock::manual(at(0)), Chance::System);
    assert_eq!(limits.reserve(None, "a", 1, micros(10), at(0), Defer).await.unwrap(), Reservation::At(at(0)));
    assert_eq!(limits.peek("a", 1, micros(10), at(0), Defer).await.unwrap(), Reservation::At(at(10)));
    assert_eq!(limits.first_owner(&[1; 32], "a", Duration::from_secs(9)).await.unwrap(), "a");
    assert!(limits.try_lease("sweep", "a", Duration::from_secs(9)).await.unwrap());
    limits.pause(ChannelConfigId(Uuid::nil()), at(1000)).await.unwrap();
}

#[tokio::test]
async fn when_redis_is_away_the_answer_is_a_quick_error_and_it_works_again_after() {
    let mut server = RedisServer::start();
    let connection = crate::redis::connect(&server.url()).await.unwrap();
    let limits = Limits::redis(&connection, "test:", Clock::manual(at(0)), Chance::System);
    let reserve = || limits.reserve(None, "a", 1, micros(10), at(0), Defer);
    assert!(reserve().await.is_ok());
    server.stop();
    let asked = std::time::Instant::now();
    for _ in 0..50 {
        let answer = reserve().await;
        assert!(matches!(answer, Err(LimitsError::Unavailable { verb: "reserve", .. })), "{answer:?}");
    }
    assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
    let config = ChannelConfigId(Uuid::nil());
    assert!(limits.pause(config, at(1000)).await.is_err());
    assert_eq!(limits.paused_until(config, at(0)), Some(at(1000)));
    server.restart();
    fred::interfaces::ClientLike::wait_for_connect(connection.pool()).await.unwrap();
    assert_eq!(reserve().await.unwrap(), Reservation::At(at(0)));
}

#[tokio::test]
async fn whoever_asks_again_keeps_the_slot() {
    let server = RedisServer::start();
    let limits = over_redis(&server).await;
    let (one, other) = (MessageId::new(at(0)), MessageId::new(at(0)));
    let ask = |who, earliest| limits.reserve(Some(who), "a", 1, micros(1000), at(earliest), Defer);
    assert_eq!(ask(one, 0).await.unwrap(), Reservation::At(at(0)));
    assert_eq!(ask(other, 0).await.unwrap(), Reservation::At(at(1000)));
    assert_eq!(ask(other, 500).await.unwrap(), Reservation::At(at(1000)));
    assert_eq!(limits.peek("a", 1, micros(1000), at(0), Defer).await.unwrap(), Reservation::At(at(2000)));
}
