//! What a caller takes for an answer: the `Accept` header, with its weights.
//!
//! Streams are for those who ask for them by name. A wildcard takes JSON, since most clients send one without a thought, and
//! whoever lists JSON beside the stream (GraphQL over HTTP, 6.2) waits for JSON, but for a subscription.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

pub(super) const JSON: &str = "application/json";
pub(super) const RESPONSE_JSON: &str = "application/graphql-response+json";
pub(super) const EVENT_STREAM: &str = "text/event-stream";
/// The weight of what is named without one, in thousandths.
const FULL: u16 = 1000;

/// Media ranges and their weights in thousandths; 0 excludes.
pub(super) struct Accept<'h>(Vec<(&'h str, u16)>);

impl<'h> Accept<'h> {
    pub(super) fn of(headers: &'h HeaderMap) -> Self {
        let texts = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        Self(texts.flat_map(|text| text.split(',')).filter_map(range).collect())
    }

    /// Whether this very media type is asked for.
    pub(super) fn names(&self, media: &str) -> bool {
        self.named(media).is_some_and(|weight| weight > 0)
    }

    /// Whether a subscription can be answered.
    pub(super) fn streams(&self) -> bool {
        self.names(EVENT_STREAM)
    }

    /// Whether queries and mutations too are to be answered as a stream, because nothing else is taken.
    pub(super) fn only_streams(&self) -> bool {
        self.streams() && self.weight(JSON) == 0 && self.weight(RESPONSE_JSON) == 0
    }

    /// The preferred form of JSON. The plain one where none is asked for by name: it is what clients knew first.
    pub(super) fn json(&self) -> &'static str {
        let preferred = self.names(RESPONSE_JSON) && self.weight(RESPONSE_JSON) >= self.weight(JSON);
        if preferred { RESPONSE_JSON } else { JSON }
    }

    /// The most specific range that covers a media type counts; without any `Accept` everything is taken.
    fn weight(&self, media: &str) -> u16 {
        if self.0.is_empty() {
            return FULL;
        }
        let kind = media.split('/').next().unwrap_or_default();
        self.named(media).or_else(|| self.named(&format!("{kind}/*"))).or_else(|| self.named("*/*")).unwrap_or(0)
    }

    fn named(&self, media: &str) -> Option<u16> {
        self.0.iter().filter(|(name, _)| name.eq_ignore_ascii_case(media)).map(|(_, weight)| *weight).max()
    }
}

/// A range and its weight. Other parameters, such as a character set, change nothing here.
fn range(text: &str) -> Option<(&str, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = parts
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(key, _)| key.trim().eq_ignore_ascii_case("q"))
        .map_or(FULL, |(_, weight)| thousandths(weight.trim()));
    Some((name, weight))
}

/// `0.25` is 250. What is no weight counts as none: who names something can read it.
fn thousandths(text: &str) -> u16 {
    match text.parse::<f32>() {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within 0 to 1000
        Ok(weight) if (0.0..=1.0).contains(&weight) => (weight * 1000.0).round() as u16,
        _ => FULL,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(ACCEPT, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn a_stream_takes_the_place_of_json_only_where_no_json_is_taken() {
        for (accept, streams, only) in [
            (&[][..], false, false),
            (&["*/*"], false, false),
            (&["text/*"], false, false),
            (&["text/event-stream"], true, true),
            (&["Text/Event-Stream ; charset=utf-8"], true, true),
            (&["text/event-stream;q=0.1"], true, true),
            (&["text/event-stream;q=0"], false, false),
            (&["text/event-stream; Q=0.000, application/json"], false, false),
            (&["application/graphql-response+json, application/json, text/event-stream"], true, false),
            (&["text/event-stream, application/json;q=0.1"], true, false),
            (&["application/json", "text/event-stream"], true, false),
            (&["text/event-stream, */*"], true, false),
            (&["text/event-stream, application/*;q=0.2"], true, false),
            (&["text/event-stream, application/json;q=0"], true, true),
            (&["text/event-stream, */*;q=0"], true, true),
            (&["text/event-stream, application/*;q=0, */*"], true, true),
            (&["text/event-stream, text/html"], true, true),
            (&["text/event-stream;q=nonsense"], true, true),
        ] {
            let headers = headers(accept);
            let accept = Accept::of(&headers);
            assert_eq!((accept.streams(), accept.only_streams()), (streams, only), "{:?}", accept.0);
        }
    }

    #[test]
    fn the_heavier_form_of_json_is_answered() {
        for (accept, answered) in [
            (&[][..], JSON),
            (&["*/*"], JSON),
            (&["application/*"], JSON),
            (&["text/html"], JSON),
            (&["application/json"], JSON),
            (&["application/graphql-response+json"], RESPONSE_JSON),
            (&["application/json, application/graphql-response+json"], RESPONSE_JSON),
            (&["application/graphql-response+json;charset=utf-8, application/json;charset=utf-8"], RESPONSE_JSON),
            (&["application/graphql-response+json;q=0.9, application/json;q=0.8"], RESPONSE_JSON),
            (&["application/graphql-response+json;q=0.8, application/json;q=0.9"], JSON),
            (&["application/graphql-response+json;q=0, application/json;q=0"], JSON),
            (&["application/graphql-response+json, */*;q=0.1"], RESPONSE_JSON),
        ] {
            let headers = headers(accept);
            assert_eq!(Accept::of(&headers).json(), answered, "{accept:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[ -~]{0,60}") {
            let headers = headers(&[&text]);
            let accept = Accept::of(&headers);
            prop_assert!(!accept.only_streams() || accept.streams());
        }
    }
}
