//! SQL text in a form that keeps what it means to PostgreSQL and nothing else: comments, white space, the case of words and
//! needless quotes around names leave no trace. What stands in quotes stays as it is, and so does a function's body, which
//! PostgreSQL keeps as it is.

use crate::keyword::is_postgresql;

/// The form of statements, queries and expressions.
pub(super) fn sql(text: &str) -> String {
    let mut form = Form::default();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = token(rest, first, &form.text);
        let (token, after) = rest.split_at(length);
        match first {
            _ if first.is_whitespace() || is_comment(rest) => form.gap = true,
            '"' => form.quoted_name(token),
            '\'' | '$' => form.push(&line_ends(token)),
            _ => form.push(&token.to_ascii_lowercase()),
        }
        rest = after;
    }
    form.text
}

/// A text whose lines end alike, wherever they were written.
pub(super) fn line_ends(text: &str) -> String {
    text.replace("\r\n", "\n")
}

#[derive(Default)]
struct Form {
    text: String,
    /// Whether something was left out since the last token.
    gap: bool,
}

impl Form {
    /// Adds a token, with a space before it only where it would run into the one before.
    fn push(&mut self, token: &str) {
        if let (true, Some(before), Some(first)) = (self.gap, self.text.chars().next_back(), token.chars().next())
            && (is_word(before) && is_word(first) || is_sign(before) && is_sign(first))
        {
            self.text.push(' ');
        }
        self.text.push_str(token);
        self.gap = false;
    }

    /// A name in quotes is the same without them, if PostgreSQL reads it so.
    fn quoted_name(&mut self, token: &str) {
        let name = token.trim_matches('"');
        let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            && !is_postgresql(name)
            && !self.text.ends_with('&');
        if plain {
            // Quotes kept it apart from its neighbours.
            self.gap = true;
            self.push(name);
            self.gap = true;
        } else {
            self.push(token);
        }
    }
}

/// Belongs to a word, a number or something in quotes.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '\'' | '"' | '.')
}

/// May belong to an operator (manual section 4.1.3).
fn is_sign(c: char) -> bool {
    "+-*/<>=~!@#%^&|`?:".contains(c)
}

fn is_comment(text: &str) -> bool {
    text.starts_with("--") || text.starts_with("/*")
}

/// The length of the token, the white space or the comment at the start of `text`, which stands behind `before`.
fn token(text: &str, first: char, before: &str) -> usize {
    let run = |part: fn(char) -> bool| text.find(|c| !part(c)).unwrap_or(text.len());
    match first {
        _ if first.is_whitespace() => run(char::is_whitespace),
        _ if text.starts_with("--") => text.find('\n').unwrap_or(text.len()),
        _ if text.starts_with("/*") => block_comment(text),
        '\'' => {
            let prefix = before.strip_suffix(['e', 'E']);
            quoted(text, prefix.is_some_and(|before| !before.ends_with(is_word)))
        }
        '"' => quoted(text, false),
        '$' => dollar_quoted(text).unwrap_or(1),
        _ if first.is_alphanumeric() || first == '_' => run(|c| c.is_alphanumeric() || c == '_' || c == '$'),
        _ => first.len_utf8(),
    }
}

/// Comments may hold comments (manual section 4.1.5).
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let step = match rest {
            _ if rest.starts_with("/*") => {
                depth += 1;
                2
            }
            _ if rest.starts_with("*/") => {
                depth -= 1;
                2
            }
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        at += step;
        if depth == 0 {
            break;
        }
    }
    at
}

/// Up to the quote that is neither doubled nor, with `escapes`, behind a backslash.
fn quoted(text: &str, escapes: bool) -> usize {
    let mut chars = text.char_indices().peekable();
    let quote = chars.next().map(|(_, quote)| quote);
    while let Some((at, c)) = chars.next() {
        if c == '\\' && escapes {
            chars.next();
        } else if Some(c) == quote && chars.next_if(|(_, next)| Some(*next) == quote).is_none() {
            return at + c.len_utf8();
        }
    }
    text.len()
}

/// `$tag$ … $tag$`
fn dollar_quoted(text: &str) -> Option<usize> {
    let end = text.get(1..)?.find('$')? + 2;
    let tag = text.get(..end)?;
    let inner = tag.trim_matches('$');
    let is_tag =
        !inner.starts_with(|c: char| c.is_ascii_digit()) && inner.chars().all(|c| c.is_alphanumeric() || c == '_');
    let close = text.get(end..)?.find(tag).filter(|_| is_tag)?;
    Some(end + close + end)
}

#[cfg(test)]
mod tests {
    use super::sql;

    #[test]
    fn layout_comments_and_case_leave_no_trace() {
        for text in [
            "a > 0 AND lower( \"b\" ) <> 'x  Y'",
            "a>0 and lower(b)<>'x  Y'",
            "  a > 0 -- what for\n AND /* a /* b */ c */ lower (\n b ) <> 'x  Y' -- end",
        ] {
            assert_eq!(sql(text), "a>0 and lower(b)<>'x  Y'");
        }
    }

    #[test]
    fn what_means_something_stays() {
        for text in [
            "'a -- b'",
            "'it''s /* */'",
            "e'\\' -- '",
            "$$ a  -- b $$",
            "$t$ $$ $t$",
            "\"A  b\"",
            "\"user\"",
            "a - -1",
            "x'1f'",
            "'a' 'b'",
            "u&\"a\"",
        ] {
            assert_eq!(sql(text), text.replace("a - -1", "a- -1"));
        }
    }

    #[test]
    fn quotes_that_keep_names_apart_do_not_join_them() {
        assert_eq!(sql("select\"a\"from\"b\""), "select a from b");
    }

    proptest::proptest! {
        /// Whatever stands between the tokens of a text, it means the same, and another token means something else.
        #[test]
        fn gaps_leave_no_trace_and_tokens_do(
            tokens in proptest::collection::vec(0..TOKENS.len(), 1..12),
            gaps in proptest::collection::vec(0..GAPS.len(), 12),
            changed in 0..12_usize,
        ) {
            let text = |gap: &dyn Fn(usize) -> &'static str, tokens: &[usize]| -> String {
                tokens.iter().enumerate().map(|(at, token)| format!("{}{}", TOKENS[*token], gap(at))).collect()
            };
            let plain = sql(&text(&|_| " ", &tokens));
            proptest::prop_assert_eq!(&sql(&text(&|at| GAPS[gaps[at]], &tokens)), &plain);
            proptest::prop_assert_eq!(&sql(&plain), &plain);
            let mut others = tokens.clone();
            let place = changed % tokens.len();
            others[place] = (others[place] + 1) % TOKENS.len();
            proptest::prop_assert_ne!(sql(&text(&|_| " ", &others)), plain);
        }
    }

    const TOKENS: &[&str] = &[
        "a",
        "b1",
        "'x  --'",
        "\"A b\"",
        "\"user\"",
        "$t$ /* $t$",
        "(",
        ")",
        ",",
        "+",
        "<>",
        "::",
        "12",
        "null",
        "e'\\''",
        "[",
    ];
    const GAPS: &[&str] = &[" ", "\n", "\t  ", "\r\n", " -- why\n", " /* what /* in */ it */ ", "\n\n--\n"];
}
