//! Subscriptions over WebSocket and over server-sent events.

use posthorn_tests::*;

const MESSAGE_STATUS: &str =
    "subscription($id: String!, $tenant: ID) { it: messageStatus(messageId: $id, tenantId: $tenant) {
    at messageId tenantId businessType messageStatus taskId channelType taskStatus retryCount resultMessage } }";
const STATUS_EVENTS: &str = "subscription($filter: StatusEventFilter) { it: statusEvents(filter: $filter) {
    messageId businessType messageStatus channelType taskStatus } }";
const INBOX: &str =
    "subscription($user: String!) { it: inboxMessages(userId: $user) { id userId messageId body readAt } }";

/// The present state of a message, then every change to its end.
async fn follow(stage: &Stage, subscription: &mut impl Live, receiver: &Receiver, id: &str) {
    let first = subscription.event().await.data()["it"].take();
    assert_holds(
        &first,
        &json!({ "messageId": id, "tenantId": stage.tenant, "businessType": "NOTICE", "messageStatus": "PROCESSING" }),
    );
    receiver.release();
    let mut last = first;
    loop {
        match subscription.event().await {
            Event::Next(mut data) => {
                last = data["it"].take();
                assert_eq!(last["messageId"], id);
            }
            Event::Complete => break,
            other => panic!("{other:?} after {last}"),
        }
    }
    assert_eq!(last["messageStatus"], "SUCCESS", "the last event is the end");
}

async fn held_message(stage: &Stage, receiver: &Receiver) -> String {
    receiver.hold();
    let id = stage.api.accept(text("x")).await;
    receiver.wait_arrivals("/hook", 1).await;
    stage.api.wait_status(&id, "PROCESSING").await;
    id
}

both! {
    async fn a_message_is_followed_over_a_web_socket(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        let id = held_message(&stage, &receiver).await;
        let mut socket = WebSocket::subscribe(&stage.api, MESSAGE_STATUS, json!({ "id": id })).await;
        follow(&stage, &mut socket, &receiver, &id).await;
    }

    async fn a_message_is_followed_over_server_sent_events(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        let id = held_message(&stage, &receiver).await;
        let mut stream = EventStream::subscribe(&stage.api, MESSAGE_STATUS, json!({ "id": id })).await;
        follow(&stage, &mut stream, &receiver, &id).await;
    }

    async fn a_message_that_has_ended_says_so_and_completes(stage: Stage) {
        stage.local(json!({})).await;
        let id = stage.api.accept(text("x")).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        let events = WebSocket::subscribe(&stage.api, MESSAGE_STATUS, json!({ "id": id })).await.rest().await;
        assert_eq!(events.len(), 1, "{events:#?}");
        assert_holds(&events[0]["it"], &json!({ "messageId": id, "messageStatus": "SUCCESS" }));
        // A platform key names the tenant.
        let variables = json!({ "id": id, "tenant": stage.tenant });
        let events = WebSocket::subscribe(&stage.platform, MESSAGE_STATUS, variables).await.rest().await;
        assert_eq!(events.len(), 1);
    }

    async fn an_unknown_message_is_an_error(stage: Stage) {
        let mut socket = WebSocket::subscribe(&stage.api, MESSAGE_STATUS, json!({ "id": "never-sent" })).await;
        match socket.event().await {
            Event::Error(errors) => assert!(errors.to_string().contains("NOT_FOUND"), "{errors}"),
            other => panic!("an error was expected: {other:?}"),
        }
    }

    async fn status_events_are_those_that_the_filter_lets_through(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        stage.local(json!({})).await;
        let filter = json!({ "businessType": "WATCHED", "channelType": "WEBHOOK", "taskStatus": ["SUCCESS", "FAILED"] });
        let mut socket = WebSocket::subscribe(&stage.api, STATUS_EVENTS, json!({ "filter": filter })).await;
        let watched = |body: &str| text_with(body, json!({ "businessType": "WATCHED" }));
        socket.prove(async || {
            stage.api.accept(watched("probe")).await;
        }).await;
        for _ in 0..3 {
            stage.api.accept(text("not watched")).await;
        }
        receiver.answer_always("/hook", Answer::status(400));
        let id = stage.api.accept(watched("seen")).await;
        let event = socket.data_where(|data| data["it"]["messageId"] == id.as_str()).await["it"].take();
        assert_holds(&event, &json!({ "businessType": "WATCHED", "channelType": "WEBHOOK", "taskStatus": "FAILED" }));
        // The next that comes is of the next message: nothing else of this one was let through.
        let next = stage.api.accept(watched("next")).await;
        let event = socket.event().await.data()["it"].take();
        assert_holds(&event, &json!({ "messageId": next, "channelType": "WEBHOOK", "taskStatus": "FAILED" }));
    }

    async fn another_tenants_events_are_not_seen(stage: Stage) {
        stage.local(json!({})).await;
        let other = stage.platform.create_tenant(json!({ "code": unique("t"), "name": "Other" })).await;
        let (_, key) = stage.platform.create_key("TENANT_ADMIN", Some(&other)).await;
        let other = stage.server.api(&key);
        other.create_channel_config("LOCAL", json!({}), json!({})).await;
        let mut socket = WebSocket::subscribe(&stage.api, STATUS_EVENTS, json!({})).await;
        socket.prove(async || {
            stage.api.accept(text_with("mine", json!({ "businessType": "MINE" }))).await;
        }).await;
        let theirs = other.accept(text_with("theirs", json!({ "businessType": "THEIRS" }))).await;
        other.wait_status(&theirs, "SUCCESS").await;
        let mine = stage.api.accept(text_with("mine", json!({ "businessType": "MINE" }))).await;
        loop {
            let event = socket.event().await.data()["it"].take();
            assert_eq!(event["businessType"], "MINE", "{event}");
            if event["messageId"] == mine.as_str() && event["messageStatus"] == "SUCCESS" {
                break;
            }
        }
    }

    async fn inbox_messages_arrive_live(stage: Stage) {
        stage.local(json!({})).await;
        let to = |user: &str, body: &str| text_with(body, json!({ "recipients": [{ "userId": user }] }));
        let mut socket = WebSocket::subscribe(&stage.api, INBOX, json!({ "user": "u1" })).await;
        let mut stream = EventStream::subscribe(&stage.api, INBOX, json!({ "user": "u1" })).await;
        let probe = async || {
            stage.api.accept(to("u1", "probe")).await;
        };
        socket.prove(probe).await;
        stream.prove(probe).await;
        stage.api.accept(to("u2", "for another")).await;
        let id = stage.api.accept(to("u1", "for me")).await;
        let new = |data: &Value| data["it"]["body"] != "probe";
        for event in [socket.data_where(new).await, stream.data_where(new).await] {
            assert_holds(&event["it"], &json!({ "userId": "u1", "messageId": id, "body": "for me", "readAt": null }));
        }
    }

    async fn a_web_socket_needs_a_key(stage: Stage) {
        for api in [stage.server.anonymous(), stage.server.api("ph_wrong")] {
            let mut socket = WebSocket::connect(&api).await;
            let payload = api.key.as_ref().map(|key| json!({ "authorization": format!("Bearer {key}") }));
            socket.say(json!({ "type": "connection_init", "payload": payload.unwrap_or_else(|| json!({})) })).await;
            match socket.hear().await {
                // 4401 or 4403 are what clients know as "do not try again".
                Err(code) => assert!(matches!(code, Some(4401 | 4403)), "{code:?}"),
                Ok(message) => {
                    assert_eq!(message["type"], "connection_ack");
                    socket.start(STATUS_EVENTS, json!({})).await;
                    match socket.event().await {
                        Event::Error(errors) => assert!(errors.to_string().contains("UNAUTHENTICATED"), "{errors}"),
                        Event::Closed(_) => {}
                        other => panic!("{other:?}"),
                    }
                }
            }
        }
    }

    async fn many_operations_begin_on_one_socket_while_keys_are_forgotten(stage: Stage) {
        const EACH: usize = 100;
        stage.local(json!({})).await;
        let later = from_now(3600);
        let input = |n: usize| text_with("x", json!({ "messageId": format!("m-{n}"), "scheduledAt": later }));
        stage.api.send_batch((0..EACH).map(input).collect()).await;
        let operations_done = std::cell::Cell::new(false);
        // A new key makes the server forget all it knows of keys: each operation asks the database for its own again.
        let keys = async {
            while !operations_done.get() {
                stage.platform.create_key("VIEWER", Some(&stage.tenant)).await;
            }
        };
        let operations = async {
            let mut socket = WebSocket::connect(&stage.api).await;
            socket.present_key(&stage.api).await;
            for round in 0..5 {
                for n in 0..EACH {
                    let id = format!("{round}-{n}");
                    socket.start_as(&id, MESSAGE_STATUS, json!({ "id": format!("m-{n}") })).await;
                }
                let mut told = std::collections::HashSet::new();
                while told.len() < EACH {
                    let message = socket.hear().await.expect("the connection stays");
                    let id = message["id"].as_str().unwrap().to_owned();
                    let n = id.strip_prefix(&format!("{round}-")).expect("nothing of a round that is over").to_owned();
                    assert_holds(
                        &message,
                        &json!({ "type": "next",
                        "payload": { "data": { "it": { "messageId": format!("m-{n}"), "messageStatus": "SCHEDULED" } } } }),
                    );
                    assert!(told.insert(id), "{n} was told twice");
                }
                for n in 0..EACH {
                    socket.say(json!({ "id": format!("{round}-{n}"), "type": "complete" })).await;
                }
            }
            operations_done.set(true);
        };
        tokio::join!(keys, operations);
    }

    async fn queries_work_over_a_web_socket_too(stage: Stage) {
        let events = WebSocket::subscribe(&stage.api, "{ viewer { role } }", json!({})).await.rest().await;
        assert_eq!(events, [json!({ "viewer": { "role": "TENANT_ADMIN" } })]);
    }
}

#[tokio::test]
async fn events_cross_instances() {
    let stage = Stage::on(Server::start(Backend::Scaled).await).await;
    let second = stage.server.another().start().await;
    stage.local(json!({})).await;
    let other = second.api(stage.api.key.as_ref().unwrap());
    let mut socket = WebSocket::subscribe(&other, INBOX, json!({ "user": "u1" })).await;
    // Whichever instance delivers, the other hears of it.
    for _ in 0..3 {
        socket
            .prove(async || {
                stage.api.accept(text("probe")).await;
            })
            .await;
    }
}
