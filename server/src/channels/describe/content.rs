//! A message type's content as JSON Schema (draft 2020-12), as one channel takes it. In a template every string is Liquid, so
//! strings have no limits here: see [`super::Limit`].

use serde_json::{Map, Value, json};

use super::Carried;
use super::schema::DIALECT;
use crate::domain::content::{Key, Kind, MAX_ARTICLES, keys};

/// The keys of a content at its top level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentKeys {
    pub required: Vec<&'static str>,
    pub optional: Vec<&'static str>,
    /// Exactly one of these; empty where there is no such choice.
    pub one_of: Vec<&'static str>,
}

/// Which keys this channel takes for this message type.
pub fn content_keys(carried: &Carried) -> ContentKeys {
    let (keys, choice) = keys(carried.message_type);
    let taken = |name: &&'static str| !carried.without.contains(name);
    let mut one_of: Vec<_> = choice.iter().copied().filter(taken).collect();
    // No choice is left: it is needed.
    let forced: Vec<_> = if one_of.len() == 1 { std::mem::take(&mut one_of) } else { Vec::new() };
    let (mut required, mut optional) = (Vec::new(), Vec::new());
    for key in keys.iter().filter(|key| taken(&key.name) && !one_of.contains(&key.name)) {
        let list = if key.required || forced.contains(&key.name) { &mut required } else { &mut optional };
        list.push(key.name);
    }
    ContentKeys { required, optional, one_of }
}

/// The schema of a template's `content`.
pub fn content_schema(carried: &Carried) -> Value {
    let found = content_keys(carried);
    let (keys, _) = keys(carried.message_type);
    let needed = |name: &str| found.required.contains(&name) || found.one_of.contains(&name);
    let taken = keys.iter().filter(|key| !carried.without.contains(&key.name));
    let properties: Map<String, Value> =
        taken.map(|key| (key.name.to_owned(), property(key, needed(key.name)))).collect();
    let mut schema = json!({
        "$schema": DIALECT,
        "title": carried.message_type.as_str(),
        "type": "object",
        "properties": properties,
        "required": found.required,
        "additionalProperties": false,
    });
    if !found.one_of.is_empty() {
        schema["oneOf"] = found.one_of.iter().map(|name| json!({"required": [name]})).collect();
    }
    schema
}

fn property(key: &Key, required: bool) -> Value {
    let (kind, more) = match key.kind {
        Kind::Text => ("string", json!({})),
        Kind::Flag => ("boolean", json!({})),
        Kind::List(keys) => {
            let properties: Map<String, Value> =
                keys.iter().map(|key| (key.name.to_owned(), property(key, key.required))).collect();
            let needed: Vec<_> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
            let item = json!({
                "type": "object", "properties": properties, "required": needed, "additionalProperties": false
            });
            ("array", json!({"items": item, "minItems": 1, "maxItems": MAX_ARTICLES}))
        }
    };
    let mut property = Map::new();
    property.insert("type".into(), if required { json!(kind) } else { json!([kind, "null"]) });
    if let Value::Object(more) = more {
        property.extend(more);
    }
    Value::Object(property)
}
