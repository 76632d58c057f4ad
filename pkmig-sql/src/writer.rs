//! The one place that writes SQL by hand: quoting, names in the prefix, and what sea-query has no builder for.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use pkmig_schema::name::{MAX_BYTES, clip};
use pkmig_schema::{IndexKey, NullsOrder, Piece, Sql, TableRef, Type, Value};
use sea_query::Alias;

use crate::Prefix;

/// Where the SQL is going to run.
#[derive(Debug, Clone)]
pub struct Context {
    prefix: Prefix,
    schema: String,
    extensions: BTreeMap<String, String>,
    host_path: Option<String>,
    trusted: Vec<String>,
    wanted: BTreeMap<String, String>,
}

impl Context {
    /// A prefix in a database whose extensions live in `public`, where PostgreSQL puts them by default.
    pub fn new(prefix: &Prefix) -> Self {
        Self {
            prefix: prefix.clone(),
            schema: prefix.as_str().to_owned(),
            extensions: BTreeMap::new(),
            wanted: BTreeMap::new(),
            host_path: None,
            trusted: Vec::new(),
        }
    }

    /// Puts the objects of the prefix into another schema. Names that begin with the prefix stay what they are.
    #[must_use]
    pub fn in_schema(self, schema: &str) -> Self {
        Self { schema: schema.to_owned(), ..self }
    }

    /// Says in which schemas the extensions live that are there already.
    #[must_use]
    pub fn extensions(mut self, schemas: BTreeMap<String, String>) -> Self {
        self.extensions = schemas;
        self
    }

    /// Says which roles are trusted beside the running one.
    #[must_use]
    pub fn trusting(self, roles: &[String]) -> Self {
        Self { trusted: roles.to_vec(), ..self }
    }

    /// Says into which schemas extensions go that are not there yet.
    #[must_use]
    pub fn wanting(self, schemas: &BTreeMap<String, String>) -> Self {
        Self { wanted: schemas.clone(), ..self }
    }

    /// The roles that are trusted besides those of the run.
    pub fn trusted(&self) -> &[String] {
        &self.trusted
    }

    /// Says by which search path the host finds its own, where versions are to find it, too.
    #[must_use]
    pub fn finding(self, host_path: Option<String>) -> Self {
        Self { host_path, ..self }
    }

    /// The search path of the host, where versions are to find by it.
    pub fn host_path(&self) -> Option<&str> {
        self.host_path.as_deref()
    }

    /// The prefix.
    pub fn prefix(&self) -> &Prefix {
        &self.prefix
    }

    /// The schema that the objects are in: the prefix, mostly.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// The schema that an extension's objects are in, or will be.
    pub fn extension_schema(&self, extension: &str) -> &str {
        let schema = self.extensions.get(extension).or_else(|| self.wanted.get(extension));
        schema.map_or("public", String::as_str)
    }

    /// A name, with a leading `@` as the prefix itself. What the prefix makes too long is cut, as PostgreSQL would.
    pub fn name(&self, name: &str) -> String {
        match name.strip_prefix('@') {
            Some(rest) => clip(&format!("{}{rest}", self.prefix.as_str()), MAX_BYTES).to_owned(),
            None => name.to_owned(),
        }
    }

    /// A name, quoted: `"name"`.
    pub(super) fn ident(&self, name: &str) -> String {
        ident(&self.name(name))
    }

    /// A name as sea-query takes it.
    pub(super) fn alias(&self, name: &str) -> Alias {
        Alias::new(self.name(name))
    }

    /// The name of an index or constraint where sea-query puts quotes around it without doubling those inside.
    pub(super) fn unescaped(&self, name: &str) -> String {
        self.name(name).replace('"', "\"\"")
    }

    /// A table as sea-query takes it.
    pub(super) fn table(&self, name: &str) -> (Alias, Alias) {
        (Alias::new(self.schema.as_str()), self.alias(name))
    }

    /// `"prefix"."name"`
    pub fn qualified(&self, name: &str) -> String {
        format!("{}.{}", ident(&self.schema), self.ident(name))
    }

    /// A table as a foreign key names it.
    pub fn table_ref(&self, table: &TableRef) -> String {
        match table.schema {
            Some(schema) => format!("{}.{}", ident(schema), ident(table.name)),
            None => self.qualified(table.name),
        }
    }

    /// `'"prefix"."name"'`: what `to_regclass` and its brothers look up.
    pub(super) fn lookup(&self, name: &str) -> String {
        literal(&self.qualified(name))
    }

    /// SQL text with its names filled in.
    pub fn sql(&self, sql: &Sql) -> String {
        let mut text = String::new();
        for piece in sql.pieces.iter() {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Call(name) => text.push_str(name),
                Piece::Ident(name) | Piece::Column { name, .. } | Piece::Qualifier(name) => {
                    text.push_str(&ident(name));
                }
                Piece::Outside { schema, name, .. } => text.push_str(&format!("{}.{}", ident(schema), ident(name))),
                // Every string literal around a name doubles the quotes in it.
                Piece::Object { name, depth } => {
                    text.push_str(&(0..*depth).fold(self.qualified(name), |name, _| name.replace('\'', "''")));
                }
            }
        }
        text
    }

    /// A literal or an expression.
    pub(super) fn value(&self, value: &Value) -> String {
        match value {
            Value::Literal(pkmig_schema::Literal::Text(text)) => literal(text),
            Value::Literal(other) => other.text().to_owned(),
            Value::Sql(sql) => self.sql(sql),
        }
    }

    /// A type, with its schema where that is not PostgreSQL's own.
    pub fn ty(&self, ty: &Type) -> String {
        self.type_in(ty, &ty.formatted())
    }

    /// A type without its modifiers: a cast to `varchar(50)` would cut what is too long.
    pub fn bare_type(&self, ty: &Type) -> String {
        self.type_in(ty, &ty.cast_name())
    }

    fn type_in(&self, ty: &Type, formatted: &str) -> String {
        match (ty.known(), ty.extension()) {
            (Some(_), None) => formatted.to_owned(),
            (_, Some(extension)) => {
                let rest = formatted.strip_prefix(ty.name).unwrap_or_default();
                format!("{}.{}{rest}", ident(self.extension_schema(extension)), ident(ty.name))
            }
            (None, None) => {
                let array = if ty.array { "[]" } else { "" };
                format!("{}{array}", self.qualified(ty.name))
            }
        }
    }

    /// `("a", lower("b") DESC)`: the keys of an index.
    pub(super) fn index_keys(&self, index: &pkmig_schema::Index) -> String {
        format!("({})", index.columns.iter().map(|column| self.index_key(column)).collect::<Vec<_>>().join(", "))
    }

    fn index_key(&self, column: &pkmig_schema::IndexColumn) -> String {
        let mut key = match &column.key {
            IndexKey::Column(name) => self.ident(name),
            IndexKey::Expression(sql) => format!("({})", self.sql(sql)),
        };
        if let Some(opclass) = column.opclass {
            key.push(' ');
            key.push_str(&match pkmig_schema::types::opclass_extension(opclass) {
                Some(extension) => format!("{}.{}", ident(self.extension_schema(extension)), ident(opclass)),
                None => ident(opclass),
            });
        }
        key.push_str(if column.descending { " DESC" } else { "" });
        // DESC puts nulls first by itself and ASC last, and PostgreSQL does not print what goes without saying.
        key.push_str(match (column.nulls, column.descending) {
            (Some(NullsOrder::First), false) => " NULLS FIRST",
            (Some(NullsOrder::Last), true) => " NULLS LAST",
            _ => "",
        });
        key
    }

    /// `EXCLUDE USING …`, whole: sea-query has no word for it. The reader has made sure that an operator is one.
    pub(super) fn exclusion(&self, exclusion: &pkmig_schema::Exclusion) -> String {
        let elements =
            exclusion.elements.iter().map(|it| format!("{} WITH {}", self.index_key(&it.column), it.operator));
        let elements = elements.collect::<Vec<_>>().join(", ");
        let predicate = exclusion.predicate.iter().map(|sql| format!(" WHERE ({})", self.sql(sql)));
        format!("EXCLUDE USING {} ({elements}){}", ident(exclusion.method), predicate.collect::<String>())
    }

    /// `CREATE INDEX`, whole: sea-query has no word for an operator class with an order, or for where nulls stand.
    pub(super) fn create_index(&self, index: &pkmig_schema::Index, name: &str, table: &str, modes: &str) -> String {
        let unique = if index.unique { "UNIQUE " } else { "" };
        let mut sql = format!("CREATE {unique}INDEX {modes}{} ON {table}", ident(name));
        if index.method != "btree" {
            let _ = write!(sql, " USING {}", ident(index.method));
        }
        let _ = write!(sql, " {}", self.index_keys(index));
        if !index.include.is_empty() {
            let _ = write!(sql, " INCLUDE ({})", self.list(&index.include));
        }
        sql.push_str(if index.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" });
        if let Some(predicate) = &index.predicate {
            let _ = write!(sql, " WHERE {}", self.sql(predicate));
        }
        sql
    }

    /// `"a", "b"`
    pub(super) fn list(&self, names: &[&str]) -> String {
        names.iter().map(|name| self.ident(name)).collect::<Vec<_>>().join(", ")
    }
}

/// A name in double quotes (manual section 4.1.1).
pub fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text within the format of a RAISE, where `%` stands for a parameter.
pub fn raised(text: &str) -> String {
    text.replace('%', "%%")
}

/// A template with texts in its places. What is put in is not looked at again: it may hold what looks like a place.
pub fn placed(template: &str, places: &[(&str, &str)]) -> String {
    let (mut text, mut rest) = (String::with_capacity(template.len()), template);
    let next = |rest: &str| {
        let found = places.iter().filter_map(|(place, filling)| Some((rest.find(place)?, place.len(), *filling)));
        found.min_by_key(|(at, ..)| *at)
    };
    while let Some((at, length, filling)) = next(rest) {
        text.push_str(&rest[..at]);
        text.push_str(filling);
        rest = &rest[at + length..];
    }
    text + rest
}

/// A text in single quotes (manual section 4.1.2). One with a backslash is written with escapes, as PostgreSQL's own
/// `quote_literal` does: that reads the same whatever `standard_conforming_strings` says. A session is asked before its
/// settings can be set, so a literal has to hold by itself.
pub fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    match quoted.contains('\\') {
        true => format!("E'{}'", quoted.replace('\\', "\\\\")),
        false => format!("'{quoted}'"),
    }
}

/// A text between dollar quotes that it does not hold itself (manual section 4.1.2.4).
pub fn dollar_quoted(text: &str, tag: &str) -> String {
    let quote = dollar_quote(text, tag);
    format!("{quote}{text}{quote}")
}

/// A dollar quote that a text does not hold.
pub(crate) fn dollar_quote(text: &str, tag: &str) -> String {
    let mut tags = std::iter::once(format!("${tag}$")).chain((1..).map(|n| format!("${tag}{n}$")));
    // OK because a text of finite length does not hold all of them.
    tags.find(|quote| !text.contains(quote.as_str())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_into_a_template_is_not_looked_at_again() {
        assert_eq!(placed("a {b} {c} {b}", &[("{b}", "{c}"), ("{c}", "{b}")]), "a {c} {b} {c}");
        assert_eq!(placed("nothing", &[("{b}", "")]), "nothing");
    }
    use pkmig_schema::List;

    fn context(prefix: &str) -> Context {
        Context::new(&Prefix::new(prefix).unwrap())
    }

    #[test]
    fn names_in_literals_are_quoted_for_each_literal_around_them() {
        let object = |depth| Sql { pieces: List::Owned(vec![Piece::Object { name: "seq", depth }]) };
        let context = context("a'b\"c");
        assert_eq!(context.sql(&object(0)), "\"a'b\"\"c\".\"seq\"");
        assert_eq!(context.sql(&object(1)), "\"a''b\"\"c\".\"seq\"");
        assert_eq!(context.sql(&object(2)), "\"a''''b\"\"c\".\"seq\"");
    }

    #[test]
    fn a_leading_at_sign_is_the_prefix_itself() {
        assert_eq!(context("acme").ident("@_index"), "\"acme_index\"");
        assert_eq!(context(&"x".repeat(63)).name("@_index"), "x".repeat(63));
    }

    #[test]
    fn types_that_are_not_postgresqls_own_carry_their_schema() {
        let of = |name| Type::plain(name);
        assert_eq!(context("acme").ty(&of("citext")), "\"public\".\"citext\"");
        assert_eq!(context("acme").ty(&of("mood")), "\"acme\".\"mood\"");
        assert_eq!(context("acme").ty(&of("text")), "text");
    }

    #[test]
    fn a_literal_holds_whatever_a_backslash_means() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("x\\'; DROP TABLE y; --"), "E'x\\\\''; DROP TABLE y; --'");
    }

    #[test]
    fn a_dollar_quote_never_stands_in_what_it_quotes() {
        assert_eq!(dollar_quoted("a", "t"), "$t$a$t$");
        assert_eq!(dollar_quoted("$t$", "t"), "$t1$$t$$t1$");
    }
}
