//! Consumers that die, a Redis that is flushed, stopped or hangs: nothing ends, and the work goes on.

use super::*;

#[tokio::test]
async fn what_a_dead_consumer_held_is_taken_over() {
    let server = Server::start().await;
    let dying = server.queue_with(Clock::System, |o| o.reclaim_after = Duration::from_millis(300)).await;
    let mut dead = Worker::start_gated(&dying, 10, Arc::new(Semaphore::new(0)));
    assert_eq!(server.door().await.push(jobs(0..10)).await, 0);
    dead.take_all(0..10).await;
    dead.task.abort();
    let living = server
        .queue_with(Clock::System, |o| {
            o.instance = "two".into();
            o.reclaim_after = Duration::from_millis(300);
        })
        .await;
    let mut heir = Worker::start(&living, 4);
    heir.take_all(0..10).await;
    until_depth(&living, LaneDepth::default()).await;
}

#[tokio::test]
async fn a_slow_handler_is_not_taken_for_a_dead_one() {
    let server = Server::start().await;
    let short = |o: &mut RedisOptions| o.reclaim_after = Duration::from_millis(600);
    let queue = server.queue_with(Clock::System, short).await;
    let gate = Arc::new(Semaphore::new(0));
    let mut slow = Worker::start_gated(&queue, 4, gate.clone());
    assert_eq!(server.door().await.push(jobs(0..4)).await, 0);
    slow.take_all(0..4).await;
    let other = server
        .queue_with(Clock::System, |o| {
            short(o);
            o.instance = "two".into()
        })
        .await;
    let mut eager = Worker::start(&other, 4);
    // Several times the term: time passing is what this is about.
    sleep(Duration::from_millis(2500)).await;
    assert!(eager.seen.try_recv().is_err() && slow.seen.is_empty());
    gate.add_permits(4);
    until_depth(&queue, LaneDepth::default()).await;
    assert!(eager.seen.is_empty());
}

#[tokio::test]
async fn a_worker_that_ends_leaves_nothing_of_itself() {
    let server = Server::start().await;
    let queue = server.queue().await;
    let gate = Arc::new(Semaphore::new(0));
    let mut worker = Worker::start_gated(&queue, 3, gate.clone());
    assert_eq!(server.door().await.push(jobs(0..8)).await, 0);
    worker.take(3).await;
    assert_eq!(consumers(&queue).await, 1);
    worker.stop.cancel();
    gate.add_permits(3);
    timeout(SOON, worker.task).await.expect("an end within 20 seconds").unwrap();
    assert_eq!(queue.depth(&lane()).await.unwrap(), LaneDepth { waiting: 5, in_hand: 0, delayed: 0 });
    assert_eq!(consumers(&queue).await, 0);
    let mut next = Worker::start(&queue, 3);
    assert_eq!(next.take(5).await.into_iter().collect::<HashSet<_>>(), (3..8).collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flushed_redis_loses_what_it_held_and_goes_on() {
    let server = Server::start().await;
    let (queue, door) = (server.queue().await, server.door().await);
    let mut worker = Worker::start(&queue, 8);
    for round in 0..5u128 {
        let (from, to) = (round * 100, round * 100 + 50);
        assert_eq!(door.push(jobs(from..to)).await, 0);
        worker.take_all(from..to).await;
        // In some rounds while the worker waits, in some while it works.
        assert_eq!(door.push(jobs(to..to + (round % 2) * 50)).await, 0);
        let _: () = client_of(&queue).flushall(false).await.unwrap();
        // Ids of entries begin with the millisecond. In the same one, new entries would have the names of flushed ones,
        // and be taken for done with them.
        sleep(Duration::from_millis(2)).await;
    }
    assert_eq!(door.push(jobs(1000..2000)).await, 0);
    worker.take_all(1000..2000).await;
    until_depth(&queue, LaneDepth::default()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_absent_redis_pauses_the_work_and_refuses_at_once() {
    let mut server = Server::start().await;
    let (queue, door) = (server.queue().await, server.door().await);
    let gate = Arc::new(Semaphore::new(0));
    let mut worker = Worker::start_gated(&queue, 4, gate.clone());
    assert_eq!(door.push(jobs(0..4)).await, 0);
    worker.take_all(0..4).await;
    server.stop();
    // Handlers end while Redis is away; their acknowledgements wait.
    gate.add_permits(1000);
    for _ in 0..3 {
        let pushed = Instant::now();
        assert_eq!(door.push(jobs(0..2000)).await, 2000);
        assert_eq!(queue.push_at(vec![(job(1, 5), queue.clock().now().plus(SOON))]).await, 1);
        assert!(pushed.elapsed() < Duration::from_millis(2500), "{:?}", pushed.elapsed());
    }
    assert!(!queue.ready().await);
    assert!(queue.oldest(&lane(), 5, None).await.is_err() && queue.depth(&lane()).await.is_err());
    server.start_again().await;
    let back = timeout(SOON, async {
        while !queue.ready().await || !door.ready().await {
            sleep(Duration::from_millis(20)).await;
        }
    });
    back.await.expect("a connection within 20 seconds");
    assert_eq!(door.push(jobs(100..200)).await, 0);
    worker.take_all(100..200).await;
    until_depth(&queue, LaneDepth::default()).await;
    worker.end().await;
}

#[tokio::test]
async fn a_redis_that_hangs_refuses_within_its_patience() {
    let server = Server::start().await;
    let (queue, door) = (server.queue().await, server.door().await);
    let mut worker = Worker::start(&queue, 4);
    assert_eq!(door.push(jobs(0..4)).await, 0);
    worker.take_all(0..4).await;
    let signal = |name: &str| {
        assert!(Command::new("kill").args([name, &server.child.id().to_string()]).status().unwrap().success());
    };
    signal("-STOP");
    let pushed = Instant::now();
    assert_eq!(door.push(vec![job(9, 5)]).await, 1);
    assert!(pushed.elapsed() < Duration::from_millis(2000), "{:?}", pushed.elapsed());
    sleep(Duration::from_millis(4000)).await;
    signal("-CONT");
    let back = timeout(SOON, async {
        while door.push(jobs(10..20)).await > 0 {
            sleep(Duration::from_millis(20)).await;
        }
    });
    back.await.expect("a connection within 20 seconds");
    worker.take_all(10..20).await;
}

#[tokio::test]
async fn a_redis_that_cannot_be_reached_or_named_is_an_error() {
    let connect = async |url: &str| Queue::redis(url, Clock::System, RedisOptions::new("test", "one")).await.err();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert!(matches!(connect(&format!("redis://127.0.0.1:{free}")).await, Some(QueueError::Unavailable(_))));
    assert!(matches!(connect("not a url").await, Some(QueueError::Config(_))));
}
