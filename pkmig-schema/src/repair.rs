//! A schema of which objects are gone, and the steps that bring them back.
//!
//! The steps are those of a down from the schema without the objects to the one with them, so what has a way back can be
//! repaired, and comes back in an order in which PostgreSQL can run it.

use crate::down::inverse::structural;
use crate::replay::{self, Moment};
use crate::{List, Name, ObjectKind, ObjectRef, Schema, Step, Table};

impl Schema {
    /// The schema without these objects, and nothing else gone with them.
    #[must_use]
    pub fn without(&self, objects: &[ObjectRef]) -> Self {
        let mut rest = self.clone();
        rest.begin(self.version);
        objects.iter().for_each(|object| rest.lose(*object));
        rest
    }

    fn lose(&mut self, ObjectRef { kind, of, name }: ObjectRef) {
        let relation = of.unwrap_or_default();
        match kind {
            ObjectKind::Extension => drop(self.extensions.remove(name)),
            ObjectKind::Enum => drop(self.enums.remove(name)),
            ObjectKind::Domain => drop(self.domains.remove(name)),
            ObjectKind::Sequence => drop(self.sequences.remove(name)),
            ObjectKind::View | ObjectKind::MaterializedView => drop(self.views.remove(name)),
            ObjectKind::Function => {
                self.functions.remove(name);
                self.function_comments.remove(name);
                self.function_privileges.remove(name);
            }
            ObjectKind::Table | ObjectKind::PartitionedTable | ObjectKind::ForeignTable => {
                self.tables_mut().remove(name);
                let owned_by_it = |owner: Option<(Name, Name)>| owner.is_some_and(|(table, _)| table == name);
                self.sequences.retain(|_, known| !owned_by_it(known.def.owned_by));
            }
            ObjectKind::Column => self.of_table(relation, |it| it.columns.retain(|known| known.def.name != name)),
            ObjectKind::Constraint => {
                self.of_table(relation, |it| it.constraints.retain(|known| known.def.name != name));
            }
            ObjectKind::Index => {
                self.of_table(relation, |it| it.indexes.retain(|known| known.def.name != name));
                if let Some(view) = self.views.get_mut(relation) {
                    view.def.indexes = without(&view.def.indexes, |index| index.name == name);
                }
            }
            ObjectKind::Trigger => {
                self.of_table(relation, |it| it.triggers.retain(|known| known.def.name != name));
                if let Some(view) = self.views.get_mut(relation) {
                    view.def.triggers = without(&view.def.triggers, |trigger| trigger.name == name);
                }
            }
            ObjectKind::Policy => self.of_table(relation, |it| it.policies.retain(|known| known.def.name != name)),
            ObjectKind::Schema => {}
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

/// The steps that lead from the schema without these objects to the whole one, in order.
pub fn steps(schema: &Schema, objects: &[ObjectRef]) -> Vec<Step> {
    let extensions = objects.iter().filter(|object| object.kind == ObjectKind::Extension);
    let extensions = extensions.map(|object| Step::CreateExtension { name: object.name });
    // OK because a type fails to turn back only where a column is another one.
    let objects = structural(schema, &schema.without(objects), None).unwrap_or_default();
    extensions.chain(objects).collect()
}

/// Steps that need no permission, replayed on a schema that they leave as they make it.
pub fn replayed(now: &mut Schema, steps: impl IntoIterator<Item = Step>) -> Vec<Moment> {
    replay::steps(now, steps)
}
