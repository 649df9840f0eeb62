//! Live events for one subscriber: taken off the bus in order, ended when the subscriber's key is or when it is too slow.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Context;
use futures::Stream;
use futures::stream::unfold;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::cursor::{Cursor, LastEventId, Mark, Reached, expired};
use super::error::{ApiError, Code, Result};
use super::live::Live;
use super::session::{services, session};
use crate::bus::{Missed, Position, Subscription, Told, Topic, WatchError};

/// How often the cursor of a subscriber that is told nothing moves on.
const CURSOR_EVERY: Duration = Duration::from_secs(10);

/// One subscriber's view of what happens.
pub(super) struct Watch {
    valid: watch::Receiver<bool>,
    events: Subscription,
    reached: Arc<Reached>,
    moves: Interval,
    /// What its cursors say besides the position.
    pub mark: Mark,
}

/// What a subscriber wakes up for.
pub(super) enum Sign {
    Told(Told),
    /// Something may be missing here.
    Lost,
}

/// The cursor to resume from, if any.
pub(super) fn resume_from(ctx: &Context<'_>, after: Option<&str>) -> Result<Option<Cursor>> {
    let brought = || ctx.data_opt::<LastEventId>().map(|id| id.0.as_str());
    after.or_else(brought).map(Cursor::read).transpose()
}

pub(super) fn live<'c>(ctx: &Context<'c>) -> Result<&'c Live> {
    ctx.data_opt().ok_or_else(|| ApiError::internal("the schema was built without what subscriptions share"))
}

impl Watch {
    /// Watches from now on, or from right after a position.
    pub async fn start(ctx: &Context<'_>, topic: Topic, after: Option<Position>) -> Result<Self> {
        let services = services(ctx)?;
        let valid = live(ctx)?.validity(services, session(ctx)?);
        let events = services.bus.watch(topic, after).await.map_err(|error| match error {
            WatchError::Expired => expired(),
            WatchError::Unavailable => ApiError::new(Code::Unavailable, error.to_string()),
        })?;
        let mut moves = interval(CURSOR_EVERY);
        moves.set_missed_tick_behavior(MissedTickBehavior::Delay);
        moves.reset();
        let reached = ctx.data_opt::<Arc<Reached>>().cloned().unwrap_or_default();
        Ok(Self { valid, events, reached, moves, mark: Mark::Plain })
    }

    /// The position of the last event before it began.
    pub fn start_position(&self) -> Position {
        self.events.start()
    }

    /// The next event. An error is the end.
    pub async fn next(&mut self) -> Result<Sign> {
        loop {
            let event = tokio::select! {
                // The key first: a flood of events must not keep a revoked one alive.
                biased;
                Ok(_) = self.valid.wait_for(|valid| !valid) => return Err(ApiError::unauthenticated()),
                _ = self.moves.tick() => None,
                event = self.events.next() => Some(event),
            };
            return match event {
                None => {
                    self.move_on();
                    continue;
                }
                Some(Some(Ok(told))) => Ok(Sign::Told(told)),
                Some(Some(Err(Missed::Lost))) => Ok(Sign::Lost),
                Some(Some(Err(missed @ Missed::TooSlow))) => {
                    let text = format!("{missed}: subscribe again with the last cursor, or read what is current");
                    Err(ApiError::new(Code::Lagged, text))
                }
                Some(None) => Err(ApiError::new(Code::Unavailable, "the server is shutting down")),
            };
        }
    }

    /// Whoever asks for the next event has taken all before it; where none waits, all so far was told.
    fn move_on(&self) {
        if let Some(position) = self.events.all_told() {
            self.reached.note_taken(Cursor { position, mark: self.mark });
        }
    }

    /// Notes that an event with this cursor is on its way to the subscriber.
    pub fn hands_over(&self, cursor: Cursor) {
        self.reached.note_last(cursor);
    }

    /// What `pick` makes of each event, until an error ends it.
    pub fn pick<T, F>(self, pick: F) -> impl Stream<Item = Result<T>> + Send + 'static
    where
        T: Send + 'static,
        F: FnMut(Told) -> Option<(T, Option<Cursor>)> + Send + 'static,
    {
        unfold(Some((self, pick)), |state| async move {
            let (mut watch, mut pick) = state?;
            loop {
                match watch.next().await {
                    Err(error) => return Some((Err(error), None)),
                    Ok(Sign::Lost) => return Some((Err(lost()), None)),
                    Ok(Sign::Told(told)) => {
                        if let Some((picked, cursor)) = pick(told) {
                            if let Some(cursor) = cursor {
                                watch.hands_over(cursor);
                            }
                            return Some((Ok(picked), Some((watch, pick))));
                        }
                    }
                }
            }
        })
    }
}

fn lost() -> ApiError {
    ApiError::new(Code::Lagged, format!("{}: read what is current and subscribe again", Missed::Lost))
}
