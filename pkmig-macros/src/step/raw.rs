//! Raw SQL.

use pkmig_schema::step::{Condition, Execute, Tail};
use pkmig_schema::{Name, Step};
use syn::Token;
use syn::parse::ParseStream;

use super::values::{sql_in, sql_text};
use super::{expected, parenthesized, take, text};
use crate::context::Context;
use crate::sql::Kind;

pub(super) fn parse_execute(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let sql = sql_text(input, context, Kind::Statements)?;
    let condition = if take(input, "idempotent")? {
        Condition::Idempotent
    } else if let Some(query) = sql_in(input, context, "unless", Kind::Query)? {
        Condition::Unless(query)
    } else if let Some(query) = sql_in(input, context, "when", Kind::Query)? {
        Condition::When(query)
    } else {
        let message =
            "raw SQL says why it may run twice: expected `idempotent`, `unless(\"SELECT …\")` or `when(\"SELECT …\")`";
        return Err(expected(input, message, &["idempotent", "unless", "when"]));
    };
    let tail = match input.peek(Token![;]) {
        true if context.in_down() => Tail::Noop("a step of a down"),
        _ => tail(input, context)?,
    };
    Ok(vec![Step::Execute(Execute { sql, condition, tail })])
}

/// `on_down "SQL";`: nothing on the way up.
pub(super) fn parse_on_down(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    if context.in_down() {
        return Err(input.error("`on_down` stands among the steps of the version: here it is `execute`"));
    }
    Ok(vec![Step::OnDown { sql: sql_text(input, context, Kind::Statements)? }])
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
        let message = "no word on the way back: expected `down \"SQL\"`, `lossy_down \"SQL\"`, `down_noop(\"why\")` \
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
        context.error(at, "the reason is empty: say why in a few words");
    }
    Ok(why)
}
