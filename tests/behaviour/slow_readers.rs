//! Many subscriptions at once, readers that do not read, and keys that are revoked: none of it is the senders' concern.

use std::time::{Duration, Instant};

use posthorn_tests::*;

const MESSAGE_STATUS: &str =
    "subscription($id: String!) { it: messageStatus(messageId: $id) { messageId messageStatus taskStatus } }";
const STATUS_EVENTS: &str = "subscription($filter: StatusEventFilter) { it: statusEvents(filter: $filter) {
    cursor at messageId tenantId businessType messageStatus taskId channelType taskStatus retryCount resultMessage } }";
const INBOX: &str = "subscription { it: inboxMessages(userId: \"u1\") { id } }";

const SOCKETS: usize = 50;
const EACH: usize = 100;

async fn revoke(api: &Api, id: &str) {
    let query = "mutation($id: ID!) { it: revokeApiKey(id: $id) { userErrors { code } } }";
    assert_eq!(api.gql(query, json!({ "id": id })).await["it"]["userErrors"], json!([]));
}

/// How far in the future the messages are that thousands wait for.
const LATER: i64 = 20;

/// One socket on which each of these messages is followed: their present state, then to the end. Gives how many were seen
/// the whole way.
async fn follow_all(api: Api, ids: Vec<String>, ready: tokio::sync::mpsc::Sender<()>) -> usize {
    let mut socket = WebSocket::connect(&api).await;
    socket.present_key(&api).await;
    for id in &ids {
        socket.start_as(id, MESSAGE_STATUS, json!({ "id": id })).await;
    }
    let mut told: std::collections::HashMap<String, Vec<String>> = std::collections::HashMap::new();
    let (mut begun, mut completed) = (0, 0);
    while completed < ids.len() {
        let message = socket.hear().await.expect("the connection stays");
        let id = message["id"].as_str().unwrap().to_owned();
        match message["type"].as_str().unwrap() {
            "complete" => completed += 1,
            "next" => {
                let event = &message["payload"]["data"]["it"];
                assert_eq!(event["messageId"], id.as_str(), "{message}");
                let statuses = told.entry(id).or_default();
                if statuses.is_empty() {
                    begun += 1;
                    if begun == ids.len() {
                        ready.send(()).await.unwrap();
                    }
                }
                statuses.push(event["messageStatus"].as_str().unwrap().to_owned());
            }
            _ => panic!("{message}"),
        }
    }
    let way = ["SCHEDULED", "PENDING", "PROCESSING", "SUCCESS"];
    for (id, statuses) in &told {
        let ranks: Vec<_> = statuses.iter().map(|status| way.iter().position(|step| step == status).unwrap()).collect();
        assert!(ranks.is_sorted() && ranks.last() == Some(&3), "{id}: {statuses:?}");
    }
    let whole = |statuses: &&Vec<String>| statuses[0] == "SCHEDULED" && statuses.iter().any(|it| it == "PROCESSING");
    told.values().filter(whole).count()
}

both! {
    async fn five_thousand_subscriptions_each_see_their_own(stage: Stage) {
        stage.local(json!({})).await;
        let started = Instant::now();
        let later = from_now(LATER);
        let mut batches = Vec::new();
        for _ in 0..SOCKETS / 10 {
            let inputs = (0..10 * EACH).map(|_| text_with("x", json!({ "scheduledAt": later }))).collect();
            let result = stage.api.send_batch(inputs).await;
            let ids: Vec<String> =
                result["results"].as_array().unwrap().iter().map(|it| it["messageId"].as_str().unwrap().into()).collect();
            batches.extend(ids.chunks(EACH).map(<[String]>::to_vec));
        }
        // Whoever comes first waits until the instance follows the events of all, and has only two seconds for that.
        let mut first = WebSocket::subscribe(&stage.api, STATUS_EVENTS, json!({})).await;
        first.prove(async || {
            stage.api.accept(text("probe")).await;
        }).await;
        drop(first);
        let (ready, mut begun) = tokio::sync::mpsc::channel(SOCKETS);
        let followers: Vec<_> =
            batches.into_iter().map(|ids| tokio::spawn(follow_all(stage.api.clone(), ids, ready.clone()))).collect();
        for _ in 0..SOCKETS {
            tokio::time::timeout(SOON * 4, begun.recv()).await.expect("all subscriptions begin").unwrap();
        }
        let open = started.elapsed();
        let mut whole = 0;
        for follower in followers {
            whole += follower.await.unwrap();
        }
        // On a slow machine the first messages begin before the last subscription does.
        if open < Duration::from_secs(LATER.unsigned_abs()) {
            assert_eq!(whole, SOCKETS * EACH);
        }
    }

    async fn a_reader_that_does_not_read_is_dropped_and_slows_nobody(stage: Stage) {
        stage.local(json!({})).await;
        let mut slow = WebSocket::connect_narrow(&stage.api).await;
        slow.present_key(&stage.api).await;
        for number in 0..EACH {
            slow.start_as(&number.to_string(), STATUS_EVENTS, json!({})).await;
        }
        let mut quick = WebSocket::subscribe(&stage.api, STATUS_EVENTS, json!({})).await;
        // Each for itself: what one is told of may have been before the other began.
        for socket in [&mut quick, &mut slow] {
            socket.prove(async || {
                stage.api.accept(text("probe")).await;
            }).await;
        }
        // From here on it reads nothing, while many times what fits between it and the server is told.
        let mut last = String::new();
        for _ in 0..2 {
            let result = stage.api.send_batch((0..300).map(|_| text("x")).collect()).await;
            assert_eq!(result["successCount"], 300);
            last = result["results"][299]["messageId"].as_str().unwrap().to_owned();
        }
        let all = stage.api.wait_all_finished(SOON).await;
        assert!(all.iter().all(|(_, status)| status == "SUCCESS"));
        // Who reads is told everything.
        quick.data_where(|data| data["it"]["messageId"] == last.as_str() && data["it"]["messageStatus"] == "SUCCESS").await;
        let dropped = |text: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix("posthorn_bus_slow_watchers_total "))
                .is_some_and(|count| count != "0")
        };
        poll_until("the slow reader to be noticed", async || {
            let url = format!("{}/metrics", stage.server.url);
            let text = posthorn_tests::api::http_client().get(url).send().await.unwrap().text().await.unwrap();
            dropped(&text).then_some(())
        })
        .await;
        // It reads at last: what was on its way, and then why it was dropped.
        let code = loop {
            if let Err(code) = slow.hear().await {
                break code;
            }
        };
        assert_eq!(code, Some(4410));
    }

    async fn every_subscription_ends_with_its_key(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        stage.local(json!({})).await;
        receiver.hold();
        let id = stage.api.accept(text("x")).await;
        stage.api.wait_status(&id, "PROCESSING").await;
        let (key_id, key) = stage.platform.create_key("OPERATOR", Some(&stage.tenant)).await;
        let api = stage.server.api(&key);
        let (keeps_id, keeps) = stage.platform.create_key("OPERATOR", Some(&stage.tenant)).await;
        let mut stays = WebSocket::subscribe(&stage.server.api(&keeps), STATUS_EVENTS, json!({})).await;
        let (mut sockets, mut streams) = (Vec::new(), Vec::new());
        for (query, variables) in
            [(STATUS_EVENTS, json!({})), (MESSAGE_STATUS, json!({ "id": id })), (INBOX, json!({}))]
        {
            let mut socket = WebSocket::subscribe(&api, query, variables.clone()).await;
            let mut stream = EventStream::subscribe(&api, query, variables).await;
            // Each is known to run before the key is revoked: one that is refused at its start ends without a `complete`.
            if query == MESSAGE_STATUS {
                socket.event().await.data();
                stream.event().await.data();
            } else {
                let mut probe = async || {
                    stage.api.accept(text("probe")).await;
                };
                socket.prove(&mut probe).await;
                stream.prove(&mut probe).await;
            }
            sockets.push(socket);
            streams.push(stream);
        }
        let revoked = Instant::now();
        revoke(&stage.platform, &key_id).await;
        for socket in &mut sockets {
            ends_unauthenticated(socket).await;
        }
        for stream in &mut streams {
            ends_unauthenticated(stream).await;
        }
        assert!(revoked.elapsed() < Duration::from_secs(3), "{:?}", revoked.elapsed());
        // Another key's go on.
        stays.prove(async || {
            stage.api.accept(text("probe")).await;
        }).await;
        revoke(&stage.platform, &keeps_id).await;
        ends_unauthenticated(&mut stays).await;
    }
}

async fn ends_unauthenticated(live: &mut impl Live) {
    loop {
        match live.event().await {
            Event::Next(_) => {}
            Event::Error(errors) => {
                assert!(errors.to_string().contains("UNAUTHENTICATED"), "{errors}");
                assert_eq!(live.event().await, Event::Complete);
                return;
            }
            other => panic!("UNAUTHENTICATED was expected: {other:?}"),
        }
    }
}
