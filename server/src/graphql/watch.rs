//! Live events for one subscriber: taken off the bus in order, ended when the subscriber's key is or when it is too slow.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::unfold;
use futures::{FutureExt, Stream};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::error::{ApiError, Code, Result};
use super::session::Session;
use crate::bus::Subscription;
use crate::domain::enums::MessageStatus;
use crate::domain::event::{Event, StatusEvent};
use crate::domain::id::MessageId;
use crate::domain::message::Message;
use crate::services::Services;

/// How often a subscriber's key is looked at again: revocation is in force within two seconds, the cache included.
const KEY_CHECK: Duration = Duration::from_secs(1);
/// After so many checks without an event the database is asked, since the bus may lose one.
const QUIET_CHECKS: u32 = 5;

/// One subscriber's view of what happens from now on.
pub(super) struct Watch {
    services: Services,
    session: Arc<Session>,
    events: Subscription,
    checks: Interval,
}

/// What a subscriber wakes up for.
enum Sign {
    Event(Arc<Event>),
    /// Nothing for a second.
    Quiet,
}

impl Watch {
    pub(super) async fn start(services: &Services, session: &Arc<Session>) -> Self {
        let events = services.bus.watch().await;
        let mut checks = interval(KEY_CHECK);
        checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        checks.reset();
        Self { services: services.clone(), session: session.clone(), events, checks }
    }

    /// The next event, or that there is none. An error is the end.
    async fn next(&mut self) -> Result<Sign> {
        tokio::select! {
            // Checks first: a flood of events must not keep a revoked key alive.
            biased;
            _ = self.checks.tick() => {
                if self.session.still_valid(&self.services).await {
                    Ok(Sign::Quiet)
                } else {
                    Err(ApiError::unauthenticated())
                }
            }
            event = self.events.next() => match event {
                Some(Ok(event)) => Ok(Sign::Event(event)),
                Some(Err(lagged)) => {
                    Err(ApiError::new(Code::Lagged, format!("{lagged}: read what is current and subscribe again")))
                }
                None => Err(ApiError::new(Code::Unavailable, "the server is shutting down")),
            },
        }
    }

    /// What `pick` takes of each event, until an error ends it.
    pub(super) fn pick<T, F>(self, pick: F) -> impl Stream<Item = Result<T>> + Send + 'static
    where
        T: Send + 'static,
        F: Fn(&Event) -> Option<T> + Send + 'static,
    {
        unfold(Some((self, pick)), |state| async move {
            let (mut watch, pick) = state?;
            loop {
                match watch.next().await {
                    Err(error) => return Some((Err(error), None)),
                    Ok(Sign::Quiet) => {}
                    Ok(Sign::Event(event)) => {
                        if let Some(picked) = pick(&event) {
                            return Some((Ok(picked), Some((watch, pick))));
                        }
                    }
                }
            }
        })
    }

    /// One message until it is finished: `present` first. The watch was started before `present` was read, so nothing
    /// falls between the two.
    pub(super) fn follow(self, present: &Message) -> impl Stream<Item = Result<StatusEvent>> + Send + 'static + use<> {
        let follow = Follow {
            id: present.id,
            waiting: VecDeque::from([status_of(present)]),
            progress: Progress(None),
            quiet: 0,
            finished: false,
            watch: self,
        };
        unfold(Some(follow), |state| async move {
            let mut follow = state?;
            match follow.next().await? {
                Ok(event) => Some((Ok(event), Some(follow))),
                Err(error) => Some((Err(error), None)),
            }
        })
    }
}

/// A message's present status as an event.
fn status_of(message: &Message) -> StatusEvent {
    StatusEvent {
        at: message.updated_at,
        id: message.id,
        message_id: message.message_id.clone(),
        tenant_id: message.tenant_id,
        business_type: message.business_type.clone(),
        sent_by: message.sent_by,
        message_status: message.status,
        task: None,
    }
}

struct Follow {
    watch: Watch,
    id: MessageId,
    waiting: VecDeque<StatusEvent>,
    progress: Progress,
    quiet: u32,
    finished: bool,
}

impl Follow {
    /// The next change; none when the message is finished and all that came with its end has been told.
    async fn next(&mut self) -> Option<Result<StatusEvent>> {
        loop {
            while let Some(event) = self.waiting.pop_front() {
                if self.progress.admits(&event) {
                    self.finished |= event.message_status.finished();
                    return Some(Ok(event));
                }
            }
            // Several tasks may end together with the message: their events were published as one.
            let sign = if self.finished { self.watch.next().now_or_never()? } else { self.watch.next().await };
            match sign {
                Err(_) if self.finished => return None,
                Err(error) => return Some(Err(error)),
                Ok(Sign::Event(event)) => {
                    if let Event::Status(status) = &*event
                        && status.id == self.id
                    {
                        self.quiet = 0;
                        self.waiting.push_back(status.clone());
                    }
                }
                Ok(Sign::Quiet) => {
                    self.quiet += 1;
                    if self.quiet >= QUIET_CHECKS {
                        self.quiet = 0;
                        self.look().await;
                    }
                }
            }
        }
    }

    /// Asks the database, in case the bus has lost something. A failure is passed over: it is asked again.
    async fn look(&mut self) {
        if let Ok(found) = self.watch.services.messages_by_id(&[self.id]).await {
            self.waiting.extend(found.get(&self.id).map(status_of));
        }
    }
}

/// How far the subscriber has seen a message come. Events that were on their way while the present status was read,
/// and statuses that are told twice, are behind it.
struct Progress(Option<u8>);

impl Progress {
    /// Whether the event is news, which it is no more afterwards.
    fn admits(&mut self, event: &StatusEvent) -> bool {
        let stage = stage(event.message_status);
        let news = match self.0 {
            None => true,
            Some(seen) if event.task.is_some() => stage >= seen,
            Some(seen) => stage > seen,
        };
        if news {
            self.0 = Some(stage);
        }
        news
    }
}

/// Order of a message's statuses on its way.
const fn stage(status: MessageStatus) -> u8 {
    match status {
        MessageStatus::Scheduled => 0,
        MessageStatus::Pending => 1,
        MessageStatus::Processing => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::enums::{ChannelType, TaskStatus};
    use crate::domain::event::TaskChange;
    use crate::domain::id::{TaskId, TenantId};
    use crate::domain::time::Timestamp;

    fn event(status: MessageStatus, task: bool) -> StatusEvent {
        let at = Timestamp::from_millis(1_000);
        StatusEvent {
            at,
            id: MessageId::new(at),
            message_id: "m".to_owned(),
            tenant_id: TenantId::new(at),
            business_type: "A".to_owned(),
            sent_by: None,
            message_status: status,
            task: task.then(|| TaskChange {
                task_id: TaskId::new(at),
                channel_type: ChannelType::Local,
                status: TaskStatus::Success,
                retry_count: 0,
                result_message: None,
            }),
        }
    }

    #[test]
    fn what_was_seen_is_not_told_again() {
        use MessageStatus::{Pending, Processing, Success};
        let mut progress = Progress(None);
        let told: Vec<_> = [
            (Processing, false), // the present status
            (Pending, false),    // was on its way
            (Processing, false), // told twice
            (Processing, true),
            (Processing, true),
            (Success, false),
        ]
        .into_iter()
        .map(|(status, task)| progress.admits(&event(status, task)))
        .collect();
        assert_eq!(told, [true, false, false, true, true, true]);
    }
}
