//! How full lanes are, what is deferred or has failed, and when channels last sent and failed.

use posthorn_tests::*;

use crate::chain::closed_now;

/// The lanes by name.
async fn lanes(api: &Api) -> std::collections::BTreeMap<String, Value> {
    let query = "{ laneStats { lane waiting delayed inHand oldestAt oldestAgeSeconds workersPerInstance } }";
    let lanes = api.gql(query, json!({})).await["laneStats"].take();
    lanes.as_array().unwrap().iter().map(|lane| (lane["lane"].as_str().unwrap().to_owned(), lane.clone())).collect()
}

const BACKLOG: &str = "query($tenant: ID) { backlog(tenantId: $tenant) {
    deferredMessages { value capped } failedTasks { value capped } } }";

async fn backlog(api: &Api, tenant: Option<&str>) -> (i64, i64) {
    let backlog = api.gql(BACKLOG, json!({ "tenant": tenant })).await["backlog"].take();
    let value = |name: &str| {
        assert_eq!(backlog[name]["capped"], false);
        backlog[name]["value"].as_i64().unwrap()
    };
    (value("deferredMessages"), value("failedTasks"))
}

const HEALTH: &str = "query { channelConfigs(first: 10) { nodes { id health {
    lastSuccessAt lastFailureAt lastErrorCode lastErrorMessage consecutiveFailures } } } }";

/// The health of a config, when it is as wanted.
async fn health(stage: &Stage, id: &str, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    poll_until(what, async || {
        let configs = stage.api.gql(HEALTH, json!({})).await["channelConfigs"]["nodes"].take();
        let config = configs.as_array().unwrap().iter().find(|config| config["id"] == id).unwrap().clone();
        Some(config["health"].clone()).filter(|health| wanted(health))
    })
    .await
}

both! {
    async fn lanes_tell_what_waits_and_what_is_in_hand(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        stage.api.create_business_type(json!({ "code": "VIP", "name": "n", "lane": "vip" })).await;
        let platform = stage.server.platform();
        let idle = lanes(&platform).await;
        for lane in ["process", "process.vip", "deliver.LOCAL", "deliver.WEBHOOK", "deliver.WEBHOOK.vip"] {
            let empty = json!({ "waiting": 0, "delayed": 0, "inHand": 0, "oldestAt": null, "oldestAgeSeconds": null });
            assert_holds(&idle[lane], &empty);
        }
        assert_eq!((&idle["process"]["workersPerInstance"], &idle["deliver.LOCAL"]["workersPerInstance"]), (&json!(256), &json!(2048)));
        // Fewer hands than tasks, so that some are in the queue on either backend.
        stage.platform.settings(json!({ "workers": { "deliverConcurrency": 2 } })).await;
        poll_until("two hands", async || {
            (lanes(&platform).await["deliver.WEBHOOK"]["workersPerInstance"] == 2).then_some(())
        })
        .await;
        receiver.hold();
        stage.api.send_batch((0..40).map(|_| text("x")).collect()).await;
        let busy = poll_until("a full lane", async || {
            let lane = lanes(&platform).await["deliver.WEBHOOK"].clone();
            (lane["waiting"].as_i64().unwrap() >= 30).then_some(lane)
        })
        .await;
        assert!(busy["oldestAt"].is_string() && busy["oldestAgeSeconds"].as_f64().unwrap() < 60.0, "{busy}");
        receiver.release();
        stage.api.wait_all_finished(SOON).await;
        let soon = text_with("x", json!({ "scheduledAt": from_now(90) }));
        let id = stage.api.accept(soon).await;
        poll_until("a job for later", async || {
            (lanes(&platform).await["process"]["delayed"] == 1).then_some(())
        })
        .await;
        assert_eq!(stage.api.act("cancelMessage", &id).await["success"], true);
        assert_eq!(stage.api.gql_code("{ laneStats { lane } }", json!({})).await, "FORBIDDEN");
    }

    async fn what_is_deferred_and_what_has_failed_is_counted_for_its_tenant(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/bad", json!({ "storeId": "bad" })).await;
        stage.webhook(&receiver, "/closed", json!({ "storeId": "closed", "timeWindow": closed_now() })).await;
        receiver.answer_always("/bad", Answer::status(400));
        let (other, other_api) = stage.another_tenant().await;
        assert_eq!(backlog(&stage.api, None).await, (0, 0));
        for id in ["bad-1", "bad-2"] {
            stage.api.accept(text_with("x", json!({ "messageId": id, "storeId": "bad" }))).await;
            stage.api.wait_status(id, "FAILED").await;
        }
        let id = stage.api.accept(text_with("x", json!({ "storeId": "closed" }))).await;
        stage.api.wait_message(SOON, &id, "to be planned", |message| message["status"] == "PROCESSING").await;
        assert_eq!(backlog(&stage.api, None).await, (1, 2));
        assert_eq!(backlog(&stage.server.platform(), None).await, (1, 2));
        assert_eq!(backlog(&stage.server.platform(), Some(&stage.tenant)).await, (1, 2));
        assert_eq!(backlog(&stage.server.platform(), Some(&other)).await, (0, 0));
        assert_eq!(backlog(&other_api, None).await, (0, 0));
        assert_eq!(other_api.gql_code(BACKLOG, json!({ "tenant": stage.tenant })).await, "NOT_FOUND");
        let job = stage.api.bulk("discardTasks", json!({ "filter": {} })).await;
        stage.api.wait_done(&job["id"]).await;
        assert_eq!(stage.api.act("cancelMessage", &id).await["success"], true);
        assert_eq!(backlog(&stage.api, None).await, (0, 0));
    }

    async fn a_config_tells_when_it_last_sent_and_last_failed(stage: Stage) {
        let receiver = Receiver::start().await;
        let used = stage.webhook(&receiver, "/hook", json!({})).await;
        let idle = stage.webhook(&receiver, "/idle", json!({ "storeId": "idle" })).await;
        let nothing = json!({ "lastSuccessAt": null, "lastFailureAt": null, "lastErrorCode": null, "lastErrorMessage": null,
            "consecutiveFailures": 0 });
        assert_eq!(health(&stage, &used, "no health yet", |_| true).await, nothing);
        let id = stage.api.accept(text("x")).await;
        let sent = stage.api.wait_status(&id, "SUCCESS").await;
        let well = health(&stage, &used, "a success", |health| health["lastSuccessAt"].is_string()).await;
        let attempt = entries(&sent, "ATTEMPT").pop().unwrap();
        assert_eq!((&well["lastSuccessAt"], &well["lastFailureAt"]), (&attempt["at"], &Value::Null));
        // It fails for now: the timeline's words, and the provider's answer ends no row of failures.
        receiver.answer_always("/hook", Answer::status(503));
        let id = stage.api.accept(text("x")).await;
        let ill = health(&stage, &used, "a failure", |health| health["lastFailureAt"].is_string()).await;
        let failed = stage.api.message(&id).await;
        let attempt = entries(&failed, "ATTEMPT").pop().unwrap();
        assert_holds(&ill, &json!({ "lastSuccessAt": well["lastSuccessAt"], "lastFailureAt": attempt["at"], "lastErrorCode": "RETRY",
            "lastErrorMessage": failed["tasks"][0]["resultMessage"], "consecutiveFailures": 1 }));
        assert!(!ill.to_string().contains(WEBHOOK_SECRET));
        // A later success leaves the failure to be read.
        receiver.answer_always("/hook", Answer::ok());
        let next = stage.api.accept(text("x")).await;
        stage.api.wait_status(&next, "SUCCESS").await;
        let again = health(&stage, &used, "another success", |health| health["lastSuccessAt"] != well["lastSuccessAt"]).await;
        assert_holds(&again, &json!({ "lastFailureAt": ill["lastFailureAt"], "lastErrorCode": "RETRY", "consecutiveFailures": 0 }));
        assert_eq!(health(&stage, &idle, "nothing of the other", |_| true).await, nothing);
    }
}
