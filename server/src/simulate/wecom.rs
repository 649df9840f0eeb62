//! The WeCom (企业微信) group robot: key, shapes, byte limits and the picture's digest.
//!
//! 93000, 45009, 40058, 40008, 44001, 40007 and -1 are WeCom's documented codes for these cases; 43002, 44004, 47001 and
//! 301019 come from its global list. Limits that WeCom only advises for template cards are not enforced, counts are.

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde_json::Value;

use super::answer::Answer;
use super::provider::{Call, Judgement, filled};

const TEXT_BYTES: usize = 2048;
const MARKDOWN_BYTES: usize = 4096;
const IMAGE_BYTES: usize = 2 * 1024 * 1024;
const TITLE_BYTES: usize = 128;
const DESCRIPTION_BYTES: usize = 512;
const ARTICLES: usize = 8;
const HORIZONTAL_ENTRIES: usize = 6;
const JUMPS: usize = 3;
const VERTICAL_ENTRIES: usize = 4;

pub fn judge(call: &Call<'_>) -> Judgement {
    match check(call) {
        Ok(key) => Judgement::Fine { once: None, paced: Some(format!("wecom {key}")) },
        Err((code, text)) => Judgement::Refused(Answer::errcode(code, &text)),
    }
}

type Refusal = (i64, String);

fn check<'a>(call: &'a Call<'_>) -> Result<&'a str, Refusal> {
    if *call.method != Method::POST {
        return Err((43002, "require POST method".to_owned()));
    }
    let key = call.query("key").filter(|key| !key.is_empty() && *key != "unknown").ok_or_else(|| {
        let more = "more info at https://open.work.weixin.qq.com/devtool/query?e=93000";
        (93000, format!("invalid webhook url, hint: [simulated], from ip: 127.0.0.1, {more}"))
    })?;
    let body: Value = serde_json::from_slice(call.body).map_err(|_| (47001, "data format error".to_owned()))?;
    let kind = body["msgtype"].as_str().unwrap_or_default();
    let message = &body[kind];
    match kind {
        "text" => check_content(message, kind, TEXT_BYTES)?,
        "markdown" | "markdown_v2" => check_content(message, kind, MARKDOWN_BYTES)?,
        "image" => check_image(message)?,
        "news" => check_news(message)?,
        "file" | "voice" => {
            let id = message["media_id"].as_str().unwrap_or_default();
            if id.is_empty() || id == "unknown" {
                return Err((40007, "invalid media_id".to_owned()));
            }
        }
        "template_card" => check_card(message)?,
        other => return Err((40008, format!("invalid message type, hint: [simulated], `{other}`"))),
    }
    Ok(key)
}

fn invalid(text: &str) -> Refusal {
    (40058, format!("{text}. invalid Request Parameter, hint: [simulated]"))
}

fn check_length(value: &Value, name: &str, limit: usize) -> Result<(), Refusal> {
    match value.as_str() {
        Some(text) if text.len() > limit => Err(invalid(&format!("{name} exceed max length {limit}"))),
        _ => Ok(()),
    }
}

fn check_count(value: &Value, name: &str, limit: usize) -> Result<(), Refusal> {
    match value.as_array() {
        Some(entries) if entries.len() > limit => Err(invalid(&format!("{name} exceed max length {limit}"))),
        _ => Ok(()),
    }
}

fn need(value: &Value, name: &str) -> Result<(), Refusal> {
    if filled(value) { Ok(()) } else { Err(invalid(&format!("{name} missing"))) }
}

fn check_content(message: &Value, kind: &str, limit: usize) -> Result<(), Refusal> {
    if !filled(&message["content"]) {
        return Err((44004, "empty content".to_owned()));
    }
    check_length(&message["content"], &format!("{kind}.content"), limit)
}

fn check_image(message: &Value) -> Result<(), Refusal> {
    let encoded = message["base64"].as_str().unwrap_or_default();
    if encoded.is_empty() {
        return Err((44001, "empty media data".to_owned()));
    }
    let raw = STANDARD.decode(encoded).map_err(|_| invalid("image.base64 is not base64"))?;
    if raw.len() > IMAGE_BYTES {
        return Err(invalid(&format!("image exceed max length {IMAGE_BYTES}")));
    }
    if !raw.starts_with(b"\x89PNG\r\n\x1a\n") && !raw.starts_with(b"\xff\xd8\xff") {
        return Err(invalid("image is neither JPG nor PNG"));
    }
    if message["md5"].as_str() != Some(hex::encode(Md5::digest(&raw)).as_str()) {
        return Err((301019, "media md5 not match".to_owned()));
    }
    Ok(())
}

fn check_news(message: &Value) -> Result<(), Refusal> {
    let articles = message["articles"].as_array().filter(|articles| !articles.is_empty());
    let articles = articles.ok_or_else(|| invalid("news.articles missing"))?;
    check_count(&message["articles"], "news.articles", ARTICLES)?;
    for (n, article) in articles.iter().enumerate() {
        need(&article["title"], &format!("news.articles[{n}].title"))?;
        need(&article["url"], &format!("news.articles[{n}].url"))?;
        check_length(&article["title"], &format!("news.articles[{n}].title"), TITLE_BYTES)?;
        check_length(&article["description"], &format!("news.articles[{n}].description"), DESCRIPTION_BYTES)?;
    }
    Ok(())
}

fn check_card(card: &Value) -> Result<(), Refusal> {
    let title = &card["main_title"]["title"];
    match card["card_type"].as_str() {
        Some("text_notice") if !filled(title) && !filled(&card["sub_title_text"]) => {
            return Err(invalid("template_card.main_title.title and sub_title_text missing"));
        }
        Some("text_notice") => {}
        Some("news_notice") => {
            need(title, "template_card.main_title.title")?;
            if !filled(&card["card_image"]["url"]) && !card["image_text_area"].is_object() {
                return Err(invalid("template_card.card_image.url missing"));
            }
        }
        _ => return Err(invalid("template_card.card_type is neither text_notice nor news_notice")),
    }
    check_jump(&card["card_action"], "template_card.card_action", &[1, 2])?;
    check_count(&card["horizontal_content_list"], "template_card.horizontal_content_list", HORIZONTAL_ENTRIES)?;
    check_count(&card["vertical_content_list"], "template_card.vertical_content_list", VERTICAL_ENTRIES)?;
    check_count(&card["jump_list"], "template_card.jump_list", JUMPS)?;
    for (n, jump) in card["jump_list"].as_array().into_iter().flatten().enumerate() {
        need(&jump["title"], &format!("template_card.jump_list[{n}].title"))?;
        check_jump(jump, &format!("template_card.jump_list[{n}]"), &[0, 1, 2])?;
    }
    for (n, entry) in card["horizontal_content_list"].as_array().into_iter().flatten().enumerate() {
        need(&entry["keyname"], &format!("template_card.horizontal_content_list[{n}].keyname"))?;
    }
    Ok(())
}

/// Type 1 leads to an address, type 2 to a mini-program, type 0 nowhere.
fn check_jump(jump: &Value, name: &str, allowed: &[i64]) -> Result<(), Refusal> {
    let kind = jump["type"].as_i64().or_else(|| allowed.contains(&0).then_some(0));
    match kind.filter(|kind| allowed.contains(kind)) {
        Some(1) => need(&jump["url"], &format!("{name}.url")),
        Some(2) => need(&jump["appid"], &format!("{name}.appid")),
        Some(_) => Ok(()),
        None => Err(invalid(&format!("{name}.type invalid"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderMap;
    use serde_json::json;

    const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVQI12P4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

    fn refusal(key: &str, body: &Value) -> Option<Refusal> {
        let query = [("key".to_owned(), key.to_owned())];
        let body = body.to_string();
        let headers = HeaderMap::new();
        check(&Call { method: &Method::POST, query: &query, headers: &headers, body: body.as_bytes() }).err()
    }

    fn code(body: Value) -> i64 {
        refusal("K", &body).map_or(0, |(code, _)| code)
    }

    #[test]
    fn limits_are_in_bytes() {
        let text = |content: String| json!({"msgtype": "text", "text": {"content": content}});
        assert_eq!(code(text("好".repeat(682) + "xx")), 0);
        assert_eq!(code(text("好".repeat(683))), 40058);
        let markdown = |kind: &str, bytes: usize| json!({"msgtype": kind, kind: {"content": "x".repeat(bytes)}});
        for kind in ["markdown", "markdown_v2"] {
            assert_eq!(code(markdown(kind, 4096)), 0);
            let (code, text) = refusal("K", &markdown(kind, 4097)).unwrap();
            assert_eq!(code, 40058);
            assert!(text.starts_with(&format!("{kind}.content exceed max length 4096")), "{text}");
        }
        assert_eq!(code(text(String::new())), 44004);
    }

    #[test]
    fn a_picture_must_fit_its_digest() {
        let image = |base64: &str, md5: &str| json!({"msgtype": "image", "image": {"base64": base64, "md5": md5}});
        assert_eq!(code(image(PIXEL, "a17d68857e0c4619c645223227aa0307")), 0);
        assert_eq!(code(image(PIXEL, "A17D68857E0C4619C645223227AA0307")), 301019);
        assert_eq!(code(image("", "a17d68857e0c4619c645223227aa0307")), 44001);
        assert_eq!(code(image("aGVsbG8=", "5d41402abc4b2a76b9719d911017c592")), 40058);
        assert_eq!(code(image("data:image/png;base64,xx", "")), 40058);
    }

    #[test]
    fn news_have_one_to_eight_articles() {
        let article = |title: &str| json!({"title": title, "url": "https://a"});
        let news = |articles: Vec<Value>| json!({"msgtype": "news", "news": {"articles": articles}});
        assert_eq!(code(news(vec![article("T"); 8])), 0);
        assert_eq!(code(news(vec![article("T"); 9])), 40058);
        assert_eq!(code(news(vec![])), 40058);
        assert_eq!(code(news(vec![json!({"title": "T"})])), 40058);
        assert_eq!(code(news(vec![article(&"x".repeat(129))])), 40058);
    }

    #[test]
    fn a_card_needs_an_action_and_a_title() {
        let card = |fields: Value| json!({"msgtype": "template_card", "template_card": fields});
        let action = json!({"type": 1, "url": "https://a"});
        let title = json!({"title": "T"});
        assert_eq!(code(card(json!({"card_type": "text_notice", "main_title": title, "card_action": action}))), 0);
        assert_eq!(code(card(json!({"card_type": "text_notice", "card_action": action}))), 40058);
        assert_eq!(code(card(json!({"card_type": "text_notice", "main_title": title}))), 40058);
        let jumps = |jumps: Value| {
            card(json!({"card_type": "text_notice", "main_title": title, "card_action": action, "jump_list": jumps}))
        };
        let jump = json!({"type": 1, "title": "open", "url": "https://a"});
        assert_eq!(code(jumps(json!([jump, jump, jump]))), 0);
        assert_eq!(code(jumps(json!([jump, jump, jump, jump]))), 40058);
        assert_eq!(code(jumps(json!([{"type": 1, "title": "open"}]))), 40058);
        assert_eq!(code(card(json!({"card_type": "vote_interaction"}))), 40058);
    }

    #[test]
    fn key_and_type_are_checked() {
        let body = json!({"msgtype": "text", "text": {"content": "x"}});
        assert_eq!(refusal("K", &body), None);
        for key in ["unknown", ""] {
            let (code, text) = refusal(key, &body).unwrap();
            assert_eq!(code, 93000);
            assert!(text.starts_with("invalid webhook url"), "{text}");
        }
        assert_eq!(code(json!({"msgtype": "actionCard"})), 40008);
        assert_eq!(code(json!([1])), 40008);
        assert_eq!(code(json!({"msgtype": "file", "file": {"media_id": "m"}})), 0);
        assert_eq!(code(json!({"msgtype": "file", "file": {}})), 40007);
    }
}
