//! Who may do what: the privileges that a version declares, beside those that there are.
//!
//! The expected side is the model's, not that of the schema which was made to compare with: PostgreSQL grants to roles
//! by default what somebody has told it to (`ALTER DEFAULT PRIVILEGES`).

use std::collections::{BTreeMap, BTreeSet};

use pkmig_schema::{Grant, GrantTarget, PUBLIC, Schema};

use super::catalog::Catalog;
use super::{Difference, DifferenceKind, Object, ObjectKind};
use pkmig_sql::{Context, ident};

/// What privileges are on: a table or view, a function, or else the schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum On {
    Table(String),
    /// With the types of its arguments.
    Function(String),
    Schema,
}

impl On {
    /// As the catalog's query has it.
    pub(super) fn new(table: Option<String>, function: String) -> Self {
        match table {
            Some(table) => Self::Table(table),
            None if function.is_empty() => Self::Schema,
            None => Self::Function(function),
        }
    }

    /// Whether it is there: nothing more is said of what is missing.
    pub(super) fn is_in(&self, catalog: &Catalog) -> bool {
        let mut objects = catalog.entries.values().map(|entry| &entry.object);
        match self {
            Self::Table(name) => objects.any(|object| object.kind.is_relation() && object.name == *name),
            Self::Function(name) => objects.any(|it| it.kind == ObjectKind::Function && it.name == *name),
            Self::Schema => true,
        }
    }

    /// Privileges of a role on it, as an object that differs.
    fn object(&self, privileges: &[&str], role: &str, grant: Option<Grant>) -> Object {
        let (table, tail) = match self {
            Self::Table(name) => (Some(name.clone()), String::new()),
            Self::Function(name) => (None, format!(" on function {name}")),
            Self::Schema => (None, " on the schema".to_owned()),
        };
        let name = format!("{} to {role}{tail}", privileges.join(", "));
        Object { kind: ObjectKind::Privilege, table, name, grant }
    }
}

/// Privileges by object and role, with whether the role is the object's owner.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Grants {
    granted: BTreeMap<(On, String), (BTreeSet<String>, bool)>,
    /// What every new object of the kind has, and nobody needs to have declared.
    by_default: BTreeSet<(On, String, String)>,
    /// Of the model: what grants them.
    steps: BTreeMap<(On, String), Grant>,
}

impl Grants {
    /// A row of the catalog's query.
    pub(super) fn add(&mut self, on: On, role: String, privilege: String) {
        let (word, owner) = match privilege.strip_suffix(", owner") {
            Some(word) => (word.to_owned(), true),
            None => (privilege, false),
        };
        let entry = self.granted.entry((on, role)).or_default();
        entry.0.insert(word);
        entry.1 |= owner;
    }

    /// What is missing of these, and what there is beyond them on the objects that they speak of.
    pub(super) fn compare(&self, found: &Self, is_there: impl Fn(&On) -> bool) -> Vec<Difference> {
        let spoken_of: BTreeSet<&On> = self.granted.keys().map(|(on, _)| on).filter(|on| is_there(on)).collect();
        let of_these = |key: &&(On, String)| spoken_of.contains(&key.0);
        let keys: BTreeSet<_> = self.granted.keys().chain(found.granted.keys()).filter(of_these).collect();
        let (nothing, mut differences) = (BTreeSet::new(), Vec::new());
        for key in keys {
            let (on, role) = key;
            let (declared, (there, owner)) = (
                self.granted.get(key).map_or(&nothing, |(words, _)| words),
                found.granted.get(key).map_or((&nothing, false), |(words, owner)| (words, *owner)),
            );
            let by_default = |word: &str| self.by_default.contains(&(on.clone(), role.clone(), word.to_owned()));
            let missing = declared.difference(there).map(String::as_str).filter(|word| !by_default(word));
            // What initdb has granted on the schema public is nobody's doing.
            let nobodys = owner || (*on == On::Schema && role == PUBLIC);
            let extra = there.difference(declared).map(String::as_str).filter(|_| !nobodys);
            let missing: Vec<_> = missing.collect();
            let grant = self.steps.get(key).map(|step| step.only(|it| missing.contains(&it.word())));
            for (words, kind, grant) in
                [(missing, DifferenceKind::Missing, grant), (extra.collect(), DifferenceKind::Extra, None)]
            {
                let object = (!words.is_empty()).then(|| on.object(&words, role, grant));
                differences.extend(object.map(|object| Difference { object, kind }));
            }
        }
        differences
    }
}

impl Catalog {
    /// Puts the privileges that the model declares in the place of those that were read.
    pub(crate) fn declare_privileges(&mut self, schema: &Schema, context: &Context) {
        let mut grants = Grants::default();
        for (target, privileges) in schema.declared_privileges() {
            let Some(on) = self.target(&target, context) else { continue };
            // That it is spoken of is known even where all is revoked.
            grants.granted.entry((on.clone(), PUBLIC.to_owned())).or_default();
            for (privilege, role) in privileges {
                grants.add(on.clone(), (*role).to_owned(), privilege.word().to_owned());
                let whole = || Grant { privileges: Vec::new().into(), on: target.clone(), roles: vec![*role].into() };
                let step = grants.steps.entry((on.clone(), (*role).to_owned())).or_insert_with(whole);
                step.privileges.to_mut().push(*privilege);
            }
            let by_default = target.by_default().into_iter();
            grants.by_default.extend(by_default.map(|(it, role)| (on.clone(), role.to_owned(), it.word().to_owned())));
        }
        self.grants = grants;
    }

    fn target(&self, target: &GrantTarget, context: &Context) -> Option<On> {
        Some(match target {
            GrantTarget::Table(table) => On::Table(context.name(table)),
            GrantTarget::Schema => On::Schema,
            GrantTarget::Function(name, _) => {
                let name = context.name(name);
                let mut functions = self.entries.values().filter(|it| it.object.kind == ObjectKind::Function);
                let signature = functions.find_map(|entry| {
                    let signature = &entry.object.name;
                    let (bare, _) = signature.rsplit_once('(')?;
                    (bare == name || bare == ident(&name)).then(|| signature.clone())
                })?;
                On::Function(signature)
            }
        })
    }
}
