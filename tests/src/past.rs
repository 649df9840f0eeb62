//! Making what is stored seem old: the server goes by the system's clock, so tests change the times in its rows, and in
//! their ids, behind its back. And what else can't be brought about from outside.

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, TimeDelta, Utc};
use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use crate::server::Place;
use crate::services;

/// Tables that are partitioned by month on PostgreSQL.
const MONTHLY: [&str; 5] = ["messages", "recipients", "channel_tasks", "timeline_entries", "inbox"];

/// That many months before now.
pub fn months_ago(months: u32) -> DateTime<Utc> {
    Utc::now().checked_sub_months(Months::new(months)).unwrap()
}

/// Moves a message, by the caller's `messageId`, with all that is its own to `at`; one that has not ended stays open. On
/// PostgreSQL the month gets its partitions, as it would have had then.
pub async fn move_to(place: &Place, message_id: &str, at: DateTime<Utc>) {
    let (micros, millis) = (at.timestamp_micros(), at.timestamp_millis());
    let postgres = place.database_url.is_some();
    // An id begins with 48 bits of milliseconds.
    let moved = |column: &str| {
        if postgres {
            format!("('{millis:012x}' || substr(replace({column}::text, '-', ''), 13))::uuid")
        } else {
            format!("CAST(X'{millis:012x}' || substr({column}, 7) AS BLOB)")
        }
    };
    let id = format!("(SELECT id FROM messages WHERE message_id = '{message_id}')");
    let times = format!(
        "created_at = {micros}, updated_at = {micros}, finished_at = CASE WHEN finished_at IS NULL THEN NULL ELSE {micros} END"
    );
    let sql = [
        format!("UPDATE recipients SET message_id = {} WHERE message_id = {id}", moved("message_id")),
        format!(
            "UPDATE timeline_entries SET id = {}, message_id = {} WHERE message_id = {id}",
            moved("id"),
            moved("message_id")
        ),
        format!(
            "UPDATE channel_tasks SET id = {}, message_id = {}, {times} WHERE message_id = {id}",
            moved("id"),
            moved("message_id")
        ),
        format!("UPDATE inbox SET id = {}, created_at = {micros} WHERE message_id = '{message_id}'", moved("id")),
        format!("UPDATE message_keys SET id = {} WHERE id = {id}", moved("id")),
        format!("UPDATE messages SET id = {}, {times} WHERE message_id = '{message_id}'", moved("id")),
    ]
    .join("; ");
    if let Some(url) = &place.database_url {
        services::connect(url).await.batch_execute(&partitions(at)).await.unwrap();
    }
    run(place, &sql).await;
}

async fn run(place: &Place, sql: &str) {
    match &place.database_url {
        Some(url) => services::connect(url).await.batch_execute(sql).await.unwrap(),
        None => {
            let path = place.data_dir().join("posthorn.db");
            let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
            connection.batch_execute(&format!("PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE; {sql}; COMMIT")).unwrap();
        }
    }
}

/// Brings everything that waits for its time so much nearer.
pub async fn bring_nearer(place: &Place, span: TimeDelta) {
    let micros = span.num_microseconds().unwrap();
    run(place, &format!("UPDATE channel_tasks SET due_at = due_at - {micros} WHERE status IN ('PENDING', 'RETRY')"))
        .await;
}

/// Makes every rate limit of `count` one that no version stored: of nothing at all.
pub async fn spoil_rate_limits(place: &Place, count: u32) {
    let spoilt = format!("replace(rate_limit, '\"count\":{count}', '\"count\":0')");
    run(place, &format!("UPDATE channel_configs SET rate_limit = {spoilt} WHERE rate_limit IS NOT NULL")).await;
}

/// Makes what is stored of a message's recipients unreadable.
pub async fn damage(place: &Place, message_id: &str) {
    run(place, &format!("UPDATE messages SET recipients = '[' WHERE message_id = '{message_id}'")).await;
}

/// Applies a migration that no binary knows; `beside` is the one that a binary must know to run beside it.
pub async fn apply_newer(place: &Place, version: &str, beside: Option<&str>) {
    let applied = format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')");
    let says = beside.map(|least| format!("; INSERT INTO facts (name, value) VALUES ('beside:{version}', '{least}')"));
    run(place, &(applied + &says.unwrap_or_default())).await;
}

/// Makes everything that waits for its time overdue since `at`.
pub async fn overdue_since(place: &Place, at: DateTime<Utc>) {
    let micros = at.timestamp_micros();
    run(place, &format!("UPDATE channel_tasks SET due_at = {micros} WHERE status IN ('PENDING', 'RETRY')")).await;
}

fn partitions(at: DateTime<Utc>) -> String {
    let first = at.date_naive().with_day(1).unwrap();
    let next = first.checked_add_months(Months::new(1)).unwrap();
    let floor = |day: NaiveDate| {
        let millis = u128::try_from(day.and_time(NaiveTime::MIN).and_utc().timestamp_millis()).unwrap();
        uuid::Uuid::from_u128(millis << 80)
    };
    let one = |table: &str| {
        format!(
            "CREATE TABLE IF NOT EXISTS {table}_y{}m{:02} PARTITION OF {table} FOR VALUES FROM ('{}') TO ('{}')",
            first.year(),
            first.month(),
            floor(first),
            floor(next)
        )
    };
    MONTHLY.map(one).join("; ")
}
