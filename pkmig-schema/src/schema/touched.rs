//! What lies between two moments of one history: which objects are new, other than before, or gone.
//!
//! An object is known by its identity, so one that was renamed is the same and another one.

use std::sync::Arc;

use super::{Column, Constraint, Domain, Enum, Index, Known, Policy, Schema, Sequence, Table, Trigger, View};

/// An object of the model, with the table or view that it belongs to.
#[derive(Debug, Clone, Copy)]
pub enum ModelObject<'a> {
    /// A table without its parts.
    Table(&'a Table),
    /// A column.
    Column(&'a Table, &'a Known<Column>),
    /// A constraint of a table.
    Constraint(&'a Table, &'a Known<Constraint>),
    /// An index of a table.
    Index(&'a Table, &'a Known<Index>),
    /// A policy of a table.
    Policy(&'a Table, &'a Known<Policy>),
    /// A trigger of a table.
    Trigger(&'a Table, &'a Known<Trigger>),
    /// A view with its indexes and triggers.
    View(&'a Known<View>),
    /// An enum.
    Enum(&'a Known<Enum>),
    /// A domain.
    Domain(&'a Known<Domain>),
    /// A sequence that was created by a step of its own.
    Sequence(&'a Known<Sequence>),
}

/// What lies between two moments.
#[derive(Debug, Default)]
pub struct Touched<'a> {
    /// What only the later one has.
    pub made: Vec<ModelObject<'a>>,
    /// What both have, and the later one otherwise: as it is there.
    pub changed: Vec<ModelObject<'a>>,
    /// What only the earlier one has, unless it went with its table: as it was there.
    pub gone: Vec<ModelObject<'a>>,
}

impl ModelObject<'_> {
    /// Its identity.
    pub fn id(&self) -> u32 {
        match self {
            Self::Table(table) => table.id,
            Self::Column(_, known) => known.id,
            Self::Constraint(_, known) => known.id,
            Self::Index(_, known) => known.id,
            Self::Policy(_, known) => known.id,
            Self::Trigger(_, known) => known.id,
            Self::View(known) => known.id,
            Self::Enum(known) => known.id,
            Self::Domain(known) => known.id,
            Self::Sequence(known) => known.id,
        }
    }

    /// The table that it is or belongs to.
    pub fn table(&self) -> Option<&Table> {
        match self {
            Self::Table(table)
            | Self::Column(table, _)
            | Self::Constraint(table, _)
            | Self::Index(table, _)
            | Self::Policy(table, _)
            | Self::Trigger(table, _) => Some(table),
            Self::View(_) | Self::Enum(_) | Self::Domain(_) | Self::Sequence(_) => None,
        }
    }

    /// Whether it is as `other` is, but for its comment and the order of what it holds.
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Table(one), Self::Table(other)) => {
                (one.name, one.unlogged, one.row_security) == (other.name, other.unlogged, other.row_security)
            }
            (Self::Column(_, one), Self::Column(_, other)) => {
                one.def == Column { comment: one.def.comment, ..other.def.clone() }
            }
            (Self::Constraint(_, one), Self::Constraint(_, other)) => {
                one.def == Constraint { comment: one.def.comment, ..other.def.clone() }
            }
            (Self::Index(_, one), Self::Index(_, other)) => {
                one.def.name == other.def.name && one.def.is_like(&other.def)
            }
            (Self::Policy(_, one), Self::Policy(_, other)) => one.def == other.def,
            (Self::Trigger(_, one), Self::Trigger(_, other)) => {
                one.def == Trigger { comment: one.def.comment, ..other.def.clone() }
            }
            (Self::View(one), Self::View(other)) => {
                let bare = |view: &View| View { comment: None, ..view.clone() };
                super::compare::settled(&bare(&one.def)) == super::compare::settled(&bare(&other.def))
            }
            (Self::Enum(one), Self::Enum(other)) => one.def == other.def,
            (Self::Domain(one), Self::Domain(other)) => one.def == other.def,
            (Self::Sequence(one), Self::Sequence(other)) => one.def == other.def,
            _ => false,
        }
    }
}

impl Schema {
    /// What lies between an earlier moment of the same history and this one.
    pub fn touched_since<'a>(&'a self, before: &'a Self) -> Touched<'a> {
        let mut touched = Touched::default();
        for table in self.unshared_tables(before) {
            let old = before.same_table(table.name, table.id);
            touched.sort(&parts(table), &old.map(parts).unwrap_or_default());
        }
        let gone = before.unshared_tables(self).filter(|table| self.same_table(table.name, table.id).is_none());
        touched.gone.extend(gone.map(ModelObject::Table));
        touched.sort(&self.loose_parts(), &before.loose_parts());
        touched
    }

    /// The same object at this moment, whatever it is called.
    pub fn same<'a>(&'a self, part: &ModelObject<'_>) -> Option<ModelObject<'a>> {
        let parts = match part.table() {
            Some(table) => self.same_table(table.name, table.id).map(parts).unwrap_or_default(),
            None => self.loose_parts(),
        };
        parts.into_iter().find(|it| it.id() == part.id())
    }

    /// The tables that the other moment does not have, or not so.
    fn unshared_tables<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a Table> {
        let shared = |table: &&Arc<Table>| other.tables.get(table.name).is_some_and(|it| Arc::ptr_eq(it, table));
        self.tables.values().filter(move |table| !shared(table)).map(AsRef::as_ref)
    }

    /// What belongs to no table.
    fn loose_parts(&self) -> Vec<ModelObject<'_>> {
        let views = self.views.values().map(ModelObject::View);
        let enums = self.enums.values().map(ModelObject::Enum);
        let domains = self.domains.values().map(ModelObject::Domain);
        views.chain(enums).chain(domains).chain(self.sequences.values().map(ModelObject::Sequence)).collect()
    }
}

/// A table and what belongs to it.
fn parts(table: &Table) -> Vec<ModelObject<'_>> {
    let columns = table.columns.iter().map(|known| ModelObject::Column(table, known));
    let constraints = table.constraints.iter().map(|known| ModelObject::Constraint(table, known));
    let indexes = table.indexes.iter().map(|known| ModelObject::Index(table, known));
    let policies = table.policies.iter().map(|known| ModelObject::Policy(table, known));
    let triggers = table.triggers.iter().map(|known| ModelObject::Trigger(table, known));
    let parts = columns.chain(constraints).chain(indexes).chain(policies).chain(triggers);
    std::iter::once(ModelObject::Table(table)).chain(parts).collect()
}

impl<'a> Touched<'a> {
    fn sort(&mut self, now: &[ModelObject<'a>], before: &[ModelObject<'a>]) {
        for part in now {
            match before.iter().find(|old| old.id() == part.id()) {
                None => self.made.push(*part),
                Some(old) if !part.is_like(old) => self.changed.push(*part),
                Some(_) => {}
            }
        }
        self.gone.extend(before.iter().filter(|old| now.iter().all(|part| part.id() != old.id())));
    }
}
