//! The main job: a message is accepted, travels over every channel that is configured, and can be looked up.

use posthorn_tests::*;

both! {
    async fn a_message_travels_over_all_four_channels(stage: Stage) {
        let simulator = Simulator::start().await;
        simulator.script(json!({ "path": "/dingtalk", "secret": "SECtest" })).await;
        simulator.script(json!({ "path": "/webhook/orders", "secret": WEBHOOK_SECRET })).await;
        let api = &stage.api;
        stage.local(json!({})).await;
        let dingtalk = json!({ "webhook": simulator.dingtalk("robot-1"), "secret": "SECtest" });
        api.create_channel_config("DINGTALK", dingtalk, json!({})).await;
        api.create_channel_config("WECHAT_WORK", json!({ "webhook": simulator.wecom("key-1") }), json!({})).await;
        let webhook = json!({ "url": simulator.webhook("orders"), "secret": WEBHOOK_SECRET });
        api.create_channel_config("WEBHOOK", webhook, json!({})).await;
        for channel in ["LOCAL", "DINGTALK", "WECHAT_WORK", "WEBHOOK"] {
            let content = json!({ "text": "Order {{ orderId }} of ${customer.name} is paid" });
            api.create_template("ORDER_PAID", channel, "TEXT", content).await;
        }

        let id = api
            .accept(json!({ "messageId": "order-1", "businessType": "ORDER_PAID",
                "businessData": { "orderId": "A-1", "customer": { "name": "王芳" } }, "recipients": [{ "userId": "u1" }] }))
            .await;
        assert_eq!(id, "order-1");

        let message = api.wait_status(&id, "SUCCESS").await;
        assert_eq!([&message["totalChannels"], &message["successChannels"], &message["failedChannels"]], [4, 4, 0]);
        assert!(message["finishedAt"].is_string() && message["errorCode"].is_null());
        let tasks = message["tasks"].as_array().unwrap();
        assert_eq!(tasks.len(), 4);
        assert!(tasks.iter().all(|task| task["status"] == "SUCCESS" && task["retryCount"] == 0));

        let said = "Order A-1 of 王芳 is paid";
        let robot = &simulator.wait_received("/dingtalk", 1).await[0];
        assert_holds(&robot["body"], &json!({ "msgtype": "text", "text": { "content": said } }));
        let robot = &simulator.wait_received("/wecom", 1).await[0];
        assert_holds(&robot["body"], &json!({ "msgtype": "text", "text": { "content": said } }));
        let hook = &simulator.wait_received("/webhook/orders", 1).await[0];
        assert_holds(&hook["body"], &json!({ "messageId": "order-1", "businessType": "ORDER_PAID", "messageType": "TEXT" }));
        let inbox = api.inbox("u1").await;
        assert_eq!(inbox.len(), 1);
        assert_holds(&inbox[0], &json!({ "messageId": "order-1", "body": said, "messageType": "TEXT", "readAt": null }));
    }

    async fn a_message_keeps_what_it_was_sent_with(stage: Stage) {
        stage.local(json!({})).await;
        let data = json!({ "n": 1, "text": "emoji 🎺", "deep": { "list": [1, 2.5, null, true] } });
        let sent = text_with("hello", json!({ "messageId": "kept-1", "storeId": "store-7", "businessData": data,
            "targetChannels": ["LOCAL"], "attributes": { "productCode": "P1", "tags": ["a"] },
            "recipients": [{ "userId": "u1", "mobile": "13800000000", "email": "u1@example.com", "customerType": "PERSONAL" }] }));
        stage.api.accept(sent).await;
        let message = stage.api.wait_status("kept-1", "SUCCESS").await;
        assert_holds(&message, &json!({ "messageId": "kept-1", "tenantId": stage.tenant, "storeId": "store-7",
            "businessType": "NOTICE", "businessData": data, "targetChannels": ["LOCAL"], "executionMode": "PARALLEL",
            "attributes": { "productCode": "P1", "tags": ["a"] } }));
        for time in ["createdAt", "updatedAt", "finishedAt"] {
            assert!(message[time].as_str().unwrap().ends_with('Z'), "{time}: {}", message[time]);
        }

        // The same by its own id, and as a node.
        let query = "query($id: ID!) { message(id: $id) { messageId recipients { userId mobile email customerType deviceNo } }
            node(id: $id) { id ... on Message { messageId } } }";
        let found = stage.api.gql(query, json!({ "id": message["id"] })).await;
        assert_eq!(found["message"]["recipients"], json!([{ "userId": "u1", "mobile": "13800000000",
            "email": "u1@example.com", "customerType": "PERSONAL", "deviceNo": null }]));
        assert_eq!(found["node"]["messageId"], "kept-1");
        assert_eq!(stage.api.message("never-sent").await, Value::Null);
    }

    async fn a_message_without_an_id_gets_one(stage: Stage) {
        stage.local(json!({})).await;
        let first = stage.api.accept(text("one")).await;
        let second = stage.api.accept(text("one")).await;
        assert_ne!(first, second);
        stage.api.wait_status(&first, "SUCCESS").await;
        stage.api.wait_status(&second, "SUCCESS").await;
        assert_eq!(stage.api.inbox("u1").await.len(), 2);
    }

    async fn the_same_message_twice_is_stored_and_sent_once(stage: Stage) {
        stage.local(json!({})).await;
        let input = text_with("once", json!({ "messageId": "twice-1" }));
        stage.api.accept(input.clone()).await;
        let again = stage.api.send(input.clone()).await;
        assert_holds(&again, &json!({ "success": true, "duplicate": true, "messageId": "twice-1", "errorCode": null }));
        stage.api.wait_status("twice-1", "SUCCESS").await;
        // After its end it is a duplicate still.
        assert_eq!(stage.api.send(input).await["duplicate"], true);

        let other = stage.api.send(text_with("other", json!({ "messageId": "twice-1" }))).await;
        assert_holds(&other, &json!({ "success": false, "duplicate": false, "errorCode": "IDEMPOTENCY_CONFLICT" }));
        assert_eq!(stage.api.message_count().await, 1);
        let inbox = stage.api.inbox("u1").await;
        assert_eq!(inbox.len(), 1);
        assert_eq!(inbox[0]["body"], "once");
    }

    async fn twenty_at_once_with_one_message_id_are_one_message(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        let input = text_with("once", json!({ "messageId": "race-1" }));
        let results = futures::future::join_all((0..20).map(|_| stage.api.send(input.clone()))).await;
        assert!(results.iter().all(|result| result["success"] == true && result["messageId"] == "race-1"), "{results:#?}");
        assert_eq!(results.iter().filter(|result| result["duplicate"] == false).count(), 1);
        stage.api.wait_status("race-1", "SUCCESS").await;
        assert_eq!(stage.api.message_count().await, 1);
        assert_eq!(receiver.all().len(), 1);
    }

    async fn two_contents_racing_for_one_message_id_leave_one(stage: Stage) {
        stage.local(json!({})).await;
        let sends = (0..10).map(|n| stage.api.send(text_with(&format!("content {n}"), json!({ "messageId": "race-2" }))));
        let results = futures::future::join_all(sends).await;
        assert_eq!(results.iter().filter(|result| result["success"] == true).count(), 1, "{results:#?}");
        assert_eq!(results.iter().filter(|result| result["errorCode"] == "IDEMPOTENCY_CONFLICT").count(), 9);
        stage.api.wait_status("race-2", "SUCCESS").await;
        assert_eq!(stage.api.inbox("u1").await.len(), 1);
    }

    async fn message_ids_are_unique_per_tenant_only(stage: Stage) {
        stage.local(json!({})).await;
        let other = stage.platform.create_tenant(json!({ "code": unique("t"), "name": "Other" })).await;
        let (_, key) = stage.platform.create_key("TENANT_ADMIN", Some(&other)).await;
        let other = stage.server.api(&key);
        other.create_channel_config("LOCAL", json!({}), json!({})).await;
        for api in [&stage.api, &other] {
            api.accept(text_with("mine", json!({ "messageId": "shared-1" }))).await;
            api.wait_status("shared-1", "SUCCESS").await;
            assert_eq!(api.inbox("u1").await.len(), 1);
        }
    }

    async fn inline_content_needs_no_template(stage: Stage) {
        stage.local(json!({})).await;
        // It is sent as it is: nothing in it is a template.
        let content = json!({ "title": "Title {{ a }}", "body": "**Body** ${b} {% if", "messageType": "MARKDOWN" });
        let id = stage.api.accept(text_with("", json!({ "content": content }))).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        let inbox = stage.api.inbox("u1").await;
        assert_eq!(inbox.len(), 1);
        assert_holds(&inbox[0], &json!({ "title": "Title {{ a }}", "body": "**Body** ${b} {% if", "messageType": "MARKDOWN" }));
    }

    async fn a_scheduled_message_waits_for_its_time(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        let started = std::time::Instant::now();
        let id = stage.api.accept(text_with("later", json!({ "scheduledAt": from_now(3) }))).await;
        let message = stage.api.message(&id).await;
        assert_eq!(message["status"], "SCHEDULED");
        assert_eq!(message["tasks"], json!([]));
        stage.api.wait_status(&id, "SUCCESS").await;
        let arrivals = receiver.wait_arrivals("/hook", 1).await;
        let waited = arrivals[0].at - started;
        assert!(waited.as_millis() >= 2900, "sent after {waited:?}");
        assert!(waited.as_secs() < 10, "sent after {waited:?}");
    }

    async fn a_time_that_has_passed_is_now(stage: Stage) {
        stage.local(json!({})).await;
        let id = stage.api.accept(text_with("now", json!({ "scheduledAt": from_now(-60) }))).await;
        stage.api.wait_status(&id, "SUCCESS").await;
    }

    async fn messages_are_listed_newest_first_and_filtered(stage: Stage) {
        stage.local(json!({})).await;
        for n in 0..5 {
            let more = json!({ "messageId": format!("list-{n}"), "businessType": if n % 2 == 0 { "EVEN" } else { "ODD" },
                "recipients": [{ "userId": format!("user-{n}"), "mobile": "13800000000", "email": "a@example.com" }] });
            stage.api.accept(text_with("hello", more)).await;
            stage.api.wait_status(&format!("list-{n}"), "SUCCESS").await;
        }
        let failing = text_with("x", json!({ "messageId": "list-5", "businessType": "EVEN", "targetChannels": ["SMS"] }));
        stage.api.accept(failing).await;
        assert_eq!(stage.api.wait_finished("list-5").await["errorCode"], "NO_CHANNEL");

        let ids = async |filter: Value| -> Vec<String> {
            stage.api.messages(filter).await.into_iter().map(|(id, _)| id).collect()
        };
        assert_eq!(ids(json!({})).await, ["list-5", "list-4", "list-3", "list-2", "list-1", "list-0"]);
        assert_eq!(ids(json!({ "businessType": "ODD" })).await, ["list-3", "list-1"]);
        assert_eq!(ids(json!({ "status": ["SUCCESS"], "businessType": "EVEN" })).await, ["list-4", "list-2", "list-0"]);
        assert_eq!(ids(json!({ "recipient": "user-3" })).await, ["list-3"]);
        assert_eq!(ids(json!({ "recipient": "13800000000" })).await.len(), 5);
        assert_eq!(ids(json!({ "recipient": "user-" })).await.len(), 0);
        assert_eq!(ids(json!({ "messageId": "list-2" })).await, ["list-2"]);
        assert_eq!(ids(json!({ "channelType": "LOCAL" })).await.len(), 5);
        assert_eq!(ids(json!({ "channelType": "DINGTALK" })).await.len(), 0);
        assert_eq!(ids(json!({ "createdFrom": from_now(3600) })).await.len(), 0);
        assert_eq!(ids(json!({ "createdFrom": from_now(-3600), "createdTo": from_now(3600) })).await.len(), 6);
    }

    async fn a_list_is_read_page_by_page(stage: Stage) {
        stage.local(json!({})).await;
        for n in 0..5 {
            stage.api.accept(text_with("hello", json!({ "messageId": format!("page-{n}") }))).await;
        }
        let query = "query($first: Int, $after: String) { it: messages(first: $first, after: $after) {
            edges { cursor node { messageId } } nodes { messageId }
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
        let mut seen = Vec::new();
        let mut after = Value::Null;
        for expected in [2, 2, 1] {
            let page = stage.api.gql(query, json!({ "first": 2, "after": after })).await["it"].take();
            let edges = page["edges"].as_array().unwrap();
            assert_eq!(edges.len(), expected);
            assert_eq!(edges.len(), page["nodes"].as_array().unwrap().len());
            assert_eq!(page["pageInfo"]["hasNextPage"], expected == 2 && seen.len() < 4);
            assert_eq!(page["pageInfo"]["startCursor"], edges[0]["cursor"]);
            assert_eq!(page["pageInfo"]["endCursor"], edges[expected - 1]["cursor"]);
            seen.extend(edges.iter().map(|edge| edge["node"]["messageId"].as_str().unwrap().to_owned()));
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(seen, ["page-4", "page-3", "page-2", "page-1", "page-0"]);
    }

    async fn what_a_recipient_got_is_read_page_by_page(stage: Stage) {
        stage.local(json!({})).await;
        for n in 0..10 {
            let to = json!([{ "userId": if n % 2 == 0 { "even" } else { "odd" } }]);
            let input = text_with("hello", json!({ "messageId": format!("of-{n}"), "recipients": to }));
            stage.api.accept(input).await;
        }
        let query = "query($filter: MessageFilter, $after: String) { it: messages(filter: $filter, first: 2, after: $after) {
            nodes { messageId } pageInfo { hasNextPage endCursor } } }";
        let more = [json!({}), json!({ "businessType": "NOTICE" }), json!({ "createdTo": from_now(60) })];
        for more in more {
            let mut filter = more;
            filter["recipient"] = json!("odd");
            let (mut seen, mut after) = (Vec::new(), Value::Null);
            loop {
                let page = stage.api.gql(query, json!({ "filter": filter, "after": after })).await["it"].take();
                seen.extend(page["nodes"].as_array().unwrap().iter().map(|it| it["messageId"].as_str().unwrap().to_owned()));
                if page["pageInfo"]["hasNextPage"] == false {
                    break;
                }
                after = page["pageInfo"]["endCursor"].clone();
            }
            let expected: &[&str] = &["of-9", "of-7", "of-5", "of-3", "of-1"];
            assert_eq!(seen, expected, "{filter}");
        }
    }
}
