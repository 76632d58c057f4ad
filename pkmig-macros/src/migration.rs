//! `migration!`: one version, parsed and expanded.

use pkmig_schema::{Down, Migration, Name, Step, Version};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{LitStr, Token};

use crate::context::Context;
use crate::expand::Expand;
use crate::{payload, step};

#[cfg(test)]
mod source_tests;
#[cfg(test)]
mod tests;

/// A version as it was parsed.
pub(crate) struct Parsed {
    /// `V62`, where it stands.
    pub ident: Ident,
    /// Its steps and its down.
    pub migration: Migration,
    /// Where its down is written; its title, where that is derived.
    pub way_back: Name,
}

/// The number in `V62` or `v062`.
pub(crate) fn number(ident: &Ident) -> Option<u32> {
    let text = ident.to_string();
    text.strip_prefix(['V', 'v']).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
}

/// The name of the struct for a version: two digits at least.
pub(crate) fn struct_name(version: u32) -> String {
    format!("V{version:02}")
}

/// Parses the inside of `migration! { … }`. Mistakes in steps go into the context, and the other steps are still read.
pub(crate) fn parse(tokens: TokenStream, context: &Context) -> syn::Result<Parsed> {
    let mut read = None;
    let parser = |input: ParseStream| {
        let ident = parse_version(input)?;
        let title: LitStr = match input.peek(LitStr) {
            true => input.parse()?,
            false => return Err(input.error("expected a title in quotes: what the version is for")),
        };
        if title.value().trim().is_empty() {
            context.error(title.span(), "the title is empty: describe the version in a few words");
        }
        let body;
        syn::braced!(body in input);
        if !input.is_empty() {
            return Err(input.error("unexpected token after the version: one `migration!` holds one version"));
        }
        let Body { steps, down, way_back } = parse_body(&body, context)?;
        let version = Version(number(&ident).unwrap_or_default());
        let title = context.keep(title.value(), title.span());
        let migration = Migration { version, title, steps: Box::leak(steps.into_boxed_slice()), down };
        read = Some(Parsed { ident, migration, way_back: way_back.unwrap_or(title) });
        Ok(())
    };
    let outcome = parser.parse2(tokens);
    match read {
        // What follows a mistake inside of brackets was left unread: syn would report that too.
        Some(parsed) if outcome.is_ok() || context.failed() => Ok(parsed),
        _ => Err(outcome.err().unwrap_or_else(|| syn::Error::new(Span::call_site(), "expected a version"))),
    }
}

fn parse_version(input: ParseStream) -> syn::Result<Ident> {
    let ident: Ident =
        input.call(Ident::parse_any).map_err(|e| syn::Error::new(e.span(), "expected a version such as `V07`"))?;
    match number(&ident) {
        Some(number) if number > 0 && ident == struct_name(number) => Ok(ident),
        Some(number) if number > 0 => {
            Err(syn::Error::new(ident.span(), format!("write the version as `{}`", struct_name(number))))
        }
        _ => Err(syn::Error::new(ident.span(), "expected `V` and a number from 1 on: `V01`, `V36`, `V100`")),
    }
}

/// The steps, and the way back that follows them.
struct Body {
    steps: Vec<Step>,
    down: Down,
    way_back: Option<Name>,
}

fn parse_body(input: ParseStream, context: &Context) -> syn::Result<Body> {
    let mut found = Body { steps: Vec::new(), down: Down::Derived, way_back: None };
    while !input.is_empty() {
        let at = input.span();
        let parsed = match peek_word(input).as_deref() {
            Some(word @ ("down" | "irreversible")) => {
                found.way_back = Some(context.keep(word.to_owned(), at));
                let parsed = if word == "down" {
                    parse_down(input, context).map(Down::Written)
                } else {
                    parse_irreversible(input, context).map(Down::Irreversible)
                };
                parsed.map(|down| found.down = down)
            }
            _ => step::parse(input, context).map(|mut new| found.steps.append(&mut new)),
        };
        if let Err(error) = parsed {
            context.push(error);
            skip_step(input)?;
        } else if !matches!(found.down, Down::Derived) && !input.is_empty() {
            context.push(input.error("no step may follow `down` or `irreversible`"));
            input.parse::<TokenStream>()?;
        }
    }
    Ok(found)
}

fn parse_down(input: ParseStream, context: &Context) -> syn::Result<&'static [Step]> {
    input.call(Ident::parse_any)?;
    if !input.peek(syn::token::Brace) {
        return Err(input.error("expected `{` and the steps of the down"));
    }
    let body;
    syn::braced!(body in input);
    let mut steps = Vec::new();
    while !body.is_empty() {
        match context.down(|| step::parse(&body, context)) {
            Ok(mut new) => steps.append(&mut new),
            Err(error) => {
                context.push(error);
                skip_step(&body)?;
            }
        }
    }
    let _: Option<Token![;]> = input.parse()?;
    Ok(Box::leak(steps.into_boxed_slice()))
}

fn parse_irreversible(input: ParseStream, context: &Context) -> syn::Result<Name> {
    input.call(Ident::parse_any)?;
    let why = step::reason(input, context)?;
    input.parse::<Token![;]>()?;
    Ok(why)
}

fn peek_word(input: ParseStream) -> Option<String> {
    input.fork().call(Ident::parse_any).ok().map(|ident| ident.to_string())
}

/// Goes on behind the step that a mistake was found in: behind its `;`, or behind the block that ends it.
fn skip_step(input: ParseStream) -> syn::Result<()> {
    // Its block was read already, or its `;` is what is missing.
    if peek_word(input).is_some_and(|word| step::is_keyword(&word)) {
        return Ok(());
    }
    while !input.is_empty() {
        match input.parse::<TokenTree>()? {
            TokenTree::Punct(punct) if punct.as_char() == ';' => break,
            TokenTree::Group(group) if group.delimiter() == proc_macro2::Delimiter::Brace => {
                let next = peek_word(input);
                if next.is_some_and(|word| step::is_keyword(&word) || word == "down" || word == "irreversible") {
                    break;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// What `migration!` expands to.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let context = Context::default();
    let parsed = parse(tokens.clone(), &context).map_err(|error| context.push(error)).ok();
    let ident = parsed.as_ref().map(|parsed| parsed.ident.clone()).or_else(|| fallback_ident(&tokens));
    let expected = file_ident(ident.as_ref(), &context);
    // Where the two disagree, the chain looks for the version that the file's name promises.
    let Some(ident) = expected.or(ident) else {
        return context.compile_errors();
    };
    // After a mistake: the struct, an empty migration and an empty payload, so that nothing else fails because of it.
    let whole = if context.failed() { None } else { parsed };
    let payload = match &whole {
        Some(_) => payload::pack(&tokens),
        None => quote!(""),
    };
    let number = number(&ident).unwrap_or_default();
    let migration = match whole {
        Some(parsed) => parsed.migration.expand(),
        None => Migration { version: Version(number), title: "", steps: &[], down: Down::Derived }.expand(),
    };
    let errors = context.compile_errors();
    let doc = format!("Version {number} of its chain.");
    let hidden = format_ident!("__pkmig_{ident}");
    // All of it where the version's name stands, so that the compiler does not show the whole macro with an error.
    let listed = quote_spanned! {ident.span()=>
        #[doc = #doc]
        #[allow(unreachable_pub)]
        #[derive(Clone, Copy, Debug)]
        pub struct #ident;
        const _: fn() -> &'static ::pkmig::Chain = <#ident as ::pkmig::Member>::chain;
    };
    quote! {
        #errors

        #listed

        impl #ident {
            /// Its steps, as data.
            pub const MIGRATION: &'static ::pkmig::schema::Migration = {
                #[allow(unused_imports)]
                use ::{pkmig::schema::{*, step::*}, std::borrow::Cow::Borrowed};
                &#migration
            };
        }

        #[doc(hidden)]
        #[allow(unused_macros)]
        macro_rules! #hidden {
            ({ $($done:tt)* } { $($next:tt)* } $($rest:tt)*) => {
                $($next)* ! { { $($done)* (#ident #payload) } $($rest)* }
            };
        }
        #[doc(hidden)]
        #[allow(unused_imports)]
        pub(crate) use #hidden as #ident;
    }
}

/// The version's name where the rest could not be parsed.
fn fallback_ident(tokens: &TokenStream) -> Option<Ident> {
    match tokens.clone().into_iter().next() {
        Some(TokenTree::Ident(ident)) => number(&ident).map(|n| Ident::new(&struct_name(n), ident.span())),
        _ => None,
    }
}

/// The version that the file's name promises, `v062.rs` → `V62`; a version of another number is a mistake.
fn file_ident(ident: Option<&Ident>, context: &Context) -> Option<Ident> {
    let span = ident.map_or_else(Span::call_site, Ident::span);
    let file = span.unwrap().file();
    let stem = std::path::Path::new(&file).file_stem()?.to_str()?.to_owned();
    let promised = stem.strip_prefix('v').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
    let expected = Ident::new(&struct_name(promised), span);
    if let Some(ident) = ident
        && *ident != expected
    {
        context.error(
            span,
            format!(
                "the file `{stem}.rs` holds `{ident}`\nhelp: name the file after the version: `v{:03}.rs`",
                number(ident).unwrap_or_default()
            ),
        );
    }
    Some(expected)
}
