//! WECHAT_WORK: the group robot's bodies and error codes.

use posthorn_tests::*;

/// A GIF of one pixel.
const IMAGE: &str = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
/// A PNG of one pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

both! {
    async fn each_message_type_has_its_body(stage: Stage) {
        let simulator = Simulator::start().await;
        stage.api.create_channel_config("WECHAT_WORK", json!({ "webhook": simulator.wecom("key-1") }), json!({})).await;
        let cases = [
            ("TEXT", json!({ "text": "hi {{ n }}" }), json!({ "msgtype": "text", "text": { "content": "hi 7" } })),
            (
                "MARKDOWN",
                json!({ "title": "T", "text": "# {{ n }}" }),
                json!({ "msgtype": "markdown" }),
            ),
            (
                "LINK",
                json!({ "title": "T {{ n }}", "text": "x", "url": "https://e.com/a", "imageUrl": "https://e.com/a.png" }),
                json!({ "msgtype": "news", "news": { "articles": [{ "title": "T 7", "description": "x",
                    "url": "https://e.com/a", "picurl": "https://e.com/a.png" }] } }),
            ),
            (
                "CARD",
                json!({ "title": "T {{ n }}", "text": "x", "buttons": [{ "title": "Read", "url": "https://e.com/a" }] }),
                json!({ "msgtype": "template_card", "template_card": { "card_type": "text_notice",
                    "main_title": { "title": "T 7" }, "card_action": { "type": 1, "url": "https://e.com/a" } } }),
            ),
            (
                "FEED",
                json!({ "links": [{ "title": "A", "url": "https://e.com/a", "imageUrl": "https://e.com/a.png" }] }),
                json!({ "msgtype": "news", "news": { "articles": [
                    { "title": "A", "url": "https://e.com/a", "picurl": "https://e.com/a.png" }] } }),
            ),
            ("IMAGE", json!({ "base64": PNG }), json!({ "msgtype": "image", "image": { "base64": PNG } })),
            (
                "NEWS",
                json!({ "articles": [{ "title": "A {{ n }}", "description": "D", "url": "https://e.com/a" },
                    { "title": "B", "url": "https://e.com/b" }] }),
                json!({ "msgtype": "news", "news": { "articles": [
                    { "title": "A 7", "description": "D", "url": "https://e.com/a" }, { "title": "B", "url": "https://e.com/b" }] } }),
            ),
            ("FILE", json!({ "mediaId": "media-{{ n }}" }), json!({ "msgtype": "file", "file": { "media_id": "media-7" } })),
        ];
        for (number, (message_type, content, expected)) in cases.into_iter().enumerate() {
            let business_type = format!("CASE_{number}");
            stage.api.create_template(&business_type, "WECHAT_WORK", message_type, content).await;
            let input = json!({ "businessType": business_type, "businessData": { "n": 7 }, "recipients": [{ "userId": "u1" }] });
            let id = stage.api.accept(input).await;
            let message = stage.api.wait_status(&id, "SUCCESS").await;
            let received = simulator.wait_received("/wecom", number + 1).await;
            let body = &received[number]["body"];
            assert_holds(body, &expected);
            assert_eq!(&message["tasks"][0]["renderedContent"], body, "what is shown is what was sent");
        }
    }

    async fn a_picture_that_wecom_does_not_take_fails_that_message(stage: Stage) {
        let receiver = Receiver::start().await;
        let config = json!({ "webhook": receiver.url("/cgi-bin/webhook/send?key=key-1") });
        stage.api.create_channel_config("WECHAT_WORK", config, json!({})).await;
        stage.api.create_template("GIF", "WECHAT_WORK", "IMAGE", json!({ "base64": "{{ image }}" })).await;
        for image in [IMAGE, "not base64!"] {
            let input = json!({ "businessType": "GIF", "businessData": { "image": image }, "recipients": [{ "userId": "u1" }] });
            let id = stage.api.accept(input).await;
            let message = stage.api.wait_finished(&id).await;
            assert_eq!(message["status"], "FAILED", "{message:#}");
        }
        assert_eq!(receiver.all().len(), 0);
    }

    async fn recipients_and_the_config_say_who_is_mentioned(stage: Stage) {
        let receiver = Receiver::start().await;
        let config = json!({ "webhook": receiver.url("/cgi-bin/webhook/send?key=key-1"), "mentionedMobiles": ["13900000001"] });
        stage.api.create_channel_config("WECHAT_WORK", config, json!({})).await;
        let id = stage.api.accept(text_with("look", json!({ "recipients": [{ "mobile": "13800000002" }] }))).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        let body = receiver.wait_arrivals("/cgi-bin/webhook/send", 1).await[0].json();
        let mobiles = body["text"]["mentioned_mobile_list"].as_array().unwrap();
        assert_eq!(mobiles.len(), 2, "{body}");
        assert!(mobiles.contains(&json!("13900000001")) && mobiles.contains(&json!("13800000002")), "{body}");
    }

    async fn errcodes_decide_whether_it_is_tried_again(stage: Stage) {
        stage.fast_retries().await;
        let path = "/cgi-bin/webhook/send";
        let receiver = Receiver::start().await;
        let config = json!({ "webhook": receiver.url("/cgi-bin/webhook/send?key=key-1") });
        stage.api.create_channel_config("WECHAT_WORK", config, json!({})).await;
        receiver.answer(path, Answer::json(r#"{"errcode":-1,"errmsg":"busy"}"#));
        let id = stage.api.accept(text("busy")).await;
        assert_eq!(stage.api.wait_status(&id, "SUCCESS").await["tasks"][0]["retryCount"], 1);
        assert_eq!(receiver.arrivals(path).len(), 2);
        for (count, errcode) in [93000, 40058, 40008].into_iter().enumerate() {
            receiver.answer(path, Answer::json(&format!(r#"{{"errcode":{errcode},"errmsg":"wrong"}}"#)));
            let id = stage.api.accept(text("wrong")).await;
            let message = stage.api.wait_status(&id, "FAILED").await;
            assert_holds(&message["tasks"][0], &json!({ "status": "FAILED", "retryCount": 0 }));
            assert_eq!(receiver.arrivals(path).len(), 3 + count);
        }
    }

    async fn a_text_over_2048_bytes_is_not_sent(stage: Stage) {
        let receiver = Receiver::start().await;
        let config = json!({ "webhook": receiver.url("/cgi-bin/webhook/send?key=key-1") });
        stage.api.create_channel_config("WECHAT_WORK", config, json!({})).await;
        let id = stage.api.accept(text(&"好".repeat(683))).await;
        let message = stage.api.wait_finished(&id).await;
        assert_holds(&message, &json!({ "status": "FAILED", "errorCode": "CONTENT_TOO_LARGE" }));
        assert_eq!(receiver.all().len(), 0);
        let id = stage.api.accept(text(&"好".repeat(682))).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!(receiver.all().len(), 1);
    }
}
