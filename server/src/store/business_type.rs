//! Business types in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::conn::{Conn, on};
use super::error::StoreError;
use super::schema::business_types;
use super::types::Key;
use crate::domain::business_type::BusinessType;
use crate::domain::id::{BusinessTypeId, TenantId};
use crate::domain::time::Timestamp;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = business_types, treat_none_as_null = true)]
struct Row {
    id: Key,
    tenant_id: Key,
    code: String,
    name: String,
    enabled: bool,
    priority: i32,
    lane: Option<String>,
    created_at: i64,
    updated_at: i64,
}

impl From<&BusinessType> for Row {
    fn from(kind: &BusinessType) -> Self {
        Self {
            id: kind.id.into(),
            tenant_id: kind.tenant_id.into(),
            code: kind.code.clone(),
            name: kind.name.clone(),
            enabled: kind.enabled,
            priority: kind.priority,
            lane: kind.lane.clone(),
            created_at: kind.created_at.0,
            updated_at: kind.updated_at.0,
        }
    }
}

impl From<Row> for BusinessType {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            tenant_id: row.tenant_id.into(),
            code: row.code,
            name: row.name,
            enabled: row.enabled,
            priority: row.priority,
            lane: row.lane,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
        }
    }
}

/// # Errors
/// [`taken`](super::error::taken) where the tenant has this code already.
pub async fn insert(conn: &mut Conn, kind: &BusinessType) -> Result<(), StoreError> {
    let row = Row::from(kind);
    on!(conn, c => diesel::insert_into(business_types::table).values(&row).execute(c).await)?;
    Ok(())
}

/// Writes every field of the business type with this id.
///
/// # Errors
/// [`taken`](super::error::taken) where the tenant has this code already.
pub async fn update(conn: &mut Conn, kind: &BusinessType) -> Result<(), StoreError> {
    let row = Row::from(kind);
    on!(conn, c => diesel::update(business_types::table.filter(business_types::id.eq(row.id)))
        .set(&row)
        .execute(c)
        .await)?;
    Ok(())
}

pub async fn delete(conn: &mut Conn, id: BusinessTypeId) -> Result<(), StoreError> {
    on!(conn, c => diesel::delete(business_types::table.filter(business_types::id.eq(Key::from(id)))).execute(c).await)?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: BusinessTypeId) -> Result<Option<BusinessType>, StoreError> {
    let row = on!(conn, c => business_types::table
        .filter(business_types::id.eq(Key::from(id)))
        .select(Row::as_select())
        .first::<Row>(c)
        .await
        .optional())?;
    Ok(row.map(BusinessType::from))
}

/// All of a tenant.
pub async fn of_tenant(conn: &mut Conn, tenant: TenantId) -> Result<Vec<BusinessType>, StoreError> {
    let rows = on!(conn, c => business_types::table
        .filter(business_types::tenant_id.eq(Key::from(tenant)))
        .select(Row::as_select())
        .load::<Row>(c)
        .await)?;
    Ok(rows.into_iter().map(BusinessType::from).collect())
}

/// Newest first, at most `limit` after the one with id `after`; of every tenant where none is named.
pub async fn page(
    conn: &mut Conn,
    tenant: Option<TenantId>,
    after: Option<BusinessTypeId>,
    limit: i64,
) -> Result<Vec<BusinessType>, StoreError> {
    let rows = on!(conn, c => {
        let mut query = business_types::table.select(Row::as_select()).order(business_types::id.desc()).limit(limit).into_boxed();
        if let Some(tenant) = tenant {
            query = query.filter(business_types::tenant_id.eq(Key::from(tenant)));
        }
        if let Some(after) = after {
            query = query.filter(business_types::id.lt(Key::from(after)));
        }
        query.load::<Row>(c).await
    })?;
    Ok(rows.into_iter().map(BusinessType::from).collect())
}

pub async fn count(conn: &mut Conn, tenant: Option<TenantId>) -> Result<i64, StoreError> {
    on!(conn, c => {
        let mut query = business_types::table.count().into_boxed();
        if let Some(tenant) = tenant {
            query = query.filter(business_types::tenant_id.eq(Key::from(tenant)));
        }
        query.get_result::<i64>(c).await
    })
}

/// The green-channel lanes that business types name, each once, in order; of enabled ones only where `enabled_only`.
pub async fn lanes(conn: &mut Conn, enabled_only: bool) -> Result<Vec<String>, StoreError> {
    let lanes = on!(conn, c => business_types::table
        .filter(business_types::lane.is_not_null())
        // Enabled ones in any case, and the others unless only those were asked for.
        .filter(business_types::enabled.eq(true).or(business_types::enabled.eq(enabled_only)))
        .select(business_types::lane)
        .distinct()
        .order(business_types::lane)
        .load::<Option<String>>(c)
        .await)?;
    Ok(lanes.into_iter().flatten().collect())
}
