//! Statements written by hand that are prepared once per connection. Diesel prepares its own updates, and `sql_query`,
//! anew each time; on the hot path that costs more than running them.

use std::marker::PhantomData;

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Untyped};

/// A bound value.
trait Bind<DB: Backend>: Send + Sync {
    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>;
}

struct Column<ST, T> {
    value: T,
    sql_type: PhantomData<fn() -> ST>,
}

impl<DB, ST, T> Bind<DB> for Column<ST, T>
where
    DB: Backend + HasSqlType<ST>,
    T: ToSql<ST, DB> + Send + Sync,
{
    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_bind_param::<ST, T>(&self.value)
    }
}

/// The text of a statement. It has a type of its own, by which a connection finds what it has prepared without looking
/// at the text again.
pub(super) trait Sql: 'static {
    /// The text around the values, cut at each `?` when it is compiled: a statement is walked several times a run.
    const PARTS: &'static [&'static str];
}

/// Declares a [`Sql`].
macro_rules! sql {
    ($(#[$about:meta])* $name:ident, $text:expr) => {
        $(#[$about])*
        struct $name;

        impl $crate::store::statement::Sql for $name {
            const PARTS: &'static [&'static str] =
                &$crate::store::statement::parts::<{ $crate::store::statement::count_parts($text) }>($text);
        }
    };
}

pub(super) use sql;

/// Into how many parts a text is cut by its `?`s.
pub(super) const fn count_parts(text: &str) -> usize {
    let (bytes, mut at, mut count) = (text.as_bytes(), 0, 1);
    while at < bytes.len() {
        count += (bytes[at] == b'?') as usize;
        at += 1;
    }
    count
}

/// The parts themselves; `N` is how many there are.
pub(super) const fn parts<const N: usize>(text: &'static str) -> [&'static str; N] {
    let mut parts = [""; N];
    let (mut rest, mut number) = (text, 0);
    while number + 1 < N {
        let mut at = 0;
        while rest.as_bytes()[at] != b'?' {
            at += 1;
        }
        let (part, after) = rest.split_at(at);
        parts[number] = part;
        rest = after.split_at(1).1;
        number += 1;
    }
    parts[number] = rest;
    parts
}

/// A statement with its values.
pub(super) struct Statement<'v, DB: Backend, S> {
    binds: Vec<Box<dyn Bind<DB> + 'v>>,
    sql: PhantomData<fn() -> S>,
}

impl<'v, DB: Backend, S: Sql> Statement<'v, DB, S> {
    pub(super) fn new(_: S) -> Self {
        Self { binds: Vec::with_capacity(S::PARTS.len() - 1), sql: PhantomData }
    }

    pub(super) fn bind<ST, T>(mut self, value: T) -> Self
    where
        ST: 'static,
        DB: HasSqlType<ST>,
        T: ToSql<ST, DB> + Send + Sync + 'v,
    {
        self.binds.push(Box::new(Column::<ST, T> { value, sql_type: PhantomData }));
        self
    }
}

impl<DB: Backend, S: Sql> QueryId for Statement<'_, DB, S> {
    type QueryId = S;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<DB: Backend, S: Sql> Query for Statement<'_, DB, S> {
    type SqlType = Untyped;
}

impl<DB: Backend, S: Sql> QueryFragment<DB> for Statement<'_, DB, S> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let mut binds = self.binds.iter();
        for (index, part) in S::PARTS.iter().enumerate() {
            if index > 0
                && let Some(bind) = binds.next()
            {
                bind.push(&mut out)?;
            }
            out.push_sql(part);
        }
        Ok(())
    }
}

impl<DB: Backend, S: Sql, Conn> diesel::query_dsl::RunQueryDsl<Conn> for Statement<'_, DB, S> {}
