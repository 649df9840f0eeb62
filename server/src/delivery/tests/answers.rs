//! What providers answered to failed attempts, as the outcome's statements write it and as it is read.

use super::*;
use crate::domain::task::ANSWERS_FIT;

/// As long as an answer is kept.
const ANSWER: usize = 2000;

fn answered(task: &ClaimedTask, outcome: Outcome, number: usize, now: Timestamp) -> TaskResult {
    let response = Some(format!("{number:03}{}", "\"".repeat(ANSWER - 3)));
    settle(task, Attempted { outcome, response, took: Duration::from_millis(1) }, RETRY_UNKNOWN, &RETRY, now, 0.0)
}

/// Throttled so often that its attempts outgrow what they may keep, and then given up; alone, and as a step before another.
async fn throttled(mode: ExecutionMode, tasks: usize) {
    let stage = Stage::open().await;
    let rules = ExecutionSettings::default();
    let plan = Plan { mode, tasks: vec![(0, 1, false); tasks], rules, lost: 0 };
    let message = stage.accept(mode).await;
    let write = Arc::new(stage.planned(&message, &plan));
    assert!(stage.dispatch.put(Arc::clone(&write)).await.unwrap());
    let id = write.tasks[0].id;
    let times = 2 * ANSWERS_FIT / (2 * ANSWER);
    for number in 0..=times {
        let task = stage.claim(id).await.unwrap();
        let outcome = match number {
            _ if number == times => Outcome::bad_message("no"),
            _ => Outcome::Throttle { detail: "slow down".to_owned(), wait: Duration::from_secs(1) },
        };
        let result = stage.ruled(&task, answered(&task, outcome, number, stage.clock.now()), rules);
        assert!(stage.outcomes.put(Arc::new(result)).await.unwrap().counted);
        stage.clock.advance(Duration::from_secs(2));
    }
    let (_, stored) = stage.stored(message.id).await;
    let task = stored.iter().find(|task| task.id == id).unwrap();
    assert_eq!((task.status, task.attempts.len()), (TaskStatus::Failed, times + 1));
    let kept: Vec<&str> = task.attempts.iter().map_while(|attempt| attempt.response.as_deref()).collect();
    // A quotation mark takes two bytes, and a little is not answer.
    assert_eq!(kept.len(), ANSWERS_FIT / (2 * ANSWER + 60) + 1);
    assert!(kept.iter().enumerate().all(|(number, answer)| answer.starts_with(&format!("{number:03}\""))), "{kept:?}");
    assert!(task.attempts[kept.len()..].iter().all(|attempt| attempt.response.is_none()));
    assert!(task.attempts.iter().all(|attempt| attempt.detail.is_some() && attempt.duration_us == Some(1000)));
    // The last one is the task's own.
    assert!(task.third_party_response.as_ref().unwrap().starts_with(&format!("{times:03}\"")));
}

#[tokio::test]
async fn attempts_keep_their_answers_until_there_are_too_many() {
    throttled(ExecutionMode::Parallel, 1).await;
    throttled(ExecutionMode::Sequential, 2).await;
}

#[tokio::test]
async fn a_success_keeps_its_answer_on_its_task_only() {
    let stage = Stage::open().await;
    let rules = ExecutionSettings::default();
    let plan = Plan { mode: ExecutionMode::Parallel, tasks: vec![(0, 1, false)], rules, lost: 0 };
    let message = stage.accept(plan.mode).await;
    let write = Arc::new(stage.planned(&message, &plan));
    assert!(stage.dispatch.put(Arc::clone(&write)).await.unwrap());
    for (number, outcome) in [Outcome::retry("busy"), Outcome::ok("sent")].into_iter().enumerate() {
        let task = stage.claim(write.tasks[0].id).await.unwrap();
        let result = answered(&task, outcome, number, stage.clock.now());
        assert!(stage.outcomes.put(Arc::new(result)).await.unwrap().counted);
        stage.clock.advance(Duration::from_secs(10));
    }
    let (_, tasks) = stage.stored(message.id).await;
    let answers: Vec<bool> = tasks[0].attempts.iter().map(|attempt| attempt.response.is_some()).collect();
    assert_eq!((tasks[0].status, answers), (TaskStatus::Success, vec![true, false]));
    assert!(tasks[0].third_party_response.as_ref().unwrap().starts_with("001"));
}
