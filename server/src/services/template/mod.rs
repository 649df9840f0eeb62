//! Templates: checked and compiled before they are stored, every version kept.

mod preview;

use serde_json::Value;

use super::business_type::MAX_CODE;
use super::input::{self, Checks, MAX_NAME, taken};
use super::{ServiceError, Services};
use crate::catalog::Scope;
use crate::domain::actor::{Action, Actor};
use crate::domain::content::check_keys;
use crate::domain::enums::{ChannelType, MessageType};
use crate::domain::id::{TemplateId, TenantId};
use crate::domain::issue::{Issue, IssueCode};
use crate::domain::page::{Page, PageRequest};
use crate::domain::template::Template;
use crate::domain::time::Timestamp;
use crate::store::template::Filter;
pub use crate::store::template::TemplateVersion;
use crate::store::{StoreError, error, revision, template};
use crate::templates::{Compiled, compile};

/// A template as its maker describes it. On a change, what is absent stays.
#[derive(Debug, Clone)]
pub struct TemplateDraft {
    /// A tenant's id or code; needed only with a platform key. Can't be changed.
    pub tenant: Option<String>,
    pub business_type: String,
    pub channel_type: ChannelType,
    pub message_type: MessageType,
    pub name: String,
    /// An object with the keys of the message type; every string is a Liquid template.
    pub content: Value,
    /// BCP 47; absent or empty: the default variant.
    pub locale: Option<String>,
    pub enabled: Option<bool>,
    /// A JSON object to try it with; `Some(None)` takes it away.
    pub sample_data: Option<Option<Value>>,
}

impl TemplateDraft {
    /// The data to try the template with: what is given, else its sample data, else none.
    pub(super) fn data_or_sample(&self, given: Option<Value>) -> Value {
        given
            .filter(|given| !given.is_null())
            .or_else(|| self.sample_data.clone().flatten())
            .unwrap_or_else(|| Value::Object(serde_json::Map::new()))
    }
}

impl From<Template> for TemplateDraft {
    fn from(template: Template) -> Self {
        Self {
            tenant: Some(template.tenant_id.to_string()),
            business_type: template.business_type,
            channel_type: template.channel_type,
            message_type: template.message_type,
            name: template.name,
            content: template.content,
            locale: template.locale,
            enabled: Some(template.enabled),
            sample_data: Some(template.sample_data),
        }
    }
}

/// Which templates are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct TemplateFilter {
    /// A tenant's id or code.
    pub tenant: Option<String>,
    pub business_type: Option<String>,
    pub channel_type: Option<ChannelType>,
    pub message_type: Option<MessageType>,
    pub enabled: Option<bool>,
}

/// Bytes of JSON.
const MAX_CONTENT: usize = 64 << 10;
/// Bytes of JSON: templates are kept in memory with their sample data.
const MAX_SAMPLE: usize = 16 << 10;
const NOT_FOUND: ServiceError = ServiceError::NotFound("template");

impl Services {
    /// Newest first.
    pub async fn templates(
        &self,
        actor: &Actor,
        filter: TemplateFilter,
        page: PageRequest,
    ) -> Result<Page<Template>, ServiceError> {
        Self::require(actor, Action::ReadConfig)?;
        let filter = Filter {
            tenant: self.tenant_scope(actor, filter.tenant.as_deref()).await?,
            business_type: filter.business_type.filter(|code| !code.contains('\0')),
            channel_type: filter.channel_type,
            message_type: filter.message_type,
            enabled: filter.enabled,
        };
        let after = input::after(&page)?;
        let mut conn = self.store.read().await?;
        let found = template::page(&mut conn, &filter, after, input::limit(&page)).await?;
        let total = template::count(&mut conn, &filter).await?;
        Ok(input::page_of(&page, found, total))
    }

    pub async fn template(&self, actor: &Actor, id: TemplateId) -> Result<Option<Template>, ServiceError> {
        Self::require(actor, Action::ReadConfig)?;
        let mut conn = self.store.read().await?;
        Ok(template::by_id(&mut conn, id).await?.filter(|template| actor.sees(template.tenant_id)))
    }

    /// Every version that a template had, newest first, the present one included.
    pub async fn template_versions(&self, actor: &Actor, id: TemplateId) -> Result<Vec<TemplateVersion>, ServiceError> {
        self.template(actor, id).await?.ok_or(NOT_FOUND)?;
        let mut conn = self.store.read().await?;
        Ok(template::versions(&mut conn, id).await?)
    }

    pub async fn create_template(&self, actor: &Actor, draft: TemplateDraft) -> Result<Template, ServiceError> {
        Self::require(actor, Action::WriteConfig)?;
        let tenant = self.tenant_for(actor, draft.tenant.as_deref(), "input.tenantId").await?.tenant.id;
        let (checks, template) = checked(draft, tenant, None, self.clock.now());
        checks.finish()?;
        let mut conn = self.store.begin().await?;
        revision::bump(&mut conn, Scope::Tenant(tenant)).await?;
        template::insert(&mut conn, &template, Some(&actor.name)).await.map_err(variant_taken)?;
        conn.commit().await?;
        self.catalog.forget(Scope::Tenant(tenant));
        Ok(template)
    }

    /// Stores a new version. A draft that changes nothing makes none.
    pub async fn update_template(
        &self,
        actor: &Actor,
        id: TemplateId,
        draft: TemplateDraft,
    ) -> Result<Template, ServiceError> {
        Self::require(actor, Action::WriteConfig)?;
        let tenant = self.template(actor, id).await?.ok_or(NOT_FOUND)?.tenant_id;
        let other_tenant = self.same_tenant(actor, draft.tenant.as_deref(), tenant).await?;
        let mut conn = self.store.begin().await?;
        revision::bump(&mut conn, Scope::Tenant(tenant)).await?;
        let before = template::by_id(&mut conn, id).await?.ok_or(NOT_FOUND)?;
        let (mut checks, template) = checked(draft, tenant, Some(&before), self.clock.now());
        checks.extend(other_tenant);
        checks.finish()?;
        if same(&before, &template) {
            return Ok(before);
        }
        if !template::update(&mut conn, &template, Some(&actor.name)).await.map_err(variant_taken)? {
            return Err(
                Issue::new("input", IssueCode::Conflict, "somebody else changed the template: try again").into()
            );
        }
        conn.commit().await?;
        self.catalog.forget(Scope::Tenant(tenant));
        Ok(template)
    }

    /// Deletes a template with all its versions.
    pub async fn delete_template(&self, actor: &Actor, id: TemplateId) -> Result<TemplateId, ServiceError> {
        Self::require(actor, Action::WriteConfig)?;
        let tenant = self.template(actor, id).await?.ok_or(NOT_FOUND)?.tenant_id;
        let mut conn = self.store.begin().await?;
        revision::bump(&mut conn, Scope::Tenant(tenant)).await?;
        template::delete(&mut conn, id).await?;
        conn.commit().await?;
        self.catalog.forget(Scope::Tenant(tenant));
        Ok(id)
    }
}

fn variant_taken(error: StoreError) -> ServiceError {
    if !error::taken(&error) {
        return error.into();
    }
    taken("input.locale", "the tenant has a template of this business type, channel type and locale")
}

fn same(before: &Template, after: &Template) -> bool {
    before.business_type == after.business_type
        && before.channel_type == after.channel_type
        && before.message_type == after.message_type
        && before.name == after.name
        && before.content == after.content
        && before.locale == after.locale
        && before.sample_data == after.sample_data
        && before.enabled == after.enabled
}

fn checked(draft: TemplateDraft, tenant_id: TenantId, before: Option<&Template>, now: Timestamp) -> (Checks, Template) {
    let mut checks = Checks::default();
    let business_type = checks.text("input.businessType", &draft.business_type, MAX_CODE);
    let name = checks.text("input.name", &draft.name, MAX_NAME);
    let locale = match &draft.locale {
        Some(given) => checked_locale(given, &mut checks),
        None => before.and_then(|template| template.locale.clone()),
    };
    let compiled = checked_content(draft.message_type, &draft.content, &mut checks);
    let sample_data = match draft.sample_data {
        Some(given) => checked_sample(given, &mut checks),
        None => before.and_then(|template| template.sample_data.clone()),
    };
    let template = Template {
        id: before.map_or_else(|| TemplateId::new(now), |template| template.id),
        tenant_id,
        business_type,
        channel_type: draft.channel_type,
        message_type: draft.message_type,
        name,
        content: draft.content,
        locale,
        enabled: draft.enabled.or(before.map(|template| template.enabled)).unwrap_or(true),
        variables: compiled.map(|compiled| compiled.variables().to_vec()).unwrap_or_default(),
        sample_data,
        version: before.map_or(1, |template| template.version + 1),
        created_at: before.map_or(now, |template| template.created_at),
        updated_at: now,
    };
    (checks, template)
}

fn checked_sample(given: Option<Value>, checks: &mut Checks) -> Option<Value> {
    let sample = given.filter(|given| !given.is_null())?;
    if !sample.is_object() {
        checks.add(Issue::invalid("input.sampleData", "must be a JSON object"));
    }
    checks.json("input.sampleData", &sample, MAX_SAMPLE);
    Some(sample)
}

/// The content compiled; none after an issue.
fn checked_content(message_type: MessageType, content: &Value, checks: &mut Checks) -> Option<Compiled> {
    checks.json("input.content", content, MAX_CONTENT);
    let under = |issues: Vec<Issue>| issues.into_iter().map(|issue| issue.under("input"));
    checks.extend(under(check_keys(message_type, content)));
    compile(content).map_err(|issues| checks.extend(under(issues))).ok()
}

/// A BCP 47 tag in its usual spelling: `zh-Hans-CN`. Empty: none.
fn checked_locale(given: &str, checks: &mut Checks) -> Option<String> {
    let text = given.trim();
    if text.is_empty() {
        return None;
    }
    let well_formed = text.len() <= 35
        && text.split('-').enumerate().all(|(index, part)| {
            let language = index > 0 || (part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
            language && (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
    if !well_formed {
        checks.add(Issue::invalid("input.locale", "must be a language tag (BCP 47) such as zh-CN"));
        return None;
    }
    let parts = text.split('-').enumerate().map(|(index, part)| match (index, part.len()) {
        (1.., 2) => part.to_ascii_uppercase(),
        (1.., 4) => format!("{}{}", part[..1].to_ascii_uppercase(), part[1..].to_ascii_lowercase()),
        _ => part.to_ascii_lowercase(),
    });
    Some(parts.collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_get_their_usual_spelling() {
        let mut checks = Checks::default();
        for (given, kept) in [
            ("zh-cn", Some("zh-CN")),
            ("ZH-hans-cn", Some("zh-Hans-CN")),
            (" en ", Some("en")),
            ("es-419", Some("es-419")),
            ("", None),
        ] {
            assert_eq!(checked_locale(given, &mut checks).as_deref(), kept);
        }
        assert!(checks.finish().is_ok());
        for bad in ["zh_CN", "z", "-", "zh-", "中文", "a-much-too-long-tag-for-any-language-x", "123"] {
            let mut checks = Checks::default();
            assert_eq!(checked_locale(bad, &mut checks), None);
            assert!(checks.finish().is_err(), "{bad}");
        }
    }
}
