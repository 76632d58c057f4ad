//! Texts with queries: which table a column in one belongs to, and what becomes of them when it is renamed.

use super::{Known, Policy, Schema, Table};
use crate::{Name, Piece, Problem, Sql};

impl Schema {
    /// Every policy, with its table.
    pub(crate) fn policies(&self) -> impl Iterator<Item = (&Table, &Known<Policy>)> {
        self.tables().flat_map(|table| table.policies.iter().map(move |policy| (table, policy)))
    }

    /// The table that a column of a text belongs to.
    pub(crate) fn owner(&self, column: &str, tables: &[Name]) -> Option<&Table> {
        tables.iter().filter_map(|table| self.table(table)).find(|table| table.column(column).is_some())
    }

    /// Whether a text names the column of that table.
    pub(crate) fn names_column(&self, sql: &Sql, table: &str, column: &str) -> bool {
        sql.pieces.iter().any(|piece| self.is_column(piece, table, column))
    }

    fn is_column(&self, piece: &Piece, table: &str, column: &str) -> bool {
        match piece {
            Piece::Column { name, tables, .. } => {
                *name == column && self.owner(name, tables).is_some_and(|owner| owner.name == table)
            }
            _ => false,
        }
    }

    /// What a text becomes when a column is renamed that this schema still has under its old name.
    fn rename_in(&self, sql: &mut Sql, table: &str, from: &str, to: Name) {
        for piece in sql.pieces.to_mut() {
            if self.is_column(piece, table, from)
                && let Piece::Column { name, .. } = piece
            {
                *name = to;
            }
        }
    }

    /// Follows a column's rename in all policies. The column has its old name still.
    pub(crate) fn rename_in_policies(&mut self, table: Name, from: Name, to: Name) {
        let before = self.clone();
        let uses = |policy: &Known<Policy>| policy.def.expressions().any(|sql| before.names_column(sql, table, from));
        for (owner, _) in before.policies().filter(|(_, policy)| uses(policy)) {
            let policies = self.table_mut(owner.name).into_iter().flat_map(|table| &mut table.policies);
            for sql in policies.flat_map(|policy| policy.def.expressions_mut()) {
                before.rename_in(sql, table, from, to);
            }
        }
    }

    /// The problem of a column that none of the tables of a text has.
    pub(crate) fn missing_in(&self, tables: &[Name], name: Name) -> Problem {
        let known: Vec<&Table> = tables.iter().filter_map(|table| self.table(table)).collect();
        let problems = known.iter().map(|table| self.missing_column(table, name));
        // What became of it, if one of them had it; else the table whose column has nearly that name.
        let explained = problems.clone().find(|problem| problem.is_explained());
        let near = || problems.clone().find(|problem| problem.help.is_some());
        explained
            .or_else(near)
            .or_else(|| problems.clone().next_back())
            .unwrap_or_else(|| Problem::missing(name, format!("no column `{name}`"), ""))
    }
}
