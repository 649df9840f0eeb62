//! System settings: checked as a whole, versioned, and in force everywhere within two seconds.

use std::time::{Duration, Instant};

use posthorn_tests::*;

const ALL: &str = "{ it: systemSettings { version updatedAt updatedBy
    retry { maxCount intervalSeconds backoffMultiplier maxIntervalSeconds jitter }
    timeout { singleChannelSeconds allChannelsSeconds } execution { mode continueOnFail skipOnSuccess }
    handlers { name enabled timeoutSeconds } workers { processConcurrency deliverConcurrency }
    retention { messagesMonths timelineMonths inboxMonths }
    breaker { enabled failures openSeconds maxOpenSeconds } } }";

both! {
    async fn the_defaults_are_the_documented_ones(server: Server) {
        let settings = server.platform().gql(ALL, json!({})).await["it"].take();
        assert_holds(&settings, &json!({
            "retry": { "maxCount": 3, "intervalSeconds": 60, "backoffMultiplier": 2.0 },
            "timeout": { "singleChannelSeconds": 30, "allChannelsSeconds": 120 },
            "execution": { "mode": "PARALLEL", "continueOnFail": true, "skipOnSuccess": false },
            "retention": { "messagesMonths": 12, "timelineMonths": 3, "inboxMonths": 12 },
            "breaker": { "enabled": true, "failures": 10, "openSeconds": 30, "maxOpenSeconds": 600 } }));
    }

    async fn what_is_absent_stays_and_the_version_grows(server: Server) {
        let platform = server.platform();
        let before = platform.gql(ALL, json!({})).await["it"].take();
        let version = before["version"].as_i64().unwrap();
        assert_eq!(platform.settings(json!({ "retry": { "maxCount": 7 } })).await, version + 1);
        let input = json!({ "timeout": { "singleChannelSeconds": 5 }, "handlers": [{ "name": "DEDUPLICATION", "enabled": true }] });
        assert_eq!(platform.settings(input).await, version + 2);
        let after = platform.gql(ALL, json!({})).await["it"].take();
        let mut expected = before;
        expected["version"] = json!(version + 2);
        expected["retry"]["maxCount"] = json!(7);
        expected["timeout"]["singleChannelSeconds"] = json!(5);
        for handler in expected["handlers"].as_array_mut().unwrap() {
            if handler["name"] == "DEDUPLICATION" {
                handler["enabled"] = json!(true);
            }
        }
        expected["updatedAt"] = after["updatedAt"].clone();
        expected["updatedBy"] = after["updatedBy"].clone();
        assert_eq!(after, expected);
        assert!(after["updatedBy"].is_string(), "who changed it is known");
    }

    async fn a_mistake_anywhere_changes_nothing(server: Server) {
        let platform = server.platform();
        let before = platform.gql(ALL, json!({})).await;
        for (wrong, path) in [
            (json!({ "retry": { "maxCount": -1 } }), "input.retry.maxCount"),
            (json!({ "retry": { "intervalSeconds": 0 } }), "input.retry.intervalSeconds"),
            (json!({ "retry": { "jitter": 1.5, "maxCount": 9 } }), "input.retry.jitter"),
            (json!({ "retry": { "backoffMultiplier": 0.5 } }), "input.retry.backoffMultiplier"),
            // Each is in range, but not together with what is in force.
            (json!({ "retry": { "intervalSeconds": 80000 } }), "input.retry.maxIntervalSeconds"),
            (json!({ "timeout": { "singleChannelSeconds": 200 } }), "input.timeout.allChannelsSeconds"),
            (json!({ "workers": { "deliverConcurrency": 0 } }), "input.workers.deliverConcurrency"),
            (json!({ "retention": { "messagesMonths": 0 } }), "input.retention.messagesMonths"),
            (json!({ "retention": { "timelineMonths": 121 } }), "input.retention.timelineMonths"),
            (json!({ "retention": { "inboxMonths": -1 } }), "input.retention.inboxMonths"),
            (json!({ "breaker": { "failures": 0 } }), "input.breaker.failures"),
            (json!({ "breaker": { "openSeconds": 900 } }), "input.breaker.maxOpenSeconds"),
            (json!({ "handlers": [{ "name": "NO_SUCH_HANDLER", "enabled": false }] }), "input.handlers.0.name"),
            (json!({ "handlers": [{ "name": "VALIDATION", "timeoutSeconds": 0 }] }), "input.handlers.0.timeoutSeconds"),
        ] {
            let errors = refused(&platform.try_settings(wrong.clone()).await);
            assert_eq!(errors.len(), 1, "{wrong}: {errors:?}");
            assert_eq!(errors[0].1, path, "{wrong}");
        }
        assert_eq!(platform.gql(ALL, json!({})).await, before);
    }

    async fn settings_survive_a_restart(server: Server) {
        let mut server = server;
        let version = server.platform().settings(json!({ "retry": { "maxCount": 9 } })).await;
        server.kill9();
        server.start_again().await;
        let settings = server.platform().gql(ALL, json!({})).await["it"].take();
        assert_eq!(settings["version"], version);
        assert_eq!(settings["retry"]["maxCount"], 9);
    }

    async fn concurrent_changes_each_make_a_version(server: Server) {
        let platform = server.platform();
        let before = platform.gql(ALL, json!({})).await["it"]["version"].as_i64().unwrap();
        // None of them is the default: what changes nothing makes no version.
        let changes = (11..=18).map(|n| platform.settings(json!({ "retry": { "maxCount": n } })));
        let mut versions = futures::future::join_all(changes).await;
        versions.sort_unstable();
        let expected: Vec<_> = (1..=8).map(|n| before + n).collect();
        assert_eq!(versions, expected);
    }
}

#[tokio::test]
async fn a_change_is_in_force_on_the_other_instance_within_two_seconds() {
    let stage = Stage::on(Server::start(Backend::Scaled).await).await;
    let second = stage.server.another().start().await;
    let receiver = Receiver::start().await;
    stage.webhook(&receiver, "/hook", json!({})).await;
    receiver.answer_always("/hook", Answer::status(500));
    // Both have read the settings before.
    let platform = second.platform();
    platform.gql(ALL, json!({})).await;
    let changed = Instant::now();
    let version = stage.platform.settings(json!({ "retry": { "maxCount": 0 } })).await;
    assert_eq!(platform.gql(ALL, json!({})).await["it"]["version"], version);
    let other = second.api(stage.api.key.as_ref().unwrap());
    let id = within(Duration::from_secs(5), "a message handled by the new settings", async || {
        let id = other.accept(text("x")).await;
        poll_until("its task", async || {
            let tasks = stage.api.message(&id).await["tasks"].clone();
            tasks[0]["maxRetry"].as_i64().map(|most| (most == 0).then(|| id.clone()))
        })
        .await
    })
    .await;
    assert!(changed.elapsed() < Duration::from_secs(2), "in force only after {:?}", changed.elapsed());
    stage.api.wait_status(&id, "FAILED").await;
}
