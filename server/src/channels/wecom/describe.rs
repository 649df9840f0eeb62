//! WECHAT_WORK's settings, and what it carries.

use super::body::{MAX_DESCRIPTION, MAX_IMAGE, MAX_JUMPS, MAX_MARKDOWN, MAX_TEXT, MAX_TITLE};
use crate::channels::describe::{Carried, Description, Field, Kind, Limit};
use crate::domain::enums::MessageType;

/// More than a group has members.
const MAX_MENTIONS: usize = 2000;

pub static DESCRIPTION: Description = Description {
    title: "WeCom",
    about: "A robot of a WeCom (企业微信) group, reached by its webhook.",
    fields: &[
        Field {
            key: "webhook",
            title: "Webhook",
            about: "The robot's whole webhook address, key included.",
            kind: Kind::Url { parameter: Some("key"), without: &[] },
            required: true,
            secret: true,
        },
        Field {
            key: "mentionedMobiles",
            title: "Mention",
            about: "Mobile numbers of members whom every text message mentions, or @all.",
            kind: Kind::Mobiles { words: &["@all"], most: MAX_MENTIONS },
            required: false,
            secret: false,
        },
    ],
    carries: &[
        carried(MessageType::Text, "text", &[Limit::bytes("text", "text.content", MAX_TEXT)]),
        // The title becomes the text's heading.
        carried(MessageType::Markdown, "markdown", &[Limit::bytes("text", "markdown.content", MAX_MARKDOWN)]),
        carried(
            MessageType::Link,
            "news",
            &[
                Limit::bytes("title", "news.articles.title", MAX_TITLE),
                Limit::bytes("text", "news.articles.description", MAX_DESCRIPTION),
            ],
        ),
        carried(MessageType::Card, "template_card", &[Limit::entries("buttons", "template_card.jump_list", MAX_JUMPS)]),
        carried(MessageType::Feed, "news", &[Limit::bytes("links.title", "news.articles.title", MAX_TITLE)]),
        carried(MessageType::Image, "image", &[Limit::bytes("base64", "image.base64", MAX_IMAGE)]),
        carried(
            MessageType::News,
            "news",
            &[
                Limit::bytes("articles.title", "news.articles.title", MAX_TITLE),
                Limit::bytes("articles.description", "news.articles.description", MAX_DESCRIPTION),
            ],
        ),
        carried(MessageType::File, "file", &[Limit::bytes("name", "news.articles.title", MAX_TITLE)]),
    ],
};

const fn carried(message_type: MessageType, sent_as: &'static str, limits: &'static [Limit]) -> Carried {
    Carried { message_type, sent_as, without: &[], limits }
}
