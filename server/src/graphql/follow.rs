//! messageStatus: one message, its present status first, then every change until it is finished.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use async_graphql::Context;
use futures::stream::unfold;
use futures::{FutureExt, Stream};
use tokio::task::unconstrained;
use tokio::time::timeout;

use super::cursor::{Cursor, Mark};
use super::error::{ApiError, Result};
use super::live::Live;
use super::session::{services, session};
use super::watch::{Sign, Watch, live};
use crate::bus::{Order, Position, Told, Topic, stage};
use crate::domain::enums::{MessageStatus, TaskStatus};
use crate::domain::event::StatusEvent;
use crate::domain::id::{MessageId, TaskId};
use crate::domain::message::Message;
use crate::domain::task::Task;
use crate::services::message::MessageRef;

/// After so long without an event the database is asked, since who changed something may have died before it told; then
/// after twice as long, and so on.
const QUIET: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(60));
/// How long a subscriber that came back to a finished message waits for what may still be on its way.
const STRAGGLERS: Duration = Duration::from_millis(250);

/// Follows a message from its present status on, or from right after a cursor.
pub(super) async fn follow(
    ctx: &Context<'_>,
    of: MessageRef,
    after: Option<Cursor>,
) -> Result<impl Stream<Item = Result<(StatusEvent, Cursor)>> + use<>> {
    let actor = &session(ctx)?.actor;
    let located = services(ctx)?.locate(actor, of).await?.ok_or_else(|| ApiError::not_found("message"))?;
    let id = located.id;
    let watch = Watch::start(ctx, Topic::Message(id), after.map(|cursor| cursor.position)).await?;
    // Read after the watch has begun: nothing falls between the two.
    let live = live(ctx)?.clone();
    let present = live.messages.put(id).await?.filter(|message| located.shows(actor, message));
    let present = present.ok_or_else(|| ApiError::not_found("message"))?;
    let began = if present.total_channels > 0 { states(live.tasks.put(id).await?) } else { HashMap::new() };
    let position = after.map_or_else(|| watch.start_position(), |cursor| cursor.position);
    let mut follow = Follow {
        watch,
        live,
        id,
        order: Order::new(1),
        position,
        waiting: VecDeque::new(),
        began,
        quiet: QUIET.0,
        end: End::Open,
        resumed: after.is_some(),
    };
    if let Some(Mark::Stage(told)) = after.map(|cursor| cursor.mark)
        && told <= stage(present.status)
    {
        // What it was told before is not news.
        let message_status = match told {
            0 => MessageStatus::Scheduled,
            1 => MessageStatus::Pending,
            2 => MessageStatus::Processing,
            _ => present.status,
        };
        follow.order.admit(StatusEvent { message_status, ..StatusEvent::of_message(&present) });
    }
    follow.begin(&present)?;
    Ok(unfold(Some(follow), |state| async move {
        let mut follow = state?;
        match follow.next().await? {
            Ok((event, cursor)) => {
                follow.watch.mark = cursor.mark;
                follow.watch.hands_over(cursor);
                Some((Ok((event, cursor)), Some(follow)))
            }
            Err(error) => Some((Err(error), None)),
        }
    }))
}

fn states(tasks: Vec<Task>) -> HashMap<TaskId, TaskStatus> {
    tasks.into_iter().map(|task| (task.id, task.status)).collect()
}

struct Follow {
    watch: Watch,
    live: Live,
    id: MessageId,
    /// What was told so far.
    order: Order,
    /// Of the last event that was told.
    position: Position,
    waiting: VecDeque<(StatusEvent, Position)>,
    /// How its tasks were when it began: what ended before that is not told at the end.
    began: HashMap<TaskId, TaskStatus>,
    quiet: Duration,
    end: End,
    resumed: bool,
}

#[derive(PartialEq, Eq)]
enum End {
    Open,
    /// The message has ended, some of its tasks' ends may not have been told yet.
    Ending,
    Ended,
}

impl Follow {
    /// Who resumes is told first what it missed, then where the message is now, if that is news.
    fn begin(&mut self, present: &Message) -> Result<()> {
        if self.resumed {
            self.take_what_waits()?;
        }
        self.waiting.push_back((StatusEvent::of_message(present), self.position));
        if present.status.finished() {
            self.end = End::Ending;
        }
        Ok(())
    }

    fn take_what_waits(&mut self) -> Result<()> {
        while let Some(sign) = unconstrained(self.watch.next()).now_or_never() {
            self.take(sign?);
        }
        Ok(())
    }

    /// Whether it was an event.
    fn take(&mut self, sign: Sign) -> bool {
        match sign {
            Sign::Told(Told::Status(position, event)) => self.waiting.push_back((StatusEvent::clone(&event), position)),
            Sign::Told(Told::Inbox(_)) => {}
            Sign::Lost => return false,
        }
        true
    }

    /// The next change; none when the message is finished and all that came with its end has been told.
    async fn next(&mut self) -> Option<Result<(StatusEvent, Cursor)>> {
        loop {
            while let Some((event, position)) = self.waiting.pop_front() {
                // Where the database was asked, the position is an earlier one.
                self.position = self.position.max(position);
                if let Some(event) = self.order.admit(event) {
                    let stage = stage(event.message_status);
                    if event.message_status.finished() && self.end == End::Open {
                        self.end = End::Ending;
                    }
                    let cursor = Cursor { position: self.position, mark: Mark::Stage(stage) };
                    return Some(Ok((event, cursor)));
                }
            }
            match self.end {
                End::Ended => return None,
                End::Ending => self.finish().await,
                End::Open => {
                    if let Err(error) = self.wait().await {
                        return Some(Err(error));
                    }
                }
            }
        }
    }

    /// Waits for an event, or asks the database after a while, or when something was lost.
    async fn wait(&mut self) -> Result<()> {
        let is_event = match timeout(self.quiet, self.watch.next()).await {
            Ok(sign) => self.take(sign?),
            Err(_) => false,
        };
        if is_event {
            self.quiet = QUIET.0;
            return Ok(());
        }
        self.quiet = (self.quiet * 2).min(QUIET.1);
        match self.live.messages.put(self.id).await {
            Ok(Some(present)) => self.waiting.push_back((StatusEvent::of_message(&present), self.position)),
            // It was removed.
            Ok(None) => self.end = End::Ended,
            // It is asked again.
            Err(error) => tracing::debug!(message.id = %self.id, %error, "a message that is followed was not read"),
        }
        Ok(())
    }

    /// Tells the ends of tasks that came with the message's, or whose events are late: the database knows them all.
    async fn finish(&mut self) {
        self.end = End::Ended;
        if self.resumed {
            let _ = timeout(STRAGGLERS, async {
                while let Ok(sign) = self.watch.next().await {
                    self.take(sign);
                }
            })
            .await;
        } else {
            // What goes wrong now goes wrong after the end.
            let _ = self.take_what_waits();
        }
        let message = self.live.messages.put(self.id).await.ok().flatten();
        let tasks = self.live.tasks.put(self.id).await.unwrap_or_default();
        let Some(message) = message.filter(|message| message.status.finished()) else { return };
        for task in tasks {
            if task.status.finished() && self.began.get(&task.id) != Some(&task.status) {
                self.waiting.push_back((StatusEvent::of_task(&message, task), self.position));
            }
        }
    }
}
