//! DINGTALK: the group robot's bodies, signature, mentions and error codes.

use posthorn_tests::*;

const SECRET: &str = "SECthis_is_a_test_secret_000";

/// A DINGTALK config on `receiver`, with `more` in its settings.
async fn robot(stage: &Stage, receiver: &Receiver, more: Value) {
    let mut config = json!({ "webhook": receiver.url("/robot/send?access_token=token-1"), "secret": SECRET });
    merge(&mut config, more);
    stage.api.create_channel_config("DINGTALK", config, json!({})).await;
}

both! {
    async fn each_message_type_has_its_body(stage: Stage) {
        // The simulator checks signature, shape and size as DingTalk does.
        let simulator = Simulator::start().await;
        simulator.script(json!({ "path": "/dingtalk", "secret": SECRET })).await;
        let config = json!({ "webhook": simulator.dingtalk("robot-1"), "secret": SECRET });
        stage.api.create_channel_config("DINGTALK", config, json!({})).await;
        let cases = [
            ("TEXT", json!({ "text": "hi {{ n }}" }), json!({ "msgtype": "text", "text": { "content": "hi 7" } })),
            (
                "MARKDOWN",
                json!({ "title": "T {{ n }}", "text": "# {{ n }}" }),
                json!({ "msgtype": "markdown", "markdown": { "title": "T 7", "text": "# 7" } }),
            ),
            (
                "LINK",
                json!({ "title": "T", "text": "x", "url": "https://e.com/{{ n }}", "imageUrl": "https://e.com/i.png" }),
                json!({ "msgtype": "link", "link": { "title": "T", "text": "x", "messageUrl": "https://e.com/7",
                    "picUrl": "https://e.com/i.png" } }),
            ),
            (
                "CARD",
                json!({ "title": "T", "text": "x", "buttons": [{ "title": "Read", "url": "https://e.com/{{ n }}" }] }),
                json!({ "msgtype": "actionCard", "actionCard": { "title": "T", "text": "x", "singleTitle": "Read",
                    "singleURL": "https://e.com/7" } }),
            ),
            (
                "CARD",
                json!({ "title": "T", "text": "x", "vertical": false, "buttons": [
                    { "title": "Yes", "url": "https://e.com/y" }, { "title": "No", "url": "https://e.com/n" }] }),
                json!({ "msgtype": "actionCard", "actionCard": { "title": "T", "text": "x", "btnOrientation": "1", "btns": [
                    { "title": "Yes", "actionURL": "https://e.com/y" }, { "title": "No", "actionURL": "https://e.com/n" }] } }),
            ),
            (
                "FEED",
                json!({ "links": [{ "title": "A {{ n }}", "url": "https://e.com/a", "imageUrl": "https://e.com/a.png" }] }),
                json!({ "msgtype": "feedCard", "feedCard": { "links": [
                    { "title": "A 7", "messageURL": "https://e.com/a", "picURL": "https://e.com/a.png" }] } }),
            ),
            ("IMAGE", json!({ "url": "https://e.com/{{ n }}.png" }), json!({ "msgtype": "markdown" })),
            (
                "NEWS",
                json!({ "articles": [{ "title": "A", "url": "https://e.com/a", "imageUrl": "https://e.com/a.png" }] }),
                json!({ "msgtype": "feedCard", "feedCard": { "links": [
                    { "title": "A", "messageURL": "https://e.com/a", "picURL": "https://e.com/a.png" }] } }),
            ),
            (
                "FILE",
                json!({ "url": "https://e.com/f.pdf", "name": "f {{ n }}" }),
                json!({ "msgtype": "link", "link": { "title": "f 7", "messageUrl": "https://e.com/f.pdf" } }),
            ),
        ];
        for (number, (message_type, content, expected)) in cases.into_iter().enumerate() {
            let business_type = format!("CASE_{number}");
            stage.api.create_template(&business_type, "DINGTALK", message_type, content).await;
            let input = json!({ "businessType": business_type, "businessData": { "n": 7 }, "recipients": [{ "userId": "u1" }] });
            let id = stage.api.accept(input).await;
            let message = stage.api.wait_status(&id, "SUCCESS").await;
            let received = simulator.wait_received("/dingtalk", number + 1).await;
            let body = &received[number]["body"];
            assert_holds(body, &expected);
            let task = &message["tasks"][0];
            assert_eq!(task["messageType"], message_type);
            assert_eq!(&task["renderedContent"], body, "what is shown is what was sent");
        }
    }

    async fn the_url_is_signed_and_the_secret_is_nowhere_else(stage: Stage) {
        let receiver = Receiver::start().await;
        robot(&stage, &receiver, json!({})).await;
        let id = stage.api.accept(text("hello")).await;
        let message = stage.api.wait_status(&id, "SUCCESS").await;
        let arrival = &receiver.wait_arrivals("/robot/send", 1).await[0];
        assert_eq!(arrival.query["access_token"], "token-1");
        let timestamp = &arrival.query["timestamp"];
        assert_eq!(timestamp.len(), 13, "milliseconds: {timestamp}");
        assert_eq!(arrival.query["sign"], dingtalk_sign(SECRET, timestamp));
        assert!(arrival.header("content-type").starts_with("application/json"));
        let shown = message.to_string();
        assert!(!shown.contains(SECRET) && !shown.contains("token-1"), "{shown}");
        assert!(!stage.server.log().contains(SECRET) && !stage.server.log().contains("token-1"));
    }

    async fn recipients_and_the_config_say_who_is_mentioned(stage: Stage) {
        let receiver = Receiver::start().await;
        robot(&stage, &receiver, json!({ "atMobiles": ["13900000001"] })).await;
        let recipients = json!([{ "userId": "u1", "mobile": "13800000002" }, { "userId": "u2" }]);
        let id = stage.api.accept(text_with("look", json!({ "recipients": recipients }))).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        let body = receiver.wait_arrivals("/robot/send", 1).await[0].json();
        let mobiles = body["at"]["atMobiles"].as_array().unwrap();
        for mobile in ["13900000001", "13800000002"] {
            assert!(mobiles.contains(&json!(mobile)), "{body}");
            // DingTalk only highlights a mention that stands in the text too.
            assert!(body["text"]["content"].as_str().unwrap().contains(&format!("@{mobile}")), "{body}");
        }
        assert_eq!(mobiles.len(), 2);
        assert_ne!(body["at"]["isAtAll"], true);
    }

    async fn at_all_mentions_everyone(stage: Stage) {
        let receiver = Receiver::start().await;
        robot(&stage, &receiver, json!({ "atAll": true })).await;
        let id = stage.api.accept(text("look")).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!(receiver.wait_arrivals("/robot/send", 1).await[0].json()["at"]["isAtAll"], true);
    }

    async fn errcodes_decide_whether_it_is_tried_again(stage: Stage) {
        stage.fast_retries().await;
        let receiver = Receiver::start().await;
        robot(&stage, &receiver, json!({})).await;
        // Busy: again, until it works.
        receiver.answer("/robot/send", Answer::json(r#"{"errcode":-1,"errmsg":"system busy"}"#));
        receiver.answer("/robot/send", Answer::json("<html>gateway</html>"));
        let id = stage.api.accept(text("busy")).await;
        let message = stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!(message["tasks"][0]["retryCount"], 2);
        assert_eq!(receiver.arrivals("/robot/send").len(), 3);

        // Wrong signature, unknown robot, too long, and a code that nobody knows, written as a string: final.
        for (count, (errcode, errmsg)) in
            [("310000", "sign not match"), ("300005", "token is not exist"), ("460101", "too long"), ("\"987654\"", "what")]
                .into_iter()
                .enumerate()
        {
            receiver.answer("/robot/send", Answer::json(&format!(r#"{{"errcode":{errcode},"errmsg":"{errmsg}"}}"#)));
            let id = stage.api.accept(text("wrong")).await;
            let message = stage.api.wait_status(&id, "FAILED").await;
            assert_eq!(message["errorCode"], "ALL_CHANNELS_FAILED");
            let task = &message["tasks"][0];
            assert_holds(task, &json!({ "status": "FAILED", "retryCount": 0 }));
            assert!(task["thirdPartyResponse"].as_str().unwrap().contains(errmsg), "{task:#}");
            assert_eq!(receiver.arrivals("/robot/send").len(), 4 + count);
        }
    }

    async fn a_throttled_robot_pauses_all_of_its_messages(stage: Stage) {
        stage.fast_retries().await;
        let receiver = Receiver::start().await;
        robot(&stage, &receiver, json!({})).await;
        let answer = r#"{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}"#;
        receiver.answer("/robot/send", Answer::json(answer));
        let first = stage.api.accept(text("first")).await;
        // Its attempt is recorded: the pause is known.
        stage
            .api
            .wait_message(SOON, &first, "to be throttled", |message| !entries(message, "ATTEMPT").is_empty())
            .await;
        let second = stage.api.accept(text("second")).await;
        let message = stage
            .api
            .wait_message(SOON, &second, "to be planned", |message| message["status"] == "PROCESSING")
            .await;
        assert_eq!(message["tasks"].as_array().unwrap().len(), 1);
        // A message over another robot passes by.
        let other = json!({ "webhook": receiver.url("/other/send?access_token=token-2"), "secret": SECRET });
        let more = json!({ "storeId": "other-store" });
        stage.api.create_channel_config("DINGTALK", other, more).await;
        let third = stage.api.accept(text_with("third", json!({ "storeId": "other-store" }))).await;
        stage.api.wait_status(&third, "SUCCESS").await;
        // The pause is a minute, so nothing more has arrived at the first robot.
        assert_eq!(receiver.arrivals("/robot/send").len(), 1);
        assert_eq!(receiver.arrivals("/other/send").len(), 1);
    }

    async fn one_attempt_only_holds_for_a_throttled_robot_too(stage: Stage) {
        let receiver = Receiver::start().await;
        robot(&stage, &receiver, json!({})).await;
        let answer = r#"{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}"#;
        receiver.answer("/robot/send", Answer::json(answer));
        let once = json!({ "channelOptions": [{ "channelType": "DINGTALK", "retryOnFail": false }] });
        let id = stage.api.accept(text_with("once", once)).await;
        let message = stage.api.wait_status(&id, "FAILED").await;
        assert_holds(&message["tasks"][0], &json!({ "status": "FAILED", "retryCount": 0, "maxRetry": 0 }));
        assert_eq!(outcomes(&message, "ATTEMPT"), ["THROTTLE"]);
        // The robot still pauses.
        let second = stage.api.accept(text("second")).await;
        let planned = |message: &Value| message["status"] == "PROCESSING";
        stage.api.wait_message(SOON, &second, "to be planned", planned).await;
        assert_eq!(receiver.arrivals("/robot/send").len(), 1);
    }

    async fn a_body_over_the_limit_is_not_sent(stage: Stage) {
        let receiver = Receiver::start().await;
        robot(&stage, &receiver, json!({})).await;
        // Bytes count, not characters: 7,000 of these are 21,000 bytes.
        let id = stage.api.accept(text(&"好".repeat(7000))).await;
        let message = stage.api.wait_finished(&id).await;
        assert_holds(&message, &json!({ "status": "FAILED", "errorCode": "CONTENT_TOO_LARGE" }));
        assert_eq!(receiver.all().len(), 0);
    }
}
