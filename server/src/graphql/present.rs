//! The present state that statusEvents begins with where it is asked for, and its seam with the live events.

use std::collections::VecDeque;

use super::cursor::{Cursor, Mark};
use super::error::{ApiError, Result};
use super::event::Wanted;
use super::watch::Watch;
use crate::bus::{Order, Position};
use crate::domain::actor::Actor;
use crate::domain::event::StatusEvent;
use crate::domain::message::Message;
use crate::domain::page::PageRequest;
use crate::services::Services;
use crate::services::message::MessageFilter;

/// Most messages whose present state is told.
const MOST: usize = 1_000;

/// How many messages' present state is wanted.
///
/// # Errors
/// BAD_INPUT for a number out of range.
pub(super) fn wanted(present: Option<i32>) -> Result<usize> {
    let count = usize::try_from(present.unwrap_or(0)).ok().filter(|count| *count <= MOST);
    count.ok_or_else(|| ApiError::bad_input(format!("present: expected 0 to {MOST}")))
}

/// What was read of the present, to keep live events apart from it that tell the same. A change is stored before it is
/// told, and what lies between (a queue, Redis) may take its time, so nobody knows when the last event has come that the
/// present knew of already.
pub(super) struct Seam {
    first: VecDeque<(StatusEvent, Cursor)>,
    /// Of the messages of the present, and no others.
    order: Order,
}

impl Seam {
    pub fn none() -> Self {
        Self { first: VecDeque::new(), order: Order::new(0) }
    }

    /// Of what was read, oldest first; `position` is where the watch began.
    fn new(events: Vec<StatusEvent>, position: Position) -> Self {
        let mut order = Order::new(events.len());
        for event in &events {
            order.admit(event.clone());
        }
        let last = events.len().saturating_sub(1);
        // Only who has been told all of the present can go on from it.
        let mark = |at| if at == last { Mark::Plain } else { Mark::Present };
        let first = events.into_iter().enumerate().map(|(at, event)| (event, Cursor { position, mark: mark(at) }));
        Self { first: first.collect(), order }
    }

    /// The events of the present, and what keeps the others apart.
    pub fn split(mut self) -> (VecDeque<(StatusEvent, Cursor)>, Self) {
        (std::mem::take(&mut self.first), self)
    }

    /// The live event as it is to be told; none when the present told it.
    pub fn admit(&mut self, event: StatusEvent) -> Option<StatusEvent> {
        if self.order.knows(event.id) { self.order.admit(event) } else { Some(event) }
    }
}

/// Reads the present state of the newest messages that match. The watch has begun before, so nothing falls between.
pub(super) async fn read(
    services: &Services,
    actor: &Actor,
    wanted: &Wanted,
    watch: &Watch,
    count: usize,
) -> Result<Seam> {
    let mut messages = newest(services, actor, wanted, count).await?;
    messages.reverse();
    let by_task = wanted.filter.channel_type.is_some() || wanted.filter.task_status.is_some();
    let mut events = Vec::new();
    for page in messages.chunks(PageRequest::MAX) {
        if !by_task {
            events.extend(page.iter().map(StatusEvent::of_message));
            continue;
        }
        let ids: Vec<_> = page.iter().map(|message| message.id).collect();
        let mut tasks = services.tasks_of(&ids).await?;
        for message in page {
            let of_message = tasks.remove(&message.id).unwrap_or_default();
            events.extend(of_message.into_iter().map(|task| StatusEvent::of_task(message, task)));
        }
    }
    events.retain(|event| wanted.admits(event));
    Ok(Seam::new(events, watch.start_position()))
}

async fn newest(services: &Services, actor: &Actor, wanted: &Wanted, count: usize) -> Result<Vec<Message>> {
    let filter = MessageFilter {
        tenant: wanted.tenant.map(|tenant| tenant.to_string()),
        status: wanted.filter.message_status.clone().unwrap_or_default(),
        business_type: wanted.filter.business_type.clone(),
        channel_type: wanted.filter.channel_type,
        ..MessageFilter::default()
    };
    let mut messages: Vec<Message> = Vec::new();
    while messages.len() < count {
        let first = (count - messages.len()).min(PageRequest::MAX);
        let after = messages.last().map(|message| message.id.to_string());
        let page = services.messages(actor, filter.clone(), PageRequest { first, after }).await?;
        messages.extend(page.items);
        if !page.has_next {
            break;
        }
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::tests::status;
    use crate::domain::enums::{ChannelType, MessageStatus, TaskStatus};
    use crate::domain::event::TaskChange;
    use crate::domain::id::{MessageId, TaskId};
    use crate::domain::time::Timestamp;

    const START: Position = Position { stamp: 1, number: 7 };

    fn of_message(id: MessageId, message_status: MessageStatus) -> StatusEvent {
        StatusEvent { id, message_status, ..status("m") }
    }

    fn of_task(id: MessageId, task_id: TaskId, message_status: MessageStatus, status: TaskStatus) -> StatusEvent {
        let task =
            TaskChange { task_id, channel_type: ChannelType::Local, status, retry_count: 0, result_message: None };
        StatusEvent { task: Some(task), ..of_message(id, message_status) }
    }

    #[test]
    fn what_the_present_knew_is_not_told_again_however_late_it_comes() {
        use {MessageStatus as M, TaskStatus as T};
        let ids = [1, 2, 3].map(|at| MessageId::new(Timestamp::from_millis(at)));
        let [ended, open, new] = ids;
        let task = TaskId::new(Timestamp::from_millis(9));
        let present = vec![of_message(ended, M::Success), of_message(open, M::Processing)];
        let (_, mut seam) = Seam::new(present, START).split();
        let mut told = Vec::new();
        // All was stored before the present was read, and comes after another message's whole way.
        for event in [
            of_message(new, M::Pending),
            of_message(new, M::Processing),
            of_task(new, task, M::Success, T::Success),
            of_message(ended, M::Pending),
            of_message(open, M::Pending),
            of_message(ended, M::Processing),
            of_message(open, M::Processing),
            of_message(ended, M::Success),
            of_message(open, M::Failed),
        ] {
            told.extend(seam.admit(event).map(|event| (event.id, event.message_status)));
        }
        assert_eq!(told, [(new, M::Pending), (new, M::Processing), (new, M::Success), (open, M::Failed)]);
    }

    #[test]
    fn a_change_of_a_task_that_the_present_did_not_tell_does_not_take_its_message_back() {
        use {MessageStatus as M, TaskStatus as T};
        let (id, task) = (MessageId::new(Timestamp(1)), TaskId::new(Timestamp(1)));
        let (_, mut seam) = Seam::new(vec![of_message(id, M::Success)], START).split();
        let late = [of_task(id, task, M::Processing, T::Sending), of_task(id, task, M::Success, T::Success)];
        let told: Vec<_> = late.into_iter().filter_map(|event| seam.admit(event)).collect();
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|event| event.message_status == M::Success));
    }

    #[test]
    fn only_the_last_of_the_present_can_be_gone_on_from() {
        let ids = [1, 2, 3].map(|at| MessageId::new(Timestamp::from_millis(at)));
        let present = ids.map(|id| of_message(id, MessageStatus::Processing)).to_vec();
        let (first, _) = Seam::new(present, START).split();
        let marks: Vec<_> = first.iter().map(|(_, cursor)| cursor.mark).collect();
        assert_eq!(marks, [Mark::Present, Mark::Present, Mark::Plain]);
    }

    #[test]
    fn so_many_can_be_asked_for() {
        assert_eq!((wanted(None), wanted(Some(0)), wanted(Some(1000))), (Ok(0), Ok(0), Ok(1000)));
        for wrong in [-1, 1001] {
            assert!(wanted(Some(wrong)).is_err());
        }
    }
}
