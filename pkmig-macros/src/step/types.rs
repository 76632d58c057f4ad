//! Column types.

use pkmig_schema::types::{ALIASES, SERIALS, lookup};
use pkmig_schema::{List, Name, Type};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr};

use super::names::name;
use super::{list, parenthesized, take};
use crate::context::Context;

/// A type, and whether it was written as a serial one.
pub(super) struct Parsed {
    pub ty: Type,
    pub serial: bool,
}

/// A type for a column, where `bigserial` and its brothers may stand.
pub(super) fn column_type(input: ParseStream, context: &Context) -> syn::Result<Parsed> {
    if input.peek(LitStr) {
        let name = name(input, context)?;
        return Ok(Parsed { ty: Type { name, modifiers: List::Borrowed(&[]), array: array(input)? }, serial: false });
    }
    let ident = input.call(Ident::parse_any).map_err(|e| syn::Error::new(e.span(), "expected a type"))?;
    let mut word = ident.unraw().to_string();
    let mut serial = false;
    match word.as_str() {
        "double" if take(input, "precision")? => word = "double_precision".to_owned(),
        "character" if take(input, "varying")? => word = "varchar".to_owned(),
        "character" => word = "char".to_owned(),
        _ => {}
    }
    if let Some((_, plain)) = ALIASES.iter().find(|(alias, _)| *alias == word) {
        word = (*plain).to_owned();
    }
    if let Some((_, plain)) = SERIALS.iter().find(|(alias, _)| *alias == word) {
        word = (*plain).to_owned();
        serial = true;
    }
    let known = lookup(&word);
    let modifiers = modifiers(input, context, known.map_or(0, |known| known.modifiers), &word)?;
    let name = context.keep(word, ident.span());
    Ok(Parsed { ty: Type { name, modifiers, array: array(input)? }, serial })
}

/// A type where no serial one can stand.
pub(crate) fn plain_type(input: ParseStream, context: &Context) -> syn::Result<Type> {
    let at = input.span();
    let Parsed { ty, serial } = column_type(input, context)?;
    if serial {
        context.error(at, "a serial type creates a sequence, so it can be used only where a column is added");
    }
    Ok(ty)
}

fn modifiers(input: ParseStream, context: &Context, most: usize, word: &str) -> syn::Result<List<Name>> {
    if !input.peek(syn::token::Paren) {
        return Ok(List::Borrowed(&[]));
    }
    let at = input.span();
    let found = parenthesized(input, |inner| {
        list(inner, |input| {
            let token: proc_macro2::TokenTree = input.parse()?;
            let text = token.to_string();
            if let Err(why) = fits(word, &text) {
                return Err(syn::Error::new(
                    token.span(),
                    format!("`{text}` is not a valid argument of `{word}`: {why}"),
                ));
            }
            Ok(context.keep(text, token.span()))
        })
    })?;
    // An unknown type is reported by the chain, which knows the enums.
    if found.len() > most && (lookup(word).is_some() || SERIALS.iter().any(|(serial, _)| *serial == word)) {
        let message = match most {
            0 => format!("type `{word}` takes no arguments"),
            most => format!("type `{word}` takes at most {most} argument"),
        };
        return Err(syn::Error::new(at, message));
    }
    Ok(List::Owned(found))
}

/// Whether PostgreSQL takes `text` in the parentheses behind the type `word` (manual chapter 8).
fn fits(word: &str, text: &str) -> Result<(), String> {
    let (least, greatest) = match word {
        "varchar" | "char" => (1, 10_485_760),
        "bit" | "varbit" => (1, 83_886_080),
        "timestamp" | "timestamptz" | "time" | "timetz" | "interval" => (0, 6),
        "numeric" => (0, 1_000),
        "vector" | "halfvec" => (1, 16_000),
        _ => return Ok(()),
    };
    match text.parse::<u32>() {
        Ok(number) if (least..=greatest).contains(&number) => Ok(()),
        _ => Err(format!("expected a number from {least} to {greatest}")),
    }
}

fn array(input: ParseStream) -> syn::Result<bool> {
    if !input.peek(syn::token::Bracket) {
        return Ok(false);
    }
    let inner;
    syn::bracketed!(inner in input);
    if inner.is_empty() { Ok(true) } else { Err(inner.error("write an array as `type[]`")) }
}
