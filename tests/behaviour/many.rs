//! Cancelling and retrying many messages in one call.

use posthorn_tests::*;

const RESULTS: &str = "totalCount successCount failedCount results { success messageId errorCode message { status }
    cancellation { cancelled { id } sent { id } } }";

async fn act(api: &Api, mutation: &str, ids: &[Value]) -> Value {
    let query = format!("mutation($ids: [ID!]!) {{ it: {mutation}(ids: $ids) {{ {RESULTS} }} }}");
    api.gql(&query, json!({ "ids": ids })).await["it"].take()
}

both! {
    async fn many_are_cancelled_each_with_its_answer(stage: Stage) {
        stage.local(json!({})).await;
        let mut ids = Vec::new();
        for n in 0..30 {
            let later = json!({ "messageId": format!("later-{n}"), "scheduledAt": from_now(3600) });
            stage.api.accept(text_with("x", later)).await;
            ids.push(stage.api.message(&format!("later-{n}")).await["id"].take());
        }
        stage.api.accept(text_with("x", json!({ "messageId": "gone" }))).await;
        ids.push(stage.api.wait_status("gone", "SUCCESS").await["id"].take());
        ids.push(json!("msg_01930000000070008000000000000000"));
        ids.push(json!("nonsense"));
        let operator = stage.with_role("OPERATOR").await;
        let done = act(&operator, "cancelMessages", &ids).await;
        assert_holds(&done, &json!({ "totalCount": 33, "successCount": 30, "failedCount": 3 }));
        for n in 0..30 {
            assert_holds(&done["results"][n], &json!({ "success": true, "messageId": format!("later-{n}"), "message": { "status": "CANCELLED" } }));
        }
        assert_holds(&done["results"][30], &json!({ "success": false, "messageId": "gone", "errorCode": "NOT_CANCELLABLE" }));
        assert_eq!(done["results"][30]["cancellation"]["sent"].as_array().unwrap().len(), 1);
        for n in [31, 32] {
            assert_holds(&done["results"][n], &json!({ "success": false, "errorCode": "MESSAGE_NOT_FOUND" }));
        }
        let again = act(&operator, "cancelMessages", &ids[..30]).await;
        assert_holds(&again, &json!({ "successCount": 0, "failedCount": 30 }));
        assert_eq!(stage.api.inbox("u1").await.len(), 1);
    }

    async fn many_are_retried_each_once(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.answer_always("/hook", Answer::status(400));
        let mut ids = Vec::new();
        for n in 0..20 {
            stage.api.accept(text_with("x", json!({ "messageId": format!("m-{n}") }))).await;
        }
        for n in 0..20 {
            ids.push(stage.api.wait_status(&format!("m-{n}"), "FAILED").await["id"].take());
        }
        receiver.answer_always("/hook", Answer::ok());
        let done = act(&stage.api, "retryMessages", &ids).await;
        assert_holds(&done, &json!({ "totalCount": 20, "successCount": 20, "failedCount": 0 }));
        for n in 0..20 {
            stage.api.wait_status(&format!("m-{n}"), "SUCCESS").await;
        }
        assert_eq!(receiver.arrivals("/hook").len(), 40);
        let again = act(&stage.api, "retryMessages", &ids).await;
        assert_eq!(again["failedCount"], 20);
        assert_eq!(again["results"][0]["errorCode"], "NOTHING_TO_RETRY");
        assert_eq!(receiver.arrivals("/hook").len(), 40);
    }

    async fn too_many_and_other_peoples_are_refused(stage: Stage) {
        stage.local(json!({})).await;
        stage.api.accept(text_with("x", json!({ "messageId": "m", "scheduledAt": from_now(3600) }))).await;
        let id = stage.api.message("m").await["id"].take();
        let many = vec![id.clone(); 1001];
        let (_, other) = stage.another_tenant().await;
        for mutation in ["cancelMessages", "retryMessages"] {
            let done = act(&stage.api, mutation, &many).await;
            assert_holds(&done, &json!({ "totalCount": 1001, "successCount": 0 }));
            assert_eq!(done["results"][1000]["errorCode"], "BATCH_TOO_LARGE");
            let done = act(&other, mutation, std::slice::from_ref(&id)).await;
            assert_eq!(done["results"][0]["errorCode"], "MESSAGE_NOT_FOUND");
            assert_holds(&act(&stage.api, mutation, &[]).await, &json!({ "totalCount": 0, "results": [] }));
            let query = format!("mutation($ids: [ID!]!) {{ {mutation}(ids: $ids) {{ totalCount }} }}");
            for role in ["SENDER", "VIEWER"] {
                let code = stage.with_role(role).await.gql_code(&query, json!({ "ids": [id] })).await;
                assert_eq!(code, "FORBIDDEN");
            }
        }
        assert_eq!(stage.api.message("m").await["status"], "SCHEDULED");
    }
}
