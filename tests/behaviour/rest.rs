//! The REST form of sendMessage, sendMessages and message: the same services, told by statuses.

use posthorn_tests::*;

both! {
    async fn a_message_is_sent_and_read(stage: Stage) {
        stage.local(json!({})).await;
        let input = text_with("hello", json!({ "messageId": "rest-1" }));
        let (status, answer) = stage.api.post("/api/messages", &input).await;
        assert_eq!(status, 202, "{answer}");
        assert_holds(&answer, &json!({ "success": true, "messageId": "rest-1", "duplicate": false }));
        stage.api.wait_status("rest-1", "SUCCESS").await;

        let (status, answer) = stage.api.post("/api/messages", &input).await;
        assert_eq!(status, 200, "{answer}");
        assert_holds(&answer, &json!({ "success": true, "messageId": "rest-1", "duplicate": true }));
        let (status, answer) = stage.api.post("/api/messages", &text_with("other", json!({ "messageId": "rest-1" }))).await;
        assert_eq!((status, &answer["errorCode"]), (409, &json!("IDEMPOTENCY_CONFLICT")));
        assert!(answer["errorMessage"].is_string());

        let (status, answer) = stage.api.get("/api/messages/rest-1").await;
        assert_eq!(status, 200, "{answer}");
        assert_holds(&answer, &json!({ "messageId": "rest-1", "status": "SUCCESS", "businessType": "NOTICE",
            "totalChannels": 1, "successChannels": 1, "failedChannels": 0, "recipients": [{ "userId": "u1" }], "resentFrom": null }));
        let graphql = "{ message(messageId: \"rest-1\") { businessData timeline { at stage outcome detail durationMs taskId thirdPartyResponse }
            tasks { id messageType renderedContent nextRetryAt thirdPartyResponse channelConfig { id name } } } }";
        let seen = stage.api.gql(graphql, json!({})).await["message"].take();
        assert_eq!((&answer["businessData"], &answer["timeline"]), (&seen["businessData"], &seen["timeline"]));
        assert_holds(&answer["tasks"][0], &seen["tasks"][0]);
        let (status, answer) = stage.api.get("/api/messages/never-sent").await;
        assert_eq!((status, &answer["errorCode"]), (404, &json!("MESSAGE_NOT_FOUND")));
        assert_eq!(stage.api.inbox("u1").await.len(), 1);
    }

    async fn a_batch_answers_item_by_item(stage: Stage) {
        stage.local(json!({})).await;
        let inputs = json!([text_with("a", json!({ "messageId": "rb-1" })), text_with("b", json!({ "businessType": "" }))]);
        let (status, answer) = stage.api.post("/api/messages/batch", &inputs).await;
        assert_eq!(status, 202, "{answer}");
        assert_holds(&answer, &json!({ "totalCount": 2, "successCount": 1, "failedCount": 1 }));
        assert_holds(&answer["results"][0], &json!({ "success": true, "messageId": "rb-1" }));
        assert_holds(&answer["results"][1], &json!({ "success": false, "errorCode": "VALIDATION_ERROR" }));
        stage.api.wait_status("rb-1", "SUCCESS").await;
        assert_eq!(stage.api.message_count().await, 1);
    }

    async fn refusals_have_their_status(stage: Stage) {
        stage.local(json!({})).await;
        stage.api.create_business_type(json!({ "code": "OFF", "name": "Off", "enabled": false })).await;
        let viewer = stage.with_role("VIEWER").await;
        for (api, input, status, code) in [
            (&stage.api, text_with("x", json!({ "businessType": "" })), 400, "VALIDATION_ERROR"),
            (&stage.api, json!({ "businessType": "A" }), 400, "VALIDATION_ERROR"),
            (&stage.api, text_with("x", json!({ "surprise": 1 })), 400, "VALIDATION_ERROR"),
            (&stage.api, json!([1]), 400, "VALIDATION_ERROR"),
            (&stage.api, text_with("x", json!({ "businessType": "OFF" })), 403, "BUSINESS_TYPE_DISABLED"),
            (&stage.api, text_with("x", json!({ "businessData": { "x": "x".repeat(3 << 20) } })), 413, "PAYLOAD_TOO_LARGE"),
            (&viewer, text("x"), 403, "FORBIDDEN"),
        ] {
            let (got, answer) = api.post("/api/messages", &input).await;
            assert_eq!((got, answer["errorCode"].as_str()), (status, Some(code)), "{answer}");
            assert!(!answer["errorMessage"].as_str().unwrap().is_empty());
        }
        let platform = stage.server.platform();
        let unknown = text_with("x", json!({ "tenantId": "ten_01930000000070008000000000000000" }));
        let (status, answer) = platform.post("/api/messages", &unknown).await;
        assert_eq!((status, &answer["errorCode"]), (404, &json!("TENANT_NOT_FOUND")));
        assert_eq!(stage.api.message_count().await, 0);
        assert_eq!(stage.api.inbox("u1").await.len(), 0);
    }

    async fn what_is_not_json_is_refused(stage: Stage) {
        let client = posthorn_tests::api::http_client();
        let url = format!("{}/api/messages", stage.server.url);
        for body in ["{", "", "plain", "\u{0}"] {
            let request = client.post(&url).bearer_auth(BOOTSTRAP_KEY).header("content-type", "application/json").body(body);
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 400);
            let answer: Value = response.json().await.unwrap();
            assert_eq!(answer["errorCode"], "VALIDATION_ERROR");
        }
        assert_eq!(stage.api.get("/api/nothing-here").await.0, 404);
        assert_eq!(stage.api.message_count().await, 0);
    }
}
