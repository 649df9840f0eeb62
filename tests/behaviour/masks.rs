//! Who sees recipients in clear, who sees masks, and what a reveal leaves behind.

use posthorn_tests::*;

const QUERY: &str = "query($id: ID!) { message(id: $id) { recipientsMasked businessData attributes
    recipients { userId mobile email customerName customerTag }
    tasks { recipients { userId mobile } renderedContent thirdPartyResponse } } }";

const CLEAR: [&str; 4] = ["zhangsan", "13812348000", "san@example.com", "张三"];

fn input(id: &str) -> Value {
    let recipient = json!({ "userId": "zhangsan", "mobile": "13812348000", "email": "san@example.com", "customerName": "张三",
        "customerTag": "vip" });
    text_with(
        "call 13812348000",
        json!({ "messageId": id, "recipients": [recipient],
        "businessData": { "orderId": "A-1", "phone": "13812348000" }, "attributes": { "owner": "zhangsan" } }),
    )
}

both! {
    async fn operators_and_viewers_see_masks_and_the_others_what_is_there(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.answer_always("/hook", Answer::json("{\"sent to\":\"13812348000\"}"));
        let sender = stage.with_role("SENDER").await;
        sender.accept(input("m")).await;
        let id = stage.api.wait_status("m", "SUCCESS").await["id"].take();
        for api in [&stage.api, &stage.platform, &sender] {
            let seen = api.gql(QUERY, json!({ "id": id })).await["message"].take();
            assert_eq!(seen["recipientsMasked"], false);
            assert_eq!(seen["recipients"][0], json!({ "userId": "zhangsan", "mobile": "13812348000", "email": "san@example.com",
                "customerName": "张三", "customerTag": "vip" }));
            assert_eq!(seen["tasks"][0]["renderedContent"], receiver.arrivals("/hook")[0].json());
            assert_eq!(seen["businessData"], json!({ "orderId": "A-1", "phone": "13812348000" }));
        }
        let (status, rest) = sender.get("/api/messages/m").await;
        assert_eq!((status, &rest["recipientsMasked"]), (200, &json!(false)));
        assert_eq!(rest["recipients"][0]["mobile"], "13812348000");
        let task = &rest["tasks"][0];
        assert_eq!(task["renderedContent"], receiver.arrivals("/hook")[0].json());
        assert_eq!(task["thirdPartyResponse"], "{\"sent to\":\"13812348000\"}");
        assert_eq!((&task["channelConfig"], &task["messageType"], &task["nextRetryAt"]), (&Value::Null, &json!("TEXT"), &Value::Null));
        for role in ["OPERATOR", "VIEWER"] {
            let api = stage.with_role(role).await;
            let seen = api.gql(QUERY, json!({ "id": id })).await["message"].take();
            assert_eq!(seen["recipientsMasked"], true);
            assert_eq!(seen["recipients"][0], json!({ "userId": "zh****an", "mobile": "138****8000", "email": "s***@example.com",
                "customerName": "张**", "customerTag": "vip" }));
            assert_eq!(seen["tasks"][0]["recipients"][0], json!({ "userId": "zh****an", "mobile": "138****8000" }));
            assert_eq!(seen["tasks"][0]["renderedContent"]["body"], "call 138****8000");
            assert_eq!(seen["businessData"], json!({ "orderId": "A-1", "phone": "138****8000" }));
            let (status, rest) = api.get("/api/messages/m").await;
            assert_eq!((status, &rest["attributes"]), (200, &json!({ "owner": "zh****an" })));
            assert_eq!((&rest["recipientsMasked"], &rest["recipients"]), (&json!(true), &seen["recipients"]));
            assert_eq!(rest["businessData"], seen["businessData"]);
            assert_eq!(rest["tasks"][0]["renderedContent"], seen["tasks"][0]["renderedContent"]);
            assert_eq!(rest["tasks"][0]["thirdPartyResponse"], "{\"sent to\":\"138****8000\"}");
            assert!(rest["tasks"][0]["channelConfig"]["name"].is_string(), "{rest:#}");
            for clear in CLEAR {
                assert!(!seen.to_string().contains(clear), "{role}: {clear} in {seen:#}");
                assert!(!rest.to_string().contains(clear), "{role}: {clear} in {rest:#}");
            }
        }
        // What was sent is what was handed in.
        assert!(receiver.arrivals("/hook")[0].json().to_string().contains("13812348000"));
    }

    async fn answers_to_attempts_hide_secrets_from_all_and_recipients_from_some(stage: Stage) {
        stage.fast_retries().await;
        let receiver = Receiver::start().await;
        let config = json!({ "url": receiver.url("/hook?token=hush-hush-hush"), "secret": WEBHOOK_SECRET });
        stage.api.create_channel_config("WEBHOOK", config, json!({})).await;
        let no = |name: &str| format!("{{\"not for\":\"{name}\",\"you sent\":\"hush-hush-hush {WEBHOOK_SECRET}\"}}");
        for name in ["13812348000", "san@example.com"] {
            receiver.answer("/hook", Answer { body: no(name), ..Answer::status(500) });
        }
        let sender = stage.with_role("SENDER").await;
        sender.accept(input("m")).await;
        let done = stage.api.wait_status("m", "SUCCESS").await;
        let told = |message: &Value| {
            let attempts = entries(message, "ATTEMPT");
            attempts.iter().map(|entry| entry["thirdPartyResponse"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let clear = told(&done);
        assert_eq!(clear.len(), 3);
        assert!(clear[0].contains("13812348000") && clear[1].contains("san@example.com"), "{clear:?}");
        for role in ["SENDER", "OPERATOR", "VIEWER"] {
            let api = if role == "SENDER" { sender.clone() } else { stage.with_role(role).await };
            for message in [api.message("m").await, api.get("/api/messages/m").await.1] {
                let answers = told(&message);
                assert!(answers.iter().all(|answer| !answer.contains("hush") && !answer.contains(WEBHOOK_SECRET)), "{answers:?}");
                if role == "SENDER" {
                    assert_eq!(answers, clear);
                    continue;
                }
                assert!(answers[0].contains("138****8000") && answers[1].contains("s***@example.com"), "{role}: {answers:?}");
                for hidden in CLEAR {
                    assert!(!message.to_string().contains(hidden), "{role}: {hidden} in {message:#}");
                }
            }
        }
    }

    async fn a_reveal_is_for_operators_and_leaves_a_line(stage: Stage) {
        stage.local(json!({})).await;
        stage.api.accept(input("m")).await;
        let id = stage.api.message("m").await["id"].take();
        let by_key = "mutation { it: revealRecipients(messageId: \"m\") { recipients { userId mobile } userErrors { field code } } }";
        let operator = stage.with_role("OPERATOR").await;
        let shown = operator.gql(by_key, json!({})).await["it"].take();
        assert_eq!(shown, json!({ "recipients": [{ "userId": "zhangsan", "mobile": "13812348000" }], "userErrors": [] }));
        let by_id = "mutation($id: ID) { it: revealRecipients(id: $id) { recipients { userId } userErrors { field code } } }";
        assert_eq!(stage.api.gql(by_id, json!({ "id": id })).await["it"]["recipients"][0]["userId"], "zhangsan");
        let lines = |log: &str| {
            log.lines().filter(|line| line.contains("recipients were revealed")).map(str::to_owned).collect::<Vec<_>>()
        };
        let noted = poll_until("the lines in the log", async || {
            Some(lines(&stage.server.log())).filter(|lines| lines.len() >= 2)
        }).await;
        assert!(noted[0].contains(id.as_str().unwrap()) && noted[0].contains("OPERATOR key"), "{noted:?}");
        assert!(noted.iter().all(|line| CLEAR.iter().all(|clear| !line.contains(clear))), "{noted:?}");

        for role in ["SENDER", "VIEWER"] {
            assert_eq!(stage.with_role(role).await.gql_code(by_key, json!({})).await, "FORBIDDEN");
        }
        let (_, other) = stage.another_tenant().await;
        let none = json!({ "recipients": null, "userErrors": [{ "field": ["id"], "code": "NOT_FOUND" }] });
        assert_eq!(other.gql(by_id, json!({ "id": id })).await["it"], none);
        assert_eq!(other.gql(by_id, json!({ "id": "nonsense" })).await["it"], none);
        assert_eq!(operator.gql_code(by_id, json!({})).await, "BAD_INPUT");
        assert_eq!(lines(&stage.server.log()).len(), 2);
    }

    async fn the_viewer_knows_its_tenant_and_events_their_ids(stage: Stage) {
        let tenant = stage.api.gql("{ viewer { tenantId tenant { id code name timezone } } }", json!({})).await["viewer"].take();
        assert_holds(&tenant, &json!({ "tenantId": stage.tenant, "tenant": { "id": stage.tenant, "name": "Test", "timezone": "UTC" } }));
        let viewer = stage.server.platform().gql("{ viewer { tenant { id } } }", json!({})).await["viewer"].take();
        assert_eq!(viewer, json!({ "tenant": null }));

        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.hold();
        stage.api.accept(text_with("x", json!({ "messageId": "m" }))).await;
        receiver.wait_arrivals("/hook", 1).await;
        // Who has been told the present hears all that follows.
        let query = "subscription { statusEvents(present: 1) { id cursor messageId messageStatus taskStatus } }";
        let mut one = WebSocket::subscribe(&stage.api, query, json!({})).await;
        let mut told = vec![one.event().await.data()["statusEvents"].take()];
        let mut two = WebSocket::subscribe(&stage.platform, query, json!({})).await;
        two.event().await.data();
        receiver.release();
        while told.last().unwrap()["messageStatus"] != "SUCCESS" {
            told.push(one.event().await.data()["statusEvents"].take());
        }
        let mut heard = two.event().await.data()["statusEvents"].take();
        while heard["messageStatus"] != "SUCCESS" {
            heard = two.event().await.data()["statusEvents"].take();
        }
        assert_eq!(heard["id"], told.last().unwrap()["id"]);
        let ids: std::collections::HashSet<_> = told.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids.len(), told.len(), "{told:#?}");
        // Told once more, an event has the id that it had.
        let query = "subscription($after: String) { statusEvents(after: $after) { id } }";
        let mut again = WebSocket::subscribe(&stage.api, query, json!({ "after": told[0]["cursor"] })).await;
        assert_eq!(again.event().await.data()["statusEvents"]["id"], told[1]["id"]);
    }
}
