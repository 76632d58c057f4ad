//! What a repair says beside the statements of steps.

use std::fmt::Write as _;

use pkmig_schema::replay::Moment;
use pkmig_schema::step::{ConflictAction, Seed};
use pkmig_schema::{Constraint, ConstraintKind, Index, Name, Schema, Sql, Step};

use super::{Context, Place, lower};
use crate::ddl::{AlterTable, TableAction};

/// The statements of steps, whatever is there.
pub fn statements(moments: &[Moment], context: &Context) -> Vec<String> {
    let guarded = lower(moments, context);
    guarded.iter().flat_map(|one| &one.statements).map(|statement| statement.to_sql("")).collect()
}

/// A query that shows the rows that a step on a schema fails over.
pub fn offending(schema: &Schema, context: &Context, step: &Step) -> Option<String> {
    match step {
        Step::SetNotNull { table, column, .. } => Some(of_nulls(context, table, &[column])),
        Step::AddConstraint { table, constraint, .. } => of_constraint(context, table, constraint),
        Step::ValidateConstraint { table, constraint } => {
            of_constraint(context, table, &schema.table(table)?.constraint(constraint)?.def)
        }
        Step::CreateIndex { table, index, .. } => of_index(context, table, index),
        _ => None,
    }
}

fn of_constraint(context: &Context, table: Name, constraint: &Constraint) -> Option<String> {
    let from = context.qualified(table);
    match &constraint.kind {
        ConstraintKind::Check { expression } => {
            Some(format!("SELECT * FROM {from} WHERE NOT ({})", context.sql(expression)))
        }
        ConstraintKind::PrimaryKey { columns } | ConstraintKind::Unique { columns } => {
            Some(of_duplicates(context, table, &context.list(columns).to_string(), None))
        }
        ConstraintKind::ForeignKey { columns, table: target, references, .. } => {
            let pairs = columns
                .iter()
                .zip(references.iter())
                .map(|(column, key)| format!("parent.{} = child.{}", context.ident(key), context.ident(column)));
            let set = columns.iter().map(|column| format!("child.{} IS NOT NULL", context.ident(column)));
            let (pairs, set) = (pairs.collect::<Vec<_>>().join(" AND "), set.collect::<Vec<_>>().join(" AND "));
            let parent = context.table_ref(target);
            Some(format!(
                "SELECT * FROM {from} AS child WHERE {set} AND NOT EXISTS (SELECT FROM {parent} AS parent WHERE {pairs})"
            ))
        }
        ConstraintKind::Exclude(_) => None,
    }
}

fn of_index(context: &Context, table: Name, index: &Index) -> Option<String> {
    let keys = index.columns.iter().map(|column| context.key(column).of.to_string());
    let keys = keys.collect::<Vec<_>>().join(", ");
    index.unique.then(|| of_duplicates(context, table, &keys, index.predicate.as_ref()))
}

fn of_duplicates(context: &Context, table: Name, keys: &str, among: Option<&Sql>) -> String {
    let among = among.map_or_else(String::new, |predicate| format!(" WHERE {}", context.sql(predicate)));
    let table = context.qualified(table);
    format!("SELECT {keys}, count(*) FROM {table}{among} GROUP BY {keys} HAVING count(*) > 1")
}

fn of_nulls(context: &Context, table: Name, columns: &[Name]) -> String {
    let mut query = format!("SELECT * FROM {}", context.qualified(table));
    for (place, column) in columns.iter().enumerate() {
        let word = if place == 0 { "WHERE" } else { "OR" };
        let _ = write!(query, " {word} {} IS NULL", context.ident(column));
    }
    query
}

/// Sets a new sequence behind the numbers that its column has.
pub fn restart(context: &Context, sequence: Name, table: Name, column: Name) -> String {
    let (column, table) = (context.ident(column), context.qualified(table));
    format!("SELECT setval({}, max({column})) FROM {table} HAVING max({column}) > 0", context.lookup(sequence))
}

/// `ALTER TABLE t SET LOGGED`, or `UNLOGGED`.
pub fn set_persistence(context: &Context, table: Name, unlogged: bool) -> String {
    AlterTable { table: context.qualified(table), action: TableAction::SetLogged(!unlogged) }.to_string()
}

/// `ALTER TABLE t ENABLE TRIGGER n`, or all of them.
pub fn enable_triggers(context: &Context, table: Name, trigger: Option<Name>) -> String {
    let action = TableAction::EnableTrigger(trigger.map(|name| context.ident(name)));
    AlterTable { table: context.qualified(table), action }.to_string()
}

/// A seed that touches no row that is there.
fn additive(seed: &Seed) -> Seed {
    let mut seed = seed.clone();
    if matches!(seed.on_conflict.action, ConflictAction::DoUpdate(_)) {
        seed.on_conflict.action = ConflictAction::DoNothing;
    }
    seed
}

/// A seed's rows by their keys alone.
fn keys(seed: &Seed) -> Seed {
    let key = |place: &usize| seed.on_conflict.columns.contains(&seed.columns[*place]);
    let places: Vec<usize> = (0..seed.columns.len()).filter(key).collect();
    let columns = places.iter().map(|place| seed.columns[*place]).collect();
    let rows = seed.rows.iter().map(|row| places.iter().map(|place| row[*place].clone()).collect()).collect();
    Seed { columns, rows, ..seed.clone() }
}

/// How many of a seed's rows are not there, as an expression.
pub fn missing_rows(schema: &Schema, context: &Context, seed: &Seed) -> String {
    let place = Place { context, before: schema, after: schema, end: schema, own: None };
    let Some(table) = schema.table(seed.table) else { return "0".to_owned() };
    let keys = keys(seed);
    let (rows, missing) = (place.seeded(&keys, table).seed(), place.is_missing(&keys, table));
    format!("(WITH {rows} SELECT count(*) FROM seed WHERE {missing})")
}

/// The statement that inserts them.
pub fn insert_missing(schema: &Schema, context: &Context, seed: &Seed) -> Vec<String> {
    let place = Place { context, before: schema, after: schema, end: schema, own: None };
    place.seed(&additive(seed)).statements.iter().map(|statement| statement.to_sql("")).collect()
}
