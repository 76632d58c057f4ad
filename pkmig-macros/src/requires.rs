//! `requires …;` in `chain!`: what the chain finds outside of its prefix.

use pkmig_schema::{List, Requirement};
use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{LitInt, Path, Token};

use crate::context::Context;
use crate::expand::Expand;
use crate::step::{argument_types, expect, list, name, names, parenthesized, plain_type, take, unknown};

/// The lines `requires …;` of a chain.
#[derive(Default)]
pub(crate) struct Requires {
    /// Roles, functions and tables.
    pub(crate) objects: Vec<Requirement>,
    /// Other chains, as the expressions that make them.
    chains: Vec<TokenStream>,
}

/// Takes the lines from the front of a chain's body, unread.
pub(crate) fn take_lines(input: ParseStream) -> syn::Result<TokenStream> {
    let mut lines = TokenStream::new();
    while input.fork().call(syn::Ident::parse_any).is_ok_and(|word| word == "requires") {
        loop {
            if input.is_empty() {
                return Err(input.error("expected `;`"));
            }
            let token: proc_macro2::TokenTree = input.parse()?;
            let ends = matches!(&token, proc_macro2::TokenTree::Punct(it) if it.as_char() == ';');
            lines.extend([token]);
            if ends {
                break;
            }
        }
    }
    Ok(lines)
}

/// Reads them.
pub(crate) fn parse(lines: TokenStream, context: &Context) -> syn::Result<Requires> {
    let parser = |input: ParseStream| {
        let mut found = Requires::default();
        while !input.is_empty() {
            expect(input, "requires")?;
            line(input, context, &mut found)?;
            input.parse::<Token![;]>()?;
        }
        Ok(found)
    };
    parser.parse2(lines)
}

const KINDS: [&str; 3] = ["role", "function", "table"];

fn line(input: ParseStream, context: &Context, found: &mut Requires) -> syn::Result<()> {
    let ahead = input.fork();
    let word = ahead.call(syn::Ident::parse_any)?;
    let is_path = ahead.peek(Token![::]);
    if is_path || !KINDS.iter().any(|kind| word == kind) {
        if !is_path && !ahead.call(syn::Ident::parse_any).is_ok_and(|next| next == "at") {
            return Err(unknown(word.span(), "kind of requirement", &word.to_string(), KINDS.into_iter()));
        }
        found.chains.push(chain(input, context)?);
        return Ok(());
    }
    input.call(syn::Ident::parse_any)?;
    if word == "role" {
        found.objects.extend(names(input, context)?.into_iter().map(Requirement::Role));
        return Ok(());
    }
    let schema = name(input, context)?;
    input
        .parse::<Token![.]>()
        .map_err(|e| syn::Error::new(e.span(), "expected `.` and a name: it is outside the prefix"))?;
    let name = name(input, context)?;
    found.objects.push(match word == "function" {
        true => Requirement::Function { schema, name, args: argument_types(input, context)? },
        false => Requirement::Table { schema, name, columns: columns(input, context)? },
    });
    Ok(())
}

/// `(id: uuid, email: text)`
fn columns(input: ParseStream, context: &Context) -> syn::Result<List<(pkmig_schema::Name, pkmig_schema::Type)>> {
    let column = |input: ParseStream| {
        let column = name(input, context)?;
        input.parse::<Token![:]>().map_err(|e| syn::Error::new(e.span(), "expected `:` and the column's type"))?;
        Ok((column, plain_type(input, context)?))
    };
    parenthesized(input, |inner| list(inner, column)).map(List::Owned)
}

/// `BASE_MCP at 10 in prefix platform`
fn chain(input: ParseStream, context: &Context) -> syn::Result<TokenStream> {
    let path: Path = input.parse()?;
    expect(input, "at")?;
    let version: LitInt =
        input.parse().map_err(|e| syn::Error::new(e.span(), "expected the version that is needed, such as `10`"))?;
    if !take(input, "in")? || !take(input, "prefix")? {
        return Err(input.error("expected `in prefix` and a schema"));
    }
    let prefix = name(input, context)?;
    Ok(quote!(::pkmig::RequiredChain { chain: &#path, at: ::pkmig::schema::Version(#version), prefix: #prefix }))
}

impl Requires {
    /// As arguments of `Chain::requiring`.
    pub(crate) fn expand(&self) -> TokenStream {
        let (objects, chains) = (self.objects.iter().map(Expand::expand), &self.chains);
        quote! {
            {
                #[allow(unused_imports)]
                use ::{pkmig::schema::{*, step::*}, std::borrow::Cow::Borrowed};
                &[#(#objects),*]
            },
            &[#(#chains),*]
        }
    }
}
