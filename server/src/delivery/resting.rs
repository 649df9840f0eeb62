//! The circuit breaker of each channel config at work: whether a task may be sent, and what its outcome says of the
//! provider. While a provider works this is a look at a map that is empty.

use std::collections::HashSet;
use std::time::Duration;

use super::settle::{End, PATIENCE, give_up, rest};
use crate::channels::Outcome;
use crate::domain::breaker::{Breaker, Gate, ProbeId};
use crate::domain::chance::Chance;
use crate::domain::channel_config::ChannelConfig;
use crate::domain::enums::BreakerState;
use crate::domain::id::ChannelConfigId;
use crate::domain::settings::BreakerSettings;
use crate::domain::task::{ClaimedTask, TaskResult};
use crate::domain::time::Timestamp;
use crate::limits::{Changed, Limits};

/// How long to wait for Redis, which must say who begins a probe.
const REDIS_WAIT: Duration = Duration::from_secs(2);

/// The breakers, with the settings that are in force.
pub(super) struct Resting<'a> {
    pub limits: &'a Limits,
    pub settings: &'a BreakerSettings,
    pub chance: &'a Chance,
}

impl Resting<'_> {
    fn breaker(&self, config: ChannelConfigId) -> Option<Breaker> {
        self.limits.breaker(config).filter(|breaker| self.settings.enabled && !breaker.closed())
    }

    /// Whether tasks of the config may be sent without a further question.
    pub(super) fn closed(&self, config: ChannelConfigId) -> bool {
        self.breaker(config).is_none()
    }

    /// What becomes of a task that may not be sent now; none where it may, or may be as a probe.
    pub(super) fn holds(&self, task: &ClaimedTask, now: Timestamp, random: f64) -> Option<TaskResult> {
        let breaker = self.breaker(task.channel_config_id)?;
        match breaker.gate(now) {
            Gate::Open | Gate::Probe => None,
            Gate::Wait { until, spread } => Some(waits(task, &breaker, until.plus(spread.mul_f64(random)), now)),
        }
    }

    /// Asked right before a task is sent: the probe that it is, if it is one; or what becomes of it where it may not be
    /// sent. A probe that has not ended `lease` from now is taken for lost.
    pub(super) async fn enter(
        &self,
        task: &ClaimedTask,
        lease: Duration,
        now: Timestamp,
    ) -> Result<Option<ProbeId>, TaskResult> {
        let Some(breaker) = self.breaker(task.channel_config_id) else { return Ok(None) };
        let id = ProbeId(self.chance.draw());
        let probed = |breaker: &Breaker| breaker.probed(id, now, now.plus(lease));
        match self.limits.change_breaker(task.channel_config_id, probed).await {
            Ok(Some(_)) => {
                tracing::info!(config.id = %task.channel_config_id, task.id = %task.id, "the provider is tried again");
                Ok(Some(id))
            }
            // Another has it, or the breaker was closed meanwhile.
            Ok(None) => self.holds(task, now, self.chance.draw()).map_or(Ok(None), Err),
            Err(error) => {
                tracing::debug!(config.id = %task.channel_config_id, %error, "a probe waits");
                Err(waits(task, &breaker, now.plus(REDIS_WAIT), now))
            }
        }
    }

    /// Takes note of what became of a task that was sent.
    pub(super) async fn note(
        &self,
        config: &ChannelConfig,
        task: &ClaimedTask,
        probe: Option<ProbeId>,
        outcome: &Outcome,
        now: Timestamp,
    ) {
        let id = config.id;
        if !self.settings.enabled {
            return;
        }
        let failed = matches!(outcome, Outcome::Retry { .. } | Outcome::Ambiguous { .. } | Outcome::Token { .. });
        if !failed {
            self.limits.answered(id);
            if self.limits.breaker(id).is_none() {
                return;
            }
        }
        let failing = failed.then(|| self.limits.failing(id));
        let change = |breaker: &Breaker| match &failing {
            Some(failing) if breaker.closed() && failing.answered_since() => {
                Breaker::default().failed(task.id, probe, outcome.detail(), self.settings, now)
            }
            Some(_) => breaker.failed(task.id, probe, outcome.detail(), self.settings, now),
            None => breaker.answered(probe),
        };
        let changed = match self.limits.change_breaker(id, change).await {
            Ok(changed) => changed,
            Err(error) => {
                tracing::debug!(config.id = %id, %error, "a breaker's change could not be shared");
                self.limits.change_breaker_here(id, change)
            }
        };
        let Some(Changed { before, after }) = changed else { return };
        match (before.retry_at(), after.retry_at()) {
            (_, None) if !before.closed() => {
                tracing::info!(config.id = %id, "the provider answers, the breaker closes")
            }
            (before, Some(until)) if before != Some(until) => {
                let seconds = until.since(now).as_secs();
                tracing::warn!(config.id = %id, failures = after.failures, seconds, reason = %after.reason, "the provider fails, the breaker opens");
                metrics::counter!("posthorn_channel_breaker_openings_total", "channel" => config.channel_type.as_str())
                    .increment(1);
            }
            _ => {}
        }
    }
}

/// Hands a task back until then; one that has waited for the breaker for too long ends.
fn waits(task: &ClaimedTask, breaker: &Breaker, until: Timestamp, now: Timestamp) -> TaskResult {
    let rests_since = task.rests_since.unwrap_or(now);
    let since = breaker.opened_at().unwrap_or(now).max(rests_since);
    let reason = &breaker.reason;
    if now.since(since) >= PATIENCE {
        let hours = PATIENCE.as_secs() / 3600;
        return give_up(task, End::Rested, &format!("the provider has failed for {hours} hours: {reason}"), now);
    }
    rest(task, until, rests_since, reason)
}

/// Publishes which breakers are not closed. `shown` are those that were published before.
pub(super) fn measure(limits: &Limits, shown: &mut HashSet<ChannelConfigId>, now: Timestamp) {
    let gauge = |config: ChannelConfigId, state: BreakerState| {
        let number = match state {
            BreakerState::Closed => 0.0,
            BreakerState::HalfOpen => 1.0,
            BreakerState::Open => 2.0,
        };
        metrics::gauge!("posthorn_channel_breaker_state", "config" => config.to_string()).set(number);
    };
    let all = limits.breakers();
    shown.extend(all.iter().filter(|(_, known)| !known.breaker.closed()).map(|(config, _)| *config));
    for config in shown.iter() {
        gauge(*config, all.get(config).map_or(BreakerState::Closed, |known| known.breaker.state(now)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::settle::tests::task;
    use crate::domain::enums::TaskStatus;
    use crate::domain::id::TaskId;
    use crate::domain::task::rests_since;
    use crate::domain::time::Clock;

    const SETTINGS: BreakerSettings =
        BreakerSettings { enabled: true, failures: 1, open_seconds: 30, max_open_seconds: 600 };
    const LEASE: Duration = Duration::from_secs(60);

    async fn open(limits: &Limits, config: ChannelConfigId, now: Timestamp) {
        let failed = |breaker: &Breaker| breaker.failed(TaskId::new(now), None, "HTTP 500", &SETTINGS, now);
        assert!(limits.change_breaker(config, failed).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn tasks_wait_with_their_retries_and_say_why() {
        let task = task(1, 3);
        let clock = Clock::manual(task.created_at);
        let limits = Limits::memory(clock.clone());
        let resting = Resting { limits: &limits, settings: &SETTINGS, chance: &Chance::System };
        assert!(resting.closed(task.channel_config_id) && resting.holds(&task, clock.now(), 0.0).is_none());
        open(&limits, task.channel_config_id, clock.now()).await;
        let held = resting.holds(&task, clock.now(), 0.5).unwrap();
        assert_eq!((held.status, held.retry_count, held.attempt.is_none()), (TaskStatus::Retry, 1, true));
        assert_eq!(held.due_at.since(clock.now()), Duration::from_millis(33_750));
        let text = held.result_message.unwrap();
        assert_eq!(
            text,
            "waits: the channel config's circuit breaker is open, since 2026-11-21T02:30:00.000Z for this task: HTTP 500"
        );
        let off = BreakerSettings { enabled: false, ..SETTINGS };
        assert!(Resting { settings: &off, ..resting }.closed(task.channel_config_id));
    }

    #[tokio::test]
    async fn what_expires_meanwhile_is_looked_at_then_and_what_waits_for_a_day_ends() {
        let mut task = task(0, 3);
        let clock = Clock::manual(task.created_at);
        let limits = Limits::memory(clock.clone());
        let resting = Resting { limits: &limits, settings: &SETTINGS, chance: &Chance::System };
        open(&limits, task.channel_config_id, clock.now()).await;
        let end = clock.now().plus(Duration::from_secs(5));
        task.expires_at = Some(end);
        assert_eq!(resting.holds(&task, clock.now(), 0.5).unwrap().due_at, end);
        task.expires_at = None;
        // A probe now and then that fails: it is open all the time.
        task.rests_since = Some(clock.now());
        for day in [false, true] {
            clock.advance(PATIENCE / 2);
            let probe = resting.enter(&task, LEASE, clock.now()).await.unwrap();
            assert!(probe.is_some());
            let failed = |breaker: &Breaker| breaker.failed(task.id, probe, "HTTP 500", &SETTINGS, clock.now());
            assert!(limits.change_breaker(task.channel_config_id, failed).await.unwrap().is_some());
            let held = resting.holds(&task, clock.now(), 0.0).unwrap();
            assert_eq!(
                (held.status, held.task_error_code()),
                if day { (TaskStatus::Failed, Some("CIRCUIT_OPEN")) } else { (TaskStatus::Pending, None) }
            );
        }
        // One that was deferred until now, or begins anew, has its own day before it.
        task.rests_since = None;
        let held = resting.holds(&task, clock.now(), 0.0).unwrap();
        assert_eq!(held.status, TaskStatus::Pending);
        assert_eq!(rests_since(&held.result_message.unwrap()), Some(clock.now()));
    }

    #[tokio::test]
    async fn one_enters_as_the_probe_and_the_others_wait() {
        let task = task(0, 3);
        let clock = Clock::manual(task.created_at);
        let limits = Limits::memory(clock.clone());
        let resting = Resting { limits: &limits, settings: &SETTINGS, chance: &Chance::System };
        open(&limits, task.channel_config_id, clock.now()).await;
        clock.advance(Duration::from_secs(30));
        assert!(resting.holds(&task, clock.now(), 0.0).is_none());
        let probe = resting.enter(&task, LEASE, clock.now()).await.unwrap();
        assert!(probe.is_some());
        let second = resting.enter(&task, LEASE, clock.now()).await.unwrap_err();
        assert_eq!(second.status, TaskStatus::Pending);
        let answered = |breaker: &Breaker| breaker.answered(probe);
        assert!(limits.change_breaker(task.channel_config_id, answered).await.unwrap().is_some());
        assert_eq!(resting.enter(&task, LEASE, clock.now()).await.unwrap(), None);
    }
}
