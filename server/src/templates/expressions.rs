//! Reads the words of one markup by Liquid's grammar: which variables it names, which may be missing, and where it is
//! not Liquid.

use std::collections::HashSet;

use super::check::Read;
use super::run::{OPTIONAL, PLAIN};
use super::tokens::{Fault, Kind, Token};

/// Words that Liquid takes for literals, and, by a flaw of its grammar, every name that begins with one.
const LITERALS: [&str; 6] = ["nil", "null", "empty", "blank", "true", "false"];
/// Those that stand for nothing: comparing with them asks whether a variable is there.
const NOTHING: [&str; 4] = ["nil", "null", "empty", "blank"];
/// Parts of one path: the lookup behind recurses.
const MAX_PATH: usize = 32;
/// `and` and `or` in one condition: its evaluation recurses.
const MAX_TERMS: usize = 64;

pub(super) struct Reader<'t> {
    tokens: &'t [Token<'t>],
    next: usize,
    /// Where the markup ends, for what is missing at the end.
    end: usize,
    filters: &'t HashSet<&'t str>,
    read: Read,
}

type Result<T = ()> = std::result::Result<T, Fault>;

impl<'t> Reader<'t> {
    pub(super) fn new(tokens: &'t [Token<'t>], end: usize, filters: &'t HashSet<&'t str>) -> Self {
        Self { tokens, next: 0, end, filters, read: Read::default() }
    }

    pub(super) fn finish(mut self, result: Result) -> Read {
        self.read.fault = result.err();
        self.read
    }

    /// Nothing may follow.
    pub(super) fn end(&mut self) -> Result {
        match self.peek() {
            Some(token) => Err(Fault::new(token.at, format!("unexpected `{}`", shortened(token.text)))),
            None => Ok(()),
        }
    }

    /// A value and its filters. A `default` among them allows the value to be missing.
    pub(super) fn chain(&mut self, dollar: bool) -> Result {
        let rest = &self.tokens[self.next..];
        let optional = rest.windows(2).any(|pair| pair[0].is("|") && pair[1].text == "default");
        self.operand(optional, dollar)?;
        while self.take("|") {
            self.read.filters = true;
            let filter = self.name("the name of a filter")?;
            if !self.filters.contains(filter.text) {
                return Err(Fault::new(filter.at, format!("unknown filter `{}`", shortened(filter.text))));
            }
            if !self.take(":") {
                continue;
            }
            loop {
                let keyword = self.peek().is_some_and(|token| token.kind == Kind::Name)
                    && self.tokens.get(self.next + 1).is_some_and(|token| token.is(":"));
                if keyword {
                    self.next += 2;
                }
                self.value(false)?;
                if !self.take(",") {
                    break;
                }
            }
        }
        Ok(())
    }

    /// A literal or variable. Gives the literal's or variable's first word.
    pub(super) fn value(&mut self, optional: bool) -> Result<&'t str> {
        self.operand(optional, false)
    }

    /// `name = value | filter`. Gives the name.
    pub(super) fn assignment(&mut self) -> Result<String> {
        let name = self.define()?;
        self.expect("=")?;
        self.chain(false)?;
        Ok(name)
    }

    /// The name of a variable that is made here.
    pub(super) fn define(&mut self) -> Result<String> {
        let index = self.next;
        let name = self.name("a name")?;
        if needs_mark(name.text) || LITERALS.contains(&name.text) {
            self.read.marks.push((index, PLAIN));
        }
        Ok(name.text.to_owned())
    }

    /// Comparisons joined by `and` and `or`.
    pub(super) fn condition(&mut self) -> Result {
        for _ in 0..MAX_TERMS {
            self.comparison()?;
            if !self.word("and") && !self.word("or") {
                return Ok(());
            }
        }
        Err(self.fault(format!("more than {MAX_TERMS} conditions in one tag")))
    }

    fn comparison(&mut self) -> Result {
        const OPERATORS: [&str; 7] = ["==", "!=", "<>", "<", ">", "<=", ">="];
        let nothing = |token: Option<&Token<'_>>| token.is_some_and(|token| NOTHING.contains(&token.text));
        let equal = |token: &Token<'_>| token.is("==") || token.is("!=") || token.is("<>");
        // `x == nil` asks for what may be missing.
        let right = {
            let ahead = &self.tokens[self.next..];
            let operator = ahead.iter().position(|token| token.kind == Kind::Sign && OPERATORS.contains(&token.text));
            operator.is_some_and(|at| {
                let joined =
                    ahead[..at].iter().any(|token| matches!(token.text, "and" | "or") && token.kind == Kind::Name);
                equal(&ahead[at]) && !joined && nothing(ahead.get(at + 1))
            })
        };
        let left = self.value(right)?;
        if let Some(operator) = self.peek().filter(|token| OPERATORS.contains(&token.text)) {
            self.next += 1;
            self.value(equal(&operator) && NOTHING.contains(&left))?;
        } else if self.word("contains") {
            self.value(false)?;
        }
        Ok(())
    }

    /// `item in items limit: 3`. Gives the name.
    pub(super) fn loop_head(&mut self, table: bool) -> Result<String> {
        let name = self.define()?;
        if !self.word("in") {
            return Err(self.fault("expected `in`"));
        }
        if self.take("(") {
            self.value(false)?;
            self.expect("..")?;
            self.value(false)?;
            self.expect(")")?;
        } else {
            self.value(false)?;
        }
        while let Some(token) = self.peek().filter(|token| token.kind == Kind::Name) {
            match token.text {
                "reversed" if !table => self.next += 1,
                "limit" | "offset" => self.parameter()?,
                "cols" if table => self.parameter()?,
                _ => return self.end().map(|()| name),
            }
        }
        Ok(name)
    }

    fn parameter(&mut self) -> Result {
        self.next += 1;
        self.expect(":")?;
        self.value(false).map(|_| ())
    }

    /// `"a", "b"` or `group: "a", "b"`.
    pub(super) fn cycle(&mut self) -> Result {
        if self.tokens.get(self.next + 1).is_some_and(|token| token.is(":")) {
            let group = self.next;
            let token = self.tokens[group];
            if token.kind == Kind::Name && needs_mark(token.text) {
                self.read.marks.push((group, PLAIN));
            }
            self.next += 2;
        }
        loop {
            self.value(false)?;
            if !self.take(",") {
                return Ok(());
            }
        }
    }

    /// `"a", "b" or "c"`.
    pub(super) fn when(&mut self) -> Result {
        loop {
            self.value(false)?;
            if !self.take(",") && !self.word("or") {
                return Ok(());
            }
        }
    }

    fn operand(&mut self, optional: bool, dollar: bool) -> Result<&'t str> {
        let index = self.next;
        let Some(first) = self.peek() else { return Err(self.fault("expected a value")) };
        match first.kind {
            Kind::Text | Kind::Whole | Kind::Fraction => {
                self.next += 1;
                return Ok(first.text);
            }
            Kind::Sign => return Err(Fault::new(first.at, format!("expected a value, found `{}`", first.text))),
            Kind::Name => self.next += 1,
        }
        let path_follows = self.peek().is_some_and(|token| token.joined && (token.is(".") || token.is("[")));
        let literal = LITERALS.contains(&first.text);
        if literal && !dollar && !path_follows {
            return Ok(first.text);
        }
        if optional {
            self.read.marks.push((index, OPTIONAL));
        } else if literal || needs_mark(first.text) {
            self.read.marks.push((index, PLAIN));
        }
        let path = self.path(first)?;
        self.read.variables.push(path);
        // A variable that is called like a literal is none.
        Ok(if literal { "" } else { first.text })
    }

    /// The rest of a path behind its first name. Behind an index that is a variable it is not known.
    fn path(&mut self, first: Token<'t>) -> Result<String> {
        let mut path = first.text.to_owned();
        let mut known = true;
        let mut parts = 1;
        while let Some(token) = self.peek().filter(|token| token.joined) {
            let (part, is_known) = if token.is(".") {
                self.next += 1;
                let name = self.peek().filter(|token| token.joined && token.kind == Kind::Name);
                let Some(name) = name else { return Err(self.fault("expected a name after `.`")) };
                self.next += 1;
                (format!(".{}", name.text), true)
            } else if token.is("[") {
                self.next += 1;
                let index = self.peek().filter(|_| self.tokens.get(self.next + 1).is_some_and(|token| token.is("]")));
                self.value(false)?;
                self.expect("]")?;
                match index {
                    Some(index) if index.kind == Kind::Whole => (format!("[{}]", index.text), true),
                    Some(index) if index.kind == Kind::Text => (format!(".{}", unquoted(index.text)), true),
                    _ => (String::new(), false),
                }
            } else {
                break;
            };
            known &= is_known;
            parts += 1;
            if parts > MAX_PATH {
                return Err(Fault::new(first.at, format!("a path of more than {MAX_PATH} parts")));
            }
            if known {
                path.push_str(&part);
            }
        }
        Ok(path)
    }

    fn peek(&self) -> Option<Token<'t>> {
        self.tokens.get(self.next).copied()
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is(sign));
        self.next += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.kind == Kind::Name && token.text == word);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result {
        if self.take(sign) { Ok(()) } else { Err(self.fault(format!("expected `{sign}`"))) }
    }

    fn name(&mut self, what: &str) -> Result<Token<'t>> {
        match self.peek().filter(|token| token.kind == Kind::Name) {
            Some(token) => {
                self.next += 1;
                Ok(token)
            }
            None => Err(self.fault(format!("expected {what}"))),
        }
    }

    /// A fault at the next token, or at the end.
    fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::new(self.peek().map_or(self.end.saturating_sub(2), |token| token.at), message)
    }
}

/// Whether Liquid's grammar would not read `name` as a name, or the runtime would take it for a marked one.
fn needs_mark(name: &str) -> bool {
    let literal = LITERALS.iter().any(|literal| name.len() > literal.len() && name.starts_with(literal));
    literal || name.starts_with(OPTIONAL) || name.starts_with(PLAIN)
}

fn unquoted(text: &str) -> &str {
    text.get(1..text.len().saturating_sub(1)).unwrap_or_default()
}

fn shortened(text: &str) -> &str {
    &text[..text.floor_char_boundary(40)]
}
