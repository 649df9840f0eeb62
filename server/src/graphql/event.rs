//! Live status and inbox: the subscriptions.

use async_graphql::{Context, ID, InputObject, SimpleObject, Subscription};
use futures::{Stream, StreamExt};

use super::cursor::Cursor;
use super::error::Result;
use super::follow::follow;
use super::inbox::InboxMessage;
use super::present;
use super::scalar::DateTime;
use super::session::{actor, services};
use super::watch::{Watch, resume_from};
use crate::bus::{Told, Topic};
use crate::domain;
use crate::domain::actor::Action;
use crate::domain::enums::{ChannelType, MessageStatus, TaskStatus};
use crate::domain::id::{ApiKeyId, TenantId};
use crate::services::Services;
use crate::services::message::MessageRef;

/// A change of a message's or of a task's status.
#[derive(SimpleObject)]
pub struct StatusEvent {
    /// The same for the same change on every instance, in every subscription and when it is told once more after a lost
    /// connection; no two changes have the same. An event that tells the present state has one of its own.
    id: ID,
    /// Where to go on after a lost connection: pass it as `after`. Good for ten minutes, or for as many of the latest events
    /// as the server keeps if that is less (POSTHORN_EVENTS_KEPT, by default 200,000).
    cursor: String,
    /// When it changed.
    at: DateTime,
    /// The caller's messageId.
    message_id: String,
    /// The tenant it belongs to.
    tenant_id: ID,
    /// What kind of event the message is about.
    business_type: String,
    /// Where the message is on its way.
    message_status: MessageStatus,
    /// Set where a task changed.
    task_id: Option<ID>,
    /// The task's kind of channel.
    channel_type: Option<ChannelType>,
    /// Where the task is on its way.
    task_status: Option<TaskStatus>,
    /// The task's attempts that counted, without the first.
    retry_count: Option<i32>,
    /// The task's last outcome in words.
    result_message: Option<String>,
}

impl StatusEvent {
    fn new(event: domain::event::StatusEvent, cursor: Cursor) -> Self {
        let id = event.key().into();
        let task = event.task;
        Self {
            id,
            cursor: cursor.to_string(),
            at: event.at.into(),
            message_id: event.message_id,
            tenant_id: event.tenant_id.into(),
            business_type: event.business_type,
            message_status: event.message_status,
            task_id: task.as_ref().map(|task| task.task_id.into()),
            channel_type: task.as_ref().map(|task| task.channel_type),
            task_status: task.as_ref().map(|task| task.status),
            retry_count: task.as_ref().map(|task| task.retry_count),
            result_message: task.and_then(|task| task.result_message),
        }
    }
}

/// Which changes are wanted: all that is given must match.
#[derive(InputObject, Default)]
pub struct StatusEventFilter {
    /// A tenant's id or code; a tenant's key sees its own only.
    pub(super) tenant_id: Option<ID>,
    /// The business type's code.
    pub(super) business_type: Option<String>,
    /// Changes of tasks on this channel.
    pub(super) channel_type: Option<ChannelType>,
    /// The message is in any of these.
    pub(super) message_status: Option<Vec<MessageStatus>>,
    /// A task came into any of these.
    pub(super) task_status: Option<Vec<TaskStatus>>,
}

/// A filter with what the subscriber may see.
pub(super) struct Wanted {
    pub tenant: Option<TenantId>,
    pub sent_by: Option<ApiKeyId>,
    pub filter: StatusEventFilter,
}

impl Wanted {
    pub(super) fn admits(&self, event: &domain::event::StatusEvent) -> bool {
        let task = event.task.as_ref();
        let filter = &self.filter;
        self.tenant.is_none_or(|tenant| event.tenant_id == tenant)
            && self.sent_by.is_none_or(|key| event.sent_by == Some(key))
            && filter.business_type.as_ref().is_none_or(|code| *code == event.business_type)
            && filter.channel_type.is_none_or(|kind| task.is_some_and(|task| task.channel_type == kind))
            && filter.message_status.as_ref().is_none_or(|statuses| statuses.contains(&event.message_status))
            && filter
                .task_status
                .as_ref()
                .is_none_or(|statuses| task.is_some_and(|task| statuses.contains(&task.status)))
    }
}

#[derive(Default)]
pub struct Subscription;

/// What happens, live: the events of each message in order, none lost and none twice. Each subscription ends with an
/// error soon after its key was revoked, and when its reader is too slow.
#[Subscription]
impl Subscription {
    /// One message until it is finished, its present status first.
    async fn message_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The caller's messageId.")] message_id: String,
        #[graphql(desc = "The tenant's id or code; needed only with a platform key.")] tenant_id: Option<ID>,
        #[graphql(
            desc = "The cursor of the last event that was received: what came after it is told first, in the place of the present status. Error CURSOR_EXPIRED when that is no longer kept."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<StatusEvent>> + use<>> {
        let of = MessageRef::Key { message_id, tenant: tenant_id.map(Into::into) };
        let after = resume_from(ctx, after.as_deref())?;
        let events = follow(ctx, of, after).await?;
        Ok(events.map(|told| told.map(|(event, cursor)| StatusEvent::new(event, cursor))))
    }

    /// Every change that the filter lets through, from now on; after the present state where `present` asks for it.
    async fn status_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which changes; all that the key may see when absent.")] filter: Option<StatusEventFilter>,
        #[graphql(
            desc = "The cursor of the last event that was received: what came after it is told first. Error CURSOR_EXPIRED when that is no longer kept."
        )]
        after: Option<String>,
        #[graphql(
            desc = "First tells the present status of so many of the newest messages that match, 0 to 1000, oldest first; 0 when absent. With a filter on channelType or taskStatus: of their matching tasks. Passed over with `after`."
        )]
        present: Option<i32>,
    ) -> Result<impl Stream<Item = Result<StatusEvent>> + use<>> {
        let (services, actor) = (services(ctx)?, actor(ctx)?);
        Services::require(actor, Action::ReadMessages)?;
        let filter = filter.unwrap_or_default();
        let after = resume_from(ctx, after.as_deref())?;
        let present = present::wanted(present)?;
        let tenant = services.tenant_scope(actor, filter.tenant_id.as_ref().map(|id| id.as_str())).await?;
        let wanted = Wanted { tenant, sent_by: actor.only_sent_by(), filter };
        let topic = tenant.map_or(Topic::All, Topic::Tenant);
        let watch = Watch::start(ctx, topic, after.map(|cursor| cursor.position)).await?;
        let seam = match after {
            None if present > 0 => present::read(services, actor, &wanted, &watch, present).await?,
            _ => present::Seam::none(),
        };
        let (first, mut seam) = seam.split();
        let live = watch.pick(move |told| match told {
            Told::Status(position, event) if wanted.admits(&event) => {
                let event = seam.admit(domain::event::StatusEvent::clone(&event))?;
                let cursor = Cursor::plain(position);
                Some((StatusEvent::new(event, cursor), Some(cursor)))
            }
            _ => None,
        });
        let first = first.into_iter().map(|(event, cursor)| Ok(StatusEvent::new(event, cursor)));
        Ok(futures::stream::iter(first).chain(live))
    }

    /// New inbox messages of one user, from now on. What came while a connection was lost can be read with `inbox`.
    async fn inbox_messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tenant's id or code; needed only with a platform key.")] tenant_id: Option<ID>,
        #[graphql(desc = "Whose inbox.")] user_id: String,
    ) -> Result<impl Stream<Item = Result<InboxMessage>> + use<>> {
        let (services, actor) = (services(ctx)?, actor(ctx)?);
        // Who may count the unread messages may see them come.
        services.unread_count(actor, tenant_id.clone().map(Into::into), &user_id).await?;
        let tenant = services.tenant_for(actor, tenant_id.as_ref().map(|id| id.as_str()), "tenantId").await?.tenant.id;
        let watch = Watch::start(ctx, Topic::Inbox(tenant, user_id), None).await?;
        Ok(watch.pick(|told| match told {
            Told::Inbox(message) => Some((InboxMessage::from(domain::inbox::InboxMessage::clone(&message)), None)),
            Told::Status(..) => None,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::TaskChange;
    use crate::domain::id::{MessageId, TaskId};
    use crate::domain::time::Timestamp;

    fn event(tenant_id: TenantId, sent_by: Option<ApiKeyId>, task: Option<TaskStatus>) -> domain::event::StatusEvent {
        let at = Timestamp::from_millis(1_000);
        domain::event::StatusEvent {
            at,
            id: MessageId::new(at),
            message_id: "m".to_owned(),
            tenant_id,
            business_type: "ORDER".to_owned(),
            sent_by,
            message_status: MessageStatus::Processing,
            task: task.map(|status| TaskChange {
                task_id: TaskId::new(at),
                channel_type: ChannelType::Webhook,
                status,
                retry_count: 1,
                result_message: None,
            }),
        }
    }

    #[test]
    fn a_subscriber_sees_its_tenant_and_a_sender_only_what_it_sent() {
        let at = Timestamp::from_millis(1_000);
        let (mine, other, key) = (TenantId::new(at), TenantId::new(at), ApiKeyId::new(at));
        let wanted = Wanted { tenant: Some(mine), sent_by: Some(key), filter: StatusEventFilter::default() };
        assert!(wanted.admits(&event(mine, Some(key), None)));
        assert!(!wanted.admits(&event(mine, Some(ApiKeyId::new(at)), None)));
        assert!(!wanted.admits(&event(mine, None, None)));
        assert!(!wanted.admits(&event(other, Some(key), None)));
    }

    #[test]
    fn a_filter_on_tasks_leaves_changes_of_messages_out() {
        let tenant = TenantId::new(Timestamp::from_millis(1_000));
        let admits = |filter: StatusEventFilter, task| {
            Wanted { tenant: None, sent_by: None, filter }.admits(&event(tenant, None, task))
        };
        let failed = || StatusEventFilter { task_status: Some(vec![TaskStatus::Failed]), ..Default::default() };
        assert!(admits(failed(), Some(TaskStatus::Failed)));
        assert!(!admits(failed(), Some(TaskStatus::Success)));
        assert!(!admits(failed(), None));
        let local = StatusEventFilter { channel_type: Some(ChannelType::Local), ..Default::default() };
        assert!(!admits(local, Some(TaskStatus::Failed)));
        let finished = StatusEventFilter { message_status: Some(vec![MessageStatus::Success]), ..Default::default() };
        assert!(!admits(finished, None));
    }
}
