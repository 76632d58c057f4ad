//! Domains: create, drop.

use pkmig_schema::{Domain, Name};

use super::guard::{Condition, Object};
use super::shape::{Expectation, PROBE};
use super::statement::Statement;
use super::writer::Context;
use super::{Lowered, Place};

impl Place<'_> {
    pub(super) fn create_domain(&self, def: &Domain) -> Lowered {
        let Some(made) = self.after.domain(def.name) else { return Lowered::always(Vec::new()) };
        let statement = Statement::Written(create(self.context, made, &self.context.qualified(def.name)));
        // The version may take it away again, and give its name to something else.
        let expected = self.end.domain(def.name).map(|end| expectation(self.context, end));
        Lowered::when(Condition::Missing(Object::Type(def.name.to_owned())), vec![statement])
            .otherwise(expected.into_iter().collect())
    }

    pub(super) fn drop_domain(&self, name: Name) -> Lowered {
        let drop = format!("DROP DOMAIN {}", self.context.qualified(name));
        Lowered::when(Condition::Exists(Object::Domain(name.to_owned())), vec![Statement::Written(drop)])
    }
}

/// That the domain is as it is declared.
pub(super) fn expectation(context: &Context, domain: &Domain) -> Expectation {
    Expectation::Domain(domain.name.to_owned(), create(context, domain, &context.qualified(PROBE)))
}

/// `CREATE DOMAIN`, whole; `name` is quoted already.
fn create(context: &Context, domain: &Domain, name: &str) -> String {
    let mut text = format!("CREATE DOMAIN {name} AS {}", context.ty(&domain.ty));
    if let Some(value) = &domain.default {
        text.push_str(&format!(" DEFAULT {}", context.value(value)));
    }
    if domain.not_null {
        text.push_str(" NOT NULL");
    }
    for check in domain.checks.iter() {
        text.push_str(&format!(" CONSTRAINT {} CHECK ({})", context.ident(check.name), context.sql(&check.expression)));
    }
    text
}
