//! explainSend: what it foretells is what then happens, and it does nothing itself.

use posthorn_tests::*;

use crate::chain::closed_now;

const EXPLAIN: &str = "query($input: SendMessageInput!) { it: explainSend(input: $input) {
    accepted errorCode errorMessage
    verdicts { handler order outcome code detail channelType channelConfigId }
    tasks { channelType channelConfig { id name config } template { id name } messageType renderedContent
      recipients { userId } sendAt } } }";

async fn explain(api: &Api, input: &Value) -> Value {
    api.gql(EXPLAIN, json!({ "input": input })).await["it"].take()
}

/// Stage, outcome and detail of what the chain decided about a message.
fn decided(message: &Value) -> Vec<(String, String, Value)> {
    let chain = ["STATUS", "ATTEMPT", "OPERATOR"];
    let entries = message["timeline"].as_array().unwrap().iter();
    entries
        .map(|entry| (entry["stage"].as_str().unwrap(), entry))
        .filter(|(stage, _)| !chain.contains(stage))
        .map(|(stage, entry)| {
            (stage.to_owned(), entry["outcome"].as_str().unwrap().to_owned(), entry["detail"].clone())
        })
        .collect()
}

fn foretold(explanation: &Value) -> Vec<(String, String, Value)> {
    let verdicts = explanation["verdicts"].as_array().unwrap().iter();
    verdicts
        .map(|verdict| {
            let text = |name: &str| verdict[name].as_str().unwrap().to_owned();
            let parts: Vec<_> =
                ["channelType", "code", "detail"].iter().filter_map(|name| verdict[name].as_str()).collect();
            let detail = (!parts.is_empty()).then(|| parts.join(": "));
            (text("handler"), text("outcome"), json!(detail))
        })
        .collect()
}

/// Explains, checks that nothing happened, sends, and compares.
async fn compare(stage: &Stage, receiver: &Receiver, mut input: Value) -> (Value, Value) {
    merge(&mut input, json!({ "messageId": unique("m") }));
    let (before, arrived) = (stage.api.message_count().await, receiver.all().len());
    let explanation = explain(&stage.api, &input).await;
    assert_eq!(explanation["accepted"], true, "{explanation:#}");
    assert_eq!(stage.api.message_count().await, before, "nothing is stored");
    let id = stage.api.accept(input).await;
    let message = poll_until("the chain's end", async || {
        let message = stage.api.message(&id).await;
        (message["status"] != "PENDING").then_some(message)
    })
    .await;
    assert!(receiver.all().len() >= arrived);
    let plain = |list: Vec<(String, String, Value)>| {
        // Free slots are named by instants, which pass between the two.
        let cut =
            |detail: Value| json!(detail.as_str().map(|text| text.split(", next free slot").next().map(str::to_owned)));
        list.into_iter().map(|(stage, outcome, detail)| (stage, outcome, cut(detail))).collect::<Vec<_>>()
    };
    assert_eq!(plain(foretold(&explanation)), plain(decided(&message)), "{explanation:#} {message:#}");
    let planned = explanation["tasks"].as_array().unwrap();
    let made = message["tasks"].as_array().unwrap();
    assert_eq!(planned.len(), made.len());
    for planned in planned {
        let same = |made: &&Value| made["channelConfig"]["id"] == planned["channelConfig"]["id"];
        let made = made.iter().find(same).expect("the planned task is made");
        assert_eq!(planned["messageType"], made["messageType"]);
        let body = |task: &Value| {
            let mut body = task["renderedContent"].clone();
            body.as_object_mut().unwrap().remove("taskId");
            body
        };
        assert_eq!(body(planned), body(made));
    }
    (explanation, message)
}

both! {
    async fn what_is_foretold_happens(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.platform.settings(json!({ "handlers": [{ "name": "DEDUPLICATION", "enabled": true }] })).await;
        stage.webhook(&receiver, "/hook", json!({ "rateLimit": { "count": 1, "window": 1, "unit": "HOUR" } })).await;
        stage.webhook(&receiver, "/shut", json!({ "name": "shut", "onClosedWindow": "REJECT",
            "timeWindow": closed_now() })).await;
        stage.local(json!({})).await;
        let to = json!({ "recipients": [{ "userId": "ann" }, { "userId": "bob" }] });
        // The first passes the rate limit, the second waits for a slot; the third is a duplicate where that is in force.
        compare(&stage, &receiver, text_with("one", to.clone())).await;
        let (explanation, _) = compare(&stage, &receiver, text_with("two", to.clone())).await;
        let late = &explanation["tasks"].as_array().unwrap().iter().find(|task| task["channelType"] == "WEBHOOK").unwrap()["sendAt"];
        assert!(late.as_str().unwrap() > from_now(1800).as_str(), "{late}");
        compare(&stage, &receiver, text_with("two", to)).await;
    }

    async fn templates_and_their_mistakes_are_foretold(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        stage.api.create_template("ORDER", "WEBHOOK", "TEXT", json!({ "text": "Order ${no}" })).await;
        let order = |data: Value| json!({ "businessType": "ORDER", "businessData": data });
        let (explanation, _) = compare(&stage, &receiver, order(json!({ "no": 7 }))).await;
        assert_eq!(explanation["tasks"][0]["renderedContent"]["body"], "Order 7");
        assert_eq!(explanation["tasks"][0]["channelConfig"]["config"]["secret"].as_str().unwrap().chars().next(), Some('•'));
        assert!(explanation["tasks"][0]["template"]["id"].as_str().is_some());
        let (explanation, message) = compare(&stage, &receiver, order(json!({}))).await;
        assert_eq!(explanation["errorCode"], message["errorCode"]);
        assert_eq!(explanation["errorCode"], "TEMPLATE_RENDER_ERROR");
        let (explanation, _) = compare(&stage, &receiver, json!({ "businessType": "NONE", "businessData": {} })).await;
        assert_eq!(explanation["errorCode"], "TEMPLATE_NOT_FOUND");
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
