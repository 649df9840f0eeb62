//! Cursors of live events: where a subscriber that comes back goes on.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use super::error::{ApiError, Code, Result};
use crate::bus::Position;

/// What a cursor knows besides the position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Every event up to the position was told.
    Plain,
    /// So was the message's status, up to this stage.
    Stage(u8),
    /// The present state was not told to its end: there is nothing to resume.
    Present,
}

/// A place in the log of events, as text for subscribers, who make nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub position: Position,
    pub mark: Mark,
}

impl Cursor {
    pub fn plain(position: Position) -> Self {
        Self { position, mark: Mark::Plain }
    }

    /// Reads an `after`.
    ///
    /// # Errors
    /// BAD_INPUT for what is no cursor; CURSOR_EXPIRED for one of the present state's midst.
    pub fn read(text: &str) -> Result<Self> {
        let cursor = parse(text).ok_or_else(|| ApiError::bad_input("after: expected the cursor of an event"))?;
        if cursor.mark == Mark::Present { Err(expired()) } else { Ok(cursor) }
    }
}

/// There is nothing to resume from.
pub(super) fn expired() -> ApiError {
    let text = "after: what came after this cursor is no longer kept; read what is current and subscribe without it";
    ApiError::new(Code::CursorExpired, text)
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { stamp, number } = self.position;
        write!(f, "{stamp:x}.{number:x}")?;
        match self.mark {
            Mark::Plain => Ok(()),
            Mark::Stage(stage) => write!(f, ".{stage}"),
            Mark::Present => write!(f, ".p"),
        }
    }
}

fn parse(text: &str) -> Option<Cursor> {
    let hex = |text: &str| {
        let plain = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        u64::from_str_radix(text, 16).ok().filter(|_| plain)
    };
    let mut parts = text.split('.');
    let position = Position { stamp: hex(parts.next()?)?, number: hex(parts.next()?)? };
    let mark = match parts.next() {
        None => Mark::Plain,
        Some("p") => Mark::Present,
        Some(stage) => Mark::Stage(stage.parse().ok().filter(|stage| *stage < 10)?),
    };
    parts.next().is_none().then_some(Cursor { position, mark })
}

/// How far one subscription was told everything: for transports, which pass it on while nothing happens. So a cursor
/// does not grow old only because the subscriber's filter lets little through.
#[derive(Default)]
pub struct Reached(Mutex<Reach>);

#[derive(Default, Clone)]
struct Reach {
    last: Option<Cursor>,
    taken: Option<Cursor>,
}

impl Reached {
    /// The cursor of the last event that was handed to the transport.
    pub fn last(&self) -> Option<String> {
        self.get().last.map(|cursor| cursor.to_string())
    }

    /// The cursor up to which the transport has taken everything.
    pub fn taken(&self) -> Option<String> {
        self.get().taken.map(|cursor| cursor.to_string())
    }

    fn get(&self) -> Reach {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn note_last(&self, cursor: Cursor) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).last = Some(cursor);
    }

    pub(super) fn note_taken(&self, cursor: Cursor) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).taken = Some(cursor);
    }
}

/// An `after` that the transport brings: the `Last-Event-ID` of server-sent events.
pub struct LastEventId(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back() {
        let position = Position { stamp: 1_763_000_000_000, number: 42 };
        for mark in [Mark::Plain, Mark::Stage(2), Mark::Present] {
            let cursor = Cursor { position, mark };
            assert_eq!(parse(&cursor.to_string()), Some(cursor));
        }
        assert_eq!(
            Cursor::read(&Cursor { position, mark: Mark::Present }.to_string()).unwrap_err().code,
            Code::CursorExpired
        );
        for text in
            ["", ".", "1", "1.", ".1", "x.1", "+1.1", "1.1.", "1.1.q", "1.1.10", "1.1.2.3", "11111111111111111.1"]
        {
            assert_eq!(Cursor::read(text).unwrap_err().code, Code::BadInput, "{text}");
        }
    }
}
