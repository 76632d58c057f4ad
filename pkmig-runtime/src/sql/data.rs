//! Rows: seed, delete, backfill.

use pkmig_schema::step::{Backfill, ConflictAction, DeleteRows, Seed};
use pkmig_schema::{GeneratorKind, Name, Sql, Table};
use sea_query::{Expr, Query};

use super::guard::{Condition, Object};
use super::script::Transaction;
use super::statement::Statement;
use super::{Lowered, Place};

impl Place<'_> {
    /// A row that is there is found before the insert, not by its conflict: a number that a conflict has drawn from a
    /// sequence is lost, and a null never conflicts.
    pub(super) fn seed(&self, seed: &Seed) -> Lowered {
        let Some(table) = self.after.table(seed.table) else { return Lowered::always(Vec::new()) };
        let (name, columns) = (self.context.qualified(seed.table), self.context.list(&seed.columns));
        let rows = format!("seed ({columns}) AS (VALUES\n{}\n  )", self.rows(seed, table));
        let same = self.same_row(seed, table);
        let (mut with, mut conflict) = (rows, String::new());
        if let ConflictAction::DoUpdate(update) = &seed.on_conflict.action {
            let ident = |column: &&str| self.context.ident(column);
            let set = update.iter().map(|column| format!("{0} = seed.{0}", ident(column))).collect::<Vec<_>>();
            let changed = update.iter().map(|column| format!("t.{0} IS DISTINCT FROM seed.{0}", ident(column)));
            let changed = changed.collect::<Vec<_>>().join(" OR ");
            with.push_str(&format!(
                ",\n  updated AS (UPDATE {name} AS t SET {} FROM seed WHERE {same} AND ({changed}))",
                set.join(", ")
            ));
        }
        if seed.on_conflict.action != ConflictAction::UnlessExists {
            // Another session may have put the row there a moment ago.
            conflict = format!("\n  ON CONFLICT ({}) DO NOTHING", self.context.list(&seed.on_conflict.columns));
        }
        Lowered::always(vec![Statement::Written(format!(
            "WITH {with}\n  INSERT INTO {name} ({columns})\n  SELECT {columns} FROM seed\n  \
             WHERE NOT EXISTS (SELECT FROM {name} AS t WHERE {same}){conflict}"
        ))])
    }

    /// The rows, with the types of the first one said: in VALUES a text would stay a text.
    fn rows(&self, seed: &Seed, table: &Table) -> String {
        let rows = seed.rows.iter().enumerate().map(|(index, row)| {
            let values = row.iter().zip(seed.columns.iter()).map(|(value, column)| {
                let value = self.context.value(value);
                match table.column(column) {
                    Some(column) if index == 0 => format!("{value}::{}", self.context.bare_type(&column.def.ty)),
                    _ => value,
                }
            });
            format!("    ({})", values.collect::<Vec<_>>().join(", "))
        });
        rows.collect::<Vec<_>>().join(",\n")
    }

    fn same_row(&self, seed: &Seed, table: &Table) -> String {
        let same = seed.on_conflict.columns.iter().map(|column| {
            let nullable = table.column(column).is_none_or(|column| !column.def.not_null);
            let equals = if nullable { "IS NOT DISTINCT FROM" } else { "=" };
            format!("t.{0} {equals} seed.{0}", self.context.ident(column))
        });
        same.collect::<Vec<_>>().join(" AND ")
    }

    /// Deletes a seed's rows. Serial numbers that nothing has been drawn after are given back, so that the seed, applied
    /// again, makes the rows that it made before.
    pub(super) fn delete_seed(&self, seed: &Seed) -> Lowered {
        let Some(table) = self.before.table(seed.table) else { return Lowered::always(Vec::new()) };
        let (name, columns) = (self.context.qualified(seed.table), self.context.list(&seed.columns));
        let rows = format!("seed ({columns}) AS (VALUES\n{}\n  )", self.rows(seed, table));
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
        Lowered::always(vec![Statement::Written(sql)])
    }

    pub(super) fn delete_rows(&self, rows: &DeleteRows) -> Lowered {
        let mut delete = Query::delete();
        delete.from_table(self.context.table(rows.table)).cond_where(Expr::cust(self.context.sql(&rows.predicate)));
        self.where_columns_are_left(rows.table, &[Some(&rows.predicate)], Statement::Delete(delete.take()))
    }

    pub(super) fn backfill(&self, fill: &Backfill) -> Lowered {
        let context = self.context;
        let filter = match &fill.predicate {
            Some(predicate) => context.sql(predicate),
            None => format!("{}.{} IS NULL", context.ident(fill.table), context.ident(fill.column)),
        };
        let value = context.sql(&fill.expression);
        let texts = [Some(&fill.expression), fill.predicate.as_ref()];
        if fill.from.is_none() && fill.batch.is_none() {
            let mut update = Query::update();
            update
                .table(context.table(fill.table))
                .value(context.alias(fill.column), Expr::cust(value))
                .cond_where(Expr::cust(filter));
            return self.where_columns_are_left(fill.table, &texts, Statement::Update(update.take()));
        }
        let (table, column) = (context.qualified(fill.table), context.ident(fill.column));
        let from = fill.from.iter().map(|from| format!(" FROM {}", context.sql(from))).collect::<String>();
        let Some(batch) = fill.batch else {
            let update = format!("UPDATE {table} SET {column} = {value}{from} WHERE {filter}");
            return self.where_columns_are_left(fill.table, &texts, Statement::Written(update));
        };
        let own = context.ident(fill.table);
        let chosen = match from.is_empty() {
            true => format!("SELECT ctid FROM {table} WHERE {filter} LIMIT {batch}"),
            false => {
                let items = from.trim_start_matches(" FROM ");
                format!("SELECT {own}.ctid FROM {table}, {items} WHERE {filter} LIMIT {batch}")
            }
        };
        let update = format!(
            "UPDATE {table} SET {column} = {value}{from} WHERE {filter} AND {own}.ctid = ANY (ARRAY({chosen}))"
        );
        let mut lowered = self.where_columns_are_left(fill.table, &texts, Statement::Written(update));
        lowered.transaction = Transaction::Batches;
        lowered
    }

    /// A statement over columns some of which the version drops later: where they are gone, it has been run.
    fn where_columns_are_left(&self, table: Name, texts: &[Option<&Sql>], statement: Statement) -> Lowered {
        let Some(known) = self.before.table(table) else { return Lowered::always(vec![statement]) };
        let mut gone: Vec<Name> = texts.iter().flatten().flat_map(|sql| sql.idents()).collect();
        gone.retain(|ident| known.column(ident).is_some() && !self.column_stays(table, ident));
        gone.sort_unstable();
        gone.dedup();
        let left = |column: Name| Condition::Exists(Object::Column(table.to_owned(), column.to_owned()));
        match gone.is_empty() {
            true => Lowered::always(vec![statement]),
            false => Lowered::when(Condition::All(gone.into_iter().map(left).collect()), vec![statement]),
        }
    }
}
