//! Where statements run, and how the names and texts of a chain are written there.

use std::collections::BTreeMap;

use pkmig_schema::name::{MAX_BYTES, clip};
use pkmig_schema::{Constraint, ConstraintKind, Exclusion, Index, IndexColumn, IndexKey, NullsOrder};
use pkmig_schema::{Function, Name, Piece, Sql, TableRef, Type, Value};
use sea_query::Alias;

use crate::Prefix;
use crate::ddl::{
    ColumnRef, CreateIndex, Expression, Ident, Idents, IndexMethod, Key, KeyOf, Qualified, Rule, Signature,
    TableConstraint, TypeName,
};

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

    /// A name of the chain.
    pub fn ident(&self, name: &str) -> Ident {
        Ident::new(self.name(name))
    }

    /// A name as sea-query takes it.
    pub(super) fn alias(&self, name: &str) -> Alias {
        Alias::new(self.name(name))
    }

    /// A table or type as sea-query takes it.
    pub(super) fn table(&self, name: &str) -> (Alias, Alias) {
        (Alias::new(self.schema.as_str()), self.alias(name))
    }

    /// `"prefix"."name"`
    pub fn qualified(&self, name: &str) -> Qualified {
        Qualified { schema: Ident::new(&*self.schema), name: self.ident(name) }
    }

    /// A table as a foreign key names it.
    pub fn table_ref(&self, table: &TableRef) -> Qualified {
        match table.schema {
            Some(schema) => Qualified { schema: Ident::new(schema), name: Ident::new(table.name) },
            None => self.qualified(table.name),
        }
    }

    /// A column with its table.
    pub(super) fn column(&self, table: &str, column: &str) -> ColumnRef {
        ColumnRef { table: self.qualified(table), column: self.ident(column) }
    }

    /// `'"prefix"."name"'`: what `to_regclass` and its brothers look up.
    pub(super) fn lookup(&self, name: &str) -> Expression {
        Expression::literal(&self.qualified(name).to_string())
    }

    /// A name as a text.
    pub(super) fn named(&self, name: &str) -> Expression {
        Expression::literal(&self.name(name))
    }

    /// SQL text with its names filled in.
    pub fn sql(&self, sql: &Sql) -> Expression {
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
                    let name = self.qualified(name).to_string();
                    text.push_str(&(0..*depth).fold(name, |name, _| name.replace('\'', "''")));
                }
            }
        }
        Expression::new(text)
    }

    /// A literal or an expression.
    pub(super) fn value(&self, value: &Value) -> Expression {
        match value {
            Value::Literal(pkmig_schema::Literal::Text(text)) => Expression::literal(text),
            Value::Literal(other) => Expression::new(other.text()),
            Value::Sql(sql) => self.sql(sql),
        }
    }

    /// A type, with its schema where that is not PostgreSQL's own.
    pub fn ty(&self, ty: &Type) -> TypeName {
        self.type_in(ty, &ty.formatted())
    }

    /// A type without its modifiers: a cast to `varchar(50)` would cut what is too long.
    pub fn bare_type(&self, ty: &Type) -> TypeName {
        self.type_in(ty, &ty.cast_name())
    }

    fn type_in(&self, ty: &Type, formatted: &str) -> TypeName {
        TypeName::new(match (ty.known(), ty.extension()) {
            (Some(_), None) => formatted.to_owned(),
            (_, Some(extension)) => {
                let rest = formatted.strip_prefix(ty.name).unwrap_or_default();
                format!("{}.{}{rest}", ident(self.extension_schema(extension)), ident(ty.name))
            }
            (None, None) => {
                let array = if ty.array { "[]" } else { "" };
                format!("{}{array}", self.qualified(ty.name))
            }
        })
    }

    /// A function by its name and the types of its arguments.
    pub(super) fn signature<'a>(&self, name: &str, args: impl Iterator<Item = &'a Type>) -> Signature {
        Signature { name: self.qualified(name), args: args.map(|ty| self.ty(ty)).collect() }
    }

    /// The signature of a function of the model.
    pub(super) fn signature_of(&self, function: &Function) -> Signature {
        self.signature(function.name, function.args.iter().map(|arg| &arg.ty))
    }

    /// A key of an index or an exclusion constraint.
    pub(super) fn key(&self, column: &IndexColumn) -> Key {
        let of = match &column.key {
            IndexKey::Column(name) => KeyOf::Column(self.ident(name)),
            IndexKey::Expression(sql) => KeyOf::Expression(self.sql(sql)),
        };
        let opclass = column.opclass.map(|opclass| {
            let extension = pkmig_schema::types::opclass_extension(opclass);
            (extension.map(|extension| Ident::new(self.extension_schema(extension))), Ident::new(opclass))
        });
        // DESC puts nulls first by itself and ASC last, and PostgreSQL does not print what goes without saying.
        let nulls = match (column.nulls, column.descending) {
            (Some(NullsOrder::First), false) => Some("FIRST"),
            (Some(NullsOrder::Last), true) => Some("LAST"),
            _ => None,
        };
        Key { of, opclass, descending: column.descending, nulls }
    }

    fn exclusion(&self, exclusion: &Exclusion) -> Rule {
        Rule::Exclude {
            method: IndexMethod(Some(Ident::new(exclusion.method))),
            elements: exclusion.elements.iter().map(|it| (self.key(&it.column), it.operator)).collect(),
            predicate: exclusion.predicate.as_ref().map(|sql| self.sql(sql)),
        }
    }

    /// A constraint as a table declares it.
    pub(super) fn constraint(&self, constraint: &Constraint) -> TableConstraint {
        let rule = match &constraint.kind {
            ConstraintKind::PrimaryKey { columns } => Rule::PrimaryKey(self.list(columns)),
            ConstraintKind::Unique { columns } => Rule::Unique(self.list(columns)),
            ConstraintKind::Check { expression } => Rule::Check(self.sql(expression)),
            ConstraintKind::Exclude(exclusion) => self.exclusion(exclusion),
            ConstraintKind::ForeignKey { columns, table, references, on_delete, on_update } => Rule::ForeignKey {
                columns: self.list(columns),
                table: self.table_ref(table),
                references: self.list(references),
                on_delete: *on_delete,
                on_update: *on_update,
            },
        };
        TableConstraint { name: self.ident(constraint.name), rule, not_valid: !constraint.validated }
    }

    /// The statement that makes an index.
    pub(super) fn index(&self, table: Name, index: &Index) -> CreateIndex {
        CreateIndex {
            name: self.ident(index.name),
            table: self.qualified(table),
            unique: index.unique,
            concurrently: false,
            method: IndexMethod((index.method != "btree").then(|| Ident::new(index.method))),
            keys: index.columns.iter().map(|column| self.key(column)).collect(),
            include: (!index.include.is_empty()).then(|| self.list(&index.include)),
            nulls_not_distinct: index.nulls_not_distinct,
            predicate: index.predicate.as_ref().map(|predicate| self.sql(predicate)),
        }
    }

    /// `"a", "b"`
    pub(super) fn list(&self, names: &[&str]) -> Idents {
        Idents(names.iter().map(|name| self.ident(name)).collect())
    }
}

impl Expression {
    /// A text as a literal.
    pub fn literal(text: &str) -> Self {
        Self::new(literal(text))
    }

    /// A text as a literal, between dollar quotes where it holds quotes of its own.
    pub(super) fn quoted(text: &str) -> Self {
        match text.contains('\'') {
            true => Self::new(dollar_quoted(text, "rows")),
            false => Self::literal(text),
        }
    }

    /// No value.
    pub(super) fn null() -> Self {
        Self::new("NULL")
    }

    /// `ARRAY[…]`
    pub(super) fn array(elements: impl IntoIterator<Item = Self>) -> Self {
        let elements: Vec<_> = elements.into_iter().map(|element| element.to_string()).collect();
        Self::new(format!("ARRAY[{}]", elements.join(", ")))
    }
}

/// A name in double quotes (manual section 4.1.1).
pub fn ident(name: &str) -> String {
    Ident::new(name).to_string()
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
    dollar_quote_among(&[text], tag)
}

/// A dollar quote that none of these texts holds.
pub(crate) fn dollar_quote_among(texts: &[&str], tag: &str) -> String {
    let mut tags = std::iter::once(format!("${tag}$")).chain((1..).map(|n| format!("${tag}{n}$")));
    // OK because texts of finite length do not hold all of them.
    tags.find(|quote| !texts.iter().any(|text| text.contains(quote.as_str()))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    use pkmig_schema::List;

    fn context(prefix: &str) -> Context {
        Context::new(&Prefix::new(prefix).unwrap())
    }

    #[test]
    fn names_in_literals_are_quoted_for_each_literal_around_them() {
        let object = |depth| Sql { pieces: List::Owned(vec![Piece::Object { name: "seq", depth }]) };
        let context = context("a'b\"c");
        assert_eq!(context.sql(&object(0)).as_str(), "\"a'b\"\"c\".\"seq\"");
        assert_eq!(context.sql(&object(1)).as_str(), "\"a''b\"\"c\".\"seq\"");
        assert_eq!(context.sql(&object(2)).as_str(), "\"a''''b\"\"c\".\"seq\"");
    }

    #[test]
    fn a_leading_at_sign_is_the_prefix_itself() {
        assert_eq!(context("acme").ident("@_index").to_string(), "\"acme_index\"");
        assert_eq!(context(&"x".repeat(63)).name("@_index"), "x".repeat(63));
    }

    #[test]
    fn types_that_are_not_postgresqls_own_carry_their_schema() {
        let of = |name| Type::plain(name);
        assert_eq!(context("acme").ty(&of("citext")).to_string(), "\"public\".\"citext\"");
        assert_eq!(context("acme").ty(&of("mood")).to_string(), "\"acme\".\"mood\"");
        assert_eq!(context("acme").ty(&of("text")).to_string(), "text");
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
