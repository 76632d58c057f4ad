//! Rows: seed, delete.

use pkmig_schema::step::{ConflictAction, DeleteRows, Seed};
use pkmig_schema::ty::{Family, KnownFunction};
use pkmig_schema::{GeneratorKind, Literal, Name, Piece, Sql, Table, Type, Value};
use sea_query::{Expr, Query};

use super::guard::{Condition, Object};
use super::statement::Statement;
use super::{Lowered, Place};

impl Place<'_> {
    /// A row that is there is found before the insert, not by its conflict: a number that a conflict has drawn from a
    /// sequence is lost, and a null never conflicts.
    pub(super) fn seed(&self, seed: &Seed) -> Lowered {
        let Some(table) = self.after.table(seed.table) else { return Lowered::always(Vec::new()) };
        let (name, columns) = (self.context.qualified(seed.table), self.context.list(&seed.columns));
        let same = self.same_row(seed, table);
        let (rows, missing) = self.missing_rows(seed, table);
        let (mut with, mut conflict) = (rows, String::new());
        if let ConflictAction::DoUpdate(update) = &seed.on_conflict.action {
            let ident = |column: &&str| self.context.ident(column);
            let set = update.iter().map(|column| format!("{0} = seed.{0}", ident(column))).collect::<Vec<_>>();
            let changed = update.iter().map(|column| compared(table, column, &ident(column), "IS DISTINCT FROM"));
            let changed = changed.collect::<Vec<_>>().join(" OR ");
            with.push_str(&format!(
                ",\n  updated AS (UPDATE {name} AS t SET {} FROM seed WHERE {same} AND ({changed}))",
                set.join(", ")
            ));
        }
        // The version may drop the key later: the second time, it is gone.
        let end = self.end.table_by_id(table.id);
        let has_key = end.is_none_or(|end| end.unique_by(&seed.on_conflict.columns));
        if seed.on_conflict.action != ConflictAction::UnlessExists && has_key {
            // Another session may have put the row there a moment ago.
            conflict = format!("\n  ON CONFLICT ({}) DO NOTHING", self.context.list(&seed.on_conflict.columns));
        }
        // A join may give the rows in another order, and serial numbers follow it.
        let order = if seed.rows.len() > 1 { "\n  ORDER BY pkmig_place" } else { "" };
        let insert = format!(
            "WITH {with}\n  INSERT INTO {name} ({columns})\n  SELECT {columns} FROM seed\n  WHERE {missing}{order}{conflict}"
        );
        self.seed_where_all_is_left(seed, insert)
    }

    /// The rows of a seed as a table `seed`, several with their places, and when one of them is not there.
    pub(super) fn missing_rows(&self, seed: &Seed, table: &Table) -> (String, String) {
        let (name, columns) = (self.context.qualified(seed.table), self.context.list(&seed.columns));
        let several = seed.rows.len() > 1;
        let place = if several { ", pkmig_place" } else { "" };
        let rows = format!("seed ({columns}{place}) AS (VALUES\n{}\n  )", self.rows(seed, table, several));
        (rows, format!("NOT EXISTS (SELECT FROM {name} AS t WHERE {})", self.same_row(seed, table)))
    }

    /// The rows alone, for a table that has none like them.
    pub(super) fn insert(&self, seed: &Seed) -> Statement {
        let (name, columns) = (self.context.qualified(seed.table), self.context.list(&seed.columns));
        let rows = seed.rows.iter().map(|row| {
            let values: Vec<_> = row.iter().map(|value| self.context.value(value)).collect();
            format!("  ({})", values.join(", "))
        });
        let rows = rows.collect::<Vec<_>>().join(",\n");
        Statement::Written(format!("INSERT INTO {name} ({columns}) VALUES\n{rows}"))
    }

    fn seed_where_all_is_left(&self, seed: &Seed, sql: String) -> Lowered {
        let values = seed.rows.iter().flat_map(|row| row.iter());
        let texts: Vec<&Sql> =
            values.filter_map(|value| if let Value::Sql(sql) = value { Some(sql) } else { None }).collect();
        self.where_all_is_left(seed.table, &seed.columns, &texts, Statement::Written(sql))
    }

    /// The rows, with their places if asked for, and with the types of the first one said: in VALUES a text would stay a
    /// text. The others follow it, but for what is no plain literal of the type.
    fn rows(&self, seed: &Seed, table: &Table, places: bool) -> String {
        let rows = seed.rows.iter().enumerate().map(|(index, row)| {
            let values = row.iter().zip(seed.columns.iter()).map(|(written, column)| {
                let value = self.context.value(written);
                match table.column(column) {
                    Some(column) if index == 0 || !follows(written, &column.def.ty) => {
                        let open = matches!(written, Value::Sql(_)) && called(written).is_none();
                        let value = if open { format!("({value})") } else { value };
                        format!("{value}::{}", self.context.bare_type(&column.def.ty))
                    }
                    _ => value,
                }
            });
            let place = places.then(|| (index + 1).to_string());
            format!("    ({})", values.chain(place).collect::<Vec<_>>().join(", "))
        });
        rows.collect::<Vec<_>>().join(",\n")
    }

    fn same_row(&self, seed: &Seed, table: &Table) -> String {
        let same = seed.on_conflict.columns.iter().map(|column| {
            let nullable = table.column(column).is_none_or(|column| !column.def.not_null);
            let equals = if nullable { "IS NOT DISTINCT FROM" } else { "=" };
            compared(table, column, &self.context.ident(column), equals)
        });
        same.collect::<Vec<_>>().join(" AND ")
    }

    /// Deletes a seed's rows. Serial numbers that nothing has been drawn after are given back, so that the seed, applied
    /// again, makes the rows that it made before.
    pub(super) fn delete_seed(&self, seed: &Seed) -> Lowered {
        let Some(table) = self.before.table(seed.table) else { return Lowered::always(Vec::new()) };
        let (name, columns) = (self.context.qualified(seed.table), self.context.list(&seed.columns));
        let rows = format!("seed ({columns}) AS (VALUES\n{}\n  )", self.rows(seed, table, false));
        let delete = format!("DELETE FROM {name} AS t USING seed WHERE {}", self.same_row(seed, table));
        let drawn = |column: &&pkmig_schema::Known<pkmig_schema::Column>| {
            let serial = column.def.generator.as_ref().is_some_and(|g| g.kind != GeneratorKind::Always);
            serial && !seed.columns.contains(&column.def.name)
        };
        let sql = match table.columns.iter().find(drawn) {
            None => format!("WITH {rows}\n  {delete}"),
            Some(column) => {
                let id = self.context.ident(column.def.name);
                let sequence = column.def.generator.as_ref().map_or("", |generator| generator.sequence);
                let (sequence, lookup) = (self.context.qualified(sequence), self.context.lookup(sequence));
                format!(
                    "WITH {rows},\n  gone AS ({delete} RETURNING t.{id} AS drawn)\n  \
                     SELECT setval({lookup}, greatest(min(drawn) - 1, 1), min(drawn) > 1) INTO pkmig_drawn FROM gone\n  \
                     HAVING max(drawn) - min(drawn) + 1 = count(*) AND max(drawn) = (SELECT last_value FROM {sequence})"
                )
            }
        };
        self.seed_where_all_is_left(seed, sql)
    }

    pub(super) fn delete_rows(&self, rows: &DeleteRows) -> Lowered {
        let mut delete = Query::delete();
        delete.from_table(self.context.table(rows.table)).cond_where(Expr::cust(self.context.sql(&rows.predicate)));
        self.where_all_is_left(rows.table, &[], &[&rows.predicate], Statement::Delete(delete.take()))
    }

    /// A statement over tables and columns some of which the version renames or drops later: where they are gone, it
    /// has been run.
    pub(super) fn where_all_is_left(
        &self,
        table: Name,
        columns: &[Name],
        texts: &[&Sql],
        statement: Statement,
    ) -> Lowered {
        let left = self.all_is_left(table, columns, texts);
        match left.is_empty() {
            true => Lowered::always(vec![statement]),
            false => Lowered::when(Condition::All(left), vec![statement]),
        }
    }

    /// That the tables and columns of a statement are there still, and of the type that it knows. A column that the texts only seem to mention does no
    /// harm: it is there the first time.
    pub(super) fn all_is_left(&self, table: Name, columns: &[Name], texts: &[&Sql]) -> Vec<Condition> {
        let mut tables: Vec<Name> = texts.iter().flat_map(|sql| sql.objects()).chain([table]).collect();
        tables.sort_unstable();
        tables.dedup();
        let mut left = Vec::new();
        for name in tables {
            let Some(known) = self.before.table(name).or_else(|| self.after.table(name)) else { continue };
            if self.name_at_end(name) != Some(name) {
                left.push(Condition::Exists(Object::Relation(name.to_owned())));
            }
            let meant = |column: Name| columns.contains(&column) || texts.iter().any(|sql| mentions(sql, column));
            for column in known.columns.iter().map(|known| &known.def).filter(|column| meant(column.name)) {
                let was = column.ty.formatted();
                if !self.column_stays(name, column.name) {
                    left.push(Condition::Exists(Object::Column(name.to_owned(), column.name.to_owned())));
                } else if self
                    .end
                    .table(name)
                    .and_then(|end| end.column(column.name))
                    .is_some_and(|end| end.def.ty.formatted() != was)
                {
                    left.push(Condition::HasType(name.to_owned(), column.name.to_owned(), was));
                }
            }
        }
        left
    }
}

/// A column of the table beside that of the seed; as texts, where PostgreSQL cannot tell whether two values are equal.
fn compared(table: &Table, column: &str, ident: &str, operator: &str) -> String {
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
        Value::Sql(sql) => pkmig_schema::ty::called(sql),
        Value::Literal(_) => None,
    }
}

/// Whether a text has the column's name among its words: `t.old` is no bare identifier.
fn mentions(sql: &Sql, column: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    sql.idents().any(|ident| ident == column)
        || sql.pieces.iter().any(|piece| match piece {
            Piece::Text(text) => text
                .match_indices(column)
                .any(|(at, _)| !text[..at].ends_with(word) && !text[at + column.len()..].starts_with(word)),
            Piece::Column { name, .. } => *name == column,
            _ => false,
        })
}
