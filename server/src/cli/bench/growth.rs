//! What grows: stored messages, tenants, instances, a backlog; and the queries that people wait for.

use std::time::{Duration, Instant};

use serde_json::json;

use super::batches::{Scenario, end_to_end, tenant};
use super::report::{Figure, Latencies, Report, Unit};
use super::stand::{Channel, Stand};
use crate::domain::time::{Clock, Timestamp};
use crate::store::fill;
use crate::store::stats::fold::fold;

/// How often each query is asked, and how often before that to warm up.
const ASKED: usize = 200;
const WARM_UP: usize = 10;
/// Copies of one transaction.
const CHUNK: u32 = 20_000;
const BACKLOG: u32 = 200_000;
/// The copies lie in the days before.
const SPAN: Duration = Duration::from_secs(20 * 24 * 3600);

/// Queries of the console and what they ask for, by name; `$id` is a stored message's messageId, `$since` and `$dayAgo` lie within
/// what is stored.
const QUERIES: [(&str, &str, &str); 10] = [
    ("newest page", "messages(filter: { tenantId: \"bench\" }, first: 50)", ROW),
    ("page of the failed", "messages(filter: { tenantId: \"bench\", status: [FAILED] }, first: 50)", ROW),
    ("page of a day", "messages(filter: { tenantId: \"bench\", createdTo: $since }, first: 50)", ROW),
    ("page of a recipient", "messages(filter: { tenantId: \"bench\", recipient: \"ada\" }, first: 50)", ROW),
    ("page of a channel", "messages(filter: { tenantId: \"bench\", channelType: WEBHOOK }, first: 50)", ROW),
    ("page of failed tasks", "failedTasks(filter: { tenantId: \"bench\" }, first: 50)", TASK),
    ("one with its timeline", "message(tenantId: \"bench\", messageId: $id)", WHOLE),
    (
        "numbers of a day by the minute",
        "messageStats(filter: { tenantId: \"bench\" }, from: $dayAgo, interval: MINUTE)",
        SERIES,
    ),
    (
        "numbers of ten days by the hour",
        "messageStats(filter: { tenantId: \"bench\" }, from: $since, interval: HOUR)",
        SERIES,
    ),
    ("numbers of ten days by error code", "messageStats(from: $since, interval: DAY, groupBy: ERROR_CODE)", SERIES),
];
const ROW: &str = "{ edges { node { id messageId businessType status createdAt finishedAt totalChannels \
                   successChannels failedChannels } } pageInfo { hasNextPage endCursor } }";
const TASK: &str = "{ edges { node { id channelType status errorCode createdAt } } pageInfo { hasNextPage } }";
const SERIES: &str = "{ total { messages { accepted succeeded failed } tasks { sent failed } } \
                      groups { key buckets { at counts { messages { accepted succeeded failed } } } } }";
const WHOLE: &str = "{ id messageId status businessData recipients { userId } tasks { id status resultMessage } \
                     timeline { at stage outcome detail durationMs } }";

/// Fills the store to each of these sizes, and measures the same workload and the queries at each.
pub(super) async fn stored(stand: &mut Stand, sample: &str, sizes: &[u32], report: &mut Report) -> Result<(), String> {
    let name = stand.backend.name();
    let now = Clock::System.now();
    let mut copies = 0;
    for size in sizes {
        if *size > copies {
            stand.stop_servers().await?;
            let store = stand.store().await?;
            let (numbers, span) = (copies..*size, (now.minus(SPAN), now));
            let filled = async {
                fill::multiply(&store, sample, numbers.clone(), CHUNK, span).await?;
                fill::count(&store, sample, numbers, span).await?;
                fold(&store).await?;
                fill::analyze(&store).await
            };
            filled.await.map_err(|error| error.to_string())?;
            copies = *size;
            drop(store);
            stand.restart(&["all"]).await?;
        }
        let label = format!("{} stored", grouped(*size));
        let started = stand.server().started_in();
        report.add(name, vec![Figure::new(format!("{label}: start until ready"), started, Unit::Milliseconds)])?;
        let scenario = Scenario::over(&[Channel::Webhook]).named(&label);
        report.add(name, end_to_end(stand, &scenario).await?)?;
        report.add(name, queries(stand, &label, sample, now).await?)?;
    }
    Ok(())
}

async fn queries(stand: &Stand, label: &str, sample: &str, now: Timestamp) -> Result<Vec<Figure>, String> {
    let mut connection = stand.server().connect().await?;
    let ago = |time| now.minus(time).to_utc().to_rfc3339();
    let (since, day_ago) = (ago(SPAN / 2), ago(Duration::from_secs(24 * 3600)));
    let mut figures = Vec::new();
    for (name, query, fields) in QUERIES {
        let mut query = query.to_owned();
        for (variable, value) in [("$id", sample), ("$since", &since), ("$dayAgo", &day_ago)] {
            query = query.replace(variable, &json!(value).to_string());
        }
        let body = json!({ "query": format!("{{ it: {query} {fields} }}") }).to_string();
        let mut latencies = Vec::with_capacity(ASKED);
        for n in 0..WARM_UP + ASKED {
            let asked = Instant::now();
            let (status, text) = connection.post("/graphql", &body).await.map_err(|error| error.to_string())?;
            if status != 200 || text.contains("\"errors\"") || text.contains("{\"it\":null}") {
                return Err(format!("{query}: {status} {text}"));
            }
            if n >= WARM_UP {
                latencies.push(asked.elapsed());
            }
        }
        figures.extend(Latencies::new(latencies).figures(&format!("{label}: {name}")));
    }
    Ok(figures)
}

/// The same work for so many tenants, each with a config and a template.
pub(super) async fn tenants(stand: &mut Stand, numbers: &[u32]) -> Result<Vec<Figure>, String> {
    let (mut figures, mut there) = (Vec::new(), 0);
    for number in numbers {
        for new in there..*number {
            stand.add_tenant(&tenant(new), &[Channel::Webhook]).await?;
        }
        there = there.max(*number);
        let scenario = Scenario::over(&[Channel::Webhook]).of_tenants(*number);
        figures.extend(end_to_end(stand, &scenario.named(format!("{} tenants", grouped(*number)))).await?);
    }
    Ok(figures)
}

/// The same work with one instance that accepts and so many that send; PostgreSQL and Redis only.
pub(super) async fn instances(stand: &mut Stand, numbers: &[usize]) -> Result<Vec<Figure>, String> {
    let mut figures = Vec::new();
    for number in numbers {
        let roles: Vec<&str> = std::iter::once("api").chain(std::iter::repeat_n("worker", *number)).collect();
        stand.restart(&roles).await?;
        let scenario = Scenario::over(&[Channel::Webhook]).named(format!("1 api and {number} workers"));
        figures.extend(end_to_end(stand, &scenario).await?);
    }
    stand.restart(&["all"]).await?;
    Ok(figures)
}

/// Ten times as much as usual: what is accepted faster than it is sent waits, and is drained.
pub(super) async fn backlog(stand: &mut Stand) -> Result<Vec<Figure>, String> {
    let scenario = Scenario::over(&[Channel::Webhook]).messages(BACKLOG);
    end_to_end(stand, &scenario.named(format!("{} in one go", grouped(BACKLOG)))).await
}

/// A number with its thousands apart.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let from_end = |(at, digit): (usize, char)| {
        let comma = at > 0 && (digits.len() - at).is_multiple_of(3);
        comma.then_some(',').into_iter().chain(Some(digit))
    };
    digits.chars().enumerate().flat_map(from_end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        assert_eq!([1, 100, 10_000, 5_000_000].map(grouped), ["1", "100", "10,000", "5,000,000"]);
    }
}
