//! Numbers over time: they follow what happens to messages and tasks, agree with what is there, and are told by bucket and group.

use posthorn_tests::stats::{disagreements, stats_query, sum};
use posthorn_tests::*;

/// Every message of the tenant with its tasks, as the numbers are held to it.
async fn all_messages(api: &Api) -> Vec<Value> {
    let query = "{ messages(first: 100) { nodes { messageId status tasks { status } } pageInfo { hasNextPage } } }";
    let page = api.gql(query, json!({})).await["messages"].take();
    assert_eq!(page["pageInfo"]["hasNextPage"], false);
    page["nodes"].as_array().unwrap().clone()
}

#[track_caller]
fn assert_counts(total: &Value, messages: Value, tasks: Value) {
    assert_holds(&total["messages"], &messages);
    assert_holds(&total["tasks"], &tasks);
}

/// The configs of [`history`]: the tenant's, and that of the store `bad`.
struct Configs {
    good: String,
    bad: String,
}

/// Six messages: three sent, the first of them at the second try; two refused; one cancelled before its time.
async fn history(stage: &Stage, receiver: &Receiver) -> Configs {
    stage.fast_retries().await;
    let good = stage.webhook(receiver, "/good", json!({})).await;
    let bad = stage.webhook(receiver, "/bad", json!({ "storeId": "bad" })).await;
    receiver.answer_always("/bad", Answer::status(400));
    receiver.answer("/good", Answer::status(500));
    let first = stage.api.accept(text_with("x", json!({ "businessType": "ORDER" }))).await;
    receiver.wait_arrivals("/good", 1).await;
    for _ in 0..2 {
        let id = stage.api.accept(text("x")).await;
        stage.api.wait_status(&id, "SUCCESS").await;
    }
    for id in ["bad-1", "bad-2"] {
        let refused = json!({ "messageId": id, "storeId": "bad", "businessType": "ORDER" });
        stage.api.accept(text_with("x", refused)).await;
        stage.api.wait_status(id, "FAILED").await;
    }
    let later = stage.api.accept(text_with("x", json!({ "scheduledAt": from_now(3600) }))).await;
    assert_eq!(stage.api.act("cancelMessage", &later).await["success"], true);
    stage.api.wait_status(&first, "SUCCESS").await;
    Configs { good, bad }
}

both! {
    async fn numbers_follow_what_happens_and_each_thing_counts_once(stage: Stage) {
        let receiver = Receiver::start().await;
        history(&stage, &receiver).await;
        let total = stage.api.stats_total(json!({})).await;
        assert_counts(
            &total,
            json!({ "accepted": 6, "succeeded": 3, "partiallySucceeded": 0, "failed": 2, "skipped": 0, "cancelled": 1, "reopened": 0 }),
            json!({ "sent": 3, "failed": 2, "cancelled": 0, "retried": 1, "reopened": 0 }),
        );
        assert_eq!(disagreements(&stage.api, &all_messages(&stage.api).await).await, Vec::<String>::new());
        // The cancelled one has no latency; each attempt has a duration.
        let (latency, duration) = (&total["messages"]["latency"], &total["tasks"]["sendDuration"]);
        assert_eq!((&latency["count"], &duration["count"]), (&json!(5), &json!(6)));
        let ms = |of: &Value, name: &str| of[name].as_f64().unwrap();
        assert!(ms(latency, "p50Ms") < ms(latency, "p99Ms"), "{latency}");
        // The one that was tried again took a second and a little.
        assert!((700.0..10_000.0).contains(&ms(latency, "p99Ms")), "{latency}");
        assert!(0.0 < ms(duration, "p50Ms") && ms(duration, "p50Ms") <= ms(duration, "p99Ms"), "{duration}");
        // Asked for again under the same messageId, it is the same message.
        let again = json!({ "messageId": "bad-1", "storeId": "bad", "businessType": "ORDER" });
        assert_eq!(stage.api.send(text_with("x", again)).await["duplicate"], true);
        assert_eq!(stage.api.stats_total(json!({})).await, total);

        // What operators do is counted as it happens: nothing that was counted is taken back.
        receiver.answer_always("/bad", Answer::ok());
        assert_eq!(stage.api.act("retryMessage", "bad-1").await["success"], true);
        stage.api.wait_status("bad-1", "SUCCESS").await;
        let after = stage.api.stats_total(json!({})).await;
        assert_counts(
            &after,
            json!({ "accepted": 6, "succeeded": 4, "failed": 2, "cancelled": 1, "reopened": 1 }),
            json!({ "sent": 4, "failed": 2, "retried": 1, "reopened": 1 }),
        );
        assert_holds(&stage.api.stats_groups("STATUS", json!({})).await["FAILED"], &json!({ "messages": { "failed": 2, "reopened": 1 }, "tasks": null }));
        let job = stage.api.bulk("discardTasks", json!({ "filter": {} })).await;
        stage.api.wait_done(&job["id"]).await;
        assert_eq!(stage.api.stats_total(json!({})).await, after, "discarding ends nothing");
        assert_eq!(disagreements(&stage.api, &all_messages(&stage.api).await).await, Vec::<String>::new());
    }

    async fn groups_and_filters_tell_channels_types_and_codes_apart(stage: Stage) {
        let receiver = Receiver::start().await;
        let Configs { good, bad } = history(&stage, &receiver).await;
        let types = stage.api.stats_groups("BUSINESS_TYPE", json!({})).await;
        assert_eq!(types.keys().collect::<Vec<_>>(), ["NOTICE", "ORDER"]);
        assert_counts(&types["ORDER"], json!({ "accepted": 3, "succeeded": 1, "failed": 2 }), json!({ "sent": 1, "failed": 2, "retried": 1 }));
        assert_counts(&types["NOTICE"], json!({ "accepted": 3, "succeeded": 2, "cancelled": 1 }), json!({ "sent": 2, "failed": 0 }));
        let order = stage.api.stats_total(json!({ "filter": { "businessType": "ORDER" } })).await;
        assert_eq!(order, types["ORDER"]);

        let stats = stage.api.stats(json!({ "groupBy": "CHANNEL_CONFIG" })).await;
        let keys: Vec<_> = stats["groups"].as_array().unwrap().iter().map(|group| (&group["key"], &group["channelConfig"]["id"])).collect();
        assert_eq!(keys, [(&json!(good), &json!(good)), (&json!(bad), &json!(bad))], "the largest first");
        assert_eq!(stats["total"]["messages"], Value::Null);
        assert_holds(&stats["groups"][0]["total"]["tasks"], &json!({ "sent": 3, "failed": 0, "retried": 1 }));
        assert_holds(&stats["groups"][1]["total"]["tasks"], &json!({ "sent": 0, "failed": 2, "retried": 0 }));
        let of_bad = stage.api.stats_total(json!({ "filter": { "channelConfigId": bad } })).await;
        assert_eq!(of_bad, stats["groups"][1]["total"]);
        let channels = stage.api.stats_groups("CHANNEL_TYPE", json!({})).await;
        assert_eq!(channels.keys().collect::<Vec<_>>(), ["WEBHOOK"]);
        assert_eq!(channels["WEBHOOK"], stats["total"]);
        let none = stage.api.stats_total(json!({ "filter": { "channelType": "LOCAL" } })).await;
        assert_holds(&none, &json!({ "messages": null, "tasks": { "sent": 0, "failed": 0, "sendDuration": { "count": 0, "p50Ms": null } } }));

        let codes = stage.api.stats_groups("ERROR_CODE", json!({})).await;
        assert_eq!(codes.keys().collect::<Vec<_>>(), ["ALL_CHANNELS_FAILED", "BAD_MSG", "RETRY"]);
        assert_counts(&codes["ALL_CHANNELS_FAILED"], json!({ "accepted": null, "failed": 2 }), json!({ "failed": 0 }));
        assert_counts(&codes["BAD_MSG"], json!({ "failed": 0 }), json!({ "failed": 2, "retried": 0 }));
        assert_counts(&codes["RETRY"], json!({ "failed": 0 }), json!({ "failed": 0, "retried": 1 }));

        let (other, other_api) = stage.another_tenant().await;
        assert_eq!(other_api.stats_total(json!({})).await["messages"]["accepted"], 0);
        assert_eq!(stage.platform.stats_total(json!({ "filter": { "tenantId": other } })).await["messages"]["accepted"], 0);
        assert_eq!(stage.platform.stats_total(json!({})).await["messages"]["accepted"], 6, "every tenant's");
    }

    async fn a_series_has_every_bucket_of_its_range_and_adds_up(stage: Stage) {
        stage.local(json!({})).await;
        stage.api.send_batch((0..7).map(|_| text("x")).collect()).await;
        stage.api.wait_all_finished(SOON).await;
        let minutes = json!({ "from": from_now(-3600), "to": from_now(60), "interval": "MINUTE" });
        for (arguments, least, most) in [
            (minutes, 61, 62),
            (json!({ "from": from_now(-86_400), "interval": "HOUR", "to": null }), 24, 25),
            (json!({ "from": from_now(-20 * 86_400), "interval": "DAY", "to": from_now(60) }), 20, 22),
            (json!({ "from": from_now(-20 * 86_400), "interval": "DAY", "timezone": "Asia/Shanghai" }), 21, 23),
        ] {
            let stats = stage.api.stats(arguments.clone()).await;
            let [group] = stats["groups"].as_array().unwrap().as_slice() else { panic!("one group: {stats:#}") };
            let buckets = group["buckets"].as_array().unwrap();
            assert!((least..=most).contains(&buckets.len()), "{} buckets for {arguments}", buckets.len());
            assert_eq!((buckets[0]["at"].clone(), &group["key"]), (stats["from"].clone(), &Value::Null));
            let at = |bucket: &Value| bucket["at"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
            assert!(buckets.windows(2).all(|pair| at(&pair[0]) < at(&pair[1])));
            for path in ["/messages/accepted", "/messages/succeeded", "/tasks/sent"] {
                assert_eq!(sum(group, path), 7, "{path} {arguments}");
                assert_eq!(stats["total"].pointer(path), Some(&json!(7)), "{path} {arguments}");
            }
            if arguments["timezone"] == "Asia/Shanghai" {
                assert!(stats["from"].as_str().unwrap().ends_with("T16:00:00.000Z"), "{}", stats["from"]);
            }
        }
    }

    async fn ranges_that_make_no_sense_or_too_many_buckets_are_refused(stage: Stage) {
        let refused = async |arguments: Value| {
            let mut variables = json!({ "from": from_now(-3600), "interval": "HOUR" });
            merge(&mut variables, arguments);
            stage.api.gql_code(&stats_query(), variables).await
        };
        for arguments in [
            json!({ "from": from_now(60) }),
            json!({ "from": from_now(-60), "to": from_now(-120) }),
            json!({ "from": from_now(-30 * 3600), "interval": "MINUTE" }),
            json!({ "from": from_now(-60 * 3600), "to": from_now(-59 * 3600), "interval": "MINUTE" }),
            json!({ "from": from_now(-86_400), "interval": "MINUTE", "groupBy": "STATUS" }),
            json!({ "from": from_now(-500 * 86_400), "interval": "DAY" }),
            json!({ "to": "9999-12-31T23:59:59Z" }),
            json!({ "timezone": "Mars/Olympus" }),
            json!({ "filter": { "businessType": "" } }),
            json!({ "filter": { "channelConfigId": "chc_01930000000070008000000000000000" } }),
            json!({ "filter": { "channelType": "LOCAL" }, "groupBy": "STATUS" }),
        ] {
            assert_eq!(refused(arguments.clone()).await, "BAD_INPUT", "{arguments}");
        }
        let (other, _) = stage.another_tenant().await;
        assert_eq!(refused(json!({ "filter": { "tenantId": other } })).await, "NOT_FOUND");
    }

    async fn numbers_outlive_a_crash(stage: Stage) {
        let mut stage = stage;
        stage.local(json!({})).await;
        stage.api.send_batch((0..20).map(|_| text("x")).collect()).await;
        stage.api.wait_all_finished(SOON).await;
        let before = stage.api.stats_total(json!({})).await;
        stage.server.kill9();
        stage.server.start_again().await;
        stage.follow();
        assert_eq!(stage.api.stats_total(json!({})).await, before);
        stage.api.accept(text("x")).await;
        stage.api.wait_all_finished(SOON).await;
        assert_counts(&stage.api.stats_total(json!({})).await, json!({ "accepted": 21, "succeeded": 21 }), json!({ "sent": 21 }));
    }
}
