//! The in-process queue as workers see it.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::*;
use crate::domain::enums::ChannelType;
use crate::domain::id::{MessageId, TaskId};
use crate::queue::{JobError, Queue};

const NOW: Timestamp = Timestamp::from_millis(1_795_228_200_000);

fn job(number: u128, priority: u8) -> Job {
    Job { lane: Lane::process(None), priority, work: Work::Process(MessageId(Uuid::from_u128(number))), share: None }
}

fn number(job: &Job) -> u128 {
    match job.work {
        Work::Process(MessageId(id)) | Work::Deliver(TaskId(id)) => id.as_u128(),
    }
}

/// Works the general lane and reports the number of each job as it is handled.
fn collect(queue: &Queue, concurrency: usize) -> (mpsc::UnboundedReceiver<u128>, CancellationToken) {
    let (seen, jobs) = mpsc::unbounded_channel();
    let stop = CancellationToken::new();
    drop(queue.work(Lane::process(None), concurrency, stop.clone(), move |job| {
        let seen = seen.clone();
        async move {
            let _ = seen.send(number(&job));
            Ok(())
        }
    }));
    (jobs, stop)
}

async fn take(jobs: &mut mpsc::UnboundedReceiver<u128>, count: usize) -> Vec<u128> {
    let mut taken = Vec::new();
    for _ in 0..count {
        let next = tokio::time::timeout(Duration::from_secs(20), jobs.recv()).await;
        taken.push(next.expect("a job within 20 seconds").expect("a running worker"));
    }
    taken
}

#[tokio::test]
async fn jobs_come_in_order_of_priority_then_of_arrival() {
    let queue = Queue::memory(Clock::manual(NOW), 100);
    let jobs = [(1, 5), (2, 0), (3, 9), (4, 5), (5, 0)].map(|(number, priority)| job(number, priority));
    assert_eq!(queue.push(jobs.into()).await, 0);
    let (mut seen, _stop) = collect(&queue, 1);
    assert_eq!(take(&mut seen, 5).await, [2, 5, 1, 4, 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_job_is_handled_once_by_two_workers() {
    let queue = Queue::memory(Clock::System, 30_000);
    let (mut left, _first) = collect(&queue, 8);
    let (mut right, _second) = collect(&queue, 8);
    for batch in 0..100u128 {
        assert_eq!(queue.push((0..200).map(|n| job(batch * 200 + n, (n % 10) as u8)).collect()).await, 0);
    }
    let mut seen = HashSet::new();
    while seen.len() < 20_000 {
        let next = tokio::time::timeout(Duration::from_secs(20), async {
            tokio::select! { n = left.recv() => n, n = right.recv() => n }
        });
        assert!(seen.insert(next.await.expect("a job within 20 seconds").expect("a running worker")));
    }
}

#[tokio::test]
async fn a_delayed_job_waits_for_its_time_and_a_later_push_replaces_it() {
    let clock = Clock::manual(NOW);
    let queue = Queue::memory(clock.clone(), 10);
    let (mut seen, _stop) = collect(&queue, 1);
    let (hour, minute) = (Duration::from_secs(3600), Duration::from_secs(60));
    assert_eq!(queue.push_at(vec![(job(1, 5), NOW.plus(hour)), (job(2, 5), NOW.plus(minute))]).await, 0);
    assert_eq!(queue.push_at(vec![(job(2, 5), NOW.plus(hour * 2))]).await, 0);
    assert_eq!(queue.depth(&Lane::process(None)).await.unwrap().delayed, 2);
    clock.advance(hour);
    assert_eq!(take(&mut seen, 1).await, [1]);
    assert!(seen.is_empty());
    clock.advance(hour);
    assert_eq!(take(&mut seen, 1).await, [2]);
}

#[tokio::test]
async fn an_idle_worker_wakes_by_itself_when_a_job_becomes_due() {
    let queue = Queue::memory(Clock::System, 10);
    let (mut seen, _stop) = collect(&queue, 1);
    let started = Instant::now();
    let due = queue.clock().now().plus(Duration::from_millis(30));
    assert_eq!(queue.push_at(vec![(job(1, 5), due)]).await, 0);
    assert_eq!(take(&mut seen, 1).await, [1]);
    assert!(started.elapsed() >= Duration::from_millis(29));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_handlers_run_than_allowed_and_a_job_is_in_hand_until_its_handler_ends() {
    let queue = Queue::memory(Clock::manual(NOW), 100);
    let lane = Lane::deliver(ChannelType::Sms, Some("vip".into()));
    let (started, mut starts) = mpsc::unbounded_channel();
    let gate = Arc::new(Semaphore::new(0));
    let stop = CancellationToken::new();
    let worker = queue.work(lane.clone(), 3, stop.clone(), {
        let gate = gate.clone();
        move |_| {
            let (gate, started) = (gate.clone(), started.clone());
            async move {
                let _ = started.send(());
                gate.acquire().await.map(|permit| permit.forget()).map_err(|_| JobError::Fail)
            }
        }
    });
    let jobs = (0..10).map(|n| Job { lane: lane.clone(), ..job(n, 5) });
    assert_eq!(queue.push(jobs.collect()).await, 0);
    for _ in 0..3 {
        starts.recv().await.unwrap();
    }
    assert_eq!(queue.depth(&lane).await.unwrap(), LaneDepth { waiting: 7, in_hand: 3, delayed: 0 });
    assert!(starts.is_empty());
    assert_eq!(queue.oldest(&lane, 5, None).await.unwrap(), Some(NOW));
    // Told to stop, it fetches nothing more, and ends when what is in hand has ended.
    stop.cancel();
    assert!(!worker.is_finished());
    gate.add_permits(10);
    worker.await.unwrap();
    assert_eq!(queue.depth(&lane).await.unwrap(), LaneDepth { waiting: 7, in_hand: 0, delayed: 0 });
}

#[tokio::test]
async fn a_panic_costs_one_job_and_a_retry_comes_back_later() {
    let clock = Clock::manual(NOW);
    let queue = Queue::memory(clock.clone(), 100);
    let runs = Arc::new(Mutex::new(Vec::new()));
    let (seen, mut jobs) = mpsc::unbounded_channel();
    drop(queue.work(Lane::process(None), 1, CancellationToken::new(), {
        let runs = runs.clone();
        move |job| {
            let (runs, seen) = (runs.clone(), seen.clone());
            let number = number(&job);
            let first = !runs.lock().unwrap().contains(&number);
            runs.lock().unwrap().push(number);
            async move {
                assert!(number != 1, "a handler that panics, as this test wants it to");
                let _ = seen.send(number);
                if number == 2 && first { Err(JobError::Retry { after: Duration::from_secs(60) }) } else { Ok(()) }
            }
        }
    }));
    assert_eq!(queue.push(vec![job(1, 0), job(2, 1), job(3, 2)]).await, 0);
    assert_eq!(take(&mut jobs, 2).await, [2, 3]);
    clock.advance(Duration::from_secs(60));
    assert_eq!(take(&mut jobs, 1).await, [2]);
    assert_eq!(*runs.lock().unwrap(), [1, 2, 3, 2]);
}

#[tokio::test]
async fn a_full_lane_refuses_and_its_neighbour_does_not() {
    let queue = Queue::memory(Clock::manual(NOW), 2);
    assert_eq!(queue.push((0..5).map(|n| job(n, 5)).collect()).await, 3);
    let neighbour = Lane::process(Some("vip".into()));
    assert_eq!(queue.push(vec![Job { lane: neighbour.clone(), ..job(1, 5) }, job(9, 0)]).await, 1);
    assert_eq!(queue.depth(&neighbour).await.unwrap().waiting, 1);
    let due = NOW.plus(Duration::from_secs(1));
    assert_eq!(queue.push_at((0..5).map(|n| (job(n, 5), due)).collect()).await, 3);
}

#[tokio::test]
async fn a_delivery_that_is_dropped_goes_back_to_its_place() {
    let memory = MemoryQueue::new(Clock::manual(NOW), 10);
    assert_eq!(memory.push(vec![job(1, 5), job(2, 5)]), 0);
    let mut source = memory.source(&Lane::process(None), Hands::from(1));
    let first = std::future::poll_fn(|cx| source.poll_delivery(cx)).await.unwrap();
    drop(first);
    let queue = Queue::Memory(memory);
    let (mut seen, _stop) = collect(&queue, 1);
    assert_eq!(take(&mut seen, 2).await, [1, 2]);
}

#[tokio::test]
async fn a_seat_is_a_free_hand_kept_for_one_job() {
    let queue = Queue::memory(Clock::manual(NOW), 100);
    let lane = Lane::process(None);
    assert!(queue.seat(&lane, None, 5).is_none(), "nobody works the lane");
    let (gate, stop) = (Arc::new(Semaphore::new(0)), CancellationToken::new());
    let (seen, mut jobs) = mpsc::unbounded_channel();
    let handler = {
        let gate = Arc::clone(&gate);
        move |job: Job| {
            let (gate, seen) = (Arc::clone(&gate), seen.clone());
            async move {
                let _ = seen.send(number(&job));
                gate.acquire().await.map(|permit| permit.forget()).map_err(|_| JobError::Fail)
            }
        }
    };
    let worker = queue.work(lane.clone(), 3, stop.clone(), handler);
    assert_eq!(queue.push(vec![job(1, 5)]).await, 0);
    assert_eq!(take(&mut jobs, 1).await, [1]);
    let (one, two) = (queue.seat(&lane, None, 5).unwrap(), queue.seat(&lane, None, 5).unwrap());
    assert!(queue.seat(&lane, None, 5).is_none(), "one hand is busy, two are kept");
    drop(one);
    assert!(two.fill(job(2, 5)));
    assert_eq!(take(&mut jobs, 1).await, [2]);
    assert!(queue.seat(&lane, None, 5).unwrap().fill(job(3, 5)));
    assert!(queue.seat(&lane, None, 5).is_none());
    assert_eq!(take(&mut jobs, 1).await, [3]);
    gate.add_permits(10);
    stop.cancel();
    worker.await.unwrap();
    assert!(queue.seat(&lane, None, 5).is_none(), "the worker has ended");
}
