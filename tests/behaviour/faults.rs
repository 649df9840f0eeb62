//! Crashes and a broker that is away: no accepted message is lost, and none is sent twice.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use posthorn_tests::*;

/// Long enough for a lease to run out and the sweeper to come by.
const RECOVERY: Duration = Duration::from_secs(120);

/// How often each task's webhook-id arrived, by message.
fn deliveries(arrivals: &[Arrival]) -> HashMap<String, Vec<String>> {
    let mut deliveries: HashMap<String, Vec<String>> = HashMap::new();
    for arrival in arrivals {
        let message = arrival.json()["messageId"].as_str().unwrap().to_owned();
        deliveries.entry(message).or_default().push(arrival.id().to_owned());
    }
    deliveries
}

/// Every one of `count` messages arrived exactly once.
fn assert_each_once(arrivals: &[Arrival], count: usize) {
    let deliveries = deliveries(arrivals);
    assert_eq!(deliveries.len(), count);
    let twice: Vec<_> = deliveries.iter().filter(|(_, ids)| ids.len() != 1).collect();
    assert!(twice.is_empty(), "sent more than once: {twice:?}");
}

fn numbered(prefix: &str, count: usize, more: &Value) -> Vec<Value> {
    let input = |n| {
        let mut input = text_with("x", json!({ "messageId": format!("{prefix}-{n}") }));
        merge(&mut input, more.clone());
        input
    };
    (0..count).map(input).collect()
}

both! {
    async fn what_was_accepted_before_a_crash_is_delivered_once(stage: Stage) {
        let mut stage = stage;
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        // Accepted for a moment after the crash: nothing can be under way when it comes.
        let later = json!({ "scheduledAt": from_now(4) });
        assert_eq!(stage.api.send_batch(numbered("crash", 200, &later)).await["successCount"], 200);
        stage.server.kill9();
        assert_eq!(receiver.all().len(), 0);
        stage.server.start_again().await;
        stage.follow();
        let all = stage.api.wait_all_finished(RECOVERY).await;
        assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 200);
        assert_each_once(&receiver.all(), 200);
    }

    async fn what_was_under_way_in_a_crash_is_delivered(stage: Stage) {
        let mut stage = stage;
        stage.platform.settings(json!({ "timeout": { "singleChannelSeconds": 2, "allChannelsSeconds": 4 } })).await;
        stage.fast_retries().await;
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.hold();
        stage.api.send_batch(numbered("busy", 100, &json!({}))).await;
        poll_until("a few sends", async || (receiver.all().len() >= 3).then_some(())).await;
        stage.server.kill9();
        receiver.drained().await;
        // What arrived by now may come again, as the server could not learn of it; everything else comes once.
        let before: HashSet<_> = deliveries(&receiver.all()).into_keys().collect();
        receiver.release();
        stage.server.start_again().await;
        stage.follow();
        let all = stage.api.wait_all_finished(RECOVERY).await;
        assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 100, "{all:?}");
        let deliveries = deliveries(&receiver.all());
        assert_eq!(deliveries.len(), 100);
        for (message, ids) in deliveries {
            let distinct: HashSet<_> = ids.iter().collect();
            assert_eq!(distinct.len(), 1, "the id stays the same: {ids:?}");
            assert!(ids.len() == 1 || before.contains(&message), "{message} was sent {} times", ids.len());
        }
    }

    async fn a_message_answered_before_a_crash_is_there_after_it(stage: Stage) {
        let mut stage = stage;
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        let mut accepted = Vec::new();
        for round in 0..3 {
            let api = stage.api.clone();
            let sender = tokio::spawn(async move {
                let query = "mutation($input: SendMessageInput!) { it: sendMessage(input: $input) { success } }";
                let mut answered = Vec::new();
                for n in 0.. {
                    let id = format!("answered-{round}-{n}");
                    let input = text_with("x", json!({ "messageId": id }));
                    match api.execute(query, json!({ "input": input })).await {
                        (200, answer) => {
                            assert_eq!(answer["data"]["it"]["success"], true, "{answer}");
                            answered.push(id);
                        }
                        (0, _) => break,
                        other => panic!("{other:?}"),
                    }
                }
                answered
            });
            let arrived = receiver.all().len() + 20;
            poll_until("messages to flow", async || (receiver.all().len() >= arrived).then_some(())).await;
            stage.server.kill9();
            accepted.extend(sender.await.unwrap());
            stage.server.start_again().await;
            stage.follow();
        }
        stage.api.wait_all_finished(RECOVERY).await;
        let stored: HashMap<_, _> = stage.api.messages(json!({})).await.into_iter().collect();
        let arrived = deliveries(&receiver.all());
        for id in &accepted {
            assert_eq!(stored.get(id).map(String::as_str), Some("SUCCESS"), "{id} was answered");
            assert!(arrived.contains_key(id), "{id} was not delivered");
        }
        assert!(accepted.len() >= 60);
    }

    async fn a_graceful_end_finishes_what_is_under_way(stage: Stage) {
        let mut stage = stage;
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.answer_always("/hook", Answer::ok().after(Duration::from_millis(300)));
        stage.api.send_batch(numbered("end", 50, &json!({}))).await;
        poll_until("the first send", async || (!receiver.all().is_empty()).then_some(())).await;
        let status = stage.server.terminate().await;
        assert_eq!(status.code(), Some(0), "{status}");
        stage.server.start_again().await;
        stage.follow();
        let all = stage.api.wait_all_finished(RECOVERY).await;
        assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 50);
        assert_each_once(&receiver.all(), 50);
    }
}

/// A stage on a Redis of its own.
async fn stage_with_redis() -> (Stage, OwnRedis) {
    let redis = OwnRedis::start();
    let mut place = Place::new(Backend::Scaled).await;
    place.redis_url = Some(redis.url());
    (Stage::on(Builder::at(&place).start().await).await, redis)
}

#[tokio::test]
async fn an_emptied_redis_loses_nothing() {
    let (stage, redis) = stage_with_redis().await;
    let receiver = Receiver::start().await;
    stage.webhook(&receiver, "/hook", json!({})).await;
    receiver.answer_always("/hook", Answer::ok().after(Duration::from_millis(20)));
    for round in 0..5 {
        stage.api.send_batch(numbered(&format!("flush-{round}"), 100, &json!({}))).await;
        redis.flush_all().await;
    }
    let all = stage.api.wait_all_finished(RECOVERY).await;
    assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 500);
    assert_each_once(&receiver.all(), 500);
}

#[tokio::test]
async fn while_redis_is_away_messages_are_accepted_and_afterwards_sent() {
    let (stage, mut redis) = stage_with_redis().await;
    let receiver = Receiver::start().await;
    stage.webhook(&receiver, "/hook", json!({})).await;
    stage.api.send_batch(numbered("before", 50, &json!({}))).await;
    redis.stop();
    for n in 0..50 {
        let result = stage.api.send(text_with("x", json!({ "messageId": format!("away-{n}") }))).await;
        assert_eq!(result["success"], true, "accepting goes on: {result}");
    }
    let readyz = stage.server.anonymous();
    poll_until("/readyz to tell", async || (readyz.get("/readyz").await.0 == 503).then_some(())).await;
    assert_eq!(readyz.get("/healthz").await.0, 200);
    redis.start_again();
    stage.server.wait_ready().await;
    stage.api.send_batch(numbered("after", 50, &json!({}))).await;
    let all = stage.api.wait_all_finished(RECOVERY).await;
    assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 150);
    assert_each_once(&receiver.all(), 150);
}
