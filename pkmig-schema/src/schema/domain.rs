//! Domains: types of the chain's own over others, and what a column has from its domain.

use super::{Column, Schema};
use crate::{List, Name, Sql, Type, Value};

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// Its name.
    pub name: Name,
    /// The type that it is over.
    pub ty: Type,
    /// Whether it refuses nulls.
    pub not_null: bool,
    /// The default of columns that have none of their own.
    pub default: Option<Value>,
    /// What its values have to fulfil.
    pub checks: List<DomainCheck>,
}

/// A check of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainCheck {
    /// Its name; [`UNNAMED`](crate::name::UNNAMED) for PostgreSQL's default.
    pub name: Name,
    /// What must hold for the value, which it calls `VALUE`.
    pub expression: Sql,
}

impl Domain {
    /// Whether it is over a type of that name, or an expression of it names a function or type.
    pub(crate) fn names(&self, object: &str) -> bool {
        let default = match &self.default {
            Some(Value::Sql(sql)) => Some(sql),
            _ => None,
        };
        let mut named = self.checks.iter().map(|check| &check.expression).chain(default).flat_map(Sql::objects);
        self.ty.name == object || named.any(|name| name == object)
    }
}

impl Schema {
    /// The domains, by name.
    pub fn domains(&self) -> impl Iterator<Item = &Domain> {
        self.domains.values().map(|known| &known.def)
    }

    /// The domain of that name.
    pub fn domain(&self, name: &str) -> Option<&Domain> {
        self.domains.get(name).map(|known| &known.def)
    }

    /// Whether a type of the chain's own has that name.
    pub fn has_type(&self, name: &str) -> bool {
        self.enums.contains_key(name) || self.domains.contains_key(name)
    }

    /// The type that the values of a type are of: of a domain, the one that it is over.
    pub fn base(&self, ty: &Type) -> Type {
        match self.domain(ty.name) {
            Some(domain) if !ty.array => domain.ty.clone(),
            Some(domain) if !domain.ty.array => Type { array: true, ..domain.ty.clone() },
            _ => ty.clone(),
        }
    }

    fn domain_of(&self, column: &Column) -> Option<&Domain> {
        self.domain(column.ty.name).filter(|_| !column.ty.array)
    }

    /// Whether a column takes no null, by itself or by its domain.
    pub fn refuses_nulls(&self, column: &Column) -> bool {
        column.not_null || self.domain_of(column).is_some_and(|domain| domain.not_null)
    }

    /// The default of a column, or that of its domain.
    pub fn default_of<'a>(&'a self, column: &'a Column) -> Option<&'a Value> {
        column.default.as_ref().or_else(|| self.domain_of(column)?.default.as_ref())
    }

    /// Whether a row that does not mention the column can be inserted.
    pub fn fills_itself(&self, column: &Column) -> bool {
        let default = self.default_of(column).is_some_and(|value| !value.is_null());
        !self.refuses_nulls(column) || default || column.generated.is_some() || column.generator.is_some()
    }
}
