//! What `@.name` looks like. Where a text may have one is left to `scan`.
//!
//! `@.name` or `@."Quoted name"` is an object of the chain wherever it can be nothing else:
//!
//! - behind the `.` comes a letter, `_` or `"`; so `@ -5`, `@.5`, `@>`, `@@` and `@?` stay operators;
//! - before the `@` stands no letter, digit, `_`, `$`, `@`, `.` or `"`; so the mail address in `'a@.b'` stays text;
//! - it stands in no comment, in no quoted name, and in no jsonpath, where `@.key` is the current item: a literal that begins
//!   with `$`, behind `lax`, `strict`, `exists`, `!` and `(` if need be, is a jsonpath.

use super::scan::Object;

pub(super) fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

pub(super) fn is_name_part(byte: u8) -> bool {
    is_name_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

pub(super) fn stands_apart(before: Option<char>) -> bool {
    before.is_none_or(|it| !it.is_alphanumeric() && !matches!(it, '_' | '$' | '@' | '.' | '"'))
}

/// The end of the quoted name that begins at `start`.
pub(super) fn quoted_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = start + 1;
    loop {
        match (bytes.get(at)?, bytes.get(at + 1)) {
            (b'"', Some(b'"')) => at += 2,
            (b'"', _) => return Some(at + 1),
            _ => at += 1,
        }
    }
}

/// A name at `start`, folded as PostgreSQL folds it, and where it ends.
pub(super) fn name_at(text: &str, start: usize) -> Option<(usize, String)> {
    let first = *text.as_bytes().get(start)?;
    if first == b'"' {
        let end = quoted_end(text, start)?;
        let name = text.get(start + 1..end - 1)?.replace("\"\"", "\"");
        return (!name.is_empty()).then_some((end, name));
    }
    if !is_name_start(first) {
        return None;
    }
    let rest = text.get(start..)?;
    let length = rest.bytes().position(|it| !is_name_part(it)).unwrap_or(rest.len());
    Some((start + length, rest.get(..length)?.to_ascii_lowercase()))
}

/// The end of the targets of INTO: `[STRICT] a.b[1], c`.
pub(super) fn into_end(text: &str, start: usize) -> Option<usize> {
    let blank = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        at + rest.len() - rest.trim_start().len()
    };
    let (mut end, first) = name_at(text, blank(start))?;
    if first == "strict" {
        end = name_at(text, blank(end))?.0;
    }
    loop {
        let next = blank(end);
        let rest = text.get(next..)?;
        end = match rest.as_bytes().first() {
            Some(b'.' | b',') => name_at(text, blank(next + 1))?.0,
            Some(b'[') => next + rest.find(']')? + 1,
            _ => return Some(end),
        };
    }
}

/// The objects of a text that is no SQL.
pub(super) fn prose(text: &str, depth: u8) -> Vec<Object> {
    let mut objects = Vec::new();
    let mut done = 0;
    for (start, _) in text.match_indices("@.") {
        let before = text.get(..start).and_then(|it| it.chars().next_back());
        if start >= done
            && stands_apart(before)
            && let Some((end, name)) = name_at(text, start + 2)
        {
            objects.push(Object { range: start..end, name, depth });
            done = end;
        }
    }
    objects
}

pub(super) fn is_jsonpath(literal: &str) -> bool {
    let mut rest = literal.trim_start();
    for mode in ["lax ", "strict "] {
        rest = rest.strip_prefix(mode).unwrap_or(rest);
    }
    loop {
        let next = rest.trim_start_matches([' ', '\t', '\n', '(', '!', '-', '+']);
        let next = next.strip_prefix("exists").unwrap_or(next);
        if next.len() == rest.len() {
            return rest.starts_with('$');
        }
        rest = next;
    }
}
