//! The commands that people type: `posthorn send` and `posthorn demo`.

use std::time::Duration;

use posthorn_tests::process::{Process, run};
use posthorn_tests::*;

both! {
    async fn send_follows_a_message_to_its_end(stage: Stage) {
        stage.local(json!({})).await;
        stage.api.create_template("ORDER_NOTIFY", "LOCAL", "TEXT", json!({ "text": "Order {{ orderId }}" })).await;
        let key = stage.api.key.clone().unwrap();
        let environment = [("POSTHORN_URL", stage.server.url.as_str()), ("POSTHORN_API_KEY", key.as_str())];
        let directory = stage.server.place().directory();
        let arguments = ["send", "--business-type", "ORDER_NOTIFY", "--data", r#"{"orderId":"1"}"#, "--to", "userId=u1"];
        let sent = run(&arguments, &environment, directory).await;
        assert_eq!(sent.code, Some(0), "{sent:?}");
        assert!(sent.stdout.contains("SUCCESS"), "{sent:?}");
        assert!(!sent.stdout.contains(&key) && !sent.stderr.contains(&key), "{sent:?}");
        let inbox = stage.api.inbox("u1").await;
        assert_eq!(inbox.len(), 1);
        assert_eq!(inbox[0]["body"], "Order 1");

        // One that fails says why, and so does its exit code.
        let arguments = ["send", "--business-type", "ORDER_NOTIFY", "--data", "{}", "--to", "userId=u1"];
        let failed = run(&arguments, &environment, directory).await;
        assert_eq!(failed.code, Some(1), "{failed:?}");
        assert!(format!("{}{}", failed.stdout, failed.stderr).contains("TEMPLATE_RENDER_ERROR"), "{failed:?}");
        assert_eq!(stage.api.inbox("u1").await.len(), 1);
    }
}

#[tokio::test]
async fn send_says_what_is_wrong() {
    let directory = std::env::temp_dir();
    let gone = [("POSTHORN_URL", "http://127.0.0.1:1"), ("POSTHORN_API_KEY", "ph_key")];
    let sent = run(&["send", "--business-type", "X"], &gone, &directory).await;
    assert_eq!(sent.code, Some(1), "{sent:?}");
    assert!(sent.stderr.contains("127.0.0.1:1"), "{sent:?}");
    let sent = run(&["send", "--business-type", "X", "--data", "{"], &gone, &directory).await;
    assert_ne!(sent.code, Some(0), "{sent:?}");
}

#[tokio::test]
async fn the_demo_shows_messages_travelling_within_a_minute() {
    let place = Place::new(Backend::Embedded).await;
    let mut environment = place.environment();
    environment.retain(|(name, _)| name != "POSTHORN_DATA_DIR" && name != "POSTHORN_TARGET_ALLOW");
    let mut demo = Process::start(&["demo"], &environment, place.directory());
    let api = Api::new(&demo.address().await, Some(BOOTSTRAP_KEY));
    let query = "{ it: messages(first: 100) { nodes { status } } }";
    let statuses = within(Duration::from_secs(60), "sample messages", async || {
        let (_, answer) = api.execute(query, json!({})).await;
        let nodes = answer["data"]["it"]["nodes"].as_array()?.clone();
        nodes.iter().any(|node| node["status"] == "SUCCESS").then_some(nodes)
    })
    .await;
    assert!(!statuses.is_empty());
    assert_eq!(demo.terminate().await.code(), Some(0));
}
