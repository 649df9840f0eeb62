//! The robot's JSON for each message type and its limits.

use proptest::prelude::*;

use super::super::super::vectors::{content, facts_of, mobile, samples, vector};
use super::*;
use crate::domain::code::ErrorCode;
use crate::domain::enums::MessageType;

fn made(message_type: MessageType, value: Value) -> Result<Value, BodyError> {
    body(&content(message_type, value), &[], &facts_of(&[], &Value::Null))
}

#[test]
fn each_message_type_has_its_form() {
    let facts = facts_of(&[], &Value::Null);
    let bodies: Vec<_> = samples().iter().map(|content| body(content, &[], &facts).unwrap()).collect();
    let url = "https://a.example/";
    let picture = "https://a.example/p.png";
    let news = |article: Value| json!({"msgtype": "news", "news": {"articles": [article]}});
    assert_eq!(
        bodies,
        [
            json!({"msgtype": "text", "text": {"content": "hello"}}),
            json!({"msgtype": "markdown", "markdown": {"content": "# T\n**x**"}}),
            news(json!({"title": "T", "description": "x", "url": url})),
            json!({"msgtype": "template_card", "template_card": {
                "card_type": "text_notice",
                "main_title": {"title": "T"},
                "sub_title_text": "x",
                "jump_list": [{"type": 1, "title": "Go", "url": url}],
                "card_action": {"type": 1, "url": url}
            }}),
            news(json!({"title": "T", "url": url, "picurl": picture})),
            news(json!({"title": "[图片]", "url": picture, "picurl": picture})),
            news(json!({"title": "T", "description": "d", "url": url})),
            news(json!({"title": "report.pdf", "url": "https://a.example/r.pdf"})),
        ]
    );
}

#[test]
fn pictures_are_those_of_the_vectors() {
    let vector_body = vector("wecom_robot_image");
    let raw = hex::decode(vector_body["input"]["file_hex"].as_str().unwrap()).unwrap();
    let encoded = STANDARD.encode(raw);
    let tiny = vector("wecom_robot_image_tiny");
    for base64 in
        [encoded.clone(), format!("data:image/png;base64,{encoded}"), format!("{}\n{}", &encoded[..40], &encoded[40..])]
    {
        assert_eq!(made(MessageType::Image, json!({"base64": base64})).unwrap(), vector_body["expected"]["body"]);
    }
    assert_eq!(digest(tiny["input"]["file_utf8"].as_str().unwrap().as_bytes()), tiny["expected"]["md5"]);
    let text = made(MessageType::Image, json!({"base64": tiny["expected"]["base64"]})).unwrap_err();
    assert_eq!(text.message, "image.base64 is neither a PNG nor a JPG, and WECHAT_WORK takes no other");
}

#[test]
fn a_file_that_was_uploaded_is_posted_as_one() {
    let body = made(MessageType::File, json!({"mediaId": "3a8asd892asd8asd"})).unwrap();
    assert_eq!(body, json!({"msgtype": "file", "file": {"media_id": "3a8asd892asd8asd"}}));
}

#[test]
fn only_text_mentions_people() {
    let mentioned = ["@all".to_owned(), "13800000001".to_owned()];
    let recipients = [mobile("13800000002"), mobile("13800000001"), mobile("  ")];
    let facts = facts_of(&recipients, &Value::Null);
    let bodies: Vec<_> = samples().iter().map(|content| body(content, &mentioned, &facts).unwrap()).collect();
    assert_eq!(bodies[0]["text"]["mentioned_mobile_list"], json!(["@all", "13800000001", "13800000002"]));
    for body in &bodies[1..] {
        assert!(!body.to_string().contains("1380000000"), "{body}");
    }
}

#[test]
fn a_title_that_the_text_begins_with_is_not_repeated() {
    for (text, content) in [("x", "# T\nx"), ("## T\nx", "## T\nx"), ("T\nx", "T\nx"), ("Text", "# T\nText")] {
        let body = made(MessageType::Markdown, json!({"title": "T", "text": text})).unwrap();
        assert_eq!(body["markdown"]["content"], content);
    }
}

#[test]
fn limits_are_in_bytes_and_named() {
    let article = |title: usize, description: usize| json!({"title": "x".repeat(title), "text": "x".repeat(description), "url": "https://a"});
    let image = |bytes: usize| {
        let mut jpg = vec![0xff; bytes];
        jpg[1] = 0xd8;
        json!({"base64": STANDARD.encode(jpg)})
    };
    let buttons = |count: usize| {
        let buttons = vec![json!({"title": "b", "url": "https://b"}); count];
        json!({"title": "T", "text": "x", "buttons": buttons})
    };
    for (message_type, fits, too_large, said) in [
        (
            MessageType::Text,
            json!({"text": "字".repeat(682)}),
            json!({"text": "字".repeat(683)}),
            "text.content is 2049 bytes, and WECHAT_WORK takes at most 2048",
        ),
        (
            MessageType::Markdown,
            json!({"title": "T", "text": "x".repeat(4092)}),
            json!({"title": "T", "text": "x".repeat(4093)}),
            "markdown.content is 4097 bytes, and WECHAT_WORK takes at most 4096",
        ),
        (
            MessageType::Link,
            article(128, 512),
            article(129, 512),
            "news.articles.title is 129 bytes, and WECHAT_WORK takes at most 128",
        ),
        (
            MessageType::Link,
            article(128, 512),
            article(128, 513),
            "news.articles.description is 513 bytes, and WECHAT_WORK takes at most 512",
        ),
        (
            MessageType::Image,
            image(MAX_IMAGE),
            image(MAX_IMAGE + 1),
            "the image is 2097153 bytes before encoding, and WECHAT_WORK takes at most 2097152",
        ),
        (
            MessageType::Card,
            buttons(3),
            buttons(4),
            "template_card.jump_list has 4 entries, and WECHAT_WORK takes at most 3",
        ),
    ] {
        assert!(made(message_type, fits).is_ok(), "{said}");
        let error = made(message_type, too_large).unwrap_err();
        assert_eq!((error.code, error.message.as_str()), (ErrorCode::ContentTooLarge, said));
    }
}

#[test]
fn what_the_robot_needs_must_be_there() {
    for (message_type, value, said) in [
        (MessageType::Text, json!({"text": "\n"}), "text.content rendered to nothing"),
        (MessageType::Markdown, json!({"title": "T", "text": ""}), "markdown.content rendered to nothing"),
        (MessageType::Image, json!({"base64": "no base64!"}), "image.base64 is not base64"),
        (MessageType::Image, json!({"base64": ""}), "image.base64 rendered to nothing"),
        (MessageType::Image, json!({"url": ""}), "news.articles.url rendered to nothing"),
        (MessageType::File, json!({"mediaId": ""}), "file.media_id rendered to nothing"),
    ] {
        let error = made(message_type, value).unwrap_err();
        assert_eq!(error.code, ErrorCode::TemplateRenderError);
        assert!(error.message.starts_with(said), "{error}");
    }
}

proptest! {
    #[test]
    fn a_text_is_whole_or_refused(text in "[a字😀]{1,1500}") {
        match made(MessageType::Text, json!({"text": text})) {
            Ok(body) => {
                prop_assert_eq!(body["text"]["content"].as_str(), Some(text.as_str()));
                prop_assert!(text.len() <= MAX_TEXT);
            }
            Err(error) => {
                prop_assert_eq!(error.code, ErrorCode::ContentTooLarge);
                prop_assert!(text.len() > MAX_TEXT);
            }
        }
    }

    #[test]
    fn a_markdown_is_whole_or_refused(title in "[a字]{0,40}", text in "[a字😀#\n]{1,3000}") {
        match made(MessageType::Markdown, json!({"title": title, "text": text})) {
            Ok(body) => {
                let content = body["markdown"]["content"].as_str().unwrap();
                prop_assert!(content.len() <= MAX_MARKDOWN && content.ends_with(&text));
            }
            Err(error) if error.code == ErrorCode::ContentTooLarge => {
                prop_assert!(text.len() + title.len() + 3 > MAX_MARKDOWN);
            }
            Err(_) => prop_assert!(text.trim().is_empty()),
        }
    }
}
