//! Coming back after a lost connection: what happened meanwhile is told, each change once and in order, whichever
//! instance is asked.

use std::collections::HashMap;

use posthorn_tests::*;

const MESSAGE_STATUS: &str =
    "subscription($id: String!, $after: String) { it: messageStatus(messageId: $id, after: $after) {
    cursor messageId messageStatus taskId taskStatus } }";
const STATUS_EVENTS: &str = "subscription($filter: StatusEventFilter, $after: String, $present: Int) {
    it: statusEvents(filter: $filter, after: $after, present: $present) { cursor messageId messageStatus taskId taskStatus channelType } }";

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text was expected: {value}")).to_owned()
}

/// What one event tells, without its cursor.
fn change(event: &Value) -> (String, String, Option<String>, Option<String>) {
    let optional = |name: &str| event[name].as_str().map(str::to_owned);
    (text_of(&event["messageId"]), text_of(&event["messageStatus"]), optional("taskId"), optional("taskStatus"))
}

/// Reads until each of these messages has succeeded.
async fn until_all_succeeded(live: &mut impl Live, ids: &[String]) -> Vec<Value> {
    let (mut events, mut open): (Vec<_>, Vec<_>) = (Vec::new(), ids.to_vec());
    while !open.is_empty() {
        let event = live.event().await.data()["it"].take();
        if event["messageStatus"] == "SUCCESS" {
            open.retain(|id| *id != event["messageId"]);
        }
        events.push(event);
    }
    events
}

/// Every message's statuses in order, nothing twice, from acceptance to the end.
#[track_caller]
fn assert_whole(events: &[Value], ids: &[String]) {
    let mut of_message: HashMap<String, Vec<(String, Option<String>)>> = HashMap::new();
    for event in events {
        let (id, status, _, task) = change(event);
        of_message.entry(id).or_default().push((status, task));
    }
    for id in ids {
        let told: Vec<_> = of_message[id].iter().map(|(status, task)| (status.as_str(), task.as_deref())).collect();
        let whole =
            [("PENDING", None), ("PROCESSING", None), ("PROCESSING", Some("SENDING")), ("SUCCESS", Some("SUCCESS"))];
        assert_eq!(told, whole, "{id}");
    }
}

async fn accept_some(api: &Api, count: usize) -> Vec<String> {
    let result = api.send_batch((0..count).map(|_| text("x")).collect()).await;
    let mut ids: Vec<_> =
        result["results"].as_array().unwrap().iter().map(|result| text_of(&result["messageId"])).collect();
    // As lists have them.
    ids.sort();
    ids
}

/// A subscription that is in force, and its last cursor.
async fn in_force(stage: &Stage, api: &Api) -> (WebSocket, String) {
    let mut socket = WebSocket::subscribe(api, STATUS_EVENTS, json!({})).await;
    let (probe, mut event) = loop {
        let id = stage.api.accept(text("probe")).await;
        if let Ok(event) = tokio::time::timeout(std::time::Duration::from_secs(1), socket.event()).await {
            break (id, event);
        }
    };
    stage.api.wait_status(&probe, "SUCCESS").await;
    // The first that it tells may be the last that the probe has to tell.
    let last = loop {
        let told = event.data()["it"].take();
        if told["messageId"] == probe.as_str() && told["messageStatus"] == "SUCCESS" {
            break text_of(&told["cursor"]);
        }
        event = socket.event().await;
    };
    (socket, last)
}

both! {
    async fn nothing_is_lost_and_nothing_is_told_twice(stage: Stage) {
        stage.local(json!({})).await;
        let (mut socket, start) = in_force(&stage, &stage.api).await;
        let ids = accept_some(&stage.api, 100).await;
        let all = until_all_succeeded(&mut socket, &ids).await;
        assert_whole(&all, &ids);
        // From any point the rest comes the same way; and what happens meanwhile joins on.
        for at in [0, 1, 99, 250, all.len() - 1] {
            let after = if at == 0 { start.clone() } else { text_of(&all[at - 1]["cursor"]) };
            let variables = json!({ "after": after });
            let mut again = WebSocket::subscribe(&stage.api, STATUS_EVENTS, variables.clone()).await;
            let mut stream = EventStream::subscribe(&stage.api, STATUS_EVENTS, variables).await;
            for expected in &all[at..] {
                assert_eq!(again.event().await.data()["it"], *expected);
                assert_eq!(stream.event().await.data()["it"], *expected);
            }
            let more = accept_some(&stage.api, 1).await;
            assert_whole(&until_all_succeeded(&mut again, &more).await, &more);
            assert_whole(&until_all_succeeded(&mut stream, &more).await, &more);
        }
    }

    async fn what_happened_while_the_connection_was_lost_is_told(stage: Stage) {
        stage.local(json!({})).await;
        let (socket, cursor) = in_force(&stage, &stage.api).await;
        drop(socket);
        let ids = accept_some(&stage.api, 50).await;
        stage.api.wait_all_finished(SOON).await;
        let mut again = WebSocket::subscribe(&stage.api, STATUS_EVENTS, json!({ "after": cursor })).await;
        assert_whole(&until_all_succeeded(&mut again, &ids).await, &ids);
        // What may be seen is asked anew.
        let other = stage.platform.create_tenant(json!({ "code": unique("t"), "name": "Other" })).await;
        let (_, key) = stage.platform.create_key("TENANT_ADMIN", Some(&other)).await;
        let other = stage.server.api(&key);
        other.create_channel_config("LOCAL", json!({}), json!({})).await;
        let mut theirs = WebSocket::subscribe(&other, STATUS_EVENTS, json!({ "after": cursor })).await;
        let own = accept_some(&other, 1).await;
        assert_whole(&until_all_succeeded(&mut theirs, &own).await, &own);
    }

    async fn a_followed_message_goes_on_where_it_was(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.hold();
        let id = stage.api.accept(text("x")).await;
        receiver.wait_arrivals("/hook", 1).await;
        stage.api.wait_status(&id, "PROCESSING").await;
        let mut socket = WebSocket::subscribe(&stage.api, MESSAGE_STATUS, json!({ "id": id })).await;
        let first = socket.event().await.data()["it"].take();
        assert_eq!(first["messageStatus"], "PROCESSING");
        drop(socket);
        receiver.release();
        stage.api.wait_status(&id, "SUCCESS").await;
        let after = json!({ "id": id, "after": first["cursor"] });
        let rest = WebSocket::subscribe(&stage.api, MESSAGE_STATUS, after).await.rest().await;
        let ends: Vec<_> = rest.iter().filter(|data| data["it"]["taskStatus"] == "SUCCESS").collect();
        assert_eq!(ends.len(), 1, "{rest:#?}");
        assert!(rest.iter().all(|data| !data["it"]["taskId"].is_null()), "its status was told already: {rest:#?}");
        let last = &rest.last().unwrap()["it"];
        assert_eq!(last["messageStatus"], "SUCCESS");
        // Whoever has seen its end is told nothing more.
        let after = json!({ "id": id, "after": last["cursor"] });
        let rest = WebSocket::subscribe(&stage.api, MESSAGE_STATUS, after).await.rest().await;
        assert!(rest.is_empty(), "{rest:#?}");
    }

    async fn the_present_state_comes_first_where_it_is_asked_for(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.local(json!({})).await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.hold();
        let ids = accept_some(&stage.api, 3).await;
        receiver.wait_arrivals("/hook", 3).await;
        for id in &ids {
            stage.api.wait_status(id, "PROCESSING").await;
        }
        let variables = json!({ "present": 1000, "filter": { "channelType": "WEBHOOK" } });
        let mut tasks = WebSocket::subscribe(&stage.api, STATUS_EVENTS, variables).await;
        let mut socket = EventStream::subscribe(&stage.api, STATUS_EVENTS, json!({ "present": 2 })).await;
        let mut cursors = Vec::new();
        for id in &ids[1..] {
            let event = socket.event().await.data()["it"].take();
            assert_holds(&event, &json!({ "messageId": id, "messageStatus": "PROCESSING", "taskId": null }));
            cursors.push(text_of(&event["cursor"]));
        }
        for id in &ids {
            let event = tasks.event().await.data()["it"].take();
            assert_holds(&event, &json!({ "messageId": id, "channelType": "WEBHOOK", "taskStatus": "SENDING" }));
        }
        receiver.release();
        for live in [&mut tasks as &mut WebSocket] {
            for _ in &ids {
                let event = live.event().await.data()["it"].take();
                assert_holds(&event, &json!({ "messageStatus": "SUCCESS", "taskStatus": "SUCCESS" }));
            }
        }
        let ended = until_all_succeeded(&mut socket, &ids).await;
        assert!(ended.iter().all(|event| event["taskStatus"] == "SUCCESS"), "{ended:#?}");
        // From the last of the present it goes on; from its midst it can't.
        let mut again = WebSocket::subscribe(&stage.api, STATUS_EVENTS, json!({ "after": cursors[1] })).await;
        assert_eq!(until_all_succeeded(&mut again, &ids).await.len(), ended.len());
        refused_with(&stage.api, STATUS_EVENTS, json!({ "after": cursors[0] }), "CURSOR_EXPIRED").await;
        refused_with(&stage.api, STATUS_EVENTS, json!({ "present": 1001 }), "BAD_INPUT").await;
    }

    async fn a_cursor_that_is_none_or_is_too_old_is_refused(stage: Stage) {
        stage.local(json!({})).await;
        let id = stage.api.accept(text("x")).await;
        for (after, code) in
            [("", "BAD_INPUT"), ("nonsense", "BAD_INPUT"), ("1.1", "CURSOR_EXPIRED"), ("ffffffffffff.7", "CURSOR_EXPIRED")]
        {
            refused_with(&stage.api, STATUS_EVENTS, json!({ "after": after }), code).await;
            refused_with(&stage.api, MESSAGE_STATUS, json!({ "id": id, "after": after }), code).await;
            let mut stream = EventStream::subscribe(&stage.api, STATUS_EVENTS, json!({ "after": after })).await;
            assert_refused(stream.event().await, code);
            assert_eq!(stream.event().await, Event::Complete);
        }
    }

    async fn a_reader_of_server_sent_events_comes_back_with_the_last_id(stage: Stage) {
        stage.local(json!({})).await;
        let (socket, cursor) = in_force(&stage, &stage.api).await;
        drop(socket);
        let ids = accept_some(&stage.api, 3).await;
        let mut stream = EventStream::subscribe(&stage.api, STATUS_EVENTS, json!({ "after": cursor })).await;
        stream.event().await.data();
        let seen = stream.last_id.clone().expect("events have ids");
        drop(stream);
        let mut again = EventStream::resume(&stage.api, STATUS_EVENTS, json!({}), Some(&seen)).await;
        let rest = until_all_succeeded(&mut again, &ids).await;
        assert_eq!(rest.len(), 4 * ids.len() - 1, "{rest:#?}");
    }

    // Twenty seconds, since that is how often the server pings.
    async fn the_cursor_of_a_quiet_subscription_moves_on(stage: Stage) {
        stage.local(json!({})).await;
        let failed = json!({ "filter": { "messageStatus": ["FAILED"] } });
        let mut socket = WebSocket::subscribe(&stage.api, STATUS_EVENTS, failed.clone()).await;
        let mut stream = EventStream::subscribe(&stage.api, STATUS_EVENTS, failed).await;
        let (_other, _) = in_force(&stage, &stage.api).await;
        accept_some(&stage.api, 5).await;
        stage.api.wait_all_finished(SOON).await;
        let quiet = std::time::Duration::from_secs(26);
        let (heard, read) = tokio::join!(
            tokio::time::timeout(quiet, socket.event()),
            tokio::time::timeout(quiet, stream.event()),
        );
        assert!(heard.is_err() && read.is_err(), "nothing is told to these");
        for (cursor, messages) in [(socket.cursors.get("1").cloned(), 1), (stream.last_id.clone(), 2)] {
            let variables = json!({ "after": cursor.expect("the cursor moved on") });
            let mut again = WebSocket::subscribe(&stage.api, STATUS_EVENTS, variables).await;
            let next = accept_some(&stage.api, 1).await;
            let events = until_all_succeeded(&mut again, &next).await;
            assert_whole(&events, &next);
            assert_eq!(events.len(), 4 * messages, "what was passed over before is not told: {events:#?}");
        }
    }
}

#[track_caller]
fn assert_refused(event: Event, code: &str) {
    match event {
        Event::Error(errors) => assert!(errors.to_string().contains(code), "{errors}"),
        other => panic!("{code} was expected: {other:?}"),
    }
}

async fn refused_with(api: &Api, query: &str, variables: Value, code: &str) {
    assert_refused(WebSocket::subscribe(api, query, variables).await.event().await, code);
}

#[tokio::test]
async fn a_restart_of_an_embedded_server_ends_its_cursors() {
    let mut stage = Stage::on(Server::start(Backend::Embedded).await).await;
    stage.local(json!({})).await;
    let (mut socket, cursor) = in_force(&stage, &stage.api).await;
    stage.server.kill9();
    assert!(matches!(socket.event().await, Event::Closed(_)));
    stage.server.start_again().await;
    stage.follow();
    refused_with(&stage.api, STATUS_EVENTS, json!({ "after": cursor }), "CURSOR_EXPIRED").await;
}

#[tokio::test]
async fn an_instance_dies_and_another_goes_on_with_its_subscribers() {
    let mut stage = Stage::on(Server::start(Backend::Scaled).await).await;
    stage.local(json!({})).await;
    let second = stage.server.another().start().await;
    let other = second.api(stage.api.key.as_ref().unwrap());
    let (mut socket, start) = in_force(&stage, &stage.api).await;
    let ids = accept_some(&other, 60).await;
    let mut told = Vec::new();
    for _ in 0..100 {
        told.push(socket.event().await.data()["it"].take());
    }
    stage.server.kill9();
    while let Event::Next(mut data) = socket.event().await {
        told.push(data["it"].take());
    }
    // What the dead instance had in hand is not waited for: only what comes after the cursor matters here.
    let cursor = told.last().map_or(start.clone(), |event| text_of(&event["cursor"]));
    let from_start = json!({ "after": start });
    let mut all = WebSocket::subscribe(&other, STATUS_EVENTS, from_start).await;
    let mut rest = WebSocket::subscribe(&other, STATUS_EVENTS, json!({ "after": cursor })).await;
    for event in &told {
        assert_eq!(all.event().await.data()["it"], *event, "another instance tells the same");
    }
    let more = accept_some(&other, 5).await;
    let joined = until_all_succeeded(&mut rest, &more).await;
    assert_whole(&joined, &more);
    for event in &joined {
        assert_eq!(all.event().await.data()["it"], *event);
    }
    assert!(ids.len() == 60);
    // What the dead one did last it may not have told: who watches is told so, and begins anew.
    loop {
        match rest.event().await {
            Event::Next(_) => {}
            ended => break assert_refused(ended, "LAGGED"),
        }
    }
    refused_with(&other, STATUS_EVENTS, json!({ "after": start }), "CURSOR_EXPIRED").await;
}

#[tokio::test]
async fn an_instance_that_stops_leaves_nothing_untold() {
    let stage = Stage::on(Server::start(Backend::Scaled).await).await;
    stage.local(json!({})).await;
    let mut second = stage.server.another().start().await;
    let other = second.api(stage.api.key.as_ref().unwrap());
    let (mut socket, _) = in_force(&stage, &stage.api).await;
    let ids = accept_some(&other, 60).await;
    assert_eq!(second.terminate().await.code(), Some(0));
    assert_whole(&until_all_succeeded(&mut socket, &ids).await, &ids);
    // Longer than a silence may last.
    let quiet = tokio::time::timeout(std::time::Duration::from_secs(12), socket.event()).await;
    assert!(quiet.is_err(), "{quiet:?}");
    let more = accept_some(&stage.api, 1).await;
    assert_whole(&until_all_succeeded(&mut socket, &more).await, &more);
}

#[tokio::test]
async fn a_redis_that_was_away_loses_no_event() {
    let mut redis = OwnRedis::start();
    let mut place = Place::new(Backend::Scaled).await;
    place.redis_url = Some(redis.url());
    let stage = Stage::on(Builder::at(&place).start().await).await;
    stage.local(json!({})).await;
    let (mut socket, _) = in_force(&stage, &stage.api).await;
    let mut stream = EventStream::subscribe(&stage.api, STATUS_EVENTS, json!({ "present": 1 })).await;
    stream.event().await.data();
    redis.stop();
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(stage.api.accept(text("away")).await);
    }
    redis.start_again();
    stage.server.wait_ready().await;
    ids.extend(accept_some(&stage.api, 5).await);
    assert_whole(&until_all_succeeded(&mut socket, &ids).await, &ids);
    assert_whole(&until_all_succeeded(&mut stream, &ids).await, &ids);
}
