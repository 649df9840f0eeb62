//! What a provider would get from a template: compiled and rendered with sample data, made into the provider's body,
//! sent nowhere.

use serde_json::Value;
use uuid::Uuid;

use super::{MAX_CODE, TemplateDraft, checked_content};
use crate::channels::{BodyError, MessageFacts, adapter};
use crate::domain::actor::{Action, Actor};
use crate::domain::code::ErrorCode;
use crate::domain::content::Content;
use crate::domain::enums::MessageType;
use crate::domain::id::TaskId;
use crate::domain::issue::{Issue, IssueCode};
use crate::domain::time::Clock;
use crate::services::input::Checks;
use crate::services::{ServiceError, Services};
use crate::store::StoreError;
use crate::templates::{Compiled, Globals, RenderError};

/// Stands for the caller's messageId.
const MESSAGE_ID: &str = "preview";
/// Bytes of sample data.
const MAX_DATA: usize = 1 << 20;

/// What is known of a template that need not be stored.
#[derive(Debug)]
pub struct Previewed {
    /// What the content reads from the business data, as saving would list it; none where its syntax is wrong.
    pub variables: Vec<String>,
    /// The provider's body; or issues with TEMPLATE_SYNTAX, MISSING_VARIABLE, TOO_LONG and the like, at the string that they are
    /// about.
    pub body: Result<Value, ServiceError>,
}

impl Services {
    /// What a template would say with the given data, or else with its own sample data.
    ///
    /// # Errors
    /// Where the actor may not ask.
    pub async fn preview_template(
        &self,
        actor: &Actor,
        draft: TemplateDraft,
        business_data: Option<Value>,
    ) -> Result<Previewed, ServiceError> {
        Self::require(actor, Action::ReadConfig)?;
        self.tenant_scope(actor, draft.tenant.as_deref()).await?;
        let business_data = draft.data_or_sample(business_data);
        let (variables, content) = self.read_and_rendered(&draft, &business_data).await;
        let body = content.and_then(|content| Self::body(&draft, &business_data, &content));
        Ok(Previewed { variables, body })
    }

    fn body(draft: &TemplateDraft, business_data: &Value, content: &Content) -> Result<Value, ServiceError> {
        let Some(adapter) = adapter(draft.channel_type) else { return Err(ServiceError::Invalid(Vec::new())) };
        let facts = MessageFacts {
            task_id: TaskId(Uuid::nil()),
            message_id: MESSAGE_ID,
            business_type: &draft.business_type,
            recipients: &[],
            business_data,
        };
        (adapter.preview)().body(content, &facts).map_err(|error| body_issue(&error).into())
    }

    /// What a template that need not be stored renders to.
    ///
    /// # Errors
    /// As a preview's.
    pub(in crate::services) async fn rendered(
        &self,
        draft: &TemplateDraft,
        business_data: &Value,
    ) -> Result<Content, ServiceError> {
        self.read_and_rendered(draft, business_data).await.1
    }

    /// Which variables a template reads, whatever else is wrong, and what it renders to.
    async fn read_and_rendered(
        &self,
        draft: &TemplateDraft,
        business_data: &Value,
    ) -> (Vec<String>, Result<Content, ServiceError>) {
        let mut checks = Checks::default();
        if adapter(draft.channel_type).is_none() {
            let message = format!("{} is not available yet", draft.channel_type);
            checks.add(Issue::new("input.channelType", IssueCode::Unsupported, message));
        }
        checks.text("input.businessType", &draft.business_type, MAX_CODE);
        checks.json("businessData", business_data, MAX_DATA);
        let globals = Globals::new(business_data);
        if let Err(error) = &globals {
            checks.add(Issue::invalid("businessData", error.to_string()));
        }
        let compiled = checked_content(draft.message_type, &draft.content, &mut checks);
        let variables = compiled.as_ref().map(|compiled| compiled.variables().to_vec()).unwrap_or_default();
        let content = match (checks.finish(), compiled, globals) {
            (Err(error), ..) => Err(error),
            (Ok(()), Some(compiled), Ok(globals)) => self.rendered_aside(draft.message_type, compiled, globals).await,
            (Ok(()), ..) => Err(ServiceError::Invalid(Vec::new())),
        };
        (variables, content)
    }

    /// A template may take its time, up to the engine's limit: it holds up nobody.
    async fn rendered_aside(
        &self,
        message_type: MessageType,
        compiled: Compiled,
        globals: Globals,
    ) -> Result<Content, ServiceError> {
        let clock = self.clock.clone();
        let content = tokio::task::spawn_blocking(move || render(message_type, &compiled, &globals, &clock)).await;
        let content = content.map_err(|error| StoreError::Unavailable(format!("the preview was cut off: {error}")))?;
        content.map_err(ServiceError::Invalid)
    }
}

fn render(
    message_type: MessageType,
    compiled: &Compiled,
    globals: &Globals,
    clock: &Clock,
) -> Result<Content, Vec<Issue>> {
    let rendered = compiled.render(globals, clock).map_err(|error| vec![render_issue(&error)])?;
    Content::from_json(message_type, &rendered)
        .map_err(|issues| issues.into_iter().map(|issue| issue.under("input")).collect())
}

fn render_issue(error: &RenderError) -> Issue {
    let code = match error {
        RenderError::MissingVariable { .. } => IssueCode::MissingVariable,
        RenderError::TooLarge { .. } => IssueCode::TooLong,
        RenderError::Failed { .. } => IssueCode::Invalid,
    };
    Issue::new(error.path(), code, error.to_string()).under("input")
}

fn body_issue(error: &BodyError) -> Issue {
    let code = if error.code == ErrorCode::ContentTooLarge { IssueCode::TooLong } else { IssueCode::Invalid };
    Issue::new("input.content", code, &error.message)
}
