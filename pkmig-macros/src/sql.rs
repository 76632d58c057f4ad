//! SQL text written in a migration, read at compile time: is it SQL, which objects of the chain does it name, which columns?
//!
//! Three passes, each in a file of its own: `scan` finds the `@.name`s and whatever no parser should see, `syntax` lets
//! squawk read the text, `rules` finds statements that are SQL but have no place in a migration. Whether an object or a
//! column exists is left to the schema model, quoting and the prefix to the renderer.

mod columns;
mod complaint;
mod object;
mod output;
mod relations;
mod rules;
mod scan;
mod scope;
mod syntax;
#[cfg(test)]
mod tests;

use std::{cell::RefCell, collections::HashMap, ops::Range};

/// What a text is, and so what it may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// `execute`: one or more statements.
    Statements,
    /// check, default, index, where and using: one expression.
    Expression,
    /// A policy's using and with check: one expression, whose queries have tables of their own.
    Policy,
    /// A trigger's when: one expression over the rows that it has.
    When {
        /// Whether there is a row after the event.
        new: bool,
        /// Whether there is one before it.
        old: bool,
    },
    /// A view's query, which only reads and has tables of its own.
    View,
    /// unless and when of raw SQL: one query that only reads.
    Query,
    /// A backfill's from: what stands behind `FROM`.
    FromItem,
    /// What stands between `AS $$` and `$$` of a function in PL/pgSQL.
    PlpgsqlBody,
    /// The same of a function in SQL.
    SqlBody,
}

impl Kind {
    fn is_expression(self) -> bool {
        matches!(self, Self::Expression | Self::Policy | Self::When { .. })
    }
}

/// A stretch of a text that was read. Put together again, with names quoted and the prefix written, the pieces mean what the
/// text means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Goes out as it is.
    Text(String),
    /// A name in an [`Kind::Expression`] that stands for a column, as PostgreSQL folds it: `Name` is `name`, `"Name"` is `Name`.
    Ident(String),
    /// A column in a [`Kind::Policy`], and the tables that may have it; open, if something else may as well.
    Column { name: String, tables: Vec<String>, open: bool },
    /// A table's name before its column there.
    Qualifier(String),
    /// A function called by its bare name there.
    Call(String),
    /// `@.name`: an object in the prefix, folded as PostgreSQL folds it. `depth` is the number of string literals around it, each of which
    /// doubles the quotes in what is rendered; a dollar quote doubles nothing.
    Object { name: String, depth: u8 },
    /// `auth.users`, `auth.uid()`: an object of another schema, folded in the same way.
    Outside { schema: String, name: String, function: bool },
}

/// The first mistake in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// What is wrong and what to do, lower-case, without a full stop.
    pub(crate) message: String,
    /// Where: a byte offset into the text, at a character's start; the text's length at the most.
    pub(crate) offset: usize,
}

impl Mistake {
    fn new(message: impl Into<String>, offset: usize) -> Self {
        Self { message: message.into(), offset }
    }
}

/// A name that a parser has found, and where the text has it.
struct Found {
    range: Range<usize>,
    piece: Piece,
}

/// The names of the columns that a view's query gives; none if it has a mistake, which [`parse`] finds.
pub(crate) fn output_columns(text: &str) -> Vec<String> {
    scan::scan(text, false).ok().and_then(|scan| syntax::output(text, &scan)).unwrap_or_default()
}

/// A text in pieces, or its first mistake.
type Outcome = Result<Vec<Piece>, Mistake>;

thread_local! {
    /// What was read so far, by kind, by the table that it is about, and by the text itself: `chain!` meets every text
    /// again that a `migration!` of the same crate has read.
    static READ: RefCell<HashMap<(Kind, String, String), Outcome>> = RefCell::default();
}

/// Reads `text` into its pieces, or finds its first mistake. A text with queries is about the table `about`.
pub(crate) fn parse(text: &str, kind: Kind, about: &str) -> Outcome {
    let key = (kind, about.to_owned(), text.to_owned());
    let known = READ.with_borrow(|known| known.get(&key).cloned());
    known.unwrap_or_else(|| {
        let read = read(text, kind, about);
        READ.with_borrow_mut(|known| known.insert(key, read.clone()));
        read
    })
}

fn read(text: &str, kind: Kind, about: &str) -> Outcome {
    let scan = scan::scan(text, kind == Kind::PlpgsqlBody)?;
    if scan.blank {
        return Err(Mistake::new("the SQL is empty", 0));
    }
    if let Some(offset) = scan.semicolon
        && (kind.is_expression() || matches!(kind, Kind::Query | Kind::View | Kind::FromItem))
    {
        let what = match kind {
            Kind::Expression | Kind::Policy | Kind::When { .. } => "an expression",
            Kind::Query | Kind::View => "a query",
            _ => "FROM",
        };
        return Err(Mistake::new(format!("remove `;`: expected {what}"), offset));
    }
    let found = syntax::check(text, kind, &scan, about)?;
    Ok(pieces(text, scan, found))
}

fn pieces(text: &str, scan: scan::Scan, found: Vec<Found>) -> Vec<Piece> {
    let objects = scan.objects.into_iter().map(|it| (it.range, Piece::Object { name: it.name, depth: it.depth }));
    let mut names: Vec<_> = objects.chain(found.into_iter().map(|it| (it.range, it.piece))).collect();
    names.sort_by_key(|(range, _)| range.start);

    let mut pieces = Vec::with_capacity(names.len() * 2 + 1);
    let mut done = 0;
    for (range, name) in names {
        push_text(&mut pieces, text.get(done..range.start).unwrap_or_default());
        if is_code(&name) && needs_space_before(pieces.last()) {
            push_text(&mut pieces, " ");
        }
        pieces.push(name);
        done = range.end;
    }
    push_text(&mut pieces, text.get(done..).unwrap_or_default());
    if scan.ends_in_comment {
        // Whatever the renderer writes next must not become part of the comment.
        push_text(&mut pieces, "\n");
    }
    pieces
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    if text.is_empty() {
        return;
    }
    // `a"b"` is two names; `"a""b"` would be one.
    let space = if text.starts_with('"') && pieces.last().is_some_and(is_code) { " " } else { "" };
    // Two pieces of text side by side would be one when they are printed and read again.
    match pieces.last_mut() {
        Some(Piece::Text(before)) => before.push_str(text),
        _ => pieces.push(Piece::Text(format!("{space}{text}"))),
    }
}

/// A name comes out in double quotes, which must not join what stands before it: neither another quoted name
/// nor the `u&` of `u&x`, because `u&"x"` is a Unicode escape.
fn needs_space_before(last: Option<&Piece>) -> bool {
    match last {
        Some(Piece::Text(text)) => text.ends_with(['"', '&']),
        Some(name) => is_code(name),
        None => false,
    }
}

/// Stands in SQL itself and not in a literal, where a space would change the data.
fn is_code(piece: &Piece) -> bool {
    match piece {
        Piece::Ident(_) | Piece::Column { .. } | Piece::Qualifier(_) | Piece::Outside { .. } => true,
        Piece::Object { depth, .. } => *depth == 0,
        Piece::Text(_) | Piece::Call(_) => false,
    }
}
