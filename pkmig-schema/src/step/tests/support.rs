//! Steps in few words, and schemas to try them on.

use crate::down::inverse::{NoInverse, inverse};
use crate::name::{UNNAMED, intern};
use crate::{
    Class, Column, Constraint, ConstraintKind, Exclusion, ExclusionElement, Generator, GeneratorKind, Index,
    IndexColumn, IndexKey, List, Literal, Name, ObjectRef, Piece, Problem, ReferentialAction, Report, RowSecurity,
    Schema, Sequence, Sql, Step, TableDef, TableRef, Type, Value, Version,
};

/// `varchar(50)`, `numeric(12,2)`, `text[]`.
pub(super) fn ty(text: Name) -> Type {
    let (word, array) = text.strip_suffix("[]").map_or((text, false), |word| (word, true));
    let (name, modifiers) = word.split_once('(').unwrap_or((word, ""));
    let modifiers = modifiers.trim_end_matches(')').split(',').filter(|text| !text.is_empty());
    Type { name, modifiers: modifiers.collect(), array }
}

/// SQL text in which a column stands in brackets: `[a] > 0 and @.f([b])`.
pub(super) fn sql(text: Name) -> Sql {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['[', '@']) {
        pieces.push(Piece::Text(&rest[..at]));
        let is_column = rest[at..].starts_with('[');
        let name = &rest[at + if is_column { 1 } else { 2 }..];
        let length = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
        let (name, after) = name.split_at(length);
        pieces.push(if is_column { Piece::Ident(name) } else { Piece::Object { name, depth: 0 } });
        rest = if is_column { &after[1..] } else { after };
    }
    pieces.push(Piece::Text(rest));
    pieces.retain(|piece| *piece != Piece::Text(""));
    Sql { pieces: pieces.into() }
}

pub(super) fn col(name: Name, type_: Name) -> Column {
    Column {
        name,
        ty: ty(type_),
        not_null: false,
        default: None,
        generated: None,
        generator: None,
        collation: None,
        comment: None,
    }
}

pub(super) fn not_null(column: Column) -> Column {
    Column { not_null: true, ..column }
}

pub(super) fn default(column: Column, value: Value) -> Column {
    Column { default: Some(value), ..column }
}

pub(super) fn generated(column: Column, expression: Name) -> Column {
    Column { generated: Some(sql(expression)), ..column }
}

fn filled(column: Column, kind: GeneratorKind) -> Column {
    Column { not_null: true, generator: Some(Generator { kind, sequence: UNNAMED }), ..column }
}

pub(super) fn bigserial(name: Name) -> Column {
    filled(col(name, "bigint"), GeneratorKind::Serial)
}

pub(super) fn identity(name: Name) -> Column {
    filled(col(name, "bigint"), GeneratorKind::Always)
}

pub(super) fn text(text: Name) -> Value {
    Value::Literal(Literal::Text(text))
}

pub(super) fn number(text: Name) -> Value {
    Value::Literal(Literal::Number(text))
}

pub(super) fn null() -> Value {
    Value::Literal(Literal::Null("null"))
}

pub(super) fn expression(text: Name) -> Value {
    Value::Sql(sql(text))
}

fn constraint(kind: ConstraintKind) -> Constraint {
    Constraint { name: UNNAMED, kind, validated: true, comment: None }
}

pub(super) fn pk(columns: &[Name]) -> Constraint {
    constraint(ConstraintKind::PrimaryKey { columns: columns.to_vec().into() })
}

pub(super) fn unique(columns: &[Name]) -> Constraint {
    constraint(ConstraintKind::Unique { columns: columns.to_vec().into() })
}

pub(super) fn check(expression: Name) -> Constraint {
    constraint(ConstraintKind::Check { expression: sql(expression) })
}

/// An exclusion of equal keys; a key that holds a bracket or a parenthesis is an expression.
pub(super) fn exclude(keys: &[Name]) -> Constraint {
    let element = |column: &IndexColumn| ExclusionElement { column: column.clone(), operator: "=" };
    let elements = index(keys).columns.iter().map(element).collect();
    constraint(ConstraintKind::Exclude(Exclusion { method: "gist", elements, predicate: None }))
}

pub(super) fn fk(columns: &[Name], table: Name, references: &[Name]) -> Constraint {
    constraint(ConstraintKind::ForeignKey {
        columns: columns.to_vec().into(),
        table: TableRef::own(table),
        references: references.to_vec().into(),
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
    })
}

pub(super) fn named(name: Name, constraint: Constraint) -> Constraint {
    Constraint { name, ..constraint }
}

pub(super) fn not_valid(constraint: Constraint) -> Constraint {
    Constraint { validated: false, ..constraint }
}

/// An index; a key that holds a bracket or a parenthesis is an expression.
pub(super) fn index(keys: &[Name]) -> Index {
    let key = |key: &Name| match key.contains(['[', '(']) {
        true => IndexKey::Expression(sql(key)),
        false => IndexKey::Column(key),
    };
    let column = |name| IndexColumn { key: key(name), opclass: None, descending: false, nulls: None };
    Index {
        name: UNNAMED,
        unique: false,
        method: "btree",
        columns: keys.iter().map(column).collect(),
        include: List::Borrowed(&[]),
        predicate: None,
        nulls_not_distinct: false,
        comment: None,
    }
}

pub(super) fn unique_index(keys: &[Name]) -> Index {
    Index { unique: true, ..index(keys) }
}

pub(super) fn index_named(name: Name, index: Index) -> Index {
    Index { name, ..index }
}

pub(super) fn sequence(name: Name, owned_by: Option<(Name, Name)>) -> Step {
    Step::CreateSequence { def: Sequence { name, ty: ty("bigint"), start: 1, increment: 1, owned_by } }
}

pub(super) fn table(name: Name, columns: &[Column], constraints: &[Constraint]) -> Step {
    let def = TableDef {
        name,
        unlogged: false,
        columns: columns.to_vec().into(),
        constraints: constraints.to_vec().into(),
        indexes: List::Borrowed(&[]),
        row_security: RowSecurity::default(),
        policies: List::Borrowed(&[]),
        triggers: List::Borrowed(&[]),
        comment: None,
    };
    Step::CreateTable { def, if_not_exists: false }
}

pub(super) fn drop_table(table: Name) -> Step {
    Step::DropTable { table, if_exists: false, cascade: false }
}

pub(super) fn rename_table(from: Name, to: Name) -> Step {
    Step::RenameTable { from, to, if_exists: false }
}

pub(super) fn add_column(table: Name, column: Column) -> Step {
    Step::AddColumn { table, column, constraints: List::Borrowed(&[]), if_not_exists: false }
}

pub(super) fn drop_column(table: Name, column: Name) -> Step {
    Step::DropColumn { table, column, if_exists: false, cascade: false }
}

pub(super) fn rename_column(table: Name, from: Name, to: Name) -> Step {
    Step::RenameColumn { table, from, to, if_exists: false }
}

pub(super) fn set_type(table: Name, column: Name, type_: Name) -> Step {
    Step::SetType { table, column, ty: ty(type_), collation: None, using: None, down_using: None }
}

pub(super) fn set_default(table: Name, column: Name, value: Value) -> Step {
    Step::SetDefault { table, column, value }
}

pub(super) fn drop_default(table: Name, column: Name) -> Step {
    Step::DropDefault { table, column }
}

pub(super) fn set_not_null(table: Name, column: Name) -> Step {
    Step::SetNotNull { table, column, if_exists: false }
}

pub(super) fn drop_not_null(table: Name, column: Name) -> Step {
    Step::DropNotNull { table, column, if_exists: false }
}

pub(super) fn add(table: Name, constraint: Constraint) -> Step {
    Step::AddConstraint { table, constraint, if_not_exists: false }
}

pub(super) fn drop_constraint(table: Name, constraint: Name) -> Step {
    Step::DropConstraint { table, constraint, if_exists: false, cascade: false }
}

pub(super) fn rename_constraint(table: Name, from: Name, to: Name) -> Step {
    Step::RenameConstraint { table, from, to }
}

pub(super) fn create_index(table: Name, index: Index) -> Step {
    Step::CreateIndex { table, index, concurrently: false, if_not_exists: false }
}

pub(super) fn drop_index(index: Name) -> Step {
    Step::DropIndex { index, if_exists: false }
}

pub(super) fn rename_index(from: Name, to: Name) -> Step {
    Step::RenameIndex { from, to, if_exists: false }
}

pub(super) fn comment_on(target: ObjectRef, text: Name) -> Step {
    Step::CommentOn { target, text: Some(text) }
}

/// The step with `cascade`.
pub(super) fn cascade(mut step: Step) -> Step {
    match &mut step {
        Step::DropTable { cascade, .. }
        | Step::DropView { cascade, .. }
        | Step::DropColumn { cascade, .. }
        | Step::DropConstraint { cascade, .. } => {
            *cascade = true;
        }
        step => panic!("`{step}` knows no cascade"),
    }
    step
}

/// The step with `if_exists` or `if_not_exists`.
pub(super) fn tolerant(mut step: Step) -> Step {
    match &mut step {
        Step::CreateTable { if_not_exists: tolerant, .. }
        | Step::AddColumn { if_not_exists: tolerant, .. }
        | Step::AddConstraint { if_not_exists: tolerant, .. }
        | Step::CreateIndex { if_not_exists: tolerant, .. }
        | Step::DropTable { if_exists: tolerant, .. }
        | Step::RenameTable { if_exists: tolerant, .. }
        | Step::DropColumn { if_exists: tolerant, .. }
        | Step::RenameColumn { if_exists: tolerant, .. }
        | Step::SetNotNull { if_exists: tolerant, .. }
        | Step::DropNotNull { if_exists: tolerant, .. }
        | Step::DropConstraint { if_exists: tolerant, .. }
        | Step::DropIndex { if_exists: tolerant, .. }
        | Step::DropPolicy { if_exists: tolerant, .. }
        | Step::RenameIndex { if_exists: tolerant, .. }
        | Step::DropSequence { if_exists: tolerant, .. }
        | Step::DropTrigger { if_exists: tolerant, .. }
        | Step::DropView { if_exists: tolerant, .. }
        | Step::RenameView { if_exists: tolerant, .. }
        | Step::DropFunction { if_exists: tolerant, .. } => *tolerant = true,
        step => panic!("`{step}` tolerates nothing"),
    }
    step
}

/// The schema after these steps, each in a version of its own: the first is V1's.
pub(super) fn after(steps: impl IntoIterator<Item = Step>) -> Schema {
    let mut schema = Schema::default();
    for step in steps {
        let mut report = Report::default();
        schema.begin(Version(schema.version.0 + 1));
        step.apply(&mut schema, &mut report);
        assert_eq!(report.into_problems(), [], "{step}");
    }
    schema
}

/// The schema as the next version finds it.
fn next(schema: &Schema) -> Schema {
    let mut schema = schema.clone();
    schema.begin(Version(schema.version.0 + 1));
    schema
}

/// What is wrong with a step in the next version.
pub(super) fn problems(schema: &Schema, step: &Step) -> Vec<Problem> {
    let (mut schema, mut report) = (next(schema), Report::default());
    step.apply(&mut schema, &mut report);
    report.into_problems()
}

/// The one thing that is wrong with a step in the next version.
#[track_caller]
pub(super) fn refused(schema: &Schema, step: &Step) -> String {
    let mut problems = problems(schema, step);
    assert_eq!(problems.len(), 1, "{step}: {problems:?}");
    problems.remove(0).message
}

/// What the help of the one problem says.
#[track_caller]
pub(super) fn help(schema: &Schema, step: &Step) -> String {
    let mut problems = problems(schema, step);
    assert_eq!(problems.len(), 1, "{step}: {problems:?}");
    problems.remove(0).help.unwrap_or_default()
}

/// The schema after one more version.
#[track_caller]
pub(super) fn then(schema: &Schema, step: &Step) -> Schema {
    let (mut schema, mut report) = (next(schema), Report::default());
    step.apply(&mut schema, &mut report);
    assert_eq!(report.into_problems(), [], "{step}");
    schema
}

/// Takes a step in the next version and undoes it, and sees that the schema is as before: the inverse, in one line a step.
#[track_caller]
pub(super) fn undone(schema: &Schema, step: &Step) -> Vec<String> {
    let before = next(schema);
    let (mut now, mut report) = (before.clone(), Report::default());
    step.apply(&mut now, &mut report);
    assert_eq!(report.into_problems(), [], "{step}");
    let steps = match inverse(step, &before, &now) {
        Ok(steps) => steps,
        Err(error) => panic!("{step}: {error:?}"),
    };
    undo(&mut now, &steps);
    assert_eq!(now.difference(&before), None, "{step}: {steps:?}");
    steps.iter().map(ToString::to_string).collect()
}

/// Applies the steps of a down, none of which may find anything wrong.
#[track_caller]
pub(super) fn undo(schema: &mut Schema, steps: &[Step]) {
    schema.begin(schema.version);
    for step in steps {
        assert_eq!(complaints(schema, step), [], "{step}");
        step.apply(schema, &mut Report::default());
    }
}

/// What keeps a step of a down from being run.
pub(super) fn complaints(schema: &Schema, step: &Step) -> Vec<Problem> {
    let (mut schema, mut report) = (schema.clone(), Report::default());
    step.apply(&mut schema, &mut report);
    report.into_problems().into_iter().filter(|problem| !is_permission(problem)).collect()
}

/// What a step on the way up needs leave for, and one on the way down does not.
fn is_permission(problem: &Problem) -> bool {
    problem.message.contains("may have rows")
        || problem.message.contains("has no row level security")
        || problem.message.contains("run twice, it would lose")
}

/// Why a step cannot be undone.
#[track_caller]
pub(super) fn not_undone(schema: &Schema, step: &Step) -> String {
    match inverse(step, &next(schema), &then(schema, step)) {
        Err(NoInverse::Missing(problem)) => problem.message,
        Err(NoInverse::Irreversible(why)) => why.to_owned(),
        Ok(steps) => panic!("{step} is undone by {steps:?}"),
    }
}

/// What the down of a step brings back.
#[track_caller]
pub(super) fn class(schema: &Schema, step: &Step) -> Class {
    step.class(&next(schema), &then(schema, step))
}

pub(super) fn constraint_names(schema: &Schema, table: &str) -> Vec<Name> {
    let constraints = schema.table(table).into_iter().flat_map(|table| &table.constraints);
    constraints.map(|known| known.def.name).collect()
}

pub(super) fn index_names(schema: &Schema, table: &str) -> Vec<Name> {
    schema.table(table).into_iter().flat_map(|table| &table.indexes).map(|known| known.def.name).collect()
}

pub(super) fn column_names(schema: &Schema, table: &str) -> Vec<Name> {
    schema.table(table).into_iter().flat_map(|table| table.column_names()).collect()
}

/// What the column is now.
#[track_caller]
pub(super) fn column(schema: &Schema, table: &str, name: &str) -> Column {
    match schema.table(table).and_then(|table| table.column(name)) {
        Some(known) => known.def.clone(),
        None => panic!("no column {name} in {table}"),
    }
}

/// A name made of one letter, as long as wanted.
pub(super) fn long(letter: &str, length: usize) -> Name {
    intern(&letter.repeat(length))
}
