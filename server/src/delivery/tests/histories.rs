//! Random histories, one event after the other: after each the database holds what the model says, and in the end the
//! numbers over time are those of what is there.

use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::model::Model;
use super::*;

/// Something that happens. Tasks are named by their place.
#[derive(Debug, Clone)]
enum Event {
    /// The chain has run, perhaps once more.
    Dispatch,
    Claim(usize),
    /// Whoever claimed the task last asks for it again, as he does whose answer was lost.
    Doubt(usize),
    /// Whoever claimed the task last says what became of it, perhaps long after it lost the claim.
    Finish(usize, Kind),
    /// The same with a claim that never was.
    Forged(usize, Kind),
    /// The last outcome that was recorded arrives once more.
    Repeat,
    /// The sweeper looks at what was booked.
    Fresh,
    /// The sweeper looks for lost tasks.
    Sweep,
    Cancel,
    Retry,
    Discard(usize),
    /// Time passes, in seconds.
    Wait(u64),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        1 => Just(Event::Dispatch),
        8 => (0usize..4).prop_map(Event::Claim),
        8 => (0usize..4, kinds()).prop_map(|(task, kind)| Event::Finish(task, kind)),
        1 => (0usize..4, kinds()).prop_map(|(task, kind)| Event::Forged(task, kind)),
        2 => Just(Event::Repeat),
        1 => (0usize..4).prop_map(Event::Doubt),
        2 => Just(Event::Fresh),
        2 => Just(Event::Sweep),
        1 => Just(Event::Cancel),
        2 => Just(Event::Retry),
        1 => (0usize..4).prop_map(Event::Discard),
        4 => prop::sample::select(vec![1, 6, 11, 21, 61, 121]).prop_map(Event::Wait),
    ];
    prop::collection::vec(event, 5..40)
}

/// A message on its way through a history.
struct Walk<'s> {
    stage: &'s Stage,
    plan: Plan,
    message: Arc<NewMessage>,
    model: Model,
    /// Who claimed each task last.
    claimed: Vec<Option<Arc<ClaimedTask>>>,
    last: Option<TaskResult>,
    /// How often the store said that the message ended.
    ends: usize,
}

impl Walk<'_> {
    async fn step(&mut self, event: &Event) -> Result<(), TestCaseError> {
        let (stage, now) = (self.stage, self.stage.clock.now());
        let rules = self.plan.rules;
        let id = |model: &Model, at: usize| model.tasks.get(at).map(|task| task.id);
        match *event {
            Event::Dispatch => {
                let write = stage.planned(&self.message, &self.plan);
                let expected = self.model.dispatch(&write.tasks);
                prop_assert_eq!(stage.dispatch.put(Arc::new(write.clone())).await.unwrap(), expected);
                if expected {
                    self.claimed = booked(&write);
                    self.claimed.resize(4, None);
                }
            }
            Event::Claim(at) => {
                let Some(id) = id(&self.model, at) else { return Ok(()) };
                let claimed = stage.claim(id).await;
                let claim = claimed.as_ref().map_or(-1, |task| task.claim);
                prop_assert_eq!(claimed.is_some(), self.model.claim(id, claim, now));
                if claimed.is_some() {
                    self.claimed[at] = claimed;
                }
            }
            Event::Doubt(at) => {
                let Some(task) = self.claimed[at].clone() else { return Ok(()) };
                let again = stage.claim_as(task.id, task.claim).await;
                prop_assert_eq!(again.is_some(), self.model.claim(task.id, task.claim, now));
                if again.is_some() {
                    self.claimed[at] = again;
                }
            }
            Event::Fresh => {
                stage.list_fresh().await;
                self.model.list_fresh(now);
            }
            Event::Finish(at, kind) => {
                let Some(task) = self.claimed[at].clone() else { return Ok(()) };
                self.finish(stage.result(&task, kind, rules)).await?;
            }
            Event::Forged(at, kind) => {
                let Some(task) = self.claimed[at].clone() else { return Ok(()) };
                self.finish(TaskResult { claim: -7, ..stage.result(&task, kind, rules) }).await?;
            }
            Event::Repeat => {
                let Some(result) = self.last.clone() else { return Ok(()) };
                self.finish(result).await?;
            }
            Event::Sweep => {
                let lost = stage.lost(self.message.id, rules).await;
                let (mut found, mut expected): (Vec<_>, _) =
                    (lost.iter().map(|result| result.task_id).collect(), self.model.lost(now));
                found.sort_unstable();
                expected.sort_unstable();
                prop_assert_eq!(found, expected);
                for result in lost {
                    self.finish(result).await?;
                }
            }
            Event::Cancel => {
                let done = stage.store.cancel_message(self.message.id, "an operator", now).await.unwrap();
                let (before, expected) = (self.model.ends, self.model.cancel());
                prop_assert_eq!(done.status.is_some(), expected);
                prop_assert_eq!(done.status.unwrap_or(self.model.status), self.model.status);
                self.ends += self.model.ends - before;
            }
            Event::Retry => {
                let revived = stage.store.retry_message(self.message.id, "an operator", PATIENCE, now).await.unwrap();
                prop_assert_eq!(revived.len(), self.model.retry(now));
            }
            Event::Discard(at) => {
                let Some(id) = id(&self.model, at) else { return Ok(()) };
                prop_assert_eq!(stage.discard(id).await.unwrap() == 1, self.model.discard(id));
            }
            Event::Wait(seconds) => stage.clock.advance(Duration::from_secs(seconds)),
        }
        self.compare().await
    }

    async fn finish(&mut self, result: TaskResult) -> Result<(), TestCaseError> {
        let now = self.stage.clock.now();
        let recorded = self.stage.outcomes.put(Arc::new(result.clone())).await.unwrap();
        let (before, expected) = (self.model.ends, self.model.finish(&result, now));
        prop_assert_eq!(recorded.counted, expected);
        prop_assert_eq!(recorded.ended, self.model.ends > before, "{:?}", &recorded);
        if recorded.counted {
            let task = self.model.tasks.iter().find(|task| task.id == result.task_id).unwrap();
            prop_assert_eq!(recorded.task_status, task.status);
            self.last = Some(result);
        }
        self.ends += usize::from(recorded.ended);
        Ok(())
    }

    async fn compare(&self) -> Result<(), TestCaseError> {
        let (message, tasks) = self.stage.stored(self.message.id).await;
        let model = &self.model;
        prop_assert_eq!(message.status, model.status);
        prop_assert_eq!((message.success_channels, message.failed_channels), (model.succeeded, model.failed));
        let planned = i32::try_from(model.tasks.len()).unwrap();
        prop_assert_eq!(message.total_channels, if planned > 0 { planned + self.plan.lost } else { 0 });
        prop_assert_eq!(message.finished_at.is_some(), model.status.finished());
        prop_assert_eq!(self.ends, model.ends);
        let stored: Vec<_> = tasks
            .iter()
            .map(|task| (task.id, task.status, task.retry_count, task.attempts.len(), task.discarded_at.is_some()))
            .collect();
        let mut expected: Vec<_> = model
            .tasks
            .iter()
            .map(|task| (task.id, task.status, task.retry_count, task.attempts, task.discarded))
            .collect();
        expected.sort_by_key(|task| task.0);
        prop_assert_eq!(stored, expected);
        for task in &tasks {
            prop_assert_eq!(task.finished_at.is_some(), task.status.finished());
        }
        Ok(())
    }
}

#[test]
fn every_history_goes_as_the_state_machines_say() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let stage = runtime.block_on(Stage::open());
    let mut runner = TestRunner::new(Config { cases: 192, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&(plans(), events()), |(plan, events)| {
        runtime.block_on(async {
            let message = stage.accept(plan.mode).await;
            let (model, claimed) = (Model::new(&plan), vec![None; 4]);
            let mut walk = Walk { stage: &stage, plan, message, model, claimed, last: None, ends: 0 };
            // Some are cancelled before the chain has run; most get on.
            if !matches!(events[0], Event::Cancel) {
                walk.step(&Event::Dispatch).await?;
            }
            for event in &events {
                walk.step(event).await?;
            }
            Ok(())
        })
    });
    outcome.unwrap();
    runtime.block_on(stage.numbers_agree());
}
