//! One subscriber's side of the bus: it catches up from the log where it resumes, and is told live from then on.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;

use super::hub::{Hub, Missed, Sign, Told, Topic};
use super::log::{Expired, Placed};
use super::position::Position;

/// Events that are read from the log at once.
const CHUNK: usize = 256;

/// One subscriber's view of the bus.
pub struct Subscription {
    pub(super) hub: Arc<Hub>,
    pub(super) topic: Topic,
    pub(super) source: Source,
    pub(super) start: Position,
}

pub(super) enum Source {
    /// It catches up from the log.
    Log {
        reached: Position,
        chunk: VecDeque<Placed>,
    },
    Live {
        number: u64,
        receiver: mpsc::Receiver<Sign>,
        too_slow: Arc<AtomicBool>,
    },
    Ended,
}

impl Subscription {
    /// The position of the last event before the subscription began.
    pub fn start(&self) -> Position {
        self.start
    }

    /// The next event, or that some were missed; none once the bus has ended or after [`Missed::TooSlow`]. Safe to
    /// cancel.
    pub async fn next(&mut self) -> Option<Result<Told, Missed>> {
        loop {
            match &mut self.source {
                Source::Ended => return None,
                Source::Live { receiver, too_slow, .. } => {
                    let sign = receiver.recv().await;
                    if sign.is_none() {
                        let too_slow = too_slow.load(Ordering::Relaxed);
                        self.source = Source::Ended;
                        return too_slow.then_some(Err(Missed::TooSlow));
                    }
                    return sign;
                }
                Source::Log { chunk, .. } => match chunk.pop_front() {
                    Some((position, event)) => return Some(Ok(Told::Status(position, event))),
                    None => {
                        if let Err(Expired) = self.catch_up() {
                            self.source = Source::Ended;
                            return Some(Err(Missed::TooSlow));
                        }
                    }
                },
            }
        }
    }

    /// The position of the last event of the log by now.
    pub fn end(&self) -> Position {
        self.hub.reach().1
    }

    /// The position up to which everything was read; none while something waits.
    pub fn all_told(&self) -> Option<Position> {
        // First the end: what comes after it may wait by the time it is looked.
        let end = self.end();
        match &self.source {
            Source::Live { receiver, .. } if receiver.is_empty() => Some(end),
            _ => None,
        }
    }

    /// Reads on in the log; at its end the subscription becomes a live one, under the same lock.
    fn catch_up(&mut self) -> Result<(), Expired> {
        let Source::Log { reached, chunk } = &mut self.source else { return Ok(()) };
        match self.hub.read_on(&self.topic, *reached, CHUNK)? {
            ReadOn::Events(found, now_at) => {
                *reached = now_at;
                chunk.extend(found);
            }
            ReadOn::Live(source) => self.source = source,
        }
        Ok(())
    }

    pub fn into_stream(self) -> impl futures::Stream<Item = Result<Told, Missed>> + Send + 'static {
        futures::stream::unfold(self, |mut this| async { this.next().await.map(|event| (event, this)) })
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mailbox = match &self.source {
            Source::Live { number, .. } => Some(*number),
            _ => None,
        };
        self.hub.leave(&self.topic, mailbox);
    }
}

/// What comes after a position.
pub(super) enum ReadOn {
    /// Some events, none of which may concern the reader, and the position to read on from.
    Events(Vec<Placed>, Position),
    /// Nothing: from now on it is told.
    Live(Source),
}
