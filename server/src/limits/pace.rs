//! A channel config's pace: its rate limit together with its daily window, as far as the settings have them in force.
//! The chain plans by it, and what is sent keeps to it.

use chrono_tz::Tz;

use super::{Limits, LimitsError, Reservation};
use crate::domain::channel_config::{ChannelConfig, LimitInForce, RateLimit};
use crate::domain::enums::OverLimitPolicy;
use crate::domain::settings::Settings;
use crate::domain::time::Timestamp;
use crate::domain::window::TimeWindow;

/// How many openings are looked at for a free slot: each look leads beyond the last slot that was given.
const OPENINGS: usize = 8;

/// When messages may go over a config.
#[derive(Debug, Clone, Copy)]
pub struct Pace<'c> {
    pub config: &'c ChannelConfig,
    pub limit: Option<&'c RateLimit>,
    /// The limit counts for whichever store a message is.
    of_provider: bool,
    pub window: Option<&'c TimeWindow>,
    /// The tenant's zone.
    pub zone: Tz,
}

impl<'c> Pace<'c> {
    /// `limit`: what [`ChannelConfig::limit_in_force`] says.
    pub fn of(config: &'c ChannelConfig, limit: Option<LimitInForce<'c>>, zone: Tz, settings: &Settings) -> Self {
        let limit = limit.filter(|_| !settings.switched_off("RATE_LIMIT"));
        Self {
            config,
            limit: limit.map(|it| it.limit),
            of_provider: limit.is_some_and(|it| it.of_provider),
            window: config.time_window.as_ref().filter(|_| !settings.switched_off("TIME_WINDOW")),
            zone,
        }
    }

    /// The first instant at or after `at` at which the window is open.
    pub fn next_open(&self, at: Timestamp) -> Timestamp {
        self.window.map_or(at, |window| window.next_open(at, self.zone))
    }

    /// Whether the limit is for each store's messages apart.
    pub const fn per_store(&self) -> bool {
        !self.of_provider
    }

    fn store<'s>(&self, store: Option<&'s str>) -> &'s str {
        store.filter(|_| self.per_store()).unwrap_or("-")
    }

    /// The name of the log of what was sent by the config for messages of a store.
    pub fn sent_key(&self, store: Option<&str>) -> String {
        format!("sent:{}:{}:{}", self.config.tenant_id, self.store(store), self.config.id)
    }

    /// The name of the plan for the same. Another limit or window begins another plan: slots that were planned by the old
    /// ones, perhaps for tomorrow, must not hold up what may go now.
    pub fn plan_key(&self, store: Option<&str>, limit: &RateLimit) -> String {
        let hours = self.window.map_or_else(String::new, |window| {
            format!(":{}-{} {}", window.start_hour, window.end_hour, window.timezone.unwrap_or(self.zone))
        });
        let (tenant, store, config) = (self.config.tenant_id, self.store(store), self.config.id);
        format!("{tenant}:{store}:{config}:{}/{}s{hours}", limit.count, limit.span().as_secs())
    }
}

/// How many messages a limit lets through within its window.
pub fn count(limit: &RateLimit) -> u32 {
    u32::try_from(limit.count).unwrap_or(1)
}

impl Limits {
    /// From when on to ask for a slot, so that it lies within the window, and the slot that is free then. Records nothing.
    ///
    /// # Errors
    /// As [`Limits::peek`].
    pub async fn first_open_slot(
        &self,
        pace: &Pace<'_>,
        limit: &RateLimit,
        key: &str,
        earliest: Timestamp,
    ) -> Result<(Timestamp, Timestamp), LimitsError> {
        let mut from = pace.next_open(earliest);
        for _ in 0..OPENINGS {
            let peeked = self.peek(key, count(limit), limit.span(), from, OverLimitPolicy::Defer).await?;
            let (Reservation::At(slot) | Reservation::Refused { next: slot }) = peeked;
            let open = pace.next_open(slot);
            if open <= slot {
                return Ok((from, slot));
            }
            from = open;
        }
        Ok((from, from))
    }

    /// Takes the first free slot at or after `earliest` at which the window is open.
    ///
    /// # Errors
    /// As [`Limits::reserve`].
    pub async fn reserve_open(
        &self,
        pace: &Pace<'_>,
        limit: &RateLimit,
        key: &str,
        earliest: Timestamp,
    ) -> Result<Timestamp, LimitsError> {
        let (from, _) = self.first_open_slot(pace, limit, key, earliest).await?;
        let taken = self.reserve(None, key, count(limit), limit.span(), from, OverLimitPolicy::Defer).await?;
        let (Reservation::At(slot) | Reservation::Refused { next: slot }) = taken;
        // Others may have taken the last ones before the window closes.
        Ok(pace.next_open(slot))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::{TimeZone, Utc};

    use super::*;
    use crate::domain::enums::{ChannelType, DeliveryMode, TimeUnit, UnknownPolicy};
    use crate::domain::id::{ChannelConfigId, TenantId};
    use crate::domain::settings::HandlerSetting;
    use crate::domain::time::Clock;

    fn pace_of<'c>(config: &'c ChannelConfig, settings: &Settings) -> Pace<'c> {
        Pace::of(config, config.limit_in_force(None), Tz::UTC, settings)
    }

    fn at(day: u32, hour: u32, minute: u32, second: u32) -> Timestamp {
        Utc.with_ymd_and_hms(2026, 11, day, hour, minute, second).unwrap().into()
    }

    /// Open from 9:00 to 9:59 in UTC, one per 20 minutes.
    fn config() -> ChannelConfig {
        let now = at(21, 0, 0, 0);
        ChannelConfig {
            id: ChannelConfigId::new(now),
            tenant_id: TenantId::new(now),
            store_id: None,
            channel_type: ChannelType::Webhook,
            name: "c".to_owned(),
            config: serde_json::json!({}),
            priority: 0,
            enabled: true,
            rate_limit: Some(RateLimit { count: 1, window: 20, unit: TimeUnit::Minute }),
            on_rate_limit: OverLimitPolicy::Defer,
            time_window: Some(TimeWindow { start_hour: 9, end_hour: 9, timezone: None }),
            on_closed_window: OverLimitPolicy::Defer,
            on_unknown: UnknownPolicy::Retry,
            delivery_mode: DeliveryMode::Immediate,
            schedule: None,
            created_at: now,
            updated_at: now,
        }
    }

    #[tokio::test]
    async fn slots_lie_within_the_window_and_no_closer_than_the_limit() {
        let (config, settings) = (config(), Settings::default());
        let pace = pace_of(&config, &settings);
        let limits = Limits::memory(Clock::manual(at(21, 8, 0, 0)));
        let limit = pace.limit.unwrap();
        let mut slots = Vec::new();
        for _ in 0..7 {
            slots.push(limits.reserve_open(&pace, limit, "k", at(21, 8, 0, 0)).await.unwrap());
        }
        // From the opening on, then from the next one: 9:00, 9:20 and 9:40 of each day.
        let day = |day| [at(day, 9, 0, 0), at(day, 9, 20, 0), at(day, 9, 40, 0)];
        assert_eq!(slots, [day(21).as_slice(), &day(22), &day(23)[..1]].concat());
        let (_, next) = limits.first_open_slot(&pace, limit, "k", at(21, 8, 0, 0)).await.unwrap();
        assert_eq!(next, at(23, 9, 20, 0));
    }

    #[tokio::test]
    async fn many_at_once_fill_whole_days() {
        let (mut config, settings) = (config(), Settings::default());
        config.rate_limit = Some(RateLimit { count: 3, window: 25, unit: TimeUnit::Minute });
        let pace = pace_of(&config, &settings);
        let limits = Limits::memory(Clock::manual(at(21, 8, 0, 0)));
        let mut slots = Vec::new();
        for _ in 0..40 {
            slots.push(limits.reserve_open(&pace, pace.limit.unwrap(), "k", at(21, 8, 0, 0)).await.unwrap());
        }
        assert!(slots.iter().all(|slot| pace.next_open(*slot) == *slot));
        let span = Duration::from_secs(25 * 60);
        assert!(slots.windows(4).all(|run| run[3].since(run[0]) >= span), "{slots:?}");
        // 9:00, 9:25 and 9:50 of each day, three each.
        assert_eq!(slots.iter().filter(|slot| **slot < at(22, 0, 0, 0)).count(), 9);
        assert_eq!(slots[39], at(25, 9, 25, 0));
    }

    #[test]
    fn the_providers_limit_holds_where_there_is_no_other_and_for_all_stores_together() {
        let (mut config, mut settings) = (config(), Settings::default());
        let provider = RateLimit { count: 20, window: 1, unit: TimeUnit::Minute };
        let own = config.limit_in_force(Some(&provider)).unwrap();
        assert!(own.limit.count == 1 && !own.of_provider);
        let pace = Pace::of(&config, Some(own), Tz::UTC, &settings);
        assert_ne!(pace.sent_key(Some("a")), pace.sent_key(Some("b")));
        config.rate_limit = None;
        assert_eq!(config.limit_in_force(None), None);
        let pace = Pace::of(&config, config.limit_in_force(Some(&provider)), Tz::UTC, &settings);
        assert_eq!(pace.limit, Some(&provider));
        assert_eq!(pace.sent_key(Some("a")), pace.sent_key(None));
        assert_eq!(pace.plan_key(Some("a"), &provider), pace.plan_key(Some("b"), &provider));
        settings.handlers = vec![HandlerSetting { name: "RATE_LIMIT".to_owned(), enabled: false, timeout_seconds: 10 }];
        assert_eq!(Pace::of(&config, config.limit_in_force(Some(&provider)), Tz::UTC, &settings).limit, None);
    }

    #[test]
    fn what_is_switched_off_does_not_count() {
        let (config, mut settings) = (config(), Settings::default());
        let off = |name: &str| HandlerSetting { name: name.to_owned(), enabled: false, timeout_seconds: 10 };
        settings.handlers = vec![off("RATE_LIMIT")];
        let pace = pace_of(&config, &settings);
        assert!(pace.limit.is_none() && pace.window.is_some());
        settings.handlers = vec![off("TIME_WINDOW")];
        let pace = pace_of(&config, &settings);
        assert!(pace.limit.is_some() && pace.next_open(at(21, 3, 0, 0)) == at(21, 3, 0, 0));
    }
}
