//! The state machines of message and task, written down once. Every change in the store is a conditional statement that
//! allows exactly the transitions below; property tests throw random histories at it and hold each step to these tables.

use super::enums::{MessageStatus, TaskStatus};

/// From, to, and by what.
pub type Transition<S> = (S, S, &'static str);

/// How a task's status may change. SUCCESS and CANCELLED are for good.
pub const TASK: &[Transition<TaskStatus>] = {
    use TaskStatus::{Cancelled, Failed, Pending, Retry, Sending, Success};
    &[
        (Pending, Sending, "a worker claims it"),
        (Retry, Sending, "a worker claims it"),
        (Pending, Cancelled, "cancelMessage, or an earlier step makes it needless"),
        (Retry, Cancelled, "cancelMessage"),
        (Sending, Success, "its claimer: the provider took it"),
        (Sending, Failed, "its claimer: it never will; or its retries are spent, also when the lease ran out"),
        (Sending, Retry, "its claimer: again later; or the lease ran out"),
        (Sending, Pending, "its claimer hands it back unsent"),
        (
            Sending,
            Cancelled,
            "its claimer: it expired unsent; or it would wait again, and the message was cancelled meanwhile",
        ),
        (Failed, Pending, "retryMessage and retryTasks, unless it was discarded"),
    ]
};

/// How a message's status may change. SUCCESS, SKIPPED and CANCELLED are for good: such a message has no
/// failed task.
pub const MESSAGE: &[Transition<MessageStatus>] = {
    use MessageStatus::{Cancelled, Failed, PartialSuccess, Pending, Processing, Scheduled, Skipped, Success};
    &[
        (Scheduled, Processing, "the chain planned tasks"),
        (Pending, Processing, "the chain planned tasks"),
        (Scheduled, Failed, "the chain ended it"),
        (Pending, Failed, "the chain ended it"),
        (Scheduled, Skipped, "the chain ended it"),
        (Pending, Skipped, "the chain ended it"),
        (Scheduled, Cancelled, "cancelMessage, or the chain found it expired"),
        (Pending, Cancelled, "cancelMessage, or the chain found it expired"),
        (Processing, Success, "its last task ended"),
        (Processing, PartialSuccess, "its last task ended"),
        (Processing, Failed, "its last task ended"),
        (Processing, Cancelled, "its last task ended"),
        (Failed, Processing, "retryMessage and retryTasks"),
        (PartialSuccess, Processing, "retryMessage and retryTasks"),
    ]
};

fn allowed<S: PartialEq>(table: &[Transition<S>], from: S, to: S) -> bool {
    table.iter().any(|(before, after, _)| *before == from && *after == to)
}

/// Whether a task may go from one status to another.
pub fn task_may_become(from: TaskStatus, to: TaskStatus) -> bool {
    allowed(TASK, from, to)
}

/// Whether a message may go from one status to another.
pub fn message_may_become(from: MessageStatus, to: MessageStatus) -> bool {
    allowed(MESSAGE, from, to)
}

/// The end of a message whose tasks have all ended. `total` and `failed` include channels that failed before there was a
/// task for them, since what they were to carry could not be made; not those that a rule took out, or an earlier success
/// made needless.
pub const fn message_end(total: i32, succeeded: i32, failed: i32) -> MessageStatus {
    if total > 0 && succeeded == total {
        MessageStatus::Success
    } else if succeeded > 0 {
        MessageStatus::PartialSuccess
    } else if failed > 0 {
        MessageStatus::Failed
    } else {
        MessageStatus::Cancelled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_ends_by_what_became_of_its_tasks() {
        assert_eq!(message_end(2, 2, 0), MessageStatus::Success);
        assert_eq!(message_end(2, 1, 1), MessageStatus::PartialSuccess);
        assert_eq!(message_end(2, 1, 0), MessageStatus::PartialSuccess);
        assert_eq!(message_end(2, 0, 2), MessageStatus::Failed);
        assert_eq!(message_end(2, 0, 1), MessageStatus::Failed);
        assert_eq!(message_end(2, 0, 0), MessageStatus::Cancelled);
    }

    #[test]
    fn the_tables_name_each_transition_once_and_none_to_itself() {
        for (number, (from, to, _)) in TASK.iter().enumerate() {
            assert!(from != to && !TASK[..number].iter().any(|(a, b, _)| (a, b) == (from, to)), "{from} to {to}");
        }
        for (number, (from, to, _)) in MESSAGE.iter().enumerate() {
            assert!(from != to && !MESSAGE[..number].iter().any(|(a, b, _)| (a, b) == (from, to)), "{from} to {to}");
        }
    }

    #[test]
    fn whatever_all_tasks_ended_as_is_an_end_of_a_message_under_way() {
        for (total, succeeded, failed) in [(2, 2, 0), (2, 1, 1), (2, 0, 2), (2, 0, 0)] {
            assert!(message_may_become(MessageStatus::Processing, message_end(total, succeeded, failed)));
        }
        for from in MessageStatus::ALL.iter().filter(|status| status.finished()) {
            for to in MessageStatus::ALL {
                assert!(!message_may_become(*from, *to) || *to == MessageStatus::Processing, "{from} to {to}");
            }
        }
    }

    #[test]
    fn nothing_leaves_success_or_cancelled() {
        for to in TaskStatus::ALL {
            assert!(!task_may_become(TaskStatus::Success, *to));
            assert!(!task_may_become(TaskStatus::Cancelled, *to));
        }
    }
}
