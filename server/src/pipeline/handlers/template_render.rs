//! TEMPLATE_RENDER (500): each channel's content, from its template and the business data, or as the caller gave it.

use std::sync::Arc;

use serde_json::Value;

use crate::catalog::OpenTemplate;
use crate::domain::code::ErrorCode;
use crate::domain::content::{Content, Markdown, Text};
use crate::domain::enums::{MessageStatus, MessageType, VerdictOutcome};
use crate::domain::message::{Failure, InlineContent};
use crate::domain::time::Clock;
use crate::pipeline::chain::Chain;
use crate::pipeline::state::{Candidate, Flow, HandlerError, State, Turn};
use crate::templates::{Globals, RenderError};

pub async fn run(chain: &Chain, state: &mut State) -> Result<Flow, HandlerError> {
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
    let globals = Globals::new(&state.data).map_err(|error| HandlerError::Failed(error.to_string()))?;
    let Some(rendered) = render_all(state, &candidates, globals, &chain.clock).await? else {
        state.keep(candidates);
        return Err(HandlerError::NeedsTurn);
    };
    let mut kept = Vec::with_capacity(candidates.len());
    for (mut candidate, (template, rendered)) in candidates.into_iter().zip(rendered) {
        let Some(template) = template else {
            let (business_type, channel_type) = (&state.message.business_type, candidate.channel_type());
            let message = format!("no enabled template for business type {business_type} on {channel_type}");
            state.drop_channel(&candidate, MessageStatus::Failed, Failure::new(ErrorCode::TemplateNotFound, message));
            continue;
        };
        match rendered {
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
                state.lose_channel(&candidate, Failure::new(ErrorCode::TemplateRenderError, message));
            }
        }
    }
    Ok(state.go_on_with(kept))
}

type Rendered = (Option<Arc<OpenTemplate>>, Result<Content, String>);

/// Each channel's template and what it renders to. Without a turn None where one of them takes long.
async fn render_all(
    state: &State,
    candidates: &[Candidate],
    globals: Globals,
    clock: &Clock,
) -> Result<Option<Vec<Rendered>>, HandlerError> {
    let globals = Arc::new(globals);
    let (business_type, locale) = (&state.message.business_type, state.message.options.locale());
    let mut all = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let Some(template) = state.tenant.template(business_type, candidate.channel_type(), locale).cloned() else {
            all.push((None, Err(String::new())));
            continue;
        };
        let rendered = match (&template.compiled, &state.turn) {
            (Err(reason), _) => Err(reason.clone()),
            (Ok(compiled), None) => match compiled.render_briefly(&globals, clock) {
                Some(rendered) => content(&template, rendered),
                None => return Ok(None),
            },
            (Ok(_), Some(turn)) => {
                apart(Arc::clone(&template), Arc::clone(&globals), Arc::clone(turn), clock.clone()).await?
            }
        };
        all.push((Some(template), rendered));
    }
    Ok(Some(all))
}

/// Renders on a thread for what blocks. Where nobody waits for it any more, the turn lasts until the template has ended.
async fn apart(
    template: Arc<OpenTemplate>,
    globals: Arc<Globals>,
    turn: Turn,
    clock: Clock,
) -> Result<Result<Content, String>, HandlerError> {
    let render = move || {
        let rendered = template.compiled.as_ref().map_err(Clone::clone)?.render(&globals, &clock);
        drop(turn);
        content(&template, rendered)
    };
    tokio::task::spawn_blocking(render).await.map_err(|error| match error.is_panic() {
        true => HandlerError::Failed("panicked".to_owned()),
        false => HandlerError::Unavailable("this process ends".to_owned()),
    })
}

fn content(template: &OpenTemplate, rendered: Result<Value, RenderError>) -> Result<Content, String> {
    let value = rendered.map_err(|error| error.to_string())?;
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
