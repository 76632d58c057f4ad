//! What a plan puts at stake: the tables, columns and rows that it drops, and the columns that it could not fill, by the
//! names that they have before it is run.

use pkmig_schema::replay::Moment;
use pkmig_schema::step::{Change, DeleteRows, RenameValue};
use pkmig_schema::{Name, ObjectKind, Piece, Schema, Sql, Step};

use pkmig_sql::ddl::Expression;
use pkmig_sql::{Ask, Context, Own, lost};

/// A table, column or rows that a version drops, by the names they have before the plan is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The table.
    pub table: String,
    /// The column, if the table stays.
    pub column: Option<String>,
    /// The rows, if table and columns stay: what holds for them, as a condition in SQL.
    pub rows: Option<String>,
}

/// A column without a value for the rows that are there, by the names before the plan is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unfilled {
    pub(crate) table: String,
    pub(crate) column: String,
}

/// The steps of a plan so far: what is dropped may have had another name before them, and whoever looks for its rows
/// before the plan is run must look there.
pub(crate) struct Past<'a> {
    steps: Vec<Step>,
    context: &'a Context,
    /// Of a down: the schema before it, and the chain's own rows there.
    start: Option<(&'a Schema, Own<'a>)>,
}

/// What one step puts at stake.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) dropped: Option<Dropped>,
    pub(crate) unfilled: Option<Unfilled>,
    pub(crate) ask: Option<Ask>,
}

impl<'a> Past<'a> {
    pub(crate) fn new(context: &'a Context, start: Option<(&'a Schema, Own<'a>)>) -> Self {
        Self { steps: Vec::new(), context, start }
    }

    /// What a step drops of what was there before the plan, and what it could not fill.
    pub(crate) fn pass(&mut self, moment: &Moment) -> Found {
        let dropped = match &moment.step {
            Step::DropTable { table, .. } => self.dropped(table, None),
            Step::DropColumn { table, column, .. } => self.dropped(table, Some(column)),
            Step::DeleteRows(rows) => self.deleted(rows),
            Step::RenameValue(step) => self.in_the_way(step, moment),
            _ => None,
        };
        let unfilled = match &moment.step {
            Step::AddColumn { table, column, .. } if !moment.after.fills_itself(column) => {
                self.unfilled(table, column.name)
            }
            _ => None,
        };
        let ask = self.start.and_then(|(start, own)| match &moment.step {
            Step::DeleteRows(_) | Step::RenameValue(_) => {
                let Dropped { table, rows, .. } = dropped.as_ref()?;
                Some(Ask::rows(table, Expression::new(rows.clone()?)))
            }
            _ => Ask::of(moment, start, own, self.context),
        });
        self.steps.push(moment.step.clone());
        Found { dropped, unfilled, ask }
    }

    /// The name that a table had before the plan, unless the plan made it.
    fn table(&self, mut table: Name) -> Option<Name> {
        for effect in self.steps.iter().rev().filter_map(Step::effect) {
            match effect.what() {
                (Change::Rename(to), ObjectKind::Table) if to == table => table = effect.object.name,
                (Change::Create, ObjectKind::Table) if effect.object.name == table => return None,
                _ => {}
            }
        }
        Some(table)
    }

    fn dropped(&self, table: Name, column: Option<Name>) -> Option<Dropped> {
        let (mut now, mut column) = (table, column);
        for effect in self.steps.iter().rev().filter_map(Step::effect) {
            let after = effect.after();
            let is_column = after.of == Some(now) && column == Some(after.name);
            match effect.what() {
                (Change::Rename(to), ObjectKind::Table) if to == now => now = effect.object.name,
                (Change::Rename(_), ObjectKind::Column) if is_column => column = Some(effect.object.name),
                (Change::Create, ObjectKind::Column) if is_column => return None,
                _ => {}
            }
        }
        let table = self.table(table)?.to_owned();
        Some(Dropped { table, column: column.map(str::to_owned), rows: None })
    }

    fn deleted(&self, rows: &DeleteRows) -> Option<Dropped> {
        let (mut now, mut predicate) = (rows.table, rows.predicate.clone());
        for earlier in self.steps.iter().rev() {
            match earlier {
                Step::RenameTable { from, to, .. } | Step::RenameView { from, to, .. } => {
                    rename(&mut predicate, to, from);
                    now = if *to == now { from } else { now };
                }
                Step::RenameColumn { table, from, to, .. } if *table == now && predicate.objects().next().is_none() => {
                    rename(&mut predicate, to, from);
                }
                step if changes(step, now, &predicate) => return self.any_row(rows.table),
                _ => {}
            }
        }
        Some(Dropped { rows: Some(self.context.sql(&predicate).to_string()), ..self.any_row(rows.table)? })
    }

    /// The rows that another row's value is in the way of.
    fn in_the_way(&self, step: &RenameValue, moment: &Moment) -> Option<Dropped> {
        let table = moment.before.table(step.table)?;
        let condition = lost(self.context, step, table)?;
        let columns = step.rivals(table).into_iter().flatten().chain([step.column]);
        let named = Sql { pieces: columns.map(Piece::Ident).collect() };
        let renames = |earlier: &Step| {
            earlier.effect().is_some_and(|effect| effect.what() == (Change::Rename(step.table), ObjectKind::Table))
        };
        if self.steps.iter().any(|earlier| renames(earlier) || changes(earlier, step.table, &named)) {
            return self.any_row(step.table);
        }
        Some(Dropped { rows: Some(condition.to_string()), ..self.any_row(step.table)? })
    }

    /// Rows of a table that cannot be told apart before the plan is run: it may be any of them.
    fn any_row(&self, table: Name) -> Option<Dropped> {
        Some(Dropped { table: self.table(table)?.to_owned(), column: None, rows: Some("true".to_owned()) })
    }

    fn unfilled(&self, table: Name, column: Name) -> Option<Unfilled> {
        let emptied = |step: &Step| match step {
            Step::DeleteRows(rows) => rows.table == table,
            Step::DeleteSeed(seed) => seed.table == table,
            _ => false,
        };
        match self.steps.iter().any(emptied) {
            // It may have no row left.
            true => None,
            false => Some(Unfilled { table: self.table(table)?.to_owned(), column: column.to_owned() }),
        }
    }
}

/// Whether a condition over a table means another thing, or nothing, before this step.
fn changes(step: &Step, table: Name, condition: &Sql) -> bool {
    let asked = |of: Name| condition.objects().any(|object| object == of);
    match step {
        Step::CreateTable { def, .. } => asked(def.name),
        Step::CreateFunction { def, .. } => asked(def.name),
        Step::AddColumn { table: of, column, .. } => {
            asked(of) || *of == table && condition.idents().any(|ident| ident == column.name)
        }
        Step::SetType { table: of, column, .. } | Step::RenameColumn { table: of, to: column, .. } => {
            asked(of) || *of == table && condition.idents().any(|ident| ident == *column)
        }
        _ => false,
    }
}

/// A condition with a table's or column's earlier name.
fn rename(condition: &mut Sql, from: Name, to: Name) {
    for piece in condition.pieces.to_mut() {
        match piece {
            Piece::Ident(name) if *name == from => *name = to,
            Piece::Object { name, .. } if *name == from => *name = to,
            _ => {}
        }
    }
}
