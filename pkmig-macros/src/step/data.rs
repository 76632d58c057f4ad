//! Rows: seed, delete.

use pkmig_schema::step::{ConflictAction, DeleteRows, OnConflict, Seed, Tail};
use pkmig_schema::{List, Step, Value};
use syn::Token;
use syn::parse::ParseStream;

use super::names::{name, name_list};
use super::values::{sql_text, value};
use super::{expect, expected, list, parenthesized, raw, take};
use crate::context::Context;
use crate::sql::Kind;

pub(super) fn parse_seed(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let table = name(input, context)?;
    let columns = name_list(input, context)?;
    let on_conflict = conflict(input, context)?;
    let kept = if take(input, "down_noop")? { Some(raw::reason(input, context)?) } else { None };
    if !input.peek(syn::token::Brace) {
        return Err(input.error("expected `{` and the rows"));
    }
    let body;
    syn::braced!(body in input);
    let rows = list(&body, |input| {
        let at = input.span();
        if !input.peek(syn::token::Paren) {
            return Err(input.error("expected a row: `(`, its values and `)`"));
        }
        let row = parenthesized(input, |inner| list(inner, |input| value(input, context)))?;
        if row.len() != columns.len() {
            let count = |number: usize, what| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
            let (values, columns) = (count(row.len(), "value"), count(columns.len(), "column"));
            let message = format!("seed row of the wrong length: {values} for {columns}");
            context.error(at, message);
        }
        Ok(List::<Value>::Owned(row))
    })?;
    Ok(vec![Step::Seed(Seed { table, columns, on_conflict, rows: List::Owned(rows), kept })])
}

fn conflict(input: ParseStream, context: &Context) -> syn::Result<OnConflict> {
    if take(input, "unless_exists")? {
        return Ok(OnConflict { columns: name_list(input, context)?, action: ConflictAction::UnlessExists });
    }
    if !take(input, "on_conflict")? {
        let message = "expected `on_conflict(columns) do_nothing`, `… do_update(columns)` or `unless_exists(columns)`: \
                       a seed says when a row is there already";
        return Err(expected(input, message, &["on_conflict", "unless_exists"]));
    }
    let columns = name_list(input, context)?;
    let action = if take(input, "do_nothing")? {
        ConflictAction::DoNothing
    } else if take(input, "do_update")? {
        ConflictAction::DoUpdate(name_list(input, context)?)
    } else {
        return Err(expected(input, "expected `do_nothing` or `do_update(columns)`", &["do_nothing", "do_update"]));
    };
    Ok(OnConflict { columns, action })
}

pub(super) fn parse_delete_rows(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let table = name(input, context)?;
    expect(input, "where")?;
    let predicate = parenthesized(input, |inner| sql_text(inner, context, Kind::Expression))?;
    // A step of a down has no down of its own.
    let tail = match input.peek(Token![;]) {
        true if context.in_down() => Tail::OF_A_DOWN,
        _ => raw::tail(input, context)?,
    };
    Ok(vec![Step::DeleteRows(DeleteRows { table, predicate, tail })])
}
