//! Rows: seed, delete.

use pkmig_schema::own::OwnSeed;
use pkmig_schema::step::{ConflictAction, DeleteRows, Seed};
use pkmig_schema::{GeneratorKind, Name, Piece, Sql, Table, Value};
use sea_query::{Expr, Query};

use super::ask::quoted;
use super::guard::{Condition, Object};
use super::own::{Rows, Which, compared};
use super::statement::Statement;
use super::template::Template;
use super::writer::literal;
use super::{Lowered, Place};

impl Place<'_> {
    /// A row that is there is found before the insert, not by its conflict: a number that a conflict has drawn from a
    /// sequence is lost, and a null never conflicts.
    pub(super) fn seed(&self, seed: &Seed) -> Lowered {
        let Some(table) = self.after.table(seed.table) else { return Lowered::always(Vec::new()) };
        let (name, columns) = (self.context.qualified(seed.table), self.context.list(&seed.columns));
        let same = self.seeded(seed, table).same_row();
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
        let rows = format!("seed ({columns}{place}) AS (VALUES\n{}\n  )", self.seeded(seed, table).values(several));
        (rows, format!("NOT EXISTS (SELECT FROM {name} AS t WHERE {})", self.seeded(seed, table).same_row()))
    }

    fn seeded<'a>(&'a self, seed: &'a Seed, table: &'a Table) -> Rows<'a> {
        Rows { context: self.context, seed, table }
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
        let texts: Vec<&Sql> = values.filter_map(sql_of).collect();
        self.where_all_is_left(seed.table, &seed.columns, &texts, Statement::Written(sql))
    }

    /// Deletes the rows of a seed that are as it has made them and that no row points at. Serial numbers that nothing has
    /// been drawn after are given back, so that the seed, applied again, makes the rows that it made before.
    pub(super) fn delete_seed(&self, seed: &Seed) -> Lowered {
        let Some(table) = self.before.table(seed.table) else { return Lowered::always(Vec::new()) };
        let known = self.own.and_then(|own| own.rows.of_seed(seed, self.before.version, table));
        let own = known.unwrap_or_else(|| OwnSeed::alone(seed, self.before.version));
        let rows = Rows { context: self.context, seed, table };
        let drawn = |column: &&pkmig_schema::Known<pkmig_schema::Column>| {
            let serial = column.def.generator.as_ref().is_some_and(|g| g.kind != GeneratorKind::Always);
            serial && !seed.columns.contains(&column.def.name)
        };
        let drawn = table.columns.iter().find(drawn);
        let (id, sequence) = match drawn {
            None => ("NULL".to_owned(), "NULL".to_owned()),
            Some(column) => {
                let sequence = column.def.generator.as_ref().map_or("", |generator| generator.sequence);
                (format!("t.{}", self.context.ident(column.def.name)), self.context.lookup(sequence))
            }
        };
        let statement = Statement::Templated {
            template: Template::DeleteSeed,
            text: format!(
                "EXECUTE pg_catalog.format(pkmig_delete_seed, {}, {}, {}, {sequence})",
                literal(&self.context.qualified(seed.table)),
                quoted(&rows.found(&own, Which::Unchanged)),
                literal(&id),
            ),
        };
        let values = seed.rows.iter().flat_map(|row| row.iter());
        let texts: Vec<&Sql> = values.filter_map(sql_of).collect();
        let columns: Vec<Name> = seed.columns.iter().copied().chain(drawn.map(|column| column.def.name)).collect();
        self.where_all_is_left(seed.table, &columns, &texts, statement)
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

pub(super) fn sql_of(value: &Value) -> Option<&Sql> {
    match value {
        Value::Sql(sql) => Some(sql),
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
