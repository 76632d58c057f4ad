//! Columns filled: all rows at once, or in batches.

use pkmig_schema::step::{Backfill, Lookup, Source};
use pkmig_schema::{List, Piece, Sql};
use sea_query::{Expr, Query};

use super::script::Transaction;
use super::statement::Statement;
use super::{Lowered, Place};

impl Place<'_> {
    pub(super) fn backfill(&self, fill: &Backfill) -> Lowered {
        let (value, from, matching) = sources(&fill.source);
        let texts: Vec<&Sql> =
            [Some(&value), from.as_ref(), matching.as_ref(), fill.predicate.as_ref()].into_iter().flatten().collect();
        let filter = self.filter(fill, matching.as_ref());
        let (statement, transaction) = match (fill.batch, &from) {
            (None, None) => {
                let mut update = Query::update();
                update
                    .table(self.context.table(fill.table))
                    .value(self.context.alias(fill.column), Expr::cust(self.context.sql(&value)))
                    .cond_where(Expr::cust(filter));
                (Statement::Update(update.take()), Transaction::Inside)
            }
            (None, Some(from)) => {
                let update = format!("{} FROM {} WHERE {filter}", self.update(fill, &value), self.context.sql(from));
                (Statement::Written(update), Transaction::Inside)
            }
            (Some(batch), from) => {
                let update = self.update_some(fill, &value, from.as_ref(), &filter, batch);
                (Statement::Written(update), Transaction::Batches { table: fill.table.to_owned() })
            }
        };
        let mut columns = vec![fill.column];
        if let Source::Lookup(lookup) = &fill.source {
            columns.push(lookup.by);
        }
        Lowered { transaction, ..self.where_all_is_left(fill.table, &columns, &texts, statement) }
    }

    /// The rows that are meant, and what they are matched by.
    fn filter(&self, fill: &Backfill, matching: Option<&Sql>) -> String {
        let meant = match &fill.predicate {
            Some(predicate) => self.context.sql(predicate),
            None => format!("{}.{} IS NULL", self.context.ident(fill.table), self.context.ident(fill.column)),
        };
        match matching {
            Some(matching) => format!("{} AND ({meant})", self.context.sql(matching)),
            None => meant,
        }
    }

    fn update(&self, fill: &Backfill, value: &Sql) -> String {
        let (table, column) = (self.context.qualified(fill.table), self.context.ident(fill.column));
        format!("UPDATE {table} SET {column} = {}", self.context.sql(value))
    }

    /// The update of some of the rows that are meant.
    fn update_some(&self, fill: &Backfill, value: &Sql, from: Option<&Sql>, filter: &str, batch: u32) -> String {
        let context = self.context;
        let (table, own, column) =
            (context.qualified(fill.table), context.ident(fill.table), context.ident(fill.column));
        let (update, value) = (self.update(fill, value), context.sql(value));
        let items = from.map(|from| format!(", {}", context.sql(from))).unwrap_or_default();
        let from = from.map(|from| format!(" FROM {}", context.sql(from))).unwrap_or_default();
        // A row that the update leaves as it is (a null for a null) would be chosen for ever.
        let ty = self.before.table(fill.table).and_then(|known| known.column(fill.column)).map(|known| &known.def.ty);
        let new = ty.map_or_else(|| value.clone(), |ty| format!("CAST({value} AS {})", context.ty(ty)));
        let changes = format!("CAST({own}.{column} AS text) IS DISTINCT FROM CAST({new} AS text)");
        let chosen = format!("SELECT {own}.ctid FROM {table}{items} WHERE ({filter}) AND {changes} LIMIT {batch}");
        format!("{update}{from} WHERE ({filter}) AND {own}.ctid = ANY (ARRAY({chosen}))")
    }
}

/// The value, what it is taken from, and what the rows of both are matched by.
fn sources(source: &Source) -> (Sql, Option<Sql>, Option<Sql>) {
    let sql = |pieces| Sql { pieces: List::Owned(pieces) };
    match source {
        Source::Expression { value, from } => (value.clone(), from.clone(), None),
        // Under names of its own, the other table's columns are not taken for those of the table that is filled.
        Source::Lookup(Lookup { table, column, key, by }) => {
            let from = sql(vec![
                Piece::Text("(SELECT "),
                Piece::Ident(key),
                Piece::Text(" AS pkmig_key, "),
                Piece::Ident(column),
                Piece::Text(" AS pkmig_value FROM "),
                Piece::Object { name: table, depth: 0 },
                Piece::Text(") AS pkmig_source"),
            ]);
            let matching = sql(vec![Piece::Text("pkmig_key = "), Piece::Ident(by)]);
            (sql(vec![Piece::Text("pkmig_value")]), Some(from), Some(matching))
        }
    }
}
