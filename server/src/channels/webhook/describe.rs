//! WEBHOOK's settings, and what it carries.

use crate::channels::describe::{Description, Field, Form, Kind, OWN_BODY};

pub static DESCRIPTION: Description = Description {
    title: "Webhook",
    about: "A signed POST to the receiver's own address, by the Standard Webhooks specification.",
    fields: &[
        Field {
            key: "url",
            title: "URL",
            about: "Where to post to. Stored and shown in clear, its query too: put credentials into headers.",
            kind: Kind::Url { parameter: None, without: &[] },
            required: true,
            secret: false,
        },
        Field {
            key: "secret",
            title: "Signing secret",
            about: "whsec_ and the base64 of 24 to 64 random bytes, known to the receiver. Each request is signed with it.",
            kind: Kind::Text(Form::WebhookSecret),
            required: true,
            secret: true,
        },
        Field {
            key: "headers",
            title: "Headers",
            about: "Sent along with every request, such as Authorization. Names that belong to the connection, the body or the signature \
                    are refused.",
            kind: Kind::Headers,
            required: false,
            secret: true,
        },
    ],
    carries: OWN_BODY,
};
