//! Limits on what a request may ask for, and how mistakes in requests are told.

use posthorn_tests::*;

both! {
    async fn a_page_has_at_most_a_hundred(stage: Stage) {
        for list in ["messages", "channelConfigs", "templates", "businessTypes"] {
            for first in [101, -1] {
                let query = format!("{{ {list}(first: {first}) {{ nodes {{ id }} }} }}");
                assert_eq!(stage.api.gql_code(&query, json!({})).await, "BAD_INPUT", "{query}");
            }
            stage.api.gql(&format!("{{ {list}(first: 100) {{ nodes {{ id }} }} }}"), json!({})).await;
            let query = format!("{{ {list}(after: \"no cursor\") {{ nodes {{ id }} }} }}");
            assert_eq!(stage.api.gql_code(&query, json!({})).await, "BAD_INPUT", "{query}");
        }
        let query = "{ inbox(userId: \"u1\", first: 101) { nodes { id } } }";
        assert_eq!(stage.api.gql_code(query, json!({})).await, "BAD_INPUT");
    }

    async fn a_query_may_not_be_too_wide_or_too_deep(stage: Stage) {
        let field = "messages(first: 100) { nodes { id tasks { id channelConfig { id } } timeline { at } } }";
        let wide: String = (0..200).map(|n| format!("a{n}: {field} ")).collect();
        assert_eq!(stage.api.gql_code(&format!("{{ {wide} }}"), json!({})).await, "TOO_COMPLEX");
        let deep = format!("{{ __schema {{ types {{ {} name {} }} }} }}", "ofType { ".repeat(60), "} ".repeat(60));
        assert_eq!(stage.api.gql_code(&deep, json!({})).await, "TOO_COMPLEX");
    }

    async fn mutations_in_one_request_are_limited_too(stage: Stage) {
        stage.local(json!({})).await;
        let field = "sendMessage(input: { businessType: \"A\", businessData: {}, content: { body: \"x\" } }) { success }";
        let wide: String = (0..6000).map(|n| format!("a{n}: {field} ")).collect();
        assert_eq!(stage.api.gql_code(&format!("mutation {{ {wide} }}"), json!({})).await, "TOO_COMPLEX");
        assert_eq!(stage.api.message_count().await, 0);
    }

    async fn a_body_that_is_too_large_is_refused(stage: Stage) {
        let query = "query($x: String) { viewer { name } }";
        let (status, _) = stage.api.execute(query, json!({ "x": "x".repeat(40 << 20) })).await;
        // A server that stops reading may close the connection before the client has written everything.
        assert!(status == 413 || status == 0, "{status}");
        let (status, _) = stage.api.post("/api/messages", &text(&"x".repeat(40 << 20))).await;
        assert!(status == 413 || status == 0, "{status}");
        stage.server.wait_ready().await;
        assert_eq!(stage.api.message_count().await, 0);
    }

    async fn malformed_requests_are_bad_input(stage: Stage) {
        for query in ["{", "{ nothing }", "query($x: ID!) { message(id: $x) { id } }", "subscription { nothing }", ""] {
            let (_, answer) = stage.api.execute(query, json!({})).await;
            assert!(answer["errors"][0]["message"].is_string(), "{query}: {answer}");
            assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_INPUT", "{query}: {answer}");
        }
        for id in ["", "nonsense", "msg_", "tpl_01930000000070008000000000000000"] {
            let query = "query($id: ID!) { message(id: $id) { id } node(id: $id) { id } }";
            let (_, answer) = stage.api.execute(query, json!({ "id": id })).await;
            let code = answer["errors"][0]["extensions"]["code"].as_str();
            assert!(answer["data"]["message"].is_null() && code.is_none_or(|code| code == "BAD_INPUT"), "{answer}");
        }
    }

    async fn the_deepest_query_of_a_console_is_fine(stage: Stage) {
        stage.local(json!({})).await;
        let id = stage.api.accept(text("x")).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        let query = "{ messages(first: 50) { edges { cursor node { id status recipients { userId }
            tasks { id status channelConfig { id name rateLimit { count } timeWindow { startHour } } recipients { userId } }
            timeline { at stage outcome } } } pageInfo { hasNextPage } } }";
        let answer = stage.api.gql(query, json!({})).await;
        assert_eq!(answer["messages"]["edges"].as_array().unwrap().len(), 1);
    }
}
