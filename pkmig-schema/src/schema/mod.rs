//! The schema model: every object at one moment of a chain's history, and what became of those that are gone.
//!
//! Invariant: after a step was applied without a problem, the model holds what PostgreSQL's catalog holds after the
//! step's SQL ran (types, defaults, names made by PostgreSQL, cascades). Rows are not modelled.

mod compare;
mod constraint;
mod depend;
mod domain;
mod function;
mod grant;
mod history;
mod object;
mod policy;
mod query;
mod touched;
mod trigger;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use constraint::{Constraint, ConstraintKind, Exclusion, ExclusionElement, ReferentialAction, TableRef};
pub use domain::{Domain, DomainCheck};
pub use function::{Function, FunctionArg, Returns};
pub use grant::{Grant, PUBLIC, Privilege, Privileges};
pub use object::{
    Column, Enum, Generator, GeneratorKind, Index, IndexColumn, IndexKey, Known, Literal, NullsOrder, Sequence, Table,
    TableDef, Value,
};
pub use policy::{Policy, PolicyCommand, RowSecurity};
pub use touched::{ModelObject, Touched};
pub use trigger::{Trigger, TriggerEvent, TriggerLevel, TriggerTiming};
pub use view::View;

pub(crate) use depend::Losses;
use history::History;

use crate::{Name, ObjectKind, Problem, Report, Requirement, Type, Version};

/// The schema at one moment. Cloning is cheap: the tables are shared until one is changed, and then all others still are.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    /// The version whose steps are being applied.
    pub version: Version,
    pub(crate) tables: Arc<BTreeMap<Name, Arc<Table>>>,
    pub(crate) enums: BTreeMap<Name, Known<Enum>>,
    pub(crate) domains: BTreeMap<Name, Known<Domain>>,
    pub(crate) sequences: BTreeMap<Name, Known<Sequence>>,
    pub(crate) views: BTreeMap<Name, Known<View>>,
    /// By name: the chain's functions are not overloaded.
    pub(crate) functions: BTreeMap<Name, Known<Function>>,
    pub(crate) function_comments: BTreeMap<Name, Name>,
    pub(crate) function_privileges: BTreeMap<Name, Privileges>,
    /// The privileges on the prefix itself.
    pub(crate) privileges: Privileges,
    pub(crate) extensions: BTreeMap<Name, Version>,
    /// What the chain requires of its database.
    pub(crate) requirements: Arc<[Requirement]>,
    pub(crate) history: Arc<History>,
    /// What the version whose steps are being applied has dropped.
    pub(crate) dropped_here: Arc<BTreeMap<(ObjectKind, Name, Name), Option<Type>>>,
    /// The tables that it has renamed, and what they were called before.
    pub(crate) renamed_here: Arc<Vec<(u32, Name)>>,
    next_id: u32,
}

impl Schema {
    /// The tables, by name.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.values().map(AsRef::as_ref)
    }

    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name).map(AsRef::as_ref)
    }

    /// The table that is the same as one of another moment, whatever its name is now.
    pub fn table_by_id(&self, id: u32) -> Option<&Table> {
        self.tables().find(|table| table.id == id)
    }

    /// The same, quick for a table whose `name` has not changed since.
    pub(crate) fn same_table(&self, name: &str, id: u32) -> Option<&Table> {
        self.table(name).filter(|table| table.id == id).or_else(|| self.table_by_id(id))
    }

    /// The enums, by name.
    pub fn enums(&self) -> impl Iterator<Item = &Enum> {
        self.enums.values().map(|known| &known.def)
    }

    /// The enum of that name.
    pub fn enumeration(&self, name: &str) -> Option<&Enum> {
        self.enums.get(name).map(|known| &known.def)
    }

    /// The sequences that were created by a step of their own, by name.
    pub fn sequences(&self) -> impl Iterator<Item = &Sequence> {
        self.sequences.values().map(|known| &known.def)
    }

    /// The sequence of that name, if a step of its own created it.
    pub fn sequence(&self, name: &str) -> Option<&Sequence> {
        self.sequences.get(name).map(|known| &known.def)
    }

    /// The functions, by name.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.functions.values().map(|known| &known.def)
    }

    /// The functions that run with their owner's rights and that everybody may execute.
    pub fn open_definers(&self) -> impl Iterator<Item = &Function> {
        let open = |name| self.function_privileges(name).is_none_or(|all| all.contains(&(Privilege::Execute, PUBLIC)));
        self.functions().filter(move |function| function.security_definer && open(function.name))
    }

    /// Finds the functions that run with their owner's rights and would find what their caller has put into his
    /// `search_path` (manual 15, CREATE FUNCTION, "Writing SECURITY DEFINER Functions Safely").
    pub fn check_definers(&self, report: &mut Report) {
        let sets = |function: &Function| function.settings.iter().any(|(name, _)| *name == "search_path");
        for function in self.functions().filter(|function| function.security_definer && !sets(function)) {
            let message =
                format!("function `{}` runs with its owner's privileges and does not set `search_path`", function.name);
            let help = "its caller decides which functions and operators it finds: add `set search_path = \"@, pg_temp\"`; \
                        if it was released without, `create_or_replace_function` in a new version";
            report.push(Problem::new(function.name, message).help(help));
        }
    }

    /// The function of that name.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.get(name).map(|known| &known.def)
    }

    /// The privileges that have been granted on the prefix itself.
    pub fn privileges(&self) -> &Privileges {
        &self.privileges
    }

    /// The privileges that there are on a function, beside its owner's.
    pub fn function_privileges(&self, name: &str) -> Option<&Privileges> {
        self.function_privileges.get(name)
    }

    /// The comment of the function of that name.
    pub fn function_comment(&self, name: &str) -> Option<Name> {
        self.function_comments.get(name).copied()
    }

    /// The extensions that the chain has created up to here.
    pub fn extensions(&self) -> impl Iterator<Item = Name> {
        self.extensions.keys().copied()
    }

    /// The table that has an index of that name which backs no constraint.
    pub fn table_of_index(&self, index: &str) -> Option<&Table> {
        self.tables().find(|table| table.index(index).is_some())
    }

    /// The schema without one of its tables: what a step that creates it would have found.
    #[must_use]
    pub fn without_table(&self, name: &str) -> Self {
        let mut without = self.clone();
        without.tables_mut().remove(name);
        without
    }

    pub(crate) fn table_mut(&mut self, name: &str) -> Option<&mut Table> {
        self.tables_mut().get_mut(name).map(Arc::make_mut)
    }

    pub(crate) fn tables_mut(&mut self) -> &mut BTreeMap<Name, Arc<Table>> {
        Arc::make_mut(&mut self.tables)
    }

    /// A definition with an identity of its own.
    pub(crate) fn known<T>(&mut self, def: T) -> Known<T> {
        Known { id: self.new_id(), since: self.version, def }
    }

    pub(crate) fn new_id(&mut self) -> u32 {
        self.next_id += 1;
        self.next_id
    }

    /// What already has that name among tables, views, indexes and sequences, which share one name space (manual section
    /// 5.9), and since when.
    pub(crate) fn relation(&self, name: &str) -> Option<(String, Version)> {
        if let Some(table) = self.table(name) {
            return Some((format!("table `{name}`"), table.since));
        }
        if let Some(sequence) = self.sequences.get(name) {
            return Some((format!("sequence `{name}`"), sequence.since));
        }
        if let Some(view) = self.views.get(name) {
            return Some((format!("{} `{name}`", view.def.kind()), view.since));
        }
        if let Some(view) = self.view_of_index(name) {
            let since = self.views.get(view.name)?.since;
            return Some((format!("index `{name}` of {} `{}`", view.kind(), view.name), since));
        }
        self.tables().find_map(|table| {
            let index = table.index(name).map(|index| index.since);
            let backing = || table.constraint(name).filter(|c| c.def.kind.has_index()).map(|c| c.since);
            let sequence = || {
                let owns = |column: &&Known<Column>| column.def.generator.as_ref().is_some_and(|g| g.sequence == name);
                table.columns.iter().find(owns).map(|column| column.since)
            };
            let what = |kind: &str| format!("{kind} `{name}` of table `{}`", table.name);
            index
                .or_else(backing)
                .map(|since| (what("index"), since))
                .or_else(|| sequence().map(|since| (what("sequence"), since)))
        })
    }

    /// Whether a table, view, index or sequence has that name.
    pub fn has_relation(&self, name: &str) -> bool {
        self.relation(name).is_some()
    }

    /// Whether any table or domain has a constraint of that name. PostgreSQL lets tables share one that was written, and gives
    /// none that another table has (`ChooseConstraintName` in `pg_constraint.c`).
    pub(crate) fn has_constraint(&self, name: &str) -> bool {
        let of_domain = |domain: &Domain| domain.checks.iter().any(|check| check.name == name);
        self.tables().any(|table| table.constraint(name).is_some()) || self.domains().any(of_domain)
    }

    /// What already has that name among types, to which every table adds one of its own (manual section 8.16).
    pub(crate) fn type_of_name(&self, name: &str) -> Option<(String, Version)> {
        let of_domain = || self.domains.get(name).map(|known| (format!("domain `{name}`"), known.since));
        self.enums.get(name).map(|known| (format!("enum `{name}`"), known.since)).or_else(of_domain)
    }

    /// What keeps a new type from having that name. A table or view is a type too (manual section 8.16), and a sequence could
    /// not be made beside it.
    pub(crate) fn taken_by_type_or_relation(&self, name: &str) -> Option<(String, Version)> {
        let relation = || self.relation(name).filter(|(what, _)| !what.starts_with("index"));
        self.type_of_name(name).or_else(relation)
    }

    /// Whether raw SQL may speak of `@.name`.
    pub fn has_object(&self, name: &str) -> bool {
        self.functions.contains_key(name) || self.has_type(name) || self.relation(name).is_some()
    }

    /// The problem of an `@.name` that is nothing.
    pub(crate) fn missing_object(&self, name: Name) -> Problem {
        let fates = ObjectKind::OF_THE_SCHEMA.map(|kind| self.history.fate(kind, name, name));
        let fate = fates.iter().find(|fate| !fate.is_empty()).map_or("", String::as_str);
        let named = self.tables.keys().chain(self.functions.keys()).chain(self.enums.keys());
        let candidates =
            named.chain(self.domains.keys()).chain(self.sequences.keys()).chain(self.views.keys()).copied();
        Problem::missing(name, format!("no object `{}` in the schema", crate::sql::object(name)), fate)
            .nearest(candidates)
    }

    /// The problem of a table that is not there, with what became of it.
    pub fn missing_table(&self, name: Name) -> Problem {
        if let Some(view) = self.view(name) {
            return Problem::new(name, format!("`{name}` is a {}, not a table", view.kind()));
        }
        if let Some((what, _)) = self.relation(name).filter(|_| self.table(name).is_none()) {
            return Problem::new(name, format!("`{name}` is not a table, but {what}"));
        }
        let fate = self.history.fate(ObjectKind::Table, name, name);
        Problem::missing(name, format!("no table `{name}`"), &fate).nearest(self.tables.keys().copied())
    }

    /// The problem of a column that is not there, with what became of it.
    pub fn missing_column(&self, table: &Table, name: Name) -> Problem {
        let fate = self.history.fate(ObjectKind::Column, table.name, name);
        Problem::missing(name, format!("no column `{name}` in table `{}`", table.name), &fate)
            .nearest(table.column_names())
    }

    /// The problem of a function that is not there, with what became of it.
    pub(crate) fn missing_function(&self, name: Name) -> Problem {
        let fate = self.history.fate(ObjectKind::Function, name, name);
        Problem::missing(name, format!("no function `{name}`"), &fate).nearest(self.functions.keys().copied())
    }

    /// The problem of a constraint that is not there, with what became of it.
    pub(crate) fn missing_constraint(&self, table: &Table, name: Name) -> Problem {
        let fate = self.history.fate(ObjectKind::Constraint, table.name, name);
        let candidates = table.constraints.iter().map(|constraint| constraint.def.name);
        Problem::missing(name, format!("no constraint `{name}` on table `{}`", table.name), &fate).nearest(candidates)
    }

    /// The problem of a trigger that is not there, with what became of it.
    pub(crate) fn missing_trigger(&self, relation: Name, name: Name) -> Problem {
        let fate = self.history.fate(ObjectKind::Trigger, relation, name);
        let of_table = self.table(relation).into_iter().flat_map(|table| &table.triggers).map(|known| known.def.name);
        let of_view = self.view(relation).into_iter().flat_map(|view| view.triggers.iter()).map(|trigger| trigger.name);
        let what = if self.view(relation).is_some() { "view" } else { "table" };
        Problem::missing(name, format!("no trigger `{name}` on {what} `{relation}`"), &fate)
            .nearest(of_table.chain(of_view))
    }

    /// The problem of an index that is not there, with what became of it.
    pub(crate) fn missing_index(&self, name: Name) -> Problem {
        let fate = self.history.fate(ObjectKind::Index, name, name);
        let candidates = self.tables().flat_map(|table| table.indexes.iter().map(|index| index.def.name));
        Problem::missing(name, format!("no index `{name}`"), &fate).nearest(candidates)
    }

    /// The problem of a policy that is not there, with what became of it.
    pub(crate) fn missing_policy(&self, table: &Table, name: Name) -> Problem {
        let fate = self.history.fate(ObjectKind::Policy, table.name, name);
        let candidates = table.policies.iter().map(|policy| policy.def.name);
        Problem::missing(name, format!("no policy `{name}` on table `{}`", table.name), &fate).nearest(candidates)
    }

    pub(crate) fn dropped(&mut self, kind: ObjectKind, table: Name, name: Name) {
        Arc::make_mut(&mut self.history).dropped(kind, table, name, self.version);
        Arc::make_mut(&mut self.dropped_here).entry((kind, table, name)).or_default();
    }

    /// Remembers a name that a step takes away with `if_exists` and that history does not have: run twice, the step would
    /// meet what the version makes under it.
    pub(crate) fn gave_up(&mut self, kind: ObjectKind, table: Name, name: Name) {
        Arc::make_mut(&mut self.dropped_here).entry((kind, table, name)).or_default();
    }

    pub(crate) fn renamed(&mut self, kind: ObjectKind, table: Name, from: Name, to: Name) {
        Arc::make_mut(&mut self.history).renamed(kind, table, from, to, self.version);
        if kind.has_parts() && self.dropped_here.keys().any(|(_, of, _)| *of == from) {
            let follow = |(&(kind, of, name), ty): (&(ObjectKind, Name, Name), &Option<Type>)| match kind {
                kind if kind.is_of_a_table() && of == from => ((kind, to, name), ty.clone()),
                _ => ((kind, of, name), ty.clone()),
            };
            self.dropped_here = Arc::new(self.dropped_here.iter().map(follow).collect());
        }
    }

    /// Whether the version whose steps are being applied made it.
    pub(crate) fn created_here<T>(&self, known: Option<&Known<T>>) -> bool {
        known.is_some_and(|known| known.since == self.version)
    }

    /// Whether this very version has dropped an object of that name.
    pub(crate) fn dropped_in_this_version(&self, kind: ObjectKind, table: Name, name: Name) -> bool {
        self.dropped_here.contains_key(&(kind, table, name))
    }

    /// Remembers the type of a column that this version dropped.
    pub(crate) fn dropped_column_was(&mut self, table: Name, column: Name, ty: Type) {
        Arc::make_mut(&mut self.dropped_here).insert((ObjectKind::Column, table, column), Some(ty));
    }

    /// Whether this very version has dropped a column of that name and of this type.
    pub(crate) fn dropped_here_as(&self, table: Name, column: Name, ty: &Type) -> bool {
        let was = self.dropped_here.get(&(ObjectKind::Column, table, column)).and_then(Option::as_ref);
        was.is_some_and(|was| was.formatted() == ty.formatted())
    }
}
