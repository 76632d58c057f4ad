//! What a plan takes away or retypes of what was there before it, by the names that it has then.

use std::collections::BTreeSet;
use std::fmt;

use pkmig_schema::replay::{Moment, Replayed};
use pkmig_schema::step::{Condition, Execute};
use pkmig_schema::{Down, Migration, Name, ObjectKind, ObjectRef, Schema, Sql, Step, Type};

use crate::Direction;

/// An object that goes, or a column whose type changes.
#[derive(Debug, Clone)]
pub struct Going {
    /// The step that does it, by its place in the version.
    pub step: usize,
    /// What goes, or the column.
    pub object: ObjectRef,
    /// Of a function: the types of its arguments.
    pub args: Option<String>,
    /// Of a column that stays: the type that it has before.
    pub retyped: Option<String>,
    /// Whether the step says `cascade`.
    pub cascade: bool,
    /// The keys that go while another of the same columns stays: foreign keys on them are made anew.
    pub given_up: Vec<String>,
    /// Whether raw SQL that the plan runs before it speaks of it: that may take away what stands on it.
    pub raw: bool,
}

impl Going {
    /// The name that SQL has to say to speak of it.
    fn spoken(&self) -> &str {
        self.object.relation().unwrap_or(self.object.name)
    }
}

/// What goes in words: ``function `f(integer)` ``.
impl fmt::Display for Going {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.args {
            Some(args) => write!(f, "{} `{}({args})`", self.object.kind, self.object.name),
            None => self.object.fmt(f),
        }
    }
}

/// What goes in the course of a plan.
pub struct Goings<'a> {
    /// The schema before the plan.
    start: &'a Schema,
    /// What the raw SQL of the plan speaks of, by the names before the plan.
    named: BTreeSet<String>,
}

impl<'a> Goings<'a> {
    /// Nothing yet, before a plan that begins there.
    pub fn new(start: &'a Schema) -> Self {
        Self { start, named: BTreeSet::new() }
    }

    /// What goes in a version, whose steps that way are `moments`.
    pub fn pass(
        &mut self,
        direction: Direction,
        migration: &Migration,
        version: &Replayed,
        moments: &[Moment],
    ) -> Vec<Going> {
        self.hear(direction, migration, version);
        self.of(moments)
    }

    /// Notes what the raw SQL of a version speaks of. On the way down that is also the SQL that is undone: what undoes it need
    /// not name what it stood on.
    pub fn hear(&mut self, direction: Direction, migration: &Migration, version: &Replayed) {
        for moment in &version.moments {
            let mut texts = Vec::new();
            match (&moment.step, direction) {
                (Step::Execute(execute), Direction::Up) => texts.extend(read(execute)),
                (Step::Execute(execute), Direction::Down) => match migration.down {
                    Down::Written(_) => texts.extend(read(execute)),
                    _ => texts.extend(
                        execute.tail.sql().into_iter().flat_map(|tail| read(execute).into_iter().chain([tail])),
                    ),
                },
                (Step::DeleteRows(rows), Direction::Down) => texts.extend(rows.tail.sql()),
                (Step::OnDown { step: Step::Execute(execute) }, Direction::Down) => texts.extend(read(execute)),
                _ => {}
            }
            self.note(&texts, &moment.before);
        }
        if let (Down::Written(steps), Direction::Down) = (&migration.down, direction) {
            let raw = steps.iter().filter_map(|step| match step {
                Step::Execute(execute) => Some(read(execute)),
                _ => None,
            });
            self.note(&raw.flatten().collect::<Vec<_>>(), &version.after);
        }
    }

    fn note(&mut self, texts: &[&Sql], then: &Schema) {
        let names = texts.iter().flat_map(|sql| sql.objects());
        let named: Vec<_> = names.filter_map(|name| self.table(then, name).or(Some(name))).map(str::to_owned).collect();
        self.named.extend(named);
    }

    /// What the steps take away or retype.
    pub fn of(&self, moments: &[Moment]) -> Vec<Going> {
        let going = moments.iter().enumerate().filter_map(|(step, moment)| {
            let (object, cascade) = self.object(moment)?;
            let retyped = match &moment.step {
                Step::SetType { .. } => Some(self.type_of(object)?),
                _ => None,
            };
            let base = |ty: &Type| Type { modifiers: Vec::new().into(), ..ty.clone() }.formatted();
            let args = match &moment.step {
                Step::DropFunction { args, .. } => Some(args.iter().map(base).collect::<Vec<_>>().join(", ")),
                _ => None,
            };
            let going = Going { step, object, args, retyped, cascade, given_up: self.given_up(moment), raw: false };
            Some(Going { raw: self.named.contains(going.spoken()), ..going })
        });
        going.collect()
    }

    fn object(&self, moment: &Moment) -> Option<(ObjectRef, bool)> {
        let before = &moment.before;
        let whole = |kind, name| ObjectRef::new(kind, name);
        Some(match &moment.step {
            Step::DropTable { table, cascade, .. } => (whole(ObjectKind::Table, self.table(before, table)?), *cascade),
            Step::DropColumn { table, column, cascade, .. } => (self.column(before, table, column)?, *cascade),
            Step::SetType { table, column, .. } => (self.column(before, table, column)?, false),
            Step::DropConstraint { table, constraint, cascade, .. } => {
                let known = before.table(table)?;
                let start = self.start.table_by_id(known.id)?;
                let name = match known.constraint(constraint) {
                    Some(known) => start.constraints.iter().find(|it| it.id == known.id)?.def.name,
                    None => constraint,
                };
                (ObjectRef::part(ObjectKind::Constraint, start.name, name), *cascade)
            }
            Step::DropIndex { index, .. } => {
                let known = before.table_of_index(index).and_then(|table| table.index(index));
                let name = match known {
                    Some(known) => {
                        let mut indexes = self.start.tables().flat_map(|table| &table.indexes);
                        indexes.find(|it| it.id == known.id)?.def.name
                    }
                    None => index,
                };
                (whole(ObjectKind::Index, name), false)
            }
            // What the plan itself has made of it is not there yet. So is what history may not have.
            Step::DropView { view, cascade, .. } => {
                let start = self.start.same_view(before, view).map(|view| view.name);
                (whole(ObjectKind::View, start.or_else(|| before.view(view).is_none().then_some(*view))?), *cascade)
            }
            Step::DropSequence { name, .. } if self.was_there(before.sequence(name), self.start.sequence(name)) => {
                (whole(ObjectKind::Sequence, name), false)
            }
            Step::DropEnum { name } => (whole(ObjectKind::Enum, self.start.enumeration(name)?.name), false),
            Step::DropDomain { name } => (whole(ObjectKind::Domain, self.start.domain(name)?.name), false),
            Step::DropFunction { name, .. } if self.was_there(before.function(name), self.start.function(name)) => {
                (whole(ObjectKind::Function, name), false)
            }
            _ => return None,
        })
    }

    fn was_there<T>(&self, now: Option<&T>, start: Option<&T>) -> bool {
        now.is_none() || start.is_some()
    }

    /// What a table was called before the plan, unless the plan made it. One that history may not have has its name.
    fn table(&self, then: &Schema, name: Name) -> Option<Name> {
        match then.table(name) {
            Some(known) => self.start.table_by_id(known.id).map(|table| table.name),
            None => Some(name),
        }
    }

    fn column(&self, before: &Schema, table: Name, column: Name) -> Option<ObjectRef> {
        let known = before.table(table)?;
        let start = self.start.table_by_id(known.id)?;
        let name = match known.column(column) {
            Some(known) => start.columns.iter().find(|it| it.id == known.id)?.def.name,
            None => column,
        };
        Some(ObjectRef::part(ObjectKind::Column, start.name, name))
    }

    /// The type of a column before the plan.
    fn type_of(&self, column: ObjectRef) -> Option<String> {
        Some(self.start.table(column.of?)?.column(column.name)?.def.ty.formatted())
    }

    /// The keys of the step's table that go while another of the same columns stays.
    fn given_up(&self, moment: &Moment) -> Vec<String> {
        let table = match &moment.step {
            Step::DropIndex { index, .. } => moment.before.table_of_index(index).map(|table| table.name),
            step => step.table(),
        };
        let both = table.and_then(|table| Some((moment.before.table(table)?, moment.after.table(table)?)));
        let Some((before, after)) = both else { return Vec::new() };
        let Some(start) = self.start.table_by_id(before.id) else { return Vec::new() };
        let gone =
            before.keys().filter(|(id, _, columns)| after.keys().all(|(it, ..)| it != *id) && after.unique_by(columns));
        let ids: Vec<u32> = gone.map(|(id, ..)| id).collect();
        start.keys().filter(|(id, ..)| ids.contains(id)).map(|(_, name, _)| name.to_owned()).collect()
    }
}

fn read(execute: &Execute) -> Vec<&Sql> {
    let guard = match &execute.condition {
        Condition::Unless(query) | Condition::When(query) => Some(query),
        Condition::Idempotent | Condition::WhenColumn(..) => None,
    };
    guard.into_iter().chain([&execute.sql]).collect()
}
