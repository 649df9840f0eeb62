//! What is told of a message is in order, whoever overtook whom, and nothing is left out that came in order.

use proptest::prelude::*;
use uuid::Uuid;

use super::super::tests::status;
use super::*;
use crate::domain::enums::ChannelType;
use crate::domain::state::message_end;

fn id(number: u8) -> MessageId {
    MessageId(Uuid::from_u128(u128::from(number)))
}

fn of_message(message: u8, message_status: MessageStatus) -> StatusEvent {
    StatusEvent { id: id(message), message_status, ..status("m") }
}

fn of_task(message: u8, task: u8, message_status: MessageStatus, status: TaskStatus, retry_count: i32) -> StatusEvent {
    let task_id = TaskId(Uuid::from_u128(u128::from(task)));
    let task = TaskChange { task_id, channel_type: ChannelType::Local, status, retry_count, result_message: None };
    StatusEvent { task: Some(task), ..of_message(message, message_status) }
}

/// All that happens to a message whose tasks are retried so often and then succeed or not; the tasks take turns as
/// `turns` says. With `handed_back` each is once handed back unsent.
fn story(message: u8, tasks: &[(u8, bool)], turns: &[u8], handed_back: bool) -> Vec<StatusEvent> {
    use MessageStatus::{Pending, Processing};
    let mut ways: Vec<VecDeque<(TaskStatus, i32)>> = Vec::new();
    for &(retries, succeeds) in tasks {
        let mut way = VecDeque::new();
        for retry in 0..=i32::from(retries) {
            way.push_back((TaskStatus::Sending, retry));
            if retry == 0 && handed_back {
                way.extend([(TaskStatus::Pending, 0), (TaskStatus::Sending, 0)]);
            }
            if retry < i32::from(retries) {
                way.push_back((TaskStatus::Retry, retry + 1));
            }
        }
        way.push_back((if succeeds { TaskStatus::Success } else { TaskStatus::Failed }, i32::from(retries)));
        ways.push(way);
    }
    let mut told = vec![of_message(message, Pending), of_message(message, Processing)];
    let (mut open, mut good, mut turn) = (tasks.len(), 0, 0);
    while open > 0 {
        let start = usize::from(turns[turn % turns.len()]);
        turn += 1;
        let next = (0..ways.len()).map(|at| (start + at) % ways.len()).find(|&at| !ways[at].is_empty()).unwrap();
        let (status, retry) = ways[next].pop_front().unwrap();
        if status.finished() {
            open -= 1;
            good += i32::from(status == TaskStatus::Success);
        }
        let all = i32::try_from(tasks.len()).unwrap();
        let now = if open == 0 { message_end(all, good, all - good) } else { Processing };
        told.push(of_task(message, u8::try_from(next).unwrap(), now, status, retry));
    }
    told
}

fn key(event: &StatusEvent) -> (MessageStatus, Option<(TaskId, TaskStatus, i32)>) {
    (event.message_status, event.task.as_ref().map(|task| (task.task_id, task.status, task.retry_count)))
}

proptest! {
    #[test]
    fn what_comes_in_order_is_told_as_it_is(
        tasks in prop::collection::vec((0u8..3, any::<bool>()), 1..4),
        turns in prop::collection::vec(0u8..4, 1..30),
    ) {
        let mut order = Order::new(10);
        for event in story(1, &tasks, &turns, true) {
            let told = order.admit(event.clone());
            prop_assert_eq!(told.as_ref().map(key), Some(key(&event)));
        }
    }

    #[test]
    fn what_comes_out_of_order_is_told_in_order(
        tasks in prop::collection::vec((0u8..3, any::<bool>()), 1..4),
        turns in prop::collection::vec(0u8..4, 1..30),
        swaps in prop::collection::vec((any::<prop::sample::Index>(), 1usize..4), 0..12),
    ) {
        // A task that was handed back late looks like one that begins anew: `Bus::settle` keeps those in order.
        let mut mixed = story(1, &tasks, &turns, false);
        for (at, by) in swaps {
            let at = at.index(mixed.len());
            let to = (at + by).min(mixed.len() - 1);
            let event = mixed.remove(at);
            mixed.insert(to, event);
        }
        let mut order = Order::new(10);
        let told: Vec<_> = mixed.into_iter().filter_map(|event| order.admit(event)).collect();
        let mut stages = told.iter().map(|event| stage(event.message_status));
        let mut last = stages.next().unwrap();
        for stage in stages {
            prop_assert!(stage >= last, "the message went back");
            last = stage;
        }
        prop_assert_eq!(last, 3, "its end was told");
        for (number, _) in tasks.iter().enumerate() {
            let of = |event: &&StatusEvent| {
                event.task.as_ref().is_some_and(|task| task.task_id.0.as_u128() == number as u128)
            };
            let way: Vec<_> = told.iter().filter(of).map(|event| event.task.clone().unwrap()).collect();
            let ends = way.iter().filter(|task| task.status.finished()).count();
            prop_assert_eq!(ends, 1, "a task's end is told once");
            prop_assert!(way.last().unwrap().status.finished(), "and nothing of it after that");
            prop_assert!(way.windows(2).all(|two| two[0].retry_count <= two[1].retry_count));
        }
    }
}

#[test]
fn a_change_that_comes_after_the_end_is_told_with_the_end() {
    let mut order = Order::new(10);
    order.admit(of_task(1, 2, MessageStatus::PartialSuccess, TaskStatus::Failed, 0));
    let late = order.admit(of_task(1, 1, MessageStatus::Processing, TaskStatus::Success, 0)).unwrap();
    assert_eq!(late.message_status, MessageStatus::PartialSuccess);
    assert!(order.admit(of_message(1, MessageStatus::Pending)).is_none());
    assert!(order.admit(of_message(1, MessageStatus::PartialSuccess)).is_none(), "told already");
    assert!(order.admit(of_task(1, 1, MessageStatus::Processing, TaskStatus::Sending, 0)).is_none(), "it had ended");
}

#[test]
fn a_message_that_begins_anew_is_followed_again() {
    use MessageStatus::{Failed, Processing, Success};
    let mut order = Order::new(10);
    order.admit(of_task(1, 1, Failed, TaskStatus::Failed, 3));
    for (message, task, retries) in
        [(Processing, TaskStatus::Pending, 0), (Processing, TaskStatus::Sending, 0), (Success, TaskStatus::Success, 0)]
    {
        let event = of_task(1, 1, message, task, retries);
        assert_eq!(order.admit(event.clone()).as_ref().map(key), Some(key(&event)));
    }
}

#[test]
fn it_keeps_so_many_messages_in_mind() {
    let mut order = Order::new(2);
    for message in 1..=3 {
        order.admit(of_message(message, MessageStatus::Success));
    }
    assert_eq!(order.messages.len(), 2);
    assert!(order.admit(of_message(3, MessageStatus::Processing)).is_none());
    assert!(order.admit(of_message(1, MessageStatus::Processing)).is_some(), "forgotten");
}
