//! API keys in the database: records and hashes, never a key itself.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::conn::{Conn, on};
use super::error::StoreError;
use super::schema::api_keys;
use super::types::Key;
use crate::domain::api_key::ApiKey;
use crate::domain::enums::Role;
use crate::domain::id::{ApiKeyId, TenantId};
use crate::domain::time::Timestamp;

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys)]
struct Row {
    id: Key,
    name: String,
    tenant_id: Option<Key>,
    role: String,
    prefix: String,
    created_at: i64,
    last_used_at: Option<i64>,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
}

#[derive(Insertable)]
#[diesel(table_name = api_keys)]
struct NewRow<'a> {
    id: Key,
    name: &'a str,
    tenant_id: Option<Key>,
    role: &'static str,
    prefix: &'a str,
    secret_hash: &'a [u8],
    created_at: i64,
    expires_at: Option<i64>,
}

impl TryFrom<Row> for ApiKey {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            name: row.name,
            tenant_id: row.tenant_id.map(TenantId::from),
            role: row.role.parse().map_err(StoreError::corrupt)?,
            prefix: row.prefix,
            created_at: Timestamp(row.created_at),
            last_used_at: row.last_used_at.map(Timestamp),
            expires_at: row.expires_at.map(Timestamp),
            revoked_at: row.revoked_at.map(Timestamp),
        })
    }
}

/// Stores a new key's record with the SHA-256 of the key.
pub async fn insert(conn: &mut Conn, key: &ApiKey, secret_hash: &[u8; 32]) -> Result<(), StoreError> {
    let row = NewRow {
        id: key.id.into(),
        name: &key.name,
        tenant_id: key.tenant_id.map(Key::from),
        role: key.role.as_str(),
        prefix: &key.prefix,
        secret_hash,
        created_at: key.created_at.0,
        expires_at: key.expires_at.map(|at| at.0),
    };
    on!(conn, c => diesel::insert_into(api_keys::table).values(&row).execute(c).await)?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
    let row = on!(conn, c => api_keys::table
        .filter(api_keys::id.eq(Key::from(id)))
        .select(Row::as_select())
        .first::<Row>(c)
        .await
        .optional())?;
    row.map(ApiKey::try_from).transpose()
}

/// The record of the key with this SHA-256, revoked and expired ones too.
pub async fn by_hash(conn: &mut Conn, secret_hash: &[u8; 32]) -> Result<Option<ApiKey>, StoreError> {
    let row = on!(conn, c => api_keys::table
        .filter(api_keys::secret_hash.eq(secret_hash.as_slice()))
        .select(Row::as_select())
        .first::<Row>(c)
        .await
        .optional())?;
    row.map(ApiKey::try_from).transpose()
}

/// Newest first; of every tenant and of none where no tenant is named.
pub async fn list(conn: &mut Conn, tenant: Option<TenantId>) -> Result<Vec<ApiKey>, StoreError> {
    let rows = on!(conn, c => {
        let mut query = api_keys::table.select(Row::as_select()).order(api_keys::id.desc()).into_boxed();
        if let Some(tenant) = tenant {
            query = query.filter(api_keys::tenant_id.eq(Key::from(tenant)));
        }
        query.load::<Row>(c).await
    })?;
    rows.into_iter().map(ApiKey::try_from).collect()
}

/// Revokes the key, unless it is already.
pub async fn revoke(conn: &mut Conn, id: ApiKeyId, at: Timestamp) -> Result<(), StoreError> {
    on!(conn, c => diesel::update(api_keys::table
        .filter(api_keys::id.eq(Key::from(id)))
        .filter(api_keys::revoked_at.is_null()))
        .set(api_keys::revoked_at.eq(at.0))
        .execute(c)
        .await)?;
    Ok(())
}

/// Makes a revoked or expired key valid again, without an end.
pub async fn restore(conn: &mut Conn, id: ApiKeyId) -> Result<(), StoreError> {
    let nothing = None::<i64>;
    on!(conn, c => diesel::update(api_keys::table.filter(api_keys::id.eq(Key::from(id))))
        .set((api_keys::revoked_at.eq(nothing), api_keys::expires_at.eq(nothing)))
        .execute(c)
        .await)?;
    Ok(())
}

/// Notes that the key was used at `at`, unless a later use is noted.
pub async fn used(conn: &mut Conn, id: ApiKeyId, at: Timestamp) -> Result<(), StoreError> {
    on!(conn, c => diesel::update(api_keys::table
        .filter(api_keys::id.eq(Key::from(id)))
        .filter(api_keys::last_used_at.is_null().or(api_keys::last_used_at.lt(at.0))))
        .set(api_keys::last_used_at.eq(at.0))
        .execute(c)
        .await)?;
    Ok(())
}

/// Every key of a role, of any tenant or none.
pub async fn of_role(conn: &mut Conn, role: Role) -> Result<Vec<ApiKey>, StoreError> {
    let rows = on!(conn, c => api_keys::table
        .filter(api_keys::role.eq(role.as_str()))
        .select(Row::as_select())
        .load::<Row>(c)
        .await)?;
    rows.into_iter().map(ApiKey::try_from).collect()
}
