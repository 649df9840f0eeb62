//! CHANNEL_DISPATCH (600): the tasks, one per channel and chunk of recipients, each with the provider's body.

use std::collections::HashMap;
use std::time::Duration;

use crate::channels::{MessageFacts, adapter};
use crate::domain::enums::VerdictOutcome;
use crate::domain::id::TaskId;
use crate::domain::message::Failure;
use crate::domain::step::steps;
use crate::domain::task::NewTask;
use crate::pipeline::chain::Chain;
use crate::pipeline::state::{Candidate, Flow, HandlerError, State};

pub fn run(_chain: &Chain, state: &mut State) -> Result<Flow, HandlerError> {
    let mut kept = Vec::new();
    for candidate in state.take_candidates() {
        match plan(state, &candidate) {
            Ok(tasks) => {
                let detail = format!("{} task{}", tasks.len(), if tasks.len() == 1 { "" } else { "s" });
                state.say_of(&candidate, VerdictOutcome::Pass, None, detail);
                state.tasks.extend(tasks);
                kept.push(candidate);
            }
            Err(failure) => state.lose_channel(&candidate, failure),
        }
    }
    put_in_order(state, &kept);
    Ok(state.go_on_with(kept))
}

/// Gives the tasks their steps. Those of later steps wait until the earlier have ended, or it took too long.
fn put_in_order(state: &mut State, kept: &[Candidate]) {
    let priorities: Vec<i32> = kept.iter().map(|candidate| candidate.priority).collect();
    let steps = steps(state.message.execution_mode, &priorities);
    let step_of: HashMap<_, _> = kept.iter().map(|candidate| candidate.channel.config.id).zip(steps).collect();
    for task in &mut state.tasks {
        task.step = step_of.get(&task.channel_config_id).copied().unwrap_or(0);
    }
    let first = state.tasks.iter().filter(|task| task.step <= 1).map(|task| task.due_at).max().unwrap_or(state.now);
    let patience = u64::try_from(state.settings.timeout.all_channels_seconds).unwrap_or(120);
    let deadline = first.max(state.now).plus(Duration::from_secs(patience));
    for task in state.tasks.iter_mut().filter(|task| task.step > 1) {
        task.send_at = Some(task.due_at);
        task.due_at = state.message.expires_at.map_or(deadline, |end| end.min(deadline));
    }
}

fn plan(state: &State, candidate: &Candidate) -> Result<Vec<NewTask>, Failure> {
    use crate::domain::code::ErrorCode::{HandlerError, NoChannel};
    let message = &state.message;
    let channel = candidate.channel.channel.as_ref().map_err(|reason| Failure::new(NoChannel, reason.clone()))?;
    let content = candidate.content.as_ref().ok_or_else(|| Failure::new(HandlerError, "nothing was rendered"))?;
    let option = message.options.for_channel(candidate.channel_type());
    let max_retry = match option {
        Some(option) if option.retry_on_fail == Some(false) => 0,
        Some(option) => option.max_retry.unwrap_or(state.settings.retry.max_count),
        None => state.settings.retry.max_count,
    };
    let chunk = adapter(candidate.channel_type()).map_or(usize::MAX, |adapter| adapter.max_recipients).max(1);
    let recipients = &message.recipients;
    let mut tasks = Vec::new();
    let mut from: usize = 0;
    loop {
        let until = recipients.len().min(from.saturating_add(chunk));
        let id = TaskId::new(state.now);
        let facts = MessageFacts {
            task_id: id,
            message_id: &message.message_id,
            business_type: &message.business_type,
            recipients: &recipients[from..until],
            business_data: &state.data,
        };
        let body = channel.body(content, &facts).map_err(|error| Failure::new(error.code, error.message))?;
        tasks.push(NewTask {
            id,
            channel_type: candidate.channel_type(),
            channel_config_id: candidate.channel.config.id,
            message_type: content.message_type(),
            rendered_content: body.to_string().into(),
            recipient_from: i32::try_from(from).unwrap_or(i32::MAX),
            recipient_count: i32::try_from(until - from).unwrap_or(i32::MAX),
            max_retry,
            priority: candidate.priority,
            due_at: candidate.send_at,
            step: 0,
            send_at: None,
            template: candidate.template,
            lease: None,
        });
        from = until;
        if from >= recipients.len() {
            return Ok(tasks);
        }
    }
}
