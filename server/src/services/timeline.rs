//! A message's timeline, put together from what rides on its rows. Pure.

use crate::domain::enums::{MessageStatus, TaskStatus};
use crate::domain::message::Message;
use crate::domain::task::Task;
use crate::domain::time::Timestamp;
use crate::domain::timeline::TimelineEntry;
use crate::domain::verdict::Verdict;

/// Acceptance, verdicts, attempts and the end, oldest first.
pub fn of(message: &Message, verdicts: Vec<Verdict>, tasks: Vec<Task>) -> Vec<TimelineEntry> {
    let accepted = match message.options.resent_from {
        Some(origin) => format!("accepted, sends {origin} once more"),
        None => "accepted".to_owned(),
    };
    let mut timeline = vec![status(
        message.created_at,
        if message.scheduled_at.is_some_and(|at| at > message.created_at) {
            MessageStatus::Scheduled
        } else {
            MessageStatus::Pending
        },
        &accepted,
    )];
    for verdict in verdicts {
        let channel = verdict.channel_type.map(|channel| channel.as_str());
        let parts: Vec<&str> =
            [channel, verdict.code.as_deref(), verdict.detail.as_deref()].into_iter().flatten().collect();
        timeline.push(TimelineEntry {
            at: verdict.at,
            stage: verdict.handler,
            outcome: verdict.outcome.as_str().to_owned(),
            detail: (!parts.is_empty()).then(|| parts.join(": ")),
            duration_us: verdict.duration_us,
            task_id: None,
            third_party_response: None,
        });
    }
    for task in tasks {
        let channel = task.channel_type;
        // A success's answer is its task's, and nothing comes after it that could overwrite it.
        let mut succeeded = task.third_party_response.filter(|_| task.status == TaskStatus::Success);
        let count = task.attempts.len();
        for (attempt, number) in task.attempts.into_iter().zip(1..) {
            let last = (number == count).then(|| succeeded.take()).flatten();
            timeline.push(TimelineEntry {
                at: attempt.at,
                stage: "ATTEMPT".to_owned(),
                outcome: attempt.outcome,
                detail: Some(attempt.detail.map_or_else(|| channel.to_string(), |text| format!("{channel}: {text}"))),
                duration_us: attempt.duration_us,
                task_id: Some(task.id),
                third_party_response: attempt.response.or(last),
            });
        }
    }
    if let Some(at) = message.finished_at {
        let detail = message.error_code.as_deref().unwrap_or("finished");
        timeline.push(status(at, message.status, detail));
    }
    timeline
}

fn status(at: Timestamp, status: MessageStatus, detail: &str) -> TimelineEntry {
    TimelineEntry {
        at,
        stage: "STATUS".to_owned(),
        outcome: status.as_str().to_owned(),
        detail: Some(detail.to_owned()),
        duration_us: None,
        task_id: None,
        third_party_response: None,
    }
}
