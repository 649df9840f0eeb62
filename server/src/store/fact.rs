//! What an installation knows of itself, by name.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::conn::{Conn, on};
use super::error::StoreError;
use super::schema::facts;

/// The value of a fact, if it is known.
pub async fn get(conn: &mut Conn, name: &str) -> Result<Option<String>, StoreError> {
    on!(conn, c => facts::table.find(name).select(facts::value).first(c).await.optional())
}

/// Names and values of the facts whose names begin with `prefix`, which must hold no `%` and no `_`.
pub async fn beginning_with(conn: &mut Conn, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
    let names = facts::name.like(format!("{prefix}%"));
    on!(conn, c => facts::table.filter(names).select((facts::name, facts::value)).load(c).await)
}

/// The value of a fact, set to `value` where it was not known: of several instances that set it at once, all get the
/// first one's.
pub async fn get_or_set(conn: &mut Conn, name: &str, value: &str) -> Result<String, StoreError> {
    on!(conn, c => diesel::insert_into(facts::table)
        .values((facts::name.eq(name), facts::value.eq(value)))
        .on_conflict_do_nothing()
        .execute(c)
        .await)?;
    on!(conn, c => facts::table.find(name).select(facts::value).first(c).await)
}

/// Changes a fact, where its value is still `old`.
pub async fn replace(conn: &mut Conn, name: &str, old: &str, new: &str) -> Result<(), StoreError> {
    on!(conn, c => diesel::update(facts::table.filter(facts::name.eq(name)).filter(facts::value.eq(old)))
        .set(facts::value.eq(new))
        .execute(c)
        .await)?;
    Ok(())
}
