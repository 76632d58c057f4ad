//! Extensions.

use pkmig_schema::Step;
use syn::parse::ParseStream;

use super::names::names;
use crate::context::Context;

pub(super) fn parse_create(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    Ok(names(input, context)?.into_iter().map(|name| Step::CreateExtension { name }).collect())
}
