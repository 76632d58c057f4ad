//! SQL text as the language holds it: cut into pieces where a name has to be filled in.

use std::fmt;

use crate::{List, Name, keyword};

/// A piece of SQL text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that stays as it is.
    Text(Name),
    /// A bare identifier that may be a column: it follows renames and is written quoted.
    Ident(Name),
    /// A column in a text with queries: of the first of these tables that has one of the name.
    Column {
        /// Its name.
        name: Name,
        /// The tables that it may belong to, those of the innermost query first.
        tables: List<Name>,
        /// Whether it may also belong to something whose columns nobody knows here, such as a subquery in FROM.
        open: bool,
    },
    /// The name of a table before a column of its: it follows renames and is written quoted.
    Qualifier(Name),
    /// A function called by its bare name: one of PostgreSQL's.
    Call(Name),
    /// `@.name`: an object of the prefix.
    Object {
        /// Its name, without the `@.`.
        name: Name,
        /// How many string literals it stands in: their quotes have to be doubled.
        depth: u8,
    },
    /// `auth.users`, `auth.uid()`: an object of another schema, which the chain requires.
    Outside {
        /// Its schema.
        schema: Name,
        /// Its name.
        name: Name,
        /// Whether it is called; else it is a table.
        function: bool,
    },
}

/// SQL text in pieces. Displayed as it is written in a migration, with `@.` before the prefix's objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sql {
    /// The pieces, in order.
    pub pieces: List<Piece>,
}

impl Sql {
    /// The identifiers that may be columns, in order, repeats included.
    pub fn idents(&self) -> impl Iterator<Item = Name> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Ident(name) => Some(*name),
            _ => None,
        })
    }

    /// The objects of the prefix that the text names.
    pub fn objects(&self) -> impl Iterator<Item = Name> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Object { name, .. } => Some(*name),
            _ => None,
        })
    }

    /// The functions that it calls by their bare names.
    pub(crate) fn calls(&self) -> impl Iterator<Item = Name> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Call(name) => Some(*name),
            _ => None,
        })
    }

    /// Whether it is sure to call no function: a call needs parentheses.
    pub fn calls_nothing(&self) -> bool {
        self.pieces.iter().all(|piece| match piece {
            Piece::Text(text) => !text.contains('('),
            Piece::Call(_) | Piece::Outside { .. } => false,
            Piece::Ident(_) | Piece::Column { .. } | Piece::Qualifier(_) | Piece::Object { .. } => true,
        })
    }

    /// Whether it may hold a query, whose tables have columns of their own.
    pub(crate) fn has_query(&self) -> bool {
        self.pieces.iter().any(|piece| match piece {
            Piece::Text(text) => {
                let text = text.to_ascii_lowercase();
                ["select", "values", "table"].iter().any(|word| text.contains(word))
            }
            _ => false,
        })
    }

    /// Whether it says anything of a table, in a text with queries.
    pub(crate) fn names_table(&self, table: &str) -> bool {
        self.pieces.iter().any(|piece| match piece {
            Piece::Qualifier(name) | Piece::Object { name, .. } => *name == table,
            Piece::Column { tables, .. } => tables.contains(&table),
            Piece::Text(_) | Piece::Ident(_) | Piece::Call(_) | Piece::Outside { .. } => false,
        })
    }

    /// Follows a table's rename, in a text with queries.
    pub(crate) fn rename_table(&mut self, from: &str, to: Name) {
        let swap = |name: &mut Name| {
            if *name == from {
                *name = to;
            }
        };
        for piece in self.pieces.to_mut() {
            match piece {
                Piece::Qualifier(name) | Piece::Object { name, .. } => swap(name),
                Piece::Column { tables, .. } => tables.to_mut().iter_mut().for_each(swap),
                Piece::Text(_) | Piece::Ident(_) | Piece::Call(_) | Piece::Outside { .. } => {}
            }
        }
    }

    /// Follows a column's rename.
    pub(crate) fn rename_ident(&mut self, from: &str, to: Name) {
        if self.idents().any(|name| name == from) {
            for piece in self.pieces.to_mut() {
                if matches!(piece, Piece::Ident(name) if *name == from) {
                    *piece = Piece::Ident(to);
                }
            }
        }
    }
}

impl fmt::Display for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = None;
        for (index, piece) in self.pieces.iter().enumerate() {
            let next = match self.pieces.get(index + 1) {
                Some(Piece::Text(text)) => text.chars().next(),
                _ => None,
            };
            let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$'));
            let column = |name| name_in_sql(name, is_part(before) || is_part(next));
            let text = match piece {
                Piece::Text(text) => (*text).to_owned(),
                Piece::Ident(name) | Piece::Column { name, .. } | Piece::Qualifier(name) => column(name),
                Piece::Call(name) => (*name).to_owned(),
                Piece::Object { name, depth } => {
                    let quotes = "'".repeat(1 << depth);
                    format!("@.{}", object_in_sql(name, is_part(next)).replace('\'', &quotes))
                }
                Piece::Outside { schema, name, .. } => {
                    format!("{}.{}", name_in_sql(schema, is_part(before)), name_in_sql(name, is_part(next)))
                }
            };
            f.write_str(&text)?;
            before = text.chars().next_back();
        }
        Ok(())
    }
}

/// A name in SQL text, in quotes where the bare word would be read otherwise.
fn name_in_sql(name: &str, touched: bool) -> String {
    if keyword::is_postgresql(name) { quoted(name) } else { object_in_sql(name, touched) }
}

/// An object of the chain as SQL text speaks of it: `@.notes`, `@."Notes"`.
pub fn object(name: &str) -> String {
    format!("@.{}", object_in_sql(name, false))
}

/// A name behind `@.`, where every word is one.
fn object_in_sql(name: &str, touched: bool) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain && !touched { name.to_owned() } else { quoted(name) }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
