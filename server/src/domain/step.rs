//! Steps: the order in which the tasks of a message go out that is not sent over all channels at once. Pure.
//!
//! A message's tasks have steps 1, 2, 3, …; only those of the first may be sent at once. When the last task of a step has
//! ended, the next step is released, or what is left is skipped. Step 0 stands for tasks without an order.

use super::enums::{ExecutionMode, TaskStatus};
use super::settings::ExecutionSettings;

/// What a task's result says of the tasks that were skipped because of an earlier success: they count for nothing in the
/// message's end.
pub const SKIPPED_AFTER_SUCCESS: &str = "SKIPPED: an earlier group was delivered";
/// The same for those that were skipped because an earlier group failed.
pub const SKIPPED_AFTER_FAILURE: &str = "SKIPPED: an earlier group was not delivered";

/// What the end of a step means for those after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepRules {
    /// Go on after a group of which nothing was delivered.
    pub continue_on_fail: bool,
    /// Skip what is left once a group was delivered, in part at least.
    pub skip_on_success: bool,
}

impl StepRules {
    /// SEQUENTIAL goes on whatever the outcome; PRIORITY as the settings say.
    pub fn of(mode: ExecutionMode, settings: &ExecutionSettings) -> Self {
        match mode {
            ExecutionMode::Priority => {
                Self { continue_on_fail: settings.continue_on_fail, skip_on_success: settings.skip_on_success }
            }
            ExecutionMode::Parallel | ExecutionMode::Sequential => {
                Self { continue_on_fail: true, skip_on_success: false }
            }
        }
    }
}

/// What happens after a task has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The step goes on, or nothing waits.
    Nothing,
    /// This step may be sent.
    Release(i32),
    /// Everything that waits is skipped, for this reason.
    Skip(&'static str),
}

/// A task as far as the order is concerned.
#[derive(Debug, Clone, Copy)]
pub struct Stepped {
    pub step: i32,
    pub status: TaskStatus,
    /// It waits for an earlier step.
    pub held: bool,
}

/// What the states of all tasks of a message mean for those that wait.
pub fn next(tasks: &[Stepped], rules: StepRules) -> Next {
    let waiting = tasks.iter().filter(|task| task.held && !task.status.finished()).map(|task| task.step).min();
    let Some(waiting) = waiting else { return Next::Nothing };
    if tasks.iter().any(|task| !task.held && !task.status.finished()) {
        return Next::Nothing;
    }
    let before = |status| tasks.iter().any(|task| task.step < waiting && task.status == status);
    if rules.skip_on_success && before(TaskStatus::Success) {
        return Next::Skip(SKIPPED_AFTER_SUCCESS);
    }
    let last = tasks.iter().filter(|task| task.step < waiting).map(|task| task.step).max();
    let delivered = tasks.iter().any(|task| Some(task.step) == last && task.status == TaskStatus::Success);
    if !rules.continue_on_fail && !delivered {
        return Next::Skip(SKIPPED_AFTER_FAILURE);
    }
    Next::Release(waiting)
}

/// The steps of channels with these priorities, in their order: 1, 2, 3, …, or all 0 where there is but one.
pub fn steps(mode: ExecutionMode, priorities: &[i32]) -> Vec<i32> {
    let mut order: Vec<usize> = (0..priorities.len()).collect();
    order.sort_by_key(|&index| priorities[index]);
    let mut steps = vec![0; priorities.len()];
    let (mut step, mut last) = (0, None);
    for index in order {
        let same = last == Some(priorities[index]) && mode == ExecutionMode::Priority;
        step += i32::from(!same);
        last = Some(priorities[index]);
        steps[index] = step;
    }
    if mode == ExecutionMode::Parallel || step < 2 { vec![0; priorities.len()] } else { steps }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use ExecutionMode::{Parallel, Priority, Sequential};
    use TaskStatus::{Cancelled, Failed, Pending, Retry, Sending, Success};

    const GO_ON: StepRules = StepRules { continue_on_fail: true, skip_on_success: false };

    fn tasks(states: &[(i32, TaskStatus, bool)]) -> Vec<Stepped> {
        states.iter().map(|&(step, status, held)| Stepped { step, status, held }).collect()
    }

    #[test]
    fn channels_are_ordered_by_priority() {
        assert_eq!(steps(Priority, &[5, 1, 5, 3]), [3, 1, 3, 2]);
        assert_eq!(steps(Sequential, &[5, 1, 5, 3]), [3, 1, 4, 2]);
        assert_eq!(steps(Parallel, &[5, 1]), [0, 0]);
        assert_eq!(steps(Priority, &[2, 2]), [0, 0]);
        assert_eq!(steps(Sequential, &[7]), [0]);
        assert_eq!(steps(Sequential, &[]), [0; 0]);
    }

    #[test]
    fn a_step_is_released_when_all_before_it_have_ended() {
        for open in [Pending, Sending, Retry] {
            let states = tasks(&[(1, Failed, false), (1, open, false), (2, Pending, true)]);
            assert_eq!(next(&states, GO_ON), Next::Nothing);
        }
        let states = tasks(&[(1, Failed, false), (1, Success, false), (3, Pending, true), (2, Pending, true)]);
        assert_eq!(next(&states, GO_ON), Next::Release(2));
        assert_eq!(next(&tasks(&[(1, Success, false), (2, Cancelled, true)]), GO_ON), Next::Nothing);
    }

    #[test]
    fn any_earlier_success_skips_the_rest_where_the_rules_say_so() {
        let rules = StepRules { skip_on_success: true, ..GO_ON };
        let states = tasks(&[(1, Success, false), (2, Failed, false), (3, Pending, true)]);
        assert_eq!(next(&states, rules), Next::Skip(SKIPPED_AFTER_SUCCESS));
        let states = tasks(&[(1, Failed, false), (2, Failed, false), (3, Pending, true)]);
        assert_eq!(next(&states, rules), Next::Release(3));
    }

    #[test]
    fn a_group_of_which_nothing_was_delivered_ends_it_where_the_rules_say_so() {
        let rules = StepRules { continue_on_fail: false, skip_on_success: false };
        let states = tasks(&[(1, Success, false), (2, Failed, false), (2, Failed, false), (3, Pending, true)]);
        assert_eq!(next(&states, rules), Next::Skip(SKIPPED_AFTER_FAILURE));
        let states = tasks(&[(1, Failed, false), (1, Success, false), (2, Pending, true)]);
        assert_eq!(next(&states, rules), Next::Release(2));
    }

    proptest! {
        #[test]
        fn steps_are_gapless_and_follow_the_priorities(
            priorities in prop::collection::vec(0i32..5, 0..9), sequential: bool,
        ) {
            let mode = if sequential { Sequential } else { Priority };
            let steps = steps(mode, &priorities);
            for (a, b) in (0..priorities.len()).flat_map(|a| (0..priorities.len()).map(move |b| (a, b))) {
                if steps[a] != 0 && priorities[a] < priorities[b] {
                    prop_assert!(steps[a] < steps[b]);
                }
            }
            let mut seen = steps.clone();
            seen.sort_unstable();
            seen.dedup();
            let most = seen.last().copied().unwrap_or(0);
            prop_assert!(seen == [0] || seen.is_empty() || seen == (1..=most).collect::<Vec<_>>());
        }
    }
}
