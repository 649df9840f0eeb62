//! What makes two requests with one messageId the same: a digest of everything asked for, independent of the order of
//! keys in JSON objects.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::input::SendInput;
use crate::domain::canonical::{feed, text};

/// SHA-256 over a canonical form of the request, without messageId and tenant. Of what the caller asked for alone: what the
/// settings add may change before the request is repeated.
pub fn of(input: &SendInput) -> [u8; 32] {
    let mut hasher = Sha256::new();
    feed(&mut hasher, &input.business_data);
    let rest = json!([
        input.store_id,
        input.business_type,
        input.target_channels,
        input.channel_options,
        input.execution_mode,
        input.recipients,
        input.content,
        input.scheduled_at,
        input.expires_at,
        input.attributes,
    ]);
    feed(&mut hasher, &rest);
    // Only where there is one, so that all others keep their digest.
    if let Some(origin) = input.resent_from {
        text(&mut hasher, b"o", &origin.to_string());
    }
    hasher.finalize().into()
}
