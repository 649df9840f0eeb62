//! Jobs: what travels through a lane. A job says only which row to look at; the row itself is the truth.

use std::fmt;
use std::time::Duration;

use uuid::Uuid;

use super::lane::Lane;
use crate::domain::id::{MessageId, TaskId};

/// Priorities within a lane: 0 (first) to 9 (last).
pub const PRIORITIES: usize = 10;

/// The row that a job is about. Two jobs with the same work are the same job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Work {
    /// Run the chain for this message.
    Process(MessageId),
    /// Send this task.
    Deliver(TaskId),
}

/// Something to do, in a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub lane: Lane,
    /// 0 (first) to 9 (last); what is larger counts as 9.
    pub priority: u8,
    pub work: Work,
}

/// Why a handler could not finish a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobError {
    /// Hand the job in again after this time.
    Retry { after: Duration },
    /// Forget the job: what is left to do is in the database, and the sweeper finds it there.
    Fail,
}

/// The queue could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The URL or the options make no sense.
    #[error("the queue cannot be set up: {0}")]
    Config(String),
    /// The broker is away, slow, or answered with an error.
    #[error("the queue's broker did not answer as expected: {0}")]
    Unavailable(String),
}

/// How full a lane is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LaneDepth {
    /// Jobs that are due and that no worker holds.
    pub waiting: usize,
    /// Jobs that a worker holds, living or dead, and has not acknowledged.
    pub in_hand: usize,
    /// Jobs for a later time.
    pub delayed: usize,
}

/// Stored work that this version cannot read: written by a newer one, or by something else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not work that this version knows")]
pub struct UnknownWork(String);

/// Version of the stored form: it changes when an older reader would misunderstand a newer writer.
const VERSION: char = '1';

impl fmt::Display for Work {
    /// The stored form: version, kind and id, e.g. `1p0193…`. The same work always has the same bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process(id) => write!(f, "{VERSION}p{}", id.0.simple()),
            Self::Deliver(id) => write!(f, "{VERSION}d{}", id.0.simple()),
        }
    }
}

impl Work {
    /// Reads the stored form.
    pub fn parse(stored: &[u8]) -> Result<Self, UnknownWork> {
        let read = |hex: &[u8]| {
            (hex.len() == 32 && !hex.iter().any(u8::is_ascii_uppercase))
                .then(|| Uuid::try_parse_ascii(hex).ok())
                .flatten()
        };
        match stored {
            [b'1', b'p', hex @ ..] => read(hex).map(|id| Self::Process(MessageId(id))),
            [b'1', b'd', hex @ ..] => read(hex).map(|id| Self::Deliver(TaskId(id))),
            _ => None,
        }
        .ok_or_else(|| UnknownWork(String::from_utf8_lossy(&stored[..stored.len().min(80)]).into_owned()))
    }
}

/// Where jobs of this priority wait, 0 to 9.
pub(super) fn shelf(priority: u8) -> usize {
    usize::from(priority).min(PRIORITIES - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_stored_form_is_fixed() {
        let id = Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_002a);
        assert_eq!(Work::Process(MessageId(id)).to_string(), "1p0193000000007000800000000000002a");
        assert_eq!(Work::Deliver(TaskId(id)).to_string(), "1d0193000000007000800000000000002a");
    }

    #[test]
    fn unknown_versions_and_names_are_refused() {
        for stored in ["", "1", "1p", "2p0193000000007000800000000000002a", "1x0193000000007000800000000000002a"] {
            assert!(Work::parse(stored.as_bytes()).is_err(), "{stored}");
        }
        assert!(Work::parse(b"1p0193000000007000800000000000002A").is_err());
        assert!(Work::parse(b"1p01930000-0000-7000-8000-00000000002a").is_err());
    }

    proptest! {
        #[test]
        fn work_reads_back_what_it_stores(id: u128, process: bool) {
            let id = Uuid::from_u128(id);
            let work = if process { Work::Process(MessageId(id)) } else { Work::Deliver(TaskId(id)) };
            prop_assert_eq!(Work::parse(work.to_string().as_bytes()), Ok(work));
        }

        #[test]
        fn no_stored_bytes_make_it_panic(stored: Vec<u8>) {
            if let Ok(work) = Work::parse(&stored) {
                prop_assert_eq!(work.to_string().into_bytes(), stored);
            }
        }
    }
}
