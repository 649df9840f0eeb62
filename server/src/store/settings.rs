//! The platform's settings in the database: every version is kept, the highest is in force.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::conn::{Conn, on};
use super::error::StoreError;
use super::schema::system_settings;
use crate::domain::settings::Settings;
use crate::domain::time::Timestamp;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = system_settings)]
struct Row {
    version: i32,
    body: String,
    updated_at: i64,
    updated_by: Option<String>,
}

/// Settings with what is known of their last change.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredSettings {
    pub settings: Settings,
    /// From 1, grows by one with each change.
    pub version: i32,
    pub updated_at: Timestamp,
    /// The name of the key that made the change; none for the defaults.
    pub updated_by: Option<String>,
}

impl TryFrom<Row> for StoredSettings {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            settings: serde_json::from_str(&row.body).map_err(StoreError::corrupt)?,
            version: row.version,
            updated_at: Timestamp(row.updated_at),
            updated_by: row.updated_by,
        })
    }
}

/// What is in force; none where nothing was stored yet.
pub async fn newest(conn: &mut Conn) -> Result<Option<StoredSettings>, StoreError> {
    let row = on!(conn, c => system_settings::table
        .order(system_settings::version.desc())
        .select(Row::as_select())
        .first::<Row>(c)
        .await
        .optional())?;
    row.map(StoredSettings::try_from).transpose()
}

/// Stores a version. False where somebody else stored this version before.
pub async fn insert(conn: &mut Conn, stored: &StoredSettings) -> Result<bool, StoreError> {
    let row = Row {
        version: stored.version,
        body: serde_json::to_string(&stored.settings).map_err(StoreError::corrupt)?,
        updated_at: stored.updated_at.0,
        updated_by: stored.updated_by.clone(),
    };
    let inserted = on!(conn, c => diesel::insert_into(system_settings::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c)
        .await)?;
    Ok(inserted == 1)
}
