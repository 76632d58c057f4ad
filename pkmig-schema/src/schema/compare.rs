//! Whether two schemas are the same, and the first thing in which they are not.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use super::{Known, Schema, View};
use crate::Name;

impl Schema {
    /// The first difference between this schema and the `expected` one, as a sentence's end: `column `a` of table `t`
    /// is missing`. The order of columns does not count: a column that was dropped and brought back stands last.
    pub fn difference(&self, expected: &Schema) -> Option<String> {
        let names = |schema: &Schema| schema.tables().map(|table| (table.name, ())).collect::<BTreeMap<_, _>>();
        presence("table", &names(self), &names(expected))
            .or_else(|| {
                let mut changed = expected.tables.values().filter(|table| !self.shares(table));
                changed.find_map(|table| self.table_difference(table))
            })
            .or_else(|| {
                let labels = |schema: &Schema| schema.enums().map(|e| (e.name, e.clone())).collect();
                compare("enum", &labels(self), &labels(expected))
            })
            .or_else(|| {
                let domains = |schema: &Schema| named(schema.domains.values(), |def| def.name);
                compare("domain", &domains(self), &domains(expected))
            })
            .or_else(|| {
                let sequences = |schema: &Schema| named(schema.sequences.values(), |def| def.name);
                compare("sequence", &sequences(self), &sequences(expected))
            })
            .or_else(|| {
                let functions = |schema: &Schema| schema.functions().map(|f| (f.name, f.clone())).collect();
                compare("function", &functions(self), &functions(expected))
            })
            .or_else(|| {
                let views = |schema: &Schema| schema.views().map(|view| (view.name, settled(view))).collect();
                compare("view", &views(self), &views(expected))
            })
            .or_else(|| compare("the comment of function", &self.function_comments, &expected.function_comments))
            .or_else(|| compare("the privileges of function", &self.function_privileges, &expected.function_privileges))
            .or_else(|| (self.privileges != expected.privileges).then(|| "the privileges on the schema differ".into()))
    }

    /// Whether it is the very table, unchanged: most of a long chain's tables are in most of its versions.
    fn shares(&self, expected: &Arc<super::Table>) -> bool {
        self.tables.get(expected.name).is_some_and(|found| Arc::ptr_eq(found, expected))
    }

    fn table_difference(&self, expected: &super::Table) -> Option<String> {
        let found = self.table(expected.name)?;
        let of_table = |difference| format!("{difference} of table `{}`", expected.name);
        let header = |table: &super::Table| (table.comment, table.unlogged);
        if header(found) != header(expected) {
            return Some(of_table("the comment or the persistence".to_owned()) + " differs");
        }
        if found.privileges != expected.privileges {
            return Some(of_table("the privileges".to_owned()) + " differ");
        }
        if found.row_security != expected.row_security {
            return Some(of_table("the row level security".to_owned()) + " differs");
        }
        let in_table = |kind: &str| format!("`{}`: {kind}", expected.name);
        compare(&in_table("column"), &named(&found.columns, |def| def.name), &named(&expected.columns, |def| def.name))
            .or_else(|| {
                compare(
                    &in_table("constraint"),
                    &named(&found.constraints, |def| def.name),
                    &named(&expected.constraints, |def| def.name),
                )
            })
            .or_else(|| {
                compare(
                    &in_table("index"),
                    &named(&found.indexes, |def| def.name),
                    &named(&expected.indexes, |def| def.name),
                )
            })
            .or_else(|| {
                compare(
                    &in_table("policy"),
                    &named(&found.policies, |def| def.name),
                    &named(&expected.policies, |def| def.name),
                )
            })
            .or_else(|| {
                compare(
                    &in_table("trigger"),
                    &named(&found.triggers, |def| def.name),
                    &named(&expected.triggers, |def| def.name),
                )
            })
    }
}

/// A view without what is no part of it: the order of what belongs to it, and whether it has its rows yet.
pub(super) fn settled(view: &View) -> View {
    let mut view = View { with_data: true, ..view.clone() };
    view.indexes.to_mut().sort_by_key(|index| index.name);
    view.triggers.to_mut().sort_by_key(|trigger| trigger.name);
    view
}

fn named<'a, T: Clone + 'a>(
    known: impl IntoIterator<Item = &'a Known<T>>,
    name: impl Fn(&T) -> Name,
) -> BTreeMap<Name, T> {
    known.into_iter().map(|known| (name(&known.def), known.def.clone())).collect()
}

fn presence<T>(kind: &str, found: &BTreeMap<Name, T>, expected: &BTreeMap<Name, T>) -> Option<String> {
    let missing = expected.keys().find(|name| !found.contains_key(*name));
    let extra = found.keys().find(|name| !expected.contains_key(*name));
    missing
        .map(|name| format!("{kind} `{name}` is missing"))
        .or_else(|| extra.map(|name| format!("{kind} `{name}` still exists")))
}

fn compare<T: PartialEq + Debug>(
    kind: &str,
    found: &BTreeMap<Name, T>,
    expected: &BTreeMap<Name, T>,
) -> Option<String> {
    presence(kind, found, expected).or_else(|| {
        let differs = |name: &&Name| found.get(*name) != expected.get(*name);
        expected.keys().find(differs).map(|name| format!("{kind} `{name}` differs"))
    })
}
