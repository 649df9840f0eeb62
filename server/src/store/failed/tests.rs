//! What a retry makes of failed tasks.

use std::time::Duration;

use super::*;
use crate::domain::enums::ExecutionMode;
use crate::domain::task::NewTask;
use crate::store::testing::{TestStore, message, task};

const NOW: Timestamp = Timestamp::from_millis(1_795_228_200_000);
const PATIENCE: Duration = Duration::from_secs(120);

fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

/// A task's status, due time, `send_at` and `expires_at`.
async fn times(store: &Store, id: TaskId) -> (String, [Option<i64>; 3]) {
    let (status, due_at, send_at, expires_at) = row(store, id).await.unwrap();
    (status, [due_at, send_at, expires_at])
}

async fn row(store: &Store, id: TaskId) -> Result<(String, Option<i64>, Option<i64>, Option<i64>), StoreError> {
    use channel_tasks as t;
    let mut conn = store.read().await?;
    on!(conn, c => t::table
        .find(Key::from(id))
        .select((t::status, t::due_at, t::send_at, t::expires_at))
        .first(c)
        .await)
}

#[tokio::test]
async fn an_expiry_that_lies_ahead_still_holds_and_one_that_has_passed_does_not() {
    let store = TestStore::open().await;
    for (end, kept) in [(Some(later(60)), true), (Some(later(30)), false), (Some(later(1)), false), (None, false)] {
        let (mut message, task) = (message(NOW), task(NOW));
        message.expires_at = end;
        let id = task.id;
        store.plan(&message, vec![task]).await;
        store.sql("UPDATE channel_tasks SET status = 'FAILED', error_code = 'BAD_MSG', due_at = NULL").await;
        let revived = store.retry_message(message.id, "an operator", PATIENCE, later(30)).await.unwrap();
        assert_eq!(revived.len(), 1);
        let expected = end.filter(|_| kept).map(|end| end.0);
        assert_eq!(times(&store, id).await, ("PENDING".to_owned(), [Some(later(30).0), None, expected]), "{end:?}");
    }
}

#[tokio::test]
async fn what_is_of_a_later_step_than_the_first_that_goes_on_waits_for_it_again() {
    let store = TestStore::open().await;
    let stepped = |step| NewTask { step, ..task(NOW) };
    for (statuses, held) in [
        (["FAILED", "FAILED", "FAILED"], [Some(false), Some(true), Some(true)]),
        (["SUCCESS", "FAILED", "FAILED"], [None, Some(false), Some(true)]),
        (["SENDING", "FAILED", "SUCCESS"], [None, Some(true), None]),
        (["FAILED", "SENDING", "FAILED"], [Some(false), None, Some(true)]),
    ] {
        let mut message = message(NOW);
        message.execution_mode = ExecutionMode::Sequential;
        let tasks: Vec<NewTask> = [1, 2, 3].map(stepped).into();
        let ids: Vec<TaskId> = tasks.iter().map(|task| task.id).collect();
        store.plan(&message, tasks).await;
        let set = "UPDATE channel_tasks SET due_at = NULL, error_code = 'BAD_MSG', status";
        for (step, status) in (1..).zip(statuses) {
            // Of those of this message: the others have ended or wait.
            store
                .sql(&format!(
                    "{set} = '{status}' WHERE status = 'PENDING' AND send_at IS NULL AND step = {step} AND due_at = {}",
                    NOW.0
                ))
                .await;
        }
        let revived = store.retry_message(message.id, "an operator", PATIENCE, later(30)).await.unwrap();
        assert_eq!(revived.len(), statuses.iter().filter(|status| **status == "FAILED").count());
        for (id, held) in ids.iter().zip(held) {
            let Some(held) = held else { continue };
            let (due_at, send_at) = if held { (later(150), Some(later(30).0)) } else { (later(30), None) };
            let (status, times) = times(&store, *id).await;
            assert_eq!((status.as_str(), times), ("PENDING", [Some(due_at.0), send_at, None]), "{statuses:?}");
            assert_eq!(revived.iter().find(|task| task.id == *id).unwrap().due_at, due_at);
        }
    }
}

#[tokio::test]
async fn a_failed_task_that_cannot_be_read_hides_no_other() {
    let store = TestStore::open().await;
    let message = message(NOW);
    let tasks: Vec<NewTask> = (0..6).map(|number| task(later(number))).collect();
    let ids: Vec<TaskId> = tasks.iter().map(|task| task.id).collect();
    store.plan(&message, tasks).await;
    for (column, at) in [("channel_type", later(1)), ("attempts", later(3)), ("message_type", later(4))] {
        store.sql(&format!("UPDATE channel_tasks SET {column} = '{{no' WHERE due_at = {}", at.0)).await;
    }
    store.sql("UPDATE channel_tasks SET status = 'FAILED', error_code = 'BAD_MSG', due_at = NULL").await;
    let filter = FailedFilter::default();
    let mut conn = store.read().await.unwrap();
    let page = list(&mut conn, &filter, None, 2).await.unwrap();
    assert_eq!(page.iter().map(|task| task.id).collect::<Vec<_>>(), [ids[5], ids[2]]);
    let page = list(&mut conn, &filter, Some(ids[2]), 2).await.unwrap();
    assert_eq!(page.iter().map(|task| task.id).collect::<Vec<_>>(), [ids[0]]);
}
