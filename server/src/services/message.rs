//! Messages: send, read, retry.

use std::collections::HashMap;

use super::{ServiceError, Services};
use crate::announce::Announcer;
use crate::domain::actor::{Action, Actor};
use crate::domain::code::ErrorCode;
use crate::domain::enums::{ChannelType, MessageStatus, TaskStatus};
use crate::domain::event::{Event, StatusEvent, TaskChange};
use crate::domain::id::{MessageId, TaskId, TenantId};
use crate::domain::issue::Issue;
use crate::domain::message::{Failure, Message, MessageParts};
use crate::domain::page::{Page, PageRequest};
use crate::domain::recipient::Recipient;
use crate::domain::task::Task;
use crate::domain::time::Timestamp;
use crate::domain::timeline::TimelineEntry;
pub use crate::intake::input::{Accepted, Refused, SendInput, SendOutcome};
use crate::store::{StoreError, message as rows, message_list, recipient, task as task_rows};

/// Most messages of one batch.
pub const MAX_BATCH: usize = 1000;

/// Which message is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageRef {
    Id(MessageId),
    /// The caller's messageId; `tenant` (id or code) is needed with a platform key.
    Key {
        message_id: String,
        tenant: Option<String>,
    },
}

impl MessageRef {
    fn text(&self) -> String {
        match self {
            Self::Id(id) => id.to_string(),
            Self::Key { message_id, .. } => message_id.clone(),
        }
    }
}

/// Which messages a list shows.
#[derive(Debug, Clone, Default)]
pub struct MessageFilter {
    pub tenant: Option<String>,
    pub store_id: Option<String>,
    pub status: Vec<MessageStatus>,
    pub business_type: Option<String>,
    pub channel_type: Option<ChannelType>,
    pub message_id: Option<String>,
    pub recipient: Option<String>,
    pub created_from: Option<Timestamp>,
    pub created_to: Option<Timestamp>,
}

impl Services {
    /// Accepts one message.
    pub async fn send(&self, actor: &Actor, input: SendInput) -> Result<SendOutcome, ServiceError> {
        Self::require(actor, Action::Send)?;
        Ok(self.intake.accept(actor, input).await?)
    }

    /// Accepts messages, each on its own; answers in their order.
    pub async fn send_batch(&self, actor: &Actor, inputs: Vec<SendInput>) -> Result<Vec<SendOutcome>, ServiceError> {
        Self::require(actor, Action::Send)?;
        if inputs.len() > MAX_BATCH {
            let text = format!("{} messages, at most {MAX_BATCH} are allowed", inputs.len());
            let refuse = |input: SendInput| {
                let failure = Failure::new(ErrorCode::BatchTooLarge, text.clone());
                Err(Refused { failure, message_id: input.message_id })
            };
            return Ok(inputs.into_iter().map(refuse).collect());
        }
        Ok(self.intake.accept_all(actor, inputs).await?)
    }

    /// Sends the FAILED tasks again, with fresh retry counts.
    pub async fn retry_message(&self, actor: &Actor, of: MessageRef) -> Result<SendOutcome, ServiceError> {
        Self::require(actor, Action::Operate)?;
        let Some(message) = self.message(actor, of.clone()).await? else { return Ok(Err(not_found(&of))) };
        let now = self.clock.now();
        let patience = self.catalog.settings().timeout.all_channels();
        let revived = self.store.retry_message(message.id, &actor.name, patience, now).await?;
        if revived.is_empty() {
            return Ok(Err(Refused {
                failure: Failure::new(ErrorCode::NothingToRetry, "the message has no failed task"),
                message_id: Some(message.message_id),
            }));
        }
        // It is done: from here on nothing may be answered as an error.
        let (mut changes, mut jobs) = (Vec::with_capacity(revived.len()), Vec::with_capacity(revived.len()));
        for task in revived {
            let Ok(channel_type) = task.channel_type.parse::<ChannelType>() else {
                tracing::error!(task.id = %task.id, "the channel of a task can't be read");
                continue;
            };
            let job = Announcer::deliver(task.id, channel_type, task.lane.as_deref(), task.lane_priority);
            jobs.push((job.of(task.channel_config_id.0), task.due_at));
            let (status, result_message) = (TaskStatus::Pending, task.result_message);
            changes.push(TaskChange { task_id: task.id, channel_type, status, retry_count: 0, result_message });
        }
        self.tell(&message, MessageStatus::Processing, changes, now).await;
        self.announcer.announce(jobs).await;
        Ok(Ok(accepted(message)))
    }

    /// Tells watchers what an operator changed. Reads nothing, as it was committed: who did it is to hear so.
    pub(super) async fn tell(
        &self,
        message: &Message,
        message_status: MessageStatus,
        tasks: Vec<TaskChange>,
        at: Timestamp,
    ) {
        if !self.bus.watched() {
            return;
        }
        let event = |task| {
            Event::Status(StatusEvent {
                at,
                id: message.id,
                message_id: message.message_id.clone(),
                tenant_id: message.tenant_id,
                business_type: message.business_type.clone(),
                sent_by: message.sent_by,
                message_status,
                task,
            })
        };
        let events = if tasks.is_empty() {
            vec![event(None)]
        } else {
            tasks.into_iter().map(|task| event(Some(task))).collect()
        };
        self.bus.publish(events);
        self.bus.settle().await;
    }

    /// One message, where the actor may see it.
    pub async fn message(&self, actor: &Actor, of: MessageRef) -> Result<Option<Message>, ServiceError> {
        let Some(located) = self.locate(actor, of).await? else { return Ok(None) };
        let found = rows::by_ids(&mut self.store.read().await?, &[located.id]).await?.pop();
        Ok(found.filter(|message| located.shows(actor, message)))
    }

    /// Where a message is to be read, if there is one. A generated messageId says so itself, without a statement.
    pub async fn locate(&self, actor: &Actor, of: MessageRef) -> Result<Option<Located>, ServiceError> {
        Self::require(actor, Action::ReadMessages)?;
        let (message_id, tenant) = match of {
            MessageRef::Id(id) => return Ok(Some(Located { id, named: None })),
            MessageRef::Key { message_id, .. } if unknowable(&message_id) => return Ok(None),
            MessageRef::Key { message_id, tenant } => (message_id, tenant),
        };
        let tenant = match self.tenant_for(actor, tenant.as_deref(), "tenantId").await {
            Ok(tenant) => tenant.tenant.id,
            Err(ServiceError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let id = match message_id.parse() {
            Ok(generated) => Some(generated),
            Err(_) => rows::id_of(&mut self.store.read().await?, tenant, &message_id).await?,
        };
        Ok(id.map(|id| Located { id, named: Some((tenant, message_id)) }))
    }

    /// Messages newest first; an item's cursor is its id.
    pub async fn messages(
        &self,
        actor: &Actor,
        filter: MessageFilter,
        page: PageRequest,
    ) -> Result<Page<Message>, ServiceError> {
        Self::require(actor, Action::ReadMessages)?;
        let tenant_id = match (&filter.tenant, actor.tenant_id) {
            (None, None) => None,
            (asked, _) => match self.tenant_for(actor, asked.as_deref(), "filter.tenantId").await {
                Ok(tenant) => Some(tenant.tenant.id),
                Err(ServiceError::NotFound(_)) => return Ok(Page { items: Vec::new(), has_next: false, total: None }),
                Err(error) => return Err(error),
            },
        };
        let texts = [&filter.store_id, &filter.business_type, &filter.message_id, &filter.recipient];
        if texts.into_iter().flatten().any(|text| unknowable(text)) {
            return Ok(Page { items: Vec::new(), has_next: false, total: None });
        }
        let query = message_list::MessageQuery {
            tenant_id,
            sent_by: actor.only_sent_by(),
            store_id: filter.store_id,
            status: filter.status,
            business_type: filter.business_type,
            channel_type: filter.channel_type,
            message_id: filter.message_id,
            recipient: filter.recipient,
            created_from: filter.created_from,
            created_to: filter.created_to,
        };
        let after = cursor(page.after.as_deref())?;
        let mut items = message_list::list(&mut self.store.read().await?, &query, after, page.first + 1).await?;
        let has_next = items.len() > page.first;
        items.truncate(page.first);
        Ok(Page { items, has_next, total: None })
    }

    /// Messages by id; for loaders, after access was checked.
    pub async fn messages_by_id(&self, ids: &[MessageId]) -> Result<HashMap<MessageId, Message>, StoreError> {
        let found = rows::by_ids(&mut self.store.read().await?, ids).await?;
        Ok(found.into_iter().map(|message| (message.id, message)).collect())
    }

    /// Business data and recipients of messages; for loaders, after access was checked.
    pub async fn message_parts(&self, ids: &[MessageId]) -> Result<HashMap<MessageId, MessageParts>, StoreError> {
        rows::parts(&mut self.store.read().await?, ids).await
    }

    /// Recipients of those of the messages that have few enough to be held for all at once; after access was checked.
    pub async fn short_recipient_lists(
        &self,
        ids: &[MessageId],
    ) -> Result<HashMap<MessageId, Vec<Recipient>>, StoreError> {
        recipient::short_lists(&mut self.store.read().await?, ids).await
    }

    /// Recipients of one message, however many; after access was checked.
    pub async fn recipients_of(&self, id: MessageId) -> Result<Vec<Recipient>, StoreError> {
        recipient::of_message(&mut self.store.read().await?, id).await
    }

    /// Tasks of messages; for loaders, after access was checked.
    pub async fn tasks_of(&self, ids: &[MessageId]) -> Result<HashMap<MessageId, Vec<Task>>, StoreError> {
        let mut tasks: HashMap<MessageId, Vec<Task>> = HashMap::new();
        for task in task_rows::of_messages(&mut self.store.read().await?, ids).await? {
            tasks.entry(task.message_id).or_default().push(task);
        }
        Ok(tasks)
    }

    /// One task, where the actor may see its message.
    pub async fn task(&self, actor: &Actor, id: TaskId) -> Result<Option<Task>, ServiceError> {
        let Some(task) = task_rows::by_id(&mut self.store.read().await?, id).await? else { return Ok(None) };
        let seen = self.message(actor, MessageRef::Id(task.message_id)).await?.is_some();
        Ok(seen.then_some(task))
    }

    /// Timelines of messages, oldest first: verdicts from the message, attempts from the tasks, and the rare entries.
    pub async fn timelines_of(&self, ids: &[MessageId]) -> Result<HashMap<MessageId, Vec<TimelineEntry>>, StoreError> {
        let mut conn = self.store.read().await?;
        let messages = rows::by_ids(&mut conn, ids).await?;
        let mut verdicts = rows::verdicts(&mut conn, ids).await?;
        let entries = rows::entries(&mut conn, ids).await?;
        drop(conn);
        let mut tasks = self.tasks_of(ids).await?;
        let mut timelines = HashMap::with_capacity(messages.len());
        for message in messages {
            let id = message.id;
            let mut timeline = super::timeline::of(
                &message,
                verdicts.remove(&id).unwrap_or_default(),
                tasks.remove(&id).unwrap_or_default(),
            );
            timeline.extend(entries.iter().filter(|(of, _)| *of == id).map(|(_, entry)| entry.clone()));
            timeline.sort_by_key(|entry| entry.at);
            timelines.insert(id, timeline);
        }
        Ok(timelines)
    }
}

/// Whether nothing stored can be called so: PostgreSQL holds no NUL in a text, and refuses to look for one.
pub(super) fn unknowable(text: &str) -> bool {
    text.contains('\0')
}

/// Where a message is to be read.
pub struct Located {
    pub id: MessageId,
    /// The tenant and the messageId that it was asked for by.
    named: Option<(TenantId, String)>,
}

impl Located {
    /// Whether what was read there is what was asked for, and the actor may see it.
    pub fn shows(&self, actor: &Actor, message: &Message) -> bool {
        let meant = |(tenant, message_id): &(TenantId, String)| {
            message.tenant_id == *tenant && message.message_id == *message_id
        };
        self.named.as_ref().is_none_or(meant) && visible(actor, message)
    }
}

fn visible(actor: &Actor, message: &Message) -> bool {
    actor.sees(message.tenant_id) && actor.only_sent_by().is_none_or(|key| message.sent_by == Some(key))
}

pub(super) fn accepted(message: Message) -> Accepted {
    Accepted { id: message.id, message_id: message.message_id, tenant_id: message.tenant_id, duplicate: false }
}

pub(super) fn not_found(of: &MessageRef) -> Refused {
    let text = of.text();
    Refused { failure: Failure::new(ErrorCode::MessageNotFound, format!("no message {text}")), message_id: Some(text) }
}

/// A page's cursor is the id of its last item.
pub(super) fn cursor<T: std::str::FromStr>(after: Option<&str>) -> Result<Option<T>, ServiceError> {
    let bad = |_| Issue::invalid("after", "is not a cursor of this list");
    after.map(|text| text.parse().map_err(bad).map_err(ServiceError::from)).transpose()
}
