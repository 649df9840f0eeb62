//! Reading numbers over time: rollups and what is not yet in them, in one statement and so of one moment.

use diesel::QueryableByName;
use diesel::pg::Pg;
use diesel::sql_types::{BigInt, Nullable, SmallInt, Text};
use diesel::sqlite::Sqlite;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::super::conn::{Conn, Raw};
use super::super::error::StoreError;
use crate::domain::stats::{Buckets, Counted, StatsFilter, StatsGroupBy};
use crate::domain::time::Timestamp;

/// A number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatsRow {
    pub at: Timestamp,
    /// None where its group is none of those that were named, or none were asked for. A channel config's is its id as 32
    /// hexadecimal digits.
    pub group: Option<String>,
    pub kind: Counted,
    pub status: String,
    /// See `domain::stats::step_of`.
    pub step: i16,
    pub count: u64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    bucket: i64,
    #[diesel(sql_type = Nullable<Text>)]
    grouped: Option<String>,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = SmallInt)]
    latency: i16,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct GroupRow {
    #[diesel(sql_type = Text)]
    grouped: String,
}

/// The column that sets groups apart, as text, and which rows have it.
fn grouping(by: StatsGroupBy, postgres: bool) -> (&'static str, &'static str) {
    match by {
        StatsGroupBy::BusinessType => ("business_type", "true"),
        StatsGroupBy::ChannelType => ("channel_type", "kind = 'TASK'"),
        StatsGroupBy::ChannelConfig if postgres => ("replace(channel_config_id::text, '-', '')", "kind = 'TASK'"),
        StatsGroupBy::ChannelConfig => ("lower(hex(channel_config_id))", "kind = 'TASK'"),
        StatsGroupBy::Status => ("status", "kind IN ('ENDED', 'REOPENED')"),
        StatsGroupBy::ErrorCode => ("error_code", "error_code <> ''"),
    }
}

/// The number of a bound value, as both databases understand it.
fn bound(number: usize, postgres: bool) -> String {
    format!("{}{number}", if postgres { '$' } else { '?' })
}

/// The rows that the filter lets through, as a table. The first bound value is the business type; an empty one lets every
/// row through.
fn rows(filter: &StatsFilter, buckets: &Buckets, by: Option<StatsGroupBy>, postgres: bool) -> String {
    let literal = |id: Uuid| if postgres { format!("'{id}'::uuid") } else { format!("X'{}'", id.simple()) };
    let mut wanted = match filter.tenant_id {
        Some(tenant) => format!("tenant_id = {}", literal(tenant.0)),
        // By the primary key all the same: a look at each tenant's part of it.
        None => "tenant_id IN (SELECT id FROM tenants)".to_owned(),
    };
    wanted.push_str(&format!(" AND at >= {} AND at < {}", buckets.from().0, buckets.to().0));
    let business_type = bound(1, postgres);
    wanted.push_str(&format!(" AND ({business_type} = '' OR business_type = {business_type})"));
    if let Some(channel_type) = filter.channel_type {
        wanted.push_str(&format!(" AND channel_type = '{channel_type}'"));
    }
    if let Some(config) = filter.channel_config_id {
        wanted.push_str(&format!(" AND channel_config_id = {}", literal(config.0)));
    }
    if let Some(by) = by {
        wanted.push_str(&format!(" AND {}", grouping(by, postgres).1));
    }
    let columns = "at, kind, business_type, channel_type, channel_config_id, status, error_code, latency, count";
    format!(
        "(SELECT {columns} FROM stat_rollups WHERE width = {} AND {wanted} \
         UNION ALL SELECT {columns} FROM stat_deltas WHERE {wanted}) AS s",
        buckets.width
    )
}

/// Loads rows with any number of texts bound, on either database.
macro_rules! load {
    ($conn:expr, $row:ty, $query:expr, $texts:expr) => {{
        let texts: Vec<String> = $texts;
        let rows: Vec<$row> = match $conn.raw()? {
            Raw::Sqlite(c) => {
                let query = diesel::sql_query($query).into_boxed::<Sqlite>();
                texts.into_iter().fold(query, |query, text| query.bind::<Text, _>(text)).load(c).await?
            }
            Raw::Postgres(c) => {
                let query = diesel::sql_query($query).into_boxed::<Pg>();
                texts.into_iter().fold(query, |query, text| query.bind::<Text, _>(text)).load(c).await?
            }
        };
        rows
    }};
}

fn is_postgres(conn: &mut Conn) -> Result<bool, StoreError> {
    Ok(matches!(conn.raw()?, Raw::Postgres(_)))
}

/// The groups with the largest numbers, at most `limit`.
///
/// # Errors
/// Where the database can't be asked.
pub async fn largest_groups(
    conn: &mut Conn,
    filter: &StatsFilter,
    buckets: &Buckets,
    by: StatsGroupBy,
    limit: usize,
) -> Result<Vec<String>, StoreError> {
    let postgres = is_postgres(conn)?;
    let column = grouping(by, postgres).0;
    let query = format!(
        "SELECT {column} AS grouped FROM {} GROUP BY {column} ORDER BY sum(count) DESC, {column} LIMIT {limit}",
        rows(filter, buckets, Some(by), postgres)
    );
    let business_type = filter.business_type.clone().unwrap_or_default();
    let found = load!(conn, GroupRow, query, vec![business_type]);
    Ok(found.into_iter().map(|row| row.grouped).collect())
}

/// The numbers of each bucket, set apart by the groups that are named.
///
/// # Errors
/// Where the database can't be asked.
pub async fn series(
    conn: &mut Conn,
    filter: &StatsFilter,
    buckets: &Buckets,
    by: Option<(StatsGroupBy, &[String])>,
) -> Result<Vec<StatsRow>, StoreError> {
    let postgres = is_postgres(conn)?;
    let mut texts = vec![filter.business_type.clone().unwrap_or_default()];
    let grouped = match by {
        Some((by, groups)) if !groups.is_empty() => {
            texts.extend(groups.iter().cloned());
            let named: Vec<String> = (2..=texts.len()).map(|number| bound(number, postgres)).collect();
            let column = grouping(by, postgres).0;
            format!("CASE WHEN {column} IN ({}) THEN {column} END", named.join(", "))
        }
        _ => "CAST(NULL AS text)".to_owned(),
    };
    let (shift, span) = (buckets.shift, buckets.span);
    let query = format!(
        "SELECT at - (at + {shift}) % {span} AS bucket, {grouped} AS grouped, kind, status, latency, \
         CAST(sum(count) AS bigint) AS number FROM {} GROUP BY 1, 2, 3, 4, 5",
        rows(filter, buckets, by.map(|(by, _)| by), postgres)
    );
    let found = load!(conn, Row, query, texts);
    let row = |row: Row| {
        Some(StatsRow {
            at: Timestamp(row.bucket).max(buckets.from()),
            group: row.grouped,
            kind: Counted::parse(&row.kind)?,
            status: row.status,
            step: row.latency,
            count: u64::try_from(row.number).unwrap_or(0),
        })
    };
    Ok(found.into_iter().filter_map(row).collect())
}
