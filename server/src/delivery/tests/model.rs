//! The state machines as plain values: what each event makes of a message and its tasks.

use super::*;
use crate::domain::state::{message_end, message_may_become, task_may_become};
use crate::domain::step::{Next, SKIPPED_AFTER_SUCCESS, StepRules, Stepped, next};

/// Claims are granted a little ahead of their time.
const SLACK: Duration = Duration::from_secs(2);

#[derive(Debug, Clone)]
pub(super) struct ModelTask {
    pub id: TaskId,
    step: i32,
    held: bool,
    pub status: TaskStatus,
    claim: i64,
    pub retry_count: i32,
    max_retry: i32,
    /// Its due time, or the end of its lease; none while the batch that it was booked in stands in for it.
    due_at: Option<Timestamp>,
    pub attempts: usize,
    pub discarded: bool,
    /// It is not to be tried again.
    cancelled: bool,
    needless: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Model {
    pub status: MessageStatus,
    pub succeeded: i32,
    pub failed: i32,
    open: i32,
    /// Channels that failed without a task.
    lost: i32,
    pub tasks: Vec<ModelTask>,
    mode: ExecutionMode,
    rules: ExecutionSettings,
    /// When the batch is looked at in which its tasks were booked.
    fresh: Option<Timestamp>,
    /// How often it ended.
    pub ends: usize,
}

impl Model {
    pub(super) fn new(plan: &Plan) -> Self {
        let (mode, rules) = (plan.mode, plan.rules);
        Self {
            status: MessageStatus::Pending,
            succeeded: 0,
            failed: 0,
            open: 0,
            lost: plan.lost,
            tasks: Vec::new(),
            mode,
            rules,
            fresh: None,
            ends: 0,
        }
    }

    /// The chain planned these tasks; whether it counts.
    pub(super) fn dispatch(&mut self, planned: &[NewTask]) -> bool {
        if self.status != MessageStatus::Pending {
            return false;
        }
        self.become_(MessageStatus::Processing);
        self.failed = self.lost;
        self.open = i32::try_from(planned.len()).unwrap();
        self.fresh = planned.iter().filter_map(|task| task.lease.map(|lease| lease.until)).max();
        self.tasks = planned
            .iter()
            .map(|task| ModelTask {
                id: task.id,
                step: task.step,
                held: task.send_at.is_some(),
                status: if task.lease.is_some() { TaskStatus::Sending } else { TaskStatus::Pending },
                claim: task.lease.map_or(0, |lease| lease.claim),
                retry_count: 0,
                max_retry: task.max_retry,
                due_at: task.lease.is_none().then_some(task.due_at),
                attempts: 0,
                discarded: false,
                cancelled: false,
                needless: false,
            })
            .collect();
        true
    }

    fn become_(&mut self, status: MessageStatus) {
        if status != self.status {
            assert!(message_may_become(self.status, status), "{} to {status}", self.status);
            self.ends += usize::from(status.finished());
            self.status = status;
        }
    }

    fn task(&mut self, id: TaskId) -> &mut ModelTask {
        self.tasks.iter_mut().find(|task| task.id == id).unwrap()
    }

    /// A worker asks for the task; whether it gets it. Who asks again with the claim that he has keeps it.
    pub(super) fn claim(&mut self, id: TaskId, claim: i64, now: Timestamp) -> bool {
        let task = self.task(id);
        let due = task.due_at.is_some_and(|at| at <= now.plus(SLACK));
        let free = matches!(task.status, TaskStatus::Pending | TaskStatus::Retry) && due;
        let his = task.status == TaskStatus::Sending && task.claim == claim;
        if free {
            task.become_(TaskStatus::Sending);
        }
        if free || his {
            (task.claim, task.due_at) = (claim, Some(now.plus(LEASE)));
        }
        free || his
    }

    /// The sweeper looks at fresh batches.
    pub(super) fn list_fresh(&mut self, now: Timestamp) {
        if self.fresh.is_none_or(|at| at > now) {
            return;
        }
        self.fresh = None;
        let booked = |task: &&mut ModelTask| task.status == TaskStatus::Sending && task.due_at.is_none();
        for task in self.tasks.iter_mut().filter(booked) {
            task.due_at = Some(now);
        }
    }

    /// The tasks whose leases are over.
    pub(super) fn lost(&self, now: Timestamp) -> Vec<TaskId> {
        let over = |task: &&ModelTask| task.status == TaskStatus::Sending && task.due_at.is_some_and(|at| at < now);
        self.tasks.iter().filter(over).map(|task| task.id).collect()
    }

    /// A worker, or the sweeper, says what became of the task; whether it counts.
    pub(super) fn finish(&mut self, result: &TaskResult, now: Timestamp) -> bool {
        let task = self.task(result.task_id);
        if task.status != TaskStatus::Sending || task.claim != result.claim {
            return false;
        }
        let status = if task.cancelled && !result.status.finished() { TaskStatus::Cancelled } else { result.status };
        task.become_(status);
        task.retry_count = result.retry_count;
        task.due_at = Some(result.due_at);
        task.attempts += usize::from(result.attempt.is_some());
        assert!(task.retry_count <= task.max_retry);
        if status.finished() {
            self.open -= 1;
            self.succeeded += i32::from(status == TaskStatus::Success);
            self.failed += i32::from(status == TaskStatus::Failed);
            if result.rules.is_some() {
                self.go_on(now);
            }
            self.end();
        }
        true
    }

    /// What the end of a task means for the steps after it.
    fn go_on(&mut self, now: Timestamp) {
        let states: Vec<_> =
            self.tasks.iter().map(|task| Stepped { step: task.step, status: task.status, held: task.held }).collect();
        match next(&states, StepRules::of(self.mode, &self.rules)) {
            Next::Nothing => {}
            Next::Release(step) => {
                let waits = |task: &&mut ModelTask| task.step == step && task.held && task.due_at > Some(now);
                for task in self.tasks.iter_mut().filter(waits).filter(|task| task.status == TaskStatus::Pending) {
                    (task.held, task.due_at) = (false, Some(now));
                }
            }
            Next::Skip(reason) => {
                for task in self.tasks.iter_mut().filter(|task| task.held && task.status == TaskStatus::Pending) {
                    task.become_(TaskStatus::Cancelled);
                    task.needless = reason == SKIPPED_AFTER_SUCCESS;
                    self.open -= 1;
                }
            }
        }
    }

    fn end(&mut self) {
        if self.open == 0 {
            let due = self.tasks.iter().filter(|task| !task.needless).count();
            self.become_(message_end(i32::try_from(due).unwrap() + self.lost, self.succeeded, self.failed));
        }
    }

    /// An operator cancels; whether anything was open.
    pub(super) fn cancel(&mut self) -> bool {
        if self.status == MessageStatus::Pending {
            self.become_(MessageStatus::Cancelled);
            return true;
        }
        let (mut taken, mut under_way) = (0, 0);
        for task in self.tasks.iter_mut().filter(|task| matches!(task.status, TaskStatus::Pending | TaskStatus::Retry))
        {
            task.become_(TaskStatus::Cancelled);
            taken += 1;
        }
        for task in self.tasks.iter_mut().filter(|task| task.status == TaskStatus::Sending) {
            task.cancelled = true;
            under_way += 1;
        }
        if taken > 0 {
            self.open -= taken;
            self.end();
        }
        taken + under_way > 0
    }

    /// An operator lets what failed wait again; how many tasks that are.
    pub(super) fn retry(&mut self, now: Timestamp) -> usize {
        let mut revived = 0;
        let failed = |task: &ModelTask| task.status == TaskStatus::Failed && !task.discarded;
        // What is of a later step than the first that goes on waits for it again.
        let goes_on = |task: &&ModelTask| failed(task) || !task.status.finished();
        let first = self.tasks.iter().filter(goes_on).map(|task| task.step).min();
        for task in self.tasks.iter_mut().filter(|task| failed(task)) {
            task.become_(TaskStatus::Pending);
            task.held = Some(task.step) > first;
            task.due_at = Some(if task.held { now.plus(PATIENCE) } else { now });
            (task.retry_count, task.cancelled) = (0, false);
            revived += 1;
        }
        if revived > 0 {
            self.open += i32::try_from(revived).unwrap();
            self.failed -= i32::try_from(revived).unwrap();
            self.become_(MessageStatus::Processing);
        }
        revived
    }

    /// An operator discards a task; whether it was in the failed set.
    pub(super) fn discard(&mut self, id: TaskId) -> bool {
        let task = self.task(id);
        let counts = task.status == TaskStatus::Failed && !task.discarded;
        task.discarded |= counts;
        counts
    }
}

impl ModelTask {
    fn become_(&mut self, status: TaskStatus) {
        assert!(task_may_become(self.status, status), "{} to {status}", self.status);
        self.status = status;
    }
}
