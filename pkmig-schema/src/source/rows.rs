//! Steps on rows, and raw SQL.

use super::Writer;
use super::layout::Line;
use super::words::parenthesized;
use crate::step::{
    Backfill, Condition, ConflictAction, DeleteRows, Execute, Lookup, OnFresh, RenameValue, Seed, Source, Tail, Taken,
};
use crate::{List, Step, Value};

impl Writer {
    pub(super) fn seed(self, seed: &Seed) -> Line {
        let keys = self.list(&seed.on_conflict.columns);
        let conflict = match &seed.on_conflict.action {
            ConflictAction::DoNothing => format!("on_conflict({keys}) do_nothing"),
            ConflictAction::DoUpdate(columns) => format!("on_conflict({keys}) do_update({})", self.list(columns)),
            ConflictAction::UnlessExists => format!("unless_exists({keys})"),
        };
        let row = |row: &List<Value>| {
            Line::of(parenthesized("", row.iter().map(|value| self.value(value)).collect())).end(",")
        };
        Line::new("seed")
            .word(self.name(seed.table))
            .words(parenthesized("", self.names(&seed.columns)))
            .word(conflict)
            .words(seed.kept.filter(|_| !self.is_brief()).map(|why| format!("down_noop({})", self.text(why))))
            .block(seed.rows.iter().map(row).collect())
    }

    /// Not a word of the language: only a derived down has it.
    pub(super) fn delete_seed(self, seed: &Seed) -> Line {
        let what = format!("delete the rows of: seed {} ({}) {{ … }}", self.name(seed.table), self.list(&seed.columns));
        Line::new(if self.is_brief() { what } else { format!("// {what}") })
    }

    pub(super) fn delete_rows(self, rows: &DeleteRows) -> Line {
        Line::new("delete_rows")
            .word(self.name(rows.table))
            .words(self.sql_in("where", Some(&rows.predicate)))
            .join(self.on_fresh(rows.on_fresh.as_ref()))
            .words(self.tail(&rows.tail))
    }

    fn on_fresh(self, on_fresh: Option<&OnFresh>) -> Line {
        match on_fresh.filter(|_| !self.is_brief()) {
            None => Line::blank(),
            Some(OnFresh::Run) => Line::new("on_fresh(run)"),
            Some(OnFresh::Skip) => Line::new("on_fresh(skip)"),
            Some(OnFresh::Seeds(seeds)) => {
                Line::new("on_fresh").block(seeds.iter().map(|seed| self.seed(seed)).collect())
            }
        }
    }

    pub(super) fn backfill(self, fill: &Backfill) -> Line {
        let (source, from) = match &fill.source {
            Source::Expression { value, from } => (self.sql(value), from.as_ref()),
            Source::Lookup(Lookup { table, column, key, by }) => {
                (format!("{} on({} = {})", self.column_of(table, column), self.name(key), self.name(by)), None)
            }
        };
        Line::new("backfill")
            .word(format!("{} =", self.column_of(fill.table, fill.column)))
            .word(source)
            .words(self.sql_in("from", from))
            .words(self.sql_in("where", fill.predicate.as_ref()))
            .words(fill.batch.map(|rows| format!("batch({rows})")))
            .join(self.on_fresh(fill.on_fresh.as_ref()))
    }

    pub(super) fn execute(self, execute: &Execute) -> Line {
        let guard =
            |word: &str, query| if self.is_brief() { Some(format!("{word}(…)")) } else { self.sql_in(word, query) };
        let condition = match &execute.condition {
            Condition::Idempotent => Some("idempotent".to_owned()),
            Condition::Unless(query) => guard("unless", Some(query)),
            Condition::When(query) => guard("when", Some(query)),
            Condition::WhenColumn(table, column) => Some(format!("when(column {})", self.column_of(table, column))),
        };
        Line::new("execute")
            .word(self.sql(&execute.sql))
            .words(condition)
            .join(self.on_fresh(execute.on_fresh.as_ref()))
            .words(self.tail(&execute.tail))
    }

    pub(super) fn tail(self, tail: &Tail) -> Option<String> {
        match tail {
            _ if self.is_brief() => None,
            tail if self.in_down && *tail == Tail::OF_A_DOWN => None,
            Tail::Down(sql) => Some(format!("down {}", self.sql(sql))),
            Tail::LossyDown(sql) => Some(format!("lossy_down {}", self.sql(sql))),
            Tail::Noop(why) => Some(format!("down_noop({})", self.text(why))),
            Tail::Irreversible(why) => Some(format!("irreversible({})", self.text(why))),
        }
    }

    pub(super) fn on_down(self, step: &Step) -> Line {
        let writer = Self { in_down: true, ..self };
        match step {
            Step::Execute(Execute { sql, .. }) => Line::new("on_down").word(self.sql(sql)),
            Step::Backfill(fill) => Line::new("on_down").join(writer.backfill(fill)),
            Step::DeleteRows(rows) => Line::new("on_down").join(writer.delete_rows(rows)),
            // No other step stands behind the word.
            _ => Line::new("on_down"),
        }
    }

    pub(super) fn rename_value(self, step: &RenameValue) -> Line {
        let pairs = step.values.iter().map(|(from, to)| format!("{} => {}", self.text(from), self.text(to)));
        Line::new("rename_value").word(self.column_of(step.table, step.column)).braces(pairs.collect()).word(match step
            .taken
        {
            Taken::Keep => "on_conflict do_nothing",
            Taken::Delete => "on_conflict do_delete",
        })
    }
}
