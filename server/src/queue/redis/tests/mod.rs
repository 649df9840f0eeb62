//! The queue against a real Redis, one server per test.
//!
//! - here: what the queue does
//! - `shares`: who has their turn when; `outages`: what it bears
//! - `stage`: what they run on

mod outages;
mod shares;
mod stage;

use std::collections::{HashMap, HashSet};
use std::net::TcpListener;
use std::process::Command;
use std::sync::Mutex;

use fred::interfaces::{KeysInterface, SortedSetsInterface, StreamsInterface};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::stage::*;
use super::*;
use crate::domain::enums::ChannelType;
use crate::domain::id::{MessageId, TaskId};
use crate::queue::{JobError, Queue, Seat, Work};

#[tokio::test]
async fn jobs_come_in_order_of_priority_then_of_arrival() {
    let server = Server::start().await;
    let queue = server.queue().await;
    let jobs = [(1, 5), (2, 0), (3, 9), (4, 5), (5, 0)].map(|(number, priority)| job(number, priority));
    assert_eq!(queue.push(jobs.into()).await, 0);
    let mut worker = Worker::start(&queue, 1);
    assert_eq!(worker.take(5).await, [2, 5, 1, 4, 3]);
    until_depth(&queue, LaneDepth::default()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_instances_share_a_lane_and_handle_each_job_once() {
    let server = Server::start().await;
    let (one, two) = (server.queue().await, server.queue_with(Clock::System, |o| o.instance = "two".into()).await);
    let (mut left, mut right) = (Worker::start(&one, 16), Worker::start(&two, 16));
    for batch in 0..20 {
        assert_eq!(one.push(jobs(batch * 1000..(batch + 1) * 1000)).await, 0);
    }
    let mut seen = HashSet::new();
    while seen.len() < 20_000 {
        let next = timeout(SOON, async {
            tokio::select! { n = left.next() => n, n = right.next() => n }
        });
        assert!(seen.insert(next.await.expect("a job within 20 seconds")));
    }
    until_depth(&one, LaneDepth::default()).await;
    left.end().await;
    right.end().await;
}

#[tokio::test]
async fn an_idle_worker_reacts_at_once_however_long_it_was_idle() {
    let server = Server::start().await;
    let queue = server.queue().await;
    let mut worker = Worker::start(&queue, 4);
    let mut quickest = Duration::MAX;
    // Longer than one blocking read, and than the time after which a silent connection counts as dead.
    for (number, idle) in [(1, 100), (2, 1500), (3, 4000), (4, 50), (5, 50)] {
        sleep(Duration::from_millis(idle)).await;
        let pushed = Instant::now();
        assert_eq!(queue.push(vec![job(number, 3)]).await, 0);
        assert_eq!(worker.next().await, number);
        quickest = quickest.min(pushed.elapsed());
        assert!(pushed.elapsed() < Duration::from_millis(500), "{:?}", pushed.elapsed());
    }
    assert!(quickest < Duration::from_millis(20), "{quickest:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_thousand_jobs_due_at_once_are_no_trouble() {
    let server = Server::start().await;
    let clock = Clock::manual(Timestamp::from_millis(1_795_228_200_000));
    let queue = server.queue_with(clock.clone(), |_| {}).await;
    let mut worker = Worker::start(&queue, 64);
    let hour = clock.now().plus(Duration::from_secs(3600));
    for _ in 0..2 {
        // The second time replaces the first.
        let delayed = jobs(0..20_000).into_iter().map(|job| (job, hour)).collect();
        assert_eq!(queue.push_at(delayed).await, 0);
    }
    assert_eq!(queue.depth(&lane()).await.unwrap(), LaneDepth { delayed: 20_000, ..LaneDepth::default() });
    assert!(worker.seen.is_empty());
    clock.advance(Duration::from_secs(3600));
    let seen: HashSet<u128> = worker.take(20_000).await.into_iter().collect();
    assert_eq!(seen.len(), 20_000);
    until_depth(&queue, LaneDepth::default()).await;
    assert!(worker.seen.is_empty());
}

#[tokio::test]
async fn a_delayed_job_comes_when_it_is_due_by_the_system_clock() {
    let server = Server::start().await;
    let queue = server.queue().await;
    let mut worker = Worker::start(&queue, 1);
    let started = Instant::now();
    let now = queue.clock().now();
    let later = [(job(1, 5), now.plus(Duration::from_millis(300))), (job(2, 5), now.minus(Duration::from_secs(9)))];
    assert_eq!(queue.push_at(later.into()).await, 0);
    assert_eq!(worker.next().await, 2);
    assert!(started.elapsed() < Duration::from_millis(290));
    assert_eq!(worker.next().await, 1);
    assert!(started.elapsed() >= Duration::from_millis(299));
}

#[tokio::test]
async fn a_job_is_held_until_its_handler_has_ended() {
    let server = Server::start().await;
    let (queue, door) = (server.queue().await, server.door().await);
    let gate = Arc::new(Semaphore::new(0));
    let mut worker = Worker::start_gated(&queue, 2, gate.clone());
    let before = queue.clock().now().minus(Duration::from_millis(1));
    assert_eq!(door.push(jobs(0..5)).await, 0);
    worker.take(2).await;
    let depth = queue.depth(&lane()).await.unwrap();
    assert_eq!((depth.waiting + depth.in_hand, depth.delayed), (5, 0));
    assert!(depth.in_hand >= 2);
    assert!(worker.seen.is_empty(), "only two handlers may run");
    let oldest = queue.oldest(&lane(), 5, None).await.unwrap().unwrap();
    assert!(oldest >= before && oldest <= queue.clock().now());
    assert_eq!(queue.oldest(&lane(), 4, None).await.unwrap(), None);
    gate.add_permits(100);
    worker.take(3).await;
    until_depth(&queue, LaneDepth::default()).await;
    assert_eq!(queue.oldest(&lane(), 5, None).await.unwrap(), None);
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let server = Server::start().await;
    let clock = Clock::manual(Timestamp::from_millis(1_795_228_200_000));
    let queue = server.queue_with(clock.clone(), |o| o.capacity_per_lane = 700).await;
    assert_eq!(queue.push(jobs(0..1000)).await, 300);
    assert_eq!(queue.push(vec![job(1, 0), Job { lane: Lane::deliver(ChannelType::Sms, None), ..job(1, 0) }]).await, 1);
    let due = clock.now().plus(Duration::from_secs(60));
    let later = |numbers| jobs(numbers).into_iter().map(|job| (job, due)).collect::<Vec<_>>();
    assert_eq!(queue.push_at(later(0..1000)).await, 300);
    assert_eq!(queue.push_at(later(0..700)).await, 0, "they replace themselves");
    // What is due waits until there is room for it.
    clock.advance(Duration::from_secs(60));
    let mut worker = Worker::start(&queue, 16);
    let mut runs = HashMap::<u128, usize>::new();
    for number in worker.take(1400).await {
        *runs.entry(number).or_default() += 1;
    }
    assert_eq!(runs.len(), 700);
    assert!(runs.values().all(|runs| *runs == 2));
}

#[tokio::test]
async fn an_unknown_job_is_put_aside_and_its_neighbours_are_handled() {
    let server = Server::start().await;
    let queue = server.queue().await;
    let client = client_of(&queue);
    let stream = "test:{process}:p5";
    let fields = [("j", "2z-from-the-future"), ("other", "thing")];
    for field in fields {
        let _: Value = client.xadd(stream, false, None, "*", vec![field]).await.unwrap();
    }
    assert_eq!(queue.push(jobs(1..2)).await, 0);
    let mut worker = Worker::start(&queue, 1);
    assert_eq!(worker.next().await, 1);
    until_depth(&queue, LaneDepth::default()).await;
    let dead: Value = client.xrange("test:{process}:dead", "-", "+", None).await.unwrap();
    assert_eq!(dead.into_array().len(), 2);
}

#[tokio::test]
async fn a_panic_costs_one_job_and_a_retry_comes_back_later() {
    let server = Server::start().await;
    let clock = Clock::manual(Timestamp::from_millis(1_795_228_200_000));
    let queue = server.queue_with(clock.clone(), |_| {}).await;
    let runs = Arc::new(Mutex::new(Vec::new()));
    drop(queue.work(lane(), 1, CancellationToken::new(), {
        let runs = runs.clone();
        move |job| {
            let number = number_of(&job);
            let first = !runs.lock().unwrap().contains(&number);
            runs.lock().unwrap().push(number);
            async move {
                assert!(number != 1, "a handler that panics, as this test wants it to");
                if number == 2 && first { Err(JobError::Retry { after: Duration::from_secs(60) }) } else { Ok(()) }
            }
        }
    }));
    assert_eq!(queue.push(vec![job(1, 0), job(2, 1), job(3, 2)]).await, 0);
    until_depth(&queue, LaneDepth { delayed: 1, ..LaneDepth::default() }).await;
    clock.advance(Duration::from_secs(60));
    until_depth(&queue, LaneDepth::default()).await;
    assert_eq!(*runs.lock().unwrap(), [1, 2, 3, 2]);
}

#[tokio::test]
async fn keys_of_a_lane_share_its_hash_tag() {
    let server = Server::start().await;
    let queue = server.queue().await;
    let odd = Lane::process(Some("a}b{c".into()));
    assert_eq!(queue.push(vec![Job { lane: odd.clone(), ..job(1, 0) }]).await, 0);
    let due = queue.clock().now().plus(SOON);
    assert_eq!(queue.push_at(vec![(Job { lane: odd.clone(), ..job(1, 0) }, due)]).await, 0);
    assert_eq!(queue.depth(&odd).await.unwrap(), LaneDepth { waiting: 1, in_hand: 0, delayed: 1 });
    let keys = LaneKeys::new("test", &odd);
    let slots: HashSet<u16> =
        keys.all_but_dead().iter().chain([&keys.dead]).map(|key| fred::util::redis_keyslot(key.as_bytes())).collect();
    assert_eq!(slots.len(), 1);
    let kind: String = client_of(&queue).r#type(keys.later[1].clone()).await.unwrap();
    assert_eq!(kind, "zset");
}

#[tokio::test]
async fn jobs_stay_in_the_process_while_it_has_free_seats() {
    let server = Server::start().await;
    let queue = server.queue().await;
    assert!(queue.seat(&lane(), None, 5).is_none(), "nobody works the lane");
    let gate = Arc::new(Semaphore::new(0));
    let mut worker = Worker::start_gated(&queue, 4, gate.clone());
    drop(first_seat(&queue).await);
    assert_eq!(queue.push(jobs(0..3)).await, 0);
    assert_eq!(worker.take(3).await, [0, 1, 2]);
    assert_eq!(queue.depth(&lane()).await.unwrap(), LaneDepth::default(), "redis saw nothing of them");
    assert!(queue.seat(&lane(), None, 5).is_none(), "three quarters of the hands have seats");
    // What comes beyond is for whoever has a hand free.
    assert_eq!(queue.push(jobs(3..6)).await, 0);
    assert_eq!(worker.take(1).await.len(), 1);
    until_depth(&queue, LaneDepth { waiting: 2, in_hand: 1, delayed: 0 }).await;
    gate.add_permits(100);
    assert_eq!(worker.take(2).await.len(), 2);
    until_depth(&queue, LaneDepth::default()).await;
    assert!(queue.seat(&lane(), None, 5).unwrap().fill(job(9, 5)));
    assert_eq!(worker.take(1).await, [9]);
    worker.end().await;
    assert!(queue.seat(&lane(), None, 5).is_none(), "the worker has ended");
}

#[tokio::test]
async fn a_job_that_an_ending_worker_did_not_begin_goes_to_redis() {
    let server = Server::start().await;
    let queue = server.queue().await;
    let gate = Arc::new(Semaphore::new(0));
    let mut worker = Worker::start_gated(&queue, 2, gate.clone());
    assert!(first_seat(&queue).await.fill(job(1, 5)));
    assert_eq!(worker.take(1).await, [1]);
    worker.stop.cancel();
    gate.add_permits(100);
    worker.task.await.unwrap();
    assert_eq!(queue.push(vec![job(2, 5)]).await, 0);
    assert_eq!(queue.depth(&lane()).await.unwrap(), LaneDepth { waiting: 1, ..LaneDepth::default() });
}
