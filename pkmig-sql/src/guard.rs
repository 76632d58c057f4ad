//! Guards: what is asked of the live database before a step is applied, and what must hold where it is not.
//!
//! Every question is anchored to the prefix and never raises: `to_regclass` and its brothers give null for what is not
//! there.

use pkmig_schema::Privilege;

use super::writer::{Context, literal};
use crate::ddl::{Expression, On, RowSecurityAction};

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
    /// A domain, where something else may have its name.
    Domain(String),
    /// A value of an enum type.
    EnumValue(String, String),
    /// An extension of the database.
    Extension(String),
    /// A function, by its qualified name and the types of its arguments.
    Function(String),
}

/// Privileges of roles on an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Privileged {
    /// The object: a schema, table or function.
    pub on: On,
    /// Each privilege with a role; `public` is everybody.
    pub pairs: Vec<(Privilege, String)>,
}

/// A question to the live database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// It is there.
    Exists(Object),
    /// It is not there.
    Missing(Object),
    /// The query of the chain returns a row.
    Returns(Expression),
    /// The query of the chain returns no row.
    ReturnsNothing(Expression),
    /// The column has this type, as `format_type` prints it.
    HasType(String, String, String),
    /// The table's constraint, if it is there, is of other columns than these, or in another order.
    IsOfOthers(String, String, Vec<String>),
    /// Row level security of the table is not as this leaves it.
    NotYet(String, RowSecurityAction),
    /// One of the roles lacks one of the privileges on an object that is there.
    Lacks(Privileged),
    /// One of the roles has one of them.
    Has(Privileged),
    /// All of these hold.
    All(Vec<Condition>),
}

impl Condition {
    /// As a boolean expression of SQL.
    pub(super) fn render(&self, context: &Context) -> Expression {
        Expression::new(match self {
            Self::Exists(object) => object.question(context).render(true),
            Self::Missing(object) => object.question(context).render(false),
            Self::Returns(query) => format!("EXISTS ({query})"),
            Self::ReturnsNothing(query) => format!("NOT EXISTS ({query})"),
            Self::HasType(table, column, ty) => format!(
                "EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass({}) AND attname = {} \
                 AND replace(regexp_replace(format_type(atttypid, atttypmod), '^(\"([^\"]|\"\")+\"|\\w+)\\.', ''), '\"', '') \
                 = {})",
                context.lookup(table),
                context.named(column),
                literal(&ty.replace('"', ""))
            ),
            Self::IsOfOthers(table, constraint, columns) => format!(
                "NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = to_regclass({}) AND conname = {} \
                 AND ARRAY(SELECT a.attname FROM unnest(conkey) WITH ORDINALITY AS k (attnum, place) \
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.attnum ORDER BY k.place) = {}::name[])",
                context.lookup(table),
                context.named(constraint),
                Expression::array(columns.iter().map(|column| context.named(column)))
            ),
            Self::NotYet(table, action) => {
                let differs = match action {
                    RowSecurityAction::Enable => "NOT relrowsecurity",
                    RowSecurityAction::Disable => "relrowsecurity",
                    RowSecurityAction::Force => "NOT relforcerowsecurity",
                    RowSecurityAction::NoForce => "relforcerowsecurity",
                };
                let lookup = context.lookup(table);
                format!("EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = to_regclass({lookup}) AND {differs})")
            }
            Self::Lacks(privileged) => privileged.question("NOT EXISTS"),
            Self::Has(privileged) => privileged.question("EXISTS"),
            Self::All(conditions) => {
                conditions.iter().map(|one| one.render(context).to_string()).collect::<Vec<_>>().join(" AND ")
            }
        })
    }
}

impl Privileged {
    /// Whether a pair is found among the privileges of the object, or is not.
    fn question(&self, found: &str) -> String {
        let pair = |(privilege, role): &(Privilege, String)| {
            format!("({}, {})", literal(&privilege.word().to_uppercase()), literal(role))
        };
        let pairs = self.pairs.iter().map(pair).collect::<Vec<_>>().join(", ");
        // Where the catalog has them, what its columns begin with, and the letter by which `acldefault` knows the kind.
        let (catalog, column, kind, lookup) = match &self.on {
            On::Schema(name) => {
                ("pg_namespace", "nsp", 'n', format!("to_regnamespace({})", literal(&name.to_string())))
            }
            On::Function(signature) => {
                ("pg_proc", "pro", 'f', format!("to_regprocedure({})", literal(&signature.to_string())))
            }
            // PostgreSQL has them for relations alone besides.
            On::Table(name)
            | On::View(name)
            | On::MaterializedView(name)
            | On::Index(name)
            | On::Constraint(_, name)
            | On::Trigger(_, name) => ("pg_class", "rel", 'r', format!("to_regclass({})", literal(&name.to_string()))),
            On::Column(column) => {
                ("pg_class", "rel", 'r', format!("to_regclass({})", literal(&column.table.to_string())))
            }
        };
        format!(
            "EXISTS (SELECT FROM pg_catalog.{catalog} AS o CROSS JOIN (VALUES {pairs}) AS w (privilege, role) WHERE o.oid = {lookup} \
             AND {found} (SELECT FROM aclexplode(coalesce(o.{column}acl, acldefault('{kind}', o.{column}owner))) AS a \
             LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee \
             WHERE a.privilege_type = w.privilege AND coalesce(r.rolname, 'public') = w.role))"
        )
    }
}

/// What is asked of the catalog about an object.
enum Question {
    /// An expression that is null where it is not there.
    Value(String),
    /// A query that gives a row where it is there.
    Row(String),
}

impl Question {
    fn render(&self, there: bool) -> String {
        match (self, there) {
            (Self::Value(value), true) => format!("{value} IS NOT NULL"),
            (Self::Value(value), false) => format!("{value} IS NULL"),
            (Self::Row(query), true) => format!("EXISTS ({query})"),
            (Self::Row(query), false) => format!("NOT EXISTS ({query})"),
        }
    }
}

impl Object {
    fn question(&self, context: &Context) -> Question {
        let relation = |name: &str| format!("to_regclass({})", context.lookup(name));
        let named = |name: &str| context.named(name);
        let of_table = |catalog: &str, table: &str, owner: &str, column: &str, name: &str| {
            let (table, name) = (relation(table), named(name));
            Question::Row(format!("SELECT FROM pg_catalog.{catalog} WHERE {owner} = {table} AND {column} = {name}"))
        };
        match self {
            Self::Relation(name) => Question::Value(relation(name)),
            Self::Table(name) => of_kind(&relation(name), "IN ('r', 'p')"),
            Self::View(name, true) => of_kind(&relation(name), "= 'm'"),
            Self::View(name, false) => of_kind(&relation(name), "= 'v'"),
            Self::Sequence(name) => of_kind(&relation(name), "= 'S'"),
            Self::Type(name) => Question::Value(format!("to_regtype({})", context.lookup(name))),
            Self::Domain(name) => Question::Row(format!(
                "SELECT FROM pg_catalog.pg_type WHERE oid = to_regtype({}) AND typtype = 'd'",
                context.lookup(name)
            )),
            Self::Function(signature) => Question::Value(format!("to_regprocedure({})", literal(signature))),
            Self::AnyIndex(name) => of_no_constraint(&format!("indexrelid = {}", relation(name))),
            Self::Index(table, name) => {
                of_no_constraint(&format!("indrelid = {} AND indexrelid = {}", relation(table), relation(name)))
            }
            Self::Column(table, column) => Question::Row(format!(
                "SELECT FROM pg_catalog.pg_attribute WHERE attrelid = {} AND attname = {} AND NOT attisdropped",
                relation(table),
                named(column)
            )),
            Self::Constraint(table, name) => of_table("pg_constraint", table, "conrelid", "conname", name),
            Self::Policy(table, name) => of_table("pg_policy", table, "polrelid", "polname", name),
            Self::Trigger(table, name) => of_table("pg_trigger", table, "tgrelid", "tgname", name),
            Self::EnumValue(name, label) => Question::Row(format!(
                "SELECT FROM pg_catalog.pg_enum WHERE enumtypid = to_regtype({}) AND enumlabel = {}",
                context.lookup(name),
                literal(label)
            )),
            Self::Extension(name) => {
                Question::Row(format!("SELECT FROM pg_catalog.pg_extension WHERE extname = {}", literal(name)))
            }
        }
    }
}

/// That an index is there which backs no constraint, by what holds for it in `pg_index`.
fn of_no_constraint(which: &str) -> Question {
    Question::Row(format!(
        "SELECT FROM pg_catalog.pg_index WHERE {which} AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint \
         WHERE conindid = indexrelid AND contype <> 'f')"
    ))
}

/// That a relation is there, of one kind (`relkind`, manual section 53.11).
fn of_kind(relation: &str, kind: &str) -> Question {
    Question::Row(format!("SELECT FROM pg_catalog.pg_class WHERE oid = {relation} AND relkind {kind}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Prefix;

    #[test]
    fn a_name_may_look_like_the_question() {
        let context = Context::new(&Prefix::default());
        let there = Object::Relation("x IS NOT NULL y".to_owned());
        let asked = |condition: Condition| condition.render(&context).to_string();
        let name = "to_regclass('\"public\".\"x IS NOT NULL y\"')";
        assert_eq!(asked(Condition::Exists(there.clone())), format!("{name} IS NOT NULL"));
        assert_eq!(asked(Condition::Missing(there)), format!("{name} IS NULL"));
    }
}
