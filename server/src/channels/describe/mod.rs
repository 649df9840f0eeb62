//! What a channel is, as data: its settings, the message types that it carries, its limits. Settings are read and checked by
//! these tables ([`super::settings`]), and forms are made from them, so that the two can't disagree.
//!
//! - [`schema`]: settings as JSON Schema; [`content`]: a message type's content as JSON Schema
//! - [`headers`]: names of headers that a config may set

mod content;
pub mod headers;
mod schema;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod walker;

pub use self::content::{ContentKeys, content_keys, content_schema};
pub use self::schema::settings_schema;
use crate::domain::enums::MessageType;

/// All that people and forms need to know of a channel.
#[derive(Debug)]
pub struct Description {
    /// What people call it.
    pub title: &'static str,
    /// A sentence.
    pub about: &'static str,
    /// Its settings, in the order in which a form shows them.
    pub fields: &'static [Field],
    /// The message types that it takes.
    pub carries: &'static [Carried],
}

/// One setting.
#[derive(Debug)]
pub struct Field {
    pub key: &'static str,
    pub title: &'static str,
    /// A sentence or two.
    pub about: &'static str,
    pub kind: Kind,
    pub required: bool,
    /// Sealed when stored and masked when shown.
    pub secret: bool,
}

/// What a setting holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// An address to post to: see `Settings::url`.
    Url {
        /// A parameter of its query that must be there and not be empty.
        parameter: Option<&'static str>,
        /// Parameters of its query that must not be there.
        without: &'static [&'static str],
    },
    /// One line of text, of a certain form.
    Text(Form),
    /// True or false; false when absent.
    Flag,
    /// Mobile numbers, or one of `words`; at most so many.
    Mobiles { words: &'static [&'static str], most: usize },
    /// Names and values of HTTP headers.
    Headers,
}

/// What a text must be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Begins so.
    Prefixed(&'static str),
    /// A secret of the Standard Webhooks specification: `whsec_` and base64 of 24 to 64 bytes.
    WebhookSecret,
}

/// A message type that a channel takes.
#[derive(Debug)]
pub struct Carried {
    pub message_type: MessageType,
    /// How the provider calls what it becomes.
    pub sent_as: &'static str,
    /// Keys of the content that this channel can do nothing with.
    pub without: &'static [&'static str],
    pub limits: &'static [Limit],
}

/// How much a channel takes.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// The key of the content, with a dot below lists; none where it is about all of it.
    pub key: Option<&'static str>,
    /// The provider's name for it.
    pub field: &'static str,
    pub most: usize,
    pub unit: Unit,
}

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "ContentUnit")]
pub enum Unit {
    /// Bytes in UTF-8, of a picture before it is encoded.
    Bytes,
    /// Entries of a list.
    Entries,
}

impl Limit {
    pub const fn bytes(key: &'static str, field: &'static str, most: usize) -> Self {
        Self { key: Some(key), field, most, unit: Unit::Bytes }
    }

    pub const fn entries(key: &'static str, field: &'static str, most: usize) -> Self {
        Self { key: Some(key), field, most, unit: Unit::Entries }
    }

    /// Of the whole body.
    pub const fn body(most: usize) -> Self {
        Self { key: None, field: "body", most, unit: Unit::Bytes }
    }
}

impl Carried {
    /// A message type of which the channel takes everything that Posthorn itself takes.
    pub const fn all(message_type: MessageType, sent_as: &'static str) -> Self {
        Self { message_type, sent_as, without: &[], limits: &[] }
    }
}

/// Posthorn's own body takes every message type as it is.
pub static OWN_BODY: &[Carried] = &[
    Carried::all(MessageType::Text, "text"),
    Carried::all(MessageType::Markdown, "markdown"),
    Carried::all(MessageType::Link, "link"),
    Carried::all(MessageType::Card, "card"),
    Carried::all(MessageType::Feed, "feed"),
    Carried::all(MessageType::Image, "image"),
    Carried::all(MessageType::News, "news"),
    Carried::all(MessageType::File, "file"),
];
