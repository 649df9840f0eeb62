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

/// A statement with its values. Each `?` of the text stands for the next value.
pub(super) struct Statement<'v, DB: Backend> {
    sql: &'static str,
    binds: Vec<Box<dyn Bind<DB> + 'v>>,
}

impl<'v, DB: Backend> Statement<'v, DB> {
    pub(super) fn new(sql: &'static str) -> Self {
        Self { sql, binds: Vec::new() }
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

impl<DB: Backend> QueryId for Statement<'_, DB> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Backend> Query for Statement<'_, DB> {
    type SqlType = Untyped;
}

impl<DB: Backend> QueryFragment<DB> for Statement<'_, DB> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let mut binds = self.binds.iter();
        for (index, part) in self.sql.split('?').enumerate() {
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

impl<DB: Backend, Conn> diesel::query_dsl::RunQueryDsl<Conn> for Statement<'_, DB> {}
