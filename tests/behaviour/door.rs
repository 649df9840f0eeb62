//! What is refused at the door gets its code, and nothing is stored.

use posthorn_tests::*;

/// Refused with `code`, and nothing stored.
async fn refuses(api: &Api, input: Value, code: &str) {
    let described = input.to_string();
    let described: String = described.chars().take(200).collect();
    let result = api.send(input).await;
    assert_holds(&result, &json!({ "success": false, "duplicate": false, "errorCode": code, "message": null }));
    assert!(!result["errorMessage"].as_str().unwrap().is_empty(), "{described}");
    assert_eq!(api.message_count().await, 0, "{described}");
}

both! {
    async fn malformed_messages_are_refused(stage: Stage) {
        stage.local(json!({})).await;
        for wrong in [
            json!({ "businessType": "" }),
            json!({ "businessType": "   " }),
            json!({ "businessType": "x".repeat(300) }),
            json!({ "businessData": [1, 2] }),
            json!({ "businessData": "text" }),
            json!({ "businessData": 5 }),
            json!({ "messageId": "" }),
            json!({ "messageId": "x".repeat(300) }),
            json!({ "targetChannels": [] }),
            json!({ "content": { "body": "" } }),
            json!({ "attributes": [1] }),
            json!({ "expiresAt": from_now(-10) }),
            json!({ "scheduledAt": from_now(60), "expiresAt": from_now(30) }),
            json!({ "channelOptions": [{ "channelType": "LOCAL", "maxRetry": -1 }] }),
            json!({ "channelOptions": [{ "channelType": "LOCAL" }, { "channelType": "LOCAL" }] }),
        ] {
            refuses(&stage.api, text_with("x", wrong), "VALIDATION_ERROR").await;
        }
        // The GraphQL types refuse the rest before any of it runs.
        for wrong in [
            json!({ "targetChannels": ["PIGEON"] }),
            json!({ "recipients": [{ "userId": 7 }] }),
            json!({ "scheduledAt": "tomorrow" }),
            json!({ "unknown": 1 }),
        ] {
            let query = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { success } }";
            stage.api.gql_err(query, json!({ "input": text_with("x", wrong) })).await;
        }
        assert_eq!(stage.api.message_count().await, 0);
        assert_eq!(stage.api.inbox("u1").await.len(), 0);
    }

    async fn a_message_larger_than_a_message_may_be_is_refused(stage: Stage) {
        stage.local(json!({})).await;
        let input = text_with("x", json!({ "businessData": { "blob": "x".repeat(3 << 20) } }));
        refuses(&stage.api, input, "PAYLOAD_TOO_LARGE").await;
        // Whatever is large, and all of it together.
        let (blob, half) = ("x".repeat((1 << 20) + 1), "x".repeat(600 << 10));
        for large in [
            json!({ "content": { "title": blob, "body": "x" } }),
            json!({ "content": { "body": blob } }),
            json!({ "attributes": { "blob": blob } }),
            json!({ "content": { "title": half, "body": half } }),
            json!({ "content": { "title": half, "body": "x" }, "businessData": { "blob": half } }),
        ] {
            refuses(&stage.api, text_with("x", large), "PAYLOAD_TOO_LARGE").await;
        }
        for long in [
            json!({ "storeId": half }),
            json!({ "recipients": [{ "customerName": half }] }),
            json!({ "targetChannels": vec!["LOCAL"; 101] }),
        ] {
            refuses(&stage.api, text_with("x", long), "VALIDATION_ERROR").await;
        }
        assert_eq!(stage.api.inbox("u1").await.len(), 0);
    }

    async fn a_repeat_of_what_was_accepted_is_a_duplicate_whatever_has_changed_since(stage: Stage) {
        stage.local(json!({})).await;
        let kind = stage.api.create_business_type(json!({ "code": "KIND", "name": "n" })).await;
        let expiring = text_with("x", json!({ "messageId": "expiring", "expiresAt": from_now(4) }));
        let of_kind = text_with("x", json!({ "messageId": "of kind", "businessType": "KIND" }));
        for input in [&expiring, &of_kind] {
            let id = stage.api.accept(input.clone()).await;
            stage.api.wait_status(&id, "SUCCESS").await;
        }
        // What has another messageId, none, or other content was not accepted before.
        let fresh = async |input: &Value, code: &str| {
            for change in [json!({ "messageId": "never sent" }), json!({ "messageId": null }), json!({ "content": { "body": "y" } })] {
                let mut input = input.clone();
                merge(&mut input, change);
                let result = stage.platform.send(input).await;
                assert_holds(&result, &json!({ "success": false, "duplicate": false, "errorCode": code, "message": null }));
            }
        };
        let repeat = async |input: &Value| {
            let result = stage.platform.send(input.clone()).await;
            assert_holds(&result, &json!({ "success": true, "duplicate": true, "messageId": input["messageId"], "errorCode": null }));
            let (status, answer) = stage.platform.post("/api/messages", input).await;
            assert_eq!((status, &answer["duplicate"]), (200, &json!(true)), "{answer}");
            let explanation = crate::foretold::explain(&stage.platform, input).await;
            assert_holds(&explanation, &json!({ "accepted": true, "errorCode": "DUPLICATE_MESSAGE", "tasks": [] }));
        };
        let named = |mut input: Value| {
            input["tenantId"] = json!(stage.tenant);
            input
        };
        let (expiring, of_kind) = (named(expiring), named(of_kind));

        poll_until("expiresAt to have passed", async || {
            (stage.platform.send(named(text_with("x", json!({ "expiresAt": expiring["expiresAt"] })))).await["success"] == false)
                .then_some(())
        })
        .await;
        let stored = stage.api.message_count().await;
        fresh(&expiring, "VALIDATION_ERROR").await;
        repeat(&expiring).await;

        let query = "mutation($id: ID!, $input: BusinessTypeInput!) { it: updateBusinessType(id: $id, input: $input) {
            businessType { enabled } userErrors { message } } }";
        let off = json!({ "code": "KIND", "name": "n", "enabled": false });
        let answer = stage.api.gql(query, json!({ "id": kind["id"], "input": off })).await;
        assert_eq!(answer["it"]["businessType"]["enabled"], false, "{answer:#}");
        fresh(&of_kind, "BUSINESS_TYPE_DISABLED").await;
        repeat(&of_kind).await;

        let query = "mutation($id: ID!, $input: TenantInput!) { it: updateTenant(id: $id, input: $input) { tenant { enabled } } }";
        let off = json!({ "code": unique("t"), "name": "Test", "enabled": false });
        let answer = stage.platform.gql(query, json!({ "id": stage.tenant, "input": off })).await;
        assert_eq!(answer["it"]["tenant"]["enabled"], false, "{answer:#}");
        fresh(&of_kind, "TENANT_DISABLED").await;
        repeat(&of_kind).await;
        repeat(&expiring).await;
        assert_eq!(stage.platform.message_count().await, stored);
    }

    async fn unknown_and_disabled_tenants_are_refused(stage: Stage) {
        let platform = stage.server.platform();
        let query = "mutation($input: SendMessageInput!) { it: sendMessage(input: $input) { success errorCode } }";
        let send = async |input: Value| platform.gql(query, json!({ "input": input })).await["it"].take();

        let unknown = "ten_01930000000070008000000000000000";
        let result = send(text_with("x", json!({ "tenantId": unknown }))).await;
        assert_eq!(result, json!({ "success": false, "errorCode": "TENANT_NOT_FOUND" }));
        // A platform key must say which tenant.
        assert_eq!(send(text("x")).await, json!({ "success": false, "errorCode": "VALIDATION_ERROR" }));

        let query = "mutation($id: ID!, $input: TenantInput!) { it: updateTenant(id: $id, input: $input) {
            tenant { enabled } userErrors { message } } }";
        let input = json!({ "code": unique("t"), "name": "Test", "enabled": false });
        let disabled = platform.gql(query, json!({ "id": stage.tenant, "input": input })).await;
        assert_eq!(disabled["it"], json!({ "tenant": { "enabled": false }, "userErrors": [] }));
        // In force within two seconds.
        within(std::time::Duration::from_secs(2), "the tenant to be refused", async || {
            let result = send(text_with("x", json!({ "tenantId": stage.tenant }))).await;
            (result == json!({ "success": false, "errorCode": "TENANT_DISABLED" })).then_some(())
        })
        .await;
    }

    async fn a_disabled_business_type_is_refused(stage: Stage) {
        stage.local(json!({})).await;
        stage.api.create_business_type(json!({ "code": "OFF", "name": "Off", "enabled": false })).await;
        refuses(&stage.api, text_with("x", json!({ "businessType": "OFF" })), "BUSINESS_TYPE_DISABLED").await;
    }

    async fn a_strict_tenant_refuses_unregistered_business_types(server: Server) {
        let platform = server.platform();
        let tenant = platform
            .create_tenant(json!({ "code": unique("t"), "name": "Strict", "strictBusinessTypes": true }))
            .await;
        let (_, key) = platform.create_key("TENANT_ADMIN", Some(&tenant)).await;
        let api = server.api(&key);
        api.create_channel_config("LOCAL", json!({}), json!({})).await;
        api.create_business_type(json!({ "code": "KNOWN", "name": "Known" })).await;
        refuses(&api, text_with("x", json!({ "businessType": "UNKNOWN" })), "BUSINESS_TYPE_NOT_FOUND").await;
        // Codes are case-sensitive.
        refuses(&api, text_with("x", json!({ "businessType": "known" })), "BUSINESS_TYPE_NOT_FOUND").await;
        let id = api.accept(text_with("x", json!({ "businessType": "KNOWN" }))).await;
        api.wait_status(&id, "SUCCESS").await;
    }
}
