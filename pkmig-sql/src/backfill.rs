//! Columns filled: all rows at once, or in batches.

use pkmig_schema::step::{Backfill, Lookup, Source};
use pkmig_schema::{List, Piece, Sql};

use super::script::Transaction;
use super::{Lowered, Place};
use crate::ddl::{Expression, Update};

impl Place<'_> {
    pub(super) fn backfill(&self, fill: &Backfill) -> Lowered {
        let (value, from, matching) = sources(&fill.source);
        let texts: Vec<&Sql> =
            [Some(&value), from.as_ref(), matching.as_ref(), fill.predicate.as_ref()].into_iter().flatten().collect();
        let meant = self.filter(fill, matching.as_ref());
        let transaction = match fill.batch {
            Some(_) => Transaction::Batches { table: fill.table.to_owned() },
            None => Transaction::Inside,
        };
        let filter = match fill.batch {
            Some(batch) => self.some_of(fill, &value, from.as_ref(), &meant, batch),
            None => meant,
        };
        let update = Update {
            table: self.context.qualified(fill.table),
            alias: None,
            set: vec![(self.context.ident(fill.column), self.context.sql(&value))],
            from: from.as_ref().map(|from| self.context.sql(from)),
            filter,
        };
        let mut columns = vec![fill.column];
        if let Source::Lookup(lookup) = &fill.source {
            columns.push(lookup.by);
        }
        Lowered { transaction, ..self.where_all_is_left(fill.table, &columns, &texts, update.into()) }
    }

    /// The rows that are meant, and what they are matched by.
    fn filter(&self, fill: &Backfill, matching: Option<&Sql>) -> Expression {
        let meant = match &fill.predicate {
            Some(predicate) => self.context.sql(predicate),
            None => {
                let (table, column) = (self.context.ident(fill.table), self.context.ident(fill.column));
                Expression::new(format!("{table}.{column} IS NULL"))
            }
        };
        match matching {
            Some(matching) => Expression::new(format!("{} AND ({meant})", self.context.sql(matching))),
            None => meant,
        }
    }

    /// Some of the rows that are meant.
    fn some_of(&self, fill: &Backfill, value: &Sql, from: Option<&Sql>, meant: &Expression, batch: u32) -> Expression {
        let context = self.context;
        let (table, own, column) =
            (context.qualified(fill.table), context.ident(fill.table), context.ident(fill.column));
        let items = from.map(|from| format!(", {}", context.sql(from))).unwrap_or_default();
        // A row that the update leaves as it is (a null for a null) would be chosen for ever.
        let ty = self.before.table(fill.table).and_then(|known| known.column(fill.column)).map(|known| &known.def.ty);
        let value = context.sql(value);
        let new = match ty {
            Some(ty) => Expression::new(format!("CAST({value} AS {})", context.ty(ty))),
            None => value,
        };
        let changes = format!("CAST({own}.{column} AS text) IS DISTINCT FROM CAST({new} AS text)");
        let chosen = format!("SELECT {own}.ctid FROM {table}{items} WHERE ({meant}) AND {changes} LIMIT {batch}");
        Expression::new(format!("({meant}) AND {own}.ctid = ANY (ARRAY({chosen}))"))
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
