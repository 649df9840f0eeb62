//! Templates: checked when saved, versioned, chosen by locale, strict when rendered, and cut off when hostile.

use std::time::{Duration, Instant};

use posthorn_tests::*;

fn template(message_type: &str, content: Value) -> Value {
    json!({ "businessType": "T", "channelType": "LOCAL", "messageType": message_type, "name": "n", "content": content })
}

async fn preview(api: &Api, input: Value, data: Value) -> Value {
    let query =
        "query($input: TemplateInput!, $data: JSON!) { it: previewTemplate(input: $input, businessData: $data) {
        rendered variables userErrors { field message code } } }";
    api.gql(query, json!({ "input": input, "data": data })).await["it"].take()
}

/// Sends a message over the template `T`.
async fn send(stage: &Stage, data: Value, more: Value) -> Value {
    let mut input = json!({ "businessType": "T", "businessData": data, "recipients": [{ "userId": "u1" }] });
    merge(&mut input, more);
    let id = stage.api.accept(input).await;
    stage.api.wait_finished(&id).await
}

both! {
    async fn variables_are_listed_and_versions_kept(stage: Stage) {
        let content = json!({ "title": "${a}", "text": "{{ b.c }} {% for x in items %}{{ x.n }}{% endfor %} {{ a | upcase }}" });
        let created = stage.api.create_template("T", "LOCAL", "MARKDOWN", content.clone()).await;
        assert_holds(&created, &json!({ "version": 1, "enabled": true, "locale": null, "content": content }));
        let mut variables: Vec<_> = created["variables"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        variables.sort_unstable();
        assert_eq!(variables, ["a", "b.c", "items"]);
        let id = created["id"].as_str().unwrap();
        for version in [2, 3] {
            let input = template("MARKDOWN", json!({ "title": "T", "text": format!("version {version}") }));
            let updated = posthorn_tests::api::created(&stage.api.try_update_template(id, input).await);
            assert_holds(&updated, &json!({ "version": version, "variables": [] }));
        }
        // A refused change makes no version.
        refused(&stage.api.try_update_template(id, template("MARKDOWN", json!({ "text": "no title" }))).await);
        let read = stage.api.gql("query($id: ID!) { template(id: $id) { version content } }", json!({ "id": id })).await;
        assert_eq!(read["template"], json!({ "version": 3, "content": { "title": "T", "text": "version 3" } }));
        let taken = refused(&stage.api.try_create_template(template("TEXT", json!({ "text": "again" }))).await);
        assert_eq!(taken[0].0, "TAKEN");
        let list = stage.api.gql("{ it: templates(filter: { businessType: \"T\" }) { totalCount nodes { id } } }", json!({})).await;
        assert_eq!(list["it"], json!({ "totalCount": 1, "nodes": [{ "id": id }] }));
    }

    async fn mistakes_are_named_by_their_path(stage: Stage) {
        for (message_type, content, code, path) in [
            ("TEXT", json!({}), "REQUIRED", "input.content.text"),
            ("MARKDOWN", json!({ "text": "x" }), "REQUIRED", "input.content.title"),
            ("TEXT", json!({ "text": "x", "more": "y" }), "INVALID", "input.content.more"),
            ("TEXT", json!("x"), "INVALID", "input.content"),
            ("CARD", json!({ "title": "T", "text": "x", "buttons": [] }), "REQUIRED", "input.content.buttons"),
            ("TEXT", json!({ "text": "{{ a" }), "TEMPLATE_SYNTAX", "input.content.text"),
            ("TEXT", json!({ "text": "{% if a %}" }), "TEMPLATE_SYNTAX", "input.content.text"),
            ("TEXT", json!({ "text": "{{ a | no_such_filter }}" }), "TEMPLATE_SYNTAX", "input.content.text"),
        ] {
            let errors = refused(&stage.api.try_create_template(template(message_type, content.clone())).await);
            assert_eq!(errors, [(code.to_owned(), path.to_owned())], "{content}");
        }
        let list = stage.api.gql("{ it: templates { totalCount } }", json!({})).await;
        assert_eq!(list["it"]["totalCount"], 0);
    }

    async fn a_syntax_error_has_line_and_column(stage: Stage) {
        let payload = stage.api.try_create_template(template("TEXT", json!({ "text": "line one\nline {% bad tag %}" }))).await;
        assert_eq!(refused(&payload)[0].0, "TEMPLATE_SYNTAX");
        let message = payload["userErrors"][0]["message"].as_str().unwrap();
        assert!(message.contains("line 2") && message.contains("column"), "{message}");
    }

    async fn a_preview_shows_the_providers_body_and_sends_nothing(stage: Stage) {
        let receiver = Receiver::start().await;
        let config = json!({ "webhook": receiver.url("/robot/send?access_token=t") });
        stage.api.create_channel_config("DINGTALK", config, json!({})).await;
        let mut input = template("MARKDOWN", json!({ "title": "T {{ n }}", "text": "${n}" }));
        input["channelType"] = json!("DINGTALK");
        let shown = preview(&stage.api, input.clone(), json!({ "n": 7 })).await;
        assert_eq!(shown["userErrors"], json!([]));
        assert_holds(&shown["rendered"], &json!({ "msgtype": "markdown", "markdown": { "title": "T 7", "text": "7" } }));
        let missing = preview(&stage.api, input.clone(), json!({})).await;
        assert_eq!(missing["rendered"], Value::Null);
        // What it reads is known before it is saved, and is what saving lists.
        let stored = stage.api.create_template("T", "LOCAL", "MARKDOWN", input["content"].clone()).await;
        assert_eq!(stored["variables"], json!(["n"]));
        for seen in [&shown, &missing] {
            assert_eq!(seen["variables"], stored["variables"]);
        }
        input["content"]["text"] = json!("{{ n");
        let broken = preview(&stage.api, input, json!({ "n": 7 })).await;
        assert_eq!((&broken["variables"], &broken["userErrors"][0]["code"]), (&json!([]), &json!("TEMPLATE_SYNTAX")));
        assert_eq!(missing["userErrors"][0]["code"], "MISSING_VARIABLE");
        assert!(missing["userErrors"][0]["message"].as_str().unwrap().contains('n'));
        assert_eq!(receiver.all().len(), 0);
        assert_eq!(stage.api.message_count().await, 0);
        assert_eq!(stage.api.gql("{ it: templates { totalCount } }", json!({})).await["it"]["totalCount"], 1);
    }

    async fn a_missing_variable_stops_the_message_and_is_named(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        stage.api.create_template("T", "WEBHOOK", "TEXT", json!({ "text": "{{ order.buyer_name }}" })).await;
        let message = send(&stage, json!({ "order": {} }), json!({})).await;
        assert_holds(&message, &json!({ "status": "FAILED", "errorCode": "TEMPLATE_RENDER_ERROR" }));
        assert!(message["errorMessage"].as_str().unwrap().contains("order.buyer_name"), "{message:#}");
        let message = send(&stage, json!({ "order": { "buyer_name": "Li" } }), json!({})).await;
        assert_eq!(message["status"], "SUCCESS");
        assert_eq!(receiver.all().len(), 1);
    }

    async fn without_a_template_there_is_nothing_to_send(stage: Stage) {
        stage.local(json!({})).await;
        let message = send(&stage, json!({}), json!({})).await;
        assert_holds(&message, &json!({ "status": "FAILED", "errorCode": "TEMPLATE_NOT_FOUND", "tasks": [] }));
        // One that is switched off counts as none.
        let mut input = template("TEXT", json!({ "text": "x" }));
        input["enabled"] = json!(false);
        posthorn_tests::api::created(&stage.api.try_create_template(input).await);
        let message = send(&stage, json!({}), json!({})).await;
        assert_eq!(message["errorCode"], "TEMPLATE_NOT_FOUND");
        assert_eq!(stage.api.inbox("u1").await.len(), 0);
    }

    async fn the_locale_chooses_the_variant(stage: Stage) {
        stage.local(json!({})).await;
        for (locale, text) in [(Value::Null, "default"), (json!("zh-CN"), "中文"), (json!("en"), "English")] {
            let mut input = template("TEXT", json!({ "text": text }));
            input["locale"] = locale;
            posthorn_tests::api::created(&stage.api.try_create_template(input).await);
        }
        for locale in ["zh-CN", "en", "fr-FR"] {
            let message = send(&stage, json!({}), json!({ "attributes": { "locale": locale } })).await;
            assert_eq!(message["status"], "SUCCESS");
        }
        send(&stage, json!({}), json!({})).await;
        let bodies: Vec<_> = stage.api.inbox("u1").await.iter().map(|it| it["body"].as_str().unwrap().to_owned()).collect();
        assert_eq!(bodies, ["default", "default", "English", "中文"]);
    }

    async fn a_new_version_counts_for_the_next_message(stage: Stage) {
        stage.local(json!({})).await;
        let created = stage.api.create_template("T", "LOCAL", "TEXT", json!({ "text": "before" })).await;
        send(&stage, json!({}), json!({})).await;
        let input = template("TEXT", json!({ "text": "after" }));
        let id = created["id"].as_str().unwrap();
        posthorn_tests::api::created(&stage.api.try_update_template(id, input).await);
        send(&stage, json!({}), json!({})).await;
        let bodies: Vec<_> = stage.api.inbox("u1").await.iter().map(|it| it["body"].as_str().unwrap().to_owned()).collect();
        assert_eq!(bodies, ["after", "before"]);
    }

    async fn hostile_templates_are_cut_off(stage: Stage) {
        stage.local(json!({})).await;
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        let endless = "{% for a in (1..100000) %}{% for b in (1..100000) %}{% for c in (1..100000) %}{% endfor %}{% endfor %}{% endfor %}";
        let huge = "{% assign s = 'xxxxxxxxxxxxxxxx' %}{% for i in (1..40) %}{% assign s = s | append: s %}{% endfor %}{{ s }}";
        for (number, hostile) in [endless, huge].into_iter().enumerate() {
            let business_type = format!("HOSTILE_{number}");
            let payload = stage
                .api
                .try_create_template(json!({ "businessType": business_type, "channelType": "WEBHOOK", "messageType": "TEXT",
                    "name": "n", "content": { "text": hostile } }))
                .await;
            if payload["it"].is_null() {
                // Refusing it when it is saved is as good.
                refused(&payload);
                continue;
            }
            let started = Instant::now();
            let input = json!({ "businessType": business_type, "businessData": {}, "recipients": [{ "userId": "u1" }],
                "targetChannels": ["WEBHOOK"] });
            let id = stage.api.accept(input).await;
            // Its neighbours are not held up meanwhile.
            let neighbour = stage.api.accept(text_with("x", json!({ "targetChannels": ["LOCAL"] }))).await;
            stage.api.wait_status(&neighbour, "SUCCESS").await;
            let message = stage.api.wait_status(&id, "FAILED").await;
            let code = message["errorCode"].as_str().unwrap();
            assert!(["TEMPLATE_RENDER_ERROR", "HANDLER_TIMEOUT", "CONTENT_TOO_LARGE"].contains(&code), "{message:#}");
            assert!(started.elapsed() < Duration::from_secs(15), "it took {:?}", started.elapsed());
            let shown = preview(&stage.api, template("TEXT", json!({ "text": hostile })), json!({})).await;
            assert_eq!(shown["rendered"], Value::Null);
        }
        assert_eq!(receiver.all().len(), 0);
    }

    async fn sample_data_is_kept_with_each_version_and_used_where_none_is_given(stage: Stage) {
        let input = json!({ "businessType": "ORDER", "channelType": "LOCAL", "messageType": "TEXT", "name": "n",
            "content": { "text": "order ${id}" }, "sampleData": { "id": "S-1" } });
        let template = created(&stage.api.try_create_template(input.clone()).await);
        let id = template["id"].as_str().unwrap();
        let read = "query($id: ID!) { template(id: $id) { version sampleData versions { version sampleData } } }";
        let seen = stage.api.gql(read, json!({ "id": id })).await["template"].take();
        assert_eq!(seen, json!({ "version": 1, "sampleData": { "id": "S-1" }, "versions": [{ "version": 1, "sampleData": { "id": "S-1" } }] }));

        let changed = |sample: Option<Value>| {
            let mut input = input.clone();
            match sample {
                Some(sample) => input["sampleData"] = sample,
                None => drop(input.as_object_mut().unwrap().remove("sampleData")),
            }
            input
        };
        // Left out it stays, and nothing has changed; null takes it away.
        assert_eq!(created(&stage.api.try_update_template(id, changed(None)).await)["version"], 1);
        assert_eq!(created(&stage.api.try_update_template(id, changed(Some(json!({ "id": "S-2" })))).await)["version"], 2);
        assert_eq!(created(&stage.api.try_update_template(id, changed(Some(Value::Null))).await)["version"], 3);
        let seen = stage.api.gql(read, json!({ "id": id })).await["template"].take();
        let samples: Vec<_> = seen["versions"].as_array().unwrap().iter().map(|version| version["sampleData"].clone()).collect();
        assert_eq!((&seen["sampleData"], samples), (&Value::Null, vec![Value::Null, json!({ "id": "S-2" }), json!({ "id": "S-1" })]));

        for (sample, code) in [(json!([1]), "INVALID"), (json!("x"), "INVALID"), (json!({ "x": "y".repeat(16 << 10) }), "TOO_LONG")] {
            let refused = refused(&stage.api.try_update_template(id, changed(Some(sample))).await);
            assert_eq!(refused, [(code.to_owned(), "input.sampleData".to_owned())]);
        }
        assert_eq!(stage.api.gql(read, json!({ "id": id })).await["template"]["version"], 3);

        let preview = "query($input: TemplateInput!, $data: JSON) {
            previewTemplate(input: $input, businessData: $data) { rendered userErrors { code } } }";
        let body = async |variables| stage.api.gql(preview, variables).await["previewTemplate"]["rendered"]["body"].take();
        assert_eq!(body(json!({ "input": input })).await, "order S-1");
        assert_eq!(body(json!({ "input": input, "data": { "id": "G-2" } })).await, "order G-2");
        let lacking = stage.api.gql(preview, json!({ "input": changed(None) })).await["previewTemplate"].take();
        assert_eq!(lacking, json!({ "rendered": null, "userErrors": [{ "code": "MISSING_VARIABLE" }] }));
    }
}
