//! Operator classes: what an index method needs to know of a type, and which extension brings what PostgreSQL has not.

use super::{Family, Type};

/// The access methods of indexes (manual, CREATE INDEX), and the extension that brings each.
pub const METHODS: &[(&str, Option<&str>)] = &[
    ("btree", None),
    ("hash", None),
    ("gist", None),
    ("spgist", None),
    ("gin", None),
    ("brin", None),
    ("bloom", Some("bloom")),
    ("hnsw", Some("vector")),
    ("ivfflat", Some("vector")),
];

/// The extension that brings an operator class; `None` for one of PostgreSQL's own.
pub fn opclass_extension(opclass: &str) -> Option<&'static str> {
    match opclass {
        "gin_trgm_ops" | "gist_trgm_ops" => Some("pg_trgm"),
        "citext_ops" | "citext_pattern_ops" => Some("citext"),
        _ if opclass.strip_prefix("gist_").and_then(|rest| rest.strip_suffix("_ops")).is_some_and(of_btree_gist) => {
            Some("btree_gist")
        }
        _ if opclass.starts_with("vector_") || opclass.starts_with("halfvec_") => Some("vector"),
        _ if opclass.starts_with("gist_geometry_") || opclass.starts_with("gist_geography_") => Some("postgis"),
        _ => None,
    }
}

/// What `btree_gist` has operator classes for, as it names them (manual, `btree_gist`).
fn of_btree_gist(kind: &str) -> bool {
    const KINDS: [&str; 25] = [
        "int2",
        "int4",
        "int8",
        "float4",
        "float8",
        "numeric",
        "cash",
        "oid",
        "timestamp",
        "timestamptz",
        "time",
        "timetz",
        "date",
        "interval",
        "macaddr",
        "macaddr8",
        "text",
        "bpchar",
        "bytea",
        "bit",
        "vbit",
        "inet",
        "cidr",
        "uuid",
        "enum",
    ];
    kind == "bool" || KINDS.contains(&kind)
}

/// Those types of [`Family::Other`] that are put in an order, as all of the other families but `json` are.
const ORDERED: [&str; 17] = [
    "time", "timetz", "interval", "bytea", "inet", "cidr", "macaddr", "macaddr8", "money", "oid", "regclass", "bit",
    "varbit", "tsvector", "tsquery", "hstore", "ltree",
];

/// Those of them that `btree_gist` and `btree_gin` know nothing of.
const BARELY_ORDERED: [&str; 4] = ["tsvector", "tsquery", "hstore", "ltree"];

impl Type {
    /// Whether it is one of PostgreSQL's range types.
    pub(crate) fn is_range(&self) -> bool {
        !self.array && self.name.ends_with("range") && self.known().is_some()
    }

    /// Where an index method has a default operator class for it from: PostgreSQL itself if the list is empty, else one of
    /// these extensions. `None` where nothing has one. (`pg_opclass` of PostgreSQL 13 to 18; a method or a type of an
    /// extension is taken to have what it needs.)
    pub fn opclass_sources(&self, method: &str) -> Option<&'static [&'static str]> {
        const OWN: Option<&[&str]> = Some(&[]);
        if matches!(self.extension(), Some("vector" | "postgis")) {
            return OWN;
        }
        let own = |has: bool| if has { OWN } else { None };
        let range = self.is_range();
        let is = |names: &[&str]| !self.array && names.contains(&self.name);
        let scalar = self.is_ordered() && !self.array && !is(&BARELY_ORDERED);
        let extended = |extension: &'static [&'static str]| scalar.then_some(extension);
        match method {
            // PostgreSQL looks at the elements of an array when it compares the first two.
            "btree" | "hash" if self.array => self.element().opclass_sources(method),
            "gin" if self.array => self.element().opclass_sources("btree"),
            "btree" => own(range || self.is_ordered()),
            // That of ltree came with PostgreSQL 17.
            "hash" => {
                own(range || self.is_ordered() && !is(&["money", "bit", "varbit", "tsvector", "tsquery", "ltree"]))
            }
            "gin" if is(&["jsonb", "tsvector", "hstore"]) => OWN,
            "gin" => extended(&["btree_gin"]),
            "gist" if range || is(&["point", "box", "polygon", "circle", "tsvector", "tsquery", "hstore", "ltree"]) => {
                OWN
            }
            "gist" if self.array && self.name == "integer" => Some(&["intarray"]),
            "gist" if is(&["jsonb", "name"]) => None,
            "gist" => extended(&["btree_gist"]),
            "spgist" => own(range || is(&["text", "varchar", "citext", "inet", "cidr", "point", "box", "polygon"])),
            "brin" if range || is(&["box"]) => OWN,
            "brin" => own(scalar && self.known().is_some() && !is(&["boolean", "jsonb", "money"])),
            _ => OWN,
        }
    }

    /// Whether PostgreSQL can tell whether two values are equal: not of `json`, for example, and an array is compared by
    /// what it holds.
    pub fn has_equality(&self) -> bool {
        self.element().opclass_sources("btree").is_some()
    }

    /// What an array holds; any other type itself.
    fn element(&self) -> Self {
        Self { array: false, ..self.clone() }
    }

    fn is_ordered(&self) -> bool {
        match self.known() {
            Some(known) if known.family == Family::Other => ORDERED.contains(&self.name),
            Some(_) => self.name != "json",
            // An enum.
            None => true,
        }
    }
}
