//! explainSend: what it says besides what is foretold, and to whom.

use posthorn_tests::*;

use crate::foretold::{EXPLAIN, compare, explain};

both! {
    async fn a_planned_task_names_its_template_and_masks_its_config(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        stage.api.create_template("ORDER", "WEBHOOK", "TEXT", json!({ "text": "Order ${no}" })).await;
        let order = |data: Value| json!({ "businessType": "ORDER", "businessData": data });
        let explanation = compare(&stage, "a template", order(json!({ "no": 7 }))).await.explanation;
        assert_eq!(explanation["tasks"][0]["renderedContent"]["body"], "Order 7");
        assert_eq!(explanation["tasks"][0]["channelConfig"]["config"]["secret"].as_str().unwrap().chars().next(), Some('•'));
        assert!(explanation["tasks"][0]["template"]["id"].as_str().is_some());
    }

    async fn what_would_be_refused_is_said(stage: Stage) {
        let refused = explain(&stage.api, &json!({ "businessType": "", "businessData": {} })).await;
        assert_eq!((&refused["accepted"], &refused["errorCode"]), (&json!(false), &json!("VALIDATION_ERROR")));
        stage.local(json!({})).await;
        let input = text_with("x", json!({ "messageId": "m-1" }));
        stage.api.accept(input.clone()).await;
        let again = explain(&stage.api, &input).await;
        assert_eq!((&again["accepted"], &again["errorCode"]), (&json!(true), &json!("DUPLICATE_MESSAGE")));
        let other = explain(&stage.api, &text_with("y", json!({ "messageId": "m-1" }))).await;
        assert_eq!((&other["accepted"], &other["errorCode"]), (&json!(false), &json!("IDEMPOTENCY_CONFLICT")));
    }

    async fn a_key_that_may_not_read_configs_sees_none(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        let sender = stage.with_role("SENDER").await;
        let explanation = explain(&sender, &text("x")).await;
        assert_eq!(explanation["tasks"][0]["channelConfig"]["config"], json!({}));
        let viewer = stage.with_role("VIEWER").await;
        assert_eq!(viewer.gql_code(EXPLAIN, json!({ "input": text("x") })).await, "FORBIDDEN");
        assert!(receiver.all().is_empty());
    }
}
