//! apalis workers over a lane: apalis drives the backend and bounds the concurrency, this file tells it where jobs come
//! from and what becomes of them. A backend never yields an error, so nothing the broker does can end a worker.

use std::any::Any;
use std::convert::Infallible;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::task::{Context, Poll};
use std::time::Duration;

use apalis::layers::WorkerBuilderExt;
use apalis_core::backend::finalize::Ephemeral;
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::error::WorkerError;
use apalis_core::task::Task;
use apalis_core::task::builder::TaskBuilder;
use apalis_core::task::task_id::RandomId;
use apalis_core::worker::builder::WorkerBuilder;
use apalis_core::worker::context::WorkerContext;
use apalis_core::worker::ext::parallelize::ParallelizeExt;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use tower::layer::util::Identity;

use super::Queue;
use super::job::{Hands, Job, JobError, Share, Work};
use super::lane::Lane;
use super::memory::MemoryReceipt;
use super::redis::{LocalReceipt, RedisReceipt};

/// A worker that ended without being told to starts again after this time.
const RESTART_AFTER: Duration = Duration::from_secs(1);

/// Where a worker's jobs come from.
pub(super) trait Source: Send + Unpin + 'static {
    /// The next job; `None` when the source has broken and must be opened again.
    fn poll_delivery(&mut self, cx: &mut Context<'_>) -> Poll<Option<Delivery>>;

    /// Gives back what was fetched and not handed out.
    fn close(&mut self);
}

/// A job in a worker's hands.
pub(super) struct Delivery {
    pub priority: u8,
    pub work: Work,
    pub share: Share,
    pub receipt: Receipt,
}

/// What a job is acknowledged with.
pub(super) enum Receipt {
    Memory(MemoryReceipt),
    Redis(RedisReceipt),
    /// Handed over within this process: Redis knows nothing of it.
    Local(LocalReceipt),
}

impl Receipt {
    async fn acknowledge(self) {
        match self {
            Self::Memory(receipt) => receipt.acknowledge(),
            Self::Redis(receipt) => receipt.acknowledge().await,
            Self::Local(receipt) => drop(receipt),
        }
    }
}

/// A [`Source`] as apalis wants it.
struct LaneBackend<S> {
    source: S,
    shutdown: CancellationToken,
}

impl<S: Source> Backend for LaneBackend<S> {
    type Task = Task<Delivery>;
    type Error = Infallible;

    fn poll_ready(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Option<Result<Self::Task, Infallible>>> {
        let next = if self.shutdown.is_cancelled() { Poll::Ready(None) } else { self.source.poll_delivery(cx) };
        next.map(|delivery| match delivery {
            Some(delivery) => Some(Ok(TaskBuilder::new(delivery).build())),
            None => {
                // apalis waits for ever after the end of a backend unless the worker is stopped too.
                let _ = worker.stop();
                None
            }
        })
    }

    fn poll_close(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Infallible>> {
        self.source.close();
        Poll::Ready(Ok(()))
    }
}

impl<S> BackendConfig for LaneBackend<S> {
    type Args = Delivery;
    type Id = RandomId;
    type Kind = Ephemeral;
    type Config = ();
    type Layer = Identity;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Identity {
        Identity::new()
    }
}

/// Works a lane until `shutdown` is cancelled.
pub(super) async fn run<F, Fut>(queue: Queue, lane: Lane, hands: Hands, shutdown: CancellationToken, handler: F)
where
    F: Fn(Job) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<(), JobError>> + Send + 'static,
{
    loop {
        let handle = {
            let (queue, lane, handler) = (queue.clone(), lane.clone(), handler.clone());
            move |delivery| handle(delivery, lane.clone(), queue.clone(), handler.clone())
        };
        let ended = match &queue {
            Queue::Memory(memory) => run_once(memory.source(&lane, hands), &lane, hands.all, &shutdown, handle).await,
            Queue::Redis(redis) => {
                let (source, consumer) = redis.open(&lane, hands);
                let ended = run_once(source, &lane, hands.all, &shutdown, handle).await;
                consumer.close().await;
                ended
            }
        };
        if shutdown.is_cancelled() {
            return;
        }
        tracing::error!(lane = %lane, reason = %ended, "the lane's worker ended by itself and starts again");
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(RESTART_AFTER) => {}
        }
    }
}

/// Runs one apalis worker, and returns why it ended.
async fn run_once<S, H, Fut>(
    source: S,
    lane: &Lane,
    concurrency: usize,
    shutdown: &CancellationToken,
    handle: H,
) -> String
where
    S: Source,
    H: Fn(Delivery) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let context = WorkerContext::new(&lane.to_string());
    let backend = LaneBackend { source, shutdown: shutdown.clone() };
    let mut running = AssertUnwindSafe(drive(context.clone(), backend, concurrency, handle)).catch_unwind();
    let ended = tokio::select! {
        // In this order, because a worker that has not started refuses to be stopped.
        biased;
        ended = &mut running => ended,
        () = shutdown.cancelled() => {
            let _ = context.stop();
            running.await
        }
    };
    match ended {
        Ok(Ok(())) => "its source broke".to_owned(),
        Ok(Err(error)) => WorkerError::to_string(&error),
        Err(panic) => format!("panic: {}", panic_text(&*panic)),
    }
}

/// One apalis worker's life. Boxed, because the compiler cannot see through its type that it may be sent.
fn drive<S, H, Fut>(
    context: WorkerContext,
    backend: LaneBackend<S>,
    concurrency: usize,
    handle: H,
) -> BoxFuture<'static, Result<(), WorkerError>>
where
    S: Source,
    H: Fn(Delivery) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    WorkerBuilder::new(context)
        .backend(backend)
        .concurrency(concurrency)
        .parallelize(tokio::spawn)
        .build(handle)
        .run()
        .boxed()
}

async fn handle<F, Fut>(delivery: Delivery, lane: Lane, queue: Queue, handler: F)
where
    F: Fn(Job) -> Fut,
    Fut: Future<Output = Result<(), JobError>>,
{
    let Delivery { priority, work, share, receipt } = delivery;
    let job = Job { lane, priority, work, share };
    let again = job.clone();
    match AssertUnwindSafe(async { handler(job).await }).catch_unwind().await {
        Ok(Ok(())) => {}
        Ok(Err(JobError::Retry { after })) => {
            let due = queue.clock().now().plus(after);
            let lane = again.lane.clone();
            if queue.push_at(vec![(again, due)]).await > 0 {
                tracing::debug!(%lane, %work, "a job for another try was not taken, the sweeper will find it");
            }
        }
        Ok(Err(JobError::Fail)) => tracing::debug!(lane = %again.lane, %work, "a job was given up"),
        Err(panic) => {
            metrics::counter!("posthorn_job_panics_total").increment(1);
            tracing::error!(lane = %again.lane, %work, panic = panic_text(&*panic), "a job's handler panicked");
        }
    }
    receipt.acknowledge().await;
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a text")
}
