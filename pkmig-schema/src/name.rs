//! Names: how long they may be, how PostgreSQL makes the ones that nobody wrote, and which one was probably meant.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

/// A name, as it is written in the language and stored in the catalog.
///
/// Names live as long as the program: those of a migration are its static data, the few that the model derives are
/// [interned](intern). A name parsed from a token is told apart from its equals by its address, which is how a
/// [`Problem`](crate::Problem) finds the way back to the token.
pub type Name = &'static str;

/// Stands where a migration leaves the name of an index or constraint to PostgreSQL.
pub const UNNAMED: Name = "";

/// The bytes that an identifier can hold (`NAMEDATALEN - 1`, manual section 4.1.1).
pub const MAX_BYTES: usize = 63;

/// Keeps `text` for the life of the program, once.
pub fn intern(text: &str) -> Name {
    static NAMES: LazyLock<Mutex<HashSet<Name>>> = LazyLock::new(Mutex::default);
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(text) {
        return known;
    }
    let name: Name = Box::leak(text.into());
    names.insert(name);
    name
}

/// A name as the language writes it: quoted where it is no identifier, or a keyword of Rust.
pub fn written(text: &str) -> String {
    if is_identifier(text) && !crate::keyword::is_rust(text) { text.to_owned() } else { literal(text) }
}

/// Whether a text is an identifier, keywords included.
pub(crate) fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A text in the quotes of a Rust literal, raw ones where it would need escapes.
pub(crate) fn literal(text: &str) -> String {
    let is_odd = |c: char| !matches!(c, '"' | '\'' | '\\' | '\n' | '\t') && c.escape_debug().len() > 1;
    if text.chars().any(is_odd) {
        return format!("{text:?}");
    }
    if !text.contains(['"', '\\', '\n', '\t']) {
        return format!("\"{text}\"");
    }
    let mut fences = (0..).map(|length| "#".repeat(length));
    // OK because a text of finite length does not hold all fences.
    let fence = fences.find(|fence| !text.contains(&format!("\"{fence}"))).unwrap_or_default();
    format!("r{fence}\"{text}\"{fence}")
}

/// Cuts `text` to at most `bytes` bytes, at a character's border, as PostgreSQL cuts identifiers.
pub fn clip(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// The name PostgreSQL gives to an object of `table` (and `columns`) that has none: `table_columns_label`.
///
/// Where that is too long, the longer of the two parts is cut until it fits; where it is `taken`, a number is put
/// behind it (`makeObjectName` and `ChooseRelationName` in PostgreSQL's `indexcmds.c`).
pub fn default_name(table: &str, columns: &[Name], label: &str, taken: impl Fn(&str) -> bool) -> Name {
    let columns = columns.join("_");
    for pass in 0.. {
        let label = if pass == 0 { label.to_owned() } else { format!("{label}{pass}") };
        let name = object_name(table, &columns, &label);
        if !taken(&name) {
            return intern(&name);
        }
    }
    unreachable!("the numbers do not run out")
}

fn object_name(table: &str, columns: &str, label: &str) -> String {
    let underscores = if columns.is_empty() { 1 } else { 2 };
    let room = MAX_BYTES.saturating_sub(label.len() + underscores);
    let (mut first, mut second) = (table.len(), columns.len());
    while first + second > room {
        if first > second { first -= 1 } else { second -= 1 }
    }
    let table = clip(table, first);
    match clip(columns, second) {
        "" if columns.is_empty() => format!("{table}_{label}"),
        columns => format!("{table}_{columns}_{label}"),
    }
}

/// The name among `candidates` that is nearest to `wanted`, if one is near enough to have been meant.
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let begins_otherwise = |candidate: &str| candidate.chars().next() != wanted.chars().next();
    let far = (wanted.chars().count() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(wanted, candidate), begins_otherwise(candidate), candidate))
        .filter(|(distance, ..)| *distance <= far)
        .min()
        .map(|(.., candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free(_: &str) -> bool {
        false
    }

    #[test]
    fn default_names_are_postgresqls() {
        assert_eq!(default_name("users", &[], "pkey", free), "users_pkey");
        assert_eq!(default_name("users", &["email"], "key", free), "users_email_key");
        assert_eq!(default_name("users", &["a", "b"], "idx", free), "users_a_b_idx");
    }

    #[test]
    fn a_taken_default_name_gets_a_number() {
        assert_eq!(default_name("t", &["a"], "idx", |n| n == "t_a_idx" || n == "t_a_idx1"), "t_a_idx2");
    }

    /// As printed by PostgreSQL 15 for `CREATE TABLE <50 a> (<40 b> int UNIQUE)`.
    #[test]
    fn the_longer_part_is_cut_first() {
        let (table, column): (String, Name) = ("a".repeat(50), Box::leak("b".repeat(40).into_boxed_str()));
        let name = default_name(&table, &[column], "key", free);
        assert_eq!(name, format!("{}_{}_key", "a".repeat(29), "b".repeat(29)));
        assert_eq!(name.len(), MAX_BYTES);
    }

    #[test]
    fn names_are_cut_between_characters() {
        assert_eq!(clip("naïve", 3), "na");
        assert_eq!(clip("naïve", 4), "naï");
    }

    #[test]
    fn a_near_name_is_suggested_and_a_far_one_is_not() {
        assert_eq!(nearest("user_idd", ["user_id", "email"]), Some("user_id"));
        assert_eq!(nearest("zzz", ["user_id", "email"]), None);
    }
}
