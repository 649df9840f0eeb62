//! Business data in the form that templates read.

use liquid_core::model::{KString, Object, Value};
use serde_json::Value as Json;

/// The variables of a message: its business data and a few extras. Build it once and render every content with it.
#[derive(Debug, Clone, Default)]
pub struct Globals {
    values: Object,
}

/// Business data that is not an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("business data must be a JSON object")]
pub struct NotAnObject;

impl Globals {
    /// Variables from a JSON object; null is an empty one. Copies each value once.
    ///
    /// # Errors
    /// When it is any other JSON value.
    pub fn new(business_data: &Json) -> Result<Self, NotAnObject> {
        match business_data {
            Json::Null => Ok(Self::default()),
            Json::Object(map) => Ok(Self { values: object(map) }),
            _ => Err(NotAnObject),
        }
    }

    /// Adds a variable. It hides business data of the same name.
    pub fn set(&mut self, name: &str, value: &Json) {
        self.values.insert(KString::from_ref(name), convert(value));
    }

    pub(super) fn values(&self) -> &Object {
        &self.values
    }
}

fn object(map: &serde_json::Map<String, Json>) -> Object {
    map.iter().map(|(key, value)| (KString::from_ref(key), convert(value))).collect()
}

fn convert(value: &Json) -> Value {
    match value {
        Json::Null => Value::Nil,
        Json::Bool(flag) => Value::scalar(*flag),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::scalar(whole),
            // Beyond i64, e.g. an unsigned 64-bit order number: as text it keeps all its digits.
            (None, _) if number.is_u64() => Value::scalar(number.to_string()),
            (None, Some(fraction)) => Value::scalar(fraction),
            (None, None) => Value::scalar(number.to_string()),
        },
        Json::String(text) => Value::scalar(KString::from_ref(text)),
        Json::Array(items) => Value::Array(items.iter().map(convert).collect()),
        Json::Object(map) => Value::Object(object(map)),
    }
}
