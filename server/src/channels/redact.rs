//! Taking a channel's secrets out of what its provider says.

use url::form_urlencoded::byte_serialize;

use super::size;

/// Shorter secrets are parts of harmless words: they are struck out only behind their names.
const LEAST: usize = 6;

/// What no answer is shown with.
#[derive(Default)]
pub struct Secrets(Vec<Pattern>);

/// A text that is struck out.
struct Pattern {
    text: String,
    /// What is left standing at its beginning.
    name: usize,
}

impl Secrets {
    /// `value` wherever it stands, as it is and as an address spells it. Nothing where it is short.
    #[must_use]
    pub fn and(self, value: &str) -> Self {
        self.and_parameter("", value)
    }

    /// The same for a parameter of an address. Where its value is short it is struck out as `name=value` only.
    #[must_use]
    pub fn and_parameter(mut self, name: &str, value: &str) -> Self {
        let encoded: String = byte_serialize(value.as_bytes()).collect();
        for spelled in [value, &encoded] {
            let pattern = if value.len() >= LEAST {
                Pattern { text: spelled.to_owned(), name: 0 }
            } else if name.is_empty() || value.is_empty() {
                continue;
            } else {
                Pattern { text: format!("{name}={spelled}"), name: name.len() + 1 }
            };
            self.0.push(pattern);
        }
        // What others are a part of comes before them.
        self.0.sort_by(|one, other| (other.text.len(), &one.text).cmp(&(one.text.len(), &other.text)));
        self.0.dedup_by(|one, other| one.text == other.text);
        self
    }

    /// `text` with every secret struck out, and every signature.
    pub fn strike(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for pattern in &self.0 {
            if text.contains(&pattern.text) {
                text = if pattern.name == 0 { text.replace(&pattern.text, "***") } else { pattern.strike_whole(&text) };
            }
        }
        without_signature(text)
    }

    /// The same on one line and without URLs, whose query may be a credential; at most 300 bytes.
    pub fn strike_short(&self, text: &str) -> String {
        let text = self.strike(text);
        let mut line = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(start) = ["https://", "http://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
            line.push_str(&rest[..start]);
            line.push_str("[link]");
            let url = &rest[start..];
            rest = &url[url.find(|c: char| !c.is_ascii_graphic() || "];\"'<>".contains(c)).unwrap_or(url.len())..];
        }
        line.push_str(rest);
        let words: Vec<_> =
            line.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
        size::cut(&words.join(" "), 300).to_owned()
    }
}

impl Pattern {
    /// Strikes out the value where name and value are not parts of longer ones.
    fn strike_whole(&self, text: &str) -> String {
        let part = |c: char| c.is_alphanumeric() || "_-%+/=~".contains(c);
        let mut shown = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(&self.text) {
            let (before, after) = (&rest[..at], &rest[at + self.text.len()..]);
            let alone =
                !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-') && !after.starts_with(part);
            shown.push_str(before);
            shown.push_str(&self.text[..self.name]);
            shown.push_str(if alone { "***" } else { &self.text[self.name..] });
            rest = after;
        }
        shown.push_str(rest);
        shown
    }
}

/// Strikes out the values of `sign=` parameters: they are good for an hour.
fn without_signature(text: String) -> String {
    const NAME: &str = "sign=";
    if !text.contains(NAME) {
        return text;
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(NAME) {
        let (before, value) = rest.split_at(at + NAME.len());
        shown.push_str(before);
        let end = value
            .find(|c: char| c.is_whitespace() || matches!(c, '&' | '"' | '\'' | '<' | ',' | ';'))
            .unwrap_or(value.len());
        if end > 0 {
            shown.push_str("***");
        }
        rest = &value[end..];
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(all: &[&str]) -> Secrets {
        all.iter().fold(Secrets::default(), |secrets, secret| secrets.and(secret))
    }

    #[test]
    fn secrets_are_struck_out_as_they_are_and_as_an_address_spells_them() {
        let answer = "bad token a+b/cd= in /send?access_token=a%2Bb%2Fcd%3D&timestamp=1&sign=x%2By%3D, \"sign=z\"";
        assert_eq!(
            secrets(&["a+b/cd=", ""]).strike(answer),
            "bad token *** in /send?access_token=***&timestamp=1&sign=***, \"sign=***\""
        );
        assert_eq!(Secrets::default().strike("no sign= here"), "no sign= here");
        assert_eq!(secrets(&["hidden", "token=hidden"]).strike("a token=hidden, hidden"), "a ***, ***");
    }

    #[test]
    fn a_short_one_is_struck_out_behind_its_name_only() {
        for (token, said, shown) in [
            ("t", "send too fast", "send too fast"),
            ("t", "send?access_token=t, t=t", "send?access_token=***, t=t"),
            ("t", "access_token=t", "access_token=***"),
            ("t", "(access_token=t) access_token=t.", "(access_token=***) access_token=***."),
            (
                "t",
                "access_token=true my_access_token=t access_token=t&x=1",
                "access_token=true my_access_token=t access_token=***&x=1",
            ),
            ("a b", "access_token=a+b", "access_token=***"),
            ("tokent", "send tokent too fast", "send *** too fast"),
        ] {
            assert_eq!(Secrets::default().and_parameter("access_token", token).strike(said), shown);
        }
        assert_eq!(secrets(&["SECx"]).strike("SECx and x"), "SECx and x");
    }

    #[test]
    fn the_providers_words_are_made_fit_to_show() {
        let none = Secrets::default();
        assert_eq!(
            secrets(&["hidden"]).strike_short("not match,\n more: [https://ding-doc.dingtalk.com/doc#/x?t=hidden] bye"),
            "not match, more: [[link]] bye"
        );
        assert_eq!(none.strike_short("见https://a/?k=v，再试;link:http://b;完"), "见[link]，再试;link:[link];完");
        assert_eq!(none.strike_short("http://a https://b"), "[link] [link]");
        assert_eq!(none.strike_short("see:http://a/b"), "see:[link]");
        assert_eq!(none.strike_short(&"字".repeat(200)).len(), 300);
    }
}
