//! The template engine: Liquid with `${name}` as a short form, strict about missing variables, bounded in time and
//! memory whatever a template tries.
//!
//! - `scan`, `tokens`: split a string into text and markup, with places in the author's text
//! - `check`, `expressions`: what is right, which variables are read, what Liquid's parser gets to see
//! - `language`, `blocks`, `loops`, `filters`: Liquid's tags and filters, guarded
//! - `run`, `budget`: variables and limits while rendering
//! - [`globals`]: business data as variables
//!
//! Rules beyond Liquid's: `{{ x | default: "y" }}` and `{% if x %}`, `{% if x == nil %}` allow `x` to be missing,
//! anything else that is missing is an error. `${…}` around anything but a path is text. There is no `include`.

mod blocks;
mod budget;
mod check;
mod expressions;
mod filters;
pub mod globals;
mod language;
mod loops;
mod run;
mod scan;
mod tokens;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use liquid_core::{Renderable, Template};
use serde_json::{Map, Value};

use crate::domain::issue::{Issue, IssueCode};
use crate::domain::time::Clock;

use self::budget::{Budget, Output};
pub use self::globals::{Globals, NotAnObject};
use self::language::Parsed;
use self::run::Run;
use self::tokens::Fault;

/// Bytes that a string with markup may have.
pub const MAX_SOURCE: usize = 64 << 10;
/// Bytes that all strings with markup of one content may have.
pub const MAX_SOURCES: usize = 256 << 10;
/// How many brief renderings are not even tried after one that was not brief.
const NOT_TRIED: u32 = 100;
/// Mistakes reported for one content.
const MAX_ISSUES: usize = 100;

/// A content whose strings are parsed templates. Cheap to clone and to share between threads.
#[derive(Clone)]
pub struct Compiled {
    inner: Arc<Inner>,
}

struct Inner {
    root: Node,
    variables: Vec<String>,
    /// How many more brief renderings are not to be tried. A hint: nothing depends on its exact value.
    not_tried: AtomicU32,
}

/// JSON with templates for strings. What holds none is a literal as a whole.
enum Node {
    Literal(Value),
    Text(Box<Text>),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// A string with markup.
struct Text {
    path: String,
    template: Template,
    step: u64,
    /// Bytes of the source, a guess at those of the output.
    length: usize,
}

/// Why a content could not be rendered. Each carries the path of the string, e.g. `content.buttons.0.title`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The template reads a variable that the business data lacks.
    #[error("missing variable `{name}` in {path}")]
    MissingVariable { path: String, name: String },
    /// The template was cut off at a limit on its output, values, loops or time.
    #[error("the template in {path} was cut off: {what}")]
    TooLarge { path: String, what: &'static str },
    /// A filter or tag got something it cannot work on.
    #[error("the template in {path} failed: {message}")]
    Failed { path: String, message: String },
}

impl RenderError {
    /// Path of the string that failed.
    pub fn path(&self) -> &str {
        match self {
            Self::MissingVariable { path, .. } | Self::TooLarge { path, .. } | Self::Failed { path, .. } => path,
        }
    }
}

/// Parses every string of a content, at any depth. Other JSON values and the keys of objects stay as they are.
///
/// # Errors
/// The mistakes of all strings (at most 20 of one and about 100 of all), with line and column, both from 1, in the string as it was
/// given. Paths begin with `content`.
pub fn compile(content: &Value) -> Result<Compiled, Vec<Issue>> {
    let mut compiler = Compiler { variables: BTreeSet::new(), issues: Vec::new(), left: MAX_SOURCES };
    let root = compiler.node(content, "content");
    if !compiler.issues.is_empty() {
        return Err(compiler.issues);
    }
    let variables = compiler.variables.into_iter().collect();
    Ok(Compiled { inner: Arc::new(Inner { root, variables, not_tried: AtomicU32::new(0) }) })
}

struct Compiler {
    variables: BTreeSet<String>,
    issues: Vec<Issue>,
    /// Bytes of source still allowed.
    left: usize,
}

impl Compiler {
    fn node(&mut self, value: &Value, path: &str) -> Node {
        match value {
            Value::String(source) => self.text(source, path),
            Value::Array(items) => {
                let node = |(index, item)| self.node(item, &format!("{path}.{index}"));
                let nodes: Vec<Node> = items.iter().enumerate().map(node).collect();
                if nodes.iter().all(Node::is_literal) { Node::Literal(value.clone()) } else { Node::List(nodes) }
            }
            Value::Object(map) => {
                let node = |(key, item): (&String, _)| (key.clone(), self.node(item, &format!("{path}.{key}")));
                let nodes: Vec<(String, Node)> = map.iter().map(node).collect();
                let literal = nodes.iter().all(|(_, node)| node.is_literal());
                if literal { Node::Literal(value.clone()) } else { Node::Object(nodes) }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Node::Literal(value.clone()),
        }
    }

    fn text(&mut self, source: &str, path: &str) -> Node {
        let literal = || Node::Literal(Value::String(source.to_owned()));
        if !scan::has_markup(source) || self.issues.len() >= MAX_ISSUES {
            return literal();
        }
        if source.len() > MAX_SOURCE {
            self.too_long(path, format!("a template may have at most {} KiB", MAX_SOURCE >> 10));
            return literal();
        }
        let Some(left) = self.left.checked_sub(source.len()) else {
            self.too_long(path, format!("all templates of a content may have at most {} KiB", MAX_SOURCES >> 10));
            return literal();
        };
        self.left = left;
        match language::parse(source) {
            Ok(None) => literal(),
            Ok(Some(Parsed { template, variables, step })) => {
                self.variables.extend(variables);
                Node::Text(Box::new(Text { path: path.to_owned(), template, step, length: source.len() }))
            }
            Err(faults) => {
                self.issues.extend(faults.iter().map(|fault| issue(source, path, fault)));
                literal()
            }
        }
    }

    fn too_long(&mut self, path: &str, message: String) {
        self.issues.push(Issue::new(path, IssueCode::TooLong, message));
    }
}

/// Lines end with a line feed, columns count characters.
fn issue(source: &str, path: &str, fault: &Fault) -> Issue {
    let before = &source[..source.floor_char_boundary(fault.at)];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Issue::new(path, IssueCode::TemplateSyntax, format!("line {line}, column {column}: {}", fault.message))
}

impl Node {
    fn is_literal(&self) -> bool {
        matches!(self, Self::Literal(_))
    }
}

impl Compiled {
    /// The paths that the content reads from business data, such as `order.items`: sorted, each once. Also those that
    /// may be missing; not what the content defines itself.
    pub fn variables(&self) -> &[String] {
        &self.inner.variables
    }

    /// The content with every template rendered. Its limits hold for the content as a whole; `clock` measures the last of
    /// them.
    ///
    /// # Errors
    /// The first string that cannot be rendered.
    pub fn render(&self, data: &Globals, clock: &Clock) -> Result<Value, RenderError> {
        render(&self.inner.root, data, &Rc::new(Budget::new(clock)))
    }

    /// The same as [`Self::render`], where that is done within about a millisecond, as it nearly always is. Otherwise None,
    /// and no more than that millisecond is lost: it is to be rendered where it holds up nobody. What was not brief lately
    /// is not tried again at once.
    pub fn render_briefly(&self, data: &Globals, clock: &Clock) -> Option<Result<Value, RenderError>> {
        let not_tried = &self.inner.not_tried;
        let left = not_tried.load(Ordering::Relaxed);
        if left > 0 {
            not_tried.store(left - 1, Ordering::Relaxed);
            return None;
        }
        let budget = Rc::new(Budget::brief(clock));
        let rendered = render(&self.inner.root, data, &budget);
        if budget.outgrown() {
            not_tried.store(NOT_TRIED, Ordering::Relaxed);
            return None;
        }
        Some(rendered)
    }
}

impl std::fmt::Debug for Compiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compiled").field("variables", &self.inner.variables).finish_non_exhaustive()
    }
}

fn render(node: &Node, data: &Globals, budget: &Rc<Budget>) -> Result<Value, RenderError> {
    Ok(match node {
        Node::Literal(value) => value.clone(),
        Node::Text(text) => Value::String(text.render(data, budget)?),
        Node::List(nodes) => {
            Value::Array(nodes.iter().map(|node| render(node, data, budget)).collect::<Result<_, _>>()?)
        }
        Node::Object(nodes) => {
            let entry = |(key, node): &(String, Node)| Ok((key.clone(), render(node, data, budget)?));
            Value::Object(nodes.iter().map(entry).collect::<Result<Map<_, _>, _>>()?)
        }
    })
}

impl Text {
    fn render(&self, data: &Globals, budget: &Rc<Budget>) -> Result<String, RenderError> {
        budget.begin(self.step);
        let run = Run::new(data.values(), budget.clone());
        let mut output = Output::new(budget.clone(), self.length);
        // Filters may panic on odd input (sorting what has no order, for one): that must not end the worker.
        let result = catch_unwind(AssertUnwindSafe(|| self.template.render_to(&mut output, &run)));
        let path = || self.path.clone();
        // A limit may be reached where Liquid swallows the error: then what was rendered is not whole either.
        if let Some(what) = budget.exceeded() {
            return Err(RenderError::TooLarge { path: path(), what });
        }
        match result {
            Ok(Ok(())) => Ok(output.into_text()),
            Ok(Err(error)) => Err(match budget.take_missing() {
                Some(name) => RenderError::MissingVariable { path: path(), name },
                None => RenderError::Failed { path: path(), message: language::describe(&error) },
            }),
            Err(_) => {
                Err(RenderError::Failed { path: path(), message: "a filter could not handle its input".to_owned() })
            }
        }
    }
}
