//! Who messages are for, in clear or masked.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::{Context, Object};

use super::error::{ApiError, Result};
use super::loaders::{PartsOf, load};
use super::session::actor;
use crate::domain;
use crate::domain::actor::Action;
use crate::domain::enums::{CustomerType, DeviceType, UserType};
use crate::domain::id::MessageId;
use crate::domain::mask::{self, Masker};
use crate::domain::message::MessageParts;

/// Whether who asks is shown masks in the place of recipients.
pub(super) fn hides_recipients(ctx: &Context<'_>) -> Result<bool> {
    Ok(!actor(ctx)?.may(Action::SeeRecipients))
}

/// A message's big parts.
pub(super) async fn parts(ctx: &Context<'_>, id: MessageId) -> Result<MessageParts> {
    load(ctx, PartsOf(id)).await?.ok_or_else(|| ApiError::internal("a message without its parts"))
}

/// Masks a message's recipients in texts of it and of its tasks; none for who may see them.
pub(super) async fn masker(ctx: &Context<'_>, id: MessageId) -> Result<Option<Masker>> {
    if !hides_recipients(ctx)? {
        return Ok(None);
    }
    Ok(Some(Masker::new(&parts(ctx, id).await?.recipients)))
}

/// One of a message's recipients. Shares the list, which may be long.
pub struct Recipient {
    of: Arc<Vec<domain::recipient::Recipient>>,
    at: usize,
    masked: bool,
}

impl Recipient {
    /// All of a message's.
    pub fn all(of: &Arc<Vec<domain::recipient::Recipient>>, masked: bool) -> Vec<Self> {
        (0..of.len()).map(|at| Self { of: of.clone(), at, masked }).collect()
    }

    /// The recipients of a task: `count` of the message's, from `from` on.
    pub fn slice(of: &Arc<Vec<domain::recipient::Recipient>>, from: i32, count: i32, masked: bool) -> Vec<Self> {
        let from = usize::try_from(from).unwrap_or(0);
        let end = from.saturating_add(usize::try_from(count).unwrap_or(0)).min(of.len());
        (from..end).map(|at| Self { of: of.clone(), at, masked }).collect()
    }

    fn shown<'t>(&self, text: Option<&'t str>, mask: fn(&str) -> String) -> Option<Cow<'t, str>> {
        text.map(|text| if self.masked { Cow::Owned(mask(text)) } else { Cow::Borrowed(text) })
    }
}

impl std::ops::Deref for Recipient {
    type Target = domain::recipient::Recipient;

    fn deref(&self) -> &Self::Target {
        &self.of[self.at]
    }
}

/// Who a message is for.
#[Object]
impl Recipient {
    /// The user's id; LOCAL needs it.
    async fn user_id(&self) -> Option<Cow<'_, str>> {
        self.shown(self.user_id.as_deref(), mask::id)
    }

    /// Where in the organisation the user belongs.
    async fn user_type(&self) -> Option<UserType> {
        self.user_type
    }

    /// Mobile number; robots mention it.
    async fn mobile(&self) -> Option<Cow<'_, str>> {
        self.shown(self.mobile.as_deref(), mask::mobile)
    }

    /// Mail address.
    async fn email(&self) -> Option<Cow<'_, str>> {
        self.shown(self.email.as_deref(), mask::email)
    }

    /// The device's number, for push notifications.
    async fn device_no(&self) -> Option<Cow<'_, str>> {
        self.shown(self.device_no.as_deref(), mask::id)
    }

    /// The kind of device.
    async fn device_type(&self) -> Option<DeviceType> {
        self.device_type
    }

    /// The customer's number.
    async fn customer_no(&self) -> Option<Cow<'_, str>> {
        self.shown(self.customer_no.as_deref(), mask::id)
    }

    /// The kind of customer.
    async fn customer_type(&self) -> Option<CustomerType> {
        self.customer_type
    }

    /// The customer's name.
    async fn customer_name(&self) -> Option<Cow<'_, str>> {
        self.shown(self.customer_name.as_deref(), mask::name)
    }

    /// A tag of the customer.
    async fn customer_tag(&self) -> Option<&str> {
        self.customer_tag.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_has_its_slice_of_the_recipients() {
        let of: Arc<Vec<_>> = Arc::new(
            (0..5)
                .map(|at| domain::recipient::Recipient { user_id: Some(format!("u{at}")), ..Default::default() })
                .collect(),
        );
        let ids = |from, count| -> Vec<_> {
            Recipient::slice(&of, from, count, false).iter().filter_map(|recipient| recipient.user_id.clone()).collect()
        };
        assert_eq!(ids(1, 2), ["u1", "u2"]);
        assert_eq!(ids(4, 9), ["u4"]);
        assert_eq!(ids(9, 1), Vec::<String>::new());
        assert_eq!(ids(0, -1), Vec::<String>::new());
    }
}
