//! Booking in line: where neither the config's turn nor a hand is free for a task that is about to be stored, it waits a
//! moment for them, behind the others of its config and priority.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::domain::id::ChannelConfigId;
use crate::domain::time::Clock;

/// How long a task waits. What is booked is stored once, and claimed by that. What is not goes over the queue and is claimed
/// later; and while it waits there it has a right to the hands that become free, so that what comes after it has to go the
/// same way. A moment is well spent to keep out of that: who hands in more than can be sent waits, and nobody else.
const PATIENCE: Duration = Duration::from_millis(100);
/// Where that was in vain, nobody tries for so long, and for twice as long each time that it is in vain again: a slow
/// provider must not slow those who hand messages in.
const QUIET: Duration = Duration::from_millis(50);
const LONGEST_QUIET: Duration = Duration::from_secs(10);

/// Whose line it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Of {
    pub(super) config: ChannelConfigId,
    /// The green channel's: it has hands of its own.
    pub(super) lane: Option<Arc<str>>,
    pub(super) priority: u8,
}

/// Who waits to book.
#[derive(Clone)]
pub(super) struct Lines {
    clock: Clock,
    of: Arc<Mutex<HashMap<Of, Line>>>,
}

struct Line {
    /// Who has it is first.
    first: Arc<Semaphore>,
    waiting: usize,
    /// How many may wait: half as many when somebody has waited in vain, one more for each who got what he waited for. So about
    /// as many wait as are served in time.
    may_wait: usize,
    /// How often in a row somebody waited in vain, and until when nobody tries again.
    in_vain: u32,
    quiet_until: Option<Instant>,
}

impl Lines {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, of: Arc::default() }
    }

    /// What `now` gives where nobody waits, else what `soon` gives in time to who is first in line. No more than `most` wait.
    pub(super) async fn stand<T>(
        &self,
        of: Of,
        most: usize,
        now: impl FnOnce() -> Option<T>,
        soon: impl Future<Output = Option<T>>,
    ) -> Option<T> {
        if self.is_empty(&of)
            && let Some(got) = now()
        {
            return Some(got);
        }
        let (first, waiting) = self.join(of, most)?;
        let in_turn = async {
            let _first = first.acquire().await.ok()?;
            soon.await
        };
        let got = timeout(PATIENCE, in_turn).await.ok().flatten();
        if let Some(line) = self.lock().get_mut(&waiting.of) {
            line.note(got.is_some(), self.clock.instant());
        }
        got
    }

    fn is_empty(&self, of: &Of) -> bool {
        self.lock().get(of).is_none_or(|line| line.waiting == 0)
    }

    /// None where as many wait as may, or somebody waited in vain a moment ago.
    fn join(&self, of: Of, most: usize) -> Option<(Arc<Semaphore>, Waiting<'_>)> {
        if most == 0 {
            return None;
        }
        let (mut lines, now) = (self.lock(), self.clock.instant());
        if lines.len() == lines.capacity() {
            lines.retain(|_, line| !line.is_over(now));
        }
        let line = lines.entry(of.clone()).or_insert_with(|| Line::new(most));
        if line.is_over(now) {
            *line = Line::new(most);
        }
        if line.waiting >= line.may_wait.min(most) || line.is_quiet(now) {
            return None;
        }
        line.waiting += 1;
        Some((Arc::clone(&line.first), Waiting { lines: self, of }))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Of, Line>> {
        self.of.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    fn new(most: usize) -> Self {
        Self { first: Arc::new(Semaphore::new(1)), waiting: 0, may_wait: most, in_vain: 0, quiet_until: None }
    }

    fn is_quiet(&self, now: Instant) -> bool {
        self.quiet_until.is_some_and(|until| now < until)
    }

    /// Nobody is in it, and what it learned was long ago.
    fn is_over(&self, now: Instant) -> bool {
        self.waiting == 0 && self.quiet_until.is_none_or(|until| now.saturating_duration_since(until) > LONGEST_QUIET)
    }

    /// Notes that somebody got what he waited for, or did not.
    fn note(&mut self, got: bool, now: Instant) {
        if got {
            self.may_wait = self.may_wait.saturating_add(1);
            self.in_vain = 0;
        } else if !self.is_quiet(now) {
            // Those who waited beside him count as one.
            self.may_wait = (self.may_wait.min(self.waiting) / 2).max(1);
            self.quiet_until = Some(now + QUIET.saturating_mul(1 << self.in_vain.min(16)).min(LONGEST_QUIET));
            self.in_vain += 1;
        }
    }
}

/// A task in line, while it lives.
struct Waiting<'l> {
    lines: &'l Lines,
    of: Of,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut lines = self.lines.lock();
        if let Some(line) = lines.get_mut(&self.of) {
            line.waiting = line.waiting.saturating_sub(1);
            if line.is_over(self.lines.clock.instant()) {
                lines.remove(&self.of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;
    use crate::domain::time::Timestamp;

    fn of(number: u128) -> Of {
        Of { config: ChannelConfigId(uuid::Uuid::from_u128(number)), lane: None, priority: 5 }
    }

    #[tokio::test]
    async fn what_is_free_is_had_at_once_and_nobody_overtakes_who_waits() {
        let lines = Lines::new(Clock::System);
        assert_eq!(lines.stand(of(1), 9, || Some("now"), ready(Some("soon"))).await, Some("now"));
        let (give, given) = tokio::sync::oneshot::channel();
        let first = lines.stand(of(1), 9, || None, async { given.await.ok() });
        let second = lines.stand(of(1), 9, || Some("now"), ready(Some("second")));
        let other = lines.stand(of(2), 9, || Some("other"), pending());
        tokio::pin!(first, second);
        assert!(futures::poll!(&mut first).is_pending());
        assert!(futures::poll!(&mut second).is_pending(), "it is behind the first");
        assert_eq!(other.await, Some("other"), "another config has a line of its own");
        give.send("first").unwrap();
        assert_eq!(first.await, Some("first"));
        assert_eq!(second.await, Some("second"));
        assert!(lines.lock().is_empty(), "nothing is left of it");
    }

    #[tokio::test]
    async fn what_can_never_be_had_counts_as_waited_for_in_vain() {
        let lines = Lines::new(Clock::manual(Timestamp::default()));
        assert_eq!(lines.stand(of(1), 9, || None::<()>, ready(None)).await, None);
        assert_eq!(lines.stand(of(1), 9, || None, ready(Some(()))).await, None, "nobody tries for a while");
    }

    #[tokio::test]
    async fn what_a_line_learned_is_forgotten() {
        let clock = Clock::manual(Timestamp::default());
        let lines = Lines::new(clock.clone());
        for number in 0..1_000 {
            lines.stand(of(number), 1_000, || None::<()>, ready(None)).await;
        }
        assert_eq!(lines.lock().len(), 1_000);
        clock.advance(QUIET + LONGEST_QUIET + Duration::from_millis(1));
        assert!(lines.stand(of(1), 9, || None, ready(Some(()))).await.is_some());
        for number in 1_000..4_000 {
            lines.stand(of(number), 9, || None::<()>, ready(None)).await;
        }
        assert!(lines.lock().len() <= 3_000, "{}", lines.lock().len());
    }

    #[tokio::test]
    async fn no_more_wait_than_may() {
        let lines = Lines::new(Clock::System);
        let one = lines.stand(of(1), 1, || None::<()>, pending());
        tokio::pin!(one);
        assert!(futures::poll!(&mut one).is_pending());
        assert_eq!(lines.stand(of(1), 1, || None, ready(Some(()))).await, None);
    }

    #[tokio::test]
    async fn who_waits_in_vain_keeps_others_from_it_for_longer_each_time() {
        let clock = Clock::manual(Timestamp::default());
        let lines = Lines::new(clock.clone());
        let waits = async || lines.stand(of(1), 9, || None::<()>, pending()).await;
        let tries = async || lines.stand(of(1), 9, || None, ready(Some(()))).await.is_some();
        for quiet in [50, 100, 200] {
            assert_eq!(tokio::join!(waits(), waits()), (None, None));
            clock.advance(Duration::from_millis(quiet - 1));
            assert!(!tries().await, "{quiet}");
            assert_eq!(
                lines.stand(of(1), 9, || Some(()), pending()).await,
                Some(()),
                "what is free is had all the same"
            );
            clock.advance(Duration::from_millis(1));
        }
        assert!(tries().await);
        waits().await;
        clock.advance(QUIET);
        assert!(tries().await, "it begins anew");
    }

    #[test]
    fn about_as_many_may_wait_as_are_served_in_time() {
        let (mut line, mut now) = (Line::new(1024), Instant::now());
        for _ in 0..100 {
            // Whatever is offered, ten are served while the others wait in vain.
            line.waiting = line.may_wait;
            let served = line.waiting.min(10);
            (0..served).for_each(|_| line.note(true, now));
            if line.waiting > served {
                line.note(false, now);
            }
            now += PATIENCE + QUIET;
        }
        assert!((3..=25).contains(&line.may_wait), "{}", line.may_wait);
    }

    #[test]
    fn it_is_never_quiet_for_long() {
        let (mut line, mut now) = (Line::new(9), Instant::now());
        for _ in 0..40 {
            line.note(false, now);
            now += LONGEST_QUIET;
            assert!(!line.is_quiet(now));
        }
    }
}
