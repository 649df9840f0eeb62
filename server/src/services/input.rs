//! Checks of input that several nouns share: texts, codes, pages.

use std::str::FromStr;

use serde_json::Value;

use super::ServiceError;
use crate::domain::issue::{Issue, IssueCode};
use crate::domain::page::{Page, PageRequest};

/// Characters that a name may have.
pub(super) const MAX_NAME: usize = 128;

/// Collects what is wrong with an input.
#[derive(Debug, Default)]
pub(super) struct Checks {
    issues: Vec<Issue>,
}

impl Checks {
    pub(super) fn add(&mut self, issue: Issue) {
        self.issues.push(issue);
    }

    pub(super) fn extend(&mut self, issues: impl IntoIterator<Item = Issue>) {
        self.issues.extend(issues);
    }

    /// A text that must be there, without blanks around it: one line of at most `max` characters.
    pub(super) fn text(&mut self, path: &str, given: &str, max: usize) -> String {
        let text = given.trim();
        if text.is_empty() {
            self.add(Issue::required(path));
        } else if text.chars().count() > max {
            self.add(Issue::new(path, IssueCode::TooLong, format!("must have at most {max} characters")));
        } else if text.chars().any(char::is_control) {
            self.add(Issue::invalid(path, "must not contain control characters"));
        }
        text.to_owned()
    }

    /// A text that may be absent, or blank, which is the same.
    pub(super) fn optional_text(&mut self, path: &str, given: &str, max: usize) -> Option<String> {
        if given.trim().is_empty() { None } else { Some(self.text(path, given, max)) }
    }

    /// Whether `value` is between `low` and `high`, both included.
    pub(super) fn range(&mut self, path: &str, value: i32, low: i32, high: i32) -> i32 {
        if !(low..=high).contains(&value) {
            self.add(Issue::invalid(path, format!("must be {low} to {high}")));
        }
        value
    }

    /// A JSON value of at most `max` bytes that both databases can hold.
    pub(super) fn json(&mut self, path: &str, value: &Value, max: usize) {
        if value.to_string().len() > max {
            self.add(Issue::new(path, IssueCode::TooLong, format!("must have at most {} KiB", max >> 10)));
        } else if has_nul(value) {
            self.add(Issue::invalid(path, "must not contain NUL characters"));
        }
    }

    /// What can be read from text, such as a time zone; `None` after an issue.
    pub(super) fn parsed<T: FromStr>(&mut self, path: &str, given: &str, expected: &str) -> Option<T> {
        let parsed = given.trim().parse().ok();
        if parsed.is_none() {
            self.add(Issue::invalid(path, format!("must be {expected}")));
        }
        parsed
    }

    /// # Errors
    /// Where anything was wrong.
    pub(super) fn finish(self) -> Result<(), ServiceError> {
        if self.issues.is_empty() { Ok(()) } else { Err(ServiceError::Invalid(self.issues)) }
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What a change may not touch.
pub(super) fn fixed(path: &str, what: &str) -> Issue {
    Issue::new(path, IssueCode::Conflict, format!("the {what} can't be changed"))
}

/// Another object has this code.
pub(super) fn taken(path: &str, message: &str) -> ServiceError {
    Issue::new(path, IssueCode::Taken, message).into()
}

/// The cursor of the page before: an id.
///
/// # Errors
/// An issue at `after` where it is not one.
pub(super) fn after<T: FromStr>(page: &PageRequest) -> Result<Option<T>, ServiceError> {
    page.after
        .as_deref()
        .map(|after| after.parse().map_err(|_| Issue::invalid("after", "is not a cursor of this list").into()))
        .transpose()
}

/// How many rows to ask for: one more than the page shows, to know whether another follows.
pub(super) fn limit(page: &PageRequest) -> i64 {
    i64::try_from(first(page)).unwrap_or(1) + 1
}

/// Makes a page of what was found with [`limit`].
pub(super) fn page_of<T>(page: &PageRequest, mut items: Vec<T>, total: i64) -> Page<T> {
    let has_next = items.len() > first(page);
    items.truncate(first(page));
    Page { items, has_next, total: Some(total) }
}

fn first(page: &PageRequest) -> usize {
    page.first.clamp(1, PageRequest::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(check: impl FnOnce(&mut Checks)) -> Vec<(String, IssueCode)> {
        let mut checks = Checks::default();
        check(&mut checks);
        checks.issues.into_iter().map(|issue| (issue.path.join("."), issue.code)).collect()
    }

    #[test]
    fn texts_are_trimmed_and_bounded_in_characters() {
        let mut checks = Checks::default();
        assert_eq!(checks.text("input.name", " 短信 ", 2), "短信");
        assert_eq!(checks.optional_text("input.lane", "  ", 2), None);
        assert!(checks.finish().is_ok());
        let at = |code| vec![("input.name".to_owned(), code)];
        assert_eq!(found(|checks| drop(checks.text("input.name", " ", 9))), at(IssueCode::Required));
        assert_eq!(found(|checks| drop(checks.text("input.name", "abc", 2))), at(IssueCode::TooLong));
        assert_eq!(found(|checks| drop(checks.text("input.name", "a\0", 9))), at(IssueCode::Invalid));
    }

    #[test]
    fn json_is_bounded_in_bytes_and_holds_no_nul() {
        let at = |code| vec![("input.config".to_owned(), code)];
        assert_eq!(found(|checks| checks.json("input.config", &json!({"a": [1, "x"]}), 100)), []);
        assert_eq!(found(|checks| checks.json("input.config", &json!("x".repeat(100)), 100)), at(IssueCode::TooLong));
        for value in [json!({"a": ["\0"]}), json!({"\0": 1})] {
            assert_eq!(found(|checks| checks.json("input.config", &value, 100)), at(IssueCode::Invalid));
        }
    }

    #[test]
    fn a_page_tells_whether_another_follows() {
        let request = PageRequest { first: 2, after: None };
        assert_eq!(limit(&request), 3);
        let page = page_of(&request, vec![1, 2, 3], 9);
        assert_eq!((page.items, page.has_next, page.total), (vec![1, 2], true, Some(9)));
        assert!(!page_of(&request, vec![1, 2], 2).has_next);
        assert_eq!(limit(&PageRequest { first: 5000, after: None }), 101);
    }
}
