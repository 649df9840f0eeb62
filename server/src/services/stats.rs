//! Numbers over time: what is counted of messages and tasks, in total and as series.

use std::collections::HashMap;
use std::time::Duration;

use chrono_tz::Tz;

use super::input::{Checks, MAX_NAME};
use super::{ServiceError, Services};
use crate::domain::actor::{Action, Actor};
use crate::domain::enums::ChannelType;
use crate::domain::id::ChannelConfigId;
use crate::domain::issue::{Issue, IssueCode};
use crate::domain::retention::Limit;
use crate::domain::stats::{
    Buckets, Counts, GroupStats, HOURS_KEPT_MONTHS, MINUTES_KEPT, Stats, StatsFilter, StatsGroupBy, StatsInterval,
};
use crate::domain::time::Timestamp;
use crate::store::stats::read::{largest_groups, series};

/// Buckets of a series at most: a day of minutes, two months of hours.
pub const MOST_BUCKETS: usize = 1_500;
/// The same where they are set apart by groups.
pub const MOST_BUCKETS_GROUPED: usize = 200;
/// Groups at most; what is beyond them is summed up in one more.
pub const MOST_GROUPS: usize = 20;

/// The caller's clock, and the time that a request takes: who asks for all that is kept is not refused.
const SLACK: Duration = Duration::from_secs(3600);

/// Which numbers are wanted, as a caller says it.
#[derive(Debug, Clone)]
pub struct StatsRequest {
    /// A tenant's id or code; a platform key that names none means every tenant.
    pub tenant: Option<String>,
    pub from: Timestamp,
    /// Now, where absent.
    pub to: Option<Timestamp>,
    pub interval: StatsInterval,
    pub group_by: Option<StatsGroupBy>,
    /// IANA name; the tenant's, or UTC, where absent.
    pub timezone: Option<String>,
    pub business_type: Option<String>,
    pub channel_type: Option<ChannelType>,
    pub channel_config_id: Option<String>,
}

impl Services {
    /// Totals and series of what was counted.
    ///
    /// # Errors
    /// `NotFound` where it names a tenant that is not there; `Invalid` where the range is none, reaches beyond what is kept or
    /// has too many buckets, or where it names a config that is not there.
    pub async fn message_stats(&self, actor: &Actor, request: StatsRequest) -> Result<Stats, ServiceError> {
        Self::require(actor, Action::ReadStats)?;
        let (buckets, filter) = self.checked(actor, &request).await?;
        let mut conn = self.store.read().await?;
        let groups = match request.group_by {
            Some(by) => largest_groups(&mut conn, &filter, &buckets, by, MOST_GROUPS).await?,
            None => Vec::new(),
        };
        let by = request.group_by.map(|by| (by, groups.as_slice()));
        let rows = series(&mut conn, &filter, &buckets, by).await?;
        drop(conn);
        let empty = |key| GroupStats { key, total: Counts::default(), series: vec![Counts::default(); buckets.len()] };
        let mut all: Vec<GroupStats> = groups.iter().cloned().map(Some).map(empty).collect();
        let places: HashMap<&str, usize> = groups.iter().enumerate().map(|(at, key)| (key.as_str(), at)).collect();
        if request.group_by.is_none() {
            all.push(empty(None));
        }
        for row in rows {
            let Some(position) = buckets.position(row.at) else { continue };
            let place = row.group.as_deref().and_then(|group| places.get(group)).copied();
            let place = place.unwrap_or_else(|| {
                if all.last().is_none_or(|last| last.key.is_some()) {
                    all.push(empty(None));
                }
                all.len() - 1
            });
            all[place].series[position].add(row.kind, &row.status, row.step, row.count);
        }
        let mut total = Counts::default();
        for group in &mut all {
            for counts in &group.series {
                group.total.merge(counts);
            }
            total.merge(&group.total);
        }
        Ok(Stats { buckets, total, groups: all })
    }

    async fn checked(&self, actor: &Actor, request: &StatsRequest) -> Result<(Buckets, StatsFilter), ServiceError> {
        let (now, mut checks) = (self.clock.now(), Checks::default());
        let tenant = request.tenant.as_deref();
        let tenant_id = self.tenant_scope(actor, tenant).await?;
        let mut zone = Tz::UTC;
        if let Some(id) = tenant_id
            && let Some(tenant) = self.catalog.tenant(id).await?
        {
            zone = tenant.tenant.timezone;
        }
        if let Some(given) = &request.timezone {
            zone = checks.parsed("timezone", given, "the name of an IANA time zone").unwrap_or(zone);
        }
        let business_type =
            request.business_type.as_ref().map(|given| checks.text("filter.businessType", given, MAX_NAME));
        let mut channel_config_id: Option<ChannelConfigId> = None;
        if let Some(given) = &request.channel_config_id {
            channel_config_id = self.config_of(actor, given).await?;
            if channel_config_id.is_none() {
                checks.add(Issue::new("filter.channelConfigId", IssueCode::NotFound, "channel config not found"));
            }
        }
        let filter = StatsFilter { tenant_id, business_type, channel_type: request.channel_type, channel_config_id };
        if filter.by_channel() && request.group_by == Some(StatsGroupBy::Status) {
            checks.add(Issue::invalid(
                "groupBy",
                "messages have several channels: STATUS goes with no filter by channel",
            ));
        }
        let to = request.to.unwrap_or(now);
        let (kept, words) = match request.interval {
            StatsInterval::Minute => (now.minus(MINUTES_KEPT), "48 hours; take HOUR or DAY"),
            StatsInterval::Hour | StatsInterval::Day => (Limit::Months(HOURS_KEPT_MONTHS).before(now), "13 months"),
        };
        let most = if request.group_by.is_some() { MOST_BUCKETS_GROUPED } else { MOST_BUCKETS };
        if request.from >= to {
            checks.add(Issue::invalid("from", "must be earlier than to, which is now where it is absent"));
        } else if request.from < kept.minus(SLACK) {
            checks.add(Issue::invalid("from", format!("these numbers are kept for {words}")));
        } else if let Some(buckets) = Buckets::new(request.interval, request.from, to, zone, most) {
            checks.finish()?;
            return Ok((buckets, filter));
        } else {
            let wider = format!("there may be {most} buckets at most: take a shorter range or a longer interval");
            checks.add(Issue::invalid("interval", wider));
        }
        checks.finish()?;
        Err(Issue::invalid("from", "makes no range").into())
    }
}
