//! DINGTALK's settings, and what it carries.

use super::MAX_MENTIONS;
use super::body::MAX_BODY;
use crate::channels::describe::{Carried, Description, Field, Form, Kind, Limit};
use crate::domain::enums::MessageType;

pub static DESCRIPTION: Description = Description {
    title: "DingTalk",
    about: "A custom robot of a DingTalk group, reached by its webhook, with or without signing (加签).",
    fields: &[
        Field {
            key: "webhook",
            title: "Webhook",
            about: "The robot's whole webhook address, access_token included.",
            kind: Kind::Url { parameter: Some("access_token"), without: &["timestamp", "sign"] },
            required: true,
            secret: true,
        },
        Field {
            key: "secret",
            title: "Signing secret",
            about: "Begins with SEC; needed where the robot's security setting is signing (加签).",
            kind: Kind::Text(Form::Prefixed("SEC")),
            required: false,
            secret: true,
        },
        Field {
            key: "atMobiles",
            title: "Mention",
            about: "Mobile numbers of members whom every text and markdown message mentions.",
            kind: Kind::Mobiles { words: &[], most: MAX_MENTIONS },
            required: false,
            secret: false,
        },
        Field {
            key: "atAll",
            title: "Mention everyone",
            about: "Every text and markdown message mentions the whole group.",
            kind: Kind::Flag,
            required: false,
            secret: false,
        },
    ],
    carries: &[
        carried(MessageType::Text, "text", &[]),
        carried(MessageType::Markdown, "markdown", &[]),
        carried(MessageType::Link, "link", &[]),
        carried(MessageType::Card, "actionCard", &[]),
        carried(MessageType::Feed, "feedCard", &[]),
        // Pictures and files by address only.
        carried(MessageType::Image, "markdown", &["base64"]),
        carried(MessageType::News, "feedCard", &[]),
        carried(MessageType::File, "link", &["mediaId"]),
    ],
};

static WHOLE: &[Limit] = &[Limit::body(MAX_BODY)];

const fn carried(message_type: MessageType, sent_as: &'static str, without: &'static [&'static str]) -> Carried {
    Carried { message_type, sent_as, without, limits: WHOLE }
}
