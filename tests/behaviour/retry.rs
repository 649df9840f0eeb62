//! What happens when a provider fails: exactly as many attempts as the settings and the message say.

use std::time::Duration;

use posthorn_tests::*;

async fn stage_with(backend: Backend) -> (Stage, Receiver) {
    let stage = Stage::on(Server::start(backend).await).await;
    stage.fast_retries().await;
    let receiver = Receiver::start().await;
    stage.webhook(&receiver, "/hook", json!({})).await;
    (stage, receiver)
}

fn option(more: Value) -> Value {
    let mut option = json!({ "channelType": "WEBHOOK" });
    merge(&mut option, more);
    json!({ "channelOptions": [option] })
}

both! {
    async fn transient_failures_are_tried_again(backend: Backend) {
        let (stage, receiver) = stage_with(backend).await;
        let mut before = 0;
        for statuses in [&[500][..], &[503, 502], &[408, 425, 504]] {
            for status in statuses {
                receiver.answer("/hook", Answer::status(*status));
            }
            let id = stage.api.accept(text("x")).await;
            let message = stage.api.wait_status(&id, "SUCCESS").await;
            before += 1 + statuses.len();
            assert_eq!(receiver.all().len(), before);
            assert_holds(&message["tasks"][0], &json!({ "status": "SUCCESS", "retryCount": statuses.len(), "maxRetry": 3 }));
            assert_eq!(entries(&message, "ATTEMPT").len(), 1 + statuses.len());
            assert_holds(&message, &json!({ "totalChannels": 1, "successChannels": 1, "failedChannels": 0, "errorCode": null }));
        }
    }

    async fn each_attempt_keeps_what_the_provider_answered_to_it(backend: Backend) {
        let (stage, receiver) = stage_with(backend).await;
        let said = [r#"{"error":"database is away","try":1}"#, "<html>第二次：busy</html>", r#"{"errcode":0}"#];
        receiver.answer("/hook", Answer { body: said[0].to_owned(), ..Answer::status(500) });
        receiver.answer("/hook", Answer { body: format!("{}{}", said[1], "长".repeat(3000)), ..Answer::status(503) });
        receiver.answer("/hook", Answer { body: said[2].to_owned(), ..Answer::status(200) });
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!(outcomes(&message, "ATTEMPT"), ["RETRY", "RETRY", "OK"]);
        let answers: Vec<_> = entries(&message, "ATTEMPT")
            .into_iter()
            .map(|entry| entry["thirdPartyResponse"].as_str().unwrap_or_else(|| panic!("no answer: {entry:#}")).to_owned())
            .collect();
        assert_eq!((answers[0].as_str(), answers[2].as_str()), (said[0], said[2]));
        assert!(answers[1].starts_with(said[1]) && answers[1].ends_with('长'), "{}", answers[1]);
        assert!((1998..=2000).contains(&answers[1].len()), "{} bytes", answers[1].len());
        assert_eq!(message["tasks"][0]["thirdPartyResponse"], said[2]);
        let others = message["timeline"].as_array().unwrap().iter().filter(|entry| entry["stage"] != "ATTEMPT");
        assert!(others.into_iter().all(|entry| entry["thirdPartyResponse"].is_null()), "{message:#}");
        // Who gives up keeps the last answer as well as those before.
        receiver.answer("/hook", Answer { body: "no 1".to_owned(), ..Answer::status(500) });
        receiver.answer("/hook", Answer { body: "no 2".to_owned(), ..Answer::status(400) });
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_status(&id, "FAILED").await;
        let told: Vec<_> = entries(&message, "ATTEMPT").iter().map(|entry| entry["thirdPartyResponse"].clone()).collect();
        assert_eq!(told, ["no 1", "no 2"]);
    }

    async fn the_last_retry_is_the_last(backend: Backend) {
        let (stage, receiver) = stage_with(backend).await;
        receiver.answer_always("/hook", Answer::status(500));
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_status(&id, "FAILED").await;
        assert_holds(&message, &json!({ "errorCode": "ALL_CHANNELS_FAILED", "failedChannels": 1, "successChannels": 0 }));
        assert_holds(&message["tasks"][0], &json!({ "status": "FAILED", "retryCount": 3, "maxRetry": 3 }));
        assert_eq!(receiver.all().len(), 4);
        let arrivals = receiver.all();
        for pair in arrivals.windows(2) {
            let apart = pair[1].at - pair[0].at;
            assert!(apart >= Duration::from_millis(900), "retried after {apart:?}");
        }
    }

    async fn other_client_errors_are_final(backend: Backend) {
        let (stage, receiver) = stage_with(backend).await;
        for (count, status) in [400, 401, 403, 404, 410, 422].into_iter().enumerate() {
            receiver.answer("/hook", Answer { body: format!("no: {status}"), ..Answer::status(status) });
            let id = stage.api.accept(text("x")).await;
            let message = stage.api.wait_status(&id, "FAILED").await;
            let task = &message["tasks"][0];
            assert_holds(task, &json!({ "status": "FAILED", "retryCount": 0 }));
            assert!(task["resultMessage"].as_str().unwrap().contains(&status.to_string()), "{task:#}");
            assert!(task["thirdPartyResponse"].as_str().unwrap().contains("no:"), "{task:#}");
            assert_eq!(receiver.all().len(), count + 1);
        }
    }

    async fn retry_after_is_honoured(backend: Backend) {
        let (stage, receiver) = stage_with(backend).await;
        receiver.answer("/hook", Answer::status(503).header("retry-after", 3));
        let id = stage.api.accept(text("x")).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        let arrivals = receiver.wait_arrivals("/hook", 2).await;
        let apart = arrivals[1].at - arrivals[0].at;
        assert!(apart >= Duration::from_millis(2900), "retried after {apart:?}");
    }

    async fn too_many_requests_pauses_the_whole_config(backend: Backend) {
        let (stage, receiver) = stage_with(backend).await;
        stage.webhook(&receiver, "/store", json!({ "storeId": "s1" })).await;
        receiver.answer("/hook", Answer::status(429).header("retry-after", 4));
        let first = stage.api.accept(text("first")).await;
        stage
            .api
            .wait_message(SOON, &first, "to be throttled", |message| entries(message, "ATTEMPT").len() == 1)
            .await;
        let second = stage.api.accept(text("second")).await;
        // Another config of the same type goes on.
        let store = stage.api.accept(text_with("store", json!({ "storeId": "s1" }))).await;
        stage.api.wait_status(&store, "SUCCESS").await;
        stage.api.wait_status(&first, "SUCCESS").await;
        stage.api.wait_status(&second, "SUCCESS").await;
        let arrivals = receiver.wait_arrivals("/hook", 3).await;
        for later in &arrivals[1..] {
            let apart = later.at - arrivals[0].at;
            assert!(apart >= Duration::from_millis(3800), "sent {apart:?} into the pause");
        }
    }

    async fn the_message_may_choose_how_often(backend: Backend) {
        let (stage, receiver) = stage_with(backend).await;
        receiver.answer_always("/hook", Answer::status(500));
        let mut before = 0;
        for (options, attempts, max_retry) in [
            (json!({ "retryOnFail": false }), 1, 0),
            (json!({ "maxRetry": 0 }), 1, 0),
            (json!({ "maxRetry": 1 }), 2, 1),
        ] {
            let id = stage.api.accept(text_with("x", option(options))).await;
            let message = stage.api.wait_status(&id, "FAILED").await;
            before += attempts;
            assert_eq!(receiver.all().len(), before);
            assert_eq!(message["tasks"][0]["maxRetry"], max_retry, "{message:#}");
        }
    }

    async fn the_settings_say_how_often_otherwise(backend: Backend) {
        let (stage, receiver) = stage_with(backend).await;
        stage.platform.settings(json!({ "retry": { "maxCount": 1 } })).await;
        receiver.answer_always("/hook", Answer::status(500));
        let id = stage.api.accept(text("x")).await;
        stage.api.wait_status(&id, "FAILED").await;
        assert_eq!(receiver.all().len(), 2);
    }

    async fn waiting_for_a_retry_is_visible(backend: Backend) {
        let (stage, receiver) = stage_with(backend).await;
        stage.platform.settings(json!({ "retry": { "intervalSeconds": 600, "maxIntervalSeconds": 600 } })).await;
        receiver.answer("/hook", Answer::status(500));
        let id = stage.api.accept(text("x")).await;
        let message = stage
            .api
            .wait_message(SOON, &id, "to wait for its retry", |message| message["tasks"][0]["status"] == "RETRY")
            .await;
        assert_eq!(message["status"], "PROCESSING");
        let at: chrono::DateTime<chrono::Utc> = message["tasks"][0]["nextRetryAt"].as_str().unwrap().parse().unwrap();
        let wait = (at - chrono::Utc::now()).num_seconds();
        assert!((500..=600).contains(&wait), "next retry in {wait} s");
        assert_eq!(receiver.all().len(), 1);
    }

    async fn one_channel_failing_makes_it_a_partial_success(backend: Backend) {
        let (stage, receiver) = stage_with(backend).await;
        stage.local(json!({})).await;
        receiver.answer_always("/hook", Answer::status(400));
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_status(&id, "PARTIAL_SUCCESS").await;
        assert_eq!([&message["totalChannels"], &message["successChannels"], &message["failedChannels"]], [2, 1, 1]);
        assert!(message["finishedAt"].is_string());
        assert_eq!(stage.api.inbox("u1").await.len(), 1);
        assert_eq!(receiver.all().len(), 1);
    }

    async fn an_answer_that_does_not_come_is_an_unknown(backend: Backend) {
        let (stage, receiver) = stage_with(backend).await;
        stage.platform.settings(json!({ "timeout": { "singleChannelSeconds": 1 } })).await;
        receiver.answer("/hook", Answer::ok().after(Duration::from_secs(20)));
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_status(&id, "SUCCESS").await;
        let arrivals = receiver.wait_arrivals("/hook", 2).await;
        assert_eq!(arrivals[0].id(), arrivals[1].id());
        let attempts = outcomes(&message, "ATTEMPT");
        assert_eq!(attempts.len(), 2);
        assert!(attempts[0].contains("AMBIGUOUS"), "the timeline says so: {attempts:?}");
    }

    async fn nobody_at_the_address_is_transient(backend: Backend) {
        let stage = Stage::on(Server::start(backend).await).await;
        stage.fast_retries().await;
        let port = {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            listener.local_addr().unwrap().port()
        };
        let config = json!({ "url": format!("http://127.0.0.1:{port}/"), "secret": WEBHOOK_SECRET });
        stage.api.create_channel_config("WEBHOOK", config, json!({})).await;
        let id = stage.api.accept(text_with("x", option(json!({ "maxRetry": 1 })))).await;
        let message = stage.api.wait_status(&id, "FAILED").await;
        assert_holds(&message["tasks"][0], &json!({ "status": "FAILED", "retryCount": 1 }));
        assert_eq!(entries(&message, "ATTEMPT").len(), 2);
    }

    async fn a_slow_provider_holds_up_its_own_lane_only(backend: Backend) {
        let (stage, receiver) = stage_with(backend).await;
        stage.local(json!({})).await;
        receiver.hold();
        stage.api.send_batch((0..100).map(|_| text_with("slow", json!({ "targetChannels": ["WEBHOOK"] }))).collect()).await;
        poll_until("the first send", async || (!receiver.all().is_empty()).then_some(())).await;
        for _ in 0..5 {
            let id = stage.api.accept(text_with("quick", json!({ "targetChannels": ["LOCAL"] }))).await;
            stage.api.wait_status(&id, "SUCCESS").await;
        }
        receiver.release();
        let all = stage.api.wait_all_finished(SOON).await;
        assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 105);
        assert_eq!(receiver.all().len(), 100);
    }
}
