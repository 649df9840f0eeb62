//! The JSON of a WeCom group robot, by message type. Limits are in bytes; those that WeCom only advises, for the parts of
//! a card, are not enforced.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde_json::{Value, json};

use super::super::size::{at_most, filled, within};
use super::super::{BodyError, MessageFacts};
use crate::domain::content::{Card, Content, File, Image, MAX_ARTICLES};

const CHANNEL: &str = "WECHAT_WORK";
pub const MAX_TEXT: usize = 2048;
pub const MAX_MARKDOWN: usize = 4096;
/// Of a picture, before it is encoded.
pub const MAX_IMAGE: usize = 2 * 1024 * 1024;
pub const MAX_TITLE: usize = 128;
pub const MAX_DESCRIPTION: usize = 512;
pub const MAX_JUMPS: usize = 3;

/// The body for `content`. Only text can mention people by their mobile number.
pub fn body(content: &Content, mentioned: &[String], facts: &MessageFacts<'_>) -> Result<Value, BodyError> {
    Ok(match content {
        Content::Text(text) => {
            let mut body = json!({"msgtype": "text", "text": {
                "content": filled(CHANNEL, "text.content", &text.text, MAX_TEXT)?,
            }});
            let people = people(mentioned, facts);
            if !people.is_empty() {
                body["text"]["mentioned_mobile_list"] = people.into();
            }
            body
        }
        Content::Markdown(markdown) => {
            let content = headed(&markdown.title, need("markdown.content", &markdown.text)?);
            within(CHANNEL, "markdown.content", &content, MAX_MARKDOWN)?;
            json!({"msgtype": "markdown", "markdown": {"content": content}})
        }
        Content::Link(link) => {
            news(vec![article(&link.title, Some(&link.text), &link.url, link.image_url.as_deref())?])?
        }
        Content::Card(card) => json!({"msgtype": "template_card", "template_card": text_notice(card)?}),
        Content::Feed(feed) => {
            let articles = feed.links.iter().map(|link| article(&link.title, None, &link.url, Some(&link.image_url)));
            news(articles.collect::<Result<_, _>>()?)?
        }
        Content::News(found) => {
            let articles = found.articles.iter().map(|found| {
                article(&found.title, found.description.as_deref(), &found.url, found.image_url.as_deref())
            });
            news(articles.collect::<Result<_, _>>()?)?
        }
        Content::Image(Image { base64: Some(base64), .. }) => json!({"msgtype": "image", "image": image(base64)?}),
        // A picture at an address can't be posted as one: it becomes an article that leads there.
        Content::Image(Image { url, .. }) => {
            let url = url.as_deref().unwrap_or_default();
            news(vec![article("[图片]", None, url, Some(url))?])?
        }
        Content::File(File { media_id: Some(media_id), .. }) => {
            json!({"msgtype": "file", "file": {"media_id": need("file.media_id", media_id)?}})
        }
        // Nor can a file at an address.
        Content::File(File { url, name, .. }) => {
            let name = name.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or("[文件]");
            news(vec![article(name, None, url.as_deref().unwrap_or_default(), None)?])?
        }
    })
}

fn need<'a>(field: &str, text: &'a str) -> Result<&'a str, BodyError> {
    filled(CHANNEL, field, text, usize::MAX)
}

/// The config's numbers, then the recipients', none twice.
fn people<'a>(mentioned: &'a [String], facts: &MessageFacts<'a>) -> Vec<&'a str> {
    let mut people: Vec<&str> = Vec::new();
    for mobile in mentioned.iter().map(String::as_str).chain(facts.mobiles()) {
        if !people.contains(&mobile) {
            people.push(mobile);
        }
    }
    people
}

/// The text below its title, as a heading; once only, where the text begins with the title by itself.
fn headed(title: &str, text: &str) -> String {
    let title = title.trim();
    let first = text.trim_start().lines().next().unwrap_or_default();
    if title.is_empty() || first.trim_start_matches(['#', ' ']).trim_end() == title {
        text.to_owned()
    } else {
        format!("# {title}\n{text}")
    }
}

fn news(articles: Vec<Value>) -> Result<Value, BodyError> {
    at_most(CHANNEL, "news.articles", articles.len(), MAX_ARTICLES)?;
    Ok(json!({"msgtype": "news", "news": {"articles": articles}}))
}

fn article(title: &str, description: Option<&str>, url: &str, picture: Option<&str>) -> Result<Value, BodyError> {
    let mut article = json!({"title": filled(CHANNEL, "news.articles.title", title, MAX_TITLE)?});
    if let Some(description) = description.filter(|text| !text.is_empty()) {
        article["description"] = within(CHANNEL, "news.articles.description", description, MAX_DESCRIPTION)?.into();
    }
    article["url"] = need("news.articles.url", url)?.into();
    if let Some(picture) = picture.filter(|picture| !picture.is_empty()) {
        article["picurl"] = picture.into();
    }
    Ok(article)
}

fn text_notice(card: &Card) -> Result<Value, BodyError> {
    at_most(CHANNEL, "template_card.jump_list", card.buttons.len(), MAX_JUMPS)?;
    let Some(first) = card.buttons.first() else {
        return Err(BodyError::unfit("template_card.jump_list is empty, and WECHAT_WORK needs a button"));
    };
    let jumps = card.buttons.iter().map(|button| {
        Ok(json!({
            "type": 1,
            "title": need("template_card.jump_list.title", &button.title)?,
            "url": need("template_card.jump_list.url", &button.url)?,
        }))
    });
    Ok(json!({
        "card_type": "text_notice",
        "main_title": {"title": need("template_card.main_title.title", &card.title)?},
        "sub_title_text": card.text,
        "jump_list": jumps.collect::<Result<Vec<_>, BodyError>>()?,
        "card_action": {"type": 1, "url": first.url},
    }))
}

/// `base64` may be a data URL and hold line breaks; the robot gets neither.
fn image(base64: &str) -> Result<Value, BodyError> {
    let encoded = match base64.trim().strip_prefix("data:") {
        Some(rest) => rest.split_once(',').map_or("", |(_, encoded)| encoded),
        None => base64,
    };
    let encoded: String = encoded.split_ascii_whitespace().collect();
    let raw = STANDARD.decode(&encoded).map_err(|_| BodyError::unfit("image.base64 is not base64"))?;
    if raw.is_empty() {
        return Err(BodyError::unfit("image.base64 rendered to nothing, and WECHAT_WORK needs it"));
    }
    let picture = raw.starts_with(b"\x89PNG\r\n\x1a\n") || raw.starts_with(&[0xff, 0xd8, 0xff]);
    if !picture {
        return Err(BodyError::unfit("image.base64 is neither a PNG nor a JPG, and WECHAT_WORK takes no other"));
    }
    if raw.len() > MAX_IMAGE {
        let size = raw.len();
        return Err(BodyError::too_large(format!(
            "the image is {size} bytes before encoding, and WECHAT_WORK takes at most {MAX_IMAGE}"
        )));
    }
    Ok(json!({"base64": encoded, "md5": digest(&raw)}))
}

/// MD5 of the raw file, in lower-case hex.
fn digest(raw: &[u8]) -> String {
    hex::encode(Md5::digest(raw))
}

#[cfg(test)]
mod tests;
