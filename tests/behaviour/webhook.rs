//! WEBHOOK: Standard Webhooks deliveries, and which addresses they may reach.

use std::collections::HashSet;
use std::time::Duration;

use posthorn_tests::*;

both! {
    async fn a_delivery_is_signed_and_says_what_happened(stage: Stage) {
        let receiver = Receiver::start().await;
        let config = json!({ "url": receiver.url("/hook?x=1"), "secret": WEBHOOK_SECRET, "headers": { "X-Team": "payments" } });
        stage.api.create_channel_config("WEBHOOK", config, json!({})).await;
        let content = json!({ "title": "Paid", "text": "Order {{ id }}" });
        stage.api.create_template("PAID", "WEBHOOK", "MARKDOWN", content).await;
        let input = json!({ "messageId": "hook-1", "businessType": "PAID", "businessData": { "id": 7, "items": ["a"] } });
        stage.api.accept(input).await;
        let message = stage.api.wait_status("hook-1", "SUCCESS").await;

        let arrival = &receiver.wait_arrivals("/hook", 1).await[0];
        assert_eq!(arrival.query["x"], "1");
        assert_eq!(arrival.header("x-team"), "payments");
        assert_eq!(arrival.id(), message["tasks"][0]["id"].as_str().unwrap());
        assert_eq!(arrival.header("webhook-signature"), standard_signature(WEBHOOK_SECRET, arrival));
        let seconds: i64 = arrival.header("webhook-timestamp").parse().unwrap();
        assert!((seconds - chrono::Utc::now().timestamp()).abs() < 60);
        let body = arrival.json();
        assert_holds(&body, &json!({ "messageId": "hook-1", "businessType": "PAID", "messageType": "MARKDOWN",
            "title": "Paid", "data": { "id": 7, "items": ["a"] } }));
        assert!(body.to_string().contains("Order 7"), "{body}");
        assert_eq!(message["tasks"][0]["renderedContent"], body);
    }

    async fn the_id_stays_and_the_signature_changes_over_retries(stage: Stage) {
        stage.fast_retries().await;
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.answer("/hook", Answer::status(500));
        receiver.answer("/hook", Answer::status(503));
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_status(&id, "SUCCESS").await;
        let arrivals = receiver.wait_arrivals("/hook", 3).await;
        let ids: HashSet<_> = arrivals.iter().map(|arrival| arrival.id().to_owned()).collect();
        assert_eq!(ids, HashSet::from([message["tasks"][0]["id"].as_str().unwrap().to_owned()]));
        for arrival in &arrivals {
            assert_eq!(arrival.header("webhook-signature"), standard_signature(WEBHOOK_SECRET, arrival));
            assert_eq!(arrival.body, arrivals[0].body);
        }
        let timestamps: HashSet<_> = arrivals.iter().map(|arrival| arrival.header("webhook-timestamp")).collect();
        assert!(timestamps.len() >= 2, "each attempt has its own time");
    }

    async fn the_simulator_knows_a_wrong_signature(stage: Stage) {
        let simulator = Simulator::start().await;
        let other = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
        simulator.script(json!({ "path": "/webhook/a", "secret": other })).await;
        let config = json!({ "url": simulator.webhook("a"), "secret": WEBHOOK_SECRET });
        stage.api.create_channel_config("WEBHOOK", config, json!({})).await;
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_status(&id, "FAILED").await;
        assert_holds(&message["tasks"][0], &json!({ "status": "FAILED", "retryCount": 0 }));
    }

    async fn a_redirect_is_not_followed(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.answer("/hook", Answer::status(307).header("location", receiver.url("/elsewhere")));
        let id = stage.api.accept(text_with("x", json!({ "channelOptions": [{ "channelType": "WEBHOOK", "maxRetry": 0 }] }))).await;
        stage.api.wait_status(&id, "FAILED").await;
        assert_eq!(receiver.arrivals("/hook").len(), 1);
        assert_eq!(receiver.arrivals("/elsewhere").len(), 0);
    }

    async fn a_huge_answer_is_not_kept(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.answer("/hook", Answer { body: "x".repeat(5 << 20), ..Answer::status(200) });
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_status(&id, "SUCCESS").await;
        let kept = message["tasks"][0]["thirdPartyResponse"].as_str().unwrap_or_default();
        assert!(kept.len() <= 64 << 10, "{} bytes are kept", kept.len());
    }

    async fn addresses_that_the_operator_did_not_list_are_not_reached(backend: Backend) {
        // Counts connections, so that a failed TLS handshake would be seen too.
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Server::build(backend).await.env("POSTHORN_TARGET_ALLOW", "10.99.0.0/16").start().await;
        let stage = Stage::on(server).await;
        for host in ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "169.254.169.254", "192.168.1.1", "0x7f000001", "2130706433"] {
            let config = json!({ "url": format!("https://{host}:{port}/"), "secret": WEBHOOK_SECRET });
            let input = json!({ "channelType": "WEBHOOK", "name": host, "config": config });
            let errors = refused(&stage.api.try_create_channel_config(input).await);
            assert_eq!(errors, [("INVALID".to_owned(), "input.config.url".to_owned())], "{host}");
        }
        let connected = tokio::time::timeout(Duration::from_millis(100), listener.accept()).await;
        assert!(connected.is_err(), "something connected");
    }

    async fn http_is_refused_where_https_is_due(stage: Stage) {
        for (channel, key, more) in [
            ("WEBHOOK", "url", json!({ "secret": WEBHOOK_SECRET })),
            ("DINGTALK", "webhook", json!({})),
            ("WECHAT_WORK", "webhook", json!({})),
        ] {
            let mut config = more;
            config[key] = json!("http://example.com/send?access_token=a&key=b");
            let input = json!({ "channelType": channel, "name": "n", "config": config });
            let errors = refused(&stage.api.try_create_channel_config(input).await);
            assert_eq!(errors, [("INVALID".to_owned(), format!("input.config.{key}"))]);
        }
    }
}
