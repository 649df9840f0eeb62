//! The schema and the other things that are served beside the API.

use std::path::Path;

use posthorn_tests::*;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[tokio::test]
async fn the_checked_in_schema_is_the_binarys() {
    let directory = std::env::temp_dir();
    let printed = posthorn_tests::process::run(&["schema"], &[], &directory).await;
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    let stored = std::fs::read_to_string(repository().join("schema.graphql")).unwrap();
    assert!(
        stored.trim_end() == printed.stdout.trim_end(),
        "schema.graphql is stale: run `posthorn schema > schema.graphql`"
    );
}

both! {
    async fn everything_in_the_schema_is_described(server: Server) {
        let query = "{ __schema { types { name kind description
            fields(includeDeprecated: true) { name description args { name description } }
            inputFields { name description } enumValues(includeDeprecated: true) { name description } } } }";
        let types = server.platform().gql(query, json!({})).await["__schema"]["types"].take();
        let mut bare = Vec::new();
        let mut look = |path: String, thing: &Value| {
            if thing["description"].as_str().is_none_or(|text| text.trim().is_empty()) {
                bare.push(path);
            }
        };
        for kind in types.as_array().unwrap() {
            let name = kind["name"].as_str().unwrap();
            // GraphQL's own types are described by its specification.
            if name.starts_with("__") || name == "ID" {
                continue;
            }
            look(name.to_owned(), kind);
            for part in ["fields", "inputFields", "enumValues"] {
                for member in kind[part].as_array().unwrap_or(&Vec::new()) {
                    let path = format!("{name}.{}", member["name"].as_str().unwrap());
                    look(path.clone(), member);
                    for argument in member["args"].as_array().unwrap_or(&Vec::new()) {
                        look(format!("{path}({})", argument["name"].as_str().unwrap()), argument);
                    }
                }
            }
        }
        assert_eq!(bare, Vec::<String>::new(), "without a description");
    }

    async fn a_tool_can_ask_for_the_whole_schema(server: Server) {
        // What GraphiQL asks when it opens.
        let query = "query IntrospectionQuery { __schema { queryType { name } mutationType { name } subscriptionType { name }
            types { ...FullType } directives { name description locations args { ...InputValue } } } }
            fragment FullType on __Type { kind name description fields(includeDeprecated: true) { name description
                args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
                inputFields { ...InputValue } interfaces { ...TypeRef }
                enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
            fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
            fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name
                ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } }";
        let answer = server.platform().gql(query, json!({})).await;
        assert_eq!(answer["__schema"]["subscriptionType"]["name"], "Subscription");
    }

    async fn health_readiness_metrics_and_the_page_need_no_key(stage: Stage) {
        stage.local(json!({})).await;
        let id = stage.api.accept(text("x")).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        let anonymous = stage.server.anonymous();
        for path in ["/healthz", "/readyz", "/"] {
            assert_eq!(anonymous.get(path).await.0, 200, "{path}");
        }
        let (status, metrics) = anonymous.get("/metrics").await;
        assert_eq!(status, 200);
        let metrics = metrics.as_str().unwrap();
        assert!(metrics.contains("# TYPE posthorn_"), "{metrics}");
        assert!(!metrics.contains(&stage.tenant), "no label grows with the tenants");
        let page = anonymous.get("/").await.1;
        assert!(page.as_str().unwrap().to_lowercase().contains("<html"));
    }

    async fn graphiql_opens_in_a_browser(server: Server) {
        let response = posthorn_tests::api::http_client()
            .get(format!("{}/graphql", server.url))
            .header("accept", "text/html")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        assert!(response.text().await.unwrap().to_lowercase().contains("graphiql"));
    }

    async fn queries_may_come_by_get(stage: Stage) {
        let (status, answer) = stage.api.get("/graphql?query=%7B%20viewer%20%7B%20role%20%7D%20%7D").await;
        assert_eq!((status, &answer["data"]["viewer"]["role"]), (200, &json!("TENANT_ADMIN")));
        // Never a change.
        let change = "/graphql?query=mutation%20%7B%20deleteChannelConfig(id%3A%20%22x%22)%20%7B%20deletedId%20%7D%20%7D";
        let (_, answer) = stage.api.get(change).await;
        assert!(answer["data"]["deleteChannelConfig"].is_null(), "{answer}");
    }

    async fn the_answers_media_type_is_negotiated(stage: Stage) {
        let client = posthorn_tests::api::http_client();
        for accept in ["application/graphql-response+json", "application/json"] {
            let response = client
                .post(format!("{}/graphql", stage.server.url))
                .bearer_auth(BOOTSTRAP_KEY)
                .header("accept", accept)
                .json(&json!({ "query": "{ viewer { name } }" }))
                .send()
                .await
                .unwrap();
            assert_eq!(response.status(), 200);
            assert!(response.headers()["content-type"].to_str().unwrap().starts_with(accept));
        }
    }
}
