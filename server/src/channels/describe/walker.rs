//! For tests: a reader of the part of JSON Schema (draft 2020-12) that descriptions use. A keyword that it does not know
//! fails the test, so that nothing goes unchecked.

use regex::Regex;
use serde_json::{Map, Value};

/// Whether `schema` accepts `value`.
pub fn accepts(schema: &Value, value: &Value) -> bool {
    let keywords = schema.as_object().unwrap();
    keywords.iter().all(|(keyword, rule)| holds(keyword, rule, keywords, value))
}

fn holds(keyword: &str, rule: &Value, schema: &Map<String, Value>, value: &Value) -> bool {
    match keyword {
        // Annotations. A format is one by default.
        "$schema" | "title" | "description" | "default" | "writeOnly" | "format" => true,
        "type" => match rule {
            Value::Array(types) => types.iter().any(|name| is_a(value, name.as_str().unwrap())),
            name => is_a(value, name.as_str().unwrap()),
        },
        "allOf" => rule.as_array().unwrap().iter().all(|one| accepts(one, value)),
        "not" => !accepts(rule, value),
        "pattern" => value.as_str().is_none_or(|text| Regex::new(rule.as_str().unwrap()).unwrap().is_match(text)),
        "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= rule.as_u64().unwrap()),
        "maxItems" => value.as_array().is_none_or(|items| items.len() as u64 <= rule.as_u64().unwrap()),
        "items" => value.as_array().is_none_or(|items| items.iter().all(|item| accepts(rule, item))),
        "required" => value.as_object().is_none_or(|object| {
            rule.as_array().unwrap().iter().all(|name| object.contains_key(name.as_str().unwrap()))
        }),
        "oneOf" => rule.as_array().unwrap().iter().filter(|one| accepts(one, value)).count() == 1,
        "properties" => value.as_object().is_none_or(|object| {
            let mut rules = rule.as_object().unwrap().iter();
            rules.all(|(name, rule)| object.get(name).is_none_or(|value| accepts(rule, value)))
        }),
        "propertyNames" => {
            value.as_object().is_none_or(|object| object.keys().all(|name| accepts(rule, &Value::String(name.clone()))))
        }
        "additionalProperties" => value.as_object().is_none_or(|object| {
            let known = schema.get("properties").and_then(Value::as_object);
            let mut others = object.iter().filter(|(name, _)| known.is_none_or(|known| !known.contains_key(*name)));
            match rule {
                Value::Bool(may) => *may || others.next().is_none(),
                rule => others.all(|(_, value)| accepts(rule, value)),
            }
        }),
        other => panic!("{other} is not read by these tests"),
    }
}

fn is_a(value: &Value, name: &str) -> bool {
    match name {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("{other} is not a type that these tests know"),
    }
}
