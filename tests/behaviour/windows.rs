//! Time windows: open, deferred to the next opening, or rejected; in the config's zone or the tenant's.

use chrono::{DateTime, Timelike, Utc};
use posthorn_tests::*;

use crate::chain::{closed_now, open_now};

both! {
    async fn an_open_window_lets_through(stage: Stage) {
        stage.local(json!({ "timeWindow": open_now(), "onClosedWindow": "REJECT" })).await;
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_status(&id, "SUCCESS").await;
        assert!(outcomes(&message, "TIME_WINDOW").contains(&"PASS".to_owned()), "{message:#}");
    }

    async fn a_closed_window_rejects_that_channel_only(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({ "timeWindow": closed_now(), "onClosedWindow": "REJECT" })).await;
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_finished(&id).await;
        assert_holds(&message, &json!({ "status": "SKIPPED", "errorCode": "OUTSIDE_TIME_WINDOW", "tasks": [] }));
        assert!(outcomes(&message, "TIME_WINDOW").contains(&"DROP".to_owned()), "{message:#}");

        stage.local(json!({})).await;
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!(message["totalChannels"], 1);
        assert_eq!(stage.api.inbox("u1").await.len(), 1);
        assert_eq!(receiver.all().len(), 0);
    }

    async fn a_closed_window_defers_to_its_next_opening(stage: Stage) {
        let receiver = Receiver::start().await;
        let window = closed_now();
        let config = stage.webhook(&receiver, "/hook", json!({ "name": "Day shift", "timeWindow": window })).await;
        let id = stage.api.accept(text("x")).await;
        let message = stage
            .api
            .wait_message(SOON, &id, "to be planned", |message| message["status"] == "PROCESSING")
            .await;
        assert_eq!(message["status"], "PROCESSING");
        let task = &message["tasks"][0];
        assert_holds(task, &json!({ "status": "PENDING", "retryCount": 0, "channelConfig": { "id": config } }));
        let verdicts = entries(&message, "TIME_WINDOW");
        let deferred: Vec<_> = verdicts.iter().filter(|entry| entry["outcome"] == "DEFER").collect();
        assert_eq!(deferred.len(), 1, "{verdicts:#?}");
        let detail = deferred[0]["detail"].as_str().unwrap();
        assert!(detail.contains("Day shift") || detail.contains(&config), "names the config: {detail}");
        if let Some(at) = task["nextRetryAt"].as_str() {
            let at: DateTime<Utc> = at.parse().unwrap();
            assert_eq!(i64::from(at.hour()), window["startHour"].as_i64().unwrap());
            assert!(at > Utc::now());
        }
        assert_eq!(receiver.all().len(), 0);
        // Waiting, it can be cancelled.
        assert_eq!(stage.api.act("cancelMessage", &id).await["success"], true);
        let message = stage.api.wait_status(&id, "CANCELLED").await;
        assert_eq!(message["tasks"][0]["status"], "CANCELLED");
        assert_eq!(receiver.all().len(), 0);
    }

    async fn the_tenants_zone_counts_where_the_config_names_none(server: Server) {
        let platform = server.platform();
        // A window of one local hour and a half-day away: open in one zone, closed in the other.
        let tenant = platform.create_tenant(json!({ "code": unique("t"), "name": "T", "timezone": "Asia/Tokyo" })).await;
        let (_, key) = platform.create_key("TENANT_ADMIN", Some(&tenant)).await;
        let api = server.api(&key);
        let tokyo = (Utc::now().hour() + 9) % 24;
        let window = json!({ "startHour": (tokyo + 23) % 24, "endHour": (tokyo + 1) % 24 });
        let more = json!({ "timeWindow": window, "onClosedWindow": "REJECT" });
        api.create_channel_config("LOCAL", json!({}), more).await;
        let id = api.accept(text("x")).await;
        api.wait_status(&id, "SUCCESS").await;
        // The same hours in UTC are closed now.
        let mut window = window;
        window["timezone"] = json!("UTC");
        let more = json!({ "timeWindow": window, "onClosedWindow": "REJECT", "storeId": "s1" });
        api.create_channel_config("LOCAL", json!({}), more).await;
        let id = api.accept(text_with("x", json!({ "storeId": "s1" }))).await;
        assert_eq!(api.wait_finished(&id).await["errorCode"], "OUTSIDE_TIME_WINDOW");
        assert_eq!(api.inbox("u1").await.len(), 1);
    }
}
