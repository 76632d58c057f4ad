//! Enum types.

use pkmig_schema::step::LabelPosition;
use pkmig_schema::{Enum, List, Step};
use syn::parse::ParseStream;

use super::names::{name, names};
use super::{list, take, text};
use crate::context::Context;

pub(super) fn parse_create(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let name = name(input, context)?;
    if !input.peek(syn::token::Brace) {
        return Err(input.error("expected `{` and the values"));
    }
    let body;
    syn::braced!(body in input);
    let labels = list(&body, |input| text(input, context, "a value"))?;
    for (index, label) in labels.iter().enumerate() {
        if labels[..index].contains(label)
            && let Some(span) = context.span(label)
        {
            context.error(span, format!("duplicate value `{label}`"));
        }
    }
    Ok(vec![Step::CreateEnum { def: Enum { name, labels: List::Owned(labels) } }])
}

pub(super) fn parse_add_value(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let name = name(input, context)?;
    let label = text(input, context, "the new value")?;
    let position = if take(input, "before")? {
        Some(LabelPosition::Before(text(input, context, "a value")?))
    } else if take(input, "after")? {
        Some(LabelPosition::After(text(input, context, "a value")?))
    } else {
        None
    };
    Ok(vec![Step::AddEnumValue { name, label, position }])
}

pub(super) fn parse_drop(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    Ok(names(input, context)?.into_iter().map(|name| Step::DropEnum { name }).collect())
}
