//! What users received over LOCAL.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};

use super::error::{Outcome, Result, UserError, outcome};
use super::limits::page_cost;
use super::page::{connection, page_request};
use super::scalar::{DateTime, JsonOutput};
use super::session::{actor, services};
use crate::domain;
use crate::domain::enums::MessageType;
use crate::domain::id::InboxId;
use crate::domain::issue::{Issue, IssueCode};

/// A stored inbox message.
#[derive(Clone)]
pub struct InboxMessage(Arc<domain::inbox::InboxMessage>);

impl From<domain::inbox::InboxMessage> for InboxMessage {
    fn from(message: domain::inbox::InboxMessage) -> Self {
        Self(Arc::new(message))
    }
}

impl InboxMessage {
    pub fn cursor(&self) -> String {
        self.0.id.to_string()
    }
}

/// A message in a user's inbox.
#[Object]
impl InboxMessage {
    /// Global id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The tenant it belongs to.
    async fn tenant_id(&self) -> ID {
        self.0.tenant_id.into()
    }

    /// Whose inbox it is in.
    async fn user_id(&self) -> &str {
        &self.0.user_id
    }

    /// The messageId of the message that brought it.
    async fn message_id(&self) -> &str {
        &self.0.message_id
    }

    /// What kind of event it is about.
    async fn business_type(&self) -> &str {
        &self.0.business_type
    }

    /// The form of its content.
    async fn message_type(&self) -> MessageType {
        self.0.message_type
    }

    /// The title, where it has one.
    async fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// The rendered text; the whole rendered content is in content.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// The whole rendered content.
    async fn content(&self) -> JsonOutput {
        JsonOutput::from_text(&self.0.content)
    }

    /// When the user read it.
    async fn read_at(&self) -> Option<DateTime> {
        self.0.read_at.map(Into::into)
    }

    /// When it came.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

connection!(
    InboxMessage,
    InboxMessageEdge,
    InboxMessageConnection,
    "An inbox message in a list.",
    "A page of inbox messages."
);

/// What markRead yields.
#[derive(SimpleObject)]
pub struct MarkReadPayload {
    /// How many became read by this call.
    count: i32,
    /// What was wrong with the input; empty when it was done.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub struct InboxQuery;

#[Object]
impl InboxQuery {
    /// What a user received over LOCAL, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn inbox(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tenant's id or code; needed only with a platform key.")] tenant_id: Option<ID>,
        #[graphql(desc = "Whose inbox.")] user_id: String,
        #[graphql(desc = "Leaves out what was read.")] unread_only: Option<bool>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The endCursor of the page before.")] after: Option<String>,
    ) -> Result<InboxMessageConnection> {
        let request = page_request(first, after)?;
        let (tenant, unread_only) = (tenant_id.map(Into::into), unread_only.unwrap_or(false));
        let page = services(ctx)?.inbox(actor(ctx)?, tenant, &user_id, unread_only, request.clone()).await?;
        Ok(InboxMessageConnection::new(page, &request))
    }

    /// How many inbox messages the user has not read.
    async fn unread_count(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tenant's id or code; needed only with a platform key.")] tenant_id: Option<ID>,
        #[graphql(desc = "Whose inbox.")] user_id: String,
    ) -> Result<i32> {
        let count = services(ctx)?.unread_count(actor(ctx)?, tenant_id.map(Into::into), &user_id).await?;
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }
}

#[derive(Default)]
pub struct InboxMutation;

#[Object]
impl InboxMutation {
    /// Marks inbox messages of a user as read. Absent ids: all of the user's.
    async fn mark_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tenant's id or code; needed only with a platform key.")] tenant_id: Option<ID>,
        #[graphql(desc = "Whose inbox.")] user_id: String,
        #[graphql(desc = "Which messages; what is not in the user's inbox is passed over.")] ids: Option<Vec<ID>>,
    ) -> Result<MarkReadPayload> {
        let marked = match inbox_ids(ids) {
            Err(errors) => Err(errors),
            Ok(ids) => {
                let tenant = tenant_id.map(Into::into);
                outcome(services(ctx)?.mark_read(actor(ctx)?, tenant, &user_id, ids).await)?
            }
        };
        Ok(match marked {
            Ok(count) => MarkReadPayload { count: i32::try_from(count).unwrap_or(i32::MAX), user_errors: Vec::new() },
            Err(user_errors) => {
                MarkReadPayload { count: 0, user_errors: user_errors.into_iter().map(UserError::of_argument).collect() }
            }
        })
    }
}

/// The typed ids; every one that is malformed is named.
fn inbox_ids(ids: Option<Vec<ID>>) -> Outcome<Option<Vec<InboxId>>> {
    let Some(ids) = ids else { return Ok(None) };
    let mut errors = Vec::new();
    let mut typed = Vec::with_capacity(ids.len());
    for (at, id) in ids.iter().enumerate() {
        match id.parse() {
            Ok(id) => typed.push(id),
            Err(_) => {
                errors.push(Issue::new(&format!("ids.{at}"), IssueCode::NotFound, "inbox message not found").into());
            }
        }
    }
    if errors.is_empty() { Ok(Some(typed)) } else { Err(errors) }
}
