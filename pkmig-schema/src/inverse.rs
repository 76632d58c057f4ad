//! The way back of a step, found by comparing the schema before and after it.
//!
//! Objects keep an identity through their renames, so the comparison tells a rename from a drop and an add. A step that
//! changed nothing has an empty inverse: undoing a repair never drops what an earlier version made.

use std::sync::Arc;

use crate::step::{CommentTarget, Condition, Execute, Tail};
use crate::{
    Column, ConstraintKind, GeneratorKind, Known, List, Name, Piece, Problem, Schema, Sql, Step, Table, Value,
};

/// Why a step cannot be undone.
#[derive(Debug, Clone)]
pub enum NoInverse {
    /// Nobody said how, and it cannot be derived: a mistake in the chain.
    Missing(Problem),
    /// The author said that it cannot, and why.
    Irreversible(Name),
}

/// The steps that lead from the schema `after` a step back to the one `before` it, in order.
///
/// # Errors
/// See [`NoInverse`].
pub fn inverse(step: &Step, before: &Schema, after: &Schema) -> Result<Vec<Step>, NoInverse> {
    let run = |sql: &Sql| {
        let tail = Tail::Noop("a step of a down");
        Step::Execute(Execute { sql: sql.clone(), condition: Condition::Idempotent, tail })
    };
    let raw = |tail: &Tail| match tail {
        Tail::Irreversible(why) => Err(NoInverse::Irreversible(why)),
        tail => Ok(tail.sql().map(run)),
    };
    match step {
        Step::Seed(seed) if !created_here(after, seed.table) => Ok(vec![Step::DeleteSeed(seed.clone())]),
        Step::Seed(_) | Step::DeleteSeed(_) | Step::Backfill(_) => Ok(Vec::new()),
        Step::DeleteRows(rows) => Ok(raw(&rows.tail)?.into_iter().collect()),
        Step::Execute(execute) => Ok(raw(&execute.tail)?.into_iter().collect()),
        Step::OnDown { sql } => Ok(vec![run(sql)]),
        Step::AddEnumValue { name, label, .. } => {
            let message =
                format!("add_enum_value has no way back: PostgreSQL cannot take `{label}` out of `{name}` again");
            let help = "say `irreversible(\"why\")` at the end of the version, or write its `down { … }`";
            Err(NoInverse::Missing(Problem::new(label, message).help(help)))
        }
        Step::SetType { column, down_using, .. } => {
            structural(before, after, down_using.as_ref()).map_err(|(from, to)| {
                let message = format!("set_type has no way back: {from} does not turn into {to} by itself");
                NoInverse::Missing(Problem::new(column, message).help("say how: down_using(\"…\")"))
            })
        }
        _ => Ok(structural(before, after, None).unwrap_or_default()),
    }
}

/// Whether the version that is being applied made this table: its down drops it, so nothing in it needs undoing.
fn created_here(schema: &Schema, table: Name) -> bool {
    schema.table(table).is_some_and(|table| table.since == schema.version)
}

/// The steps from `after` to `before`, by the order in which they can be run.
#[derive(Default)]
struct Way {
    drops: Vec<Step>,
    renames: Vec<Step>,
    creates: Vec<Step>,
    alters: Vec<Step>,
    keys: Vec<Step>,
    foreign_keys: Vec<Step>,
}

/// # Errors
/// The two types (from, to) of a column that does not turn back by itself.
fn structural(before: &Schema, after: &Schema, down_using: Option<&Sql>) -> Result<Vec<Step>, (String, String)> {
    let mut way = Way::default();
    types_and_functions(before, after, &mut way);
    for table in after.tables().filter(|table| before.table_by_id(table.id).is_none()) {
        way.drops.push(Step::DropTable { table: table.name, if_exists: false, cascade: false });
    }
    for (name, was) in &before.tables {
        let unchanged = after.tables.get(name).is_some_and(|now| Arc::ptr_eq(was, now));
        match after.table_by_id(was.id) {
            _ if unchanged => {}
            Some(now) => changed_table(was, now, after, down_using, &mut way)?,
            None => way.creates.push(Step::CreateTable { def: was.definition(), if_not_exists: false }),
        }
    }
    let Way { drops, renames, creates, alters, keys, foreign_keys } = way;
    Ok([drops, renames, creates, alters, keys, foreign_keys].into_iter().flatten().collect())
}

fn types_and_functions(before: &Schema, after: &Schema, way: &mut Way) {
    for name in after.enums.keys().filter(|name| !before.enums.contains_key(*name)) {
        way.drops.push(Step::DropEnum { name });
    }
    for (_, known) in before.enums.iter().filter(|(name, _)| !after.enums.contains_key(*name)) {
        way.creates.push(Step::CreateEnum { def: known.def.clone() });
    }
    for (name, known) in after.functions.iter().filter(|(name, _)| !before.functions.contains_key(*name)) {
        let args = known.def.args.iter().map(|arg| arg.ty.clone()).collect();
        way.drops.push(Step::DropFunction { name, args, if_exists: false });
    }
    for (name, known) in &before.functions {
        if after.functions.get(name).is_none_or(|now| now.def != known.def) {
            let replace = after.functions.contains_key(name);
            way.creates.push(Step::CreateFunction { def: known.def.clone(), replace });
        }
    }
    let serial = |schema: &Schema, sequence: Name| {
        let owns = |column: &Known<Column>| column.def.generator.as_ref().is_some_and(|g| g.sequence == sequence);
        schema.tables().any(|table| table.columns.iter().any(owns))
    };
    for name in after.sequences.keys().filter(|name| !before.sequences.contains_key(*name)) {
        if !serial(before, name) {
            way.drops.push(Step::DropSequence { name, if_exists: false });
        }
    }
    for (_, known) in before.sequences.iter().filter(|(name, _)| !after.sequences.contains_key(*name)) {
        way.creates.push(Step::CreateSequence { def: known.def.clone() });
    }
}

fn changed_table(
    was: &Table,
    now: &Table,
    after: &Schema,
    down_using: Option<&Sql>,
    way: &mut Way,
) -> Result<(), (String, String)> {
    let table = was.name;
    if was.name != now.name {
        way.renames.push(Step::RenameTable { from: now.name, to: was.name, if_exists: false });
    }
    if now.since == after.version {
        return Ok(());
    }
    if was.comment != now.comment {
        way.alters.push(Step::CommentOn { target: CommentTarget::Table(table), text: was.comment });
    }
    columns(was, now, down_using, way)?;
    constraints(was, now, way);
    indexes(was, now, way);
    Ok(())
}

/// The pairs of objects that are the same, and the ones that only one side has.
fn match_up<'a, T>(was: &'a [Known<T>], now: &'a [Known<T>]) -> Matched<'a, T> {
    let find = |list: &'a [Known<T>], id| list.iter().find(move |known| known.id == id);
    Matched {
        kept: was.iter().filter_map(|old| Some((&old.def, &find(now, old.id)?.def))).collect(),
        gone: was.iter().filter(|old| find(now, old.id).is_none()).map(|old| &old.def).collect(),
        new: now.iter().filter(|new| find(was, new.id).is_none()).map(|new| &new.def).collect(),
    }
}

struct Matched<'a, T> {
    kept: Vec<(&'a T, &'a T)>,
    gone: Vec<&'a T>,
    new: Vec<&'a T>,
}

fn columns(was: &Table, now: &Table, down_using: Option<&Sql>, way: &mut Way) -> Result<(), (String, String)> {
    let table = was.name;
    let matched = match_up(&was.columns, &now.columns);
    for column in matched.new {
        way.drops.push(Step::DropColumn { table: now.name, column: column.name, if_exists: false, cascade: false });
    }
    for column in matched.gone {
        let column = column.clone();
        way.creates.push(Step::AddColumn { table, column, constraints: List::Borrowed(&[]), if_not_exists: false });
    }
    for (was, now) in matched.kept {
        let column = was.name;
        if was.name != now.name {
            way.renames.push(Step::RenameColumn { table, from: now.name, to: was.name, if_exists: false });
        }
        if was.ty != now.ty {
            if down_using.is_none() && !now.ty.casts_to(&was.ty) {
                return Err((now.ty.formatted(), was.ty.formatted()));
            }
            let (ty, using) = (was.ty.clone(), down_using.cloned());
            way.alters.push(Step::SetType { table, column, ty, using, down_using: None });
        }
        let serial = was.generator.as_ref().filter(|generator| generator.kind == GeneratorKind::Serial);
        if was.default != now.default || was.generator != now.generator {
            way.alters.push(match (serial, &was.default) {
                (Some(generator), _) => Step::SetDefault { table, column, value: next_value(generator.sequence) },
                (None, Some(value)) => Step::SetDefault { table, column, value: value.clone() },
                (None, None) => Step::DropDefault { table, column },
            });
        }
        match (was.not_null, now.not_null) {
            (true, false) => way.alters.push(Step::SetNotNull { table, column, if_exists: false }),
            // A primary key that goes leaves its columns not_null: this runs after it went.
            (false, true) => way.alters.push(Step::DropNotNull { table, column, if_exists: false }),
            _ => {}
        }
        if was.comment != now.comment {
            way.alters.push(Step::CommentOn { target: CommentTarget::Column(table, column), text: was.comment });
        }
    }
    Ok(())
}

/// The default of a serial column.
pub fn next_value(sequence: Name) -> Value {
    let pieces =
        vec![Piece::Text("nextval('"), Piece::Object { name: sequence, depth: 1 }, Piece::Text("'::regclass)")];
    Value::Sql(Sql { pieces: List::Owned(pieces) })
}

fn constraints(was: &Table, now: &Table, way: &mut Way) {
    let table = was.name;
    let dropped_column = |column: &Name| {
        let known = now.column(column);
        known.is_some_and(|known| !was.columns.iter().any(|old| old.id == known.id))
    };
    let matched = match_up(&was.constraints, &now.constraints);
    for constraint in matched.new {
        // A constraint on a column that goes, goes with it.
        if now.column_names().any(|column| dropped_column(&column) && constraint.kind.uses(column)) {
            continue;
        }
        let (table, constraint) = (now.name, constraint.name);
        way.drops.push(Step::DropConstraint { table, constraint, if_exists: false, cascade: false });
    }
    for constraint in matched.gone {
        let steps = match constraint.kind {
            ConstraintKind::ForeignKey { .. } => &mut way.foreign_keys,
            _ => &mut way.keys,
        };
        steps.push(Step::AddConstraint { table, constraint: constraint.clone(), if_not_exists: false });
    }
    for (was, now) in matched.kept {
        if was.name != now.name {
            way.renames.push(Step::RenameConstraint { table, from: now.name, to: was.name });
        }
        if was.validated != now.validated {
            let drop = Step::DropConstraint { table, constraint: was.name, if_exists: false, cascade: false };
            let add = Step::AddConstraint { table, constraint: was.clone(), if_not_exists: false };
            way.alters.extend([drop, add]);
        }
        if was.comment != now.comment {
            let target = CommentTarget::Constraint(table, was.name);
            way.alters.push(Step::CommentOn { target, text: was.comment });
        }
    }
}

fn indexes(was: &Table, now: &Table, way: &mut Way) {
    let table = was.name;
    let kept = |id| was.columns.iter().any(|column| column.id == id);
    let gone: Vec<_> = now.columns.iter().filter(|column| !kept(column.id)).map(|column| column.def.name).collect();
    let matched = match_up(&was.indexes, &now.indexes);
    for index in matched.new {
        if !gone.iter().any(|column| index.uses(column)) {
            way.drops.push(Step::DropIndex { index: index.name, if_exists: false });
        }
    }
    for index in matched.gone {
        way.keys.push(Step::CreateIndex { table, index: index.clone(), concurrently: false, if_not_exists: false });
    }
    for (was, now) in matched.kept {
        if was.name != now.name {
            way.renames.push(Step::RenameIndex { from: now.name, to: was.name, if_exists: false });
        }
        if was.comment != now.comment {
            way.alters.push(Step::CommentOn { target: CommentTarget::Index(was.name), text: was.comment });
        }
    }
}
