//! The bus over Redis where something goes wrong: Redis, a connection, a clock.

use std::time::{Duration, Instant};

use super::super::tests::{TENANT, batch, event, expect, next, nothing_more, over_redis, told};
use super::super::{Bus, Missed, Position, Topic, WatchError};
use super::*;
use crate::domain::time::Clock;
use crate::redis::testing::RedisServer;

fn redis(bus: &Bus) -> &RedisBus {
    match bus {
        Bus::Redis(bus) => bus,
        Bus::Memory(_) => panic!("a bus over Redis was expected"),
    }
}

async fn eventually(what: &str, mut ask: impl AsyncFnMut() -> bool) {
    let asked = Instant::now();
    while !ask().await {
        assert!(asked.elapsed() < Duration::from_secs(20), "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn nothing_is_sent_until_somebody_watches_anywhere() {
    let server = RedisServer::start();
    let (one, two) = (over_redis(&server).await, over_redis(&server).await);
    assert!(one.watched(), "just started, it can't know");
    redis(&one).watchers.forget();
    assert!(!one.watched());
    one.publish(vec![event("unseen")]);
    assert_eq!(redis(&one).status.waiting(), 0);
    let mut events = two.watch(Topic::All, None).await.unwrap();
    assert!(one.watched(), "it has heard before the subscription began");
    one.publish(vec![event("seen")]);
    assert_eq!(next(&mut events).await.0, "seen");
    let late = over_redis(&server).await;
    redis(&late).watchers.forget();
    eventually("the next announcement", async || late.watched()).await;
}

#[tokio::test]
async fn a_subscriber_resumes_on_another_instance() {
    let server = RedisServer::start();
    let (one, two) = (over_redis(&server).await, over_redis(&server).await);
    let mut first = one.watch(Topic::All, None).await.unwrap();
    let start = first.start();
    two.publish(batch(0, 2_500));
    expect(&mut first, 0, 1_200).await;
    let (_, position) = next(&mut first).await;
    drop(first);
    let three = over_redis(&server).await;
    let mut again = three.watch(Topic::Tenant(TENANT), Some(position)).await.unwrap();
    expect(&mut again, 1_201, 2_000).await;
    one.publish(batch(2_500, 2_510));
    expect(&mut again, 2_000, 2_510).await;
    nothing_more(&mut again).await;
    let mut all = three.watch(Topic::All, Some(start)).await.unwrap();
    expect(&mut all, 0, 2_510).await;
    let strange = Position { number: position.number, stamp: position.stamp - 1 };
    assert_eq!(three.watch(Topic::All, Some(strange)).await.err(), Some(WatchError::Expired));
}

#[tokio::test]
async fn a_log_that_was_trimmed_is_not_resumed_from_before() {
    let server = RedisServer::start();
    let (one, two) = (over_redis(&server).await, over_redis(&server).await);
    let mut first = one.watch(Topic::All, None).await.unwrap();
    one.publish(batch(0, 300));
    let (_, early) = next(&mut first).await;
    expect(&mut first, 1, 300).await;
    server.cli(&["xtrim", "test:{bus}:log", "MAXLEN", "100"]);
    assert_eq!(two.watch(Topic::All, Some(early)).await.err(), Some(WatchError::Expired));
    let mut here = one.watch(Topic::All, Some(early)).await.unwrap();
    expect(&mut here, 1, 300).await;
}

#[tokio::test]
async fn what_is_too_old_goes_and_the_last_of_it_stays() {
    let server = RedisServer::start();
    let bus = over_redis(&server).await;
    let mut events = bus.watch(Topic::All, None).await.unwrap();
    // As if published eleven minutes ago, all at once: signs of life are of now.
    let now: u64 = server.cli(&["time"]).lines().next().unwrap().parse::<u64>().unwrap() * 1000;
    let old = now - 660_000;
    let log = "redis.call('del', KEYS[1]) \
        redis.call('hset', KEYS[2], 'time', ARGV[1], 'number', '400', 'began', ARGV[1]) \
        for n = 1, 400 do \
            redis.call('xadd', KEYS[1], ARGV[1] .. '-' .. n, 'from', 'x', 'number', n, 'event', n == 400 and 'bye' or '{}') \
        end";
    server.cli(&["eval", log, "2", "test:{bus}:log", "test:{bus}:log:head", &old.to_string()]);
    bus.publish(batch(0, 1));
    eventually("the event", async || {
        server.cli(&["hget", "test:{bus}:log:head", "number"]).trim().parse::<u64>().unwrap() >= 401
    })
    .await;
    let left: usize = server.cli(&["xlen", "test:{bus}:log"]).trim().parse().unwrap();
    assert!((2..=201).contains(&left), "{left}");
    drop(events);
    let two = over_redis(&server).await;
    events = two.watch(Topic::All, Some(Position { stamp: old, number: 400 })).await.unwrap();
    assert_eq!(next(&mut events).await.0, "0");
}

#[tokio::test]
async fn a_log_that_nobody_watched_for_long_begins_anew() {
    let server = RedisServer::start();
    let one = over_redis(&server).await;
    let mut first = one.watch(Topic::All, None).await.unwrap();
    one.publish(batch(0, 2));
    let (_, position) = next(&mut first).await;
    drop((first, one));
    let two = over_redis(&server).await;
    server.cli(&["del", "test:{bus}:watched"]);
    let began = position.stamp - 2 * u64::try_from(KEPT_FOR.as_millis()).unwrap();
    server.cli(&["hset", "test:{bus}:log:head", "began", &began.to_string()]);
    assert_eq!(two.watch(Topic::All, Some(position)).await.err(), Some(WatchError::Expired));
    let mut events = two.watch(Topic::All, None).await.unwrap();
    two.publish(batch(2, 3));
    assert_eq!(next(&mut events).await.0, "2");
}

#[tokio::test]
async fn redis_ends_with_the_bus() {
    let server = RedisServer::start();
    let bus = over_redis(&server).await;
    let mut subscription = bus.watch(Topic::All, None).await.unwrap();
    drop(bus);
    let end = tokio::time::timeout(Duration::from_secs(10), subscription.next()).await;
    assert!(end.expect("the subscription did not end").is_none());
}

#[tokio::test]
async fn what_is_published_while_redis_is_away_is_told_when_it_is_back() {
    let mut server = RedisServer::start();
    let (one, two) = (over_redis(&server).await, over_redis(&server).await);
    let late = over_redis(&server).await;
    let mut here = one.watch(Topic::All, None).await.unwrap();
    let mut there = two.watch(Topic::All, None).await.unwrap();
    one.publish(batch(0, 3));
    expect(&mut here, 0, 3).await;
    expect(&mut there, 0, 3).await;
    server.stop();
    for number in 3..6 {
        one.publish(batch(number, number + 1));
    }
    nothing_more(&mut here).await;
    assert_eq!(late.watch(Topic::All, None).await.err(), Some(WatchError::Unavailable), "nobody watched here yet");
    server.restart();
    one.publish(batch(6, 10));
    expect(&mut here, 3, 10).await;
    expect(&mut there, 3, 10).await;
    two.publish(batch(10, 12));
    expect(&mut here, 10, 12).await;
    expect(&mut there, 10, 12).await;
}

#[tokio::test]
async fn what_redis_lost_is_told_as_lost() {
    let server = RedisServer::start();
    let (one, two) = (over_redis(&server).await, over_redis(&server).await);
    let mut events = one.watch(Topic::All, None).await.unwrap();
    two.publish(batch(0, 3));
    expect(&mut events, 0, 3).await;
    // Appended and gone before it is read.
    let status = &redis(&two).status;
    server.cli(&["client", "pause", "300", "all"]);
    two.publish(batch(3, 4));
    server.cli(&["flushall"]);
    two.publish(batch(4, 5));
    status.settle().await;
    // Whether it was appended before or after, nothing is lost silently.
    let mut marks = Vec::new();
    loop {
        match told(&mut events).await {
            Ok(super::super::Told::Status(_, event)) => marks.push(event.message_id.clone()),
            Ok(super::super::Told::Inbox(_)) => panic!("a status event was expected"),
            Err(missed) => {
                assert_eq!(missed, Missed::Lost);
                marks.push("lost".to_owned());
            }
        }
        if marks.last().is_some_and(|mark| mark == "4") {
            break;
        }
    }
    assert!(marks == ["3", "4"] || marks == ["lost", "4"], "{marks:?}");
}

#[tokio::test]
async fn more_than_may_wait_is_told_as_lost() {
    let server = RedisServer::start();
    let connection = crate::redis::connect(&server.url()).await.unwrap();
    let bus = Bus::redis(&connection, "test:", Clock::System, Chance::System, 8, 200_000).await.unwrap();
    let other = over_redis(&server).await;
    let mut events = other.watch(Topic::All, None).await.unwrap();
    // Nothing is awaited in between, so the sending task can't take any.
    for number in 0..5 {
        bus.publish(batch(3 * number, 3 * number + 3));
    }
    assert_eq!(redis(&bus).status.waiting(), 6);
    expect(&mut events, 0, 6).await;
    bus.publish(batch(15, 16));
    assert_eq!(told(&mut events).await.unwrap_err(), Missed::Lost);
    let (mark, position) = next(&mut events).await;
    assert_eq!(mark, "15");
    assert!(other.watch(Topic::All, Some(position)).await.is_ok());
    let before = Position { number: position.number - 1, ..position };
    assert_eq!(other.watch(Topic::All, Some(before)).await.err(), Some(WatchError::Expired));
}

#[tokio::test]
async fn an_instance_that_dies_is_told_as_a_loss() {
    let server = RedisServer::start();
    let (one, two) = (over_redis(&server).await, over_redis(&server).await);
    let mut events = one.watch(Topic::All, None).await.unwrap();
    one.publish(batch(0, 2));
    let (_, position) = next(&mut events).await;
    next(&mut events).await;
    // It has told nothing yet, nor will it.
    eventually("signs of life of both", async || {
        server.cli(&["xlen", "test:{bus}:log"]).trim().parse::<u8>().unwrap() >= 4
    })
    .await;
    drop(two);
    let lost = tokio::time::timeout(Duration::from_secs(20), events.next()).await.expect("its silence to be told");
    assert_eq!(lost.unwrap().unwrap_err(), Missed::Lost);
    assert_eq!(one.watch(Topic::All, Some(position)).await.err(), Some(WatchError::Expired));
    one.publish(batch(2, 3));
    assert_eq!(next(&mut events).await.0, "2");
}

#[tokio::test]
async fn an_instance_that_ends_loses_nothing() {
    let server = RedisServer::start();
    let (one, two) = (over_redis(&server).await, over_redis(&server).await);
    let mut events = one.watch(Topic::All, None).await.unwrap();
    two.publish(batch(0, 1_000));
    two.end().await;
    two.publish(batch(1_000, 1_001));
    redis(&two).status.settle().await;
    drop(two);
    expect(&mut events, 0, 1_001).await;
    // What lives is heard, and nobody is missed.
    let silence = tokio::time::timeout(Duration::from_secs(12), events.next()).await;
    assert!(silence.is_err(), "{silence:?}");
}

#[tokio::test]
async fn what_was_appended_without_an_answer_is_not_appended_twice() {
    let server = RedisServer::start();
    let bus = over_redis(&server).await;
    let mut events = bus.watch(Topic::All, None).await.unwrap();
    server.freeze();
    bus.publish(batch(0, 5));
    // Longer than a command may take: it is sent again, and then both are carried out.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    server.thaw();
    expect(&mut events, 0, 5).await;
    bus.publish(batch(5, 6));
    expect(&mut events, 5, 6).await;
    nothing_more(&mut events).await;
}

#[tokio::test]
async fn publishing_never_waits_for_a_redis_that_hangs() {
    let server = RedisServer::start();
    let bus = over_redis(&server).await;
    let _watcher = bus.watch(Topic::All, None).await.unwrap();
    server.freeze();
    let asked = Instant::now();
    for _ in 0..1_000 {
        bus.publish(batch(0, 100));
        if asked.elapsed() > Duration::from_secs(1) {
            break;
        }
    }
    bus.settle().await;
    let took = asked.elapsed();
    server.thaw();
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[tokio::test]
async fn what_was_published_before_a_handover_comes_first() {
    let server = RedisServer::start();
    let (one, two) = (over_redis(&server).await, over_redis(&server).await);
    let mut events = one.watch(Topic::All, None).await.unwrap();
    for number in 0..200 {
        let (from, to) = if number % 2 == 0 { (&one, &two) } else { (&two, &one) };
        from.publish(vec![event(&format!("{number}a"))]);
        from.settle().await;
        to.publish(vec![event(&format!("{number}b"))]);
        to.settle().await;
    }
    for number in 0..200 {
        assert_eq!(next(&mut events).await.0, format!("{number}a"));
        assert_eq!(next(&mut events).await.0, format!("{number}b"));
    }
}

#[test]
fn the_names_lie_on_one_node_of_a_cluster() {
    let names = Names::new("posthorn:0:");
    for name in [&names.status.log, &names.inbox.head, &names.status.from, &names.watched, &names.watchers] {
        assert!(name.starts_with("posthorn:0:{bus}:"), "{name}");
    }
}
