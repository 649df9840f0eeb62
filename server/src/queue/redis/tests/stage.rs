//! What the tests of the queue run on: a Redis of their own, workers that report what they handle.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicUsize;

use super::*;

pub(super) const SOON: Duration = Duration::from_secs(20);

/// A Redis of this test's own, ended with it.
pub(super) struct Server {
    pub(super) port: u16,
    pub(super) dir: PathBuf,
    pub(super) child: Child,
}

impl Server {
    pub(super) async fn start() -> Self {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let nth = STARTED.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("posthorn-queue-{}-{nth}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        // Another process may take a free port first: then the server ends at once, and the next port is tried.
        for _ in 0..10 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let mut server = Self { port, child: spawn(port, &dir), dir: dir.clone() };
            if server.answers().await {
                return server;
            }
        }
        panic!("redis-server does not come up");
    }

    /// Whether it answers before it ends.
    pub(super) async fn answers(&mut self) -> bool {
        while self.child.try_wait().unwrap().is_none() {
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return true;
            }
            sleep(Duration::from_millis(5)).await;
        }
        false
    }

    pub(super) fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub(super) async fn start_again(&mut self) {
        self.child = spawn(self.port, &self.dir);
        assert!(self.answers().await);
    }

    pub(super) async fn queue_with(&self, clock: Clock, change: impl FnOnce(&mut RedisOptions)) -> Queue {
        let mut options = RedisOptions::new("test", "one");
        change(&mut options);
        Queue::redis(&format!("redis://127.0.0.1:{}", self.port), clock, options).await.unwrap()
    }

    pub(super) async fn queue(&self) -> Queue {
        self.queue_with(Clock::System, |_| {}).await
    }

    /// An instance without workers: what it is handed goes to Redis.
    pub(super) async fn door(&self) -> Queue {
        self.queue_with(Clock::System, |o| o.instance = "door".into()).await
    }
}

pub(super) fn spawn(port: u16, dir: &std::path::Path) -> Child {
    let port = port.to_string();
    let mut command = Command::new("redis-server");
    command.args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir"]).arg(dir);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap_or_else(|error| {
        panic!("these tests need redis-server (6.2 or newer) on the PATH, e.g. from the package redis-server: {error}")
    })
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

pub(super) fn lane() -> Lane {
    Lane::process(None)
}

pub(super) fn job(number: u128, priority: u8) -> Job {
    Job { lane: lane(), priority, work: Work::Process(MessageId(Uuid::from_u128(number))), share: None }
}

pub(super) fn jobs(numbers: std::ops::Range<u128>) -> Vec<Job> {
    numbers.map(|number| job(number, 5)).collect()
}

pub(super) fn number_of(job: &Job) -> u128 {
    match job.work {
        Work::Process(MessageId(id)) | Work::Deliver(TaskId(id)) => id.as_u128(),
    }
}

pub(super) struct Worker {
    pub(super) seen: mpsc::UnboundedReceiver<u128>,
    pub(super) stop: CancellationToken,
    pub(super) task: JoinHandle<()>,
}

impl Worker {
    /// Reports the number of each job as it is handled.
    pub(super) fn start(queue: &Queue, concurrency: usize) -> Self {
        Self::start_gated(queue, concurrency, Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)))
    }

    /// The same, but each handler ends only when the gate lets it.
    pub(super) fn start_gated(queue: &Queue, concurrency: impl Into<Hands>, gate: Arc<Semaphore>) -> Self {
        let (report, seen) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let task = queue.work(lane(), concurrency, stop.clone(), move |job| {
            let (report, gate) = (report.clone(), gate.clone());
            async move {
                let _ = report.send(number_of(&job));
                gate.acquire().await.map(|permit| permit.forget()).map_err(|_| JobError::Fail)
            }
        });
        Self { seen, stop, task }
    }

    pub(super) async fn next(&mut self) -> u128 {
        timeout(SOON, self.seen.recv()).await.expect("a job within 20 seconds").expect("a running worker")
    }

    pub(super) async fn take(&mut self, count: usize) -> Vec<u128> {
        let mut taken = Vec::with_capacity(count);
        while taken.len() < count {
            taken.push(self.next().await);
        }
        taken
    }

    /// Waits until each of these has been seen, however often.
    pub(super) async fn take_all(&mut self, numbers: std::ops::Range<u128>) {
        let mut missing: HashSet<u128> = numbers.collect();
        while !missing.is_empty() {
            let next = self.next().await;
            missing.remove(&next);
        }
    }

    pub(super) async fn end(self) {
        self.stop.cancel();
        timeout(SOON, self.task).await.expect("an end within 20 seconds").unwrap();
    }
}

pub(super) async fn until_depth(queue: &Queue, wanted: LaneDepth) {
    until(queue, |depth| depth == wanted).await;
}

/// Waits until the lane is as full as wanted.
#[track_caller]
pub(super) fn until(queue: &Queue, wanted: impl Fn(LaneDepth) -> bool) -> impl Future<Output = ()> {
    let place = std::panic::Location::caller();
    async move {
        let reached = timeout(SOON, async {
            while !queue.depth(&lane()).await.is_ok_and(&wanted) {
                sleep(Duration::from_millis(5)).await;
            }
        });
        assert!(reached.await.is_ok(), "{place}: the lane holds {:?} in the end", queue.depth(&lane()).await);
    }
}

/// The first seat of a worker that is about to start.
pub(super) async fn first_seat(queue: &Queue) -> Seat {
    let seat = timeout(SOON, async {
        loop {
            match queue.seat(&lane(), None, 5) {
                Some(seat) => return seat,
                None => sleep(Duration::from_millis(5)).await,
            }
        }
    });
    seat.await.expect("a seat within 20 seconds")
}

pub(super) fn client_of(queue: &Queue) -> Client {
    match queue {
        Queue::Redis(redis) => redis.shared.client.clone(),
        Queue::Memory(_) => unreachable!(),
    }
}

pub(super) async fn consumers(queue: &Queue) -> usize {
    let stream = "test:{process}:p5";
    client_of(queue).xinfo_consumers::<Value, _, _>(stream, GROUP).await.unwrap().into_array().len()
}
