//! SQL text as the language holds it: cut into pieces where a name has to be filled in.

use std::fmt;

use crate::{List, Name};

/// A piece of SQL text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that stays as it is.
    Text(Name),
    /// A bare identifier that may be a column: it follows renames and is written quoted.
    Ident(Name),
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

    /// Whether it may hold a query, whose tables have columns of their own.
    pub(crate) fn has_query(&self) -> bool {
        self.pieces.iter().any(|piece| match piece {
            Piece::Text(text) => {
                let text = text.to_ascii_lowercase();
                ["select", "values", "table"].iter().any(|word| text.contains(word))
            }
            Piece::Ident(_) | Piece::Object { .. } | Piece::Outside { .. } => false,
        })
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
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Text(text) | Piece::Ident(text) => f.write_str(text),
            Piece::Object { name, .. } => write!(f, "@.{name}"),
            Piece::Outside { schema, name, .. } => write!(f, "{schema}.{name}"),
        })
    }
}
