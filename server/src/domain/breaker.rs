//! The circuit breaker of a channel config: a provider that fails again and again is left alone for a while, then tried
//! with one task. Pure; who keeps the state, and shares it among instances, is `limits`.
//!
//! | state | task | becomes |
//! |---|---|---|
//! | CLOSED | is sent | OPEN after so many transient failures in a row, a task's repetitions counting once; any other answer ends the row |
//! | OPEN | waits | HALF_OPEN by itself when its rest is over |
//! | HALF_OPEN | one is sent as a probe, the others wait | CLOSED when the provider answers the probe; OPEN, for twice as long, when the probe fails |
//!
//! What was under way when it opened decides nothing, however it ends. A probe whose sender is lost is over when its
//! lease is.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::enums::BreakerState;
use super::id::TaskId;
use super::settings::BreakerSettings;
use super::time::Timestamp;

/// Longest reason that is kept, in characters.
const MAX_REASON: usize = 300;
/// What comes while a probe is young waits for this long at least.
const SHORTEST_WAIT: Duration = Duration::from_millis(500);

/// How a config's provider did lately. The default is a closed breaker that has seen no failure.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Breaker {
    /// Transient failures in a row.
    #[serde(rename = "n")]
    pub failures: u32,
    /// The last one's text.
    #[serde(rename = "r")]
    pub reason: String,
    /// Whose failure was counted last.
    #[serde(rename = "t")]
    last: Option<TaskId>,
    /// Set while it is not closed.
    #[serde(rename = "x")]
    rest: Option<Rest>,
}

/// While a breaker is not closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Rest {
    /// When it opened, however often a probe failed since.
    #[serde(rename = "o")]
    opened_at: Timestamp,
    /// When this rest began.
    #[serde(rename = "f")]
    from: Timestamp,
    #[serde(rename = "u")]
    until: Timestamp,
    #[serde(rename = "p")]
    probe: Option<Probe>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Probe {
    id: ProbeId,
    #[serde(rename = "f")]
    from: Timestamp,
    /// Who has not told its end by then is taken for lost.
    #[serde(rename = "u")]
    until: Timestamp,
}

/// Tells probes apart: the end of one counts only while it is the one that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProbeId(pub u32);

/// What a task that is about to be sent finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    Open,
    /// Whoever begins the probe may send.
    Probe,
    /// Closed until then. What waits should come back spread over `spread` after it.
    Wait {
        until: Timestamp,
        spread: Duration,
    },
}

impl Breaker {
    pub fn state(&self, now: Timestamp) -> BreakerState {
        match &self.rest {
            None => BreakerState::Closed,
            Some(rest) if rest.until > now => BreakerState::Open,
            Some(_) => BreakerState::HalfOpen,
        }
    }

    /// When it opened; none while it is closed.
    pub fn opened_at(&self) -> Option<Timestamp> {
        self.rest.map(|rest| rest.opened_at)
    }

    /// When it will try, or has tried, its provider; none while it is closed.
    pub fn retry_at(&self) -> Option<Timestamp> {
        self.rest.map(|rest| rest.until)
    }

    /// Whether tasks go through as if there were no breaker.
    pub fn closed(&self) -> bool {
        self.rest.is_none()
    }

    pub fn gate(&self, now: Timestamp) -> Gate {
        let Some(rest) = &self.rest else { return Gate::Open };
        if rest.until > now {
            // Over a quarter of the rest, so that not all of what waited has to be handed back again.
            return Gate::Wait { until: rest.until, spread: rest.until.since(rest.from) / 4 };
        }
        match rest.probe.filter(|probe| probe.until > now) {
            // The longer the probe takes already, the longer it may take yet.
            Some(probe) => {
                let wait = (now.since(probe.from) * 2).max(SHORTEST_WAIT);
                Gate::Wait { until: now.plus(wait), spread: wait }
            }
            None => Gate::Probe,
        }
    }

    /// Begins a probe that ends before `until`; none where its time has not come, or another is under way.
    pub fn probed(&self, id: ProbeId, now: Timestamp, until: Timestamp) -> Option<Self> {
        let mut next = self.clone();
        match (self.gate(now), &mut next.rest) {
            (Gate::Probe, Some(rest)) => {
                rest.probe = Some(Probe { id, from: now, until });
                Some(next)
            }
            _ => None,
        }
    }

    /// After a transient failure; none where that changes nothing.
    pub fn failed(
        &self,
        task: TaskId,
        probe: Option<ProbeId>,
        reason: &str,
        settings: &BreakerSettings,
        now: Timestamp,
    ) -> Option<Self> {
        let mut next = self.clone();
        let span = |seconds: i32| Duration::from_secs(u64::try_from(seconds).unwrap_or(1).max(1));
        let rest = match self.rest {
            Some(rest) => {
                self.is_probe(probe).then_some(())?;
                let longer = rest.until.since(rest.from) * 2;
                let length = longer.clamp(span(settings.open_seconds), span(settings.max_open_seconds));
                Some(Rest { opened_at: rest.opened_at, from: now, until: now.plus(length), probe: None })
            }
            // One message that its receiver can't digest is no reason to keep the others from it.
            None if self.last == Some(task) => return None,
            None => {
                let most = u32::try_from(settings.failures).unwrap_or(1);
                let until = now.plus(span(settings.open_seconds));
                let opens = self.failures.saturating_add(1) >= most;
                opens.then_some(Rest { opened_at: now, from: now, until, probe: None })
            }
        };
        next.failures = self.failures.saturating_add(1);
        next.reason = reason.chars().take(MAX_REASON).collect();
        next.last = Some(task);
        next.rest = rest;
        Some(next)
    }

    /// After the provider answered, be it with a refusal; none where that changes nothing.
    pub fn answered(&self, probe: Option<ProbeId>) -> Option<Self> {
        let counts = if self.rest.is_some() { self.is_probe(probe) } else { self.failures > 0 };
        counts.then(Self::default)
    }

    fn is_probe(&self, probe: Option<ProbeId>) -> bool {
        let under_way = self.rest.and_then(|rest| rest.probe).map(|probe| probe.id);
        probe.is_some() && probe == under_way
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::time::Clock;

    const SETTINGS: BreakerSettings =
        BreakerSettings { enabled: true, failures: 3, open_seconds: 30, max_open_seconds: 600 };

    fn task(clock: &Clock) -> TaskId {
        TaskId::new(clock.now())
    }

    fn fail(breaker: &mut Breaker, clock: &Clock, probe: Option<ProbeId>) -> bool {
        let next = breaker.failed(task(clock), probe, "HTTP 500", &SETTINGS, clock.now());
        let changed = next.is_some();
        *breaker = next.unwrap_or_else(|| breaker.clone());
        changed
    }

    fn opened(clock: &Clock) -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..3 {
            assert_eq!(breaker.state(clock.now()), BreakerState::Closed);
            assert!(fail(&mut breaker, clock, None));
        }
        breaker
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_half_opens_by_itself() {
        let clock = Clock::manual(Timestamp(0));
        let breaker = opened(&clock);
        let until = clock.now().plus(Duration::from_secs(30));
        assert_eq!((breaker.failures, breaker.reason.as_str()), (3, "HTTP 500"));
        assert_eq!((breaker.opened_at(), breaker.retry_at()), (Some(clock.now()), Some(until)));
        assert_eq!(breaker.gate(clock.now()), Gate::Wait { until, spread: Duration::from_millis(7500) });
        clock.advance(Duration::from_secs(30));
        assert_eq!((breaker.state(clock.now()), breaker.gate(clock.now())), (BreakerState::HalfOpen, Gate::Probe));
    }

    #[test]
    fn an_answer_ends_the_row_and_one_task_counts_once() {
        let clock = Clock::manual(Timestamp(0));
        let mut breaker = Breaker::default();
        assert_eq!(breaker.answered(None), None);
        fail(&mut breaker, &clock, None);
        fail(&mut breaker, &clock, None);
        breaker = breaker.answered(None).unwrap();
        assert_eq!(breaker, Breaker::default());
        let stubborn = task(&clock);
        for n in 0..20 {
            let next = breaker.failed(stubborn, None, "HTTP 500", &SETTINGS, clock.now());
            assert_eq!(next.is_some(), n == 0);
            breaker = next.unwrap_or(breaker);
        }
        assert_eq!((breaker.failures, breaker.state(clock.now())), (1, BreakerState::Closed));
    }

    #[test]
    fn one_probe_at_a_time_decides_and_each_failure_doubles_the_rest() {
        let clock = Clock::manual(Timestamp(0));
        let mut breaker = opened(&clock);
        let first = clock.now();
        for (number, seconds) in [30u64, 60, 120, 240, 480, 600, 600].into_iter().enumerate() {
            clock.advance(Duration::from_secs(seconds));
            assert_eq!(breaker.state(clock.now().minus(Duration::from_micros(1))), BreakerState::Open);
            let (id, until) = (ProbeId(number as u32), clock.now().plus(Duration::from_secs(60)));
            breaker = breaker.probed(id, clock.now(), until).unwrap();
            assert_eq!(breaker.probed(ProbeId(99), clock.now(), until), None);
            clock.advance(Duration::from_secs(5));
            assert!(matches!(breaker.gate(clock.now()), Gate::Wait { .. }));
            assert!(!fail(&mut breaker, &clock, None), "what was under way before decides nothing");
            assert!(!fail(&mut breaker, &clock, Some(ProbeId(99))), "nor does another probe");
            assert_eq!(breaker.answered(None), None);
            assert!(fail(&mut breaker, &clock, Some(id)));
            assert_eq!((breaker.state(clock.now()), breaker.opened_at()), (BreakerState::Open, Some(first)));
        }
        clock.advance(Duration::from_secs(600));
        let until = clock.now().plus(Duration::from_secs(60));
        breaker = breaker.probed(ProbeId(7), clock.now(), until).unwrap();
        assert_eq!(breaker.answered(Some(ProbeId(7))), Some(Breaker::default()));
    }

    #[test]
    fn a_lost_probe_is_followed_by_another() {
        let clock = Clock::manual(Timestamp(0));
        let mut breaker = opened(&clock);
        clock.advance(Duration::from_secs(30));
        let lease = Duration::from_secs(60);
        breaker = breaker.probed(ProbeId(1), clock.now(), clock.now().plus(lease)).unwrap();
        clock.advance(lease);
        assert_eq!(breaker.gate(clock.now()), Gate::Probe);
        breaker = breaker.probed(ProbeId(2), clock.now(), clock.now().plus(lease)).unwrap();
        assert!(!fail(&mut breaker, &clock, Some(ProbeId(1))), "the lost one's end comes too late");
        assert!(breaker.answered(Some(ProbeId(2))).is_some());
    }

    proptest! {
        /// Whatever happens in whatever order: it opens only after so many failures, lets one probe through at a time,
        /// never rests for longer than it may, and can always be closed again.
        #[test]
        fn it_never_gets_stuck(steps in prop::collection::vec((0u8..5, 0u64..700), 0..200)) {
            let clock = Clock::manual(Timestamp(1_000_000));
            let mut breaker = Breaker::default();
            let (mut row, mut probe, mut probes) = (0, None, 0);
            let mut probe_ends = Timestamp(0);
            for (step, seconds) in steps {
                let closed = breaker.closed();
                match step {
                    0 => clock.advance(Duration::from_secs(seconds)),
                    1 => {
                        let counted = fail(&mut breaker, &clock, None);
                        prop_assert_eq!(counted, closed);
                        row += u32::from(counted);
                        prop_assert_eq!(breaker.closed(), closed && row < 3);
                    }
                    2 => if let Some(next) = breaker.answered(None) {
                        prop_assert!(closed);
                        row = 0;
                        breaker = next;
                    },
                    3 => {
                        let ends = clock.now().plus(Duration::from_secs(60));
                        if let Some(next) = breaker.probed(ProbeId(probes), clock.now(), ends) {
                            prop_assert!(probe.is_none() || probe_ends <= clock.now(), "two probes at once");
                            (probe, probe_ends, breaker) = (Some(ProbeId(probes)), ends, next);
                            probes += 1;
                        }
                    }
                    _ => if let Some(id) = probe.take() {
                        if seconds % 2 == 0 {
                            prop_assert!(fail(&mut breaker, &clock, Some(id)));
                            prop_assert_eq!(breaker.state(clock.now()), BreakerState::Open);
                        } else {
                            breaker = breaker.answered(Some(id)).unwrap();
                            row = 0;
                        }
                    },
                }
                if let Some(until) = breaker.retry_at() {
                    prop_assert!(until.since(clock.now()) <= Duration::from_secs(600));
                }
                let text = serde_json::to_string(&breaker).unwrap();
                prop_assert_eq!(&serde_json::from_str::<Breaker>(&text).unwrap(), &breaker);
            }
            clock.advance(Duration::from_secs(700));
            if !breaker.closed() {
                let next = breaker.probed(ProbeId(u32::MAX), clock.now(), clock.now().plus(Duration::from_secs(1)));
                prop_assert_eq!(next.unwrap().answered(Some(ProbeId(u32::MAX))), Some(Breaker::default()));
            }
        }
    }
}
