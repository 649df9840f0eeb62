//! Tests of the template engine by rule: `syntax` (what is accepted, places of mistakes, variables), `rendering`,
//! `limits` (hostile templates).

mod limits;
mod rendering;
mod syntax;

use serde_json::{Value, json};

use super::{Globals, RenderError, compile};
use crate::domain::time::Clock;

/// Renders one string, which has to compile.
fn render(template: &str, data: Value) -> Result<String, RenderError> {
    let compiled = compile(&json!({ "text": template })).unwrap_or_else(|issues| panic!("{template}: {issues:?}"));
    let rendered = compiled.render(&Globals::new(&data).unwrap(), &Clock::System)?;
    Ok(rendered["text"].as_str().unwrap().to_owned())
}

/// The messages for one string, which may not compile.
fn mistakes(template: &str) -> Vec<String> {
    let issues = compile(&json!({ "text": template })).err().unwrap_or_default();
    issues.into_iter().map(|issue| issue.message).collect()
}

fn variables(template: &str) -> Vec<String> {
    let compiled = compile(&json!({ "text": template })).unwrap_or_else(|issues| panic!("{template}: {issues:?}"));
    compiled.variables().to_vec()
}

fn missing(template: &str, data: Value) -> String {
    match render(template, data) {
        Err(RenderError::MissingVariable { path, name }) => {
            assert_eq!(path, "content.text");
            name
        }
        other => panic!("{template}: {other:?}"),
    }
}
