//! Nobody holds up another: not a provider that is slow or dead, and not a tenant with a long queue. Asserted by what has
//! arrived where, not by the clock.

use posthorn_tests::*;

/// A stage with few hands, so that they are soon all taken where that is possible, and without circuit breakers.
async fn stage_with(backend: Backend, workers: Value) -> Stage {
    let mut stage = Stage::on(Server::start(backend).await).await;
    stage.platform.settings(json!({ "workers": workers, "breaker": { "enabled": false } })).await;
    // Lanes have so many hands from the start.
    stage.server.terminate().await;
    stage.server.start_again().await;
    stage.follow();
    stage
}

fn only(channel: &str) -> Value {
    json!({ "targetChannels": [channel] })
}

both! {
    async fn a_provider_that_never_answers_holds_up_no_other_config(backend: Backend) {
        let stage = stage_with(backend, json!({ "deliverConcurrency": 8 })).await;
        let (dead, quick) = (Receiver::start().await, Receiver::start().await);
        stage.webhook(&dead, "/dead", json!({})).await;
        stage.webhook(&quick, "/quick", json!({ "storeId": "s1" })).await;
        stage.local(json!({})).await;
        dead.hold();
        stage.api.send_batch((0..400).map(|_| text_with("x", only("WEBHOOK"))).collect()).await;
        poll_until("the dead provider to have all it may", async || (dead.all().len() == 4).then_some(())).await;
        for n in 0..10 {
            // The same type of channel, another one, and both.
            let more = json!({ "storeId": "s1" });
            let id = stage.api.accept(text_with("x", more)).await;
            let message = stage.api.wait_status(&id, "SUCCESS").await;
            assert_eq!(message["successChannels"], 2);
            assert_eq!((quick.all().len(), dead.all().len()), (n + 1, 4));
        }
        dead.release();
        let all = stage.api.wait_all_finished(SOON * 2).await;
        assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 410);
        assert_eq!((dead.all().len(), quick.all().len()), (400, 10));
    }

    async fn several_of_them_hold_up_nobody_either(backend: Backend) {
        let stage = stage_with(backend, json!({ "deliverConcurrency": 32 })).await;
        let (dead, quick) = (Receiver::start().await, Receiver::start().await);
        for store in ["a", "b", "c", "d"] {
            stage.webhook(&dead, &format!("/{store}"), json!({ "storeId": store })).await;
        }
        stage.webhook(&quick, "/quick", json!({})).await;
        dead.hold();
        let stores = ["a", "b", "c", "d"].into_iter().cycle().take(400);
        let mixed = stores.map(|store| text_with("x", json!({ "storeId": store })));
        stage.api.send_batch(mixed.collect()).await;
        poll_until("each to have some", async || {
            ["/a", "/b", "/c", "/d"].iter().all(|path| !dead.arrivals(path).is_empty()).then_some(())
        })
        .await;
        for _ in 0..10 {
            let id = stage.api.accept(text("x")).await;
            stage.api.wait_status(&id, "SUCCESS").await;
        }
        assert!(dead.all().len() < 32, "{} are under way", dead.all().len());
        dead.release();
        stage.api.wait_all_finished(SOON * 2).await;
        assert_eq!((dead.all().len(), quick.all().len()), (400, 10));
    }

    async fn what_an_operator_sends_again_holds_up_nobody_either(backend: Backend) {
        let stage = stage_with(backend, json!({ "deliverConcurrency": 8 })).await;
        let (dead, quick) = (Receiver::start().await, Receiver::start().await);
        let config = stage.webhook(&dead, "/dead", json!({})).await;
        stage.webhook(&quick, "/quick", json!({ "storeId": "s1" })).await;
        dead.answer_always("/dead", Answer::status(400));
        stage.api.send_batch((0..60).map(|n| text_with("x", json!({ "messageId": format!("m-{n}") }))).collect()).await;
        let mut ids = Vec::new();
        for n in 0..60 {
            ids.push(stage.api.wait_status(&format!("m-{n}"), "FAILED").await["id"].take());
        }
        dead.answer_always("/dead", Answer::ok());
        dead.hold();
        // One by one, and the rest as a job.
        let query = "mutation($ids: [ID!]!) { retryMessages(ids: $ids) { successCount } }";
        let done = stage.api.gql(query, json!({ "ids": ids[..30] })).await;
        assert_eq!(done["retryMessages"]["successCount"], 30);
        let job = stage.api.bulk("retryTasks", json!({ "filter": { "channelConfigId": config } })).await;
        stage.api.wait_done(&job["id"]).await;
        poll_until("the dead provider to have all it may", async || (dead.all().len() >= 64).then_some(())).await;
        for n in 0..10 {
            let id = stage.api.accept(text_with("x", json!({ "storeId": "s1" }))).await;
            stage.api.wait_status(&id, "SUCCESS").await;
            assert_eq!((quick.all().len(), dead.all().len()), (n + 1, 64));
        }
        dead.release();
        let all = stage.api.wait_all_finished(SOON * 2).await;
        assert_eq!(all.iter().filter(|(_, status)| status == "SUCCESS").count(), 70);
        assert_eq!(dead.all().len(), 120);
    }

    async fn what_is_urgent_goes_first_however_much_comes_behind_it(backend: Backend) {
        let stage = stage_with(backend, json!({ "deliverConcurrency": 8 })).await;
        for (code, priority) in [("URGENT", 0), ("IDLE", 9)] {
            stage.api.create_business_type(json!({ "code": code, "name": "n", "priority": priority })).await;
        }
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.answer_always("/hook", Answer::ok().after(std::time::Duration::from_millis(50)));
        let urgent = || text_with("x", json!({ "businessType": "URGENT" }));
        stage.api.send_batch((0..200).map(|_| urgent()).collect()).await;
        poll_until("the chain to have run for all", async || {
            let query = "query($f: MessageFilter) { messages(filter: $f, first: 1) { nodes { id } } }";
            let found = stage.api.gql(query, json!({ "f": { "status": ["PENDING"] } })).await;
            (found["messages"]["nodes"] == json!([])).then_some(())
        })
        .await;
        let before = receiver.all().len();
        assert!(before < 150, "{before} of them had gone already");
        while receiver.all().len() < 190 {
            stage.api.accept(text_with("x", json!({ "businessType": "IDLE" }))).await;
        }
        stage.api.wait_all_finished(SOON * 2).await;
        let arrivals = receiver.all();
        let is_urgent = |arrival: &Arrival| arrival.json()["businessType"] == "URGENT";
        assert_eq!(arrivals.iter().filter(|arrival| is_urgent(arrival)).count(), 200);
        let last = arrivals.iter().rposition(is_urgent).unwrap();
        let first = arrivals[..last].iter().filter(|arrival| !is_urgent(arrival)).count();
        // The last few are in hand together, and one of them may end before another has arrived.
        assert!(first <= 3, "{first} that can wait went before the last of those that can't");
    }

    async fn a_tenant_with_a_long_queue_holds_up_no_other(backend: Backend) {
        a_long_queue_holds_up_no_other(backend, "NOTICE").await;
    }

    async fn nor_does_one_whose_messages_are_all_urgent(backend: Backend) {
        a_long_queue_holds_up_no_other(backend, "URGENT").await;
    }

    async fn nor_does_one_with_a_long_queue_for_later(backend: Backend) {
        const MANY: usize = 1000;
        let stage = stage_with(backend, json!({ "processConcurrency": 2, "deliverConcurrency": 4 })).await;
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/many", json!({})).await;
        receiver.answer_always("/many", Answer::ok().after(std::time::Duration::from_millis(20)));
        let (_, other) = stage.another_tenant().await;
        let config = json!({ "url": receiver.url("/one"), "secret": WEBHOOK_SECRET });
        other.create_channel_config("WEBHOOK", config, json!({})).await;
        // Long enough for all to be accepted before any is due.
        let due = from_now(10);
        let inputs = (0..MANY).map(|_| text_with("x", json!({ "scheduledAt": due }))).collect();
        assert_eq!(stage.api.send_batch(inputs).await["successCount"], MANY);
        let id = other.accept(text_with("x", json!({ "scheduledAt": due }))).await;
        other.wait_status(&id, "SUCCESS").await;
        let arrivals = receiver.all();
        let place = arrivals.iter().position(|arrival| arrival.path == "/one").unwrap();
        assert!(place < 300, "{place} of the long queue went first");
    }
}

/// A queue of messages of this business type, and another tenant's of usual priority.
async fn a_long_queue_holds_up_no_other(backend: Backend, business_type: &str) {
    const MANY: usize = 3000;
    let stage = stage_with(backend, json!({ "processConcurrency": 2, "deliverConcurrency": 4 })).await;
    let receiver = Receiver::start().await;
    stage.webhook(&receiver, "/many", json!({})).await;
    receiver.answer_always("/many", Answer::ok().after(std::time::Duration::from_millis(20)));
    stage.api.create_business_type(json!({ "code": "URGENT", "name": "Urgent", "priority": 0 })).await;
    let (_, other) = stage.another_tenant().await;
    let config = json!({ "url": receiver.url("/one"), "secret": WEBHOOK_SECRET });
    other.create_channel_config("WEBHOOK", config, json!({})).await;

    for batch in 0..MANY / 1000 {
        let inputs = (0..1000)
            .map(|n| text_with("x", json!({ "messageId": format!("{batch}-{n}"), "businessType": business_type })));
        assert_eq!(stage.api.send_batch(inputs.collect()).await["successCount"], 1000);
    }
    // First most of them wait for the chain, later for their channel.
    for waiting in ["PENDING", "PROCESSING"] {
        if waiting == "PROCESSING" {
            within(SOON * 2, "the chain to have run for all", async || {
                let query = "query($f: MessageFilter) { messages(filter: $f, first: 1) { nodes { id } } }";
                let found = stage.api.gql(query, json!({ "f": { "status": ["PENDING"] } })).await;
                (found["messages"]["nodes"] == json!([])).then_some(())
            })
            .await;
        }
        let before = receiver.arrivals("/many").len();
        assert!(before < MANY - 1000, "{before} of them had gone already");
        let id = other.accept(text("x")).await;
        other.wait_status(&id, "SUCCESS").await;
        let arrivals = receiver.all();
        let place = arrivals.iter().rposition(|arrival| arrival.path == "/one").unwrap();
        let between = arrivals[..place].iter().filter(|arrival| arrival.path == "/many").count() - before;
        assert!(between < 300, "{between} of the long queue went first while it was {waiting}");
    }
    assert_eq!(receiver.arrivals("/one").len(), 2);
}
