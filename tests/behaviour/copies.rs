//! Copying channel configs to other stores.

use posthorn_tests::*;

async fn copy(api: &Api, variables: Value) -> Value {
    let query = "mutation($id: ID!, $storeId: ID, $name: String, $enabled: Boolean) {
        it: copyChannelConfig(id: $id, storeId: $storeId, name: $name, enabled: $enabled) {
            it: channelConfig { id tenantId storeId channelType name config priority enabled rateLimit { count window unit } onUnknown }
            userErrors { field code message } } }";
    api.gql(query, variables).await["it"].take()
}

both! {
    async fn a_copy_works_with_the_originals_secrets(stage: Stage) {
        let receiver = Receiver::start().await;
        let limit = json!({ "count": 50, "window": 1, "unit": "MINUTE" });
        let more = json!({ "name": "Robot", "priority": 7, "rateLimit": limit });
        let original = stage.webhook(&receiver, "/hook", more).await;
        let copied = created(&copy(&stage.api, json!({ "id": original, "storeId": "S1" })).await);
        assert_holds(&copied, &json!({ "tenantId": stage.tenant, "storeId": "S1", "channelType": "WEBHOOK", "name": "Robot (copy)",
            "priority": 7, "enabled": false, "rateLimit": limit }));
        assert_ne!(copied["id"], original);
        assert!(!copied.to_string().contains(&WEBHOOK_SECRET[6..]));
        let again = created(&copy(&stage.api, json!({ "id": original, "storeId": "S1" })).await);
        assert_eq!(again["name"], "Robot (copy 2)");
        // The original may go.
        stage.api.gql("mutation($id: ID!) { deleteChannelConfig(id: $id) { deletedId } }", json!({ "id": original })).await;
        let named = created(&copy(&stage.api, json!({ "id": copied["id"], "storeId": "S2", "name": "Main", "enabled": true })).await);
        assert_holds(&named, &json!({ "storeId": "S2", "name": "Main", "enabled": true }));
        let message = stage.api.accept(text_with("x", json!({ "storeId": "S2" }))).await;
        stage.api.wait_status(&message, "SUCCESS").await;
        let arrival = &receiver.wait_arrivals("/hook", 1).await[0];
        assert_eq!(arrival.header("webhook-signature"), standard_signature(WEBHOOK_SECRET, arrival));
        let tenants = created(&copy(&stage.api, json!({ "id": copied["id"] })).await);
        assert_eq!((&tenants["storeId"], &tenants["name"]), (&Value::Null, &json!("Robot (copy) (copy)")));
    }

    async fn conflicts_and_strangers_copy_nothing(stage: Stage) {
        let original = stage.local(json!({ "name": "Inbox", "storeId": "S1" })).await;
        let count = async || stage.api.gql("{ channelConfigs { totalCount } }", json!({})).await["channelConfigs"]["totalCount"].take();
        let taken = copy(&stage.api, json!({ "id": original, "storeId": "S1", "name": "Inbox" })).await;
        assert_eq!(refused(&taken), [("TAKEN".to_owned(), "name".to_owned())]);
        for (variables, code, path) in [
            (json!({ "id": original, "storeId": "S1", "name": "" }), "REQUIRED", "name"),
            (json!({ "id": original, "name": "x".repeat(65) }), "TOO_LONG", "name"),
            (json!({ "id": original, "storeId": "x".repeat(65) }), "TOO_LONG", "storeId"),
            (json!({ "id": "chc_01930000000070008000000000000000" }), "NOT_FOUND", "id"),
        ] {
            assert_eq!(refused(&copy(&stage.api, variables).await), [(code.to_owned(), path.to_owned())]);
        }
        let (_, other) = stage.another_tenant().await;
        assert_eq!(refused(&copy(&other, json!({ "id": original })).await)[0].0, "NOT_FOUND");
        let query = "mutation($id: ID!) { copyChannelConfig(id: $id) { channelConfig { id } } }";
        for role in ["OPERATOR", "SENDER", "VIEWER"] {
            assert_eq!(stage.with_role(role).await.gql_code(query, json!({ "id": original })).await, "FORBIDDEN");
        }
        assert_eq!(count().await, 1);
    }
}
