//! Statements on rows: `INSERT`, `UPDATE`, `DELETE`. sea-query has no word for `WITH … (VALUES …)` and for `UPDATE … AS`.

use std::fmt;

use super::name::{Expression, Ident, Idents, Qualified, list};

/// Rows of values: `(1, 'a')`, a line each.
#[derive(Debug, Clone)]
pub struct Values {
    /// The rows.
    pub rows: Vec<Vec<Expression>>,
    /// What stands before each line.
    pub indent: &'static str,
}

impl fmt::Display for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, row) in self.rows.iter().enumerate() {
            write!(f, "{}{}(", if place == 0 { "" } else { ",\n" }, self.indent)?;
            list(f, row)?;
            f.write_str(")")?;
        }
        Ok(())
    }
}

/// `INSERT`
#[derive(Debug, Clone)]
pub struct Insert {
    /// The table.
    pub table: Qualified,
    /// Its columns.
    pub columns: Idents,
    /// The rows.
    pub values: Values,
}

impl fmt::Display for Insert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "INSERT INTO {} ({}) VALUES\n{}", self.table, self.columns, self.values)
    }
}

/// An `INSERT` of those rows of `seed` that are not there, with an `UPDATE` of the others where one is wanted.
#[derive(Debug, Clone)]
pub struct InsertMissing {
    /// The table.
    pub table: Qualified,
    /// The columns that are given.
    pub columns: Idents,
    /// The rows as a table `seed`.
    pub seed: Seed,
    /// What is done with those that are there: an update of `t` from `seed`.
    pub updated: Option<Update>,
    /// Which rows of `seed` are missing.
    pub missing: Expression,
    /// The key of a conflict after which nothing is done.
    pub conflict: Option<Idents>,
}

/// The rows of a seed as a table of a `WITH`, several with their places.
#[derive(Debug, Clone)]
pub struct Seed {
    /// Its columns.
    pub columns: Idents,
    /// Whether the last column, `pkmig_place`, holds the place of the row.
    pub places: bool,
    /// The rows.
    pub values: Values,
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.places { ", pkmig_place" } else { "" };
        write!(f, "seed ({}{place}) AS (VALUES\n{}\n  )", self.columns, self.values)
    }
}

impl fmt::Display for InsertMissing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, columns, seed, updated, missing, conflict } = self;
        write!(f, "WITH {seed}")?;
        updated.iter().try_for_each(|update| write!(f, ",\n  updated AS ({update})"))?;
        write!(f, "\n  INSERT INTO {table} ({columns})\n  SELECT {columns} FROM seed\n  WHERE {missing}")?;
        // A join may give the rows in another order, and serial numbers follow it.
        f.write_str(if seed.places { "\n  ORDER BY pkmig_place" } else { "" })?;
        conflict.iter().try_for_each(|key| write!(f, "\n  ON CONFLICT ({key}) DO NOTHING"))
    }
}

/// `UPDATE`
#[derive(Debug, Clone)]
pub struct Update {
    /// The table.
    pub table: Qualified,
    /// What the statement calls it.
    pub alias: Option<&'static str>,
    /// The columns and their new values.
    pub set: Vec<(Ident, Expression)>,
    /// What else is read.
    pub from: Option<Expression>,
    /// Which rows are meant.
    pub filter: Expression,
}

impl fmt::Display for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UPDATE {}", self.table)?;
        self.alias.iter().try_for_each(|alias| write!(f, " AS {alias}"))?;
        f.write_str(" SET ")?;
        list(f, &self.set.iter().map(|(column, value)| format!("{column} = {value}")).collect::<Vec<_>>())?;
        self.from.iter().try_for_each(|from| write!(f, " FROM {from}"))?;
        write!(f, " WHERE {}", self.filter.as_str().trim_end())
    }
}

/// `DELETE`
#[derive(Debug, Clone)]
pub struct Delete {
    /// The table.
    pub table: Qualified,
    /// Which rows go.
    pub filter: Expression,
}

impl fmt::Display for Delete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DELETE FROM {} WHERE {}", self.table, self.filter.as_str().trim_end())
    }
}
