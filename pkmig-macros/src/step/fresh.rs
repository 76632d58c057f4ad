//! `on_fresh`: what a step on rows does in a fresh install.

use pkmig_schema::step::{OnFresh, Seed};
use pkmig_schema::{List, Step};
use syn::parse::ParseStream;

use super::{data, expected, parenthesized, take};
use crate::context::Context;

/// `on_fresh(run)`, `on_fresh(skip)` or `on_fresh { seed … }`, if it stands there.
pub(super) fn parse(input: ParseStream, context: &Context) -> syn::Result<Option<OnFresh>> {
    let at = input.span();
    if !take(input, "on_fresh")? {
        return Ok(None);
    }
    if context.in_down() {
        return Err(syn::Error::new(at, "a fresh install has no way down: `on_fresh` has no meaning here"));
    }
    if input.peek(syn::token::Brace) {
        return seeds(input, context).map(Some);
    }
    if !input.peek(syn::token::Paren) {
        return Err(input.error("expected `(run)`, `(skip)`, or `{` and the seeds that it stands for"));
    }
    parenthesized(input, |inner| {
        if take(inner, "run")? {
            Ok(OnFresh::Run)
        } else if take(inner, "skip")? {
            Ok(OnFresh::Skip)
        } else {
            Err(expected(inner, "expected `run` or `skip`", &["run", "skip"]))
        }
    })
    .map(Some)
}

fn seeds(input: ParseStream, context: &Context) -> syn::Result<OnFresh> {
    let body;
    syn::braced!(body in input);
    let mut seeds: Vec<Seed> = Vec::new();
    while !body.is_empty() {
        if !take(&body, "seed")? {
            return Err(expected(&body, "expected `seed …`: the rows that a fresh install gets", &["seed"]));
        }
        let parsed = data::parse_seed(&body, context)?;
        seeds.extend(parsed.into_iter().filter_map(|step| match step {
            Step::Seed(seed) => Some(seed),
            _ => None,
        }));
    }
    Ok(OnFresh::Seeds(List::Owned(seeds)))
}
