//! Tells every instance what changed in the configuration: each change counts the row `*` up and notes its scope with
//! the new number, in its own transaction.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::conn::{Conn, on};
use super::error::StoreError;
use super::schema::revisions;
use crate::domain::id::TenantId;

/// What a change of the configuration touches, and what is cached and forgotten together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// A tenant itself, its business types, channel configs and templates.
    Tenant(TenantId),
    /// API keys.
    Keys,
    /// The platform's settings.
    Settings,
}

const ALL: &str = "*";

impl Scope {
    fn text(self) -> String {
        match self {
            Self::Tenant(id) => id.to_string(),
            Self::Keys => "keys".to_owned(),
            Self::Settings => "settings".to_owned(),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "keys" => Some(Self::Keys),
            "settings" => Some(Self::Settings),
            other => other.parse().ok().map(Self::Tenant),
        }
    }
}

/// Notes a change of `scope`. To be the first statement of the change's transaction: it lets one change at a time
/// through, so that revisions are committed in their order, and what the transaction reads after it stays true until
/// its end.
pub async fn bump(conn: &mut Conn, scope: Scope) -> Result<i64, StoreError> {
    on!(conn, c => diesel::update(revisions::table.filter(revisions::scope.eq(ALL)))
        .set(revisions::revision.eq(revisions::revision + 1))
        .execute(c)
        .await)?;
    let revision = latest(conn).await?;
    let row = (revisions::scope.eq(scope.text()), revisions::revision.eq(revision));
    on!(conn, c => diesel::insert_into(revisions::table)
        .values(&row)
        .on_conflict(revisions::scope)
        .do_update()
        .set(revisions::revision.eq(revision))
        .execute(c)
        .await)?;
    Ok(revision)
}

/// The number of the newest change.
pub async fn latest(conn: &mut Conn) -> Result<i64, StoreError> {
    on!(conn, c => revisions::table
        .filter(revisions::scope.eq(ALL))
        .select(revisions::revision)
        .first::<i64>(c)
        .await)
}

/// What changed after revision `last`, each scope with its newest revision. Scopes of a newer version are left out.
pub async fn since(conn: &mut Conn, last: i64) -> Result<Vec<(Scope, i64)>, StoreError> {
    let rows = on!(conn, c => revisions::table
        .filter(revisions::revision.gt(last))
        .select((revisions::scope, revisions::revision))
        .load::<(String, i64)>(c)
        .await)?;
    Ok(rows.into_iter().filter_map(|(scope, revision)| Some((Scope::parse(&scope)?, revision))).collect())
}
