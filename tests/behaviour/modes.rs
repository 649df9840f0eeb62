//! SEQUENTIAL and PRIORITY: which channels of a message go out when, and which not at all.

use std::time::Duration;

use posthorn_tests::*;

/// Webhooks at /1, /2, … with these priorities.
async fn webhooks(stage: &Stage, receiver: &Receiver, priorities: &[i32]) {
    for (index, priority) in priorities.iter().enumerate() {
        let more = json!({ "priority": priority, "name": format!("hook {index}") });
        stage.webhook(receiver, &format!("/{}", index + 1), more).await;
    }
}

fn in_mode(mode: &str) -> Value {
    text_with("x", json!({ "executionMode": mode }))
}

/// The tasks' statuses, in the order of their channels.
fn statuses(message: &Value) -> Vec<&str> {
    message["tasks"].as_array().unwrap().iter().map(|task| task["status"].as_str().unwrap()).collect()
}

fn paths(receiver: &Receiver) -> Vec<String> {
    receiver.all().into_iter().map(|arrival| arrival.path).collect()
}

both! {
    async fn sequential_goes_on_whatever_the_outcome(stage: Stage) {
        let receiver = Receiver::start().await;
        webhooks(&stage, &receiver, &[3, 1, 2]).await;
        receiver.answer_always("/2", Answer::status(400));
        stage.platform.settings(json!({ "execution": { "continueOnFail": false, "skipOnSuccess": true } })).await;
        let id = stage.api.accept(in_mode("SEQUENTIAL")).await;
        let message = stage.api.wait_status(&id, "PARTIAL_SUCCESS").await;
        assert_eq!(paths(&receiver), ["/2", "/3", "/1"]);
        assert_eq!(statuses(&message), ["FAILED", "SUCCESS", "SUCCESS"]);
        assert_eq!((&message["totalChannels"], &message["failedChannels"]), (&json!(3), &json!(1)));
    }

    async fn a_step_waits_for_the_retries_of_the_one_before(stage: Stage) {
        stage.fast_retries().await;
        let receiver = Receiver::start().await;
        webhooks(&stage, &receiver, &[1, 2]).await;
        receiver.answer("/1", Answer::status(500));
        let id = stage.api.accept(in_mode("SEQUENTIAL")).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!(paths(&receiver), ["/1", "/1", "/2"]);
    }

    async fn priority_sends_a_group_at_once_and_the_next_after_it(stage: Stage) {
        let receiver = Receiver::start().await;
        webhooks(&stage, &receiver, &[1, 1, 2]).await;
        receiver.hold();
        let id = stage.api.accept(in_mode("PRIORITY")).await;
        poll_until("both of the first group", async || (receiver.all().len() == 2).then_some(())).await;
        assert_eq!(statuses(&stage.api.message(&id).await), ["SENDING", "SENDING", "PENDING"]);
        receiver.release();
        let message = stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!(paths(&receiver)[2], "/3");
        assert_eq!(message["successChannels"], 3);
    }

    async fn an_earlier_success_skips_the_rest(stage: Stage) {
        let receiver = Receiver::start().await;
        webhooks(&stage, &receiver, &[1, 2, 3]).await;
        receiver.answer_always("/1", Answer::status(400));
        stage.platform.settings(json!({ "execution": { "skipOnSuccess": true } })).await;
        let id = poll_until("the settings to be in force", async || {
            let id = stage.api.accept(in_mode("PRIORITY")).await;
            let message = stage.api.wait_finished(&id).await;
            (statuses(&message)[2] == "CANCELLED").then_some(id)
        }).await;
        let message = stage.api.message(&id).await;
        assert_eq!(statuses(&message), ["FAILED", "SUCCESS", "CANCELLED"]);
        assert_eq!(message["status"], "PARTIAL_SUCCESS");
        assert_eq!(message["tasks"][2]["resultMessage"], "SKIPPED: an earlier group was delivered");

        receiver.answer_always("/1", Answer::ok());
        let id = stage.api.accept(in_mode("PRIORITY")).await;
        // What was skipped for this reason is nothing that is lacking.
        let message = stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!(statuses(&message), ["SUCCESS", "CANCELLED", "CANCELLED"]);
        assert_eq!(receiver.arrivals("/1").len() + receiver.arrivals("/2").len(), receiver.all().len() - receiver.arrivals("/3").len());
    }

    async fn a_failed_group_ends_it_where_the_settings_say_so(stage: Stage) {
        let receiver = Receiver::start().await;
        webhooks(&stage, &receiver, &[1, 2]).await;
        receiver.answer_always("/1", Answer::status(400));
        stage.platform.settings(json!({ "execution": { "continueOnFail": false } })).await;
        let id = poll_until("the settings to be in force", async || {
            let id = stage.api.accept(in_mode("PRIORITY")).await;
            let message = stage.api.wait_finished(&id).await;
            (statuses(&message)[1] == "CANCELLED").then_some(id)
        }).await;
        let message = stage.api.message(&id).await;
        assert_eq!(message["status"], "FAILED");
        assert_eq!(message["errorCode"], "ALL_CHANNELS_FAILED");
        assert_eq!(message["tasks"][1]["resultMessage"], "SKIPPED: an earlier group was not delivered");
    }

    async fn what_waits_too_long_for_earlier_channels_fails(stage: Stage) {
        let receiver = Receiver::start().await;
        webhooks(&stage, &receiver, &[1, 2, 3]).await;
        receiver.answer_always("/1", Answer::status(503).header("retry-after", 3600));
        stage.platform.settings(json!({ "timeout": { "singleChannelSeconds": 1, "allChannelsSeconds": 2 } })).await;
        let message = poll_until("the settings to be in force", async || {
            let id = stage.api.accept(in_mode("SEQUENTIAL")).await;
            let waited = stage.api.wait_message(Duration::from_secs(8), &id, "later channels to fail", |message| {
                let statuses = statuses(message);
                statuses.len() == 3 && statuses[1..] == ["FAILED", "FAILED"]
            });
            Some(waited.await)
        }).await;
        assert_eq!(statuses(&message)[0], "RETRY");
        for task in &message["tasks"].as_array().unwrap()[1..] {
            let text = task["resultMessage"].as_str().unwrap();
            assert!(text.starts_with("CHANNELS_TIMEOUT: "), "{text}");
        }
        assert_eq!(message["status"], "PROCESSING");
        assert!(receiver.arrivals("/2").is_empty() && receiver.arrivals("/3").is_empty());
    }

    async fn cancelling_takes_back_what_waits_for_its_turn(stage: Stage) {
        let receiver = Receiver::start().await;
        webhooks(&stage, &receiver, &[1, 2]).await;
        receiver.hold();
        let id = stage.api.accept(in_mode("SEQUENTIAL")).await;
        poll_until("the first", async || (receiver.all().len() == 1).then_some(())).await;
        assert_eq!(stage.api.act("cancelMessage", &id).await["success"], true);
        receiver.release();
        let message = stage.api.wait_status(&id, "PARTIAL_SUCCESS").await;
        assert_eq!(statuses(&message), ["SUCCESS", "CANCELLED"]);
        assert_eq!(paths(&receiver), ["/1"]);
    }

    async fn a_retry_keeps_the_order(stage: Stage) {
        let receiver = Receiver::start().await;
        webhooks(&stage, &receiver, &[1, 2, 3]).await;
        for path in ["/1", "/2", "/3"] {
            receiver.answer(path, Answer::status(400));
            receiver.answer(path, Answer::status(400));
        }
        let id = stage.api.accept(in_mode("SEQUENTIAL")).await;
        stage.api.wait_status(&id, "FAILED").await;
        receiver.hold();
        assert_eq!(stage.api.act("retryMessage", &id).await["success"], true);
        receiver.wait_arrivals("/1", 2).await;
        assert_eq!(statuses(&stage.api.message(&id).await), ["SENDING", "PENDING", "PENDING"]);
        assert_eq!(receiver.all().len(), 4);
        receiver.release();
        let tried = |message: &Value| message["status"] == "FAILED" && entries(message, "ATTEMPT").len() == 6;
        stage.api.wait_message(SOON, &id, "to fail once more", tried).await;
        // As a bulk job has it.
        receiver.hold();
        let job = stage.api.bulk("retryTasks", json!({ "filter": {} })).await;
        stage.api.wait_done(&job["id"]).await;
        receiver.wait_arrivals("/1", 3).await;
        assert_eq!(receiver.all().len(), 7);
        receiver.release();
        stage.api.wait_message(SOON, &id, "to succeed after all", |message| message["status"] == "SUCCESS").await;
        assert_eq!(paths(&receiver), ["/1", "/2", "/3"].repeat(3));
    }

    async fn the_message_may_choose_the_order(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/1", json!({ "priority": 1 })).await;
        stage.local(json!({ "priority": 2 })).await;
        receiver.hold();
        let sequential = |more: Value| {
            let mut input = in_mode("SEQUENTIAL");
            merge(&mut input, more);
            input
        };
        let id = stage.api.accept(sequential(json!({}))).await;
        poll_until("the webhook", async || (receiver.all().len() == 1).then_some(())).await;
        assert_eq!(statuses(&stage.api.message(&id).await), ["SENDING", "PENDING"]);
        let options = json!([{ "channelType": "LOCAL", "priority": 0 }, { "channelType": "WEBHOOK", "maxRetry": 7 }]);
        let id = stage.api.accept(sequential(json!({ "channelOptions": options }))).await;
        poll_until("the webhook, after LOCAL", async || (receiver.all().len() == 2).then_some(())).await;
        let message = stage.api.message(&id).await;
        let tasks: Vec<_> = message["tasks"].as_array().unwrap().iter()
            .map(|task| (task["channelType"].as_str().unwrap(), task["status"].as_str().unwrap(), &task["maxRetry"])).collect();
        assert_eq!(tasks, [("LOCAL", "SUCCESS", &json!(3)), ("WEBHOOK", "SENDING", &json!(7))]);
        receiver.release();
        stage.api.wait_status(&id, "SUCCESS").await;
    }

    async fn the_order_survives_a_crash(stage: Stage) {
        let mut stage = stage;
        stage.platform.settings(json!({ "timeout": { "singleChannelSeconds": 2 } })).await;
        stage.fast_retries().await;
        let receiver = Receiver::start().await;
        webhooks(&stage, &receiver, &[1, 2, 3]).await;
        receiver.hold();
        let id = stage.api.accept(in_mode("SEQUENTIAL")).await;
        poll_until("the first", async || (!receiver.all().is_empty()).then_some(())).await;
        stage.server.kill9();
        receiver.drained().await;
        receiver.release();
        stage.server.start_again().await;
        stage.follow();
        stage.api.wait_status_within(Duration::from_secs(120), &id, "SUCCESS").await;
        let mut order = paths(&receiver);
        order.dedup();
        assert_eq!(order, ["/1", "/2", "/3"]);
        assert_eq!((receiver.arrivals("/2").len(), receiver.arrivals("/3").len()), (1, 1));
    }

    async fn the_settings_say_the_mode_where_the_message_does_not(stage: Stage) {
        let receiver = Receiver::start().await;
        webhooks(&stage, &receiver, &[3, 1, 2]).await;
        let keyed = text_with("x", json!({ "messageId": "keyed" }));
        stage.api.accept(keyed.clone()).await;
        assert_eq!(stage.api.wait_status("keyed", "SUCCESS").await["executionMode"], "PARALLEL");
        assert_eq!(receiver.all().len(), 3);
        stage.platform.settings(json!({ "execution": { "mode": "SEQUENTIAL" } })).await;
        let id = stage.api.accept(text("y")).await;
        assert_eq!(stage.api.wait_status(&id, "SUCCESS").await["executionMode"], "SEQUENTIAL");
        assert_eq!(paths(&receiver)[3..], ["/2", "/3", "/1"]);
        let id = stage.api.accept(in_mode("PARALLEL")).await;
        assert_eq!(stage.api.wait_status(&id, "SUCCESS").await["executionMode"], "PARALLEL");
        // The same request is the same whatever the settings have become since; one that says more is another.
        let again = stage.api.send(keyed.clone()).await;
        assert_holds(&again, &json!({ "success": true, "duplicate": true, "messageId": "keyed" }));
        for mode in ["PARALLEL", "SEQUENTIAL"] {
            let mut other = keyed.clone();
            merge(&mut other, json!({ "executionMode": mode }));
            let refused = stage.api.send(other).await;
            assert_holds(&refused, &json!({ "success": false, "errorCode": "IDEMPOTENCY_CONFLICT" }));
        }
        assert_eq!((stage.api.message_count().await, receiver.all().len()), (3, 9));
    }
}
