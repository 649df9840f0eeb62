//! Who works the lanes: an apalis worker per lane, started and restarted as lanes and settings come and change, and
//! the jobs that run on a schedule.

pub mod schedule;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::catalog::Catalog;
use crate::channels::{ADAPTERS, Transport};
use crate::delivery::deliver::Deliverer;
use crate::pipeline::process::Processor;
use crate::queue::{Hands, Job, JobError, Lane, LaneKind, Queue, Work};

/// How often the lanes in the configuration are looked at.
const LANES_EVERY: Duration = Duration::from_secs(1);

/// Works all lanes.
#[derive(Clone)]
pub struct Workers {
    pub queue: Queue,
    pub catalog: Catalog,
    pub processor: Arc<Processor>,
    pub deliverer: Arc<Deliverer>,
}

struct Running {
    hands: Hands,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Workers {
    /// Works until `shutdown`, then lets what is in hand finish. The caller sets the deadline.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut running: HashMap<Lane, Running> = HashMap::new();
        let mut ending: Vec<JoinHandle<()>> = Vec::new();
        let mut settings = self.catalog.settings_changed();
        let mut greens: HashSet<Arc<str>> = HashSet::new();
        let mut breakers = HashSet::new();
        loop {
            match self.catalog.lanes().await {
                // A lane that is no longer configured keeps its workers: jobs may be left in it.
                Ok(names) => greens.extend(names.into_iter().map(Arc::from)),
                Err(error) => tracing::warn!(%error, "the lanes could not be read"),
            }
            for (lane, hands) in self.wanted(&greens) {
                match running.get(&lane) {
                    Some(worker) if worker.hands == hands && !worker.task.is_finished() => continue,
                    Some(worker) => worker.stop.cancel(),
                    None => {}
                }
                let stop = shutdown.child_token();
                let task = self.start(lane.clone(), hands, stop.clone());
                if let Some(old) = running.insert(lane, Running { hands, stop, task }) {
                    ending.push(old.task);
                }
            }
            ending.retain(|task| !task.is_finished());
            self.deliverer.measure(&mut breakers);
            self.measure(running.keys()).await;
            self.deliverer.write_health().await;
            tokio::select! {
                () = shutdown.cancelled() => break,
                changed = settings.changed() => if changed.is_err() { break },
                () = tokio::time::sleep(LANES_EVERY) => {}
            }
        }
        ending.extend(running.into_values().map(|worker| worker.task));
        futures::future::join_all(ending).await;
        self.deliverer.close().await;
    }

    /// Publishes how full the lanes are; a queue that is away leaves the last figures standing.
    async fn measure(&self, lanes: impl Iterator<Item = &Lane>) {
        for lane in lanes {
            let Ok(depth) = self.queue.depth(lane).await else { return };
            let name = lane.to_string();
            for (state, jobs) in [("waiting", depth.waiting), ("in_hand", depth.in_hand), ("delayed", depth.delayed)] {
                metrics::gauge!("posthorn_lane_jobs", "lane" => name.clone(), "state" => state).set(jobs as f64);
            }
        }
    }

    fn wanted(&self, greens: &HashSet<Arc<str>>) -> Vec<(Lane, Hands)> {
        let settings = self.catalog.settings();
        let count = |number: i32| usize::try_from(number).unwrap_or(1).max(1);
        let process = count(settings.workers.process_concurrency);
        let deliver = count(settings.workers.deliver_concurrency);
        let mut lanes = Vec::new();
        for green in std::iter::once(None).chain(greens.iter().cloned().map(Some)) {
            lanes.push((Lane::process(green.clone()), Hands::from(process)));
            for adapter in ADAPTERS {
                // As many as may send and, each for a moment, wait for their turn to.
                let channel = (adapter.preview)();
                // An inbox has no provider that could be slow.
                let of_one = match channel.transport() {
                    Transport::Inbox => None,
                    Transport::Http(_) => Some(2 * channel.max_in_flight()),
                };
                let hands = Hands { all: deliver, of_one };
                lanes.push((Lane::deliver(adapter.channel_type, green.clone()), hands));
            }
        }
        lanes
    }

    fn start(&self, lane: Lane, hands: Hands, stop: CancellationToken) -> JoinHandle<()> {
        tracing::debug!(%lane, hands = hands.all, "working a lane");
        match lane.kind {
            LaneKind::Process => {
                let processor = Arc::clone(&self.processor);
                self.queue.work(lane, hands, stop, move |job: Job| {
                    let processor = Arc::clone(&processor);
                    async move {
                        match job.work {
                            Work::Process(id) => processor.handle(id).boxed().await,
                            Work::Deliver(_) => misplaced(&job),
                        }
                    }
                })
            }
            LaneKind::Deliver(_) => {
                let deliverer = Arc::clone(&self.deliverer);
                self.queue.work(lane, hands, stop, move |job: Job| {
                    let deliverer = Arc::clone(&deliverer);
                    async move {
                        match job.work {
                            // Boxed: apalis and tokio move what they are given several times.
                            Work::Deliver(id) => deliverer.handle(id).boxed().await,
                            Work::Process(_) => misplaced(&job),
                        }
                    }
                })
            }
        }
    }
}

fn misplaced(job: &Job) -> Result<(), JobError> {
    tracing::error!(lane = %job.lane, "a job is in a lane of the other kind");
    Err(JobError::Fail)
}
