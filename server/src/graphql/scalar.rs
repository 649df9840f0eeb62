//! The scalars of the contract: `DateTime` and `JSON`.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{DateTime as ChronoDateTime, SecondsFormat};
use serde::{Deserialize, Serialize};

use crate::domain::mask::Masker;
use crate::domain::time::Timestamp;

/// RFC 3339 date-time; the server always answers in UTC with a Z suffix and milliseconds, and takes any offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

impl DateTime {
    /// # Errors
    /// When the text is not an RFC 3339 date-time.
    pub fn parse(text: &str) -> Result<Self, String> {
        ChronoDateTime::parse_from_rfc3339(text)
            .map(|at| Self(at.to_utc().into()))
            .map_err(|_| format!("`{}` is not an RFC 3339 date-time", text.chars().take(40).collect::<String>()))
    }

    pub fn text(self) -> String {
        self.0.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true)
    }
}

impl From<Timestamp> for DateTime {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

/// RFC 3339 date-time; the server always answers in UTC with a Z suffix.
#[Scalar(specified_by_url = "https://datatracker.ietf.org/doc/html/rfc3339")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Self::parse(text).map_err(InputValueError::custom),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(text) if Self::parse(text).is_ok())
    }

    fn to_value(&self) -> Value {
        Value::String(self.text())
    }
}

impl Serialize for DateTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// JSON that comes in. Kept as the services take it, so that it is converted once.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct JsonInput(pub serde_json::Value);

/// Any JSON value.
#[Scalar(name = "JSON")]
impl ScalarType for JsonInput {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

/// JSON that goes out. Kept as GraphQL writes it, so that stored text is parsed once.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonOutput(Value);

impl JsonOutput {
    /// Stored JSON text; what can't be read becomes null.
    pub fn from_text(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap_or_default())
    }
}

impl JsonOutput {
    /// The same, with recipients masked where there is a masker.
    pub fn masked_text(text: &str, masker: Option<&Masker>) -> Self {
        let Some(masker) = masker else { return Self::from_text(text) };
        let mut value = serde_json::from_str(text).unwrap_or_default();
        masker.json(&mut value);
        value.into()
    }
}

impl From<serde_json::Value> for JsonOutput {
    fn from(value: serde_json::Value) -> Self {
        Self(Value::from_json(value).unwrap_or_default())
    }
}

/// Any JSON value.
#[Scalar(name = "JSON")]
impl ScalarType for JsonOutput {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value))
    }

    fn to_value(&self) -> Value {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_date_time_is_answered_in_utc_with_milliseconds() {
        let at = DateTime::parse("2026-11-21T10:30:00.1239+08:00").unwrap();
        assert_eq!(at.text(), "2026-11-21T02:30:00.123Z");
        assert_eq!(at.to_value(), Value::from("2026-11-21T02:30:00.123Z"));
    }

    #[test]
    fn what_is_not_a_date_time_is_refused() {
        for text in ["", "tomorrow", "2026-11-21", "2026-11-21T10:30:00", "2026-13-01T00:00:00Z"] {
            assert!(DateTime::parse(text).is_err(), "{text}");
            assert!(!DateTime::is_valid(&Value::from(text)), "{text}");
        }
        assert!(<DateTime as ScalarType>::parse(Value::from(1_795_228_200)).is_err());
    }

    #[test]
    fn json_goes_through_unchanged() {
        let value = json!({"b": [1, 2.5, null, "x"], "a": {"nested": true}});
        let input = <JsonInput as ScalarType>::parse(Value::from_json(value.clone()).unwrap()).unwrap();
        assert_eq!(input.0, value);
        let output = JsonOutput::from_text(&value.to_string());
        assert_eq!(output.to_value().into_json().unwrap().to_string(), value.to_string());
        assert_eq!(JsonOutput::from_text("{broken").to_value(), Value::Null);
    }

    proptest! {
        #[test]
        fn a_date_time_reads_back_what_it_prints(millis in 0i64..4_102_444_800_000) {
            let at = DateTime(Timestamp::from_millis(millis));
            prop_assert_eq!(DateTime::parse(&at.text()).unwrap(), at);
        }
    }
}
