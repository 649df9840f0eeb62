//! The client against small servers of its own, on loopback.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const SECOND: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_secs(20);

fn loopback() -> HttpSender {
    HttpSender::new("127.0.0.0/8".parse().unwrap(), Clock::System).unwrap()
}

fn post(url: String) -> HttpRequest {
    HttpRequest::json(url, "{}", Timestamp::from_millis(784_111_777_000))
}

/// Reads one request up to the end of its two-byte body.
async fn read_request(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !text.ends_with("\r\n\r\n{}") {
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 0, "the request ended early: {text}");
        text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
    }
    text
}

/// A server that gives each connection one answer, then closes it; returns its address and what it read.
async fn answering(answer: String) -> (SocketAddr, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        // The client may hang up before it has all of a large answer.
        let _ = stream.write_all(answer.as_bytes()).await;
        request
    });
    (address, served)
}

#[tokio::test]
async fn an_answer_comes_back_with_its_status_and_body() {
    let (address, served) = answering(
        "HTTP/1.1 503 Busy\r\nretry-after: 7\r\ncontent-length: 4\r\nconnection: close\r\n\r\nbusy".to_owned(),
    )
    .await;
    let response = loopback().send(post(format!("http://{address}/a?b=c")), LONG).await.unwrap();
    assert_eq!(
        response,
        HttpResponse {
            status: 503,
            retry_after: Some(Duration::from_secs(7)),
            body: Bytes::from_static(b"busy"),
            truncated: false
        }
    );
    let request = served.await.unwrap().to_ascii_lowercase();
    assert!(request.starts_with("post /a?b=c http/1.1\r\n"), "{request}");
    assert!(request.contains("\r\ncontent-type: application/json; charset=utf-8\r\n"), "{request}");
    assert!(request.contains("\r\nuser-agent: posthorn/"), "{request}");
}

#[tokio::test]
async fn names_are_resolved_and_judged_by_their_addresses() {
    let (address, served) = answering("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_owned()).await;
    let url = format!("http://localhost:{}/", address.port());
    assert_eq!(loopback().send(post(url), LONG).await.unwrap().status, 204);
    served.await.unwrap();
}

#[tokio::test]
async fn a_name_whose_addresses_are_all_out_of_bounds_is_refused() {
    // The literal check knows `localhost`, so the resolver is asked by itself.
    let error = Guarded { allow: TargetAllow::default() }.resolve("localhost".parse().unwrap()).await.err().unwrap();
    assert_eq!(error.downcast_ref::<OutOfBounds>().unwrap().reason, "loopback");

    let client = builder(&TargetAllow::default()).build().unwrap();
    let error = client.post("http://localhost:1/secret").send().await.unwrap_err();
    let refused = SendError::Refused { host: "localhost".into(), reason: "loopback".into() };
    assert_eq!(explain(error, LONG), refused);
}

#[tokio::test]
async fn literal_addresses_out_of_bounds_are_refused() {
    let sender = HttpSender::new(TargetAllow::default(), Clock::System).unwrap();
    for host in ["127.0.0.1", "2130706433", "0x7f.1", "[::ffff:10.0.0.1]", "169.254.169.254", "localhost"] {
        let error = sender.send(post(format!("http://{host}/?key=hidden")), LONG).await.unwrap_err();
        assert!(matches!(error, SendError::Refused { .. }), "{host}: {error:?}");
        let outcome = Outcome::from(error);
        assert_eq!(outcome.name(), "CONFIG");
        assert!(outcome.detail().contains("POSTHORN_TARGET_ALLOW"), "{outcome:?}");
        assert!(!outcome.detail().contains("hidden"), "{outcome:?}");
    }
}

#[tokio::test]
async fn redirects_are_answers() {
    let (address, served) = answering(
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            .to_owned(),
    )
    .await;
    assert_eq!(loopback().send(post(format!("http://{address}/")), LONG).await.unwrap().status, 302);
    served.await.unwrap();
}

#[tokio::test]
async fn a_large_answer_is_cut() {
    let length = MAX_ANSWER + 1;
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{}", "x".repeat(length));
    let (address, served) = answering(answer).await;
    let response = loopback().send(post(format!("http://{address}/")), LONG).await.unwrap();
    assert_eq!((response.body.len(), response.truncated), (MAX_ANSWER, true));
    served.await.unwrap();

    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {MAX_ANSWER}\r\n\r\n{}", "x".repeat(MAX_ANSWER));
    let (address, _served) = answering(answer).await;
    let response = loopback().send(post(format!("http://{address}/")), LONG).await.unwrap();
    assert_eq!((response.body.len(), response.truncated), (MAX_ANSWER, false));
}

#[tokio::test]
async fn an_answer_that_breaks_off_keeps_its_status() {
    let (address, _served) = answering("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_owned()).await;
    let response = loopback().send(post(format!("http://{address}/")), LONG).await.unwrap();
    assert_eq!((response.status, &response.body[..], response.truncated), (200, &b"half"[..], true));
}

#[tokio::test]
async fn a_refused_connection_was_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = loopback().send(post(format!("http://{address}/?key=hidden")), LONG).await.unwrap_err();
    assert!(matches!(&error, SendError::NotSent(text) if text.contains("refused")), "{error:?}");
    let outcome = Outcome::from(error);
    assert_eq!(outcome.name(), "RETRY");
    assert!(!outcome.detail().contains("hidden"), "{outcome:?}");
}

#[tokio::test]
async fn a_name_that_does_not_exist_was_not_sent() {
    let error = loopback().send(post("http://nobody.invalid/?key=hidden".into()), LONG).await.unwrap_err();
    assert!(matches!(&error, SendError::NotSent(_)), "{error:?}");
    assert!(!error.to_string().contains("hidden"), "{error}");
}

#[tokio::test]
async fn silence_after_the_request_is_in_doubt() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        stream
    });
    let error = loopback().send(post(format!("http://{address}/?key=hidden")), SECOND).await.unwrap_err();
    assert_eq!(error, SendError::Unanswered("no answer within 1s".into()));
    assert_eq!(Outcome::from(error).name(), "AMBIGUOUS");
    served.await.unwrap();
}

#[tokio::test]
async fn a_connection_closed_after_the_request_is_in_doubt() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        drop(stream);
        listener
    });
    let error = loopback().send(post(format!("http://{address}/?key=hidden")), LONG).await.unwrap_err();
    assert!(matches!(&error, SendError::Unanswered(text) if !text.contains("hidden")), "{error:?}");
    served.await.unwrap();
}

#[tokio::test]
async fn an_address_that_is_none_cannot_be_posted_to() {
    let error = loopback().send(post("::".into()), LONG).await.unwrap_err();
    assert_eq!(Outcome::from(error).name(), "CONFIG");
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    // Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110.
    let now = Timestamp::from_millis(784_111_777_000);
    assert_eq!(read_retry_after("120", now), Some(Duration::from_secs(120)));
    assert_eq!(read_retry_after("Sun, 06 Nov 1994 08:50:07 GMT", now), Some(Duration::from_secs(30)));
    assert_eq!(read_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), Some(Duration::ZERO));
    assert_eq!(read_retry_after("99999999999999999999999", now), Some(MAX_RETRY_AFTER));
    for wrong in ["", "soon", "-1", "1.5"] {
        assert_eq!(read_retry_after(wrong, now), None, "{wrong}");
    }
}

#[test]
fn a_request_shows_its_host_only() {
    let shown = format!("{:?}", post("https://example.com/robot?access_token=hidden".into()));
    assert!(shown.contains("example.com") && !shown.contains("hidden"), "{shown}");
}
