//! Breakers and pauses: what one instance changes, the others hear of, and no change is lost.

use super::*;
use crate::domain::breaker::ProbeId;
use crate::domain::id::TaskId;
use crate::domain::settings::BreakerSettings;

const BREAKER: BreakerSettings =
    BreakerSettings { enabled: true, failures: 2, open_seconds: 30, max_open_seconds: 600 };

fn failing(breaker: &Breaker) -> Option<Breaker> {
    breaker.failed(TaskId::new(at(0)), None, "HTTP 500", &BREAKER, at(0))
}

/// Asks until the other instance has heard of it.
async fn heard<T>(ask: impl Fn() -> Option<T>) -> T {
    for _ in 0..1000 {
        if let Some(heard) = ask() {
            return heard;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the other instance did not hear of it within ten seconds");
}

#[tokio::test]
async fn a_breaker_counts_opens_and_closes() {
    both(|limits| async move {
        let config = ChannelConfigId::new(at(0));
        assert_eq!(limits.breaker(config), None);
        assert!(limits.change_breaker(config, failing).await.unwrap().unwrap().after.closed());
        let changed = limits.change_breaker(config, failing).await.unwrap().unwrap();
        assert_eq!((changed.before.closed(), changed.after.closed()), (true, false));
        assert_eq!(limits.breaker(config), Some(changed.after));
        // What was under way changes nothing.
        assert_eq!(limits.change_breaker(config, failing).await.unwrap(), None);
        assert_eq!(limits.change_breaker(config, |breaker| breaker.answered(None)).await.unwrap(), None);
        limits.reset_breaker(config).await.unwrap();
        assert_eq!((limits.breaker(config), limits.breakers().len()), (None, 0));
    })
    .await;
}

#[tokio::test]
async fn an_answer_parts_the_failures_before_it_from_those_after() {
    both(|limits| async move {
        let (config, other) = (ChannelConfigId::new(at(0)), ChannelConfigId::new(at(0)));
        let before = limits.failing(config);
        limits.answered(other);
        assert!(!before.answered_since());
        limits.answered(config);
        let after = limits.failing(config);
        assert_eq!((before.answered_since(), after.answered_since()), (true, false));
        drop((before, after));
        limits.answered(config);
        assert!(!limits.failing(config).answered_since());
    })
    .await;
}

#[tokio::test]
async fn instances_count_together_and_one_of_them_has_the_probe() {
    let server = RedisServer::start();
    let (one, two) = (over_redis(&server).await, over_redis(&server).await);
    let config = ChannelConfigId::new(at(0));
    assert!(one.change_breaker(config, failing).await.unwrap().is_some());
    // It need not have heard of the first failure to count the second.
    let opened = two.change_breaker(config, failing).await.unwrap().unwrap();
    assert_eq!((opened.after.failures, opened.after.closed()), (2, false));
    let later = at(31_000_000);
    let probe =
        |number| move |breaker: &Breaker| breaker.probed(ProbeId(number), later, later.plus(micros(60_000_000)));
    heard(|| one.breaker(config).filter(|breaker| !breaker.closed())).await;
    let (first, second) = tokio::join!(one.change_breaker(config, probe(1)), two.change_breaker(config, probe(2)));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert!(first.is_some() != second.is_some(), "{first:?} {second:?}");
    let (holder, number) = if first.is_some() { (&one, 1) } else { (&two, 2) };
    assert!(holder.change_breaker(config, |breaker| breaker.answered(Some(ProbeId(number)))).await.unwrap().is_some());
    for limits in [&one, &two] {
        heard(|| limits.breaker(config).is_none().then_some(())).await;
    }
}

#[tokio::test]
async fn many_failures_at_once_are_all_counted() {
    let server = RedisServer::start();
    let limits = [over_redis(&server).await, over_redis(&server).await];
    let config = ChannelConfigId::new(at(0));
    let patient = BreakerSettings { failures: 1000, ..BREAKER };
    let fail = |breaker: &Breaker| breaker.failed(TaskId::new(at(0)), None, "HTTP 500", &patient, at(0));
    let all = (0..60).map(|n| limits[n % 2].change_breaker(config, fail));
    for counted in futures::future::join_all(all).await {
        assert!(counted.unwrap().is_some());
    }
    for limits in &limits {
        heard(|| limits.breaker(config).filter(|breaker| breaker.failures == 60)).await;
    }
}

#[tokio::test]
async fn a_lifted_pause_is_over_on_every_instance_and_may_be_followed_by_another() {
    both(|limits| async move {
        let config = ChannelConfigId::new(at(0));
        limits.pause(config, at(60_000_000)).await.unwrap();
        limits.lift_pause(config).await.unwrap();
        assert_eq!(limits.paused_until(config, at(0)), None);
    })
    .await;
    let server = RedisServer::start();
    let (one, two) = (over_redis(&server).await, over_redis(&server).await);
    let config = ChannelConfigId::new(at(0));
    one.pause(config, at(60_000_000)).await.unwrap();
    heard(|| two.paused_until(config, at(0))).await;
    two.lift_pause(config).await.unwrap();
    heard(|| one.paused_until(config, at(0)).is_none().then_some(())).await;
    one.pause(config, at(5_000_000)).await.unwrap();
    assert_eq!(heard(|| two.paused_until(config, at(0))).await, at(5_000_000));
}

#[tokio::test]
async fn while_redis_is_away_an_instance_opens_its_own_breaker() {
    let mut server = RedisServer::start();
    let limits = over_redis(&server).await;
    let config = ChannelConfigId::new(at(0));
    server.stop();
    let failed = heard_error(&limits, config).await;
    assert!(matches!(failed, LimitsError::Unavailable { .. }));
    assert_eq!(limits.breaker(config), None);
    assert!(limits.change_breaker_here(config, failing).is_some());
    assert!(!limits.change_breaker_here(config, failing).unwrap().after.closed());
}

/// The error of a change, once the connection is known to be down.
async fn heard_error(limits: &Limits, config: ChannelConfigId) -> LimitsError {
    loop {
        match limits.change_breaker(config, failing).await {
            Err(error) => return error,
            Ok(_) => limits.reset_breaker(config).await.unwrap_or_default(),
        }
    }
}
