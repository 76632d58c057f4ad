//! Values renamed, and what is in their way.

use pkmig_schema::Literal;
use pkmig_schema::step::{RenameValue, Taken};
use pkmig_schema::{Name, Table, Value};

use super::{Context, Lowered, Place};
use crate::ddl::{Delete, Expression, Update};

impl Place<'_> {
    pub(super) fn rename_value(&self, step: &RenameValue) -> Lowered {
        let Some(table) = self.before.table(step.table) else { return Lowered::always(Vec::new()) };
        let (qualified, column) = (self.context.qualified(step.table), self.context.ident(step.column));
        let (row, renamed) = (self.context.ident(step.table), renamed(self.context, step, table));
        let free = match (step.taken, taken(self.context, step, table)) {
            (Taken::Keep, Some(taken)) => format!(" AND NOT {taken}"),
            _ => String::new(),
        };
        let update = Update {
            table: qualified.clone(),
            alias: None,
            set: vec![(column.clone(), Expression::new("pkmig_new"))],
            from: Some(Expression::new(renamed)),
            filter: Expression::new(format!("{row}.{column} = pkmig_old{free}")),
        };
        let mut lowered = self.where_all_is_left(step.table, &[step.column], &[], update.into());
        if let (Taken::Delete, Some(lost)) = (step.taken, lost(self.context, step, table)) {
            lowered.statements.insert(0, Delete { table: qualified, filter: lost }.into());
        }
        lowered
    }
}

/// What holds for the rows that go because another row has their new value, if the step deletes any.
pub fn lost(context: &Context, step: &RenameValue, table: &Table) -> Option<Expression> {
    let taken = taken(context, step, table).filter(|_| step.taken == Taken::Delete)?;
    let (renamed, row, column) = (renamed(context, step, table), context.ident(step.table), context.ident(step.column));
    Some(Expression::new(format!("EXISTS (SELECT FROM {renamed} WHERE {row}.{column} = pkmig_old AND {taken})")))
}

/// The old values and the new, with their type said in the first row: in VALUES a text would stay a text.
fn renamed(context: &Context, step: &RenameValue, table: &Table) -> String {
    let ty = table.column(step.column).map(|column| context.bare_type(&column.def.ty));
    let rows = step.values.iter().enumerate().map(|(index, (from, to))| {
        let value = |text: &Name| {
            let value = context.value(&Value::Literal(Literal::Text(text)));
            match &ty {
                Some(ty) if index == 0 => format!("{value}::{ty}"),
                _ => value.to_string(),
            }
        };
        format!("({}, {})", value(from), value(to))
    });
    format!("(VALUES {}) AS pkmig_names (pkmig_old, pkmig_new)", rows.collect::<Vec<_>>().join(", "))
}

/// Whether another row of the table has the new value of a row, so that a unique key would refuse it.
fn taken(context: &Context, step: &RenameValue, table: &Table) -> Option<String> {
    let (qualified, row, column) =
        (context.qualified(step.table), context.ident(step.table), context.ident(step.column));
    let taken = step.rivals(table).into_iter().map(|others| {
        let same = others.iter().map(|other| format!(" AND taken.{0} = {row}.{0}", context.ident(other)));
        let same = same.collect::<String>();
        format!("EXISTS (SELECT FROM {qualified} AS taken WHERE taken.{column} = pkmig_new{same})")
    });
    let taken = taken.collect::<Vec<_>>();
    (!taken.is_empty()).then(|| format!("({})", taken.join(" OR ")))
}
