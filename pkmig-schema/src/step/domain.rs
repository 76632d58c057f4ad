//! Domains: create, drop.

use super::enumeration::drop_type;
use super::table::check_objects;
use super::value::{check_type, check_value};
use crate::name::{UNNAMED, default_name};
use crate::schema::DomainCheck;
use crate::{Domain, List, Name, ObjectKind, Problem, Report, Schema, Type, Value};

pub(super) fn create(schema: &mut Schema, def: &Domain, report: &mut Report) {
    if let Some((what, since)) = schema.taken_by_type_or_relation(def.name) {
        return report.push(Problem::new(def.name, format!("{what} already exists, since {since}")));
    }
    if schema.dropped_in_this_version(ObjectKind::Domain, def.name, def.name) {
        let message = format!(
            "domain `{}` is dropped and created in one version: run twice, the new one would be dropped",
            def.name
        );
        report.push(Problem::new(def.name, message).help("create it in the next version, or under another name"));
    }
    check_base(schema, &def.ty, report);
    if let Some(value) = &def.default {
        check_value(schema, value, &def.ty, "default", report);
    }
    let mut def = def.clone();
    def.default = def.default.filter(|value| value.is_kept_by(&def.ty));
    def.checks = named(schema, &def, report);
    let known = schema.known(def);
    schema.domains.insert(known.def.name, known);
}

fn check_base(schema: &Schema, ty: &Type, report: &mut Report) {
    if schema.domain(ty.name).is_some() {
        let message = format!("`{}` is itself a domain: a domain needs a type of PostgreSQL or an enum", ty.name);
        return report.push(Problem::new(ty.name, message));
    }
    check_type(schema, ty, report);
    if !ty.has_equality() {
        let message = format!("a domain cannot have type {}: PostgreSQL cannot compare its values", ty.formatted());
        report.push(Problem::new(ty.name, message).help("give each column this type and a check"));
    }
}

/// The checks with the names that they have or PostgreSQL gives them (`ChooseConstraintName` in `pg_constraint.c`).
fn named(schema: &Schema, def: &Domain, report: &mut Report) -> List<DomainCheck> {
    let mut checks: Vec<DomainCheck> = Vec::new();
    for check in def.checks.iter() {
        check_expression(schema, check, report);
        let is_own = |name: &str| checks.iter().any(|other| other.name == name);
        if check.name != UNNAMED && is_own(check.name) {
            report.push(Problem::new(check.name, format!("duplicate check `{}`", check.name)));
        }
        let name = match check.name {
            UNNAMED => default_name(def.name, &[], "check", |name| is_own(name) || schema.has_constraint(name)),
            name => name,
        };
        checks.push(DomainCheck { name, ..check.clone() });
    }
    List::Owned(checks)
}

fn check_expression(schema: &Schema, check: &DomainCheck, report: &mut Report) {
    check_objects(schema, &check.expression, report);
    for ident in check.expression.idents().filter(|ident| *ident != "value") {
        let message = format!("a domain has no column `{ident}`");
        report.push(Problem::new(ident, message).help("a check of a domain calls the value `VALUE`"));
    }
}

pub(super) fn drop(schema: &mut Schema, name: Name, report: &mut Report) {
    if drop_type(schema, ObjectKind::Domain, name, report) {
        schema.domains.remove(name);
    }
}

/// Reports a null as the default of a column whose domain has one: PostgreSQL keeps it, to override that
/// (`AddRelationNewConstraints` in `heap.c`).
pub(super) fn check_null_default(schema: &Schema, at: Name, value: &Value, ty: &Type, report: &mut Report) {
    if value.is_null() && !ty.array && schema.domain(ty.name).is_some() {
        let message = format!("a null default of `{at}` would override the default of its domain `{}`", ty.name);
        report.push(Problem::new(at, message).help("leave out the default"));
    }
}
