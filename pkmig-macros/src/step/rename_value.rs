//! Values renamed.

use pkmig_schema::step::{RenameValue, Taken};
use pkmig_schema::{List, Step};
use syn::Token;
use syn::parse::ParseStream;

use super::names::columns;
use super::{expected, list, take, text};
use crate::context::Context;

/// `rename_value t.c { "a" => "b", … } on_conflict do_nothing | do_delete`
pub(super) fn parse(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let columns = columns(input, context)?;
    if !input.peek(syn::token::Brace) {
        return Err(input.error("expected `{` and the values"));
    }
    let body;
    syn::braced!(body in input);
    let values = list(&body, |input| {
        let from = text(input, context, "a value")?;
        input.parse::<Token![=>]>().map_err(|e| syn::Error::new(e.span(), "expected `=>` and the new value"))?;
        Ok((from, text(input, context, "the new value")?))
    })?;
    let message = "expected `on_conflict do_nothing` or `on_conflict do_delete`: what happens to a row whose new value \
                   another one has";
    if !take(input, "on_conflict")? {
        return Err(expected(input, message, &["on_conflict"]));
    }
    let taken = match take(input, "do_nothing")? {
        true => Taken::Keep,
        false if take(input, "do_delete")? => Taken::Delete,
        false => return Err(expected(input, message, &["do_nothing", "do_delete"])),
    };
    let step =
        |(table, column)| Step::RenameValue(RenameValue { table, column, values: List::Owned(values.clone()), taken });
    Ok(columns.into_iter().map(step).collect())
}
