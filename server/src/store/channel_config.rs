//! Channel configs in the database. Deleted ones stay for the tasks that name them; only [`by_ids`] finds those.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::conn::{Conn, on};
use super::error::StoreError;
use super::schema::channel_configs;
use super::types::Key;
use crate::domain::channel_config::ChannelConfig;
use crate::domain::enums::ChannelType;
use crate::domain::id::{ChannelConfigId, TenantId};
use crate::domain::time::Timestamp;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = channel_configs, treat_none_as_null = true)]
struct Row {
    id: Key,
    tenant_id: Key,
    store_id: Option<String>,
    channel_type: String,
    name: String,
    config: String,
    priority: i32,
    enabled: bool,
    rate_limit: Option<String>,
    on_rate_limit: String,
    time_window: Option<String>,
    on_closed_window: String,
    on_unknown: String,
    delivery_mode: String,
    schedule: Option<String>,
    created_at: i64,
    updated_at: i64,
}

fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(StoreError::corrupt)
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(StoreError::corrupt)
}

impl TryFrom<&ChannelConfig> for Row {
    type Error = StoreError;
    fn try_from(config: &ChannelConfig) -> Result<Self, StoreError> {
        Ok(Self {
            id: config.id.into(),
            tenant_id: config.tenant_id.into(),
            store_id: config.store_id.clone(),
            channel_type: config.channel_type.to_string(),
            name: config.name.clone(),
            config: to_json(&config.config)?,
            priority: config.priority,
            enabled: config.enabled,
            rate_limit: config.rate_limit.as_ref().map(to_json).transpose()?,
            on_rate_limit: config.on_rate_limit.to_string(),
            time_window: config.time_window.as_ref().map(to_json).transpose()?,
            on_closed_window: config.on_closed_window.to_string(),
            on_unknown: config.on_unknown.to_string(),
            delivery_mode: config.delivery_mode.to_string(),
            schedule: config.schedule.clone(),
            created_at: config.created_at.0,
            updated_at: config.updated_at.0,
        })
    }
}

impl TryFrom<Row> for ChannelConfig {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            tenant_id: row.tenant_id.into(),
            store_id: row.store_id,
            channel_type: row.channel_type.parse().map_err(StoreError::corrupt)?,
            name: row.name,
            config: from_json(&row.config)?,
            priority: row.priority,
            enabled: row.enabled,
            rate_limit: row.rate_limit.as_deref().map(from_json).transpose()?,
            on_rate_limit: row.on_rate_limit.parse().map_err(StoreError::corrupt)?,
            time_window: row.time_window.as_deref().map(from_json).transpose()?,
            on_closed_window: row.on_closed_window.parse().map_err(StoreError::corrupt)?,
            on_unknown: row.on_unknown.parse().map_err(StoreError::corrupt)?,
            delivery_mode: row.delivery_mode.parse().map_err(StoreError::corrupt)?,
            schedule: row.schedule,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
        })
    }
}

/// Which configs are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub tenant: Option<TenantId>,
    pub store_id: Option<String>,
    pub channel_type: Option<ChannelType>,
    pub enabled: Option<bool>,
}

/// The configs that `filter` lets through and that are not deleted, as a boxed query over `$select`.
macro_rules! filtered {
    ($select:expr, $filter:expr) => {{
        let mut query =
            channel_configs::table.filter(channel_configs::deleted_at.is_null()).select($select).into_boxed();
        if let Some(tenant) = $filter.tenant {
            query = query.filter(channel_configs::tenant_id.eq(Key::from(tenant)));
        }
        if let Some(store_id) = &$filter.store_id {
            query = query.filter(channel_configs::store_id.eq(store_id));
        }
        if let Some(channel_type) = $filter.channel_type {
            query = query.filter(channel_configs::channel_type.eq(channel_type.as_str()));
        }
        if let Some(enabled) = $filter.enabled {
            query = query.filter(channel_configs::enabled.eq(enabled));
        }
        query
    }};
}

pub async fn insert(conn: &mut Conn, config: &ChannelConfig) -> Result<(), StoreError> {
    let row = Row::try_from(config)?;
    on!(conn, c => diesel::insert_into(channel_configs::table).values(&row).execute(c).await)?;
    Ok(())
}

/// Writes every field of the config with this id.
pub async fn update(conn: &mut Conn, config: &ChannelConfig) -> Result<(), StoreError> {
    let row = Row::try_from(config)?;
    on!(conn, c => diesel::update(channel_configs::table.filter(channel_configs::id.eq(row.id)))
        .set(&row)
        .execute(c)
        .await)?;
    Ok(())
}

/// Deletes the config for everyone but the tasks that name it.
pub async fn delete(conn: &mut Conn, id: ChannelConfigId, at: Timestamp) -> Result<(), StoreError> {
    on!(conn, c => diesel::update(channel_configs::table.filter(channel_configs::id.eq(Key::from(id))))
        .set((channel_configs::deleted_at.eq(at.0), channel_configs::enabled.eq(false)))
        .execute(c)
        .await)?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: ChannelConfigId) -> Result<Option<ChannelConfig>, StoreError> {
    let row = on!(conn, c => channel_configs::table
        .filter(channel_configs::id.eq(Key::from(id)))
        .filter(channel_configs::deleted_at.is_null())
        .select(Row::as_select())
        .first::<Row>(c)
        .await
        .optional())?;
    row.map(ChannelConfig::try_from).transpose()
}

/// The configs with these ids, deleted ones too.
pub async fn by_ids(conn: &mut Conn, ids: &[ChannelConfigId]) -> Result<Vec<ChannelConfig>, StoreError> {
    let mut configs = Vec::with_capacity(ids.len());
    // SQLite takes each id as a variable of its own, and not endlessly many.
    for ids in ids.chunks(500) {
        let ids: Vec<Key> = ids.iter().copied().map(Key::from).collect();
        let rows = on!(conn, c => channel_configs::table
            .filter(channel_configs::id.eq_any(&ids))
            .select(Row::as_select())
            .load::<Row>(c)
            .await)?;
        for row in rows {
            configs.push(row.try_into()?);
        }
    }
    Ok(configs)
}

/// All of a tenant and its stores, each for itself: one that can't be read does not hide the others.
pub async fn of_tenant(
    conn: &mut Conn,
    tenant: TenantId,
) -> Result<Vec<Result<ChannelConfig, StoreError>>, StoreError> {
    let filter = Filter { tenant: Some(tenant), ..Filter::default() };
    let rows = on!(conn, c => filtered!(Row::as_select(), filter).load::<Row>(c).await)?;
    Ok(rows.into_iter().map(ChannelConfig::try_from).collect())
}

/// Newest first, at most `limit` after the one with id `after`.
pub async fn page(
    conn: &mut Conn,
    filter: &Filter,
    after: Option<ChannelConfigId>,
    limit: i64,
) -> Result<Vec<ChannelConfig>, StoreError> {
    let rows = on!(conn, c => {
        let mut query = filtered!(Row::as_select(), filter).order(channel_configs::id.desc()).limit(limit);
        if let Some(after) = after {
            query = query.filter(channel_configs::id.lt(Key::from(after)));
        }
        query.load::<Row>(c).await
    })?;
    rows.into_iter().map(ChannelConfig::try_from).collect()
}

pub async fn count(conn: &mut Conn, filter: &Filter) -> Result<i64, StoreError> {
    on!(conn, c => filtered!(diesel::dsl::count_star(), filter).get_result::<i64>(c).await)
}

/// Every config's sealed settings, as JSON text, deleted ones too: for sealing them anew.
pub async fn all_settings(conn: &mut Conn) -> Result<Vec<(ChannelConfigId, ChannelType, String)>, StoreError> {
    let rows: Vec<(Key, String, String)> = on!(conn, c => channel_configs::table
        .select((channel_configs::id, channel_configs::channel_type, channel_configs::config))
        .load(c)
        .await)?;
    rows.into_iter()
        .map(|(id, channel_type, config)| Ok((id.into(), channel_type.parse().map_err(StoreError::corrupt)?, config)))
        .collect()
}

/// Puts settings that were sealed anew in the place of `old`, unless somebody changed them meanwhile.
pub async fn replace_settings(conn: &mut Conn, id: ChannelConfigId, old: &str, new: &str) -> Result<(), StoreError> {
    let unchanged =
        channel_configs::table.filter(channel_configs::id.eq(Key::from(id))).filter(channel_configs::config.eq(old));
    on!(conn, c => diesel::update(unchanged).set(channel_configs::config.eq(new)).execute(c).await)?;
    Ok(())
}
