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

/// What was read of the present, to keep live events apart from it that tell the same.
pub(super) struct Seam {
    first: VecDeque<(StatusEvent, Cursor)>,
    order: Option<Order>,
    /// What was published up to here may be in what was read; what comes later is not.
    until: Position,
}

impl Seam {
    pub fn none() -> Self {
        Self { first: VecDeque::new(), order: None, until: Position { stamp: 0, number: 0 } }
    }

    /// The events of the present, and what keeps the others apart.
    pub fn split(mut self) -> (VecDeque<(StatusEvent, Cursor)>, Self) {
        (std::mem::take(&mut self.first), self)
    }

    /// The live event as it is to be told; none when the present told it.
    pub fn admit(&mut self, position: Position, event: StatusEvent) -> Option<StatusEvent> {
        let Some(order) = &mut self.order else { return Some(event) };
        let admitted = order.admit(event);
        if position.number >= self.until.number {
            // One more than needed does no harm.
            self.order = None;
        }
        admitted
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
    let mut order = Order::new(events.len().max(1) * 2);
    for event in &events {
        order.admit(event.clone());
    }
    let (position, last) = (watch.start_position(), events.len().saturating_sub(1));
    // Only who has been told all of the present can go on from it.
    let mark = |at| if at == last { Mark::Plain } else { Mark::Present };
    let first = events.into_iter().enumerate().map(|(at, event)| (event, Cursor { position, mark: mark(at) }));
    Ok(Seam { first: first.collect(), order: Some(order), until: watch.end_position() })
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

    #[test]
    fn so_many_can_be_asked_for() {
        assert_eq!((wanted(None), wanted(Some(0)), wanted(Some(1000))), (Ok(0), Ok(0), Ok(1000)));
        for wrong in [-1, 1001] {
            assert!(wanted(Some(wrong)).is_err());
        }
    }
}
