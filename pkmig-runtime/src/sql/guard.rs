//! Guards: what is asked of the live database before a step is applied, and what must hold where it is not.
//!
//! Every question is anchored to the prefix and never raises: `to_regclass` and its brothers give null for what is not
//! there.

use super::writer::{Context, literal};

/// An object that may be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// A table, index, sequence or view.
    Relation(String),
    /// A table, where something else may have its name.
    Table(String),
    /// A column of a table.
    Column(String, String),
    /// An index of a table that backs no constraint.
    Index(String, String),
    /// An index that backs no constraint, of whatever table.
    AnyIndex(String),
    /// A constraint of a table.
    Constraint(String, String),
    /// A policy of a table.
    Policy(String, String),
    /// A view, materialized or not.
    View(String, bool),
    /// A sequence, where something else may have its name.
    Sequence(String),
    /// A trigger of a table or view.
    Trigger(String, String),
    /// A type.
    Type(String),
    /// A value of an enum type.
    EnumValue(String, String),
    /// An extension of the database.
    Extension(String),
    /// A function, by its qualified name and the types of its arguments.
    Function(String),
}

/// A question to the live database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// It is there.
    Exists(Object),
    /// It is not there.
    Missing(Object),
    /// The query returns a row.
    Returns(String),
    /// The query returns no row.
    ReturnsNothing(String),
    /// The column has this type, as `format_type` prints it.
    HasType(String, String, String),
    /// All of these hold.
    All(Vec<Condition>),
}

impl Condition {
    /// As a boolean expression of SQL.
    pub(super) fn render(&self, context: &Context) -> String {
        match self {
            Self::Exists(object) => object.exists(context),
            Self::Missing(object @ (Object::Relation(_) | Object::Type(_))) => {
                object.exists(context).replace(" IS NOT NULL", " IS NULL")
            }
            Self::Missing(object) => format!("NOT {}", object.exists(context)),
            Self::Returns(query) => format!("EXISTS ({query})"),
            Self::ReturnsNothing(query) => format!("NOT EXISTS ({query})"),
            Self::HasType(table, column, ty) => format!(
                "EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass({}) AND attname = {} \
                 AND replace(regexp_replace(format_type(atttypid, atttypmod), '^(\"([^\"]|\"\")+\"|\\w+)\\.', ''), '\"', '') \
                 = {})",
                context.lookup(table),
                literal(&context.name(column)),
                literal(&ty.replace('"', ""))
            ),
            Self::All(conditions) => conditions.iter().map(|one| one.render(context)).collect::<Vec<_>>().join(" AND "),
        }
    }
}

impl Object {
    fn exists(&self, context: &Context) -> String {
        match self {
            Self::Relation(name) => format!("to_regclass({}) IS NOT NULL", context.lookup(name)),
            Self::Table(name) => of_kind(context, name, "IN ('r', 'p')"),
            Self::AnyIndex(name) => of_no_constraint(&format!("indexrelid = to_regclass({})", context.lookup(name))),
            Self::Type(name) => format!("to_regtype({}) IS NOT NULL", context.lookup(name)),
            Self::Column(table, column) => format!(
                "EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass({}) AND attname = {} \
                 AND NOT attisdropped)",
                context.lookup(table),
                literal(&context.name(column))
            ),
            Self::Index(table, name) => of_no_constraint(&format!(
                "indrelid = to_regclass({}) AND indexrelid = to_regclass({})",
                context.lookup(table),
                context.lookup(name)
            )),
            Self::Constraint(table, name) => format!(
                "EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass({}) AND conname = {})",
                context.lookup(table),
                literal(&context.name(name))
            ),
            Self::Policy(table, name) => format!(
                "EXISTS (SELECT FROM pg_catalog.pg_policy WHERE polrelid = to_regclass({}) AND polname = {})",
                context.lookup(table),
                literal(&context.name(name))
            ),
            Self::View(name, materialized) => of_kind(context, name, if *materialized { "= 'm'" } else { "= 'v'" }),
            Self::Sequence(name) => of_kind(context, name, "= 'S'"),
            Self::Trigger(table, name) => format!(
                "EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = to_regclass({}) AND tgname = {})",
                context.lookup(table),
                literal(&context.name(name))
            ),
            Self::EnumValue(name, label) => format!(
                "EXISTS (SELECT FROM pg_catalog.pg_enum WHERE enumtypid = to_regtype({}) AND enumlabel = {})",
                context.lookup(name),
                literal(label)
            ),
            Self::Function(signature) => format!("to_regprocedure({}) IS NOT NULL", literal(signature)),
            Self::Extension(name) => {
                format!("EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = {})", literal(name))
            }
        }
    }
}

/// That an index is there which backs no constraint, by what holds for it in `pg_index`.
fn of_no_constraint(which: &str) -> String {
    format!(
        "EXISTS (SELECT FROM pg_catalog.pg_index WHERE {which} AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint \
         WHERE conindid = indexrelid AND contype <> 'f'))"
    )
}

/// That a relation is there, of one kind (`relkind`, manual section 53.11).
fn of_kind(context: &Context, name: &str, kind: &str) -> String {
    let name = context.lookup(name);
    format!("EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = to_regclass({name}) AND relkind {kind})")
}
