//! Unknown outcomes: the request was written and no answer came, or the sender died. What happens then is said by the
//! provider's idempotency key, else by the config's `onUnknown`, and the timeline tells which.

use std::time::Duration;

use posthorn_tests::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A group robot has no idempotency key.
async fn robot(stage: &Stage, receiver: &Receiver, more: Value) -> String {
    let config = json!({ "webhook": receiver.url("/robot?key=k") });
    stage.api.create_channel_config("WECHAT_WORK", config, more).await["id"].as_str().unwrap().to_owned()
}

async fn impatient(stage: &Stage) {
    stage.fast_retries().await;
    stage.platform.settings(json!({ "timeout": { "singleChannelSeconds": 1, "allChannelsSeconds": 60 } })).await;
}

fn late() -> Answer {
    Answer::ok().after(Duration::from_secs(20))
}

fn details(message: &Value) -> Vec<String> {
    entries(message, "ATTEMPT").iter().map(|entry| entry["detail"].as_str().unwrap().to_owned()).collect()
}

/// Reads a request and closes the connection without an answer, once; after that answers as a robot does.
async fn resets_once() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for number in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = [0; 8192];
            let _ = stream.read(&mut buffer).await;
            if number == 0 {
                continue;
            }
            let body = r#"{"errcode":0,"errmsg":"ok"}"#;
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    format!("http://{address}/robot?key=k")
}

both! {
    async fn without_a_key_and_with_fail_it_ends_and_is_not_sent_again(stage: Stage) {
        impatient(&stage).await;
        let receiver = Receiver::start().await;
        robot(&stage, &receiver, json!({ "onUnknown": "FAIL" })).await;
        receiver.answer("/robot", late());
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_status(&id, "FAILED").await;
        assert_holds(&message, &json!({ "errorCode": "ALL_CHANNELS_FAILED", "failedChannels": 1 }));
        assert_holds(&message["tasks"][0], &json!({ "status": "FAILED", "retryCount": 0, "maxRetry": 3 }));
        assert_eq!(outcomes(&message, "ATTEMPT"), ["AMBIGUOUS"]);
        let told = &details(&message)[0];
        assert!(told.ends_with("it may have arrived; not tried again: onUnknown is FAIL"), "{told}");
        assert_eq!(receiver.all().len(), 1);
        let failed = stage.api.gql("{ failedTasks(filter: { errorCode: \"AMBIGUOUS\" }) { nodes { messageId } } }", json!({})).await;
        assert_eq!(failed["failedTasks"]["nodes"], json!([{ "messageId": id }]));
    }

    async fn without_a_key_it_is_tried_again_by_default(stage: Stage) {
        impatient(&stage).await;
        let receiver = Receiver::start().await;
        robot(&stage, &receiver, json!({})).await;
        receiver.answer("/robot", late());
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!(outcomes(&message, "ATTEMPT"), ["AMBIGUOUS", "OK"]);
        let told = &details(&message)[0];
        assert!(told.ends_with("it may have arrived; tried again: onUnknown is RETRY"), "{told}");
        assert_eq!(receiver.all().len(), 2);
    }

    async fn a_key_at_the_provider_beats_the_policy(stage: Stage) {
        impatient(&stage).await;
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({ "onUnknown": "FAIL" })).await;
        receiver.answer("/hook", late());
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_status(&id, "SUCCESS").await;
        let told = &details(&message)[0];
        assert!(told.ends_with("tried again: the provider tells repetitions by webhook-id"), "{told}");
        let arrivals = receiver.wait_arrivals("/hook", 2).await;
        assert_eq!(arrivals[0].id(), arrivals[1].id());
    }

    async fn spent_retries_end_an_unknown_too(stage: Stage) {
        impatient(&stage).await;
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.answer("/hook", late());
        let options = json!({ "channelOptions": [{ "channelType": "WEBHOOK", "retryOnFail": false }] });
        let id = stage.api.accept(text_with("x", options)).await;
        let message = stage.api.wait_status(&id, "FAILED").await;
        let told = &details(&message)[0];
        assert!(told.ends_with("not tried again: no retry is left"), "{told}");
        assert_eq!(receiver.all().len(), 1);
    }

    async fn a_connection_that_breaks_after_the_request_is_an_unknown(stage: Stage) {
        stage.fast_retries().await;
        for (policy, end, attempts) in [("FAIL", "FAILED", &["AMBIGUOUS"][..]), ("RETRY", "SUCCESS", &["AMBIGUOUS", "OK"])] {
            let config = json!({ "webhook": resets_once().await });
            let more = json!({ "onUnknown": policy, "storeId": policy });
            stage.api.create_channel_config("WECHAT_WORK", config, more).await;
            let id = stage.api.accept(text_with("x", json!({ "storeId": policy }))).await;
            let message = stage.api.wait_status(&id, end).await;
            assert_eq!(outcomes(&message, "ATTEMPT"), attempts, "{message:#}");
        }
    }

    async fn a_sender_that_died_leaves_an_unknown(stage: Stage) {
        let mut stage = stage;
        stage.fast_retries().await;
        stage.platform.settings(json!({ "timeout": { "singleChannelSeconds": 2, "allChannelsSeconds": 60 } })).await;
        let receiver = Receiver::start().await;
        robot(&stage, &receiver, json!({ "onUnknown": "FAIL" })).await;
        stage.webhook(&receiver, "/hook", json!({ "onUnknown": "FAIL" })).await;
        receiver.hold();
        let fail = stage.api.accept(text_with("x", json!({ "targetChannels": ["WECHAT_WORK"] }))).await;
        let key = stage.api.accept(text_with("x", json!({ "targetChannels": ["WEBHOOK"] }))).await;
        poll_until("both to be under way", async || (receiver.all().len() == 2).then_some(())).await;
        stage.server.kill9();
        receiver.release();
        stage.server.start_again().await;
        stage.follow();
        // On PostgreSQL the leases have to run out.
        let patience = Duration::from_secs(120);
        let message = stage.api.wait_status_within(patience, &fail, "FAILED").await;
        let told = &details(&message)[0];
        assert!(told.starts_with("WECHAT_WORK: the worker was lost"), "{told}");
        assert!(told.ends_with("onUnknown is FAIL"), "{told}");
        let message = stage.api.wait_status_within(patience, &key, "SUCCESS").await;
        assert_eq!(outcomes(&message, "ATTEMPT"), ["AMBIGUOUS", "OK"]);
        assert_eq!((receiver.arrivals("/robot").len(), receiver.arrivals("/hook").len()), (1, 2));
    }

    async fn the_policy_is_kept_shown_and_changed(stage: Stage) {
        let receiver = Receiver::start().await;
        let id = robot(&stage, &receiver, json!({})).await;
        let shown = async || {
            let query = "query($id: ID!) { channelConfig(id: $id) { onUnknown } }";
            stage.api.gql(query, json!({ "id": id })).await["channelConfig"]["onUnknown"].take()
        };
        assert_eq!(shown().await, "RETRY");
        let update = |policy: Value| {
            let mut input = json!({ "channelType": "WECHAT_WORK", "name": "n", "config": {} });
            merge(&mut input, policy);
            stage.api.try_update_channel_config(&id, input)
        };
        created(&update(json!({ "onUnknown": "FAIL" })).await);
        assert_eq!(shown().await, "FAIL");
        created(&update(json!({})).await);
        assert_eq!(shown().await, "FAIL", "what is absent stays");
        let query = "mutation($input: ChannelConfigInput!) { createChannelConfig(input: $input) { channelConfig { id } } }";
        let input = json!({ "channelType": "LOCAL", "name": "n", "config": {}, "onUnknown": "PERHAPS" });
        assert_eq!(stage.api.gql_code(query, json!({ "input": input })).await, "BAD_INPUT");
    }
}
