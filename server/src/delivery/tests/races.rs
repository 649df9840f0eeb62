//! Random histories with everything at once: workers, slow outcomes, the sweeper and operators on two messages. Whatever
//! the order, counters and status agree with the tasks, each outcome counts once, and a message ends once. The numbers over
//! time agree with all of them.

use std::sync::atomic::AtomicUsize;

use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::*;
use crate::domain::state::message_end;

/// What one of the parties does, in order.
#[derive(Debug, Clone)]
enum Act {
    /// Claims the task; the outcome is recorded so many times, at once.
    Work(usize, Kind, usize),
    /// Claims the task, and its outcome comes after the lease has run out.
    Late(usize, Kind),
    /// Whoever booked the task says what became of it, so many times, at once.
    Booked(usize, Kind, usize),
    Sweep,
    /// The sweeper looks at what was booked.
    Fresh,
    Cancel,
    Retry,
    /// A bulk job lets the failed tasks of both messages wait again.
    RetryBoth,
    Discard(usize),
}

/// What each party does, and to which of the messages.
fn acts(operators: bool) -> impl Strategy<Value = Vec<Vec<(usize, Act)>>> {
    let rare = u32::from(operators);
    let act = prop_oneof![
        10 => (0usize..4, kinds(), 1usize..3).prop_map(|(task, kind, times)| Act::Work(task, kind, times)),
        2 => (0usize..4, kinds()).prop_map(|(task, kind)| Act::Late(task, kind)),
        4 => (0usize..4, kinds(), 1usize..3).prop_map(|(task, kind, times)| Act::Booked(task, kind, times)),
        2 => Just(Act::Sweep),
        2 => Just(Act::Fresh),
        1 + rare => Just(Act::Cancel),
        3 * rare => Just(Act::Retry),
        2 * rare => Just(Act::RetryBoth),
        2 * rare => (0usize..4).prop_map(Act::Discard),
    ];
    prop::collection::vec(prop::collection::vec((0usize..2, act), 1..8), 2..7)
}

/// A message that the parties work at, and what they saw.
struct Seen {
    message: MessageId,
    tasks: Vec<TaskId>,
    /// What was booked, in the hand of who did it.
    booked: Vec<Option<Arc<ClaimedTask>>>,
    /// Outcomes that counted, of those that leave an attempt.
    attempts: AtomicUsize,
    /// How often the store said that the message ended by an outcome.
    ends: AtomicUsize,
    successes: AtomicUsize,
}

async fn put(stage: &Stage, seen: &Seen, result: TaskResult) {
    let recorded = stage.outcomes.put(Arc::new(result.clone())).await.unwrap();
    let add = |counter: &AtomicUsize, one: bool| counter.fetch_add(usize::from(one), Ordering::SeqCst);
    add(&seen.attempts, recorded.counted && result.attempt.is_some());
    add(&seen.ends, recorded.ended);
    add(&seen.successes, recorded.counted && recorded.task_status == TaskStatus::Success);
}

async fn act(stage: &Stage, all: &[Seen], of: usize, rules: ExecutionSettings, act: &Act) {
    let (now, seen) = (stage.clock.now(), &all[of]);
    let (message, tasks) = (seen.message, &seen.tasks);
    match *act {
        Act::Work(at, kind, times) => {
            let Some(&id) = tasks.get(at) else { return };
            let Some(task) = stage.claim(id).await else { return };
            let result = stage.result(&task, kind, rules);
            futures::future::join_all((0..times).map(|_| put(stage, seen, result.clone()))).await;
        }
        Act::Late(at, kind) => {
            let Some(&id) = tasks.get(at) else { return };
            let Some(task) = stage.claim(id).await else { return };
            // Others may take it for lost from now on.
            stage.clock.advance(LEASE + Duration::from_secs(1));
            tokio::task::yield_now().await;
            put(stage, seen, stage.result(&task, kind, rules)).await;
        }
        Act::Booked(at, kind, times) => {
            let Some(Some(task)) = seen.booked.get(at) else { return };
            let result = stage.result(task, kind, rules);
            futures::future::join_all((0..times).map(|_| put(stage, seen, result.clone()))).await;
        }
        Act::Fresh => stage.list_fresh().await,
        Act::Sweep => {
            for result in stage.lost(message, rules).await {
                put(stage, seen, result).await;
            }
        }
        Act::Cancel => drop(stage.store.cancel_message(message, "an operator", now).await.unwrap()),
        Act::Retry => drop(stage.store.retry_message(message, "an operator", PATIENCE, now).await.unwrap()),
        Act::RetryBoth => {
            let both: Vec<TaskId> = all.iter().flat_map(|seen| seen.tasks.iter().copied()).collect();
            stage.revive(&both).await;
        }
        Act::Discard(at) => {
            let Some(&id) = tasks.get(at) else { return };
            stage.discard(id).await.unwrap();
        }
    }
}

/// What must be true of a message whatever happened to it.
async fn check(stage: &Stage, lost: i32, seen: &Seen) -> Result<Vec<Task>, TestCaseError> {
    let (message, tasks) = stage.stored(seen.message).await;
    let succeeded = count(&tasks, TaskStatus::Success);
    prop_assert_eq!(message.success_channels, succeeded);
    prop_assert_eq!(message.failed_channels, count(&tasks, TaskStatus::Failed) + lost);
    prop_assert_eq!(message.total_channels, i32::try_from(tasks.len()).unwrap() + lost);
    prop_assert_eq!(usize::try_from(succeeded).unwrap(), seen.successes.load(Ordering::SeqCst));
    let attempts: usize = tasks.iter().map(|task| task.attempts.len()).sum();
    prop_assert_eq!(attempts, seen.attempts.load(Ordering::SeqCst));
    let open = tasks.iter().any(|task| !task.status.finished());
    if open {
        prop_assert_eq!(message.status, MessageStatus::Processing);
    } else {
        let needless =
            |task: &&Task| task.result_message.as_deref() != Some(crate::domain::step::SKIPPED_AFTER_SUCCESS);
        let due = i32::try_from(tasks.iter().filter(needless).count()).unwrap();
        prop_assert_eq!(message.status, message_end(due + lost, succeeded, message.failed_channels));
    }
    prop_assert_eq!(message.finished_at.is_some(), !open);
    for task in &tasks {
        prop_assert_eq!(task.finished_at.is_some(), task.status.finished());
        prop_assert!(task.discarded_at.is_none() || task.status == TaskStatus::Failed, "{:?}", task);
    }
    Ok(tasks)
}

/// A message whose chain has run; its end arrives twice at the same time.
async fn begin(stage: &Stage, plan: &Plan) -> Result<Seen, TestCaseError> {
    let message = stage.accept(plan.mode).await;
    let write = Arc::new(stage.planned(&message, plan));
    let again = Arc::new(stage.planned(&message, plan));
    let won =
        futures::future::join(stage.dispatch.put(Arc::clone(&write)), stage.dispatch.put(Arc::clone(&again))).await;
    let won = (won.0.unwrap(), won.1.unwrap());
    prop_assert!(won.0 != won.1);
    let write = if won.0 { write } else { again };
    Ok(Seen {
        message: message.id,
        tasks: write.tasks.iter().map(|task| task.id).collect(),
        booked: booked(&write),
        attempts: AtomicUsize::new(0),
        ends: AtomicUsize::new(0),
        successes: AtomicUsize::new(0),
    })
}

async fn race(stage: &Stage, plan: &Plan, parties: &[Vec<(usize, Act)>], operators: bool) -> Result<(), TestCaseError> {
    let all = [begin(stage, plan).await?, begin(stage, plan).await?];
    let party = async |acts: &Vec<(usize, Act)>| {
        for (of, one) in acts {
            act(stage, &all, *of, plan.rules, one).await;
        }
    };
    // Numbers are rolled up all the while, by two instances.
    let rolled = futures::future::join(fold(&stage.store), fold(&stage.store));
    let (_, rolled) = futures::future::join(futures::future::join_all(parties.iter().map(party)), rolled).await;
    prop_assert!(rolled.0.is_ok() && rolled.1.is_ok(), "{:?}", rolled);
    for of in 0..all.len() {
        end(stage, plan, &all, of, operators).await?;
    }
    Ok(())
}

/// Whatever is left of a message is sent, and then it is over.
async fn end(stage: &Stage, plan: &Plan, all: &[Seen], of: usize, operators: bool) -> Result<(), TestCaseError> {
    let seen = &all[of];
    for _ in 0..60 {
        let tasks = check(stage, plan.lost, seen).await?;
        if tasks.iter().all(|task| task.status.finished()) {
            break;
        }
        act(stage, all, of, plan.rules, &Act::Fresh).await;
        for task in tasks {
            if !task.status.finished() {
                act(stage, all, of, plan.rules, &Act::Sweep).await;
                let at = seen.tasks.iter().position(|id| *id == task.id).unwrap();
                act(stage, all, of, plan.rules, &Act::Work(at, Kind::Ok, 2)).await;
            }
        }
        stage.clock.advance(Duration::from_secs(30));
    }
    let tasks = check(stage, plan.lost, seen).await?;
    prop_assert!(tasks.iter().all(|task| task.status.finished()), "{:?}", tasks);
    if !operators {
        // No operator let it begin anew. It ended by its last outcome, or was cancelled.
        let ended_by_cancelling = count(&tasks, TaskStatus::Cancelled) > 0;
        let ends = seen.ends.load(Ordering::SeqCst);
        prop_assert!(ends == 1 || (ends == 0 && ended_by_cancelling), "it ended {} times", ends);
    }
    Ok(())
}

fn races(cases: u32, operators: bool) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let stage = runtime.block_on(Stage::open());
    let mut runner =
        TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 40, ..Config::default() });
    let outcome = runner
        .run(&(plans(), acts(operators)), |(plan, parties)| runtime.block_on(race(&stage, &plan, &parties, operators)));
    outcome.unwrap();
    runtime.block_on(stage.numbers_agree());
}

#[test]
fn whatever_happens_at_once_each_outcome_counts_once_and_the_message_ends_once() {
    races(64, false);
}

#[test]
fn operators_at_the_same_time_leave_counters_and_status_in_step_with_the_tasks() {
    races(64, true);
}
