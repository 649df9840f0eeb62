//! What the bus promises, checked on both implementations.

use std::time::Duration;

use futures::StreamExt;
use tokio::time::timeout;
use uuid::Uuid;

use super::*;
use crate::domain::enums::MessageStatus;
use crate::domain::event::StatusEvent;
use crate::domain::id::{MessageId, TenantId};
use crate::domain::time::Timestamp;
use crate::redis::testing::RedisServer;

/// An event that can be told from others by `mark`.
pub fn event(mark: &str) -> Event {
    Event::Status(StatusEvent {
        at: Timestamp(1),
        id: MessageId(Uuid::nil()),
        message_id: mark.to_owned(),
        tenant_id: TenantId(Uuid::nil()),
        business_type: "ORDER_NOTIFY".to_owned(),
        sent_by: None,
        message_status: MessageStatus::ALL[0],
        task: None,
    })
}

pub fn mark(event: &Event) -> &str {
    match event {
        Event::Status(status) => &status.message_id,
        Event::Inbox(inbox) => &inbox.message_id,
    }
}

fn batch(from: usize, to: usize) -> Vec<Event> {
    (from..to).map(|number| event(&number.to_string())).collect()
}

async fn next(subscription: &mut Subscription) -> String {
    let next = timeout(Duration::from_secs(10), subscription.next()).await.expect("no event came");
    mark(&next.expect("the bus ended").expect("lagged")).to_owned()
}

async fn expect(subscription: &mut Subscription, from: usize, to: usize) {
    for number in from..to {
        assert_eq!(next(subscription).await, number.to_string());
    }
}

async fn over_redis(server: &RedisServer) -> Bus {
    let connection = crate::redis::connect(&server.url()).await.unwrap();
    Bus::redis(&connection, "test:", 4096).await.unwrap()
}

/// Every subscriber gets every event once and in order.
async fn tells_all_in_order(publisher: &Bus, watcher: &Bus) {
    let mut first = watcher.watch().await;
    let mut second = watcher.watch().await;
    publisher.publish(batch(0, 500));
    publisher.publish(Vec::new());
    publisher.publish(batch(500, 510));
    expect(&mut first, 0, 510).await;
    let mut third = Box::pin(watcher.watch().await.into_stream());
    publisher.publish(batch(510, 520));
    expect(&mut first, 510, 520).await;
    expect(&mut second, 0, 520).await;
    assert_eq!(mark(&third.next().await.unwrap().unwrap()), "510");
}

#[tokio::test]
async fn memory_tells_all_in_order() {
    let bus = Bus::memory(4096);
    assert!(!bus.watched());
    bus.publish(batch(900, 910));
    tells_all_in_order(&bus, &bus).await;
    assert!(!bus.watched());
}

#[tokio::test]
async fn redis_tells_all_in_order_in_the_same_instance() {
    let server = RedisServer::start();
    let bus = over_redis(&server).await;
    tells_all_in_order(&bus, &bus).await;
}

#[tokio::test]
async fn redis_tells_other_instances() {
    let server = RedisServer::start();
    let (one, two) = (over_redis(&server).await, over_redis(&server).await);
    tells_all_in_order(&one, &two).await;
}

#[tokio::test]
async fn redis_cluster_tells_other_instances() {
    let server = RedisServer::start_cluster();
    let url = server.url().replace("redis://", "redis-cluster://");
    let connection = crate::redis::connect(&url).await.unwrap();
    let one = Bus::redis(&connection, "test:", 4096).await.unwrap();
    let two = Bus::redis(&connection, "test:", 4096).await.unwrap();
    tells_all_in_order(&one, &two).await;
}

#[tokio::test]
async fn a_slow_subscriber_learns_how_many_events_it_missed() {
    let bus = Bus::memory(8);
    let mut slow = bus.subscribe();
    bus.publish(batch(0, 20));
    assert_eq!(slow.next().await.unwrap().unwrap_err(), Lagged(12));
    expect(&mut slow, 12, 20).await;
    drop(bus);
    assert!(slow.next().await.is_none());
}

#[tokio::test]
async fn redis_ends_with_the_bus() {
    let server = RedisServer::start();
    let bus = over_redis(&server).await;
    let mut subscription = bus.subscribe();
    drop(bus);
    let end = timeout(Duration::from_secs(10), subscription.next()).await.expect("the subscription did not end");
    assert!(end.is_none());
}

#[tokio::test]
async fn local_watchers_see_events_once_and_in_order_while_redis_is_away_and_after() {
    let mut server = RedisServer::start();
    let (one, two) = (over_redis(&server).await, over_redis(&server).await);
    let (mut here, mut there) = (one.watch().await, two.watch().await);
    one.publish(batch(0, 3));
    expect(&mut here, 0, 3).await;
    expect(&mut there, 0, 3).await;
    server.stop();
    for number in 3..6 {
        one.publish(batch(number, number + 1));
        expect(&mut here, number, number + 1).await;
    }
    server.restart();
    // What is published while the subscriptions come back may miss the other instance, so go on until one arrives.
    let mut number = 6;
    let came = loop {
        one.publish(batch(number, number + 1));
        expect(&mut here, number, number + 1).await;
        number += 1;
        if let Ok(came) = timeout(Duration::from_millis(50), there.next()).await {
            break mark(&came.unwrap().unwrap()).parse::<usize>().unwrap();
        }
        assert!(number < 400, "the subscription did not come back");
    };
    assert!(came >= 6);
    one.publish(batch(number, number + 10));
    expect(&mut here, number, number + 10).await;
    expect(&mut there, came + 1, number + 10).await;
}

#[tokio::test]
async fn publishing_never_waits_for_a_redis_that_hangs() {
    let server = RedisServer::start();
    let bus = over_redis(&server).await;
    let _watcher = bus.watch().await;
    server.freeze();
    let asked = std::time::Instant::now();
    for _ in 0..1_000 {
        bus.publish(batch(0, 100));
    }
    let took = asked.elapsed();
    server.thaw();
    assert!(took < Duration::from_secs(2), "{took:?}");
}
