//! Liquid as templates know it, and the parsing of one string into something that renders.

use std::collections::{BTreeSet, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use liquid_core::{Error, Language, Template, parser};

use super::check::{Checked, MAX_FAULTS, check};
use super::run::{OPTIONAL, PLAIN};
use super::scan::{Piece, scan};
use super::tokens::Fault;
use super::{blocks, filters};

static LANGUAGE: LazyLock<Language> = LazyLock::new(|| {
    let mut language = Language::empty();
    blocks::register(&mut language);
    filters::register(&mut language.filters);
    language
});
static FILTERS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| LANGUAGE.filters.plugin_names().collect());

/// A string with markup, parsed.
pub(super) struct Parsed {
    pub(super) template: Template,
    pub(super) variables: BTreeSet<String>,
    /// The price of a step, in bytes.
    pub(super) step: u64,
}

/// Parses a string. `None` when all of it stands for itself although it looked like markup, as `${a b}` does.
pub(super) fn parse(source: &str) -> Result<Option<Parsed>, Vec<Fault>> {
    let (pieces, mut faults) = scan(source);
    if faults.is_empty() && matches!(pieces.as_slice(), [Piece::Text(text)] if text.len() == source.len()) {
        return Ok(None);
    }
    let (checked, more) = check(&pieces, &FILTERS);
    faults.extend(more);
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.at);
        faults.truncate(MAX_FAULTS);
        return Err(faults);
    }
    match attempt(&checked.liquid) {
        Ok(template) => Ok(Some(Parsed { template, variables: checked.variables, step: checked.step })),
        Err(message) => Err(locate(&checked, message)),
    }
}

/// What only Liquid's parser knows, such as the number of a filter's arguments, it reports without a place.
fn locate(checked: &Checked, message: String) -> Vec<Fault> {
    let faults: Vec<Fault> = checked
        .markups
        .iter()
        .filter(|markup| markup.filters)
        .filter_map(|markup| {
            let message = attempt(checked.liquid.get(markup.liquid.clone())?).err()?;
            Some(Fault::new(markup.at, message))
        })
        .take(MAX_FAULTS)
        .collect();
    if faults.is_empty() { vec![Fault::new(0, message)] } else { faults }
}

/// Parses what has been checked. Should the parser panic nevertheless, that is a mistake in the template too.
fn attempt(liquid: &str) -> Result<Template, String> {
    match catch_unwind(AssertUnwindSafe(|| parser::parse(liquid, &LANGUAGE))) {
        Ok(Ok(elements)) => Ok(Template::new(elements)),
        Ok(Err(error)) => Err(describe(&error)),
        Err(_) => Err("not a valid template".to_owned()),
    }
}

/// Liquid's many-lined error as one line: what, why, and in which filter. Never the input, which is business data.
pub(super) fn describe(error: &Error) -> String {
    const LONGEST: usize = 300;
    let report = error.to_string();
    // The input of a filter comes last, and may have lines that look like the report's own.
    let lines = || report.lines().map(str::trim_start).take_while(|line| !line.starts_with("input="));
    let first = lines().next().unwrap_or_default();
    let mut text = first.strip_prefix("liquid: ").unwrap_or(first).trim().to_lowercase();
    if text.starts_with("expected scalar") {
        text = "an index must be a text or a number".to_owned();
    }
    for (key, before, after) in [("cause=", ": ", ""), ("filter=", " in filter `", "`")] {
        if let Some(found) = lines().find_map(|line| line.strip_prefix(key)) {
            let found = found.replace(OPTIONAL, "").replace(PLAIN, "");
            text = format!("{text}{before}{found}{after}");
        }
    }
    // The parser's own report is a drawing of the place with the reason behind.
    if text.starts_with("-->") || text.is_empty() {
        let reason = lines().find_map(|line| line.strip_prefix("= "));
        text = reason.unwrap_or("not a valid template").to_owned();
    }
    text.truncate(text.floor_char_boundary(LONGEST));
    text
}
