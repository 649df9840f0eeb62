//! An answer as a provider gives it, and the texts that go with the providers' codes.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use serde_json::json;

use super::script::Fault;

/// Status, body and the few headers that senders look at.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Bytes,
    pub retry_after: Option<u64>,
    pub location: Option<String>,
}

impl Answer {
    /// `{"errcode":0,"errmsg":"ok"}`, as DingTalk and WeCom say it.
    pub fn ok() -> Self {
        Self::plain(StatusCode::OK, Bytes::from_static(br#"{"errcode":0,"errmsg":"ok"}"#))
    }

    /// A refusal in the body of a 200.
    pub fn errcode(code: i64, text: &str) -> Self {
        Self::json(StatusCode::OK, &json!({"errcode": code, "errmsg": text}))
    }

    pub fn json(status: StatusCode, value: &serde_json::Value) -> Self {
        Self::plain(status, Bytes::from(value.to_string()))
    }

    pub fn plain(status: StatusCode, body: Bytes) -> Self {
        Self { status, body, retry_after: None, location: None }
    }

    /// The answer that a script asks for. Where it names a code of the provider, or nothing at all, the answer is the
    /// provider's JSON; `coded` providers fail by code in a 200, the others by status 500.
    pub fn scripted(fault: &Fault, coded: bool) -> Self {
        let usual = if coded { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR };
        let status = fault.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(usual);
        let code = fault.errcode.or((coded && fault.status.is_none()).then_some(-1));
        let body = match (&fault.body, code) {
            (Some(body), _) => Bytes::from(body.clone()),
            (None, Some(code)) => {
                let text = fault.errmsg.as_deref().unwrap_or_else(|| usual_text(code));
                Bytes::from(json!({"errcode": code, "errmsg": text}).to_string())
            }
            (None, None) if status.is_success() => Bytes::from_static(b"{}"),
            (None, None) => Bytes::from(json!({"error": fault.errmsg.as_deref().unwrap_or("scripted")}).to_string()),
        };
        Self { status, body, retry_after: fault.retry_after, location: fault.location.clone() }
    }

    pub fn into_response(self) -> Response<Body> {
        let kind = match self.body.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{' | b'[') => "application/json",
            Some(b'<') => "text/html; charset=utf-8",
            _ => "text/plain; charset=utf-8",
        };
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(location) = self.location.and_then(|location| HeaderValue::from_str(&location).ok()) {
            headers.insert(header::LOCATION, location);
        }
        response
    }
}

/// The words that usually come with a code, where a script gives none.
fn usual_text(code: i64) -> &'static str {
    match code {
        0 => "ok",
        -1 => "system busy",
        130101 => TOO_FAST,
        410100 => "sending too fast, limited",
        300001 | 300005 => "token is not exist",
        310000 => "keywords not in content, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]",
        45009 => API_FREQ,
        93000 => "invalid webhook url",
        _ => "scripted",
    }
}

pub const TOO_FAST: &str = "send too fast, exceed 20 times per minute";
pub const API_FREQ: &str = "api freq out of limit, hint: [simulated], from ip: 127.0.0.1, \
    more info at https://open.work.weixin.qq.com/devtool/query?e=45009";

#[cfg(test)]
mod tests {
    use super::*;

    fn text(answer: &Answer) -> &str {
        std::str::from_utf8(&answer.body).unwrap()
    }

    #[test]
    fn coded_providers_fail_inside_a_200() {
        let answer = Answer::scripted(&Fault { errcode: Some(130101), ..Fault::default() }, true);
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(text(&answer), r#"{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}"#);
        let busy = Answer::scripted(&Fault::default(), true);
        assert_eq!(text(&busy), r#"{"errcode":-1,"errmsg":"system busy"}"#);
    }

    #[test]
    fn webhooks_fail_by_status() {
        assert_eq!(Answer::scripted(&Fault::default(), false).status, StatusCode::INTERNAL_SERVER_ERROR);
        let fault = Fault { status: Some(429), retry_after: Some(2), ..Fault::default() };
        let response = Answer::scripted(&fault, false).into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()["retry-after"], "2");
    }

    #[test]
    fn a_raw_body_is_answered_as_it_stands() {
        let fault = Fault { body: Some("<html>waf</html>".into()), ..Fault::default() };
        let answer = Answer::scripted(&fault, true);
        assert_eq!(text(&answer), "<html>waf</html>");
        assert_eq!(answer.into_response().headers()["content-type"], "text/html; charset=utf-8");
    }
}
