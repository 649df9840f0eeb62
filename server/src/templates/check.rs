//! Checks a scanned template: blocks match, tags have their parts, filters exist, nothing nests too deep. On the way it
//! collects the variables read from business data and writes the text that Liquid's parser gets.

use std::collections::{BTreeSet, HashSet};

use super::blocks::LITERAL;
use super::expressions::Reader;
use super::scan::{Piece, Span};
use super::tokens::Fault;

/// Blocks within blocks, every `elsif` and `when` counting as one: the parser and the renderer behind recurse.
const MAX_DEPTH: usize = 48;
/// Mistakes reported for one string.
pub(super) const MAX_FAULTS: usize = 20;

/// A template that is right as far as this check sees.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// What Liquid's parser gets: no plain text but quoted, no `${}`, no white space control.
    pub(super) liquid: String,
    pub(super) variables: BTreeSet<String>,
    /// Bytes of the longest markup: what one step may cost.
    pub(super) step: u64,
    pub(super) markups: Vec<Rewritten>,
}

/// One markup in both texts.
#[derive(Debug)]
pub(super) struct Rewritten {
    /// Where it starts in the author's text.
    pub(super) at: usize,
    /// Its place in [`Checked::liquid`].
    pub(super) liquid: std::ops::Range<usize>,
    /// It has filters, whose arguments only Liquid's parser checks.
    pub(super) filters: bool,
}

/// Checks the pieces of a template. `filters` are those that exist.
pub(super) fn check(pieces: &[Piece<'_>], filters: &HashSet<&str>) -> (Checked, Vec<Fault>) {
    let mut check =
        Check { filters, checked: Checked::default(), faults: Vec::new(), opens: Vec::new(), assigned: Vec::new() };
    for piece in pieces {
        match piece {
            Piece::Text(text) => quote(&mut check.checked.liquid, text),
            Piece::Output(span) => check.output(span),
            Piece::Tag { name, span } => check.tag(name, span),
        }
        if check.faults.len() >= MAX_FAULTS {
            break;
        }
    }
    if let Some(open) = check.opens.pop()
        && check.faults.len() < MAX_FAULTS
    {
        check.faults.push(Fault::new(open.at, format!("`{0}` is never closed with `end{0}`", open.name)));
    }
    (check.checked, check.faults)
}

struct Check<'a> {
    filters: &'a HashSet<&'a str>,
    checked: Checked,
    faults: Vec<Fault>,
    opens: Vec<Open>,
    /// Names assigned so far: from here on they are not business data.
    assigned: Vec<String>,
}

/// A block that is open.
struct Open {
    name: &'static str,
    at: usize,
    /// Its opening tag and branches, whose conditions may all be gone through in one step.
    heads: usize,
    /// Levels of recursion it stands for.
    levels: usize,
    /// It had its `else`.
    ended: bool,
    /// Names that mean something else inside.
    hides: Vec<String>,
    /// What it assigns when it closes.
    assigns: Option<String>,
}

const BLOCKS: [&str; 7] = ["if", "unless", "case", "for", "tablerow", "capture", "ifchanged"];

impl<'a> Check<'a> {
    fn output(&mut self, span: &Span<'_>) {
        let mut reader = self.reader(span);
        let result = reader.chain(span.dollar).and_then(|()| reader.end());
        self.finish(span, None, reader.finish(result));
    }

    fn tag(&mut self, name: &str, span: &Span<'_>) {
        if span.broken {
            // The fault is known already; only the structure goes on.
            if let Some(block) = BLOCKS.into_iter().find(|block| *block == name) {
                self.open(block, span, Parts::default());
            } else if let Some(block) = name.strip_prefix("end") {
                self.close(block, span);
            }
            return;
        }
        if let Some(block) = BLOCKS.into_iter().find(|block| *block == name) {
            let mut reader = self.reader(span);
            let mut parts = Parts::default();
            let result = match block {
                "if" | "unless" => reader.condition(),
                "case" => reader.value(false).map(|_| ()),
                "capture" => reader.define().map(|name| parts.assigns = Some(name)),
                "ifchanged" => Ok(()),
                _ => reader.loop_head(block == "tablerow").map(|name| parts.hides = vec![name]),
            };
            match block {
                "for" => parts.hides.push("forloop".to_owned()),
                "tablerow" => parts.hides.extend(["tablerowloop".to_owned(), "tablerow".to_owned()]),
                _ => {}
            }
            let result = result.and_then(|()| reader.end());
            self.finish(span, Some(name), reader.finish(result));
            self.open(block, span, parts);
            return;
        }
        if let Some(block) = name.strip_prefix("end") {
            let mut reader = self.reader(span);
            let result = reader.end();
            self.finish(span, Some(name), reader.finish(result));
            self.close(block, span);
            return;
        }
        let mut assigns = None;
        let mut reader = self.reader(span);
        let result = match name {
            "assign" => reader.assignment().map(|name| assigns = Some(name)),
            "increment" | "decrement" => reader.define().map(|name| assigns = Some(name)),
            "cycle" => reader.cycle(),
            "elsif" => reader.condition(),
            "when" => reader.when(),
            "else" | "break" | "continue" => Ok(()),
            _ => Err(Fault::new(span.at, format!("unknown tag `{name}`"))),
        };
        let result = result.and_then(|()| reader.end());
        let read = reader.finish(result);
        if matches!(name, "elsif" | "when" | "else") {
            self.branch(name, span);
        }
        self.finish(span, Some(name), read);
        self.assigned.extend(assigns);
    }

    fn reader<'t>(&self, span: &'t Span<'t>) -> Reader<'t>
    where
        'a: 't,
    {
        Reader::new(&span.tokens, span.end, self.filters)
    }

    fn open(&mut self, name: &'static str, span: &Span<'_>, parts: Parts) {
        let heads = span.end - span.at;
        let Parts { hides, assigns } = parts;
        self.opens.push(Open { name, at: span.at, heads, levels: 1, ended: false, hides, assigns });
        self.check_depth(span);
    }

    fn check_depth(&mut self, span: &Span<'_>) {
        let levels: usize = self.opens.iter().map(|open| open.levels).sum();
        // Once, not for each block further in.
        if levels == MAX_DEPTH + 1 {
            self.faults
                .push(Fault::new(span.at, format!("more than {MAX_DEPTH} blocks and branches within each other")));
        }
    }

    fn branch(&mut self, name: &str, span: &Span<'_>) {
        let fits = |open: &&mut Open| match name {
            "elsif" => open.name == "if",
            "when" => open.name == "case",
            _ => matches!(open.name, "if" | "unless" | "case" | "for"),
        };
        let Some(open) = self.opens.last_mut().filter(fits) else {
            return self.faults.push(Fault::new(span.at, format!("`{name}` does not belong here")));
        };
        if open.ended {
            return self.faults.push(Fault::new(span.at, format!("`{name}` after `else`")));
        }
        open.ended = name == "else";
        open.heads += span.end - span.at;
        open.levels += usize::from(name == "elsif");
        self.checked.step = self.checked.step.max(open.heads as u64);
        self.check_depth(span);
    }

    fn close(&mut self, name: &str, span: &Span<'_>) {
        match self.opens.pop() {
            Some(open) if open.name == name => self.assigned.extend(open.assigns),
            Some(open) => {
                let message = format!("`end{name}` does not belong here: `{}` is open", open.name);
                self.faults.push(Fault::new(span.at, message));
                // Taken for the end of a block further out when there is one, so that one slip is one fault.
                if self.opens.iter().any(|outer| outer.name == name) {
                    while self.opens.pop().is_some_and(|outer| outer.name != name) {}
                } else {
                    self.opens.push(open);
                }
            }
            None => self.faults.push(Fault::new(span.at, format!("`end{name}` closes nothing"))),
        }
    }

    /// Takes over what was read of one markup, and writes it for Liquid's parser.
    fn finish(&mut self, span: &Span<'_>, name: Option<&str>, read: Read) {
        self.faults.extend(read.fault);
        for variable in read.variables {
            let root = variable.split(['.', '[']).next().unwrap_or_default();
            let own = |name: &String| name == root;
            if !self.assigned.iter().any(own) && !self.opens.iter().any(|open| open.hides.iter().any(own)) {
                self.checked.variables.insert(variable);
            }
        }
        self.checked.step = self.checked.step.max((span.end - span.at) as u64);
        let out = &mut self.checked.liquid;
        let start = out.len();
        let (opening, closing) = if name.is_some() { ("{%", "%}") } else { ("{{", "}}") };
        out.push_str(opening);
        out.push_str(name.unwrap_or_default());
        for (index, token) in span.tokens.iter().enumerate() {
            if !token.joined || index == 0 {
                out.push(' ');
            }
            if let Some((_, mark)) = read.marks.iter().find(|(marked, _)| *marked == index) {
                out.push_str(mark);
            }
            out.push_str(token.text);
        }
        out.push(' ');
        out.push_str(closing);
        let liquid = start..out.len();
        self.checked.markups.push(Rewritten { at: span.at, liquid, filters: read.filters });
    }
}

#[derive(Default)]
struct Parts {
    hides: Vec<String>,
    assigns: Option<String>,
}

/// What [`Reader`] found in one markup.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) variables: Vec<String>,
    /// By index of the token: what has to go before it.
    pub(super) marks: Vec<(usize, &'static str)>,
    pub(super) filters: bool,
    pub(super) fault: Option<Fault>,
}

/// Writes plain text as a tag with quoted strings: Liquid's parser needs time in the square of white space in text.
fn quote(out: &mut String, text: &str) {
    if text.is_empty() {
        return;
    }
    out.push_str("{% ");
    out.push_str(LITERAL);
    for part in text.split_inclusive('"') {
        let (plain, quoted) = match part.strip_suffix('"') {
            Some(plain) => (plain, true),
            None => (part, false),
        };
        if !plain.is_empty() {
            out.push_str(" \"");
            out.push_str(plain);
            out.push('"');
        }
        if quoted {
            out.push_str(" '\"'");
        }
    }
    out.push_str(" %}");
}
