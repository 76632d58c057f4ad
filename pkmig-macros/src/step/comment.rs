//! Comments.

use pkmig_schema::ObjectKind::{self, Column, Constraint, Function, Index, Table, Trigger, View};
use pkmig_schema::{ObjectRef, Step};
use syn::ext::IdentExt;
use syn::parse::ParseStream;

use super::names::{columns, name};
use super::{parenthesized, take, text, unknown};
use crate::context::Context;

/// What comments may be on.
const COMMENTED: [ObjectKind; 7] = [Table, Column, Index, Constraint, Trigger, View, Function];

pub(super) fn parse_on(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let word = input.call(syn::Ident::parse_any)?;
    let kind = ObjectKind::of_word(&word.to_string());
    let Some(kind) = kind.filter(|kind| COMMENTED.contains(kind)) else {
        let known = COMMENTED.iter().map(|kind| kind.word());
        return Err(unknown(word.span(), "kind of object to comment on", &word.to_string(), known));
    };
    let targets = match kind {
        Column => {
            columns(input, context)?.into_iter().map(|(table, name)| ObjectRef::part(kind, table, name)).collect()
        }
        Constraint | Trigger => vec![ObjectRef::part(kind, name(input, context)?, name(input, context)?)],
        _ => vec![ObjectRef::new(kind, name(input, context)?)],
    };
    if kind == Function {
        // The chain's functions are not overloaded; the types are for the reader.
        parenthesized(input, |inner| inner.parse::<proc_macro2::TokenStream>())?;
    }
    let text = if take(input, "null")? { None } else { Some(text(input, context, "`null`, or the comment")?) };
    // PostgreSQL stores no empty comment (manual, COMMENT).
    let text = text.filter(|text| !text.is_empty());
    Ok(targets.into_iter().map(|target| Step::CommentOn { target, text }).collect())
}
