//! Who may do what: each role against representative operations, and one tenant against another.

use posthorn_tests::*;

const ROLES: [&str; 5] = ["PLATFORM_ADMIN", "TENANT_ADMIN", "OPERATOR", "SENDER", "VIEWER"];

/// An operation, its variables for a tenant, and the roles (in the order of [`ROLES`]) that may do it.
type Case = (&'static str, Value, [bool; 5]);

fn cases(tenant: &str) -> Vec<Case> {
    let config =
        json!({ "tenantId": tenant, "channelType": "LOCAL", "name": "n", "config": {}, "storeId": unique("s") });
    let message = text_with("x", json!({ "tenantId": tenant, "messageId": null }));
    let template = json!({ "tenantId": tenant, "businessType": unique("B"), "channelType": "LOCAL", "messageType": "TEXT",
        "name": "n", "content": { "text": "x" } });
    let business_type = json!({ "tenantId": tenant, "code": unique("B"), "name": "n" });
    let key = json!({ "name": "k", "tenantId": tenant, "role": "SENDER" });
    let own = json!({ "tenant": tenant });
    let nothing = json!({});
    vec![
        ("{ viewer { name role tenantId } }", nothing.clone(), [true; 5]),
        ("query($tenant: ID!) { messages(filter: { tenantId: $tenant }) { nodes { id } } }", own.clone(), [true; 5]),
        (
            "query($tenant: ID!) { channelConfigs(filter: { tenantId: $tenant }) { totalCount } }",
            own.clone(),
            [true, true, true, false, true],
        ),
        (
            "query($tenant: ID!) { templates(filter: { tenantId: $tenant }) { totalCount } }",
            own.clone(),
            [true, true, true, false, true],
        ),
        ("query($tenant: ID!) { apiKeys(tenantId: $tenant) { id } }", own.clone(), [true, true, false, false, false]),
        (
            "mutation($input: SendMessageInput!) { sendMessage(input: $input) { success errorCode } }",
            json!({ "input": message }),
            [true, true, true, true, false],
        ),
        (
            "mutation($inputs: [SendMessageInput!]!) { sendMessages(inputs: $inputs) { successCount } }",
            json!({ "inputs": [message] }),
            [true, true, true, true, false],
        ),
        (
            "mutation($tenant: ID) { cancelMessage(messageId: \"none\", tenantId: $tenant) { errorCode } }",
            own.clone(),
            [true, true, true, false, false],
        ),
        (
            "mutation($tenant: ID) { retryMessage(messageId: \"none\", tenantId: $tenant) { errorCode } }",
            own.clone(),
            [true, true, true, false, false],
        ),
        (
            "mutation { resendMessage(id: \"msg_01930000000070008000000000000000\") { errorCode } }",
            nothing.clone(),
            [true, true, true, true, false],
        ),
        ("query($tenant: ID!) { failedTasks(filter: { tenantId: $tenant }) { nodes { id } } }", own.clone(), [true; 5]),
        (
            "query($tenant: ID!) { bulkJobs(tenantId: $tenant) { nodes { id } } }",
            own.clone(),
            [true, true, true, false, true],
        ),
        (
            "query($tenant: ID!, $from: DateTime!) { messageStats(filter: { tenantId: $tenant }, from: $from, interval: HOUR) {
                total { messages { accepted } } } }",
            json!({ "tenant": tenant, "from": from_now(-7200) }),
            [true, true, true, false, true],
        ),
        (
            "query($tenant: ID!) { backlog(tenantId: $tenant) { failedTasks { value } } }",
            own.clone(),
            [true, true, true, false, true],
        ),
        ("{ laneStats { lane } }", nothing.clone(), [true, false, false, false, false]),
        (
            "mutation($tenant: ID!) { retryTasks(input: { filter: { tenantId: $tenant } }) { bulkJob { id } } }",
            own.clone(),
            [true, true, true, false, false],
        ),
        (
            "mutation($tenant: ID!) { discardTasks(input: { filter: { tenantId: $tenant } }) { bulkJob { id } } }",
            own.clone(),
            [true, true, true, false, false],
        ),
        (
            "mutation { pauseBulkJob(id: \"bulk_01930000000070008000000000000000\") { bulkJob { id } } }",
            nothing.clone(),
            [true, true, true, false, false],
        ),
        (
            "mutation($input: ChannelConfigInput!) { createChannelConfig(input: $input) { channelConfig { id } } }",
            json!({ "input": config }),
            [true, true, false, false, false],
        ),
        ("{ channelTypes { type } }", nothing.clone(), [true, true, true, false, true]),
        (
            "mutation { testChannelConfig(input: { id: \"chc_01930000000070008000000000000000\" }) { userErrors { code } } }",
            nothing.clone(),
            [true, true, false, false, false],
        ),
        (
            "mutation { testTemplate(input: { channelConfigId: \"chc_01930000000070008000000000000000\" }) { userErrors { code } } }",
            nothing.clone(),
            [true, true, false, false, false],
        ),
        (
            "mutation { copyChannelConfig(id: \"chc_01930000000070008000000000000000\") { channelConfig { id } } }",
            nothing.clone(),
            [true, true, false, false, false],
        ),
        ("mutation { cancelMessages(ids: []) { totalCount } }", nothing.clone(), [true, true, true, false, false]),
        ("mutation { retryMessages(ids: []) { totalCount } }", nothing.clone(), [true, true, true, false, false]),
        (
            "mutation { revealRecipients(id: \"msg_01930000000070008000000000000000\") { recipients { userId } } }",
            nothing.clone(),
            [true, true, true, false, false],
        ),
        (
            "mutation { deleteChannelConfig(id: \"chc_01930000000070008000000000000000\") { deletedId } }",
            nothing.clone(),
            [true, true, false, false, false],
        ),
        (
            "mutation { resetChannelConfigBreaker(id: \"chc_01930000000070008000000000000000\") { channelConfig { id } } }",
            nothing.clone(),
            [true, true, true, false, false],
        ),
        (
            "mutation($input: TemplateInput!) { createTemplate(input: $input) { template { id } } }",
            json!({ "input": template }),
            [true, true, false, false, false],
        ),
        (
            "mutation($input: BusinessTypeInput!) { createBusinessType(input: $input) { businessType { id } } }",
            json!({ "input": business_type }),
            [true, true, false, false, false],
        ),
        (
            "mutation($input: ApiKeyInput!) { createApiKey(input: $input) { apiKey { id } } }",
            json!({ "input": key }),
            [true, true, false, false, false],
        ),
        (
            "mutation { updateSystemSettings(input: { retry: { maxCount: 3 } }) { settings { version } } }",
            nothing.clone(),
            [true, false, false, false, false],
        ),
        (
            "mutation($input: TenantInput!) { createTenant(input: $input) { tenant { id } } }",
            json!({ "input": { "code": unique("t"), "name": "n" } }),
            [true, false, false, false, false],
        ),
        (
            "mutation($tenant: ID) { markRead(tenantId: $tenant, userId: \"u1\") { count } }",
            own,
            [true, true, true, false, false],
        ),
    ]
}

/// How much there is of everything that the operations above could make.
async fn census(stage: &Stage) -> Value {
    let query = "query($tenant: ID!) { channelConfigs(filter: { tenantId: $tenant }) { totalCount }
        templates(filter: { tenantId: $tenant }) { totalCount } businessTypes(tenantId: $tenant) { totalCount }
        apiKeys(tenantId: $tenant) { id } tenants { id } systemSettings { version } messages(first: 100) { nodes { id } }
        bulkJobs(tenantId: $tenant, first: 100) { nodes { id } } }";
    stage.platform.gql(query, json!({ "tenant": stage.tenant })).await
}

both! {
    async fn each_role_may_do_its_part_and_no_more(stage: Stage) {
        let mut clients = Vec::new();
        for role in ROLES {
            clients.push(match role {
                "PLATFORM_ADMIN" => stage.server.platform(),
                role => stage.with_role(role).await,
            });
        }
        for number in 0..cases(&stage.tenant).len() {
            for (role, (name, client)) in ROLES.iter().zip(&clients).enumerate() {
                // Made anew, so that codes do not repeat.
                let (query, variables, allowed) = cases(&stage.tenant).swap_remove(number);
                if allowed[role] {
                    let answer = client.gql(query, variables).await.to_string();
                    assert!(!answer.contains("\"success\":false"), "{name}: {query}: {answer}");
                } else {
                    let before = census(&stage).await;
                    assert_eq!(client.gql_code(query, variables).await, "FORBIDDEN", "{name}: {query}");
                    assert_eq!(census(&stage).await, before, "{name}: {query}");
                }
            }
        }
    }

    async fn the_viewer_knows_itself(stage: Stage) {
        let operator = stage.with_role("OPERATOR").await;
        let viewer = operator.gql("{ viewer { name role tenantId } }", json!({})).await["viewer"].take();
        assert_eq!(viewer, json!({ "name": "OPERATOR key", "role": "OPERATOR", "tenantId": stage.tenant }));
        let viewer = stage.server.platform().gql("{ viewer { role tenantId } }", json!({})).await["viewer"].take();
        assert_eq!(viewer, json!({ "role": "PLATFORM_ADMIN", "tenantId": null }));
    }

    async fn another_tenants_objects_are_not_there(stage: Stage) {
        let config = stage.local(json!({})).await;
        let template = stage.api.create_template("T", "LOCAL", "TEXT", json!({ "text": "x" })).await;
        let business_type = stage.api.create_business_type(json!({ "code": "B", "name": "n" })).await;
        stage.api.accept(text_with("x", json!({ "messageId": "theirs" }))).await;
        let message = stage.api.wait_status("theirs", "SUCCESS").await;

        let other = stage.platform.create_tenant(json!({ "code": unique("t"), "name": "Other" })).await;
        let (_, key) = stage.platform.create_key("TENANT_ADMIN", Some(&other)).await;
        let other_api = stage.server.api(&key);
        let query = "query($config: ID!, $template: ID!, $message: ID!, $task: ID!) {
            channelConfig(id: $config) { id } template(id: $template) { id } message(id: $message) { id }
            byMessageId: message(messageId: \"theirs\") { id }
            n1: node(id: $config) { id } n2: node(id: $template) { id } n3: node(id: $message) { id } n4: node(id: $task) { id }
            messages { nodes { id } } channelConfigs { totalCount } templates { totalCount } businessTypes { totalCount }
            inbox(userId: \"u1\") { nodes { id } } unreadCount(userId: \"u1\") }";
        let variables = json!({ "config": config, "template": template["id"], "message": message["id"],
            "task": message["tasks"][0]["id"] });
        let seen = other_api.gql(query, variables.clone()).await;
        let empty = json!({ "totalCount": 0 });
        assert_eq!(seen, json!({ "channelConfig": null, "template": null, "message": null, "byMessageId": null,
            "n1": null, "n2": null, "n3": null, "n4": null, "messages": { "nodes": [] }, "channelConfigs": empty,
            "templates": empty, "businessTypes": empty, "inbox": { "nodes": [] }, "unreadCount": 0 }));
        // Their owner sees each of them.
        let seen = stage.api.gql(query, variables).await;
        for name in ["channelConfig", "template", "message", "byMessageId", "n1", "n2", "n3", "n4"] {
            assert!(seen[name].is_object(), "{name}: {seen:#}");
        }

        let input = json!({ "channelType": "LOCAL", "name": "stolen", "config": {} });
        let errors = refused(&other_api.try_update_channel_config(&config, input).await);
        assert_eq!(errors[0].0, "NOT_FOUND");
        let input = json!({ "businessType": "T", "channelType": "LOCAL", "messageType": "TEXT", "name": "stolen", "content": { "text": "y" } });
        let errors = refused(&other_api.try_update_template(template["id"].as_str().unwrap(), input).await);
        assert_eq!(errors[0].0, "NOT_FOUND");
        for (mutation, id) in [
            ("deleteChannelConfig", json!(config)),
            ("deleteTemplate", template["id"].clone()),
            ("deleteBusinessType", business_type["id"].clone()),
        ] {
            let query = format!("mutation($id: ID!) {{ it: {mutation}(id: $id) {{ deletedId userErrors {{ code }} }} }}");
            let answer = other_api.gql(&query, json!({ "id": id })).await;
            assert_eq!(answer["it"], json!({ "deletedId": null, "userErrors": [{ "code": "NOT_FOUND" }] }));
        }
        for mutation in ["cancelMessage", "retryMessage"] {
            assert_eq!(other_api.act(mutation, "theirs").await["errorCode"], "MESSAGE_NOT_FOUND");
        }
        assert_eq!(stage.api.gql("{ it: channelConfigs { totalCount } }", json!({})).await["it"]["totalCount"], 1);
    }

    async fn naming_another_tenant_gains_nothing(stage: Stage) {
        let other = stage.platform.create_tenant(json!({ "code": unique("t"), "name": "Other" })).await;
        for query in [
            "query($tenant: ID!) { messages(filter: { tenantId: $tenant }) { nodes { id } } }",
            "query($tenant: ID!) { channelConfigs(filter: { tenantId: $tenant }) { totalCount } }",
            "query($tenant: ID!) { inbox(tenantId: $tenant, userId: \"u1\") { nodes { id } } }",
            "query($tenant: ID!) { apiKeys(tenantId: $tenant) { id } }",
            "query($tenant: ID!) { failedTasks(filter: { tenantId: $tenant }) { nodes { id } } }",
            "query($tenant: ID!) { bulkJobs(tenantId: $tenant) { nodes { id } } }",
            "mutation($tenant: ID!) { markRead(tenantId: $tenant, userId: \"u1\") { count userErrors { code } } }",
        ] {
            let (_, answer) = stage.api.execute(query, json!({ "tenant": other })).await;
            let code = answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default();
            let empty = ["{\"nodes\":[]}", "{\"totalCount\":0}", "NOT_FOUND", "{\"apiKeys\":[]}"];
            let refused = ["NOT_FOUND", "FORBIDDEN"].contains(&code);
            assert!(refused || empty.iter().any(|empty| answer.to_string().contains(empty)), "{query}: {answer}");
        }
        let query = "mutation($input: SendMessageInput!) { it: sendMessage(input: $input) { success errorCode } }";
        let (_, answer) = stage.api.execute(query, json!({ "input": text_with("x", json!({ "tenantId": other })) })).await;
        assert_ne!(answer["data"]["it"]["success"], true, "{answer}");
        assert_eq!(stage.platform.for_tenant(&other).message_count().await, 0);
        assert_eq!(stage.api.message_count().await, 0);
        // The own tenant may be named.
        stage.local(json!({})).await;
        stage.api.accept(text_with("x", json!({ "tenantId": stage.tenant }))).await;
    }

    async fn a_tenants_admin_makes_no_key_beyond_the_tenant(stage: Stage) {
        let other = stage.platform.create_tenant(json!({ "code": unique("t"), "name": "Other" })).await;
        let before = census(&stage).await;
        for input in [
            json!({ "name": "k", "role": "PLATFORM_ADMIN" }),
            json!({ "name": "k", "role": "PLATFORM_ADMIN", "tenantId": stage.tenant }),
            json!({ "name": "k", "role": "TENANT_ADMIN", "tenantId": other }),
        ] {
            let query = "mutation($input: ApiKeyInput!) { it: createApiKey(input: $input) { apiKey { id } secret } }";
            let (_, answer) = stage.api.execute(query, json!({ "input": input })).await;
            assert!(answer["data"]["it"]["apiKey"].is_null() && answer["data"]["it"]["secret"].is_null(), "{answer}");
        }
        assert_eq!(census(&stage).await, before);
        assert_eq!(stage.platform.gql("query($t: ID) { apiKeys(tenantId: $t) { id } }", json!({ "t": other })).await["apiKeys"], json!([]));
    }

    async fn a_sender_reads_only_what_it_sent(stage: Stage) {
        stage.local(json!({})).await;
        let (one, two) = (stage.with_role("SENDER").await, stage.with_role("SENDER").await);
        one.accept(text_with("x", json!({ "messageId": "of-one" }))).await;
        two.accept(text_with("x", json!({ "messageId": "of-two" }))).await;
        stage.api.wait_status("of-one", "SUCCESS").await;
        one.wait_status("of-one", "SUCCESS").await;
        assert_eq!(one.message("of-two").await, Value::Null);
        assert_eq!(one.messages(json!({})).await, [("of-one".to_owned(), "SUCCESS".to_owned())]);
        assert_eq!(two.messages(json!({})).await.len(), 1);
        assert_eq!(stage.api.message_count().await, 2);
        assert_eq!(one.get("/api/messages/of-two").await.0, 404);
    }
}
