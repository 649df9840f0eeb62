//! Several instances on one PostgreSQL and Redis: they share the work, and nothing is sent twice.

use std::collections::HashSet;

use posthorn_tests::*;

#[tokio::test]
async fn two_instances_share_the_work() {
    let mut stage = Stage::on(Server::start(Backend::Scaled).await).await;
    // One send at a time each, so that two at a time are two instances.
    stage.platform.settings(json!({ "workers": { "deliverConcurrency": 1 } })).await;
    stage.server.terminate().await;
    stage.server.start_again().await;
    stage.follow();
    let _second = stage.server.another().start().await;
    let receiver = Receiver::start().await;
    stage.webhook(&receiver, "/hook", json!({})).await;
    receiver.hold();
    stage.api.send_batch((0..50).map(|_| text("x")).collect()).await;
    receiver.wait_arrivals("/hook", 2).await;
    receiver.release();
    let all = stage.api.wait_all_finished(SOON).await;
    assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 50);
    let ids: HashSet<_> = receiver.all().iter().map(|arrival| arrival.id().to_owned()).collect();
    assert_eq!(ids.len(), 50);
    assert_eq!(receiver.all().len(), 50);
}

#[tokio::test]
async fn three_instances_send_each_message_once() {
    let stage = Stage::on(Server::start(Backend::Scaled).await).await;
    let others = [stage.server.another().start().await, stage.server.another().start().await];
    let receiver = Receiver::start().await;
    stage.webhook(&receiver, "/hook", json!({})).await;
    let key = stage.api.key.clone().unwrap();
    let apis = [stage.api.clone(), others[0].api(&key), others[1].api(&key)];
    let batches = apis.iter().map(|api| api.send_batch((0..200).map(|_| text("x")).collect()));
    for result in futures::future::join_all(batches).await {
        assert_eq!(result["successCount"], 200);
    }
    let all = stage.api.wait_all_finished(SOON * 2).await;
    assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 600);
    let ids: HashSet<_> = receiver.all().iter().map(|arrival| arrival.id().to_owned()).collect();
    assert_eq!((ids.len(), receiver.all().len()), (600, 600));
}

#[tokio::test]
async fn a_dead_instances_work_is_taken_over() {
    let stage = Stage::on(Server::start(Backend::Scaled).await).await;
    stage.platform.settings(json!({ "timeout": { "singleChannelSeconds": 2, "allChannelsSeconds": 4 } })).await;
    stage.fast_retries().await;
    let receiver = Receiver::start().await;
    stage.webhook(&receiver, "/hook", json!({})).await;
    let mut second = stage.server.another().start().await;
    receiver.hold();
    stage.api.send_batch((0..100).map(|_| text("x")).collect()).await;
    poll_until("a few sends", async || (receiver.all().len() >= 4).then_some(())).await;
    second.kill9();
    receiver.release();
    let all = stage.api.wait_all_finished(SOON * 4).await;
    assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 100);
}

/// That a step has ended and the next may go is one commit. Whoever makes it is killed before anybody could be told of it: Redis is
/// away at that moment, and has forgotten everything after it.
#[tokio::test]
async fn a_step_goes_on_though_who_ended_the_one_before_is_killed_at_once() {
    let mut redis = OwnRedis::start();
    let mut place = Place::new(Backend::Scaled).await;
    place.redis_url = Some(redis.url());
    let mut stage = Stage::on(Builder::at(&place).start().await).await;
    // With one hand, which the first step has, the first instance can't go on with the next without Redis.
    stage.platform.settings(json!({ "workers": { "deliverConcurrency": 1 } })).await;
    stage.server.terminate().await;
    stage.server.start_again().await;
    stage.follow();
    let receiver = Receiver::start().await;
    let paths = ["/1", "/2", "/3"];
    for (path, priority) in paths.into_iter().zip(1..) {
        stage.webhook(&receiver, path, json!({ "name": path, "priority": priority })).await;
    }
    receiver.hold();
    let id = stage.api.accept(text_with("x", json!({ "executionMode": "SEQUENTIAL" }))).await;
    receiver.wait_arrivals("/1", 1).await;
    // It begins after the first step has, so that this one is the other's.
    let second = stage.server.another().start().await;
    let api = second.api(stage.api.key.as_ref().unwrap());
    redis.stop();
    receiver.release();
    let first_ended = |message: &Value| message["tasks"][0]["status"] == "SUCCESS";
    let message = api.wait_message(SOON, &id, "to end its first step", first_ended).await;
    stage.server.kill9();
    assert_eq!(message["tasks"][1]["status"], "PENDING");
    receiver.drained().await;
    assert_eq!(receiver.all().len(), 1);
    redis.start_again();
    let message = api.wait_status_within(SOON * 4, &id, "SUCCESS").await;
    let order: Vec<_> = receiver.all().into_iter().map(|arrival| arrival.path).collect();
    assert_eq!(order, paths);
    // None was lost with the first instance: it had no other step in hand.
    assert_eq!(outcomes(&message, "ATTEMPT"), ["OK", "OK", "OK"]);
}

#[tokio::test]
async fn one_serves_and_another_works() {
    let place = Place::new(Backend::Scaled).await;
    let api = Builder::at(&place).arg("--role").arg("api").start().await;
    let stage = Stage::on(api).await;
    stage.local(json!({})).await;
    let id = stage.api.accept(text("x")).await;
    // Nobody works yet.
    assert_eq!(stage.api.message(&id).await["status"], "PENDING");
    let _worker = stage.server.another().arg("--role").arg("worker").start().await;
    stage.api.wait_status(&id, "SUCCESS").await;
    assert_eq!(stage.api.inbox("u1").await.len(), 1);
}

#[tokio::test]
async fn postgres_without_redis_is_one_instance() {
    let mut place = Place::new(Backend::Scaled).await;
    place.redis_url = None;
    let mut stage = Stage::on(Builder::at(&place).start().await).await;
    let receiver = Receiver::start().await;
    stage.webhook(&receiver, "/hook", json!({})).await;
    stage.api.send_batch((0..50).map(|_| text_with("x", json!({ "scheduledAt": from_now(3) }))).collect()).await;
    stage.server.kill9();
    stage.server.start_again().await;
    stage.follow();
    let all = stage.api.wait_all_finished(SOON * 2).await;
    assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 50);
    assert_eq!(receiver.all().len(), 50);
}
