//! What a version leaves behind, compared with the model before the version is stamped.
//!
//! A guard asks about what a step makes; here it is asked about what the version changes: what it renames or alters may
//! have been other than declared before. What is not asked again is what a guard has just made, compared or dropped.

use std::collections::{BTreeMap, BTreeSet};

use pkmig_schema::replay::Moment;
use pkmig_schema::{ModelObject as Part, Schema, Step, Table, Touched};

use super::guard::{Condition, Object};
use super::shape::{self, Expectation, Expected};
use super::template::Template;
use super::writer::{Context, literal};
use super::{Guarded, domain, policy, trigger, view};
use crate::ddl::Expression;
use crate::plpgsql::Node;

/// What must hold at a version's end.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What is asked in numbers.
    many: Vec<Many>,
    /// What is asked one by one.
    single: Vec<Asked>,
}

/// Objects of one kind that are asked about at once.
#[derive(Debug)]
struct Many {
    kind: Template,
    rows: Vec<Row>,
}

/// An object with the step that it is put down to.
#[derive(Debug)]
struct Row {
    step: usize,
    /// What it is called and what it is of, as literals.
    names: [Expression; 2],
    /// What it must look like; of what is gone, its kind.
    shape: String,
}

/// An expectation with the step that it follows from.
#[derive(Debug, Clone)]
struct Asked {
    step: usize,
    /// Whether the object need not be there.
    optional: bool,
    expectation: Expectation,
}

/// The version whose outcome is asked about.
struct Review<'a> {
    moments: &'a [Moment],
    guarded: &'a [Guarded],
    context: &'a Context,
    before: &'a Schema,
    end: &'a Schema,
}

impl Outcome {
    /// Of a version with these steps, whose guards are `guarded`.
    pub fn new(moments: &[Moment], guarded: &[Guarded], context: &Context) -> Self {
        let (Some(first), Some(last)) = (moments.first(), moments.last()) else { return Self::default() };
        let review = Review { moments, guarded, context, before: &first.before, end: &last.after };
        let touched = review.end.touched_since(review.before);
        let (mut many, mut single) = (BTreeMap::<Template, Vec<Row>>::new(), Vec::new());
        for asked in review.asked(&touched) {
            match rows(&asked, context) {
                Some((kind, rows)) => many.entry(kind).or_default().extend(rows),
                None => single.push(asked),
            }
        }
        let gone = touched.gone.iter().filter_map(|part| review.gone(part));
        many.entry(Template::Gone).or_default().extend(gone);
        many.retain(|_, rows| !rows.is_empty());
        for rows in many.values_mut() {
            rows.sort_by_key(|row| row.step);
            // A renamed table asks for all of its columns, whatever touched them.
            let mut seen = BTreeSet::new();
            rows.retain(|row| seen.insert(row.names.clone()));
        }
        single.sort_by_key(|asked| asked.step);
        Self { many: many.into_iter().map(|(kind, rows)| Many { kind, rows }).collect(), single }
    }

    /// As statements at the end of a block, each behind its step.
    pub(super) fn nodes(&self, context: &Context) -> Vec<Node> {
        if self.many.is_empty() && self.single.is_empty() {
            return Vec::new();
        }
        let mut nodes = vec![Node::Comment("what this leaves behind".to_owned())];
        for many in &self.many {
            nodes.push(Node::Step(many.rows.first().map_or(0, |row| row.step)));
            nodes.push(many.call());
        }
        for asked in &self.single {
            nodes.push(Node::Step(asked.step));
            nodes.extend(asked.nodes(context));
        }
        nodes
    }
}

/// The step that the detail of an error names.
pub fn step_named(detail: &str) -> Option<usize> {
    detail.strip_prefix("step ")?.parse::<usize>().ok()?.checked_sub(1)
}

impl Many {
    fn call(&self) -> Node {
        let row = |row: &Row| {
            let [one, two] = &row.names;
            format!("    ['{}', {one}, {two}, {}]", row.step + 1, literal(&row.shape))
        };
        let rows = self.rows.iter().map(row).collect::<Vec<_>>().join(",\n");
        Node::call(self.kind, vec![Expression::new(format!("ARRAY[\n{rows}]"))])
    }
}

impl Asked {
    fn nodes(&self, context: &Context) -> Vec<Node> {
        let nodes = self.expectation.nodes(context);
        match self.expectation.object().filter(|_| self.optional) {
            None => nodes,
            Some(object) => vec![Node::when(Condition::Exists(object).render(context), nodes)],
        }
    }
}

/// The rows of what can be asked in numbers: whatever has a shape that needs no probe.
fn rows(asked: &Asked, context: &Context) -> Option<(Template, Vec<Row>)> {
    let row = |names: [Expression; 2], shape: &str| {
        let or_none = if asked.optional { " or none" } else { "" };
        Row { step: asked.step, names, shape: format!("{shape}{or_none}") }
    };
    match &asked.expectation {
        Expectation::Columns(table, columns) => {
            let table = context.lookup(table);
            let column = |(name, shape): &(String, String)| row([table.clone(), Expression::literal(name)], shape);
            Some((Template::AllColumns, columns.iter().map(column).collect()))
        }
        Expectation::Index(index, table, Expected::Shape(shape)) => {
            Some((Template::AllIndexes, vec![row([context.lookup(index), context.lookup(table)], shape)]))
        }
        Expectation::Constraint(table, name, Expected::Shape(shape)) => {
            Some((Template::AllConstraints, vec![row([context.lookup(table), context.named(name)], shape)]))
        }
        _ => None,
    }
}

impl Review<'_> {
    fn asked(&self, touched: &Touched<'_>) -> Vec<Asked> {
        let made = touched.made.iter().flat_map(|part| {
            let mut expectations = self.expectations(part, None);
            expectations.retain(|it| !self.is_guarded(it));
            self.follow(part, expectations)
        });
        let changed = touched
            .changed
            .iter()
            .filter(|part| !self.is_made_anew(part))
            .flat_map(|part| self.follow(part, self.expectations(part, self.before.same(part))));
        made.chain(changed).collect()
    }

    /// Expectations of a part, with the step that speaks of it, or else the first that touched it. It need not be there
    /// if all that did say `if_exists`.
    fn follow(&self, part: &Part<'_>, expectations: Vec<Expectation>) -> Vec<Asked> {
        if expectations.is_empty() {
            return Vec::new();
        }
        let steps: Vec<usize> = (0..self.moments.len()).filter(|step| self.touches(*step, part)).collect();
        let optional = !steps.is_empty() && steps.iter().all(|step| says_if_exists(&self.moments[*step].step));
        let speaks = |step: &&usize| {
            let Moment { step, before, .. } = &self.moments[**step];
            before.same(part).is_some_and(|it| speaks_of(step, &it))
        };
        let step = steps.iter().find(speaks).or(steps.first()).copied().unwrap_or_default();
        expectations.into_iter().map(|expectation| Asked { step, optional, expectation }).collect()
    }

    fn touches(&self, step: usize, part: &Part<'_>) -> bool {
        let Moment { before, after, .. } = &self.moments[step];
        match (before.same(part), after.same(part)) {
            (Some(before), Some(after)) => !after.is_like(&before),
            (before, after) => before.is_some() != after.is_some(),
        }
    }

    /// What must hold of a part that the version ends with.
    fn expectations(&self, part: &Part<'_>, before: Option<Part<'_>>) -> Vec<Expectation> {
        let context = self.context;
        match part {
            Part::Table(table) => table_expectations(context, table, before),
            Part::Column(table, known) => {
                let shape = (context.name(known.def.name), shape::column(&known.def));
                vec![Expectation::Columns(table.name.to_owned(), vec![shape])]
            }
            Part::Constraint(table, known) => vec![shape::constraint(context, table.name, &known.def)],
            Part::Index(table, known) => vec![shape::index_of(context, table.name, &known.def)],
            Part::Policy(table, known) => vec![policy::expectation(context, table.name, &known.def)],
            Part::Trigger(table, known) => vec![trigger::expectation(context, table.name, &known.def)],
            Part::View(known) => {
                let name = known.def.name;
                let indexes = known.def.indexes.iter().map(|index| shape::index_of(context, name, index));
                let triggers = known.def.triggers.iter().map(|it| trigger::expectation(context, name, it));
                std::iter::once(view::expectation(context, &known.def)).chain(indexes).chain(triggers).collect()
            }
            Part::Enum(known) => {
                let labels = known.def.labels.iter().map(|label| (*label).to_owned()).collect();
                vec![Expectation::Enum(known.def.name.to_owned(), labels)]
            }
            Part::Domain(known) => vec![domain::expectation(context, &known.def)],
            Part::Sequence(known) => vec![shape::sequence(&known.def)],
        }
    }

    /// Whether a guard has made what is expected, or compared it where it was there.
    fn is_guarded(&self, expected: &Expectation) -> bool {
        self.guarded.iter().flat_map(|one| &one.otherwise).any(|asked| asked.covers(expected))
    }

    /// Whether the last step that touched it makes it anew whatever was there.
    fn is_made_anew(&self, part: &Part<'_>) -> bool {
        let last = (0..self.moments.len()).rev().find(|step| self.touches(*step, part));
        last.is_some_and(|last| {
            let replaces = match &self.moments[last].step {
                Step::CreatePolicy { replace, .. } | Step::CreateView { replace, .. } => *replace,
                _ => false,
            };
            replaces && self.guarded.iter().filter(|one| one.step == last).all(|one| one.when.is_none())
        })
    }

    /// That something has gone which no guard has looked for: a step took it away with another object.
    fn gone(&self, part: &Part<'_>) -> Option<Row> {
        let step = (0..self.moments.len()).rev().find(|step| self.touches(*step, part))?;
        let (kind, object) = self.left_over(&self.moments[step].before.same(part)?)?;
        let dropped = Condition::Exists(object.clone());
        if self.guarded.iter().any(|one| one.step == step && one.when.as_ref() == Some(&dropped)) {
            return None;
        }
        let context = self.context;
        let names = match &object {
            Object::Column(table, name)
            | Object::Constraint(table, name)
            | Object::Policy(table, name)
            | Object::Trigger(table, name) => [context.lookup(table), context.named(name)],
            Object::Relation(name) | Object::Type(name) => [context.lookup(name), Expression::null()],
            _ => return None,
        };
        Some(Row { step, names, shape: kind.to_owned() })
    }

    /// A part that is gone as an object that could still be there: nothing has taken its name, and its table is there.
    fn left_over(&self, part: &Part<'_>) -> Option<(&'static str, Object)> {
        let table = || self.end.table_by_id(part.table()?.id);
        let of_table = |kind, object: fn(String, String) -> Object, name: &str, taken: fn(&Table, &str) -> bool| {
            let table = table().filter(|table| !taken(table, name))?;
            Some((kind, object(table.name.to_owned(), name.to_owned())))
        };
        let relation = |kind, name: &str| {
            let object = Object::Relation(name.to_owned());
            (!self.end.has_relation(name)).then_some((kind, object))
        };
        match part {
            Part::Column(_, it) => of_table("column", Object::Column, it.def.name, |t, name| t.column(name).is_some()),
            Part::Constraint(_, it) => {
                of_table("constraint", Object::Constraint, it.def.name, |t, name| t.constraint(name).is_some())
            }
            Part::Policy(_, it) => of_table("policy", Object::Policy, it.def.name, |t, name| t.policy(name).is_some()),
            Part::Trigger(_, it) => {
                of_table("trigger", Object::Trigger, it.def.name, |t, name| t.trigger(name).is_some())
            }
            Part::Index(_, it) => table().and_then(|_| relation("index", it.def.name)),
            Part::Table(table) => relation("table", table.name),
            Part::View(it) => relation("view", it.def.name),
            Part::Sequence(it) => relation("sequence", it.def.name),
            Part::Enum(it) => self.left_over_type(it.def.name),
            Part::Domain(it) => self.left_over_type(it.def.name),
        }
    }

    fn left_over_type(&self, name: &str) -> Option<(&'static str, Object)> {
        let taken = self.end.has_type(name) || self.end.has_relation(name);
        (!taken).then(|| ("type", Object::Type(name.to_owned())))
    }
}

/// Of a table that has another name now, all columns; of one that asks its policies otherwise, whether it does.
fn table_expectations(context: &Context, table: &Table, before: Option<Part<'_>>) -> Vec<Expectation> {
    let Some(Part::Table(before)) = before else { return Vec::new() };
    let mut expectations = Vec::new();
    if before.name != table.name {
        let columns = table.columns.iter().map(|known| (context.name(known.def.name), shape::column(&known.def)));
        expectations.push(Expectation::Columns(table.name.to_owned(), columns.collect()));
    }
    if before.row_security != table.row_security {
        expectations.push(shape::row_security(table.name, table.row_security));
    }
    expectations
}

/// Whether the step names this very object, where other steps change it by way of another.
fn speaks_of(step: &Step, part: &Part<'_>) -> bool {
    match (step, part) {
        (Step::RenameIndex { from, .. }, Part::Index(_, known)) => known.def.name == *from,
        (Step::RenameView { from, .. }, Part::View(known)) => known.def.name == *from,
        (Step::RenamePolicy { from, .. }, Part::Policy(_, known)) => known.def.name == *from,
        (
            Step::RenameConstraint { from: name, .. } | Step::ValidateConstraint { constraint: name, .. },
            Part::Constraint(_, known),
        ) => known.def.name == *name,
        _ => false,
    }
}

/// Whether the step leaves alone what is not there.
fn says_if_exists(step: &Step) -> bool {
    matches!(
        step,
        Step::RenameTable { if_exists: true, .. }
            | Step::RenameView { if_exists: true, .. }
            | Step::RenameColumn { if_exists: true, .. }
            | Step::SetNotNull { if_exists: true, .. }
            | Step::DropNotNull { if_exists: true, .. }
    )
}
