//! The state machines of message and task, written down once. Every change in the store is a conditional statement
//! that allows exactly the transitions below.
//!
//! | message | may become |
//! |---|---|
//! | SCHEDULED, PENDING | PROCESSING (the chain planned tasks), FAILED or SKIPPED (it ended there), CANCELLED |
//! | PROCESSING | SUCCESS, PARTIAL_SUCCESS, FAILED, CANCELLED: by [`message_end`], when its last task ends |
//! | FAILED, PARTIAL_SUCCESS | PROCESSING: by retryMessage and retryTasks only |
//! | SUCCESS, SKIPPED, CANCELLED | - |
//!
//! | task | may become |
//! |---|---|
//! | PENDING, RETRY | SENDING (claimed), CANCELLED |
//! | SENDING | SUCCESS, RETRY, FAILED by its claimer; PENDING when handed back unsent; CANCELLED when it expired unsent; RETRY or FAILED when the lease ran out |
//! | FAILED | PENDING: by retryMessage and retryTasks only, unless it was discarded |
//! | SUCCESS, CANCELLED | - |

use super::enums::{MessageStatus, TaskStatus};

/// Whether a task may go from one status to another.
pub const fn task_may_become(from: TaskStatus, to: TaskStatus) -> bool {
    use TaskStatus::{Cancelled, Failed, Pending, Retry, Sending, Success};
    matches!(
        (from, to),
        (Pending | Retry, Sending | Cancelled)
            | (Sending, Success | Retry | Failed | Pending | Cancelled)
            | (Failed, Pending)
    )
}

/// The end of a message whose tasks have all ended.
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
    fn nothing_leaves_success_or_cancelled() {
        for to in TaskStatus::ALL {
            assert!(!task_may_become(TaskStatus::Success, *to));
            assert!(!task_may_become(TaskStatus::Cancelled, *to));
        }
    }
}
