//! What is shown of a person's numbers and names to those who may not see them: enough to recognise, not enough to use.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;

use super::recipient::Recipient;

/// `138****8000`; a country code counts as part of the beginning. Short ones show nothing.
pub fn mobile(text: &str) -> String {
    if text.chars().count() < 8 { "***".to_owned() } else { ends(text, 3, 4) }
}

/// `a***@example.com`; what is no mail address is masked as an id.
pub fn email(text: &str) -> String {
    match text.rsplit_once('@') {
        // Nothing would be left to hide.
        Some(("", _)) => "***".to_owned(),
        Some((name, domain)) => {
            let first: String = name.chars().take(usize::from(name.chars().count() > 1)).collect();
            format!("{first}***@{domain}")
        }
        None => id(text),
    }
}

/// `u1****42`, or `z***` for a short one. Ids are often mobile numbers or mail addresses: those are masked as such.
pub fn id(text: &str) -> String {
    let count = text.chars().count();
    if text.contains('@') {
        email(text)
    } else if count >= 8 && text.trim_start_matches('+').bytes().all(|byte| byte.is_ascii_digit()) {
        mobile(text)
    } else if count >= 8 {
        ends(text, 2, 2)
    } else {
        ends(text, usize::from(count > 1), 0).replace("****", "***")
    }
}

/// `王**`: the first character.
pub fn name(text: &str) -> String {
    let first: String = text.chars().take(usize::from(text.chars().count() > 1)).collect();
    format!("{first}**")
}

/// The first and last characters, with `****` between.
fn ends(text: &str, first: usize, last: usize) -> String {
    let count = text.chars().count();
    let head: String = text.chars().take(first).collect();
    let tail: String = text.chars().skip(count - last).collect();
    format!("{head}****{tail}")
}

/// The same recipient with everything masked that tells where or who somebody is. Kinds and tags stay.
pub fn recipient(of: &Recipient) -> Recipient {
    let with = |text: &Option<String>, mask: fn(&str) -> String| text.as_deref().map(mask);
    Recipient {
        user_id: with(&of.user_id, id),
        mobile: with(&of.mobile, mobile),
        email: with(&of.email, email),
        device_no: with(&of.device_no, id),
        customer_no: with(&of.customer_no, id),
        customer_name: with(&of.customer_name, name),
        ..of.clone()
    }
}

/// Masks what is known of a message's recipients wherever it occurs in other texts of the message: in the body for the
/// provider, in the business data.
#[derive(Debug, Default)]
pub struct Masker {
    masks: HashMap<String, String>,
}

/// Shorter values would strike out harmless text.
const SHORTEST: usize = 4;

impl Masker {
    pub fn new(recipients: &[Recipient]) -> Self {
        let mut masks = HashMap::new();
        for of in recipients {
            let masked = recipient(of);
            let pairs = [
                (&of.user_id, masked.user_id),
                (&of.mobile, masked.mobile),
                (&of.email, masked.email),
                (&of.device_no, masked.device_no),
                (&of.customer_no, masked.customer_no),
                (&of.customer_name, masked.customer_name),
            ];
            for (plain, mask) in pairs {
                if let (Some(plain), Some(mask)) = (plain, mask) {
                    masks.insert(plain.clone(), mask);
                }
            }
        }
        Self { masks }
    }

    /// Within all strings of a JSON value. One that is such a value as a whole is masked however short it is.
    pub fn json(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(mask) = self.masks.get(text.as_str()) {
                    text.clone_from(mask);
                } else if let Cow::Owned(masked) = self.text(text) {
                    *text = masked;
                }
            }
            Value::Number(number) => {
                if let Some(mask) = self.masks.get(&number.to_string()) {
                    *value = Value::String(mask.clone());
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.json(item)),
            Value::Object(map) => map.values_mut().for_each(|item| self.json(item)),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// Within a text, where the value stands by itself: between blanks, punctuation or other scripts.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut masked = String::new();
        let mut copied = 0;
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let length = rest.find(|c: char| !part(c)).unwrap_or(rest.len());
            if length == 0 {
                at += rest.chars().next().map_or(1, char::len_utf8);
                continue;
            }
            // A mention begins with @; a sentence may end behind the value.
            let word = &rest[..length];
            let bare = word.trim_start_matches('@').trim_end_matches(['.', '-', '_', '+', '@']);
            for candidate in [word, bare] {
                if candidate.len() >= SHORTEST
                    && let Some(mask) = self.masks.get(candidate)
                {
                    let start = at + word.find(candidate).unwrap_or(0);
                    masked.push_str(&text[copied..start]);
                    masked.push_str(mask);
                    copied = start + candidate.len();
                    break;
                }
            }
            at += length;
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        masked.push_str(&text[copied..]);
        Cow::Owned(masked)
    }
}

/// Whether numbers, addresses and ids are made of it.
const fn part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '+' | '-' | '_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_has_its_mask() {
        for (masked, shown) in [
            (mobile("13812348000"), "138****8000"),
            (mobile("+8613812348000"), "+86****8000"),
            (mobile("12345"), "***"),
            (email("ada@example.com"), "a***@example.com"),
            (email("a@example.com"), "***@example.com"),
            (email("@example.com"), "***"),
            (email("no address"), "no****ss"),
            (id("zhangsan"), "zh****an"),
            (id("13812348000"), "138****8000"),
            (id("ada@example.com"), "a***@example.com"),
            (id("u1"), "u***"),
            (id("u"), "***"),
            (name("王小明"), "王**"),
            (name("王"), "**"),
        ] {
            assert_eq!(masked, shown);
        }
    }

    fn someone() -> Recipient {
        Recipient {
            user_id: Some("u1".to_owned()),
            mobile: Some("13812348000".to_owned()),
            email: Some("ada@example.com".to_owned()),
            customer_name: Some("王小明".to_owned()),
            customer_tag: Some("vip".to_owned()),
            ..Recipient::default()
        }
    }

    #[test]
    fn what_is_known_of_a_recipient_is_masked_wherever_it_stands() {
        let masker = Masker::new(&[someone()]);
        let mut body = json!({
            "recipients": [{"userId": "u1", "mobile": "13812348000", "customerName": "王小明", "customerTag": "vip"}],
            "text": "王小明，手机13812348000。 @13812348000 wrote to ada@example.com.",
            "order": "138123480001", "number": 13_812_348_000_i64, "u1": "u1x", "kept": [true, null, 5]
        });
        masker.json(&mut body);
        assert_eq!(
            body,
            json!({
                "recipients": [{"userId": "u***", "mobile": "138****8000", "customerName": "王**", "customerTag": "vip"}],
                "text": "王小明，手机138****8000。 @138****8000 wrote to a***@example.com.",
                "order": "138123480001", "number": "138****8000", "u1": "u1x", "kept": [true, null, 5]
            })
        );
        assert!(matches!(masker.text("nothing of it"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn no_mask_holds_what_it_hides(text in "\\PC{2,40}") {
            prop_assume!(!text.contains('*'));
            for masked in [mobile(&text), email(&text), id(&text), name(&text)] {
                prop_assert!(!masked.contains(&text), "{text}: {masked}");
            }
        }

        #[test]
        fn a_text_without_the_value_stays(text in "[a-z @.,]{0,60}") {
            let masker = Masker::new(&[Recipient { mobile: Some("13812348000".to_owned()), ..Recipient::default() }]);
            prop_assert_eq!(masker.text(&text), text.as_str());
        }
    }
}
