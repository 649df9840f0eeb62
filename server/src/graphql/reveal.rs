//! Recipients in clear, for those who are shown masks.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::error::{Result, UserError};
use super::message::message_ref;
use super::recipient::Recipient;
use super::session::{actor, services};
use crate::domain::issue::{Issue, IssueCode};
use crate::services::ServiceError;

/// A message's recipients in clear.
#[derive(SimpleObject)]
pub struct RevealedRecipients {
    /// In clear, whatever role asks.
    recipients: Option<Vec<Recipient>>,
    /// What was wrong with the input; empty when it was done.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub struct RevealMutation;

#[Object]
impl RevealMutation {
    /// A message's recipients in clear, for OPERATOR and admins. Each call is written into the server's log with the key's name.
    async fn reveal_recipients(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The caller's messageId.")] message_id: Option<String>,
        #[graphql(desc = "The tenant's id or code; needed only with a platform key and messageId.")] tenant_id: Option<
            ID,
        >,
        #[graphql(desc = "The global id.")] id: Option<ID>,
    ) -> Result<RevealedRecipients> {
        let field = if message_id.is_some() { "messageId" } else { "id" };
        let of = message_ref(message_id, tenant_id, id)?;
        let revealed = match of {
            Some(of) => services(ctx)?.reveal_recipients(actor(ctx)?, of).await,
            None => Err(ServiceError::NotFound("message")),
        };
        match revealed {
            Ok(recipients) => {
                let recipients = Recipient::all(&recipients, false);
                Ok(RevealedRecipients { recipients: Some(recipients), user_errors: Vec::new() })
            }
            Err(ServiceError::NotFound(_)) => {
                let issue = Issue::new(field, IssueCode::NotFound, "message not found");
                Ok(RevealedRecipients { recipients: None, user_errors: vec![issue.into()] })
            }
            Err(error) => Err(error.into()),
        }
    }
}
