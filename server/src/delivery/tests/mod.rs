//! The state machines of message and task on a real database: SQLite, or PostgreSQL where a server is named.
//!
//! - [`model`]: the same machines as plain values
//! - [`histories`]: random histories, one thing after the other, held to the model step by step
//! - [`races`]: random histories, everything at once, held to what must be true whatever the order
//! - [`answers`]: what providers said to failed attempts

mod answers;
mod histories;
mod model;
mod races;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use proptest::prelude::*;

use super::booking::claimed;
use super::settle::{Attempted, End, give_up, hand_back, lose, settle};
use crate::channels::{Outcome, Unknown};
use crate::domain::enums::{ChannelType, ExecutionMode, MessageStatus, MessageType, TaskStatus, UnknownPolicy};
use crate::domain::id::{ChannelConfigId, MessageId, TaskId, TenantId};
use crate::domain::message::PendingMessage;
use crate::domain::message::{Message, NewMessage};
use crate::domain::settings::{ExecutionSettings, RetrySettings};
use crate::domain::step::steps;
use crate::domain::task::{ClaimedTask, Lease, NewTask, Task, TaskResult};
use crate::domain::time::{Clock, Timestamp};
use crate::store::accept::AcceptWrite;
use crate::store::batch::Batcher;
use crate::store::claim::ClaimWrite;
use crate::store::dispatch::DispatchWrite;
use crate::store::fresh::list_what_is_left;
use crate::store::outcome::OutcomeWriter;
use crate::store::stats::audit::audit;
use crate::store::stats::fold::fold;
use crate::store::testing::TestStore;
use crate::store::verdict_list::StoredVerdicts;
use crate::store::{StoreError, failed, message, sweep, task};

/// How long a claim holds.
const LEASE: Duration = Duration::from_secs(60);
/// How long a task of a later step waits for the earlier ones.
const PATIENCE: Duration = Duration::from_secs(120);
/// Retries after exactly ten seconds.
const RETRY: RetrySettings = RetrySettings {
    max_count: 3,
    interval_seconds: 10,
    backoff_multiplier: 1.0,
    max_interval_seconds: 10,
    jitter: 0.0,
};

/// What nobody knows is tried again.
const RETRY_UNKNOWN: Unknown = Unknown::Policy(UnknownPolicy::Retry);

/// A database, its writers, and a clock that the test moves.
struct Stage {
    store: TestStore,
    clock: Clock,
    claims: Batcher<ClaimWrite, Option<Arc<ClaimedTask>>>,
    outcomes: OutcomeWriter,
    dispatch: Batcher<Arc<DispatchWrite>, bool>,
    tenant: TenantId,
    claim: AtomicU64,
}

/// What a message is like.
#[derive(Debug, Clone)]
struct Plan {
    mode: ExecutionMode,
    /// One for each task: its channel's priority, how often it may be tried again, and whether it is booked should it be the
    /// first to go.
    tasks: Vec<(i32, i32, bool)>,
    rules: ExecutionSettings,
    /// Channels that failed without a task.
    lost: i32,
}

fn plans() -> impl Strategy<Value = Plan> {
    let modes = prop::sample::select(vec![ExecutionMode::Parallel, ExecutionMode::Sequential, ExecutionMode::Priority]);
    let rules = (any::<bool>(), any::<bool>());
    let lost = prop_oneof![3 => Just(0), 1 => 1i32..3];
    let tasks = prop::collection::vec((0i32..3, 0i32..3, any::<bool>()), 1..5);
    (modes, tasks, rules, lost).prop_map(|(mode, tasks, (fail, success), lost)| {
        let rules = ExecutionSettings { continue_on_fail: fail, skip_on_success: success, ..Default::default() };
        Plan { mode, tasks, rules, lost }
    })
}

/// What a claimed task's worker finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ok,
    Retry,
    Throttle,
    Unknown,
    Bad,
    HandBack,
    Expired,
}

fn kinds() -> impl Strategy<Value = Kind> {
    use Kind::{Bad, Expired, HandBack, Ok, Retry, Throttle, Unknown};
    prop::sample::select(vec![Ok, Ok, Ok, Retry, Retry, Throttle, Unknown, Bad, Bad, HandBack, Expired])
}

impl Stage {
    async fn open() -> Self {
        let store = TestStore::open().await;
        let clock = Clock::manual(Timestamp::from_millis(1_795_228_200_000));
        Self {
            claims: store.claim_writer(clock.clone()),
            outcomes: store.outcome_writer(clock.clone()),
            dispatch: store.dispatch_writer(),
            tenant: TenantId::new(clock.now()),
            claim: AtomicU64::new(1),
            store,
            clock,
        }
    }

    async fn accept(&self, mode: ExecutionMode) -> Arc<NewMessage> {
        let now = self.clock.now();
        let id = MessageId::new(now);
        let message = Arc::new(NewMessage {
            id,
            message_id: id.to_string(),
            tenant_id: self.tenant,
            store_id: None,
            business_type: "NOTICE".to_owned(),
            business_data: "{}".into(),
            options: Default::default(),
            recipients: Arc::default(),
            execution_mode: mode,
            lane: None,
            priority: 5,
            scheduled_at: None,
            expires_at: None,
            sent_by: None,
            created_at: now,
            digest: Some([7; 32]),
        });
        self.store.accept_writer().put(AcceptWrite::new(Arc::clone(&message)).unwrap()).await.unwrap();
        message
    }

    /// What the chain's last handlers make of a plan.
    fn planned(&self, message: &NewMessage, plan: &Plan) -> DispatchWrite {
        let now = self.clock.now();
        let priorities: Vec<i32> = plan.tasks.iter().map(|(priority, ..)| *priority).collect();
        let lease = || Lease { claim: self.next_claim(), until: now.plus(LEASE) };
        let task = |((priority, max_retry, booked), step): (&(i32, i32, bool), i32)| NewTask {
            id: TaskId::new(now),
            channel_type: ChannelType::Webhook,
            channel_config_id: ChannelConfigId::new(now),
            message_type: MessageType::Text,
            rendered_content: "{}".into(),
            recipient_from: 0,
            recipient_count: 0,
            max_retry: *max_retry,
            priority: *priority,
            due_at: if step > 1 { now.plus(PATIENCE) } else { now },
            step,
            send_at: (step > 1).then_some(now),
            template: None,
            lease: (*booked && step <= 1).then(lease),
        };
        DispatchWrite {
            message: Arc::new(PendingMessage::from(message)),
            verdicts: StoredVerdicts::new(Vec::new()).unwrap(),
            status: MessageStatus::Processing,
            failure: None,
            tasks: plan.tasks.iter().zip(steps(plan.mode, &priorities)).map(task).collect(),
            lost: plan.lost,
            at: now,
        }
    }

    /// What was counted agrees with what is there, before it is rolled up and after.
    async fn numbers_agree(&self) {
        let from = Timestamp::from_millis(1_795_228_200_000);
        let to = self.clock.now().plus(Duration::from_secs(60));
        audit(&self.store, self.tenant, from, to).await;
        fold(&self.store).await.unwrap();
        audit(&self.store, self.tenant, from, to).await;
    }

    fn next_claim(&self) -> i64 {
        i64::try_from(self.claim.fetch_add(1, Ordering::Relaxed)).unwrap()
    }

    async fn claim(&self, id: TaskId) -> Option<Arc<ClaimedTask>> {
        self.claim_as(id, self.next_claim()).await
    }

    /// Claims with a number that may have been used before.
    async fn claim_as(&self, id: TaskId, claim: i64) -> Option<Arc<ClaimedTask>> {
        self.claims.put(ClaimWrite { task_id: id, claim, lease: LEASE }).await.unwrap()
    }

    /// Lets failed tasks of any messages wait again, in one transaction; as a bulk job has it.
    async fn revive(&self, ids: &[TaskId]) -> usize {
        loop {
            let mut conn = self.store.begin().await.unwrap();
            let revived = match failed::revive(&mut conn, ids, "a job", PATIENCE, self.clock.now()).await {
                Ok(revived) => conn.commit().await.map(|()| revived.len()),
                Err(error) => Err(error),
            };
            match revived {
                Ok(count) => return count,
                Err(error) => assert!(matches!(error, StoreError::Conflict(_)), "{error}"),
            }
        }
    }

    /// What a worker makes of a claimed task that it finds so; as the deliverer has it.
    fn result(&self, task: &ClaimedTask, kind: Kind, rules: ExecutionSettings) -> TaskResult {
        let now = self.clock.now();
        let attempted = |outcome| Attempted { outcome, response: None, took: Duration::from_millis(1) };
        let outcome = match kind {
            _ if task.held => return self.ruled(task, give_up(task, End::TimedOut, "too long", now), rules),
            Kind::HandBack => return self.ruled(task, hand_back(task, now.plus(Duration::from_secs(5))), rules),
            Kind::Expired => return self.ruled(task, give_up(task, End::Expired, "expired", now), rules),
            Kind::Ok => Outcome::ok("sent"),
            Kind::Retry => Outcome::retry("busy"),
            Kind::Throttle => Outcome::Throttle { detail: "slow down".to_owned(), wait: Duration::from_secs(20) },
            Kind::Unknown => Outcome::ambiguous("no answer"),
            Kind::Bad => Outcome::bad_message("no"),
        };
        self.ruled(task, settle(task, attempted(outcome), RETRY_UNKNOWN, &RETRY, now, 0.0), rules)
    }

    fn ruled(&self, task: &ClaimedTask, mut result: TaskResult, rules: ExecutionSettings) -> TaskResult {
        result.rules = (task.step > 0).then_some(rules);
        result
    }

    /// Looks at the fresh batches whose time has come; as the sweeper has it.
    async fn list_fresh(&self) {
        list_what_is_left(&self.store, self.clock.now()).await.unwrap();
    }

    /// Takes the outcomes of one message's tasks whose leases have run out as unknown; as the sweeper has it.
    async fn lost(&self, of: MessageId, rules: ExecutionSettings) -> Vec<TaskResult> {
        let now = self.clock.now();
        let lost = sweep::lost_tasks(&mut self.store.read().await.unwrap(), now, 10_000).await.unwrap();
        lost.iter().filter(|task| task.message_id == of).map(|task| lose(task, RETRY_UNKNOWN, rules, now)).collect()
    }

    async fn discard(&self, id: TaskId) -> Result<usize, StoreError> {
        let mut conn = self.store.begin().await?;
        let count = failed::discard(&mut conn, &[id], "an operator", self.clock.now()).await?;
        conn.commit().await?;
        Ok(count)
    }

    /// The message and its tasks, in the order of their ids.
    async fn stored(&self, id: MessageId) -> (Message, Vec<Task>) {
        let mut conn = self.store.read().await.unwrap();
        let message = message::by_ids(&mut conn, &[id]).await.unwrap().pop().unwrap();
        let mut tasks = task::of_messages(&mut conn, &[id]).await.unwrap();
        tasks.sort_by_key(|task| task.id);
        (message, tasks)
    }
}

/// Of each task of a plan, what its worker has in hand from the start.
fn booked(write: &DispatchWrite) -> Vec<Option<Arc<ClaimedTask>>> {
    let claimed = |task: &NewTask| task.lease.map(|lease| Arc::new(claimed(&write.message, task, lease, write.at)));
    write.tasks.iter().map(claimed).collect()
}

/// How many tasks are in a status.
fn count(tasks: &[Task], status: TaskStatus) -> i32 {
    i32::try_from(tasks.iter().filter(|task| task.status == status).count()).unwrap()
}
