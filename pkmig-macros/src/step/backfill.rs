//! Columns filled: from an expression, or from the row that a key points at.

use pkmig_schema::step::{Backfill, Lookup, Source};
use pkmig_schema::{Name, Sql, Step};
use syn::parse::ParseStream;
use syn::{LitInt, LitStr, Token};

use super::names::{columns, name};
use super::values::{sql_in, sql_text};
use super::{expect, fresh, parenthesized, take};
use crate::context::Context;
use crate::sql::Kind;

pub(super) fn parse(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let columns = columns(input, context)?;
    let message =
        "expected `=` and where the value comes from: an expression in quotes, or `table.column on(key = column)`";
    input.parse::<Token![=]>().map_err(|e| syn::Error::new(e.span(), message))?;
    let Filling { source, predicate } = filling(input, context)?;
    let batch = match take(input, "batch")? {
        true => Some(parenthesized(input, |inner| inner.parse::<LitInt>()?.base10_parse())?),
        false => None,
    };
    let on_fresh = fresh::parse(input, context)?;
    let step = |(table, column)| {
        let (source, predicate, on_fresh) = (source.clone(), predicate.clone(), on_fresh.clone());
        Step::Backfill(Backfill { table, column, source, predicate, batch, on_fresh })
    };
    Ok(columns.into_iter().map(step).collect())
}

/// What a column is filled with, and which rows.
#[derive(Clone)]
pub(super) struct Filling {
    source: Source,
    predicate: Option<Sql>,
}

impl Filling {
    /// The step that fills a column so.
    pub(super) fn step(&self, table: Name, column: Name) -> Step {
        let Self { source, predicate } = self.clone();
        Step::Backfill(Backfill { table, column, source, predicate, batch: None, on_fresh: None })
    }
}

/// Where the value comes from, and `where("…")`.
pub(super) fn filling(input: ParseStream, context: &Context) -> syn::Result<Filling> {
    let source = source(input, context)?;
    Ok(Filling { source, predicate: sql_in(input, context, "where", Kind::Expression)? })
}

/// `"…" from("…")`, or `u.c on(key = by)`.
fn source(input: ParseStream, context: &Context) -> syn::Result<Source> {
    // A quoted name is a table's only if a column of it follows.
    if input.peek(LitStr) && !input.peek2(Token![.]) {
        let value = sql_text(input, context, Kind::Expression)?;
        return Ok(Source::Expression { value, from: sql_in(input, context, "from", Kind::FromItem)? });
    }
    let table = name(input, context)?;
    let message = "expected `.` and a column; write an expression in quotes";
    input.parse::<Token![.]>().map_err(|e| syn::Error::new(e.span(), message))?;
    let column = name(input, context)?;
    expect(input, "on")?;
    let (key, by) = parenthesized(input, |inner| {
        let key = name(inner, context)?;
        let message = "expected `=` and the column that holds the key";
        inner.parse::<Token![=]>().map_err(|e| syn::Error::new(e.span(), message))?;
        Ok((key, name(inner, context)?))
    })?;
    Ok(Source::Lookup(Lookup { table, column, key, by }))
}
