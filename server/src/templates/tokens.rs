//! The words of Liquid markup, with their places in the author's text.

/// A mistake at a byte offset of the author's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
}

impl Fault {
    pub(super) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Text,
    Whole,
    Fraction,
    Sign,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// As written, quotes included.
    pub(super) text: &'a str,
    pub(super) at: usize,
    /// No white space before it.
    pub(super) joined: bool,
}

impl Token<'_> {
    pub(super) fn is(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }
}

/// The content of one `{{ … }}` or `{% … %}`.
#[derive(Debug)]
pub(super) struct Markup<'a> {
    pub(super) tokens: Vec<Token<'a>>,
    /// Behind the closing braces.
    pub(super) end: usize,
    /// `{{-` and `-}}`: white space before or after is dropped.
    pub(super) trims_before: bool,
    pub(super) trims_after: bool,
}

/// Brackets within brackets, as in `a[b[c]]`: the parser behind recurses.
const MAX_BRACKETS: usize = 4;
/// Longer ones do not surely fit.
const MAX_DIGITS: usize = 18;
/// Longest first.
const SIGNS: [&str; 17] = ["..", "==", "!=", "<>", "<=", ">=", "<", ">", "=", "|", ":", ",", ".", "[", "]", "(", ")"];

/// Splits the markup that opens at `open` and ends with `close`, `}}` or `%}`.
pub(super) fn lex<'a>(source: &'a str, open: usize, close: &str) -> Result<Markup<'a>, Fault> {
    let bytes = source.as_bytes();
    let mut at = open + 2;
    let trims_before = bytes.get(at) == Some(&b'-');
    if trims_before {
        at += 1;
    }
    let mut tokens: Vec<Token<'a>> = Vec::new();
    let mut depth = 0_usize;
    let mut joined = false;
    loop {
        let rest = &source[at..];
        let Some(first) = rest.chars().next() else {
            let opening = if close == "}}" { "{{" } else { "{%" };
            return Err(Fault::new(open, format!("`{opening}` is never closed with `{close}`")));
        };
        if rest.starts_with(close) {
            return Ok(Markup { tokens, end: at + 2, trims_before, trims_after: false });
        }
        if first == '-' && rest[1..].starts_with(close) {
            return Ok(Markup { tokens, end: at + 3, trims_before, trims_after: true });
        }
        if matches!(first, ' ' | '\t' | '\r' | '\n') {
            at += 1;
            joined = false;
            continue;
        }
        let (kind, length) = word(rest, close, first).map_err(|message| Fault::new(at, message))?;
        let token = Token { kind, text: &rest[..length], at, joined };
        match token.text {
            "[" => depth += 1,
            "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_BRACKETS {
            return Err(Fault::new(at, format!("more than {MAX_BRACKETS} brackets within each other")));
        }
        tokens.push(token);
        at += length;
        joined = true;
    }
}

fn word(rest: &str, close: &str, first: char) -> Result<(Kind, usize), String> {
    if first == '"' || first == '\'' {
        return match rest[1..].find(first) {
            Some(length) => Ok((Kind::Text, length + 2)),
            None => Err(format!("{first} is never closed")),
        };
    }
    if first.is_ascii_alphabetic() || first == '_' {
        return Ok((Kind::Name, name_length(rest, close)));
    }
    let signed = usize::from(matches!(first, '+' | '-'));
    let whole = digits(&rest[signed..]);
    if whole > 0 {
        if whole > MAX_DIGITS {
            return Err("the number is too large".to_owned());
        }
        let behind = &rest[signed + whole..];
        let fraction = behind.strip_prefix('.').map_or(0, digits);
        return Ok(match fraction {
            0 => (Kind::Whole, signed + whole),
            _ => (Kind::Fraction, signed + whole + 1 + fraction),
        });
    }
    match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
        Some(sign) => Ok((Kind::Sign, sign.len())),
        None => Err(format!("unexpected `{first}`")),
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// A name may contain hyphens, but not the one of `-}}`.
fn name_length(text: &str, close: &str) -> usize {
    let bytes = text.as_bytes();
    let mut length = 1;
    while let Some(byte) = bytes.get(length) {
        let hyphen = *byte == b'-' && !text[length + 1..].starts_with(close);
        if !(byte.is_ascii_alphanumeric() || *byte == b'_' || hyphen) {
            break;
        }
        length += 1;
    }
    length
}

/// Splits `${name}`, `${a.b}`, `${a.b[0]}` or `${a["b"]}` that opens at `open`; `None` for anything else in braces.
pub(super) fn lex_dollar(source: &str, open: usize) -> Option<Markup<'_>> {
    let rest = &source[open + 2..];
    let length = dollar_length(rest)?;
    // The closing brace alone: what is lexed has been checked to be a path.
    let inner = &source[..open + 2 + length];
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut at = open + 2;
    while at < inner.len() {
        let rest = &inner[at..];
        let first = rest.chars().next()?;
        if matches!(first, ' ' | '\t' | '\r' | '\n') {
            at += 1;
            continue;
        }
        let (kind, length) = word(rest, "}", first).ok()?;
        tokens.push(Token { kind, text: &rest[..length], at, joined: true });
        at += length;
    }
    Some(Markup { tokens, end: open + 2 + length + 1, trims_before: false, trims_after: false })
}

/// The bytes before the closing brace, when they are a path with at most white space around.
fn dollar_length(rest: &str) -> Option<usize> {
    let space = |text: &str| text.len() - text.trim_start_matches([' ', '\t', '\r', '\n']).len();
    let name = |text: &str| {
        let first = text.chars().next()?;
        (first.is_ascii_alphabetic() || first == '_').then(|| name_length(text, "}"))
    };
    let mut at = space(rest);
    at += name(&rest[at..])?;
    loop {
        let tail = &rest[at..];
        if let Some(behind) = tail.strip_prefix('.') {
            at += 1 + name(behind)?;
        } else if let Some(behind) = tail.strip_prefix('[') {
            let index = match behind.chars().next()? {
                quote @ ('"' | '\'') => behind[1..].find(quote)? + 2,
                _ => Some(digits(behind)).filter(|digits| (1..=MAX_DIGITS).contains(digits))?,
            };
            at += 1 + index;
            rest[at..].strip_prefix(']')?;
            at += 1;
        } else {
            at += space(tail);
            return rest[at..].starts_with('}').then_some(at);
        }
    }
}
