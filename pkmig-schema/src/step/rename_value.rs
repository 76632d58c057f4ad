//! Values renamed: keys of settings, names of modules, and whatever else rows are known by.

use super::column::find;
use super::value::check_value;
use crate::{Class, ConstraintKind, List, Literal, Name, Problem, Report, Schema, Table, Value};

/// `rename_value t.c { "a" => "b", … } on_conflict …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameValue {
    /// The table.
    pub table: Name,
    /// The column.
    pub column: Name,
    /// The values and their new names.
    pub values: List<(Name, Name)>,
    /// What happens to a row whose new value another row has.
    pub taken: Taken,
}

/// What happens to a row whose new value another row has already, by one of the table's unique keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// `do_nothing`: it stays as it is.
    Keep,
    /// `do_delete`: it goes.
    Delete,
}

impl RenameValue {
    /// The values renamed back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        Self { values: self.values.iter().map(|(from, to)| (*to, *from)).collect(), ..self.clone() }
    }

    /// For each unique key of the table that holds the column, the other columns of it: rows that agree in these may not
    /// agree in the column.
    pub fn rivals(&self, table: &Table) -> Vec<Vec<Name>> {
        let constraints = table.constraints.iter().filter_map(|known| match &known.def.kind {
            ConstraintKind::PrimaryKey { columns } | ConstraintKind::Unique { columns } => Some(columns.to_vec()),
            _ => None,
        });
        let indexes = table.indexes.iter().filter_map(|known| known.def.unique_key());
        let holding = constraints.chain(indexes).filter(|key| key.contains(&self.column));
        let mut rivals: Vec<Vec<Name>> =
            holding.map(|key| key.into_iter().filter(|column| *column != self.column).collect()).collect();
        rivals.sort_unstable();
        rivals.dedup();
        rivals
    }

    /// Whether rows may go that are in the way.
    pub(super) fn class(&self) -> Class {
        match self.taken {
            Taken::Keep => Class::Lossless,
            Taken::Delete => Class::Lossy,
        }
    }
}

pub(super) fn rename(schema: &Schema, step: &RenameValue, report: &mut Report) {
    let Some(table) = find(schema, step.table, step.column, false, report) else { return };
    let Some(column) = table.column(step.column) else { return };
    for (index, (from, to)) in step.values.iter().enumerate() {
        for text in [from, to] {
            check_value(schema, &Value::Literal(Literal::Text(text)), &column.def.ty, "value", report);
        }
        let earlier = &step.values[..index];
        if earlier.iter().any(|(other, _)| other == from) {
            report.push(Problem::new(from, format!("`{from}` is renamed twice")));
        }
        if earlier.iter().any(|(_, other)| other == to) {
            let message = format!("two values become `{to}`: the down could not tell them apart");
            report.push(Problem::new(to, message));
        }
        if step.values.iter().any(|(other, _)| other == to) {
            let message = format!("`{to}` is renamed, too: run twice, the step would rename `{from}` again");
            report.push(Problem::new(to, message).help("rename it in another version"));
        }
    }
}
