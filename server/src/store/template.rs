//! Templates and their versions in the database. The default variant's locale is stored as an empty string, so that
//! the unique key covers it.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::conn::{Conn, on};
use super::error::StoreError;
use super::schema::{template_versions, templates};
use super::types::Key;
use crate::domain::enums::{ChannelType, MessageType};
use crate::domain::id::{TemplateId, TenantId};
use crate::domain::template::Template;
use crate::domain::time::Timestamp;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = templates, treat_none_as_null = true)]
struct Row {
    id: Key,
    tenant_id: Key,
    business_type: String,
    channel_type: String,
    message_type: String,
    name: String,
    content: String,
    locale: String,
    enabled: bool,
    variables: String,
    sample_data: Option<String>,
    version: i32,
    created_at: i64,
    updated_at: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = template_versions)]
struct VersionRow {
    template_id: Key,
    version: i32,
    message_type: String,
    name: String,
    content: String,
    sample_data: Option<String>,
    enabled: bool,
    created_at: i64,
    created_by: Option<String>,
}

/// What a template was, or is, in one of its versions.
#[derive(Debug, Clone)]
pub struct TemplateVersion {
    pub version: i32,
    pub message_type: MessageType,
    pub name: String,
    pub content: serde_json::Value,
    pub sample_data: Option<serde_json::Value>,
    pub enabled: bool,
    pub created_at: Timestamp,
    /// The name of the key that made the change.
    pub created_by: Option<String>,
}

impl TryFrom<&Template> for Row {
    type Error = StoreError;
    fn try_from(template: &Template) -> Result<Self, StoreError> {
        Ok(Self {
            id: template.id.into(),
            tenant_id: template.tenant_id.into(),
            business_type: template.business_type.clone(),
            channel_type: template.channel_type.to_string(),
            message_type: template.message_type.to_string(),
            name: template.name.clone(),
            content: template.content.to_string(),
            locale: template.locale.clone().unwrap_or_default(),
            enabled: template.enabled,
            variables: serde_json::to_string(&template.variables).map_err(StoreError::corrupt)?,
            sample_data: template.sample_data.as_ref().map(ToString::to_string),
            version: template.version,
            created_at: template.created_at.0,
            updated_at: template.updated_at.0,
        })
    }
}

impl TryFrom<Row> for Template {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            tenant_id: row.tenant_id.into(),
            business_type: row.business_type,
            channel_type: row.channel_type.parse().map_err(StoreError::corrupt)?,
            message_type: row.message_type.parse().map_err(StoreError::corrupt)?,
            name: row.name,
            content: serde_json::from_str(&row.content).map_err(StoreError::corrupt)?,
            locale: Some(row.locale).filter(|locale| !locale.is_empty()),
            enabled: row.enabled,
            variables: serde_json::from_str(&row.variables).map_err(StoreError::corrupt)?,
            sample_data: sample(row.sample_data.as_deref())?,
            version: row.version,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
        })
    }
}

impl TryFrom<VersionRow> for TemplateVersion {
    type Error = StoreError;
    fn try_from(row: VersionRow) -> Result<Self, StoreError> {
        Ok(Self {
            version: row.version,
            message_type: row.message_type.parse().map_err(StoreError::corrupt)?,
            name: row.name,
            content: serde_json::from_str(&row.content).map_err(StoreError::corrupt)?,
            sample_data: sample(row.sample_data.as_deref())?,
            enabled: row.enabled,
            created_at: Timestamp(row.created_at),
            created_by: row.created_by,
        })
    }
}

fn sample(stored: Option<&str>) -> Result<Option<serde_json::Value>, StoreError> {
    stored.map(serde_json::from_str).transpose().map_err(StoreError::corrupt)
}

/// Which templates are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub tenant: Option<TenantId>,
    pub business_type: Option<String>,
    pub channel_type: Option<ChannelType>,
    pub message_type: Option<MessageType>,
    pub enabled: Option<bool>,
}

/// The templates that `filter` lets through, as a boxed query over `$select`.
macro_rules! filtered {
    ($select:expr, $filter:expr) => {{
        let mut query = templates::table.select($select).into_boxed();
        if let Some(tenant) = $filter.tenant {
            query = query.filter(templates::tenant_id.eq(Key::from(tenant)));
        }
        if let Some(business_type) = &$filter.business_type {
            query = query.filter(templates::business_type.eq(business_type));
        }
        if let Some(channel_type) = $filter.channel_type {
            query = query.filter(templates::channel_type.eq(channel_type.as_str()));
        }
        if let Some(message_type) = $filter.message_type {
            query = query.filter(templates::message_type.eq(message_type.as_str()));
        }
        if let Some(enabled) = $filter.enabled {
            query = query.filter(templates::enabled.eq(enabled));
        }
        query
    }};
}

/// Stores a new template and its first version.
///
/// # Errors
/// [`taken`](super::error::taken) where the tenant has this variant already.
pub async fn insert(conn: &mut Conn, template: &Template, by: Option<&str>) -> Result<(), StoreError> {
    let row = Row::try_from(template)?;
    on!(conn, c => diesel::insert_into(templates::table).values(&row).execute(c).await)?;
    insert_version(conn, &row, by).await
}

/// Writes every field of the template with this id, if it still has the version before `template.version`, and keeps
/// the new version beside the old ones. False where somebody else was faster.
///
/// # Errors
/// [`taken`](super::error::taken) where the tenant has this variant already.
pub async fn update(conn: &mut Conn, template: &Template, by: Option<&str>) -> Result<bool, StoreError> {
    let row = Row::try_from(template)?;
    let changed = on!(conn, c => diesel::update(templates::table
        .filter(templates::id.eq(row.id))
        .filter(templates::version.eq(row.version - 1)))
        .set(&row)
        .execute(c)
        .await)?;
    if changed == 0 {
        return Ok(false);
    }
    insert_version(conn, &row, by).await?;
    Ok(true)
}

async fn insert_version(conn: &mut Conn, row: &Row, by: Option<&str>) -> Result<(), StoreError> {
    let version = VersionRow {
        template_id: row.id,
        version: row.version,
        message_type: row.message_type.clone(),
        name: row.name.clone(),
        content: row.content.clone(),
        sample_data: row.sample_data.clone(),
        enabled: row.enabled,
        created_at: row.updated_at,
        created_by: by.map(str::to_owned),
    };
    on!(conn, c => diesel::insert_into(template_versions::table).values(&version).execute(c).await)?;
    Ok(())
}

/// Deletes a template with all its versions.
pub async fn delete(conn: &mut Conn, id: TemplateId) -> Result<(), StoreError> {
    let key = Key::from(id);
    on!(conn, c => diesel::delete(template_versions::table.filter(template_versions::template_id.eq(key)))
        .execute(c)
        .await)?;
    on!(conn, c => diesel::delete(templates::table.filter(templates::id.eq(key))).execute(c).await)?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: TemplateId) -> Result<Option<Template>, StoreError> {
    let row = on!(conn, c => templates::table
        .filter(templates::id.eq(Key::from(id)))
        .select(Row::as_select())
        .first::<Row>(c)
        .await
        .optional())?;
    row.map(Template::try_from).transpose()
}

/// Every version, newest first.
pub async fn versions(conn: &mut Conn, id: TemplateId) -> Result<Vec<TemplateVersion>, StoreError> {
    let rows = on!(conn, c => template_versions::table
        .filter(template_versions::template_id.eq(Key::from(id)))
        .order(template_versions::version.desc())
        .select(VersionRow::as_select())
        .load::<VersionRow>(c)
        .await)?;
    rows.into_iter().map(TemplateVersion::try_from).collect()
}

/// All enabled ones of a tenant, each for itself: one that can't be read does not hide the others.
pub async fn enabled_of_tenant(
    conn: &mut Conn,
    tenant: TenantId,
) -> Result<Vec<Result<Template, StoreError>>, StoreError> {
    let filter = Filter { tenant: Some(tenant), enabled: Some(true), ..Filter::default() };
    let rows = on!(conn, c => filtered!(Row::as_select(), filter).load::<Row>(c).await)?;
    Ok(rows.into_iter().map(Template::try_from).collect())
}

/// Newest first, at most `limit` after the one with id `after`.
pub async fn page(
    conn: &mut Conn,
    filter: &Filter,
    after: Option<TemplateId>,
    limit: i64,
) -> Result<Vec<Template>, StoreError> {
    let rows = on!(conn, c => {
        let mut query = filtered!(Row::as_select(), filter).order(templates::id.desc()).limit(limit);
        if let Some(after) = after {
            query = query.filter(templates::id.lt(Key::from(after)));
        }
        query.load::<Row>(c).await
    })?;
    rows.into_iter().map(Template::try_from).collect()
}

pub async fn count(conn: &mut Conn, filter: &Filter) -> Result<i64, StoreError> {
    on!(conn, c => filtered!(diesel::dsl::count_star(), filter).get_result::<i64>(c).await)
}
