//! The robot's JSON for each message type, its mentions and its limits.

use proptest::prelude::*;

use super::super::super::vectors::{content, facts_of, mobile, samples};
use super::*;
use crate::domain::code::ErrorCode;
use crate::domain::enums::MessageType;
use crate::domain::recipient::Recipient;

const UUID: &str = "task_00000000000070008000000000000001";

fn made(content: &Content, mentions: &Mentions, recipients: &[Recipient]) -> Result<Value, BodyError> {
    body(content, mentions, &facts_of(recipients, &Value::Null))
}

fn plain(message_type: MessageType, value: Value) -> Value {
    made(&content(message_type, value), &Mentions::default(), &[]).unwrap()
}

#[test]
fn each_message_type_has_its_form() {
    let bodies: Vec<_> = samples().iter().map(|content| made(content, &Mentions::default(), &[]).unwrap()).collect();
    let url = "https://a.example/";
    let feed = json!({"msgtype": "feedCard", "feedCard": {"links": [
        {"title": "T", "messageURL": url, "picURL": "https://a.example/p.png"}
    ]}, "msgUuid": UUID});
    let news = json!({"msgtype": "markdown", "markdown": {
        "title": "T", "text": "- [T](https://a.example/)  \n  d"
    }, "msgUuid": UUID});
    assert_eq!(
        bodies,
        [
            json!({"msgtype": "text", "text": {"content": "hello"}, "msgUuid": UUID}),
            json!({"msgtype": "markdown", "markdown": {"title": "T", "text": "**x**"}, "msgUuid": UUID}),
            json!({"msgtype": "link", "link": {"title": "T", "text": "x", "messageUrl": url}, "msgUuid": UUID}),
            json!({"msgtype": "actionCard", "actionCard": {
                "title": "T", "text": "x", "singleTitle": "Go", "singleURL": url
            }, "msgUuid": UUID}),
            feed,
            json!({"msgtype": "markdown", "markdown": {
                "title": "[图片]", "text": "![](https://a.example/p.png)"
            }, "msgUuid": UUID}),
            news,
            json!({"msgtype": "link", "link": {
                "title": "report.pdf", "text": "https://a.example/r.pdf", "messageUrl": "https://a.example/r.pdf"
            }, "msgUuid": UUID}),
        ]
    );
}

#[test]
fn optional_parts_are_taken_along() {
    let link = json!({"title": "T", "text": "x", "url": "https://a", "imageUrl": "https://b"});
    assert_eq!(plain(MessageType::Link, link)["link"]["picUrl"], "https://b");
    assert_eq!(plain(MessageType::File, json!({"url": "https://a"}))["link"]["title"], "[文件]");
    let image = plain(MessageType::Image, json!({"url": "https://a/b (1).png"}));
    assert_eq!(image["markdown"]["text"], "![](https://a/b%20%281%29.png)");
}

#[test]
fn articles_are_a_feed_where_each_has_a_picture() {
    let picture = |title: &str, image: Value| json!({"title": title, "url": "https://a", "imageUrl": image});
    let all = json!({"articles": [picture("A", json!("https://i")), picture("B", json!("https://j"))]});
    assert_eq!(
        plain(MessageType::News, all)["feedCard"]["links"],
        json!([
            {"title": "A", "messageURL": "https://a", "picURL": "https://i"},
            {"title": "B", "messageURL": "https://a", "picURL": "https://j"}
        ])
    );
    let some = json!({"articles": [picture("A", json!("https://i")), picture("[B]", json!(" "))]});
    assert_eq!(
        plain(MessageType::News, some)["markdown"],
        json!({"title": "A", "text": "- [A](https://a)\n- [［B］](https://a)"})
    );
}

#[test]
fn several_buttons_stand_below_or_beside_each_other() {
    let buttons = json!([{"title": "Yes", "url": "https://y"}, {"title": "No", "url": "https://n"}]);
    for (vertical, orientation) in [(Value::Null, "0"), (json!(true), "0"), (json!(false), "1")] {
        let card = json!({"title": "T", "text": "x", "buttons": buttons, "vertical": vertical});
        assert_eq!(
            plain(MessageType::Card, card)["actionCard"],
            json!({"title": "T", "text": "x", "btnOrientation": orientation, "btns": [
                {"title": "Yes", "actionURL": "https://y"}, {"title": "No", "actionURL": "https://n"}
            ]})
        );
    }
}

#[test]
fn people_are_mentioned_in_the_list_and_in_the_text() {
    let mentions = Mentions { mobiles: vec!["13800000001".into()], all: false };
    let recipients = [mobile("13800000002"), mobile(" 13800000001 "), mobile(""), mobile("1380000000")];
    let text = content(MessageType::Text, json!({"text": "hi @13800000002"}));
    let body = made(&text, &mentions, &recipients).unwrap();
    assert_eq!(body["text"]["content"], "hi @13800000002 @13800000001 @1380000000");
    assert_eq!(body["at"], json!({"atMobiles": ["13800000001", "13800000002", "1380000000"], "isAtAll": false}));

    let markdown = content(MessageType::Markdown, json!({"title": "T", "text": "hi"}));
    let body = made(&markdown, &mentions, &[]).unwrap();
    assert_eq!(body["markdown"]["text"], "hi  \n  @13800000001");

    let link = content(MessageType::Link, json!({"title": "T", "text": "x", "url": "https://a"}));
    assert_eq!(made(&link, &mentions, &recipients).unwrap().get("at"), None);
}

#[test]
fn who_mentions_all_mentions_no_one_by_name() {
    let mentions = Mentions { mobiles: vec!["13800000001".into()], all: true };
    let many: Vec<_> = (0..60).map(|n| mobile(&format!("138000000{n:02}"))).collect();
    let text = content(MessageType::Text, json!({"text": "hi"}));
    let body = made(&text, &mentions, &many).unwrap();
    assert_eq!((&body["text"]["content"], &body["at"]), (&json!("hi"), &json!({"isAtAll": true})));
}

#[test]
fn more_mentions_than_the_robot_takes_are_too_large() {
    let many: Vec<_> = (0..50).map(|n| mobile(&format!("138000000{n:02}"))).collect();
    let text = content(MessageType::Text, json!({"text": "hi"}));
    assert!(made(&text, &Mentions::default(), &many).is_ok());
    let mentions = Mentions { mobiles: vec!["13900000000".into()], all: false };
    let error = made(&text, &mentions, &many).unwrap_err();
    assert_eq!(error.code, ErrorCode::ContentTooLarge);
    assert_eq!(error.message, "at.atMobiles has 51 entries, and DINGTALK takes at most 50");
}

#[test]
fn what_the_robot_cannot_carry_is_said() {
    for (message_type, value, said) in [
        (MessageType::Image, json!({"base64": "aGVsbG8="}), "by address only"),
        (MessageType::File, json!({"mediaId": "m"}), "by address only"),
        (MessageType::Text, json!({"text": " "}), "text.content rendered to nothing"),
        (MessageType::Markdown, json!({"title": "", "text": "x"}), "markdown.title rendered to nothing"),
        (MessageType::Link, json!({"title": "T", "text": "x", "url": ""}), "link.messageUrl rendered to nothing"),
    ] {
        let error = made(&content(message_type, value), &Mentions::default(), &[]).unwrap_err();
        assert_eq!(error.code, ErrorCode::TemplateRenderError);
        assert!(error.message.contains(said), "{error}");
    }
}

#[test]
fn the_whole_body_counts_in_bytes() {
    let empty = plain(MessageType::Text, json!({"text": "x"})).to_string().len() - 1;
    let room = MAX_BODY - empty;
    let fits = format!("{}{}", "字".repeat(room / 3), "x".repeat(room % 3));
    assert_eq!(plain(MessageType::Text, json!({"text": fits})).to_string().len(), MAX_BODY);
    let error = made(&content(MessageType::Text, json!({"text": fits + "x"})), &Mentions::default(), &[]).unwrap_err();
    assert_eq!(error.message, "the body is 20001 bytes, and DINGTALK takes at most 20000");
    assert_eq!(error.code, ErrorCode::ContentTooLarge);
}

proptest! {
    #[test]
    fn no_body_is_larger_than_the_limit(text in "[a-z\"\\\\字\n]{0,9000}", numbers in 0usize..60) {
        let recipients: Vec<_> = (0..numbers).map(|n| mobile(&format!("138000000{n:02}"))).collect();
        let content = content(MessageType::Markdown, json!({"title": "T", "text": text}));
        match made(&content, &Mentions::default(), &recipients) {
            Ok(body) => {
                prop_assert!(body.to_string().len() <= MAX_BODY);
                let said = body["markdown"]["text"].as_str().unwrap();
                prop_assert!(said.starts_with(&text));
                for recipient in &recipients {
                    prop_assert!(mentions(said, recipient.mobile.as_deref().unwrap()));
                }
            }
            Err(error) if error.code == ErrorCode::ContentTooLarge => {
                prop_assert!(numbers > MAX_MENTIONS || text.len() > 5000, "{}", error);
            }
            Err(_) => prop_assert!(text.trim().is_empty()),
        }
    }
}
