//! The account at the end of a fault test: what the callers know, what the API says, and what the provider saw must agree.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::api::Api;
use crate::load::{Book, Kind, Known, LAST, READER, Sent};
use crate::provider::Delivery;
use crate::stage::entries;
use crate::stats::disagreements;

/// An answer that took longer may have come when the sender no longer waited: ledgers let it wait for four or five seconds.
const IN_TIME: Duration = Duration::from_millis(2500);

/// With these codes a channel that is taken out has failed; with others a rule left it out.
const LOSSES: [&str; 2] = ["TEMPLATE_RENDER_ERROR", "CONTENT_TOO_LARGE"];

/// What became of all messages.
#[derive(Debug, Default)]
pub struct Account {
    pub accepted: usize,
    pub delivered: usize,
    pub failed: usize,
    pub cancelled: usize,
    /// Messages that were stored although no request for them was answered.
    pub stored_unanswered: usize,
    /// Messages that reached the provider more than once, where the fault forbids knowing that they had.
    pub repeated: usize,
    /// Attempts that the timelines call AMBIGUOUS.
    pub unknown_attempts: usize,
    /// Answered messages that are not there.
    pub lost: Vec<String>,
    /// Everything else that does not add up.
    pub wrong: Vec<String>,
}

impl Account {
    #[track_caller]
    pub fn assert_good(&self) {
        assert!(self.lost.is_empty(), "{} accepted messages are lost: {:?}", self.lost.len(), first(&self.lost));
        assert!(self.wrong.is_empty(), "{} things are wrong:\n{}", self.wrong.len(), first(&self.wrong).join("\n"));
        assert_eq!(self.accepted, self.delivered + self.failed + self.cancelled);
        assert!(self.accepted > 0);
    }
}

fn first(all: &[String]) -> &[String] {
    &all[..all.len().min(10)]
}

/// `doubts` are spans in which what was under way may come again.
pub async fn audit(api: &Api, book: &Book, deliveries: &[Delivery], doubts: &[(Instant, Instant)]) -> Account {
    let mut account = Account { wrong: book.wrong.clone(), ..Account::default() };
    let mut arrived: HashMap<&str, Vec<&Delivery>> = HashMap::new();
    for delivery in deliveries {
        arrived.entry(&delivery.message).or_default().push(delivery);
    }
    let inbox = inbox(api).await;
    let mut stored = HashSet::new();
    let messages = all_messages(api).await;
    account.wrong.extend(disagreements(api, &messages).await);
    for message in messages {
        let id = message["messageId"].as_str().unwrap().to_owned();
        if !stored.insert(id.clone()) {
            account.wrong.push(format!("{id} is stored twice"));
        }
        let Some(sent) = book.sent.get(&id) else {
            account.wrong.push(format!("{id} was never sent"));
            continue;
        };
        let came = arrived.remove(id.as_str()).unwrap_or_default();
        let of = Of {
            message: &message,
            sent,
            came: &came,
            inbox: inbox.get(&id).map(Vec::as_slice).unwrap_or_default(),
            doubts,
        };
        let wrong = of.check(&mut account);
        if !wrong.is_empty() {
            account.wrong.push(format!("{id} ({:?}): {}\n  {message}\n  {came:?}", sent.kind, wrong.join("; ")));
        }
    }
    for (id, deliveries) in arrived {
        account.wrong.push(format!("{id} was delivered and is not stored: {deliveries:?}"));
    }
    let accepted = book.sent.iter().filter(|(_, sent)| sent.known == Known::Accepted);
    account.lost = accepted.filter(|(id, _)| !stored.contains(*id)).map(|(id, _)| id.clone()).collect();
    account.lost.extend(book.sent.iter().filter(|(_, sent)| sent.known == Known::Open).map(|(id, _)| id.clone()));
    account
}

/// One message, from all sides.
struct Of<'a> {
    message: &'a Value,
    sent: &'a Sent,
    came: &'a [&'a Delivery],
    /// Since when the reader has had it.
    inbox: &'a [DateTime<Utc>],
    doubts: &'a [(Instant, Instant)],
}

impl Of<'_> {
    /// Enters the message into the account and says what is wrong with it.
    fn check(&self, account: &mut Account) -> Vec<String> {
        account.accepted += 1;
        account.stored_unanswered += usize::from(self.sent.known != Known::Accepted);
        let mut wrong = Vec::new();
        let status = self.message["status"].as_str().unwrap();
        let expected = match self.sent.kind {
            Kind::Refused => "FAILED",
            Kind::Cancelled => "CANCELLED",
            _ => "SUCCESS",
        };
        if status != expected {
            wrong.push(format!("ended as {status}, not {expected}"));
        }
        match status {
            "SUCCESS" => account.delivered += 1,
            "FAILED" => account.failed += 1,
            "CANCELLED" => account.cancelled += 1,
            _ => {}
        }
        self.counters(&mut wrong);
        self.inbox(&mut wrong);
        self.provider(account, &mut wrong);
        self.order(&mut wrong);
        let ends: Vec<_> = entries(self.message, "STATUS").into_iter().map(|entry| entry["outcome"].clone()).collect();
        // In whatever order: a clock may have gone back between them.
        if ends.len() != 2 || !ends.iter().any(|end| end == status) {
            wrong.push(format!("the timeline's statuses are {ends:?}"));
        }
        wrong
    }

    fn tasks(&self) -> &[Value] {
        self.message["tasks"].as_array().unwrap()
    }

    /// Channels that failed before there was a task for them, as the timeline has it.
    fn lost(&self) -> usize {
        let failed = |entry: &Value| {
            let detail = entry["detail"].as_str().unwrap_or_default();
            entry["outcome"] == "DROP" && LOSSES.iter().any(|code| detail.contains(&format!(": {code}: ")))
        };
        ["TEMPLATE_RENDER", "CHANNEL_DISPATCH"]
            .iter()
            .map(|stage| entries(self.message, stage).iter().filter(|entry| failed(entry)).count())
            .sum()
    }

    /// The message's counters are those of its tasks and of what was lost before, and nothing is left open.
    fn counters(&self, wrong: &mut Vec<String>) {
        let with = |status: &str| self.tasks().iter().filter(|task| task["status"] == status).count();
        let (total, succeeded, failed) =
            (self.tasks().len() + self.lost(), with("SUCCESS"), with("FAILED") + self.lost());
        for (counter, count) in [("totalChannels", total), ("successChannels", succeeded), ("failedChannels", failed)] {
            if self.message[counter] != count {
                wrong.push(format!("{counter} is {}, and {count} channels are", self.message[counter]));
            }
        }
        let wanted = match self.sent.kind {
            Kind::Pair | Kind::Steps => 2,
            Kind::Grouped => 3,
            Kind::Cancelled => 0,
            _ => 1,
        };
        if self.tasks().len() != wanted {
            wrong.push(format!("{} tasks, not {wanted}", self.tasks().len()));
        }
    }

    /// The inbox has what LOCAL delivered, once.
    fn inbox(&self, wrong: &mut Vec<String>) {
        let wanted = usize::from(matches!(self.sent.kind, Kind::Pair | Kind::Steps | Kind::Grouped));
        if self.inbox.len() != wanted {
            wrong.push(format!("{} times in the inbox, not {wanted} times", self.inbox.len()));
        }
    }

    /// A task's attempts, as the timeline has them.
    fn attempts(&self, task: &Value) -> Vec<Value> {
        let mut attempts = entries(self.message, "ATTEMPT");
        attempts.retain(|entry| entry["taskId"] == task["id"]);
        attempts
    }

    /// What the provider saw agrees with the timeline, and nothing came again that was known to have arrived.
    fn provider(&self, account: &mut Account, wrong: &mut Vec<String>) {
        let tasks: Vec<_> = self.tasks().iter().filter(|task| task["channelType"] == "WEBHOOK").collect();
        if let Some(other) = self.came.iter().find(|delivery| !tasks.iter().any(|task| task["id"] == delivery.task)) {
            wrong.push(format!("it was sent as {}, which is no task of it", other.task));
        }
        let again: usize = tasks.into_iter().map(|task| self.sent_over(task, account, wrong)).sum();
        account.repeated += usize::from(again > 0);
    }

    /// The same of one task; gives how often it came again although it had been confirmed.
    fn sent_over(&self, task: &Value, account: &mut Account, wrong: &mut Vec<String>) -> usize {
        let came: Vec<_> = self.came.iter().filter(|delivery| task["id"] == delivery.task).collect();
        let attempts = self.attempts(task);
        let outcomes: Vec<_> = attempts.iter().map(|entry| entry["outcome"].as_str().unwrap()).collect();
        let unknown = outcomes.iter().filter(|outcome| **outcome == "AMBIGUOUS").count();
        account.unknown_attempts += unknown;
        let known = outcomes.len() - unknown;
        if !(known..=outcomes.len()).contains(&came.len()) {
            wrong.push(format!("the provider saw it {} times, the timeline has {outcomes:?}", came.len()));
        }
        if task["status"] == "SUCCESS" && outcomes.iter().filter(|outcome| **outcome == "OK").count() != 1 {
            wrong.push(format!("it succeeded by {outcomes:?}"));
        }
        if self.sent.kind != Kind::Refused && !came.iter().any(|delivery| delivery.confirmed()) {
            wrong.push("no delivery of it was confirmed".to_owned());
        }
        let Some((_last, earlier)) = came.split_last() else { return 0 };
        // What was refused for now, cut off or left by its sender is to come again.
        let again: Vec<_> = earlier.iter().filter(|delivery| delivery.confirmed()).collect();
        if let Some(known) = again.iter().find(|delivery| !self.doubtful(delivery)) {
            wrong.push(format!("it came again after {known:?}"));
        }
        // Each time the timeline must say that the outcome had stayed unknown: no answer in time, or a sender that was killed.
        let late = again.iter().filter(|delivery| took_too_long(delivery)).count();
        let lost = attempts.iter().filter(|entry| is_lost(entry)).count();
        if again.len() > unknown || again.len() - late > lost {
            let again = again.len();
            wrong.push(format!(
                "confirmed, it came again {again} times, {late} late: {outcomes:?}, {lost} workers lost"
            ));
        }
        again.len()
    }

    /// Whether a task has to wait until the others have ended.
    fn waits(&self, task: &Value) -> bool {
        match self.sent.kind {
            Kind::Steps => task["channelType"] == "LOCAL",
            Kind::Grouped => task["channelConfig"]["name"] == LAST,
            _ => false,
        }
    }

    /// What had to wait was not attempted before the others had ended. Where a test moves the servers' clocks nothing has to wait
    /// (the stream has no such messages there), so these times are those of one machine's clock.
    fn order(&self, wrong: &mut Vec<String>) {
        let (later, first): (Vec<_>, Vec<_>) = self.tasks().iter().partition(|task| self.waits(task));
        for task in later {
            let begun = self.begun(task);
            for before in first.iter().filter(|before| begun.is_none_or(|begun| begun < ended(before))) {
                let ended = &before["finishedAt"];
                wrong.push(format!("{} had to wait for {}: begun {begun:?}, ended {ended}", task["id"], before["id"]));
            }
            // By the provider's own clock, which nothing moves.
            let of_first = |delivery: &&Delivery| first.iter().any(|task| task["id"] == delivery.task);
            let turn = self.came.iter().position(|delivery| task["id"] == delivery.task);
            if let Some(early) = turn.and_then(|turn| self.came[turn..].iter().copied().find(of_first)) {
                wrong.push(format!("after {} had begun came {early:?}", task["id"]));
            }
        }
    }

    /// When a task was attempted first, at the latest. Who was killed may have filled the inbox and written down no attempt.
    fn begun(&self, task: &Value) -> Option<DateTime<Utc>> {
        let attempted = self.attempts(task).into_iter().map(|entry| {
            let took = entry["durationMs"].as_f64().unwrap_or(0.0);
            // Times are given in whole milliseconds, rounded down.
            time(&entry["at"]) + TimeDelta::milliseconds(1) - TimeDelta::microseconds((took * 1000.0) as i64)
        });
        let arrived = self.inbox.iter().copied().filter(|_| task["channelType"] == "LOCAL");
        attempted.chain(arrived).min()
    }

    fn doubtful(&self, delivery: &Delivery) -> bool {
        let ended = delivery.ended_at.unwrap_or(delivery.at);
        took_too_long(delivery) || self.doubts.iter().any(|(from, until)| delivery.at <= *until && ended >= *from)
    }
}

/// Its sender may have given up before the answer.
fn took_too_long(delivery: &Delivery) -> bool {
    delivery.ended_at.unwrap_or(delivery.at) - delivery.at > IN_TIME
}

/// An attempt whose outcome is unknown since who made it is gone.
fn is_lost(attempt: &Value) -> bool {
    let detail = attempt["detail"].as_str().unwrap_or_default();
    attempt["outcome"] == "AMBIGUOUS" && detail.contains(": the worker was lost")
}

/// Every message of the tenant, with what is looked at.
async fn all_messages(api: &Api) -> Vec<Value> {
    let query = "query($after: String) { it: messages(first: 100, after: $after) {
        nodes { messageId status errorCode errorMessage totalChannels successChannels failedChannels createdAt finishedAt
            tasks { id channelType channelConfig { name } status retryCount resultMessage finishedAt }
            timeline { at stage outcome detail durationMs taskId } }
        pageInfo { hasNextPage endCursor } } }";
    pages(api, query, json!({})).await
}

/// Since when each message is in the reader's inbox, for as often as it is.
async fn inbox(api: &Api) -> HashMap<String, Vec<DateTime<Utc>>> {
    let query = "query($user: String!, $after: String) { it: inbox(userId: $user, first: 100, after: $after) {
        nodes { messageId createdAt } pageInfo { hasNextPage endCursor } } }";
    let mut since: HashMap<String, Vec<_>> = HashMap::new();
    for entry in pages(api, query, json!({ "user": READER })).await {
        since.entry(entry["messageId"].as_str().unwrap().to_owned()).or_default().push(time(&entry["createdAt"]));
    }
    since
}

/// A time as answers have it.
fn time(text: &Value) -> DateTime<Utc> {
    text.as_str().unwrap().parse().unwrap()
}

/// When a task ended; one that has not ends after everything.
fn ended(task: &Value) -> DateTime<Utc> {
    if task["finishedAt"].is_null() { DateTime::<Utc>::MAX_UTC } else { time(&task["finishedAt"]) }
}

async fn pages(api: &Api, query: &str, mut variables: Value) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let page = api.gql(query, variables.clone()).await["it"].take();
        all.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] != true {
            return all;
        }
        variables["after"] = page["pageInfo"]["endCursor"].clone();
    }
}
