//! TEMPLATE_RENDER (500): each channel's content, from its template and the business data, or as the caller gave it.

use crate::catalog::OpenTemplate;
use crate::domain::code::ErrorCode;
use crate::domain::content::{Content, Markdown, Text};
use crate::domain::enums::{MessageStatus, MessageType, VerdictOutcome};
use crate::domain::message::{Failure, InlineContent};
use crate::pipeline::state::{Flow, HandlerError, State};
use crate::templates::Globals;

pub fn run(state: &mut State) -> Result<Flow, HandlerError> {
    let candidates = state.take_candidates();
    if let Some(inline) = &state.message.options.content {
        let content = inline_content(inline);
        let mut kept = candidates;
        for candidate in &mut kept {
            candidate.content = Some(content.clone());
        }
        state.say(VerdictOutcome::Skip, None, Some("the message brings its content".to_owned()));
        return Ok(state.go_on_with(kept));
    }
    let mut kept = Vec::with_capacity(candidates.len());
    let globals = Globals::new(&state.data).map_err(|error| HandlerError::Failed(error.to_string()))?;
    let locale = state.message.options.locale().map(str::to_owned);
    for mut candidate in candidates {
        let channel_type = candidate.channel_type();
        let business_type = &state.message.business_type;
        let Some(template) = state.tenant.template(business_type, channel_type, locale.as_deref()).cloned() else {
            let message = format!("no enabled template for business type {business_type} on {channel_type}");
            state.drop_channel(&candidate, MessageStatus::Failed, Failure::new(ErrorCode::TemplateNotFound, message));
            continue;
        };
        match render(&template, &globals) {
            Ok(content) => {
                let detail = format!(
                    "template \"{}\" ({}) version {}",
                    template.template.name, template.template.id, template.template.version
                );
                state.say_of(&candidate, VerdictOutcome::Pass, None, detail);
                candidate.content = Some(content);
                candidate.template = Some(template.template.id);
                kept.push(candidate);
            }
            Err(reason) => {
                let message = format!("template \"{}\": {reason}", template.template.name);
                let failure = Failure::new(ErrorCode::TemplateRenderError, message);
                state.drop_channel(&candidate, MessageStatus::Failed, failure);
            }
        }
    }
    Ok(state.go_on_with(kept))
}

fn render(template: &OpenTemplate, globals: &Globals) -> Result<Content, String> {
    let compiled = template.compiled.as_ref().map_err(Clone::clone)?;
    let value = compiled.render(globals).map_err(|error| error.to_string())?;
    Content::from_json(template.template.message_type, &value)
        .map_err(|issues| issues.first().map_or_else(String::new, ToString::to_string))
}

/// A caller's own text as content: MARKDOWN where it says so, TEXT otherwise.
pub fn inline_content(inline: &InlineContent) -> Content {
    match inline.message_type {
        Some(MessageType::Markdown) => Content::Markdown(Markdown {
            title: inline.title.clone().unwrap_or_else(|| headline(&inline.body)),
            text: inline.body.clone(),
        }),
        _ => Content::Text(Text {
            text: match &inline.title {
                Some(title) => format!("{title}\n{}", inline.body),
                None => inline.body.clone(),
            },
        }),
    }
}

/// The first line of a text, without markdown's heading signs, for a channel that needs a title.
fn headline(body: &str) -> String {
    let line = body.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("-");
    line.trim_start_matches('#').trim().chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_markdown_text_without_a_title_is_headed_by_its_first_line() {
        let inline = InlineContent {
            title: None,
            body: "\n## Deployed\nall good".to_owned(),
            message_type: Some(MessageType::Markdown),
        };
        assert_eq!(inline_content(&inline).title(), Some("Deployed"));
    }

    #[test]
    fn a_plain_text_begins_with_its_title() {
        let inline = InlineContent { title: Some("T".to_owned()), body: "b".to_owned(), message_type: None };
        assert_eq!(inline_content(&inline).plain(), "T\nb");
    }
}
