//! Verdicts as rows hold them. What the chain decides is the same for most messages of a kind, but for the times: such a
//! list is stored once and named by its hash, which makes a message's row a third of its size. What tells of a deferral or
//! a refusal (and so may be different each time) is stored with its message.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::conn::{Conn, on};
use super::error::StoreError;
use super::schema::verdict_lists;
use super::statement::{Statement, sql};
use super::types::{Id, Key};
use crate::domain::enums::VerdictOutcome;
use crate::domain::time::Timestamp;
use crate::domain::verdict::Verdict;

/// Lists that a process remembers having stored; when there are more it begins anew.
const REMEMBERED: usize = 10_000;

/// What the chain decided about a message, ready to be stored.
#[derive(Debug, Clone)]
pub struct StoredVerdicts {
    verdicts: Vec<Verdict>,
    list: Option<Uuid>,
    text: String,
}

/// A list by its name, and what is different for each message.
#[derive(Serialize, Deserialize)]
struct Named {
    #[serde(rename = "l")]
    list: Uuid,
    #[serde(rename = "a")]
    at: Timestamp,
    /// Microseconds that each verdict's handler took.
    #[serde(rename = "u")]
    durations: Vec<Option<u64>>,
}

impl StoredVerdicts {
    /// # Errors
    /// Where they can't be written as JSON (which never happens).
    pub fn new(verdicts: Vec<Verdict>) -> Result<Self, serde_json::Error> {
        let list = name(&verdicts);
        let text = match (list, verdicts.first()) {
            (Some(list), Some(first)) => {
                let durations = verdicts.iter().map(|verdict| verdict.duration_us).collect();
                serde_json::to_string(&Named { list, at: first.at, durations })?
            }
            _ => serde_json::to_string(&verdicts)?,
        };
        Ok(Self { verdicts, list, text })
    }

    /// What the message's row holds.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The list without times.
    fn body(&self) -> Result<String, serde_json::Error> {
        let mut verdicts = self.verdicts.clone();
        for verdict in &mut verdicts {
            verdict.at = Timestamp(0);
            verdict.duration_us = None;
        }
        serde_json::to_string(&verdicts)
    }
}

/// The list's name, where it may be that of many messages.
fn name(verdicts: &[Verdict]) -> Option<Uuid> {
    let at = verdicts.first()?.at;
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        hash.update(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
        hash.update(text);
    };
    for verdict in verdicts {
        let usual = matches!(verdict.outcome, VerdictOutcome::Pass | VerdictOutcome::Skip) && verdict.code.is_none();
        if !usual || verdict.at != at {
            return None;
        }
        part(&verdict.handler);
        part(verdict.outcome.as_str());
        part(verdict.detail.as_deref().unwrap_or("\0"));
        part(verdict.channel_type.map_or("", |channel_type| channel_type.as_str()));
        let config = verdict.channel_config_id.map_or(Uuid::nil(), |id| id.0);
        part(config.simple().encode_lower(&mut Uuid::encode_buffer()));
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Some(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// The lists that this process knows to be stored.
#[derive(Clone, Default)]
pub(super) struct KnownLists(Arc<RwLock<HashSet<Uuid>>>);

impl KnownLists {
    /// Name and body of those that are to be stored first.
    pub(super) fn missing<'v>(
        &self,
        verdicts: impl Iterator<Item = &'v StoredVerdicts>,
    ) -> Result<Vec<(Uuid, String)>, StoreError> {
        let mut missing = HashMap::new();
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for stored in verdicts {
            let Some(list) = stored.list.filter(|list| !known.contains(list)) else { continue };
            if let std::collections::hash_map::Entry::Vacant(entry) = missing.entry(list) {
                entry.insert(stored.body().map_err(StoreError::corrupt)?);
            }
        }
        let mut missing: Vec<_> = missing.into_iter().collect();
        missing.sort_unstable_by_key(|(list, _)| *list);
        Ok(missing)
    }

    /// These are on the disk now.
    pub(super) fn add(&self, stored: &[(Uuid, String)]) {
        if stored.is_empty() {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.extend(stored.iter().map(|(list, _)| *list));
    }
}

sql!(InsertList, "INSERT OR IGNORE INTO verdict_lists (id, body) VALUES (?, ?)");
sql!(
    InsertLists,
    "INSERT INTO verdict_lists (id, body) SELECT * FROM unnest(?, ?) AS l(id, body) ON CONFLICT DO NOTHING"
);

pub(super) fn insert_sqlite(c: &mut SqliteConnection, lists: &[(Uuid, String)]) -> QueryResult<()> {
    for (list, body) in lists {
        Statement::new(InsertList).bind::<Id, _>(Key(*list)).bind::<Text, _>(body.as_str()).execute(c)?;
    }
    Ok(())
}

pub(super) async fn insert_postgres(
    c: &mut diesel_async::AsyncPgConnection,
    lists: &[(Uuid, String)],
) -> Result<(), StoreError> {
    if lists.is_empty() {
        return Ok(());
    }
    let statement = Statement::<Pg, _>::new(InsertLists)
        .bind::<Array<Id>, _>(lists.iter().map(|(list, _)| Key(*list)).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(lists.iter().map(|(_, body)| body.as_str()).collect::<Vec<_>>());
    diesel_async::RunQueryDsl::execute(statement, c).await?;
    Ok(())
}

/// What rows hold, as verdicts.
pub(super) async fn read(conn: &mut Conn, texts: Vec<(Key, String)>) -> Result<HashMap<Key, Vec<Verdict>>, StoreError> {
    let (mut found, mut named) = (HashMap::with_capacity(texts.len()), Vec::new());
    for (key, text) in texts {
        if text.starts_with('{') {
            named.push((key, serde_json::from_str::<Named>(&text).map_err(StoreError::corrupt)?));
        } else {
            found.insert(key, serde_json::from_str(&text).map_err(StoreError::corrupt)?);
        }
    }
    if named.is_empty() {
        return Ok(found);
    }
    let mut lists: Vec<Key> = named.iter().map(|(_, named)| Key(named.list)).collect();
    lists.sort_unstable();
    lists.dedup();
    let bodies: Vec<(Key, String)> = on!(conn, c => diesel_async::RunQueryDsl::load(
        verdict_lists::table.filter(verdict_lists::id.eq_any(lists)),
        c,
    )
    .await)?;
    let bodies: HashMap<Key, String> = bodies.into_iter().collect();
    for (key, named) in named {
        let body = bodies.get(&Key(named.list)).ok_or_else(|| StoreError::corrupt("a list of verdicts is gone"))?;
        let mut verdicts: Vec<Verdict> = serde_json::from_str(body).map_err(StoreError::corrupt)?;
        for (verdict, took) in verdicts.iter_mut().zip(named.durations) {
            verdict.at = named.at;
            verdict.duration_us = took;
        }
        found.insert(key, verdicts);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conn::Hot;
    use crate::store::testing::TestStore;

    fn verdict(outcome: VerdictOutcome, detail: Option<&str>, took: u64) -> Verdict {
        Verdict {
            handler: "TIME_WINDOW".to_owned(),
            order: 200,
            outcome,
            code: None,
            detail: detail.map(str::to_owned),
            channel_type: None,
            channel_config_id: None,
            at: Timestamp::from_millis(1_795_228_200_000),
            duration_us: Some(took),
        }
    }

    #[test]
    fn only_times_may_differ_under_one_name() {
        use VerdictOutcome::{Defer, Pass, Skip};
        let of = |outcome, detail, took| name(&[verdict(outcome, detail, took)]);
        assert!(of(Pass, None, 1).is_some());
        assert_eq!(of(Pass, None, 1), of(Pass, None, 2));
        assert_ne!(of(Pass, None, 1), of(Skip, None, 1));
        assert_ne!(of(Pass, None, 1), of(Pass, Some("x"), 1));
        assert_eq!(of(Defer, None, 1), None);
    }

    #[tokio::test]
    async fn what_is_read_is_what_was_stored() {
        use VerdictOutcome::{Defer, Pass};
        let store = TestStore::open().await;
        let usual = StoredVerdicts::new(vec![verdict(Pass, Some("a"), 3), verdict(Pass, None, 5)]).unwrap();
        let rare = StoredVerdicts::new(vec![verdict(Defer, Some("until tomorrow"), 7)]).unwrap();
        let known = KnownLists::default();
        let missing = known.missing([&usual, &rare, &usual].into_iter()).unwrap();
        assert_eq!(missing.len(), 1);
        let lists = missing.clone();
        match store.hot().await.unwrap() {
            Hot::Sqlite(writer) => writer.run(move |c| insert_sqlite(c, &lists)).await.unwrap(),
            Hot::Postgres(mut c) => insert_postgres(&mut c, &lists).await.unwrap(),
        }
        known.add(&missing);
        assert!(known.missing([&usual].into_iter()).unwrap().is_empty());
        let (one, two) = (Key(Uuid::from_u128(1)), Key(Uuid::from_u128(2)));
        let texts = vec![(one, usual.text().to_owned()), (two, rare.text().to_owned())];
        let found = read(&mut store.read().await.unwrap(), texts).await.unwrap();
        assert_eq!(found[&one], usual.verdicts);
        assert_eq!(found[&two], rare.verdicts);
        assert!(usual.text().len() < 80, "{}", usual.text());
    }
}
