//! Jobs over the failed set: failed tasks sent again or discarded, each once, at a given rate, whatever happens meanwhile.

use std::collections::HashMap;
use std::time::Duration;

use posthorn_tests::*;

/// Long enough for a lease to run out and the sweeper to come by.
const RECOVERY: Duration = Duration::from_secs(120);

/// Sends messages whose webhook answers 400, and waits until all have failed. Their ids are `<prefix>-<number>`.
async fn fail_many(stage: &Stage, receiver: &Receiver, prefix: &str, count: usize, more: Value) {
    receiver.answer_always("/hook", Answer::status(400));
    let input = |n| {
        let mut input = text_with("x", json!({ "messageId": format!("{prefix}-{n}") }));
        merge(&mut input, more.clone());
        input
    };
    assert_eq!(stage.api.send_batch((0..count).map(input).collect()).await["successCount"], count);
    stage.api.wait_all_finished(SOON).await;
    receiver.answer_always("/hook", Answer::ok());
}

/// How often each task's webhook-id arrived.
fn arrivals(receiver: &Receiver) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for arrival in receiver.all() {
        *counts.entry(arrival.id().to_owned()).or_default() += 1;
    }
    counts
}

/// What the platform has of operators' notes in the timelines of the messages `<prefix>-<number>`, by message.
async fn notes(stage: &Stage, prefix: &str, count: usize) -> Vec<Vec<String>> {
    let mut notes = Vec::new();
    for n in 0..count {
        notes.push(outcomes(&stage.api.message(&format!("{prefix}-{n}")).await, "OPERATOR"));
    }
    notes
}

both! {
    async fn failed_tasks_are_sent_again_each_once(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        stage.local(json!({})).await;
        fail_many(&stage, &receiver, "m", 150, json!({})).await;
        assert_eq!(stage.api.failed_tasks(json!({})).await.len(), 150);
        let operator = stage.with_role("OPERATOR").await;
        let job = operator.bulk("retryTasks", json!({ "filter": { "errorCode": "BAD_MSG" }, "ratePerSecond": 1000 })).await;
        assert_holds(&job, &json!({ "kind": "RETRY", "total": 150, "ratePerSecond": 1000, "createdBy": "OPERATOR key",
            "filter": { "tenantId": stage.tenant, "errorCode": "BAD_MSG", "channelType": null, "businessType": null } }));
        let done = stage.api.wait_done(&job["id"]).await;
        assert_holds(&done, &json!({ "total": 150, "done": 150, "skipped": 0, "errorMessage": null }));
        assert!(done["finishedAt"].is_string());

        let all = stage.api.wait_all_finished(SOON).await;
        assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 150);
        let arrivals = arrivals(&receiver);
        assert_eq!(arrivals.len(), 150);
        assert!(arrivals.values().all(|count| *count == 2), "once in vain and once more: {arrivals:?}");
        assert_eq!(stage.api.failed_tasks(json!({})).await.len(), 0);
        let message = stage.api.message("m-7").await;
        assert_eq!([&message["totalChannels"], &message["successChannels"], &message["failedChannels"]], [2, 2, 0]);
        assert!(message["finishedAt"].is_string() && message["errorCode"].is_null());
        let note = &entries(&message, "OPERATOR")[0];
        assert_eq!(note["outcome"], "RETRIED");
        let detail = format!("by OPERATOR key (bulk job {}): 1 failed task waits again", job["id"].as_str().unwrap());
        assert_eq!(note["detail"], detail);
        assert_eq!(entries(&message, "ATTEMPT").len(), 3, "the earlier attempts are kept");

        // The same again finds nothing.
        let again = operator.bulk("retryTasks", json!({ "filter": { "errorCode": "BAD_MSG" } })).await;
        assert_holds(&again, &json!({ "total": 0, "ratePerSecond": 100 }));
        assert_holds(&stage.api.wait_done(&again["id"]).await, &json!({ "total": 0, "done": 0, "skipped": 0 }));
        assert_eq!(receiver.all().len(), 300);
        assert_eq!(stage.api.bulk_jobs().await.len(), 2);
    }

    async fn only_what_matches_is_touched(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        fail_many(&stage, &receiver, "order", 5, json!({ "businessType": "ORDER" })).await;
        fail_many(&stage, &receiver, "other", 5, json!({ "businessType": "OTHER" })).await;
        let job = stage.api.bulk("retryTasks", json!({ "filter": { "businessType": "ORDER" } })).await;
        assert_holds(&stage.api.wait_done(&job["id"]).await, &json!({ "total": 5, "done": 5 }));
        for n in 0..5 {
            let succeeded = |message: &Value| message["status"] == "SUCCESS";
            stage.api.wait_message(SOON, &format!("order-{n}"), "to succeed", succeeded).await;
        }
        assert_eq!(stage.api.failed_tasks(json!({})).await.len(), 5);
        assert_eq!(receiver.all().len(), 15);
        assert_eq!(notes(&stage, "other", 5).await, vec![Vec::<String>::new(); 5]);
    }

    async fn what_fails_once_more_is_not_sent_for_ever(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        fail_many(&stage, &receiver, "m", 20, json!({})).await;
        receiver.answer_always("/hook", Answer::status(403));
        let job = stage.api.bulk("retryTasks", json!({ "filter": {}, "ratePerSecond": 40 })).await;
        assert_holds(&stage.api.wait_done(&job["id"]).await, &json!({ "total": 20, "done": 20, "skipped": 0 }));
        stage.api.wait_all_finished(SOON).await;
        assert_eq!(receiver.all().len(), 40);
        assert_eq!(stage.api.failed_tasks(json!({ "errorCode": "CONFIG" })).await.len(), 20);
        let message = stage.api.message("m-0").await;
        assert_holds(&message, &json!({ "status": "FAILED", "failedChannels": 1, "errorCode": "ALL_CHANNELS_FAILED" }));
    }

    async fn a_paused_job_touches_nothing_until_it_is_resumed(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        fail_many(&stage, &receiver, "m", 40, json!({ "businessType": "SLOW" })).await;
        fail_many(&stage, &receiver, "n", 10, json!({ "businessType": "QUICK" })).await;
        let slow = json!({ "filter": { "businessType": "SLOW" }, "ratePerSecond": 8 });
        let job = stage.api.bulk("retryTasks", slow).await;
        let id = &job["id"];
        stage.api.wait_job(id, "to begin", |job| job["done"].as_i64().unwrap() >= 4).await;
        let paused = stage.api.steer("pauseBulkJob", id).await;
        assert_eq!(paused["status"], "PAUSED");
        let done = paused["done"].as_i64().unwrap();
        assert!((4..40).contains(&done), "{paused:#}");
        // Another job goes by meanwhile.
        let quick = stage.api.bulk("retryTasks", json!({ "filter": { "businessType": "QUICK" }, "ratePerSecond": 10 })).await;
        assert_holds(&stage.api.wait_done(&quick["id"]).await, &json!({ "done": 10 }));
        let still = stage.api.bulk_job(id).await;
        assert_holds(&still, &json!({ "status": "PAUSED", "done": done, "skipped": 0, "finishedAt": null }));
        assert_eq!(stage.api.failed_tasks(json!({})).await.len() as i64, 40 - done);
        // Once more is no mistake.
        assert_eq!(stage.api.steer("pauseBulkJob", id).await["status"], "PAUSED");

        assert_eq!(stage.api.steer("resumeBulkJob", id).await["status"], "RUNNING");
        assert_holds(&stage.api.wait_done(id).await, &json!({ "total": 40, "done": 40, "skipped": 0 }));
        let all = stage.api.wait_all_finished(SOON).await;
        assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 50);
        assert!(arrivals(&receiver).values().all(|count| *count == 2));
        let errors = refused(&stage.api.try_steer("pauseBulkJob", id).await);
        assert_eq!(errors, [("CONFLICT".to_owned(), "id".to_owned())]);
    }

    async fn a_job_keeps_to_its_rate(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        fail_many(&stage, &receiver, "m", 30, json!({})).await;
        let before = receiver.all().len();
        let job = stage.api.bulk("retryTasks", json!({ "filter": {}, "ratePerSecond": 10 })).await;
        stage.api.wait_done(&job["id"]).await;
        receiver.wait_arrivals("/hook", before + 30).await;
        let again = &receiver.all()[before..];
        let took = again[29].at - again[0].at;
        assert!(took >= Duration::from_millis(2_500), "30 at 10 a second took {took:?}");
    }

    async fn a_cancelled_job_leaves_the_rest_alone(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        fail_many(&stage, &receiver, "m", 40, json!({})).await;
        let job = stage.api.bulk("retryTasks", json!({ "filter": {}, "ratePerSecond": 8 })).await;
        stage.api.wait_job(&job["id"], "to begin", |job| job["done"].as_i64().unwrap() >= 2).await;
        let cancelled = stage.api.steer("cancelBulkJob", &job["id"]).await;
        assert_eq!(cancelled["status"], "CANCELLED");
        assert!(cancelled["finishedAt"].is_string());
        let done = cancelled["done"].as_u64().unwrap() as usize;
        assert_eq!(stage.api.failed_tasks(json!({})).await.len(), 40 - done);
        for mutation in ["pauseBulkJob", "resumeBulkJob"] {
            let errors = refused(&stage.api.try_steer(mutation, &job["id"]).await);
            assert_eq!(errors, [("CONFLICT".to_owned(), "id".to_owned())], "{mutation}");
        }
        // What is left can be had by another one.
        let rest = stage.api.bulk("discardTasks", json!({ "filter": {}, "ratePerSecond": 1000 })).await;
        assert_holds(&stage.api.wait_done(&rest["id"]).await, &json!({ "total": 40 - done, "done": 40 - done }));
        receiver.wait_arrivals("/hook", 40 + done).await;
        assert_holds(&stage.api.bulk_job(&job["id"]).await, &json!({ "status": "CANCELLED", "done": done }));
    }

    async fn what_is_discarded_leaves_the_failed_set_for_good(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        stage.local(json!({})).await;
        fail_many(&stage, &receiver, "m", 12, json!({})).await;
        let job = stage.api.bulk("discardTasks", json!({ "filter": { "channelType": "WEBHOOK" }, "ratePerSecond": 1000 })).await;
        assert_holds(&job, &json!({ "kind": "DISCARD", "total": 12 }));
        assert_holds(&stage.api.wait_done(&job["id"]).await, &json!({ "done": 12, "skipped": 0 }));
        assert_eq!(stage.api.failed_tasks(json!({})).await.len(), 0);
        let message = stage.api.message("m-3").await;
        assert_holds(&message, &json!({ "status": "PARTIAL_SUCCESS", "successChannels": 1, "failedChannels": 1 }));
        assert_eq!(outcomes(&message, "OPERATOR"), ["DISCARDED"]);
        let task = message["tasks"].as_array().unwrap().iter().find(|task| task["channelType"] == "WEBHOOK").unwrap();
        assert_eq!(task["status"], "FAILED");
        let query = "query($id: ID!) { node(id: $id) { ... on ChannelTask { errorCode discardedAt } } }";
        let node = stage.api.gql(query, json!({ "id": task["id"] })).await["node"].take();
        assert!(node["errorCode"] == "BAD_MSG" && node["discardedAt"].is_string(), "{node:#}");
        // Nobody brings it back.
        assert_eq!(stage.api.act("retryMessage", "m-3").await["errorCode"], "NOTHING_TO_RETRY");
        let again = stage.api.bulk("retryTasks", json!({ "filter": {} })).await;
        assert_holds(&stage.api.wait_done(&again["id"]).await, &json!({ "total": 0, "done": 0 }));
        assert_eq!(receiver.all().len(), 12);
    }

    async fn what_someone_else_sent_again_is_skipped(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        fail_many(&stage, &receiver, "m", 20, json!({})).await;
        // Two over the same tasks at once, and an operator in between.
        let input = json!({ "filter": {}, "ratePerSecond": 4 });
        let first = stage.api.bulk("retryTasks", input.clone()).await;
        assert_eq!(stage.api.act("retryMessage", "m-19").await["success"], true);
        let second = stage.api.bulk("retryTasks", json!({ "filter": {}, "ratePerSecond": 40 })).await;
        let (first, second) = (stage.api.wait_done(&first["id"]).await, stage.api.wait_done(&second["id"]).await);
        let number = |job: &Value, field: &str| job[field].as_i64().unwrap();
        assert_eq!(number(&first, "done") + number(&first, "skipped"), 20, "{first:#}");
        assert_eq!(number(&second, "done") + number(&second, "skipped"), number(&second, "total"), "{second:#}");
        assert_eq!(number(&first, "done") + number(&second, "done"), 19);
        let all = stage.api.wait_all_finished(SOON).await;
        assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 20);
        assert!(arrivals(&receiver).values().all(|count| *count == 2));
        assert_eq!(notes(&stage, "m", 20).await, vec![vec!["RETRIED".to_owned()]; 20]);
    }

    async fn jobs_over_the_same_tasks_at_full_speed_send_each_once(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        stage.local(json!({})).await;
        fail_many(&stage, &receiver, "m", 500, json!({})).await;
        let input = json!({ "filter": {}, "ratePerSecond": 10_000 });
        let jobs = futures::future::join_all((0..4).map(|_| stage.api.bulk("retryTasks", input.clone()))).await;
        let mut done = 0;
        for job in jobs {
            let job = stage.api.wait_done(&job["id"]).await;
            assert_eq!(job["total"], job["done"].as_i64().unwrap() + job["skipped"].as_i64().unwrap(), "{job:#}");
            done += job["done"].as_i64().unwrap();
        }
        assert_eq!(done, 500);
        let all = stage.api.wait_all_finished(SOON).await;
        assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 500);
        assert_eq!(receiver.all().len(), 1000);
        assert!(arrivals(&receiver).values().all(|count| *count == 2));
        let log = stage.server.log();
        assert!(!log.contains("a page of a bulk job failed"), "{log}");
    }

    async fn a_job_goes_on_after_a_crash(stage: Stage) {
        let mut stage = stage;
        stage.platform.settings(json!({ "timeout": { "singleChannelSeconds": 2, "allChannelsSeconds": 4 } })).await;
        stage.fast_retries().await;
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        fail_many(&stage, &receiver, "m", 60, json!({})).await;
        let job = stage.api.bulk("retryTasks", json!({ "filter": {}, "ratePerSecond": 20 })).await;
        stage.api.wait_job(&job["id"], "to begin", |job| job["done"].as_i64().unwrap() >= 10).await;
        stage.server.kill9();
        stage.server.start_again().await;
        stage.follow();
        let left = stage.api.bulk_job(&job["id"]).await;
        assert_eq!(left["status"], "RUNNING", "the crash came too late to be in the middle: {left:#}");
        let through = |job: &Value| job["status"] == "DONE";
        let done = stage.api.wait_job_within(RECOVERY, &job["id"], "to be done", through).await;
        assert_holds(&done, &json!({ "total": 60, "done": 60, "skipped": 0 }));
        let all = stage.api.wait_all_finished(RECOVERY).await;
        assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 60);
        assert_eq!(arrivals(&receiver).len(), 60);
        // What was being sent when it crashed may have arrived twice, but no task was taken twice.
        assert_eq!(notes(&stage, "m", 60).await, vec![vec!["RETRIED".to_owned()]; 60]);
        let message = stage.api.message("m-0").await;
        assert_eq!([&message["totalChannels"], &message["successChannels"], &message["failedChannels"]], [1, 1, 0]);
    }

    async fn mistakes_start_nothing(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        fail_many(&stage, &receiver, "m", 3, json!({})).await;
        let other = stage.platform.create_tenant(json!({ "code": unique("t"), "name": "Other" })).await;
        let theirs = stage.platform.for_tenant(&other).create_channel_config("LOCAL", json!({}), json!({})).await;
        let (soon, later) = (from_now(0), from_now(60));
        for (input, code, path) in [
            (json!({ "filter": {}, "ratePerSecond": 0 }), "INVALID", "input.ratePerSecond"),
            (json!({ "filter": {}, "ratePerSecond": -1 }), "INVALID", "input.ratePerSecond"),
            (json!({ "filter": {}, "ratePerSecond": 10_001 }), "INVALID", "input.ratePerSecond"),
            (json!({ "filter": { "failedFrom": later, "failedTo": soon } }), "INVALID", "input.filter.failedTo"),
            (json!({ "filter": { "failedFrom": soon, "failedTo": soon } }), "INVALID", "input.filter.failedTo"),
            (json!({ "filter": { "errorCode": " " } }), "REQUIRED", "input.filter.errorCode"),
            (json!({ "filter": { "errorCode": "a\0b" } }), "INVALID", "input.filter.errorCode"),
            (json!({ "filter": { "businessType": "" } }), "REQUIRED", "input.filter.businessType"),
            (json!({ "filter": { "channelConfigId": "nonsense" } }), "NOT_FOUND", "input.filter.channelConfigId"),
            (json!({ "filter": { "channelConfigId": theirs["id"] } }), "NOT_FOUND", "input.filter.channelConfigId"),
            (json!({ "filter": { "tenantId": other } }), "NOT_FOUND", "input.filter.tenantId"),
        ] {
            for mutation in ["retryTasks", "discardTasks"] {
                let errors = refused(&stage.api.try_bulk(mutation, input.clone()).await);
                assert_eq!(errors, [(code.to_owned(), path.to_owned())], "{mutation} {input}");
            }
        }
        for id in ["nonsense", "bulk_01930000000070008000000000000000"] {
            assert_eq!(stage.api.bulk_job(&json!(id)).await, Value::Null);
            for mutation in ["pauseBulkJob", "resumeBulkJob", "cancelBulkJob"] {
                let errors = refused(&stage.api.try_steer(mutation, &json!(id)).await);
                assert_eq!(errors, [("NOT_FOUND".to_owned(), "id".to_owned())], "{mutation} {id}");
            }
        }
        assert_eq!(stage.api.bulk_jobs().await, [] as [Value; 0]);
        assert_eq!(stage.api.failed_tasks(json!({})).await.len(), 3);
        assert_eq!(receiver.all().len(), 3);
    }

    async fn another_tenants_job_is_not_there(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        fail_many(&stage, &receiver, "m", 30, json!({})).await;
        let job = stage.api.bulk("retryTasks", json!({ "filter": {}, "ratePerSecond": 1 })).await;
        let other = stage.platform.create_tenant(json!({ "code": unique("t"), "name": "Other" })).await;
        let (_, key) = stage.platform.create_key("TENANT_ADMIN", Some(&other)).await;
        let other_api = stage.server.api(&key);
        assert_eq!(other_api.bulk_job(&job["id"]).await, Value::Null);
        assert_eq!(other_api.bulk_jobs().await, [] as [Value; 0]);
        for mutation in ["pauseBulkJob", "resumeBulkJob", "cancelBulkJob"] {
            let errors = refused(&other_api.try_steer(mutation, &job["id"]).await);
            assert_eq!(errors, [("NOT_FOUND".to_owned(), "id".to_owned())]);
        }
        assert_eq!(stage.api.bulk_job(&job["id"]).await["status"], "RUNNING");
        // Theirs is about their tasks only, of which there are none.
        let theirs = other_api.bulk("discardTasks", json!({ "filter": {} })).await;
        assert_holds(&other_api.wait_done(&theirs["id"]).await, &json!({ "total": 0, "done": 0 }));
        // The platform sees both, and may steer them.
        assert_eq!(stage.platform.bulk_jobs().await.len(), 2);
        assert_eq!(stage.platform.steer("cancelBulkJob", &job["id"]).await["status"], "CANCELLED");
        assert_eq!(stage.with_role("VIEWER").await.bulk_job(&job["id"]).await["status"], "CANCELLED");
        // A job over every tenant is the platform's alone.
        let wide = stage.platform.bulk("discardTasks", json!({ "filter": {}, "ratePerSecond": 1000 })).await;
        assert!(wide["filter"]["tenantId"].is_null());
        stage.platform.wait_done(&wide["id"]).await;
        assert_eq!(stage.api.bulk_job(&wide["id"]).await, Value::Null);
        assert_eq!(stage.api.failed_tasks(json!({})).await.len(), 0);
    }
}

#[tokio::test]
async fn many_slow_jobs_hold_up_no_others() {
    let stage = Stage::on(Server::start(Backend::Embedded).await).await;
    let receiver = Receiver::start().await;
    stage.webhook(&receiver, "/hook", json!({})).await;
    fail_many(&stage, &receiver, "m", 3, json!({})).await;
    let mut others = Vec::new();
    receiver.answer_always("/hook", Answer::status(400));
    for _ in 0..4 {
        let (_, other) = stage.another_tenant().await;
        let config = json!({ "url": receiver.url("/hook"), "secret": WEBHOOK_SECRET });
        other.create_channel_config("WEBHOOK", config, json!({})).await;
        assert_eq!(other.send_batch((0..400).map(|_| text("x")).collect()).await["successCount"], 400);
        others.push(other);
    }
    let mut slow = Vec::new();
    for other in others {
        other.wait_all_finished(SOON).await;
        for _ in 0..20 {
            slow.push((other.clone(), other.bulk("discardTasks", json!({ "filter": {}, "ratePerSecond": 1 })).await));
        }
    }
    let job = stage.api.bulk("discardTasks", json!({ "filter": {}, "ratePerSecond": 100 })).await;
    assert_holds(&stage.api.wait_done(&job["id"]).await, &json!({ "total": 3, "done": 3 }));
    for (other, job) in &slow {
        assert_eq!(other.bulk_job(&job["id"]).await["status"], "RUNNING", "it was to be slow");
    }
}

#[tokio::test]
async fn another_instance_takes_a_dead_ones_job_over() {
    let place = Place::new(Backend::Scaled).await;
    let stage = Stage::on(Builder::at(&place).arg("--role").arg("api").start().await).await;
    let receiver = Receiver::start().await;
    stage.webhook(&receiver, "/hook", json!({})).await;
    let mut worker = stage.server.another().arg("--role").arg("worker").start().await;
    fail_many(&stage, &receiver, "m", 60, json!({})).await;
    let job = stage.api.bulk("discardTasks", json!({ "filter": {}, "ratePerSecond": 20 })).await;
    stage.api.wait_job(&job["id"], "to begin", |job| job["done"].as_i64().unwrap() >= 10).await;
    worker.kill9();
    let left = stage.api.bulk_job(&job["id"]).await;
    assert_eq!(left["status"], "RUNNING", "it was to die in the middle: {left:#}");
    let _others = [
        stage.server.another().arg("--role").arg("worker").start().await,
        stage.server.another().arg("--role").arg("worker").start().await,
    ];
    let through = |job: &Value| job["status"] == "DONE";
    let done = stage.api.wait_job_within(RECOVERY, &job["id"], "to be done", through).await;
    assert_holds(&done, &json!({ "total": 60, "done": 60, "skipped": 0 }));
    assert_eq!(notes(&stage, "m", 60).await, vec![vec!["DISCARDED".to_owned()]; 60]);
    assert_eq!(receiver.all().len(), 60);
}
