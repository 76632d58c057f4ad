//! Texts of others made fit to be shown: on a terminal, in a message, in a comment of SQL.
//!
//! A name in a database may hold what moves the cursor, rings a bell, turns the direction of writing, or ends a line and with
//! it a comment. It is shown as Rust writes it in a literal.

use std::borrow::Cow;

/// A text within a line.
pub fn line(text: &str) -> Cow<'_, str> {
    escaped(text, |_| false)
}

/// A text of several lines.
pub fn lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| matches!(c, '\n' | '\t'))
}

fn escaped(text: &str, kept: fn(char) -> bool) -> Cow<'_, str> {
    let odd = |c: char| is_odd(c) && !kept(c);
    if !text.contains(odd) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match odd(c) {
            true => out.extend(c.escape_default()),
            false => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Control characters, other ends of lines, and marks that turn the direction (Unicode standard annex 9, table 3).
fn is_odd(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_written_out() {
        assert_eq!(line("notes"), "notes");
        assert_eq!(line("naïve 日本"), "naïve 日本");
        assert_eq!(line("a\u{1b}[2Jb\rc\u{7}"), "a\\u{1b}[2Jb\\rc\\u{7}");
        assert_eq!(line("a\n\\! touch"), "a\\n\\! touch");
        assert_eq!(line("\u{202e}txt\u{2066}"), "\\u{202e}txt\\u{2066}");
    }

    #[test]
    fn several_lines_stay_several_lines() {
        assert_eq!(lines("a\n\tb\u{1b}"), "a\n\tb\\u{1b}");
    }
}
