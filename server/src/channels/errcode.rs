//! Answers of the form `{"errcode":0,"errmsg":"ok"}`, as DingTalk and WeCom give them: failure comes in the body of a
//! 200, the code as a number or a string.

use std::time::Duration;

use serde_json::{Map, Value};

use super::http::HttpResponse;
use super::outcome::Outcome;

/// What an errcode means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    Retry,
    /// Wait this many seconds.
    Throttle(u64),
    BadMessage,
    Config,
}

/// How long a sender waits that was told it is too fast, but not for how long.
pub const THROTTLE_SECONDS: u64 = 60;

/// Reads a robot's answer. `meaning` knows the provider's codes by code and text; a code that it does not know is a
/// final failure, never a success. `redact` takes the secrets out of the provider's words.
pub fn outcome(
    response: &HttpResponse,
    meaning: impl Fn(i64, &str) -> Option<Meaning>,
    redact: impl Fn(&str) -> String,
) -> Outcome {
    if !(200..300).contains(&response.status) && !(400..429).contains(&response.status) {
        return without_code(response);
    }
    let Some(answer) = object(response) else { return without_code(response) };
    let Some(code) = number(answer.get("errcode")) else {
        // The gate in front of DingTalk: this machine's address made too many calls, and is shut out for five minutes.
        if number(answer.get("status")) == Some(1111) {
            return Outcome::Throttle { detail: "1111 shut out at the gate".into(), wait: Duration::from_secs(300) };
        }
        return without_code(response);
    };
    let words = answer.get("errmsg").and_then(Value::as_str).unwrap_or_default();
    let detail = format!("{code} {}", redact(words));
    let detail = detail.trim_end().to_owned();
    if code == 0 {
        if response.status < 300 { Outcome::Ok { detail } } else { without_code(response) }
    } else {
        match meaning(code, words) {
            Some(Meaning::Retry) => Outcome::Retry { detail, after: response.retry_after },
            Some(Meaning::Throttle(seconds)) => Outcome::Throttle {
                detail,
                wait: Duration::from_secs(seconds).max(response.retry_after.unwrap_or_default()),
            },
            Some(Meaning::Config) => Outcome::Config { detail },
            Some(Meaning::BadMessage) | None => Outcome::BadMessage { detail },
        }
    }
}

/// What an answer means that has no code: by its status, and a page of some gateway is no verdict.
fn without_code(response: &HttpResponse) -> Outcome {
    let status = response.status;
    match status {
        429 => Outcome::Throttle {
            detail: "HTTP 429".into(),
            wait: response.retry_after.unwrap_or(Duration::from_secs(THROTTLE_SECONDS)),
        },
        300..400 => Outcome::Config { detail: format!("HTTP {status}: redirects are not followed") },
        200..300 if response.truncated => {
            Outcome::Ambiguous { detail: format!("HTTP {status}: the answer is not whole") }
        }
        500.. => Outcome::Retry { detail: format!("HTTP {status}"), after: response.retry_after },
        _ => Outcome::Retry {
            detail: format!("HTTP {status}: the answer is not the provider's"),
            after: response.retry_after,
        },
    }
}

fn object(response: &HttpResponse) -> Option<Map<String, Value>> {
    match serde_json::from_slice(&response.body) {
        Ok(Value::Object(answer)) => Some(answer),
        _ => None,
    }
}

fn number(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
pub fn answer(status: u16, body: &str) -> HttpResponse {
    HttpResponse { status, retry_after: None, body: bytes::Bytes::copy_from_slice(body.as_bytes()), truncated: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(response: &HttpResponse) -> Outcome {
        let meaning = |code, _: &str| match code {
            -1 => Some(Meaning::Retry),
            45009 => Some(Meaning::Throttle(60)),
            93000 => Some(Meaning::Config),
            _ => None,
        };
        outcome(response, meaning, |text| text.replace("hidden", "***"))
    }

    #[test]
    fn the_code_decides_and_may_be_a_string() {
        for (body, name, detail) in [
            (r#"{"errcode":0,"errmsg":"ok"}"#, "OK", "0 ok"),
            (r#"{"errcode":"0","errmsg":"ok","more":[1]}"#, "OK", "0 ok"),
            (r#"{"errcode":-1,"errmsg":"busy"}"#, "RETRY", "-1 busy"),
            (r#"{"errcode":"45009"}"#, "THROTTLE", "45009"),
            (r#"{"errcode":93000,"errmsg":"key hidden is bad"}"#, "CONFIG", "93000 key *** is bad"),
            (r#"{"errcode":777,"errmsg":"new"}"#, "BAD_MSG", "777 new"),
        ] {
            let outcome = read(&answer(200, body));
            assert_eq!((outcome.name(), outcome.detail()), (name, detail), "{body}");
        }
    }

    #[test]
    fn what_is_not_the_providers_is_tried_again() {
        for body in ["<html>denied</html>", "", "[]", "{}", r#"{"errcode":null}"#, r#"{"errcode":"x"}"#] {
            assert_eq!(read(&answer(200, body)).name(), "RETRY", "{body}");
        }
        assert_eq!(read(&answer(502, "bad gateway")).name(), "RETRY");
        assert_eq!(read(&answer(502, r#"{"errcode":0}"#)).name(), "RETRY");
        assert_eq!(read(&answer(500, r#"{"errcode":93000}"#)).name(), "RETRY");
        assert_eq!(read(&answer(404, "nothing")).name(), "RETRY");
        assert_eq!(read(&answer(400, r#"{"errcode":93000}"#)).name(), "CONFIG");
        assert_eq!(read(&answer(302, "")).name(), "CONFIG");
        let broken = HttpResponse { truncated: true, ..answer(200, r#"{"errco"#) };
        assert_eq!(read(&broken).name(), "AMBIGUOUS");
    }

    #[test]
    fn limits_say_how_long_to_wait() {
        let wait = |response: &HttpResponse| {
            let outcome = read(response);
            (outcome.name(), outcome.wait().map(|wait| wait.as_secs()))
        };
        assert_eq!(wait(&answer(429, "slow down")), ("THROTTLE", Some(60)));
        let asked = HttpResponse { retry_after: Some(Duration::from_secs(90)), ..answer(429, "") };
        assert_eq!(wait(&asked), ("THROTTLE", Some(90)));
        let asked = HttpResponse { retry_after: Some(Duration::from_secs(90)), ..answer(503, "") };
        assert_eq!(wait(&asked), ("RETRY", Some(90)));
        assert_eq!(wait(&answer(200, r#"{"errcode":45009}"#)), ("THROTTLE", Some(60)));
        let gate = r#"{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"u"}"#;
        assert_eq!(wait(&answer(200, gate)), ("THROTTLE", Some(300)));
    }
}
