//! Domains: create, drop.

use pkmig_schema::{Domain, Name};

use super::guard::{Condition, Object};
use super::shape::{Expectation, PROBE};
use super::writer::Context;
use super::{Lowered, Place};
use crate::ddl::{CreateDomain, Drop, Droppable, Qualified};

impl Place<'_> {
    pub(super) fn create_domain(&self, def: &Domain) -> Lowered {
        let Some(made) = self.after.domain(def.name) else { return Lowered::always(Vec::new()) };
        let create = create(self.context, made, self.context.qualified(def.name));
        // The version may take it away again, and give its name to something else.
        let expected = self.end.domain(def.name).map(|end| expectation(self.context, end));
        Lowered::when(Condition::Missing(Object::Type(def.name.to_owned())), vec![create.into()])
            .otherwise(expected.into_iter().collect())
    }

    pub(super) fn drop_domain(&self, name: Name) -> Lowered {
        let drop = Drop::plain(Droppable::Domain, self.context.qualified(name));
        Lowered::when(Condition::Exists(Object::Domain(name.to_owned())), vec![drop.into()])
    }
}

/// That the domain is as it is declared.
pub(super) fn expectation(context: &Context, domain: &Domain) -> Expectation {
    Expectation::Domain(domain.name.to_owned(), Box::new(create(context, domain, context.qualified(PROBE))))
}

fn create(context: &Context, domain: &Domain, name: Qualified) -> CreateDomain {
    CreateDomain {
        name,
        ty: context.ty(&domain.ty),
        default: domain.default.as_ref().map(|value| context.value(value)),
        not_null: domain.not_null,
        checks: domain.checks.iter().map(|check| (context.ident(check.name), context.sql(&check.expression))).collect(),
    }
}
