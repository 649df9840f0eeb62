//! The key of a request.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use crate::graphql::Session;
use crate::services::Services;
use crate::store::StoreError;

/// Who a request is from.
pub enum Caller {
    /// It brings no key.
    Unknown,
    /// It brings one that is not valid.
    Refused,
    Known(Arc<Session>),
}

impl Caller {
    /// # Errors
    /// When the database can't be asked.
    pub async fn of(headers: &HeaderMap, services: &Services) -> Result<Self, StoreError> {
        match headers.get(AUTHORIZATION) {
            None => Ok(Self::Unknown),
            Some(header) => Self::of_text(header.to_str().unwrap_or_default(), services).await,
        }
    }

    /// By the text that an `Authorization` header would have.
    pub async fn of_text(text: &str, services: &Services) -> Result<Self, StoreError> {
        let Some(key) = bearer(text) else { return Ok(Self::Refused) };
        Ok(Session::open(services, key).await?.map_or(Self::Refused, Self::Known))
    }
}

/// The key in `Bearer <key>`. The scheme's case does not matter.
fn bearer(text: &str) -> Option<&str> {
    let (scheme, key) = text.trim().split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_taken_from_a_bearer_header() {
        assert_eq!(bearer("Bearer ph_abc"), Some("ph_abc"));
        assert_eq!(bearer(" bearer  ph_abc "), Some("ph_abc"));
        for text in ["", "Bearer", "Bearer ", "Basic YTpi", "ph_abc"] {
            assert_eq!(bearer(text), None, "{text}");
        }
    }
}
