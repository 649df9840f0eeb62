//! API keys: shown once, expiring, revoked within two seconds, and needed everywhere.

use std::time::{Duration, Instant};

use posthorn_tests::*;

async fn revoke(api: &Api, id: &str) {
    let query = "mutation($id: ID!) { it: revokeApiKey(id: $id) { apiKey { revokedAt } userErrors { code } } }";
    let answer = api.gql(query, json!({ "id": id })).await["it"].take();
    assert!(answer["apiKey"]["revokedAt"].is_string() && answer["userErrors"] == json!([]), "{answer}");
}

async fn refused_within_two_seconds(api: &Api, since: Instant) {
    within(Duration::from_secs(5), "the key to be refused", async || {
        let (_, answer) = api.execute("{ viewer { name } }", json!({})).await;
        (answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED").then_some(())
    })
    .await;
    assert!(since.elapsed() < Duration::from_secs(2), "refused only after {:?}", since.elapsed());
}

both! {
    async fn without_a_valid_key_nothing_works(stage: Stage) {
        stage.local(json!({})).await;
        let basic = stage.server.api("");
        for api in [stage.server.anonymous(), stage.server.api("ph_wrong"), stage.server.api(&"x".repeat(5000)), basic] {
            assert_eq!(api.gql_code("{ viewer { name } }", json!({})).await, "UNAUTHENTICATED");
            let query = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { success } }";
            assert_eq!(api.gql_code(query, json!({ "input": text("x") })).await, "UNAUTHENTICATED");
            for (path, body) in [("/api/messages", text("x")), ("/api/messages/batch", json!([text("x")]))] {
                let (status, answer) = api.post(path, &body).await;
                assert_eq!(status, 401, "{answer}");
                assert!(answer["errorCode"].is_string() && answer["errorMessage"].is_string(), "{answer}");
            }
            assert_eq!(api.get("/api/messages/any").await.0, 401);
        }
        assert_eq!(stage.api.message_count().await, 0);
    }

    async fn a_key_is_shown_once_and_stored_as_a_hash(stage: Stage) {
        let (id, secret) = stage.api.create_key("OPERATOR", Some(&stage.tenant)).await;
        assert!(secret.len() >= 32);
        stage.server.api(&secret).gql("{ viewer { name } }", json!({})).await;
        let keys = stage.api.gql("{ apiKeys { id name role tenantId prefix createdAt expiresAt revokedAt } }", json!({})).await;
        let key = keys["apiKeys"].as_array().unwrap().iter().find(|key| key["id"] == id.as_str()).unwrap();
        assert_holds(key, &json!({ "name": "OPERATOR key", "role": "OPERATOR", "tenantId": stage.tenant, "revokedAt": null }));
        let prefix = key["prefix"].as_str().unwrap();
        assert!(secret.starts_with(prefix) && prefix.len() < secret.len() / 2, "{prefix}");
        assert!(!keys.to_string().contains(&secret));
        let stored = stage.server.place().everything_stored().await;
        for hidden in [secret.as_str(), BOOTSTRAP_KEY] {
            assert!(!stored.windows(hidden.len()).any(|window| window == hidden.as_bytes()), "a key is stored in clear");
            assert!(!stage.server.log().contains(hidden), "a key is in the log");
        }
    }

    async fn a_revoked_key_is_refused_within_two_seconds(stage: Stage) {
        let (id, secret) = stage.api.create_key("OPERATOR", Some(&stage.tenant)).await;
        let api = stage.server.api(&secret);
        // Used before, so that it is in whatever cache there is.
        api.gql("{ viewer { name } }", json!({})).await;
        let revoked = Instant::now();
        revoke(&stage.api, &id).await;
        refused_within_two_seconds(&api, revoked).await;
        assert_eq!(api.get("/api/messages/any").await.0, 401);
    }

    async fn an_expired_key_is_refused(stage: Stage) {
        let input = json!({ "name": "k", "role": "OPERATOR", "tenantId": stage.tenant, "expiresAt": from_now(2) });
        let (_, secret) = stage.api.create_key_with(input).await;
        let api = stage.server.api(&secret);
        api.gql("{ viewer { name } }", json!({})).await;
        within(Duration::from_secs(6), "the key to expire", async || {
            let (_, answer) = api.execute("{ viewer { name } }", json!({})).await;
            (answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED").then_some(())
        })
        .await;
    }

    async fn mistakes_in_keys_are_named(stage: Stage) {
        let query = "mutation($input: ApiKeyInput!) { it: createApiKey(input: $input) { it: apiKey { id } secret userErrors { field message code } } }";
        for (wrong, path) in [
            (json!({ "name": "", "role": "SENDER", "tenantId": stage.tenant }), "input.name"),
            (json!({ "name": "k", "role": "SENDER", "tenantId": stage.tenant, "expiresAt": from_now(-5) }), "input.expiresAt"),
            (json!({ "name": "k", "role": "SENDER" }), "input.tenantId"),
        ] {
            let payload = stage.platform.gql(query, json!({ "input": wrong })).await["it"].take();
            assert_eq!(refused(&payload)[0].1, path, "{payload:#}");
            assert!(payload["secret"].is_null());
        }
        let revoke = "mutation { it: revokeApiKey(id: \"key_01930000000070008000000000000000\") { it: apiKey { id } userErrors { field message code } } }";
        let payload = stage.platform.gql(revoke, json!({})).await["it"].take();
        assert_eq!(refused(&payload)[0].0, "NOT_FOUND");
    }
}

#[tokio::test]
async fn a_key_revoked_on_one_instance_is_refused_on_the_other() {
    let stage = Stage::on(Server::start(Backend::Scaled).await).await;
    let second = stage.server.another().start().await;
    let (id, secret) = stage.api.create_key("OPERATOR", Some(&stage.tenant)).await;
    let api = second.api(&secret);
    api.gql("{ viewer { name } }", json!({})).await;
    let revoked = Instant::now();
    revoke(&stage.api, &id).await;
    refused_within_two_seconds(&api, revoked).await;
}
