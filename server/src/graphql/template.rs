//! Templates: what is said about a business type over a channel, in a language.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::error::{DeletePayload, Result, UserError, known_id, outcome, payload};
use super::limits::{list_cost, page_cost};
use super::page::{connection, page_request};
use super::scalar::{DateTime, JsonInput, JsonOutput};
use super::session::{actor, services};
use crate::domain;
use crate::domain::enums::{ChannelType, MessageType};
use crate::services::template as service;

/// A stored template.
#[derive(Clone)]
pub struct Template(Arc<domain::template::Template>);

impl From<domain::template::Template> for Template {
    fn from(template: domain::template::Template) -> Self {
        Self(Arc::new(template))
    }
}

impl Template {
    pub fn cursor(&self) -> String {
        self.0.id.to_string()
    }
}

/// What is said about a business type over a channel, in a language.
#[Object]
impl Template {
    /// Global id.
    pub async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The tenant it belongs to.
    async fn tenant_id(&self) -> ID {
        self.0.tenant_id.into()
    }

    /// The business type's code.
    async fn business_type(&self) -> &str {
        &self.0.business_type
    }

    /// The kind of channel.
    async fn channel_type(&self) -> ChannelType {
        self.0.channel_type
    }

    /// The form of its content.
    async fn message_type(&self) -> MessageType {
        self.0.message_type
    }

    /// A name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Every string is a Liquid template.
    async fn content(&self) -> JsonOutput {
        self.0.content.clone().into()
    }

    /// BCP 47; the default variant when absent.
    async fn locale(&self) -> Option<&str> {
        self.0.locale.as_deref()
    }

    /// Whether messages use it.
    async fn enabled(&self) -> bool {
        self.0.enabled
    }

    /// Names that the content reads from the business data.
    async fn variables(&self) -> &[String] {
        &self.0.variables
    }

    /// A JSON object to try it with: previews and test sends use it where they are given no data.
    async fn sample_data(&self) -> Option<JsonOutput> {
        self.0.sample_data.clone().map(Into::into)
    }

    /// Grows by one with each change; old versions stay readable.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// All its versions, newest first.
    #[graphql(complexity = "list_cost(10, child_complexity)")]
    async fn versions(&self, ctx: &Context<'_>) -> Result<Vec<TemplateVersion>> {
        let versions = services(ctx)?.template_versions(actor(ctx)?, self.0.id).await?;
        Ok(versions.into_iter().map(Into::into).collect())
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime {
        self.0.updated_at.into()
    }
}

/// A template as it was after one of its changes.
#[derive(SimpleObject)]
pub struct TemplateVersion {
    /// 1 is the oldest.
    version: i32,
    /// The form of its content.
    message_type: MessageType,
    /// A name for people.
    name: String,
    /// Every string is a Liquid template.
    content: JsonOutput,
    /// The sample data that it had.
    sample_data: Option<JsonOutput>,
    /// Whether messages used it.
    enabled: bool,
    /// When the change was made.
    created_at: DateTime,
    /// The name of the key that made it.
    created_by: Option<String>,
}

impl From<service::TemplateVersion> for TemplateVersion {
    fn from(version: service::TemplateVersion) -> Self {
        Self {
            version: version.version,
            message_type: version.message_type,
            name: version.name,
            content: version.content.into(),
            sample_data: version.sample_data.map(Into::into),
            enabled: version.enabled,
            created_at: version.created_at.into(),
            created_by: version.created_by,
        }
    }
}

connection!(counted Template, TemplateEdge, TemplateConnection, "A template in a list.", "A page of templates.");

/// A template to store or to try.
#[derive(InputObject)]
pub struct TemplateInput {
    /// A tenant's id or code; needed only with a platform key.
    tenant_id: Option<ID>,
    /// The business type's code.
    business_type: String,
    /// The kind of channel.
    channel_type: ChannelType,
    /// The form of its content.
    message_type: MessageType,
    /// A name for people.
    name: String,
    /// Liquid; ${name} is accepted as a short form of {{ name }}.
    content: JsonInput,
    /// BCP 47, e.g. zh-CN; the default variant when absent.
    locale: Option<String>,
    /// True when absent.
    enabled: Option<bool>,
    /// A JSON object of at most 16 KiB to try it with; kept with each version. Absent in an update: it stays; null: it goes.
    sample_data: MaybeUndefined<JsonInput>,
}

impl From<TemplateInput> for service::TemplateDraft {
    fn from(input: TemplateInput) -> Self {
        Self {
            tenant: input.tenant_id.map(Into::into),
            business_type: input.business_type,
            channel_type: input.channel_type,
            message_type: input.message_type,
            name: input.name,
            content: input.content.0,
            locale: input.locale,
            enabled: input.enabled,
            sample_data: match input.sample_data {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(sample) => Some(Some(sample.0)),
            },
        }
    }
}

/// Which templates are wanted: all that is given must match.
#[derive(InputObject, Default)]
pub struct TemplateFilter {
    /// A tenant's id or code; a tenant's key sees its own only.
    tenant_id: Option<ID>,
    /// The business type's code.
    business_type: Option<String>,
    /// The kind of channel.
    channel_type: Option<ChannelType>,
    /// The form of its content.
    message_type: Option<MessageType>,
    /// Enabled or disabled ones.
    enabled: Option<bool>,
}

impl From<TemplateFilter> for service::TemplateFilter {
    fn from(filter: TemplateFilter) -> Self {
        Self {
            tenant: filter.tenant_id.map(Into::into),
            business_type: filter.business_type,
            channel_type: filter.channel_type,
            message_type: filter.message_type,
            enabled: filter.enabled,
        }
    }
}

payload! {
    /// What creating or updating a template yields.
    TemplatePayload {
        /// The template as it is now.
        template: Template
    }
}

/// What a template would say.
#[derive(SimpleObject)]
pub struct TemplatePreview {
    /// The body as the provider would get it.
    rendered: Option<JsonOutput>,
    /// Names that the content reads from the business data, as saving would list them, also where it can't be rendered; none while its syntax is
    /// wrong.
    variables: Vec<String>,
    /// What is wrong with the template or the data.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub struct TemplateQuery;

#[Object]
impl TemplateQuery {
    /// One template.
    async fn template(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Result<Option<Template>> {
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(services(ctx)?.template(actor(ctx)?, id).await?.map(Into::into))
    }

    /// Templates, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn templates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all that the key may see when absent.")] filter: Option<TemplateFilter>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The endCursor of the page before.")] after: Option<String>,
    ) -> Result<TemplateConnection> {
        let request = page_request(first, after)?;
        let filter = filter.unwrap_or_default().into();
        let page = services(ctx)?.templates(actor(ctx)?, filter, request.clone()).await?;
        Ok(TemplateConnection::new(page, &request))
    }

    /// Renders stored or unsaved content with the given data, or else with the input's sample data; nothing is sent.
    async fn preview_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The template.")] input: TemplateInput,
        #[graphql(desc = "The data to render it with; the input's sampleData when absent.")] business_data: Option<
            JsonInput,
        >,
    ) -> Result<TemplatePreview> {
        let data = business_data.map(|data| data.0);
        let previewed = services(ctx)?.preview_template(actor(ctx)?, input.into(), data).await;
        let (variables, body) = match outcome(previewed)? {
            Ok(previewed) => (previewed.variables, outcome(previewed.body)?),
            Err(user_errors) => (Vec::new(), Err(user_errors)),
        };
        Ok(match body {
            Ok(body) => TemplatePreview { rendered: Some(body.into()), variables, user_errors: Vec::new() },
            Err(user_errors) => TemplatePreview { rendered: None, variables, user_errors },
        })
    }
}

#[derive(Default)]
pub struct TemplateMutation;

#[Object]
impl TemplateMutation {
    /// Adds a template.
    async fn create_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The template.")] input: TemplateInput,
    ) -> Result<TemplatePayload> {
        Ok(outcome(services(ctx)?.create_template(actor(ctx)?, input.into()).await)?.into())
    }

    /// Changes a template: its next version.
    async fn update_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
        #[graphql(desc = "The whole template.")] input: TemplateInput,
    ) -> Result<TemplatePayload> {
        let done = match known_id(&id, "template") {
            Ok(id) => outcome(services(ctx)?.update_template(actor(ctx)?, id, input.into()).await)?,
            Err(errors) => Err(errors),
        };
        Ok(done.into())
    }

    /// Deletes a template with its versions.
    async fn delete_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<DeletePayload> {
        let done = match known_id(&id, "template") {
            Ok(id) => outcome(services(ctx)?.delete_template(actor(ctx)?, id).await)?,
            Err(errors) => Err(errors),
        };
        Ok(done.into())
    }
}
