//! What grows: stored messages, tenants, instances, a backlog; and the queries that people wait for.

use std::time::{Duration, Instant};

use serde_json::json;

use super::batches::{Scenario, end_to_end, tenant};
use super::report::{Figure, Latencies, Report, Unit};
use super::stand::{Channel, Stand};
use crate::domain::time::{Clock, Timestamp};
use crate::store::fill;

/// How often each query is asked, and how often before that to warm up.
const ASKED: usize = 200;
const WARM_UP: usize = 10;
/// Copies of one transaction.
const CHUNK: u32 = 20_000;
const BACKLOG: u32 = 200_000;
/// The copies lie in the days before.
const SPAN: Duration = Duration::from_secs(20 * 24 * 3600);

/// Queries of the console, by name; `$id` is a stored message's messageId, `$since` lies within what is stored.
const QUERIES: [(&str, &str); 7] = [
    ("newest page", "messages(filter: { tenantId: \"bench\" }, first: 50)"),
    ("page of the failed", "messages(filter: { tenantId: \"bench\", status: [FAILED] }, first: 50)"),
    ("page of a day", "messages(filter: { tenantId: \"bench\", createdTo: $since }, first: 50)"),
    ("page of a recipient", "messages(filter: { tenantId: \"bench\", recipient: \"ada\" }, first: 50)"),
    ("page of a channel", "messages(filter: { tenantId: \"bench\", channelType: WEBHOOK }, first: 50)"),
    ("page of failed tasks", "failedTasks(filter: { tenantId: \"bench\" }, first: 50)"),
    ("one with its timeline", "message(tenantId: \"bench\", messageId: $id)"),
];
const ROW: &str = "{ edges { node { id messageId businessType status createdAt finishedAt totalChannels \
                   successChannels failedChannels } } pageInfo { hasNextPage endCursor } }";
const TASK: &str = "{ edges { node { id channelType status errorCode createdAt } } pageInfo { hasNextPage } }";
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
            fill::multiply(&store, sample, numbers, CHUNK, span).await.map_err(|error| error.to_string())?;
            fill::analyze(&store).await.map_err(|error| error.to_string())?;
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
    let since = now.minus(SPAN / 2).to_utc().to_rfc3339();
    let mut figures = Vec::new();
    for (name, query) in QUERIES {
        let fields = match name {
            "one with its timeline" => WHOLE,
            "page of failed tasks" => TASK,
            _ => ROW,
        };
        let query = query.replace("$id", &json!(sample).to_string()).replace("$since", &json!(since).to_string());
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
