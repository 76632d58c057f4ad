//! Sequences.

use pkmig_schema::types::Family;
use pkmig_schema::{Sequence, Step, Type};
use syn::parse::ParseStream;
use syn::{LitInt, Token};

use super::names::{name, names};
use super::types::plain_type;
use super::{flags, take};
use crate::context::Context;

pub(super) fn parse_create(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let mut def =
        Sequence { name: name(input, context)?, ty: Type::plain("bigint"), start: 1, increment: 1, owned_by: None };
    loop {
        if take(input, "as")? {
            let at = input.span();
            def.ty = plain_type(input, context)?;
            if !matches!(def.ty.family(), Family::Integer(_)) {
                context.error(at, "a sequence must be smallint, integer or bigint");
            }
        } else if take(input, "start")? {
            def.start = number(input)?;
        } else if take(input, "increment")? {
            def.increment = number(input)?;
        } else if take(input, "owned_by")? {
            let table = name(input, context)?;
            input.parse::<Token![.]>()?;
            def.owned_by = Some((table, name(input, context)?));
        } else {
            return Ok(vec![Step::CreateSequence { def }]);
        }
    }
}

fn number(input: ParseStream) -> syn::Result<i64> {
    let negative = input.parse::<Option<Token![-]>>()?.is_some();
    let value: i64 = input.parse::<LitInt>()?.base10_parse()?;
    Ok(if negative { -value } else { value })
}

pub(super) fn parse_drop(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let names = names(input, context)?;
    let if_exists = flags(input, &["if_exists"])?.has("if_exists");
    Ok(names.into_iter().map(|name| Step::DropSequence { name, if_exists }).collect())
}
