//! Channel configs: mistakes are named by their path, secrets stay secret, changes count at once.

use posthorn_tests::*;

/// The errors of a config that is LOCAL but for `more`; nothing may be stored.
async fn errors(stage: &Stage, more: Value) -> Vec<(String, String)> {
    let mut input = json!({ "channelType": "LOCAL", "name": "n", "config": {} });
    merge(&mut input, more);
    let payload = stage.api.try_create_channel_config(input).await;
    let errors = refused(&payload);
    assert_eq!(count(stage).await, 0);
    errors
}

async fn count(stage: &Stage) -> i64 {
    let answer = stage.api.gql("{ it: channelConfigs { totalCount } }", json!({})).await;
    answer["it"]["totalCount"].as_i64().unwrap()
}

both! {
    async fn mistakes_are_named_by_their_path(stage: Stage) {
        for (wrong, path) in [
            (json!({ "name": "" }), "input.name"),
            (json!({ "name": "x".repeat(500) }), "input.name"),
            (json!({ "config": { "surprise": 1 } }), "input.config.surprise"),
            (json!({ "config": [] }), "input.config"),
            (json!({ "rateLimit": { "count": 0, "window": 1, "unit": "SECOND" } }), "input.rateLimit.count"),
            (json!({ "rateLimit": { "count": -5, "window": 1, "unit": "SECOND" } }), "input.rateLimit.count"),
            (json!({ "rateLimit": { "count": 1, "window": 0, "unit": "DAY" } }), "input.rateLimit.window"),
            (json!({ "rateLimit": { "count": 1, "window": 4000, "unit": "DAY" } }), "input.rateLimit.window"),
            (json!({ "timeWindow": { "startHour": 24, "endHour": 3 } }), "input.timeWindow.startHour"),
            (json!({ "timeWindow": { "startHour": 3, "endHour": 24 } }), "input.timeWindow.endHour"),
            (json!({ "timeWindow": { "startHour": -1, "endHour": 3 } }), "input.timeWindow.startHour"),
            (json!({ "timeWindow": { "startHour": 1, "endHour": 2, "timezone": "Mars/Olympus" } }), "input.timeWindow.timezone"),
            (json!({ "channelType": "DINGTALK" }), "input.config.webhook"),
            (json!({ "channelType": "WECHAT_WORK" }), "input.config.webhook"),
            (json!({ "channelType": "WEBHOOK", "config": { "secret": WEBHOOK_SECRET } }), "input.config.url"),
            (json!({ "channelType": "WEBHOOK", "config": { "url": "not a url", "secret": WEBHOOK_SECRET } }), "input.config.url"),
            (json!({ "channelType": "WEBHOOK", "config": { "url": "https://e.com", "secret": "short" } }), "input.config.secret"),
        ] {
            let errors = errors(&stage, wrong.clone()).await;
            assert_eq!(errors.len(), 1, "{wrong}: {errors:?}");
            assert_eq!(errors[0].1, path, "{wrong}");
        }
        // Every mistake at once.
        let several = json!({ "name": "", "config": { "a": 1 }, "timeWindow": { "startHour": 30, "endHour": 1 } });
        let mut paths: Vec<_> = errors(&stage, several).await.into_iter().map(|(_, path)| path).collect();
        paths.sort();
        assert_eq!(paths, ["input.config.a", "input.name", "input.timeWindow.startHour"]);
    }

    async fn a_channel_that_is_not_built_yet_says_so(stage: Stage) {
        let errors = errors(&stage, json!({ "channelType": "SMS" })).await;
        assert_eq!(errors, [("UNSUPPORTED".to_owned(), "input.channelType".to_owned())]);
    }

    async fn a_config_has_its_defaults_and_can_be_changed(stage: Stage) {
        let config = stage.api.create_channel_config("LOCAL", json!({}), json!({})).await;
        assert_holds(&config, &json!({ "tenantId": stage.tenant, "storeId": null, "channelType": "LOCAL", "enabled": true,
            "rateLimit": null, "onRateLimit": "DEFER", "timeWindow": null, "onClosedWindow": "DEFER",
            "deliveryMode": "IMMEDIATE", "schedule": null }));
        let id = config["id"].as_str().unwrap();
        let input = json!({ "channelType": "LOCAL", "name": "Renamed", "config": {}, "priority": 4, "enabled": false,
            "rateLimit": { "count": 5, "window": 2, "unit": "MINUTE" }, "onRateLimit": "REJECT",
            "timeWindow": { "startHour": 22, "endHour": 5, "timezone": "Asia/Shanghai" }, "onClosedWindow": "REJECT" });
        let changed = posthorn_tests::api::created(&stage.api.try_update_channel_config(id, input.clone()).await);
        assert_holds(&changed, &input);
        let query = "query($id: ID!) { channelConfig(id: $id) { name priority enabled }
            channelConfigs(filter: { enabled: false, channelType: LOCAL }) { totalCount nodes { id } } }";
        let read = stage.api.gql(query, json!({ "id": id })).await;
        assert_eq!(read["channelConfig"], json!({ "name": "Renamed", "priority": 4, "enabled": false }));
        assert_eq!(read["channelConfigs"], json!({ "totalCount": 1, "nodes": [{ "id": id }] }));

        // A mistaken change changes nothing.
        let mut wrong = input;
        merge(&mut wrong, json!({ "name": "Other", "rateLimit": { "count": 0, "window": 1, "unit": "DAY" } }));
        refused(&stage.api.try_update_channel_config(id, wrong).await);
        assert_eq!(stage.api.gql(query, json!({ "id": id })).await["channelConfig"]["name"], "Renamed");

        let delete = "mutation($id: ID!) { it: deleteChannelConfig(id: $id) { deletedId userErrors { code } } }";
        let deleted = stage.api.gql(delete, json!({ "id": id })).await;
        assert_eq!(deleted["it"], json!({ "deletedId": id, "userErrors": [] }));
        assert_eq!(count(&stage).await, 0);
        assert_eq!(stage.api.gql(query, json!({ "id": id })).await["channelConfig"], Value::Null);
    }

    async fn a_deleted_config_still_shows_on_what_was_sent(stage: Stage) {
        let config = stage.local(json!({ "name": "Old one" })).await;
        let id = stage.api.accept(text("x")).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        let delete = "mutation($id: ID!) { it: deleteChannelConfig(id: $id) { userErrors { code } } }";
        stage.api.gql(delete, json!({ "id": config })).await;
        let message = stage.api.message(&id).await;
        assert_holds(&message["tasks"][0], &json!({ "status": "SUCCESS", "channelType": "LOCAL" }));
    }

    async fn secrets_are_masked_and_sealed(stage: Stage) {
        let receiver = Receiver::start().await;
        let webhook = receiver.url("/robot/send?access_token=very-secret-token");
        let secret = "SECvery-secret-secret";
        let config = json!({ "webhook": webhook, "secret": secret });
        let created = stage.api.create_channel_config("DINGTALK", config, json!({ "name": "robot" })).await;
        let hook = json!({ "url": receiver.url("/hook"), "secret": WEBHOOK_SECRET });
        let hook = stage.api.create_channel_config("WEBHOOK", hook, json!({})).await;
        assert_eq!(hook["config"]["url"], receiver.url("/hook"));
        let listed = stage.api.gql("{ channelConfigs { nodes { config } } }", json!({})).await;
        for shown in [created.to_string(), hook.to_string(), listed.to_string()] {
            for hidden in ["very-secret", WEBHOOK_SECRET, &WEBHOOK_SECRET[6..]] {
                assert!(!shown.contains(hidden), "{shown}");
            }
        }
        assert!(created["config"]["webhook"].is_string() && created["config"]["secret"].is_string());

        let stored = stage.server.place().everything_stored().await;
        let holds = |text: &str| stored.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(holds("robot"), "the search itself must work");
        for hidden in ["very-secret-token", secret, WEBHOOK_SECRET, &WEBHOOK_SECRET[6..]] {
            assert!(!holds(hidden), "{hidden} is in the database");
        }

        // A change that gives back the masks, or leaves secrets out, keeps them.
        let id = created["id"].as_str().unwrap();
        let masked = json!({ "channelType": "DINGTALK", "name": "robot 2", "config": created["config"] });
        posthorn_tests::api::created(&stage.api.try_update_channel_config(id, masked).await);
        let only_robot = json!({ "targetChannels": ["DINGTALK"] });
        let message = stage.api.accept(text_with("x", only_robot)).await;
        stage.api.wait_status(&message, "SUCCESS").await;
        let arrival = &receiver.wait_arrivals("/robot/send", 1).await[0];
        assert_eq!(arrival.query["access_token"], "very-secret-token");
        assert_eq!(arrival.query["sign"], dingtalk_sign(secret, &arrival.query["timestamp"]));
        assert!(!stage.server.log().contains("very-secret"), "a secret is in the log");
    }

    async fn a_changed_config_counts_for_the_next_message(stage: Stage) {
        let receiver = Receiver::start().await;
        let id = stage.webhook(&receiver, "/before", json!({})).await;
        let first = stage.api.accept(text("x")).await;
        stage.api.wait_status(&first, "SUCCESS").await;
        let config = json!({ "url": receiver.url("/after"), "secret": WEBHOOK_SECRET });
        let input = json!({ "channelType": "WEBHOOK", "name": "n", "config": config });
        posthorn_tests::api::created(&stage.api.try_update_channel_config(&id, input).await);
        let second = stage.api.accept(text("x")).await;
        stage.api.wait_status(&second, "SUCCESS").await;
        assert_eq!(receiver.arrivals("/before").len(), 1);
        assert_eq!(receiver.arrivals("/after").len(), 1);
    }
}
