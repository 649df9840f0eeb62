//! Rate limits and time windows where tasks are sent: after a window opened, after an outage, on retries. Whatever brings
//! the tasks, the receiver never sees more than the limit.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use posthorn_tests::past::{bring_nearer, overdue_since};
use posthorn_tests::*;

use crate::chain::{closed_now, open_now};
use crate::foretold::explain;

/// A request arrives a little after it was let go (a connection to be made, a busy machine), never before. So two may seem
/// closer than they were sent by as much as the first was late.
const LATE: Duration = Duration::from_millis(250);

/// No stretch of `window` holds more than `count`.
#[track_caller]
pub fn assert_spread(arrivals: &[Arrival], count: usize, window: Duration) {
    for run in arrivals.windows(count + 1) {
        let apart = run[count].at - run[0].at;
        assert!(apart + LATE >= window, "{} arrived within {apart:?}", count + 1);
    }
}

const SECOND: Duration = Duration::from_secs(1);

fn five_per_second() -> Value {
    json!({ "count": 5, "window": 1, "unit": "SECOND" })
}

/// Changes a webhook's config; what is absent falls back to its default.
async fn change(stage: &Stage, receiver: &Receiver, id: &str, more: Value) {
    let config = json!({ "url": receiver.url("/hook"), "secret": WEBHOOK_SECRET });
    let mut input = json!({ "channelType": "WEBHOOK", "name": "hook", "config": config });
    merge(&mut input, more);
    created(&stage.api.try_update_channel_config(id, input).await);
}

fn at(task: &Value) -> DateTime<Utc> {
    task["nextRetryAt"].as_str().unwrap_or_else(|| panic!("it waits for no time: {task:#}")).parse().unwrap()
}

/// Sends so many messages to a webhook with five per second and a window that is closed, and gives its config and when
/// each of them is planned for, in order.
async fn deferred(stage: &Stage, receiver: &Receiver, count: usize) -> (String, Vec<DateTime<Utc>>) {
    let more = json!({ "rateLimit": five_per_second(), "timeWindow": closed_now() });
    let id = stage.webhook(receiver, "/hook", more).await;
    let ids: Vec<_> = (0..count).map(|number| format!("m-{number}")).collect();
    stage.api.send_batch(ids.iter().map(|id| text_with("x", json!({ "messageId": id }))).collect()).await;
    let mut planned = Vec::new();
    for id in &ids {
        let message = stage.api.wait_status(id, "PROCESSING").await;
        planned.push(at(&message["tasks"][0]));
    }
    planned.sort_unstable();
    (id, planned)
}

both! {
    async fn a_robot_without_a_limit_keeps_to_its_providers(stage: Stage) {
        // Nothing is sent before its window opens.
        let more = json!({ "timeWindow": closed_now() });
        let config = json!({ "webhook": "https://oapi.dingtalk.com/robot/send?access_token=tokentoken" });
        let made = stage.api.create_channel_config("DINGTALK", config, more).await;
        let ids: Vec<_> = (0..41).map(|number| format!("m-{number}")).collect();
        // The robot is one, whichever store a message is about.
        let about = |(number, id): (usize, &String)| text_with("x", json!({ "messageId": id, "storeId": format!("s{}", number % 3) }));
        stage.api.send_batch(ids.iter().enumerate().map(about).collect()).await;
        let mut planned = Vec::new();
        for id in &ids {
            planned.push(at(&stage.api.wait_status(id, "PROCESSING").await["tasks"][0]));
        }
        planned.sort_unstable();
        let expected: Vec<_> = (0..41).map(|number| planned[0] + TimeDelta::minutes(number / 20)).collect();
        assert_eq!(planned, expected);
        let explained = explain(&stage.api, &text("x")).await;
        let said = explained["verdicts"].as_array().unwrap().iter().find(|verdict| verdict["handler"] == "RATE_LIMIT");
        assert_holds(said.unwrap(), &json!({ "outcome": "DEFER", "code": "RATE_LIMITED" }));
        let detail = said.unwrap()["detail"].as_str().unwrap();
        assert!(detail.starts_with("limit 20 per 1 MINUTE of the provider of config"), "{detail}");

        let query = "query($id: ID!) { channelConfig(id: $id) { rateLimit { count } rateLimitInForce { count window unit } } }";
        let shown = stage.api.gql(query, json!({ "id": made["id"] })).await["channelConfig"].take();
        assert_eq!(shown, json!({ "rateLimit": null, "rateLimitInForce": { "count": 20, "window": 1, "unit": "MINUTE" } }));
        // Elsewhere there is none.
        let receiver = Receiver::start().await;
        let config = json!({ "webhook": receiver.url("/robot/send?access_token=tokentoken") });
        let other = stage.api.create_channel_config("DINGTALK", config, json!({ "storeId": "other" })).await;
        let shown = stage.api.gql(query, json!({ "id": other["id"] })).await["channelConfig"].take();
        assert_eq!(shown["rateLimitInForce"], Value::Null);
        stage.api.send_batch((0..30).map(|_| text_with("x", json!({ "storeId": "other" }))).collect()).await;
        receiver.wait_arrivals("/robot/send", 30).await;
    }

    async fn what_a_window_deferred_goes_out_at_the_limits_pace(stage: Stage) {
        let receiver = Receiver::start().await;
        let (config, planned) = deferred(&stage, &receiver, 30).await;
        // Five at the very opening, five a second later, and so on.
        let opening = planned[0];
        assert_eq!((opening.minute(), opening.second(), opening.timestamp_subsec_micros()), (0, 0, 0));
        let expected: Vec<_> = (0..30).map(|number| opening + TimeDelta::seconds(number / 5)).collect();
        assert_eq!(planned, expected);
        // The opening comes.
        change(&stage, &receiver, &config, json!({ "rateLimit": five_per_second(), "timeWindow": open_now() })).await;
        assert_eq!(receiver.all().len(), 0);
        bring_nearer(stage.server.place(), opening - Utc::now() - TimeDelta::seconds(4)).await;
        let arrivals = receiver.wait_arrivals("/hook", 30).await;
        assert_spread(&arrivals, 5, SECOND);
        let took = arrivals[29].at - arrivals[0].at;
        assert!(took < Duration::from_secs(12), "30 at 5 per second took {took:?}");
        stage.api.wait_all_finished(SOON).await;
        assert_eq!(receiver.all().len(), 30);
    }

    async fn after_an_outage_the_limit_holds_too(stage: Stage) {
        let mut stage = stage;
        let receiver = Receiver::start().await;
        let (config, _) = deferred(&stage, &receiver, 30).await;
        change(&stage, &receiver, &config, json!({ "rateLimit": five_per_second(), "timeWindow": open_now() })).await;
        stage.server.terminate().await;
        overdue_since(stage.server.place(), Utc::now() - TimeDelta::hours(1)).await;
        stage.server.start_again().await;
        stage.follow();
        // Others that come meanwhile have their share of the same limit.
        stage.api.send_batch((0..5).map(|_| text("new")).collect()).await;
        let arrivals = receiver.wait_arrivals_within(Duration::from_secs(60), "/hook", 35).await;
        assert_spread(&arrivals, 5, SECOND);
        let all = stage.api.wait_all_finished(SOON).await;
        assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 35);
        assert_eq!(receiver.all().len(), 35);
    }

    async fn retries_keep_to_the_limit(stage: Stage) {
        stage.fast_retries().await;
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({ "rateLimit": five_per_second() })).await;
        for _ in 0..10 {
            receiver.answer("/hook", Answer::status(500));
        }
        stage.api.send_batch((0..15).map(|_| text("x")).collect()).await;
        let arrivals = receiver.wait_arrivals_within(Duration::from_secs(60), "/hook", 25).await;
        assert_spread(&arrivals, 5, SECOND);
        let all = stage.api.wait_all_finished(SOON).await;
        assert!(all.iter().all(|(_, status)| status == "SUCCESS"), "{all:?}");
        assert_eq!(receiver.all().len(), 25);
    }

    async fn a_retry_waits_for_room_whatever_the_policy(stage: Stage) {
        stage.fast_retries().await;
        let receiver = Receiver::start().await;
        let limit = json!({ "count": 1, "window": 1, "unit": "HOUR" });
        stage.webhook(&receiver, "/hook", json!({ "rateLimit": limit, "onRateLimit": "REJECT" })).await;
        receiver.answer("/hook", Answer::status(500));
        let id = stage.api.accept(text("x")).await;
        let waits = |message: &Value| {
            message["tasks"][0]["resultMessage"].as_str().is_some_and(|text| text.starts_with("waits for the rate limit"))
        };
        let message = stage.api.wait_message(SOON, &id, "to wait for room", waits).await;
        assert_holds(&message["tasks"][0], &json!({ "status": "RETRY", "retryCount": 1 }));
        assert!(at(&message["tasks"][0]) > Utc::now() + TimeDelta::minutes(55), "{message:#}");
        assert_eq!(receiver.all().len(), 1);
    }

    async fn a_window_that_closed_meanwhile_holds_for_what_is_sent_later(stage: Stage) {
        stage.platform.settings(json!({ "retry": { "intervalSeconds": 4, "jitter": 0.0 } })).await;
        let receiver = Receiver::start().await;
        let config = stage.webhook(&receiver, "/hook", json!({ "timeWindow": open_now() })).await;
        receiver.answer_always("/hook", Answer::status(500));
        let fails = |message: &Value| entries(message, "ATTEMPT").len() == 1;
        for (policy, status) in [("DEFER", "RETRY"), ("REJECT", "FAILED")] {
            change(&stage, &receiver, &config, json!({ "timeWindow": open_now() })).await;
            // Other instances would need two seconds to know; this one knows at once.
            let id = stage.api.accept(text("x")).await;
            stage.api.wait_message(SOON, &id, "to fail for now", fails).await;
            let shut = json!({ "timeWindow": closed_now(), "onClosedWindow": policy });
            change(&stage, &receiver, &config, shut).await;
            let before = receiver.all().len();
            let ended = |message: &Value| {
                let text = message["tasks"][0]["resultMessage"].as_str().unwrap_or_default();
                // An answer reads the message before its tasks, so its end may be in the next one.
                text.starts_with("waits for the time window")
                    || (text.starts_with("OUTSIDE_TIME_WINDOW: ") && message["status"] == "FAILED")
            };
            let message = stage.api.wait_message(SOON, &id, "to find the window closed", ended).await;
            assert_eq!(message["tasks"][0]["status"], status, "{message:#}");
            assert_eq!(receiver.all().len(), before, "nothing is sent while it is closed");
            if policy == "DEFER" {
                let open = at(&message["tasks"][0]);
                assert_eq!(json!(open.hour()), closed_now()["startHour"]);
                assert_eq!((open.minute(), open.second()), (0, 0));
            } else {
                assert_holds(&message, &json!({ "status": "FAILED", "errorCode": "OUTSIDE_TIME_WINDOW" }));
                assert_eq!(outcomes(&message, "ATTEMPT"), ["RETRY", "OUTSIDE_TIME_WINDOW"]);
            }
        }
    }

    async fn slots_lie_within_the_window(stage: Stage) {
        let receiver = Receiver::start().await;
        // Open for one to two hours from now on; the next slot would be free in four.
        let limit = json!({ "count": 1, "window": 4, "unit": "HOUR" });
        let window = open_now();
        for policy in ["DEFER", "REJECT"] {
            stage.webhook(&receiver, "/hook", json!({ "name": policy, "storeId": policy, "rateLimit": limit,
                "timeWindow": window, "onClosedWindow": policy })).await;
            let first = stage.api.accept(text_with("x", json!({ "storeId": policy }))).await;
            stage.api.wait_status(&first, "SUCCESS").await;
        }
        let id = stage.api.accept(text_with("x", json!({ "storeId": "DEFER" }))).await;
        let message = stage.api.wait_status(&id, "PROCESSING").await;
        let slot = at(&message["tasks"][0]);
        assert_eq!((json!(slot.hour()), slot.minute(), slot.second()), (window["startHour"].clone(), 0, 0));
        assert!(slot > Utc::now() + TimeDelta::hours(4), "the next day: {slot}");
        let id = stage.api.accept(text_with("x", json!({ "storeId": "REJECT" }))).await;
        let message = stage.api.wait_status(&id, "SKIPPED").await;
        assert_eq!((&message["errorCode"], &message["tasks"]), (&json!("OUTSIDE_TIME_WINDOW"), &json!([])));
        assert_eq!(receiver.all().len(), 2);
    }

    async fn what_would_come_after_its_expiry_ends_at_once(stage: Stage) {
        let receiver = Receiver::start().await;
        let limit = json!({ "count": 1, "window": 1, "unit": "HOUR" });
        stage.webhook(&receiver, "/hook", json!({ "rateLimit": limit })).await;
        stage.webhook(&receiver, "/shut", json!({ "storeId": "s1", "timeWindow": closed_now() })).await;
        let soon = json!({ "expiresAt": from_now(600) });
        let first = stage.api.accept(text_with("x", soon.clone())).await;
        stage.api.wait_status(&first, "SUCCESS").await;
        for store in [Value::Null, json!("s1")] {
            let mut more = soon.clone();
            more["storeId"] = store.clone();
            let id = stage.api.accept(text_with("x", more)).await;
            let message = stage.api.wait_status(&id, "CANCELLED").await;
            assert_eq!((&message["errorCode"], &message["tasks"]), (&json!("EXPIRED"), &json!([])));
            let handler = if store.is_null() { "RATE_LIMIT" } else { "TIME_WINDOW" };
            assert!(outcomes(&message, handler).contains(&"DROP".to_owned()), "{message:#}");
        }
        // It took no slot: one that may wait has the very next.
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_status(&id, "PROCESSING").await;
        assert!(at(&message["tasks"][0]) < Utc::now() + TimeDelta::minutes(61), "{message:#}");
    }
}

#[tokio::test]
async fn instances_share_the_pace() {
    let stage = Stage::on(Server::start(Backend::Scaled).await).await;
    let receiver = Receiver::start().await;
    let (config, _) = deferred(&stage, &receiver, 30).await;
    let second = stage.server.another().start().await;
    change(&stage, &receiver, &config, json!({ "rateLimit": five_per_second(), "timeWindow": open_now() })).await;
    let other = second.api(stage.api.key.as_ref().unwrap());
    poll_until("the other instance to know the config", async || {
        let query = "query($id: ID!) { it: channelConfig(id: $id) { timeWindow { startHour } } }";
        let config = other.gql(query, json!({ "id": config })).await["it"].take();
        (config["timeWindow"]["startHour"] == open_now()["startHour"]).then_some(())
    })
    .await;
    overdue_since(stage.server.place(), Utc::now() - TimeDelta::hours(1)).await;
    let arrivals = receiver.wait_arrivals_within(Duration::from_secs(60), "/hook", 30).await;
    assert_spread(&arrivals, 5, SECOND);
    stage.api.wait_all_finished(SOON).await;
    assert_eq!(receiver.all().len(), 30);
}
