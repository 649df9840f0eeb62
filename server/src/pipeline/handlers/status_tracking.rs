//! STATUS_TRACKING (700): the message's status once its tasks are planned; stored with them in one write.

use crate::domain::enums::VerdictOutcome;
use crate::pipeline::state::{Flow, HandlerError, State};

pub fn run(state: &mut State) -> Result<Flow, HandlerError> {
    let later = state.tasks.iter().filter(|task| task.due_at > state.now).count();
    let detail = format!("PROCESSING: {} now, {later} later", state.tasks.len() - later);
    state.say(VerdictOutcome::Pass, None, Some(detail));
    Ok(Flow::Continue)
}
