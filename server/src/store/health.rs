//! When each channel config last sent and last failed. Instances note it every few seconds; the latest counts.

use std::collections::BTreeMap;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text};

use super::conn::{Conn, Raw, Store, on};
use super::error::StoreError;
use super::schema::channel_health;
use super::statement::{Statement, sql};
use super::types::{Id, Key};
use crate::domain::channel_config::{ChannelFailure, ChannelHealth};
use crate::domain::id::ChannelConfigId;
use crate::domain::time::Timestamp;

/// Of two times the later one counts, and with that of a failure its code and text.
macro_rules! later {
    ($greatest:literal) => {
        concat!(
            "ON CONFLICT (channel_config_id) DO UPDATE SET last_success_at = ",
            $greatest,
            "(COALESCE(excluded.last_success_at, h.last_success_at), \
               COALESCE(h.last_success_at, excluded.last_success_at)), \
             last_error_code = CASE WHEN excluded.last_failure_at >= COALESCE(h.last_failure_at, 0) \
               THEN excluded.last_error_code ELSE h.last_error_code END, \
             last_error_message = CASE WHEN excluded.last_failure_at >= COALESCE(h.last_failure_at, 0) \
               THEN excluded.last_error_message ELSE h.last_error_message END, \
             last_failure_at = ",
            $greatest,
            "(COALESCE(excluded.last_failure_at, h.last_failure_at), \
               COALESCE(h.last_failure_at, excluded.last_failure_at))"
        )
    };
}

sql!(
    NoteOne,
    concat!(
        "INSERT INTO channel_health AS h (channel_config_id, last_success_at, last_failure_at, last_error_code, \
         last_error_message) VALUES (?, ?, ?, ?, ?) ",
        later!("max")
    )
);

sql!(
    NoteAll,
    concat!(
        "INSERT INTO channel_health AS h (channel_config_id, last_success_at, last_failure_at, last_error_code, \
         last_error_message) SELECT * FROM unnest(?, ?, ?, ?, ?) ",
        later!("GREATEST")
    )
);

impl Store {
    /// Notes what an instance saw since it last did so, in one statement (on SQLite one transaction).
    ///
    /// # Errors
    /// Where the database refuses; noting it again is safe.
    pub async fn note_health(&self, seen: BTreeMap<ChannelConfigId, ChannelHealth>) -> Result<(), StoreError> {
        let mut conn = self.begin().await?;
        match conn.raw()? {
            Raw::Sqlite(c) => c.spawn_blocking(move |c| note_sqlite(c, &seen)).await?,
            // In the order of their ids, so that two instances wait for each other instead of deadlocking.
            Raw::Postgres(c) => {
                let failures = || seen.values().map(|health| health.last_failure.as_ref());
                let statement = Statement::<Pg, _>::new(NoteAll)
                    .bind::<Array<Id>, _>(seen.keys().copied().map(Key::from).collect::<Vec<_>>())
                    .bind::<Array<Nullable<BigInt>>, _>(
                        seen.values().map(|health| health.last_success_at.map(|at| at.0)).collect::<Vec<_>>(),
                    )
                    .bind::<Array<Nullable<BigInt>>, _>(
                        failures().map(|failure| failure.map(|failure| failure.at.0)).collect::<Vec<_>>(),
                    )
                    .bind::<Array<Nullable<Text>>, _>(
                        failures().map(|failure| failure.map(|failure| failure.code.as_str())).collect::<Vec<_>>(),
                    )
                    .bind::<Array<Nullable<Text>>, _>(
                        failures()
                            .map(|failure| failure.and_then(|failure| failure.message.as_deref()))
                            .collect::<Vec<_>>(),
                    );
                diesel_async::RunQueryDsl::execute(statement, c).await?;
            }
        }
        conn.commit().await
    }
}

fn note_sqlite(c: &mut SqliteConnection, seen: &BTreeMap<ChannelConfigId, ChannelHealth>) -> QueryResult<()> {
    for (id, health) in seen {
        let failure = health.last_failure.as_ref();
        Statement::new(NoteOne)
            .bind::<Id, _>(Key::from(*id))
            .bind::<Nullable<BigInt>, _>(health.last_success_at.map(|at| at.0))
            .bind::<Nullable<BigInt>, _>(failure.map(|failure| failure.at.0))
            .bind::<Nullable<Text>, _>(failure.map(|failure| failure.code.as_str()))
            .bind::<Nullable<Text>, _>(failure.and_then(|failure| failure.message.as_deref()))
            .execute(c)?;
    }
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = channel_health)]
struct Row {
    channel_config_id: Key,
    last_success_at: Option<i64>,
    last_failure_at: Option<i64>,
    last_error_code: Option<String>,
    last_error_message: Option<String>,
}

/// What is known of these configs; nothing of those that were never used.
pub async fn by_ids(
    conn: &mut Conn,
    ids: &[ChannelConfigId],
) -> Result<Vec<(ChannelConfigId, ChannelHealth)>, StoreError> {
    let ids: Vec<Key> = ids.iter().copied().map(Key::from).collect();
    let rows: Vec<Row> = on!(conn, c => {
        let of = channel_health::table.filter(channel_health::channel_config_id.eq_any(ids)).select(Row::as_select());
        diesel_async::RunQueryDsl::load(of, c).await
    })?;
    let health = |row: Row| {
        let last_failure = row.last_failure_at.map(|at| ChannelFailure {
            at: Timestamp(at),
            code: row.last_error_code.unwrap_or_default(),
            message: row.last_error_message,
        });
        let health = ChannelHealth { last_success_at: row.last_success_at.map(Timestamp), last_failure };
        (row.channel_config_id.into(), health)
    };
    Ok(rows.into_iter().map(health).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::TestStore;

    fn health(success: Option<i64>, failure: Option<(i64, &str)>) -> ChannelHealth {
        let failure = failure.map(|(at, code)| ChannelFailure {
            at: Timestamp(at),
            code: code.to_owned(),
            message: Some(format!("{code} at {at}")),
        });
        ChannelHealth { last_success_at: success.map(Timestamp), last_failure: failure }
    }

    #[tokio::test]
    async fn of_what_instances_note_the_latest_counts_whatever_the_order() {
        let store = TestStore::open().await;
        let (one, two) = (ChannelConfigId::new(Timestamp(1)), ChannelConfigId::new(Timestamp(2)));
        let note = async |id, health| store.note_health(BTreeMap::from([(id, health)])).await.unwrap();
        let read = async |id| {
            let found = by_ids(&mut store.read().await.unwrap(), &[id]).await.unwrap();
            found.into_iter().next().map(|(_, health)| health)
        };
        assert_eq!(read(one).await, None);
        note(one, health(Some(10), None)).await;
        note(one, health(None, Some((20, "RETRY")))).await;
        assert_eq!(read(one).await, Some(health(Some(10), Some((20, "RETRY")))));
        // Another instance saw this earlier and says so later.
        note(one, health(Some(5), Some((15, "CONFIG")))).await;
        assert_eq!(read(one).await, Some(health(Some(10), Some((20, "RETRY")))));
        note(one, health(Some(30), Some((25, "CONFIG")))).await;
        assert_eq!(read(one).await, Some(health(Some(30), Some((25, "CONFIG")))));
        note(two, health(None, Some((7, "BAD_MSG")))).await;
        assert_eq!(read(two).await, Some(health(None, Some((7, "BAD_MSG")))));
        let both = by_ids(&mut store.read().await.unwrap(), &[one, two]).await.unwrap();
        assert_eq!(both.len(), 2);
    }
}
