//! `chain!`: the versions of a library, collected and checked against each other.

use pkmig_schema::{Report, Schema, Version, replay};
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, LitStr, Token, Visibility, parse_quote};

use crate::context::Context;
use crate::migration::{self, number, struct_name};
use crate::payload;

/// Versions collected by one nest of macros: the compiler's recursion limit is 128.
const CHUNK: usize = 60;

/// What stands in `chain! { … }`.
struct Chain {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    ident: Ident,
    name: LitStr,
    tracked_by: Ident,
    versions: Vec<Ident>,
}

impl Parse for Chain {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        input.parse::<Token![static]>()?;
        let ident = input.parse()?;
        input.parse::<Token![:]>()?;
        let name = input.parse()?;
        let keyword: Ident = input.call(Ident::parse_any)?;
        if keyword != "tracked_by" {
            let message = "expected `tracked_by table`: the table whose comment holds the version";
            return Err(syn::Error::new(keyword.span(), message));
        }
        let tracked_by = input.call(Ident::parse_any)?;
        let body;
        syn::braced!(body in input);
        let versions = Punctuated::<Ident, Token![,]>::parse_terminated_with(&body, Ident::parse_any)?;
        Ok(Self { attributes, visibility, ident, name, tracked_by, versions: versions.into_iter().collect() })
    }
}

impl ToTokens for Chain {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, visibility, ident, name, tracked_by, versions } = self;
        tokens
            .extend(quote!(#(#attributes)* #visibility static #ident: #name tracked_by #tracked_by { #(#versions),* }));
    }
}

/// Whether the entry stands for a file: `v001`, not `V01`.
fn is_module(entry: &Ident) -> bool {
    entry.to_string().starts_with('v')
}

/// The path of a version's struct, and of the macro with its tokens.
fn path(entry: &Ident) -> TokenStream {
    let name = Ident::new(&struct_name(number(entry).unwrap_or_default()), entry.span());
    if is_module(entry) { quote!(#entry::#name) } else { quote!(#name) }
}

/// `chain!`: declares the modules and starts the collection.
pub(crate) fn collect(tokens: TokenStream) -> TokenStream {
    let chain: Chain = match syn::parse2(tokens) {
        Ok(chain) => chain,
        Err(error) => return error.to_compile_error(),
    };
    let context = Context::default();
    check_order(&chain.versions, &context);
    let readable: Vec<_> = chain.versions.iter().filter(|entry| number(entry).is_some()).cloned().collect();
    let modules = readable.iter().filter(|entry| is_module(entry));
    let modules = quote!(#(#[allow(missing_docs)] pub mod #modules;)*);
    if context.failed() {
        let (errors, stub) = (context.compile_errors(), stub(&chain));
        return quote!(#modules #errors #stub);
    }
    let mut calls = Vec::new();
    let mut chunks: Vec<TokenStream> = Vec::new();
    for (index, part) in readable.chunks(CHUNK).enumerate() {
        let name = format_ident!("__pkmig_{}_{index}", chain.ident);
        let paths: Vec<_> = part.iter().map(path).collect();
        let (first, rest) = (&paths[0], &paths[1..]);
        calls.push(quote!(#first! { {} #({ #rest })* { ::pkmig::__chunk } #name }));
        chunks.push(quote!(#name));
    }
    let end = match chunks.split_first() {
        Some((first, rest)) => quote!(#first! { {} #({ #rest })* { ::pkmig::__check } { #chain } }),
        None => quote!(::pkmig::__check! { {} { #chain } }),
    };
    quote!(#modules #(#calls)* #end)
}

fn check_order(versions: &[Ident], context: &Context) {
    let mut last = 0;
    for entry in versions {
        let Some(number) = number(entry) else {
            let message =
                format!("`{entry}` is no version: a file is listed as `v001`, a migration beside the chain as `V01`");
            context.error(entry.span(), message);
            continue;
        };
        let expected = if is_module(entry) { format!("v{number:03}") } else { struct_name(number) };
        if *entry != expected {
            context.error(entry.span(), format!("V{number} is listed as `{expected}`"));
        } else if number == last {
            context.error(entry.span(), format!("V{number} stands twice"));
        } else if number < last {
            context.error(entry.span(), format!("V{number} stands behind V{last}: versions are listed in order"));
        } else if number != last + 1 {
            let missing =
                if number == last + 2 { format!("V{}", last + 1) } else { format!("V{} to V{}", last + 1, number - 1) };
            context.error(entry.span(), format!("version gap: {missing} must come before V{number}"));
        }
        last = last.max(number);
    }
}

/// `__chunk! { { payloads } name }`: a macro `name` that puts the payloads before whatever comes next.
pub(crate) fn chunk(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter();
    let (Some(TokenTree::Group(done)), Some(TokenTree::Ident(name))) = (tokens.next(), tokens.next()) else {
        return TokenStream::new();
    };
    let payloads = done.stream();
    quote! {
        #[doc(hidden)]
        macro_rules! #name {
            ({ $($done:tt)* } { $($next:tt)* } $($rest:tt)*) => {
                $($next)* ! { { $($done)* #payloads } $($rest)* }
            };
        }
    }
}

/// `__check! { { payloads } { chain } }`: the errors, or the chain.
pub(crate) fn check(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter();
    let (Some(TokenTree::Group(payloads)), Some(TokenTree::Group(header))) = (tokens.next(), tokens.next()) else {
        return TokenStream::new();
    };
    let chain: Chain = match syn::parse2(header.stream()) {
        Ok(chain) => chain,
        Err(error) => return error.to_compile_error(),
    };
    let context = Context::default();
    let complete = replay_all(&chain, payloads.stream(), &context);
    let expanded = if complete && !context.failed() { whole(&chain) } else { stub(&chain) };
    let errors = context.compile_errors();
    quote!(#errors #expanded)
}

/// Replays the versions; false at the first one that could not be parsed, which has said so itself.
fn replay_all(chain: &Chain, payloads: TokenStream, context: &Context) -> bool {
    let mut schema = Schema::default();
    let mut report = Report::default();
    let mut tracked = true;
    let groups = payloads.into_iter().filter_map(|token| match token {
        TokenTree::Group(group) => Some(group),
        _ => None,
    });
    for group in groups {
        let Some(parsed) = unpack(&group, context) else { return false };
        let ident = parsed.ident;
        let replayed = replay::replay(&schema, &parsed.migration, &mut report);
        if report.is_empty() {
            replayed.check_down(&parsed.migration, parsed.way_back, &mut report);
        }
        for problem in report.take() {
            context.problem(&problem, ident.span(), chain.ident.span());
        }
        schema = replayed.after;
        tracked = tracked && check_tracking(chain, &schema, parsed.migration.version, context);
    }
    true
}

fn unpack(group: &Group, context: &Context) -> Option<migration::Parsed> {
    let mut tokens = group.stream().into_iter();
    tokens.next()?;
    let text: LitStr = syn::parse2(tokens.next()?.into()).ok()?;
    if text.value().is_empty() {
        return None;
    }
    let tokens = payload::unpack(&text.value(), tokens.collect()).ok()?;
    migration::parse(tokens, context).ok()
}

/// The version is kept as the comment of the tracking table, from the first version on. False where it cannot be.
fn check_tracking(chain: &Chain, schema: &Schema, version: Version, context: &Context) -> bool {
    let table = chain.tracked_by.unraw().to_string();
    let (message, help) = match schema.table(&table) {
        None if version.0 == 1 => (
            format!("the tracking table `{table}` is not there after {version}"),
            "the version of an install is the comment of that table: create it in V1 and keep it",
        ),
        None => (
            format!("the tracking table `{table}` is gone after {version}"),
            "the version of an install is the comment of that table: keep it",
        ),
        Some(known) if known.comment.is_some() => (
            format!("{version} comments on the tracking table `{table}`"),
            "the comment of that table holds the version of an install: leave it alone",
        ),
        Some(_) => return true,
    };
    context.error(chain.tracked_by.span(), format!("{message}\nhelp: {help}"));
    false
}

fn members(chain: &Chain) -> TokenStream {
    let ident = &chain.ident;
    let versions = chain.versions.iter().filter(|entry| number(entry).is_some());
    versions
        .map(|entry| {
            let (path, number) = (path(entry), number(entry).unwrap_or_default());
            quote! {
                impl ::pkmig::Member for #path {
                    const CHAIN: &'static ::pkmig::Chain = &#ident;
                    const VERSION: ::pkmig::schema::Version = ::pkmig::schema::Version(#number);
                }
            }
        })
        .collect()
}

/// The chain without its versions, after a mistake.
fn stub(chain: &Chain) -> TokenStream {
    let Chain { attributes, visibility, ident, name, tracked_by, .. } = chain;
    let tracked_by = tracked_by.unraw().to_string();
    let members = members(chain);
    quote! {
        #(#attributes)*
        #visibility static #ident: ::pkmig::Chain = ::pkmig::Chain::new(#name, #tracked_by, &[]);
        #members
    }
}

fn whole(chain: &Chain) -> TokenStream {
    let Chain { attributes, visibility, ident, name, tracked_by, versions } = chain;
    let tracked_by = tracked_by.unraw().to_string();
    let paths = versions.iter().map(path);
    let members = members(chain);
    let files = files_test(chain);
    quote! {
        #(#attributes)*
        #visibility static #ident: ::pkmig::Chain = ::pkmig::Chain::new(#name, #tracked_by, &[#(#paths::MIGRATION),*]);
        #members
        #files
    }
}

/// A test that finds the version files in the folder that the chain does not list.
fn files_test(chain: &Chain) -> TokenStream {
    let listed: Vec<_> = chain.versions.iter().filter(|entry| is_module(entry)).map(ToString::to_string).collect();
    if listed.is_empty() {
        return TokenStream::new();
    }
    let module = format_ident!("{}_files", chain.ident.to_string().to_lowercase(), span = Span::call_site());
    let item: syn::Item = parse_quote! {
        #[cfg(test)]
        mod #module {
            #[test]
            fn every_version_file_is_listed() {
                let unlisted = ::pkmig::unlisted_files(env!("CARGO_MANIFEST_DIR"), file!(), &[#(#listed),*]);
                assert!(unlisted.is_empty(), "version files that no chain lists: {unlisted:?}\nhelp: add them to `chain!`");
            }
        }
    };
    item.into_token_stream()
}
