//! The rows of a fresh install, as far as the steps themselves tell what is in them.

use std::collections::BTreeMap;

use crate::name::intern;
use crate::step::{ConflictAction, Seed};
use crate::types::Family;
use crate::{Column, Known, List, Literal, Name, Piece, Problem, Schema, Sql, Table, TriggerEvent, Type, Value};

/// What stands in a column of a row.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    /// This value.
    Value(Value),
    /// A number drawn from the column's sequence.
    Drawn(u64),
    /// What another row has in a column, by the row's place and the column's id.
    Of(usize, u32),
    /// What PostgreSQL makes of other columns.
    Generated,
    /// Whatever a step that is run has made of it.
    Changed(Box<Cell>),
    /// This text, once a step that is run has renamed it.
    Renamed(Box<Cell>, Name),
}

/// A row that the chain brings.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// The id of its table.
    pub(super) table: u32,
    /// What is in it, by the ids of the columns.
    pub(super) cells: BTreeMap<u32, Cell>,
}

/// All rows, in the order in which they were brought. One whose table is gone keeps its place.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) all: Vec<Row>,
    /// The number that was drawn last, by the id of the column.
    drawn: BTreeMap<u32, u64>,
    /// How many rows there were when a step was run that may have changed those of a table, by its id.
    pub(super) run: BTreeMap<u32, usize>,
    /// Triggers that have fired for a row, by their ids, with their names.
    pub(super) fired: BTreeMap<u32, Name>,
}

impl Rows {
    /// Whether a table may hold any.
    pub(super) fn any(&self, table: &Table) -> bool {
        self.run.contains_key(&table.id) || self.of(table.id).next().is_some()
    }

    /// Those of a table, with their places.
    pub(super) fn of(&self, table: u32) -> impl Iterator<Item = (usize, &Row)> {
        self.all.iter().enumerate().filter(move |(_, row)| row.table == table)
    }

    /// Whether a step that was run may have changed or taken away a row.
    pub(super) fn was_run(&self, place: usize) -> bool {
        self.run.get(&self.all[place].table).is_some_and(|before| place < *before)
    }

    /// Brings the rows of a seed, and says which places they have.
    pub(super) fn seed(&mut self, seed: &Seed, schema: &Schema) -> Result<Vec<usize>, Problem> {
        let Some(table) = schema.table(seed.table) else { return Ok(Vec::new()) };
        let mut brought = Vec::new();
        for values in seed.rows.iter() {
            let given: BTreeMap<Name, &Value> = seed.columns.iter().copied().zip(values.iter()).collect();
            match self.like(seed, table, &given)? {
                Some(place) => self.update(seed, table, place, &given)?,
                None => {
                    let cells =
                        table.columns.iter().map(|column| (column.id, self.fresh(column, &given, schema))).collect();
                    brought.push(self.all.len());
                    self.all.push(Row { table: table.id, cells });
                }
            }
        }
        let fires = table.triggers.iter().filter(|known| known.def.events.contains(&TriggerEvent::Insert));
        self.fired.extend(fires.filter(|_| !brought.is_empty()).map(|known| (known.id, known.def.name)));
        Ok(brought)
    }

    /// The place of the row that has the key of a seed's row already.
    fn like(&self, seed: &Seed, table: &Table, given: &BTreeMap<Name, &Value>) -> Result<Option<usize>, Problem> {
        let key: Vec<(u32, Cell)> = seed
            .on_conflict
            .columns
            .iter()
            .filter_map(|name| Some((table.column(name)?.id, Cell::Value(Value::clone(given.get(name)?)))))
            .collect();
        let same =
            |row: &Row| all(key.iter().map(|(id, cell)| row.cells.get(id).and_then(|other| self.same(cell, other))));
        for (place, row) in self.of(table.id) {
            match same(row) {
                Some(false) => {}
                Some(true) if !self.was_run(place) => return Ok(Some(place)),
                _ => {
                    let message =
                        format!("earlier steps leave open whether table `{}` already has the row", seed.table);
                    return Err(Problem::new(seed.table, message));
                }
            }
        }
        Ok(None)
    }

    fn update(
        &mut self,
        seed: &Seed,
        table: &Table,
        place: usize,
        given: &BTreeMap<Name, &Value>,
    ) -> Result<(), Problem> {
        let ConflictAction::DoUpdate(columns) = &seed.on_conflict.action else { return Ok(()) };
        for name in columns.iter() {
            if let (Some(column), Some(value)) = (table.column(name), given.get(name)) {
                self.all[place].cells.insert(column.id, Cell::Value(Value::clone(value)));
            }
        }
        Ok(())
    }

    /// What a new row has in a column.
    fn fresh(&mut self, column: &Known<Column>, given: &BTreeMap<Name, &Value>, schema: &Schema) -> Cell {
        match given.get(column.def.name) {
            Some(value) => Cell::Value(Value::clone(value)),
            None if column.def.generator.is_some() => {
                let number = self.drawn.entry(column.id).or_default();
                *number += 1;
                Cell::Drawn(*number)
            }
            None => added(&column.def, schema),
        }
    }

    /// Whether two cells hold the same; `None` where that is not known. Nulls are equal.
    pub(super) fn same(&self, one: &Cell, other: &Cell) -> Option<bool> {
        match (one, other) {
            (Cell::Of(row, column), Cell::Of(other, of)) if (row, column) == (other, of) => Some(true),
            _ => Some(one.known()? == other.known()?),
        }
    }

    /// What the row that `place` stands for has in a column, as a cell of another row.
    pub(super) fn reference(&self, place: usize, column: u32) -> Cell {
        match self.all[place].cells.get(&column) {
            Some(cell) if cell.literal().is_some() || matches!(cell, Cell::Of(..)) => cell.clone(),
            _ => Cell::Of(place, column),
        }
    }
}

/// What the rows that are there get in a new column.
pub(super) fn added(column: &Column, schema: &Schema) -> Cell {
    match column.generated {
        Some(_) => Cell::Generated,
        None => Cell::Value(schema.default_of(column).cloned().unwrap_or(Value::Literal(Literal::Null("null")))),
    }
}

/// Whether all hold; `None` where that is not known.
pub(super) fn all(mut answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = Some(true);
    match answers.find_map(|answer| match answer {
        Some(false) => Some(()),
        Some(true) => None,
        None => {
            known = None;
            None
        }
    }) {
        Some(()) => Some(false),
        None => known,
    }
}

impl Cell {
    /// The literal that it holds: `None` in itself is a null.
    pub(super) fn known(&self) -> Option<Option<Name>> {
        match self {
            Self::Value(Value::Literal(Literal::Null(_))) => Some(None),
            Self::Value(Value::Literal(literal)) => Some(Some(literal.text())),
            Self::Drawn(number) => Some(Some(intern(&number.to_string()))),
            Self::Renamed(_, now) => Some(Some(now)),
            Self::Value(Value::Sql(_)) | Self::Of(..) | Self::Generated | Self::Changed(_) => None,
        }
    }

    /// The same, as a literal of SQL.
    pub(super) fn literal(&self) -> Option<Literal> {
        match self {
            Self::Value(Value::Literal(literal)) => Some(literal.clone()),
            Self::Drawn(number) => Some(Literal::Number(intern(&number.to_string()))),
            _ => None,
        }
    }

    /// The cell where a step that is run renames what is in it.
    pub(super) fn renamed(self, to: Name) -> Self {
        match self {
            Self::Renamed(inserted, _) => Self::Renamed(inserted, to),
            inserted => Self::Renamed(Box::new(inserted), to),
        }
    }

    /// What becomes of it where its column gets another type.
    pub(super) fn retyped(self, from: &Column, to: &Type, using: Option<&Sql>) -> Result<Self, Problem> {
        let value = match (self, using) {
            (cell @ (Self::Drawn(_) | Self::Of(..) | Self::Generated), None) => return Ok(cell),
            (Self::Value(Value::Literal(literal)), None) if reads_alike(&literal, &from.ty, to) => {
                return Ok(Self::Value(Value::Literal(literal)));
            }
            (Self::Value(value), _) => value,
            _ => {
                let message = format!("earlier steps leave open what column `{}` holds", from.name);
                return Err(Problem::new(from.name, message));
            }
        };
        let old = cast(&value, &from.ty);
        let Some(using) = using else { return Ok(Self::Value(Value::Sql(sql(old)))) };
        let mut pieces = Vec::new();
        for piece in using.pieces.iter() {
            match piece {
                Piece::Ident(name) if *name == from.name => pieces.extend(old.iter().cloned()),
                Piece::Ident(_) | Piece::Column { .. } | Piece::Qualifier(_) => {
                    let message =
                        format!("`using` depends on more than column `{}`, which has seeded values", from.name);
                    return Err(Problem::new(from.name, message));
                }
                other => pieces.push(other.clone()),
            }
        }
        Ok(Self::Value(Value::Sql(sql(pieces))))
    }
}

/// Whether a literal that was written into a column is read in the same way by the type that the column gets: `1.005` as
/// `numeric(5, 2)` is another number than as `numeric`, and a `uuid` is printed as text in its own form.
fn reads_alike(literal: &Literal, from: &Type, to: &Type) -> bool {
    let is_number = |ty: &Type| matches!(ty.family(), Family::Integer(_) | Family::Number);
    let whole = |ty: &Type| matches!(ty.family(), Family::Integer(_));
    match literal {
        Literal::Null(_) => true,
        _ if from == to || from.family() == Family::Text => true,
        Literal::Number(_) => whole(from) && is_number(to),
        Literal::Text(_) | Literal::Bool(_) => false,
    }
}

/// `CAST(value AS type)`
fn cast(value: &Value, ty: &Type) -> Vec<Piece> {
    let mut pieces = vec![Piece::Text("CAST(")];
    pieces.extend(written(value));
    pieces.push(Piece::Text(" AS "));
    match ty.known() {
        Some(_) => pieces.push(Piece::Text(intern(&ty.formatted()))),
        None => {
            pieces.extend([Piece::Object { name: ty.name, depth: 0 }, Piece::Text(if ty.array { "[]" } else { "" })])
        }
    }
    pieces.push(Piece::Text(")"));
    pieces
}

/// A value as it stands in SQL text.
pub(super) fn written(value: &Value) -> Vec<Piece> {
    match value {
        Value::Literal(Literal::Text(text)) => vec![Piece::Text(intern(&format!("'{}'", text.replace('\'', "''"))))],
        Value::Literal(literal) => vec![Piece::Text(literal.text())],
        Value::Sql(sql) => sql.pieces.to_vec(),
    }
}

pub(super) fn sql(pieces: Vec<Piece>) -> Sql {
    Sql { pieces: List::Owned(pieces) }
}
