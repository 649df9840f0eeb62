//! What a message says, by message type: the shape of `Template.content` (every string a Liquid template) and, with
//! the same keys, of what rendering yields. The table is in the contract: "Template `content` JSON by message type".

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::enums::MessageType;
use super::issue::{Issue, IssueCode};

/// Rendered content, ready for a channel to make its body from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Content {
    Text(Text),
    Markdown(Markdown),
    Link(Link),
    Card(Card),
    Feed(Feed),
    Image(Image),
    News(News),
    File(File),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Markdown {
    pub title: String,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Link {
    pub title: String,
    pub text: String,
    pub url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    pub title: String,
    pub text: String,
    pub buttons: Vec<Button>,
    /// Buttons below each other (default) or side by side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vertical: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Button {
    pub title: String,
    pub url: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    pub links: Vec<FeedLink>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FeedLink {
    pub title: String,
    pub url: String,
    pub image_url: String,
}

/// Exactly one of the two is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct News {
    /// 1 to 8.
    pub articles: Vec<Article>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Article {
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
}

/// Exactly one of `media_id` and `url` is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct File {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Most articles that NEWS may have.
pub const MAX_ARTICLES: usize = 8;

impl Content {
    /// Reads content of `message_type`, reporting what is missing, unknown or of the wrong kind below `content`.
    pub fn from_json(message_type: MessageType, value: &Value) -> Result<Self, Vec<Issue>> {
        fn read<T: serde::de::DeserializeOwned>(value: &Value) -> Result<T, Vec<Issue>> {
            T::deserialize(value).map_err(|error| vec![Issue::invalid("content", error.to_string())])
        }
        let issues = check_keys(message_type, value);
        if !issues.is_empty() {
            return Err(issues);
        }
        Ok(match message_type {
            MessageType::Text => Self::Text(read(value)?),
            MessageType::Markdown => Self::Markdown(read(value)?),
            MessageType::Link => Self::Link(read(value)?),
            MessageType::Card => Self::Card(read(value)?),
            MessageType::Feed => Self::Feed(read(value)?),
            MessageType::Image => Self::Image(read(value)?),
            MessageType::News => Self::News(read(value)?),
            MessageType::File => Self::File(read(value)?),
        })
    }

    pub const fn message_type(&self) -> MessageType {
        match self {
            Self::Text(_) => MessageType::Text,
            Self::Markdown(_) => MessageType::Markdown,
            Self::Link(_) => MessageType::Link,
            Self::Card(_) => MessageType::Card,
            Self::Feed(_) => MessageType::Feed,
            Self::Image(_) => MessageType::Image,
            Self::News(_) => MessageType::News,
            Self::File(_) => MessageType::File,
        }
    }

    /// The headline, where this type has one.
    pub fn title(&self) -> Option<&str> {
        match self {
            Self::Markdown(Markdown { title, .. })
            | Self::Link(Link { title, .. })
            | Self::Card(Card { title, .. }) => Some(title),
            Self::File(file) => file.name.as_deref(),
            Self::Feed(feed) => feed.links.first().map(|link| link.title.as_str()),
            Self::News(news) => news.articles.first().map(|article| article.title.as_str()),
            Self::Text(_) | Self::Image(_) => None,
        }
    }

    /// The content as plain text, for channels that know nothing richer.
    pub fn plain(&self) -> String {
        match self {
            Self::Text(text) => text.text.clone(),
            Self::Markdown(markdown) => markdown.text.clone(),
            Self::Link(link) => format!("{}\n{}\n{}", link.title, link.text, link.url),
            Self::Card(card) => {
                let mut plain = format!("{}\n{}", card.title, card.text);
                for button in &card.buttons {
                    plain.push_str(&format!("\n{}: {}", button.title, button.url));
                }
                plain
            }
            Self::Feed(feed) => {
                let lines: Vec<_> = feed.links.iter().map(|link| format!("{} {}", link.title, link.url)).collect();
                lines.join("\n")
            }
            Self::Image(image) => image.url.clone().unwrap_or_default(),
            Self::News(news) => {
                let lines: Vec<_> =
                    news.articles.iter().map(|article| format!("{} {}", article.title, article.url)).collect();
                lines.join("\n")
            }
            Self::File(file) => {
                let address = file.url.as_deref().or(file.media_id.as_deref()).unwrap_or_default();
                file.name.as_deref().map_or_else(|| address.to_owned(), |name| format!("{name} {address}"))
            }
        }
    }
}

/// What kind of value a key of `content` holds.
#[derive(Debug)]
pub enum Kind {
    Text,
    Flag,
    /// 1 to [`MAX_ARTICLES`] objects with these keys.
    List(&'static [Key]),
}

/// A key of `content`.
#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    pub required: bool,
    pub kind: Kind,
}

const fn text(name: &'static str) -> Key {
    Key { name, required: true, kind: Kind::Text }
}

const fn optional(name: &'static str) -> Key {
    Key { name, required: false, kind: Kind::Text }
}

static TEXT: &[Key] = &[text("text")];
static MARKDOWN: &[Key] = &[text("title"), text("text")];
static LINK: &[Key] = &[text("title"), text("text"), text("url"), optional("imageUrl")];
static BUTTON: &[Key] = &[text("title"), text("url")];
static CARD: &[Key] = &[
    text("title"),
    text("text"),
    Key { name: "buttons", required: true, kind: Kind::List(BUTTON) },
    Key { name: "vertical", required: false, kind: Kind::Flag },
];
static FEED_LINK: &[Key] = &[text("title"), text("url"), text("imageUrl")];
static FEED: &[Key] = &[Key { name: "links", required: true, kind: Kind::List(FEED_LINK) }];
static IMAGE: &[Key] = &[optional("base64"), optional("url")];
static ARTICLE: &[Key] = &[text("title"), optional("description"), text("url"), optional("imageUrl")];
static NEWS: &[Key] = &[Key { name: "articles", required: true, kind: Kind::List(ARTICLE) }];
static FILE: &[Key] = &[optional("mediaId"), optional("url"), optional("name")];

/// The keys that `content` may have for a message type, and those of which it needs exactly one.
pub const fn keys(message_type: MessageType) -> (&'static [Key], &'static [&'static str]) {
    match message_type {
        MessageType::Text => (TEXT, &[]),
        MessageType::Markdown => (MARKDOWN, &[]),
        MessageType::Link => (LINK, &[]),
        MessageType::Card => (CARD, &[]),
        MessageType::Feed => (FEED, &[]),
        MessageType::Image => (IMAGE, &["base64", "url"]),
        MessageType::News => (NEWS, &[]),
        MessageType::File => (FILE, &["mediaId", "url"]),
    }
}

/// Checks the keys of `content` for `message_type`: used on templates when they are saved and on what they render to.
/// Paths begin with `content`.
pub fn check_keys(message_type: MessageType, value: &Value) -> Vec<Issue> {
    let (keys, one_of) = keys(message_type);
    let mut issues = Vec::new();
    check_object(keys, value, "content", &mut issues);
    if let (false, Some(object)) = (one_of.is_empty(), value.as_object()) {
        let given = one_of.iter().filter(|name| object.contains_key(**name)).count();
        if given != 1 {
            issues.push(Issue::new(
                "content",
                if given == 0 { IssueCode::Required } else { IssueCode::Conflict },
                format!("{message_type} needs exactly one of {}", one_of.join(" and ")),
            ));
        }
    }
    issues
}

fn check_object(keys: &[Key], value: &Value, path: &str, issues: &mut Vec<Issue>) {
    let Some(object) = value.as_object() else {
        issues.push(Issue::invalid(path, "must be a JSON object"));
        return;
    };
    for name in object.keys() {
        if !keys.iter().any(|key| key.name == name) {
            let known: Vec<_> = keys.iter().map(|key| key.name).collect();
            issues.push(Issue::invalid(
                &format!("{path}.{name}"),
                format!("unknown key `{name}`, expected {}", known.join(", ")),
            ));
        }
    }
    for key in keys {
        let path = format!("{path}.{}", key.name);
        match (object.get(key.name), &key.kind) {
            (None | Some(Value::Null), _) => {
                if key.required {
                    issues.push(Issue::required(&path));
                }
            }
            (Some(Value::String(_)), Kind::Text) | (Some(Value::Bool(_)), Kind::Flag) => {}
            (Some(_), Kind::Text) => issues.push(Issue::invalid(&path, "must be a string")),
            (Some(_), Kind::Flag) => issues.push(Issue::invalid(&path, "must be true or false")),
            (Some(Value::Array(items)), Kind::List(keys)) => {
                if items.is_empty() {
                    issues.push(Issue::new(&path, IssueCode::Required, "needs at least one entry"));
                } else if items.len() > MAX_ARTICLES {
                    issues.push(Issue::new(&path, IssueCode::TooLong, format!("has more than {MAX_ARTICLES} entries")));
                }
                for (index, item) in items.iter().enumerate() {
                    check_object(keys, item, &format!("{path}.{index}"), issues);
                }
            }
            (Some(_), Kind::List(_)) => issues.push(Issue::invalid(&path, "must be a list")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(message_type: MessageType, value: Value) -> Vec<String> {
        check_keys(message_type, &value).into_iter().map(|issue| issue.path.join(".")).collect()
    }

    #[test]
    fn content_reads_back_with_the_contracts_keys() {
        let value = json!({"title": "T", "text": "x", "url": "https://a", "imageUrl": "https://b"});
        let content = Content::from_json(MessageType::Link, &value).unwrap();
        assert_eq!(serde_json::to_value(&content).unwrap(), value);
        assert_eq!(content.message_type(), MessageType::Link);
    }

    #[test]
    fn what_is_missing_unknown_or_of_the_wrong_kind_is_named_by_its_path() {
        assert_eq!(paths(MessageType::Markdown, json!({"text": "x"})), ["content.title"]);
        assert_eq!(paths(MessageType::Text, json!({"text": 1, "x": 2})), ["content.x", "content.text"]);
        assert_eq!(paths(MessageType::Text, json!("x")), ["content"]);
        assert_eq!(
            paths(MessageType::Card, json!({"title": "T", "text": "x", "buttons": [{"title": "a"}]})),
            ["content.buttons.0.url"]
        );
        assert_eq!(paths(MessageType::Image, json!({})), ["content"]);
        assert_eq!(paths(MessageType::Image, json!({"url": "a", "base64": "b"})), ["content"]);
    }
}
