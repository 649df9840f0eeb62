//! Numbers over time, and whether they agree with the messages that are there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::api::Api;
use crate::from_now;

/// Every number.
const COUNTS: &str = "
    messages { accepted succeeded partiallySucceeded failed skipped cancelled reopened latency { count p50Ms p99Ms } }
    tasks { sent failed cancelled retried reopened sendDuration { count p50Ms p99Ms } }";

/// A day back and a day ahead: a test may have moved the clock.
const DAY: i64 = 86_400;

impl Api {
    /// The answer to `messageStats` with these arguments, by hour where they name no interval.
    pub async fn stats(&self, arguments: Value) -> Value {
        let query = stats_query();
        let mut variables = json!({ "from": from_now(-DAY), "to": from_now(DAY), "interval": "HOUR" });
        crate::api::merge(&mut variables, arguments);
        self.gql(&query, variables).await["it"].take()
    }

    /// The total of the whole range.
    pub async fn stats_total(&self, arguments: Value) -> Value {
        self.stats(arguments).await["total"].take()
    }

    /// The totals of the groups by their keys.
    pub async fn stats_groups(&self, group_by: &str, arguments: Value) -> BTreeMap<String, Value> {
        let mut all = json!({ "groupBy": group_by });
        crate::api::merge(&mut all, arguments);
        let stats = self.stats(all).await;
        let groups = stats["groups"].as_array().unwrap().iter();
        groups.map(|group| (group["key"].as_str().unwrap_or("").to_owned(), group["total"].clone())).collect()
    }
}

/// The operation that [`Api::stats`] runs.
pub fn stats_query() -> String {
    format!(
        "query($filter: MessageStatsFilter, $from: DateTime!, $to: DateTime, $interval: StatsInterval!,
            $groupBy: StatsGroupBy, $timezone: String) {{
            it: messageStats(filter: $filter, from: $from, to: $to, interval: $interval, groupBy: $groupBy,
                timezone: $timezone) {{
                from to interval total {{ {COUNTS} }}
                groups {{ key channelConfig {{ id }} total {{ {COUNTS} }} buckets {{ at counts {{ {COUNTS} }} }} }} }} }}"
    )
}

/// The sum of a number over a group's buckets.
pub fn sum(group: &Value, path: &str) -> i64 {
    let buckets = group["buckets"].as_array().unwrap().iter();
    buckets.map(|bucket| bucket["counts"].pointer(path).unwrap().as_i64().unwrap()).sum()
}

/// Where what was counted differs from `messages`, which are all that there are: each with its status and those of its tasks.
pub async fn disagreements(api: &Api, messages: &[Value]) -> Vec<String> {
    let total = api.stats_total(json!({})).await;
    let by_status = api.stats_groups("STATUS", json!({})).await;
    let mut wrong = Vec::new();
    let mut compare = |what: &str, counted: i64, stored: usize| {
        if counted != i64::try_from(stored).unwrap() {
            wrong.push(format!("{what}: {counted} were counted and {stored} are there"));
        }
    };
    let number = |of: &Value, path: &str| of.pointer(path).and_then(Value::as_i64).unwrap_or(0);
    compare("accepted", number(&total, "/messages/accepted"), messages.len());
    for (status, name) in [
        ("SUCCESS", "succeeded"),
        ("PARTIAL_SUCCESS", "partiallySucceeded"),
        ("FAILED", "failed"),
        ("SKIPPED", "skipped"),
        ("CANCELLED", "cancelled"),
    ] {
        let group = by_status.get(status).cloned().unwrap_or(Value::Null);
        let net = number(&group, &format!("/messages/{name}")) - number(&group, "/messages/reopened");
        compare(status, net, messages.iter().filter(|message| message["status"] == status).count());
    }
    let tasks: Vec<&Value> = messages.iter().flat_map(|message| message["tasks"].as_array().unwrap()).collect();
    let back = number(&total, "/tasks/reopened");
    for (status, name, back) in [("SUCCESS", "sent", 0), ("FAILED", "failed", back), ("CANCELLED", "cancelled", 0)] {
        let net = number(&total, &format!("/tasks/{name}")) - back;
        compare(&format!("tasks {status}"), net, tasks.iter().filter(|task| task["status"] == status).count());
    }
    wrong
}
