//! A channel's settings as JSON Schema (draft 2020-12): what is accepted for a new config, as far as a schema can say it.
//! What it can't say is left to the server: whether an address is out of bounds, and header names that differ in case only.

use serde_json::{Map, Value, json};

use super::headers::{PREFIX, RESERVED};
use super::{Description, Field, Form, Kind};
use crate::channels::TargetAllow;

/// The dialect.
pub const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema. Where `allow` lists no network, addresses are https only.
pub fn settings_schema(name: &str, of: &Description, allow: &TargetAllow) -> Value {
    let properties: Map<String, Value> =
        of.fields.iter().map(|field| (field.key.to_owned(), property(field, allow))).collect();
    let required: Vec<&str> = of.fields.iter().filter(|field| field.required).map(|field| field.key).collect();
    json!({
        "$schema": DIALECT,
        "title": name,
        "description": of.about,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn property(field: &Field, allow: &TargetAllow) -> Value {
    let mut property = Map::new();
    property.insert("title".into(), field.title.into());
    property.insert("description".into(), field.about.into());
    let (kind, more) = match field.kind {
        Kind::Url { parameter, without } => {
            let pattern = optional(field, &url_pattern(allow));
            let needed = parameter.map(|name| json!({"pattern": format!(r"^[^#]*[?&]{name}=[^&#\s]")}));
            let barred =
                without.iter().map(|name| json!({"not": {"pattern": format!(r"^[^#]*[?&]{name}(?:[=&#]|\s*$)")}}));
            let more: Vec<Value> = needed.into_iter().chain(barred).collect();
            let mut uri = json!({"format": "uri", "pattern": pattern});
            if !more.is_empty() {
                uri["allOf"] = more.into();
            }
            ("string", uri)
        }
        Kind::Text(form) => ("string", json!({"pattern": optional(field, &text_pattern(form))})),
        Kind::Flag => ("boolean", json!({"default": false})),
        Kind::Mobiles { words, most } => {
            let items = json!({"type": "string", "pattern": mobile_pattern(words)});
            ("array", json!({"items": items, "maxItems": most, "default": []}))
        }
        Kind::Headers => {
            let names = json!({"pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", "not": {"pattern": reserved_pattern()}});
            let values = json!({"type": "string", "pattern": r"^[\t -~]*$"});
            ("object", json!({"propertyNames": names, "additionalProperties": values}))
        }
    };
    // Null counts as absent.
    property.insert("type".into(), if field.required { json!(kind) } else { json!([kind, "null"]) });
    if let Value::Object(more) = more {
        property.extend(more);
    }
    if field.secret {
        property.insert("writeOnly".into(), true.into());
    }
    Value::Object(property)
}

/// Blank is absent, where that may be.
fn optional(field: &Field, pattern: &str) -> String {
    if field.required { format!(r"^\s*{pattern}\s*$") } else { format!(r"^\s*(?:{pattern}\s*)?$") }
}

fn url_pattern(allow: &TargetAllow) -> String {
    let scheme = if allow.lists_none() { "[Hh][Tt][Tt][Pp][Ss]" } else { "[Hh][Tt][Tt][Pp][Ss]?" };
    format!(r"{scheme}://[^\s/?#@]+(?:[/?#]\S*)?")
}

fn text_pattern(form: Form) -> String {
    match form {
        Form::Prefixed(prefix) => format!(r"{prefix}(?:.*\S)?"),
        // 24 to 64 bytes: groups of three, and one or two more, whose last character has no bits to spare.
        Form::WebhookSecret => {
            let group = "[A-Za-z0-9+/]{4}";
            format!(
                "whsec_(?:(?:{group}){{8,21}}|(?:{group}){{8,21}}[A-Za-z0-9+/][AQgw]==|\
                 (?:{group}){{8,20}}[A-Za-z0-9+/]{{2}}[AEIMQUYcgkosw048]=)"
            )
        }
    }
}

fn mobile_pattern(words: &[&str]) -> String {
    let mut forms = vec![r"\+?[0-9][0-9-]{4,23}".to_owned()];
    forms.extend(words.iter().map(|word| (*word).to_owned()));
    format!(r"^\s*(?:{})\s*$", forms.join("|"))
}

/// What is reserved, whatever its case.
fn reserved_pattern() -> String {
    let reserved: Vec<String> = RESERVED.iter().map(|name| format!("{}$", any_case(name))).collect();
    format!("^(?:{}|{})", reserved.join("|"), any_case(PREFIX))
}

fn any_case(name: &str) -> String {
    let letters = name.chars().map(|letter| match letter {
        'a'..='z' => format!("[{}{letter}]", letter.to_ascii_uppercase()),
        other => other.to_string(),
    });
    letters.collect()
}
