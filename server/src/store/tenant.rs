//! Tenants in the database.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::conn::{Conn, on};
use super::error::StoreError;
use super::schema::tenants;
use super::types::Key;
use crate::domain::id::TenantId;
use crate::domain::tenant::Tenant;
use crate::domain::time::Timestamp;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tenants)]
struct Row {
    id: Key,
    code: String,
    name: String,
    timezone: String,
    enabled: bool,
    strict_business_types: bool,
    created_at: i64,
}

impl From<&Tenant> for Row {
    fn from(tenant: &Tenant) -> Self {
        Self {
            id: tenant.id.into(),
            code: tenant.code.clone(),
            name: tenant.name.clone(),
            timezone: tenant.timezone.name().to_owned(),
            enabled: tenant.enabled,
            strict_business_types: tenant.strict_business_types,
            created_at: tenant.created_at.0,
        }
    }
}

impl TryFrom<Row> for Tenant {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            code: row.code,
            name: row.name,
            timezone: row.timezone.parse().map_err(StoreError::corrupt)?,
            enabled: row.enabled,
            strict_business_types: row.strict_business_types,
            created_at: Timestamp(row.created_at),
        })
    }
}

/// # Errors
/// [`taken`](super::error::taken) where another tenant has the code.
pub async fn insert(conn: &mut Conn, tenant: &Tenant) -> Result<(), StoreError> {
    let row = Row::from(tenant);
    on!(conn, c => diesel::insert_into(tenants::table).values(&row).execute(c).await)?;
    Ok(())
}

/// Writes every field of the tenant with this id.
///
/// # Errors
/// [`taken`](super::error::taken) where another tenant has the code.
pub async fn update(conn: &mut Conn, tenant: &Tenant) -> Result<(), StoreError> {
    let row = Row::from(tenant);
    on!(conn, c => diesel::update(tenants::table.filter(tenants::id.eq(row.id))).set(&row).execute(c).await)?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: TenantId) -> Result<Option<Tenant>, StoreError> {
    let row = on!(conn, c => tenants::table
        .filter(tenants::id.eq(Key::from(id)))
        .select(Row::as_select())
        .first::<Row>(c)
        .await
        .optional())?;
    row.map(Tenant::try_from).transpose()
}

pub async fn id_of_code(conn: &mut Conn, code: &str) -> Result<Option<TenantId>, StoreError> {
    let id = on!(conn, c => tenants::table
        .filter(tenants::code.eq(code))
        .select(tenants::id)
        .first::<Key>(c)
        .await
        .optional())?;
    Ok(id.map(TenantId::from))
}

/// Every tenant, by code.
pub async fn all(conn: &mut Conn) -> Result<Vec<Tenant>, StoreError> {
    let rows = on!(conn, c => tenants::table.order(tenants::code).select(Row::as_select()).load::<Row>(c).await)?;
    rows.into_iter().map(Tenant::try_from).collect()
}
