//! Comments.

use pkmig_schema::Step;
use pkmig_schema::step::CommentTarget;
use syn::ext::IdentExt;
use syn::parse::ParseStream;

use super::names::{columns, name};
use super::{parenthesized, take, text, unknown};
use crate::context::Context;

pub(super) fn parse_on(input: ParseStream, context: &Context) -> syn::Result<Vec<Step>> {
    let kind = input.call(syn::Ident::parse_any)?;
    let targets = match kind.to_string().as_str() {
        "table" => vec![CommentTarget::Table(name(input, context)?)],
        "column" => columns(input, context)?.into_iter().map(|(t, c)| CommentTarget::Column(t, c)).collect(),
        "index" => vec![CommentTarget::Index(name(input, context)?)],
        "constraint" => vec![CommentTarget::Constraint(name(input, context)?, name(input, context)?)],
        "view" => vec![CommentTarget::View(name(input, context)?)],
        "trigger" => vec![CommentTarget::Trigger(name(input, context)?, name(input, context)?)],
        "function" => {
            let function = name(input, context)?;
            // The chain's functions are not overloaded; the types are for the reader.
            parenthesized(input, |inner| inner.parse::<proc_macro2::TokenStream>())?;
            vec![CommentTarget::Function(function)]
        }
        other => {
            let known = ["table", "column", "index", "constraint", "trigger", "view", "function"];
            return Err(unknown(kind.span(), "kind of object to comment on", other, known.into_iter()));
        }
    };
    let text = if take(input, "null")? { None } else { Some(text(input, context, "`null`, or the comment")?) };
    // PostgreSQL stores no empty comment (manual, COMMENT).
    let text = text.filter(|text| !text.is_empty());
    Ok(targets.into_iter().map(|target| Step::CommentOn { target, text }).collect())
}
