//! DEDUPLICATION (150): the same content to the same recipients within five minutes is sent once. Off by default.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::domain::code::ErrorCode;
use crate::domain::enums::MessageStatus;
use crate::pipeline::chain::Chain;
use crate::pipeline::state::{Flow, HandlerError, State};

/// How long a fingerprint is remembered.
const WINDOW: Duration = Duration::from_secs(300);

pub async fn run(chain: &Chain, state: &mut State) -> Result<Flow, HandlerError> {
    let fingerprint = fingerprint(state)?;
    let own = state.message.id.to_string();
    let away = |error: crate::limits::LimitsError| HandlerError::Unavailable(error.to_string());
    let owner = if state.dry {
        chain.limits.peek_owner(&fingerprint, state.now).await.map_err(away)?.unwrap_or_else(|| own.clone())
    } else {
        chain.limits.first_owner(&fingerprint, &own, WINDOW).await.map_err(away)?
    };
    if owner == own {
        return Ok(Flow::Continue);
    }
    Ok(Flow::stop(
        MessageStatus::Skipped,
        ErrorCode::DuplicateMessage,
        format!("the same content went to the same recipients within 5 minutes, with {owner}"),
    ))
}

/// Of tenant, business type, data, recipients, content and the message that is sent once more. Each part is preceded by its length, so that no two messages that
/// differ share a text.
fn fingerprint(state: &State) -> Result<[u8; 32], HandlerError> {
    let recipients =
        serde_json::to_vec(&*state.message.recipients).map_err(|error| HandlerError::Failed(error.to_string()))?;
    let mut hasher = Sha256::new();
    let parts: [&[u8]; 4] = [
        state.message.tenant_id.0.as_bytes(),
        state.message.business_type.as_bytes(),
        state.message.business_data.as_bytes(),
        &recipients,
    ];
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    if let Some(content) = &state.message.options.content {
        hasher.update(content.title.as_deref().unwrap_or_default().as_bytes());
        hasher.update([0]);
        hasher.update(content.body.as_bytes());
    }
    // Sending once more is on purpose, so the origin is no duplicate of it; doing so twice is.
    if let Some(origin) = state.message.options.resent_from {
        hasher.update(origin.0.as_bytes());
    }
    Ok(hasher.finalize().into())
}
