//! The JSON of a DingTalk robot, by message type.

use serde_json::{Value, json};

use super::super::size::{at_most, filled, within};
use super::super::{BodyError, MessageFacts};
use super::{MAX_MENTIONS, Mentions};
use crate::domain::content::{Card, Content, File, Image, News};

const CHANNEL: &str = "DINGTALK";
/// Of the whole body, in bytes.
pub const MAX_BODY: usize = 20_000;
/// What the robot takes as a line break in markdown.
const BREAK: &str = "  \n  ";

/// The body for `content`. Text and markdown mention people; the other types cannot.
pub fn body(content: &Content, mentions: &Mentions, facts: &MessageFacts<'_>) -> Result<Value, BodyError> {
    let mut body = match content {
        Content::Text(text) => {
            let people = people(mentions, facts)?;
            let content = with_people(need("text.content", &text.text)?, &people, " ");
            mentioning(json!({"msgtype": "text", "text": {"content": content}}), mentions, &people)
        }
        Content::Markdown(markdown) => {
            let people = people(mentions, facts)?;
            let text = with_people(need("markdown.text", &markdown.text)?, &people, BREAK);
            let title = need("markdown.title", &markdown.title)?;
            mentioning(json!({"msgtype": "markdown", "markdown": {"title": title, "text": text}}), mentions, &people)
        }
        Content::Link(link) => {
            let mut body = json!({"msgtype": "link", "link": {
                "title": need("link.title", &link.title)?,
                "text": need("link.text", &link.text)?,
                "messageUrl": need("link.messageUrl", &link.url)?,
            }});
            if let Some(image) = &link.image_url {
                body["link"]["picUrl"] = image.as_str().into();
            }
            body
        }
        Content::Card(card) => json!({"msgtype": "actionCard", "actionCard": action_card(card)?}),
        Content::Feed(feed) => {
            let links = feed.links.iter().map(|link| feed_link(&link.title, &link.url, &link.image_url));
            json!({"msgtype": "feedCard", "feedCard": {"links": links.collect::<Result<Vec<_>, _>>()?}})
        }
        Content::News(news) => news_body(news)?,
        Content::Image(Image { url: Some(url), .. }) => {
            let text = format!("![]({})", markdown_url(need("markdown.text", url)?));
            json!({"msgtype": "markdown", "markdown": {"title": "[图片]", "text": text}})
        }
        Content::Image(_) => {
            return Err(BodyError::unfit("DINGTALK shows pictures by address only: give `url` instead of `base64`"));
        }
        Content::File(File { url: Some(url), name, .. }) => json!({"msgtype": "link", "link": {
            "title": name.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or("[文件]"),
            "text": need("link.text", url)?,
            "messageUrl": url,
        }}),
        Content::File(_) => {
            return Err(BodyError::unfit("DINGTALK hands on files by address only: give `url` instead of `mediaId`"));
        }
    };
    // The robot drops what it has seen: an attempt in doubt can be repeated.
    body["msgUuid"] = facts.task_id.to_string().into();
    within(CHANNEL, "the body", &body.to_string(), MAX_BODY)?;
    Ok(body)
}

fn need<'a>(field: &str, text: &'a str) -> Result<&'a str, BodyError> {
    filled(CHANNEL, field, text, usize::MAX)
}

/// Whom to mention by name: the config's numbers, then the recipients', none twice. No one where all are mentioned.
fn people<'a>(mentions: &'a Mentions, facts: &MessageFacts<'a>) -> Result<Vec<&'a str>, BodyError> {
    let mut people: Vec<&str> = Vec::new();
    if mentions.all {
        return Ok(people);
    }
    for mobile in mentions.mobiles.iter().map(String::as_str).chain(facts.mobiles()) {
        if !people.contains(&mobile) {
            people.push(mobile);
        }
    }
    at_most(CHANNEL, "at.atMobiles", people.len(), MAX_MENTIONS)?;
    Ok(people)
}

fn mentioning(mut body: Value, mentions: &Mentions, people: &[&str]) -> Value {
    if mentions.all {
        body["at"] = json!({"isAtAll": true});
    } else if !people.is_empty() {
        body["at"] = json!({"atMobiles": people, "isAtAll": false});
    }
    body
}

/// A mention is highlighted only where it also stands in the text.
fn with_people(text: &str, people: &[&str], before: &str) -> String {
    let mut whole = text.to_owned();
    let mut glue = before;
    for mobile in people.iter().filter(|mobile| !mentions(text, mobile)) {
        whole.push_str(glue);
        whole.push('@');
        whole.push_str(mobile);
        glue = " ";
    }
    whole
}

fn mentions(text: &str, mobile: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        text[at + 1..].strip_prefix(mobile).is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
    })
}

fn action_card(card: &Card) -> Result<Value, BodyError> {
    let mut body = json!({
        "title": need("actionCard.title", &card.title)?,
        "text": need("actionCard.text", &card.text)?,
    });
    match card.buttons.as_slice() {
        [] => return Err(BodyError::unfit("actionCard.btns is empty, and DINGTALK needs a button")),
        [button] => {
            body["singleTitle"] = need("actionCard.singleTitle", &button.title)?.into();
            body["singleURL"] = need("actionCard.singleURL", &button.url)?.into();
        }
        buttons => {
            let buttons = buttons.iter().map(|button| {
                Ok(json!({
                    "title": need("actionCard.btns.title", &button.title)?,
                    "actionURL": need("actionCard.btns.actionURL", &button.url)?,
                }))
            });
            body["btnOrientation"] = if card.vertical.unwrap_or(true) { "0" } else { "1" }.into();
            body["btns"] = buttons.collect::<Result<Vec<_>, BodyError>>()?.into();
        }
    }
    Ok(body)
}

fn feed_link(title: &str, url: &str, image: &str) -> Result<Value, BodyError> {
    Ok(json!({
        "title": need("feedCard.links.title", title)?,
        "messageURL": need("feedCard.links.messageURL", url)?,
        "picURL": need("feedCard.links.picURL", image)?,
    }))
}

/// A feed card, which has no room for descriptions and needs a picture for each link. Where an article has none, a list in
/// markdown, descriptions included.
fn news_body(news: &News) -> Result<Value, BodyError> {
    let pictured: Option<Vec<_>> = news
        .articles
        .iter()
        .map(|article| Some((article, article.image_url.as_deref().filter(|image| !image.trim().is_empty())?)))
        .collect();
    if let Some(pictured) = pictured {
        let links = pictured.into_iter().map(|(article, image)| feed_link(&article.title, &article.url, image));
        return Ok(json!({"msgtype": "feedCard", "feedCard": {"links": links.collect::<Result<Vec<_>, _>>()?}}));
    }
    let mut lines = Vec::with_capacity(news.articles.len());
    for article in &news.articles {
        let title = need("markdown.text", &article.title)?.replace('[', "［").replace(']', "］");
        let mut line = format!("- [{title}]({})", markdown_url(need("markdown.text", &article.url)?));
        if let Some(description) = article.description.as_deref().filter(|text| !text.trim().is_empty()) {
            line.push_str(BREAK);
            line.push_str(description);
        }
        lines.push(line);
    }
    let title = news.articles.first().map_or("", |article| &article.title);
    let title = need("markdown.title", title)?;
    Ok(json!({"msgtype": "markdown", "markdown": {"title": title, "text": lines.join("\n")}}))
}

/// Blanks and brackets would end the address within markdown.
fn markdown_url(url: &str) -> String {
    url.trim().replace(' ', "%20").replace('(', "%28").replace(')', "%29")
}

#[cfg(test)]
mod tests;
