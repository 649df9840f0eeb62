//! The failed set as a list.

use async_graphql::{Context, ID, InputObject, Object};

use super::error::Result;
use super::limits::page_cost;
use super::page::{connection, page_request};
use super::scalar::DateTime;
use super::session::{actor, services};
use super::task::ChannelTask;
use crate::domain::enums::ChannelType;
use crate::services::failed as service;

connection!(ChannelTask, FailedTaskEdge, FailedTaskConnection, "A failed task in a list.", "A page of failed tasks.");

/// Which failed tasks are meant: all that is given must match.
#[derive(InputObject, Default)]
pub struct FailedTaskFilter {
    /// A tenant's id or code; a tenant's key sees its own only. With a platform key every tenant's when absent.
    tenant_id: Option<ID>,
    /// The task's errorCode, e.g. BAD_MSG.
    error_code: Option<String>,
    /// The kind of channel.
    channel_type: Option<ChannelType>,
    /// The config that it was sent with, deleted or not.
    channel_config_id: Option<ID>,
    /// The business type's code.
    business_type: Option<String>,
    /// Failed at this time or later.
    failed_from: Option<DateTime>,
    /// Failed before this time.
    failed_to: Option<DateTime>,
}

impl From<FailedTaskFilter> for service::FailedTaskFilter {
    fn from(filter: FailedTaskFilter) -> Self {
        Self {
            tenant: filter.tenant_id.map(Into::into),
            error_code: filter.error_code,
            channel_type: filter.channel_type,
            channel_config_id: filter.channel_config_id.map(Into::into),
            business_type: filter.business_type,
            failed_from: filter.failed_from.map(|at| at.0),
            failed_to: filter.failed_to.map(|at| at.0),
        }
    }
}

#[derive(Default)]
pub struct FailedQuery;

#[Object]
impl FailedQuery {
    /// Tasks that ended FAILED and were not discarded, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn failed_tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all that the key may see when absent.")] filter: Option<FailedTaskFilter>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The endCursor of the page before.")] after: Option<String>,
    ) -> Result<FailedTaskConnection> {
        let request = page_request(first, after)?;
        let filter = filter.unwrap_or_default().into();
        let page = services(ctx)?.failed_tasks(actor(ctx)?, filter, request.clone()).await?;
        Ok(FailedTaskConnection::new(page, &request))
    }
}
