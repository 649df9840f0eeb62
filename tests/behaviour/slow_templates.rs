//! Templates that take long: they hold up nobody, wait for their turn for as long as it takes, and obey their handler's
//! timeout.

use std::time::{Duration, Instant};

use posthorn_tests::*;

/// Takes a thousand times as long as most templates, and ends all the same.
fn slow(turns: u32) -> Value {
    json!({ "text": format!("{{% for i in (1..{turns}) %}}{{% assign x = i | plus: 1 %}}{{% endfor %}}{{{{ x }}}}") })
}

async fn timeout_of_a_second(stage: &Stage) {
    stage.platform.settings(json!({ "handlers": [{ "name": "TEMPLATE_RENDER", "timeoutSeconds": 1 }] })).await;
}

both! {
    async fn slow_templates_hold_up_nobody_and_waiting_for_a_turn_is_no_timeout(stage: Stage) {
        stage.local(json!({})).await;
        stage.api.create_template("SLOW", "LOCAL", "TEXT", slow(30_000)).await;
        timeout_of_a_second(&stage).await;
        let slow = json!({ "businessType": "SLOW", "businessData": {}, "recipients": [{ "userId": "u1" }] });
        stage.api.send_batch(vec![slow; 60]).await;
        let mut worst = Duration::ZERO;
        for _ in 0..40 {
            let asked = Instant::now();
            assert_eq!(stage.api.get("/healthz").await.0, 200);
            worst = worst.max(asked.elapsed());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(worst < Duration::from_secs(1), "healthz took {worst:?}");
        let all = stage.api.wait_all_finished(SOON * 2).await;
        let succeeded = all.iter().filter(|(_, status)| status == "SUCCESS").count();
        assert_eq!((all.len(), succeeded), (60, 60), "{all:?}");
        let bodies: Vec<_> = stage.api.inbox("u1").await.iter().map(|it| it["body"].clone()).collect();
        assert_eq!(bodies, vec![json!("30001"); bodies.len()]);
    }

    async fn a_handler_that_takes_too_long_ends_the_message(stage: Stage) {
        let receiver = Receiver::start().await;
        // Each of them is rendered on its own, and together they take longer than a second.
        for number in 0..40 {
            stage.webhook(&receiver, "/hook", json!({ "name": format!("hook {number}") })).await;
        }
        stage.api.create_template("SLOW", "WEBHOOK", "TEXT", slow(60_000)).await;
        timeout_of_a_second(&stage).await;
        let input = json!({ "businessType": "SLOW", "businessData": {}, "recipients": [{ "userId": "u1" }] });
        let id = stage.api.accept(input).await;
        let message = stage.api.wait_finished(&id).await;
        assert_holds(&message, &json!({ "status": "FAILED", "errorCode": "HANDLER_TIMEOUT", "tasks": [], "totalChannels": 0 }));
        assert_eq!(outcomes(&message, "TEMPLATE_RENDER"), ["STOP"]);
        assert_eq!(outcomes(&message, "CHANNEL_DISPATCH"), [""; 0]);
        // The next message has its turn once the template at work has ended.
        stage.local(json!({})).await;
        let next = stage.api.accept(text_with("x", json!({ "targetChannels": ["LOCAL"] }))).await;
        stage.api.wait_status(&next, "SUCCESS").await;
        assert_eq!(receiver.all().len(), 0);
    }
}
