//! Counting in memory: what one batch or transaction has changed, summed up by what it is filed under.

use std::collections::BTreeMap;

use diesel::pg::Pg;
use diesel::sql_types::{Array, BigInt, SmallInt, Text};
use diesel::{QueryResult, SqliteConnection};
use uuid::Uuid;

use super::super::conn::{Conn, Raw};
use super::super::error::StoreError;
use super::super::statement::{Statement, sql};
use super::super::types::{Id, Key};
use crate::domain::enums::{MessageStatus, TaskStatus};
use crate::domain::stats::{Counted, NOT_MEASURED, TASK_REOPENED, step_of};
use crate::domain::time::Timestamp;

const MINUTE: i64 = 60_000_000;

/// What a number is filed under.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Filed {
    at: i64,
    tenant: Uuid,
    kind: Counted,
    business_type: String,
    channel_type: String,
    config: Uuid,
    status: &'static str,
    error_code: String,
    latency: i16,
}

/// A message as far as it is counted.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct OfMessage<'a> {
    pub tenant: Key,
    pub business_type: &'a str,
}

/// A task as far as it is counted.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct OfTask<'a> {
    pub tenant: Key,
    pub business_type: &'a str,
    pub channel_type: &'a str,
    pub config: Key,
}

/// How a message ended.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct MessageEnd<'a> {
    pub status: MessageStatus,
    pub error_code: Option<&'a str>,
    /// When it was accepted, or was to be sent where that is later.
    pub since: i64,
    pub at: i64,
}

/// What became of a task.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct TaskTurn<'a> {
    pub status: TaskStatus,
    pub error_code: Option<&'a str>,
    /// See `domain::stats::step_of`.
    pub took: i16,
    pub at: i64,
}

/// What was counted.
#[derive(Debug, Default)]
pub(in crate::store) struct Tally(BTreeMap<Filed, i64>);

sql!(CountOne, concat!(super::count_into!(), "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
sql!(
    CountAll,
    concat!(
        super::count_into!(),
        "SELECT at, tenant_id, kind, business_type, channel_type, channel_config_id, status, error_code, latency, count \
         FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AS c(at, tenant_id, kind, business_type, channel_type, \
         channel_config_id, status, error_code, latency, count)"
    )
);

impl Tally {
    pub fn accepted(&mut self, of: OfMessage<'_>, at: Timestamp) {
        self.message(of, Counted::Accepted, "", None, NOT_MEASURED, at.0);
    }

    pub fn ended(&mut self, of: OfMessage<'_>, end: MessageEnd<'_>) {
        use MessageStatus::{Failed, PartialSuccess, Success};
        let sent = matches!(end.status, Success | PartialSuccess | Failed);
        let latency = if sent { step_of(end.at - end.since) } else { NOT_MEASURED };
        self.message(of, Counted::Ended, end.status.as_str(), end.error_code, latency, end.at);
    }

    /// It had ended with this status and code, and is under way again.
    pub fn reopened(&mut self, of: OfMessage<'_>, was: MessageStatus, error_code: Option<&str>, at: Timestamp) {
        self.message(of, Counted::Reopened, was.as_str(), error_code, NOT_MEASURED, at.0);
    }

    /// An end, or an attempt after which it waits for another.
    pub fn task(&mut self, of: OfTask<'_>, turn: TaskTurn<'_>) {
        self.of_task(of, turn.status.as_str(), turn.error_code, turn.took, turn.at);
    }

    /// It had failed with this code, and waits again.
    pub fn task_reopened(&mut self, of: OfTask<'_>, error_code: Option<&str>, at: Timestamp) {
        self.of_task(of, TASK_REOPENED, error_code, NOT_MEASURED, at.0);
    }

    fn message(
        &mut self,
        of: OfMessage<'_>,
        kind: Counted,
        status: &'static str,
        code: Option<&str>,
        latency: i16,
        at: i64,
    ) {
        self.add(Filed {
            at: at - at % MINUTE,
            tenant: of.tenant.0,
            kind,
            business_type: of.business_type.to_owned(),
            channel_type: String::new(),
            config: Uuid::nil(),
            status,
            error_code: code.unwrap_or_default().to_owned(),
            latency,
        });
    }

    fn of_task(&mut self, of: OfTask<'_>, status: &'static str, code: Option<&str>, latency: i16, at: i64) {
        self.add(Filed {
            at: at - at % MINUTE,
            tenant: of.tenant.0,
            kind: Counted::Task,
            business_type: of.business_type.to_owned(),
            channel_type: of.channel_type.to_owned(),
            config: of.config.0,
            status,
            error_code: code.unwrap_or_default().to_owned(),
            latency,
        });
    }

    fn add(&mut self, filed: Filed) {
        *self.0.entry(filed).or_default() += 1;
    }

    /// Stores it, within the transaction that made the changes.
    pub fn insert_sqlite(&self, c: &mut SqliteConnection) -> QueryResult<()> {
        for (filed, count) in &self.0 {
            diesel::RunQueryDsl::execute(
                Statement::new(CountOne)
                    .bind::<BigInt, _>(filed.at)
                    .bind::<Id, _>(Key(filed.tenant))
                    .bind::<Text, _>(filed.kind.as_str())
                    .bind::<Text, _>(filed.business_type.as_str())
                    .bind::<Text, _>(filed.channel_type.as_str())
                    .bind::<Id, _>(Key(filed.config))
                    .bind::<Text, _>(filed.status)
                    .bind::<Text, _>(filed.error_code.as_str())
                    .bind::<SmallInt, _>(filed.latency)
                    .bind::<BigInt, _>(*count),
                c,
            )?;
        }
        Ok(())
    }

    /// The same for a transaction on either database; one statement on PostgreSQL, none where there is nothing.
    pub async fn insert(self, conn: &mut Conn) -> Result<(), StoreError> {
        if self.0.is_empty() {
            return Ok(());
        }
        match conn.raw()? {
            Raw::Sqlite(c) => c.spawn_blocking(move |c| self.insert_sqlite(c)).await?,
            Raw::Postgres(c) => {
                let texts = |of: fn(&Filed) -> &str| self.0.keys().map(of).collect::<Vec<_>>();
                let keys = |of: fn(&Filed) -> Uuid| self.0.keys().map(|filed| Key(of(filed))).collect::<Vec<_>>();
                let statement = Statement::<Pg, _>::new(CountAll)
                    .bind::<Array<BigInt>, _>(self.0.keys().map(|filed| filed.at).collect::<Vec<_>>())
                    .bind::<Array<Id>, _>(keys(|filed| filed.tenant))
                    .bind::<Array<Text>, _>(texts(|filed| filed.kind.as_str()))
                    .bind::<Array<Text>, _>(texts(|filed| &filed.business_type))
                    .bind::<Array<Text>, _>(texts(|filed| &filed.channel_type))
                    .bind::<Array<Id>, _>(keys(|filed| filed.config))
                    .bind::<Array<Text>, _>(texts(|filed| filed.status))
                    .bind::<Array<Text>, _>(texts(|filed| &filed.error_code))
                    .bind::<Array<SmallInt>, _>(self.0.keys().map(|filed| filed.latency).collect::<Vec<_>>())
                    .bind::<Array<BigInt>, _>(self.0.values().copied().collect::<Vec<_>>());
                diesel_async::RunQueryDsl::execute(statement, c).await?;
            }
        }
        Ok(())
    }
}
