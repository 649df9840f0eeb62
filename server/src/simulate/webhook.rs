//! The generic receiver: verifies Standard Webhooks signatures where the name has a secret, and knows ids again.

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use super::answer::Answer;
use super::provider::{Call, Judgement};
use super::script::Settings;
use crate::domain::time::Timestamp;

/// Seconds that a signature's timestamp may be away from the receiver's clock.
const TOLERANCE_SECONDS: u64 = 300;

pub fn judge(call: &Call<'_>, settings: &Settings, now: Timestamp, path: &str) -> Judgement {
    if let Some(secret) = settings.secret.as_deref()
        && let Err(text) = verify(call, secret, now)
    {
        return Judgement::Refused(Answer::json(StatusCode::UNAUTHORIZED, &json!({"error": text})));
    }
    Judgement::Fine {
        once: call.header("webhook-id").filter(|id| !id.is_empty()).map(|id| format!("{path} {id}")),
        // A receiver has no limit of its own; a script can give it one.
        paced: settings.rate_per_minute.map(|_| path.to_owned()),
    }
}

pub fn taken() -> Answer {
    Answer::plain(StatusCode::OK, Bytes::from_static(br#"{"ok":true}"#))
}

pub fn taken_before() -> Answer {
    Answer::plain(StatusCode::OK, Bytes::from_static(br#"{"ok":true,"duplicate":true}"#))
}

/// By the Standard Webhooks specification 1.0.0; the published crate asks the system for the time, this must not.
fn verify(call: &Call<'_>, secret: &str, now: Timestamp) -> Result<(), String> {
    let header = |name: &str| call.header(name).ok_or_else(|| format!("header {name} is missing"));
    let id = header("webhook-id")?;
    let timestamp = header("webhook-timestamp")?;
    let signatures = header("webhook-signature")?;
    let seconds: i64 = timestamp.parse().map_err(|_| "webhook-timestamp is not a number of seconds".to_owned())?;
    if now.as_seconds().abs_diff(seconds) > TOLERANCE_SECONDS {
        return Err(format!("webhook-timestamp is more than {TOLERANCE_SECONDS} seconds off"));
    }
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(secret));
    let key = key.map_err(|_| "the registered secret is not base64".to_owned())?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| "the registered secret is no key".to_owned())?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(call.body);
    let fits = signatures
        .split(' ')
        .filter_map(|signature| signature.strip_prefix("v1,"))
        .filter_map(|signature| STANDARD.decode(signature).ok())
        .any(|signature| mac.clone().verify_slice(&signature).is_ok());
    if fits { Ok(()) } else { Err("no signature fits".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderMap, Method};

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn verdict(secret: &str, id: &str, at: i64, signature: &str, body: &str, now: i64) -> Result<(), String> {
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", id.parse().unwrap());
        headers.insert("webhook-timestamp", at.into());
        headers.insert("webhook-signature", signature.parse().unwrap());
        let call = Call { method: &Method::POST, query: &[], headers: &headers, body: body.as_bytes() };
        verify(&call, secret, Timestamp::from_millis(now * 1000))
    }

    #[test]
    fn published_vectors_are_taken() {
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        let (at, body) = (1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(verdict(SECRET, id, at, SIGNATURE, body, at), Ok(()));
        let crate_test = verdict(
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            1_649_367_553,
            "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
            r#"{"email":"test@example.com","username":"test_user"}"#,
            1_649_367_553,
        );
        assert_eq!(crate_test, Ok(()));
    }

    #[test]
    fn any_of_several_signatures_will_do() {
        let header = "v1,okbSvFBvjlvoegpJTz7DiC/eLkPkVfYjrFAwHY8AADI= v1,CFAvx01B5taaoR+JuW7+rxhdicBsOBWNRfUMwkPokWw=";
        let body = r#"{"type":"message.delivered","timestamp":"2026-11-21T02:30:00Z","data":{"id":"m1"}}"#;
        let at = 1_795_228_200;
        for secret in
            ["whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]
        {
            assert_eq!(verdict(secret, "msg_01", at, header, body, at), Ok(()));
        }
        assert!(verdict(SECRET, "msg_01", at, header, body, at).is_err());
    }

    #[test]
    fn anything_changed_is_refused() {
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        let (at, body) = (1_614_265_330, r#"{"test": 2432232314}"#);
        assert!(verdict(SECRET, "msg_x", at, SIGNATURE, body, at).is_err());
        assert!(verdict(SECRET, id, at + 1, SIGNATURE, body, at).is_err());
        assert!(verdict(SECRET, id, at, SIGNATURE, r#"{"test":2432232314}"#, at).is_err());
        assert!(verdict(SECRET, id, at, "v2,AAAA", body, at).is_err());
        assert_eq!(verdict(SECRET, id, at, SIGNATURE, body, at + 300), Ok(()));
        assert!(verdict(SECRET, id, at, SIGNATURE, body, at + 301).unwrap_err().contains("300 seconds"));
        assert!(verdict(SECRET, id, at, SIGNATURE, body, at - 301).is_err());
    }
}
