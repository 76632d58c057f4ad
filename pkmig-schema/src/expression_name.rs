//! The name that PostgreSQL makes from an expression, for an index without a name.

use crate::name::intern;
use crate::{Name, Piece, Sql};

/// As much of an expression as its name hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    /// A name or a keyword.
    Word(&'a str),
    /// A string or a number.
    Literal,
    Open,
    Close,
    Cast,
    Dot,
    Other,
}
use Token::{Cast, Close, Dot, Literal, Open, Other, Word};

impl Sql {
    /// The name that PostgreSQL makes from the expression (`FigureColnameInternal` in its `parse_target.c`): the
    /// column, the function called, or else the type cast to. `None` where it says `expr`.
    pub(crate) fn expression_name(&self) -> Option<Name> {
        let mut tokens = Vec::new();
        for piece in self.pieces.iter() {
            match piece {
                Piece::Text(text) => scan(text, &mut tokens),
                Piece::Ident(name)
                | Piece::Column { name, .. }
                | Piece::Qualifier(name)
                | Piece::Call(name)
                | Piece::Object { name, .. }
                | Piece::Outside { name, .. } => tokens.push(Word(name)),
            }
        }
        name_of(&tokens).map(|found| intern(&found.name))
    }
}

struct FromExpression {
    name: String,
    /// Whether it comes from a column or a function: then a cast around it does not change it.
    strong: bool,
}

fn name_of(tokens: &[Token<'_>]) -> Option<FromExpression> {
    let of = |name: &str| Some(FromExpression { name: name.to_lowercase(), strong: true });
    match tokens {
        [Open, inner @ .., Close] if closes(tokens, 0) == Some(tokens.len() - 1) => name_of(inner),
        [column @ .., Word(word), Word(_)] if word.eq_ignore_ascii_case("collate") => name_of(column),
        [value @ .., Cast, Word(ty)] | [value @ .., Cast, Word(ty), Open, Literal, Close] if is_operand(value) => {
            let cast = FromExpression { name: internal_name(ty), strong: false };
            name_of(value).filter(|inner| inner.strong).or(Some(cast))
        }
        [Word(column)] | [Word(_), Dot, Word(column)] => {
            Some(FromExpression { name: (*column).to_owned(), strong: true })
        }
        // The parser turns the SQL standard's word into a function of another name.
        _ => {
            call(tokens).and_then(|function| of(if function.eq_ignore_ascii_case("trim") { "btrim" } else { function }))
        }
    }
}

/// The function whose call is all of `tokens`.
fn call<'a>(tokens: &[Token<'a>]) -> Option<&'a str> {
    let open = tokens.iter().position(|token| *token == Open)?;
    let qualified = matches!(tokens.get(..open)?, [Word(_)] | [Word(_), Dot, Word(_)]);
    match tokens.get(open.checked_sub(1)?)? {
        Word(function) if qualified && closes(tokens, open)? == tokens.len() - 1 => Some(function),
        _ => None,
    }
}

/// Whether a cast behind it is one of all of it, and not of an operator's last operand.
fn is_operand(tokens: &[Token<'_>]) -> bool {
    match tokens {
        [Word(_) | Literal] | [Word(_), Dot, Word(_)] => true,
        [Open, ..] => closes(tokens, 0) == Some(tokens.len() - 1),
        [inner @ .., Cast, Word(_)] | [inner @ .., Cast, Word(_), Open, Literal, Close] => is_operand(inner),
        _ => call(tokens).is_some(),
    }
}

/// Where the parenthesis that opens at `open` closes.
fn closes(tokens: &[Token<'_>], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Open => depth += 1,
            Close => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// What `pg_type` calls a type.
fn internal_name(word: &str) -> String {
    let word = word.to_lowercase();
    match word.as_str() {
        "smallint" => "int2",
        "int" | "integer" => "int4",
        "bigint" => "int8",
        "real" => "float4",
        "boolean" => "bool",
        "decimal" => "numeric",
        "char" => "bpchar",
        _ => return word,
    }
    .to_owned()
}

fn scan<'a>(text: &'a str, tokens: &mut Vec<Token<'a>>) {
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
        let (token, length) = match first {
            '(' | '[' => (Open, 1),
            ')' | ']' => (Close, 1),
            '.' => (Dot, 1),
            ':' if rest.starts_with("::") => (Cast, 2),
            '\'' => (Literal, quoted(rest, '\'')),
            '"' => {
                let length = quoted(rest, '"');
                (rest.get(1..length - 1).map_or(Other, Word), length)
            }
            '0'..='9' => (Literal, rest.find(|c| !word(c) && c != '.').unwrap_or(rest.len())),
            c if word(c) => {
                let length = rest.find(|c| !word(c)).unwrap_or(rest.len());
                (Word(&rest[..length]), length)
            }
            c => (Other, c.len_utf8()),
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
}

/// The length of what stands in quotes at the start of `text`, the quotes included; a doubled one does not end it.
fn quoted(text: &str, quote: char) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == quote && chars.next_if(|(_, next)| *next == quote).is_none() {
            return at + 1;
        }
    }
    text.len()
}
