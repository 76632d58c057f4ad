//! When two texts that PostgreSQL prints for an expression mean the same.
//!
//! PostgreSQL prints what it has stored, and that depends on the way that led there: a default keeps the cast of the
//! type that its column had, a check over a `varchar` looks otherwise once the column is `text`, or once the database
//! has been dumped and restored. What differs then are casts among the types of text and of numbers, and the parentheses around
//! them.

use std::iter::Peekable;
use std::str::CharIndices;

use super::property::Property;

/// Whether two texts of PostgreSQL's say the same of an object.
pub(super) fn same(property: Property, one: &str, two: &str) -> bool {
    one == two || property.has_expression() && canonical(property, one) == canonical(property, two)
}

fn canonical(property: Property, text: &str) -> Vec<&str> {
    let mut tokens = tokens(text);
    while without_text_casts(&mut tokens) || without_parentheses(&mut tokens) || without_number_casts(&mut tokens) {}
    // A literal that is the whole default is of the column's type, whatever it was cast to when it was set.
    if property == Property::Default && tokens.len() > 1 && tokens[0].text.ends_with('\'') && tokens[1].text == "::" {
        tokens.truncate(1);
    }
    tokens.into_iter().map(|token| token.text).collect()
}

#[derive(Debug, Clone, Copy)]
struct Token<'a> {
    text: &'a str,
    /// Whether it stands right behind the one before it: `f(` is a call, `AND (` is not.
    glued: bool,
}

impl Token<'_> {
    fn is_word(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '\'' | '@' | '$'))
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut chars = text.char_indices().peekable();
    let mut glued = false;
    while let Some((start, c)) = chars.next() {
        if c.is_whitespace() {
            glued = false;
            continue;
        }
        match c {
            '\'' | '"' => quoted(&mut chars, c, false),
            'E' if chars.next_if(|(_, c)| *c == '\'').is_some() => quoted(&mut chars, '\'', true),
            ':' => drop(chars.next_if(|(_, c)| *c == ':')),
            _ if in_word(c) => while chars.next_if(|(_, c)| in_word(*c)).is_some() {},
            _ => {}
        }
        let end = chars.peek().map_or(text.len(), |(end, _)| *end);
        tokens.push(Token { text: &text[start..end], glued });
        glued = true;
    }
    tokens
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '@' | '.')
}

/// Goes past the end of a quoted text; a doubled quote goes on as the next one.
fn quoted(chars: &mut Peekable<CharIndices<'_>>, quote: char, escapes: bool) {
    while let Some((_, c)) = chars.next() {
        if escapes && c == '\\' {
            chars.next();
        } else if c == quote && chars.next_if(|(_, c)| *c == quote).is_none() {
            return;
        }
    }
}

/// Takes a cast to `text` or `character varying` without a length out, or to an array of these.
fn without_text_casts(tokens: &mut Vec<Token<'_>>) -> bool {
    let place = (0..tokens.len()).find_map(|place| {
        let is = |offset: usize, text: &str| tokens.get(place + offset).is_some_and(|token| token.text == text);
        let bare = match () {
            () if !is(0, "::") => return None,
            () if is(1, "text") => 2,
            () if is(1, "character") && is(2, "varying") => 3,
            () => return None,
        };
        let array = if is(bare, "[") && is(bare + 1, "]") { 2 } else { 0 };
        let length = is(bare, "(") && tokens[place + bare].glued;
        (!length).then_some(place..place + bare + array)
    });
    place.map(|place| tokens.drain(place)).is_some()
}

/// Takes the first of two casts of a whole number out, to the type that its column had before: `((0)::real)::double
/// precision`.
fn without_number_casts(tokens: &mut Vec<Token<'_>>) -> bool {
    let is = |place: usize, text: &str| tokens.get(place).is_some_and(|token| token.text == text);
    // Every type of numbers keeps these.
    let is_small = |place: usize| tokens[place].text.parse::<u32>().is_ok_and(|number| number <= 32_767);
    // The place behind a cast that stands at one.
    let cast = |place: usize| match is(place, "::") {
        true if is(place + 1, "double") && is(place + 2, "precision") => Some(place + 3),
        true => {
            let types = ["smallint", "integer", "bigint", "real", "numeric"];
            types.iter().any(|name| is(place + 1, name)).then_some(place + 2)
        }
        false => None,
    };
    let first = (0..tokens.len()).filter(|place| is_small(*place)).find_map(|place| {
        let close = cast(place + 1).filter(|close| is(*close, ")"))?;
        let again = cast(close + 1).filter(|last| !is(*last, "(") && !is(*last, "["));
        again.map(|_| place + 1..close)
    });
    first.map(|range| tokens.drain(range)).is_some()
}

/// Takes parentheses away that hold one word, literal, array, or parenthesis, and are no arguments of a call.
fn without_parentheses(tokens: &mut Vec<Token<'_>>) -> bool {
    let pair = (0..tokens.len()).find_map(|open| {
        let call = open > 0 && tokens[open].glued && tokens[open - 1].is_word();
        if tokens[open].text != "(" || call {
            return None;
        }
        let inside = open + 1;
        let last = match tokens.get(inside)? {
            token if token.text == "ARRAY" => closing(tokens, inside + 1)?,
            token if token.text == "(" => closing(tokens, inside)?,
            token if token.is_word() => inside,
            _ => return None,
        };
        (tokens.get(last + 1)?.text == ")").then_some((open, last + 1))
    });
    let Some((open, close)) = pair else { return false };
    tokens.remove(close);
    tokens.remove(open);
    // What was behind a parenthesis is not behind a word.
    if let Some(token) = tokens.get_mut(open) {
        token.glued = false;
    }
    true
}

/// The place of the parenthesis or bracket that closes the one at `open`.
fn closing(tokens: &[Token<'_>], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    tokens.iter().enumerate().skip(open).find_map(|(place, token)| {
        match token.text {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth == 0).then_some(place)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn equal(what: &str, one: &str, two: &str) {
        let what = Property::of_word(what).unwrap();
        assert!(same(what, one, two), "{:?}\n{:?}", canonical(what, one), canonical(what, two));
    }

    #[track_caller]
    fn unequal(what: &str, one: &str, two: &str) {
        let what = Property::of_word(what).unwrap();
        assert!(!same(what, one, two), "{:?}", canonical(what, one));
    }

    /// As printed by PostgreSQL 15 for a table as it was made, after `ALTER COLUMN … TYPE text`, and after a dump was
    /// restored.
    #[test]
    fn a_check_over_text_is_the_same_by_all_ways() {
        let made = "CHECK (((kind)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))";
        let restored =
            "CHECK (((kind)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])))";
        let altered = "CHECK ((kind = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))";
        let of_text = "CHECK ((kind = ANY (ARRAY['a'::text, 'b'::text])))";
        for other in [restored, altered, of_text] {
            equal("definition", made, other);
        }
        unequal("definition", made, &of_text.replace("'b'", "'c'"));
        unequal("definition", made, "CHECK ((kind = ANY (ARRAY['a'::text])))");
    }

    #[test]
    fn a_default_is_the_same_whatever_its_literal_was_cast_to() {
        equal("default", "'a'::character varying", "'a'::text");
        equal("default", "'-1'::integer", "'-1'::bigint");
        equal("default", "E'it\\'s'::text", "E'it\\'s'::character varying");
        equal("default", "'a''b'::\"My-Schema\".\"a mood\"[]", "'a''b'::text");
        unequal("default", "'a'::text", "'b'::text");
        unequal("default", "('a'::text || 'b'::text)", "'a'::text");
        unequal("default", "now()", "(now() + '1 day'::interval)");
    }

    #[test]
    fn a_whole_number_is_the_same_whatever_its_columns_type_was() {
        let altered = "((0)::real)::double precision";
        let made = "(0)::double precision";
        equal("definition", &format!("COALESCE(a, {altered}) >= {made}"), &format!("COALESCE(a, {made}) >= {made}"));
        unequal("definition", "a >= ((70000)::smallint)::bigint", "a >= (70000)::bigint");
        unequal("definition", "a >= ((0)::real)::double precision", "a >= (0)::real");
        unequal("definition", "a = ((1)::integer)::boolean", "a = (1)::boolean");
    }

    #[test]
    fn parentheses_that_bind_stay() {
        unequal("generated", "((a + b) * c)", "(a + (b * c))");
        unequal("using", "((a OR b) AND c)", "(a OR (b AND c))");
        equal("using", "((a) OR (b))", "(a OR b)");
    }

    #[test]
    fn what_is_called_and_what_is_cast_to_something_else_counts() {
        unequal("definition", "CHECK ((lower(a) = a))", "CHECK ((a = a))");
        unequal("definition", "CHECK ((a = 'x'::@.citext))", "CHECK (((a)::text = 'x'::text))");
        unequal("definition", "CHECK (((a)::character varying(2) = 'x'))", "CHECK (((a)::text = 'x'))");
        unequal("definition", "CHECK ((a = '(b)'::text))", "CHECK ((a = 'b'::text))");
    }

    #[test]
    fn only_expressions_are_read() {
        assert!(!same(Property::Body, "a::text", "a"));
    }
}
