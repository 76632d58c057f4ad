//! Raw SQL.

use pkmig_schema::step::{Condition, Execute, Tail};
use pkmig_schema::{Name, Step};
use syn::parse::ParseStream;
use syn::{LitStr, Token};

use super::names::name;
use super::values::{sql_in, sql_text};
use super::{backfill, data, expected, fresh, parenthesized, take, text};
use crate::context::Context;
use crate::sql::Kind;

pub(super) fn parse_execute(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let sql = sql_text(input, context, Kind::Statements)?;
    let condition = if take(input, "idempotent")? {
        Condition::Idempotent
    } else if let Some(query) = sql_in(input, context, "unless", Kind::Query)? {
        Condition::Unless(query)
    } else if take(input, "when")? {
        parenthesized(input, |inner| when(inner, context))?
    } else {
        let message =
            "missing guard for a second run: expected `idempotent`, `unless(\"SELECT …\")` or `when(\"SELECT …\")`";
        return Err(expected(input, message, &["idempotent", "unless", "when"]));
    };
    let on_fresh = fresh::parse(input, context)?;
    let tail = match input.peek(Token![;]) {
        true if context.in_down() => Tail::OF_A_DOWN,
        _ => tail(input, context)?,
    };
    Ok(vec![Step::Execute(Execute { sql, condition, on_fresh, tail })])
}

/// What stands in `when(…)`: a query, or a column that must be there.
fn when(input: ParseStream, context: &Context) -> syn::Result<Condition> {
    if input.peek(LitStr) {
        return sql_text(input, context, Kind::Query).map(Condition::When);
    }
    if !take(input, "column")? {
        return Err(expected(input, "expected a query in quotes, or `column table.name`", &["column"]));
    }
    let table = name(input, context)?;
    input.parse::<Token![.]>().map_err(|e| syn::Error::new(e.span(), "expected `.` and a column"))?;
    Ok(Condition::WhenColumn(table, name(input, context)?))
}

/// `on_down "SQL";` or a step on rows: nothing on the way up.
pub(super) fn parse_on_down(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    if context.in_down() {
        return Err(input.error("`on_down` is not allowed in `down { … }`: use `execute`"));
    }
    let steps = if input.peek(LitStr) {
        let sql = sql_text(input, context, Kind::Statements)?;
        let tail = Tail::OF_A_DOWN;
        vec![Step::Execute(Execute { sql, condition: Condition::Idempotent, on_fresh: None, tail })]
    } else if take(input, "backfill")? {
        context.down(|| backfill::parse(input, context))?
    } else if take(input, "delete_rows")? {
        context.down(|| data::parse_delete_rows(input, context))?
    } else {
        let message = "expected SQL in quotes, `backfill …` or `delete_rows …`: other steps are reverted automatically";
        return Err(expected(input, message, &["backfill", "delete_rows"]));
    };
    Ok(steps.into_iter().map(|step| Step::OnDown { step: Box::leak(Box::new(step)) }).collect())
}

/// The way back of raw SQL or deleted rows.
pub(super) fn tail(input: ParseStream, context: &Context) -> syn::Result<Tail> {
    if take(input, "down")? {
        sql_text(input, context, Kind::Statements).map(Tail::Down)
    } else if take(input, "lossy_down")? {
        sql_text(input, context, Kind::Statements).map(Tail::LossyDown)
    } else if take(input, "down_noop")? {
        reason(input, context).map(Tail::Noop)
    } else if take(input, "irreversible")? {
        reason(input, context).map(Tail::Irreversible)
    } else {
        let message = "missing `down` clause: expected `down \"SQL\"`, `lossy_down \"SQL\"`, `down_noop(\"why\")` \
                       or `irreversible(\"why\")`";
        Err(expected(input, message, &["down", "lossy_down", "down_noop", "irreversible"]))
    }
}

/// `("why")`
pub(crate) fn reason(input: ParseStream, context: &Context) -> syn::Result<Name> {
    if !input.peek(syn::token::Paren) {
        return Err(input.error("expected `(\"why\")`: the reason, in quotes"));
    }
    let at = input.span();
    let why = parenthesized(input, |inner| text(inner, context, "the reason"))?;
    if why.trim().is_empty() {
        context.error(at, "the reason is empty");
    }
    Ok(why)
}
