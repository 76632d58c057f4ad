//! The rights that a plan needs of what is there before it is run, by the names that it has then.

use std::collections::BTreeSet;
use std::fmt;

use pkmig_schema::replay::Moment;
use pkmig_schema::step::{Backfill, Source};
use pkmig_schema::{
    Constraint, ConstraintKind, Name, ObjectKind, ObjectRef, Requirement, Schema, Sql, Step, TableRef, View,
};

use crate::Chain;

/// A right that the role of a run needs before its first statement. What the plan itself makes is its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Right {
    /// `USAGE` and `CREATE` on the prefix; where that is to be made, `CREATE` on the database.
    Create,
    /// An extension that is there, or that the role may create.
    Extension(String),
    /// `USAGE` on another schema.
    Usage(String),
    /// Ownership of the prefix: a privilege on it is granted.
    OwnSchema,
    /// Ownership of an object of the prefix.
    Own(ObjectKind, String),
    /// `REFERENCES` on a table, of the prefix where no schema is named.
    References(Option<String>, String),
    /// `SELECT` on a table of the prefix, from which rows are filled.
    Select(String),
}

impl Right {
    /// What it is called: `ownership`, `REFERENCES`, …
    pub fn name(&self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Extension(_) => "an extension",
            Self::Usage(_) => "USAGE",
            Self::OwnSchema | Self::Own(..) => "ownership",
            Self::References(..) => "REFERENCES",
            Self::Select(_) => "SELECT",
        }
    }

    /// What it is on: `table `notes``.
    pub fn object(&self) -> String {
        match self {
            Self::Create | Self::OwnSchema => "the schema".to_owned(),
            Self::Extension(name) => format!("extension `{name}`"),
            Self::Usage(schema) => format!("schema `{schema}`"),
            Self::Own(kind, name) => format!("{} `{name}`", keyword(*kind)),
            Self::References(Some(schema), name) => format!("table `{schema}.{name}`"),
            Self::References(None, name) | Self::Select(name) => format!("table `{name}`"),
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create => f.write_str("USAGE and CREATE on the schema, or CREATE on the database to make it"),
            Self::Extension(name) => write!(f, "extension `{name}`, or the right to create it"),
            Self::OwnSchema | Self::Own(..) => write!(f, "ownership of {}", self.object()),
            _ => write!(f, "{} on {}", self.name(), self.object()),
        }
    }
}

/// What `ALTER` calls an object of a kind.
pub(crate) fn keyword(kind: ObjectKind) -> &'static str {
    if kind == ObjectKind::Enum { "type" } else { kind.word() }
}

/// The privileges that the steps of a version need, in a plan that starts with the schema `start`.
pub(crate) fn rights(moments: &[Moment], start: &Schema, chain: &Chain) -> Vec<Right> {
    let mut rights = BTreeSet::from([Right::Create]);
    rights.extend(chain.requirements().iter().filter_map(|requirement| match requirement {
        Requirement::Function { schema, .. } | Requirement::Table { schema, .. } => {
            Some(Right::Usage((*schema).to_owned()))
        }
        Requirement::Role(_) => None,
    }));
    let stamped = start.table(chain.tracked_by).map(|table| Right::Own(ObjectKind::Table, table.name.to_owned()));
    rights.extend(stamped);
    for moment in moments {
        Needs { moment, start, rights: &mut rights }.collect();
    }
    without_what_owners_have(rights)
}

/// The privileges of several versions together.
pub fn together<'a>(rights: impl IntoIterator<Item = &'a Right>) -> Vec<Right> {
    without_what_owners_have(rights.into_iter().cloned().collect())
}

/// Ownership includes the other privileges.
fn without_what_owners_have(rights: BTreeSet<Right>) -> Vec<Right> {
    let owned = |name: &String| rights.contains(&Right::Own(ObjectKind::Table, name.clone()));
    let implied = |right: &&Right| match right {
        Right::References(None, table) | Right::Select(table) => owned(table),
        _ => false,
    };
    let mut rights: Vec<_> = rights.iter().filter(|right| !implied(right)).cloned().collect();
    // What is in a table comes first.
    rights.sort_by_key(|right| match right {
        Right::Own(kind, _) => u8::from(!kind.is_relation()),
        Right::References(..) | Right::Select(_) => 2,
        _ => 0,
    });
    rights
}

struct Needs<'a> {
    moment: &'a Moment,
    start: &'a Schema,
    rights: &'a mut BTreeSet<Right>,
}

impl Needs<'_> {
    fn collect(&mut self) {
        if let Some(effect) = self.moment.step.effect() {
            self.own_object(effect.object);
        }
        match &self.moment.step {
            Step::CreateTable { def, .. } => self.references(&def.constraints),
            Step::AddColumn { constraints, .. } => self.references(constraints),
            Step::AddConstraint { constraint, .. } => self.references(std::slice::from_ref(constraint)),
            Step::CreateView { def, .. } if def.materialized => self.select(&def.query),
            Step::CreateSequence { def } => def.owned_by.iter().for_each(|(table, _)| self.own_relation(table)),
            Step::Backfill(fill) => self.fill(fill),
            Step::DeleteRows(rows) => self.select(&rows.predicate),
            // What raw SQL does with what it names is its own affair.
            Step::Execute(execute) => execute.sql.objects().for_each(|name| self.own_any(name)),
            _ => {}
        }
    }

    /// What a step changes belongs to the role, or what it belongs to does.
    fn own_object(&mut self, object: ObjectRef) {
        match (object.kind, object.relation()) {
            (_, Some(relation)) => self.own_relation(relation),
            (ObjectKind::Index, None) => self.own_index(object.name),
            (ObjectKind::Enum | ObjectKind::Domain, _) => self.own_type(object.name),
            (ObjectKind::Function, _) => self.own_function(object.name),
            (ObjectKind::Schema, _) => drop(self.rights.insert(Right::OwnSchema)),
            (ObjectKind::Extension, _) => drop(self.rights.insert(Right::Extension(object.name.to_owned()))),
            // They belong to a table, which is said.
            (ObjectKind::Column | ObjectKind::Constraint | ObjectKind::Policy | ObjectKind::Trigger, None) => {}
            // They are relations.
            (ObjectKind::Table | ObjectKind::PartitionedTable | ObjectKind::ForeignTable, None)
            | (ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::Sequence, None) => {}
        }
    }

    fn own(&mut self, kind: ObjectKind, name: &str) {
        self.rights.insert(Right::Own(kind, name.to_owned()));
    }

    /// What a table of this moment is called before the plan, if it is there.
    fn table(&self, name: &str) -> Option<Name> {
        let known = self.moment.before.table(name).or_else(|| self.moment.after.table(name))?;
        self.start.table_by_id(known.id).map(|table| table.name)
    }

    /// A view of this moment as it is before the plan, if it is there.
    fn view(&self, name: &str) -> Option<&View> {
        [&self.moment.before, &self.moment.after].into_iter().find_map(|then| self.start.same_view(then, name))
    }

    fn own_relation(&mut self, name: &str) {
        if let Some(table) = self.table(name) {
            self.own(ObjectKind::Table, table);
        } else if let Some(View { name, materialized, .. }) = self.view(name) {
            self.own(if *materialized { ObjectKind::MaterializedView } else { ObjectKind::View }, name);
        } else if self.start.sequence(name).is_some() {
            self.own(ObjectKind::Sequence, name);
        }
    }

    fn own_index(&mut self, index: &str) {
        let of_table = self.moment.before.table_of_index(index).map(|table| table.name);
        let of_view = self.moment.before.view_of_index(index).map(|view| view.name);
        if let Some(relation) = of_table.or(of_view) {
            self.own_relation(relation);
        }
    }

    fn own_type(&mut self, name: &str) {
        if self.start.enumeration(name).is_some() {
            self.own(ObjectKind::Enum, name);
        } else if self.start.domain(name).is_some() {
            self.own(ObjectKind::Domain, name);
        }
    }

    fn own_function(&mut self, name: &str) {
        if self.start.function(name).is_some() {
            self.own(ObjectKind::Function, name);
        }
    }

    fn own_any(&mut self, name: &str) {
        self.own_relation(name);
        self.own_index(name);
        self.own_type(name);
        self.own_function(name);
    }

    fn references(&mut self, constraints: &[Constraint]) {
        for constraint in constraints {
            let ConstraintKind::ForeignKey { table: TableRef { schema, name, .. }, .. } = &constraint.kind else {
                continue;
            };
            if let Some(schema) = schema {
                self.rights.insert(Right::Usage((*schema).to_owned()));
                self.rights.insert(Right::References(Some((*schema).to_owned()), (*name).to_owned()));
            } else if let Some(table) = self.table(name) {
                self.rights.insert(Right::References(None, table.to_owned()));
            }
        }
    }

    fn fill(&mut self, fill: &Backfill) {
        match &fill.source {
            Source::Expression { value, from } => {
                [Some(value), from.as_ref()].into_iter().flatten().for_each(|sql| self.select(sql))
            }
            Source::Lookup(lookup) => self.select_from(lookup.table),
        }
        fill.predicate.iter().for_each(|sql| self.select(sql));
    }

    fn select(&mut self, sql: &Sql) {
        sql.objects().for_each(|name| self.select_from(name));
    }

    fn select_from(&mut self, name: &str) {
        if let Some(table) = self.table(name) {
            self.rights.insert(Right::Select(table.to_owned()));
        }
    }
}
