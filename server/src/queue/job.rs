//! Jobs: what travels through a lane. A job says only which row to look at; the row itself is the truth.

use std::fmt;
use std::time::Duration;

use uuid::Uuid;

use super::lane::Lane;
use crate::domain::id::{MessageId, TaskId};

/// Priorities within a lane: 0 (first) to 9 (last).
pub const PRIORITIES: usize = 10;
/// One of so many jobs is of a share that has nothing more urgent, where such a one waits behind more urgent ones: a share
/// chooses its own priorities, so by them alone one could hold up all others.
pub const OTHERS_TURN: usize = 8;

/// The row that a job is about. Two jobs with the same work are the same job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Work {
    /// Run the chain for this message.
    Process(MessageId),
    /// Send this task.
    Deliver(TaskId),
}

/// Whose share of a lane a job comes out of: of jobs with the same priority, each share has its turn. A tenant in the
/// lanes of the chain, a channel config in those that deliver; all jobs without one have one together.
pub type Share = Option<Uuid>;

/// Something to do, in a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub lane: Lane,
    /// 0 (first) to 9 (last); what is larger counts as 9.
    pub priority: u8,
    pub work: Work,
    pub share: Share,
}

impl Job {
    /// The same job, out of this share.
    #[must_use]
    pub fn of(self, share: Uuid) -> Self {
        Self { share: Some(share), ..self }
    }
}

/// How many jobs a worker does at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hands {
    pub all: usize,
    /// How many of one share at most, where one must not have all hands: then it also gets no more than half of what the
    /// others leave it, so that n slow shares together leave one hand in 2^n free. None: no such rule.
    pub of_one: Option<usize>,
}

impl From<usize> for Hands {
    fn from(all: usize) -> Self {
        Self { all, of_one: None }
    }
}

impl Hands {
    /// How many more jobs a share may have in hand that has `own` of the `busy` hands. One at least may always be there.
    pub(super) fn room(self, busy: usize, own: usize) -> usize {
        let Some(most) = self.of_one else { return usize::MAX };
        let left = self.all.saturating_sub(busy.saturating_sub(own));
        (left / 2).min(most).max(1).saturating_sub(own)
    }
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

/// The stored form of a job: that of its work, and behind a point its share, where it has one.
pub(super) fn stored(work: Work, share: Share) -> String {
    match share {
        Some(share) => format!("{work}.{}", share.simple()),
        None => work.to_string(),
    }
}

/// Reads the stored form of a job.
pub(super) fn read_stored(stored: &[u8]) -> Result<(Work, Share), UnknownWork> {
    let Some(point) = stored.iter().position(|byte| *byte == b'.') else { return Ok((Work::parse(stored)?, None)) };
    let share = Uuid::try_parse_ascii(&stored[point + 1..]).ok();
    Ok((Work::parse(&stored[..point])?, share))
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

    #[test]
    fn the_share_stands_behind_a_point() {
        let (id, share) = (Uuid::from_u128(42), Uuid::from_u128(7));
        let work = Work::Deliver(TaskId(id));
        let text = stored(work, Some(share));
        assert_eq!(text, "1d0000000000000000000000000000002a.00000000000000000000000000000007");
        assert_eq!(read_stored(text.as_bytes()), Ok((work, Some(share))));
        assert_eq!(read_stored(stored(work, None).as_bytes()), Ok((work, None)));
        assert!(read_stored(b"2z.00000000000000000000000000000007").is_err());
    }

    #[test]
    fn no_share_has_all_hands_where_that_is_the_rule() {
        let many = Hands { all: 100, of_one: Some(512) };
        assert_eq!((many.room(0, 0), many.room(50, 50), many.room(50, 0)), (50, 0, 25));
        assert_eq!(Hands { all: 1024, of_one: Some(32) }.room(10, 10), 22);
        for all in 1..4 {
            assert_eq!(Hands { all, of_one: Some(512) }.room(all, 0), 1);
        }
        assert_eq!(Hands::from(4).room(4, 4), usize::MAX);
    }

    proptest! {
        /// In whatever order n slow shares take hands, another finds one free, as long as there are 2^n.
        #[test]
        fn slow_shares_leave_a_hand(all in 2usize..3000, takers in prop::collection::vec(0usize..20, 1..4000)) {
            let hands = Hands { all, of_one: Some(512) };
            let shares = usize::try_from(all.ilog2()).unwrap();
            let mut own = vec![0; shares];
            for taker in takers {
                let busy: usize = own.iter().sum();
                prop_assert!(busy < all);
                own[taker % shares] += usize::from(hands.room(busy, own[taker % shares]) > 0);
            }
        }

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
