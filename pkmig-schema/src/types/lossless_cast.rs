//! Whether a column can get its type without any value being lost, given the type that PostgreSQL says it has.

use crate::Type;
use crate::types::{KnownType, TYPES};

/// Pairs of types of which the second one takes every value of the first one as it is.
const WIDER: [(&str, &str); 5] = [
    ("smallint", "integer"),
    ("smallint", "bigint"),
    ("integer", "bigint"),
    ("real", "double_precision"),
    ("varchar", "text"),
];

impl Type {
    /// Whether it takes every value of the type that `format_type` prints as `found`, as it is.
    pub fn widens(&self, found: &str) -> bool {
        let (found, array) = found.strip_suffix("[]").map_or((found, false), |element| (element, true));
        let (bare, modifiers) = taken_apart(found);
        let word = |known: &&KnownType| known.extension.is_none() && known.formatted.replace('*', "") == bare;
        let Some(known) = TYPES.iter().find(word).filter(|_| array == self.array) else { return false };
        let numbers = |texts: &[&str]| texts.iter().map(|text| text.trim().parse().ok()).collect::<Option<Vec<i32>>>();
        let (Some(from), Some(to)) = (numbers(&modifiers), numbers(&self.modifiers)) else { return false };
        match known.word == self.name {
            true => takes(self.name, &from, &to),
            // `varchar` that is as long as it may be has no modifier, and `text` never has one.
            false => WIDER.contains(&(known.word, self.name)) && to.is_empty(),
        }
    }
}

/// `numeric(12,2)` is `numeric` with `12` and `2`.
fn taken_apart(formatted: &str) -> (String, Vec<&str>) {
    let parts = formatted.split_once('(').and_then(|(before, rest)| {
        let (inside, after) = rest.split_once(')')?;
        Some((format!("{before}{after}"), inside.split(',').collect()))
    });
    parts.unwrap_or_else(|| (formatted.to_owned(), Vec::new()))
}

/// Whether one type takes all values with other modifiers.
fn takes(word: &str, from: &[i32], to: &[i32]) -> bool {
    match (word, from, to) {
        (
            "varchar" | "varbit" | "numeric" | "timestamp" | "timestamptz" | "time" | "timetz" | "interval",
            [_, ..],
            [],
        ) => true,
        ("varchar" | "varbit" | "timestamp" | "timestamptz" | "time" | "timetz", [from], [to]) => from <= to,
        ("numeric", [digits, scale @ ..], [to_digits, to_scale @ ..]) => {
            let (scale, to_scale) = (scale.first().unwrap_or(&0), to_scale.first().unwrap_or(&0));
            scale <= to_scale && digits - scale <= to_digits - to_scale
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::List;

    fn ty(name: &'static str, modifiers: &'static [&'static str]) -> Type {
        Type { name, modifiers: List::Borrowed(modifiers), array: false }
    }

    #[test]
    fn a_wider_type_takes_all_values() {
        for (found, wide) in [
            ("character varying(50)", ty("varchar", &["100"])),
            ("character varying(50)", ty("text", &[])),
            ("character varying", ty("text", &[])),
            ("integer", ty("bigint", &[])),
            ("numeric(10,2)", ty("numeric", &["12", "4"])),
            ("numeric(10)", ty("numeric", &[])),
            ("timestamp(0) with time zone", ty("timestamptz", &[])),
        ] {
            assert!(wide.widens(found), "{found} to {wide}");
        }
        assert!(Type { array: true, ..ty("text", &[]) }.widens("character varying(9)[]"));
    }

    #[test]
    fn a_narrower_or_another_type_does_not() {
        for (found, other) in [
            ("character varying(50)", ty("varchar", &["20"])),
            ("text", ty("varchar", &[])),
            ("bigint", ty("integer", &[])),
            ("numeric(10,4)", ty("numeric", &["11", "2"])),
            ("numeric", ty("numeric", &["12", "2"])),
            ("numeric(10,2)", ty("numeric", &["10", "4"])),
            ("timestamp without time zone", ty("timestamptz", &[])),
            ("character(5)", ty("text", &[])),
            ("citext", ty("text", &[])),
            ("character varying(9)[]", ty("text", &[])),
            ("public.mood", ty("text", &[])),
        ] {
            assert!(!other.widens(found), "{found} to {other}");
        }
    }
}
