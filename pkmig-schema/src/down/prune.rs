//! What a derived down leaves out: what it would bring back only to drop it again.
//!
//! A version that makes a table and changes it needs no way back for the changes, because the table goes. Restoring them may
//! even fail: rows have nulls where `not_null` was, the body of a function names a table that has another name by then.

use crate::replay::{Moment, Replayed, pass};
use crate::step::{Change, Source};
use crate::{Name, ObjectKind, Problem, Report, Schema, Sql, Step, Value};

/// The steps of a down without what restores an object that the version itself made, and without what cannot be done to
/// such an object then. Each step comes with the moment of the version that it undoes; `start` is where they begin.
///
/// Nothing, where there is nothing to leave out, where another step needs it, or where the rest would not lead back.
pub(crate) fn without(version: &Replayed, start: &Schema, steps: &[(&Moment, Step)]) -> Option<Vec<Moment>> {
    let of = |undone| Made { version: &version.before, undone };
    if !steps.iter().any(|(undone, step)| of(undone).is_moot(step)) {
        return None;
    }
    let (mut whole, mut now, mut moments) = (start.clone(), start.clone(), Vec::new());
    for (undone, step) in steps {
        let made = of(undone);
        let expected = problems(&mut whole, step);
        if made.is_moot(step) {
            continue;
        }
        if made.is_read_by(step) {
            return None;
        }
        let mut report = Report::default();
        let moment = pass(&mut now, step.clone(), &mut report);
        if report.into_problems().iter().all(|problem| expected.contains(problem)) {
            moments.push(moment);
        } else if made.is_changed_by(step) {
            now = moment.before;
        } else {
            return None;
        }
    }
    now.difference(&version.before).is_none().then_some(moments)
}

/// What is said of a step that is taken: on the way down that may be a mere want of leave.
fn problems(schema: &mut Schema, step: &Step) -> Vec<Problem> {
    let mut report = Report::default();
    step.apply(schema, &mut report);
    report.into_problems()
}

/// The objects that a version makes, around the moment of it that is undone.
struct Made<'a> {
    /// The schema before the version.
    version: &'a Schema,
    undone: &'a Moment,
}

impl Made<'_> {
    fn around(&self) -> [&Schema; 2] {
        [&self.undone.before, &self.undone.after]
    }

    /// Whether the version made the table, view or sequence, whatever it is called in the end.
    fn has_relation(&self, name: Name) -> bool {
        let is_new = |schema: &Schema| schema.relation(name).is_some_and(|(_, since)| since == schema.version);
        self.around().into_iter().any(is_new)
    }

    fn has_type(&self, name: Name) -> bool {
        let is_new = |schema: &Schema| schema.type_of_name(name).is_some_and(|(_, since)| since == schema.version);
        self.around().into_iter().any(is_new)
    }

    /// Whether the version made the function. One that it replaced was there before.
    fn has_function(&self, name: Name) -> bool {
        self.version.function(name).is_none() && self.around().into_iter().any(|schema| schema.function(name).is_some())
    }

    fn has_index(&self, name: Name) -> bool {
        let of_table = |schema: &Schema| schema.table_of_index(name).map(|table| table.name);
        let of_view = |schema: &Schema| schema.view_of_index(name).map(|view| view.name);
        let relation = |schema| of_table(schema).or_else(|| of_view(schema));
        self.around().into_iter().filter_map(relation).any(|name| self.has_relation(name))
    }

    /// Whether the step brings back such an object, or a part of one.
    fn is_moot(&self, step: &Step) -> bool {
        restores(step) && self.is_changed_by(step)
    }

    /// Whether the step is about such an object, or a part of one.
    fn is_changed_by(&self, step: &Step) -> bool {
        let Some(object) = step.effect().map(|effect| effect.after()) else { return false };
        match (object.kind, object.relation()) {
            (_, Some(relation)) => self.has_relation(relation),
            (ObjectKind::Index, None) => self.has_index(object.name),
            (kind, _) if kind.is_type() => self.has_type(object.name),
            (ObjectKind::Function, _) => self.has_function(object.name),
            _ => false,
        }
    }

    /// Whether what the step does to rows may hang on such an object: the model knows no rows.
    fn is_read_by(&self, step: &Step) -> bool {
        let (tables, texts) = read(step);
        let mut names = texts.into_iter().flat_map(Sql::objects).chain(tables);
        names.any(|name| self.has_relation(name) || self.has_function(name))
    }
}

/// Whether the step brings something back; those that take away or rename do not.
fn restores(step: &Step) -> bool {
    let makes = step.effect().is_some_and(|effect| effect.change == Change::Create);
    makes
        || matches!(
            step,
            Step::SetType { .. }
                | Step::SetNotNull { .. }
                | Step::SetDefault { .. }
                | Step::EnableRowLevelSecurity { .. }
                | Step::ForceRowLevelSecurity { .. }
                | Step::Grant(_)
                | Step::CommentOn { text: Some(_), .. }
                | Step::RenameValue(_)
        )
}

/// The tables whose rows a step reads or deletes, and the SQL text by which it does.
fn read(step: &Step) -> (Vec<Name>, Vec<&Sql>) {
    match step {
        Step::Execute(execute) => (Vec::new(), vec![&execute.sql]),
        Step::DeleteRows(rows) => (vec![rows.table], vec![&rows.predicate]),
        Step::DeleteSeed(seed) => {
            (vec![seed.table], seed.rows.iter().flat_map(|row| row.iter()).filter_map(text).collect())
        }
        Step::SetType { using, .. } => (Vec::new(), using.iter().collect()),
        Step::Backfill(fill) => {
            let (other, texts) = match &fill.source {
                Source::Expression { value, from } => (None, vec![Some(value), from.as_ref(), fill.predicate.as_ref()]),
                Source::Lookup(lookup) => (Some(lookup.table), vec![fill.predicate.as_ref()]),
            };
            (other.into_iter().chain([fill.table]).collect(), texts.into_iter().flatten().collect())
        }
        _ => Default::default(),
    }
}

fn text(value: &Value) -> Option<&Sql> {
    match value {
        Value::Sql(sql) => Some(sql),
        Value::Literal(_) => None,
    }
}
