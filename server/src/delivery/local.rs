//! What the LOCAL channel writes into inboxes.

use std::collections::HashSet;

use serde::Deserialize;

use crate::domain::inbox::InboxMessage;
use crate::domain::recipient::Recipient;
use crate::domain::task::ClaimedTask;
use crate::domain::time::Timestamp;
use crate::store::inbox::inbox_id;

/// The parts of LOCAL's body that have columns of their own.
#[derive(Deserialize)]
struct Body {
    title: Option<String>,
    #[serde(default)]
    body: String,
}

/// The inbox entries of a task: one per user, however often the list names them.
///
/// # Errors
/// Where the task's body is not one of LOCAL's.
pub fn entries(task: &ClaimedTask, recipients: &[Recipient], now: Timestamp) -> Result<Vec<InboxMessage>, String> {
    let body: Body = serde_json::from_str(&task.rendered_content).map_err(|error| error.to_string())?;
    let mut seen = HashSet::new();
    Ok(recipients
        .iter()
        .filter_map(|recipient| recipient.user_id.as_deref())
        .filter(|user_id| seen.insert(*user_id))
        .map(|user_id| InboxMessage {
            id: inbox_id(task.id, user_id),
            tenant_id: task.tenant_id,
            user_id: user_id.to_owned(),
            message_id: task.message_key.clone(),
            business_type: task.business_type.clone(),
            message_type: task.message_type,
            title: body.title.as_ref().map(|title| title.replace('\0', "")),
            body: body.body.replace('\0', ""),
            content: task.rendered_content.to_string(),
            read_at: None,
            created_at: now,
        })
        .collect())
}
