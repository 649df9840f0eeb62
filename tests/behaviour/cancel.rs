//! cancelMessage and retryMessage: what they do, and what they answer when there is nothing to do.

use posthorn_tests::*;

both! {
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

    async fn what_is_on_its_way_can_not_be_cancelled(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.hold();
        let id = stage.api.accept(text("x")).await;
        receiver.wait_arrivals("/hook", 1).await;
        let result = stage.api.act("cancelMessage", &id).await;
        assert_holds(&result, &json!({ "success": false, "errorCode": "NOT_CANCELLABLE" }));
        receiver.release();
        stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!(receiver.all().len(), 1);
    }

    async fn cancelling_and_sending_at_once_ends_one_way(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        for _ in 0..20 {
            let before = receiver.all().len();
            let id = stage.api.accept(text("x")).await;
            let cancelled = stage.api.act("cancelMessage", &id).await["success"] == true;
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
