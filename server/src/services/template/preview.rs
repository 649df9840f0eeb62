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

impl Services {
    /// The provider's body for a template that need not be stored, with the given data, or else its own sample data.
    ///
    /// # Errors
    /// Issues with TEMPLATE_SYNTAX, MISSING_VARIABLE, TOO_LONG and the like, at the string that they are about.
    pub async fn preview_template(
        &self,
        actor: &Actor,
        draft: TemplateDraft,
        business_data: Option<Value>,
    ) -> Result<Value, ServiceError> {
        Self::require(actor, Action::ReadConfig)?;
        self.tenant_scope(actor, draft.tenant.as_deref()).await?;
        let business_data = draft.data_or_sample(business_data);
        let content = self.rendered(&draft, &business_data).await?;
        let Some(adapter) = adapter(draft.channel_type) else { return Err(ServiceError::Invalid(Vec::new())) };
        let facts = MessageFacts {
            task_id: TaskId(Uuid::nil()),
            message_id: MESSAGE_ID,
            business_type: &draft.business_type,
            recipients: &[],
            business_data: &business_data,
        };
        (adapter.preview)().body(&content, &facts).map_err(|error| body_issue(&error).into())
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
        checks.finish()?;
        let (Some(compiled), Ok(globals)) = (compiled, globals) else {
            return Err(ServiceError::Invalid(Vec::new()));
        };
        let (message_type, clock) = (draft.message_type, self.clock.clone());
        // A template may take its time, up to the engine's limit.
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
