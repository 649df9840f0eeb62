//! The circuit breaker of a channel config: a provider that fails again and again is left alone, its tasks wait with their
//! retries, and one of them finds out when it works again.

use std::time::Duration;

use posthorn_tests::*;

/// A stage whose breakers open after `failures` in a row, for `seconds`. Retries don't come back within a test.
async fn stage_with(backend: Backend, failures: i32, seconds: i32) -> (Stage, Receiver, String) {
    let stage = Stage::on(Server::start(backend).await).await;
    stage
        .platform
        .settings(json!({
            "breaker": { "failures": failures, "openSeconds": seconds, "maxOpenSeconds": 86400 },
            "retry": { "intervalSeconds": 3600, "jitter": 0.0 },
        }))
        .await;
    let receiver = Receiver::start().await;
    let id = stage.webhook(&receiver, "/hook", json!({})).await;
    (stage, receiver, id)
}

async fn breaker(api: &Api, id: &str) -> Value {
    let query = "query($id: ID!) { channelConfig(id: $id) {
        breaker { state reason openedAt retryAt consecutiveFailures } } }";
    api.gql(query, json!({ "id": id })).await["channelConfig"]["breaker"].take()
}

async fn wait_state(api: &Api, id: &str, state: &str) -> Value {
    poll_until(&format!("the breaker to be {state}"), async || {
        Some(breaker(api, id).await).filter(|breaker| breaker["state"] == state)
    })
    .await
}

async fn reset(api: &Api, id: &str) -> Value {
    let query = "mutation($id: ID!) { it: resetChannelConfigBreaker(id: $id) {
        channelConfig { id breaker { state consecutiveFailures } } userErrors { code } } }";
    api.gql(query, json!({ "id": id })).await["it"].take()
}

/// Makes the provider fail until the breaker is open; gives the messages that failed.
async fn open(stage: &Stage, receiver: &Receiver, id: &str, failures: usize) -> Vec<String> {
    receiver.answer_always("/hook", Answer::status(500));
    let mut failed = Vec::new();
    for _ in 0..failures {
        failed.push(stage.api.accept(text("fails")).await);
    }
    wait_state(&stage.api, id, "OPEN").await;
    receiver.wait_arrivals("/hook", failures).await;
    failed
}

/// Sends messages of which all are to wait for the breaker.
async fn send_waiting(stage: &Stage, count: usize, more: Value) -> Vec<String> {
    let mut waiting = Vec::new();
    for _ in 0..count {
        waiting.push(stage.api.accept(text_with("waits", more.clone())).await);
    }
    for id in &waiting {
        wait_put_off(stage, id).await;
    }
    waiting
}

async fn wait_put_off(stage: &Stage, id: &str) -> Value {
    let message = stage
        .api
        .wait_message(SOON, id, "to wait for its config", |message| {
            message["tasks"][0]["resultMessage"].as_str().is_some_and(|text| text.starts_with("waits: "))
        })
        .await;
    assert_holds(&message["tasks"][0], &json!({ "status": "PENDING", "retryCount": 0 }));
    assert_eq!(outcomes(&message, "ATTEMPT"), [""; 0]);
    message
}

/// The value of a metric with these labels; none where it is not there.
async fn metric(stage: &Stage, name: &str) -> Option<f64> {
    let (status, text) = stage.server.anonymous().get("/metrics").await;
    assert_eq!(status, 200);
    let line = text.as_str().unwrap().lines().find(|line| line.starts_with(name))?.to_owned();
    line.rsplit_once(' ').and_then(|(_, value)| value.parse().ok())
}

both! {
    async fn it_opens_its_tasks_wait_and_it_closes_by_itself(backend: Backend) {
        let (stage, receiver, id) = stage_with(backend, 3, 6).await;
        assert_eq!(breaker(&stage.api, &id).await, json!({
            "state": "CLOSED", "reason": null, "openedAt": null, "retryAt": null, "consecutiveFailures": 0 }));
        open(&stage, &receiver, &id, 3).await;
        let state = breaker(&stage.api, &id).await;
        assert_holds(&state, &json!({ "state": "OPEN", "consecutiveFailures": 3 }));
        assert!(state["reason"].as_str().unwrap().contains("500"), "{state}");
        let at = |field: &str| state[field].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        assert_eq!((at("retryAt") - at("openedAt")).num_seconds(), 6);
        let gauge = format!("posthorn_channel_breaker_state{{config=\"{id}\"}}");
        poll_until("the metric to tell", async || metric(&stage, &gauge).await.filter(|value| *value > 0.0)).await;
        let openings = "posthorn_channel_breaker_openings_total{channel=\"WEBHOOK\"}";
        assert_eq!(metric(&stage, openings).await, Some(1.0));

        let waiting = send_waiting(&stage, 5, json!({})).await;
        assert_eq!(receiver.all().len(), 3);
        receiver.answer_always("/hook", Answer::ok());
        for message in &waiting {
            let message = stage.api.wait_status(message, "SUCCESS").await;
            assert_eq!(outcomes(&message, "ATTEMPT"), ["OK"]);
            assert_holds(&message["tasks"][0], &json!({ "retryCount": 0, "maxRetry": 3 }));
        }
        let arrivals = receiver.all();
        assert_eq!(arrivals.len(), 8);
        let rest = arrivals[3].at - arrivals[2].at;
        assert!(rest >= Duration::from_millis(5900), "sent {rest:?} after it opened");
        assert_holds(&breaker(&stage.api, &id).await, &json!({ "state": "CLOSED", "reason": null, "consecutiveFailures": 0 }));
        poll_until("the metric to tell", async || metric(&stage, &gauge).await.filter(|value| *value == 0.0)).await;
    }

    async fn a_probe_that_fails_opens_it_again_for_twice_as_long(backend: Backend) {
        let (stage, receiver, id) = stage_with(backend, 1, 1).await;
        let never = json!({ "channelOptions": [{ "channelType": "WEBHOOK", "retryOnFail": false }] });
        receiver.answer_always("/hook", Answer::status(500));
        for _ in 0..4 {
            stage.api.accept(text_with("x", never.clone())).await;
            // The first opens it, so that the others come one by one.
            poll_until("an arrival", async || (!receiver.all().is_empty()).then_some(())).await;
            poll_until("it not to be closed", async || {
                (breaker(&stage.api, &id).await["state"] != "CLOSED").then_some(())
            })
            .await;
        }
        let all = stage.api.wait_all_finished(SOON * 2).await;
        assert!(all.iter().all(|(_, status)| status == "FAILED"), "{all:?}");
        let arrivals = receiver.wait_arrivals("/hook", 4).await;
        for (pair, seconds) in arrivals.windows(2).zip([1, 2, 4]) {
            let apart = pair[1].at - pair[0].at;
            assert!(apart >= Duration::from_millis(seconds * 1000 - 100), "{apart:?} instead of {seconds} s");
        }
        assert_holds(&breaker(&stage.api, &id).await, &json!({ "consecutiveFailures": 4 }));
    }

    async fn one_bad_message_and_refusals_do_not_open_it(backend: Backend) {
        let (stage, receiver, id) = stage_with(backend, 3, 3600).await;
        stage.fast_retries().await;
        for _ in 0..5 {
            receiver.answer("/hook", Answer::status(500));
        }
        let options = json!({ "channelOptions": [{ "channelType": "WEBHOOK", "maxRetry": 6 }] });
        let stubborn = stage.api.accept(text_with("x", options)).await;
        poll_until("four failures", async || (receiver.all().len() >= 4).then_some(())).await;
        assert_holds(&breaker(&stage.api, &id).await, &json!({ "state": "CLOSED", "consecutiveFailures": 1 }));
        let message = stage.api.wait_status(&stubborn, "SUCCESS").await;
        assert_holds(&message["tasks"][0], &json!({ "retryCount": 5 }));
        receiver.answer_always("/hook", Answer::status(400));
        for _ in 0..5 {
            let id = stage.api.accept(text("x")).await;
            stage.api.wait_status(&id, "FAILED").await;
        }
        assert_holds(&breaker(&stage.api, &id).await, &json!({ "state": "CLOSED", "consecutiveFailures": 0 }));
    }

    async fn an_answer_in_between_begins_the_count_anew(backend: Backend) {
        let (stage, receiver, id) = stage_with(backend, 3, 3600).await;
        for status in [500, 503, 400, 500, 502, 200, 500, 504] {
            receiver.answer("/hook", Answer::status(status));
            let sent = receiver.all().len();
            stage.api.accept(text("x")).await;
            receiver.wait_arrivals("/hook", sent + 1).await;
            // One after the other.
            let expected = match status { 500 => 1, 400 | 200 => 0, _ => 2 };
            poll_until("it to count", async || {
                (breaker(&stage.api, &id).await["consecutiveFailures"] == expected).then_some(())
            })
            .await;
        }
        assert_eq!(breaker(&stage.api, &id).await["state"], "CLOSED");
    }

    /// Many are under way at once, and what fails is told later than what succeeds: that is not a row of failures.
    async fn a_tenth_of_failures_does_not_open_it(backend: Backend) {
        let (stage, receiver, id) = stage_with(backend, 10, 3600).await;
        let count = 1000;
        for n in 0..count {
            receiver.answer("/hook", if n % 10 == 3 { Answer::status(503) } else { Answer::ok() });
        }
        stage.api.send_batch((0..count).map(|_| text("x")).collect()).await;
        receiver.wait_arrivals_within(Duration::from_secs(60), "/hook", count).await;
        assert_holds(&breaker(&stage.api, &id).await, &json!({ "state": "CLOSED" }));
        assert_eq!(metric(&stage, "posthorn_channel_breaker_openings_total").await, None);
    }

    async fn a_provider_that_does_not_answer_opens_it_too(backend: Backend) {
        let (stage, receiver, id) = stage_with(backend, 2, 3600).await;
        stage.platform.settings(json!({ "timeout": { "singleChannelSeconds": 1 } })).await;
        receiver.hold();
        stage.api.accept(text("x")).await;
        stage.api.accept(text("x")).await;
        let state = wait_state(&stage.api, &id, "OPEN").await;
        assert!(state["reason"].as_str().unwrap().contains("no answer within"), "{state}");
        send_waiting(&stage, 2, json!({})).await;
        assert_eq!(receiver.all().len(), 2);
        receiver.release();
    }

    async fn an_operator_closes_it_and_what_waits_is_sent(backend: Backend) {
        let (stage, receiver, id) = stage_with(backend, 2, 3600).await;
        let failed = open(&stage, &receiver, &id, 2).await;
        let waiting = send_waiting(&stage, 4, json!({})).await;
        receiver.answer_always("/hook", Answer::ok());
        let viewer = stage.with_role("VIEWER").await;
        let query = "mutation($id: ID!) { resetChannelConfigBreaker(id: $id) { channelConfig { id } } }";
        assert_eq!(viewer.gql_code(query, json!({ "id": id })).await, "FORBIDDEN");
        let other = stage.platform.create_tenant(json!({ "code": unique("t"), "name": "Other" })).await;
        let (_, key) = stage.platform.create_key("TENANT_ADMIN", Some(&other)).await;
        assert_eq!(reset(&stage.server.api(&key), &id).await["userErrors"], json!([{ "code": "NOT_FOUND" }]));
        assert_eq!(breaker(&stage.api, &id).await["state"], "OPEN");
        assert_eq!(receiver.all().len(), 2);

        let answer = reset(&stage.with_role("OPERATOR").await, &id).await;
        let expected = json!({ "id": id, "breaker": { "state": "CLOSED", "consecutiveFailures": 0 } });
        assert_eq!(answer, json!({ "channelConfig": expected, "userErrors": [] }));
        for message in &waiting {
            let message = stage.api.wait_status(message, "SUCCESS").await;
            assert_eq!(outcomes(&message, "ATTEMPT"), ["OK"]);
        }
        // Those that had failed wait for their own backoff.
        for message in &failed {
            assert_holds(&stage.api.message(message).await["tasks"][0], &json!({ "status": "RETRY", "retryCount": 1 }));
        }
        assert_eq!(receiver.all().len(), 6);
    }

    async fn it_also_lifts_the_pause_that_a_provider_asked_for(backend: Backend) {
        let (stage, receiver, id) = stage_with(backend, 2, 3600).await;
        receiver.answer("/hook", Answer::status(429).header("retry-after", 3600));
        let first = stage.api.accept(text("first")).await;
        stage
            .api
            .wait_message(SOON, &first, "to be throttled", |message| outcomes(message, "ATTEMPT") == ["THROTTLE"])
            .await;
        let second = stage.api.accept(text("second")).await;
        wait_put_off(&stage, &second).await;
        // Throttling is not failing.
        assert_holds(&breaker(&stage.api, &id).await, &json!({ "state": "CLOSED", "consecutiveFailures": 0 }));
        reset(&stage.api, &id).await;
        stage.api.wait_status(&second, "SUCCESS").await;
        let message = stage.api.wait_status(&first, "SUCCESS").await;
        assert_eq!(outcomes(&message, "ATTEMPT"), ["THROTTLE", "OK"]);
        assert_eq!(receiver.all().len(), 3);
    }

    async fn a_config_that_is_changed_is_tried_at_once(backend: Backend) {
        let (stage, receiver, id) = stage_with(backend, 2, 3600).await;
        open(&stage, &receiver, &id, 2).await;
        let waiting = send_waiting(&stage, 2, json!({})).await;
        let config = json!({ "url": receiver.url("/mended"), "secret": WEBHOOK_SECRET });
        let input = json!({ "channelType": "WEBHOOK", "name": "n", "config": config });
        created(&stage.api.try_update_channel_config(&id, input).await);
        assert_holds(&breaker(&stage.api, &id).await, &json!({ "state": "CLOSED" }));
        for message in &waiting {
            stage.api.wait_status(message, "SUCCESS").await;
        }
        receiver.wait_arrivals("/mended", 2).await;
    }

    async fn what_expires_while_it_waits_ends(backend: Backend) {
        let (stage, receiver, id) = stage_with(backend, 2, 3600).await;
        open(&stage, &receiver, &id, 2).await;
        let message = stage.api.accept(text_with("x", json!({ "expiresAt": from_now(3) }))).await;
        let message = stage.api.wait_status(&message, "CANCELLED").await;
        assert_eq!(message["errorCode"], "EXPIRED");
        assert_eq!(receiver.all().len(), 2);
    }

    async fn what_waits_can_be_cancelled(backend: Backend) {
        let (stage, receiver, id) = stage_with(backend, 2, 3600).await;
        open(&stage, &receiver, &id, 2).await;
        let waiting = send_waiting(&stage, 1, json!({})).await;
        assert_eq!(stage.api.act("cancelMessage", &waiting[0]).await["success"], true);
        stage.api.wait_status(&waiting[0], "CANCELLED").await;
        reset(&stage.api, &id).await;
        receiver.answer_always("/hook", Answer::ok());
        let next = stage.api.accept(text("x")).await;
        stage.api.wait_status(&next, "SUCCESS").await;
        assert_eq!(receiver.all().len(), 3);
    }

    async fn another_config_of_the_same_type_goes_on(backend: Backend) {
        let (stage, receiver, id) = stage_with(backend, 2, 3600).await;
        let other = stage.webhook(&receiver, "/store", json!({ "storeId": "s1" })).await;
        open(&stage, &receiver, &id, 2).await;
        let message = stage.api.accept(text_with("x", json!({ "storeId": "s1" }))).await;
        stage.api.wait_status(&message, "SUCCESS").await;
        assert_eq!(breaker(&stage.api, &other).await["state"], "CLOSED");
        assert_eq!(breaker(&stage.api, &id).await["state"], "OPEN");
    }

    async fn it_can_be_switched_off(backend: Backend) {
        let (stage, receiver, id) = stage_with(backend, 2, 3600).await;
        open(&stage, &receiver, &id, 2).await;
        stage.platform.settings(json!({ "breaker": { "enabled": false } })).await;
        assert_eq!(breaker(&stage.api, &id).await["state"], "CLOSED");
        for n in 0..4 {
            stage.api.accept(text("x")).await;
            receiver.wait_arrivals("/hook", 3 + n).await;
        }
    }
}

#[tokio::test]
async fn instances_open_it_together_and_one_of_them_tries_again() {
    let (stage, receiver, id) = stage_with(Backend::Scaled, 4, 5).await;
    let second = stage.server.another().start().await;
    let other = second.api(stage.api.key.as_ref().unwrap());
    receiver.answer_always("/hook", Answer::status(500));
    // Both see two failures, which together are enough.
    for n in 0..4 {
        let api = if n % 2 == 0 { &stage.api } else { &other };
        api.accept(text("fails")).await;
        receiver.wait_arrivals("/hook", n + 1).await;
    }
    wait_state(&stage.api, &id, "OPEN").await;
    wait_state(&other, &id, "OPEN").await;
    let mut waiting = Vec::new();
    for n in 0..20 {
        let api = if n % 2 == 0 { &stage.api } else { &other };
        waiting.push(api.accept(text("waits")).await);
    }
    // The first that is tried is held: it is the only one, however many wait on both.
    receiver.hold();
    poll_until("the probe", async || (receiver.all().len() > 4).then_some(())).await;
    assert_eq!(breaker(&other, &id).await["state"], "HALF_OPEN");
    for message in &waiting {
        stage
            .api
            .wait_message(SOON, message, "to wait for its config", |message| {
                message["tasks"].as_array().is_some_and(|t| t.len() == 1)
            })
            .await;
    }
    assert_eq!(receiver.all().len(), 5);
    receiver.answer_always("/hook", Answer::ok());
    reset(&other, &id).await;
    receiver.release();
    let all = within(SOON * 2, "what waited to be sent", async || {
        let all = stage.api.messages(json!({ "status": ["SUCCESS"] })).await;
        (all.len() == 19).then_some(all)
    })
    .await;
    assert_eq!(all.len(), 19, "all but the probe, whose answer was made before");
    wait_state(&stage.api, &id, "CLOSED").await;
}
