//! The simulator from outside: through its router, and over a socket where the connection itself matters.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower::ServiceExt;

use super::*;
use crate::domain::time::Timestamp;

const ROBOT: &str = "/dingtalk/robot/send?access_token=T";
const WECOM: &str = "/wecom/cgi-bin/webhook/send?key=K";

fn simulator() -> Simulator {
    Simulator::new(Clock::manual(Timestamp::from_millis(1_700_000_000_000)), ROBOT_RATE_PER_MINUTE)
}

async fn call(simulator: &Simulator, method: &str, uri: &str, body: &str) -> (StatusCode, Value) {
    let request = Request::builder().method(method).uri(uri).header("content-type", "application/json");
    let response = router(simulator.clone()).oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let value = serde_json::from_slice(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into());
    (status, value)
}

async fn script(simulator: &Simulator, script: Value) {
    let answer = call(simulator, "POST", "/script", &script.to_string()).await;
    assert_eq!(answer, (StatusCode::OK, json!({"ok": true})));
}

async fn received(simulator: &Simulator, query: &str) -> Vec<Value> {
    let (status, page) = call(simulator, "GET", &format!("/received{query}"), "").await;
    assert_eq!(status, StatusCode::OK);
    page["items"].as_array().unwrap().clone()
}

fn text(content: &str) -> String {
    json!({"msgtype": "text", "text": {"content": content}}).to_string()
}

async fn errcode(simulator: &Simulator, uri: &str, body: &str) -> i64 {
    let (status, answer) = call(simulator, "POST", uri, body).await;
    assert_eq!(status, StatusCode::OK);
    answer["errcode"].as_i64().unwrap()
}

#[tokio::test]
async fn what_arrives_can_be_read_back() {
    let simulator = simulator();
    assert_eq!(errcode(&simulator, ROBOT, &text("甲")).await, 0);
    assert_eq!(errcode(&simulator, WECOM, &text("乙")).await, 0);
    assert_eq!(errcode(&simulator, ROBOT, "{}").await, 40035);

    let items = received(&simulator, "?path=/dingtalk").await;
    assert_eq!(items.len(), 2);
    assert_eq!(items[0]["body"]["text"]["content"], "甲");
    assert_eq!(items[0]["query"], json!({"access_token": "T"}));
    assert_eq!(items[0]["at"], "2023-11-14T22:13:20.000000Z");
    assert_eq!((&items[0]["valid"], &items[0]["accepted"]), (&json!(true), &json!(true)));
    assert_eq!((&items[1]["valid"], &items[1]["answer"]["errcode"]), (&json!(false), &json!(40035)));

    let (_, rest) = call(&simulator, "GET", "/received?since=2&limit=5", "").await;
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (1, &json!(3)));
    let (_, count) = call(&simulator, "GET", "/received/count?path=/dingtalk", "").await;
    assert_eq!(count, json!({"count": 2, "accepted": 1, "refused": 1, "duplicates": 0}));

    assert_eq!(call(&simulator, "DELETE", "/received", "").await.0, StatusCode::NO_CONTENT);
    assert_eq!(received(&simulator, "").await, Vec::<Value>::new());
}

#[tokio::test]
async fn robots_take_twenty_a_minute_each() {
    let simulator = simulator();
    for _ in 0..20 {
        assert_eq!(errcode(&simulator, ROBOT, &text("x")).await, 0);
        assert_eq!(errcode(&simulator, WECOM, &text("x")).await, 0);
    }
    let (_, answer) = call(&simulator, "POST", ROBOT, &text("x")).await;
    assert_eq!(answer, json!({"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}));
    assert_eq!(errcode(&simulator, WECOM, &text("x")).await, 45009);
    assert_eq!(errcode(&simulator, "/dingtalk/robot/send?access_token=T2", &text("x")).await, 0);

    simulator.inner.clock.advance(Duration::from_secs(60));
    assert_eq!(errcode(&simulator, ROBOT, &text("x")).await, 0);
    script(&simulator, json!({"path": "/dingtalk", "ratePerMinute": 0})).await;
    for _ in 0..30 {
        assert_eq!(errcode(&simulator, ROBOT, &text("x")).await, 0);
    }
}

#[tokio::test]
async fn a_message_uuid_reaches_people_once() {
    let simulator = simulator();
    let body = json!({"msgtype": "text", "text": {"content": "x"}, "msgUuid": "m-42"}).to_string();
    script(&simulator, json!({"path": "/dingtalk", "failNext": 1, "errcode": -1})).await;
    assert_eq!(errcode(&simulator, ROBOT, &body).await, -1);
    assert_eq!(errcode(&simulator, ROBOT, &body).await, 0);
    assert_eq!(errcode(&simulator, ROBOT, &body).await, 0);
    let items = received(&simulator, "").await;
    assert_eq!(items.iter().filter(|item| item["accepted"] == true).count(), 1);
    assert_eq!(items.len(), 2);
    let (_, count) = call(&simulator, "GET", "/received/count", "").await;
    assert_eq!(count, json!({"count": 3, "accepted": 1, "refused": 1, "duplicates": 1}));
}

#[tokio::test]
async fn a_registered_secret_is_checked() {
    let simulator = simulator();
    script(&simulator, json!({"path": ROBOT, "secret": "SECthis_is_a_test_secret_000"})).await;
    let signed = format!("{ROBOT}&timestamp=1700000000000&sign=WpjJWHHACZOL2x6OpmRsGVkq6tksMG%2Fgx25MmZL7NWU%3D");
    assert_eq!(errcode(&simulator, &signed, &text("x")).await, 0);
    assert_eq!(errcode(&simulator, ROBOT, &text("x")).await, 310000);
    assert_eq!(errcode(&simulator, "/dingtalk/robot/send?access_token=T2", &text("x")).await, 0);
    script(&simulator, json!({"path": "/dingtalk", "keywords": ["告警"]})).await;
    let (_, answer) = call(&simulator, "POST", "/dingtalk/robot/send?access_token=T2", &text("x")).await;
    assert!(answer["errmsg"].as_str().unwrap().starts_with("keywords not in content"), "{answer}");
}

#[tokio::test]
async fn webhooks_verify_know_ids_again_and_fail_by_status() {
    let simulator = simulator();
    let send = async |id: &str| {
        let request = Request::builder().method("POST").uri("/webhook/orders").header("webhook-id", id);
        let request = request.body(Body::from(r#"{"a":1}"#)).unwrap();
        router(simulator.clone()).oneshot(request).await.unwrap()
    };
    assert_eq!(send("task_1").await.status(), StatusCode::OK);
    assert_eq!(send("task_1").await.status(), StatusCode::OK);
    let items = received(&simulator, "?path=/webhook/orders").await;
    assert_eq!(items.iter().map(|item| item["duplicate"].as_bool().unwrap()).collect::<Vec<_>>(), [false, true]);

    let fault = json!({"path": "/webhook/orders", "failNext": 1, "status": 429, "retryAfter": 2, "body": "slow down"});
    script(&simulator, fault).await;
    let slow = send("task_2").await;
    assert_eq!((slow.status(), &slow.headers()["retry-after"]), (StatusCode::TOO_MANY_REQUESTS, &"2".parse().unwrap()));
    assert_eq!(send("task_2").await.status(), StatusCode::OK);

    script(&simulator, json!({"path": "/webhook/orders", "status": 204})).await;
    assert_eq!(send("task_3").await.status(), StatusCode::NO_CONTENT);
    script(&simulator, json!({"path": "/webhook", "clear": true})).await;
    script(&simulator, json!({"path": "/webhook/orders", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})).await;
    assert_eq!(send("task_4").await.status(), StatusCode::UNAUTHORIZED);
    let (_, count) = call(&simulator, "GET", "/received/count?path=/webhook/orders", "").await;
    assert_eq!(count, json!({"count": 6, "accepted": 3, "refused": 2, "duplicates": 1}));
}

#[tokio::test]
async fn mistakes_are_told() {
    let simulator = simulator();
    let (status, answer) = call(&simulator, "POST", "/script", r#"{"path":"/x","oops":1}"#).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(answer["error"].as_str().unwrap().contains("unknown field `oops`"), "{answer}");
    assert_eq!(call(&simulator, "GET", "/received?from=3", "").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(call(&simulator, "GET", "/received?path=x", "").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(call(&simulator, "POST", "/feishu", "").await.0, StatusCode::NOT_FOUND);
    assert_eq!(call(&simulator, "GET", ROBOT, "").await.1["errcode"], 43002);
    assert!(call(&simulator, "GET", "/", "").await.1.as_str().unwrap().contains("43002"));
}

async fn raw_request(addr: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let body = r#"{"n":1}"#;
    let head = format!("POST /webhook/a HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_reset_takes_the_message_and_answers_nothing() {
    let running = start((Ipv4Addr::LOCALHOST, 0).into(), Clock::System).await.unwrap();
    script(&running.simulator, json!({"path": "/webhook/a", "failNext": 1, "reset": true})).await;
    let mut heard = Vec::new();
    raw_request(running.addr).await.read_to_end(&mut heard).await.unwrap();
    assert_eq!(heard, b"");
    let items = received(&running.simulator, "").await;
    assert_eq!((&items[0]["accepted"], &items[0]["silence"]), (&json!(true), &json!("reset")));

    let mut stream = raw_request(running.addr).await;
    let mut status = [0; 15];
    stream.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 200 OK");
    drop(stream);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_hanging_request_is_let_go_at_the_end() {
    let running = start((Ipv4Addr::LOCALHOST, 0).into(), Clock::System).await.unwrap();
    let simulator = running.simulator.clone();
    script(&simulator, json!({"path": "/webhook/a", "hang": true})).await;
    let mut stream = raw_request(running.addr).await;
    let arrived = received(&simulator, "?waitMs=30000").await;
    assert_eq!((&arrived[0]["accepted"], &arrived[0]["silence"]), (&json!(true), &json!("hang")));
    running.stop().await.unwrap();
    let mut heard = Vec::new();
    stream.read_to_end(&mut heard).await.unwrap();
    assert_eq!(heard, b"");
}

#[tokio::test]
async fn latency_delays_the_answer_not_the_message() {
    let simulator = simulator();
    script(&simulator, json!({"path": "/wecom", "latencyMs": 50})).await;
    let start = std::time::Instant::now();
    let body = text("x");
    let (answer, arrived) = tokio::join!(errcode(&simulator, WECOM, &body), async {
        let items = received(&simulator, "?waitMs=30000").await;
        (items.len(), start.elapsed())
    });
    assert_eq!((answer, arrived.0), (0, 1));
    assert!(start.elapsed() >= Duration::from_millis(50) && arrived.1 < start.elapsed());
}
