//! VALIDATION (100): the stored message can still be processed.

use crate::domain::code::ErrorCode;
use crate::domain::enums::MessageStatus;
use crate::pipeline::state::{Flow, HandlerError, State};

pub fn run(state: &mut State) -> Result<Flow, HandlerError> {
    if state.message.expires_at.is_some_and(|end| end <= state.now) {
        return Ok(Flow::stop(
            MessageStatus::Cancelled,
            ErrorCode::Expired,
            "expiresAt passed before it was processed",
        ));
    }
    if !state.tenant.tenant.enabled {
        let code = &state.tenant.tenant.code;
        return Ok(Flow::stop(MessageStatus::Failed, ErrorCode::TenantDisabled, format!("tenant {code} is disabled")));
    }
    match serde_json::from_str::<serde_json::Value>(&state.message.business_data) {
        Ok(data) if data.is_object() => state.data = data,
        _ => {
            return Ok(Flow::stop(
                MessageStatus::Failed,
                ErrorCode::ValidationError,
                "businessData is not a JSON object",
            ));
        }
    }
    Ok(Flow::Continue)
}
