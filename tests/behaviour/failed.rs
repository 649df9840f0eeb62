//! The failed set: what is in it, by which marks it is found, and who sees it.

use posthorn_tests::*;

fn message_ids(tasks: &[Value]) -> Vec<&str> {
    tasks.iter().map(|task| task["messageId"].as_str().unwrap()).collect()
}

/// Sends a message that must fail, and waits for it.
async fn fail(stage: &Stage, id: &str, more: Value) -> Value {
    let mut input = text_with("x", json!({ "messageId": id }));
    merge(&mut input, more);
    stage.api.accept(input).await;
    stage.api.wait_status(id, "FAILED").await
}

both! {
    async fn failed_tasks_are_found_by_each_of_their_marks(stage: Stage) {
        let receiver = Receiver::start().await;
        let general = stage.webhook(&receiver, "/general", json!({})).await;
        let of_store = stage.webhook(&receiver, "/store", json!({ "storeId": "s1" })).await;
        receiver.answer("/general", Answer::status(400));
        receiver.answer("/general", Answer::status(403));
        receiver.answer("/general", Answer::status(500));
        receiver.answer("/store", Answer::status(422));
        assert_eq!(stage.api.failed_tasks(json!({})).await, [] as [Value; 0]);
        fail(&stage, "bad", json!({})).await;
        fail(&stage, "config", json!({ "businessType": "ORDER" })).await;
        let no_retry = json!({ "channelOptions": [{ "channelType": "WEBHOOK", "maxRetry": 0 }] });
        let spent = fail(&stage, "spent", no_retry).await;
        fail(&stage, "store", json!({ "storeId": "s1", "businessType": "ORDER" })).await;
        stage.api.accept(text_with("x", json!({ "messageId": "fine" }))).await;
        let fine = stage.api.wait_status("fine", "SUCCESS").await;

        let all = stage.api.failed_tasks(json!({})).await;
        assert_eq!(message_ids(&all), ["store", "spent", "config", "bad"]);
        let codes: Vec<_> = all.iter().map(|task| task["errorCode"].as_str().unwrap()).collect();
        assert_eq!(codes, ["BAD_MSG", "RETRY", "CONFIG", "BAD_MSG"]);
        assert!(all.iter().all(|task| task["status"] == "FAILED" && task["discardedAt"].is_null()));
        for (filter, expected) in [
            (json!({ "errorCode": "BAD_MSG" }), vec!["store", "bad"]),
            (json!({ "errorCode": "AMBIGUOUS" }), vec![]),
            (json!({ "businessType": "ORDER" }), vec!["store", "config"]),
            (json!({ "businessType": "ORDER", "errorCode": "CONFIG" }), vec!["config"]),
            (json!({ "channelConfigId": of_store }), vec!["store"]),
            (json!({ "channelConfigId": general }), vec!["spent", "config", "bad"]),
            (json!({ "channelType": "WEBHOOK" }), vec!["store", "spent", "config", "bad"]),
            (json!({ "channelType": "LOCAL" }), vec![]),
            (json!({ "tenantId": stage.tenant, "errorCode": "RETRY" }), vec!["spent"]),
        ] {
            assert_eq!(message_ids(&stage.api.failed_tasks(filter.clone()).await), expected, "{filter}");
        }
        // By time: answers have milliseconds, so the bounds are a little outside.
        let at: chrono::DateTime<chrono::Utc> = spent["tasks"][0]["finishedAt"].as_str().unwrap().parse().unwrap();
        let text = |millis| (at + chrono::Duration::milliseconds(millis)).to_rfc3339();
        let before = stage.api.failed_tasks(json!({ "failedTo": text(0) })).await;
        assert_eq!(message_ids(&before), ["config", "bad"]);
        let later = stage.api.failed_tasks(json!({ "failedFrom": text(0) })).await;
        assert_eq!(message_ids(&later), ["store", "spent"]);
        let only = stage.api.failed_tasks(json!({ "failedFrom": text(0), "failedTo": text(1) })).await;
        assert_eq!(message_ids(&only), ["spent"]);
        // A config that was deleted is still one to look for.
        let delete = "mutation($id: ID!) { deleteChannelConfig(id: $id) { deletedId } }";
        stage.api.gql(delete, json!({ "id": of_store })).await;
        assert_eq!(message_ids(&stage.api.failed_tasks(json!({ "channelConfigId": of_store })).await), ["store"]);
        // What went well has no error code.
        let query = "query($id: ID!) { node(id: $id) { ... on ChannelTask { status errorCode } } }";
        let node = stage.api.gql(query, json!({ "id": fine["tasks"][0]["id"] })).await;
        assert_eq!(node["node"], json!({ "status": "SUCCESS", "errorCode": null }));
    }

    async fn the_failed_set_comes_in_pages(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.answer_always("/hook", Answer::status(400));
        for n in 0..5 {
            fail(&stage, &format!("m{n}"), json!({})).await;
        }
        let query = "query($after: String) { it: failedTasks(first: 2, after: $after) {
            edges { cursor node { messageId } } pageInfo { hasNextPage hasPreviousPage endCursor } } }";
        let mut pages = Vec::new();
        let mut after = Value::Null;
        loop {
            let page = stage.api.gql(query, json!({ "after": after })).await["it"].take();
            let edges = page["edges"].as_array().unwrap();
            pages.push(edges.iter().map(|edge| edge["node"]["messageId"].as_str().unwrap().to_owned()).collect::<Vec<_>>());
            assert_eq!(edges.last().unwrap()["cursor"], page["pageInfo"]["endCursor"]);
            if page["pageInfo"]["hasNextPage"] != true {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(pages, [vec!["m4", "m3"], vec!["m2", "m1"], vec!["m0"]]);
        for variables in [json!({ "first": 0 }), json!({ "first": 101 }), json!({ "after": "nonsense" })] {
            let query = "query($first: Int, $after: String) { failedTasks(first: $first, after: $after) { nodes { id } } }";
            assert_eq!(stage.api.gql_code(query, variables).await, "BAD_INPUT");
        }
    }

    async fn everyone_sees_only_their_own_failures(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.answer_always("/hook", Answer::status(400));
        let (one, two) = (stage.with_role("SENDER").await, stage.with_role("SENDER").await);
        one.accept(text_with("x", json!({ "messageId": "of-one" }))).await;
        stage.api.wait_status("of-one", "FAILED").await;
        assert_eq!(message_ids(&one.failed_tasks(json!({})).await), ["of-one"]);
        assert_eq!(two.failed_tasks(json!({})).await.len(), 0);
        assert_eq!(stage.with_role("VIEWER").await.failed_tasks(json!({})).await.len(), 1);
        assert_eq!(stage.platform.failed_tasks(json!({})).await.len(), 1);

        let other = stage.platform.create_tenant(json!({ "code": unique("t"), "name": "Other" })).await;
        let (_, key) = stage.platform.create_key("TENANT_ADMIN", Some(&other)).await;
        let other_api = stage.server.api(&key);
        assert_eq!(other_api.failed_tasks(json!({})).await.len(), 0);
        assert_eq!(stage.platform.failed_tasks(json!({ "tenantId": other })).await.len(), 0);
        let query = "query($filter: FailedTaskFilter) { failedTasks(filter: $filter) { nodes { id } } }";
        let theirs = json!({ "filter": { "tenantId": stage.tenant } });
        assert_eq!(other_api.gql_code(query, theirs).await, "NOT_FOUND");
        for filter in [
            json!({ "channelConfigId": "chc_01930000000070008000000000000000" }),
            json!({ "errorCode": "" }),
            json!({ "failedFrom": from_now(1), "failedTo": from_now(0) }),
        ] {
            assert_eq!(stage.api.gql_code(query, json!({ "filter": filter })).await, "BAD_INPUT", "{filter}");
        }
    }
}
