//! GraphQL over HTTP and SSE.

use std::time::Duration;

use axum::body::BodyDataStream;
use futures::StreamExt;
use tokio::time::timeout;

use super::*;
use crate::domain::enums::MessageStatus;
use crate::domain::event::{Event, StatusEvent};
use crate::domain::id::{MessageId, TenantId};
use crate::services::message::MessageRef;

const SEND: &str = "mutation($input: SendMessageInput!) { sendMessage(input: $input) {
    success messageId duplicate errorCode message { id messageId status businessData recipients { userId } tasks { id } } } }";

fn input(id: &str) -> Value {
    json!({"input": {"messageId": id, "businessType": "ORDER", "businessData": {"b": 1, "a": [2.5, null]},
        "content": {"body": "hello"}, "recipients": [{"userId": "u1"}]}})
}

#[tokio::test]
async fn a_message_is_sent_and_read_with_all_that_hangs_on_it() {
    let server = Server::start().await;
    let sent = server.run(SEND, input("m-1")).await;
    let result = &sent["data"]["sendMessage"];
    assert_eq!((&result["success"], &result["duplicate"]), (&json!(true), &json!(false)), "{sent}");
    assert_eq!(result["message"]["businessData"].to_string(), r#"{"b":1,"a":[2.5,null]}"#);
    assert_eq!(result["message"]["recipients"], json!([{"userId": "u1"}]));
    assert_eq!(server.run(SEND, input("m-1")).await["data"]["sendMessage"]["duplicate"], true);
    for at in 2..6 {
        server.run(SEND, input(&format!("m-{at}"))).await;
    }
    let query = "query($first: Int, $after: String) { messages(first: $first, after: $after) { nodes { messageId } } }";
    let all = server.run(query, json!({})).await["data"]["messages"]["nodes"].clone();
    assert_eq!(all.as_array().map(Vec::len), Some(5), "variables that may be absent are");
    let query = "query($after: String) { messages(first: 2, after: $after) { edges { cursor node { messageId } }
        nodes { messageId timeline { stage outcome } } pageInfo { hasNextPage hasPreviousPage endCursor } } }";
    let first = server.run(query, json!({})).await["data"]["messages"].clone();
    assert_eq!(
        (&first["nodes"][0]["messageId"], &first["edges"][1]["node"]["messageId"]),
        (&json!("m-5"), &json!("m-4"))
    );
    let info = &first["pageInfo"];
    assert_eq!((&info["hasNextPage"], &info["hasPreviousPage"]), (&json!(true), &json!(false)));
    let next = server.run(query, json!({"after": info["endCursor"]})).await["data"]["messages"].clone();
    assert_eq!((&next["nodes"][0]["messageId"], &next["pageInfo"]["hasPreviousPage"]), (&json!("m-3"), &json!(true)));

    let id = &result["message"]["id"];
    let node = server.run("query($id: ID!) { node(id: $id) { __typename id } }", json!({"id": id})).await;
    assert_eq!(node["data"]["node"], json!({"__typename": "Message", "id": id}));
    let strange = server.key_of(Some("other"), Role::TenantAdmin).await;
    for id in [id.clone(), json!("msg_1"), json!("nonsense"), json!("")] {
        let query = "query($id: ID!) { node(id: $id) { id } message(id: $id) { id } }";
        let hidden = server.run_as(Some(&strange), query, json!({"id": id})).await;
        assert_eq!(hidden, json!({"data": {"node": null, "message": null}}));
    }
}

#[tokio::test]
async fn without_a_valid_key_only_the_schema_can_be_read() {
    let server = Server::start().await;
    for key in [None, Some("wrong")] {
        let refused = server.run_as(key, "{ viewer { name } }", json!({})).await;
        assert_eq!((code(&refused), &refused["data"]), ("UNAUTHENTICATED", &Value::Null));
    }
    let open = server.run_as(None, "{ __schema { queryType { name } } }", json!({})).await;
    assert_eq!(open["data"]["__schema"]["queryType"]["name"], "Query");
    assert_eq!(code(&server.run_as(Some("wrong"), "{ __typename }", json!({})).await), "UNAUTHENTICATED");
    let viewer = server.run("{ viewer { role tenantId } }", json!({})).await;
    assert_eq!(viewer["data"]["viewer"]["role"], "TENANT_ADMIN");
}

#[tokio::test]
async fn roles_and_mistakes_have_their_codes() {
    let server = Server::start().await;
    let viewer = server.key_of(Some("acme"), Role::Viewer).await;
    assert_eq!(code(&server.run_as(Some(&viewer), SEND, input("m-1")).await), "FORBIDDEN");
    for query in [
        "{ messages(first: 101) { nodes { id } } }",
        "{ messages(first: 0) { nodes { id } } }",
        "{ message { id } }",
        "{ message(id: \"a\", messageId: \"b\") { id } }",
        "{ nothing }",
        "{",
        "subscription { statusEvents { at } }",
    ] {
        assert_eq!(code(&server.run(query, json!({})).await), "BAD_INPUT", "{query}");
    }
    let unknown = "mutation { updateTemplate(id: \"tpl_1\", input: {businessType: \"A\", channelType: LOCAL,
        messageType: TEXT, name: \"n\", content: {}}) { template { id } userErrors { field code } }
        deleteChannelConfig(id: \"x\") { deletedId userErrors { field code } } }";
    let answer = server.run(unknown, json!({})).await["data"].clone();
    let not_found = json!([{"field": ["id"], "code": "NOT_FOUND"}]);
    assert_eq!(answer["updateTemplate"], json!({"template": null, "userErrors": not_found}));
    assert_eq!(answer["deleteChannelConfig"], json!({"deletedId": null, "userErrors": not_found}));
    let cancel = "mutation { cancelMessage(messageId: \"none\") { success errorCode } }";
    assert_eq!(server.run(cancel, json!({})).await["data"]["cancelMessage"]["errorCode"], "MESSAGE_NOT_FOUND");
    let explain = "query($input: SendMessageInput!) { explainSend(input: $input) { accepted errorCode } }";
    let answer = server.run(explain, input("m-1")).await;
    assert_eq!(answer["data"]["explainSend"], json!({"accepted": true, "errorCode": "NO_CHANNEL"}));
}

#[tokio::test]
async fn operations_come_alone_in_arrays_and_in_query_strings() {
    let server = Server::start().await;
    let key = Some(server.key.as_str());
    let two = json!([{"query": "{ viewer { role } }"}, {"query": "{ __typename }"}]).to_string();
    let (status, answer) = server.post("/graphql", key, two).await;
    assert_eq!((status, answer[0]["data"]["viewer"]["role"].as_str()), (StatusCode::OK, Some("TENANT_ADMIN")));
    let many = Value::from(vec![json!({"query": "{ __typename }"}); 21]).to_string();
    let (status, answer) = server.post("/graphql", key, many).await;
    assert_eq!((status, code(&answer)), (StatusCode::BAD_REQUEST, "BAD_INPUT"));
    let (_, answer) = server.get("/graphql?query=%7Bviewer%7Brole%7D%7D", key).await;
    assert_eq!(answer["data"]["viewer"]["role"], "TENANT_ADMIN");
    let (status, answer) = server.get("/graphql?query=mutation%7BmarkRead(userId:%22u%22)%7Bcount%7D%7D", key).await;
    assert_eq!((status, code(&answer)), (StatusCode::METHOD_NOT_ALLOWED, "BAD_INPUT"));
    let request = Request::get("/graphql").header("accept", "text/html").body(Body::empty()).unwrap();
    assert_eq!(server.ask(request).await.headers()["location"], "/graphiql");
}

#[tokio::test]
async fn who_takes_json_gets_json_and_streams_are_for_subscriptions() {
    const EVENTS: &str = "text/event-stream";
    const JSON: &str = "application/json";
    const RESPONSE: &str = "application/graphql-response+json";
    let server = Server::start().await;
    let ask = async |accept: &str, query: &str, key: &str| {
        let request = Request::post("/graphql")
            .header("content-type", "application/json")
            .header("accept", accept)
            .header("authorization", format!("Bearer {key}"))
            .body(Body::from(json!({"query": query}).to_string()))
            .unwrap();
        let response = server.ask(request).await;
        assert_eq!(response.headers()["vary"], "accept");
        (response.status().as_u16(), response.headers()["content-type"].to_str().unwrap().to_owned())
    };
    let (query, subscription) = ("{ viewer { name } }", "subscription { statusEvents { at } }");
    let mutation = "mutation { markRead(userId: \"u\") { count } }";
    for (accept, operation, status, answered) in [
        ("application/graphql-response+json, application/json, text/event-stream", query, 200, RESPONSE),
        ("application/json, text/event-stream", mutation, 200, JSON),
        ("text/event-stream, */*;q=0.1", query, 200, JSON),
        ("text/event-stream", query, 200, EVENTS),
        ("text/event-stream, application/json;q=0", mutation, 200, EVENTS),
        ("application/graphql-response+json, application/json, text/event-stream", subscription, 200, EVENTS),
        ("application/json, text/event-stream;q=0.1", subscription, 200, EVENTS),
        ("application/json, text/event-stream;q=0", subscription, 200, JSON),
        ("application/graphql-response+json, text/event-stream;q=0", subscription, 400, RESPONSE),
        ("*/*", subscription, 200, JSON),
        ("application/graphql-response+json, text/event-stream", "{", 400, RESPONSE),
        ("text/event-stream", "{", 200, EVENTS),
    ] {
        let got = ask(accept, operation, &server.key).await;
        assert_eq!((got.0, got.1.as_str()), (status, answered), "{accept}: {operation}");
    }
    // What is refused is refused in the form in which it would have been answered.
    let all = "application/graphql-response+json, text/event-stream";
    assert_eq!(ask(all, query, "wrong").await, (401, RESPONSE.to_owned()));
    assert_eq!(ask(all, subscription, "wrong").await, (200, EVENTS.to_owned()));
}

/// A subscription over SSE, read event by event.
struct Events {
    body: BodyDataStream,
    text: String,
}

impl Events {
    async fn open(server: &Server, key: &str, query: &str) -> Self {
        let request = Request::post("/graphql")
            .header("content-type", "application/json")
            .header("accept", "text/event-stream")
            .header("authorization", format!("Bearer {key}"))
            .body(Body::from(json!({"query": query}).to_string()))
            .unwrap();
        let response = server.ask(request).await;
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// Name and data of the next event, comments passed over; none at the end.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let line = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                if let Some(name) = line("event: ") {
                    let data = line("data: ").and_then(|data| serde_json::from_str(&data).ok());
                    return Some((name, data.unwrap_or(Value::Null)));
                }
                continue;
            }
            let chunk = timeout(Duration::from_secs(10), self.body.next()).await.expect("an event in time")?;
            self.text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    }
}

fn change(id: MessageId, tenant_id: TenantId, status: MessageStatus) -> Event {
    Event::Status(StatusEvent {
        at: crate::domain::time::Timestamp::from_millis(1_000),
        id,
        message_id: "m-1".to_owned(),
        tenant_id,
        business_type: "ORDER".to_owned(),
        sent_by: None,
        message_status: status,
        task: None,
    })
}

#[tokio::test]
async fn a_message_is_followed_to_its_end() {
    let server = Server::start().await;
    server.run(SEND, input("m-1")).await;
    let of = MessageRef::Key { message_id: "m-1".to_owned(), tenant: Some("acme".to_owned()) };
    let message = server.services.message(&Actor::system(), of).await.unwrap().unwrap();
    let mut events =
        Events::open(&server, &server.key, "subscription { messageStatus(messageId: \"m-1\") { messageStatus } }")
            .await;
    let status = |told: Option<(String, Value)>| told.unwrap().1["data"]["messageStatus"]["messageStatus"].clone();
    assert_eq!(status(events.next().await), "PENDING");
    use MessageStatus::{Pending, Processing, Success};
    let told = [Pending, Processing, Processing, Success].map(|status| change(message.id, message.tenant_id, status));
    server.services.bus.publish(told.to_vec());
    assert_eq!(status(events.next().await), "PROCESSING");
    assert_eq!(status(events.next().await), "SUCCESS");
    assert_eq!(events.next().await, Some(("complete".to_owned(), Value::Null)));
    assert_eq!(events.next().await, None);
    let mut none = Events::open(&server, &server.key, "subscription { messageStatus(messageId: \"x\") { at } }").await;
    assert_eq!(code(&none.next().await.unwrap().1), "NOT_FOUND");
    assert_eq!(none.next().await.unwrap().0, "complete");
}

#[tokio::test]
async fn a_subscription_shows_its_tenant_alone_and_ends_with_its_key() {
    let server = Server::start().await;
    let key = server.key_of(Some("acme"), Role::Viewer).await;
    let mut events = Events::open(&server, &key, "subscription { statusEvents { messageStatus } }").await;
    let find = |code: &str| {
        let (services, code) = (server.services.clone(), code.to_owned());
        async move { services.catalog.tenant_by_code_or_id(&code).await.unwrap().unwrap().tenant.id }
    };
    let (acme, other) = (find("acme").await, find("other").await);
    let id = MessageId::new(server.services.clock.now());
    // The stream is started by its first poll.
    let publisher = async {
        while !server.services.bus.watched() {
            tokio::task::yield_now().await;
        }
        server
            .services
            .bus
            .publish(vec![change(id, other, MessageStatus::Failed), change(id, acme, MessageStatus::Skipped)]);
    };
    let (told, ()) = tokio::join!(events.next(), publisher);
    assert_eq!(told.unwrap().1["data"]["statusEvents"]["messageStatus"], "SKIPPED");
    let keys = server.services.api_keys(&Actor::system(), Some("acme".to_owned())).await.unwrap();
    let viewer = keys.iter().find(|key| key.role == Role::Viewer).unwrap();
    server.services.revoke_api_key(&Actor::system(), viewer.id).await.unwrap();
    assert_eq!(code(&events.next().await.unwrap().1), "UNAUTHENTICATED");
    assert_eq!(events.next().await.unwrap().0, "complete");
}

#[tokio::test]
async fn a_server_that_stops_completes_its_subscriptions() {
    let server = Server::start().await;
    let mut events = Events::open(&server, &server.key, "subscription { statusEvents { at } }").await;
    server.shutdown.cancel();
    assert_eq!(events.next().await, Some(("complete".to_owned(), Value::Null)));
}
