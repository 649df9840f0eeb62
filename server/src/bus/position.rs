//! Where an event stands in the log. A subscriber that comes back with a position goes on right after it.

use std::fmt;
use std::str::FromStr;

/// A place in the log. Events are numbered without gaps; the stamp tells two logs apart that count alike, so that a
/// position of another log (before a restart, before Redis was emptied) is not taken for one of this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// In Redis: when the event was appended, in milliseconds by Redis's clock. In memory: random, one per log.
    pub stamp: u64,
    pub number: u64,
}

/// A text that is not a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a position of the form stamp-number")]
pub struct ParsePositionError;

impl Position {
    /// Before the event with this number, and equal to no position that was ever given out: the log has a hole here.
    pub fn hole_before(number: u64) -> Self {
        Self { stamp: u64::MAX, number: number.saturating_sub(1) }
    }
}

/// As Redis writes the id of an entry.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.stamp, self.number)
    }
}

impl FromStr for Position {
    type Err = ParsePositionError;

    fn from_str(text: &str) -> Result<Self, ParsePositionError> {
        let (stamp, number) = text.split_once('-').ok_or(ParsePositionError)?;
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !plain(stamp) || !plain(number) {
            return Err(ParsePositionError);
        }
        let read = |text: &str| text.parse().map_err(|_| ParsePositionError);
        Ok(Self { stamp: read(stamp)?, number: read(number)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_reads_back_and_nothing_else_does() {
        let position = Position { stamp: 1_763_000_000_000, number: 42 };
        assert_eq!(position.to_string().parse(), Ok(position));
        for text in ["", "-", "1", "1-", "-1", "+1-1", "1-+1", "1-2-3", "1-x", "99999999999999999999-1"] {
            assert_eq!(text.parse::<Position>(), Err(ParsePositionError), "{text}");
        }
    }
}
