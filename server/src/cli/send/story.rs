//! What happens to a message, told in lines: each change once, and the whole timeline at the end.

use std::collections::HashMap;

use serde_json::Value;

/// What was told already.
#[derive(Debug, Default)]
pub struct Story {
    opening: String,
    message: String,
    tasks: HashMap<String, (String, i64)>,
}

/// Whether nothing more will happen.
pub fn finished(message: &Value) -> bool {
    matches!(text(message, "status"), "SUCCESS" | "PARTIAL_SUCCESS" | "FAILED" | "SKIPPED" | "CANCELLED")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// ` · detail` for each detail that is there.
fn with_details(line: String, details: &[&str]) -> String {
    details.iter().filter(|detail| !detail.is_empty()).fold(line, |line, detail| format!("{line} · {detail}"))
}

impl Story {
    /// Begins with the `SendResult`.
    pub fn new(result: &Value) -> Self {
        let id = text(result, "messageId");
        let opening = match (result["success"] == true, result["duplicate"] == true) {
            (true, false) => format!("accepted   {id}"),
            (true, true) => format!("duplicate  {id} · accepted before, nothing is sent again"),
            (false, _) => {
                with_details(format!("refused    {}", text(result, "errorCode")), &[text(result, "errorMessage"), id])
            }
        };
        Self { opening, ..Self::default() }
    }

    pub fn opening(&self) -> String {
        self.opening.clone()
    }

    /// A line for each thing that is not as it was told last.
    pub fn changes(&mut self, message: &Value) -> Vec<String> {
        let mut lines = Vec::new();
        for task in message["tasks"].as_array().into_iter().flatten() {
            let status = text(task, "status");
            let retries = task["retryCount"].as_i64().unwrap_or_default();
            let state = (status.to_owned(), retries);
            if self.tasks.get(text(task, "id")) == Some(&state) {
                continue;
            }
            self.tasks.insert(text(task, "id").to_owned(), state);
            let tries = match retries {
                0 => String::new(),
                retries => format!("retry {retries} of {}", task["maxRetry"]),
            };
            let next = match (status, text(task, "nextRetryAt")) {
                ("RETRY", at) if !at.is_empty() => format!("next try at {at}"),
                _ => String::new(),
            };
            let name = text(&task["channelConfig"], "name");
            let line = format!("  {:<12} {status}", text(task, "channelType"));
            lines.push(with_details(line, &[name, &tries, text(task, "resultMessage"), &next]));
        }
        let status = text(message, "status");
        if self.message != status {
            self.message = status.to_owned();
            let line = format!("message    {status}");
            let channels = match message["totalChannels"].as_i64() {
                Some(total) if total > 0 && finished(message) => {
                    format!("{} of {total} channels delivered", message["successChannels"])
                }
                _ => String::new(),
            };
            let wait = match status {
                "SCHEDULED" => format!("to be sent at {}", text(message, "scheduledAt")),
                _ => String::new(),
            };
            let details = [&channels, &wait, text(message, "errorCode"), text(message, "errorMessage")];
            let line = with_details(line, &details);
            // the end of the message comes after the end of its tasks, every other state before them
            let place = if finished(message) { lines.len() } else { 0 };
            lines.insert(place, line);
        }
        lines
    }
}

/// The timeline as a table.
pub fn timeline(message: &Value) -> Vec<String> {
    let entries: Vec<&Value> = message["timeline"].as_array().into_iter().flatten().collect();
    if entries.is_empty() {
        return Vec::new();
    }
    let width = |name: &str| entries.iter().map(|entry| text(entry, name).len()).max().unwrap_or_default();
    let (stages, outcomes) = (width("stage"), width("outcome"));
    let channels: HashMap<&str, &str> = message["tasks"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|task| (text(task, "id"), text(task, "channelType")))
        .collect();
    let mut lines = vec![String::new(), "timeline (UTC)".to_owned()];
    for entry in entries {
        let time = clock_time(text(entry, "at"));
        let (stage, outcome) = (text(entry, "stage"), text(entry, "outcome"));
        let line = format!("  {time:<12}  {stage:<stages$}  {outcome:<outcomes$}");
        let took = entry["durationMs"].as_f64().map(|millis| format!("{millis:.1} ms")).unwrap_or_default();
        let channel = channels.get(text(entry, "taskId")).copied().unwrap_or_default();
        lines.push(with_details(line, &[channel, text(entry, "detail"), &took]).trim_end().to_owned());
    }
    lines
}

/// `09:30:00.123` of `2026-11-21T09:30:00.123456Z`; what does not look like that stays.
fn clock_time(at: &str) -> &str {
    let time = at.split_once('T').map_or(at, |(_, time)| time).trim_end_matches('Z');
    time.get(..12).unwrap_or(time)
}
