//! JSON as a hash sees it: independent of the order of keys in objects, and such that no two values that differ feed the
//! same bytes.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// Feeds a value, at any depth. Tags and lengths keep values of different shapes apart.
pub fn feed(hasher: &mut Sha256, value: &Value) {
    match value {
        Value::Null => hasher.update(b"n"),
        Value::Bool(flag) => hasher.update(if *flag { b"t" } else { b"f" }),
        Value::Number(number) => text(hasher, b"#", &number.to_string()),
        Value::String(string) => text(hasher, b"s", string),
        Value::Array(items) => {
            hasher.update(b"[");
            hasher.update((items.len() as u64).to_be_bytes());
            for item in items {
                feed(hasher, item);
            }
        }
        Value::Object(object) => {
            hasher.update(b"{");
            hasher.update((object.len() as u64).to_be_bytes());
            let mut keys: Vec<_> = object.iter().collect();
            keys.sort_unstable_by_key(|(key, _)| key.as_str());
            for (key, value) in keys {
                text(hasher, b"k", key);
                feed(hasher, value);
            }
        }
    }
}

/// Feeds a text that is not JSON, under a tag of its own.
pub fn text(hasher: &mut Sha256, tag: &[u8], text: &str) {
    hasher.update(tag);
    hasher.update((text.len() as u64).to_be_bytes());
    hasher.update(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn digest(value: &Value) -> [u8; 32] {
        let mut hasher = Sha256::new();
        feed(&mut hasher, value);
        hasher.finalize().into()
    }

    #[test]
    fn the_order_of_keys_does_not_matter_and_all_else_does() {
        assert_eq!(digest(&json!({"a": 1, "b": [1, 2]})), digest(&json!({"b": [1, 2], "a": 1})));
        assert_ne!(digest(&json!({"a": 1})), digest(&json!({"a": "1"})));
        assert_ne!(digest(&json!([1, 2])), digest(&json!([2, 1])));
        assert_ne!(digest(&json!(["ab", "c"])), digest(&json!(["a", "bc"])));
        assert_ne!(digest(&json!({"a": null})), digest(&json!({})));
    }
}
