//! Which months of which table go, and what becomes of them: PostgreSQL only. A month goes when all of it is older than
//! the limit and few of its rows must stay; where many must, it loses the others by small deletes.

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::super::conn::Store;
use super::super::error::StoreError;
use super::super::message::floor_id;
use super::super::types::{Id, Key};
use super::partitions::{PUT_BACK, Partition, Upkeep};
use super::rows::{self, Old};
use super::{MESSAGES_AT_ONCE, PAUSE, ROWS_AT_ONCE, Removed};
use crate::domain::time::Timestamp;

/// One row more than can be put back: then the month is emptied row by row.
const TOO_MANY: i64 = PUT_BACK as i64 + 1;
/// Messages that an operator let begin anew since so long before the run are not overlooked: longer than a transaction
/// may last.
const MARGIN: std::time::Duration = std::time::Duration::from_secs(300);

/// Messages first: what belongs to them goes by whether they are still there.
pub(super) async fn messages(
    store: &Store,
    upkeep: &mut Upkeep,
    before: Timestamp,
    now: Timestamp,
    removed: &mut Removed,
) -> Result<(), StoreError> {
    for name in upkeep.left_over("messages").await? {
        drop_messages(upkeep, &name, removed).await?;
    }
    let limit = floor_id(before).0;
    let (mut full, mut first_busy) = (Vec::new(), Uuid::max());
    for month in old(upkeep, "messages", limit).await? {
        let stay = upkeep.ids(&stay_of_messages(&month), Uuid::nil(), before.0).await?;
        if stay.len() > PUT_BACK {
            full.push(month.name);
            continue;
        }
        // Between that look and the lock, operators may have let messages begin anew; each leaves an entry.
        let begun = format!(
            "SELECT DISTINCT message_id AS id FROM timeline_entries WHERE id >= '{}' \
             AND message_id >= '{}' AND message_id < '{}'",
            floor_id(now.minus(MARGIN)).0,
            month.from,
            month.to
        );
        match take_off(upkeep, "messages", &month, &stay, Some(&begun), removed).await? {
            Some(name) => drop_messages(upkeep, &name, removed).await?,
            None => first_busy = first_busy.min(month.from),
        }
    }
    // What was put back in other nights and has ended since, and strays.
    rows::messages_of(store, upkeep, "messages_default", before, removed).await?;
    recipients(upkeep, before, removed).await?;
    // Last of the messages, as it may take hours; before the tasks, so that these know which messages are left.
    for name in full {
        rows::messages_of(store, upkeep, &name, before, removed).await?;
        removed.emptied.push(name);
    }
    // Tasks lie in the months in which they were planned. Those of a month that was busy go with it another night: they
    // would seem to stay, and their own months be emptied row by row.
    tasks(upkeep, limit.min(first_busy), removed).await?;
    orphans(upkeep, before, removed).await
}

/// How many months of recipients and tasks a run drops that leaves `left` of the months of messages.
pub(super) async fn would_follow(
    upkeep: &mut Upkeep,
    left: &[Partition],
    before: Timestamp,
) -> Result<u64, StoreError> {
    let limit = floor_id(before).0;
    let mut count = u64::try_from(without(old(upkeep, "recipients", limit).await?, left).len()).unwrap_or(0);
    // In the month that is not over by the limit, nothing goes yet.
    let young = left.iter().filter(|month| month.to > limit).map(|month| month.from.min(limit)).min().unwrap_or(limit);
    let stays = format!("m.id >= '{young}' OR m.finished_at IS NULL OR m.finished_at >= {}", before.0);
    for month in old(upkeep, "channel_tasks", limit).await? {
        let stay = upkeep.ids(&stay_of_tasks(&month, &stays), month.to, TOO_MANY).await?;
        count += u64::from(stay.len() <= PUT_BACK);
    }
    Ok(count)
}

/// Those of `months` of recipients in which none of `left` of the months of messages is. (A recipient's row has its
/// message's id.)
fn without(mut months: Vec<Partition>, left: &[Partition]) -> Vec<Partition> {
    months.retain(|month| left.iter().all(|messages| messages.to <= month.from || month.to <= messages.from));
    months
}

/// The query for what must stay of a month of tasks: those whose message `m` `stays`. `$1` is the month's end, `$2` how
/// many are asked for. Messages behind the month's end may have tasks in it, as clocks of instances differ; asked for
/// apart, so that the young months of messages are not joined.
fn stay_of_tasks(month: &Partition, stays: &str) -> String {
    format!(
        "SELECT t.id FROM \"{0}\" t JOIN messages m ON m.id = t.message_id WHERE m.id < $1 AND ({stays}) \
         UNION ALL SELECT t.id FROM \"{0}\" t WHERE t.message_id >= $1 \
         AND EXISTS (SELECT FROM messages m WHERE m.id = t.message_id AND ({stays})) LIMIT $2",
        month.name
    )
}

/// The query for what must stay of a month of messages: `$1` is not used, `$2` is the limit in microseconds.
fn stay_of_messages(month: &Partition) -> String {
    format!(
        "SELECT id FROM \"{}\" WHERE id >= $1 AND (finished_at IS NULL OR finished_at >= $2) LIMIT {TOO_MANY}",
        month.name
    )
}

/// The months that end at `limit` or before.
async fn old(upkeep: &mut Upkeep, table: &str, limit: Uuid) -> Result<Vec<Partition>, StoreError> {
    let mut months = upkeep.partitions(table).await?;
    months.retain(|month| month.to <= limit);
    Ok(months)
}

async fn take_off(
    upkeep: &mut Upkeep,
    table: &str,
    month: &Partition,
    stay: &[Key],
    more: Option<&str>,
    removed: &mut Removed,
) -> Result<Option<String>, StoreError> {
    let name = upkeep.take_off(table, month, stay, more).await?;
    match name {
        Some(_) => removed.partitions += 1,
        None => removed.waiting.push(month.name.clone()),
    }
    Ok(name)
}

#[derive(QueryableByName)]
struct Page {
    #[diesel(sql_type = BigInt)]
    gone: i64,
    #[diesel(sql_type = Nullable<Id>)]
    last: Option<Key>,
}

/// The keys of a month that was taken off, a few at a time, then the month itself.
async fn drop_messages(upkeep: &mut Upkeep, name: &str, removed: &mut Removed) -> Result<(), StoreError> {
    let query = format!(
        "WITH page AS MATERIALIZED (SELECT id, tenant_id, message_id FROM \"{name}\" WHERE id > $1 ORDER BY id LIMIT {ROWS_AT_ONCE}), \
         gone AS (DELETE FROM message_keys k USING page p \
           WHERE k.tenant_id = p.tenant_id AND k.message_id = p.message_id AND k.id = p.id RETURNING 1) \
         SELECT (SELECT count(*) FROM gone) AS gone, (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last"
    );
    let mut after = Key(Uuid::nil());
    loop {
        let page: Page = diesel::sql_query(&query).bind::<Id, _>(after).get_result(&mut upkeep.c).await?;
        removed.add("message_keys", usize::try_from(page.gone).unwrap_or(0));
        let Some(last) = page.last else { break };
        after = last;
        tokio::time::sleep(PAUSE).await;
    }
    let rows = upkeep.drop_retired(name).await?;
    removed.add("messages", rows);
    Ok(())
}

/// Recipients follow their messages: a month of messages that is left keeps its own, and no other.
async fn recipients(upkeep: &mut Upkeep, before: Timestamp, removed: &mut Removed) -> Result<(), StoreError> {
    let mut retired = upkeep.left_over("recipients").await?;
    let left = upkeep.partitions("messages").await?;
    for month in without(old(upkeep, "recipients", floor_id(before).0).await?, &left) {
        retired.extend(take_off(upkeep, "recipients", &month, &[], None, removed).await?);
    }
    if retired.is_empty() {
        return Ok(());
    }
    // Nothing but finding a message by its recipient reads them, so they may come back a moment later.
    let kept = put_back_recipients(upkeep, before).await?;
    let mut rows = 0;
    for name in retired {
        rows += upkeep.drop_retired(&name).await?;
    }
    removed.add("recipients", rows.saturating_sub(kept));
    Ok(())
}

/// The addresses of messages older than the limit that stay.
async fn put_back_recipients(upkeep: &mut Upkeep, before: Timestamp) -> Result<usize, StoreError> {
    let mut after = Key(Uuid::nil());
    let mut count = 0;
    loop {
        let page: Vec<Old> = diesel::sql_query(format!(
            "SELECT id, tenant_id, message_id, recipients FROM messages_default WHERE id > $1 AND id < $2 \
             ORDER BY id LIMIT {MESSAGES_AT_ONCE}"
        ))
        .bind::<Id, _>(after)
        .bind::<Id, _>(floor_id(before))
        .load(&mut upkeep.c)
        .await?;
        let Some(last) = page.last() else { return Ok(count) };
        after = last.id;
        for message in page {
            count += diesel::sql_query(
                "INSERT INTO recipients (tenant_id, address, message_id) SELECT $1, address, $2 \
                 FROM unnest($3) AS address ON CONFLICT DO NOTHING",
            )
            .bind::<Id, _>(message.tenant_id)
            .bind::<Id, _>(message.id)
            .bind::<Array<Text>, _>(message.addresses())
            .execute(&mut upkeep.c)
            .await?;
        }
    }
}

async fn tasks(upkeep: &mut Upkeep, limit: Uuid, removed: &mut Removed) -> Result<(), StoreError> {
    let mut rows = 0;
    for name in upkeep.left_over("channel_tasks").await? {
        rows += upkeep.drop_retired(&name).await?;
    }
    for month in old(upkeep, "channel_tasks", limit).await? {
        let stay = upkeep.ids(&stay_of_tasks(&month, "TRUE"), month.to, TOO_MANY).await?;
        if stay.len() > PUT_BACK {
            orphaned_tasks(upkeep, &month.name, month.to, removed).await?;
            removed.emptied.push(month.name);
        } else if let Some(name) = take_off(upkeep, "channel_tasks", &month, &stay, None, removed).await? {
            rows += upkeep.drop_retired(&name).await?;
        }
    }
    removed.add("channel_tasks", rows);
    Ok(())
}

/// Tasks of a partition, with ids before `limit`, whose message is gone.
async fn orphaned_tasks(upkeep: &mut Upkeep, name: &str, limit: Uuid, removed: &mut Removed) -> Result<(), StoreError> {
    let query = format!(
        "WITH page AS MATERIALIZED \
           (SELECT id, message_id FROM \"{name}\" WHERE id > $1 AND id < $2 ORDER BY id LIMIT {ROWS_AT_ONCE}), \
         gone AS (DELETE FROM \"{name}\" t USING page p WHERE t.id = p.id \
           AND NOT EXISTS (SELECT FROM messages m WHERE m.id = p.message_id) RETURNING 1) \
         SELECT (SELECT count(*) FROM gone) AS gone, (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last"
    );
    let mut after = Key(Uuid::nil());
    loop {
        let page: Page =
            diesel::sql_query(&query).bind::<Id, _>(after).bind::<Id, _>(Key(limit)).get_result(&mut upkeep.c).await?;
        let Some(last) = page.last else { return Ok(()) };
        after = last;
        if page.gone > 0 {
            removed.add("channel_tasks", usize::try_from(page.gone).unwrap_or(0));
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Rows in default partitions whose message is gone: put back because of clocks that differed, or there because their
/// month's partition could not be made.
async fn orphans(upkeep: &mut Upkeep, before: Timestamp, removed: &mut Removed) -> Result<(), StoreError> {
    orphaned_tasks(upkeep, "channel_tasks_default", floor_id(before).0, removed).await?;
    let query = format!(
        "DELETE FROM recipients_default WHERE ctid = ANY(ARRAY(SELECT o.ctid FROM recipients_default o \
         WHERE o.message_id < $1 AND NOT EXISTS (SELECT FROM messages m WHERE m.id = o.message_id) \
         LIMIT {ROWS_AT_ONCE}))"
    );
    loop {
        let gone = diesel::sql_query(&query).bind::<Id, _>(floor_id(before)).execute(&mut upkeep.c).await?;
        removed.add("recipients", gone);
        if gone < ROWS_AT_ONCE {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// What was delivered late into an old month (an entry has its task's time) comes back; nobody misses it for a moment.
pub(super) async fn inbox(upkeep: &mut Upkeep, before: Timestamp, removed: &mut Removed) -> Result<(), StoreError> {
    let mut retired = upkeep.left_over("inbox").await?;
    for month in old(upkeep, "inbox", floor_id(before).0).await? {
        retired.extend(take_off(upkeep, "inbox", &month, &[], None, removed).await?);
    }
    for name in retired {
        diesel::sql_query(format!(
            "WITH kept AS (DELETE FROM \"{name}\" WHERE created_at >= $1 RETURNING *) \
             INSERT INTO inbox SELECT * FROM kept ON CONFLICT DO NOTHING"
        ))
        .bind::<BigInt, _>(before.0)
        .execute(&mut upkeep.c)
        .await?;
        let rows = upkeep.drop_retired(&name).await?;
        removed.add("inbox", rows);
    }
    Ok(())
}

/// Operators' actions; their messages' timelines are looked at once more.
pub(super) async fn entries(upkeep: &mut Upkeep, before: Timestamp, removed: &mut Removed) -> Result<(), StoreError> {
    let mut retired = upkeep.left_over("timeline_entries").await?;
    for month in old(upkeep, "timeline_entries", floor_id(before).0).await? {
        retired.extend(take_off(upkeep, "timeline_entries", &month, &[], None, removed).await?);
    }
    for name in retired {
        diesel::sql_query(format!(
            "INSERT INTO timeline_later SELECT DISTINCT message_id FROM \"{name}\" ON CONFLICT DO NOTHING"
        ))
        .execute(&mut upkeep.c)
        .await?;
        let rows = upkeep.drop_retired(&name).await?;
        removed.add("timeline_entries", rows);
    }
    Ok(())
}
