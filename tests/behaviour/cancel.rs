//! cancelMessage and retryMessage: what they do, and what they answer when there is nothing to do.

use std::time::Duration;

use posthorn_tests::*;

/// The answer of cancelMessage, with the channels of each list of `cancellation`.
async fn cancel(api: &Api, message_id: &str) -> Value {
    let query = "mutation($id: String!) { it: cancelMessage(messageId: $id) { success errorCode errorMessage
        cancellation { cancelled { ...T } perhapsSent { ...T } sent { ...T } underWay { ...T } ended { ...T } } } }
        fragment T on ChannelTask { channelType channelConfig { name } status }";
    let mut answer = api.gql(query, json!({ "id": message_id })).await["it"].take();
    if let Some(lists) = answer["cancellation"].as_object_mut() {
        for list in lists.values_mut() {
            let names = list.as_array().unwrap().iter().map(|task| task["channelConfig"]["name"].clone());
            *list = json!(names.collect::<Vec<_>>());
        }
    }
    answer
}

fn found(cancelled: &[&str], sent: &[&str], under_way: &[&str], ended: &[&str]) -> Value {
    json!({ "cancelled": cancelled, "perhapsSent": [], "sent": sent, "underWay": under_way, "ended": ended })
}

/// Webhooks named like their paths, in this order.
async fn webhooks(stage: &Stage, receiver: &Receiver, names: &[&str]) {
    for (index, name) in names.iter().enumerate() {
        stage.webhook(receiver, &format!("/{name}"), json!({ "name": name, "priority": index })).await;
    }
}

/// A last webhook, at a receiver that keeps every request waiting.
async fn slow_webhook(stage: &Stage) -> Receiver {
    let receiver = Receiver::start().await;
    receiver.hold();
    stage.webhook(&receiver, "/slow", json!({ "name": "slow", "priority": 100 })).await;
    receiver
}

/// Waits until the tasks' statuses are these, in the order of their channels.
async fn wait_tasks(api: &Api, id: &str, statuses: &[&str]) -> Value {
    let now = |message: &Value| -> Vec<String> {
        message["tasks"].as_array().unwrap().iter().map(|task| task["status"].as_str().unwrap().to_owned()).collect()
    };
    api.wait_message(SOON, id, &format!("to have tasks {statuses:?}"), |message| now(message) == statuses).await
}

both! {
    async fn the_answer_says_what_had_gone_and_what_is_under_way(stage: Stage) {
        let receiver = Receiver::start().await;
        webhooks(&stage, &receiver, &["gone", "refused", "failing"]).await;
        let slow = slow_webhook(&stage).await;
        receiver.answer_always("/refused", Answer::status(400));
        receiver.answer_always("/failing", Answer::status(500));
        let id = stage.api.accept(text("x")).await;
        wait_tasks(&stage.api, &id, &["SUCCESS", "FAILED", "RETRY", "SENDING"]).await;
        let answer = cancel(&stage.api, &id).await;
        assert_eq!(answer["success"], true, "{answer:#}");
        assert_eq!(answer["cancellation"], found(&["failing"], &["gone"], &["slow"], &["refused"]));
        // What was under way went, as the answer said it might.
        slow.release();
        let message = stage.api.wait_status(&id, "PARTIAL_SUCCESS").await;
        wait_tasks(&stage.api, &id, &["SUCCESS", "FAILED", "CANCELLED", "SUCCESS"]).await;
        assert_eq!([&message["totalChannels"], &message["successChannels"], &message["failedChannels"]], [4, 2, 1]);
        let note = entries(&message, "OPERATOR")[0]["detail"].as_str().unwrap().to_owned();
        assert!(note.contains("1 of 4 tasks taken back, 1 already delivered, 1 under way"), "{note}");
        // A second time there is nothing left, and the answer says where all of it is.
        let answer = cancel(&stage.api, &id).await;
        assert_eq!((&answer["success"], &answer["errorCode"]), (&json!(false), &json!("NOT_CANCELLABLE")));
        assert_eq!(answer["cancellation"], found(&[], &["gone", "slow"], &[], &["refused", "failing"]));
        assert_eq!((receiver.all().len(), slow.all().len()), (3, 1));
    }

    async fn what_was_under_way_is_not_tried_again(stage: Stage) {
        stage.fast_retries().await;
        let receiver = Receiver::start().await;
        webhooks(&stage, &receiver, &["failing"]).await;
        let slow = slow_webhook(&stage).await;
        receiver.answer_always("/failing", Answer::status(503).header("retry-after", 600));
        slow.answer_always("/slow", Answer::status(500));
        let id = stage.api.accept(text("x")).await;
        wait_tasks(&stage.api, &id, &["RETRY", "SENDING"]).await;
        let answer = cancel(&stage.api, &id).await;
        assert_eq!(answer["cancellation"], found(&["failing"], &[], &["slow"], &[]));
        slow.release();
        let message = stage.api.wait_status(&id, "CANCELLED").await;
        assert!(message["finishedAt"].is_string());
        wait_tasks(&stage.api, &id, &["CANCELLED", "CANCELLED"]).await;
        assert_eq!(entries(&message, "ATTEMPT").len(), 2, "the attempt under way is in the timeline: {message:#}");
        // A later message of the same config is tried again; by then the cancelled one would have been too.
        let later = stage.api.accept(text_with("later", json!({ "channelOptions": [{ "channelType": "WEBHOOK", "maxRetry": 1 }] }))).await;
        wait_tasks(&stage.api, &later, &["RETRY", "FAILED"]).await;
        assert_eq!(slow.all().len(), 3);
        assert_eq!(stage.api.message(&id).await["status"], "CANCELLED");
    }

    async fn an_unknown_outcome_is_named(stage: Stage) {
        stage.platform.settings(json!({ "timeout": { "singleChannelSeconds": 1 } })).await;
        let receiver = Receiver::start().await;
        webhooks(&stage, &receiver, &["silent"]).await;
        receiver.answer_always("/silent", Answer::ok().after(Duration::from_secs(60)));
        let id = stage.api.accept(text("x")).await;
        wait_tasks(&stage.api, &id, &["RETRY"]).await;
        let mut all = found(&["silent"], &[], &[], &[]);
        all["perhapsSent"] = json!(["silent"]);
        let answer = cancel(&stage.api, &id).await;
        assert_eq!((&answer["success"], &answer["cancellation"]), (&json!(true), &all));
        assert_eq!(stage.api.message(&id).await["status"], "CANCELLED");
    }

    async fn every_stage_before_sending_can_be_taken_back(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/window", json!({ "name": "window", "storeId": "window", "timeWindow": crate::chain::closed_now() })).await;
        stage.webhook(&receiver, "/limit", json!({ "name": "limit", "storeId": "limit",
            "rateLimit": { "count": 1, "window": 1, "unit": "HOUR" } })).await;
        let first = stage.api.accept(text_with("x", json!({ "storeId": "limit" }))).await;
        stage.api.wait_status(&first, "SUCCESS").await;
        for (name, more) in [
            ("window", json!({ "storeId": "window" })),
            ("limit", json!({ "storeId": "limit" })),
        ] {
            let id = stage.api.accept(text_with("x", more)).await;
            let message = wait_tasks(&stage.api, &id, &["PENDING"]).await;
            assert!(message["tasks"][0]["nextRetryAt"].is_string(), "{name} waits: {message:#}");
            let answer = cancel(&stage.api, &id).await;
            assert_eq!((&answer["success"], &answer["cancellation"]), (&json!(true), &found(&[name], &[], &[], &[])));
            assert_eq!(stage.api.message(&id).await["status"], "CANCELLED");
        }
        let id = stage.api.accept(text_with("x", json!({ "scheduledAt": from_now(365 * 86_400) }))).await;
        let answer = cancel(&stage.api, &id).await;
        assert_eq!((&answer["success"], &answer["cancellation"]), (&json!(true), &found(&[], &[], &[], &[])));
        assert_eq!(receiver.all().len(), 1);
    }

    async fn cancelling_while_much_is_sent_and_tried_again_never_fails(stage: Stage) {
        stage.fast_retries().await;
        let receiver = Receiver::start().await;
        webhooks(&stage, &receiver, &["a", "b", "c"]).await;
        for name in ["/a", "/b", "/c"] {
            for _ in 0..60 {
                receiver.answer(name, Answer::status(500));
            }
        }
        let ids: Vec<_> = (0..40).map(|number| format!("m-{number}")).collect();
        let mode = |number: usize| if number.is_multiple_of(2) { "PARALLEL" } else { "SEQUENTIAL" };
        let batch = ids.iter().enumerate().map(|(number, id)| {
            text_with("x", json!({ "messageId": id, "executionMode": mode(number) }))
        });
        stage.api.send_batch(batch.collect()).await;
        for round in 0..3 {
            let both = ids.iter().flat_map(|id| [stage.api.act("cancelMessage", id), stage.api.act("retryMessage", id)].map(Box::pin));
            // None of them is refused for another reason than the state of the message.
            for answer in futures::future::join_all(both).await {
                let code = answer["errorCode"].as_str();
                assert!(matches!(code, None | Some("NOT_CANCELLABLE" | "NOTHING_TO_RETRY")), "{round}: {answer:#}");
            }
        }
        let all = stage.api.wait_all_finished(Duration::from_secs(90)).await;
        assert_eq!(all.len(), 40);
        for id in &ids {
            let message = stage.api.message(id).await;
            let count = |status: &str| message["tasks"].as_array().unwrap().iter().filter(|task| task["status"] == status).count();
            assert_eq!(json!(count("SUCCESS")), message["successChannels"], "{message:#}");
            assert_eq!(json!(count("FAILED")), message["failedChannels"], "{message:#}");
            assert_eq!(count("SUCCESS") + count("FAILED") + count("CANCELLED"), message["tasks"].as_array().unwrap().len());
        }
    }

    async fn a_scheduled_message_can_be_cancelled(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        let id = stage.api.accept(text_with("x", json!({ "scheduledAt": from_now(3) }))).await;
        let result = stage.api.act("cancelMessage", &id).await;
        assert_holds(&result, &json!({ "success": true, "messageId": id, "errorCode": null }));
        let message = stage.api.message(&id).await;
        assert_eq!(message["status"], "CANCELLED");
        assert!(message["finishedAt"].is_string());
        assert_eq!(entries(&message, "OPERATOR").len(), 1, "who cancelled it is in the timeline: {message:#}");
        // A later one is sent; by then the cancelled one would have been too.
        let later = stage.api.accept(text_with("x", json!({ "scheduledAt": from_now(4) }))).await;
        stage.api.wait_status(&later, "SUCCESS").await;
        assert_eq!(receiver.all().len(), 1);
        assert_eq!(stage.api.message(&id).await["status"], "CANCELLED");
    }

    async fn what_waits_for_a_retry_can_be_cancelled(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        stage.local(json!({})).await;
        receiver.answer("/hook", Answer::status(500));
        let waiting = |message: &Value| {
            let tasks = message["tasks"].as_array().unwrap();
            let has = |status| tasks.iter().any(|task| task["status"] == status);
            has("RETRY") && has("SUCCESS")
        };
        let id = stage.api.accept(text("x")).await;
        stage.api.wait_message(SOON, &id, "to wait for its retry", waiting).await;
        assert_eq!(stage.api.act("cancelMessage", &id).await["success"], true);
        let message = stage.api.wait_finished(&id).await;
        // What was delivered stays delivered.
        assert_eq!(message["status"], "PARTIAL_SUCCESS");
        assert_eq!([&message["totalChannels"], &message["successChannels"], &message["failedChannels"]], [2, 1, 0]);
        assert_eq!(receiver.all().len(), 1);
    }

    async fn what_has_ended_or_never_was_can_not_be_cancelled(stage: Stage) {
        stage.local(json!({})).await;
        let result = stage.api.act("cancelMessage", "never-sent").await;
        assert_holds(&result, &json!({ "success": false, "errorCode": "MESSAGE_NOT_FOUND" }));
        let id = stage.api.accept(text("x")).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        let result = stage.api.act("cancelMessage", &id).await;
        assert_holds(&result, &json!({ "success": false, "errorCode": "NOT_CANCELLABLE" }));
        assert_eq!(stage.api.message(&id).await["status"], "SUCCESS");
        let id = stage.api.accept(text_with("x", json!({ "scheduledAt": from_now(600) }))).await;
        assert_eq!(stage.api.act("cancelMessage", &id).await["success"], true);
        assert_eq!(stage.api.act("cancelMessage", &id).await["errorCode"], "NOT_CANCELLABLE");
    }

    async fn what_is_on_its_way_may_still_go(stage: Stage) {
        let receiver = Receiver::start().await;
        webhooks(&stage, &receiver, &["hook"]).await;
        receiver.hold();
        let id = stage.api.accept(text("x")).await;
        receiver.wait_arrivals("/hook", 1).await;
        let answer = cancel(&stage.api, &id).await;
        assert_eq!((&answer["success"], &answer["cancellation"]), (&json!(true), &found(&[], &[], &["hook"], &[])));
        receiver.release();
        stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!(receiver.all().len(), 1);
        assert_eq!(cancel(&stage.api, &id).await["errorCode"], "NOT_CANCELLABLE");
    }

    async fn where_all_is_on_its_way_nothing_is_tried_again_either(stage: Stage) {
        stage.fast_retries().await;
        let receiver = Receiver::start().await;
        webhooks(&stage, &receiver, &["a", "b"]).await;
        receiver.hold();
        receiver.answer("/a", Answer::status(500));
        receiver.answer("/b", Answer::status(500));
        let id = stage.api.accept(text("x")).await;
        wait_tasks(&stage.api, &id, &["SENDING", "SENDING"]).await;
        receiver.wait_arrivals("/a", 1).await;
        receiver.wait_arrivals("/b", 1).await;
        // Safe to repeat: as long as something is under way, the answer is the same.
        for _ in 0..2 {
            let answer = cancel(&stage.api, &id).await;
            assert_eq!((&answer["success"], &answer["cancellation"]), (&json!(true), &found(&[], &[], &["a", "b"], &[])));
        }
        receiver.release();
        let message = stage.api.wait_status(&id, "CANCELLED").await;
        let notes = entries(&message, "OPERATOR");
        assert_eq!(notes.len(), 1, "{message:#}");
        let note = notes[0]["detail"].as_str().unwrap();
        assert!(note.contains("0 of 2 tasks taken back, 0 already delivered, 2 under way"), "{note}");
        assert_eq!(entries(&message, "ATTEMPT").len(), 2, "{message:#}");
        // A later one is tried again; by then the cancelled one would have been too.
        receiver.answer("/a", Answer::status(500));
        let later = stage.api.accept(text("later")).await;
        stage.api.wait_status(&later, "SUCCESS").await;
        assert_eq!(receiver.all().len(), 2 + 3);
        assert_eq!(stage.api.message(&id).await["status"], "CANCELLED");
    }

    async fn cancelling_and_sending_at_once_ends_one_way(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        for _ in 0..20 {
            let before = receiver.all().len();
            let id = stage.api.accept(text("x")).await;
            let answer = cancel(&stage.api, &id).await;
            // What was on its way went.
            let cancelled = answer["success"] == true && answer["cancellation"]["underWay"] == json!([]);
            let message = stage.api.wait_finished(&id).await;
            assert_eq!(message["status"], if cancelled { "CANCELLED" } else { "SUCCESS" }, "{message:#}");
            assert_eq!(receiver.all().len(), before + usize::from(!cancelled));
        }
    }

    async fn failed_tasks_are_sent_again_and_only_those(stage: Stage) {
        stage.fast_retries().await;
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        stage.local(json!({})).await;
        receiver.answer("/hook", Answer::status(500));
        receiver.answer("/hook", Answer::status(400));
        let id = stage.api.accept(text("x")).await;
        stage.api.wait_status(&id, "PARTIAL_SUCCESS").await;
        assert_eq!(receiver.all().len(), 2);

        receiver.answer("/hook", Answer::status(500));
        let result = stage.api.act("retryMessage", &id).await;
        assert_holds(&result, &json!({ "success": true, "messageId": id }));
        let message = stage
            .api
            .wait_message(SOON, &id, "to succeed after all", |message| message["status"] == "SUCCESS")
            .await;
        assert_eq!([&message["totalChannels"], &message["successChannels"], &message["failedChannels"]], [2, 2, 0]);
        assert!(message["errorCode"].is_null());
        let tasks = message["tasks"].as_array().unwrap();
        let hook = tasks.iter().find(|task| task["channelType"] == "WEBHOOK").unwrap();
        assert_eq!(hook["retryCount"], 1, "counted afresh");
        assert_eq!(receiver.all().len(), 4);
        let ids: std::collections::HashSet<_> = receiver.all().iter().map(|arrival| arrival.id().to_owned()).collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(stage.api.inbox("u1").await.len(), 1);
        assert_eq!(entries(&message, "OPERATOR").len(), 1);
        assert_eq!(entries(&message, "ATTEMPT").len(), 5, "the earlier attempts are kept");
    }

    async fn where_nothing_failed_there_is_nothing_to_retry(stage: Stage) {
        stage.local(json!({})).await;
        let result = stage.api.act("retryMessage", "never-sent").await;
        assert_holds(&result, &json!({ "success": false, "errorCode": "MESSAGE_NOT_FOUND" }));
        let id = stage.api.accept(text("x")).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        let result = stage.api.act("retryMessage", &id).await;
        assert_holds(&result, &json!({ "success": false, "errorCode": "NOTHING_TO_RETRY" }));
        assert_eq!(stage.api.inbox("u1").await.len(), 1);
    }

    async fn ten_retries_at_once_send_once(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.answer("/hook", Answer::status(400));
        let id = stage.api.accept(text("x")).await;
        stage.api.wait_status(&id, "FAILED").await;
        // Held, so that none of them finds the message ended again.
        receiver.hold();
        let results = futures::future::join_all((0..10).map(|_| stage.api.act("retryMessage", &id))).await;
        assert_eq!(results.iter().filter(|result| result["success"] == true).count(), 1, "{results:#?}");
        assert_eq!(results.iter().filter(|result| result["errorCode"] == "NOTHING_TO_RETRY").count(), 9);
        receiver.release();
        let ended = |message: &Value| message["status"] == "SUCCESS";
        stage.api.wait_message(SOON, &id, "to succeed", ended).await;
        assert_eq!(receiver.all().len(), 2);
    }
}
