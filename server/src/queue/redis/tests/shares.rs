//! Whose turn it is: a long line holds up nobody else, and a share has no more hands than it may.

use super::*;
use crate::queue::job::OTHERS_TURN;

const TODAY: Timestamp = Timestamp::from_millis(1_795_228_200_000);

fn of(number: u128, share: u128) -> Job {
    job(number, 5).of(Uuid::from_u128(share))
}

fn many(numbers: std::ops::Range<u128>, share: u128) -> Vec<Job> {
    numbers.map(|number| of(number, share)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_jobs_of_one_hold_up_nobody_else() {
    let server = Server::start().await;
    let (queue, door) = (server.queue().await, server.door().await);
    // The lane is full, and more are refused.
    assert_eq!(door.push(many(0..100_100, 1)).await, 100);
    assert_eq!(door.push(vec![of(200_000, 2)]).await, 0, "there is room for a few of each share");
    assert_eq!(door.push(many(300_000..300_100, 3)).await, 100 - RESERVE);
    let full = LaneDepth { waiting: 100_001 + RESERVE, in_hand: 0, delayed: 0 };
    assert_eq!(queue.depth(&lane()).await.unwrap(), full);
    let gate = Arc::new(Semaphore::new(0));
    let mut worker = Worker::start_gated(&queue, 8, Arc::clone(&gate));
    gate.add_permits(300);
    let order = worker.take(300).await;
    let place = order.iter().position(|number| *number == 200_000).expect("the other's job among the first");
    assert!(place <= FRONT + 16, "it was number {place}");
    assert_eq!(order.iter().filter(|number| **number >= 300_000).count(), RESERVE, "and the third's");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn urgent_jobs_of_one_hold_up_nobody_else() {
    let server = Server::start().await;
    let (queue, door) = (server.queue().await, server.door().await);
    let as_urgent = |number, share, priority| job(number, priority).of(Uuid::from_u128(share));
    // Its own less urgent ones are at the front of their stream and in its line, before those of others.
    for priority in [5, 0] {
        let from = u128::from(priority) * 10_000;
        assert_eq!(door.push((from..from + 3_000).map(|number| as_urgent(number, 1, priority)).collect()).await, 0);
    }
    let others = [(100, 2, 5), (101, 2, 5), (110, 3, 9), (120, 4, 1)];
    let numbers: HashSet<u128> = others.iter().map(|(number, ..)| 100_000 + number).collect();
    for (number, share, priority) in others {
        assert_eq!(door.push(vec![as_urgent(100_000 + number, share, priority)]).await, 0);
    }
    let gate = Arc::new(Semaphore::new(0));
    let mut worker = Worker::start_gated(&queue, 4, Arc::clone(&gate));
    gate.add_permits(10_000);
    let order = worker.take(6_004).await;
    for number in &numbers {
        let place = order.iter().position(|its| its == number).unwrap();
        assert!(place < 10 * OTHERS_TURN, "{number} was number {place}");
    }
    // What is its own goes by priority, but for those who run side by side.
    let own: Vec<u128> = order.into_iter().filter(|number| !numbers.contains(number)).collect();
    let urgent = |number: &u128| *number < 3_000;
    assert!(own[..2_990].iter().all(urgent), "{:?}", own[..2_990].iter().position(|number| !urgent(number)));
    assert_eq!(own.iter().collect::<HashSet<_>>().len(), 6_000);
    until_depth(&queue, LaneDepth::default()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_job_of_every_share_is_handled_once() {
    let server = Server::start().await;
    let (one, two) = (server.queue().await, server.queue_with(Clock::System, |o| o.instance = "two".into()).await);
    let door = server.door().await;
    let hands = Hands { all: 16, of_one: Some(6) };
    let open = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
    let (mut left, mut right) =
        (Worker::start_gated(&one, hands, open.clone()), Worker::start_gated(&two, hands, open.clone()));
    for batch in 0..20u128 {
        let mixed = (batch * 1000..(batch + 1) * 1000).map(|number| of(number, number % 7 + 1)).collect();
        assert_eq!(if batch % 2 == 0 { &one } else { &door }.push(mixed).await, 0);
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
    let client = client_of(&door);
    for key in ["test:{process}:p5:ring".to_owned(), format!("test:{{process}}:p5:of:{}", Uuid::from_u128(1).simple())]
    {
        assert_eq!(client.exists::<u64, _>(key).await.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_share_that_has_its_hands_waits_and_the_others_go_on() {
    let server = Server::start().await;
    let (queue, door) = (server.queue().await, server.door().await);
    let gate = Arc::new(Semaphore::new(0));
    let mut worker = Worker::start_gated(&queue, Hands { all: 10, of_one: Some(3) }, Arc::clone(&gate));
    drop(first_seat(&queue).await);
    for numbers in [0..20, 20..220] {
        assert_eq!(door.push(many(numbers, 1)).await, 0);
    }
    assert_eq!(worker.take(3).await.into_iter().collect::<HashSet<_>>(), (0..3).collect());
    until_depth(&queue, LaneDepth { waiting: 217, in_hand: 3, delayed: 0 }).await;
    assert!(queue.seat(&lane(), Some(Uuid::from_u128(1)), 5).is_none());
    // Others come at once, with what came before them still in line.
    for number in 1000..1003 {
        assert_eq!(door.push(vec![of(number, number)]).await, 0);
        assert_eq!(worker.take(1).await, [number]);
    }
    assert!(worker.seen.is_empty(), "the first share still has three");
    gate.add_permits(1000);
    assert_eq!(worker.take(217).await.len(), 217);
    until_depth(&queue, LaneDepth::default()).await;
}

#[tokio::test]
async fn a_share_whose_jobs_never_end_leaves_the_others_seats() {
    let server = Server::start().await;
    let queue = server.queue().await;
    let gate = Arc::new(Semaphore::new(0));
    let mut worker = Worker::start_gated(&queue, Hands { all: 16, of_one: Some(12) }, Arc::clone(&gate));
    drop(first_seat(&queue).await);
    let mut number = 0;
    for share in 1..=3 {
        let mut seated = 0;
        while let Some(seat) = queue.seat(&lane(), Some(Uuid::from_u128(share)), 5) {
            assert!(seat.fill(of(number, share)));
            (number, seated) = (number + 1, seated + 1);
        }
        // Half of the twelve seats, and half of what is left.
        assert_eq!(seated, [6, 3, 1][share as usize - 1]);
    }
    assert_eq!(worker.take(10).await.len(), 10);
    gate.add_permits(100);
    worker.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_overtakes_what_waits_and_is_more_urgent() {
    let server = Server::start().await;
    let (queue, door) = (server.queue().await, server.door().await);
    let gate = Arc::new(Semaphore::new(0));
    let mut worker = Worker::start_gated(&queue, Hands { all: 8, of_one: Some(4) }, Arc::clone(&gate));
    drop(first_seat(&queue).await);
    let urgent = (0..300).map(|number| job(number, 0).of(Uuid::from_u128(1))).collect();
    assert_eq!(door.push(urgent).await, 0);
    let mut order = worker.take(4).await;
    until_depth(&queue, LaneDepth { waiting: 296, in_hand: 4, delayed: 0 }).await;
    // Another share has seats, between two looks at what waits.
    let other = timeout(SOON, async {
        while queue.seat(&lane(), Some(Uuid::from_u128(2)), 9).is_none() {
            sleep(Duration::from_millis(1)).await;
        }
    });
    other.await.expect("a seat within 20 seconds");
    for number in 1000..1300 {
        gate.add_permits(1);
        // Whatever the fetching task has got to, a hand is free or was taken for what waits.
        for _ in 0..number % 7 {
            tokio::task::yield_now().await;
        }
        assert_eq!(queue.push(vec![job(number, 9).of(Uuid::from_u128(1))]).await, 0);
    }
    gate.add_permits(1000);
    order.extend(worker.take(596).await);
    // The last four are in hand together with what comes after them: which of these is noted first says nothing.
    let waited: Vec<_> = order.iter().filter(|number| **number < 1000).take(297).collect();
    assert_eq!(waited, order.iter().take(297).collect::<Vec<_>>());
    until_depth(&queue, LaneDepth::default()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_as_urgent_leaves_half_of_a_shares_hands_to_what_waits() {
    let server = Server::start().await;
    let (queue, door) = (server.queue().await, server.door().await);
    let gate = Arc::new(Semaphore::new(0));
    let mut worker = Worker::start_gated(&queue, Hands { all: 16, of_one: Some(4) }, Arc::clone(&gate));
    drop(first_seat(&queue).await);
    assert_eq!(door.push(many(0..300, 1)).await, 0);
    let _ = worker.take(4).await;
    until_depth(&queue, LaneDepth { waiting: 296, in_hand: 4, delayed: 0 }).await;
    // There are always more of the new than are done.
    let mut seen = Vec::new();
    for number in 1000.. {
        gate.add_permits(1);
        assert_eq!(queue.push(vec![of(2 * number, 1), of(2 * number + 1, 1)]).await, 0);
        seen.push(worker.next().await);
        if seen.len() == 200 {
            break;
        }
    }
    let waited = seen.iter().filter(|number| **number < 1000).count();
    assert!(waited >= 50, "{waited} of 200 had waited");
    gate.add_permits(10_000);
}

#[tokio::test]
async fn what_becomes_due_waits_in_its_line_too() {
    let server = Server::start().await;
    let clock = Clock::manual(TODAY);
    let queue = server.queue_with(clock.clone(), |_| {}).await;
    let due = TODAY.plus(Duration::from_secs(60));
    let later = many(0..2000, 1).into_iter().chain([of(5000, 2)]).map(|job| (job, due)).collect();
    assert_eq!(queue.push_at(later).await, 0);
    clock.advance(Duration::from_secs(60));
    let mut worker = Worker::start(&queue, 1);
    // All that is due has become so before the first is handled, or is about to, in chunks.
    let order = worker.take(2001).await;
    let place = order.iter().position(|number| *number == 5000).unwrap();
    assert!(place < 1900, "it was number {place}");
    let own: Vec<u128> = order.into_iter().filter(|number| *number != 5000).collect();
    assert_eq!(own, (0..2000).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_one_has_for_later_holds_up_nobody_else() {
    let server = Server::start().await;
    let clock = Clock::manual(TODAY);
    let queue = server.queue_with(clock.clone(), |o| o.capacity_per_lane = 700).await;
    assert_eq!(queue.push(many(0..700, 1)).await, 0);
    let at = |seconds| TODAY.plus(Duration::from_secs(seconds));
    let later = |jobs: Vec<Job>, due| jobs.into_iter().map(|job| (job, due)).collect::<Vec<_>>();
    assert_eq!(queue.push_at(later(many(1_000..1_701, 1), at(60))).await, 1, "there is no more room for this share");
    assert_eq!(queue.push_at(later(many(5_000..5_100, 2), at(61))).await, 100 - RESERVE, "and for a few of each other");
    assert_eq!(queue.push_at(later(many(5_000..5_001, 2), at(60))).await, 0, "what is there can be moved");
    let full = LaneDepth { waiting: 700, in_hand: 0, delayed: 700 + RESERVE };
    assert_eq!(queue.depth(&lane()).await.unwrap(), full);
    clock.advance(Duration::from_secs(61));
    let gate = Arc::new(Semaphore::new(0));
    let mut worker = Worker::start_gated(&queue, 4, Arc::clone(&gate));
    // All that is due finds the lane full, and only the other's finds its place.
    until(&queue, |depth| depth.delayed == 700).await;
    gate.add_permits(10_000);
    let order = worker.take(1_400 + RESERVE).await;
    let others: Vec<usize> = (0..order.len()).filter(|place| order[*place] >= 5_000).collect();
    assert_eq!((others.len(), order[others[0]]), (RESERVE, 5_000));
    assert!(others[RESERVE - 1] < FRONT + 4 * RESERVE, "their places were {others:?}");
    until_depth(&queue, LaneDepth::default()).await;
}

#[tokio::test]
async fn what_a_version_without_lines_had_for_later_comes_too() {
    let server = Server::start().await;
    let clock = Clock::manual(TODAY);
    let queue = server.queue_with(clock.clone(), |_| {}).await;
    let due = TODAY.plus(Duration::from_secs(60));
    assert_eq!(queue.push_at(vec![(of(1, 1), due)]).await, 0);
    let client = client_of(&queue);
    let member = format!("5{}", crate::queue::job::stored(of(2, 1).work, of(2, 1).share));
    let _: () = client.zadd("test:{process}:later", None, None, false, false, (due.0 as f64, member)).await.unwrap();
    assert_eq!(queue.depth(&lane()).await.unwrap().delayed, 2);
    let mut worker = Worker::start(&queue, 1);
    clock.advance(Duration::from_secs(60));
    worker.take_all(1..3).await;
    until_depth(&queue, LaneDepth::default()).await;
}

#[tokio::test]
async fn the_oldest_of_a_share_can_be_asked_for() {
    let server = Server::start().await;
    let (queue, door) = (server.queue().await, server.door().await);
    assert_eq!(door.push(many(0..1_000, 1)).await, 0);
    assert_eq!(door.push(vec![of(5_000, 2)]).await, 0);
    let of_share = async |share: u128| door.oldest(&lane(), 5, Some(Uuid::from_u128(share))).await.unwrap();
    assert_eq!(of_share(1).await, door.oldest(&lane(), 5, None).await.unwrap());
    assert!(of_share(2).await >= of_share(1).await && of_share(2).await.is_some());
    assert_eq!(of_share(3).await, None);
    let _worker = Worker::start(&queue, 4);
    until_depth(&queue, LaneDepth::default()).await;
    assert_eq!((of_share(1).await, of_share(2).await), (None, None));
}

#[tokio::test]
async fn the_oldest_may_be_in_a_line() {
    let server = Server::start().await;
    let door = server.door().await;
    assert_eq!(door.push(many(0..100, 1)).await, 0);
    let client = client_of(&door);
    let since = door.oldest(&lane(), 5, None).await.unwrap().unwrap();
    // What was at the front is gone.
    let _: () = client.del("test:{process}:p5").await.unwrap();
    let lined = door.oldest(&lane(), 5, None).await.unwrap().unwrap();
    assert!(lined >= since && lined <= door.clock().now());
    assert_eq!(door.depth(&lane()).await.unwrap().waiting, 100 - FRONT);
}

#[tokio::test]
async fn lines_lie_on_one_node_of_a_cluster() {
    let server = crate::redis::testing::RedisServer::start_cluster();
    let url = server.url().replace("redis://", "redis-cluster://");
    let queue = Queue::redis(&url, Clock::System, RedisOptions::new("test", "one")).await.unwrap();
    let mixed = (0..300u128).map(|number| of(number, number % 3)).collect();
    assert_eq!(queue.push(mixed).await, 0);
    assert_eq!(queue.depth(&lane()).await.unwrap().waiting, 300);
    assert!(queue.oldest(&lane(), 5, None).await.unwrap().is_some());
    let gate = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
    let mut worker = Worker::start_gated(&queue, Hands { all: 8, of_one: Some(2) }, gate);
    let seen: HashSet<u128> = worker.take(300).await.into_iter().collect();
    assert_eq!(seen.len(), 300);
    until_depth(&queue, LaneDepth::default()).await;
}
