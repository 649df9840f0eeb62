//! What the bus promises, checked on both implementations.

use std::time::Duration;

use futures::StreamExt;
use sha2::{Digest, Sha256};
use tokio::time::timeout;
use uuid::Uuid;

use super::hub::{Hub, Refused};
use super::log::LogLimits;
use super::*;
use crate::domain::enums::MessageStatus;
use crate::domain::event::StatusEvent;
use crate::domain::id::{InboxId, MessageId, TenantId};
use crate::domain::inbox::InboxMessage;
use crate::domain::time::Timestamp;
use crate::redis::testing::RedisServer;

pub const TENANT: TenantId = TenantId(Uuid::from_u128(7));

/// An event that can be told from others by `mark`, each of a message of its own.
pub fn status(mark: &str) -> StatusEvent {
    StatusEvent {
        at: Timestamp(1),
        id: MessageId(Uuid::from_bytes(Sha256::digest(mark).as_slice()[..16].try_into().unwrap())),
        message_id: mark.to_owned(),
        tenant_id: TENANT,
        business_type: "ORDER_NOTIFY".to_owned(),
        sent_by: None,
        message_status: MessageStatus::Pending,
        task: None,
    }
}

pub fn event(mark: &str) -> Event {
    Event::Status(status(mark))
}

pub fn batch(from: usize, to: usize) -> Vec<Event> {
    (from..to).map(|number| event(&number.to_string())).collect()
}

fn inbox(user: &str, mark: &str) -> Event {
    Event::Inbox(InboxMessage { user_id: user.to_owned(), message_id: mark.to_owned(), ..inbox_message() })
}

pub async fn told(subscription: &mut Subscription) -> Result<Told, Missed> {
    timeout(Duration::from_secs(10), subscription.next()).await.expect("no event came").expect("the bus ended")
}

pub async fn next(subscription: &mut Subscription) -> (String, Position) {
    match told(subscription).await.expect("events were missed") {
        Told::Status(position, event) => (event.message_id.clone(), position),
        Told::Inbox(message) => (message.message_id.clone(), Position { stamp: 0, number: 0 }),
    }
}

pub async fn expect(subscription: &mut Subscription, from: usize, to: usize) {
    for number in from..to {
        assert_eq!(next(subscription).await.0, number.to_string());
    }
}

pub async fn nothing_more(subscription: &mut Subscription) {
    let more = timeout(Duration::from_millis(50), subscription.next()).await;
    assert!(more.is_err(), "{more:?}");
}

pub async fn over_redis(server: &RedisServer) -> Bus {
    let connection = crate::redis::connect(&server.url()).await.unwrap();
    Bus::redis(&connection, "test:", Clock::System, Chance::System, 4096, 200_000).await.unwrap()
}

/// Every subscriber gets every event once and in order, and can resume from any of them.
async fn tells_all_in_order(publisher: &Bus, watcher: &Bus) {
    let mut first = watcher.watch(Topic::All, None).await.unwrap();
    let mut second = watcher.watch(Topic::Tenant(TENANT), None).await.unwrap();
    publisher.publish(batch(0, 500));
    publisher.publish(Vec::new());
    publisher.publish(batch(500, 510));
    expect(&mut first, 0, 300).await;
    let (_, position) = next(&mut first).await;
    expect(&mut first, 301, 510).await;
    let mut third = Box::pin(watcher.watch(Topic::All, None).await.unwrap().into_stream());
    publisher.publish(batch(510, 520));
    expect(&mut first, 510, 520).await;
    expect(&mut second, 0, 520).await;
    let Told::Status(_, event) = third.next().await.unwrap().unwrap() else { panic!("a status event was expected") };
    assert_eq!(event.message_id, "510");
    let mut again = watcher.watch(Topic::All, Some(position)).await.unwrap();
    expect(&mut again, 301, 400).await;
    publisher.publish(batch(520, 530));
    expect(&mut again, 400, 530).await;
    nothing_more(&mut again).await;
}

#[tokio::test]
async fn memory_tells_all_in_order() {
    let bus = Bus::memory(Clock::System, Chance::System, 4096, 200_000);
    assert!(!bus.watched());
    bus.publish(batch(900, 910));
    tells_all_in_order(&bus, &bus).await;
    assert!(bus.watched(), "who watched may come back");
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
    let one = Bus::redis(&connection, "test:", Clock::System, Chance::System, 4096, 200_000).await.unwrap();
    let two = Bus::redis(&connection, "test:", Clock::System, Chance::System, 4096, 200_000).await.unwrap();
    tells_all_in_order(&one, &two).await;
}

/// Subscribers hear of what they asked for and of nothing else.
async fn routes(bus: &Bus) {
    let other = StatusEvent { tenant_id: TenantId(Uuid::from_u128(8)), ..status("other") };
    let mut of_message = bus.watch(Topic::Message(status("mine").id), None).await.unwrap();
    let mut of_tenant = bus.watch(Topic::Tenant(TENANT), None).await.unwrap();
    let mut of_other = bus.watch(Topic::Tenant(other.tenant_id), None).await.unwrap();
    let mut of_user = bus.watch(Topic::Inbox(TENANT, "u1".to_owned()), None).await.unwrap();
    let mut all = bus.watch(Topic::All, None).await.unwrap();
    bus.publish(vec![
        event("yours"),
        Event::Status(other),
        inbox("u2", "for another"),
        event("mine"),
        inbox("u1", "for me"),
    ]);
    for mark in ["yours", "other", "mine"] {
        assert_eq!(next(&mut all).await.0, mark);
    }
    for mark in ["yours", "mine"] {
        assert_eq!(next(&mut of_tenant).await.0, mark);
    }
    assert_eq!(next(&mut of_message).await.0, "mine");
    assert_eq!(next(&mut of_other).await.0, "other");
    assert_eq!(next(&mut of_user).await.0, "for me");
    for subscription in [&mut of_message, &mut of_tenant, &mut of_other, &mut of_user, &mut all] {
        nothing_more(subscription).await;
    }
}

#[tokio::test]
async fn memory_tells_nobody_what_does_not_concern_him() {
    routes(&Bus::memory(Clock::System, Chance::System, 64, 200_000)).await;
}

#[tokio::test]
async fn redis_tells_nobody_what_does_not_concern_him() {
    let server = RedisServer::start();
    routes(&over_redis(&server).await).await;
}

#[tokio::test]
async fn a_slow_subscriber_is_dropped_and_can_resume_without_loss() {
    let bus = Bus::memory(Clock::System, Chance::System, 8, 200_000);
    let mut slow = bus.watch(Topic::All, None).await.unwrap();
    let mut quick = bus.watch(Topic::All, None).await.unwrap();
    for number in 0..20 {
        bus.publish(batch(number, number + 1));
        expect(&mut quick, number, number + 1).await;
    }
    expect(&mut slow, 0, 7).await;
    let (mark, position) = next(&mut slow).await;
    assert_eq!(mark, "7");
    assert_eq!(told(&mut slow).await.unwrap_err(), Missed::TooSlow);
    assert!(slow.next().await.is_none());
    let mut again = bus.watch(Topic::All, Some(position)).await.unwrap();
    expect(&mut again, 8, 20).await;
    drop(bus);
    assert!(again.next().await.is_none(), "it ends with the bus");
}

#[test]
fn who_comes_from_an_instance_that_noticed_a_silence_later_begins_anew() {
    let limits = LogLimits { age: Duration::from_secs(600), events: 100, bytes: 1 << 20 };
    let hub = Hub::new(Clock::System, 8, Duration::from_secs(600), limits);
    let at = |stamp: u64, number| Position { stamp, number };
    let subscribe = |after| hub.subscribe(Topic::All, after).map(drop);
    assert_eq!(subscribe(None), Err(Refused::Idle));
    hub.begin(at(1_000, 0));
    let append = |position: Position| hub.append([(position, Some(status(&position.to_string())))]);
    append(at(1_000, 1));
    assert_eq!(subscribe(Some(at(1_000, 1))), Ok(()));
    hub.fell_silent(Duration::from_secs(10));
    append(at(2_000, 2));
    append(at(11_000, 3));
    for before in [at(1_000, 1), at(2_000, 2)] {
        assert_eq!(subscribe(Some(before)), Err(Refused::Expired), "{before}");
    }
    assert_eq!(subscribe(Some(at(11_000, 3))), Ok(()));
    assert_eq!(subscribe(None), Ok(()));
}

#[tokio::test]
async fn as_many_can_be_resumed_as_are_kept() {
    let bus = Bus::memory(Clock::System, Chance::System, 64, 5);
    let mut watcher = bus.watch(Topic::All, None).await.unwrap();
    let mut positions = Vec::new();
    for number in 0..10 {
        bus.publish(batch(number, number + 1));
        positions.push(next(&mut watcher).await.1);
    }
    assert_eq!(bus.watch(Topic::All, Some(positions[3])).await.err(), Some(WatchError::Expired));
    let mut again = bus.watch(Topic::All, Some(positions[4])).await.unwrap();
    expect(&mut again, 5, 10).await;
}

#[tokio::test]
async fn redis_keeps_what_can_be_resumed() {
    let server = RedisServer::start();
    let connection = crate::redis::connect(&server.url()).await.unwrap();
    let bus = Bus::redis(&connection, "test:", Clock::System, Chance::System, 4096, 1_000).await.unwrap();
    let mut watcher = bus.watch(Topic::All, None).await.unwrap();
    let mut positions = Vec::new();
    for number in 0..4_000 {
        bus.publish(batch(number, number + 1));
        positions.push(next(&mut watcher).await.1);
    }
    // What another process, which has none of them in memory, finds in Redis.
    let other = Bus::redis(&connection, "test:", Clock::System, Chance::System, 4096, 1_000).await.unwrap();
    assert_eq!(other.watch(Topic::All, Some(positions[1_000])).await.err(), Some(WatchError::Expired));
    // Signs of life are among those that are kept.
    let mut again = other.watch(Topic::All, Some(positions[3_099])).await.unwrap();
    expect(&mut again, 3_100, 4_000).await;
}

#[tokio::test]
async fn what_was_not_given_out_is_not_resumed_from() {
    let bus = Bus::memory(Clock::System, Chance::System, 8, 200_000);
    let mut first = bus.watch(Topic::All, None).await.unwrap();
    bus.publish(batch(0, 1));
    let (_, position) = next(&mut first).await;
    let others = Bus::memory(Clock::System, Chance::System, 8, 200_000);
    let mut second = others.watch(Topic::All, None).await.unwrap();
    others.publish(batch(0, 1));
    next(&mut second).await;
    for strange in [Position { number: 2, ..position }, Position { number: 0, stamp: 1 }, Position::hole_before(1)] {
        assert_eq!(bus.watch(Topic::All, Some(strange)).await.err(), Some(WatchError::Expired), "{strange}");
    }
    assert_eq!(others.watch(Topic::All, Some(position)).await.err(), Some(WatchError::Expired), "another process");
}

#[tokio::test]
async fn what_nobody_watched_is_not_resumed_over() {
    let clock = Clock::manual(Timestamp(1));
    let hub = Hub::new(clock.clone(), 64, Duration::from_secs(540), in_memory(200_000));
    let bus = Bus::Memory(MemoryBus::start(hub, Chance::seeded(1)));
    let mut first = bus.watch(Topic::All, None).await.unwrap();
    bus.publish(batch(0, 2));
    expect(&mut first, 0, 1).await;
    let (_, last) = next(&mut first).await;
    drop(first);
    assert!(bus.watch(Topic::All, Some(last)).await.is_ok(), "it came back in time");
    clock.advance(Duration::from_secs(540));
    assert!(bus.watched());
    clock.advance(Duration::from_secs(1));
    assert!(!bus.watched());
    bus.publish(batch(2, 3));
    assert_eq!(bus.watch(Topic::All, Some(last)).await.err(), Some(WatchError::Expired), "what came was not logged");
    let mut events = bus.watch(Topic::All, None).await.unwrap();
    bus.publish(batch(3, 4));
    expect(&mut events, 3, 4).await;
}

fn inbox_message() -> InboxMessage {
    InboxMessage {
        id: InboxId(Uuid::nil()),
        tenant_id: TENANT,
        user_id: String::new(),
        message_id: String::new(),
        business_type: "ORDER_NOTIFY".to_owned(),
        message_type: crate::domain::enums::MessageType::Text,
        title: None,
        body: String::new(),
        content: "{}".into(),
        read_at: None,
        created_at: Timestamp(1),
    }
}
