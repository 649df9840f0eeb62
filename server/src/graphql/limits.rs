//! What an operation may cost, checked before it runs: size, nesting, depth, complexity.
//!
//! Complexity counts fields; a page multiplies what is below it by `first`, lists of tasks, timelines and recipients by
//! the factors below. A full page of messages with their tasks passes; with every recipient of each it does not.

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet};
use async_graphql::{Name, Positioned};
use std::collections::HashMap;

use super::error::{ApiError, Code, Result};
use crate::domain::page::PageRequest;

/// Levels of fields. The introspection query of GraphQL's own tools has 15.
pub const MAX_DEPTH: usize = 16;
/// Fields, after multiplication.
pub const MAX_COMPLEXITY: usize = 100_000;
/// Operations in one HTTP request.
pub const MAX_OPERATIONS: usize = 20;
/// Bytes of an operation's text; what is larger belongs into variables.
const MAX_TEXT: usize = 1 << 20;
/// Brackets within brackets in an operation's text: the parser recurses.
const MAX_NESTING: usize = 64;
/// Selections within selections, fragments spread.
const MAX_LEVELS: usize = 64;
/// Selections of a document, fragments counted wherever they are spread.
const MAX_SELECTIONS: usize = 5_000;

/// Tasks per message that complexity reckons with.
pub const TASKS: usize = 3;
/// Timeline entries per message that complexity reckons with.
pub const ENTRIES: usize = 10;
/// Recipients per message or task that complexity reckons with.
pub const RECIPIENTS: usize = 100;

/// The complexity of a page.
pub fn page_cost(first: Option<i32>, each: usize) -> usize {
    let first = first.and_then(|first| usize::try_from(first).ok()).unwrap_or(PageRequest::DEFAULT);
    1 + first.clamp(1, PageRequest::MAX) * each
}

/// The complexity of a list that is short as a rule.
pub fn list_cost(length: usize, each: usize) -> usize {
    1 + length * each
}

/// Refuses a text that would be costly to parse.
pub fn check_text(text: &str) -> Result<()> {
    if text.len() > MAX_TEXT {
        let message = format!("an operation may have {MAX_TEXT} bytes of text; hand values over as variables");
        return Err(ApiError::new(Code::TooComplex, message));
    }
    if nesting(text.as_bytes()) > MAX_NESTING {
        return Err(ApiError::new(Code::TooComplex, format!("brackets may be nested {MAX_NESTING} deep")));
    }
    Ok(())
}

/// The deepest nesting of brackets outside of strings and comments.
fn nesting(text: &[u8]) -> usize {
    let (mut depth, mut deepest, mut at) = (0usize, 0usize, 0usize);
    while let Some(byte) = text.get(at) {
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'#' => at += text[at..].iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count(),
            b'"' => at = string_end(text, at),
            _ => {}
        }
        at += 1;
    }
    deepest
}

/// The index of the last byte of the string that begins at `start`, or the text's length when it does not end.
fn string_end(text: &[u8], start: usize) -> usize {
    let block = text[start..].starts_with(b"\"\"\"");
    let mut at = start + if block { 3 } else { 1 };
    while at < text.len() {
        let rest = &text[at..];
        if block && rest.starts_with(b"\\\"\"\"") {
            at += 4;
        } else if block && rest.starts_with(b"\"\"\"") {
            return at + 2;
        } else if !block && rest[0] == b'\\' {
            at += 2;
        } else if !block && matches!(rest[0], b'"' | b'\n' | b'\r') {
            return at;
        } else {
            at += 1;
        }
    }
    text.len()
}

/// Refuses a document that fragments blow up. The validation behind it walks them wherever they are spread.
pub fn check_document(document: &ExecutableDocument) -> Result<()> {
    let mut sizes = HashMap::new();
    let mut total = 0usize;
    for (_, operation) in document.operations.iter() {
        total = total.saturating_add(size(&operation.node.selection_set.node, document, &mut sizes, 0)?);
    }
    // Fragments that no operation spreads are validated too.
    for fragment in document.fragments.values() {
        total = total.saturating_add(size(&fragment.node.selection_set.node, document, &mut sizes, 0)?);
    }
    if total > MAX_SELECTIONS {
        return Err(ApiError::new(Code::TooComplex, format!("a document may have {MAX_SELECTIONS} selections")));
    }
    Ok(())
}

/// How many selections a set has with its fragments spread. `sizes` holds the fragments' own, none while it is counted.
fn size<'d>(
    set: &'d SelectionSet,
    document: &'d ExecutableDocument,
    sizes: &mut HashMap<&'d Name, Option<usize>>,
    level: usize,
) -> Result<usize> {
    if level > MAX_LEVELS {
        return Err(ApiError::new(Code::TooComplex, format!("selections may be nested {MAX_LEVELS} deep")));
    }
    let mut total = 0usize;
    for Positioned { node, .. } in &set.items {
        let below = match node {
            Selection::Field(field) => size(&field.node.selection_set.node, document, sizes, level + 1)?,
            Selection::InlineFragment(fragment) => size(&fragment.node.selection_set.node, document, sizes, level + 1)?,
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                match (sizes.get(name), document.fragments.get(name)) {
                    (Some(Some(known)), _) => *known,
                    (Some(None), _) => {
                        return Err(ApiError::bad_input(format!("the fragment `{name}` spreads itself")));
                    }
                    (None, Some(fragment)) => {
                        sizes.insert(name, None);
                        let counted = size(&fragment.node.selection_set.node, document, sizes, level + 1)?;
                        sizes.insert(name, Some(counted));
                        counted
                    }
                    (None, None) => 0,
                }
            }
        };
        total = total.saturating_add(1).saturating_add(below);
    }
    Ok(total)
}

/// Whether nothing but the schema is asked for, which needs no key.
pub fn only_introspects(document: &ExecutableDocument) -> bool {
    document.operations.iter().all(|(_, Positioned { node: OperationDefinition { ty, selection_set, .. }, .. })| {
        *ty == OperationType::Query
            && selection_set
                .node
                .items
                .iter()
                .all(|item| matches!(&item.node, Selection::Field(field) if field.node.name.node.starts_with("__")))
    })
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nesting_looks_past_strings_and_comments() {
        assert_eq!(nesting(b"{ a { b(x: [1]) } }"), 4);
        assert_eq!(nesting(br#"{ a(x: "[[[[ \" [[") }"#), 2);
        assert_eq!(nesting(br#"{ a(x: """[[ \""" " [[""", y: [1]) }"#), 3);
        assert_eq!(nesting(b"{ a # [[[[ \"\n (x: [1]) }"), 3);
        // A closing bracket in a string closes nothing.
        assert_eq!(nesting(br#"["]" ["]" ["]" []]]]"#), 4);
        assert_eq!(nesting(br#"{ a(x: "unfinished [[ "#), 2);
    }

    #[test]
    fn deep_or_long_texts_are_refused_before_they_are_parsed() {
        let deep = format!("{{ a(x: {}{}) }}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(check_text(&deep).unwrap_err().code, Code::TooComplex);
        let long = format!("{{ a(x: \"{}\") }}", "x".repeat(MAX_TEXT));
        assert_eq!(check_text(&long).unwrap_err().code, Code::TooComplex);
        assert!(check_text("{ viewer { name } }").is_ok());
    }

    #[test]
    fn fragments_that_blow_up_are_refused_at_once() {
        let mut bomb = "query { ...F0 }".to_owned();
        for at in 0..40 {
            let next = at + 1;
            bomb.push_str(&format!(" fragment F{at} on Query {{ ...F{next} ...F{next} }}"));
        }
        bomb.push_str(" fragment F40 on Query { viewer { name } }");
        assert_eq!(check_document(&parse_query(bomb).unwrap()).unwrap_err().code, Code::TooComplex);
        let mut chain = "query { ...F0 }".to_owned();
        for at in 0..20_000 {
            chain.push_str(&format!(" fragment F{at} on Query {{ ...F{} }}", at + 1));
        }
        assert_eq!(check_document(&parse_query(chain).unwrap()).unwrap_err().code, Code::TooComplex);
        let circle = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }";
        assert_eq!(check_document(&parse_query(circle).unwrap()).unwrap_err().code, Code::BadInput);
        let fine = "{ ...A ...A } fragment A on Query { viewer { name } }";
        assert!(check_document(&parse_query(fine).unwrap()).is_ok());
    }

    #[test]
    fn only_the_schema_itself_needs_no_key() {
        for (text, open) in [
            ("{ __schema { queryType { name } } }", true),
            ("query A { __typename __type(name: \"X\") { name } }", true),
            ("{ __typename viewer { name } }", false),
            ("{ ...F } fragment F on Query { __typename }", false),
            ("mutation { __typename }", false),
            ("query A { __typename } query B { viewer { name } }", false),
        ] {
            assert_eq!(only_introspects(&parse_query(text).unwrap()), open, "{text}");
        }
    }

    #[test]
    fn pages_multiply() {
        assert_eq!(page_cost(None, 3), 61);
        assert_eq!(page_cost(Some(100), 3), 301);
        assert_eq!(page_cost(Some(-5), 3), page_cost(None, 3));
        assert_eq!(page_cost(Some(1_000_000), 3), 301);
    }

    proptest! {
        #[test]
        fn any_text_is_scanned_to_its_end(text in "[\"\\\\\\[\\](){}#\n a]{0,60}") {
            prop_assert!(nesting(text.as_bytes()) <= text.len());
        }
    }
}
