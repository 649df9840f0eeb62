//! Notices when the clock jumps forward. Leases are times of day, so after such a jump everything that is being sent seems to
//! have been for too long, and would be taken for lost and sent again.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::time::Timestamp;

/// A clock that gains no more than this on the process's own sense of time is being set right, not jumping.
const JUMP: Duration = Duration::from_secs(5);

/// Compares the clock with the time that passes.
pub struct Jumps(Mutex<Look>);

/// The last look at both.
struct Look {
    clock: Timestamp,
    at: Instant,
    /// Leases that the clock says are over may not be, until then.
    doubt_until: Option<Instant>,
}

impl Jumps {
    /// `clock` and `at` are the same moment.
    pub fn new(clock: Timestamp, at: Instant) -> Self {
        Self(Mutex::new(Look { clock, at, doubt_until: None }))
    }

    /// Looks at the clock, which says `clock` at the moment `at`. False for `lease` after a jump forward: long enough for all
    /// that was in hand then to be recorded.
    pub fn leases_can_be_believed(&self, clock: Timestamp, at: Instant, lease: Duration) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gained = clock.since(last.clock).saturating_sub(at.saturating_duration_since(last.at));
        let mut doubt_until = last.doubt_until.filter(|until| *until > at);
        if gained > JUMP {
            tracing::warn!(
                seconds = gained.as_secs(),
                "the clock jumped forward; what is being sent is given its time"
            );
            doubt_until = Some(at + lease);
        }
        *last = Look { clock, at, doubt_until };
        doubt_until.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(62);

    #[test]
    fn leases_are_doubted_for_their_length_after_a_jump_forward_only() {
        let (start, epoch) = (Instant::now(), Timestamp::from_millis(1_795_228_200_000));
        let seconds = Duration::from_secs;
        let jumps = Jumps::new(epoch, start);
        let looks_at = |passed: u64, ahead: u64| {
            jumps.leases_can_be_believed(epoch.plus(seconds(passed + ahead)), start + seconds(passed), LEASE)
        };
        // A slow look, and a clock that is set right.
        assert!(looks_at(2, 0) && looks_at(100, 0) && looks_at(102, 4));
        assert!(!looks_at(104, 3600) && !looks_at(120, 3600) && !looks_at(165, 3600));
        assert!(looks_at(167, 3600));
        // Back: leases end late, and none too early.
        assert!(looks_at(169, 0) && looks_at(171, 0));
        // Forward again, twice in a row.
        assert!(!looks_at(173, 3600) && !looks_at(230, 7200) && !looks_at(240, 7200) && !looks_at(291, 7200));
        assert!(looks_at(293, 7200));
    }
}
