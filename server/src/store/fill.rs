//! Many copies of one message, made within the database: how `posthorn bench` gets millions of stored messages to measure
//! beside, in minutes.

use std::ops::Range;

use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use uuid::Uuid;

use super::conn::{Conn, Raw, Store, on};
use super::error::StoreError;
use super::schema::{channel_tasks, messages};
use super::types::Key;
use crate::domain::time::Timestamp;

/// Each so many-th copy is one that failed, so that filters have something to look for.
const FAILED_EVERY: u32 = 100;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

/// What differs between the databases: an id made of `ms`, `n` and a digit that tells messages from tasks.
struct Dialect {
    postgres: bool,
}

impl Dialect {
    fn id(&self, digit: u8) -> String {
        if self.postgres {
            format!(
                "(lpad(to_hex(ms), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0') || '{digit}' || \
                 lpad(to_hex(n), 15, '0'))::uuid"
            )
        } else {
            format!("unhex(printf('%012x7%03x{digit}%015x', ms, n % 4096, n))")
        }
    }

    /// A generated messageId names its row.
    fn message_id(&self) -> String {
        let id = self.id(8);
        let hex = if self.postgres { format!("replace({id}::text, '-', '')") } else { format!("lower(hex({id}))") };
        format!("'msg_' || {hex}")
    }

    /// `n` by number, with an `ms` between two instants that grows with it up to number `all`.
    fn series(&self, numbers: Range<u32>, all: u32, (from, until): (Timestamp, Timestamp)) -> String {
        let (start, span) = (from.0 / 1000, (until.0 - from.0) / 1000);
        let (first, last) = (numbers.start, numbers.end - 1);
        let ms = format!("{start} + {span} * n / {all} AS ms");
        if self.postgres {
            format!("(SELECT n, {ms} FROM generate_series({first}::bigint, {last}::bigint) AS n)")
        } else {
            format!(
                "(WITH RECURSIVE s(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM s WHERE n < {last}) \
                 SELECT n, {ms} FROM s)"
            )
        }
    }
}

/// One thing where copy `n` is to be one that failed, another where not.
fn failed(then: &str, otherwise: &str) -> String {
    format!("CASE WHEN n % {FAILED_EVERY} = 7 THEN {then} ELSE {otherwise} END")
}

/// The rows of a message and of its task.
async fn rows(conn: &mut Conn, message_id: &str) -> Result<(Key, Key), StoreError> {
    let row: Key = on!(conn, c => messages::table
        .filter(messages::message_id.eq(message_id)).select(messages::id).first(c).await)?;
    let task: Key = on!(conn, c => channel_tasks::table
        .filter(channel_tasks::message_id.eq(row)).select(channel_tasks::id).first(c).await)?;
    Ok((row, task))
}

async fn execute(conn: &mut Conn, sql: &str) -> Result<(), StoreError> {
    match conn.raw()? {
        Raw::Sqlite(c) => c.batch_execute(sql).await?,
        Raw::Postgres(c) => c.batch_execute(sql).await?,
    }
    Ok(())
}

/// Copies a message with its tasks and recipients, once for each number, with ids and times spread evenly over a span.
/// Each hundredth copy is a failed one. A number may be used once in a database; `per_transaction` is at least 1.
/// Statistics know nothing of them until they are counted by [`count`].
///
/// # Errors
/// Where the database refuses; what was copied until then stays.
pub async fn multiply(
    store: &Store,
    message_id: &str,
    numbers: Range<u32>,
    per_transaction: u32,
    span: (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let mut conn = store.read().await?;
    let (row, task) = rows(&mut conn, message_id).await?;
    let dialect = Dialect { postgres: store.is_postgres() };
    let instant = |name: &'static str| (name, "ms * 1000".to_owned());
    let status = ("status", failed("'FAILED'", "t.status"));
    let error = ("error_code", failed("'CHANNEL_REJECTED'", "t.error_code"));
    let times = [instant("created_at"), instant("updated_at"), instant("finished_at")];
    let of_message = [
        vec![("id", dialect.id(8)), ("message_id", dialect.message_id()), status.clone(), error.clone()],
        vec![
            ("success_channels", failed("0", "t.success_channels")),
            ("failed_channels", failed("1", "t.failed_channels")),
        ],
        times.to_vec(),
    ];
    let of_task = [
        vec![
            ("id", dialect.id(9)),
            ("message_id", dialect.id(8)),
            ("message_key", dialect.message_id()),
            status,
            error,
        ],
        times.to_vec(),
    ];
    let copies = [
        ("messages", format!("id = {}", literal(row, &dialect)), of_message.concat()),
        ("channel_tasks", format!("id = {}", literal(task, &dialect)), of_task.concat()),
        ("recipients", format!("message_id = {}", literal(row, &dialect)), vec![("message_id", dialect.id(8))]),
    ];
    let mut statements = Vec::new();
    for (table, of, other) in copies {
        let columns = columns(&mut conn, table).await?;
        let select = columns.iter().map(|name| {
            other.iter().find(|(its, _)| its == name).map_or(format!("t.{name}"), |(_, instead)| instead.clone())
        });
        let select = select.collect::<Vec<_>>().join(", ");
        statements.push((
            format!("INSERT INTO {table} ({}) SELECT {select} FROM", columns.join(", ")),
            format!("{table} t WHERE t.{of}"),
        ));
    }
    drop(conn);
    for first in numbers.clone().step_by(per_transaction as usize) {
        let series = dialect.series(first..numbers.end.min(first + per_transaction), numbers.end, span);
        let mut conn = store.begin().await?;
        for (insert, from) in &statements {
            execute(&mut conn, &format!("{insert} {series} AS s, {from}")).await?;
        }
        conn.commit().await?;
    }
    Ok(())
}

/// Counts the copies that [`multiply`] made with the same numbers and span, as their ways would have been counted.
///
/// # Errors
/// Where the database refuses; then none was counted.
pub async fn count(
    store: &Store,
    message_id: &str,
    numbers: Range<u32>,
    span: (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let mut conn = store.begin().await?;
    let (row, task) = rows(&mut conn, message_id).await?;
    let dialect = Dialect { postgres: store.is_postgres() };
    let all = numbers.end;
    let series = dialect.series(numbers, all, span);
    let (none, row, task) = (literal(Key(Uuid::nil()), &dialect), literal(row, &dialect), literal(task, &dialect));
    let (status, error) = (failed("'FAILED'", "t.status"), failed("'CHANNEL_REJECTED'", "COALESCE(t.error_code, '')"));
    let no_channel = format!("'' AS channel, {none} AS config");
    let kinds = [
        ("messages", &row, "ACCEPTED", no_channel.as_str(), "''", "''", -1),
        ("messages", &row, "ENDED", no_channel.as_str(), status.as_str(), error.as_str(), 0),
        (
            "channel_tasks",
            &task,
            "TASK",
            "t.channel_type AS channel, t.channel_config_id AS config",
            &status,
            &error,
            0,
        ),
    ];
    for (table, of, kind, channel, status, error, latency) in kinds {
        let counted = format!(
            "INSERT INTO stat_deltas (at, tenant_id, kind, business_type, channel_type, channel_config_id, status, \
             error_code, latency, count) SELECT minute, tenant_id, '{kind}', business_type, channel, config, status, \
             error, {latency}, count(*) FROM (SELECT ms * 1000 - ms * 1000 % 60000000 AS minute, t.tenant_id, \
             t.business_type, {channel}, {status} AS status, {error} AS error FROM {series} AS s, {table} t \
             WHERE t.id = {of}) AS c GROUP BY minute, tenant_id, business_type, channel, config, status, error"
        );
        execute(&mut conn, &counted).await?;
    }
    conn.commit().await
}

/// Commits a row of next to nothing, in a statement of its own.
///
/// # Errors
/// Where the database refuses.
pub async fn commit_a_row(conn: &mut Conn, n: usize) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO facts (name, value) VALUES ('bench', '?') ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    execute(conn, &sql.replace('?', &n.to_string())).await
}

/// Lets the database look at what is there now, as it does by itself before long.
pub async fn analyze(store: &Store) -> Result<(), StoreError> {
    execute(&mut store.write().await?, "ANALYZE").await
}

fn literal(id: Key, dialect: &Dialect) -> String {
    let hex = id.0.simple();
    if dialect.postgres { format!("'{hex}'::uuid") } else { format!("x'{hex}'") }
}

/// The columns of a table.
async fn columns(conn: &mut Conn, table: &str) -> Result<Vec<String>, StoreError> {
    let found: Vec<Column> = match conn.raw()? {
        Raw::Sqlite(c) => diesel::sql_query(format!("SELECT name FROM pragma_table_info('{table}')")).load(c).await?,
        Raw::Postgres(c) => {
            let query =
                "SELECT attname::text AS name FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped AND attrelid =";
            diesel::sql_query(format!("{query} '{table}'::regclass")).load(c).await?
        }
    };
    Ok(found.into_iter().map(|column| column.name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::TenantId;
    use crate::store::stats::audit::audit;
    use crate::store::testing::TestStore;

    #[tokio::test(flavor = "multi_thread")]
    async fn copies_are_complete_and_can_be_told_apart() {
        let store = TestStore::open().await;
        let tenant = TenantId::new(Timestamp(1));
        let id = tenant.0.simple();
        let key = if store.is_postgres() { format!("'{id}'::uuid") } else { format!("x'{id}'") };
        let sql = format!(
            "INSERT INTO messages (id, message_id, tenant_id, business_type, business_data, options, recipients,
                execution_mode, priority, status, created_at, updated_at)
             VALUES ({key}, 'first', {key}, 'ORDER', '{{}}', '{{}}', '[]', 'PARALLEL', 5, 'SUCCESS', 1, 1);
             INSERT INTO channel_tasks (id, message_id, tenant_id, message_key, business_type, channel_type,
                channel_config_id, message_type, rendered_content, recipient_from, recipient_count, status, max_retry,
                priority, lane_priority, created_at, updated_at)
             VALUES ({key}, {key}, {key}, 'first', 'ORDER', 'WEBHOOK', {key}, 'TEXT', '{{}}', 0, 1, 'SUCCESS', 3, 1, 5, 1, 1);
             INSERT INTO recipients (tenant_id, address, message_id) VALUES ({key}, 'ada', {key});
             INSERT INTO stat_deltas (at, tenant_id, kind, business_type, channel_type, channel_config_id, status,
                error_code, latency, count)
             VALUES (0, {key}, 'ACCEPTED', 'ORDER', '', {key}, '', '', -1, 1),
                (0, {key}, 'ENDED', 'ORDER', '', {key}, 'SUCCESS', '', 0, 1),
                (0, {key}, 'TASK', 'ORDER', 'WEBHOOK', {key}, 'SUCCESS', '', 0, 1);"
        );
        execute(&mut store.write().await.unwrap(), &sql).await.unwrap();
        let span = (Timestamp::from_millis(1_700_000_000_000), Timestamp::from_millis(1_700_000_100_000));
        multiply(&store, "first", 0..250, 100, span).await.unwrap();
        let (joined, failed, times) = counted(&store).await.unwrap();
        assert_eq!((joined, failed), (251, 3));
        assert_eq!(times, (Some(span.0.0), Some(span.1.0 - 400_000)));
        count(&store, "first", 0..250, span).await.unwrap();
        audit(&store, tenant, Timestamp(0), span.1).await;
    }

    /// Messages with their task, failed ones, the first and the last copy's time.
    async fn counted(store: &Store) -> Result<(i64, i64, (Option<i64>, Option<i64>)), StoreError> {
        let mut conn = store.read().await?;
        let its_task =
            messages::id.eq(channel_tasks::message_id).and(messages::message_id.eq(channel_tasks::message_key));
        let joined = on!(conn, c => channel_tasks::table
            .inner_join(messages::table.on(its_task)).count().get_result(c).await)?;
        let failed = messages::status.eq("FAILED").and(messages::error_code.eq("CHANNEL_REJECTED"));
        let failed = on!(conn, c => messages::table.filter(failed).count().get_result(c).await)?;
        let times = on!(conn, c => messages::table
            .filter(messages::message_id.ne("first"))
            .select((diesel::dsl::min(messages::created_at), diesel::dsl::max(messages::created_at)))
            .first(c).await)?;
        Ok((joined, failed, times))
    }
}
