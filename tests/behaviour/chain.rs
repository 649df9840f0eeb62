//! The chain: which channels a message takes, deduplication, and the trace that each handler leaves.

use std::time::Duration;

use posthorn_tests::*;

const HANDLERS: [(&str, i64); 8] = [
    ("VALIDATION", 100),
    ("DEDUPLICATION", 150),
    ("TIME_WINDOW", 200),
    ("CHANNEL_ROUTER", 300),
    ("RATE_LIMIT", 400),
    ("TEMPLATE_RENDER", 500),
    ("CHANNEL_DISPATCH", 600),
    ("STATUS_TRACKING", 700),
];

both! {
    async fn the_handlers_are_listed_in_order(server: Server) {
        let query = "{ it: systemSettings { handlers { name order enabled timeoutSeconds } } }";
        let handlers = server.platform().gql(query, json!({})).await["it"]["handlers"].take();
        let named: Vec<_> = handlers
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (it["name"].as_str().unwrap().to_owned(), it["order"].as_i64().unwrap()))
            .collect();
        let expected: Vec<_> = HANDLERS.iter().map(|(name, order)| ((*name).to_owned(), *order)).collect();
        assert_eq!(named, expected);
        for handler in handlers.as_array().unwrap() {
            assert_eq!(handler["enabled"], handler["name"] != "DEDUPLICATION", "{handler}");
            assert_eq!(handler["timeoutSeconds"], if handler["name"] == "TEMPLATE_RENDER" { 5 } else { 10 }, "{handler}");
        }
    }

    async fn the_timeline_has_each_verdict_and_attempt(stage: Stage) {
        stage.local(json!({})).await;
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_status(&id, "SUCCESS").await;
        for (handler, _) in HANDLERS {
            let entries = entries(&message, handler);
            assert!(!entries.is_empty(), "no verdict of {handler}: {message:#}");
            let expected = if handler == "DEDUPLICATION" { "SKIP" } else { "PASS" };
            for entry in &entries {
                let outcome = entry["outcome"].as_str().unwrap();
                assert!(outcome == expected || outcome == "SKIP", "{entry}");
            }
            assert!(entries.iter().any(|entry| entry["durationMs"].is_number()), "no duration of {handler}: {entries:#?}");
        }
        let attempts = entries(&message, "ATTEMPT");
        assert_eq!(attempts.len(), 1);
        assert_eq!(attempts[0]["taskId"], message["tasks"][0]["id"]);
        let times: Vec<_> = message["timeline"].as_array().unwrap().iter().map(|it| it["at"].as_str().unwrap()).collect();
        assert!(times.is_sorted(), "oldest first: {times:?}");
    }

    async fn without_a_channel_the_message_fails(stage: Stage) {
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_finished(&id).await;
        assert_holds(&message, &json!({ "status": "FAILED", "errorCode": "NO_CHANNEL", "totalChannels": 0, "tasks": [] }));
        assert_eq!(outcomes(&message, "CHANNEL_ROUTER").last().unwrap(), "STOP");
        assert_eq!(outcomes(&message, "CHANNEL_DISPATCH"), Vec::<String>::new());
    }

    async fn target_channels_narrow_the_choice(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.local(json!({})).await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        let id = stage.api.accept(text_with("x", json!({ "targetChannels": ["LOCAL", "DINGTALK"] }))).await;
        let message = stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!(message["totalChannels"], 1);
        assert_eq!(message["tasks"][0]["channelType"], "LOCAL");
        assert_eq!(receiver.all().len(), 0);
        let id = stage.api.accept(text_with("x", json!({ "targetChannels": ["DINGTALK"] }))).await;
        assert_eq!(stage.api.wait_finished(&id).await["errorCode"], "NO_CHANNEL");
        assert_eq!(stage.api.inbox("u1").await.len(), 1);
    }

    async fn a_disabled_config_is_not_used(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({ "enabled": false })).await;
        let id = stage.api.accept(text("x")).await;
        assert_eq!(stage.api.wait_finished(&id).await["errorCode"], "NO_CHANNEL");
        assert_eq!(receiver.all().len(), 0);
    }

    async fn a_stores_config_wins_over_the_tenants(stage: Stage) {
        let receiver = Receiver::start().await;
        let tenants = stage.webhook(&receiver, "/tenant", json!({ "name": "tenant's" })).await;
        let stores = stage.webhook(&receiver, "/store", json!({ "name": "store's", "storeId": "s1" })).await;
        stage.local(json!({})).await;
        for (store, config, path) in [
            (json!("s1"), &stores, "/store"),
            (json!("s2"), &tenants, "/tenant"),
            (Value::Null, &tenants, "/tenant"),
        ] {
            let before = receiver.arrivals(path).len();
            let id = stage.api.accept(text_with("x", json!({ "storeId": store }))).await;
            let message = stage.api.wait_status(&id, "SUCCESS").await;
            // The tenant's LOCAL config serves the store too: only the same channel type is overridden.
            assert_eq!(message["totalChannels"], 2, "{message:#}");
            let tasks = message["tasks"].as_array().unwrap();
            let hook = tasks.iter().find(|task| task["channelType"] == "WEBHOOK").unwrap();
            assert_eq!(hook["channelConfig"]["id"], config.as_str());
            assert_eq!(receiver.arrivals(path).len(), before + 1);
        }
        assert_eq!(receiver.all().len(), 3);
    }

    async fn a_channel_without_a_template_does_not_hold_up_the_others(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.local(json!({})).await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        stage.api.create_template("T", "LOCAL", "TEXT", json!({ "text": "x" })).await;
        let input = json!({ "businessType": "T", "businessData": {}, "recipients": [{ "userId": "u1" }] });
        let id = stage.api.accept(input).await;
        // A rule leaves it out: it was not to go over this channel.
        let message = stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!([&message["totalChannels"], &message["successChannels"], &message["failedChannels"]], [1, 1, 0]);
        assert_eq!(stage.api.inbox("u1").await.len(), 1);
        assert_eq!(receiver.all().len(), 0);
    }

    async fn a_channel_whose_content_cannot_be_made_has_failed(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.local(json!({})).await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        stage.api.create_template("T", "LOCAL", "TEXT", json!({ "text": "x" })).await;
        stage.api.create_template("T", "WEBHOOK", "TEXT", json!({ "text": "${missing}" })).await;
        let input = json!({ "businessType": "T", "businessData": {}, "recipients": [{ "userId": "u1" }] });
        for mode in ["PARALLEL", "SEQUENTIAL"] {
            let mut input = input.clone();
            input["executionMode"] = json!(mode);
            let id = stage.api.accept(input).await;
            let message = stage.api.wait_status(&id, "PARTIAL_SUCCESS").await;
            assert_holds(&message, &json!({ "totalChannels": 2, "successChannels": 1, "failedChannels": 1, "errorCode": null }));
            assert_eq!(message["tasks"].as_array().unwrap().len(), 1);
            assert_eq!(outcomes(&message, "TEMPLATE_RENDER"), ["PASS", "DROP"]);
            assert_holds(&stage.api.act("retryMessage", &id).await, &json!({ "success": false, "errorCode": "NOTHING_TO_RETRY" }));
        }
        assert_eq!(stage.api.inbox("u1").await.len(), 2);
        // Where nothing else is left the message has failed.
        let mut only = input.clone();
        only["targetChannels"] = json!(["WEBHOOK"]);
        let id = stage.api.accept(only).await;
        let message = stage.api.wait_status(&id, "FAILED").await;
        assert_holds(&message, &json!({ "errorCode": "TEMPLATE_RENDER_ERROR", "totalChannels": 1, "successChannels": 0, "failedChannels": 1, "tasks": [] }));
        // What is too large for one channel goes over the others; so does what another refuses.
        let wecom = json!({ "webhook": receiver.url("/cgi-bin/webhook/send?key=k") });
        stage.api.create_channel_config("WECHAT_WORK", wecom, json!({})).await;
        receiver.answer_always("/hook", Answer::status(400));
        let id = stage.api.accept(text(&"x".repeat(5000))).await;
        let message = stage.api.wait_status(&id, "PARTIAL_SUCCESS").await;
        assert_holds(&message, &json!({ "totalChannels": 3, "successChannels": 1, "failedChannels": 2 }));
        assert_eq!(outcomes(&message, "CHANNEL_DISPATCH"), ["PASS", "PASS", "DROP"]);
        assert_eq!(receiver.all().len(), 1);
        // What can be retried succeeds; what can't stays as it is.
        receiver.answer_always("/hook", Answer::ok());
        assert_eq!(stage.api.act("retryMessage", &id).await["success"], true);
        let message = stage.api.wait_message(SOON, &id, "the retry", |message| message["successChannels"] == 2).await;
        assert_holds(&message, &json!({ "status": "PARTIAL_SUCCESS", "totalChannels": 3, "failedChannels": 1 }));
    }

    async fn deduplication_drops_the_same_content_when_it_is_on(stage: Stage) {
        stage.local(json!({})).await;
        stage.platform.settings(json!({ "handlers": [{ "name": "DEDUPLICATION", "enabled": true }] })).await;
        let send = async |body: &str, more: Value| {
            let mut more = more;
            merge(&mut more, json!({ "content": { "body": body } }));
            let id = stage.api.accept(text_with(body, more)).await;
            stage.api.wait_finished(&id).await
        };
        let data = json!({ "businessData": { "order": 1 } });
        assert_eq!(send("x", data.clone()).await["status"], "SUCCESS");
        let again = send("x", data.clone()).await;
        assert_eq!(again["errorCode"], "DUPLICATE_MESSAGE", "{again:#}");
        assert_eq!(again["tasks"], json!([]));
        assert_eq!(outcomes(&again, "DEDUPLICATION"), ["STOP"]);
        // The order of keys makes no difference, at any depth; what they are about does.
        let pair = json!({ "businessData": { "x": { "a": 1, "b": 2 }, "y": 2 } });
        assert_eq!(send("pair", pair).await["status"], "SUCCESS");
        let turned: Value = serde_json::from_str(r#"{"businessData": {"y": 2, "x": {"b": 2, "a": 1}}}"#).unwrap();
        assert_eq!(send("pair", turned).await["errorCode"], "DUPLICATE_MESSAGE");
        let swapped = json!({ "businessData": { "x": { "a": 2, "b": 1 }, "y": 2 } });
        assert_eq!(send("pair", swapped).await["status"], "SUCCESS");
        // Other data, other recipients, another business type: not the same.
        assert_eq!(send("x", json!({ "businessData": { "order": 2 } })).await["status"], "SUCCESS");
        let mut other = data.clone();
        merge(&mut other, json!({ "recipients": [{ "userId": "u2" }] }));
        assert_eq!(send("x", other).await["status"], "SUCCESS");
        let mut other = data;
        merge(&mut other, json!({ "businessType": "OTHER" }));
        assert_eq!(send("x", other).await["status"], "SUCCESS");
        assert_eq!(stage.api.inbox("u1").await.len(), 5);
        assert_eq!(stage.api.inbox("u2").await.len(), 1);
    }

    async fn deduplication_lets_one_of_many_at_once_through(stage: Stage) {
        stage.local(json!({})).await;
        stage.platform.settings(json!({ "handlers": [{ "name": "DEDUPLICATION", "enabled": true }] })).await;
        stage.api.send_batch((0..30).map(|_| text("same")).collect()).await;
        let all = stage.api.wait_all_finished(SOON).await;
        assert_eq!(all.len(), 30);
        assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 1);
        assert_eq!(stage.api.inbox("u1").await.len(), 1);
    }

    async fn a_message_past_its_expiry_is_cancelled(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.fast_retries().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.answer_always("/hook", Answer::status(503));
        let options = json!([{ "channelType": "WEBHOOK", "maxRetry": 20 }]);
        let id = stage.api.accept(text_with("x", json!({ "expiresAt": from_now(3), "channelOptions": options }))).await;
        let message = stage.api.wait_finished(&id).await;
        assert!(["FAILED", "CANCELLED"].contains(&message["status"].as_str().unwrap()), "{message:#}");
        assert_eq!(message["errorCode"], "EXPIRED", "{message:#}");
        let sent = receiver.all().len();
        assert!((1..=5).contains(&sent), "{sent} attempts");
        // It has ended, so nothing follows.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert_eq!(receiver.all().len(), sent);
    }

    async fn a_handler_that_is_switched_off_is_skipped(stage: Stage) {
        stage.local(json!({ "timeWindow": closed_now(), "onClosedWindow": "REJECT" })).await;
        let id = stage.api.accept(text("x")).await;
        assert_eq!(stage.api.wait_finished(&id).await["errorCode"], "OUTSIDE_TIME_WINDOW");
        stage.platform.settings(json!({ "handlers": [{ "name": "TIME_WINDOW", "enabled": false }] })).await;
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!(outcomes(&message, "TIME_WINDOW"), ["SKIP"]);
        assert_eq!(stage.api.inbox("u1").await.len(), 1);
    }
}

/// A time window, in UTC, that is closed now and for the next hour at least.
pub fn closed_now() -> Value {
    use chrono::Timelike;
    let hour = chrono::Utc::now().hour();
    json!({ "startHour": (hour + 3) % 24, "endHour": (hour + 4) % 24, "timezone": "UTC" })
}

/// A time window, in UTC, that is open now and for the next hour at least.
pub fn open_now() -> Value {
    use chrono::Timelike;
    let hour = chrono::Utc::now().hour();
    json!({ "startHour": (hour + 23) % 24, "endHour": (hour + 2) % 24, "timezone": "UTC" })
}
