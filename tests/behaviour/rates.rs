//! Rate limits: a true sliding window per config, exact under concurrency.

use std::time::Duration;

use posthorn_tests::*;

use crate::pacing::assert_spread;

fn limit(count: i32, window: i32) -> Value {
    json!({ "count": count, "window": window, "unit": "SECOND" })
}

both! {
    async fn what_is_over_the_limit_waits_for_its_slot(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({ "rateLimit": limit(5, 2) })).await;
        let result = stage.api.send_batch((0..12).map(|_| text("x")).collect()).await;
        assert_eq!(result["successCount"], 12);
        let all = stage.api.wait_all_finished(SOON).await;
        assert!(all.iter().all(|(_, status)| status == "SUCCESS"), "{all:?}");
        let arrivals = receiver.wait_arrivals("/hook", 12).await;
        assert_spread(&arrivals, 5, Duration::from_secs(2));
        let whole = arrivals[11].at - arrivals[0].at;
        assert!(whole < Duration::from_secs(12), "12 at 5 in 2 s took {whole:?}");
        let mut deferred = 0;
        for (id, _) in &all {
            let message = stage.api.message(id).await;
            deferred += usize::from(outcomes(&message, "RATE_LIMIT").contains(&"DEFER".to_owned()));
        }
        assert_eq!(deferred, 7);
    }

    async fn what_is_over_the_limit_is_rejected_where_the_config_says_so(stage: Stage) {
        let receiver = Receiver::start().await;
        let more = json!({ "rateLimit": limit(5, 3600), "onRateLimit": "REJECT" });
        stage.webhook(&receiver, "/hook", more).await;
        stage.api.send_batch((0..20).map(|_| text("x")).collect()).await;
        let all = stage.api.wait_all_finished(SOON).await;
        assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 5);
        assert_eq!(receiver.all().len(), 5);
        let refused: Vec<_> = all.iter().filter(|(_, status)| status != "SUCCESS").collect();
        assert_eq!(refused.len(), 15);
        for (id, _) in refused {
            let message = stage.api.message(id).await;
            assert_holds(&message, &json!({ "status": "SKIPPED", "errorCode": "RATE_LIMITED", "tasks": [] }));
            assert!(outcomes(&message, "RATE_LIMIT").contains(&"DROP".to_owned()));
        }
        // Another channel is not touched by it.
        stage.local(json!({})).await;
        let id = stage.api.accept(text("x")).await;
        let message = stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!(message["totalChannels"], 1);
        assert_eq!(receiver.all().len(), 5);
    }

    async fn each_config_has_a_limit_of_its_own(stage: Stage) {
        let receiver = Receiver::start().await;
        let more = json!({ "rateLimit": limit(2, 3600), "onRateLimit": "REJECT" });
        stage.webhook(&receiver, "/tenant", more.clone()).await;
        let mut store = more;
        store["storeId"] = json!("s1");
        stage.webhook(&receiver, "/store", store).await;
        for store in [Value::Null, json!("s1")] {
            stage.api.send_batch((0..4).map(|_| text_with("x", json!({ "storeId": store }))).collect()).await;
        }
        stage.api.wait_all_finished(SOON).await;
        assert_eq!(receiver.arrivals("/tenant").len(), 2);
        assert_eq!(receiver.arrivals("/store").len(), 2);
    }
}

#[tokio::test]
async fn the_limit_holds_across_instances() {
    let stage = Stage::on(Server::start(Backend::Scaled).await).await;
    let second = stage.server.another().start().await;
    let receiver = Receiver::start().await;
    stage.webhook(&receiver, "/hook", json!({ "rateLimit": limit(10, 3600), "onRateLimit": "REJECT" })).await;
    let other = second.api(stage.api.key.as_ref().unwrap());
    let batch = || (0..30).map(|_| text("x")).collect();
    tokio::join!(stage.api.send_batch(batch()), other.send_batch(batch()));
    let all = stage.api.wait_all_finished(SOON).await;
    assert_eq!(all.len(), 60);
    assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 10);
    assert_eq!(receiver.all().len(), 10);
}
