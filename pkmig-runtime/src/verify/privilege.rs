//! Who may do what: the privileges that a version declares, beside those that there are.
//!
//! The expected side is the model's, not that of the schema which was made to compare with: PostgreSQL grants to roles
//! by default what somebody has told it to (`ALTER DEFAULT PRIVILEGES`).

use std::collections::{BTreeMap, BTreeSet};

use pkmig_schema::{Grant, ObjectKind, PUBLIC, Privilege, Schema};

use super::catalog::Catalog;
use super::{CatalogObject, Difference, DifferenceKind};
use pkmig_sql::Context;

/// What a role may do with an object.
#[derive(Debug, Default, PartialEq)]
struct Granted {
    /// PostgreSQL's words, which may be more than the model knows.
    privileges: BTreeSet<String>,
    /// Whether the role is the object's owner.
    owner: bool,
    /// What every new object of the kind has, and nobody needs to have declared.
    by_default: BTreeSet<String>,
    /// Of the model: what grants them.
    grant: Option<Grant>,
}

/// Privileges by object and role.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Grants(BTreeMap<(CatalogObject, String), Granted>);

impl Grants {
    fn of(&mut self, on: &CatalogObject, role: &str) -> &mut Granted {
        self.0.entry((on.clone(), role.to_owned())).or_default()
    }

    /// A row of the catalog's query.
    pub(super) fn add(&mut self, on: &CatalogObject, role: &str, privileges: Vec<String>, owner: bool) {
        let granted = self.of(on, role);
        granted.privileges.extend(privileges);
        granted.owner |= owner;
    }

    /// What is missing of these, and what there is beyond them on the objects that they speak of and that are there.
    pub(super) fn compare(&self, found: &Self, is_there: impl Fn(&CatalogObject) -> bool) -> Vec<Difference> {
        let spoken_of: BTreeSet<_> = self.0.keys().map(|(on, _)| on).filter(|on| is_there(on)).collect();
        let keys: BTreeSet<_> = self.0.keys().chain(found.0.keys()).filter(|(on, _)| spoken_of.contains(on)).collect();
        let (nothing, mut differences) = (Granted::default(), Vec::new());
        for key in keys {
            let (declared, there) = (self.0.get(key).unwrap_or(&nothing), found.0.get(key).unwrap_or(&nothing));
            let (on, role) = key;
            let lacking = declared.privileges.difference(&there.privileges);
            let lacking: Vec<_> = lacking.filter(|word| !declared.by_default.contains(*word)).cloned().collect();
            // What initdb has granted on the schema public is nobody's doing.
            let nobodys = there.owner || (on.kind == ObjectKind::Schema && role == PUBLIC);
            let beyond: Vec<_> =
                there.privileges.difference(&declared.privileges).filter(|_| !nobodys).cloned().collect();
            let grant =
                declared.grant.as_ref().map(|grant| grant.only(|it| lacking.iter().any(|word| word == it.word())));
            let lacking = (!lacking.is_empty()).then(|| DifferenceKind::NotGranted {
                privileges: lacking,
                role: role.clone(),
                grant,
            });
            let beyond =
                (!beyond.is_empty()).then(|| DifferenceKind::Granted { privileges: beyond, role: role.clone() });
            let kinds = lacking.into_iter().chain(beyond);
            differences.extend(kinds.map(|kind| Difference { object: on.clone(), kind }));
        }
        differences
    }
}

impl Catalog {
    /// Puts the privileges that the model declares in the place of those that were read.
    pub(crate) fn declare_privileges(&mut self, schema: &Schema, context: &Context) {
        let mut grants = Grants::default();
        for (target, privileges) in schema.declared_privileges() {
            let Some(on) = self.named(CatalogObject::of(target.on, schema, context)) else { continue };
            // That it is spoken of is known even where all is revoked.
            grants.of(&on, PUBLIC);
            for (privilege, role) in privileges {
                let granted = grants.of(&on, role);
                granted.privileges.insert(privilege.word().to_owned());
                let whole = || Grant { roles: vec![*role].into(), ..target.clone() };
                granted.grant.get_or_insert_with(whole).privileges.to_mut().push(*privilege);
            }
            for (privilege, role) in Privilege::by_default(target.on.kind) {
                grants.of(&on, role).by_default.insert(privilege.word().to_owned());
            }
        }
        self.grants = grants;
    }

    /// The object with its signature, if it is a function.
    fn named(&self, object: CatalogObject) -> Option<CatalogObject> {
        match object.kind {
            ObjectKind::Function => self.entries.keys().find(|it| it.by_name() == object).cloned(),
            _ => Some(object),
        }
    }
}
