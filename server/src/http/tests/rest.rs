//! The REST form.

use super::*;

fn message(id: &str) -> Value {
    json!({"messageId": id, "businessType": "ORDER", "businessData": {"n": 1}, "content": {"body": "hello"},
        "recipients": [{"userId": "u1"}]})
}

#[tokio::test]
async fn a_message_is_accepted_once_and_can_be_read() {
    let server = Server::start().await;
    let key = Some(server.key.as_str());
    let (status, answer) = server.post("/api/messages", key, message("m-1").to_string()).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    assert_eq!((&answer["success"], &answer["duplicate"]), (&json!(true), &json!(false)));
    let (status, answer) = server.post("/api/messages", key, message("m-1").to_string()).await;
    assert_eq!((status, &answer["duplicate"]), (StatusCode::OK, &json!(true)));
    let mut other = message("m-1");
    other["businessData"] = json!({"n": 2});
    let (status, answer) = server.post("/api/messages", key, other.to_string()).await;
    assert_eq!((status, answer["errorCode"].as_str()), (StatusCode::CONFLICT, Some("IDEMPOTENCY_CONFLICT")));

    let (status, read) = server.get("/api/messages/m-1", key).await;
    assert_eq!((status, &read["status"], &read["tasks"]), (StatusCode::OK, &json!("PENDING"), &json!([])));
    let strange = server.key_of(Some("other"), Role::TenantAdmin).await;
    let (status, read) = server.get("/api/messages/m-1", Some(&strange)).await;
    assert_eq!((status, read["errorCode"].as_str()), (StatusCode::NOT_FOUND, Some("MESSAGE_NOT_FOUND")));
    let platform = server.key_of(None, Role::PlatformAdmin).await;
    assert_eq!(server.get("/api/messages/m-1?tenantId=acme", Some(&platform)).await.0, StatusCode::OK);
    assert_eq!(server.get("/api/messages/m-1", Some(&platform)).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_key_and_its_role_are_needed() {
    let server = Server::start().await;
    let viewer = server.key_of(Some("acme"), Role::Viewer).await;
    for (key, expected, code) in [
        (None, StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"),
        (Some("wrong"), StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"),
        (Some(viewer.as_str()), StatusCode::FORBIDDEN, "FORBIDDEN"),
    ] {
        let (status, answer) = server.post("/api/messages", key, message("m-1").to_string()).await;
        assert_eq!((status, answer["errorCode"].as_str()), (expected, Some(code)));
    }
    assert_eq!(server.get("/api/messages/m-1", Some(&server.key)).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn malformed_bodies_are_refused() {
    let server = Server::start().await;
    let key = Some(server.key.as_str());
    for body in ["", "{", "[]", r#"{"businessType":"A"}"#, r#"{"businessType":"A","businessData":{},"x":1}"#] {
        let (status, answer) = server.post("/api/messages", key, body.to_owned()).await;
        assert_eq!(
            (status, answer["errorCode"].as_str()),
            (StatusCode::BAD_REQUEST, Some("VALIDATION_ERROR")),
            "{body}"
        );
    }
    let large = " ".repeat(crate::http::DEFAULT_BODY_LIMIT + 1);
    for path in ["/api/messages", "/api/messages/batch"] {
        let (status, answer) = server.post(path, key, large.clone()).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        assert_eq!(answer["errorCode"], "PAYLOAD_TOO_LARGE", "{path}");
    }
    let (status, answer) = server.post("/graphql", key, large).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_INPUT", "{answer}");
}

#[tokio::test]
async fn each_message_of_a_batch_stands_or_falls_alone() {
    let server = Server::start().await;
    let key = Some(server.key.as_str());
    let mut unknown = message("m-2");
    unknown["extra"] = json!(1);
    let batch = json!([message("m-1"), unknown, {"businessType": "", "businessData": {}}, message("m-3")]);
    let (status, answer) = server.post("/api/messages/batch", key, batch.to_string()).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert_eq!(
        (&answer["totalCount"], &answer["successCount"], &answer["failedCount"]),
        (&json!(4), &json!(2), &json!(2))
    );
    let told: Vec<_> = answer["results"].as_array().unwrap().iter().map(|one| &one["errorCode"]).collect();
    assert_eq!(told, [&Value::Null, &json!("VALIDATION_ERROR"), &json!("VALIDATION_ERROR"), &Value::Null]);
    assert_eq!(answer["results"][3]["messageId"], "m-3");
    assert_eq!(server.get("/api/messages/m-2", key).await.0, StatusCode::NOT_FOUND);

    let many = Value::from(vec![json!({"businessType": "A", "businessData": {}}); 1001]);
    let (status, answer) = server.post("/api/messages/batch", key, many.to_string()).await;
    assert_eq!((status, answer["errorCode"].as_str()), (StatusCode::PAYLOAD_TOO_LARGE, Some("BATCH_TOO_LARGE")));
}

#[tokio::test]
async fn a_message_is_read_whole_and_recipients_are_masked_for_who_may_not_see_them() {
    let server = Server::start().await;
    let mut sent = message("m-1");
    sent["recipients"] = json!([{"userId": "zhangsan", "mobile": "13812348000", "customerTag": "vip"}]);
    sent["businessData"] = json!({"n": 1, "phone": "13812348000"});
    sent["attributes"] = json!({"owner": "zhangsan"});
    server.post("/api/messages", Some(&server.key), sent.to_string()).await;
    let (status, read) = server.get("/api/messages/m-1", Some(&server.key)).await;
    assert_eq!((status, &read["recipientsMasked"]), (StatusCode::OK, &json!(false)));
    for field in ["recipients", "businessData", "attributes"] {
        assert_eq!(read[field], sent[field], "{field}");
    }
    assert_eq!(read["timeline"].as_array().map(Vec::len), Some(1), "{read}");
    assert_eq!((&read["timeline"][0]["stage"], &read["timeline"][0]["outcome"]), (&json!("STATUS"), &json!("PENDING")));
    for role in [Role::Operator, Role::Viewer] {
        let key = server.key_of(Some("acme"), role).await;
        let (status, read) = server.get("/api/messages/m-1", Some(&key)).await;
        assert_eq!((status, &read["recipientsMasked"]), (StatusCode::OK, &json!(true)));
        let masked = json!([{"userId": "zh****an", "mobile": "138****8000", "customerTag": "vip"}]);
        assert_eq!(read["recipients"], masked);
        assert_eq!(read["businessData"], json!({"n": 1, "phone": "138****8000"}));
        assert_eq!(read["attributes"], json!({"owner": "zh****an"}));
    }
}
