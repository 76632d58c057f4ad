//! URLs without their passwords. Everything that the command line shows goes through here.

use std::borrow::Cow;

use url::Url;

/// What stands in a password's place.
const HIDDEN: &str = "***";

/// A database URL as it may be shown: without its password, wherever in it that stands.
///
/// A URL that cannot be read is hidden up to its host, because its password may be what makes it unreadable.
pub(super) fn redact(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return HIDDEN.to_owned() };
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    // An `@` behind the host means that the password holds a `/`, `?` or `#` which should have been escaped.
    let parsed = if rest[authority..].contains('@') { None } else { Url::parse(url).ok() };
    let Some(mut parsed) = parsed else {
        let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        let shown = host.split_once('?').map_or(Cow::from(host), |(path, _)| format!("{path}?{HIDDEN}").into());
        let user = if host.len() < rest.len() { format!("{HIDDEN}@") } else { String::new() };
        return format!("{scheme}://{user}{shown}");
    };
    if parsed.password().is_some() && parsed.set_password(Some(HIDDEN)).is_err() {
        return format!("{scheme}://{HIDDEN}");
    }
    let secret = |key: &str| key.to_ascii_lowercase().contains("pass");
    if parsed.query_pairs().any(|(key, _)| secret(&key)) {
        let pairs: Vec<_> = parsed.query_pairs().into_owned().collect();
        let shown = pairs.iter().map(|(key, value)| (key, if secret(key) { HIDDEN } else { value }));
        parsed.query_pairs_mut().clear().extend_pairs(shown);
    }
    parsed.into()
}

/// A text in which no URL has a password: neither the ones that are known (they may hold blanks or quotes), nor others.
pub(super) fn redact_in(text: &str, known: &[&str]) -> String {
    let known = known.iter().filter(|url| !url.is_empty());
    let text = known.fold(text.to_owned(), |text, url| match url.contains("://") {
        true => text.replace(url, &redact(url)),
        false => text,
    });
    let lines: Vec<Cow<'_, str>> = text.split('\n').map(redact_line).collect();
    lines.join("\n")
}

fn redact_line(line: &str) -> Cow<'_, str> {
    // Our own words, which may show what a URL looks like.
    if line.starts_with("help: ") || !line.contains("://") {
        return line.into();
    }
    let ends = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '`' | '<' | '>' | '(' | ')' | '\u{1b}');
    let pieces = line.split_inclusive(ends).map(|piece| {
        let word = piece.trim_end_matches(ends);
        if word.contains("://") { format!("{}{}", redact(word), &piece[word.len()..]) } else { piece.to_owned() }
    });
    pieces.collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_hidden_wherever_it_stands() {
        for (url, shown) in [
            ("postgres://u:secret@h:5432/db", "postgres://u:***@h:5432/db"),
            ("postgres://u@h/db", "postgres://u@h/db"),
            ("postgresql://h", "postgresql://h"),
            ("postgres://u:s%40cr%2Fet@h/db?sslmode=require", "postgres://u:***@h/db?sslmode=require"),
            ("postgres://u@h/db?password=secret&sslmode=disable", "postgres://u@h/db?password=***&sslmode=disable"),
            ("postgres://h/db?sslpassword=secret", "postgres://h/db?sslpassword=***"),
            ("postgres://u:secret@[::1]:5432/db", "postgres://u:***@[::1]:5432/db"),
        ] {
            assert_eq!(redact(url), shown);
        }
    }

    #[test]
    fn a_url_that_cannot_be_read_does_not_show_its_password() {
        for url in [
            "postgres://u:secret@h:notaport/db",
            "postgres://u:se/secret@h/db",
            "postgres://u:se#secret@h/db",
            "postgres://u:12#secret@h/db",
            "postgres://u:se?secret@h/db",
            "postgres://u:secret@/db",
            "postgres://u:a@secret@h/db",
            "postgres://u:a b secret@h/db",
            "postgres://u@h:x/db?password=secret",
            "postgres:u:secret@h",
            "host=h password=secret",
            "secret",
        ] {
            let shown = redact(url);
            assert!(!shown.contains("secret"), "{url}: {shown}");
            assert!(shown.contains(HIDDEN), "{url}: {shown}");
        }
    }

    #[test]
    fn urls_within_a_text_are_redacted() {
        let known = "postgres://u:my secret's@h/db";
        let text =
            format!("no '{known}' and `postgres://a:secret@b/c`, (https://x.y/z)\nhelp: postgres://user:password@h");
        let shown =
            "no 'postgres://u:***@h/db' and `postgres://a:***@b/c`, (https://x.y/z)\nhelp: postgres://user:password@h";
        assert_eq!(redact_in(&text, &[known, ""]), shown);
    }
}
