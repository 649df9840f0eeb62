//! Keeps each message's events in order, where several instances tell of one message and overtake each other by a
//! moment. Pure.

use std::collections::{HashMap, VecDeque};

use crate::domain::enums::{MessageStatus, TaskStatus};
use crate::domain::event::{StatusEvent, TaskChange};
use crate::domain::id::{MessageId, TaskId};
use crate::domain::state::task_may_become;

/// Tasks of one message that are kept in mind; more than that are told as they come.
const MOST_TASKS: usize = 256;

/// How far the latest messages have come.
pub struct Order {
    messages: HashMap<MessageId, Seen>,
    /// Oldest first.
    known: VecDeque<MessageId>,
    most: usize,
}

struct Seen {
    status: MessageStatus,
    tasks: Vec<(TaskId, TaskStatus, i32)>,
}

impl Order {
    /// Keeps `most` messages in mind.
    pub fn new(most: usize) -> Self {
        Self { messages: HashMap::new(), known: VecDeque::new(), most }
    }

    pub fn forget(&mut self) {
        self.messages.clear();
        self.known.clear();
    }

    /// Whether it has this message in mind.
    pub fn knows(&self, id: MessageId) -> bool {
        self.messages.contains_key(&id)
    }

    /// The event as it is to be told; none when it is behind what was told before. A change of a task that comes after
    /// the news that its message has ended is told with the message's end: a message does not go back.
    pub fn admit(&mut self, mut event: StatusEvent) -> Option<StatusEvent> {
        let Some(seen) = self.messages.get_mut(&event.id) else {
            self.note(&event);
            return Some(event);
        };
        let anew = begins_anew(seen.status, &event);
        if !anew && stage(event.message_status) < stage(seen.status) {
            event.task.as_ref()?;
            event.message_status = seen.status;
        } else if !anew && event.task.is_none() && event.message_status == seen.status {
            return None;
        }
        if let Some(task) = &event.task
            && !seen.admits(task)
        {
            return None;
        }
        seen.status = event.message_status;
        Some(event)
    }

    fn note(&mut self, event: &StatusEvent) {
        if self.known.len() >= self.most
            && let Some(oldest) = self.known.pop_front()
        {
            self.messages.remove(&oldest);
        }
        let tasks = event.task.iter().map(|task| (task.task_id, task.status, task.retry_count)).collect();
        self.known.push_back(event.id);
        self.messages.insert(event.id, Seen { status: event.message_status, tasks });
    }
}

impl Seen {
    fn admits(&mut self, task: &TaskChange) -> bool {
        let Some((_, status, retries)) = self.tasks.iter_mut().find(|(id, ..)| *id == task.task_id) else {
            if self.tasks.len() < MOST_TASKS {
                self.tasks.push((task.task_id, task.status, task.retry_count));
            }
            return true;
        };
        let ahead = if status.finished() {
            task_may_become(*status, task.status)
        } else {
            task.retry_count > *retries || (task.retry_count == *retries && task.status != *status)
        };
        if ahead {
            (*status, *retries) = (task.status, task.retry_count);
        }
        ahead
    }
}

/// Whether an operator let an ended message begin anew, of which the event tells.
fn begins_anew(seen: MessageStatus, event: &StatusEvent) -> bool {
    matches!(seen, MessageStatus::Failed | MessageStatus::PartialSuccess)
        && event.message_status == MessageStatus::Processing
        && event.task.as_ref().is_some_and(|task| task.status == TaskStatus::Pending)
}

/// Order of a message's statuses on its way.
pub const fn stage(status: MessageStatus) -> u8 {
    match status {
        MessageStatus::Scheduled => 0,
        MessageStatus::Pending => 1,
        MessageStatus::Processing => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests;
