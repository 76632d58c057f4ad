//! Rows: seed, delete.

use pkmig_schema::own::OwnSeed;
use pkmig_schema::step::{ConflictAction, DeleteRows, Seed};
use pkmig_schema::{GeneratorKind, Name, Piece, Sql, Table, Value};

use super::guard::{Condition, Object};
use super::own::{Rows, Which, compared};
use super::template::Template;
use super::{Lowered, Place};
use crate::ddl::{Delete, Expression, Insert, InsertMissing, Statement, Update, Values};
use crate::plpgsql::Node;

impl Place<'_> {
    /// A row that is there is found before the insert, not by its conflict: a number that a conflict has drawn from a
    /// sequence is lost, and a null never conflicts.
    pub(super) fn seed(&self, seed: &Seed) -> Lowered {
        let Some(table) = self.after.table(seed.table) else { return Lowered::always(Vec::new()) };
        // The version may drop the key later: the second time, it is gone.
        let end = self.end.table_by_id(table.id);
        let has_key = end.is_none_or(|end| end.unique_by(&seed.on_conflict.columns));
        // Another session may have put the row there a moment ago.
        let conflict = seed.on_conflict.action != ConflictAction::UnlessExists && has_key;
        let insert = InsertMissing {
            table: self.context.qualified(seed.table),
            columns: self.context.list(&seed.columns),
            seed: self.seeded(seed, table).seed(),
            updated: self.updated(seed, table),
            missing: self.is_missing(seed, table),
            conflict: conflict.then(|| self.context.list(&seed.on_conflict.columns)),
        };
        self.seed_where_all_is_left(seed, insert.into())
    }

    /// What is done with the rows of a seed that are there.
    fn updated(&self, seed: &Seed, table: &Table) -> Option<Update> {
        let ConflictAction::DoUpdate(update) = &seed.on_conflict.action else { return None };
        let ident = |column: &&str| self.context.ident(column);
        let set = update.iter().map(|column| (ident(column), Expression::new(format!("seed.{}", ident(column)))));
        let changed = update.iter().map(|column| compared(table, column, &ident(column), "IS DISTINCT FROM"));
        let changed = changed.collect::<Vec<_>>().join(" OR ");
        Some(Update {
            table: self.context.qualified(seed.table),
            alias: Some("t"),
            set: set.collect(),
            from: Some(Expression::new("seed")),
            filter: Expression::new(format!("{} AND ({changed})", self.seeded(seed, table).same_row())),
        })
    }

    /// That a row of `seed` is not there.
    pub(super) fn is_missing(&self, seed: &Seed, table: &Table) -> Expression {
        let (name, same) = (self.context.qualified(seed.table), self.seeded(seed, table).same_row());
        Expression::new(format!("NOT EXISTS (SELECT FROM {name} AS t WHERE {same})"))
    }

    pub(super) fn seeded<'a>(&'a self, seed: &'a Seed, table: &'a Table) -> Rows<'a> {
        Rows { context: self.context, seed, table }
    }

    /// The rows alone, for a table that has none like them.
    pub(super) fn insert(&self, seed: &Seed) -> Statement {
        let rows = seed.rows.iter().map(|row| row.iter().map(|value| self.context.value(value)).collect());
        let values = Values { rows: rows.collect(), indent: "  " };
        let columns = self.context.list(&seed.columns);
        Insert { table: self.context.qualified(seed.table), columns, values }.into()
    }

    fn seed_where_all_is_left(&self, seed: &Seed, statement: Statement) -> Lowered {
        let values = seed.rows.iter().flat_map(|row| row.iter());
        let texts: Vec<&Sql> = values.filter_map(sql_of).collect();
        self.where_all_is_left(seed.table, &seed.columns, &texts, statement)
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
            None => ("NULL".to_owned(), Expression::null()),
            Some(column) => {
                let sequence = column.def.generator.as_ref().map_or("", |generator| generator.sequence);
                (format!("t.{}", self.context.ident(column.def.name)), self.context.lookup(sequence))
            }
        };
        let arguments = vec![
            self.context.lookup(seed.table),
            Expression::quoted(rows.found(&own, Which::Unchanged).as_str()),
            Expression::literal(&id),
            sequence,
        ];
        let statement = Node::call(Template::DeleteSeed, arguments).into();
        let texts: Vec<&Sql> = seed.rows.iter().flat_map(|row| row.iter()).filter_map(sql_of).collect();
        let columns: Vec<Name> = seed.columns.iter().copied().chain(drawn.map(|column| column.def.name)).collect();
        self.where_all_is_left(seed.table, &columns, &texts, statement)
    }

    pub(super) fn delete_rows(&self, rows: &DeleteRows) -> Lowered {
        let delete = Delete { table: self.context.qualified(rows.table), filter: self.context.sql(&rows.predicate) };
        self.where_all_is_left(rows.table, &[], &[&rows.predicate], delete.into())
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
