//! Test sends: one message straight through a channel config, stored nowhere.

use posthorn_tests::*;

const RESULT: &str =
    "testSend { success outcome errorCode message durationMs request response } userErrors { field code message }";

async fn test_config(api: &Api, input: Value) -> Value {
    let query =
        format!("mutation($input: TestChannelConfigInput!) {{ it: testChannelConfig(input: $input) {{ {RESULT} }} }}");
    api.gql(&query, json!({ "input": input })).await["it"].take()
}

async fn test_template(api: &Api, input: Value) -> Value {
    let query = format!("mutation($input: TestTemplateInput!) {{ it: testTemplate(input: $input) {{ {RESULT} }} }}");
    api.gql(&query, json!({ "input": input })).await["it"].take()
}

fn errors(payload: &Value) -> Vec<(String, String)> {
    assert_eq!(payload["testSend"], Value::Null, "{payload:#}");
    let errors = payload["userErrors"].as_array().unwrap().iter();
    let path = |error: &Value| {
        let path: Vec<_> = error["field"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
        path.join(".")
    };
    errors.map(|error| (error["code"].as_str().unwrap().to_owned(), path(error))).collect()
}

fn one(code: &str, path: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), path.to_owned())]
}

both! {
    async fn a_config_is_tried_with_its_stored_secrets_and_nothing_is_stored(stage: Stage) {
        let receiver = Receiver::start().await;
        let id = stage.webhook(&receiver, "/hook", json!({ "enabled": false })).await;
        receiver.answer_always("/hook", Answer::json(&format!("thanks for {WEBHOOK_SECRET}")));
        let content = json!({ "title": "Hi", "body": "is this on?", "messageType": "MARKDOWN" });
        let recipients = json!([{ "userId": "u1", "mobile": "13800000000" }]);
        let tried = test_config(&stage.api, json!({ "id": id, "content": content, "recipients": recipients })).await;
        assert_eq!(tried["userErrors"], json!([]));
        let arrival = &receiver.wait_arrivals("/hook", 1).await[0];
        assert_eq!(arrival.header("webhook-signature"), standard_signature(WEBHOOK_SECRET, arrival));
        assert_holds(&tried["testSend"], &json!({ "success": true, "outcome": "OK", "errorCode": null, "message": "HTTP 200",
            "response": "thanks for ***" }));
        assert_eq!(tried["testSend"]["request"], arrival.json());
        assert_holds(&arrival.json(), &json!({ "messageId": "test", "businessType": "TEST", "messageType": "MARKDOWN",
            "title": "Hi", "body": "is this on?", "recipients": [{ "userId": "u1", "mobile": "13800000000" }] }));
        assert!(tried["testSend"]["durationMs"].as_f64().unwrap() > 0.0);
        assert_eq!(stage.api.message_count().await, 0);
        assert_eq!(stage.api.failed_tasks(json!({})).await.len(), 0);
    }

    async fn what_the_provider_refuses_is_told_and_the_breaker_is_not(stage: Stage) {
        let receiver = Receiver::start().await;
        for (number, (answer, outcome)) in [
            (Answer::status(400), "BAD_MSG"),
            (Answer::status(401), "CONFIG"),
            (Answer::status(503), "RETRY"),
        ].into_iter().enumerate() {
            let path = format!("/hook{number}");
            let id = stage.webhook(&receiver, &path, json!({})).await;
            receiver.answer_always(&path, answer);
            let tried = test_config(&stage.api, json!({ "id": id })).await;
            assert_holds(&tried["testSend"], &json!({ "success": false, "outcome": outcome, "errorCode": outcome }));
            let breaker = stage.api.gql("query($id: ID!) { channelConfig(id: $id) { breaker { consecutiveFailures } } }", json!({ "id": id })).await;
            assert_eq!(breaker["channelConfig"]["breaker"]["consecutiveFailures"], 0);
            assert_eq!(receiver.arrivals(&path).len(), 1, "nothing is retried");
        }
        // Nobody listens there.
        let config = json!({ "url": "http://127.0.0.1:9/hook", "secret": WEBHOOK_SECRET });
        let deaf = stage.api.create_channel_config("WEBHOOK", config, json!({})).await;
        let tried = test_config(&stage.api, json!({ "id": deaf["id"] })).await;
        assert_holds(&tried["testSend"], &json!({ "success": false, "outcome": "RETRY", "response": null }));
        assert_eq!(stage.api.message_count().await, 0);
    }

    async fn a_silent_provider_is_waited_for_as_the_settings_say(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.platform.settings(json!({ "timeout": { "singleChannelSeconds": 1 } })).await;
        let id = stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.answer_always("/hook", Answer::ok().after(std::time::Duration::from_secs(30)));
        let tried = test_config(&stage.api, json!({ "id": id })).await;
        assert_holds(&tried["testSend"], &json!({ "success": false, "outcome": "AMBIGUOUS", "message": "no answer within 1s" }));
    }

    async fn a_config_is_tried_once_a_second_and_within_its_limit(stage: Stage) {
        let receiver = Receiver::start().await;
        let id = stage.webhook(&receiver, "/hook", json!({})).await;
        let hour = json!({ "rateLimit": { "count": 1, "window": 1, "unit": "HOUR" } });
        let slow = stage.webhook(&receiver, "/slow", hour).await;
        let query = "mutation($input: TestChannelConfigInput!) { testChannelConfig(input: $input) { testSend { success } } }";
        let mut codes = Vec::new();
        for _ in 0..3 {
            let (_, answer) = stage.api.execute(query, json!({ "input": { "id": id } })).await;
            codes.push(answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("fine").to_owned());
        }
        // Three within one second: the second and the third can't both be in another one.
        assert_eq!(codes[0], "fine");
        assert!(codes.contains(&"TOO_MANY_REQUESTS".to_owned()), "{codes:?}");
        assert_eq!(receiver.arrivals("/hook").len(), codes.iter().filter(|code| *code == "fine").count());
        assert_eq!(test_config(&stage.api, json!({ "id": slow })).await["testSend"]["success"], true);
        let refused = poll_until("the config's own limit", async || {
            let error = stage.api.gql_err(query, json!({ "input": { "id": slow } })).await;
            assert_eq!(error["extensions"]["code"], "TOO_MANY_REQUESTS");
            error["message"].as_str().unwrap().contains("per 3600 s").then_some(error)
        }).await;
        assert!(refused["message"].as_str().unwrap().contains("try again in"), "{refused}");
        assert_eq!(receiver.arrivals("/slow").len(), 1);
    }

    async fn local_says_that_nothing_was_written(stage: Stage) {
        let id = stage.local(json!({})).await;
        let tried = test_config(&stage.api, json!({ "id": id, "recipients": [{ "userId": "u1" }] })).await;
        assert_holds(&tried["testSend"], &json!({ "success": true, "outcome": "SKIPPED", "errorCode": null, "response": null }));
        assert!(tried["testSend"]["message"].as_str().unwrap().contains("nothing was written"));
        assert_eq!(tried["testSend"]["request"]["messageType"], "TEXT");
        assert_eq!(stage.api.inbox("u1").await.len(), 0);
    }

    async fn what_makes_no_sense_is_refused_before_anything_is_sent(stage: Stage) {
        let receiver = Receiver::start().await;
        let id = stage.webhook(&receiver, "/hook", json!({})).await;
        let many: Vec<_> = (0..11).map(|n| json!({ "userId": format!("u{n}") })).collect();
        for (input, expected) in [
            (json!({ "id": "chc_01930000000070008000000000000000" }), one("NOT_FOUND", "input.id")),
            (json!({ "id": "nonsense" }), one("NOT_FOUND", "input.id")),
            (json!({ "id": id, "recipients": many }), one("TOO_LONG", "input.recipients")),
            (json!({ "id": id, "recipients": [{}] }), one("INVALID", "input")),
            (json!({ "id": id, "content": { "body": " " } }), one("INVALID", "input")),
            (json!({ "id": id, "content": { "body": "x", "messageType": "CARD" } }), one("INVALID", "input")),
        ] {
            assert_eq!(errors(&test_config(&stage.api, input.clone()).await), expected, "{input}");
        }
        let robot = json!({ "webhook": receiver.url("/robot?key=k") });
        let robot = stage.api.create_channel_config("WECHAT_WORK", robot, json!({})).await;
        let long = json!({ "id": robot["id"], "content": { "body": "x".repeat(2049) } });
        assert_eq!(errors(&test_config(&stage.api, long).await), one("TOO_LONG", "input.content"));
        let (_, other) = stage.another_tenant().await;
        assert_eq!(errors(&test_config(&other, json!({ "id": id })).await), one("NOT_FOUND", "input.id"));
        let query = "mutation($id: ID!) { testChannelConfig(input: { id: $id }) { testSend { success } } }";
        for role in ["OPERATOR", "SENDER", "VIEWER"] {
            assert_eq!(stage.with_role(role).await.gql_code(query, json!({ "id": id })).await, "FORBIDDEN");
        }
        assert_eq!(receiver.all().len(), 0);
    }

    async fn a_target_that_is_not_public_is_not_reached(backend: Backend) {
        let receiver = Receiver::start().await;
        let mut stage = Stage::on(Server::start(backend).await).await;
        let id = stage.webhook(&receiver, "/hook", json!({})).await;
        // The operator no longer lists the network.
        stage.server.start_again_with("POSTHORN_TARGET_ALLOW", "").await;
        stage.follow();
        let payload = test_config(&stage.api, json!({ "id": id })).await;
        assert_eq!(errors(&payload), one("CONFLICT", "input"));
        assert!(payload["userErrors"][0]["message"].as_str().unwrap().contains("POSTHORN_TARGET_ALLOW"), "{payload}");
        assert_eq!(receiver.all().len(), 0);
    }

    async fn a_template_is_tried_with_its_sample_data(stage: Stage) {
        let receiver = Receiver::start().await;
        let config = stage.webhook(&receiver, "/hook", json!({})).await;
        let local = stage.local(json!({})).await;
        let input = json!({ "businessType": "ORDER", "channelType": "WEBHOOK", "messageType": "TEXT", "name": "n",
            "content": { "text": "order ${id}" }, "sampleData": { "id": "S-1" } });
        let template = created(&stage.api.try_create_template(input.clone()).await);
        let tried = test_template(&stage.api, json!({ "channelConfigId": config, "templateId": template["id"] })).await;
        assert_eq!(tried["testSend"]["request"]["body"], "order S-1", "{tried:#}");
        assert_eq!(receiver.wait_arrivals("/hook", 1).await[0].json(), tried["testSend"]["request"]);
        let expected = one("CONFLICT", "input.templateId");
        assert_eq!(errors(&test_template(&stage.api, json!({ "channelConfigId": local, "templateId": template["id"] })).await), expected);
        let other = stage.webhook(&receiver, "/other", json!({})).await;
        let given = json!({ "channelConfigId": other, "template": input, "businessData": { "id": "G-2" } });
        assert_eq!(test_template(&stage.api, given).await["testSend"]["request"]["body"], "order G-2");
        let lacking = json!({ "channelConfigId": other, "templateId": template["id"], "businessData": { "no": 1 } });
        assert_eq!(errors(&test_template(&stage.api, lacking).await), one("MISSING_VARIABLE", "input.templateId.content.text"));
        for input in [json!({ "channelConfigId": other }), json!({ "channelConfigId": other, "templateId": template["id"], "template": input })] {
            assert_eq!(errors(&test_template(&stage.api, input).await), one("CONFLICT", "input"));
        }
        assert_eq!(receiver.all().len(), 2);
        assert_eq!(stage.api.message_count().await, 0);
    }
}
