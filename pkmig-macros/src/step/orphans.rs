//! `orphans(…)`: what becomes of the rows that a new foreign key would refuse.

use pkmig_schema::step::{Backfill, DeleteRows, OnFresh, Source, Tail};
use pkmig_schema::{ConstraintKind, List, Name, Piece, Sql, Step};
use proc_macro2::Span;
use syn::LitStr;
use syn::ext::IdentExt;
use syn::parse::ParseStream;

use super::values::read_sql;
use super::{parenthesized, take};
use crate::context::Context;
use crate::sql::Kind;

/// What becomes of a row that points at nothing.
#[derive(Clone, Copy)]
pub(super) enum Orphans {
    /// It goes.
    Delete,
    /// It forgets where it pointed.
    SetNull,
}

/// `orphans(delete)`, `orphans(set_null)`, behind a foreign key.
pub(super) fn parse(input: ParseStream, kind: &ConstraintKind) -> syn::Result<Option<Orphans>> {
    let at = input.span();
    if !matches!(kind, ConstraintKind::ForeignKey { .. }) || !take(input, "orphans")? {
        return Ok(None);
    }
    let orphans = parenthesized(input, |inner| {
        let word = inner.call(syn::Ident::parse_any)?;
        match word.to_string().as_str() {
            "delete" => Ok(Orphans::Delete),
            "set_null" => Ok(Orphans::SetNull),
            other => {
                let message = format!("no option `{other}` for orphans\nhelp: use `delete` or `set_null`");
                Err(syn::Error::new(word.span(), message))
            }
        }
    })?;
    match kind {
        ConstraintKind::ForeignKey { columns, .. } if columns.len() > 1 => {
            Err(syn::Error::new(at, "`orphans` is for a foreign key of one column\nhelp: add `delete_rows` before it"))
        }
        _ => Ok(Some(orphans)),
    }
}

impl Orphans {
    /// The step that stands before the foreign key, as one would have written it.
    pub(super) fn step(self, table: Name, kind: &ConstraintKind, context: &Context) -> Option<Step> {
        let ConstraintKind::ForeignKey { columns, table: target, references, .. } = kind else { return None };
        let (column, reference) = (columns.first()?, references.first()?);
        let target = match target.schema {
            Some(schema) => Piece::Outside { schema, name: target.name, function: false },
            None => Piece::Object { name: target.name, depth: 0 },
        };
        let text = sql(vec![
            Piece::Ident(column),
            Piece::Text(" IS NOT NULL AND NOT EXISTS (SELECT FROM "),
            target,
            Piece::Text(" AS pkmig_target WHERE pkmig_target."),
            Piece::Ident(reference),
            Piece::Text(" = "),
            Piece::Object { name: table, depth: 0 },
            Piece::Text("."),
            Piece::Ident(column),
            Piece::Text(")"),
        ]);
        let span = context.span(column).unwrap_or_else(Span::call_site);
        let predicate = read_sql(&LitStr::new(&text.to_string(), span), context, Kind::Expression);
        // A row of the chain's own that pointed at nothing would be refused by the foreign key of a fresh install.
        let on_fresh = (!context.in_down()).then_some(OnFresh::Skip);
        Some(match self {
            Self::Delete => {
                Step::DeleteRows(DeleteRows { table, predicate, on_fresh, tail: Tail::Noop("they pointed at nothing") })
            }
            Self::SetNull => {
                let source = Source::Expression { value: sql(vec![Piece::Text("NULL")]), from: None };
                Step::Backfill(Backfill { table, column, source, predicate: Some(predicate), batch: None, on_fresh })
            }
        })
    }
}

fn sql(pieces: Vec<Piece>) -> Sql {
    Sql { pieces: List::Owned(pieces) }
}
