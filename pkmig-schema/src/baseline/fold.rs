//! A history, folded: which rows its data steps leave in a fresh install.

use std::collections::BTreeMap;

use super::rows::{Cell, Row, Rows, added, all};
use crate::replay::Moment;
use crate::step::{Backfill, DeleteRows, Execute, Lookup, OnFresh, RenameValue, Source, Tail, Taken};
use crate::{Literal, Name, Piece, Problem, Schema, Sql, Step, Table, Type, Value, View};

/// Something that happens to the rows, in the order of the history.
#[derive(Debug)]
pub(super) enum Event {
    /// The row of that place is inserted.
    Row(usize),
    /// A step is run on the schema of the end, if that still has what it works on.
    Run(Box<Step>, On),
}

/// What a step that is run works on, by ids: anything, a table, or a column of it.
#[derive(Debug, Clone)]
pub(super) enum On {
    /// The tables that raw SQL names.
    Named(Vec<(Name, u32)>),
    /// The rows of a table.
    Table(u32),
    /// A column of a table.
    Column(u32, u32),
}

/// The history so far.
#[derive(Debug, Default)]
pub(super) struct History {
    pub(super) rows: Rows,
    pub(super) events: Vec<Event>,
    /// How many events there were when a trigger came, by its id.
    pub(super) triggers: BTreeMap<u32, usize>,
    /// How many events there were when a materialized view was filled last, by its id.
    pub(super) filled: BTreeMap<u32, usize>,
}

impl History {
    /// Goes on by one step.
    ///
    /// # Errors
    /// What the step leaves open of a fresh install.
    pub(super) fn pass(&mut self, moment: &Moment) -> Result<(), Problem> {
        let Moment { step, before, after, .. } = moment;
        match step {
            Step::Seed(seed) => self.seed(seed, before)?,
            Step::DeleteRows(rows) => self.delete(step, rows.table, rows.on_fresh.as_ref(), before)?,
            Step::Backfill(fill) => self.backfill(fill, before)?,
            Step::RenameValue(values) => self.rename_value(values, before)?,
            Step::Execute(execute) => self.execute(execute, before)?,
            Step::SetType { table, column, ty, using, .. } => {
                self.set_type(table, column, ty, using.as_ref(), before)?;
            }
            Step::CreateView { def: View { name, materialized: true, .. }, .. }
            | Step::RefreshMaterializedView { view: name, .. } => {
                self.filled.extend(after.views.get(name).map(|known| (known.id, self.events.len())));
            }
            _ => {}
        }
        self.follow(before, after)
    }

    fn seed(&mut self, seed: &crate::step::Seed, schema: &Schema) -> Result<(), Problem> {
        let brought = self.rows.seed(seed, schema)?;
        self.events.extend(brought.into_iter().map(Event::Row));
        Ok(())
    }

    /// What the author says of a step that may change rows. True if that is all there is to it.
    fn said(&mut self, step: &Step, on: On, said: Option<&OnFresh>, schema: &Schema) -> Result<bool, Problem> {
        match said {
            Some(OnFresh::Skip) => {}
            Some(OnFresh::Seeds(seeds)) => {
                for seed in seeds.iter() {
                    self.seed(seed, schema)?;
                }
            }
            Some(OnFresh::Run) => self.events.push(Event::Run(Box::new(of_a_fresh_install(step)), on)),
            None => return Ok(false),
        }
        Ok(true)
    }

    fn delete(&mut self, step: &Step, table: Name, said: Option<&OnFresh>, schema: &Schema) -> Result<(), Problem> {
        let Some(table) = schema.table(table).filter(|table| self.rows.any(table)) else { return Ok(()) };
        if !self.said(step, On::Table(table.id), said, schema)? {
            let at = if let Step::DeleteRows(rows) = step { rows.table } else { table.name };
            return Err(unsaid(at, &format!("table `{at}` has seeded rows at that point")));
        }
        if matches!(said, Some(OnFresh::Run)) {
            self.rows.run.insert(table.id, self.rows.all.len());
        }
        Ok(())
    }

    fn execute(&mut self, execute: &Execute, schema: &Schema) -> Result<(), Problem> {
        let step = Step::Execute(execute.clone());
        let tables = || execute.sql.objects().filter_map(|name| Some((name, schema.table(name)?)));
        let named = On::Named(tables().map(|(name, table)| (name, table.id)).collect());
        if !self.said(&step, named, execute.on_fresh.as_ref(), schema)? {
            let text = execute.sql.pieces.iter().find_map(|piece| match piece {
                Piece::Text(text) => Some(*text),
                _ => None,
            });
            return Err(unsaid(text.unwrap_or_default(), "raw SQL may change rows"));
        }
        if execute.on_fresh == Some(OnFresh::Run) {
            for (_, table) in tables() {
                self.rows.run.insert(table.id, self.rows.all.len());
                table.columns.iter().for_each(|column| self.changed(table.id, column.id));
            }
        }
        Ok(())
    }

    /// A column of all rows that are there was changed by a step that is run.
    fn changed(&mut self, table: u32, column: u32) {
        for row in self.rows.all.iter_mut().filter(|row| row.table == table) {
            if let Some(cell) = row.cells.remove(&column) {
                row.cells.insert(column, Cell::Changed(Box::new(cell)));
            }
        }
    }

    fn backfill(&mut self, fill: &Backfill, schema: &Schema) -> Result<(), Problem> {
        let Some(table) = schema.table(fill.table).filter(|table| self.rows.any(table)) else { return Ok(()) };
        let Some(column) = table.column(fill.column).map(|column| column.id) else { return Ok(()) };
        let step = Step::Backfill(fill.clone());
        if self.said(&step, On::Column(table.id, column), fill.on_fresh.as_ref(), schema)? {
            if fill.on_fresh == Some(OnFresh::Run) {
                self.rows.run.insert(table.id, self.rows.all.len());
                self.changed(table.id, column);
            }
            return Ok(());
        }
        let filled = self.filled_by(fill, table, column, schema);
        let Some(filled) = filled else {
            let why = format!("table `{0}` has seeded rows at that point", fill.table);
            return Err(unsaid(fill.column, &why));
        };
        for (place, cell) in filled {
            self.rows.all[place].cells.insert(column, cell);
        }
        Ok(())
    }

    /// What the step puts into which rows, where that is evident: into nulls, the same everywhere or looked up.
    fn filled_by(&self, fill: &Backfill, table: &Table, column: u32, schema: &Schema) -> Option<Vec<(usize, Cell)>> {
        if fill.predicate.is_some() {
            return None;
        }
        let not_null = table.column(fill.column).is_some_and(|known| known.def.not_null);
        let mut filled = Vec::new();
        for (place, row) in self.rows.of(table.id) {
            let cell = row.cells.get(&column)?;
            match cell.known() {
                Some(Some(_)) => {}
                None if not_null || self.is_set(cell, schema) || is_same(fill, cell) => {}
                Some(None) if !self.rows.was_run(place) => {
                    filled.extend(self.value_for(fill, row, table, schema)?.map(|it| (place, it)))
                }
                _ => return None,
            }
        }
        Some(filled)
    }

    /// Whether a cell whose value is not known is at least not null.
    fn is_set(&self, cell: &Cell, schema: &Schema) -> bool {
        match cell {
            Cell::Of(place, column) => {
                let table = schema.table_by_id(self.rows.all[*place].table);
                table.is_some_and(|table| table.columns.iter().any(|known| known.id == *column && known.def.not_null))
            }
            Cell::Value(Value::Sql(sql)) => gives_no_null(sql),
            _ => false,
        }
    }

    /// What a row gets; nothing where the looked up row is not there.
    #[allow(clippy::option_option)] // Not known, known to be nothing, known.
    fn value_for(&self, fill: &Backfill, row: &Row, table: &Table, schema: &Schema) -> Option<Option<Cell>> {
        match &fill.source {
            Source::Expression { value, from: None } if speaks_of_no_row(value) => {
                Some(Some(Cell::Value(Value::Sql(value.clone()))))
            }
            Source::Expression { .. } => None,
            Source::Lookup(lookup) => self.looked_up(lookup, row, table, schema),
        }
    }

    #[allow(clippy::option_option)]
    fn looked_up(&self, lookup: &Lookup, row: &Row, table: &Table, schema: &Schema) -> Option<Option<Cell>> {
        let by = row.cells.get(&table.column(lookup.by)?.id)?;
        if by.known() == Some(None) {
            return Some(None);
        }
        let source = schema.table(lookup.table)?;
        let (key, column) = (source.column(lookup.key)?.id, source.column(lookup.column)?.id);
        for (place, other) in self.rows.of(source.id) {
            match self.rows.same(by, other.cells.get(&key)?) {
                Some(true) if !self.rows.was_run(place) => return Some(Some(self.rows.reference(place, column))),
                Some(false) => {}
                _ => return None,
            }
        }
        (!self.rows.run.contains_key(&source.id)).then_some(None)
    }

    fn rename_value(&mut self, values: &RenameValue, schema: &Schema) -> Result<(), Problem> {
        let Some(table) = schema.table(values.table).filter(|table| self.rows.any(table)) else { return Ok(()) };
        let Some(column) = table.column(values.column).map(|column| column.id) else { return Ok(()) };
        let unknown = || {
            let message = format!("the values of column `{}` at that point are not known", values.column);
            Problem::new(values.column, message)
        };
        let mut renamed = Vec::new();
        for (place, row) in self.rows.of(table.id) {
            let cell = row.cells.get(&column).ok_or_else(unknown)?;
            let Some(text) = cell.known().ok_or_else(unknown)? else { continue };
            let Some((_, to)) = values.values.iter().find(|(from, _)| *from == text) else { continue };
            match self.taken(values, table, place, column, to).ok_or_else(unknown)? {
                false if self.rows.was_run(place) => renamed.push((place, cell.clone().renamed(to))),
                false => renamed.push((place, Cell::Value(Value::Literal(Literal::Text(to))))),
                true if values.taken == Taken::Keep => {}
                true => {
                    let message = format!("a seeded row is deleted in favour of another one, `{to}`");
                    return Err(Problem::new(values.column, message));
                }
            }
        }
        for (place, cell) in renamed {
            self.rows.all[place].cells.insert(column, cell);
        }
        // Rows that a step was run on are renamed where they are.
        if self.rows.run.contains_key(&table.id) {
            self.events.push(Event::Run(Box::new(Step::RenameValue(values.clone())), On::Column(table.id, column)));
        }
        Ok(())
    }

    /// Whether another row has a value that a row is to get, by one of the table's keys.
    fn taken(&self, values: &RenameValue, table: &Table, place: usize, column: u32, to: Name) -> Option<bool> {
        let wanted = Cell::Value(Value::Literal(Literal::Text(to)));
        let row = &self.rows.all[place];
        for rivals in values.rivals(table) {
            let ids: Vec<u32> = rivals.iter().filter_map(|name| Some(table.column(name)?.id)).collect();
            for (_, other) in self.rows.of(table.id).filter(|(at, _)| *at != place) {
                let has = other.cells.get(&column).and_then(|cell| self.rows.same(&wanted, cell));
                let agree = ids.iter().map(|id| self.rows.same(row.cells.get(id)?, other.cells.get(id)?));
                if all(std::iter::once(has).chain(agree))? {
                    return Some(true);
                }
            }
        }
        Some(false)
    }

    fn set_type(
        &mut self,
        table: Name,
        column: Name,
        ty: &Type,
        using: Option<&Sql>,
        schema: &Schema,
    ) -> Result<(), Problem> {
        let Some(table) = schema.table(table).filter(|table| self.rows.any(table)) else { return Ok(()) };
        let Some(known) = table.column(column) else { return Ok(()) };
        for row in self.rows.all.iter_mut().filter(|row| row.table == table.id) {
            if let Some(cell) = row.cells.remove(&known.id) {
                let cell =
                    cell.retyped(&known.def, ty, using).map_err(|problem| Problem::new(column, problem.message))?;
                row.cells.insert(known.id, cell);
            }
        }
        Ok(())
    }

    /// What a step has made of tables and their columns.
    fn follow(&mut self, before: &Schema, after: &Schema) -> Result<(), Problem> {
        for now in after.tables() {
            let was = before.same_table(now.name, now.id);
            if was.is_some_and(|was| std::ptr::eq(was, now)) {
                continue;
            }
            for trigger in &now.triggers {
                self.triggers.entry(trigger.id).or_insert(self.events.len());
            }
            if let Some(was) = was.filter(|was| self.rows.any(was)) {
                self.columns(was, now, after)?;
            }
        }
        Ok(())
    }

    fn columns(&mut self, was: &Table, now: &Table, schema: &Schema) -> Result<(), Problem> {
        for column in now.columns.iter().filter(|new| !was.columns.iter().any(|old| old.id == new.id)) {
            if column.def.generator.is_some() {
                let message = format!("the order in which the rows of table `{}` are numbered is not known", now.name);
                return Err(Problem::new(column.def.name, message));
            }
            for row in self.rows.all.iter_mut().filter(|row| row.table == now.id) {
                row.cells.insert(column.id, added(&column.def, schema));
            }
        }
        Ok(())
    }
}

/// A step as a fresh install runs it: in one transaction, because there are few rows and nobody else is there, and with
/// no way back.
fn of_a_fresh_install(step: &Step) -> Step {
    let tail = Tail::Noop("a fresh install brings nothing back");
    match step.clone() {
        Step::Backfill(fill) => Step::Backfill(Backfill { batch: None, on_fresh: None, ..fill }),
        Step::DeleteRows(rows) => Step::DeleteRows(DeleteRows { tail, on_fresh: None, ..rows }),
        Step::Execute(execute) => Step::Execute(Execute { tail, on_fresh: None, ..execute }),
        step => step,
    }
}

/// Whether an expression is `now()` or the like: a function of PostgreSQL's that makes a value of nothing.
fn gives_no_null(sql: &Sql) -> bool {
    crate::types::called(sql).is_some()
}

/// Whether a cell holds what it would be filled with anyway.
fn is_same(fill: &Backfill, cell: &Cell) -> bool {
    matches!((&fill.source, cell), (Source::Expression { value, from: None }, Cell::Value(Value::Sql(held))) if value == held)
}

/// Whether an expression is the same for every row.
fn speaks_of_no_row(sql: &Sql) -> bool {
    let bare = |piece: &Piece| matches!(piece, Piece::Text(_) | Piece::Call(_) | Piece::Object { .. });
    !sql.has_query() && sql.pieces.iter().all(bare)
}

fn unsaid(at: Name, why: &str) -> Problem {
    let help = "add `on_fresh(skip)` if it changes none of the seeded rows, or `on_fresh(run)` if it does";
    Problem::new(at, format!("missing `on_fresh`: {why}")).help(help)
}
