//! `posthorn send` against a server that answers by a list.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use clap::Parser;

use super::*;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: SendArgs,
}

fn args(line: &str) -> Result<SendArgs, String> {
    let words = ["send", "--business-type", "ORDER"].into_iter().chain(line.split_whitespace());
    Line::try_parse_from(words).map(|line| line.args).map_err(|error| error.to_string())
}

#[derive(Clone, Default)]
struct Played {
    answers: Arc<Mutex<VecDeque<Value>>>,
    asked: Arc<Mutex<Vec<Value>>>,
    keys: Arc<Mutex<Vec<String>>>,
}

/// Serves `answers` in turn, the last one for ever; returns the address.
async fn play(answers: &[Value]) -> (String, Played) {
    let played = Played { answers: Arc::new(Mutex::new(answers.iter().cloned().collect())), ..Played::default() };
    let app = Router::new().route("/graphql", post(answer)).with_state(played.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, played)
}

async fn answer(State(played): State<Played>, headers: HeaderMap, Json(asked): Json<Value>) -> Json<Value> {
    played.keys.lock().unwrap().push(headers["authorization"].to_str().unwrap().to_owned());
    played.asked.lock().unwrap().push(asked["variables"].clone());
    let mut answers = played.answers.lock().unwrap();
    let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
    Json(next.unwrap())
}

async fn told(url: &str, line: &str) -> (Result<bool, String>, String) {
    let args = args(line).unwrap();
    let server = Server::new(url, Some("ph_key")).unwrap();
    let mut out = Vec::new();
    let told = tell(&args, &server, input(&args).unwrap(), &mut out).await;
    (told, String::from_utf8(out).unwrap())
}

fn accepted() -> Value {
    json!({"data": {"sendMessage": {"success": true, "messageId": "m-1", "duplicate": false,
        "message": {"tenantId": "tnt_1", "status": "PENDING"}}}})
}

fn state(status: &str, task: &str, retries: i64) -> Value {
    let timeline = json!([
        {"at": "2026-11-21T02:30:00.123456Z", "stage": "VALIDATION", "outcome": "PASS", "durationMs": 0.12},
        {"at": "2026-11-21T02:30:00.2Z", "stage": "ATTEMPT", "outcome": "OK", "detail": "errcode 0", "taskId": "task_1"}]);
    json!({"data": {"message": {"messageId": "m-1", "status": status, "totalChannels": 1, "successChannels": 1,
        "tasks": [{"id": "task_1", "channelType": "DINGTALK", "channelConfig": {"name": "ops"}, "status": task,
            "retryCount": retries, "maxRetry": 3, "nextRetryAt": "2026-11-21T02:31:00Z"}], "timeline": timeline}}})
}

#[tokio::test]
async fn each_change_is_told_once_and_the_timeline_at_the_end() {
    let states = [
        accepted(),
        state("PROCESSING", "SENDING", 0),
        state("PROCESSING", "SENDING", 0),
        state("PROCESSING", "RETRY", 1),
        state("SUCCESS", "SUCCESS", 1),
    ];
    let (url, played) = play(&states).await;
    let (told, out) = told(&url, "").await;
    assert_eq!(told, Ok(true));
    insta::assert_snapshot!(out, @r"
    accepted   m-1
    message    PROCESSING
      DINGTALK     SENDING · ops
      DINGTALK     RETRY · ops · retry 1 of 3 · next try at 2026-11-21T02:31:00Z
      DINGTALK     SUCCESS · ops · retry 1 of 3
    message    SUCCESS · 1 of 1 channels delivered

    timeline (UTC)
      02:30:00.123  VALIDATION  PASS · 0.1 ms
      02:30:00.2    ATTEMPT     OK   · DINGTALK · errcode 0
    ");
    let asked = played.asked.lock().unwrap();
    assert_eq!(asked[0], json!({"input": {"businessType": "ORDER", "businessData": {}}}));
    assert_eq!(asked[1], json!({"messageId": "m-1", "tenantId": "tnt_1"}));
    assert!(played.keys.lock().unwrap().iter().all(|key| key == "Bearer ph_key"));
}

#[tokio::test]
async fn a_field_that_may_not_be_seen_hides_only_itself() {
    let mut partly = state("SUCCESS", "SUCCESS", 0);
    partly["data"]["message"]["tasks"][0]["channelConfig"] = Value::Null;
    partly["errors"] = json!([{"message": "no", "extensions": {"code": "FORBIDDEN"}}]);
    let (url, _) = play(&[accepted(), partly]).await;
    let (verdict, out) = told(&url, "").await;
    assert_eq!(verdict, Ok(true));
    assert!(out.contains("  DINGTALK     SUCCESS\n"), "{out}");
}

#[tokio::test]
async fn other_ends_are_not_success() {
    let (url, _) = play(&[accepted(), state("FAILED", "FAILED", 0)]).await;
    assert_eq!(told(&url, "").await.0, Ok(false));

    let refused = json!({"data": {"sendMessage": {"success": false, "duplicate": false,
        "errorCode": "TENANT_DISABLED", "errorMessage": "tenant t1 is disabled"}}});
    let (url, played) = play(&[refused]).await;
    let (verdict, out) = told(&url, "").await;
    assert_eq!(verdict, Ok(false));
    assert_eq!(out, "refused    TENANT_DISABLED · tenant t1 is disabled\n");
    assert_eq!(played.asked.lock().unwrap().len(), 1);

    let error = json!({"errors": [{"message": "no key", "extensions": {"code": "UNAUTHENTICATED"}}], "data": null});
    let (url, _) = play(&[error]).await;
    assert!(told(&url, "").await.0.unwrap_err().contains("POSTHORN_API_KEY"));
}

#[tokio::test]
async fn what_is_not_followed_is_good_when_accepted() {
    let (url, played) = play(&[accepted()]).await;
    assert_eq!(told(&url, "--no-follow").await, (Ok(true), "accepted   m-1\n".to_owned()));
    assert_eq!(played.asked.lock().unwrap().len(), 1);

    let (url, _) = play(&[accepted(), state("SCHEDULED", "PENDING", 0)]).await;
    assert_eq!(told(&url, "--at 2026-11-22T09:00:00+08:00").await.0, Ok(true));

    let (url, _) = play(&[accepted(), state("PROCESSING", "SENDING", 0)]).await;
    let (verdict, out) = told(&url, "--timeout 0").await;
    assert_eq!(verdict, Ok(false));
    assert!(out.contains("still PROCESSING after 0 s"), "{out}");
}

#[tokio::test]
async fn json_prints_one_object() {
    let (url, _) = play(&[accepted(), state("SUCCESS", "SUCCESS", 0)]).await;
    let (verdict, out) = told(&url, "--json").await;
    assert_eq!(verdict, Ok(true));
    let whole: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&whole["result"]["messageId"], &whole["message"]["status"]), (&json!("m-1"), &json!("SUCCESS")));
}

#[test]
fn arguments_become_the_schemas_input() {
    let line = r#"--data {"orderId":"1"} --channel DINGTALK --channel LOCAL --to userId=u1,mobile=138 --to email=a@b
        --content hello --title hi --message-type MARKDOWN --message-id m-1 --tenant t --store s --mode PRIORITY"#;
    assert_eq!(
        input(&args(line).unwrap()).unwrap(),
        json!({
            "businessType": "ORDER", "businessData": {"orderId": "1"}, "messageId": "m-1", "tenantId": "t", "storeId": "s",
            "targetChannels": ["DINGTALK", "LOCAL"], "executionMode": "PRIORITY",
            "recipients": [{"mobile": "138", "userId": "u1"}, {"email": "a@b"}],
            "content": {"title": "hi", "body": "hello", "messageType": "MARKDOWN"}
        })
    );
}

#[test]
fn senseless_arguments_are_told_before_anything_is_sent() {
    assert!(args("--channel FAX").unwrap_err().contains("FAX"));
    assert!(args("--to phone=1").unwrap_err().contains("userId, userType, mobile"));
    assert!(args("--to u1").unwrap_err().contains("key=value"));
    assert!(args("--title x").is_err());
    for (line, part) in [("--data [1]", "--data"), ("--data @/nowhere/x.json", "x.json"), ("--at tomorrow", "--at")] {
        let error = input(&args(line).unwrap()).unwrap_err();
        assert!(error.contains(part), "{error}");
    }
    assert!(Server::new("ftp://x", None).is_err_and(|error| error.contains("http://")));
    assert!(Server::new("nonsense", None).is_err());
}
