//! The way back of a step, found by comparing the schema before and after it.
//!
//! Objects keep an identity through their renames, so the comparison tells a rename from a drop and an add. A step that
//! changed nothing has an empty inverse: undoing a repair never drops what an earlier version made.

mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::step::{Condition, Execute, Tail, lacks_default};
use crate::{
    Column, Constraint, ConstraintKind, Function, GeneratorKind, Grant, Known, List, Name, ObjectKind, ObjectRef,
    Piece, Policy, Privilege, Privileges, Problem, RowSecurity, Schema, Sql, Step, Table, Value,
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
        let tail = Tail::OF_A_DOWN;
        Step::Execute(Execute { sql: sql.clone(), condition: Condition::Idempotent, on_fresh: None, tail })
    };
    let raw = |tail: &Tail| match tail {
        Tail::Irreversible(why) => Err(NoInverse::Irreversible(why)),
        tail => Ok(tail.sql().map(run)),
    };
    match step {
        Step::Seed(seed) if seed.kept.is_none() && !created_here(after, seed.table) => {
            Ok(vec![Step::DeleteSeed(seed.clone())])
        }
        Step::Seed(_) | Step::DeleteSeed(_) | Step::Backfill(_) => Ok(Vec::new()),
        Step::DeleteRows(rows) => Ok(raw(&rows.tail)?.into_iter().collect()),
        Step::Execute(execute) => Ok(raw(&execute.tail)?.into_iter().collect()),
        Step::RenameValue(values) => Ok(vec![Step::RenameValue(values.inverse())]),
        Step::OnDown { step } => Ok(vec![Step::clone(step)]),
        // The enum goes altogether.
        Step::AddEnumValue { name, .. } if before.created_here(before.enums.get(name)) => Ok(Vec::new()),
        Step::AddEnumValue { name, label, .. } => {
            let message =
                format!("add_enum_value cannot be reverted: PostgreSQL cannot remove `{label}` from `{name}`");
            let help = "add `irreversible(\"why\")` at the end of the version, or write its `down { … }`";
            Err(NoInverse::Missing(Problem::new(label, message).help(help)))
        }
        Step::SetType { column, down_using, .. } => {
            structural(before, after, down_using.as_ref()).map_err(|(from, to)| {
                let message = format!("set_type cannot be reverted: {from} has no automatic cast to {to}");
                NoInverse::Missing(Problem::new(column, message).help("add down_using(\"…\")"))
            })
        }
        Step::CreatePolicy { table, policy, replace: true } => {
            let known = |schema: &Schema| schema.table(table)?.policy(policy.name).map(|known| known.def.clone());
            let was = known(before).filter(|was| known(after).as_ref() != Some(was));
            Ok(was.map(|policy| Step::CreatePolicy { table, policy, replace: true }).into_iter().collect())
        }
        // A replaced view is told from the old one by its query, which renames change as well.
        Step::CreateView { def, replace: true } => {
            let mut after = after.clone();
            let id = after.new_id();
            after.views.get_mut(def.name).into_iter().for_each(|known| known.id = id);
            Ok(structural(before, &after, None).unwrap_or_default())
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
    /// Sequences that a column owns: it has to be there before them.
    owned: Vec<Step>,
    alters: Vec<Step>,
    keys: Vec<Step>,
    foreign_keys: Vec<Step>,
    /// They may speak of anything.
    policies: Vec<Step>,
    triggers: Vec<Step>,
    views: Vec<Step>,
    privileges: Vec<Step>,
}

/// # Errors
/// The two types (from, to) of a column that does not turn back by itself.
pub(crate) fn structural(
    before: &Schema,
    after: &Schema,
    down_using: Option<&Sql>,
) -> Result<Vec<Step>, (String, String)> {
    let mut way = Way::default();
    view::inverse(before, after, &mut way);
    types_and_functions(before, after, &mut way);
    sequences(before, after, &mut way);
    privileges(&Grant::on(ObjectRef::schema()), &before.privileges, &after.privileges, &mut way);
    for table in after.tables().filter(|table| before.same_table(table.name, table.id).is_none()) {
        way.drops.push(Step::DropTable { table: table.name, if_exists: false, cascade: false });
    }
    let mut dropped = Vec::new();
    for (name, was) in before.tables.iter() {
        if after.tables.get(name).is_some_and(|now| Arc::ptr_eq(was, now)) {
            continue;
        }
        match after.same_table(name, was.id) {
            Some(now) => changed_table(was, now, down_using, &mut way)?,
            None => dropped.push(was.as_ref()),
        }
    }
    // A table mostly references older ones.
    dropped.sort_by_key(|table| table.id);
    for place in 0..dropped.len() {
        dropped_table(&dropped[place..], &mut way);
    }
    let Way { drops, renames, creates, owned, alters, keys, foreign_keys, policies, triggers, views, privileges } = way;
    let ordered = [drops, renames, creates, owned, alters, keys, foreign_keys, views, policies, triggers, privileges];
    Ok(ordered.into_iter().flatten().collect())
}

fn types_and_functions(before: &Schema, after: &Schema, way: &mut Way) {
    for name in after.enums.keys().filter(|name| !before.enums.contains_key(*name)) {
        way.drops.push(Step::DropEnum { name });
    }
    for (_, known) in before.enums.iter().filter(|(name, _)| !after.enums.contains_key(*name)) {
        way.creates.push(Step::CreateEnum { def: known.def.clone() });
    }
    for name in after.domains.keys().filter(|name| !before.domains.contains_key(*name)) {
        way.drops.push(Step::DropDomain { name });
    }
    let new = after.functions.iter().filter(|(name, _)| !before.functions.contains_key(*name));
    way.drops.extend(new.map(|(_, known)| drop_function(&known.def)));
    // The default of an argument may call an older function.
    let mut functions: Vec<_> = before.functions.iter().collect();
    functions.sort_by_key(|(_, known)| known.id);
    // A domain may call a function that is older than it, and be a type of a younger one.
    let domains = before.domains.values().filter(|known| !after.domains.contains_key(known.def.name));
    let mut made: Vec<_> = domains.map(|known| (known.id, Step::CreateDomain { def: known.def.clone() })).collect();
    for (name, known) in functions {
        let now = after.functions.get(name);
        // PostgreSQL takes no default away: the function is dropped, and its comment with it.
        let anew = now.filter(|now| lacks_default(&now.def, &known.def));
        way.drops.extend(anew.map(|now| drop_function(&now.def)));
        if now.is_none_or(|now| now.def != known.def) {
            let replace = now.is_some() && anew.is_none();
            made.push((known.id, Step::CreateFunction { def: known.def.clone(), replace }));
        }
        let text = before.function_comments.get(name).copied();
        if text != after.function_comments.get(name).copied().filter(|_| anew.is_none()) {
            way.alters.push(Step::CommentOn { target: ObjectRef::new(ObjectKind::Function, name), text });
        }
        let none = Privileges::new();
        let was = before.function_privileges.get(name).unwrap_or(&none);
        let kept = after.function_privileges.get(name).filter(|_| anew.is_none());
        let new = Privilege::by_default(ObjectKind::Function);
        privileges(&Grant::on_function(&known.def), was, kept.unwrap_or(&new), way);
    }
    made.sort_by_key(|(id, _)| *id);
    way.creates.extend(made.into_iter().map(|(_, step)| step));
}

fn drop_function(def: &Function) -> Step {
    let args = def.args.iter().map(|arg| arg.ty.clone()).collect();
    Step::DropFunction { name: def.name, args, if_exists: false }
}

/// Those that stand by themselves: one that fills a column comes and goes with the column's default.
fn sequences(before: &Schema, after: &Schema, way: &mut Way) {
    let fills = |schema: &Schema, sequence: Name| {
        let owns = |column: &Known<Column>| column.def.generator.as_ref().is_some_and(|g| g.sequence == sequence);
        schema.tables().any(|table| table.columns.iter().any(owns))
    };
    let gone = |name: &Name, from: &Schema| !from.sequences.contains_key(name) && !fills(from, name);
    for name in after.sequences.keys().filter(|name| gone(name, before)) {
        way.drops.push(Step::DropSequence { name, if_exists: false });
    }
    for (_, known) in before.sequences.iter().filter(|(name, _)| gone(name, after)) {
        let steps = if known.def.owned_by.is_some() { &mut way.owned } else { &mut way.creates };
        steps.push(Step::CreateSequence { def: known.def.clone() });
    }
}

impl Way {
    /// Whether the expression names a sequence that may be created only after the column, by itself or with one of the
    /// `tables` that are still to come.
    fn too_early(&self, value: &Value, tables: &[&Table]) -> bool {
        let Value::Sql(sql) = value else { return false };
        let owned =
            |name| self.owned.iter().any(|step| matches!(step, Step::CreateSequence { def } if def.name == name));
        let fills = |name| {
            let mut columns = tables.iter().flat_map(|table| &table.columns);
            columns.any(|known| known.def.generator.as_ref().is_some_and(|generator| generator.sequence == name))
        };
        sql.objects().any(|name| owned(name) || fills(name))
    }

    /// A column as it can be created now, where these `tables` are still to come; so may be what its default draws from.
    fn restored(&mut self, table: Name, column: &Column, tables: &[&Table]) -> Column {
        let mut column = column.clone();
        if let Some(value) = column.default.take_if(|value| self.too_early(value, tables)) {
            self.alters.push(Step::SetDefault { table, column: column.name, value });
        }
        column
    }
}

/// The first of these tables as it is created again, before the others.
fn dropped_table(tables: &[&Table], way: &mut Way) {
    let Some((was, ahead)) = tables.split_first() else { return };
    let mut def = was.definition();
    let table = def.name;
    privileges(&Grant::on(ObjectRef::new(ObjectKind::Table, table)), &was.privileges, &Privileges::new(), way);
    def.columns = was.columns.iter().map(|column| way.restored(table, &column.def, tables)).collect();
    // A policy may speak of a table or view that comes later.
    let is_view = |step: &Step, name| matches!(step, Step::CreateView { def, .. } if def.name == name);
    let views = &way.views;
    let comes_later =
        |name| ahead.iter().any(|table| table.name == name) || views.iter().any(|step| is_view(step, name));
    let speaks_ahead = |policy: &Policy| policy.expressions().flat_map(Sql::objects).any(comes_later);
    let (later, policies) = was.policies.iter().map(|known| known.def.clone()).partition(speaks_ahead);
    def.policies = List::<Policy>::Owned(policies);
    way.policies.extend(Vec::into_iter(later).map(|policy| Step::CreatePolicy { table, policy, replace: false }));
    // `CREATE TABLE` has no place for a constraint that is not valid, nor for a foreign key to what comes later.
    let points_ahead = |constraint: &Constraint| match constraint.kind {
        ConstraintKind::ForeignKey { table: target, .. } => ahead.iter().any(|table| target.is(table.name)),
        _ => false,
    };
    let later = |constraint: &Constraint| {
        !constraint.validated
            || rests_on_own_index(was, constraint)
            || points_ahead(constraint)
            || is_left_out(was, constraint)
    };
    let (others, constraints) = was.constraints.iter().map(|known| known.def.clone()).partition(later);
    def.constraints = List::<Constraint>::Owned(constraints);
    way.creates.push(Step::CreateTable { def, if_not_exists: false });
    way.foreign_keys.extend(Vec::into_iter(others).map(|constraint| Step::AddConstraint {
        table,
        constraint,
        if_not_exists: false,
    }));
}

/// Whether `CREATE TABLE` would leave it out, because another key is on the very same columns: the primary key, or the
/// first of them.
fn is_left_out(table: &Table, constraint: &Constraint) -> bool {
    let is_primary = |kind: &ConstraintKind| matches!(kind, ConstraintKind::PrimaryKey { .. });
    let mut same =
        table.constraints.iter().map(|known| &known.def).filter(|other| other.kind.has_same_index(&constraint.kind));
    let kept = same.clone().find(|other| is_primary(&other.kind)).or_else(|| same.next());
    kept.is_some_and(|kept| kept.name != constraint.name)
}

fn rests_on_own_index(table: &Table, constraint: &Constraint) -> bool {
    match &constraint.kind {
        ConstraintKind::ForeignKey { table: target, references, .. } => {
            target.is(table.name) && !table.constraints.iter().any(|known| known.def.kind.key() == Some(references))
        }
        _ => false,
    }
}

fn changed_table(was: &Table, now: &Table, down_using: Option<&Sql>, way: &mut Way) -> Result<(), (String, String)> {
    let table = was.name;
    if was.name != now.name {
        way.renames.push(Step::RenameTable { from: now.name, to: was.name, if_exists: false });
    }
    if was.comment != now.comment {
        way.alters.push(Step::CommentOn { target: ObjectRef::new(ObjectKind::Table, table), text: was.comment });
    }
    privileges(&Grant::on(ObjectRef::new(ObjectKind::Table, table)), &was.privileges, &now.privileges, way);
    policies(was, now, way);
    row_security(table, was.row_security, now.row_security, way);
    columns(was, now, down_using, way)?;
    constraints(was, now, way);
    indexes(was, now, way);
    triggers(was, now, way);
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
    // What another column is generated from comes before it.
    let (generated, plain): (Vec<_>, Vec<_>) = matched.gone.into_iter().partition(|column| column.generated.is_some());
    for column in plain.into_iter().chain(generated) {
        let column = way.restored(table, column, &[]);
        way.creates.push(Step::AddColumn { table, column, constraints: List::Borrowed(&[]), if_not_exists: false });
    }
    for (was, now) in matched.kept {
        let column = was.name;
        if was.name != now.name {
            way.renames.push(Step::RenameColumn { table, from: now.name, to: was.name, if_exists: false });
        }
        if (&was.ty, was.collation) != (&now.ty, now.collation) {
            if down_using.is_none() && !now.ty.casts_to(&was.ty) {
                return Err((now.ty.formatted(), was.ty.formatted()));
            }
            let (ty, using) = (was.ty.clone(), down_using.cloned());
            let collation = was.collation.or(now.collation.and(Some("default"))).filter(|_| ty.is_collatable());
            way.alters.push(Step::SetType { table, column, ty, collation, using, down_using: None });
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
            way.alters.push(Step::CommentOn {
                target: ObjectRef::part(ObjectKind::Column, table, column),
                text: was.comment,
            });
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
            let target = ObjectRef::part(ObjectKind::Constraint, table, was.name);
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
            way.alters.push(Step::CommentOn { target: ObjectRef::new(ObjectKind::Index, was.name), text: was.comment });
        }
    }
}

fn privileges(on: &Grant, was: &Privileges, now: &Privileges, way: &mut Way) {
    let by_role = |all: Vec<&(Privilege, Name)>| {
        let mut roles: BTreeMap<Name, Vec<Privilege>> = BTreeMap::new();
        all.into_iter().for_each(|(privilege, role)| roles.entry(role).or_default().push(*privilege));
        let of = |(role, privileges): (Name, Vec<Privilege>)| Grant {
            privileges: privileges.into(),
            roles: vec![role].into(),
            ..on.clone()
        };
        roles.into_iter().map(of).collect::<Vec<_>>()
    };
    way.privileges.extend(by_role(now.difference(was).collect()).into_iter().map(Step::Revoke));
    way.privileges.extend(by_role(was.difference(now).collect()).into_iter().map(Step::Grant));
}

fn row_security(table: Name, was: RowSecurity, now: RowSecurity, way: &mut Way) {
    match (was.enabled, now.enabled) {
        (true, false) => way.alters.push(Step::EnableRowLevelSecurity { table }),
        (false, true) => way.alters.push(Step::DisableRowLevelSecurity { table }),
        _ => {}
    }
    match (was.forced, now.forced) {
        (true, false) => way.alters.push(Step::ForceRowLevelSecurity { table }),
        (false, true) => way.alters.push(Step::NoForceRowLevelSecurity { table }),
        _ => {}
    }
}

/// Their expressions follow the renames of what they name by themselves.
fn policies(was: &Table, now: &Table, way: &mut Way) {
    let matched = match_up(&was.policies, &now.policies);
    for policy in matched.new {
        way.drops.push(Step::DropPolicy { table: now.name, policy: policy.name, if_exists: false });
    }
    let create = |policy: &Policy| Step::CreatePolicy { table: was.name, policy: policy.clone(), replace: false };
    way.policies.extend(matched.gone.into_iter().map(create));
    for (old, new) in matched.kept.into_iter().filter(|(old, new)| old.name != new.name) {
        way.renames.push(Step::RenamePolicy { table: was.name, from: new.name, to: old.name });
    }
}

fn triggers(was: &Table, now: &Table, way: &mut Way) {
    let table = was.name;
    let matched = match_up(&was.triggers, &now.triggers);
    for trigger in matched.new {
        way.drops.push(Step::DropTrigger { table: now.name, trigger: trigger.name, if_exists: false });
    }
    for trigger in matched.gone {
        way.triggers.push(Step::CreateTrigger { table, trigger: trigger.clone() });
    }
    for (was, now) in matched.kept {
        if was.comment != now.comment {
            let target = ObjectRef::part(ObjectKind::Trigger, table, was.name);
            way.alters.push(Step::CommentOn { target, text: was.comment });
        }
    }
}
