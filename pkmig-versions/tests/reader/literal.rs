//! String literals: what they stand for, and those that go on in the next line.

/// The text with every literal in one piece: PostgreSQL's lexer joins two that only a line's end lies between (manual
/// section 4.1.2.1), before its grammar sees them.
pub(crate) fn joined(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(length) = next(rest) {
        let (token, behind) = rest.split_at(length);
        let following = behind.trim_start();
        let gap = &behind[..behind.len() - following.len()];
        if token.starts_with('\'') && gap.contains('\n') && following.starts_with('\'') {
            // Without the quotes between the two, the rest is read once more: a third may follow.
            let whole = format!("{}{}", &token[..token.len() - 1], &following[1..]);
            return out + &joined(&whole);
        }
        out.push_str(token);
        rest = behind;
    }
    out
}

/// The length of the next token, as far as quotes are concerned.
fn next(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    let until = |end: &str| text.find(end).map_or(text.len(), |at| at + end.len());
    Some(match first {
        '\'' | '"' => quoted(text, first),
        '-' if text.starts_with("--") => until("\n"),
        '/' if text.starts_with("/*") => until("*/"),
        '$' => match tag(text) {
            Some(tag) => text[tag.len()..].find(tag).map_or(text.len(), |at| at + 2 * tag.len()),
            None => 1,
        },
        other => other.len_utf8(),
    })
}

/// The length of a quoted text; a doubled quote does not end it.
fn quoted(text: &str, quote: char) -> usize {
    let mut at = 1;
    while let Some(found) = text[at..].find(quote) {
        at += found + 1;
        if !text[at..].starts_with(quote) {
            return at;
        }
        at += 1;
    }
    text.len()
}

/// `$tag$`, if the text begins with one.
fn tag(text: &str) -> Option<&str> {
    let end = text[1..].find('$')? + 2;
    let name = &text[1..end - 1];
    let is_tag =
        name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit());
    is_tag.then(|| &text[..end])
}

/// What a literal stands for.
pub(crate) fn unquoted(literal: &str) -> Result<String, String> {
    if let Some(inner) = literal.strip_prefix('\'').and_then(|it| it.strip_suffix('\'')) {
        return Ok(inner.replace("''", "'"));
    }
    let inner = tag(literal).and_then(|tag| literal.strip_prefix(tag)?.strip_suffix(tag));
    inner.map(str::to_owned).ok_or_else(|| format!("a literal of another kind: {literal}"))
}
