//! Sample rows for the tables of a model, made from types, keys, enums and checks. If the server refuses a row, other values are
//! tried.

use std::collections::{BTreeMap, BTreeSet};

use pkmig_schema::types::Family;
use pkmig_schema::{Column, Constraint, ConstraintKind, GeneratorKind, Piece, Schema, Sql, Table, Type};
use sqlx::postgres::PgDatabaseError;
use sqlx::{AssertSqlSafe, PgConnection};

use pkmig_sql::{Context, ident, literal};

/// How many rows each table gets.
const ROWS: usize = 2;

/// How many combinations of values are tried for a row.
const TRIES: usize = 64;

/// What has become of the tables.
#[derive(Debug, Default)]
pub(super) struct Filled {
    /// How many have rows.
    pub(super) tables: usize,
    /// How many rows were inserted.
    pub(super) rows: usize,
    /// Those for which no row was found, and PostgreSQL's last words.
    pub(super) without: BTreeMap<String, String>,
}

/// Inserts sample rows into the tables that have none, parents first.
pub(super) async fn fill(
    schema: &Schema,
    context: &Context,
    connection: &mut PgConnection,
) -> Result<Filled, sqlx::Error> {
    let mut filled = Filled::default();
    for table in parents_first(schema) {
        if has_rows(table, context, connection).await? {
            filled.tables += 1;
            continue;
        }
        let mut found = 0;
        for row in 0..ROWS {
            match insert(Row { schema, context, table, number: row + 1 }, connection).await? {
                None => found += 1,
                Some(_) if found > 0 => break,
                Some(why) => {
                    filled.without.insert(table.name.to_owned(), why);
                    break;
                }
            }
        }
        filled.tables += usize::from(found > 0);
        filled.rows += found;
    }
    Ok(filled)
}

/// The tables in an order in which a row finds those that it points at. A circle is broken where it is met.
fn parents_first(schema: &Schema) -> Vec<&Table> {
    fn visit<'a>(schema: &'a Schema, table: &'a Table, seen: &mut BTreeSet<u32>, order: &mut Vec<&'a Table>) {
        if !seen.insert(table.id) {
            return;
        }
        for constraint in &table.constraints {
            if let ConstraintKind::ForeignKey { table: parent, .. } = &constraint.def.kind
                && parent.schema.is_none()
                && let Some(parent) = schema.table(parent.name)
            {
                visit(schema, parent, seen, order);
            }
        }
        order.push(table);
    }
    let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
    schema.tables().for_each(|table| visit(schema, table, &mut seen, &mut order));
    order
}

async fn has_rows(table: &Table, context: &Context, connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let sql = format!("SELECT FROM {} LIMIT 1", context.qualified(table.name));
    let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(connection).await?;
    Ok(!rows.is_empty())
}

/// A row to be.
struct Row<'a> {
    schema: &'a Schema,
    context: &'a Context,
    table: &'a Table,
    /// Which one of the table's.
    number: usize,
}

/// Inserts a row; PostgreSQL's last words, if it takes none.
async fn insert(row: Row<'_>, connection: &mut PgConnection) -> Result<Option<String>, sqlx::Error> {
    let columns: Vec<(&Column, Vec<String>)> = row
        .table
        .columns
        .iter()
        .filter(|it| is_written(&it.def))
        .map(|it| (&it.def, row.candidates(&it.def)))
        .collect();
    let mut chosen = vec![0; columns.len()];
    let mut why = String::new();
    for _ in 0..TRIES {
        let Some((error, constraint)) = attempt(&row, &columns, &chosen, connection).await? else { return Ok(None) };
        why = error;
        // The columns that it is about, or all of them.
        let about = constraint.and_then(|name| row.constraint(&name));
        let is_about = |column: &Column| about.is_none_or(|it| it.kind.uses(column.name));
        // The next combination of their values.
        let next = columns.iter().enumerate().filter(|(_, (column, values))| is_about(column) && values.len() > 1);
        let mut turned = false;
        for (place, (_, values)) in next {
            chosen[place] += 1;
            if chosen[place] < values.len() {
                turned = true;
                break;
            }
            chosen[place] = 0;
        }
        if !turned {
            break;
        }
    }
    Ok(Some(why))
}

/// Tries values for the columns; what the server says against them, and by which constraint.
async fn attempt(
    row: &Row<'_>,
    columns: &[(&Column, Vec<String>)],
    chosen: &[usize],
    connection: &mut PgConnection,
) -> Result<Option<(String, Option<String>)>, sqlx::Error> {
    let names: Vec<_> = columns.iter().map(|(column, _)| ident(&row.context.name(column.name))).collect();
    let values: Vec<_> = columns.iter().zip(chosen).map(|((_, values), chosen)| values[*chosen].as_str()).collect();
    let table = row.context.qualified(row.table.name);
    let sql = match names.is_empty() {
        true => format!("INSERT INTO {table} DEFAULT VALUES"),
        false => format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", ")),
    };
    match sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await {
        Ok(_) => Ok(None),
        Err(error) => {
            let Some(database) = error.as_database_error() else { return Err(error) };
            let constraint = database.try_downcast_ref::<PgDatabaseError>().and_then(PgDatabaseError::constraint);
            Ok(Some((database.message().to_owned(), constraint.map(str::to_owned))))
        }
    }
}

/// Whether a row has to say a value, or may: identities and serial columns are left to their sequences.
fn is_written(column: &Column) -> bool {
    let by_sequence = column.generator.as_ref().is_some_and(|it| it.kind != GeneratorKind::ByDefault);
    column.generated.is_none() && !by_sequence && column.generator.is_none()
}

impl Row<'_> {
    /// The constraint of that name, by the name that it has in the prefix.
    fn constraint(&self, name: &str) -> Option<&Constraint> {
        self.table.constraints.iter().map(|it| &it.def).find(|it| self.context.name(it.name) == name)
    }

    /// The values to try for a column, the likeliest first.
    fn candidates(&self, column: &Column) -> Vec<String> {
        let mut values = Vec::new();
        values.extend(self.parent(column));
        values.extend(self.value(&column.ty));
        let checks = self.table.constraints.iter().filter_map(|it| match &it.def.kind {
            ConstraintKind::Check { expression } if expression.idents().any(|name| name == column.name) => {
                Some(expression)
            }
            _ => None,
        });
        values.extend(checks.flat_map(literals));
        let domain = self.schema.domain(column.ty.name).into_iter().flat_map(|domain| domain.checks.iter());
        values.extend(domain.flat_map(|check| literals(&check.expression)));
        if self.schema.default_of(column).is_some() {
            values.push("DEFAULT".to_owned());
        }
        if !self.schema.refuses_nulls(column) || values.is_empty() {
            values.push("NULL".to_owned());
        }
        let mut seen = BTreeSet::new();
        values.retain(|value| seen.insert(value.clone()));
        values
    }

    /// The value of a foreign key: that of a row of the parent's.
    fn parent(&self, column: &Column) -> Option<String> {
        self.table.constraints.iter().find_map(|it| {
            let ConstraintKind::ForeignKey { columns, table, references, .. } = &it.def.kind else { return None };
            let place = columns.iter().position(|name| *name == column.name)?;
            let referenced = match references.get(place) {
                Some(name) => *name,
                // Nothing is said where the key is meant.
                None => self.schema.table(table.name)?.constraints.iter().find_map(|it| match &it.def.kind {
                    ConstraintKind::PrimaryKey { columns } => columns.get(place).copied(),
                    _ => None,
                })?,
            };
            let key = ident(&self.context.name(referenced));
            let (parent, nth) = (self.context.table_ref(table), self.number - 1);
            Some(format!("(SELECT {key} FROM {parent} ORDER BY 1 OFFSET greatest(0, least({nth}, (SELECT count(*) - 1 FROM {parent}))) LIMIT 1)"))
        })
    }

    /// A value of a type, another one for each row.
    fn value(&self, ty: &Type) -> Option<String> {
        let (n, ty) = (self.number, &self.schema.base(ty));
        if ty.array {
            return Some("'{}'".to_owned());
        }
        if let Some(label) =
            self.schema.enumeration(ty.name).and_then(|it| it.labels.get((n - 1) % it.labels.len().max(1)))
        {
            return Some(literal(label));
        }
        let long = |width: usize| {
            literal(&format!("{n}{}", "sample".chars().take(width.saturating_sub(1)).collect::<String>()))
        };
        Some(match ty.family() {
            Family::Bool => (n % 2 == 1).to_string(),
            Family::Integer(_) => n.to_string(),
            Family::Number => format!("0.{n}"),
            Family::Text => long(ty.modifiers.first().and_then(|width| width.parse().ok()).unwrap_or(7)),
            Family::Json => format!("'{{\"sample\": {n}}}'"),
            Family::Uuid => format!("'00000000-0000-4000-8000-{n:012}'"),
            Family::Timestamp => format!("'2026-01-0{n} 12:00:00'"),
            Family::Other => match ty.name {
                "time" | "timetz" => format!("'12:00:0{n}'"),
                "interval" => format!("'{n} days'"),
                "bytea" => format!("'\\x0{n}'"),
                "inet" | "cidr" => format!("'10.0.0.{n}'"),
                "macaddr" => format!("'08:00:2b:01:02:0{n}'"),
                "money" | "oid" => n.to_string(),
                "bit" | "varbit" => "B'1'".to_owned(),
                "tsvector" | "tsquery" | "ltree" => format!("'sample{n}'"),
                "hstore" => format!("'sample=>{n}'"),
                "point" => format!("'({n},{n})'"),
                "int4range" | "int8range" | "numrange" => format!("'[{n},{n}]'"),
                "daterange" | "tsrange" | "tstzrange" => format!("'[2026-01-0{n},2026-02-0{n})'"),
                "vector" | "halfvec" => {
                    let width = ty.modifiers.first().and_then(|width| width.parse().ok()).unwrap_or(1);
                    format!("'[{}]'", vec![n.to_string(); width].join(","))
                }
                "geometry" | "geography" => format!("'SRID=4326;POINT({n} {n})'"),
                "regclass" => "'pg_catalog.pg_class'".to_owned(),
                "xml" => format!("'<sample>{n}</sample>'"),
                _ => return None,
            },
        })
    }
}

/// The literals that a check holds: one of them may be what it asks for.
fn literals(check: &Sql) -> Vec<String> {
    let text: String =
        check.pieces.iter().map(|piece| if let Piece::Text(text) = piece { *text } else { " " }).collect();
    let mut found: Vec<String> = text.split('\'').skip(1).step_by(2).map(literal).collect();
    let outside = text.split('\'').step_by(2);
    let words = outside.flat_map(|part| part.split(|c: char| !c.is_ascii_alphanumeric() && c != '.'));
    for number in words.filter_map(|word| word.parse::<i64>().ok()) {
        found.extend([number, number + 1, number - 1].map(|number| number.to_string()));
    }
    found
}

#[cfg(test)]
mod tests {
    use pkmig_schema::List;

    use super::*;

    #[test]
    fn the_literals_of_a_check_are_candidates() {
        let pieces =
            vec![Piece::Ident("state"), Piece::Text(" IN ('new', 'it') AND "), Piece::Ident("n"), Piece::Text(" > 10")];
        let check = Sql { pieces: List::Owned(pieces) };
        assert_eq!(literals(&check), ["'new'", "'it'", "10", "11", "9"]);
    }
}
