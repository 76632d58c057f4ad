//! The rows of a folded history as steps on the schema that it ends with.

use std::collections::{BTreeMap, BTreeSet};

use super::fold::{Event, History, On};
use super::rows::{Cell, Row, sql, written};
use crate::step::{ConflictAction, OnConflict, RenameValue, Seed};
use crate::{
    Column, ConstraintKind, List, Literal, Name, Piece, Problem, RowSecurity, Schema, Step, Table, TableDef, Value,
};

/// Puts the rows behind the steps that make `schema`; what would see or change them stands where it came.
pub(super) fn carry(history: &History, schema: &Schema, steps: Vec<Step>) -> Result<Vec<Step>, Problem> {
    check_fired(history, schema)?;
    let mut late = Late::default();
    let mut carried: Vec<Step> = steps.into_iter().filter_map(|step| late.hold(step, history, schema)).collect();
    for (place, event) in history.events.iter().enumerate() {
        carried.extend(late.at.remove(&place).into_iter().flatten());
        match event {
            Event::Row(row) => add_row(&mut carried, history, &history.rows.all[*row], schema)?,
            Event::Run(step, on) => carried.extend(run(step, on, schema)?),
        }
    }
    carried.extend(late.at.into_values().flatten());
    carried.extend(late.secured);
    Ok(carried)
}

/// A step that is run, where what it works on is there still.
///
/// # Errors
/// Where raw SQL names a table that has given its name to something else.
fn run(step: &Step, on: &On, schema: &Schema) -> Result<Option<Step>, Problem> {
    let (table, column) = match on {
        On::Named(tables) => {
            let is_another = |(name, id): &&(Name, u32)| {
                schema.has_relation(name) && schema.table(name).is_none_or(|table| table.id != *id)
            };
            return match tables.iter().find(is_another) {
                Some((name, _)) => {
                    let message = format!("raw SQL names `{name}`, which is a different object in {}", schema.version);
                    Err(Problem::new(name, message)
                        .help("add `on_fresh(skip)`, or seed the rows with `on_fresh { seed … }`"))
                }
                None => Ok(Some(step.clone())),
            };
        }
        On::Table(table) => (schema.table_by_id(*table), None),
        On::Column(table, column) => {
            let table = schema.table_by_id(*table);
            let known = table.and_then(|table| table.columns.iter().find(|known| known.id == *column));
            (known.and(table), known.map(|known| known.def.name))
        }
    };
    Ok(table.map(|table| match (step, column) {
        // It holds no SQL in which names would have to follow, too.
        (Step::RenameValue(values), Some(column)) => {
            Step::RenameValue(RenameValue { table: table.name, column, ..values.clone() })
        }
        _ => step.clone(),
    }))
}

/// A trigger that fired for a row and is gone has left nobody knows what.
fn check_fired(history: &History, schema: &Schema) -> Result<(), Problem> {
    let there: BTreeSet<u32> = schema.tables().flat_map(|table| &table.triggers).map(|known| known.id).collect();
    match history.rows.fired.iter().find(|(id, _)| !there.contains(id)) {
        Some((_, name)) => {
            Err(Problem::new(name, format!("trigger `{name}` fires for seeded rows and is dropped later")))
        }
        None => Ok(()),
    }
}

/// What is made after the rows that came before it.
#[derive(Default)]
struct Late {
    /// By the event that it stands before.
    at: BTreeMap<usize, Vec<Step>>,
    /// Row level security, which holds for the rows of later versions.
    secured: Vec<Step>,
}

impl Late {
    /// Takes out of a step what has to wait.
    fn hold(&mut self, step: Step, history: &History, schema: &Schema) -> Option<Step> {
        match step {
            Step::CreateTable { mut def, if_not_exists } if touched(history, &def, schema) => {
                self.hold_triggers(&mut def, history, schema);
                self.hold_security(&mut def);
                Some(Step::CreateTable { def, if_not_exists })
            }
            Step::CreateView { ref def, .. } => match filled(history, def.name, schema) {
                0 => Some(step),
                place => {
                    self.at.entry(place).or_default().push(step);
                    None
                }
            },
            step => Some(step),
        }
    }

    fn hold_triggers(&mut self, def: &mut TableDef, history: &History, schema: &Schema) {
        let Some(table) = schema.table(def.name) else { return };
        let place = |name: Name| {
            let known = table.triggers.iter().find(|known| known.def.name == name);
            known.and_then(|known| history.triggers.get(&known.id)).copied().unwrap_or_default()
        };
        let (now, later) = def.triggers.iter().cloned().partition(|trigger| place(trigger.name) == 0);
        def.triggers = List::Owned(now);
        for trigger in Vec::into_iter(later) {
            let step = Step::CreateTrigger { table: def.name, trigger };
            if let Step::CreateTrigger { trigger, .. } = &step {
                self.at.entry(place(trigger.name)).or_default().push(step);
            }
        }
    }

    fn hold_security(&mut self, def: &mut TableDef) {
        let table = def.name;
        let RowSecurity { enabled, forced } = std::mem::take(&mut def.row_security);
        self.secured.extend(enabled.then_some(Step::EnableRowLevelSecurity { table }));
        self.secured.extend(forced.then_some(Step::ForceRowLevelSecurity { table }));
    }
}

/// Whether anything happens to rows of a table.
fn touched(history: &History, def: &TableDef, schema: &Schema) -> bool {
    let runs = || history.events.iter().any(|event| matches!(event, Event::Run(..)));
    schema.table(def.name).is_some_and(|table| history.rows.any(table)) || runs()
}

/// The event before which a view is made: one that keeps its rows shows those of that moment.
fn filled(history: &History, view: Name, schema: &Schema) -> usize {
    let Some(view) = schema.views.get(view) else { return 0 };
    let own = history.filled.get(&view.id).copied().unwrap_or_default();
    let below = view.def.query.objects().filter(|name| schema.view(name).is_some());
    below.map(|name| filled(history, name, schema)).fold(own, usize::max)
}

/// A row, put to the seed before it where that gives the same columns of the same table.
fn add_row(steps: &mut Vec<Step>, history: &History, row: &Row, schema: &Schema) -> Result<(), Problem> {
    let Some(table) = schema.table_by_id(row.table) else { return Ok(()) };
    let mut given: Vec<(Name, Value)> = Vec::new();
    for column in &table.columns {
        let value = row.cells.get(&column.id).map(|cell| value(history, cell, &column.def, schema)).transpose()?;
        given.extend(value.flatten().map(|value| (column.def.name, value)));
    }
    let (columns, values): (Vec<Name>, Vec<Value>) = given.into_iter().unzip();
    if columns.is_empty() {
        return Err(Problem::new(table.name, format!("a row of table `{}` has no value that is known", table.name)));
    }
    if let Some(Step::Seed(seed)) = steps.last_mut()
        && seed.table == table.name
        && *seed.columns == *columns
    {
        seed.rows.to_mut().push(List::Owned(values));
        return Ok(());
    }
    let on_conflict = on_conflict(table, &columns);
    let rows = List::Owned(vec![List::Owned(values)]);
    steps.push(Step::Seed(Seed { table: table.name, columns: columns.into(), on_conflict, rows, kept: None }));
    Ok(())
}

/// What tells a row from others, by a unique key that the row gives.
fn on_conflict(table: &Table, columns: &[Name]) -> OnConflict {
    let constraints = table.constraints.iter().filter_map(|known| known.def.kind.key().map(<[Name]>::to_vec));
    let indexes = table.indexes.iter().filter_map(|known| known.def.unique_key());
    let mut keys = constraints.chain(indexes);
    match keys.find(|key| key.iter().all(|column| columns.contains(column))) {
        Some(key) => OnConflict { columns: key.into(), action: ConflictAction::DoNothing },
        None => OnConflict { columns: columns.to_vec().into(), action: ConflictAction::UnlessExists },
    }
}

/// What an insert gives for a column; nothing where PostgreSQL fills it by itself so.
fn value(history: &History, cell: &Cell, column: &Column, schema: &Schema) -> Result<Option<Value>, Problem> {
    let filled = column.generated.is_some();
    let by_itself = |value: &Value| match schema.default_of(column) {
        Some(default) => default == value,
        None => value.is_null() && column.generator.is_none(),
    };
    Ok(match cell {
        _ if filled => None,
        Cell::Generated => None,
        Cell::Changed(cell) | Cell::Renamed(cell, _) => value(history, cell, column, schema)?,
        Cell::Drawn(_) if column.generator.is_some() => None,
        Cell::Drawn(_) => cell.literal().map(Value::Literal),
        Cell::Value(given) if by_itself(given) => None,
        Cell::Value(given) => Some(given.clone()),
        Cell::Of(place, of) => Some(reference(&history.rows.all[*place], *of, schema).ok_or_else(|| {
            let message = format!("the row that `{}` references has no known key", column.name);
            Problem::new(column.name, message)
        })?),
    })
}

/// `(SELECT column FROM table WHERE key = value)`
fn reference(row: &Row, column: u32, schema: &Schema) -> Option<Value> {
    let table = schema.table_by_id(row.table)?;
    let column = table.columns.iter().find(|known| known.id == column)?.def.name;
    let literal = |name: &Name| -> Option<(Name, Literal, bool)> {
        let cell = row.cells.get(&table.column(name)?.id)?;
        let literal = cell.literal().filter(|literal| !matches!(literal, Literal::Null(_)))?;
        Some((*name, literal, matches!(cell, Cell::Drawn(_))))
    };
    let key = |columns: &[Name]| columns.iter().map(literal).collect::<Option<Vec<_>>>();
    let keys = table.constraints.iter().filter_map(|known| match &known.def.kind {
        ConstraintKind::PrimaryKey { columns } | ConstraintKind::Unique { columns } => key(columns),
        _ => None,
    });
    let indexes = table.indexes.iter().filter_map(|known| key(&known.def.unique_key()?));
    // What somebody has written says more than a number.
    let key = keys.chain(indexes).min_by_key(|key| key.iter().any(|(_, _, drawn)| *drawn))?;
    let mut pieces = vec![Piece::Text("(SELECT "), Piece::Ident(column), Piece::Text(" FROM ")];
    pieces.push(Piece::Object { name: table.name, depth: 0 });
    for (place, (name, literal, _)) in key.into_iter().enumerate() {
        pieces.push(Piece::Text(if place == 0 { " WHERE " } else { " AND " }));
        pieces.extend([Piece::Ident(name), Piece::Text(" = ")]);
        pieces.extend(written(&Value::Literal(literal)));
    }
    pieces.push(Piece::Text(")"));
    Some(Value::Sql(sql(pieces)))
}
