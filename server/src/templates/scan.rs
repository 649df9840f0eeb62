//! Splits a template into text, outputs and tags before Liquid's own parser sees it: `${name}` becomes an output, raw
//! blocks become text, comments nothing, and white space around `{{-` and `-%}` goes.

use super::tokens::{Fault, Kind, Markup, Token, lex, lex_dollar};

#[derive(Debug)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    Output(Span<'a>),
    /// `span` holds what follows the name.
    Tag {
        name: &'a str,
        span: Span<'a>,
    },
}

/// One markup: its place in the author's text and its words.
#[derive(Debug)]
pub(super) struct Span<'a> {
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) tokens: Vec<Token<'a>>,
    /// Written as `${…}`: the name cannot be a literal.
    pub(super) dollar: bool,
    /// A fault was found within: nothing more to say about it.
    pub(super) broken: bool,
}

/// Whether `text` contains anything that could be markup. If not, it stands for itself.
pub(super) fn has_markup(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("${")
}

/// Splits `source`. Where markup is broken there is a fault, and the scan goes on behind it.
pub(super) fn scan(source: &str) -> (Vec<Piece<'_>>, Vec<Fault>) {
    let mut scan = Scan { source, at: 0, pieces: Vec::new(), faults: Vec::new(), trim_next: false };
    let mut search = 0;
    while let Some(length) = source[search..].find(['{', '$']) {
        let at = search + length;
        let rest = &source[at..];
        if rest.starts_with("{{") {
            scan.text(at, rest.starts_with("{{-"));
            scan.output(at);
        } else if rest.starts_with("{%") {
            scan.text(at, rest.starts_with("{%-"));
            scan.tag(at);
        } else if let Some(markup) = rest.starts_with("${").then(|| lex_dollar(source, at)).flatten() {
            scan.text(at, false);
            scan.at = markup.end;
            let span = Span { at, end: markup.end, tokens: markup.tokens, dollar: true, broken: false };
            scan.pieces.push(Piece::Output(span));
        } else {
            search = at + 1;
            continue;
        }
        search = scan.at;
    }
    scan.text(source.len(), false);
    (scan.pieces, scan.faults)
}

struct Scan<'a> {
    source: &'a str,
    /// Behind the last markup.
    at: usize,
    pieces: Vec<Piece<'a>>,
    faults: Vec<Fault>,
    trim_next: bool,
}

impl<'a> Scan<'a> {
    /// The text since the last markup, up to `end`.
    fn text(&mut self, end: usize, trim_end: bool) {
        let mut text = &self.source[self.at..end];
        if self.trim_next {
            text = text.trim_ascii_start();
        }
        if trim_end {
            text = text.trim_ascii_end();
        }
        if !text.is_empty() {
            self.pieces.push(Piece::Text(text));
        }
        self.trim_next = false;
    }

    fn markup(&mut self, at: usize, close: &str) -> Result<Markup<'a>, ()> {
        match lex(self.source, at, close) {
            Ok(markup) => {
                self.at = markup.end;
                self.trim_next = markup.trims_after;
                Ok(markup)
            }
            Err(fault) => {
                let behind = fault.at.max(at + 2);
                self.at = self.source[behind..].find(close).map_or(self.source.len(), |length| behind + length + 2);
                self.faults.push(fault);
                Err(())
            }
        }
    }

    fn output(&mut self, at: usize) {
        if let Ok(markup) = self.markup(at, "}}") {
            let span = Span { at, end: markup.end, tokens: markup.tokens, dollar: false, broken: false };
            self.pieces.push(Piece::Output(span));
        }
    }

    fn tag(&mut self, at: usize) {
        let markup = self.markup(at, "%}");
        let broken = markup.is_err();
        let (name, tokens) = match &markup {
            Ok(Markup { tokens, .. }) => match tokens.split_first() {
                Some((first, rest)) if first.kind == Kind::Name => (first.text, rest.to_vec()),
                Some((first, _)) => return self.faults.push(Fault::new(first.at, "expected the name of a tag")),
                None => return self.faults.push(Fault::new(at, "expected the name of a tag")),
            },
            // So that a block whose opening tag has a fault still matches its end.
            Err(()) => (first_name(&self.source[at + 2..]), Vec::new()),
        };
        let span = Span { at, end: self.at, tokens, dollar: false, broken };
        match name {
            "raw" | "comment" if !broken => {
                if let Some(extra) = span.tokens.first() {
                    self.faults.push(Fault::new(extra.at, format!("unexpected `{}`", extra.text)));
                }
                self.verbatim(at, name);
            }
            _ => self.pieces.push(Piece::Tag { name, span }),
        }
    }

    /// The content of a raw block or comment, up to its end tag. Comments nest.
    fn verbatim(&mut self, open: usize, name: &str) {
        let start = self.at;
        let end_name = format!("end{name}");
        let mut depth = 1;
        let mut at = start;
        while let Some(length) = self.source[at..].find("{%") {
            let tag = at + length;
            at = tag + 2;
            let found = first_name(&self.source[at..]);
            if found == name && name == "comment" {
                depth += 1;
            }
            if found != end_name {
                continue;
            }
            let Ok(markup) = lex(self.source, tag, "%}") else { continue };
            if markup.tokens.len() > 1 {
                continue;
            }
            depth -= 1;
            if depth > 0 {
                continue;
            }
            if name == "raw" {
                let mut text = &self.source[start..tag];
                if self.trim_next {
                    text = text.trim_ascii_start();
                }
                if markup.trims_before {
                    text = text.trim_ascii_end();
                }
                self.pieces.push(Piece::Text(text));
            }
            self.at = markup.end;
            self.trim_next = markup.trims_after;
            return;
        }
        self.at = self.source.len();
        self.faults.push(Fault::new(open, format!("`{name}` is never closed with `{end_name}`")));
    }
}

/// The name at the start of a tag's content.
fn first_name(inner: &str) -> &str {
    let inner = inner.strip_prefix('-').unwrap_or(inner).trim_ascii_start();
    let length = inner.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    &inner[..length]
}
