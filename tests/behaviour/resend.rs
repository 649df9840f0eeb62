//! resendMessage: a new message with what the old one held, which names its origin.

use posthorn_tests::*;

const RESEND: &str = "mutation($id: ID!, $input: ResendMessageInput) { it: resendMessage(id: $id, input: $input) {
    success messageId duplicate errorCode errorMessage message { id messageId resentFrom } } }";

async fn resend(api: &Api, id: &Value, input: Value) -> Value {
    api.gql(RESEND, json!({ "id": id, "input": input })).await["it"].take()
}

/// Everything of a message that its caller said.
async fn said(api: &Api, id: &Value) -> Value {
    let query = "query($id: ID!) { it: message(id: $id) { tenantId storeId businessType businessData targetChannels
        executionMode attributes recipients { userId userType mobile email deviceNo deviceType customerNo customerType
        customerName customerTag } tasks { channelType messageType maxRetry status renderedContent } } }";
    let mut said = api.gql(query, json!({ "id": id })).await["it"].take();
    for task in said["tasks"].as_array_mut().unwrap() {
        let body = task["renderedContent"].as_object_mut().unwrap();
        body.remove("taskId");
        body.remove("messageId");
    }
    said
}

both! {
    async fn it_is_a_new_message_with_the_content_of_the_old(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        stage.local(json!({ "storeId": "s1" })).await;
        let input = text_with("hello", json!({ "messageId": "old", "storeId": "s1", "executionMode": "SEQUENTIAL",
            "businessData": { "order": 7, "lines": [{ "n": 1.5 }] }, "attributes": { "locale": "zh-CN", "x": [1] },
            "targetChannels": ["WEBHOOK", "LOCAL"], "expiresAt": from_now(3600),
            "channelOptions": [{ "channelType": "WEBHOOK", "priority": 1, "maxRetry": 7 }],
            "recipients": [{ "userId": "ann", "userType": "BRANCH", "mobile": "1", "customerType": "STORE" }, { "userId": "bob" }] }));
        stage.api.accept(input).await;
        let old = stage.api.wait_status("old", "SUCCESS").await;
        let result = resend(&stage.api, &old["id"], Value::Null).await;
        assert_holds(&result, &json!({ "success": true, "duplicate": false, "errorCode": null,
            "message": { "resentFrom": old["id"] } }));
        let new = stage.api.wait_status(result["messageId"].as_str().unwrap(), "SUCCESS").await;
        assert_ne!((&new["id"], &new["messageId"]), (&old["id"], &old["messageId"]));
        assert_eq!(said(&stage.api, &new["id"]).await, said(&stage.api, &old["id"]).await);
        assert_eq!(new["tasks"].as_array().unwrap().len(), 2);
        assert!(new["expiresAt"].is_null(), "the old times do not count: {new:#}");
        assert_eq!(receiver.all().len(), 2);
        let tasks: std::collections::HashSet<_> = receiver.all().iter().map(|arrival| arrival.id().to_owned()).collect();
        assert_eq!(tasks.len(), 2, "the receiver can tell the two apart");
        assert_eq!(stage.api.inbox("ann").await.len(), 2);
        // Both timelines name the other message.
        let old = stage.api.message("old").await;
        let notes = entries(&old, "OPERATOR");
        assert_eq!((notes.len(), &notes[0]["outcome"]), (1, &json!("RESENT")));
        assert!(notes[0]["detail"].as_str().unwrap().contains(new["id"].as_str().unwrap()), "{notes:#?}");
        let accepted = entries(&new, "STATUS")[0]["detail"].as_str().unwrap().to_owned();
        assert!(accepted.contains(old["id"].as_str().unwrap()), "{accepted}");
        // It may itself be sent once more.
        let third = resend(&stage.api, &new["id"], json!({ "targetChannels": ["LOCAL"] })).await;
        assert_eq!(third["message"]["resentFrom"], new["id"]);
        stage.api.wait_status(third["messageId"].as_str().unwrap(), "SUCCESS").await;
        assert_eq!((receiver.all().len(), stage.api.inbox("bob").await.len()), (2, 3));
    }

    async fn a_message_id_makes_it_idempotent(stage: Stage) {
        stage.local(json!({})).await;
        for id in ["one", "two"] {
            stage.api.accept(text_with("x", json!({ "messageId": id }))).await;
        }
        let (one, two) = (stage.api.wait_status("one", "SUCCESS").await, stage.api.wait_status("two", "SUCCESS").await);
        let again = json!({ "messageId": "again" });
        let first = resend(&stage.api, &one["id"], again.clone()).await;
        assert_holds(&first, &json!({ "success": true, "messageId": "again", "duplicate": false }));
        stage.api.wait_status("again", "SUCCESS").await;
        let second = resend(&stage.api, &one["id"], again.clone()).await;
        assert_holds(&second, &json!({ "success": true, "messageId": "again", "duplicate": true,
            "message": { "id": first["message"]["id"] } }));
        // The same content, but of another origin: another request.
        let other = resend(&stage.api, &two["id"], again).await;
        assert_holds(&other, &json!({ "success": false, "errorCode": "IDEMPOTENCY_CONFLICT", "message": null }));
        assert_eq!(stage.api.message_count().await, 3);
        assert_eq!(stage.api.inbox("u1").await.len(), 3);
        assert_eq!(entries(&stage.api.message("one").await, "OPERATOR").len(), 1);
        assert_eq!(entries(&stage.api.message("two").await, "OPERATOR").len(), 0);
    }

    async fn it_goes_through_the_door_like_any_other(stage: Stage) {
        stage.local(json!({})).await;
        stage.api.create_business_type(json!({ "code": "NOTICE", "name": "n", "enabled": true })).await;
        stage.api.accept(text_with("x", json!({ "messageId": "old" }))).await;
        let old = stage.api.wait_status("old", "SUCCESS").await;
        for (input, code) in [
            (json!({ "scheduledAt": from_now(400 * 86_400) }), "VALIDATION_ERROR"),
            (json!({ "expiresAt": from_now(-5) }), "VALIDATION_ERROR"),
            (json!({ "targetChannels": [] }), "VALIDATION_ERROR"),
            (json!({ "messageId": "" }), "VALIDATION_ERROR"),
        ] {
            let result = resend(&stage.api, &old["id"], input.clone()).await;
            assert_holds(&result, &json!({ "success": false, "errorCode": code }));
        }
        let later = resend(&stage.api, &old["id"], json!({ "scheduledAt": from_now(600), "messageId": "later" })).await;
        assert_eq!(later["success"], true, "{later:#}");
        assert_eq!(stage.api.message("later").await["status"], "SCHEDULED");
        let query = "query($t: ID) { it: businessTypes(tenantId: $t) { nodes { id } } }";
        let id = stage.api.gql(query, json!({ "t": stage.tenant })).await["it"]["nodes"][0]["id"].take();
        let query = "mutation($id: ID!, $input: BusinessTypeInput!) { it: updateBusinessType(id: $id, input: $input) {
            businessType { enabled } userErrors { message } } }";
        let input = json!({ "code": "NOTICE", "name": "n", "enabled": false });
        let answer = stage.api.gql(query, json!({ "id": id, "input": input })).await;
        assert_eq!(answer["it"]["businessType"]["enabled"], false, "{answer:#}");
        let result = resend(&stage.api, &old["id"], Value::Null).await;
        assert_holds(&result, &json!({ "success": false, "errorCode": "BUSINESS_TYPE_DISABLED" }));
        assert_eq!(stage.api.message_count().await, 2);
        assert_eq!(stage.api.inbox("u1").await.len(), 1);
    }

    async fn only_whoever_sees_the_origin_may(stage: Stage) {
        stage.local(json!({})).await;
        let (one, two) = (stage.with_role("SENDER").await, stage.with_role("SENDER").await);
        one.accept(text_with("x", json!({ "messageId": "old" }))).await;
        let old = stage.api.wait_status("old", "SUCCESS").await;
        let other = stage.platform.create_tenant(json!({ "code": unique("t"), "name": "Other" })).await;
        let (_, key) = stage.platform.create_key("TENANT_ADMIN", Some(&other)).await;
        let not_there = json!({ "success": false, "errorCode": "MESSAGE_NOT_FOUND", "message": null });
        assert_holds(&resend(&stage.server.api(&key), &old["id"], Value::Null).await, &not_there);
        assert_holds(&resend(&two, &old["id"], Value::Null).await, &not_there);
        for id in ["msg_01930000000070008000000000000000", "old", "task_01930000000070008000000000000000"] {
            assert_holds(&resend(&stage.api, &json!(id), Value::Null).await, &not_there);
        }
        let viewer = stage.with_role("VIEWER").await;
        assert_eq!(viewer.gql_code(RESEND, json!({ "id": old["id"] })).await, "FORBIDDEN");
        assert_eq!(stage.api.message_count().await, 1);
        assert_eq!(resend(&one, &old["id"], Value::Null).await["success"], true);
        // A platform key need not name the tenant: the origin does.
        let result = resend(&stage.server.platform(), &old["id"], json!({ "messageId": "by-platform" })).await;
        assert_eq!(result["success"], true, "{result:#}");
        assert_eq!(stage.api.wait_status("by-platform", "SUCCESS").await["tenantId"], json!(stage.tenant));
        assert_eq!(stage.api.message_count().await, 3);
    }

    async fn what_can_not_be_read_can_not_be_sent_once_more(stage: Stage) {
        stage.local(json!({})).await;
        stage.api.accept(text_with("x", json!({ "messageId": "old" }))).await;
        let old = stage.api.wait_status("old", "SUCCESS").await;
        posthorn_tests::past::damage(stage.server.place(), "old").await;
        let result = resend(&stage.api, &old["id"], json!({ "messageId": "new" })).await;
        assert_holds(&result, &json!({ "success": false, "errorCode": "NOT_RESENDABLE", "messageId": "new", "message": null }));
        assert_eq!((stage.api.message_count().await, stage.api.inbox("u1").await.len()), (1, 1));
    }

    async fn sending_once_more_is_no_duplicate_but_doing_so_twice_is(stage: Stage) {
        stage.local(json!({})).await;
        stage.platform.settings(json!({ "handlers": [{ "name": "DEDUPLICATION", "enabled": true }] })).await;
        poll_until("the settings to be in force", async || {
            stage.api.accept(text("probe")).await;
            let id = stage.api.accept(text("probe")).await;
            (stage.api.wait_finished(&id).await["status"] == "SKIPPED").then_some(())
        })
        .await;
        stage.api.accept(text_with("x", json!({ "messageId": "old" }))).await;
        let old = stage.api.wait_status("old", "SUCCESS").await;
        for (id, status) in [("again", "SUCCESS"), ("and again", "SKIPPED")] {
            assert_eq!(resend(&stage.api, &old["id"], json!({ "messageId": id })).await["success"], true);
            stage.api.wait_status(id, status).await;
        }
    }
}
