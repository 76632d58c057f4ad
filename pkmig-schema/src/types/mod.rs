//! Column types: which there are, what PostgreSQL calls them, what fits into them and what casts to what.

mod lossless_cast;
mod opclass;

pub use opclass::{METHODS, opclass_extension};

use crate::{List, Literal, Name, Piece, Sql};

/// The type of a column: a word of PostgreSQL, or an enum of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Type {
    /// The word as the language has it: `varchar`, `timestamptz`, or the name of an enum.
    pub name: Name,
    /// What stands in parentheses: `255`, or `Point` and `4326`.
    pub modifiers: List<Name>,
    /// Whether it is an array of that type.
    pub array: bool,
}

/// What kinds of value a type holds, as far as literals, casts and comparisons are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `boolean`.
    Bool,
    /// Whole numbers of so many bytes.
    Integer(u8),
    /// `numeric`, `real`, `double precision`.
    Number,
    /// Text of any kind.
    Text,
    /// `json` and `jsonb`.
    Json,
    /// `uuid`.
    Uuid,
    /// Dates and times that cast into each other.
    Timestamp,
    /// Anything else: comparable only to itself.
    Other,
}

/// What is known of a word for a type.
#[derive(Debug)]
pub struct KnownType {
    /// The word of the language.
    pub word: &'static str,
    /// What `format_type` prints, with `*` where the modifiers stand.
    pub formatted: &'static str,
    /// Its family.
    pub family: Family,
    /// How many modifiers it takes at most.
    pub modifiers: usize,
    /// The extension it comes with.
    pub extension: Option<&'static str>,
}

const fn known(word: &'static str, formatted: &'static str, family: Family, modifiers: usize) -> KnownType {
    KnownType { word, formatted, family, modifiers, extension: None }
}

const fn of_extension(word: &'static str, extension: &'static str, family: Family, modifiers: usize) -> KnownType {
    KnownType { word, formatted: "", family, modifiers, extension: Some(extension) }
}

/// The types of PostgreSQL (manual chapter 8) and of the extensions that libraries use.
pub const TYPES: &[KnownType] = &[
    known("boolean", "boolean", Family::Bool, 0),
    known("smallint", "smallint", Family::Integer(2), 0),
    known("integer", "integer", Family::Integer(4), 0),
    known("bigint", "bigint", Family::Integer(8), 0),
    known("numeric", "numeric*", Family::Number, 2),
    known("real", "real", Family::Number, 0),
    known("double_precision", "double precision", Family::Number, 0),
    known("text", "text", Family::Text, 0),
    known("varchar", "character varying*", Family::Text, 1),
    known("char", "character*", Family::Text, 1),
    known("name", "name", Family::Text, 0),
    known("uuid", "uuid", Family::Uuid, 0),
    known("json", "json", Family::Json, 0),
    known("jsonb", "jsonb", Family::Json, 0),
    known("timestamp", "timestamp* without time zone", Family::Timestamp, 1),
    known("timestamptz", "timestamp* with time zone", Family::Timestamp, 1),
    known("date", "date", Family::Timestamp, 0),
    known("time", "time* without time zone", Family::Other, 1),
    known("timetz", "time* with time zone", Family::Other, 1),
    known("interval", "interval*", Family::Other, 1),
    known("bytea", "bytea", Family::Other, 0),
    known("inet", "inet", Family::Other, 0),
    known("cidr", "cidr", Family::Other, 0),
    known("macaddr", "macaddr", Family::Other, 0),
    known("macaddr8", "macaddr8", Family::Other, 0),
    known("money", "money", Family::Other, 0),
    known("xml", "xml", Family::Other, 0),
    known("oid", "oid", Family::Other, 0),
    known("regclass", "regclass", Family::Other, 0),
    known("bit", "bit*", Family::Other, 1),
    known("varbit", "bit varying*", Family::Other, 1),
    known("tsvector", "tsvector", Family::Other, 0),
    known("tsquery", "tsquery", Family::Other, 0),
    known("point", "point", Family::Other, 0),
    known("line", "line", Family::Other, 0),
    known("lseg", "lseg", Family::Other, 0),
    known("box", "box", Family::Other, 0),
    known("path", "path", Family::Other, 0),
    known("polygon", "polygon", Family::Other, 0),
    known("circle", "circle", Family::Other, 0),
    known("int4range", "int4range", Family::Other, 0),
    known("int8range", "int8range", Family::Other, 0),
    known("numrange", "numrange", Family::Other, 0),
    known("tsrange", "tsrange", Family::Other, 0),
    known("tstzrange", "tstzrange", Family::Other, 0),
    known("daterange", "daterange", Family::Other, 0),
    of_extension("citext", "citext", Family::Text, 0),
    of_extension("hstore", "hstore", Family::Other, 0),
    of_extension("ltree", "ltree", Family::Other, 0),
    of_extension("vector", "vector", Family::Other, 1),
    of_extension("halfvec", "vector", Family::Other, 1),
    of_extension("geometry", "postgis", Family::Other, 2),
    of_extension("geography", "postgis", Family::Other, 2),
];

/// Words that PostgreSQL takes as well, and the ones that the language keeps.
pub const ALIASES: &[(&str, &str)] = &[
    ("bool", "boolean"),
    ("int", "integer"),
    ("int2", "smallint"),
    ("int4", "integer"),
    ("int8", "bigint"),
    ("decimal", "numeric"),
    ("float4", "real"),
    ("float8", "double_precision"),
    ("bpchar", "char"),
];

/// Words for a whole number that a sequence of its own fills, and the type of the column.
pub const SERIALS: &[(&str, &str)] = &[("smallserial", "smallint"), ("serial", "integer"), ("bigserial", "bigint")];

/// Words of other databases and languages, and the type that was meant.
const FOREIGN: &[(&str, &str)] = &[
    ("string", "text"),
    ("datetime", "timestamp"),
    ("blob", "bytea"),
    ("tinyint", "smallint"),
    ("number", "numeric"),
    ("long", "bigint"),
    ("float", "double precision"),
    ("double", "double precision"),
];

/// The type that somebody meant who writes `datetime`.
pub fn meant(word: &str) -> Option<&'static str> {
    FOREIGN.iter().find(|(foreign, _)| *foreign == word).map(|(_, meant)| *meant)
}

/// Every word that can stand for a type, but for the enums of the chain.
pub fn words() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|known| known.word).chain(SERIALS.iter().chain(ALIASES).map(|(word, _)| *word))
}

/// A function that defaults call.
#[derive(Debug)]
pub struct KnownFunction {
    /// Its name.
    pub word: &'static str,
    /// The type of its result.
    pub result: &'static str,
    /// The extension it comes with.
    pub extension: Option<&'static str>,
}

const fn gives(word: &'static str, result: &'static str) -> KnownFunction {
    KnownFunction { word, result, extension: None }
}

const fn extension_gives(extension: &'static str, word: &'static str, result: &'static str) -> KnownFunction {
    KnownFunction { word, result, extension: Some(extension) }
}

const FUNCTIONS: &[KnownFunction] = &[
    gives("now", "timestamptz"),
    gives("statement_timestamp", "timestamptz"),
    gives("clock_timestamp", "timestamptz"),
    gives("transaction_timestamp", "timestamptz"),
    gives("gen_random_uuid", "uuid"),
    gives("uuidv7", "uuid"),
    gives("random", "double_precision"),
    extension_gives("uuid-ossp", "uuid_generate_v1", "uuid"),
    extension_gives("uuid-ossp", "uuid_generate_v1mc", "uuid"),
    extension_gives("uuid-ossp", "uuid_generate_v4", "uuid"),
    extension_gives("pgcrypto", "gen_random_bytes", "bytea"),
    extension_gives("pgcrypto", "gen_salt", "text"),
];

/// What is known of a function of PostgreSQL, or of an extension.
pub fn function(word: &str) -> Option<&'static KnownFunction> {
    FUNCTIONS.iter().find(|known| known.word == word)
}

/// The function that a text is a mere call of, without arguments, if it is known.
pub fn called(sql: &Sql) -> Option<&'static KnownFunction> {
    match &*sql.pieces {
        [Piece::Text(text)] => text.strip_suffix("()").and_then(function),
        _ => None,
    }
}

/// What is known of the word `word`; `None` for one that can only be an enum of the chain.
pub fn lookup(word: &str) -> Option<&'static KnownType> {
    TYPES.iter().find(|known| known.word == word)
}

impl Type {
    /// A type without modifiers.
    pub const fn plain(name: Name) -> Self {
        Self { name, modifiers: List::Borrowed(&[]), array: false }
    }

    /// What is known of it; `None` for an enum of the chain.
    pub fn known(&self) -> Option<&'static KnownType> {
        lookup(self.name)
    }

    /// Its family; an array's and an enum's is [`Family::Other`].
    pub fn family(&self) -> Family {
        match self.known() {
            Some(known) if !self.array => known.family,
            _ => Family::Other,
        }
    }

    /// The extension that brings it.
    pub fn extension(&self) -> Option<&'static str> {
        self.known()?.extension
    }

    /// Whether its values are put in order by a collation (manual section 24.2).
    pub fn is_collatable(&self) -> bool {
        self.known().is_some_and(|known| known.family == Family::Text)
    }

    /// What `format_type` prints for it (manual section 9.26.4), without a schema.
    pub fn formatted(&self) -> String {
        let modifiers = match self.modifiers.is_empty() {
            // PostgreSQL takes a bare `char` for `char(1)` and a bare `bit` for `bit(1)` (manual sections 8.3, 8.10).
            true if matches!(self.name, "char" | "bit") => "(1)".to_owned(),
            true => String::new(),
            // `numeric(9)` has no digits behind the point, and PostgreSQL says so.
            false if self.name == "numeric" && self.modifiers.len() == 1 => format!("({},0)", self.modifiers[0]),
            false => format!("({})", self.modifiers.join(",")),
        };
        let name = match self.known() {
            Some(KnownType { formatted, extension: None, .. }) => formatted.replace('*', &modifiers),
            _ => format!("{}{modifiers}", self.name),
        };
        if self.array { name + "[]" } else { name }
    }

    /// The name without modifiers, as PostgreSQL writes it behind a literal: `'x'::character varying`.
    pub fn cast_name(&self) -> String {
        // Bare words would be char(1) and bit(1): these are the types' internal names.
        let array = if self.array { "[]" } else { "" };
        match self.name {
            "char" => format!("bpchar{array}"),
            "bit" => format!("\"bit\"{array}"),
            name => Self { name, modifiers: List::Borrowed(&[]), array: self.array }.formatted(),
        }
    }

    /// Whether PostgreSQL changes a column of this type to `other` without a `using` (an assignment cast exists,
    /// manual section 10.4).
    pub fn casts_to(&self, other: &Type) -> bool {
        use Family::{Integer, Json, Number, Text, Timestamp};
        if self.name == other.name && self.array == other.array {
            return true;
        }
        if self.array && other.array {
            return Self::plain(self.name).casts_to(&Self::plain(other.name));
        }
        matches!(
            (self.family(), other.family()),
            (_, Text) | (Integer(_) | Number, Integer(_) | Number) | (Timestamp, Timestamp) | (Json, Json)
        )
    }

    /// Whether every value survives the way to `other` and back, where the way there is PostgreSQL's own cast.
    pub fn survives_as(&self, other: &Type) -> bool {
        use Family::{Integer, Number, Timestamp};
        let digits = |ty: &Type, default| ty.modifiers.last().map_or(default, |text| text.parse::<u8>().unwrap_or(0));
        let scale = |ty: &Type| match ty.name {
            "numeric" if ty.modifiers.len() == 1 => 0,
            "numeric" => digits(ty, u8::MAX),
            _ => u8::MAX,
        };
        match (self.family(), other.family()) {
            (Integer(bytes), Number) => match other.name {
                "real" => bytes == 2,
                "double_precision" => bytes < 8,
                _ => true,
            },
            (Number, Integer(_)) => false,
            (Number, Number) => match (self.name, other.name) {
                (from, to) if from == to => scale(self) <= scale(other),
                (from, to) => from == "real" && to == "double_precision",
            },
            (Timestamp, Timestamp) => match (self.name, other.name) {
                ("date", _) => true,
                (_, "date") => false,
                // Without modifiers they keep microseconds (manual section 8.5).
                _ => digits(self, 6) <= digits(other, 6),
            },
            _ => true,
        }
    }

    /// Whether a foreign key can be on a column of this type: where the elements of an array have modifiers, PostgreSQL finds no
    /// `=` for them ("cannot determine element type").
    pub fn is_referable(&self) -> bool {
        !self.array || self.modifiers.is_empty() && !matches!(self.name, "char" | "bit")
    }

    /// Whether a foreign key's column of this type can reference one of type `other`: there is an `=` for the two in
    /// the key's operator family, or this type turns into the other by itself (manual section 10.4).
    pub fn comparable(&self, other: &Type) -> bool {
        use Family::{Integer, Number, Other, Text, Timestamp};
        let float = |ty: &Type| matches!(ty.name, "real" | "double_precision");
        match (self.family(), other.family()) {
            _ if !self.is_referable() || !other.is_referable() => false,
            _ if self.name == other.name => self.array == other.array,
            (Other, _) | (_, Other) => self.array == other.array && of_one_kind(self.name, other.name),
            (Number, Integer(_)) => false,
            (Number, Number) => float(other) || !float(self),
            (Text, Text) => {
                other.name != "citext"
                    && !matches!((self.name, other.name), ("name", "char") | ("citext", "char" | "name"))
            }
            (Integer(_), Integer(_) | Number) | (Timestamp, Timestamp) => true,
            (one, two) => one == two && one != Family::Json,
        }
    }

    /// Why a literal does not fit into a column of this type.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence: ``out of range for smallint: `40000` ``.
    pub fn accepts(&self, literal: &Literal) -> Result<(), String> {
        let shown = self.formatted();
        let what =
            if literal.text().is_empty() { "the empty string".to_owned() } else { format!("`{}`", literal.text()) };
        let fault = |fault: &str| Err(format!("{fault} for {shown}: {what}"));
        let no = |more: &str| fault("not valid").map_err(|why| why + more);
        match (literal, self.family()) {
            (Literal::Null(_), _) => Ok(()),
            (Literal::Bool(_), Family::Bool) => Ok(()),
            (Literal::Number(text), Family::Integer(bytes)) => integer(text, bytes).or_else(fault),
            (Literal::Number(_), Family::Number) => Ok(()),
            (Literal::Number(_), Family::Other) if self.name == "money" => Ok(()),
            (Literal::Bool(_) | Literal::Number(_), family) if self.array || family != Family::Text => no(""),
            (Literal::Text(text), _) if self.array => match text.starts_with('{') && text.ends_with('}') {
                true => Ok(()),
                false => no("; write an array as \"{…}\""),
            },
            (Literal::Text(text), Family::Integer(bytes)) => integer(text.trim(), bytes).or_else(fault),
            (Literal::Text(text), Family::Number) if text.trim().parse::<f64>().is_err() => no(""),
            (Literal::Text(text), Family::Bool) => match text.to_ascii_lowercase().as_str() {
                "t" | "true" | "y" | "yes" | "on" | "1" | "f" | "false" | "n" | "no" | "off" | "0" => Ok(()),
                _ => no(""),
            },
            (Literal::Text(text), Family::Timestamp) => match text.trim().trim_start_matches('-') {
                "now" | "today" | "tomorrow" | "yesterday" | "epoch" | "infinity" => Ok(()),
                text if text.contains(|c: char| c.is_ascii_digit()) => Ok(()),
                _ => no(""),
            },
            (Literal::Text(text), Family::Uuid) => match text.chars().filter(char::is_ascii_hexdigit).count() {
                32 => Ok(()),
                _ => no(""),
            },
            (Literal::Text(text), Family::Json) => match json(text.trim()) {
                true => Ok(()),
                false => no(""),
            },
            (_, Family::Text) => match self.modifiers.first().map(|n| n.parse::<usize>()) {
                None if self.name == "char" && literal.text().chars().count() > 1 => fault("too long"),
                Some(Ok(limit)) if literal.text().chars().count() > limit => fault("too long"),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

/// The types outside the families that turn into each other by themselves.
fn of_one_kind(one: Name, two: Name) -> bool {
    let kinds: [&[Name]; 3] = [&["inet", "cidr"], &["bit", "varbit"], &["macaddr", "macaddr8"]];
    kinds.iter().any(|kind| kind.contains(&one) && kind.contains(&two))
}

fn integer(text: &str, bytes: u8) -> Result<(), &'static str> {
    let value: i128 = text.replace('_', "").parse().map_err(|_| "not valid")?;
    let limit = 1_i128 << (u32::from(bytes) * 8 - 1);
    if (-limit..limit).contains(&value) { Ok(()) } else { Err("out of range") }
}

/// Whether `text` can be JSON: a light check of its first and last character, the rest is PostgreSQL's.
fn json(text: &str) -> bool {
    match text.as_bytes() {
        [b'{', .., b'}'] | [b'[', .., b']'] | [b'"', .., b'"'] => true,
        _ => matches!(text, "true" | "false" | "null") || text.parse::<f64>().is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: Name, modifiers: &'static [Name]) -> Type {
        Type { name, modifiers: List::Borrowed(modifiers), array: false }
    }

    #[test]
    fn types_are_formatted_as_postgresql_does() {
        assert_eq!(with("varchar", &["255"]).formatted(), "character varying(255)");
        assert_eq!(with("timestamp", &["0"]).formatted(), "timestamp(0) without time zone");
        assert_eq!(with("numeric", &["12", "2"]).formatted(), "numeric(12,2)");
        assert_eq!(with("numeric", &["12"]).formatted(), "numeric(12,0)");
        assert_eq!(with("geometry", &["Point", "4326"]).formatted(), "geometry(Point,4326)");
        assert_eq!(Type { array: true, ..Type::plain("text") }.formatted(), "text[]");
        assert_eq!(with("varchar", &["20"]).cast_name(), "character varying");
        assert_eq!(with("bit", &["8"]).cast_name(), "\"bit\"");
        assert_eq!(Type { array: true, ..with("char", &["3"]) }.cast_name(), "bpchar[]");
    }

    #[test]
    fn literals_are_checked_against_the_type() {
        let number = |text| Literal::Number(text);
        assert!(Type::plain("smallint").accepts(&number("40000")).is_err());
        assert!(Type::plain("integer").accepts(&number("40000")).is_ok());
        assert!(Type::plain("integer").accepts(&number("0.5")).is_err());
        assert!(Type::plain("boolean").accepts(&number("1")).is_err());
        assert!(Type::plain("integer").accepts(&Literal::Bool("true")).is_err());
        assert!(with("varchar", &["2"]).accepts(&Literal::Text("abc")).is_err());
        assert!(Type::plain("jsonb").accepts(&Literal::Text("{}")).is_ok());
        assert!(Type::plain("jsonb").accepts(&Literal::Text("{")).is_err());
        assert!(Type::plain("uuid").accepts(&Literal::Text("no")).is_err());
    }

    #[test]
    fn assignment_casts_are_postgresqls() {
        assert!(Type::plain("integer").casts_to(&Type::plain("bigint")));
        assert!(Type::plain("bigint").casts_to(&Type::plain("text")));
        assert!(!Type::plain("text").casts_to(&Type::plain("bigint")));
        assert!(!Type::plain("text").casts_to(&Type::plain("jsonb")));
    }

    #[test]
    fn a_foreign_key_may_cross_the_sizes_of_integers_only() {
        assert!(Type::plain("integer").comparable(&Type::plain("bigint")));
        assert!(!Type::plain("uuid").comparable(&Type::plain("bigint")));
        assert!(Type::plain("integer").comparable(&Type::plain("numeric")));
        assert!(!Type::plain("numeric").comparable(&Type::plain("integer")));
        assert!(!Type::plain("double_precision").comparable(&Type::plain("numeric")));
        assert!(!Type::plain("text").comparable(&Type::plain("citext")));
        let names = |modifiers| Type { array: true, ..with("varchar", modifiers) };
        assert!(names(&[]).comparable(&names(&[])));
        assert!(!names(&["9"]).comparable(&names(&["9"])));
    }

    #[test]
    fn a_cast_that_rounds_does_not_keep_every_value() {
        let numeric = |modifiers| with("numeric", modifiers);
        assert!(Type::plain("integer").survives_as(&Type::plain("bigint")));
        assert!(Type::plain("integer").survives_as(&Type::plain("text")));
        assert!(!Type::plain("numeric").survives_as(&Type::plain("integer")));
        assert!(!Type::plain("bigint").survives_as(&Type::plain("real")));
        assert!(!numeric(&["12", "4"]).survives_as(&numeric(&["12", "2"])));
        assert!(numeric(&["12", "2"]).survives_as(&numeric(&["14", "4"])));
        assert!(!Type::plain("numeric").survives_as(&numeric(&["9"])));
        assert!(!Type::plain("timestamptz").survives_as(&with("timestamptz", &["0"])));
        assert!(with("timestamp", &["0"]).survives_as(&Type::plain("timestamp")));
        assert!(!Type::plain("timestamp").survives_as(&Type::plain("date")));
    }

    #[test]
    fn arrays_cast_as_their_elements_do() {
        let array = |name| Type { array: true, ..Type::plain(name) };
        assert!(array("integer").casts_to(&array("text")));
        assert!(!array("text").casts_to(&array("integer")));
    }
}
