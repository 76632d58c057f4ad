//! A schema of which parts are gone, and the steps that bring them back.
//!
//! The steps are those of a down from the schema without the parts to the one with them, so what has a way back can be
//! repaired, and comes back in an order in which PostgreSQL can run it.

use crate::down::inverse::structural;
use crate::replay::{self, Moment};
use crate::{List, Name, Schema, Step, Table};

/// A part of a schema, by its name in the model; what stands on a table or view comes with that one's name first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub enum Part {
    Extension(Name),
    Enum(Name),
    Domain(Name),
    Function(Name),
    Sequence(Name),
    Table(Name),
    View(Name),
    Column(Name, Name),
    Constraint(Name, Name),
    Index(Name, Name),
    Trigger(Name, Name),
    Policy(Name, Name),
}

impl Schema {
    /// The schema without these parts, and nothing else gone with them.
    #[must_use]
    pub fn without(&self, parts: &[Part]) -> Self {
        let mut rest = self.clone();
        rest.begin(self.version);
        parts.iter().for_each(|part| rest.lose(*part));
        rest
    }

    fn lose(&mut self, part: Part) {
        match part {
            Part::Extension(name) => drop(self.extensions.remove(name)),
            Part::Enum(name) => drop(self.enums.remove(name)),
            Part::Domain(name) => drop(self.domains.remove(name)),
            Part::Sequence(name) => drop(self.sequences.remove(name)),
            Part::View(name) => drop(self.views.remove(name)),
            Part::Function(name) => {
                self.functions.remove(name);
                self.function_comments.remove(name);
                self.function_privileges.remove(name);
            }
            Part::Table(name) => {
                self.tables_mut().remove(name);
                let owned_by_it = |owner: Option<(Name, Name)>| owner.is_some_and(|(table, _)| table == name);
                self.sequences.retain(|_, known| !owned_by_it(known.def.owned_by));
            }
            Part::Column(table, name) => self.of_table(table, |it| it.columns.retain(|known| known.def.name != name)),
            Part::Constraint(table, name) => {
                self.of_table(table, |it| it.constraints.retain(|known| known.def.name != name));
            }
            Part::Index(relation, name) => {
                self.of_table(relation, |it| it.indexes.retain(|known| known.def.name != name));
                if let Some(view) = self.views.get_mut(relation) {
                    view.def.indexes = without(&view.def.indexes, |index| index.name == name);
                }
            }
            Part::Trigger(relation, name) => {
                self.of_table(relation, |it| it.triggers.retain(|known| known.def.name != name));
                if let Some(view) = self.views.get_mut(relation) {
                    view.def.triggers = without(&view.def.triggers, |trigger| trigger.name == name);
                }
            }
            Part::Policy(table, name) => self.of_table(table, |it| it.policies.retain(|known| known.def.name != name)),
        }
    }

    fn of_table(&mut self, name: Name, lose: impl FnMut(&mut Table)) {
        self.table_mut(name).into_iter().for_each(lose);
    }
}

fn without<T: Clone>(list: &List<T>, gone: impl Fn(&T) -> bool) -> List<T>
where
    [T]: ToOwned<Owned = Vec<T>>,
{
    list.iter().filter(|one| !gone(one)).cloned().collect()
}

/// The steps that lead from the schema without these parts to the whole one, in order.
pub fn steps(schema: &Schema, parts: &[Part]) -> Vec<Step> {
    let extensions = parts.iter().filter_map(|part| match part {
        Part::Extension(name) => Some(Step::CreateExtension { name }),
        _ => None,
    });
    // OK because a type fails to turn back only where a column is another one.
    let objects = structural(schema, &schema.without(parts), None).unwrap_or_default();
    extensions.chain(objects).collect()
}

/// Steps that need no permission, replayed on a schema that they leave as they make it.
pub fn replayed(now: &mut Schema, steps: impl IntoIterator<Item = Step>) -> Vec<Moment> {
    replay::steps(now, steps)
}
