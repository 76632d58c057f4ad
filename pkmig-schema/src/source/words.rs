//! Names, types, values and SQL text, as a step writes them.

use std::fmt;

use super::{Style, Writer, canonical};
use crate::name::{is_identifier, literal, written};
use crate::types::{ALIASES, SERIALS, lookup};
use crate::{Literal, Piece, Sql, Type, Value};

/// `(a,` `b)`: a list that may run over several lines.
pub(super) fn parenthesized(before: &str, items: Vec<String>) -> Vec<String> {
    let last = items.len().saturating_sub(1);
    let mut words: Vec<_> = items
        .into_iter()
        .enumerate()
        .map(|(at, item)| format!("{item}{}", if at == last { ")" } else { "," }))
        .collect();
    match words.first_mut() {
        Some(first) => first.insert_str(0, &format!("{before}(")),
        None => words.push(format!("{before}()")),
    }
    words
}

impl Writer {
    /// SQL text in quotes; in brief, its first words.
    pub(super) fn sql(self, sql: &Sql) -> String {
        let text = sql.to_string();
        match self.style {
            Style::Full => literal(&text),
            Style::Brief => format!("{:?}", first_words(&text)),
            Style::Canonical => self.text(&canonical::sql(&text)),
        }
    }

    /// A function's body in quotes.
    pub(super) fn function_body(self, sql: &Sql) -> String {
        if self.is_canonical() { self.text(&canonical::line_ends(&sql.to_string())) } else { self.sql(sql) }
    }

    /// A text in quotes.
    pub(super) fn text(self, text: &str) -> String {
        match self.style {
            // Rust's own escapes change with Unicode.
            Style::Canonical => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
            Style::Full | Style::Brief => literal(text),
        }
    }

    /// A name, in quotes where it needs them.
    pub(super) fn name(self, name: &str) -> String {
        if self.is_canonical() { self.text(name) } else { written(name) }
    }

    /// `word("…")`
    pub(super) fn sql_in(self, word: &str, sql: Option<&Sql>) -> Option<String> {
        sql.map(|sql| format!("{word}({})", self.sql(sql)))
    }

    pub(super) fn value(self, value: &Value) -> String {
        match value {
            Value::Literal(Literal::Text(text)) => self.text(text),
            Value::Literal(literal) => literal.text().to_owned(),
            Value::Sql(sql) => {
                call(sql).filter(|_| !self.is_canonical()).unwrap_or_else(|| format!("sql({})", self.sql(sql)))
            }
        }
    }

    /// `a, b`
    pub(super) fn list(self, names: &[&str]) -> String {
        self.names(names).join(", ")
    }

    /// Names as the language writes them.
    pub(super) fn names(self, names: &[&str]) -> Vec<String> {
        names.iter().map(|name| self.name(name)).collect()
    }

    /// One name, or several in parentheses.
    pub(super) fn one_or_list(self, names: &[&str]) -> String {
        if let [name] = names { self.name(name) } else { format!("({})", self.list(names)) }
    }

    /// `t.c`
    pub(super) fn column_of(self, table: &str, column: &str) -> String {
        format!("{}.{}", self.name(table), self.name(column))
    }

    /// `t n`
    pub(super) fn of_table(self, table: &str, name: &str) -> String {
        format!("{} {}", self.name(table), self.name(name))
    }

    /// `a => b`
    pub(super) fn renaming(self, from: String, to: &str) -> String {
        format!("{from} => {}", self.name(to))
    }

    /// `"a"`, `"b"`
    pub(super) fn literals(self, texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| self.text(text)).collect()
    }

    pub(super) fn ty(self, ty: &Type) -> String {
        let modifiers = match ty.modifiers.is_empty() {
            true => String::new(),
            false => format!("({})", ty.modifiers.join(", ")),
        };
        format!("{}{modifiers}{}", self.type_word(ty.name), if ty.array { "[]" } else { "" })
    }

    /// An enum's name stands in quotes where the bare word would mean another type.
    fn type_word(self, name: &str) -> String {
        let means_another = |word: &str| ALIASES.iter().chain(SERIALS).any(|(alias, _)| *alias == word);
        match name {
            name if self.is_canonical() => self.text(name),
            "double_precision" => "double precision".to_owned(),
            name if lookup(name).is_some() => name.to_owned(),
            "double" | "character" => self.text(name),
            name if means_another(name) => self.text(name),
            name => self.name(name),
        }
    }

    /// The type of a column that a sequence of its own fills.
    pub(super) fn serial(self, ty: &Type) -> String {
        let word = SERIALS.iter().find(|(_, plain)| *plain == ty.name).filter(|_| !self.is_canonical());
        word.map_or_else(|| format!("serial {}", self.type_word(ty.name)), |(word, _)| (*word).to_owned())
    }
}

/// SQL in one line of at most sixty characters.
fn first_words(sql: &str) -> String {
    let words = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}

/// `now()`, `@.f("a", 1)`: a call with literal arguments, where the SQL is one.
fn call(sql: &Sql) -> Option<String> {
    match &*sql.pieces {
        [Piece::Text(text)] => {
            let (word, rest) = text.split_once('(')?;
            let is_call = is_identifier(word) && !["null", "sql", "true", "false"].contains(&word);
            is_call.then(|| arguments(rest.strip_suffix(')')?).map(|arguments| format!("{word}({arguments})")))?
        }
        [Piece::Object { name, depth: 0 }, Piece::Text(text)] => {
            let arguments = arguments(text.strip_prefix('(')?.strip_suffix(')')?)?;
            Some(format!("@.{}({arguments})", written(name)))
        }
        _ => None,
    }
}

/// The arguments of a call, if they are literals and written as the language would write them.
fn arguments(text: &str) -> Option<String> {
    let mut written = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = argument_end(rest)?;
        let (argument, after) = rest.split_at(end);
        written.push(match argument.strip_prefix('\'') {
            Some(quoted) => literal(&quoted.strip_suffix('\'')?.replace("''", "'")),
            None => argument.to_owned(),
        });
        rest = after;
        if let Some(next) = rest.strip_prefix(", ") {
            rest = Some(next).filter(|next| !next.is_empty())?;
        } else if !rest.is_empty() {
            return None;
        }
    }
    Some(written.join(", "))
}

/// Where the literal at the start of `text` ends; `None` if there is none.
fn argument_end(text: &str) -> Option<usize> {
    if text.starts_with('\'') {
        let mut chars = text.char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            if c == '\'' && chars.next_if(|(_, next)| *next == '\'').is_none() {
                return Some(at + 1);
            }
        }
        return None;
    }
    let end = text.find(',').unwrap_or(text.len());
    let word = text.get(..end)?;
    let is_number = || word.split('.').count() <= 2 && word.split('.').all(is_digits);
    (matches!(word, "true" | "false") || is_number()).then_some(end)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Writer { style: Style::Full, in_down: false }.ty(self))
    }
}
