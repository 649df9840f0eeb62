//! Secrets within a channel config's JSON: sealed in the database, opened for the adapter, masked in answers. A secret is
//! a string, or an object whose strings are secrets each.

use secrecy::ExposeSecret;
use serde_json::{Map, Value};
use url::Url;

use crate::channels::adapter;
use crate::domain::channel_config::ChannelConfig;
use crate::domain::id::ChannelConfigId;
use crate::store::seal::{OpenError, Sealer, TooLong};

/// Stands for what is not shown.
pub const DOTS: &str = "••••";

/// Secrets of at least this many characters show their last four.
const LONG: usize = 16;

/// Query parameters of providers whose names tell nothing.
const KNOWN_PARAMETERS: &[&str] = &["access_token", "key"];

/// The strings of a secret: itself, or those of its entries.
pub fn texts(secret: &Value) -> Vec<&str> {
    match secret {
        Value::Object(entries) => entries.values().filter_map(Value::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    }
}

fn texts_mut(secret: &mut Value) -> Vec<&mut String> {
    let values = match secret {
        Value::Object(entries) => entries.values_mut().collect(),
        other => vec![other],
    };
    values.into_iter().filter_map(|value| if let Value::String(text) = value { Some(text) } else { None }).collect()
}

/// `config` with its secrets opened. What is neither a string nor an object is left as it is.
///
/// # Errors
/// The first key whose value can't be opened, and why.
pub fn reveal(
    sealer: &Sealer,
    secret_keys: &[&'static str],
    id: ChannelConfigId,
    config: &Value,
) -> Result<Map<String, Value>, (&'static str, OpenError)> {
    let mut plain = config.as_object().cloned().unwrap_or_default();
    for key in secret_keys {
        if let Some(secret) = plain.get_mut(*key) {
            *secret = reveal_one(sealer, id, secret).map_err(|error| (*key, error))?;
        }
    }
    Ok(plain)
}

/// One secret, opened.
///
/// # Errors
/// Where it, or an entry of it, can't be opened.
pub fn reveal_one(sealer: &Sealer, id: ChannelConfigId, sealed: &Value) -> Result<Value, OpenError> {
    let mut plain = sealed.clone();
    for text in texts_mut(&mut plain) {
        let opened = sealer.open(text, id.0.as_bytes())?;
        opened.expose_secret().clone_into(text);
    }
    Ok(plain)
}

/// `config` with its secrets sealed.
///
/// # Errors
/// Where a secret is too long, which the limit on configs rules out.
pub fn conceal(
    sealer: &Sealer,
    secret_keys: &[&str],
    id: ChannelConfigId,
    mut config: Map<String, Value>,
) -> Result<Value, TooLong> {
    for key in secret_keys {
        for text in config.get_mut(*key).map(texts_mut).unwrap_or_default() {
            *text = sealer.seal(text, id.0.as_bytes())?;
        }
    }
    Ok(Value::Object(config))
}

/// The config as answers show it: each secret is a mask, whether it can be opened or not.
pub fn masked(sealer: &Sealer, mut config: ChannelConfig) -> ChannelConfig {
    let secret_keys = adapter(config.channel_type).map_or(&[][..], |adapter| adapter.secret_keys);
    if let Value::Object(map) = &mut config.config {
        for (key, value) in map {
            let secret = secret_keys.contains(&key.as_str());
            if secret && !value.is_string() && !value.is_object() {
                *value = Value::String(DOTS.to_owned());
            }
            for text in texts_mut(value).into_iter().filter(|text| secret || Sealer::is_sealed(text)) {
                let opened = sealer.open(text, config.id.0.as_bytes()).ok();
                *text = opened.map_or_else(|| DOTS.to_owned(), |plain| mask(plain.expose_secret()));
            }
        }
    }
    config
}

/// What is shown of a secret: of an address the host and path, of a long text its last four characters.
pub fn mask(secret: &str) -> String {
    if let Some(address) = Url::parse(secret).ok().filter(|url| url.has_host()) {
        return mask_address(&address);
    }
    let count = secret.chars().count();
    let shown: String = if count >= LONG { secret.chars().skip(count - 4).collect() } else { String::new() };
    format!("{DOTS}{shown}")
}

fn mask_address(address: &Url) -> String {
    let mut shown = format!("{}://{}", address.scheme(), address.host_str().unwrap_or_default());
    if let Some(port) = address.port() {
        shown.push_str(&format!(":{port}"));
    }
    if address.query().is_none() {
        // Then the token is in the path.
        return format!("{shown}/{DOTS}");
    }
    shown.push_str(address.path());
    for (index, (name, _)) in address.query_pairs().enumerate() {
        let name = if KNOWN_PARAMETERS.contains(&name.as_ref()) { name.as_ref() } else { "…" };
        shown.push_str(&format!("{}{name}={DOTS}", if index == 0 { '?' } else { '&' }));
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::time::Timestamp;

    #[test]
    fn masks_tell_secrets_apart_but_not_what_they_are() {
        for (secret, shown) in [
            ("", "••••"),
            ("short", "••••"),
            ("fifteen chars..", "••••"),
            ("SEC000000000000abcd", "••••abcd"),
            (
                "https://oapi.dingtalk.com/robot/send?access_token=abc",
                "https://oapi.dingtalk.com/robot/send?access_token=••••",
            ),
            ("http://127.0.0.1:9090/wecom?key=abc&debug=1", "http://127.0.0.1:9090/wecom?key=••••&…=••••"),
            ("https://example.com/a?token", "https://example.com/a?…=••••"),
            ("https://me:pw@example.com/hook/0123456789abcdef#x", "https://example.com/••••"),
            ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "••••LaSw"),
            ("密钥密钥密钥密钥密钥密钥密钥密钥一二三四", "••••一二三四"),
        ] {
            assert_eq!(mask(secret), shown);
        }
    }

    #[test]
    fn what_was_concealed_is_revealed_for_the_same_config_only() {
        let sealer = Sealer::new(vec![[7; 32]]).unwrap();
        let id = ChannelConfigId::new(Timestamp::default());
        let Value::Object(config) = json!({"webhook": "https://a/?key=1", "atAll": true, "secret": null}) else {
            unreachable!()
        };
        let keys = &["webhook", "secret"];
        let sealed = conceal(&sealer, keys, id, config.clone()).unwrap();
        assert!(sealed["webhook"].as_str().is_some_and(Sealer::is_sealed));
        assert_eq!(sealed["atAll"], true);
        assert_eq!(reveal(&sealer, keys, id, &sealed).unwrap(), config);
        let other = ChannelConfigId::new(Timestamp::default());
        assert_eq!(reveal(&sealer, keys, other, &sealed).unwrap_err(), ("webhook", OpenError::Tampered));
    }
}
