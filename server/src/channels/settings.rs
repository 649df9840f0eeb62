//! Reads a channel config's JSON by the table of its fields and collects every mistake, with paths below `config`. Messages
//! never repeat a value: it may be secret.

use serde_json::{Map, Value};
use url::Url;

use super::describe::{Field, Form, Kind};
use super::guard::{self, TargetAllow};
use crate::domain::issue::{Issue, IssueCode};

/// A config being read.
pub struct Settings<'a> {
    map: &'a Map<String, Value>,
    allow: &'a TargetAllow,
    fields: &'static [Field],
    issues: Vec<Issue>,
}

impl<'a> Settings<'a> {
    /// `fields` are all that this channel knows.
    pub fn new(map: &'a Map<String, Value>, allow: &'a TargetAllow, fields: &'static [Field]) -> Self {
        let keys: Vec<&str> = fields.iter().map(|field| field.key).collect();
        let unknown = map.keys().filter(|key| !keys.contains(&key.as_str()));
        let expected = if keys.is_empty() {
            "this channel has no settings".to_owned()
        } else {
            format!("expected {}", keys.join(", "))
        };
        let issues = unknown.map(|key| issue(&[key], IssueCode::Invalid, format!("unknown key, {expected}"))).collect();
        Self { map, allow, fields, issues }
    }

    fn kind(&self, key: &str) -> Option<Kind> {
        self.fields.iter().find(|field| field.key == key).map(|field| field.kind)
    }

    /// Notes a mistake in `key`.
    pub fn wrong(&mut self, key: &str, message: impl Into<String>) {
        self.issues.push(issue(&[key], IssueCode::Invalid, message));
    }

    /// Notes a mistake in an entry of `key`.
    pub fn wrong_entry(&mut self, key: &str, entry: &str, message: impl Into<String>) {
        self.issues.push(issue(&[key, entry], IssueCode::Invalid, message));
    }

    /// The value of `key`; null counts as absent.
    pub fn value(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    /// A string of the field's form; a blank one counts as absent, which a field that is required may not be.
    pub fn text(&mut self, key: &str) -> Option<&'a str> {
        let text = match self.value(key) {
            None => "",
            Some(Value::String(text)) => text.trim(),
            Some(_) => {
                self.wrong(key, "must be a string");
                return None;
            }
        };
        if text.is_empty() {
            if self.fields.iter().any(|field| field.key == key && field.required) {
                self.issues.push(Issue::required(&format!("config.{key}")));
            }
            return None;
        }
        match self.kind(key) {
            Some(Kind::Text(Form::Prefixed(prefix))) if !text.starts_with(prefix) => {
                self.wrong(key, format!("must begin with {prefix}"));
                None
            }
            _ => Some(text),
        }
    }

    /// True or false; false when absent.
    pub fn flag(&mut self, key: &str) -> bool {
        match self.value(key) {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(_) => {
                self.wrong(key, "must be true or false");
                false
            }
        }
    }

    /// Mobile numbers to mention: a list of strings of digits, perhaps with a country code, or one of the field's words.
    /// None twice; empty when absent.
    pub fn mobiles(&mut self, key: &str) -> Vec<String> {
        let (words, most) = match self.kind(key) {
            Some(Kind::Mobiles { words, most }) => (words, most),
            _ => (&[][..], usize::MAX),
        };
        let items = match self.value(key) {
            None => return Vec::new(),
            Some(Value::Array(items)) => items,
            Some(_) => {
                self.wrong(key, "must be a list of mobile numbers");
                return Vec::new();
            }
        };
        if items.len() > most {
            self.wrong(key, format!("must be at most {most} numbers"));
            return Vec::new();
        }
        let mut mobiles: Vec<String> = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            match item.as_str().map(str::trim) {
                Some(text) if is_mobile(text) || words.contains(&text) => {
                    if !mobiles.iter().any(|mobile| mobile == text) {
                        mobiles.push(text.to_owned());
                    }
                }
                _ => self.wrong_entry(key, &index.to_string(), "must be a mobile number as a string of digits"),
            }
        }
        mobiles
    }

    /// An address to post to, in normal form: https, or http to a literal address that the operator lists; without user
    /// name, password and fragment; with the parameters that the field asks for and none that it forbids; and not out of
    /// bounds as far as can be told without a name server.
    pub fn url(&mut self, key: &str) -> Option<Url> {
        let text = self.text(key)?;
        let (parameter, without) = match self.kind(key) {
            Some(Kind::Url { parameter, without }) => (parameter, without),
            _ => (None, &[][..]),
        };
        let checked = check_url(text, self.allow).and_then(|url| check_query(&url, parameter, without).map(|()| url));
        match checked {
            Ok(url) => Some(url),
            Err(message) => {
                self.wrong(key, message);
                None
            }
        }
    }

    /// `made`, when it is there and nothing was wrong.
    pub fn finish<T>(self, made: Option<T>) -> Result<T, Vec<Issue>> {
        match made {
            Some(made) if self.issues.is_empty() => Ok(made),
            _ => Err(self.issues),
        }
    }
}

/// Keys may hold dots, so the path is put together from its parts.
fn issue(path: &[&str], code: IssueCode, message: impl Into<String>) -> Issue {
    let mut issue = Issue::new("config", code, message);
    issue.path.extend(path.iter().map(|&part| part.to_owned()));
    issue
}

fn is_mobile(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (5..=24).contains(&digits.len())
        && digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

fn check_url(text: &str, allow: &TargetAllow) -> Result<Url, String> {
    let mut url = Url::parse(text).map_err(|error| format!("must be a URL: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("must begin with https://".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user name or password".to_owned());
    }
    if let Some(reason) = allow.refuses_host(&url) {
        let host = url.host_str().unwrap_or_default();
        return Err(format!(
            "{host} is not a public address ({reason}); to reach it, list its network in {}",
            guard::SETTING
        ));
    }
    if url.scheme() == "http" && !guard::literal(&url).is_some_and(|address| allow.lists(address)) {
        return Err(format!("must begin with https://; http is for literal addresses that {} lists", guard::SETTING));
    }
    url.set_fragment(None);
    Ok(url)
}

fn check_query(url: &Url, parameter: Option<&str>, without: &[&str]) -> Result<(), String> {
    // Signed parameters of some moment, copied from a request.
    if url.query_pairs().any(|(name, _)| without.contains(&&*name)) {
        let names = without.join(" and ");
        return Err(format!("must not hold {names}: give the secret, each request is signed with it"));
    }
    match parameter {
        Some(name) if query_value(url, name).is_none() => {
            Err(format!("must hold the robot's {name}: copy the whole webhook address"))
        }
        _ => Ok(()),
    }
}

/// The value of a query's parameter; none where it is absent or empty.
pub fn query_value(url: &Url, name: &str) -> Option<String> {
    let value = url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned());
    value.filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const fn field(key: &'static str, kind: Kind, required: bool) -> Field {
        Field { key, title: "T", about: "a.", kind, required, secret: false }
    }

    static FIELDS: &[Field] = &[
        field("url", Kind::Url { parameter: None, without: &[] }, true),
        field("flag", Kind::Flag, false),
        field("mobiles", Kind::Mobiles { words: &[], most: 9 }, false),
        field("text", Kind::Text(Form::Prefixed("")), true),
        field("absent", Kind::Text(Form::Prefixed("")), true),
        field("spare", Kind::Text(Form::Prefixed("")), false),
    ];

    fn checked(url: &str) -> Result<String, String> {
        check_url(url, &"127.0.0.1,10.9.0.0/16".parse().unwrap()).map(String::from)
    }

    #[test]
    fn urls_are_https_unless_literal_and_listed() {
        for (url, normal) in [
            ("https://example.com/a?b=c#d", "https://example.com/a?b=c"),
            ("HTTPS://Example.com", "https://example.com/"),
            ("https://8.8.8.8/", "https://8.8.8.8/"),
            ("http://127.0.0.1:9090/x?access_token=t", "http://127.0.0.1:9090/x?access_token=t"),
            ("http://localhost:9090/", "http://localhost:9090/"),
            ("http://10.9.1.1/", "http://10.9.1.1/"),
        ] {
            assert_eq!(checked(url).as_deref(), Ok(normal));
        }
        for (url, said) in [
            ("http://example.com/", "must begin with https://; http is for literal"),
            ("http://8.8.8.8/", "must begin with https://; http is for literal"),
            ("ftp://example.com/", "must begin with https://"),
            ("file:///etc/passwd", "must begin with https://"),
            ("https://me@example.com/", "must not hold a user name"),
            ("https://:pw@example.com/", "must not hold a user name"),
            ("https://10.8.0.1/", "10.8.0.1 is not a public address (private); to reach it"),
            ("https://0x0a080001/", "10.8.0.1 is not a public address (private); to reach it"),
            ("https://[::1]/", "[::1] is not a public address (loopback); to reach it"),
            ("example.com/hook", "must be a URL"),
            ("https://", "must be a URL"),
        ] {
            let message = checked(url).unwrap_err();
            assert!(message.starts_with(said), "{url}: {message}");
        }
        assert!(
            check_url("https://localhost/", &TargetAllow::default()).unwrap_err().contains("POSTHORN_TARGET_ALLOW")
        );
    }

    #[test]
    fn every_mistake_is_found_and_none_tells_a_value() {
        let Value::Object(map) = json!({
            "a.b": "hidden", "url": "hidden", "flag": "hidden", "mobiles": ["13800000000", 5, "hidden"], "text": 5
        }) else {
            unreachable!()
        };
        let allow = TargetAllow::default();
        let mut settings = Settings::new(&map, &allow, FIELDS);
        assert_eq!(settings.url("url"), None);
        assert!(!settings.flag("flag"));
        assert_eq!(settings.mobiles("mobiles"), ["13800000000"]);
        assert_eq!(settings.text("text"), None);
        assert_eq!(settings.text("absent"), None);
        assert_eq!(settings.text("spare"), None);
        let issues = settings.finish(Some(())).unwrap_err();
        let paths: Vec<_> = issues.iter().map(|issue| issue.path.join("/")).collect();
        assert_eq!(
            paths,
            [
                "config/a.b",
                "config/url",
                "config/flag",
                "config/mobiles/1",
                "config/mobiles/2",
                "config/text",
                "config/absent"
            ]
        );
        assert_eq!(issues[6].code, IssueCode::Required);
        assert!(issues.iter().all(|issue| !issue.message.contains("hidden")));
    }

    #[test]
    fn mobiles_are_told_from_other_text() {
        for mobile in ["13800000000", "+86-13800000000", "+8613800000000"] {
            assert!(is_mobile(mobile), "{mobile}");
        }
        for other in ["", "+", "1380", "138 0000 0000", "-13800000000", "@all", "1380000000a"] {
            assert!(!is_mobile(other), "{other}");
        }
    }
}
