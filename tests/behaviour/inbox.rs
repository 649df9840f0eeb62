//! LOCAL: the inbox, its counter, and a message with very many recipients.

use posthorn_tests::*;

both! {
    async fn reading_marks_what_was_named_or_all(stage: Stage) {
        stage.local(json!({})).await;
        for n in 0..3 {
            let id = stage.api.accept(text(&format!("body {n}"))).await;
            stage.api.wait_status(&id, "SUCCESS").await;
        }
        let id = stage.api.accept(text_with("for another", json!({ "recipients": [{ "userId": "u2" }] }))).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!(stage.api.unread_count("u1").await, 3);
        let inbox = stage.api.inbox("u1").await;
        let bodies: Vec<_> = inbox.iter().map(|entry| entry["body"].as_str().unwrap()).collect();
        assert_eq!(bodies, ["body 2", "body 1", "body 0"], "newest first");

        let mark = "mutation($user: String!, $ids: [ID!]) { it: markRead(userId: $user, ids: $ids) { count userErrors { code } } }";
        let marked = async |user: &str, ids: Value| {
            let payload = stage.api.gql(mark, json!({ "user": user, "ids": ids })).await["it"].take();
            assert_eq!(payload["userErrors"], json!([]));
            payload["count"].as_i64().unwrap()
        };
        let one = json!([inbox[0]["id"]]);
        // Another user's entry is not touched.
        assert_eq!(marked("u2", one.clone()).await, 0);
        assert_eq!(marked("u1", one.clone()).await, 1);
        assert_eq!(marked("u1", one).await, 0);
        assert_eq!(stage.api.unread_count("u1").await, 2);
        assert!(stage.api.inbox("u1").await[0]["readAt"].is_string());
        let unread = stage.api.gql("{ it: inbox(userId: \"u1\", unreadOnly: true) { nodes { body } } }", json!({})).await;
        assert_eq!(unread["it"]["nodes"], json!([{ "body": "body 1" }, { "body": "body 0" }]));
        assert_eq!(marked("u1", Value::Null).await, 2);
        assert_eq!(stage.api.unread_count("u1").await, 0);
        assert_eq!(stage.api.unread_count("u2").await, 1);
        assert_eq!(stage.api.unread_count("nobody").await, 0);
    }

    async fn the_whole_content_is_kept(stage: Stage) {
        stage.local(json!({})).await;
        let content = json!({ "title": "T {{ n }}", "text": "x", "buttons": [{ "title": "Go", "url": "https://e.com/{{ n }}" }] });
        stage.api.create_template("CARD", "LOCAL", "CARD", content).await;
        let input = json!({ "businessType": "CARD", "businessData": { "n": 7 }, "recipients": [{ "userId": "u1" }] });
        let id = stage.api.accept(input).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        let entry = &stage.api.inbox("u1").await[0];
        assert_holds(entry, &json!({ "title": "T 7", "messageType": "CARD", "businessType": "CARD", "tenantId": stage.tenant }));
        assert!(entry["body"].as_str().unwrap().contains('x'));
        assert!(entry["content"].to_string().contains("https://e.com/7"), "{entry:#}");
    }

    async fn a_recipient_without_a_user_id_has_no_inbox(stage: Stage) {
        stage.local(json!({})).await;
        let id = stage.api.accept(text_with("x", json!({ "recipients": [{ "mobile": "13800000000" }] }))).await;
        let message = stage.api.wait_finished(&id).await;
        assert_ne!(message["status"], "SUCCESS", "{message:#}");
    }

    async fn one_user_named_twice_gets_one_entry(stage: Stage) {
        stage.local(json!({})).await;
        let recipients = json!([{ "userId": "u1" }, { "userId": "u2" }, { "userId": "u1" }]);
        let id = stage.api.accept(text_with("x", json!({ "recipients": recipients }))).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!(stage.api.inbox("u1").await.len(), 1);
        assert_eq!(stage.api.inbox("u2").await.len(), 1);
    }

    async fn ten_thousand_recipients_each_get_one_entry(stage: Stage) {
        stage.local(json!({})).await;
        let recipients: Vec<_> = (0..10_000).map(|n| json!({ "userId": format!("user-{n}") })).collect();
        let id = stage.api.accept(text_with("to all", json!({ "recipients": recipients }))).await;
        let message = stage.api.wait_status_within(SOON * 3, &id, "SUCCESS").await;
        let tasks = message["tasks"].as_array().unwrap();
        assert!(!tasks.is_empty() && tasks.iter().all(|task| task["status"] == "SUCCESS"));
        assert_eq!(message["failedChannels"], 0);
        for n in [0, 1, 4_999, 5_000, 9_998, 9_999] {
            let inbox = stage.api.inbox(&format!("user-{n}")).await;
            assert_eq!(inbox.len(), 1, "user-{n}");
            assert_eq!(inbox[0]["body"], "to all");
        }
        assert_eq!(stage.api.unread_count("user-10000").await, 0);
        // Every one of them finds the message by the recipient.
        assert_eq!(stage.api.messages(json!({ "recipient": "user-7777" })).await.len(), 1);
        let query = "query($id: String) { message(messageId: $id) { recipients { userId } tasks { recipients { userId } } } }";
        let found = stage.api.gql(query, json!({ "id": id })).await["message"].take();
        assert_eq!(found["recipients"].as_array().unwrap().len(), 10_000);
        let served: usize =
            found["tasks"].as_array().unwrap().iter().map(|task| task["recipients"].as_array().unwrap().len()).sum();
        assert_eq!(served, 10_000);
    }

    async fn an_inbox_is_read_page_by_page(stage: Stage) {
        stage.local(json!({})).await;
        for n in 0..25 {
            stage.api.accept(text(&format!("body {n}"))).await;
        }
        poll_until("25 entries", async || (stage.api.unread_count("u1").await == 25).then_some(())).await;
        let query = "query($after: String) { it: inbox(userId: \"u1\", first: 10, after: $after) {
            nodes { id body } pageInfo { hasNextPage endCursor } } }";
        let mut seen = std::collections::HashSet::new();
        let mut after = Value::Null;
        for expected in [10, 10, 5] {
            let page = stage.api.gql(query, json!({ "after": after })).await["it"].take();
            let nodes = page["nodes"].as_array().unwrap();
            assert_eq!(nodes.len(), expected);
            assert_eq!(page["pageInfo"]["hasNextPage"], expected == 10);
            seen.extend(nodes.iter().map(|node| node["body"].as_str().unwrap().to_owned()));
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(seen.len(), 25);
    }
}
