//! What cancelMessage found: what had already gone, what is under way, what was taken back.

use async_graphql::Object;

use super::limits::{TASKS, list_cost};
use super::task::ChannelTask;
use crate::domain::task::Task;
use crate::services::cancel as service;

/// What a cancellation found.
pub struct Cancellation(service::Cancellation);

impl From<service::Cancellation> for Cancellation {
    fn from(found: service::Cancellation) -> Self {
        Self(found)
    }
}

/// Some of a message's tasks.
fn tasks<'t>(tasks: impl IntoIterator<Item = &'t Task>) -> Vec<ChannelTask> {
    tasks.into_iter().cloned().map(Into::into).collect()
}

/// What cancelMessage found, task by task, at the instant at which it took effect. All lists are empty where the message was
/// cancelled before its channels were planned: then nothing of it will be sent.
#[Object]
impl Cancellation {
    /// Taken back: they will not be sent.
    #[graphql(complexity = "list_cost(TASKS, child_complexity)")]
    async fn cancelled(&self) -> Vec<ChannelTask> {
        tasks(&self.0.cancelled)
    }

    /// Those of `cancelled` whose receiver may have got them all the same: the outcome of an earlier attempt is unknown.
    #[graphql(complexity = "list_cost(TASKS, child_complexity)")]
    async fn perhaps_sent(&self) -> Vec<ChannelTask> {
        tasks(self.0.perhaps_sent())
    }

    /// Had already gone.
    #[graphql(complexity = "list_cost(TASKS, child_complexity)")]
    async fn sent(&self) -> Vec<ChannelTask> {
        tasks(&self.0.sent)
    }

    /// Being sent at that instant, so they may still go; the message's tasks show how they end. They are not tried again
    /// should the attempt fail.
    #[graphql(complexity = "list_cost(TASKS, child_complexity)")]
    async fn under_way(&self) -> Vec<ChannelTask> {
        tasks(&self.0.under_way)
    }

    /// Had failed or been cancelled before.
    #[graphql(complexity = "list_cost(TASKS, child_complexity)")]
    async fn ended(&self) -> Vec<ChannelTask> {
        tasks(&self.0.ended)
    }
}
