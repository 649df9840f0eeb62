//! Lists by status, on a real database: SQLite, or PostgreSQL where a server is named.

use std::marker::PhantomData;

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Integer, Text};
use diesel::sqlite::Sqlite;
use diesel_async::SimpleAsyncConnection;
use uuid::Uuid;

use super::*;
use crate::store::conn::Raw;
use crate::store::fill::analyze;
use crate::store::testing::TestStore;

/// Messages of each tenant.
const COUNT: u32 = 4000;

fn tenant(number: u8) -> TenantId {
    TenantId(Uuid::from_u128((0x7000_8000_0000_0000_0000 << 16) | u128::from(number)))
}

/// How message `n` ended.
fn end(n: u32) -> MessageStatus {
    match n % 100 {
        7 => MessageStatus::Failed,
        8 => MessageStatus::Skipped,
        9 => MessageStatus::Cancelled,
        _ => MessageStatus::Success,
    }
}

/// Two tenants, each with messages of which a few did not go well. Ids and times grow with the numbers.
async fn filled() -> TestStore {
    let store = TestStore::open().await;
    let postgres = store.is_postgres();
    let mut conn = store.write().await.unwrap();
    for number in [1, 2] {
        let hex = tenant(number).0.simple().to_string();
        let (tenant, id) = if postgres {
            (format!("'{hex}'::uuid"), "(lpad(to_hex(n), 12, '0') || '70008000000000000000')::uuid")
        } else {
            (format!("X'{hex}'"), "unhex(printf('%012x70008000000000000000', n))")
        };
        let first = u32::from(number - 1) * COUNT;
        let sql = format!(
            "INSERT INTO messages (id, message_id, tenant_id, business_type, business_data, options, recipients, execution_mode,
                priority, status, error_code, created_at, updated_at)
             WITH RECURSIVE s(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM s WHERE n < {first} + {COUNT} - 1)
             SELECT {id}, 'm' || n, {tenant}, 'ORDER', '{{}}', '{{}}', '[]', 'PARALLEL', 5,
                CASE n % 100 WHEN 7 THEN 'FAILED' WHEN 8 THEN 'SKIPPED' WHEN 9 THEN 'CANCELLED' ELSE 'SUCCESS' END,
                CASE WHEN n % 100 IN (7, 8) THEN 'EXPIRED' END, n * 1000, n * 1000 FROM s"
        );
        match conn.raw().unwrap() {
            Raw::Sqlite(c) => c.batch_execute(&sql).await.unwrap(),
            Raw::Postgres(c) => c.batch_execute(&sql).await.unwrap(),
        }
    }
    drop(conn);
    store
}

#[tokio::test]
async fn lists_by_status_are_whole_newest_first_and_go_on() {
    use MessageStatus::{Cancelled, Failed, Skipped, Success};
    let store = filled().await;
    let mut conn = store.read().await.unwrap();
    for statuses in
        [&[Failed][..], &[Skipped], &[Failed, Skipped], &[Cancelled], &[Failed, Cancelled], &[Failed, Success], &[]]
    {
        for number in [None, Some(1), Some(2)] {
            let query =
                MessageQuery { tenant_id: number.map(tenant), status: statuses.to_vec(), ..MessageQuery::default() };
            let first = number.map_or(0, |number| u32::from(number - 1) * COUNT);
            let all = first..number.map_or(2 * COUNT, |_| first + COUNT);
            let expected: Vec<String> = all
                .rev()
                .filter(|n| statuses.is_empty() || statuses.contains(&end(*n)))
                .take(60)
                .map(|n| format!("m{n}"))
                .collect();
            let page = list(&mut conn, &query, None, 25).await.unwrap();
            let rest = list(&mut conn, &query, page.last().map(|message| message.id), 35).await.unwrap();
            let got: Vec<String> = page.into_iter().chain(rest).map(|message| message.message_id).collect();
            assert_eq!(got, expected, "{statuses:?} of {number:?}");
        }
    }
}

#[tokio::test]
async fn what_failed_or_was_skipped_has_an_error_code() {
    let store = filled().await;
    let mut conn = store.write().await.unwrap();
    for status in ["FAILED", "SKIPPED"] {
        let ended: Result<usize, StoreError> = async {
            on!(conn, c => diesel::update(messages::table.filter(messages::message_id.eq("m0")))
                .set(messages::status.eq(status)).execute(c).await)
        }
        .await;
        assert!(ended.is_err(), "{status} without an error code");
    }
}

/// `EXPLAIN` of a query, with its values.
#[derive(QueryId)]
struct Explain<Q, T>(Q, PhantomData<T>);

impl<Q: QueryFragment<Pg>, T> QueryFragment<Pg> for Explain<Q, T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("EXPLAIN ");
        self.0.walk_ast(out.reborrow())
    }
}

impl<Q: QueryFragment<Sqlite>, T> QueryFragment<Sqlite> for Explain<Q, T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("EXPLAIN QUERY PLAN ");
        self.0.walk_ast(out.reborrow())
    }
}

impl<Q, T> Query for Explain<Q, T> {
    type SqlType = T;
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The plan's lines, and what the index is called in it.
async fn plan(conn: &mut Conn, query: &MessageQuery, after: Option<MessageId>) -> (Vec<String>, Vec<String>) {
    match conn.raw().unwrap() {
        Raw::Sqlite(c) => {
            let explain = Explain(list_query!(query, after, 21), PhantomData::<(Integer, Integer, Integer, Text)>);
            let rows: Vec<(i32, i32, i32, String)> = explain.load(c).await.unwrap();
            (rows.into_iter().map(|row| row.3).collect(), vec!["messages_error".to_owned()])
        }
        Raw::Postgres(c) => {
            let explain = Explain(list_query!(query, after, 21), PhantomData::<Text>);
            let lines = explain.load(c).await.unwrap();
            // Each partition has its own index, with a name that PostgreSQL made.
            let own =
                "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'messages_error'::regclass";
            let names: Vec<Name> = diesel::sql_query(own).load(c).await.unwrap();
            (lines, names.into_iter().map(|row| row.name).collect())
        }
    }
}

#[tokio::test]
async fn a_tenants_failures_are_found_by_their_own_index() {
    use MessageStatus::{Failed, Skipped, Success};
    let store = filled().await;
    let after = Some(MessageId(Uuid::from_u128(u128::from(COUNT / 2) << 80)));
    for analyzed in [false, true] {
        if analyzed {
            analyze(&store).await.unwrap();
        }
        let mut conn = store.read().await.unwrap();
        for (statuses, own) in [(vec![Failed], true), (vec![Failed, Skipped], true), (vec![Failed, Success], false)] {
            let query = MessageQuery { tenant_id: Some(tenant(1)), status: statuses, ..MessageQuery::default() };
            for after in [None, after] {
                let (lines, names) = plan(&mut conn, &query, after).await;
                let used =
                    lines.iter().flat_map(|line| line.split_whitespace()).any(|word| names.iter().any(|it| it == word));
                assert_eq!(used, own, "{:?}, analyzed: {analyzed}: {lines:#?}", query.status);
            }
        }
    }
}
