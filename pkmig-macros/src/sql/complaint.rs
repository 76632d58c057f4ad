//! squawk's complaints, put so that one who knows SQL but not squawk understands them.

use super::{Kind, Mistake};

/// What squawk says of the place `at`, as a mistake.
pub(super) fn put(message: &str, text: &str, at: usize, kind: Kind) -> Mistake {
    // squawk points behind the last token; the author looks for the next one.
    let wants_next = ["expected", "missing", "unexpected"].iter().any(|it| message.starts_with(it));
    let at = if wants_next { skip_blank(text, at) } else { at };
    let found = match token(text.get(at..).unwrap_or_default()) {
        "" => "the end".to_owned(),
        it => format!("`{it}`"),
    };
    let what = match message {
        "expected COMMA" if kind.is_expression() => "the expression is complete before it".to_owned(),
        "expected R_PAREN" if kind.is_expression() && at == text.len() => "the expression is not complete".to_owned(),
        _ => readable(message),
    };
    Mistake::new(format!("syntax error at {found}: {what}"), at)
}

/// The place of the next token behind spaces and `--` comments.
fn skip_blank(text: &str, mut at: usize) -> usize {
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let next = rest.trim_start();
        at += rest.len() - next.len();
        if !next.starts_with("--") {
            return at;
        }
        at += next.find('\n').unwrap_or(next.len());
    }
}

fn token(rest: &str) -> &str {
    let is_word = |it: char| it.is_alphanumeric() || matches!(it, '_' | '.' | '@' | '$');
    let Some(first) = rest.chars().next() else {
        return "";
    };
    let length = if rest.starts_with("@.") || is_word(first) && first != '.' {
        rest.find(|it| !is_word(it)).unwrap_or(rest.len())
    } else {
        first.len_utf8()
    };
    let end = rest.char_indices().nth(40).map_or(length, |(most, _)| length.min(most));
    rest.get(..end).unwrap_or_default()
}

/// Without squawk's names for tokens, and without what it found: that is said in the text's own words.
fn readable(message: &str) -> String {
    let end = [", found ", ", got "].iter().filter_map(|it| message.find(it)).min();
    let message = message.get(..end.unwrap_or(message.len())).unwrap_or_default().trim_end_matches('.');
    let message = match message {
        "expected command" => "expected a statement",
        "missing comma" => "expected `,`",
        "expected path name" => "expected a name",
        "Invalid operator" => "unexpected operator",
        it => it,
    };
    let words: Vec<String> =
        message.split(' ').enumerate().map(|(index, word)| readable_word(word, index == 0)).collect();
    words.join(" ")
}

fn readable_word(word: &str, is_first: bool) -> String {
    let sign = match word {
        "COMMA" => ",",
        "SEMICOLON" => ";",
        "DOT" => ".",
        "COLON" => ":",
        "COLON_EQ" => ":=",
        "L_PAREN" => "(",
        "R_PAREN" => ")",
        "L_BRACK" => "[",
        "R_BRACK" => "]",
        "EQ" => "=",
        "FAT_ARROW" => "=>",
        "STAR" => "*",
        "LESS_LESS" => "<<",
        "GREATER_GREATER" => ">>",
        "EOF" => return "the end".to_owned(),
        "IDENT" => return "a name".to_owned(),
        "STRING" => return "a string".to_owned(),
        "expr" => return "an expression".to_owned(),
        _ => match word.strip_suffix("_KW") {
            Some(keyword) => keyword,
            None if is_first && word.chars().skip(1).any(char::is_lowercase) => {
                return word.to_lowercase();
            }
            None => return word.to_owned(),
        },
    };
    if sign.starts_with(char::is_alphabetic) { sign.to_owned() } else { format!("`{sign}`") }
}
