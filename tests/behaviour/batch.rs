//! sendMessages: each item stands or falls alone.

use posthorn_tests::*;

both! {
    async fn items_stand_or_fall_alone(stage: Stage) {
        stage.local(json!({})).await;
        let result = stage
            .api
            .send_batch(vec![
                text_with("first", json!({ "messageId": "b-1" })),
                text_with("no business type", json!({ "messageId": "b-2", "businessType": "" })),
                text_with("data is a list", json!({ "messageId": "b-3", "businessData": [1] })),
                text_with("first", json!({ "messageId": "b-1" })),
                text_with("conflict", json!({ "messageId": "b-1" })),
                text_with("last", json!({ "messageId": "b-6" })),
            ])
            .await;
        assert_eq!([&result["totalCount"], &result["successCount"], &result["failedCount"]], [6, 3, 3]);
        let results = result["results"].as_array().unwrap();
        assert_eq!(results.len(), 6);
        let codes: Vec<_> = results.iter().map(|result| result["errorCode"].as_str()).collect();
        let invalid = Some("VALIDATION_ERROR");
        assert_eq!(codes, [None, invalid, invalid, None, Some("IDEMPOTENCY_CONFLICT"), None]);
        let duplicates: Vec<_> = results.iter().map(|result| result["duplicate"].as_bool().unwrap()).collect();
        assert_eq!(duplicates, [false, false, false, true, false, false]);

        stage.api.wait_status("b-1", "SUCCESS").await;
        stage.api.wait_status("b-6", "SUCCESS").await;
        assert_eq!(stage.api.message_count().await, 2);
        let mut bodies: Vec<_> =
            stage.api.inbox("u1").await.iter().map(|entry| entry["body"].as_str().unwrap().to_owned()).collect();
        bodies.sort();
        assert_eq!(bodies, ["first", "last"]);
    }

    async fn a_full_batch_is_delivered(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        let inputs: Vec<_> = (0..1000).map(|n| text_with("full", json!({ "messageId": format!("full-{n}") }))).collect();
        let result = stage.api.send_batch(inputs).await;
        assert_eq!([&result["totalCount"], &result["successCount"], &result["failedCount"]], [1000, 1000, 0]);
        let results = result["results"].as_array().unwrap();
        assert!(results.iter().enumerate().all(|(n, result)| result["messageId"] == format!("full-{n}")), "not in order");
        let all = stage.api.wait_all_finished(SOON * 3).await;
        assert_eq!(all.len(), 1000);
        assert!(all.iter().all(|(_, status)| status == "SUCCESS"));
        let arrivals = receiver.wait_arrivals("/hook", 1000).await;
        let messages: std::collections::HashSet<_> =
            arrivals.iter().map(|arrival| arrival.json()["messageId"].as_str().unwrap().to_owned()).collect();
        assert_eq!(messages.len(), 1000);
    }

    async fn a_batch_of_1001_is_refused_as_a_whole(stage: Stage) {
        let inputs: Vec<_> = (0..1001).map(|_| text("x")).collect();
        let query = "mutation($inputs: [SendMessageInput!]!) { sendMessages(inputs: $inputs) {
            successCount results { errorCode } } }";
        let (_, answer) = stage.api.execute(query, json!({ "inputs": inputs })).await;
        assert!(answer.to_string().contains("BATCH_TOO_LARGE"), "{answer}");
        assert_eq!(stage.api.message_count().await, 0);

        let (status, answer) = stage.api.post("/api/messages/batch", &json!(inputs)).await;
        assert_eq!((status, &answer["errorCode"]), (413, &json!("BATCH_TOO_LARGE")));
        assert_eq!(stage.api.message_count().await, 0);
    }

    async fn an_empty_batch_is_no_work(stage: Stage) {
        let result = stage.api.send_batch(Vec::new()).await;
        assert_eq!(result, json!({ "totalCount": 0, "successCount": 0, "failedCount": 0, "results": [] }));
    }
}
