//! `for t in {…} { steps }`: the same steps for each of several tables.

use pkmig_schema::Step;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;

use super::{expect, names::names};
use crate::context::Context;

/// The steps are parsed once for each table, so that what each of them makes is its own.
pub(super) fn parse(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let word = input.call(syn::Ident::parse_any).map_err(|e| {
        syn::Error::new(e.span(), "expected a word for the table, as in `for t in {a, b} { drop_column t.c; }`")
    })?;
    expect(input, "in")?;
    if !input.peek(syn::token::Brace) {
        return Err(input.error("expected `{` and the tables"));
    }
    let tables = names(input, context)?;
    if !input.peek(syn::token::Brace) {
        return Err(input.error("expected `{` and the steps"));
    }
    let body;
    syn::braced!(body in input);
    let mut steps = Vec::new();
    let mut end = body.fork();
    for table in tables {
        let round = body.fork();
        let (parsed, used) = context.in_loop(&word.to_string(), table, || {
            let mut parsed = Vec::new();
            while !round.is_empty() {
                parsed.append(&mut super::parse(&round, context)?);
            }
            Ok::<_, syn::Error>(parsed)
        });
        steps.append(&mut parsed?);
        if !used {
            let message = format!("the steps do not use `{word}`, so they would be the same for every table");
            return Err(syn::Error::new(word.span(), message));
        }
        end = round;
    }
    body.advance_to(&end);
    Ok(steps)
}
