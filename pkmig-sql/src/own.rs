//! Rows that the chain itself has brought, found again: by the key of their seed, and by every column that it gives.

use std::collections::BTreeMap;

use pkmig_schema::own::OwnSeed;
use pkmig_schema::step::Seed;
use pkmig_schema::types::{Family, KnownFunction};
use pkmig_schema::{List, Literal, Name, Table, Type, Value};

use super::writer::Context;
use crate::ddl::{self, Expression, Ident, Values};

/// Which of a seed's rows are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// All that have its keys.
    Any,
    /// Those that are as they were seeded.
    Unchanged,
}

/// A seed over its table, as SQL writes it.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub(super) context: &'a Context,
    pub(super) seed: &'a Seed,
    pub(super) table: &'a Table,
}

/// That a row `t` of a table is one of those that its seeds have brought, as a condition.
pub(crate) fn is_own(context: &Context, table: &Table, seeds: &[OwnSeed], which: Which) -> Option<Expression> {
    let conditions: Vec<_> =
        seeds.iter().map(|own| Rows { context, seed: &own.seed, table }.found(own, which).to_string()).collect();
    (!conditions.is_empty()).then(|| Expression::new(conditions.join("\n    OR ")))
}

impl Rows<'_> {
    /// That a row `t` is one of the seed's. A value that is SQL is not compared: a second `now()` is another one.
    pub(crate) fn found(&self, own: &OwnSeed, which: Which) -> Expression {
        let keys = &self.seed.on_conflict.columns;
        let mut groups: BTreeMap<Vec<Name>, Vec<List<Value>>> = BTreeMap::new();
        for row in self.seed.rows.iter() {
            let given = self.seed.columns.iter().zip(row.iter());
            let meant = given.filter(|(column, value)| {
                let compared = which == Which::Unchanged && own.compared.contains(column);
                keys.contains(column) || compared && matches!(value, Value::Literal(_))
            });
            let (columns, values): (Vec<Name>, Vec<Value>) =
                meant.map(|(column, value)| (*column, value.clone())).unzip();
            groups.entry(columns).or_default().push(values.into());
        }
        let found = groups.into_iter().map(|(columns, rows)| {
            let seed = Seed { columns: columns.into(), rows: rows.into(), ..self.seed.clone() };
            let part = Rows { seed: &seed, ..*self };
            let others = seed.columns.iter().filter(|column| !keys.contains(column));
            let same: Vec<_> = std::iter::once(part.same_row().to_string())
                .chain(others.map(|column| part.as_seeded(column)))
                .collect();
            format!(
                "EXISTS (SELECT FROM (VALUES\n{}\n    ) AS seed ({}) WHERE {})",
                part.values(false),
                self.context.list(&seed.columns),
                same.join(" AND ")
            )
        });
        Expression::new(found.collect::<Vec<_>>().join("\n    OR "))
    }

    /// That a row `t` has a column as the row `seed` gives it, to the letter: `citext` takes two texts for equal that
    /// somebody has told apart.
    fn as_seeded(&self, column: &str) -> String {
        let ident = self.context.ident(column);
        let ty =
            self.table.column(column).map_or_else(String::new, |known| format!("::{}", self.context.ty(&known.def.ty)));
        format!("t.{ident}::pg_catalog.text IS NOT DISTINCT FROM seed.{ident}{ty}::pg_catalog.text")
    }

    /// That a row `t` has the key of the row `seed`.
    pub(super) fn same_row(&self) -> Expression {
        let same = self.seed.on_conflict.columns.iter().map(|column| {
            let nullable = self.table.column(column).is_none_or(|column| !column.def.not_null);
            let equals = if nullable { "IS NOT DISTINCT FROM" } else { "=" };
            compared(self.table, column, &self.context.ident(column), equals)
        });
        Expression::new(same.collect::<Vec<_>>().join(" AND "))
    }

    /// The rows as a table `seed`, several with their places.
    pub(super) fn seed(&self) -> ddl::Seed {
        let places = self.seed.rows.len() > 1;
        ddl::Seed { columns: self.context.list(&self.seed.columns), places, values: self.values(places) }
    }

    /// The rows, with their places if asked for, and with the types of the first one said: in VALUES a text would stay a
    /// text. The others follow it, but for what is no plain literal of the type.
    pub(super) fn values(&self, places: bool) -> Values {
        let rows = self.seed.rows.iter().enumerate().map(|(index, row)| {
            let values = row.iter().zip(self.seed.columns.iter()).map(|(written, column)| {
                let value = self.context.value(written);
                match self.table.column(column) {
                    Some(column) if index == 0 || !follows(written, &column.def.ty) => {
                        let open = matches!(written, Value::Sql(_)) && called(written).is_none();
                        let ty = self.context.bare_type(&column.def.ty);
                        Expression::new(if open { format!("({value})::{ty}") } else { format!("{value}::{ty}") })
                    }
                    _ => value,
                }
            });
            let place = places.then(|| Expression::new((index + 1).to_string()));
            values.chain(place).collect()
        });
        Values { rows: rows.collect(), indent: "    " }
    }
}

/// A column of the table beside that of the seed; as texts, where PostgreSQL cannot tell whether two values are equal.
pub(super) fn compared(table: &Table, column: &str, ident: &Ident, operator: &str) -> String {
    let text = match table.column(column).is_none_or(|known| known.def.ty.has_equality()) {
        true => "",
        false => "::text",
    };
    format!("t.{ident}{text} {operator} seed.{ident}{text}")
}

/// Whether PostgreSQL takes a value for one of the type where only another row of VALUES says which it is.
fn follows(value: &Value, ty: &Type) -> bool {
    match value {
        Value::Literal(Literal::Number(_)) => matches!(ty.family(), Family::Integer(_) | Family::Number),
        Value::Literal(Literal::Bool(_)) => ty.family() == Family::Bool,
        Value::Literal(Literal::Text(_) | Literal::Null(_)) => true,
        Value::Sql(_) => called(value).is_some_and(|function| {
            let given = Type::plain(function.result);
            match given.family() {
                Family::Other => given == *ty,
                family => family == ty.family(),
            }
        }),
    }
}

/// The known function that a value is a mere call of.
fn called(value: &Value) -> Option<&'static KnownFunction> {
    match value {
        Value::Sql(sql) => pkmig_schema::types::called(sql),
        Value::Literal(_) => None,
    }
}
